"""``run.json``: what was read, what became of it, with which versions, in what time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.store.files import DamagedFile, load

# A name and password before the host (RFC 3986, 3.2.1), and keys in a query.
_SECRETS = re.compile(
    r"(?<=://)[^/@\s]{1,500}(?=@)|(?<=[?&])((?:api_?)?key|token|auth|secret|password)=[^&\s]{1,500}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """An input without a record: skipped or failed, at which stage, why."""

    id: str
    path: str
    status: str
    stage: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a table were taken for which fields of its articles, where they have other
    names; ``tables`` is how many tables have the same ones, of which ``path`` is the first."""

    path: str
    tables: int
    taken: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Leftover:
    """A document of the output folder that no input of the run gave: its input is gone, or was
    given to another run."""

    id: str
    path: str


@dataclass(frozen=True, slots=True)
class Counts:
    """``read == written + skipped + failed + unfinished``; ``kept`` of the written ones were there
    already, ``unfinished`` is 0 unless the run was interrupted. ``untranslated`` segments failed;
    where translation is off, both counts are 0. ``leftovers`` are documents of inputs that the run
    did not read and that stay, ``pruned`` those that it removed."""

    read: int = 0
    written: int = 0
    kept: int = 0
    skipped: int = 0
    failed: int = 0
    unfinished: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)
    segments: int = 0
    translated: int = 0
    untranslated: int = 0
    entities: int = 0
    claims: int = 0
    pairs: int = 0
    links: int = 0
    leftovers: int = 0
    pruned: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """The summary of one run; times are in seconds and appear nowhere else.

    ``problems`` lists the first ones by path; ``problems_file`` ("" when the list is complete)
    names a JSON Lines file with all of them. ``leftovers`` and ``pruned`` list the first ones, too.
    """

    pipeline: str
    status: str
    inputs: tuple[str, ...]
    counts: Counts
    problems: tuple[Problem, ...]
    stages: Mapping[str, str]
    models: Mapping[str, str]
    settings: Mapping[str, object]
    settings_sha256: str
    started: str
    seconds: float
    stage_seconds: Mapping[str, float]
    workers: int
    problems_file: str = ""
    columns: tuple[Columns, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    pruned: tuple[Leftover, ...] = ()


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of the last run over ``folder``; None where there is none that can be read."""
    try:
        return load(Manifest, (folder / "run.json").read_bytes())
    except (OSError, DamagedFile):
        return None


def redacted(value: Any) -> Any:
    """A plain value without names, passwords and keys in addresses.

    >>> redacted({"url": "https://me:secret@example.org/?api_key=42"})
    {'url': 'https://***@example.org/?***'}
    """
    if isinstance(value, str):
        return _SECRETS.sub("***", value)
    if isinstance(value, dict):
        return {key: redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(item) for item in value]
    return value
