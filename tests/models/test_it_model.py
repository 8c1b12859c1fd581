"""The shipped Italian pipeline does on plain sentences what the rest of the project relies on."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.backends.packaged import PACKAGED
from pipeline.backends.spacy_analyzer import load_pipeline

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

pytestmark = pytest.mark.models

FOLDER = Path(PACKAGED["it"])
LARGEST_MEGABYTES = 32
# What training measured on its test parts, less a margin for another training on other hardware.
FLOORS = {
    "isdt_test": {"dep_las": 83.2, "pos_acc": 96.0, "sents_f": 93.0},
    "wikinews_test": {"f": 80.5},
    "wikipedia_test": {"f": 82.5},
}


@pytest.fixture(scope="module")
def italian() -> Language:
    return load_pipeline(str(FOLDER))


def words(doc: Doc) -> list[str]:
    return [token.text for token in doc]


def names(doc: Doc) -> set[tuple[str, str]]:
    return {(name.text, name.label_) for name in doc.ents}


def test_the_folder_is_small() -> None:
    size = sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file())
    assert size < LARGEST_MEGABYTES * 1_000_000


def test_the_folder_needs_spacy_alone() -> None:
    config = (FOLDER / "config.cfg").read_text(encoding="utf-8")
    registered = re.findall(r'^@\w+ = "(.+)"$', config, re.MULTILINE)
    assert registered
    assert all(name.startswith("spacy.") for name in registered)
    assert not list(FOLDER.rglob("*.py"))


@pytest.mark.parametrize(
    ("part", "measure"), [(part, measure) for part, floor in FLOORS.items() for measure in floor]
)
def test_measured_scores_keep_their_floor(part: str, measure: str) -> None:
    meta = json.loads((FOLDER / "meta.json").read_text(encoding="utf-8"))
    assert meta["performance"][part][measure] >= FLOORS[part][measure]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("un po’ d’acqua", ["un", "po’", "d’", "acqua"]),
        ("un po' d'acqua", ["un", "po'", "d'", "acqua"]),
        ("all’«Espresso»", ["all’", "«", "Espresso", "»"]),
        ("L’80% dell'energia", ["L’", "80", "%", "dell'", "energia"]),
        ("La Rossi S.p.A. cresce.", ["La", "Rossi", "S.p.A.", "cresce", "."]),
    ],
)
def test_tokens_of_newspaper_typography(italian: Language, text: str, expected: list[str]) -> None:
    assert words(italian.tokenizer(text)) == expected


def test_sentence_starts_that_were_set_are_kept(italian: Language) -> None:
    doc = italian.make_doc("Bologna apre il museo La mostra resta fino a maggio.")
    doc[4].is_sent_start = True
    starts = [token.i for token in italian(doc) if token.is_sent_start]
    assert starts == [0, 4]


def test_speaker_is_the_subject_of_the_cue(italian: Language) -> None:
    doc = italian("La presidente Anna Rossi ha spiegato che i lavori finiranno a giugno.")
    cue = next(token for token in doc if token.text == "spiegato")
    subject = next(token for token in cue.children if token.dep_ == "nsubj")
    assert cue.lemma_ == "spiegare"
    assert subject.text == "presidente"
    assert any(token.dep_ == "ccomp" for token in cue.children)


def test_subject_after_the_verb(italian: Language) -> None:
    doc = italian("«Non ci fermeremo», ha detto il ministro.")
    minister = next(token for token in doc if token.text == "ministro")
    assert (minister.dep_, minister.head.text) == ("nsubj", "detto")


def test_passive_agent(italian: Language) -> None:
    doc = italian("La legge è stata approvata dal parlamento.")
    labels = {token.text: token.dep_ for token in doc}
    assert labels["legge"] == "nsubj:pass"
    assert labels["stata"] == "aux:pass"
    assert labels["parlamento"] == "obl:agent"


def test_clitics_stay_in_the_verb_token(italian: Language) -> None:
    doc = italian("Ha promesso di dirlo alla stampa.")
    verb = next(token for token in doc if token.text == "dirlo")
    assert (verb.pos_, verb.lemma_) == ("VERB", "dire lo")


def test_names_of_all_four_kinds(italian: Language) -> None:
    doc = italian(
        "Sergio Mattarella ha ricevuto a Roma i vertici della Banca d'Italia "
        "e ha parlato della Divina Commedia."
    )
    assert ("Sergio Mattarella", "PER") in names(doc)
    assert ("Roma", "LOC") in names(doc)
    assert ("Banca d'Italia", "ORG") in names(doc)
    assert set(italian.get_pipe("ner").labels) == {"LOC", "MISC", "ORG", "PER"}


def test_curly_and_straight_apostrophes_give_the_same_analysis(italian: Language) -> None:
    straight = "L'assessore dell'Emilia-Romagna l'ha detto all'agenzia Ansa."
    pairs = zip(italian(straight), italian(straight.replace("'", "’")), strict=True)
    assert all(left.pos_ == right.pos_ and left.dep_ == right.dep_ for left, right in pairs)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "…", "’", "«»", "1", "😀"])
def test_odd_texts_are_analysed(italian: Language, text: str) -> None:
    assert italian(text).text == text
