"""Sentence alignment: what must hold for any text, and what it finds in real sentences."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.align import (
    BLOCK,
    SHAPES,
    _beads,
    _chains,
    align_segments,
    align_vectors,
    chances_of,
)

EN = [
    "The ferry to Procida was cancelled on Tuesday.",
    "Waves of four metres had damaged the pier, and the captain refused to sail.",
    "“I would rather lose a day than a passenger,” she said.",
    "The company will refund all tickets.",
    "Schools on the island stayed closed.",
]
IT = [
    "Martedì il traghetto per Procida è stato cancellato.",
    "Onde di quattro metri avevano danneggiato il molo.",
    "Il comandante si è rifiutata di salpare.",
    "«Meglio perdere un giorno che un passeggero», ha detto.",
    "Le scuole dell'isola sono rimaste chiuse.",
]


def hashed(texts: Sequence[str]) -> np.ndarray:
    """Vectors that depend on the text alone, for properties that need no meaning."""
    rows = [np.random.default_rng(abs(hash(text)) % 2**32).normal(size=16) for text in texts]
    vectors = np.array(rows, dtype=np.float32).reshape(len(texts), 16)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def aligned(en: Sequence[str], it: Sequence[str]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    beads = align_vectors(en, it, hashed(en), hashed(it), hashed)
    assert all(0 <= score <= 1 for *_, score in beads)
    return [(left, right) for left, right, _ in beads]


@given(st.lists(st.text(max_size=8), max_size=9), st.lists(st.text(max_size=8), max_size=9))
def test_every_sentence_is_in_one_bead_in_order(en: list[str], it: list[str]) -> None:
    beads = aligned(en, it)
    assert [i for left, _ in beads for i in left] == list(range(len(en)))
    assert [j for _, right in beads for j in right] == list(range(len(it)))
    assert all(left or right for left, right in beads)


@given(st.lists(st.text(min_size=3, max_size=30), max_size=8, unique=True))
def test_a_text_aligns_with_itself(text: list[str]) -> None:
    assert aligned(text, text) == [((i,), (i,)) for i in range(len(text))]


def random_gains(n: int, m: int, random) -> dict[tuple[int, int], np.ndarray]:  # type: ignore[no-untyped-def]
    return {
        (a, b): np.array(
            [[random.uniform(-1, 1) for _ in range(m - b + 1)] for _ in range(n - a + 1)]
        )
        for a, b in SHAPES
        if a <= n and b <= m
    }


@given(st.integers(1, 4), st.integers(1, 4), st.randoms(use_true_random=False))
def test_the_chances_are_shares_of_all_chains(n: int, m: int, random) -> None:  # type: ignore[no-untyped-def]
    gains = random_gains(n, m, random)
    chains: list[list[tuple[int, int, int, int]]] = []

    def extend(i: int, j: int, chain: list[tuple[int, int, int, int]]) -> None:
        chains.append(chain)
        for a, b in gains:
            for x in range(i, n - a + 1):
                for y in range(j, m - b + 1):
                    extend(x + a, y + b, [*chain, (a, b, x, y)])

    extend(0, 0, [])
    shares = [np.exp(sum(gains[a, b][x, y] for a, b, x, y in chain)) for chain in chains]
    chances, whole = chances_of(gains, n, m)
    assert whole == pytest.approx(np.log(sum(shares)))
    for (a, b), table in chances.items():
        for x, y in np.ndindex(table.shape):
            having = sum(
                s for s, chain in zip(shares, chains, strict=True) if (a, b, x, y) in chain
            )
            assert table[x, y] == pytest.approx(having / sum(shares), abs=1e-9)


@given(st.integers(1, 4), st.integers(1, 4), st.randoms(use_true_random=False))
def test_the_chain_is_the_best_one(n: int, m: int, random) -> None:  # type: ignore[no-untyped-def]
    tables = random_gains(n, m, random)

    @cache
    def plain(i: int, j: int) -> float:
        options = [0.0] if i == j == 0 else []
        options += [plain(i - 1, j)] if i else []
        options += [plain(i, j - 1)] if j else []
        options += [
            plain(i - a, j - b) + tables[a, b][i - a, j - b] for a, b in tables if a <= i and b <= j
        ]
        return float(max(options))

    best, steps = _chains(tables, n, m)
    assert best[n, m] == pytest.approx(plain(n, m))
    total = sum(
        tables[len(i), len(j)][i.start, j.start] for i, j in _beads(steps) if len(i) and len(j)
    )
    assert total == pytest.approx(plain(n, m))


def test_long_texts_are_cut_and_still_align() -> None:
    text = [f"sentence number {number}" for number in range(3 * BLOCK)]
    shorter = text[:100] + text[130:]
    beads = aligned(text, shorter)
    matched = {i: right[0] for left, right in beads if right for i in left if len(left) == 1}
    assert matched == {i: i if i < 100 else i - 30 for i in range(len(text)) if not 100 <= i < 130}


def test_long_texts_without_anything_in_common() -> None:
    beads = aligned(["same"] * (2 * BLOCK), ["autre"] * (BLOCK + 3))
    assert sum(len(left) for left, _ in beads) == 2 * BLOCK
    assert sum(len(right) for _, right in beads) == BLOCK + 3


@pytest.mark.models
def test_splits_and_deletions() -> None:
    beads = align_segments(EN, IT)
    assert [(left, right) for left, right, _ in beads] == [
        ((0,), (0,)),
        ((1,), (1, 2)),
        ((2,), (3,)),
        ((3,), ()),
        ((4,), (4,)),
    ]


@pytest.mark.models
def test_merges() -> None:
    beads = align_segments([EN[0], EN[2], EN[4]], [IT[0], f"{IT[3]} {IT[4]}"])
    assert [(left, right) for left, right, _ in beads] == [((0,), (0,)), ((1, 2), (1,))]


@pytest.mark.models
@pytest.mark.parametrize(
    ("en", "it"),
    [
        ([], []),
        ([""], []),
        ([], ["", " "]),
        (["", ""], [""]),
        (["..."], ["\N{GRINNING FACE}"]),
        (["\ud800 broken"], ["a\x00b"]),
        (["word " * 3000], ["parola " * 3000]),
    ],
)
def test_odd_texts(en: list[str], it: list[str]) -> None:
    beads = align_segments(en, it)
    assert [i for left, _, _ in beads for i in left] == list(range(len(en)))
    assert [j for _, right, _ in beads for j in right] == list(range(len(it)))


@pytest.mark.models
def test_empty_sentences_have_no_counterpart() -> None:
    beads = align_segments(["", EN[0]], [IT[0], ""])
    assert [(left, right) for left, right, _ in beads if left and right] == [((1,), (0,))]


@pytest.mark.models
def test_scores_tell_right_from_unsure() -> None:
    good = align_segments([EN[0]], [IT[0]])
    bad = align_segments([EN[0]], ["Il pane costa due euro."])
    assert good[0][2] > 0.8
    assert {(left, right) for left, right, _ in bad} == {((0,), ()), ((), (0,))}
    assert min(score for *_, score in bad) > 0.5


@pytest.mark.models
def test_beads_of_different_stories_are_not_sure() -> None:
    other = [
        "La banca ha alzato i tassi di un quarto di punto.",
        "Gli azionisti si riuniranno il 12 maggio.",
        "«Non abbiamo fretta di vendere», ha dichiarato il presidente.",
        "Il titolo ha perso il tre per cento.",
        "I sindacati chiedono un incontro.",
    ]
    assert all(score < 0.7 for left, right, score in align_segments(EN, other) if left and right)
