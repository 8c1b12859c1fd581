"""The damaged texts that alignment is measured on, and the figures."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.alignment import LEVELS, Noise, calibration, cases, damaged, read_sentences, score

SENTENCES = [
    (
        f"English sentence number {n} goes on for a while, and then it comes to its end.",
        f"La frase italiana numero {n} va avanti per un po', e poi arriva alla sua fine.",
    )
    for n in range(50)
]


def numbers(texts: tuple[str, ...]) -> set[str]:
    return {word for text in texts for word in text.replace(",", " ").split() if word.isdigit()}


@given(st.sampled_from(sorted(LEVELS)), st.integers(0, 10_000))
def test_every_piece_is_in_one_bead_and_beads_say_the_same(level: str, seed: int) -> None:
    case = damaged(SENTENCES, LEVELS[level], random.Random(seed))
    for side, texts in ((0, case.en), (1, case.it)):
        places = sorted(index for bead in case.beads for index in bead[side])
        assert places == list(range(len(texts)))
    for en, it in case.beads:
        left = numbers(tuple(case.en[i] for i in en))
        right = numbers(tuple(case.it[j] for j in it))
        if en and it:
            assert left & right
        else:
            assert len(en) + len(it) == 1
        others = {bead for bead in case.beads if bead != (en, it)}
        apart = numbers(tuple(case.it[j] for _, side in others for j in side))
        assert not left & apart


def test_clean_texts_are_whole_and_cases_are_always_the_same() -> None:
    (clean,) = cases(SENTENCES, Noise())
    assert clean.en == tuple(en for en, _ in SENTENCES)
    assert clean.beads == {((i,), (i,)) for i in range(50)}
    assert list(cases(SENTENCES, LEVELS["hard"])) == list(cases(SENTENCES, LEVELS["hard"]))
    assert next(cases(SENTENCES, LEVELS["hard"])).beads != clean.beads


def test_one_sort_of_damage_at_a_time() -> None:
    split = damaged(SENTENCES, Noise(split=0.5), random.Random(1))
    assert {(len(en), len(it)) for en, it in split.beads} == {(1, 1), (1, 2), (2, 1)}
    dropped = damaged(SENTENCES, Noise(drop=0.3), random.Random(1))
    assert {(len(en), len(it)) for en, it in dropped.beads} == {(1, 1), (1, 0), (0, 1)}


def test_figures() -> None:
    case = damaged(SENTENCES, LEVELS["hard"], random.Random(3))
    perfect = score(case, [(en, it, 1.0) for en, it in case.beads])
    assert {name: measure.value for name, measure in perfect.items()} == {
        "strict": 1.0,
        "null": 1.0,
        "right where sure": 1.0,
    }
    beads = [(en, it, 0.5) for en, it in case.beads if en and it]
    short = [((99,), (99,), 0.95), *beads[1:]]
    poor = score(case, short)
    assert poor["strict"].value == pytest.approx(1 - 1 / len(beads))
    assert poor["null"].value == 0.0
    assert poor["right where sure"].value == 0.0


def test_calibration_is_the_distance_from_what_is_right() -> None:
    assert calibration([(0.75, True)] * 3 + [(0.75, False)]) == pytest.approx(0.0)
    assert calibration([(0.9, False)] * 10) == pytest.approx(0.9)
    assert calibration([]) == 0.0


def test_sentences_are_read_from_a_treebank(tmp_path: Path) -> None:
    file = tmp_path / "x.conllu"
    file.write_text("# text = Ciao.\n# text_en = Hello.\n1\tCiao\n\n", encoding="utf-8")
    assert read_sentences(file) == [("Hello.", "Ciao.")]
