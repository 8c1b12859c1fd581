"""Values found and normalized in both languages; cases are tables per language."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.layers import Paragraph, Raw, Text, Values
from pipeline.core.spans import Span
from pipeline.core.textmap import TextMap
from pipeline.stages.base import View
from pipeline.stages.values.stage import ValuesStage

CASES = Path(__file__).parents[2] / "cases" / "values"


def cases() -> list[Any]:
    return [
        pytest.param(code, case, id=f"{code}-{case['text']}")
        for code in ("en", "it")
        for case in json.loads((CASES / f"{code}.json").read_text(encoding="utf-8"))
    ]


def values(*paragraphs: tuple[str, str], date: str = "") -> tuple[str, Values]:
    text, spans = "", []
    for content, language in paragraphs:
        text += "\n\n" if text else ""
        spans.append(Paragraph(Span(len(text), len(text) + len(content)), language))
        text += content
    layers: dict[type, object] = {
        Raw: Raw("a", "a.txt", "0", 0, "text/plain", "utf-8", text, {"date": date}),
        Text: Text(TextMap.identity(text), tuple(spans), (), ()),
    }
    return text, ValuesStage().apply(View(layers, ValuesStage.reads))


@pytest.mark.parametrize(("code", "case"), cases())
def test_cases(code: str, case: dict[str, Any]) -> None:
    text, found = values((case["text"], code), date=case.get("date", ""))
    assert [[v.type, v.value, v.span.of(text)] for v in found.values] == case["values"]


def test_each_paragraph_is_read_in_its_own_language() -> None:
    _, found = values(("It cost 1.500 euros.", "en"), ("Costa 1.500 euro.", "it"))
    assert [value.value for value in found.values] == ["EUR 1.5", "EUR 1500"]


def test_unnamed_amounts_take_the_currency_of_the_article() -> None:
    _, found = values(("Altri 45 milioni.", "it"), ("Vale 3 miliardi di yuan.", "it"))
    assert [value.value for value in found.values] == ["CNY 45000000", "CNY 3000000000"]


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "It closed yesterday.", "2026-03-03"),
        ("en", "It closed the day before yesterday.", "2026-03-02"),
        ("en", "It opens tomorrow.", "2026-03-05"),
        ("en", "It closed last Monday.", "2026-03-02"),
        ("en", "It closed last Wednesday.", "2026-02-25"),
        ("en", "It opens next Friday.", "2026-03-06"),
        ("en", "It closed last month.", "2026-02"),
        ("en", "It closed last year.", "2025"),
        ("en", "It closed last week.", "2026-W09"),
        ("en", "It closed three days ago.", "2026-03-01"),
        ("en", "It closed 15 months ago.", "2024-12"),
        ("it", "Ha chiuso ieri.", "2026-03-03"),
        ("it", "Ha chiuso l'altro ieri.", "2026-03-02"),
        ("it", "Ha chiuso lunedì scorso.", "2026-03-02"),
        ("it", "Apre venerdì prossimo.", "2026-03-06"),
        ("it", "Ha chiuso lo scorso mese.", "2026-02"),
        ("it", "Ha chiuso l'anno scorso.", "2025"),
        ("it", "Apre quest’anno.", "2026"),
        ("it", "Ha chiuso due settimane fa.", "2026-W08"),
    ],
)
def test_relative_dates_count_from_the_date_of_the_article(
    language: str, text: str, value: str
) -> None:
    for date in ("2026-03-04", "2026-03-04T18:40:00+01:00", "4 March 2026", "4 marzo 2026"):
        assert [found.value for found in values((text, language), date=date)[1].values] == [value]
    assert values((text, language))[1].values == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "He came on Monday, this Friday and in days long ago."),
        ("it", "La banca fa tre giorni di sciopero, poi lunedì si vede."),
        ("en", "Over the last year, in the past three months and for the next week."),
        ("it", "Nell'ultimo anno, negli ultimi tre mesi e nelle prossime due settimane."),
    ],
)
def test_what_is_not_certain_is_no_relative_date(language: str, text: str) -> None:
    assert values((text, language), date="2026-03-04")[1].values == ()


@pytest.mark.parametrize(
    ("language", "text", "flagged"),
    [
        ("en", "On 31 September, or February 31, 2024.", ["31 September", "February 31, 2024"]),
        ("en", "Due 2024-02-30.", ["2024-02-30"]),
        ("en", "On 29 February, or 31 October.", []),
        ("it", "Il 31 settembre 2024, il 30 febbraio.", ["31 settembre 2024", "30 febbraio"]),
        ("it", "Dal 28 al 31 giugno.", ["31 giugno"]),
        ("it", "Il 29 febbraio 2023 e il 29 febbraio 2024.", ["29 febbraio 2023"]),
        ("it", "Scadenza 31/02/2024; pratica 99/99/2024.", ["31/02/2024"]),
    ],
)
def test_days_of_no_calendar_are_found_and_flagged(
    language: str, text: str, flagged: list[str]
) -> None:
    article, found = values((text, language))
    impossible = [value for value in found.values if value.flags]
    assert [value.span.of(article) for value in impossible] == flagged
    assert all((v.value, v.flags) == ("", ("impossible_date",)) for v in impossible)
    assert all(value.value for value in found.values if not value.flags)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Dozens of millions of dollars, a dozen euros, several million pounds."),
        ("it", "Una ventina di milioni di euro, decine di milioni, qualche miliardo di euro."),
    ],
)
def test_amounts_without_a_number_are_left_out(language: str, text: str) -> None:
    assert values((text, language))[1].values == ()


@pytest.mark.parametrize(
    ("date", "language", "text", "found"),
    [
        ("9999-12-31", "en", "It opens tomorrow, next week, next month or next year.", []),
        ("9999-12-31", "it", "Apre domani, dopodomani o il mese prossimo.", []),
        ("9999-12-31", "en", "It closed yesterday.", ["9999-12-30"]),
        ("0001-01-01", "en", "It closed yesterday, last Monday, last month or last year.", []),
        ("0001-01-01", "it", "Ha chiuso ieri, due settimane fa o tre anni fa.", []),
        ("0001-01-01", "it", "Apre domani, quest'anno.", ["0001-01-02", "0001"]),
        ("0900-05-01", "en", "It closed 999 years ago, or 1 year ago.", ["0899"]),
        ("31 February 2026", "en", "It closed yesterday.", []),
    ],
)
def test_no_date_lies_beyond_the_calendar(
    date: str, language: str, text: str, found: list[str]
) -> None:
    assert [value.value for value in values((text, language), date=date)[1].values] == found


@given(
    st.lists(
        st.sampled_from(
            [
                "12",
                "1.234,56",
                "3",
                "€",
                "$",
                "%",
                "euro",
                "milioni",
                "million",
                "of",
                "di",
                "marzo",
                "March",
                "2024",
                ",",
                ".",
                "-",
                "e",
                "and",
                "per",
                "cento",
                "cent",
                "half",
                "a",
                "mezzo",
                "ventuno",
                "two",
                "hundred",
                "mila",
                "km",
                "/",
                "18/05/2026",
            ]
        ),
        max_size=14,
    ),
    st.sampled_from(["en", "it"]),
    st.sampled_from(["", " "]),
)
def test_values_are_disjoint_and_ordered_in_any_text(
    words: list[str], language: str, joint: str
) -> None:
    text, found = values((joint.join(words), language))
    spans = [value.span for value in found.values]
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert all(span.of(text) and span.end <= len(text) for span in spans)
