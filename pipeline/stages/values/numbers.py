"""Numbers in figures and words, in both languages' formats."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal
from functools import cache

from pipeline.languages.quantities import ValueTable, value_table

BOUNDARY = r"(?<![\w.,/])"  # figures behind it are no part of a word, version or date
DIGITS = r"""
    (?:
        \d{1,3}(?:,\d{3})+(?:\.\d{1,2})?(?!\d)   # 1,234.56
      | \d{1,3}(?:\.\d{3})+(?:,\d{1,2})?(?!\d)   # 1.234,56
      | \d{1,3}(?:[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}]\d{3})+
      | \d{1,3}(?:(?:[ ]\d{3}){2,}|[ ]0\d\d)(?!\d)  # 1 234 567, 10 000; but "Bus 12 300 times"
      | \d+(?:[.,]\d+)?                # 7  3.5  3,5
    )
"""
FIGURES = BOUNDARY + DIGITS


NOTHING = r"(?!)"


def any_of(words: Collection[str]) -> str:
    """A pattern of ``words``, longest first, their white space free; of none, what never fits."""
    if not words:
        return NOTHING
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace("\\ ", r"\s+").replace("'", "['’]") for word in ordered)


def decimal_text(value: Decimal) -> str:
    """``value`` in plain figures without needless zeros.

    >>> decimal_text(Decimal("1500000.00")), decimal_text(Decimal("2.50"))
    ('1500000', '2.5')
    """
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def read_figures(figures: str, language: str, scaled: bool = False) -> Decimal:
    """The number that ``figures`` stand for in ``language``.

    Three digits after the language's grouping mark are thousands; but English groups nothing
    before *million* (``scaled``): *1.250 billion* is a decimal even with a misplaced mark.

    >>> read_figures("1,234.5", "en"), read_figures("1.234,5", "it"), read_figures("3.5", "it")
    (Decimal('1234.5'), Decimal('1234.5'), Decimal('3.5'))
    """
    table = value_table(language)
    plain = re.sub(r"\s", "", figures)
    marks = [char for char in plain if char in ".,"]
    if len(set(marks)) == 2:
        plain = plain.replace(marks[0], "").replace(marks[-1], ".")
    elif len(marks) > 1:
        plain = plain.replace(marks[0], "")
    elif marks:
        grouped = marks[0] == table.grouping and re.fullmatch(r"\d{1,3}[.,]\d{3}", plain)
        is_decimal = scaled and table.scaled_decimals
        plain = plain.replace(marks[0], "" if grouped and not is_decimal else ".")
    return Decimal(plain)


@cache
def number_words(language: str) -> str:
    """A pattern of whole numbers below 1,000 in words: *three hundred and fifty*, *ventitré*."""
    return rf"(?:{_below_thousand(language)})(?!\w)"


@cache
def amount_words(language: str) -> str:
    """A pattern of numbers in words as amounts have them: Italian joins thousands
    (*duemilacinquecento*, *mille e cinquecento*), and a fraction may be spelt out (*three point
    five*)."""
    table = value_table(language)
    below = _below_thousand(language)
    number = below
    if table.thousand:
        tie = rf"(?:[ ](?:(?:{any_of(table.sum_ties)})[ ])?)?"
        number = (
            rf"(?:(?:{below}){table.thousand}|{table.one_thousand})(?:{tie}(?:{below}))?|{below}"
        )
    digits = "|".join(table.units)
    return rf"(?:{number})(?!\w)(?:[ ]{table.point}(?:[ ](?:{_small(language)}|{digits})(?!\w))+)?"


@cache
def _small(language: str) -> str:
    """Numbers from 20 to 99 in words."""
    table = value_table(language)
    tens, units = "|".join(table.tens), "|".join(table.units[1:])
    if not table.joined:
        return rf"(?:{tens})(?:[ -](?:{units}))?"
    stems = "|".join(word[:-1] for word in table.tens)  # ventuno, ventotto, ventun milioni
    return rf"(?:{tens}|{stems})(?:{'|'.join([units, *table.accented, *table.ones])})?"


@cache
def _below_thousand(language: str) -> str:
    table = value_table(language)
    small = _small(language)
    units, ones = "|".join([*table.units, *table.accented]), "|".join(table.ones)
    if table.joined:
        elided = f"{table.hundred[:-1]}(?=ott)"  # centottanta
        hundred = (
            rf"(?:(?:{units})[ ]?)?(?:{table.hundred}|{elided})"  # "due cento", "cento ottanta"
        )
        return rf"{hundred}(?:[ ]?(?:{small}|{units}))?|{small}|{units}|{ones}"
    rest = rf"[ ](?:{table.number_tie}[ ])?(?:{small}|{units})"
    return rf"(?:{small}|{units}|{ones})[ ]{table.hundred}(?:{rest})?|{small}|{units}|{ones}"


def read_words(words: str, language: str) -> Decimal:
    """The number that ``words`` (matched by `amount_words`) stand for.

    >>> read_words("three hundred and twenty-five", "en"), read_words("duecentoventuno", "it")
    (Decimal('325'), Decimal('221'))
    >>> read_words("tremilacinquecento", "it"), read_words("three point two", "en")
    (Decimal('3500'), Decimal('3.2'))
    """
    table = value_table(language)
    plain = words.lower()
    for accented, bare in table.accented.items():
        plain = plain.replace(accented, bare)
    whole, _, fraction = plain.partition(f" {table.point} ")
    digits = "".join(str(_read_small(word, language)) for word in fraction.split())
    return Decimal(f"{_read_whole(whole, language)}.{digits or 0}")


def _read_whole(words: str, language: str) -> int:
    table = value_table(language)
    thousands = 0
    if table.thousand and words.startswith(table.one_thousand):
        thousands, words = 1000, words.removeprefix(table.one_thousand)
    elif table.thousand and table.thousand in words:
        before, _, words = words.partition(table.thousand)
        thousands = 1000 * _read_below_thousand(before, language)
    for tie in table.sum_ties if thousands else ():
        words = words.strip().removeprefix(f"{tie} ")
    return thousands + _read_below_thousand(words, language)


def _read_below_thousand(words: str, language: str) -> int:
    table = value_table(language)
    elided = table.hundred[:-1]
    if table.joined and elided + "ott" in words:
        words = words.replace(elided + "ott", table.hundred + "ott")
    before, hundred, rest = words.rpartition(table.hundred)
    total = (_read_small(before, language) or 1) * 100 if hundred else 0
    return total + _read_small(_untied(rest, table), language)


def _untied(words: str, table: ValueTable) -> str:
    return words.strip().removeprefix(f"{table.number_tie} ")


def _read_small(words: str, language: str) -> int:
    """The number below 100 that ``words`` stand for; 0 for none."""
    table = value_table(language)
    plain = words.strip(" -")
    if plain in table.ones:
        return 1
    if plain in table.units:
        return table.units.index(plain)
    for value, ten in enumerate(table.tens, 2):
        stem = ten[:-1] if table.joined else ten
        if plain.startswith(stem):
            rest = plain.removeprefix(ten).removeprefix(stem)
            return value * 10 + _read_small(rest, language)
    return 0
