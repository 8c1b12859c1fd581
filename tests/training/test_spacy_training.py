"""What the encoder teaches the small pipelines, and how they take it up."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import spacy
from spacy.tokens import Doc

from pipeline.backends.encoder import Encoder, Name
from pipeline.backends.packaged import ENCODER, PACKAGED
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


def test_a_saved_pipeline_finds_vectors_by_the_lower_case_form(tmp_path: Path) -> None:
    lexicon = pytest.importorskip("training.spacy_it.lexicon", exc_type=ImportError)
    nlp = spacy.blank("it")
    nlp.vocab.vectors = lexicon.keyed_by_form({"l'aquila": 0}, np.ones((1, 2), np.float32))
    lexicon.save_pipeline(nlp, tmp_path / "saved")
    loaded = spacy.load(tmp_path / "saved")
    for written in ("l'aquila", "L'Aquila", "L’AQUILA"):
        assert Doc(loaded.vocab, [written])[0].has_vector
    assert not Doc(loaded.vocab, ["aquila"])[0].has_vector


def test_silver_trees_leave_open_what_the_teachers_see_differently() -> None:
    trees = pytest.importorskip("training.spacy_it.trees", exc_type=ImportError)
    words = [("La", "sindaca", "parla", "a", "Bari", "."), ("Oggi", "piove", "ancora", "qui", ".")]
    docs = trees.silver_docs(
        Encoder(ENCODER), spacy.load(PACKAGED["it"], exclude=["ner"]), words, random.Random(1)
    )
    (doc,) = docs
    assert [token.text for token in doc] == [word for sentence in words for word in sentence]
    assert [sentence.start for sentence in doc.sents] == [0, 6]
    assert doc[1].dep_ == "nsubj"
    assert doc[1].head.text == "parla"
    assert (doc[2].pos_, doc[2].lemma_) == ("VERB", "parlare")
    for token in doc:
        assert bool(token.pos_) == bool(token.lemma_) == token.has_morph()
