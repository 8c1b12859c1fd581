"""Mentions cleaned, grouped, labelled and identified; cases are tables per language."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import EntitySettings
from pipeline.core.layers import Analysis, Label, Name, Paragraph, Text, Tokens
from pipeline.core.spans import Span
from pipeline.core.textmap import TextMap
from pipeline.errors import UsageError
from pipeline.languages.aliases import known_entities
from pipeline.stages.base import View
from pipeline.stages.entities.canonical import identifier
from pipeline.stages.entities.stage import EntitiesStage

CASES = Path(__file__).parents[2] / "cases" / "entities"
WORD = re.compile(r"(?:l|d|un|dell|nell|all)'|\w+(?:-\w+)*|'s|[^\w\s]")
MARKED = re.compile(r"\[([^\]|]+)\|(\w+)\]")


def cases() -> list[Any]:
    return [
        pytest.param(code, case, id=f"{code}-{case['label']}")
        for code in ("en", "it")
        for case in json.loads((CASES / f"{code}.json").read_text(encoding="utf-8"))
    ]


def article(
    marked: str, language: str, adjectives: Sequence[str] = (), finite: Sequence[str] = ()
) -> View:
    """An article whose names are marked as a model would find them: ``[Ada Neri|PER]``; which words
    are adjectives and finite verbs is told."""
    text, names = "", []
    position = 0
    for match in MARKED.finditer(marked):
        text += marked[position : match.start()]
        span = Span(len(text), len(text) + len(match[1]))
        label: Any = match[2]
        names.append(Name(span, label, 0.8))
        text += match[1]
        position = match.end()
    text += marked[position:]
    return view(text, names, language, adjectives, finite)


def view(
    text: str,
    names: list[Name],
    language: str,
    adjectives: Sequence[str] = (),
    finite: Sequence[str] = (),
) -> View:
    found = [match.span() for match in WORD.finditer(text)]
    words = [text[start:end] for start, end in found]
    told = dict.fromkeys(adjectives, "ADJ") | dict.fromkeys(finite, "VERB")
    upos = [
        told.get(w, "PROPN" if w[0].isupper() else "NOUN" if w.isalpha() else "X") for w in words
    ]
    morphs = tuple("VerbForm=Fin" if w in finite else "" for w in words)
    none = ("",) * len(words)
    tokens = Tokens(
        tuple(start for start, _ in found),
        tuple(end for _, end in found),
        tuple(word.lower() for word in words),
        tuple(upos),
        morphs,
        tuple(range(len(words))),
        none,
    )
    paragraphs = tuple(
        Paragraph(Span(*match.span()), language) for match in re.finditer(r"[^\n]+", text)
    )
    sentences = tuple(Span(*match.span()) for match in re.finditer(r"[^.\n]+\.?", text))
    layers: dict[type, object] = {
        Text: Text(TextMap.identity(text), paragraphs, (), ()),
        Analysis: Analysis(tokens, sentences, tuple(names)),
    }
    return View(layers, EntitiesStage.reads)


def entities(layers: View, aliases: str = "") -> list[tuple[str, str, list[str]]]:
    stage = EntitiesStage(EntitySettings(aliases=aliases))
    text = layers[Text].text
    return [
        (entity.label, entity.canonical, [span.of(text) for span in entity.mentions])
        for entity in stage.apply(layers).entities
    ]


@pytest.mark.parametrize(("code", "case"), cases())
def test_cases(code: str, case: dict[str, Any]) -> None:
    layers = article(case["text"], code, case.get("adjectives", ()), case.get("finite", ()))
    assert entities(layers) == [(label, id_, forms) for label, id_, forms in case["entities"]]


@pytest.mark.parametrize(("code", "case"), cases())
def test_an_article_may_end_anywhere(code: str, case: dict[str, Any]) -> None:
    """*… at the University of Ghent* once failed for want of a full stop."""
    marked = case["text"]
    for end in re.finditer(r"\]|\w\b(?![^\[\]]*\])", marked):
        layers = article(marked[: end.end()], code, case.get("adjectives", ()))
        assert all(id_ and all(forms) for _, id_, forms in entities(layers))


def test_identifiers_meet_across_languages() -> None:
    pairs = [
        ("[Court of Turin|ORG]", "[Tribunale di Torino|ORG]"),
        ("[European Commission|ORG]", "[Commissione europea|ORG]"),
        ("[University of Bologna|ORG]", "[Università di Bologna|ORG]"),
        ("[Florence|LOC]", "[Firenze|LOC]"),
        ("[Ada Moretti|PER]", "[Ada Moretti|PER]"),
    ]
    for english, italian in pairs:
        one = entities(article(f"It was {english} then.", "en"))
        other = entities(article(f"Era {italian} allora.", "it"))
        assert [entity[1] for entity in one] == [entity[1] for entity in other]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("via Riva di Reno", "loc:reno-riva-street"),  # the Reno of Bologna, not the Rhine
        ("Nizza Monferrato", "loc:nizza-monferrato"),
        ("Porto", "loc:porto"),
        ("Nizza", "loc:nice"),
        ("Golfo di Napoli", "loc:naples-gulf"),
    ],
)
def test_towns_and_streets_keep_their_words(name: str, expected: str) -> None:
    assert identifier(name, [name], "LOC", (known_entities(),)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The article writes a word of it small, so that no model's guess stands.
        ("[CALO DEI TURISTI|LOC] AL LAGO\n\nI turisti sono in calo.", []),
        ("[IL SINDACO FRENA|ORG] SUL PONTE\n\nIl sindaco ci pensa.", []),
        ("VA IN SCENA [ONDA FERMA|ORG]\n\nSi replica domani.", ["ONDA FERMA"]),
        # A surname in it is found by itself.
        ("[ADDIO A BINDI|LOC] IL MITE\n\nEra di [Sauro Bindi|PER].", ["BINDI", "Sauro Bindi"]),
        # The dash belongs to the dateline of the next line.
        ("RIFIUTI, SI CAMBIA\n\n[ROMA|LOC] – Da oggi.", ["ROMA"]),
    ],
)
def test_headlines_in_capitals_give_only_names(text: str, expected: list[str]) -> None:
    found = [form for _, _, forms in entities(article(text, "it")) for form in forms]
    assert found == expected


def test_a_name_of_marks_alone_has_an_identifier() -> None:
    assert identifier("—", ["—"], "MISC", ()) == "misc:unnamed"


def test_entity_has_best_name_and_aliases() -> None:
    layers = article("[Moretti|PER] came. [Ada Moretti|PER] spoke. [Moretti|PER] left.", "en")
    (entity,) = EntitiesStage(EntitySettings()).apply(layers).entities
    assert (entity.id, entity.name, entity.aliases) == ("e1", "Ada Moretti", ("Moretti",))


def test_alias_file_wins_over_the_shipped_table(tmp_path: Path) -> None:
    file = tmp_path / "known.csv"
    file.write_text("id,label,en,it\nper:boss,PER,Robin Li|Big Boss,\n", encoding="utf-8")
    layers = article("[Robin Li|PER] came. [Big Boss|PER] left.", "en")
    assert entities(layers, str(file)) == [("PER", "per:boss", ["Robin Li", "Big Boss"])]


def test_alias_file_wins_over_the_model(tmp_path: Path) -> None:
    file = tmp_path / "known.jsonl"
    file.write_text('{"id": "org:neri", "label": "ORG", "it": "Neri"}\n', encoding="utf-8")
    layers = article("Arriva il dott. [Neri|PER] oggi.", "it")
    assert entities(layers, str(file)) == [("ORG", "org:neri", ["Neri"])]


def test_content_of_the_alias_file_is_a_resource(tmp_path: Path) -> None:
    file = tmp_path / "known.csv"
    file.write_text("id,label,en,it\nper:a,PER,Ada,\n", encoding="utf-8")
    before = EntitiesStage(EntitySettings(str(file))).resources
    file.write_text("id,label,en,it\nper:b,PER,Ada,\n", encoding="utf-8")
    after = EntitiesStage(EntitySettings(str(file))).resources
    assert before.keys() == after.keys() and before != after


def test_missing_alias_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Cannot read the alias file .*absent\.csv"):
        EntitiesStage(EntitySettings(str(tmp_path / "absent.csv")))


def test_empty_article() -> None:
    assert entities(view("", [], "en")) == []


LABELS = st.sampled_from(["PER", "ORG", "LOC", "MISC"])


@given(
    st.text(alphabet="AaBb e'’.,«»“”\n-12é", max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12), LABELS), max_size=6),
    st.sampled_from(["en", "it"]),
)
def test_mentions_are_disjoint_and_inside_whatever_the_model_says(
    text: str, candidates: list[tuple[int, int, Label]], language: str
) -> None:
    names = [
        Name(Span(low, min(low + size, len(text))), label, 0.5)
        for low, size, label in candidates
        if low < len(text)
    ]
    found = EntitiesStage(EntitySettings()).apply(view(text, names, language)).entities
    spans = sorted(span for entity in found for span in entity.mentions)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert all(span.of(text).strip() and span.end <= len(text) for span in spans)
    assert [entity.id for entity in found] == [f"e{n}" for n in range(1, len(found) + 1)]


def test_time_grows_with_length_not_with_its_square() -> None:
    def seconds(size: int) -> float:
        text = ". ".join(f"[Name{n} Sur{n}|PER] met [Firm{n} Group|ORG]" for n in range(size))
        layers = article(text, "en")
        stage = EntitiesStage(EntitySettings())
        start = time.process_time()
        stage.apply(layers)
        return time.process_time() - start

    seconds(20)
    assert min(seconds(800) for _ in range(3)) < 4 * 3 * seconds(200)
