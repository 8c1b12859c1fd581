"""Money, percentages and measured quantities."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache

from pipeline.core.layers import Value
from pipeline.core.spans import Span
from pipeline.languages.quantities import CODES, RAND, SYMBOLS, ValueTable, value_table
from pipeline.stages.values.numbers import (
    DIGITS,
    FIGURES,
    any_of,
    decimal_text,
    number_words,
    read_figures,
    read_words,
)

# A noun so many characters before a bare number is what it counts: "abbonati passati da 20
# milioni a 3 miliardi".
COUNTED_WITHIN = 60


def _number(language: str, name: str) -> str:
    half = re.escape(value_table(language).half)
    return rf"""
        (?: (?P<{name}_figures>{FIGURES})
          | (?<!\w)(?P<{name}_words>{number_words(language)})
          | (?<!\w)(?P<{name}_half>{half})
        )
    """


@cache
def _money(language: str) -> re.Pattern[str]:
    """Signs before and after, currency words and codes, a first amount that borrows the rest."""
    table = value_table(language)
    magnitude = rf"(?:{any_of(table.magnitudes)})(?!\w)"
    signs = any_of(SYMBOLS)
    # Codes in capitals only ("try 5 times"); R for rand only before an amount ("R101" is a road).
    codes = f"(?-i:{any_of(sorted({*table.currencies.values(), *CODES}))})"
    rand = rf"(?-i:R)(?=\d{{1,3}}(?:[.,]\d{{3}})+|\d+(?:[.,]\d+)?\s?{magnitude})"
    words = any_of({*table.currencies, *table.cents})
    of = rf"(?:\s+(?:{any_of(table.amount_of)})(?:\s+|(?<=['’])\s*)|\s*)"
    ties = rf"(?:\s*[-–]\s*|\s+(?:{any_of(table.amount_ties)})\s+)"
    return re.compile(
        rf"""
        (?<!\w)(?P<sign>{signs}|{codes}(?=\s?\d)|{rand})\s?
            (?P<signed>{DIGITS})
            (?:[\s-]?(?P<signed_magnitude>{magnitude}))?
      | (?:(?P<first>{FIGURES}){ties})?
        {_number(language, "amount")}
            (?:\s?-?(?P<magnitude>{magnitude}))?
            (?:{of}(?:(?P<currency>{words}|{codes})(?!\w)|(?P<sign_after>{signs})(?!\d)))
            (?:\s+(?:{any_of(table.cents_ties)})\s+(?P<cents>\d\d)(?!\w|[.,]\d))?
        """,
        re.VERBOSE | re.IGNORECASE,
    )


def money(text: str, language: str) -> Iterator[Value]:
    """Amounts of money with their currency; values such as ``EUR 3500000``."""
    table = value_table(language)
    if not _anchor(language).search(text):
        return
    for match in _money(language).finditer(text):
        if match["sign"]:
            amount = _scaled(match["signed"], match["signed_magnitude"], language)
            yield _value(_sign_code(match["sign"]), amount, match.span())
        elif _is_amount(match, table):
            code, amount = _named(match, table, language)
            yield from _first(match, code, amount, language)
            yield _value(code, amount, (_start(match, "amount"), match.end()))


@cache
def _anchor(language: str) -> re.Pattern[str]:
    """What every amount has somewhere: a sign, a code or a currency's name."""
    table = value_table(language)
    words = any_of({*table.currencies, *table.cents, *table.currencies.values(), *CODES})
    return re.compile(
        rf"[{''.join(sorted(set(''.join(SYMBOLS))))}]|\d(?:{words})|\b(?:{words})\b|R\d\d", re.I
    )


def unnamed_money(text: str, language: str, currency: str) -> Iterator[Value]:
    """Numbers of millions or more in ``currency``, which is not named: *altri 45 milioni*.

    A noun after the number says that it counts something else.
    """
    if not any(word in text for word in value_table(language).magnitudes if len(word) > 4):
        return
    for match in _millions(language).finditer(text):
        before = text[max(match.start() - COUNTED_WITHIN, 0) : match.start()].lower().split()
        counted = not value_table(language).counted.isdisjoint(before)
        if not counted and not _counts_something(match, language):
            amount = _amount(match, "amount", match["magnitude"], language)
            yield _value(currency, amount, match.span())


@cache
def _millions(language: str) -> re.Pattern[str]:
    magnitudes = value_table(language).magnitudes
    full = any_of([word for word, power in magnitudes.items() if power > 1000 and len(word) > 2])
    return re.compile(
        rf"""{_number(language, "amount")}\s(?P<magnitude>{full})(?!\w)
        (?=(?P<after>\s*(?:[.,;:)»”"]|\Z|\w+)))""",
        re.VERBOSE | re.IGNORECASE,
    )


def _is_amount(match: re.Match[str], table: ValueTable) -> bool:
    """*a pound*, *una lira* alone are figures of speech more often than amounts."""
    words = match["amount_words"]
    spoken = bool(words) and words.lower() in table.ones and not match["magnitude"]
    return not spoken or (match["currency"] or "").lower() in table.literal_currencies


def _sign_code(sign: str) -> str:
    signs = {**CODES, **RAND, **SYMBOLS}
    return signs.get(sign.upper(), sign.upper())


def _named(match: re.Match[str], table: ValueTable, language: str) -> tuple[str, Decimal]:
    amount = _amount(match, "amount", match["magnitude"], language)
    if match["sign_after"]:
        return SYMBOLS[match["sign_after"].upper()], amount
    word = re.sub(r"\s+", " ", match["currency"].lower()).replace("’", "'")
    if word in table.cents:
        return table.cents[word], amount / 100
    code = table.currencies.get(word) or _sign_code(word)
    if match["cents"]:
        amount += Decimal(match["cents"]) / 100
    return code, amount


def _first(match: re.Match[str], code: str, second: Decimal, language: str) -> Iterator[Value]:
    """The first of two amounts: *tra 10 e 12 euro*, *2-3 million euros*; not *nel 2028 a 900*."""
    amount = _scaled(match["first"] or "0", match["magnitude"], language)
    if 0 < amount < second:
        yield _value(code, amount, match.span("first"))


def _counts_something(match: re.Match[str], language: str) -> bool:
    after = match["after"].strip().lower()
    table = value_table(language)
    if table.counting_ties:
        return after in table.counting_ties
    return after[:1].isalpha() and after not in table.uncounted


def _start(match: re.Match[str], name: str) -> int:
    groups = (f"{name}_figures", f"{name}_words", f"{name}_half")
    return next(match.start(group) for group in groups if match[group])


def _amount(match: re.Match[str], name: str, magnitude: str | None, language: str) -> Decimal:
    if match[f"{name}_figures"]:
        return _scaled(match[f"{name}_figures"], magnitude, language)
    number = (
        Decimal("0.5") if match[f"{name}_half"] else read_words(match[f"{name}_words"], language)
    )
    return number * _power(magnitude, language)


def _scaled(figures: str, magnitude: str | None, language: str) -> Decimal:
    return read_figures(figures, language, bool(magnitude)) * _power(magnitude, language)


def _power(magnitude: str | None, language: str) -> int:
    return value_table(language).magnitudes[magnitude.lower()] if magnitude else 1


def _value(code: str, amount: Decimal, at: tuple[int, int]) -> Value:
    return Value("MONEY", f"{code} {decimal_text(amount)}", Span(*at))


@cache
def _percent(language: str) -> re.Pattern[str]:
    table = value_table(language)
    sign = rf"(?:\s?%|\s+(?:{any_of(table.percent)})(?!\w))"
    articles = any_of(table.amount_articles)
    ties = (
        rf"(?:\s*[-–]\s*|\s+(?:{any_of(table.amount_ties)})\s+"
        rf"(?:(?:{articles})(?:\s+|(?<=['’])))?)"
    )
    return re.compile(
        rf"(?:(?P<first>{FIGURES}){ties})?{_number(language, 'amount')}{sign}",
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
        start = _start(match, "amount")
        amount = _amount(match, "amount", None, language)
        if (match["amount_words"] or "").lower() in value_table(language).ones:
            continue
        first = read_figures(match["first"] or "0", language)
        if 0 < first < amount:
            yield Value("PERCENT", decimal_text(first), Span(*match.span("first")))
        if _is_negative(text, start, match):
            start, amount = start - 1, -amount
        yield Value("PERCENT", decimal_text(amount), Span(start, match.end()))


def _is_negative(text: str, start: int, match: re.Match[str]) -> bool:
    return (
        not match["first"]
        and text[start - 1 : start] in ("-", "\N{MINUS SIGN}")
        and not text[max(start - 2, 0) : start - 1].isalnum()
    )


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
        amount = _scaled(match["amount"], match["magnitude"], language)
        symbol = _measures(language)[unit]
        yield Value("QUANTITY", f"{decimal_text(amount)} {symbol}", Span(*match.span()))
