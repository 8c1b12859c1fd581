"""What a document's page shows: both texts with marks, claims, raw text, stages, provenance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from markupsafe import Markup

from pipeline.core.layers import Raw
from pipeline.core.record import Record, RecordClaim, RecordLink
from pipeline.core.spans import Span
from pipeline.errors import PipelineError
from pipeline.store.files import Store, load
from pipeline.views.alterations import Alteration, alterations
from pipeline.views.report.markup import Mark, marked, overlapping, wrapped
from pipeline.views.report.stages import steps
from pipeline.views.visible import change, visible


class Indexed:
    """A record with what is looked up in it again and again, by id."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.links: dict[str, list[RecordLink]] = defaultdict(list)
        for link in record.links:
            self.links[link.claim].append(link)
        self._canonical = {entity.id: entity.canonical for entity in record.entities}
        self._language = {segment.id: segment.language for segment in record.segments}

    def speaker_key(self, claim: RecordClaim) -> str | None:
        """The canonical identifier of a resolved speaker: only those have a page."""
        return self._canonical.get((claim.speaker and claim.speaker.entity) or "")

    def language(self, claim: RecordClaim) -> str:
        """The language a claim was written in: passages may be in the other one."""
        return self._language.get(claim.segments[0] if claim.segments else "", "")

    def translated(self, claim: RecordClaim) -> str | None:
        """The claim in the other language."""
        said = self.language(claim)
        return next((text for code, text in claim.text.items() if code != said), None)


def said(claim: RecordClaim) -> str:
    """A claim as it was written."""
    return " … ".join(span.text for span in claim.content)


def document_page(
    indexed: Indexed, store: Store, pairs: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """The values of the template ``document.html``; ``pairs`` are files of pairs, each with the
    other document."""
    record = indexed.record
    source, target = record.language.code, record.target_language
    raw = _raw(record, store)
    targets = _target_marks(record)
    windows = [Span(segment.span.start, segment.span.end) for segment in record.segments]
    found = overlapping(_marks(record), windows)
    rows = []
    for number, (segment, window, marks) in enumerate(
        zip(record.segments, windows, found, strict=True)
    ):
        new = number == 0 or segment.paragraph != record.segments[number - 1].paragraph
        other = segment.text.get(target if segment.language == source else source)
        rows.append(
            {
                "id": segment.id,
                "opens": new,
                "language": segment.language,
                "source": marked(record.text, window, marks),
                "target": marked(other, Span(0, len(other)), targets[segment.id])
                if other
                else None,
                "status": segment.translation.reason or segment.translation.status,
            }
        )
    return {
        "title": record.title or record.id,
        "record": record,
        "rows": rows,
        "translated": any(row["target"] for row in rows),
        "claims": [_claim_row(indexed, claim) for claim in record.claims],
        "raw": _raw_marked(record, raw) if raw is not None else None,
        "steps": list(steps(record, store, raw)),
        "pairs": pairs,
        "provenance": orjson.dumps(
            {
                "id": record.id,
                "source": record.source.path,
                "sha256": record.source.sha256,
                "encoding": record.source.encoding,
                "metadata": dict(record.source.metadata),
                "language": [record.language.code, record.language.confidence],
                "pipeline": record.provenance.pipeline,
                "stages": dict(record.provenance.stages),
                "models": dict(record.provenance.models),
                "settings_sha256": record.provenance.settings_sha256,
            },
            option=orjson.OPT_INDENT_2,
        ).decode(),
    }


def _marks(record: Record) -> Iterator[Mark]:
    for claim in record.claims:
        for span in claim.content:
            yield Mark(Span(span.start, span.end), f"claim {claim.kind}", claim.id)
    for entity in record.entities:
        for mention in entity.mentions:
            yield Mark(Span(mention.start, mention.end), f"ent {entity.label}", entity.id)
    for claim in record.claims:
        if claim.speaker and claim.speaker.span:
            yield Mark(Span(claim.speaker.span.start, claim.speaker.span.end), "speaker", claim.id)
        if claim.cue:
            yield Mark(Span(claim.cue.span.start, claim.cue.span.end), "cue", claim.id)


def _target_marks(record: Record) -> dict[str, list[Mark]]:
    """What is known of the translations, by segment."""
    marks: dict[str, list[Mark]] = defaultdict(list)
    for claim in record.claims:
        for span in claim.target_spans:
            mark = Mark(Span(span.start, span.end), f"claim {claim.kind}", claim.id)
            marks[span.segment].append(mark)
    for entity in record.entities:
        for span in entity.target_mentions:
            mark = Mark(Span(span.start, span.end), f"ent {entity.label}", entity.id)
            marks[span.segment].append(mark)
    return marks


def _claim_row(indexed: Indexed, claim: RecordClaim) -> dict[str, Any]:
    return {
        "claim": claim,
        "key": indexed.speaker_key(claim),
        "speaker": claim.speaker.name if claim.speaker else None,
        "text": said(claim),
        "other": indexed.translated(claim),
        "raw": [part for span in claim.content for part in span.raw],
        "links": indexed.links[claim.id],
    }


def _raw(record: Record, store: Store) -> str | None:
    """The document as decoded, if the run kept it."""
    try:
        return load(Raw, store.stage_path("ingest", record.id).read_bytes()).text
    except (OSError, PipelineError):
        return None


def _raw_marked(record: Record, raw: str) -> Markup:
    """The raw text with what was put aside struck out, repairs, names and claims marked."""
    changed = alterations(
        ((item.raw, item.kind) for item in record.removed),
        ((item.raw, item.after, item.kind) for item in record.repairs),
    )
    stretches: list[tuple[Span, Alteration | None]] = []
    position = 0
    for step in changed:
        stretches.append((Span(position, step.start), None))
        stretches.append((Span(step.start, step.end), step))
        position = step.end
    stretches.append((Span(position, len(raw)), None))
    found = overlapping(_raw_marks(record), [span for span, _ in stretches])
    return Markup("").join(
        Markup(wrapped(_altered(raw, step), marks)) if step else marked(raw, span, marks)
        for (span, step), marks in zip(stretches, found, strict=True)
    )


def _altered(raw: str, step: Alteration) -> Markup:
    before = raw[step.start : step.end]
    if step.after is None:
        return Markup('<del title="{}">{}</del>').format(step.kind, visible(before))
    after = step.after if step.after.strip() else step.after.replace(" ", "␣")
    return Markup('<ins title="{}: {}">{}</ins>').format(
        step.kind, change(before, step.after), visible(after) or "∅"
    )


def _raw_marks(record: Record) -> Iterator[Mark]:
    for claim in record.claims:
        for span in claim.content:
            for start, end in span.raw:
                yield Mark(Span(start, end), f"claim {claim.kind}", claim.id)
    for entity in record.entities:
        for mention in entity.mentions:
            for start, end in mention.raw:
                yield Mark(Span(start, end), f"ent {entity.label}", entity.id)
