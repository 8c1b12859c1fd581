"""Records read back from an output folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pipeline.core.record import Pair, Record
from pipeline.store.files import PRIVATE, DamagedFile, load

T = TypeVar("T")


def read_records(folder: str | Path) -> Iterator[Record]:
    """The records in an output folder, typed, in the order of their ids.

    Raises: DamagedFile naming a file that is not a valid record.
    """
    for name in record_ids(folder):
        yield read_record_of(folder, name)


def read_record_of(folder: str | Path, document: str) -> Record:
    """The record of one document.

    Raises: DamagedFile when it is missing or not a valid record.
    """
    return read_file(Record, Path(folder) / "records" / f"{document}.json")


def read_pairs(folder: str | Path) -> list[Pair]:
    """The pair files in an output folder, in the order of their names.

    Raises: DamagedFile naming a file that is not a valid pair.
    """
    return [read_file(Pair, path) for path in sorted((Path(folder) / "pairs").glob("*.json"))]


def record_ids(folder: str | Path) -> list[str]:
    """The ids of all records in an output folder, sorted."""
    return sorted(path.stem for path in (Path(folder) / "records").glob("*.json"))


def document_ids(folder: str | Path) -> list[str]:
    """The ids of all documents with a record, a stage output or a place in quarantine, and of those
    that a run skipped, sorted."""
    root = Path(folder)
    ingested = sorted((root / "stages").glob("*-ingest"))
    places = [root / "records", root / "quarantine", *ingested, root / PRIVATE / "receipts"]
    return sorted({path.stem for place in places for path in place.glob("*.json")})


def read_file(kind: type[T], path: Path) -> T:
    """A file of an output folder.

    Raises: DamagedFile naming it, with what to do, when it is missing or no valid ``kind``.
    """
    try:
        return load(kind, path.read_bytes())
    except OSError as error:
        raise DamagedFile(f"{path}: {error.strerror}; run again.") from None
    except DamagedFile as damage:
        raise DamagedFile(f"{path} is {damage}; run again.") from None
