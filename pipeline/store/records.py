"""Records read back from an output folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.core.record import Record
from pipeline.store.files import DamagedFile, load


def read_records(folder: str | Path) -> Iterator[Record]:
    """The records in an output folder, typed, in the order of their ids.

    Raises: DamagedFile naming a file that is not a valid record.
    """
    for path in sorted((Path(folder) / "records").glob("*.json")):
        try:
            yield load(Record, path.read_bytes())
        except DamagedFile as damage:
            raise DamagedFile(f"{path}: {damage}") from None
