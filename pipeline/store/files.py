"""The output folder: where things lie, and how they get there without ever being half there.

Every file is written under a temporary name and renamed. A *receipt* per document says which key
each stage's file was made under and which checksum it has; what does not match its receipt is never
trusted.
"""

from __future__ import annotations

import errno
import itertools
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import orjson

from pipeline.core import codec
from pipeline.errors import PipelineError, UsageError
from pipeline.store.keys import sha256

T = TypeVar("T")

PRIVATE = ".pipeline"
# What a run and a report put beside it.
WRITTEN = frozenset(["records", "pairs", "stages", "quarantine", "report", "run.json"])
SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")

REFUSED = (errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EISDIR, errno.EEXIST)


@dataclass(frozen=True, slots=True)
class Kept:
    """One stage's kept result: its key, its file's checksum, and whether to try again."""

    key: str
    sha256: str
    temporary: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is kept for one document.

    ``record`` is the checksum of the final record ("" if none). ``skipped`` gives the reason why
    there is none; ``stage`` said so, under the key ``skip_key``.
    """

    path: str
    stages: Mapping[str, Kept] = field(default_factory=dict)
    record: str = ""
    skipped: str | None = None
    stage: str | None = None
    skip_key: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    language: str | None = None


class DamagedFile(PipelineError):
    """A file of the store is truncated, edited or foreign; it is made again."""


class StoreError(PipelineError):
    """The output folder cannot be written: full, read-only, or on a failing disk."""

    def __init__(self, path: Path, error: OSError) -> None:
        refused = error.errno in REFUSED
        advice = (
            "Choose another folder with -o, or change its permissions."
            if refused
            else "What is finished is kept; mend the disk, and the same command goes on from there."
        )
        super().__init__(f"Cannot write {path}: {error.strerror or error}. {advice}")
        self.exit_code = 2 if refused else 1


class Store:
    """Reads and writes one output folder.

    ``stage_folders`` maps stage names to folder names such as ``03-normalize``.
    """

    def __init__(self, folder: Path, stage_folders: Mapping[str, str]) -> None:
        self.folder = folder
        self._stages = folder / "stages"
        self._stage_folders = stage_folders
        self._made: set[Path] = set()
        self._partial = folder / PRIVATE / "partial"
        # Several processes, on several machines perhaps, write here at the same time.
        writer = secrets.token_hex(6)
        self._names = (f"{writer}-{number}" for number in itertools.count())

    def __reduce__(self) -> tuple[type[Store], tuple[Path, Mapping[str, str]]]:
        """Another process opens it anew, and writes under temporary names of its own."""
        return Store, (self.folder, self._stage_folders)

    def record_path(self, document: str) -> Path:
        """Where a record lies."""
        return self.folder / "records" / f"{safe(document)}.json"

    def pair_path(self, english: str, italian: str) -> Path:
        """Where the alignment of two documents lies."""
        return self.folder / "pairs" / f"{safe(english)}__{safe(italian)}.json"

    def stage_path(self, stage: str, document: str) -> Path:
        """Where a stage's output for a document lies."""
        folder = self._stage_folders.get(stage, stage)
        return self._stages.joinpath(folder, f"{safe(document)}.json")

    def quarantine_path(self, document: str) -> Path:
        """Where a failed document lies."""
        return self.folder / "quarantine" / f"{safe(document)}.json"

    def receipt_path(self, document: str) -> Path:
        """Where the receipt of a document lies."""
        return self.folder / PRIVATE / "receipts" / f"{safe(document)}.json"

    def write(self, path: Path, content: bytes, *, durable: bool = False) -> str:
        """Write ``content`` under its final name at once, and return its checksum.

        ``durable`` also waits until the disk has it: for what cannot be made again.

        Raises: StoreError when the disk does not take it.
        """
        temporary = self._partial / next(self._names)
        try:
            self._make(self._partial)
            self._make(path.parent)
            with temporary.open("wb") as file:
                file.write(content)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as error:
            _remove(temporary)
            raise StoreError(path, error) from error
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

    def documents(self) -> Iterator[str]:
        """The ids of all documents that a run put down here, in order."""
        receipts = (self.folder / PRIVATE / "receipts").glob("*.json")
        return (id_ for id_ in sorted(path.stem for path in receipts) if SAFE_ID.fullmatch(id_))

    def forget(self, document: str) -> None:
        """Remove every file of a document; the receipt last, since it vouches for them.

        Stages that this run does not know have made some, too: somebody's own, of another run.
        """
        for path in self._stages.glob(f"[0-9][0-9]-*/{safe(document)}.json"):
            _remove(path)
        _remove(self.record_path(document))
        _remove(self.quarantine_path(document))
        _remove(self.receipt_path(document))

    def withdraw(self, document: str) -> None:
        """Remove the record of a document that no longer has one."""
        _remove(self.record_path(document))

    def shelve(self, document: str) -> None:
        """Remove the record of a document, and keep what its stages made."""
        receipt = self.receipt(document)
        if receipt and receipt.record:
            self.write_receipt(document, replace(receipt, record=""))
        self.withdraw(document)

    def release(self, document: str) -> None:
        """Remove a document from quarantine."""
        _remove(self.quarantine_path(document))

    def sweep(self) -> None:
        """Remove what a killed run left under temporary names."""
        for path in self._partial.glob("*"):
            _remove(path)

    def _make(self, folder: Path) -> None:
        if folder not in self._made:
            folder.mkdir(parents=True, exist_ok=True)
            self._made.add(folder)


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
        raise DamagedFile(f"damaged ({error})") from None


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except NotADirectoryError:
        return
    except OSError as error:
        raise StoreError(path, error) from error
