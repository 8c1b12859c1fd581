"""The tables of reporting expressions, people and forms."""

from __future__ import annotations

import json
from collections import defaultdict
from importlib import resources

import pytest

from pipeline.core.spans import Span
from pipeline.languages.conjugation import third_person
from pipeline.languages.cues import MODALITIES, cue_table
from pipeline.languages.people import people_table
from pipeline.languages.relations import RELATIONS
from pipeline.stages.claims.confidence import _CONTENT, _SPEAKER, confidence
from pipeline.stages.claims.drafts import Draft

GRAMMAR = {
    "quote", "that", "bare", "wh", "inf", "ord", "ger", "of", "against", "for", "small", "as",
    "about", "np", "at", "colon", "to", "si", "not_si",
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_verb_has_a_class_and_known_grammar(language: str) -> None:
    table = cue_table(language)
    entries = [entry for group in table.verbs.values() for entry in group]
    assert len(entries) > 150
    for entry in entries:
        assert entry.cue_class
        assert entry.grammar <= GRAMMAR, entry
        assert entry.grammar, entry


@pytest.mark.parametrize("language", ["en", "it"])
def test_a_verb_of_several_groups_means_one_thing(language: str) -> None:
    path = resources.files("pipeline.languages") / "data" / f"cues_{language}.json"
    senses: dict[str, set[str]] = defaultdict(set)
    for group in json.loads(path.read_text(encoding="utf-8"))["verbs"]:
        for lemma in group["lemmas"]:
            senses[lemma].add(MODALITIES.get(group["class"], "asserted"))
    assert [lemma for lemma, found in senses.items() if len(found) > 1] == []


@pytest.mark.parametrize(
    ("english", "italian", "modality"),
    [
        ("believe", "ritenere", "believed"),
        ("consider", "considerare", "believed"),
        ("hope", "auspicare", "believed"),
        ("swear", "giurare", "asserted"),
        ("assure", "rassicurare", "asserted"),
        ("demand", "pretendere", "requested"),
        ("pledge", "promettere", "promised"),
        ("doubt", "dubitare", "denied"),
    ],
)
def test_verbs_of_one_sense_have_it_in_both_languages(
    english: str, italian: str, modality: str
) -> None:
    for language, lemma in (("en", english), ("it", italian)):
        (cue,) = (each for each in cue_table(language).verbs[lemma] if len(each.lemmas) == 1)
        assert MODALITIES.get(cue.cue_class, "asserted") == modality


@pytest.mark.parametrize(
    ("language", "phrase", "source"),
    [
        ("en", "according to", "after"),
        ("en", "in her view", "inside"),
        ("it", "stando alla", "after"),
        ("it", "a detta dell'", "after"),
        ("it", "a suo avviso", "inside"),
        ("it", "a quanto pare", "none"),
    ],
)
def test_adverbials(language: str, phrase: str, source: str) -> None:
    words = phrase.split()
    entries = cue_table(language).adverbials[words[0]]
    matching = [
        entry
        for entry in entries
        if len(entry.words) == len(words)
        and all(word in forms for word, forms in zip(words, entry.words, strict=True))
    ]
    assert [entry.source for entry in matching] == [source]


@pytest.mark.parametrize(
    ("language", "lemma", "forms"),
    [
        ("it", "spiegare", ["spiega", "spiegano", "spiegò", "spiegato"]),
        ("it", "smentire", ["smentisce", "smentito"]),
        ("it", "sostenere", ["sostiene", "sostennero", "sostenuto"]),
        ("it", "concludere", ["conclude", "concluso"]),
        ("en", "deny", ["denies", "denied"]),
        ("en", "stress", ["stresses", "stressed"]),
        ("en", "argue", ["argues", "argued"]),
    ],
)
def test_forms(language: str, lemma: str, forms: list[str]) -> None:
    assert set(forms) <= third_person(lemma, language)


def test_tables_of_people_do_not_contradict_themselves() -> None:
    for language in ("en", "it"):
        table = people_table(language)
        assert not table.offices & table.signs
        assert set(table.pronouns.values()) <= set("mfnp1?")
        assert set(table.titles.values()) <= {"m", "f"}


def test_english_relations_are_renamed_to_universal_ones() -> None:
    assert RELATIONS["en"]["dobj"] == "obj"
    assert RELATIONS["en"]["nsubjpass"] == "nsubj:pass"
    assert "nsubj" not in RELATIONS["en"]


def test_confidence_falls_with_flags_and_without_a_speaker() -> None:
    draft = Draft("direct", (Span(0, 60),), "direct after", 0)
    flagged = Draft("direct", (Span(0, 60),), "direct after", 0, flags=("unbalanced_quotes",))
    assert confidence(draft, "name") > confidence(draft, "none") > confidence(flagged, "none")
    assert all(0 < share < 1 for share in (*_CONTENT.values(), *_SPEAKER.values()))
