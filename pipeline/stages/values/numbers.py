"""Numbers in figures and words, in both languages' formats."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal
from functools import cache

from pipeline.languages.quantities import value_table

BOUNDARY = r"(?<![\w.,/])"  # figures behind it are no part of a word, version or date
DIGITS = r"""
    (?:
        \d{1,3}(?:,\d{3})+(?:\.\d{1,2})?(?!\d)   # 1,234.56
      | \d{1,3}(?:\.\d{3})+(?:,\d{1,2})?(?!\d)   # 1.234,56
      | \d{1,3}(?:[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}]\d{3})+
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
    table = value_table(language)
    tens, units = "|".join(table.tens), "|".join([*table.units, *table.ones])
    if table.joined:
        stems = "|".join(word[:-1] for word in table.tens)  # ventuno, ventotto
        digits = "|".join([*table.units[1:10], *table.accented])
        small = rf"(?:(?:{tens}|{stems})(?:{digits})?|{units})"
        pattern = rf"(?:(?:{units})?{table.hundred}{small}?|{small})"
    else:
        small = rf"(?:(?:{tens})(?:[ -](?:{units}))?|{units})"
        tie = table.number_tie
        pattern = rf"(?:(?:{units})[ ]{table.hundred}(?:[ ]{tie}[ ]{small})?|{small})"
    return pattern + "(?=" + "|".join([r"\W", *(rf"{word}\b" for word in table.suffixes)]) + ")"


def read_words(words: str, language: str) -> Decimal:
    """The number that ``words`` (matched by `number_words`) stand for.

    >>> read_words("three hundred and twenty-five", "en"), read_words("duecentoventuno", "it")
    (Decimal('325'), Decimal('221'))
    """
    table = value_table(language)
    plain = words.lower()
    for accented, bare in table.accented.items():
        plain = plain.replace(accented, bare)
    before, hundred, rest = plain.rpartition(table.hundred)
    total = (_small(before, language) or 1) * 100 if hundred else 0
    return Decimal(total + _small(rest.replace(table.number_tie, ""), language))


def _small(words: str, language: str) -> int:
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
            return value * 10 + _small(plain.removeprefix(ten).removeprefix(stem), language)
    return 0
