"""Sentence alignment of two texts, by a dynamic programme over sentence vectors.

A *bead* is a run of English sentences and the run of Italian ones that says the same; a bead with
an empty side is a deletion. Every bead gains something, deletions nothing, and a chain of beads is
as likely as its gains are high in sum (a conditional random field: Lafferty et al. 2001). The chain
with the highest gain is the alignment, and the score of a bead is its share of all chains. There
are two stages (compare Thompson and Koehn 2019, "Vecalign"):

1. The vector of a run is the mean of its sentences' vectors. That tells which merged beads stand a
   chance.
2. These get the true vector of their joined text, encoded now; all others are dropped.

Similarities are measured against what the same sentences show with their other neighbours (the
margin of Artetxe and Schwenk 2019), so that formulaic sentences need more than plain ones. The
weights (`align_weights.json`) were fitted by ``python -m training.links.beads`` on half of the
Parallel Universal Dependencies treebank with sentences joined, split and deleted at random;
`docs/quality.md` gives the figures on the other half.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.backends import sentence_encoder

Vectors = NDArray[np.float32]
Table = NDArray[np.float64]
Shape = tuple[int, int]
Encode = Callable[[Sequence[str]], Vectors]
Bead = tuple[tuple[int, ...], tuple[int, ...], float]

SHAPES = ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (2, 2), (1, 4), (4, 1), (2, 3), (3, 2))
LONGEST = max(max(shape) for shape in SHAPES)

ITALIAN_LENGTH = 1.08  # characters per character of English, in the development half
SHORT = 20  # characters added to both lengths, so that short sentences may differ more
NEIGHBOURS = 3  # of a sentence, that tell what similarity means nothing
UNLIKELY = 0.02  # chance up to which a merged bead is not encoded

BLOCK = 256  # sentences a side beyond which a text is cut at anchors first
ANCHOR_MARGIN = 0.15  # by which an anchor beats the second-best partner on both sides
_DELETE_EN, _DELETE_IT = -2, -1
IMPOSSIBLE = -1e9


def align_segments(en: Sequence[str], it: Sequence[str]) -> list[Bead]:
    """The beads of two texts in order: English indices, Italian indices, score.

    Every index occurs in exactly one bead. The score (0-1) of a bead is the chance that it is
    right, side by side; that of a deletion, the chance that the sentence has no counterpart.

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
        english = Side(en[rows], en_vectors[rows])
        italian = Side(it[columns], it_vectors[columns])
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
class Side:
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

    def speaking(self, size: int) -> NDArray[np.bool_]:
        """For every run of ``size`` sentences, whether each of them has a vector."""
        silent = _running(np.logical_not(self.vectors.any(axis=1)))
        speaking: NDArray[np.bool_] = silent[size:] == silent[: len(silent) - size]
        return speaking

    def joined(self, start: int, size: int) -> str:
        return " ".join(self.texts[start : start + size])

    def lengths(self) -> Table:
        """Characters before each sentence, and in all: one entry more than sentences."""
        return np.cumsum([0.0] + [float(len(text)) for text in self.texts])


class Lattice:
    """All possible beads of two texts that are not too long."""

    def __init__(self, en: Side, it: Side) -> None:
        self._en, self._it = en, it
        self._en_lengths = en.lengths()
        self._it_lengths = it.lengths() / ITALIAN_LENGTH
        self._unit = (self._en_lengths[-1] + self._it_lengths[-1]) / (len(en) + len(it))
        similar = (en.vectors @ it.vectors.T).astype(np.float64)
        self._en_usual = _running(_usual(similar))
        self._it_usual = _running(_usual(similar.T))
        self.shapes = tuple((a, b) for a, b in SHAPES if a <= len(en) and b <= len(it))
        en_runs = {size: en.runs(size) for size in {a for a, _ in self.shapes}}
        it_runs = {size: it.runs(size) for size in {b for _, b in self.shapes}}
        self._similar: dict[Shape, Table] = {
            (a, b): (en_runs[a] @ it_runs[b].T).astype(np.float64) for a, b in self.shapes
        }
        # A sentence without a letter, such as "...", has no counterpart.
        self.possible = {
            (a, b): en.speaking(a)[:, None] & it.speaking(b)[None, :] for a, b in self.shapes
        }

    def gains(self, weights: Mapping[str, float]) -> dict[Shape, Table]:
        """What every bead gains, by shape and the places where its sides begin."""
        gains = {}
        for shape in self.shapes:
            evidence = self.evidence(shape)
            total = sum(weights[name] * values for name, values in evidence.items())
            gains[shape] = np.where(self.possible[shape], total, IMPOSSIBLE)
        return gains

    def narrow(self, chances: Mapping[Shape, Table], encode: Encode) -> None:
        """Drop the unlikely merged beads, and look at the others' joined texts."""
        likely = {shape: chances[shape] > UNLIKELY for shape in self.shapes if shape != (1, 1)}
        pairs = [
            (shape, i, j, self._en.joined(i, shape[0]), self._it.joined(j, shape[1]))
            for shape, where in likely.items()
            for i, j in np.argwhere(where).tolist()
        ]
        known = dict(zip(self._en.texts, self._en.vectors, strict=True))
        known |= dict(zip(self._it.texts, self._it.vectors, strict=True))
        new = sorted({text for *_, left, right in pairs for text in (left, right)} - known.keys())
        known |= dict(zip(new, encode(new), strict=True)) if new else {}
        for shape, i, j, left, right in pairs:
            self._similar[shape][i, j] = float(known[left] @ known[right])
        self.possible |= likely

    def evidence(self, shape: Shape) -> dict[str, Table]:
        """What speaks for and against the beads of one shape, by name: tables that broadcast to
        ``(len(en) - a + 1, len(it) - b + 1)``.

        ``length`` is that of the texts in units of the mean sentence, under a root; ``uneven`` the
        logarithm of the lengths' ratio; ``merged`` how many sentences go beyond one a side.
        """
        a, b = shape
        en = (self._en_lengths[a:] - self._en_lengths[:-a])[:, None]
        it = (self._it_lengths[b:] - self._it_lengths[:-b])[None, :]
        en_usual = (self._en_usual[a:] - self._en_usual[:-a])[:, None] / a
        it_usual = (self._it_usual[b:] - self._it_usual[:-b])[None, :] / b
        usual = np.minimum((en_usual + it_usual) / 2, 0.9)
        margin = (self._similar[shape] - usual) / (1 - usual)
        uneven = np.minimum(np.abs(np.log((en + SHORT) / (it + SHORT))), 2)
        length = np.sqrt((en + it) / (2 * max(self._unit, 1.0)))
        one = np.ones((1, 1))
        return {
            "bias": one,
            "length": length,
            "margin": margin,
            "margin and length": margin * length,
            "uneven": uneven,
            "uneven and length": uneven * length,
            "merged": one * (a + b - 2),
            "merged on both sides": one * (min(shape) > 1),
        }


def lattice(en: Side, it: Side, weights: Mapping[str, float], encode: Encode) -> Lattice:
    """The beads of two texts that stand a chance."""
    beads = Lattice(en, it)
    beads.narrow(chances_of(beads.gains(weights), len(en), len(it))[0], encode)
    return beads


def _align_block(en: Side, it: Side, encode: Encode) -> list[Bead]:
    if not len(en) or not len(it):
        return [((i,), (), 1.0) for i in range(len(en))] + [((), (j,), 1.0) for j in range(len(it))]
    gains = lattice(en, it, _weights(), encode).gains(_weights())
    _, steps = _chains(gains, len(en), len(it))
    chances, _ = chances_of(gains, len(en), len(it))
    return _scored(_beads(steps), chances)


def chances_of(gains: Mapping[Shape, Table], n: int, m: int) -> tuple[dict[Shape, Table], float]:
    """The share of every bead in all chains, and the logarithm of the sum over all chains."""
    before = _sums(gains, n, m)
    turned = {(b, a): table[::-1, ::-1].T for (a, b), table in gains.items()}
    after = _sums(turned, m, n)[::-1, ::-1].T
    whole = float(before[n, m])
    chances = {
        (a, b): np.exp(before[: n - a + 1, : m - b + 1] + table + after[a:, b:] - whole)
        for (a, b), table in gains.items()
    }
    return chances, whole


def _sums(gains: Mapping[Shape, Table], n: int, m: int) -> Table:
    """The logarithm of the sum over all chains up to every pair of positions.

    Neighbouring deletions come in one order only, first rows and then columns, so that no chain
    counts twice; ``ended`` are the chains that do not end with a deleted column.
    """
    sums = np.empty((n + 1, m + 1))
    ended = np.full(m + 1, IMPOSSIBLE)
    ended[0] = 0.0
    sums[0] = np.logaddexp.accumulate(ended)
    for i in range(1, n + 1):
        for (a, b), table in gains.items():
            if a <= i:
                reached = sums[i - a, : m + 1 - b] + table[i - a]
                ended[b:] = np.logaddexp(ended[b:], reached)
        sums[i] = np.logaddexp.accumulate(ended)
    return sums


def _chains(tables: Mapping[Shape, Table], n: int, m: int) -> tuple[Table, NDArray[np.int8]]:
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


def _scored(chain: Sequence[tuple[range, range]], chances: Mapping[Shape, Table]) -> list[Bead]:
    """The beads with their scores; a sentence is alone when no bead has it."""
    rows, columns = chances[1, 1].shape
    alone_en, alone_it = np.ones(rows), np.ones(columns)
    for (a, b), table in chances.items():
        for k in range(a):
            alone_en[k : k + len(table)] -= table.sum(axis=1)
        for k in range(b):
            alone_it[k : k + table.shape[1]] -= table.sum(axis=0)
    beads = []
    for i, j in chain:
        if i and j:
            score = chances[len(i), len(j)][i.start, j.start]
        else:
            score = alone_en[i.start] if i else alone_it[j.start]
        beads.append((tuple(i), tuple(j), min(max(float(score), 0.0), 1.0)))
    return beads


@cache
def _weights() -> Mapping[str, float]:
    path = resources.files("pipeline.corpus") / "align_weights.json"
    weights: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))
    return weights


def _usual(similar: Table) -> Table:
    """For every row, the mean of its best similarities but the very best one."""
    width = similar.shape[1]
    count = min(NEIGHBOURS, width - 1)
    if count < 1:
        return np.zeros(len(similar))
    best = -np.sort(-similar, axis=1)[:, 1 : count + 1]
    means: Table = best.mean(axis=1)
    return means


def _running(values: NDArray[Any]) -> Table:
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
