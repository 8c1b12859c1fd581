"""Dates told from the day of writing: *yesterday*, *lunedì scorso*, *three weeks ago*.

They are read only where the article has a date. The value is as exact as the words: a day, a week
(``2026-W10``), a month or a year; what lies beyond the calendar's years 1 to 9999 has none. A bare
weekday may lie before or after and is left out, as are weeks and months *from now*, and spans that
reach up to the day of writing, which are no dates (*over the last year*, *nell'ultimo anno*).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from functools import cache

from pipeline.core.layers import Value
from pipeline.core.spans import Span
from pipeline.languages.quantities import value_table
from pipeline.stages.values.numbers import any_of, number_words, read_words

_DAYS = {"day": 1, "week": 7}
_REACH = 60  # characters before a number that may hold another one


def relative_dates(text: str, language: str, today: datetime.date) -> Iterator[Value]:
    """Dates in ``text`` that count from ``today``, in text order."""
    for match in _pattern(language).finditer(text):
        value = _value(match, language, today)
        if value and not _is_inexact(text, match, language):
            yield Value("DATE", value, Span(*match.span()))


@cache
def _pattern(language: str) -> re.Pattern[str]:
    """A number holds all its figures (not the *000 years ago* of *2,000 years ago*, nor the *5* of
    *4–5*), and *the last week of March* counts from March."""
    table = value_table(language).relative
    whole = rf"(?!\s+(?:{any_of(value_table(language).of)})\b)"
    days = any_of(table.days)
    words = any_of([*table.weekdays, *table.units])
    turn = any_of(table.directions)
    # "the last year" is a span, "last year" a year.
    bare = "".join(rf"(?<!\b{word}\s)" for word in table.span_articles)
    behind = rf"| (?P<named>{words})\s+(?P<turned>{turn})" if table.after_word else ""
    return re.compile(
        rf"""
        (?<![\w-])
        (?: (?P<day>{days})
          | (?: {bare}(?P<turn>{turn})\s*(?P<word>{words}) {behind} ){whole}
          | (?<!\d[.,/–])
            (?P<number>\d{{1,3}}|{number_words(language)})\s+(?P<unit>{any_of(table.units)})
            \s+{table.ago}
        )
        (?![\w-])
        """,
        re.VERBOSE | re.IGNORECASE,
    )


@cache
def _inexact(language: str) -> re.Pattern[str]:
    """What ends with a number that is not all: *three or four*, *two years and three*, *half a*."""
    table = value_table(language)
    number = rf"(?:\d+|{number_words(language)})"
    units, ties = any_of(table.relative.units), any_of(table.amount_ties)
    return re.compile(
        rf"(?<!\w)(?:(?:{number}|{units})\s+(?:{ties})\s+{number}|{any_of(table.fractions)})\s*\Z",
        re.IGNORECASE,
    )


def _is_inexact(text: str, match: re.Match[str], language: str) -> bool:
    if not match["unit"]:
        return False
    return bool(
        _inexact(language).search(text, max(match.start() - _REACH, 0), match.start("unit"))
    )


def _value(match: re.Match[str], language: str, today: datetime.date) -> str | None:
    table = value_table(language).relative
    groups = match.groupdict()
    if match["day"]:
        return _days_away(today, table.days[_plain(match["day"])])
    if match["unit"]:
        figures = match["number"]
        number = int(figures) if figures.isdigit() else int(read_words(figures, language))
        return _units_away(today, table.units[_plain(match["unit"])], -number, exact=True)
    word = _plain(match["word"] or groups["named"])
    sign = table.directions[_plain(match["turn"] or groups["turned"])]
    if word in table.weekdays:
        return _weekday(today, table.weekdays.index(word), sign)
    return _units_away(today, table.units[word], sign, exact=False)


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", words.lower()).replace("’", "'")


def _days_away(today: datetime.date, days: int) -> str | None:
    day = _away(today, days)
    return day.isoformat() if day else None


def _away(today: datetime.date, days: int) -> datetime.date | None:
    """The day so many days from ``today``; None beyond the calendar: some systems write 9999-12-31
    for *no date*."""
    try:
        return today + datetime.timedelta(days)
    except OverflowError:
        return None


def _weekday(today: datetime.date, weekday: int, sign: int) -> str | None:
    """The last or next such day before or after ``today``; *this Friday* is not certain."""
    if sign == 0:
        return None
    away = (weekday - today.weekday()) % 7
    return _days_away(today, away or 7) if sign > 0 else _days_away(today, (away or 7) - 7 or -7)


def _units_away(today: datetime.date, unit: str, number: int, *, exact: bool) -> str | None:
    """So many units from ``today``: a year, a month, a week, or (``exact``) a day."""
    if unit == "year":
        return _in_calendar(today.year + number)
    if unit == "month":
        months = today.year * 12 + today.month - 1 + number
        year = _in_calendar(months // 12)
        return f"{year}-{months % 12 + 1:02}" if year else None
    if unit == "day" and not exact:
        return None
    day = _away(today, _DAYS[unit] * number)
    if day and unit == "week":
        year_of_week, week, _ = day.isocalendar()
        return f"{year_of_week:04}-W{week:02}"
    return day.isoformat() if day else None


def _in_calendar(year: int) -> str | None:
    return f"{year:04}" if datetime.MINYEAR <= year <= datetime.MAXYEAR else None
