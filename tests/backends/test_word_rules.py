"""Words get from the look-up what spaCy's own component would give them."""

from __future__ import annotations

import pytest
import spacy
from spacy.pipeline import AttributeRuler
from spacy.tokens import Doc

from pipeline.backends.packaged import PACKAGED
from pipeline.backends.spacy_analyzer import load_pipeline
from pipeline.backends.word_rules import WordRules

SENTENCES = (
    "The council met, but it was the mayor who said that the fees won't rise.",
    "I ain't gonna go: there's nothin' y'all gotta do, so let's see.",
    "What's up? He did it. She had gotten what you, I and those two wanted.",
    "It is what it is;\n\nthere is a man who got it, c'mon.",
)


def given(doc: Doc) -> list[tuple[str, ...]]:
    return [(word.tag_, word.pos_, str(word.morph), word.lemma_, word.dep_) for word in doc]


@pytest.fixture
def ruler() -> AttributeRuler:
    return AttributeRuler(spacy.blank("en").vocab)


def agree(ruler: AttributeRuler, words: list[str], tags: list[str]) -> Doc:
    """The Doc after the look-up, which is as after the ruler itself."""
    stock, ours = (Doc(ruler.vocab, words=words, tags=tags) for _ in range(2))
    rules = WordRules(ruler)
    for _ in range(2):  # met for the first time, and known
        assert given(rules(Doc(ruler.vocab, words=words, tags=tags))) == given(ruler(stock))
    return rules(ours)


def test_later_rules_override_earlier_ones(ruler):
    ruler.add([[{"TAG": "NN"}]], {"POS": "NOUN", "MORPH": "Number=Sing"})
    ruler.add([[{"LOWER": "something", "TAG": "NN"}]], {"POS": "PRON"})
    doc = agree(ruler, ["Something", "happened", "something", "thing"], ["NN", "VBD", "VB", "NN"])
    assert [word.pos_ for word in doc] == ["PRON", "", "", "NOUN"]


def test_a_phrase_changes_one_of_its_words_in_its_turn(ruler):
    ruler.add([[{"LOWER": "let"}, {"LOWER": "'s"}]], {"LEMMA": "us"}, index=1)
    ruler.add([[{"LOWER": "'s"}]], {"LEMMA": "be"})
    ruler.add([[{"LOWER": "she"}, {"LOWER": "'s"}]], {"LEMMA": "have"}, index=-1)
    doc = agree(ruler, ["let", "'s", "she", "'s"], ["VB", "PRP", "PRP", "VBZ"])
    assert [word.lemma_ for word in doc] == ["", "be", "", "have"]


def test_rules_that_no_table_holds_still_hold(ruler):
    ruler.add([[{"LOWER": {"REGEX": "^n[ou]thin'$"}}]], {"LEMMA": "nothing"})
    ruler.add([[{"LOWER": {"NOT_IN": ["a", "nothin'"]}, "TAG": "NN"}]], {"POS": "NOUN"})
    ruler.add([[{"ORTH": "It"}]], {"POS": "PRON"})
    words, tags = ["It", "it", "a", "nothin'", "tram"], ["PRP", "PRP", "NN", "NN", "NN"]
    doc = agree(ruler, words, tags)
    assert [word.pos_ for word in doc] == ["PRON", "", "", "", "NOUN"]
    assert doc[3].lemma_ == "nothing"


@pytest.mark.models
def test_english_words_are_as_the_model_has_them():
    nlp = load_pipeline(PACKAGED["en"])
    rules = WordRules(nlp.get_pipe("attribute_ruler"))
    for sentence in SENTENCES:
        docs = []
        for quick in (False, True):
            doc = nlp.make_doc(sentence)
            for name, component in nlp.pipeline:
                doc = rules(doc) if quick and name == "attribute_ruler" else component(doc)
            docs.append(doc)
        assert given(docs[0]) == given(docs[1])
