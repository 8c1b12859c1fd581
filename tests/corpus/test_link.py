"""What is enough for two claims to be the same, and what is never."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.core.record import Record, SegmentPair
from pipeline.corpus.features import Details, Side, make_features
from pipeline.corpus.link import Evidence, Link, link_claims
from pipeline.corpus.names import align_entities
from pipeline.store.files import Store
from tests.corpus.articles import ENGLISH, ITALIAN, Said, article

pytestmark = pytest.mark.models
ADA = ("PER", "per:ada-moretti", "Ada Moretti")
BRUNO = ("PER", "per:bruno-salvi", "Bruno Salvi")


def telling(document: str, language: str, said: Sequence[Said]) -> Record:
    verb = {"en": "said", "it": "ha detto"}[language]
    sentences = [f"“{content}”, {verb} {speaker}." for content, speaker in said]
    names = [name for name in (ADA, BRUNO) if any(name[2] == speaker for _, speaker in said)]
    return article(document, language, sentences, names, said)


def links(
    folder: Path, english: Record, italian: Record, beads: Sequence[SegmentPair] = ()
) -> list[Link]:
    store = Store(folder, {})
    sides = [Side.of(each, make_features(store, each, "key")) for each in (english, italian)]
    return list(link_claims(sides[0], sides[1], {}, beads))


def same(folder: Path, english: Said, italian: Said, *, aligned: bool = False) -> bool:
    beads = [SegmentPair(("s1",), ("s1",), 0.99)] if aligned else []
    en, it = telling("x-en", "en", [english]), telling("y-it", "it", [italian])
    return any(link.relation == "same" for link in links(folder, en, it, beads))


CLOSED_IT = "Il ponte chiuderà per tre mesi"
CLOSED = ("The bridge will close for three months", "Ada Moretti")


def test_same_speaker_same_words(tmp_path: Path) -> None:
    assert same(tmp_path, CLOSED, ("Il ponte chiuderà per tre mesi", "Ada Moretti"))


@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize(
    "italian",
    ["Il ponte chiuderà per quattro mesi", "Il ponte non chiuderà per tre mesi"],
)
def test_contradictions_are_never_the_same(tmp_path: Path, italian: str, aligned: bool) -> None:
    assert not same(tmp_path, CLOSED, (italian, "Ada Moretti"), aligned=aligned)


def test_another_speaker_is_never_the_same(tmp_path: Path) -> None:
    assert not same(tmp_path, CLOSED, ("Il ponte chiuderà per tre mesi", "Bruno Salvi"))


def test_the_same_speaker_on_something_else(tmp_path: Path) -> None:
    assert not same(tmp_path, CLOSED, ("Mio padre faceva il fabbro", "Ada Moretti"))


def test_a_contradiction_about_the_same_thing_is_related(tmp_path: Path) -> None:
    en = telling(
        "x-en", "en", [("Moretti's bridge in Parma will close for 3 months", "Ada Moretti")]
    )
    it = telling("y-it", "it", [("Il ponte di Moretti a Parma chiuderà per 4 mesi", "Ada Moretti")])
    place = [("LOC", "loc:parma", "Parma")]
    en = article(en.id, "en", [en.text], place, [(en.claims[0].text["en"] or "", None)])
    it = article(it.id, "it", [it.text], place, [(it.claims[0].text["it"] or "", None)])
    found = links(tmp_path, en, it)
    assert [link.relation for link in found] == ["related"]
    assert found[0].evidence.numbers == -1


def test_evidence_is_given(tmp_path: Path) -> None:
    found = links(tmp_path, ENGLISH, ITALIAN)
    assert [(link.left, link.right, link.relation) for link in found] == [
        ("c1", "c1", "same"),
        ("c2", "c2", "same"),
    ]
    first = found[0].evidence
    assert (first.speaker, first.numbers, first.polarity) == (1, 1, 1)
    assert 0.5 < first.meaning <= 1


def test_one_sentence_of_a_long_claim_is_enough(tmp_path: Path) -> None:
    long = (
        "My father was a blacksmith and knew every bolt by its name. The bridge will close for "
        "three months. I hope that the baker will forgive me, and the school bus too",
        "Ada Moretti",
    )
    italian = ("Il ponte chiuderà per tre mesi", "Ada Moretti")
    (link,) = links(tmp_path, telling("x-en", "en", [long]), telling("y-it", "it", [italian]))
    assert link.relation == "same"
    whole = long[0].split(". ")[1], "Ada Moretti"
    (alone,) = links(tmp_path, telling("x-en", "en", [whole]), telling("y-it", "it", [italian]))
    assert link.evidence.meaning > alone.evidence.meaning - 0.1


def test_what_others_say_about_the_same_thing_makes_no_claim_doubtful(tmp_path: Path) -> None:
    en = telling("x-en", "en", [CLOSED])
    said = ("Il ponte chiuderà per tre mesi", "Ada Moretti")
    alone = links(tmp_path, en, telling("y-it", "it", [said]))
    other = ("Chiuderà il ponte, per tre mesi", "Bruno Salvi")
    beside = links(tmp_path, en, telling("z-it", "it", [said, other]))
    assert [(link.right, link.relation) for link in beside] == [("c1", "same")]
    assert beside[0].evidence.margin == pytest.approx(alone[0].evidence.margin)


def test_a_speaker_that_was_not_found_is_no_other_speaker(tmp_path: Path) -> None:
    italian = article("y-it", "it", ["Il ponte chiuderà per tre mesi."], [], [(CLOSED_IT, None)])
    (link,) = links(tmp_path, telling("x-en", "en", [CLOSED]), italian)
    assert (link.relation, link.evidence.speaker) == ("same", 0)


def test_documents_without_claims(tmp_path: Path) -> None:
    assert links(tmp_path, telling("x-en", "en", []), ITALIAN) == []


@pytest.mark.parametrize(
    ("evidence", "contradicts"),
    [
        (Evidence(0.9, 0.5, 0.0, 1.0, 0.0, 0.0, 1.0), False),
        (Evidence(0.9, 0.5, 0.0, 1.0, 0.0, -1.0, 1.0), True),
        (Evidence(0.9, 0.5, 0.0, 1.0, 0.0, 0.0, -1.0), True),
        (Evidence(0.9, 0.5, 0.0, -1.0, 0.0, 0.0, 1.0), True),
        (Evidence(0.9, 0.5, 1.0, -1.0, 0.0, 0.0, 1.0), False),
    ],
)
def test_what_contradicts(evidence: Evidence, contradicts: bool) -> None:
    assert evidence.contradicts is contradicts


def entity_pairs(folder: Path, english: Record, italian: Record) -> list[tuple[str, str]]:
    vectors = [Details(each).entities for each in (english, italian)]
    return [(each.en, each.it) for each in align_entities(english, italian, *vectors)]


def test_a_surname_is_its_person_but_not_a_brother(tmp_path: Path) -> None:
    english = article(
        "x-en", "en", ["Robin Salvi left."], [("PER", "per:robin-salvi", "Robin Salvi")]
    )
    surname = article("y-it", "it", ["Salvi è partito."], [("PER", "per:salvi", "Salvi")])
    brother = article("z-it", "it", ["Bruno Salvi è partito."], [BRUNO])
    assert entity_pairs(tmp_path, english, surname) == [("e1", "e1")]
    assert entity_pairs(tmp_path, english, brother) == []


def test_a_name_with_another_label_is_still_the_name(tmp_path: Path) -> None:
    italian = replace(
        ITALIAN,
        entities=tuple(replace(e, label="ORG", canonical=f"org:{e.id}") for e in ITALIAN.entities),
    )
    found = entity_pairs(tmp_path, ENGLISH, italian)
    assert ("e5", "e5") in found  # Borgotaro, in letters
    assert ("e1", "e3") not in found
