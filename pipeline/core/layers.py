"""What each stage leaves behind: one frozen layer type per stage.

Offsets are half-open and count Unicode code points: in `Raw.text` for `Language.passages` and
`Removed.raw`, in the normalized text (`Text.map.text`) everywhere else, except the target spans of
`Projection`, which count inside the translated segment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.core.spans import Span
from pipeline.core.textmap import TextMap

Label = Literal["PER", "ORG", "LOC", "MISC"]
LABELS: tuple[Label, ...] = ("PER", "ORG", "LOC", "MISC")


@dataclass(frozen=True, slots=True)
class Source:
    """A document as it was found, before anything looked into it.

    ``path`` is what the user named, with ``#ROW`` appended for a row of a table. ``content`` holds
    the bytes of a file, or the UTF-8 text of a table's row. ``metadata`` comes from the table's
    other columns. ``error`` says why the bytes could not be read, ``empty`` why there is nothing to
    read (then ``content`` is empty).
    """

    id: str
    path: str
    content: bytes
    media_type: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None
    empty: str | None = None


@dataclass(frozen=True, slots=True)
class Raw:
    """The decoded document before any repair (written by ``ingest``).

    For extracted formats such as HTML, ``text`` is the extracted text. ``metadata`` may hold
    ``title``, ``url``, ``date``, ``language`` and whatever else the source declared. ``left_out``
    are the visible lines of a page that extraction did not take for the article.
    """

    id: str
    path: str
    sha256: str
    bytes: int
    media_type: str
    encoding: str
    text: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of raw text in the other one of the two languages."""

    raw: Span
    language: str


@dataclass(frozen=True, slots=True)
class Language:
    """The document's language, with its runners-up (written by ``detect``).

    ``confidence`` and the candidates' scores lie in 0-1; candidates are sorted, best first.
    """

    code: str
    confidence: float
    detector: str
    candidates: tuple[tuple[str, float], ...]
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """Raw text that is not part of the article, with the kind of boilerplate it is."""

    raw: Span
    kind: str


@dataclass(frozen=True, slots=True)
class Repair:
    """One change of the text: the raw range, what stood there, what stands there now, and why."""

    raw: Span
    before: str
    after: str
    kind: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the normalized text; ``headline`` marks titles and section headings."""

    span: Span
    language: str
    headline: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """The normalized article (written by ``normalize``)."""

    map: TextMap
    paragraphs: tuple[Paragraph, ...]
    removed: tuple[Removed, ...]
    repairs: tuple[Repair, ...]
    title: str | None = None

    @property
    def text(self) -> str:
        """The normalized text that all later offsets count in."""
        return self.map.text


@dataclass(frozen=True, slots=True)
class Tokens:
    """Words and their syntax as parallel columns, one entry per token.

    ``heads`` are token indices (a root points to itself); ``deps`` are Universal Dependencies
    relations in both languages; ``morphs`` are UD feature strings ("" when the model has none).
    """

    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    lemmas: tuple[str, ...] = ()
    upos: tuple[str, ...] = ()
    morphs: tuple[str, ...] = ()
    heads: tuple[int, ...] = ()
    deps: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.starts)

    def to_lines(self) -> list[str]:
        """One tab-separated line per token, in the order of the columns."""
        columns = (
            self.starts,
            self.ends,
            self.lemmas,
            self.upos,
            self.morphs,
            self.heads,
            self.deps,
        )
        return [
            f"{start}\t{end}\t{lemma}\t{upos}\t{morph}\t{head}\t{dep}"
            for start, end, lemma, upos, morph, head, dep in zip(*columns, strict=True)
        ]

    @classmethod
    def from_lines(cls, lines: Iterable[str]) -> Tokens:
        """The inverse of `to_lines`."""
        rows = [line.split("\t") for line in lines]
        if not rows:
            return cls()
        starts, ends, lemmas, upos, morphs, heads, deps = zip(*rows, strict=True)
        return cls(
            tuple(map(int, starts)), tuple(map(int, ends)), lemmas, upos, morphs,
            tuple(map(int, heads)), deps,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the model saw it: a candidate for the ``entities`` stage."""

    span: Span
    label: Label
    score: float


ClaimKind = Literal["direct", "indirect", "mixed"]


@dataclass(frozen=True, slots=True)
class Content:
    """What somebody is reported to have said, as the model saw it: evidence for the ``claims``
    stage."""

    span: Span
    kind: ClaimKind
    score: float


@dataclass(frozen=True, slots=True)
class Analysis:
    """Tokens, syntax, sentence spans, name and content candidates (written by ``analyze``).

    ``contents`` is None where no model looks for them.
    """

    tokens: Tokens
    sentences: tuple[Span, ...]
    names: tuple[Name, ...]
    contents: tuple[Content, ...] | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """One sentence, the unit of translation and alignment."""

    id: str
    paragraph: int
    span: Span
    language: str


@dataclass(frozen=True, slots=True)
class Segments:
    """The article's sentences in order (written by ``segment``)."""

    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """Mentions of one person, organisation, place or other named thing.

    ``name`` is the best form found in the text; ``mentions`` are sorted and do not overlap.
    """

    id: str
    label: Label
    canonical: str
    name: str
    aliases: tuple[str, ...]
    mentions: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Entities:
    """Grouped names of the document (written by ``entities``)."""

    entities: tuple[Entity, ...]


ValueType = Literal["DATE", "MONEY", "PERCENT", "QUANTITY"]


@dataclass(frozen=True, slots=True)
class Value:
    """A date, amount, percentage or quantity with its normalized value.

    DATE: ISO 8601, with ``--MM-DD`` or ``--MM`` when the year is not given. MONEY: ``EUR 3500000``.
    PERCENT: the number. QUANTITY: number and unit. A day that no calendar has (*31 September*) has
    an empty value and the flag ``impossible_date``.
    """

    type: ValueType
    value: str
    span: Span
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Values:
    """Values of the document in text order (written by ``values``).

    ``date`` is the article's own day (ISO 8601), where its metadata write it otherwise (*4 marzo
    2026*), or give none and a line that was put aside as boilerplate does.
    """

    values: tuple[Value, ...]
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who said it. ``span`` is the mention in the text (None when it was dropped),
    ``entity`` the `Entity.id` it resolves to, ``name`` the best name known."""

    span: Span | None
    entity: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Cue:
    """The reporting expression and its class (say, think, ask, deny, promise, ...)."""

    span: Span
    cue_class: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One reported claim.

    ``content`` excludes quotation marks, complementiser and reporting clause. ``modality`` keeps
    the sense of the report: asserted, denied, hedged, asked, ...
    """

    id: str
    kind: ClaimKind
    content: tuple[Span, ...]
    speaker: Speaker | None
    cue: Cue | None
    confidence: float
    modality: str = "asserted"
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claims:
    """Claims in text order (written by ``claims``)."""

    claims: tuple[Claim, ...]


TranslationStatus = Literal["ok", "cached", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Translation:
    """One segment in the target language; ``text`` is None unless the status is ok or cached.

    ``temporary`` marks a failure that the next run should try again.
    """

    segment: str
    text: str | None
    status: TranslationStatus
    backend: str | None = None
    reason: str | None = None
    temporary: bool = False


@dataclass(frozen=True, slots=True)
class Translations:
    """A translation per segment, in the segments' order (written by ``translate``)."""

    target_language: str
    translations: tuple[Translation, ...]


@dataclass(frozen=True, slots=True)
class TargetSpan:
    """A stretch of a translated segment; offsets count inside that segment's translation."""

    segment: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class ProjectedEntity:
    """Where an entity's mentions stand in the translation."""

    entity: str
    name: str | None
    mentions: tuple[TargetSpan, ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectedClaim:
    """Where a claim's content stands in the translation; ``text`` is None unless all of it was
    translated."""

    claim: str
    text: str | None
    spans: tuple[TargetSpan, ...]


@dataclass(frozen=True, slots=True)
class Projection:
    """Entities and claims found again in the translation (written by ``project``)."""

    entities: tuple[ProjectedEntity, ...]
    claims: tuple[ProjectedClaim, ...]
