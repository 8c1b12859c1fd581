"""Dates told from the day of writing: *yesterday*, *lunedì scorso*, *three weeks ago*.

They are read only where the article has a date. The value is as exact as the words: a day, a week
(``2026-W10``), a month or a year. A bare weekday may lie before or after and is left out, as are
weeks and months *from now*.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from functools import cache

from pipeline.core.layers import Value
from pipeline.core.spans import Span
from pipeline.languages import other
from pipeline.languages.quantities import value_table
from pipeline.stages.values.dates import dates
from pipeline.stages.values.numbers import any_of, number_words, read_words

_DAYS = {"day": 1, "week": 7}


def written_on(date: str | None, language: str) -> datetime.date | None:
    """The day of an article from its metadata (*2026-03-04T10:00*, *4 marzo 2026*), or None."""
    if not date:
        return None
    for text, code in ((date[:10], language), (date, language), (date, other(language))):
        for value in dates(text, code):
            if len(value.value) == len("2026-03-04") and value.value[0].isdigit():
                return datetime.date.fromisoformat(value.value)
    return None


def relative_dates(text: str, language: str, today: datetime.date) -> Iterator[Value]:
    """Dates in ``text`` that count from ``today``, in text order."""
    for match in _pattern(language).finditer(text):
        value = _value(match, language, today)
        if value:
            yield Value("DATE", value, Span(*match.span()))


@cache
def _pattern(language: str) -> re.Pattern[str]:
    table = value_table(language).relative
    days = any_of(table.days)
    words = any_of([*table.weekdays, *table.units])
    turn = any_of(table.directions)
    behind = rf"| (?P<named>{words})\s+(?P<turned>{turn})" if table.after_word else ""
    return re.compile(
        rf"""
        (?<![\w-])
        (?: (?P<day>{days})
          | (?P<turn>{turn})\s*(?P<word>{words})
          {behind}
          | (?P<number>\d{{1,3}}|{number_words(language)})\s+(?P<unit>{any_of(table.units)})
            \s+{table.ago}
        )
        (?![\w-])
        """,
        re.VERBOSE | re.IGNORECASE,
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


def _days_away(today: datetime.date, days: int) -> str:
    return (today + datetime.timedelta(days)).isoformat()


def _weekday(today: datetime.date, weekday: int, sign: int) -> str | None:
    """The last or next such day before or after ``today``; *this Friday* is not certain."""
    if sign == 0:
        return None
    away = (weekday - today.weekday()) % 7
    return _days_away(today, away or 7) if sign > 0 else _days_away(today, (away or 7) - 7 or -7)


def _units_away(today: datetime.date, unit: str, number: int, *, exact: bool) -> str | None:
    """So many units from ``today``: a year, a month, a week, or (``exact``) a day."""
    if unit == "year":
        return str(today.year + number)
    if unit == "month":
        months = today.year * 12 + today.month - 1 + number
        return f"{months // 12}-{months % 12 + 1:02}"
    day = today + datetime.timedelta(_DAYS[unit] * number)
    if unit == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    return day.isoformat() if exact else None
