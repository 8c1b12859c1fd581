"""Percentages and measured quantities."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from pipeline.core.layers import Value
from pipeline.core.spans import Span
from pipeline.languages.quantities import value_table
from pipeline.stages.values.numbers import FIGURES, any_of, decimal_text, read_figures
from pipeline.stages.values.sums import is_one, one_number, sum_pattern, sums_of_match, two_ties


@cache
def _percent(language: str) -> re.Pattern[str]:
    sign = rf"(?:\s?%|\s+(?:{any_of(value_table(language).percent)})(?!\w))"
    return re.compile(
        rf"(?:(?P<first>{one_number(language)}){two_ties(language)})??"
        rf"(?P<amount>{sum_pattern(language)}){sign}",
        re.VERBOSE | re.IGNORECASE,
    )


def percentages(text: str, language: str) -> Iterator[Value]:
    """Percentages; the value is the bare number, with a minus sign if the text has one.

    *A per cent* is a measure, no amount.
    """
    signs = ("%", *value_table(language).percent)
    if not any(sign.split()[-1] in text.lower() for sign in signs):
        return
    for match in _percent(language).finditer(text):
        if is_one(match["amount"], language):
            continue
        *others, last = sums_of_match(match, language)
        for number in others:
            yield Value("PERCENT", decimal_text(number.value), number.span)
        start, amount = last.span.start, last.value
        if not others and _is_negative(text, start):
            start, amount = start - 1, -amount
        yield Value("PERCENT", decimal_text(amount), Span(start, match.end()))


def _is_negative(text: str, start: int) -> bool:
    before = text[max(start - 2, 0) : start]
    return before[-1:] in ("-", "\N{MINUS SIGN}") and not before[:-1].isalnum()


@cache
def _quantity(language: str) -> re.Pattern[str]:
    table = value_table(language)
    magnitude, of = any_of(table.magnitudes), any_of(table.amount_of)
    return re.compile(
        rf"""
        (?P<amount>{FIGURES}) (?:\s?(?P<magnitude>{magnitude})(?!\w)(?:\s+(?:{of}))?)?
        (?:\s?|-)(?P<unit>{any_of(table.measures)})(?![\w²³/])
        """,
        re.VERBOSE | re.IGNORECASE,
    )


@cache
def _measures(language: str) -> Mapping[str, str]:
    return {word.lower(): symbol for word, symbol in value_table(language).measures.items()}


def quantities(text: str, language: str) -> Iterator[Value]:
    """Figures with a unit of measure; values such as ``12.5 km``, units as UCUM symbols."""
    for match in _quantity(language).finditer(text):
        unit = re.sub(r"\s+", " ", match["unit"].lower()).replace("’", "'")
        magnitude = match["magnitude"]
        power = value_table(language).magnitudes[magnitude.lower()] if magnitude else 1
        amount = read_figures(match["amount"], language, bool(magnitude)) * power
        symbol = _measures(language)[unit]
        yield Value("QUANTITY", f"{decimal_text(amount)} {symbol}", Span(*match.span()))
