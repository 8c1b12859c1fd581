"""Words, syntax and sentences as spaCy gives them, in bounded memory."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.backends import spacy_analyzer
from pipeline.backends.encoder import Encoder
from pipeline.backends.packaged import PACKAGED
from pipeline.backends.spacy_analyzer import SpacyAnalyzer
from pipeline.config import ModelSettings
from pipeline.core.layers import Paragraph
from pipeline.core.spans import Span

pytestmark = pytest.mark.models

TEXT = "The council  met.\tIt won't raise\u2003fees. “We can’t,” said Ms. Hill."


@pytest.fixture(scope="module")
def analyzer() -> SpacyAnalyzer:
    return SpacyAnalyzer(ModelSettings(profile="fast"))


def analyze(analyzer: SpacyAnalyzer, text: str):
    return analyzer.analyze(text, (Paragraph(Span(0, len(text)), "en"),))


def test_the_columns_say_what_spacy_says_of_each_word(analyzer):
    tokens = analyze(analyzer, TEXT).tokens
    nlp = analyzer._pipeline("en")
    words = [token for token in nlp.tokenizer(TEXT) if not token.is_space]
    assert [TEXT[a:b] for a, b in zip(tokens.starts, tokens.ends, strict=True)] == [
        word.text for word in words
    ]
    doc = spacy_analyzer._doc(
        nlp,
        [
            spacy_analyzer._Words(
                [w.text for w in words], [], [bool(w.whitespace_) for w in words], True
            )
        ],
    )
    doc = nlp(doc)
    assert list(tokens.lemmas) == [token.lemma_ for token in doc]
    assert list(tokens.upos) == [token.pos_ for token in doc]
    assert list(tokens.morphs) == [str(token.morph) for token in doc]
    assert list(tokens.heads) == [token.head.i for token in doc]


def test_words_seen_once_do_not_pile_up(analyzer, monkeypatch):
    analyze(analyzer, TEXT)
    vocab = analyzer._pipeline("en").vocab
    before = len(vocab.strings)
    monkeypatch.setattr(spacy_analyzer, "KEPT_STRINGS", before + 50)
    sizes = []
    for number in range(12):
        analyze(analyzer, " ".join(f"wordform{number}x{each}" for each in range(100)))
        sizes.append(len(vocab.strings))
    assert before < sizes[0], "some words are learnt"
    assert sizes[0] == sizes[-1], "and then no more"


def test_what_is_known_already_changes_nothing(analyzer, monkeypatch):
    fresh = SpacyAnalyzer(ModelSettings(profile="fast"))
    monkeypatch.setattr(spacy_analyzer, "KEPT_STRINGS", 0)
    assert analyze(fresh, TEXT) == analyze(analyzer, TEXT)


def test_chances_of_a_morphologizer_are_summed_by_part_of_speech():
    labels = ("Gender=Fem|POS=NOUN", "Gender=Masc|POS=NOUN", "POS=VERB", "_", "POS=X")
    columns = spacy_analyzer._tag_columns(labels, ("NOUN", "VERB"))
    chances = np.array([[0.2, 0.3, 0.1, 0.3, 0.1]], np.float32) @ columns
    np.testing.assert_allclose(chances, [[0.5, 0.1]], atol=1e-6)


def test_a_pipeline_without_a_parser_has_no_vote_on_heads(tmp_path, monkeypatch):
    spacy_analyzer.load_pipeline(PACKAGED["it"], ["parser"]).to_disk(tmp_path)
    alone = SpacyAnalyzer(ModelSettings(it=str(tmp_path)))
    readings = []
    tag = Encoder.tag
    monkeypatch.setattr(Encoder, "tag", lambda *given: readings.extend(given[3]) or tag(*given))
    text = "La sindaca ha chiuso il ponte."
    alone.analyze(text, (Paragraph(Span(0, len(text)), "it"),))
    assert [(list(reading.heads), reading.upos.shape[0]) for reading in readings] == [([], 7)]


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("Nessuno parla, «la lava lei, davvero». Ha spiegato che costa poco.", "Ha spiegato"),
        ("Il tono è «da bar». «Mai più», promette Ada Neri.", "«Mai più"),
    ],
)
def test_a_full_stop_behind_a_closing_mark_ends_a_sentence(analyzer, text, second):
    analysis = analyzer.analyze(text, (Paragraph(Span(0, len(text)), "it"),))
    starts = [text[sentence.start :] for sentence in analysis.sentences]
    assert any(start.startswith(second) for start in starts)


@pytest.mark.parametrize("amount", ["$7m", "£4.5m", "€2bn"])
def test_a_full_stop_in_an_amount_ends_a_sentence(analyzer, amount):
    text = f"Hotels fear losses of {amount}. “Cancel it,” said Ada Neri."
    analysis = analyzer.analyze(text, (Paragraph(Span(0, len(text)), "en"),))
    assert text.index("“") in [sentence.start for sentence in analysis.sentences]


def test_behind_a_colon_a_sentence_goes_on(analyzer):
    text = "Il sindaco ha detto: «Non lo sapevo». Poi è uscito dall’aula senza rispondere."
    analysis = analyzer.analyze(text, (Paragraph(Span(0, len(text)), "it"),))
    assert [text[s.start : s.end].split(maxsplit=1)[0] for s in analysis.sentences] == ["Il", "Poi"]
