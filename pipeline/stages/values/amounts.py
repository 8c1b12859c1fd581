"""Percentages and measured quantities."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from pipeline.core.layers import Value
from pipeline.core.spans import Span
from pipeline.languages.quantities import value_table
from pipeline.stages.values.numbers import FIGURES, any_of, decimal_text, number_words, read_figures
from pipeline.stages.values.sums import is_one, one_number, sum_pattern, sums_of_match, two_ties

# Degrees may lie below zero; before other measures a stroke is none of the number.
BELOW_ZERO = frozenset({"Cel", "[degF]"})
_REACH = 40  # characters before a number that may hold its sign and the word before that


@cache
def _percent(language: str) -> re.Pattern[str]:
    sign = rf"(?:\s?%|\s+(?:{any_of(value_table(language).percent)})(?!\w))"
    return re.compile(
        rf"(?:(?P<first>{one_number(language)}){two_ties(language)})??"
        rf"(?P<amount>{sum_pattern(language)}){sign}",
        re.VERBOSE | re.IGNORECASE,
    )


def percentages(text: str, language: str) -> Iterator[Value]:
    """Percentages; the value is the bare number, with a minus sign if the text has one or says so.

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
        if not others and (sign := _minus(text, start, language)):
            start, amount = start - sign, -amount
        yield Value("PERCENT", decimal_text(amount), Span(start, match.end()))


def _minus(text: str, start: int, language: str) -> int:
    """The length of the minus sign before a number, or of the word for it with its space (*minus
    five per cent*); 0 if there is none: *7-8 per cent*, *plus or minus two per cent*."""
    before = text[max(start - _REACH, 0) : start]
    if before[-1:] in ("-", "\N{MINUS SIGN}"):
        return 0 if before[-2:-1].isalnum() else 1
    word = _minus_word(language).search(before)
    if not word:
        return 0
    last = before[: word.start()].lower().split()[-1:]
    counted = last and (last[0][-1:].isdigit() or _number(language).fullmatch(last[0]))
    return 0 if counted or value_table(language).about.intersection(last) else len(word[0])


@cache
def _minus_word(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{any_of(value_table(language).minus)})\s+\Z", re.I)


@cache
def _number(language: str) -> re.Pattern[str]:
    return re.compile(number_words(language), re.I)


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
        symbol, start = _measures(language)[unit], match.start()
        if symbol in BELOW_ZERO and (sign := _minus(text, start, language)):
            start, amount = start - sign, -amount
        yield Value("QUANTITY", f"{decimal_text(amount)} {symbol}", Span(start, match.end()))
