"""All layers of a document, put together into its record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline.core.layers import (
    Claim,
    Claims,
    Cue,
    Entities,
    Entity,
    Language,
    ProjectedClaim,
    ProjectedEntity,
    Projection,
    Raw,
    Segment,
    Segments,
    Speaker,
    TargetSpan,
    Text,
    Translation,
    Translations,
    Value,
    Values,
)
from pipeline.core.record import (
    SCHEMA_VERSION,
    Provenance,
    RawRanges,
    Record,
    RecordClaim,
    RecordCue,
    RecordEntity,
    RecordLanguage,
    RecordMention,
    RecordRemoved,
    RecordRepair,
    RecordSegment,
    RecordSource,
    RecordSpan,
    RecordSpeaker,
    RecordValue,
    SegmentTranslation,
    TargetMention,
)
from pipeline.core.spans import Span, covering, within
from pipeline.languages import other
from pipeline.stages.base import Stage, View

# Where a date comes from that the metadata did not have, or not in ISO 8601.
DATE_FROM_LINE = {"date_source": "date_line"}
METADATA = "metadata"


class AssembleStage(Stage[Record]):
    """Writes the record; ``provenance`` is the same for every document of a run."""

    name = "assemble"
    version = "3"
    reads = (Raw, Language, Text, Segments, Entities, Values, Claims, Translations, Projection)
    writes = Record

    def __init__(self, provenance: Provenance) -> None:
        self._provenance = provenance

    @property
    def resources(self) -> Mapping[str, str]:
        """The provenance is part of the record, so it is part of the key."""
        return {
            "pipeline": self._provenance.pipeline,
            "settings": self._provenance.settings_sha256,
            **self._provenance.models,
        }

    def apply(self, view: View) -> Record:
        """The record of one document, without links (they need the other documents)."""
        raw, language, text = view[Raw], view[Language], view[Text]
        body = _Body(text, view[Segments].segments)
        projection = view[Projection]
        translations = {item.segment: item for item in view[Translations].translations}
        entities = {item.entity: item for item in projection.entities}
        claims = {item.claim: item for item in projection.claims}
        return Record(
            schema_version=SCHEMA_VERSION,
            id=raw.id,
            source=RecordSource(
                raw.path,
                raw.sha256,
                raw.bytes,
                raw.media_type,
                raw.encoding,
                _metadata(raw, view[Values]),
            ),
            language=RecordLanguage(
                language.code, language.confidence, language.detector, language.candidates
            ),
            target_language=view[Translations].target_language,
            title=text.title,
            text=text.text,
            removed=tuple(
                RecordRemoved((item.raw.start, item.raw.end), item.kind) for item in text.removed
            ),
            segments=tuple(
                body.segment(segment, translations[segment.id]) for segment in body.segments
            ),
            entities=tuple(
                body.entity(entity, language.code, entities.get(entity.id))
                for entity in view[Entities].entities
            ),
            values=tuple(body.value(value) for value in view[Values].values),
            claims=tuple(body.claim(claim, claims.get(claim.id)) for claim in view[Claims].claims),
            links=(),
            provenance=self._provenance,
            repairs=tuple(
                RecordRepair((item.raw.start, item.raw.end), item.before, item.after, item.kind)
                for item in text.repairs
            ),
            flags=raw.flags,
        )


def _metadata(raw: Raw, values: Values) -> Mapping[str, str]:
    """The document's metadata. A date in ISO 8601 that they did not have is told with its source: a
    line of the text, or the metadata themselves, of which ``date_written`` are the words."""
    if values.date is None:
        return raw.metadata
    written = raw.metadata.get("date")
    source = {"date_source": METADATA, "date_written": written} if written else DATE_FROM_LINE
    found = {**raw.metadata, "date": values.date, **source}
    return {key: found[key] for key in sorted(found)}


class _Body:
    """The normalized text with what is needed to describe any stretch of it."""

    def __init__(self, text: Text, segments: Sequence[Segment]) -> None:
        self._text = text
        self.segments = segments
        self._spans = [segment.span for segment in segments]

    def span(self, span: Span) -> RecordSpan:
        return RecordSpan(span.start, span.end, span.of(self._text.text), self._raw(span))

    def segment(self, segment: Segment, translation: Translation) -> RecordSegment:
        texts = {
            segment.language: segment.span.of(self._text.text),
            other(segment.language): translation.text,
        }
        how = SegmentTranslation(translation.status, translation.backend, translation.reason)
        return RecordSegment(
            segment.id, segment.paragraph, self.span(segment.span), segment.language, texts, how
        )

    def entity(
        self, entity: Entity, language: str, projected: ProjectedEntity | None
    ) -> RecordEntity:
        names = {language: entity.name, other(language): projected.name if projected else None}
        return RecordEntity(
            entity.id,
            entity.label,
            entity.canonical,
            names,
            entity.aliases,
            tuple(self._mention(span) for span in entity.mentions),
            _targets(projected.mentions if projected else ()),
            projected.flags if projected else (),
        )

    def value(self, value: Value) -> RecordValue:
        return RecordValue(value.type, value.value, self.span(value.span), value.flags)

    def claim(self, claim: Claim, projected: ProjectedClaim | None) -> RecordClaim:
        said = " ".join(span.of(self._text.text) for span in claim.content)
        segments = self._segments_of(claim.content)
        language = segments[0].language
        return RecordClaim(
            id=claim.id,
            kind=claim.kind,
            content=tuple(self.span(span) for span in claim.content),
            text={language: said, other(language): projected.text if projected else None},
            segments=tuple(segment.id for segment in segments),
            speaker=self._speaker(claim.speaker),
            cue=self._cue(claim.cue),
            confidence=claim.confidence,
            modality=claim.modality,
            flags=claim.flags,
            target_spans=_targets(projected.spans if projected else ()),
        )

    def _mention(self, span: Span) -> RecordMention:
        index = covering(self._spans, span.start)
        segment = self.segments[index].id if index is not None else ""
        return RecordMention(
            segment, span.start, span.end, span.of(self._text.text), self._raw(span)
        )

    def _speaker(self, speaker: Speaker | None) -> RecordSpeaker | None:
        if speaker is None:
            return None
        span = self.span(speaker.span) if speaker.span else None
        return RecordSpeaker(span, speaker.entity, speaker.name)

    def _cue(self, cue: Cue | None) -> RecordCue | None:
        return RecordCue(self.span(cue.span), cue.cue_class) if cue else None

    def _segments_of(self, spans: Iterable[Span]) -> tuple[Segment, ...]:
        touched = sorted({index for span in spans for index in within(self._spans, span)})
        return tuple(self.segments[index] for index in touched)

    def _raw(self, span: Span) -> RawRanges:
        return tuple((part.start, part.end) for part in self._text.map.raw_ranges(span))


def _targets(spans: Iterable[TargetSpan]) -> tuple[TargetMention, ...]:
    return tuple(
        TargetMention(item.segment, item.span.start, item.span.end, item.text) for item in spans
    )
