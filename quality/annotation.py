"""What an article says, annotated: the same types for what is right and for what was predicted.

All spans count in the raw text of the article, as decoded and before any repair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.core.layers import ClaimKind, Label, ValueType
from pipeline.core.spans import Span

KINDS: tuple[ClaimKind, ...] = ("direct", "indirect", "mixed")


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """A stretch that is no part of the article."""

    span: Span
    kind: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text; mentions of one entity share their ``canonical`` id."""

    span: Span
    label: Label
    canonical: str | None


@dataclass(frozen=True, slots=True)
class Amount:
    """A date, sum of money, percentage or quantity with its normalized value."""

    span: Span
    type: ValueType
    value: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A claim: its content without marks and reporting clause, who made it, and the cue.

    ``speaker_canonical`` may name a person whose mention was dropped. ``features`` are tags for
    reading errors, ``confidence`` lies in 0-1.
    """

    id: str
    kind: ClaimKind
    content: tuple[Span, ...]
    speaker: Span | None = None
    speaker_canonical: str | None = None
    cue: Span | None = None
    features: tuple[str, ...] = ()
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Annotation:
    """Everything annotated in one article.

    ``passages`` are those in the other language; ``sentences`` is empty where nobody marked them.
    """

    language: str | None = None
    boilerplate: tuple[Boilerplate, ...] = ()
    passages: tuple[Span, ...] = ()
    mentions: tuple[Mention, ...] = ()
    amounts: tuple[Amount, ...] = ()
    quotes: tuple[Quote, ...] = ()
    scare_quotes: tuple[Span, ...] = ()
    sentences: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Pairing:
    """The header lines that tie an article to one in the other language.

    ``beads`` holds, by number, the hull of the sentences of an alignment bead; ``claims`` the
    links as (English quote id, Italian quote id), given in the Italian article only.
    """

    key: str
    relation: Literal["parallel", "comparable"]
    beads: Mapping[int, Span] = field(default_factory=dict)
    claims: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """An annotated article: its raw text and what is right about it."""

    name: str
    text: str
    topic: str
    noisy: bool
    headline: Span
    gold: Annotation
    pairing: Pairing | None = None


@dataclass(frozen=True, slots=True)
class PairAnnotation:
    """Two articles that tell the same story: aligned raw spans and linked quote ids.

    ``en`` and ``it`` are article names; in ``claims`` only links that say *the same* count.
    """

    en: str
    it: str
    relation: str
    segments: tuple[tuple[Span, Span], ...]
    claims: frozenset[tuple[str, str]]
