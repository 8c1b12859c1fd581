"""The TMX files that the settings name, as rows of the translation memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from pipeline.backends.translation.memory import Memory, Row
from pipeline.backends.translation.tmx import read_units
from pipeline.errors import UsageError
from pipeline.languages import LANGUAGES, other

BACKEND = "seed"


def plant(paths: tuple[str, ...], memory: Memory) -> tuple[str, ...]:
    """Take the units of ``paths`` into ``memory``, once; returns the names they have there, in the
    order of ``paths``.

    Raises: UsageError with file and line for a file that is missing or no TMX, or that has no unit
    in both languages.
    """
    names = []
    for path in map(Path, paths):
        name = f"{BACKEND} {_digest(path)}"
        memory.seed(name, _rows(name, path))
        names.append(name)
    return tuple(names)


def _rows(name: str, path: Path) -> Iterator[Row]:
    """Every unit in both directions."""
    empty = True
    for texts in read_units(path):
        empty = False
        for code in LANGUAGES:
            yield name, f"{code}-{other(code)}", texts[code], texts[other(code)]
    if empty:
        raise UsageError(f"{path}: no unit is in both English and Italian.")


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:16]
    except OSError as error:
        raise UsageError(f"Cannot read the translation memory {path}: {error.strerror}.") from None
