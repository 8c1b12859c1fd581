"""How each language writes numbers, dates, amounts and measures.

The tables are ``data/values_en.toml`` and ``data/values_it.toml``. In them a hyphen inside a
currency, measure or tie stands for white space. Currencies have ISO 4217 codes, measures UCUM
symbols.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Final

SYMBOLS: Final[Mapping[str, str]] = {
    "US$": "USD",
    "HK$": "HKD",
    "A$": "AUD",
    "C$": "CAD",
    "S$": "SGD",
    "NT$": "TWD",
    "R$": "BRL",
    "€": "EUR",
    "$": "USD",
    "£": "GBP",
    "¥": "CNY",
    "₹": "INR",
    "₩": "KRW",
    "₽": "RUB",
    "₺": "TRY",
    "₪": "ILS",
    "₴": "UAH",
}
"""Currency signs. The yen sign is read as yuan: Chinese sources are the commoner ones here."""

CODES: Final[Mapping[str, str]] = {"RMB": "CNY"}
"""What is written like a code without being one of ISO 4217."""

RAND: Final[Mapping[str, str]] = {"R": "ZAR"}
"""A sign that is a letter: it needs an amount that is certain."""

_OFFSETS = {
    "today": 0,
    "yesterday": -1,
    "day_before_yesterday": -2,
    "tomorrow": 1,
    "day_after_tomorrow": 2,
}
_UNITS = ("day", "week", "month", "year")
_POWERS = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


@dataclass(frozen=True, slots=True)
class RelativeTable:
    """Words for days and spans counted from the day of writing.

    ``days`` leads from words to offsets in days, ``units`` from words to ``day``, ``week``,
    ``month`` or ``year``, ``directions`` from words to -1 (last), 0 (this) or 1 (next).
    ``span_articles`` make a span of what follows (*the last year*).
    ``after_word`` tells whether these may also stand behind (*il mese scorso*).
    """

    days: Mapping[str, int]
    weekdays: tuple[str, ...]
    units: Mapping[str, str]
    directions: Mapping[str, int]
    span_articles: tuple[str, ...]
    ago: str
    after_word: bool


@dataclass(frozen=True, slots=True)
class ValueTable:
    """The words of one language; ``units`` go from zero to nineteen, ``tens`` from
    twenty to ninety."""

    decimal: str
    grouping: str
    months: Mapping[str, int]
    full_months: frozenset[str]
    shy_months: frozenset[str]
    month_company: frozenset[str]
    year_company: frozenset[str]
    ordinals: tuple[str, ...]
    first: str
    of: tuple[str, ...]
    day_ties: tuple[str, ...]
    day_articles: tuple[str, ...]
    day_first: bool
    day_after_month: bool
    units: tuple[str, ...]
    tens: tuple[str, ...]
    hundred: str
    ones: tuple[str, ...]
    fractions: Mapping[str, Decimal]
    and_half: tuple[str, ...]
    sum_ties: tuple[str, ...]
    joined: bool
    number_tie: str
    thousand: str
    one_thousand: str
    point: str
    accented: Mapping[str, str]
    scaled_decimals: bool
    amount_of: tuple[str, ...]
    amount_ties: tuple[str, ...]
    range_ties: tuple[str, ...]
    amount_articles: tuple[str, ...]
    cents_ties: tuple[str, ...]
    cents_company: tuple[str, ...]
    leading_currencies: tuple[str, ...]
    literal_currencies: frozenset[str]
    unnamed_currency: str
    counting_ties: frozenset[str]
    uncounted: frozenset[str]
    relative: RelativeTable
    percent: tuple[str, ...]
    minus: tuple[str, ...]
    about: frozenset[str]
    counted: frozenset[str]
    magnitudes: Mapping[str, int]
    currencies: Mapping[str, str]
    cents: Mapping[str, str]
    measures: Mapping[str, str]


@cache
def value_table(language: str) -> ValueTable:
    """The table of ``language`` (``en`` or ``it``)."""
    path = resources.files("pipeline.languages") / "data" / f"values_{language}.toml"
    plain: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return ValueTable(
        decimal=plain["decimal"],
        grouping=plain["grouping"],
        months={
            name: number
            for number, names in enumerate(plain["months"], 1)
            for name in names.split()
        },
        full_months=frozenset(names.split()[0] for names in plain["months"]),
        shy_months=frozenset(plain["shy_months"].split()),
        month_company=frozenset(plain["month_company"].split()),
        year_company=frozenset(plain["year_company"].split()),
        ordinals=tuple(plain["ordinals"].split()),
        first=plain["first"],
        of=tuple(plain["of"].split()),
        day_ties=_spaced(plain["day_ties"]),
        day_articles=tuple(plain["day_articles"].split()),
        day_first=plain["day_first"],
        day_after_month=plain["day_after_month"],
        units=tuple(plain["units"]),
        tens=tuple(plain["tens"]),
        hundred=plain["hundred"],
        ones=tuple(plain["ones"].split()),
        fractions={
            words.replace("-", " "): Decimal(value)
            for value, forms in plain["fractions"].items()
            for words in forms.split()
        },
        and_half=_spaced(plain["and_half"]),
        sum_ties=tuple(plain["sum_ties"].split()),
        joined=plain["joined"],
        number_tie=plain["number_tie"],
        thousand=plain["thousand"],
        one_thousand=plain["one_thousand"],
        point=plain["point"],
        accented=plain["accented"],
        scaled_decimals=plain["scaled_decimals"],
        amount_of=tuple(plain["amount_of"].split()),
        amount_ties=tuple(plain["amount_ties"].split()),
        range_ties=tuple(plain["range_ties"].split()),
        amount_articles=tuple(plain["amount_articles"].split()),
        cents_ties=tuple(plain["cents_ties"].split()),
        cents_company=tuple(plain["cents_company"].split()),
        leading_currencies=tuple(plain["leading_currencies"].split()),
        literal_currencies=frozenset(plain["literal_currencies"].split()),
        unnamed_currency=plain["unnamed_currency"],
        counting_ties=frozenset(plain["counting_ties"].split()),
        uncounted=frozenset(plain["uncounted"].split()),
        relative=_relative(plain["relative"]),
        percent=tuple(plain["percent"]),
        minus=tuple(plain["minus"].split()),
        about=frozenset(plain["about"].split()),
        counted=frozenset(plain["counted"].split()),
        magnitudes={
            word: _POWERS[power]
            for power, words in plain["magnitudes"].items()
            for word in words.split()
        },
        currencies=_inverted(plain["currencies"]),
        cents=_inverted(plain["cents"]),
        measures=_inverted(plain["measures"]),
    )


def _relative(plain: Mapping[str, Any]) -> RelativeTable:
    return RelativeTable(
        days={word: offset for name, offset in _OFFSETS.items() for word in _spaced(plain[name])},
        weekdays=tuple(plain["weekdays"].split()),
        units={word: unit for unit in _UNITS for word in plain[unit].split()},
        directions={
            word: sign
            for name, sign in (("past", -1), ("present", 0), ("future", 1))
            for word in plain[name].split()
        },
        span_articles=tuple(plain["span_articles"].split()),
        ago=plain["ago"],
        after_word=plain["after_word"],
    )


def _spaced(words: str) -> tuple[str, ...]:
    return tuple(word.replace("-", " ") for word in words.split())


def _inverted(table: Mapping[str, str]) -> dict[str, str]:
    return {word: code for code, words in table.items() for word in _spaced(words)}
