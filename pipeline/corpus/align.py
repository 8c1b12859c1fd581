"""Sentence alignment of two texts, by a dynamic programme over sentence vectors.

A *bead* is a run of English sentences and the run of Italian ones that says the same; a bead with
an empty side is a deletion. The programme finds the chain of beads with the greatest gain, in two
stages (compare Thompson and Koehn 2019, "Vecalign"):

1. The vector of a run is the mean of its sentences' vectors. Forward and backward tables tell how
   near the best chain every merged bead comes.
2. Merged beads near the best chain get the true vector of their joined text, encoded now; all
   others are dropped, and the programme runs again.

Similarities are measured against what the same sentences show with their other neighbours (the
margin of Artetxe and Schwenk 2019), so that formulaic sentences need more than plain ones. The
constants were chosen on half of the Parallel Universal Dependencies treebank with sentences
joined, split and deleted at random; `docs/quality.md` gives the figures on the other half.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.backends import sentence_encoder

Vectors = NDArray[np.float32]
Table = NDArray[np.float64]
Encode = Callable[[Sequence[str]], Vectors]
Bead = tuple[tuple[int, ...], tuple[int, ...], float]

VERSION = "1"

SHAPES = ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (2, 2), (1, 4), (4, 1), (2, 3), (3, 2))
LONGEST = max(max(shape) for shape in SHAPES)

SIMILAR_ENOUGH = 0.22  # margin at which a bead gains nothing over two deletions
MERGE_COST = 0.045  # for each sentence beyond one a side
LENGTH_COST = 0.2  # for each factor of e between the lengths
ITALIAN_LENGTH = 1.08  # characters per character of English, in the development half
SHORT = 20  # characters added to both lengths, so that short sentences may differ more
NEIGHBOURS = 3  # of a sentence, that tell what similarity means nothing
NEAR = 0.25  # how far below the best chain a merged bead may stay and still be encoded
STEEPNESS, MIDDLE = 11.0, 0.3  # of the logistic curve from margin to the chance of a right bead

BLOCK = 256  # sentences a side beyond which a text is cut at anchors first
ANCHOR_MARGIN = 0.15  # by which an anchor beats the second-best partner on both sides
_DELETE_EN, _DELETE_IT = -2, -1
_IMPOSSIBLE = -1e9


def align_segments(en: Sequence[str], it: Sequence[str]) -> list[Bead]:
    """The beads of two texts in order: English indices, Italian indices, score.

    Every index occurs in exactly one bead. The score (0-1) of a bead is the chance that it is
    right; that of a deletion, the chance that the sentence has no counterpart.

    >>> align_segments([], ["Solo in italiano."])
    [((), (0,), 1.0)]
    """
    return align_vectors(en, it, sentence_encoder.encode(en), sentence_encoder.encode(it))


def align_vectors(
    en: Sequence[str],
    it: Sequence[str],
    en_vectors: Vectors,
    it_vectors: Vectors,
    encode: Encode = sentence_encoder.encode,
) -> list[Bead]:
    """`align_segments` for sentences whose vectors are known; merges are encoded as needed."""
    beads: list[Bead] = []
    for rows, columns in _blocks(en_vectors, it_vectors):
        english = _Side(en[rows], en_vectors[rows])
        italian = _Side(it[columns], it_vectors[columns])
        for i, j, score in _align_block(english, italian, encode):
            beads.append(
                (
                    tuple(index + rows.start for index in i),
                    tuple(index + columns.start for index in j),
                    score,
                )
            )
    return beads


@dataclass(frozen=True, slots=True)
class _Side:
    """The sentences of one language with their vectors."""

    texts: Sequence[str]
    vectors: Vectors

    def __len__(self) -> int:
        return len(self.texts)

    def runs(self, size: int) -> Vectors:
        """The mean vector of every run of ``size`` sentences, at unit length."""
        if len(self) < size:
            return np.zeros((0, self.vectors.shape[1]), dtype=np.float32)
        total = sum(self.vectors[k : len(self) - size + 1 + k] for k in range(size))
        norms = np.linalg.norm(total, axis=1, keepdims=True)
        means: Vectors = total / np.maximum(norms, 1e-9)
        return means

    def joined(self, start: int, size: int) -> str:
        return " ".join(self.texts[start : start + size])

    def lengths(self) -> Table:
        """Characters before each sentence, and in all: one entry more than sentences."""
        return np.cumsum([0.0] + [float(len(text)) for text in self.texts])


class _Gains:
    """What every possible bead gains."""

    def __init__(self, en: _Side, it: _Side) -> None:
        self._n, self._m = len(en), len(it)
        self._en_lengths = en.lengths()
        self._it_lengths = it.lengths() / ITALIAN_LENGTH
        self._unit = (self._en_lengths[-1] + self._it_lengths[-1]) / (self._n + self._m)
        similar = (en.vectors @ it.vectors.T).astype(np.float64)
        self._en_usual = _running(_usual(similar))
        self._it_usual = _running(_usual(similar.T))
        runs_en = {size: en.runs(size) for size in range(1, LONGEST + 1)}
        runs_it = {size: it.runs(size) for size in range(1, LONGEST + 1)}
        self.margins: dict[tuple[int, int], Table] = {}
        self.tables: dict[tuple[int, int], Table] = {}
        for a, b in SHAPES:
            if a <= self._n and b <= self._m:
                i = np.arange(self._n - a + 1)[:, None]
                j = np.arange(self._m - b + 1)[None, :]
                mean = (runs_en[a] @ runs_it[b].T).astype(np.float64)
                self.margins[a, b] = self._margin(mean, (a, b), i, j)
                self.tables[a, b] = self._gain(self.margins[a, b], (a, b), i, j)

    def near(self, best: Table, rest: Table) -> list[tuple[tuple[int, int], int, int]]:
        """Merged beads that lie on a chain at most `NEAR` below the best one."""
        found = []
        for (a, b), table in self.tables.items():
            if (a, b) != (1, 1):
                chain = best[: self._n - a + 1, : self._m - b + 1] + table + rest[a:, b:]
                rows, columns = np.nonzero(chain > best[-1, -1] - NEAR)
                found += [
                    ((a, b), i, j) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)
                ]
        return found

    def keep(self, similarities: Sequence[tuple[tuple[int, int], int, int, float]]) -> None:
        """Replace the merged beads by those given, with their true similarities."""
        for shape, table in self.tables.items():
            if shape != (1, 1):
                table[:] = _IMPOSSIBLE
        for shape, i, j, similarity in similarities:
            at_i, at_j = np.array([[i]]), np.array([[j]])
            margin = self._margin(np.array([[similarity]]), shape, at_i, at_j)
            self.margins[shape][i, j] = margin[0, 0]
            self.tables[shape][i, j] = self._gain(margin, shape, at_i, at_j)[0, 0]

    def _margin(
        self, similar: Table, shape: tuple[int, int], i: NDArray[np.intp], j: NDArray[np.intp]
    ) -> Table:
        a, b = shape
        en = (self._en_usual[i + a] - self._en_usual[i]) / a
        it = (self._it_usual[j + b] - self._it_usual[j]) / b
        usual = np.minimum((en + it) / 2, 0.9)
        margin: Table = (similar - usual) / (1 - usual)
        return margin

    def _gain(
        self, margin: Table, shape: tuple[int, int], i: NDArray[np.intp], j: NDArray[np.intp]
    ) -> Table:
        a, b = shape
        en = self._en_lengths[i + a] - self._en_lengths[i]
        it = self._it_lengths[j + b] - self._it_lengths[j]
        uneven = np.minimum(np.abs(np.log((en + SHORT) / (it + SHORT))), 2)
        weight = np.sqrt((en + it) / (2 * max(self._unit, 1.0)))
        gain: Table = weight * (margin - SIMILAR_ENOUGH - LENGTH_COST * uneven)
        return gain - MERGE_COST * (a + b - 2)


def _align_block(en: _Side, it: _Side, encode: Encode) -> list[Bead]:
    if not len(en) or not len(it):
        return [((i,), (), 1.0) for i in range(len(en))] + [((), (j,), 1.0) for j in range(len(it))]
    gains = _Gains(en, it)
    best, _ = _chains(gains.tables, len(en), len(it))
    reversed_tables = {shape: table[::-1, ::-1] for shape, table in gains.tables.items()}
    rest, _ = _chains(reversed_tables, len(en), len(it))
    near = gains.near(best, rest[::-1, ::-1])
    gains.keep(_true_similarities(near, en, it, encode))
    _, steps = _chains(gains.tables, len(en), len(it))
    return [_scored(bead, gains) for bead in _beads(steps)]


def _true_similarities(
    near: Sequence[tuple[tuple[int, int], int, int]], en: _Side, it: _Side, encode: Encode
) -> list[tuple[tuple[int, int], int, int, float]]:
    pairs = [(en.joined(i, a), it.joined(j, b)) for (a, b), i, j in near]
    known = dict(zip(en.texts, en.vectors, strict=True))
    known |= dict(zip(it.texts, it.vectors, strict=True))
    new = sorted({text for pair in pairs for text in pair} - known.keys())
    if new:
        known |= dict(zip(new, encode(new), strict=True))
    return [
        (shape, i, j, float(known[left] @ known[right]))
        for (shape, i, j), (left, right) in zip(near, pairs, strict=True)
    ]


def _chains(tables: dict[tuple[int, int], Table], n: int, m: int) -> tuple[Table, NDArray[np.int8]]:
    """The best gain up to every pair of positions, and the step that leads there.

    A row at a time. Deleting costs nothing, so an Italian deletion carries a value along its row:
    a running maximum.
    """
    best = np.zeros((n + 1, m + 1))
    steps = np.full((n + 1, m + 1), _DELETE_IT, dtype=np.int8)
    for i in range(1, n + 1):
        row = best[i - 1].copy()
        step = np.full(m + 1, _DELETE_EN, dtype=np.int8)
        for number, (a, b) in enumerate(SHAPES):
            if a > i or (a, b) not in tables:
                continue
            reached = best[i - a, : m + 1 - b] + tables[a, b][i - a]
            better = reached > row[b:]
            row[b:][better] = reached[better]
            step[b:][better] = number
        best[i] = np.maximum.accumulate(row)
        step[best[i] > row] = _DELETE_IT
        steps[i] = step
    return best, steps


def _beads(steps: NDArray[np.int8]) -> list[tuple[range, range]]:
    """The chain that ``steps`` leads back along, in order."""
    i, j = steps.shape[0] - 1, steps.shape[1] - 1
    chain = []
    while i or j:
        step = int(steps[i, j])
        if step == _DELETE_EN:
            a, b = 1, 0
        elif step == _DELETE_IT:
            a, b = 0, 1
        else:
            a, b = SHAPES[step]
        chain.append((range(i - a, i), range(j - b, j)))
        i, j = i - a, j - b
    return chain[::-1]


def _scored(bead: tuple[range, range], gains: _Gains) -> Bead:
    i, j = bead
    if i and j:
        score = _chance(float(gains.margins[len(i), len(j)][i.start, j.start]))
    else:
        singles = gains.margins[1, 1]
        score = 1 - _chance(float((singles[i.start] if i else singles[:, j.start]).max()))
    return tuple(i), tuple(j), score


def _chance(margin: float) -> float:
    return 1 / (1 + math.exp(-STEEPNESS * (margin - MIDDLE)))


def _usual(similar: Table) -> Table:
    """For every row, the mean of its best similarities but the very best one."""
    width = similar.shape[1]
    count = min(NEIGHBOURS, width - 1)
    if count < 1:
        return np.zeros(len(similar))
    best = -np.sort(-similar, axis=1)[:, 1 : count + 1]
    means: Table = best.mean(axis=1)
    return means


def _running(values: Table) -> Table:
    return np.concatenate([[0.0], np.cumsum(values)])


def _blocks(en: Vectors, it: Vectors) -> Iterator[tuple[slice, slice]]:
    """The texts cut into blocks that can be aligned one by one.

    Short texts are one block. Long ones are cut behind anchors; where anchors are wanting, along
    the diagonal, so that time and memory grow with the length and not with its square.
    """
    n, m = len(en), len(it)
    anchors = _anchors(en, it) if max(n, m) > BLOCK else []
    i = j = 0
    while n - i > BLOCK or m - j > BLOCK:
        cut = _cut(anchors, i, j)
        if cut is None:
            share = min(BLOCK / max(n - i, m - j), 1.0)
            cut = i + math.ceil((n - i) * share), j + math.ceil((m - j) * share)
        yield slice(i, cut[0]), slice(j, cut[1])
        i, j = cut
    yield slice(i, n), slice(j, m)


def _cut(anchors: Sequence[tuple[int, int]], i: int, j: int) -> tuple[int, int] | None:
    """The last place behind an anchor that makes a block of at most `BLOCK` sentences a side."""
    first = bisect_left(anchors, (i, j))
    last = None
    for x, y in anchors[first:]:
        if x - i >= BLOCK or y - j >= BLOCK:
            break
        if x >= i and y >= j:
            last = x + 1, y + 1
    return last


def _anchors(en: Vectors, it: Vectors) -> list[tuple[int, int]]:
    """Sentence pairs that are each other's best by far, and in the same order in both texts."""
    forth, back = _clear_best(en, it), _clear_best(it, en)
    mutual = [(i, j) for i, j in sorted(forth.items()) if back.get(j) == i]
    return _longest_increasing(mutual)


def _clear_best(rows: Vectors, columns: Vectors) -> dict[int, int]:
    """For every row with a clear favourite, its column."""
    favourites: dict[int, int] = {}
    if len(columns) < 2:
        return favourites
    for start in range(0, len(rows), BLOCK):
        similar = rows[start : start + BLOCK] @ columns.T
        two = np.partition(similar, -2, axis=1)[:, -2:]
        clear = np.nonzero(two[:, 1] - two[:, 0] > ANCHOR_MARGIN)[0]
        best = similar.argmax(axis=1)
        favourites |= {start + row: int(best[row]) for row in clear.tolist()}
    return favourites


def _longest_increasing(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest chain of ``pairs`` (sorted by the first) whose second numbers increase too."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        place = bisect_left(tails, j)
        before.append(ends[place - 1] if place else -1)
        tails[place : place + 1] = [j]
        ends[place : place + 1] = [index]
    chain = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]
