"""Pairing of quotation marks, good, odd and missing ones."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.spans import Span
from pipeline.stages.claims.quotes import Quotation, find_quotations


def quotations(text: str) -> list[Quotation]:
    paragraphs, start = [], 0
    for paragraph in text.split("\n\n"):
        paragraphs.append(Span(start, start + len(paragraph)))
        start += len(paragraph) + 2
    ends = [at + 1 for at, character in enumerate(text) if character in ".!?"]
    return list(find_quotations(text, paragraphs, ends))


def inner(text: str) -> list[str]:
    return [quotation.inner.of(text) for quotation in quotations(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"A b," she said. "C d."', ["A b,", "C d."]),
        ("“A b,” she said.", ["A b,"]),
        ("«A b», ha detto.", ["A b"]),
        ("„A b“, sagte er.", ["A b"]),
        ("»A b«, sagte er.", ["A b"]),
        ("”A b”, sa hon.", ["A b"]),
        ("''A b,'' she said.", ["A b,"]),
        ("``A b,'' she said.", ["A b,"]),
        ("<<A b>>, ha detto.", ["A b"]),
        ("'It's all there,' he said.", ["It's all there,"]),
        ("‘The students’ hall,’ he said.", ["The students’ hall,"]),
        ("Don't touch the '90s.", []),
        ("Un po' d'acqua all'alba.", []),
        ("It said:“A b.”Then left.", ["A b."]),
        ('"A," he said, "B."', ["A,", "B."]),
    ],
)
def test_glyphs(text: str, expected: list[str]) -> None:
    assert inner(text) == expected


def test_an_odd_mark_costs_one_quotation_only() -> None:
    text = '"A b, she said. "C d," he said. "E f."'
    assert inner(text)[-2:] == ["C d,", "E f."]
    assert [quotation.balanced for quotation in quotations(text)][-2:] == [True, True]


def test_a_missing_opening_mark_is_flagged() -> None:
    text = 'Some say. A b," she said. "C d."'
    found = quotations(text)
    assert [quotation.inner.of(text) for quotation in found] == ["A b,", "C d."]
    assert [quotation.balanced for quotation in found] == [False, True]


def test_an_unclosed_quotation_ends_with_its_sentence() -> None:
    text = '"A b. Then they left.'
    assert inner(text) == ["A b."]
    assert not quotations(text)[0].balanced


@pytest.mark.parametrize("mark", ['"', "«", "»"])
def test_a_paragraph_may_take_up_the_quotation_before(mark: str) -> None:
    opened, closed = ('"', '"') if mark == '"' else ("«", "»")
    text = f"{opened}A b.\n\n{mark}C d.{closed} She left."
    found = quotations(text)
    assert [quotation.inner.of(text) for quotation in found] == ["A b.", "C d."]
    assert [quotation.continues for quotation in found] == [False, True]
    assert all(quotation.balanced for quotation in found)


@pytest.mark.parametrize("between", ["", "E f.\n\n", "E f.\n\nG h.\n\n"])
def test_a_quotation_goes_on_to_the_mark_that_closes_it(between: str) -> None:
    text = f"Neri: “A b. B c.\n\n{between}C d”. She left."
    found = quotations(text)
    expected = ["A b. B c.", *between.split("\n\n")[:-1], "C d"]
    assert [quotation.inner.of(text) for quotation in found] == expected
    assert [quotation.continues for quotation in found] == [False] + [True] * (len(found) - 1)
    assert all(quotation.balanced for quotation in found)


@pytest.mark.parametrize(
    "text",
    [
        "“A b. B c.\n\nE f.\n\nG h.\n\nI j.\n\nC d”. She left.",  # too far
        "«A b. B c.\n\nC d”. She left.",  # another sort of mark
        '“A b. B c.\n\nThe ‘E’ "f".\n\nC d”. She left.',  # a quotation between
    ],
)
def test_marks_too_far_or_of_another_sort_stay_alone(text: str) -> None:
    assert inner(text)[0] == "A b."


def test_nesting_gives_depths() -> None:
    text = "“He said ‘no’ twice.”"
    assert [(q.inner.of(text), q.depth) for q in quotations(text)] == [
        ("He said ‘no’ twice.", 1),
        ("no", 2),
    ]


def test_curly_marks_stand_inside_straight_ones() -> None:
    text = 'Readers: "The streets of the “village boys” of April." He left.'
    assert [(q.inner.of(text), q.depth) for q in quotations(text)] == [
        ("The streets of the “village boys” of April.", 1),
        ("village boys", 2),
    ]


@pytest.mark.parametrize(
    ("text", "whole", "inside"),
    [
        ("«Ho detto «basta» e sono uscita», dice.", "Ho detto «basta» e sono uscita", ["basta"]),
        ("“We call it the “long road” and walk,” he said.",
         "We call it the “long road” and walk,", ["long road"]),
        ("“È l’”errore” di ieri. Poi “addio” al piano”.",
         "È l’”errore” di ieri. Poi “addio” al piano", ["errore", "addio"]),
    ],
)  # fmt: skip
def test_directed_marks_stand_inside_their_own_sort(
    text: str, whole: str, inside: list[str]
) -> None:
    found = quotations(text)
    assert [q.inner.of(text) for q in found if q.depth == 1] == [whole]
    assert [q.inner.of(text) for q in found if q.depth == 2] == inside
    assert all(quotation.balanced for quotation in found)


def test_a_straight_mark_may_close_a_curly_one() -> None:
    assert inner('“A b," she said. “C d."') == ["A b,", "C d."]


def test_an_unclosed_quotation_ends_where_the_next_begins() -> None:
    text = "«A b, «C d», he said."
    found = quotations(text)
    assert [(q.inner.of(text), q.balanced) for q in found] == [("A b,", False), ("C d", True)]


@given(st.text(alphabet="ab .,'\"“”‘’«»\n", max_size=60))
def test_any_text_gives_spans_inside_it(text: str) -> None:
    for quotation in quotations(text):
        assert 0 <= quotation.outer.start <= quotation.inner.start
        assert quotation.inner.end <= quotation.outer.end <= len(text)
        assert quotation.inner.of(text).strip() == quotation.inner.of(text) != ""


@given(st.text(alphabet="ab .,'\"“”‘’«»\n", max_size=60))
def test_no_outer_quotation_touches_another(text: str) -> None:
    outer = sorted(q.outer for q in quotations(text) if q.depth == 1)
    assert all(one.end <= other.start for one, other in pairwise(outer))
