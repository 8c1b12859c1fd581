"""What a document's page shows: both texts with marks, claims, raw text, stages, provenance."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from markupsafe import Markup, escape

from pipeline.core.layers import Raw
from pipeline.core.record import Record, RecordClaim, RecordEntity, RecordLink
from pipeline.core.spans import Span
from pipeline.errors import PipelineError
from pipeline.store.files import Store, load
from pipeline.views.alterations import Alteration, alterations
from pipeline.views.report.markup import Mark, marked, overlapping, wrapped
from pipeline.views.report.names import Names
from pipeline.views.report.stages import steps
from pipeline.views.visible import change, said, visible


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

    def speaker_names(self) -> dict[str, str]:
        """What every resolved speaker is called here: the name most claims give."""
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for claim in self.record.claims:
            key = self.speaker_key(claim)
            if key is not None and claim.speaker is not None:
                counts[key][claim.speaker.name or key] += 1
        return {key: names.most_common(1)[0][0] for key, names in counts.items()}

    def language(self, claim: RecordClaim) -> str:
        """The language a claim was written in: passages may be in the other one."""
        return self._language.get(claim.segments[0] if claim.segments else "", "")

    def translated(self, claim: RecordClaim) -> str | None:
        """The claim in the other language."""
        written = self.language(claim)
        return next((text for code, text in claim.text.items() if code != written), None)


def document_page(
    indexed: Indexed, store: Store, names: Names, pairs: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """The values of the template ``document.html``; ``pairs`` are files of pairs, each with the
    other document."""
    record = indexed.record
    raw = _raw(record, store)
    rows = list(_rows(record))
    return {
        "record": record,
        "rows": rows,
        "translated": any(row["target"] for row in rows),
        "speakers": _speakers(indexed),
        "claims": [_claim_row(indexed, claim) for claim in record.claims],
        "entities": [_entity_row(record, entity, names) for entity in record.entities],
        "raw": _raw_marked(record, raw) if raw is not None else None,
        "steps": list(steps(record, store, raw)),
        "pairs": pairs,
        "provenance": _provenance(record),
    }


def _rows(record: Record) -> Iterator[dict[str, Any]]:
    """Every sentence with its translation; ``opens`` where a paragraph begins."""
    source, target = record.language.code, record.target_language
    targets = _target_marks(record)
    windows = [Span(segment.span.start, segment.span.end) for segment in record.segments]
    found = overlapping(_marks(record), windows)
    before = None
    for segment, window, marks in zip(record.segments, windows, found, strict=True):
        language = target if segment.language == source else source
        other = segment.text.get(language)
        yield {
            "id": segment.id,
            "opens": segment.paragraph != before,
            "language": segment.language,
            "source": marked(record.text, window, marks),
            "target_language": language,
            "target": marked(other, Span(0, len(other)), targets[segment.id]) if other else None,
            "status": segment.translation.status,
            "reason": segment.translation.reason,
        }
        before = segment.paragraph


def _speakers(indexed: Indexed) -> list[dict[str, Any]]:
    """Who speaks in a document, with the ids of their claims; those without a name last."""
    found: dict[tuple[str | None, str], list[str]] = defaultdict(list)
    for claim in indexed.record.claims:
        name = (claim.speaker.name if claim.speaker else None) or ""
        key = indexed.speaker_key(claim)
        found[key, "" if key else name].append(claim.id)
    names = indexed.speaker_names()
    return [
        {"key": key, "name": names[key] if key else name, "claims": claims}
        for (key, name), claims in sorted(
            found.items(), key=lambda item: (not item[0][0], not item[0][1], -len(item[1]))
        )
    ]


def _provenance(record: Record) -> dict[str, Any]:
    """Where a record comes from and what made it."""
    return {
        "id": record.id,
        "source": record.source.path,
        "sha256": record.source.sha256,
        "encoding": record.source.encoding,
        "metadata": dict(record.source.metadata),
        "language": f"{record.language.code} ({record.language.confidence:.2f}), "
        f"{record.language.detector}",
        "pipeline": record.provenance.pipeline,
        "stages": dict(record.provenance.stages),
        "models": dict(record.provenance.models),
        "settings": record.provenance.settings_sha256,
    }


def _entity_row(record: Record, entity: RecordEntity, names: Names) -> dict[str, Any]:
    """An entity with its name here and, where it is another one, in the other language."""
    source, target = record.language.code, record.target_language
    name = entity.name.get(source) or entity.canonical
    other = names.known(entity.canonical, target) or entity.name.get(target)
    return {
        "entity": entity,
        "name": name,
        "other": other if other != name else None,
        "target": target,
        "aliases": [alias for alias in entity.aliases if alias != name],
    }


def _marks(record: Record) -> Iterator[Mark]:
    for claim in record.claims:
        for span in claim.content:
            yield Mark(Span(span.start, span.end), _css(claim), claim.id)
    for entity in record.entities:
        for mention in entity.mentions:
            yield Mark(Span(mention.start, mention.end), f"ent {entity.label}", entity.id)
    for claim in record.claims:
        if claim.speaker and claim.speaker.span:
            yield Mark(Span(claim.speaker.span.start, claim.speaker.span.end), "speaker", claim.id)
        if claim.cue:
            yield Mark(Span(claim.cue.span.start, claim.cue.span.end), "cue", claim.id)


def _css(claim: RecordClaim) -> str:
    """The classes of a claim's words: nobody may read a denial as what its source says."""
    return f"claim {claim.kind}{' denied' if claim.modality == 'denied' else ''}"


def _target_marks(record: Record) -> dict[str, list[Mark]]:
    """What is known of the translations, by segment."""
    marks: dict[str, list[Mark]] = defaultdict(list)
    for claim in record.claims:
        for span in claim.target_spans:
            mark = Mark(Span(span.start, span.end), _css(claim), claim.id)
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
    kind = escape(step.kind)
    if step.after is None:
        return Markup(f'<del title="{kind}">{escape(visible(before))}</del>')
    after = step.after if step.after.strip() else step.after.replace(" ", "␣")
    how = escape(change(before, step.after))
    return Markup(f'<ins title="{kind}: {how}">{escape(visible(after) or "∅")}</ins>')


def _raw_marks(record: Record) -> Iterator[Mark]:
    for claim in record.claims:
        for span in claim.content:
            for start, end in span.raw:
                yield Mark(Span(start, end), _css(claim), claim.id)
    for entity in record.entities:
        for mention in entity.mentions:
            for start, end in mention.raw:
                yield Mark(Span(start, end), f"ent {entity.label}", entity.id)
