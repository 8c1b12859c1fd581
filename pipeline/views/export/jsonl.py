"""JSON Lines: every record on one line, unchanged."""

from __future__ import annotations

from pathlib import Path

import orjson

from pipeline.errors import DocumentError
from pipeline.views.export.target import opened


def export(folder: Path, target: Path) -> int:
    """Write all records, in the order of their ids.

    Raises: DocumentError naming a record that is not valid JSON.
    """
    count = 0
    with opened(target) as file:
        for path in sorted((folder / "records").glob("*.json")):
            try:
                plain = orjson.loads(path.read_bytes())
            except ValueError as error:
                raise DocumentError(f"{path} is not valid JSON ({error}); run again.") from None
            file.write(orjson.dumps(plain, option=orjson.OPT_APPEND_NEWLINE))
            count += 1
    return count
