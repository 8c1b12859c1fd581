"""How each language writes numbers, dates, amounts and measures.

The tables are ``data/values_en.toml`` and ``data/values_it.toml``. In them a hyphen inside a
currency, measure or tie stands for white space. Currencies have ISO 4217 codes, measures UCUM
symbols.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
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

_POWERS = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


@dataclass(frozen=True, slots=True)
class ValueTable:
    """The words of one language; ``units`` go from zero to nineteen, ``tens`` from
    twenty to ninety."""

    decimal: str
    grouping: str
    months: Mapping[str, int]
    shy_months: frozenset[str]
    month_company: frozenset[str]
    year_company: frozenset[str]
    ordinals: tuple[str, ...]
    first: str
    of: tuple[str, ...]
    day_ties: tuple[str, ...]
    units: tuple[str, ...]
    tens: tuple[str, ...]
    hundred: str
    ones: tuple[str, ...]
    half: str
    percent: tuple[str, ...]
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
        shy_months=frozenset(plain["shy_months"].split()),
        month_company=frozenset(plain["month_company"].split()),
        year_company=frozenset(plain["year_company"].split()),
        ordinals=tuple(plain["ordinals"].split()),
        first=plain["first"],
        of=tuple(plain["of"].split()),
        day_ties=_spaced(plain["day_ties"]),
        units=tuple(plain["units"]),
        tens=tuple(plain["tens"]),
        hundred=plain["hundred"],
        ones=tuple(plain["ones"].split()),
        half=plain["half"],
        percent=tuple(plain["percent"]),
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


def _spaced(words: str) -> tuple[str, ...]:
    return tuple(word.replace("-", " ") for word in words.split())


def _inverted(table: Mapping[str, str]) -> dict[str, str]:
    return {word: code for code, words in table.items() for word in _spaced(words)}
