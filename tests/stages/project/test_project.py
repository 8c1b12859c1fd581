"""Names and claims found again in translations."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.layers import (
    Claim,
    Claims,
    Entities,
    Entity,
    Label,
    Projection,
    Segment,
    Segments,
    Text,
    Translation,
    Translations,
)
from pipeline.core.spans import Span
from pipeline.core.textmap import TextMap
from pipeline.stages.base import View
from pipeline.stages.project import ProjectStage

pytestmark = pytest.mark.models
STAGE = ProjectStage()


def project(
    sentences: list[tuple[str, str | None]],
    names: list[tuple[Label, str]] = (),  # type: ignore[assignment]
    said: list[str] = (),  # type: ignore[assignment]
    into: str = "it",
) -> Projection:
    """The projection of sentences with their translations; names and claims by their text."""
    text = "\n\n".join(source for source, _ in sentences)
    segments, translations, start = [], [], 0
    for number, (source, target) in enumerate(sentences, 1):
        span = Span(start, start + len(source))
        segments.append(Segment(f"s{number}", number - 1, span, "en"))
        status = "skipped" if target is None else "ok"
        translations.append(Translation(f"s{number}", target, status))
        start = span.end + 2
    layers = {
        Text: Text(TextMap.identity(text), (), (), ()),
        Segments: Segments(tuple(segments)),
        Entities: Entities(
            tuple(
                Entity(f"e{n}", label, f"x:{n}", name, (), tuple(_all(text, name)))
                for n, (label, name) in enumerate(names, 1)
            )
        ),
        Claims: Claims(
            tuple(
                Claim(f"c{n}", "direct", (next(_all(text, content)),), None, None, 0.9)
                for n, content in enumerate(said, 1)
            )
        ),
        Translations: Translations(into, tuple(translations)),
    }
    return STAGE.apply(View(layers, STAGE.reads))


def _all(text: str, part: str):  # type: ignore[no-untyped-def]
    start = text.find(part)
    while start >= 0:
        yield Span(start, start + len(part))
        start = text.find(part, start + len(part))


def test_names_that_stay() -> None:
    found = project(
        [("Ada Moretti met Bruno Salvi in Parma.", "A Parma Ada Moretti ha visto Bruno Salvi.")],
        [("PER", "Ada Moretti"), ("PER", "Bruno Salvi"), ("LOC", "Parma")],
    )
    assert [[each.text for each in entity.mentions] for entity in found.entities] == [
        ["Ada Moretti"],
        ["Bruno Salvi"],
        ["Parma"],
    ]
    assert found.entities[2].mentions[0].span == Span(2, 7)
    assert all(not entity.flags for entity in found.entities)


def test_names_that_are_translated() -> None:
    found = project(
        [
            (
                "The European Commission opened an office in London.",
                "La Commissione europea ha aperto un ufficio a Londra.",
            )
        ],
        [("ORG", "European Commission"), ("LOC", "London")],
    )
    assert found.entities[1].name == "Londra"
    assert found.entities[0].name is not None
    assert found.entities[0].name.startswith("Commissione")


def test_the_same_name_twice_takes_two_places() -> None:
    found = project(
        [("Salvi said Salvi was late.", "Salvi ha detto che Salvi era in ritardo.")],
        [("PER", "Salvi")],
    )
    assert [each.span for each in found.entities[0].mentions] == [Span(0, 5), Span(19, 24)]


def test_a_damaged_name_is_repaired() -> None:
    found = project(
        [("Oliver Whitcombe denied it.", "Oliver Whitcomb ha negato.")],
        [("PER", "Oliver Whitcombe")],
    )
    entity = found.entities[0]
    assert entity.name == "Oliver Whitcombe"
    assert entity.mentions[0].text == "Oliver Whitcomb"
    assert entity.flags == ("name_repaired",)


def test_a_lost_name_is_flagged() -> None:
    found = project([("Quixby smiled.", "sorrise a lungo.")], [("PER", "Quixby")])
    assert found.entities[0].mentions == ()
    assert found.entities[0].name is None
    assert found.entities[0].flags == ("not_found",)


def test_claims_between_marks_over_a_clause_and_over_sentences() -> None:
    found = project(
        [
            (
                "“We have stopped arguing about the past,” said the mayor.",
                "«Abbiamo smesso di discutere del passato», ha detto il sindaco.",
            ),
            (
                "She added that the work would cost ten million.",
                "Ha aggiunto che i lavori costeranno dieci milioni.",
            ),
            ("Nobody has asked the fishermen.", "Nessuno ha chiesto ai pescatori."),
        ],
        said=[
            "We have stopped arguing about the past",
            "the work would cost ten million",
            "Nobody has asked the fishermen",
        ],
    )
    assert [claim.text for claim in found.claims] == [
        "Abbiamo smesso di discutere del passato",
        "i lavori costeranno dieci milioni",
        "Nessuno ha chiesto ai pescatori",
    ]
    assert [claim.spans[0].segment for claim in found.claims] == ["s1", "s2", "s3"]


@pytest.mark.parametrize("second", ["Non tutto.", None])
def test_half_of_a_claim_is_no_translation_of_it(second: str | None) -> None:
    said = "It is true.\n\nNot all of it."
    (claim,) = project([("It is true.", "È vero."), ("Not all of it.", second)], said=[said]).claims
    assert claim.text == ("È vero. Non tutto." if second else None)
    assert claim.spans[0].text == "È vero."


def test_without_translation_there_is_nothing() -> None:
    assert project([("Ada left.", None)], [("PER", "Ada")], ["left"]) == Projection((), ())


def test_one_translated_segment_among_others() -> None:
    found = project(
        [("Ada left.", None), ("Ada returned.", "Ada è tornata.")], [("PER", "Ada")], ["left"]
    )
    assert [each.segment for each in found.entities[0].mentions] == ["s2"]
    assert found.claims[0].text is None


@given(st.text(max_size=60), st.text(min_size=1, max_size=60))
def test_any_text_gives_spans_that_slice(source: str, target: str) -> None:
    text = f"Ada said {source}"
    found = project([(text, target)], [("PER", "Ada")], [text[4:]])
    for each in (*found.entities[0].mentions, *found.claims[0].spans):
        assert each.text == each.span.of(target)


MARKED = re.compile(r"\{(\d)\|([^}]*)\}")
ALIGNED = json.loads(
    (Path(__file__).parents[2] / "cases" / "project" / "names.json").read_text("utf-8")
)


def unmarked(marked: str) -> tuple[str, list[tuple[str, Span]]]:
    """The text of a sentence, and its names by number."""
    text, names, position = "", [], 0
    for match in MARKED.finditer(marked):
        text += marked[position : match.start()]
        names.append((match[1], Span(len(text), len(text) + len(match[2]))))
        text += match[2]
        position = match.end()
    return text + marked[position:], names


def test_names_of_aligned_sentences_are_found_both_ways() -> None:
    """64 invented pairs of sentences, names aligned by hand: exonyms, institutions, titles of
    works, damaged and repeated names, changed order."""
    exact = overlap = total = 0
    for pair in ALIGNED:
        for language in ("it", "en"):
            translation, expected = unmarked(pair[language])
            text, names = unmarked(pair["en" if language == "it" else "it"])
            entities: list[tuple[Label, str]] = [
                ("PER", span.of(text)) for span in dict(names).values()
            ]
            found = project([(text, translation)], entities, into=language).entities
            numbers = list(dict(names))
            for number, span in expected:
                mentions = found[numbers.index(number)].mentions
                total += 1
                exact += any(each.span == span for each in mentions)
                overlap += any(each.span.overlaps(span) for each in mentions)
    assert total > 280
    assert exact >= 0.95 * total, f"{exact} of {total}"
    assert overlap >= 0.99 * total, f"{overlap} of {total}"
