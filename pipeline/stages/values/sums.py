"""Numbers with magnitudes, and several that add up.

*3.5 million*, *half a million*, *un milione e mezzo*, *one million six hundred thousand* and *2
milioni e 300 mila* are one number each, *20 mila e 30 mila* are two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from pipeline.core.spans import Span
from pipeline.languages.quantities import ValueTable, value_table
from pipeline.stages.values.numbers import FIGURES, amount_words, any_of, read_figures, read_words

HALF = Decimal("0.5")
# In words the second of two is no further from the first: "two or three hundred and fifty dollars".
NEAR = 100
# Terms beside the last: a trillion, a billion, a million, a thousand and the rest.
MORE = 4


@dataclass(frozen=True, slots=True)
class Sum:
    """A number in a text; ``power`` is what a smaller number before it may borrow: its last
    magnitude if that is ``named``, or what round numbers in words hold inside (*duemila*)."""

    value: Decimal
    power: int
    named: bool
    span: Span


@cache
def number_pattern(language: str) -> str:
    """Figures, or words, without a magnitude: *3.5*, *thirty*, *two and a half*."""
    half = any_of(value_table(language).and_half)
    return rf"(?>(?:{FIGURES}|(?<!\w)(?:{amount_words(language)}))(?:\s+(?:{half})(?!\w))?)"


@cache
def scaled_pattern(language: str) -> str:
    """A number with its magnitude, or several that add up and end in one."""
    scaled = _scaled(language)
    return rf"{_beginning(language)}{scaled}(?:{_tie(language)}{scaled}){{0,{MORE}}}"


@cache
def sum_pattern(language: str) -> str:
    """A number with or without magnitude, or several that add up; all but the last have one."""
    scaled = _scaled(language)
    number = rf"(?:{number_pattern(language)}|{_fraction(language)})"
    return rf"{_beginning(language)}(?:{scaled}{_tie(language)}){{0,{MORE}}}(?:{scaled}|{number})"


@cache
def _beginning(language: str) -> str:
    """What no number begins with is passed over at once."""
    table = value_table(language)
    words = [*table.units, *table.tens, *table.ones, *table.fractions, table.hundred]
    begun = sorted({word[:2] for word in [*words, table.one_thousand] if word})
    return rf"(?<!\w)(?=\d|{'|'.join(begun)})"


@cache
def _scaled(language: str) -> str:
    table = value_table(language)
    half = any_of(table.and_half)
    return rf"""
        (?>(?:{number_pattern(language)}|{_fraction(language)})
        \s?-?(?:{any_of(table.magnitudes)})(?!\w)(?:\s+(?:{half})(?!\w))?)
    """


@cache
def _fraction(language: str) -> str:
    words = any_of(value_table(language).fractions).replace(r"\s+", r"[\s-]+")
    return rf"(?<!\w)(?:{words})(?!\w)"


def _tie(language: str) -> str:
    ties = any_of(value_table(language).sum_ties)
    return rf"(?:,(?=\s+[^\W\d]))?\s+(?:(?:{ties})\s+)?"


@cache
def _tokens(language: str) -> re.Pattern[str]:
    table = value_table(language)
    return re.compile(
        rf"""
        (?P<fraction>{_fraction(language)})
      | (?<!\w)(?P<half>{any_of(table.and_half)})(?!\w)
      | (?P<figures>{FIGURES})
      | (?P<magnitude>{any_of(table.magnitudes)})(?!\w)
      | (?<!\w)(?P<words>{amount_words(language)})
        """,
        re.VERBOSE | re.IGNORECASE,
    )


@cache
def one_number(language: str) -> str:
    """The first of two amounts, which may have a magnitude of its own."""
    magnitude = any_of(value_table(language).magnitudes)
    return rf"{_beginning(language)}{number_pattern(language)}(?:\s?(?:{magnitude})(?!\w))?"


def two_ties(language: str) -> str:
    """What stands between two amounts: *10-12*, *10 to 12*, *tra il 10 e il 12*."""
    table = value_table(language)
    articles = any_of(table.amount_articles)
    return (
        rf"(?:\s*[-–]\s*|\s+(?:{any_of(table.amount_ties)})\s+"
        rf"(?:(?:{articles})(?:\s+|(?<=['’])))?)"
    )


def is_one(words: str, language: str) -> bool:
    """Whether ``words`` are but *a* or *una*."""
    return words.lower() in value_table(language).ones


def read_sums(text: str, language: str) -> list[Sum]:
    """The numbers in ``text``, which one of the patterns above matched: mostly one; a term that
    does not fit under the magnitude before it begins another.

    >>> [str(found.value) for found in read_sums("one million six hundred thousand", "en")]
    ['1600000']
    >>> [str(found.value) for found in read_sums("20 mila e 30 mila", "it")]
    ['20000', '30000']
    """
    sums: list[Sum] = []
    for term in _terms(text, language):
        if sums and term.value < sums[-1].power:
            span = Span(sums[-1].span.start, term.span.end)
            sums[-1] = Sum(sums[-1].value + term.value, term.power, term.named, span)
        else:
            sums.append(term)
    return sums


def _terms(text: str, language: str) -> Iterator[Sum]:
    """Each number with its own magnitude, or half of one more."""
    table = value_table(language)
    tokens = list(_tokens(language).finditer(text))
    starts = [i for i, token in enumerate(tokens) if token.lastgroup in _NUMBERS]
    for first, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
        rest = {token.lastgroup: token[0].lower() for token in tokens[first + 1 : end]}
        span = Span(tokens[first].start(), tokens[end - 1].end())
        value = _number(tokens[first], table, language, "magnitude" in rest)
        value += HALF if "half" in rest else 0
        if "magnitude" in rest:
            power = table.magnitudes[rest["magnitude"]]
            yield Sum(value * power, power, True, span)
        else:
            power = _roundness(value) if tokens[first].lastgroup == "words" else 1
            yield Sum(value, power, False, span)


def _roundness(value: Decimal) -> int:
    return next((power for power in (1000, 100) if value and value % power == 0), 1)


_NUMBERS = frozenset({"fraction", "figures", "words"})


def _number(token: re.Match[str], table: ValueTable, language: str, scaled: bool) -> Decimal:
    if token.lastgroup == "fraction":
        return table.fractions[re.sub(r"[\s-]+", " ", token[0].lower())]
    if token.lastgroup == "figures":
        return read_figures(token[0], language, scaled)
    return read_words(token[0], language)


def sums_of_match(match: re.Match[str], language: str) -> list[Sum]:
    """The numbers in the groups ``first`` and ``amount`` of a match, with their places in the text.

    The first of two borrows the magnitude of the second (*2-3 million*) if it is the smaller one
    then: *nel 2028 a 900* are no two amounts.
    """
    start = match.start("amount")
    sums = [_shifted(found, start) for found in read_sums(match["amount"], language)]
    if not match["first"]:
        return sums
    (first,) = read_sums(match["first"], language)
    value = first.value * (1 if first.named else sums[0].power)
    in_words = not match["first"][0].isdigit()
    if in_words and value >= sums[0].value:
        value = first.value  # "cento o duecento euro"
    if 0 < value < sums[0].value and not (in_words and NEAR * value <= sums[0].value):
        return [Sum(value, 1, True, first.span.shift(match.start("first"))), *sums]
    return sums


def _shifted(number: Sum, start: int) -> Sum:
    return replace(number, span=number.span.shift(start))
