"""Amounts of money in figures and words, and first amounts that borrow the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from pipeline.core.layers import Value
from pipeline.core.spans import Span
from pipeline.languages.quantities import CODES, RAND, SYMBOLS, ValueTable, value_table
from pipeline.stages.values.numbers import (
    DIGITS,
    any_of,
    decimal_text,
    number_words,
    read_figures,
    read_words,
)
from pipeline.stages.values.sums import (
    HALF,
    is_one,
    one_number,
    read_sums,
    scaled_pattern,
    sum_pattern,
    sums_of_match,
    two_ties,
)

# A noun so many characters before a bare number is what it counts: "abbonati passati da 20
# milioni a 3 miliardi".
COUNTED_WITHIN = 60
MILLION = 10**6
GROUPED = r"\d{1,3}(?:[.,]\d{3})+(?!\d)"


def money(text: str, language: str) -> Iterator[Value]:
    """Amounts of money with their currency; values such as ``EUR 3500000``."""
    if not _anchor(language).search(text):
        return
    for match in _money(language).finditer(text):
        if match["sign"]:
            yield from _signed(match, language)
        else:
            yield from _named(match, language)


@cache
def _anchor(language: str) -> re.Pattern[str]:
    """What every amount has somewhere: a sign, a code or a currency's name."""
    table = value_table(language)
    words = any_of({*table.currencies, *table.cents, *table.currencies.values(), *CODES})
    signs = "".join(sorted(set("".join(SYMBOLS))))
    return re.compile(rf"[{signs}]|\d(?:{words})|\b(?:{words})\b|R\d\d", re.I)


@cache
def _money(language: str) -> re.Pattern[str]:
    return re.compile(
        rf"{_signed_pattern(language)} | {_named_pattern(language)}",
        re.VERBOSE | re.IGNORECASE,
    )


def _codes(table: ValueTable) -> str:
    """Codes of currencies, in capitals only: not *try 5 times*."""
    return f"(?-i:{any_of(sorted({*table.currencies.values(), *CODES}))})"


def _signed_pattern(language: str) -> str:
    """*$35 million*, *$1.5-2 million*, *$35* before *to $40 million*, *USD 5*, *Euro 842.978*."""
    table = value_table(language)
    magnitude = rf"(?:{any_of(table.magnitudes)})(?!\w)"
    signs = any_of(SYMBOLS)
    codes = _codes(table)
    # R for rand only before an amount ("R101" is a road).
    rand = rf"(?-i:R)(?={GROUPED}|\d+(?:[.,]\d+)?\s?{magnitude})"
    leading = rf"(?:{any_of(table.leading_currencies)})(?=\s(?:{GROUPED}|{DIGITS}\s?{magnitude}))"
    to = rf"\s+(?:{any_of(table.range_ties)})\s+"
    return rf"""
        (?<!\w)(?P<sign>{signs}|{codes}(?=\s?\d)|{rand}|{leading})\s?
            (?P<signed>{DIGITS})
            (?: [\s-]?(?P<magnitude>{magnitude})
              | (?={two_ties(language)}(?:{signs})\s?
                    (?P<next>{DIGITS})[\s-]?(?P<next_magnitude>{magnitude}))
              | [-–](?P<upper>{DIGITS})(?:[\s-]?(?P<upper_magnitude>{magnitude}))?(?![\w%-])
              | {to}(?P<other>{DIGITS})[\s-]?(?P<other_magnitude>{magnitude})
            )?
    """


def _named_pattern(language: str) -> str:
    """*3.5 million euros*, *between 10 and 12 €*, *two dollars and fifty cents*, *3 euro e 20*."""
    table = value_table(language)
    codes = _codes(table)
    currency = rf"(?:{any_of({*table.currencies, *table.cents})}|{codes})(?!\w)"
    of = rf"(?:\s+(?:{any_of(table.amount_of)})(?:\s+|(?<=['’])\s*)|\s*)"
    company = rf"\s*(?:[.;:!?)»”\"]|,(?!\d)|\Z)|\s+(?:{any_of(table.cents_company)})(?!\w)"
    return rf"""
        (?:(?P<first>{one_number(language)}){two_ties(language)})??
        (?P<amount>{sum_pattern(language)})
            \.?{of}(?:(?P<currency>{currency})|(?P<sign_after>{any_of(SYMBOLS)})(?!\d))
            (?: \s+(?:(?:{any_of(table.sum_ties)})\s+)?
                (?P<cents>\d{{1,2}}|{number_words(language)})\s+(?:{any_of(table.cents)})(?!\w)
              | \s+(?:{any_of(table.cents_ties)})\s+
                (?: (?P<bare_cents>\d\d)(?!\w|[.,]\d)
                  | (?P<spelt_cents>{number_words(language)})(?={company}))
              | \s+(?P<half>{any_of(table.and_half)})(?={company})
            )?
    """


def _signed(match: re.Match[str], language: str) -> Iterator[Value]:
    """One amount after a sign, or two (*$2-3 million*); the first may borrow its magnitude."""
    code, start, end = _code(match["sign"], language), match.start(), match.end("signed")
    second = next((name for name in ("next", "upper", "other") if match[name]), None)
    if not second:
        yield _value(
            code, _scaled(match["signed"], match["magnitude"], language), (start, match.end())
        )
        return
    magnitude = match[f"{second}_magnitude"]
    upper = _scaled(match[second], magnitude, language)
    borrowed = _scaled(match["signed"], magnitude, language)
    lower = borrowed if borrowed < upper else _scaled(match["signed"], None, language)
    yield _value(code, lower, (start, end))
    if second != "next" and lower < upper:
        yield _value(code, upper, (match.start(second), match.end()))


def _named(match: re.Match[str], language: str) -> Iterator[Value]:
    table = value_table(language)
    cents = _cents(match, language)
    if is_one(match["amount"], language) and not cents and not _is_literal(match, table):
        return
    code, unit = _currency(match, language)
    *others, last = sums_of_match(match, language)
    for number in others:
        yield _value(code, number.value * unit, (number.span.start, number.span.end))
    amount = last.value * unit + cents
    yield _value(code, amount, (last.span.start, match.end()))


def _currency(match: re.Match[str], language: str) -> tuple[str, Decimal]:
    """The code, and what one of the unit that is named is worth: a cent, a hundredth."""
    table = value_table(language)
    if match["sign_after"]:
        return SYMBOLS[match["sign_after"].upper()], Decimal(1)
    word = re.sub(r"\s+", " ", match["currency"].lower()).replace("’", "'")
    if word in table.cents:
        return table.cents[word], Decimal("0.01")
    return _code(word, language), Decimal(1)


def _is_literal(match: re.Match[str], table: ValueTable) -> bool:
    """*a pound*, *una lira* alone are figures of speech more often than amounts."""
    return (match["currency"] or "").lower() in table.literal_currencies


def _cents(match: re.Match[str], language: str) -> Decimal:
    if match["half"]:
        return HALF
    cents = match["cents"] or match["bare_cents"] or match["spelt_cents"] or "0"
    return (Decimal(cents) if cents.isdigit() else read_words(cents, language)) / 100


def _code(sign: str, language: str) -> str:
    """The ISO 4217 code of a sign, a name or a code."""
    named = value_table(language).currencies.get(sign.lower())
    return named or {**CODES, **RAND, **SYMBOLS}.get(sign.upper(), sign.upper())


def _scaled(figures: str, magnitude: str | None, language: str) -> Decimal:
    power = value_table(language).magnitudes[magnitude.lower()] if magnitude else 1
    return read_figures(figures, language, bool(magnitude)) * power


def _value(code: str, amount: Decimal, at: tuple[int, int]) -> Value:
    return Value("MONEY", f"{code} {decimal_text(amount)}", Span(*at))


def unnamed_money(text: str, language: str, currency: str) -> Iterator[Value]:
    """Numbers of millions or more in ``currency``, which is not named: *altri 45 milioni*.

    A noun after the number says that it counts something else.
    """
    table = value_table(language)
    if not any(word in text for word, power in table.magnitudes.items() if power >= MILLION):
        return
    for match in _millions(language).finditer(text):
        before = text[max(match.start() - COUNTED_WITHIN, 0) : match.start()].lower().split()
        number = read_sums(match["amount"], language)[-1]
        counted = table.counted.difference(table.relative.units)  # "nei tre anni 20 miliardi"
        bare = number.power < MILLION or not counted.isdisjoint(before)
        if not bare and not _counts_something(match, table):
            yield _value(currency, number.value, (match.start() + number.span.start, match.end()))


@cache
def _millions(language: str) -> re.Pattern[str]:
    return re.compile(
        rf"""(?P<amount>{scaled_pattern(language)})(?=(?P<after>\s*(?:[(.,;:)»”"]|\Z|\w+)))""",
        re.VERBOSE | re.IGNORECASE,
    )


def _counts_something(match: re.Match[str], table: ValueTable) -> bool:
    after = match["after"].strip().lower()
    if table.counting_ties:
        return after in table.counting_ties or after in table.counted
    return after[:1].isalpha() and after not in table.uncounted
