"""The output folder: where things lie, and how they get there without ever being half there.

Every file is written under a temporary name in its folder and renamed. A *receipt* per document
says which key each stage's file was made under and which checksum it has; what does not match its
receipt is never trusted.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import orjson

from pipeline.core import codec
from pipeline.errors import PipelineError, UsageError
from pipeline.store.keys import sha256

T = TypeVar("T")

PRIVATE = ".pipeline"
SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
TEMPORARY_SUFFIX = ".partial"


@dataclass(frozen=True, slots=True)
class Kept:
    """One stage's kept result: its key, its file's checksum, and whether to try again."""

    key: str
    sha256: str
    temporary: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is kept for one document. ``record`` is the checksum of the final record ("" if none);
    ``skipped`` and ``failed`` give the reason when there is no record."""

    path: str
    stages: Mapping[str, Kept] = field(default_factory=dict)
    record: str = ""
    skipped: str | None = None
    skip_key: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    language: str | None = None


class DamagedFile(PipelineError):
    """A file of the store is truncated, edited or foreign; it is made again."""


class Store:
    """Reads and writes one output folder.

    ``stage_folders`` maps stage names to folder names such as ``03-normalize``.
    """

    def __init__(self, folder: Path, stage_folders: Mapping[str, str]) -> None:
        self.folder = folder
        self._stage_folders = stage_folders
        self._made: set[Path] = set()

    def record_path(self, document: str) -> Path:
        """Where a record lies."""
        return self.folder / "records" / f"{safe(document)}.json"

    def pair_path(self, english: str, italian: str) -> Path:
        """Where the alignment of two documents lies."""
        return self.folder / "pairs" / f"{safe(english)}__{safe(italian)}.json"

    def stage_path(self, stage: str, document: str) -> Path:
        """Where a stage's output for a document lies."""
        return self.folder / "stages" / self._stage_folders[stage] / f"{safe(document)}.json"

    def quarantine_path(self, document: str) -> Path:
        """Where a failed document lies."""
        return self.folder / "quarantine" / f"{safe(document)}.json"

    def receipt_path(self, document: str) -> Path:
        """Where the receipt of a document lies."""
        return self.folder / PRIVATE / "receipts" / f"{safe(document)}.json"

    def write(self, path: Path, content: bytes, *, durable: bool = False) -> str:
        """Write ``content`` under its final name at once, and return its checksum.

        ``durable`` also waits until the disk has it: for what cannot be made again.
        """
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        temporary = path.with_name(f"{path.name}.{os.getpid()}{TEMPORARY_SUFFIX}")
        try:
            with temporary.open("wb") as file:
                file.write(content)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        return sha256(content)

    def receipt(self, document: str) -> Receipt | None:
        """The receipt of a document; None when there is none or it cannot be read."""
        try:
            return codec.decode(Receipt, orjson.loads(self.receipt_path(document).read_bytes()))
        except (OSError, ValueError):
            return None

    def write_receipt(self, document: str, receipt: Receipt) -> None:
        """Keep the receipt of a document; written after the files it vouches for."""
        self.write(self.receipt_path(document), dump(receipt))

    def verified(self, path: Path, checksum: str) -> bytes:
        """The bytes of a kept file.

        Raises: DamagedFile when it is missing or does not have this checksum.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            raise DamagedFile(f"{path}: {error.strerror}") from None
        if sha256(content) != checksum:
            raise DamagedFile(f"{path}: does not match its receipt")
        return content

    def records(self) -> Iterator[Path]:
        """The record files in the order of their ids."""
        return iter(sorted((self.folder / "records").glob("*.json")))

    def pairs(self) -> Iterator[Path]:
        """The pair files in the order of their names."""
        return iter(sorted((self.folder / "pairs").glob("*.json")))

    def sweep(self) -> None:
        """Remove what a killed run left under temporary names."""
        for path in self.folder.rglob(f"*{TEMPORARY_SUFFIX}"):
            path.unlink(missing_ok=True)


def safe(document: str) -> str:
    """``document`` if it is safe as a file name.

    Raises: UsageError for path separators, leading dots, and anything longer than 128 characters.
    """
    if not SAFE_ID.fullmatch(document):
        raise UsageError(f"{document!r} is not a document id.")
    return document


def dump(value: Any) -> bytes:
    """A dataclass as indented JSON with a final newline; the same value gives the same bytes."""
    return orjson.dumps(codec.encode(value), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def load(kind: type[T], content: bytes) -> T:
    """The dataclass that `dump` wrote.

    Raises: DamagedFile when it is not valid JSON of that shape.
    """
    try:
        return codec.decode(kind, orjson.loads(content))
    except ValueError as error:
        raise DamagedFile(f"not a valid {kind.__name__}: {error}") from None
