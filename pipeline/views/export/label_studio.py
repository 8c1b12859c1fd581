"""Label Studio tasks with predictions, as one JSON array.

Label Studio counts offsets in UTF-16 code units (HumanSignal/label-studio#1347), so they are
converted; ``LABELING_CONFIG`` is the interface that the tasks fit.
"""

from __future__ import annotations

from bisect import bisect_left
from pathlib import Path
from typing import Any, Final

import orjson

from pipeline.core.record import Record
from pipeline.store.records import read_records
from pipeline.views.export.target import opened

LABELING_CONFIG: Final = """\
<View>
  <Labels name="label" toName="text">
    <Label value="PER"/><Label value="ORG"/><Label value="LOC"/><Label value="MISC"/>
    <Label value="CLAIM"/><Label value="SPEAKER"/><Label value="CUE"/>
  </Labels>
  <Text name="text" value="$text"/>
</View>
"""


def export(folder: Path, target: Path) -> int:
    """Write all records as tasks; large files are read by Label Studio in one piece, so split the
    input folder for more than some ten thousand articles."""
    count = 0
    with opened(target) as file:
        file.write(b"[")
        for record in read_records(folder):
            file.write(b",\n" if count else b"\n")
            file.write(orjson.dumps(task(record)))
            count += 1
        file.write(b"\n]\n")
    return count


def task(record: Record) -> dict[str, Any]:
    """One record as a task: its text, its id, and a prediction per span."""
    units = _Utf16(record.text)
    results = [
        _region(f"{entity.id}-{number}", entity.label, mention, units)
        for entity in record.entities
        for number, mention in enumerate(entity.mentions)
    ]
    for claim in record.claims:
        for number, content in enumerate(claim.content):
            results.append(_region(f"{claim.id}-{number}", "CLAIM", content, units))
        if claim.speaker and claim.speaker.span:
            results.append(_region(f"{claim.id}-speaker", "SPEAKER", claim.speaker.span, units))
        if claim.cue:
            results.append(_region(f"{claim.id}-cue", "CUE", claim.cue.span, units))
    return {
        "data": {"text": record.text, "id": record.id, "language": record.language.code},
        "predictions": [
            {"model_version": record.provenance.pipeline, "score": 1.0, "result": results}
        ],
    }


def _region(identifier: str, label: str, span: Any, units: _Utf16) -> dict[str, Any]:
    return {
        "id": identifier,
        "from_name": "label",
        "to_name": "text",
        "type": "labels",
        "value": {
            "start": units.offset(span.start),
            "end": units.offset(span.end),
            "text": span.text,
            "labels": [label],
        },
    }


class _Utf16:
    """Offsets in code points to offsets in UTF-16 code units."""

    def __init__(self, text: str) -> None:
        self._astral = [index for index, char in enumerate(text) if ord(char) > 0xFFFF]

    def offset(self, code_points: int) -> int:
        return code_points + bisect_left(self._astral, code_points)
