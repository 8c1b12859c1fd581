"""``run.json``: what was read, what became of it, with which versions, in what time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """An input without a record: skipped or failed, at which stage, why."""

    id: str
    path: str
    status: str
    stage: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Counts:
    """``read == written + skipped + failed``; ``kept`` of the written ones were there already."""

    read: int = 0
    written: int = 0
    kept: int = 0
    skipped: int = 0
    failed: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)
    segments: int = 0
    entities: int = 0
    claims: int = 0
    pairs: int = 0
    links: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """The summary of one run; times are in seconds and appear nowhere else."""

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
