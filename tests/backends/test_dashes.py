"""Dashes typed without a space."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pipeline.backends.dashes import apart
from pipeline.core.spans import Span


def _parts(text: str) -> list[str]:
    return [part.of(text) for part in apart(text, Span(0, len(text)))]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("«Basta»- grida Ada.", ["«Basta»", "- grida Ada."]),
        ("“Enough”-said Ada.", ["“Enough”", "-", "said Ada."]),
        ("«Basta» -grida Ada.", ["«Basta» -", "grida Ada."]),
        ("«No –dice Ada– e poi no».", ["«No –", "dice Ada", "– e poi no»."]),
    ],
)
def test_a_dash_beside_a_clause_stands_alone(text: str, parts: list[str]) -> None:
    assert _parts(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "«Basta» - grida Ada.",
        "Il mastro-fornaio ha perso 5-0 a -3 gradi.",
        "He is a well-known ex-mayor, pre- and post-war.",
        "La desinenza -zione è femminile.",
    ],
)
def test_other_dashes_cut_nothing(text: str) -> None:
    assert _parts(text) == [text]


def test_parts_cover_the_span_alone() -> None:
    text = "«Prima»- dice. «Basta»- grida Ada. «Poi»- dice."
    span = Span(15, 35)
    parts = list(apart(text, span))
    assert (parts[0].start, parts[-1].end) == (span.start, span.end)
    assert all(left.end == right.start for left, right in pairwise(parts))
