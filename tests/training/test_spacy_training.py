"""What the encoder teaches the small pipelines, and how they take it up."""

from __future__ import annotations

import numpy as np
import pytest
import spacy
from spacy.strings import hash_string
from spacy.vectors import Vectors

from pipeline.backends.encoder import Name
from pipeline.backends.packaged import PACKAGED
from training.encoder.data import NAMES, O_OR_MISC, Sentence
from training.spacy_it.teacher import Taught, silver, with_misc

WORDS = ("La", "Rai", "trasmette", "Montalbano", "a", "Roma", ".")
NAMES_SEEN = (Name(1, 2, "ORG", 0.9), Name(3, 4, "MISC", 0.8), Name(5, 6, "LOC", 0.9))


def test_silver_names_are_all_that_the_teacher_sees() -> None:
    assert silver(Taught(WORDS, NAMES_SEEN)).tags == (
        *("O", "B-ORG", "O", "B-MISC", "O", "B-LOC", "O"),
    )


def test_a_corpus_without_misc_gets_the_teachers_misc_and_keeps_its_own_names() -> None:
    rai, roma = NAMES.index("B-PER"), NAMES.index("B-LOC")
    targets = (O_OR_MISC, rai, O_OR_MISC, O_OR_MISC, O_OR_MISC, roma, O_OR_MISC)
    lesson = Taught(WORDS, (*NAMES_SEEN, Name(0, 2, "MISC", 0.9)))
    assert with_misc(Sentence(WORDS, targets), lesson).tags == (
        *("O", "B-PER", "O", "B-MISC", "O", "B-LOC", "O"),
    )


def test_a_corpus_with_misc_is_left_as_it_is() -> None:
    lesson = Taught(WORDS, NAMES_SEEN)
    assert set(with_misc(Sentence(WORDS, (0,) * 7), lesson).tags) == {"O"}


def test_wider_vectors_change_no_answer_before_training() -> None:
    lexicon = pytest.importorskip("training.spacy_it.lexicon", exc_type=ImportError)
    nlp = spacy.load(PACKAGED["it"])
    text = "Il ministro Rossi, ha detto la Rai, parla a Milano."
    before = nlp(text).to_json()
    old = nlp.vocab.vectors
    wider = np.pad(old.data, ((0, 0), (0, 3)), constant_values=1.0)
    vectors = Vectors(data=wider, strings=nlp.vocab.strings, attr="LOWER")
    for key, row in old.key2row.items():
        vectors.add(key, row=row)
    lexicon.widened(nlp, vectors)
    assert nlp.vocab.vectors.shape[1] == old.shape[1] + 3
    assert hash_string("ministro") in nlp.vocab.vectors.key2row
    assert nlp.vocab.vectors.attr == old.attr, "found as its layers learnt it"
    assert nlp(text).to_json() == before
