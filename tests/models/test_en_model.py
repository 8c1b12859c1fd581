"""The shipped English pipeline does on plain sentences what the rest of the project relies on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from spacy.attrs import LOWER

from pipeline.backends.packaged import PACKAGED
from pipeline.backends.spacy_analyzer import load_pipeline

if TYPE_CHECKING:
    from spacy.language import Language

pytestmark = pytest.mark.models

FOLDER = Path(PACKAGED["en"])
LARGEST_MEGABYTES = 18
# What training measured on its test parts, less a margin for another training on other hardware.
FLOORS = {"wiki_en": 76.5, "wikigold_en": 67.0, "web_en": 73.0}


@pytest.fixture(scope="module")
def english() -> Language:
    return load_pipeline(str(FOLDER))


def test_capitalised_words_have_their_vector(english: Language) -> None:
    assert english.vocab.vectors.attr == LOWER


def test_the_folder_is_small_and_holds_no_code() -> None:
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < LARGEST_MEGABYTES * 1_000_000
    assert not [path for path in files if path.suffix == ".py"]


def test_the_notice_of_the_stock_model_lies_beside_it() -> None:
    assert "ExplosionAI" in (FOLDER / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize("corpus", FLOORS)
def test_measured_scores_keep_their_floor(corpus: str) -> None:
    meta = json.loads((FOLDER / "meta.json").read_text(encoding="utf-8"))
    assert meta["performance"][f"names {corpus} test"]["all"] >= FLOORS[corpus]


def test_names_carry_the_labels_of_the_project(english: Language) -> None:
    assert set(english.get_pipe("ner").labels) == {"PER", "ORG", "LOC", "MISC"}


@pytest.mark.parametrize(
    ("text", "name", "label"),
    [
        (
            "Mary Whitcombe, the mayor of Bristol, said the bridge was safe.",
            "Mary Whitcombe",
            "PER",
        ),
        ("Mary Whitcombe, the mayor of Bristol, said the bridge was safe.", "Bristol", "LOC"),
        ("Microsoft bought the company for $2bn.", "Microsoft", "ORG"),
    ],
)
def test_plain_names_are_found(english: Language, text: str, name: str, label: str) -> None:
    assert (name, label) in {(found.text, found.label_) for found in english(text).ents}


def test_syntax_is_there(english: Language) -> None:
    doc = english("The mayor said the bridge was safe.")
    assert doc[2].dep_ == "ROOT"
    assert [token.text for token in doc if token.dep_ == "nsubj"] == ["mayor", "bridge"]
    assert doc[2].lemma_ == "say"
