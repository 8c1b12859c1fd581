"""Which claims of two documents say the same.

Likeness of meaning alone does not tell the same claim from another one about the same thing, so
every couple of claims is described by its evidence (speaker, entities, numbers, polarity, place in
the alignment, meaning), and a small logistic model, trained on development pairs, weighs it.
Contradicting numbers or polarity, or two different speakers, are never ``same``, whatever the
model says. Where it is unsure, there is no link.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from pipeline.backends.sentence_encoder import Vectors
from pipeline.core.record import Record, RecordClaim, Relation, SegmentPair
from pipeline.corpus.features import Details, Side
from pipeline.corpus.statements import Statement, number_agreement, polarity_agreement, read

LIKELY_RELATED = 0.5  # likeness of meaning from which claims with a tie are about one thing
MEANS_NOTHING = np.float32(0.2)  # similarity of claims about different things, on the average
SAME_SPEAKER_MEANING = 0.75  # of two unnamed speakers that may be one


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against two claims being the same.

    ``meaning`` is the similarity of the contents or of their most similar sentences, ``margin`` how
    far it lies above that of each one's best rival. ``aligned`` is the share of their segments that
    lie in the same beads (0 without alignment). ``speaker``, ``numbers`` and ``polarity``: 1 agree,
    -1 disagree, 0 unknown. ``entities``: share of the names in one that stand in the other, -1 when
    both have names and share none.
    """

    meaning: float
    margin: float
    aligned: float
    speaker: float
    entities: float
    numbers: float
    polarity: float

    @property
    def contradicts(self) -> bool:
        """Whether the two cannot be the same claim.

        In aligned segments, speakers with two ids are one whose name the documents spell apart.
        """
        return min(self.numbers, self.polarity) < 0 or (self.speaker < 0 and not self.aligned)


@dataclass(frozen=True, slots=True)
class Link:
    """Two claims that say the same or something related; ``score`` (0-1) is the chance of it."""

    left: str
    right: str
    relation: Relation
    score: float
    evidence: Evidence


def link_claims(
    left: Side,
    right: Side,
    canonical: Mapping[str, str],
    beads: Sequence[SegmentPair] = (),
    min_score: float = 0.5,
) -> tuple[Link, ...]:
    """The links between the claims of two documents, in the order of the left ones.

    ``canonical`` leads from the right document's canonical ids to the left one's, where they
    differ; ``beads`` align the segments of parallel documents.
    """
    weights = _weights("aligned" if beads else "apart")
    links = []
    for i, j, evidence in all_evidence(left, right, canonical, beads):
        chance = _chance(evidence, weights)
        one, other = left.record.claims[i].id, right.record.claims[j].id
        if not evidence.contradicts and chance >= min_score:
            links.append(Link(one, other, "same", chance, evidence))
        elif _related(evidence) and evidence.meaning >= min_score:
            links.append(Link(one, other, "related", min(evidence.meaning, 1.0), evidence))
    return _not_outdone(links)


def all_evidence(
    left: Side,
    right: Side,
    canonical: Mapping[str, str],
    beads: Sequence[SegmentPair] = (),
) -> list[tuple[int, int, Evidence]]:
    """The evidence of every couple of claims, by their places in the two records."""
    sides = _side(left.record, {}), _side(right.record, canonical)
    meaning = _meaning(left.details, right.details)
    alike = left.details.speakers @ right.details.speakers.T
    speakers = np.array(
        [
            [_speaker(one, other, float(alike[i, j])) for j, other in enumerate(sides[1])]
            for i, one in enumerate(sides[0])
        ]
    ).reshape(meaning.shape)
    margins = _margins(meaning, speakers)
    places = _places(beads)
    return [
        (
            i,
            j,
            Evidence(
                meaning=float(meaning[i, j]),
                margin=float(margins[i, j]),
                aligned=_aligned(one.segments, other.segments, places),
                speaker=float(speakers[i, j]),
                entities=_shared(one.entities, other.entities),
                numbers=number_agreement(one.statement, other.statement),
                polarity=polarity_agreement(one.statement, other.statement),
            ),
        )
        for i, one in enumerate(sides[0])
        for j, other in enumerate(sides[1])
    ]


@dataclass(frozen=True, slots=True)
class _Claim:
    """What is compared of one claim; entities and speaker by their shared canonical ids."""

    speaker: str | None
    speaker_known: bool
    entities: frozenset[str]
    segments: tuple[str, ...]
    statement: Statement


def _side(record: Record, canonical: Mapping[str, str]) -> list[_Claim]:
    ids = {each.id: canonical.get(each.canonical, each.canonical) for each in record.entities}
    language = record.language.code
    sides = []
    for claim in record.claims:
        speaker = claim.speaker
        entity = speaker.entity if speaker else None
        denied = claim.modality == "denied" or bool(claim.cue and claim.cue.cue_class == "deny")
        sides.append(
            _Claim(
                speaker=ids.get(entity) if entity else (speaker.name if speaker else None),
                speaker_known=entity is not None,
                entities=_entities_in(record, claim, ids),
                segments=claim.segments,
                statement=read(claim.text.get(language) or "", language, denied=denied),
            )
        )
    return sides


def _entities_in(record: Record, claim: RecordClaim, ids: Mapping[str, str]) -> frozenset[str]:
    return frozenset(
        ids[entity.id]
        for entity in record.entities
        for mention in entity.mentions
        if any(part.start <= mention.start and mention.end <= part.end for part in claim.content)
    )


def _speaker(one: _Claim, other: _Claim, meaning: float) -> float:
    if one.speaker_known and other.speaker_known:
        return 1.0 if one.speaker == other.speaker else -1.0
    if one.speaker_known or other.speaker_known or not one.speaker or not other.speaker:
        return 0.0
    return 1.0 if meaning >= SAME_SPEAKER_MEANING else 0.0


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    if not one or not other:
        return 0.0
    share = len(one & other) / min(len(one), len(other))
    return share if share else -1.0


def _meaning(left: Details, right: Details) -> Vectors:
    """How similar claims are: as wholes, or the most similar sentences of long ones, as one
    article often quotes more of what was said than the other."""
    nearest = np.zeros((len(left.speakers), len(right.speakers)), dtype=np.float32)
    similar = left.claims @ right.claims.T
    np.maximum.at(nearest, (left.owners[:, None], right.owners[None, :]), similar)
    return nearest


def _margins(meaning: Vectors, speakers: NDArray[np.float64]) -> Vectors:
    """Every similarity less the best rival in its row and column, on the average.

    Claims whose speakers agree less are no rivals: what others say about the same thing does not
    make it doubtful that one person is quoted twice.
    """
    margins = np.zeros_like(meaning)
    for agreement in np.unique(speakers):
        rivals = np.where(speakers >= agreement, meaning, MEANS_NOTHING)
        best = (_best_other(rivals) + _best_other(rivals.T).T) / np.float32(2)
        margins = np.where(speakers == agreement, meaning - best, margins)
    return margins


def _best_other(meaning: Vectors) -> Vectors:
    """For every cell, the best other one of its row, but at least what means nothing."""
    if meaning.shape[1] < 2:
        return np.full_like(meaning, MEANS_NOTHING)
    two = np.sort(meaning, axis=1)[:, -2:]
    best, second = two[:, 1:], two[:, :1]
    others: Vectors = np.where(meaning == best, second, best).clip(min=MEANS_NOTHING)
    return others


def _places(beads: Sequence[SegmentPair]) -> dict[str, dict[str, int]]:
    both = [bead for bead in beads if bead.en and bead.it]
    return {
        "en": {segment: number for number, bead in enumerate(both) for segment in bead.en},
        "it": {segment: number for number, bead in enumerate(both) for segment in bead.it},
    }


def _aligned(
    one: Sequence[str], other: Sequence[str], places: Mapping[str, Mapping[str, int]]
) -> float:
    left = {places["en"][segment] for segment in one if segment in places["en"]}
    right = {places["it"][segment] for segment in other if segment in places["it"]}
    return len(left & right) / len(left | right) if left & right else 0.0


def _related(evidence: Evidence) -> bool:
    """Claims about the same thing that are not the same, or contradict each other."""
    ties = (evidence.speaker, evidence.entities, evidence.numbers, evidence.aligned)
    return evidence.meaning >= LIKELY_RELATED and max(ties) > 0


def _not_outdone(links: Sequence[Link]) -> tuple[Link, ...]:
    """The links that no surer one makes superfluous.

    A ``same`` link goes when both its claims have a surer one: a claim told in two parts keeps
    both, as each part has it as its only counterpart. A ``related`` link goes when one of its
    claims has the same said elsewhere, or something nearer to it.
    """
    surest: dict[tuple[Relation, str, str], float] = {}
    for link in links:
        for end in (link.relation, "left", link.left), (link.relation, "right", link.right):
            surest[end] = max(surest.get(end, 0.0), link.score)

    def stays(link: Link) -> bool:
        ends = [("left", link.left), ("right", link.right)]
        if link.relation == "same":
            return link.score >= min(surest["same", side, claim] for side, claim in ends)
        return not any(("same", side, claim) in surest for side, claim in ends) and (
            link.score >= max(surest["related", side, claim] for side, claim in ends)
        )

    return tuple(link for link in links if stays(link))


def _chance(evidence: Evidence, weights: Mapping[str, float]) -> float:
    values = features_of(evidence)
    total = weights["bias"] + sum(weights[name] * values[name] for name in sorted(values))
    return 1 / (1 + math.exp(-max(min(total, 50.0), -50.0)))


def features_of(evidence: Evidence) -> dict[str, float]:
    """What the logistic model weighs."""
    return asdict(evidence)


def _weights(model: str) -> Mapping[str, float]:
    return _all_weights()[model]


@cache
def _all_weights() -> Mapping[str, Mapping[str, float]]:
    path = resources.files("pipeline.corpus") / "link_weights.json"
    weights: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8"))
    return weights
