"""W3C Web Annotations (JSON-LD): entities as tags, claims as schema.org Quotation or Claim.

Source: Web Annotation Data Model, W3C Recommendation 2017-02-23 (TextPositionSelector counts code
points; TextQuoteSelector gives the text with its context); schema.org Quotation and Claim.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from pipeline.core.record import Record, RecordClaim
from pipeline.store.records import read_records
from pipeline.views.export.target import opened

CONTEXT: Final = ["http://www.w3.org/ns/anno.jsonld", {"schema": "https://schema.org/"}]
CONTEXT_CHARACTERS = 32


def export(folder: Path, target: Path) -> int:
    """Write one annotation page (the W3C term for a list of annotations) over all records."""
    count = 0
    with opened(target) as file:
        head = orjson.dumps({"@context": CONTEXT, "type": "AnnotationPage"})
        file.write(head[:-1] + b',"items":[')
        first = True
        for record in read_records(folder):
            count += 1
            for annotation in annotations_of(record):
                file.write((b"\n" if first else b",\n") + orjson.dumps(annotation))
                first = False
        file.write(b"\n]}\n")
    return count


def annotations_of(record: Record) -> Iterator[dict[str, Any]]:
    """The annotations of one record."""
    for entity in record.entities:
        for number, mention in enumerate(entity.mentions):
            body = {"type": "TextualBody", "purpose": "tagging", "value": entity.canonical}
            target = _target(record, [(mention.start, mention.end)])
            yield _annotation(f"{record.id}#{entity.id}-{number}", "tagging", body, target)
    for claim in record.claims:
        spans = [(span.start, span.end) for span in claim.content]
        target = _target(record, spans)
        yield _annotation(f"{record.id}#{claim.id}", "describing", _claim(record, claim), target)


def _annotation(
    identifier: str, motivation: str, body: dict[str, Any], target: Any
) -> dict[str, Any]:
    return {
        "id": f"urn:duevoci:{identifier}",
        "type": "Annotation",
        "motivation": motivation,
        "body": body,
        "target": target,
    }


def _claim(record: Record, claim: RecordClaim) -> dict[str, Any]:
    said = next((text for text in claim.text.values() if text), "")
    body: dict[str, Any] = {
        "type": "schema:Quotation" if claim.kind == "direct" else "schema:Claim",
        "schema:text": said,
        "schema:inLanguage": record.language.code,
    }
    if claim.speaker and claim.speaker.name:
        canonical = {entity.id: entity.canonical for entity in record.entities}
        speaker = {"schema:name": claim.speaker.name}
        if claim.speaker.entity in canonical:
            speaker["id"] = f"urn:duevoci:entity:{canonical[claim.speaker.entity]}"
        property_name = "schema:spokenByCharacter" if claim.kind == "direct" else "schema:author"
        body[property_name] = speaker
    return body


def _target(record: Record, spans: list[tuple[int, int]]) -> Any:
    targets = [
        {
            "source": f"urn:duevoci:{record.id}",
            "selector": [
                {"type": "TextPositionSelector", "start": start, "end": end},
                {
                    "type": "TextQuoteSelector",
                    "exact": record.text[start:end],
                    "prefix": record.text[max(0, start - CONTEXT_CHARACTERS) : start],
                    "suffix": record.text[end : end + CONTEXT_CHARACTERS],
                },
            ],
        }
        for start, end in spans
    ]
    return targets[0] if len(targets) == 1 else targets
