"""Records as flat rows: the tables that data frames, CSV and Parquet share.

A table is a name and a mapping from column to `Column`; a row holds a value for every column, in
order. Lists become text joined by `LIST_SEPARATOR`, so that a row survives CSV.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from pipeline.core.record import Pair, Record, RecordClaim

Cell = str | int | float | None
Row = tuple[Cell, ...]
Kind = Literal["text", "integer", "number"]

LIST_SEPARATOR: Final = " | "


@dataclass(frozen=True, slots=True)
class Table:
    """Column names with their kinds, and the rows that one record (or pair) gives."""

    columns: Mapping[str, Kind]
    rows: Callable[[Any], Iterator[Row]]


def _documents(record: Record) -> Iterator[Row]:
    metadata = record.source.metadata
    yield (
        record.id,
        record.source.path,
        record.language.code,
        record.language.confidence,
        record.title,
        metadata.get("date"),
        metadata.get("url"),
        len(record.segments),
        len(record.entities),
        len(record.claims),
        record.text,
    )


def _segments(record: Record) -> Iterator[Row]:
    for segment in record.segments:
        yield (
            record.id,
            segment.id,
            segment.paragraph,
            segment.language,
            segment.span.start,
            segment.span.end,
            segment.text.get("en"),
            segment.text.get("it"),
            segment.translation.status,
            segment.translation.backend,
            segment.translation.reason,
        )


def _entities(record: Record) -> Iterator[Row]:
    for entity in record.entities:
        yield (
            record.id,
            entity.id,
            entity.label,
            entity.canonical,
            entity.name.get("en"),
            entity.name.get("it"),
            _joined(entity.aliases),
            len(entity.mentions),
        )


def _claims(record: Record) -> Iterator[Row]:
    canonical = {entity.id: entity.canonical for entity in record.entities}
    language = {segment.id: segment.language for segment in record.segments}
    for claim in record.claims:
        yield (
            record.id,
            claim.id,
            claim.kind,
            *_speaker(claim, canonical),
            claim.cue.span.text if claim.cue else None,
            claim.cue.cue_class if claim.cue else None,
            claim.modality,
            claim.confidence,
            claim.text.get("en"),
            claim.text.get("it"),
            claim.content[0].start,
            claim.content[-1].end,
            _joined(claim.segments),
            _joined(claim.flags),
            language.get(claim.segments[0]) if claim.segments else None,
        )


def _values(record: Record) -> Iterator[Row]:
    for value in record.values:
        span = value.span
        yield (
            record.id,
            value.type,
            value.value,
            span.text,
            span.start,
            span.end,
            _joined(value.flags),
        )


def _links(record: Record) -> Iterator[Row]:
    for link in record.links:
        yield record.id, link.claim, link.record, link.other, link.relation, link.score


def _pairs(pair: Pair) -> Iterator[Row]:
    claims = [link.relation for link in pair.claims]
    yield (
        pair.en,
        pair.it,
        pair.relation,
        pair.score,
        len(pair.segments),
        len(pair.entities),
        claims.count("same"),
        claims.count("related"),
    )


def _speaker(claim: RecordClaim, canonical: Mapping[str, str]) -> tuple[Cell, Cell, Cell]:
    """Name, mention and canonical identifier of the speaker."""
    speaker = claim.speaker
    if speaker is None:
        return None, None, None
    mention = speaker.span.text if speaker.span else None
    return speaker.name, mention, canonical.get(speaker.entity or "")


def _joined(items: Sequence[str]) -> str:
    return LIST_SEPARATOR.join(items)


TABLES: Final[Mapping[str, Table]] = {
    "documents": Table(
        {
            "document": "text",
            "path": "text",
            "language": "text",
            "language_confidence": "number",
            "title": "text",
            "date": "text",
            "url": "text",
            "segments": "integer",
            "entities": "integer",
            "claims": "integer",
            "text": "text",
        },
        _documents,
    ),
    "segments": Table(
        {
            "document": "text",
            "segment": "text",
            "paragraph": "integer",
            "language": "text",
            "start": "integer",
            "end": "integer",
            "en": "text",
            "it": "text",
            "translation": "text",
            "backend": "text",
            "reason": "text",
        },
        _segments,
    ),
    "entities": Table(
        {
            "document": "text",
            "entity": "text",
            "label": "text",
            "canonical": "text",
            "en": "text",
            "it": "text",
            "aliases": "text",
            "mentions": "integer",
        },
        _entities,
    ),
    "claims": Table(
        {
            "document": "text",
            "claim": "text",
            "kind": "text",
            "speaker": "text",
            "speaker_mention": "text",
            "speaker_canonical": "text",
            "cue": "text",
            "cue_class": "text",
            "modality": "text",
            "confidence": "number",
            "en": "text",
            "it": "text",
            "start": "integer",
            "end": "integer",
            "segments": "text",
            "flags": "text",
            "language": "text",
        },
        _claims,
    ),
    "values": Table(
        {
            "document": "text",
            "type": "text",
            "value": "text",
            "text": "text",
            "start": "integer",
            "end": "integer",
            "flags": "text",
        },
        _values,
    ),
    "links": Table(
        {
            "document": "text",
            "claim": "text",
            "document_there": "text",
            "claim_there": "text",
            "relation": "text",
            "score": "number",
        },
        _links,
    ),
}
PAIRS: Final = Table(
    {
        "en": "text",
        "it": "text",
        "relation": "text",
        "score": "number",
        "segments": "integer",
        "entities": "integer",
        "claims_same": "integer",
        "claims_related": "integer",
    },
    _pairs,
)
# What is written to files: pairs are no part of any record.
WRITTEN_TABLES: Final[Mapping[str, Table]] = {**TABLES, "pairs": PAIRS}


def rows_of(records: Iterable[Record], pairs: Iterable[Pair] = ()) -> Iterator[tuple[str, Row]]:
    """Every row of every table, with its table's name, in one pass over ``records``."""
    for record in records:
        for name, table in TABLES.items():
            for row in table.rows(record):
                yield name, row
    for pair in pairs:
        for row in PAIRS.rows(pair):
            yield "pairs", row
