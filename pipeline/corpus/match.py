"""Two documents that tell the same story, laid side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from pipeline.core.layers import Label
from pipeline.core.record import SCHEMA_VERSION, ClaimPair, EntityPair, Pair, Record, SegmentPair
from pipeline.corpus.align import align_vectors
from pipeline.corpus.features import Side
from pipeline.corpus.link import link_claims
from pipeline.corpus.names import align_entities

SURE_BEAD = 0.85
PARALLEL_COVERAGE = 0.75  # of the shorter document's characters that lie in sure beads


@dataclass(frozen=True, slots=True)
class SharedId:
    """A canonical id of the right document; the left one's, and its label, for the same entity."""

    right: str
    left: str
    label: Label
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """Two documents side by side. In a couple of one language, the pair's English side is the left
    document and its Italian side the right one."""

    pair: Pair
    shared: tuple[SharedId, ...]


def match_documents(left: Side, right: Side, score: float, min_link_score: float) -> Match:
    """The match of two documents of a couple with the given score.

    Segments are aligned only between an English and an Italian document, and reported only when
    these are parallel. Documents of one language are compared as comparable ones.
    """
    beads: tuple[SegmentPair, ...] = ()
    relation: Literal["parallel", "comparable"] = "comparable"
    if left.record.language.code != right.record.language.code:
        beads = segment_pairs(left, right)
        if _coverage(left.record, right.record, beads) >= PARALLEL_COVERAGE:
            relation = "parallel"
        else:
            beads = ()
    entities = align_entities(
        left.record, right.record, left.details.entities, right.details.entities, beads
    )
    shared = _shared_ids(left.record, right.record, entities)
    canonical = {each.right: each.left for each in shared}
    links = link_claims(left, right, canonical, beads, min_link_score)
    pair = Pair(
        schema_version=SCHEMA_VERSION,
        en=left.record.id,
        it=right.record.id,
        relation=relation,
        score=score,
        segments=beads,
        entities=entities,
        claims=tuple(
            ClaimPair(link.left, link.right, link.relation, link.score, asdict(link.evidence))
            for link in links
        ),
    )
    return Match(pair, shared)


def _shared_ids(
    left: Record, right: Record, entities: Sequence[EntityPair]
) -> tuple[SharedId, ...]:
    ours = {entity.id: entity for entity in left.entities}
    theirs = {entity.id: entity for entity in right.entities}
    return tuple(
        SharedId(
            theirs[pair.it].canonical, ours[pair.en].canonical, ours[pair.en].label, pair.score
        )
        for pair in entities
    )


def segment_pairs(left: Side, right: Side) -> tuple[SegmentPair, ...]:
    """The aligned segments of an English and an Italian document."""
    english, italian = left.record.segments, right.record.segments
    beads = align_vectors(
        [segment.span.text for segment in english],
        [segment.span.text for segment in italian],
        left.features.segments,
        right.features.segments,
    )
    return tuple(
        SegmentPair(tuple(english[i].id for i in en), tuple(italian[j].id for j in it), score)
        for en, it, score in beads
    )


def _coverage(left: Record, right: Record, beads: Sequence[SegmentPair]) -> float:
    """The share of the shorter document's characters that lie in sure beads."""
    sure = [bead for bead in beads if bead.en and bead.it and bead.score >= SURE_BEAD]
    if len(left.text) <= len(right.text):
        return _share(left, {segment for bead in sure for segment in bead.en})
    return _share(right, {segment for bead in sure for segment in bead.it})


def _share(record: Record, covered: set[str]) -> float:
    lengths = {segment.id: len(segment.span.text) for segment in record.segments}
    return sum(lengths[segment] for segment in covered) / max(sum(lengths.values()), 1)
