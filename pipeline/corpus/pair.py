"""Which documents tell the same story.

Candidates come from what is cheap: shared rare names and numbers (an inverted index), the nearest
vectors of openings, and declarations in metadata or file names. Those that promise anything are
then scored, each on its own, so that a score never depends on what else lies in the batch.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.backends.sentence_encoder import Vectors
from pipeline.corpus.features import Features, Traits

COMMON = 40  # documents beyond which a name or number finds nobody
BY_INDEX = 12  # candidates of a document through names and numbers
BY_VECTOR = 6  # and through vectors, per language
CHUNK = 1024  # documents whose vectors are compared at once
# The share of the likeness asked for that openings must show. Those of development couples show at
# least 0.7; as much as 0.35 is shown by 70 of 9,000 candidates.
PROMISING = 0.7
DECLARED_FLOOR = 0.05  # file names alone do not pair what has nothing in common


@dataclass(frozen=True, slots=True, order=True)
class Couple:
    """Two documents that tell the same story; ``left < right`` unless the left one is English
    and the right one Italian. ``score`` lies in 0-1."""

    left: str
    right: str
    score: float

    def other(self, document: str) -> str:
        """The other document of the two."""
        return self.right if document == self.left else self.left


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """Two documents, ordered like a `Couple`, that are worth a look at all their segments.

    Where they declare themselves a couple, ``floor`` is the likeness that makes them one.
    """

    left: str
    right: str
    floor: float | None


def find_candidates(traits: Mapping[str, Traits], min_score: float) -> list[Candidate]:
    """What may be couples of ``min_score`` in a batch, sorted; of one language as well as two."""
    declared = dict(_declared(traits.values()))
    promising = {
        (left, right)
        for left, right in _nearest(traits)
        if _promise(traits[left], traits[right]) >= PROMISING * min_score
    }
    pairs = sorted(promising | declared.keys())
    return [Candidate(left, right, declared.get((left, right))) for left, right in pairs]


def find_couples(
    candidates: Iterable[Candidate], features: Callable[[str], Features], min_score: float
) -> list[Couple]:
    """The couples among ``candidates``, in their order."""
    couples = []
    for each in candidates:
        score = likeness(features(each.left), features(each.right))
        if each.floor is not None and score >= each.floor:
            least = 0.99 if each.floor == 0 else min_score
            couples.append(Couple(each.left, each.right, max(score, least)))
        elif score >= min_score:
            couples.append(Couple(each.left, each.right, score))
    return couples


def likeness(left: Features, right: Features) -> float:
    """The chance (0-1) that two documents tell the same story.

    The weights separate the seven development pairs from 6,700 other couples of development
    articles with room on both sides.
    """
    subject = float(left.vector @ right.vector)
    close = _closeness(left.segments, right.segments)
    return _likeness(left.traits, right.traits, subject, close)


def _promise(left: Traits, right: Traits) -> float:
    """The likeness of two documents as close to each other as their openings are."""
    close = float(left.opening @ right.opening)
    return _likeness(left, right, close, close)


def _likeness(left: Traits, right: Traits, subject: float, close: float) -> float:
    return _logistic(
        14 * (close - 0.37)
        + 6 * (subject - 0.7)
        + 5 * (_overlap(left.names, right.names) - 0.2)
        + 0.3 * min(len(left.numbers & right.numbers), 4)
        - 0.7
    )


def _closeness(left: Vectors, right: Vectors) -> float:
    """The mean similarity of every segment to the nearest one of the other document."""
    if not len(left) or not len(right):
        return 0.0
    similar = left @ right.T
    return float(similar.max(axis=1).mean() + similar.max(axis=0).mean()) / 2


def _overlap(left: frozenset[str], right: frozenset[str]) -> float:
    smaller = min(len(left), len(right))
    return len(left & right) / max(smaller, 3)


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(min(value, 50.0), -50.0)))


def _ordered(left: Traits, right: Traits) -> tuple[str, str]:
    if left.language != right.language:
        return (left.id, right.id) if left.language == "en" else (right.id, left.id)
    return (left.id, right.id) if left.id < right.id else (right.id, left.id)


def _nearest(traits: Mapping[str, Traits]) -> set[tuple[str, str]]:
    documents = [traits[document] for document in sorted(traits)]
    found = set(_by_index(documents))
    for language in ("en", "it"):
        for other in ("en", "it"):
            rows = [each for each in documents if each.language == language]
            columns = [each for each in documents if each.language == other]
            found.update(_by_vector(rows, columns))
    return found


def _by_index(documents: Sequence[Traits]) -> Iterator[tuple[str, str]]:
    """Documents that share the rarest names and numbers."""
    index: dict[str, list[int]] = defaultdict(list)
    for number, document in enumerate(documents):
        for key in document.names | document.numbers:
            index[key].append(number)
    for number, document in enumerate(documents):
        weights: dict[int, float] = defaultdict(float)
        for key in sorted(document.names | document.numbers):
            if 1 < len(index[key]) <= COMMON:
                for other in index[key]:
                    weights[other] += 1 / len(index[key])
        weights.pop(number, None)
        best = sorted(weights, key=lambda other: (-weights[other], documents[other].id))
        for other in best[:BY_INDEX]:
            yield _ordered(document, documents[other])


def _by_vector(rows: Sequence[Traits], columns: Sequence[Traits]) -> Iterator[tuple[str, str]]:
    """The nearest documents by vector: one matrix product over small vectors, in chunks."""
    if not rows or not columns:
        return
    matrix = np.stack([each.opening for each in columns])
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        similar = np.stack([each.opening for each in chunk]) @ matrix.T
        count = min(BY_VECTOR + 1, len(columns))
        nearest = np.argpartition(-similar, count - 1, axis=1)[:, :count]
        for row, places in zip(chunk, nearest.tolist(), strict=True):
            for place in places:
                if columns[place].id != row.id:
                    yield _ordered(row, columns[place])


def _declared(documents: Iterable[Traits]) -> Iterator[tuple[tuple[str, str], float]]:
    """Couples that metadata (floor 0) or file names declare, one document a language."""
    by_metadata: dict[str, list[Traits]] = defaultdict(list)
    by_name: dict[str, list[Traits]] = defaultdict(list)
    for document in sorted(documents, key=lambda each: each.id):
        for key in document.declared:
            by_metadata[key].append(document)
        if document.named:
            by_name[document.named].append(document)
    for groups, floor in ((by_name, DECLARED_FLOOR), (by_metadata, 0.0)):
        for _, group in sorted(groups.items()):
            if sorted(each.language for each in group) == ["en", "it"]:
                yield _ordered(group[0], group[1]), floor
