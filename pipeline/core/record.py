"""The aligned bilingual record and the pair file: what users and other tools read.

Fields are part of the public contract: they may be added, with a default, but never renamed and
never given a second meaning. Offsets are half-open, in Unicode code points, and count in
`Record.text`; ``raw`` ranges count in the document as decoded, before any repair; offsets of
target spans count inside that segment's text in the target language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pipeline.core.layers import ClaimKind, Label, TranslationStatus, ValueType

SCHEMA_VERSION = "1"

RawRanges = tuple[tuple[int, int], ...]
Relation = Literal["same", "related"]


@dataclass(frozen=True, slots=True)
class RecordSpan:
    """A stretch of the record's text: ``text == record.text[start:end]``."""

    start: int
    end: int
    text: str
    raw: RawRanges


@dataclass(frozen=True, slots=True)
class RecordSource:
    """Where the document came from; ``sha256`` and ``bytes`` are of the bytes read."""

    path: str
    sha256: str
    bytes: int
    media_type: str
    encoding: str
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RecordLanguage:
    """The detected language; scores lie in 0-1, candidates are sorted, best first."""

    code: str
    confidence: float
    detector: str
    candidates: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class RecordRemoved:
    """Boilerplate put aside: the raw range and its kind."""

    raw: tuple[int, int]
    kind: str


@dataclass(frozen=True, slots=True)
class RecordRepair:
    """One repair of the text: raw range, what stood there, what stands there now, and why."""

    raw: tuple[int, int]
    before: str
    after: str
    kind: str


@dataclass(frozen=True, slots=True)
class SegmentTranslation:
    """How a segment's translation came about; ``reason`` explains skipped and failed."""

    status: TranslationStatus
    backend: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RecordSegment:
    """A sentence in both languages; ``language`` is the one it was written in."""

    id: str
    paragraph: int
    span: RecordSpan
    language: str
    text: Mapping[str, str | None]
    translation: SegmentTranslation


@dataclass(frozen=True, slots=True)
class RecordMention:
    """One mention of an entity, and the segment it begins in."""

    segment: str
    start: int
    end: int
    text: str
    raw: RawRanges


@dataclass(frozen=True, slots=True)
class TargetMention:
    """A stretch of a segment's translation; offsets count inside it."""

    segment: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class RecordEntity:
    """One entity with all its mentions; ``canonical`` is shared across documents and languages."""

    id: str
    label: Label
    canonical: str
    name: Mapping[str, str | None]
    aliases: tuple[str, ...]
    mentions: tuple[RecordMention, ...]
    target_mentions: tuple[TargetMention, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordValue:
    """A date, amount, percentage or quantity, normalized; see `Value` for values and flags."""

    type: ValueType
    value: str
    span: RecordSpan
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordSpeaker:
    """The speaker's mention, the entity it stands for, and the best name known."""

    span: RecordSpan | None
    entity: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class RecordCue:
    """The reporting expression; ``cue_class`` is written as ``class``."""

    span: RecordSpan
    cue_class: str = field(metadata={"json": "class"})


@dataclass(frozen=True, slots=True)
class RecordClaim:
    """Who said what: content spans without quotation marks and reporting clause.

    ``text`` leads from each language to the words of all spans, joined by a space.
    """

    id: str
    kind: ClaimKind
    content: tuple[RecordSpan, ...]
    text: Mapping[str, str | None]
    segments: tuple[str, ...]
    speaker: RecordSpeaker | None
    cue: RecordCue | None
    confidence: float
    modality: str = "asserted"
    flags: tuple[str, ...] = ()
    target_spans: tuple[TargetMention, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordLink:
    """A claim of another record that says the same, or something related."""

    claim: str
    record: str
    other: str
    relation: Relation
    score: float
    evidence: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made this record: package version, stage versions, models, settings."""

    pipeline: str
    stages: Mapping[str, str]
    models: Mapping[str, str]
    settings_sha256: str


@dataclass(frozen=True, slots=True)
class Record:
    """One article: source text, its other language, entities, values, claims, links."""

    schema_version: str
    id: str
    source: RecordSource
    language: RecordLanguage
    target_language: str
    title: str | None
    text: str
    removed: tuple[RecordRemoved, ...]
    segments: tuple[RecordSegment, ...]
    entities: tuple[RecordEntity, ...]
    values: tuple[RecordValue, ...]
    claims: tuple[RecordClaim, ...]
    links: tuple[RecordLink, ...]
    provenance: Provenance
    repairs: tuple[RecordRepair, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentPair:
    """A bead of aligned segments: ids on both sides, score in 0-1."""

    en: tuple[str, ...]
    it: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class EntityPair:
    """The same entity in both documents."""

    en: str
    it: str
    score: float


@dataclass(frozen=True, slots=True)
class ClaimPair:
    """Two claims that say the same, or something related."""

    en: str
    it: str
    relation: Relation
    score: float
    evidence: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two documents, one English and one Italian, that tell the same story."""

    schema_version: str
    en: str
    it: str
    relation: Literal["parallel", "comparable"]
    score: float
    segments: tuple[SegmentPair, ...]
    entities: tuple[EntityPair, ...]
    claims: tuple[ClaimPair, ...]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A document that failed: where, why, and its content, so that nothing is lost."""

    id: str
    path: str
    stage: str
    error: str
    sha256: str
    content_base64: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
