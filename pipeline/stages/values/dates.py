"""Calendar dates, months and years, as ISO 8601 (``--03-12`` and ``--03`` without a year)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from functools import cache

from pipeline.core.layers import Value
from pipeline.core.spans import Span
from pipeline.languages.quantities import ValueTable, value_table

YEAR = r"(?:1[0-9]|20)\d\d"
# Earlier bare years need a preposition, later ones are numbers.
FIRST_BARE_YEAR = 1700
LAST_BARE_YEAR = 2100
IMPOSSIBLE = "impossible_date"


@cache
def _named(language: str) -> re.Pattern[str]:
    """Dates with a month's name: *12 marzo 2026*, *March 12, 2026*, *tra il 9 e l'11 luglio*."""
    table = value_table(language)
    months = "|".join(sorted(table.months, key=lambda name: (-len(name), name)))
    ordinal = "|".join(map(re.escape, table.ordinals))
    day = rf"(?:0?[1-9]|[12]\d|3[01])(?:{ordinal})?"
    articles = "|".join(article.replace("'", "['’]") for article in table.day_articles)
    ties = "|".join(tie.replace(" ", r"\s+").replace("'", "['’]\\s?") for tie in table.day_ties)
    ties = rf"(?:\s?[-–]\s?|\s+(?:{ties})(?:\s+|(?<=['’])))(?:(?:{articles})(?:\s+|(?<=['’])))?"
    of = "|".join(table.of)
    counted = "|".join(sorted(table.counted))
    # "19 giugno-24 luglio", but "Covid-19 marzo".
    behind = "|".join(rf"(?<={name}[-–])" for name in sorted(table.full_months))
    # "March 25", but no day in "nel marzo 25 persone" and "in March 25 people".
    last = rf"{day}(?!\s+(?:{counted})\b)" if table.day_after_month else "(?!)"
    return re.compile(
        rf"""
        (?: (?<![\w.,/:€$£-])
          | (?<=[-–/]) (?: (?<=\w[-–/])(?={months}) | (?:{behind})(?={day}\s) )
        )
        (?:
            (?: (?:(?P<first>{day}){ties})?
                (?P<day>{day}|{re.escape(table.first)})\s+(?:{of}\s+)?
            )?
            (?P<month>{months})(?P<dot>\.(?=\s[\d]))?(?![\w'’]*\w)
            (?: (?:\s+(?P<day_after>{day})(?:\s?[-–]\s?(?P<second>{day}))?(?![\w%]|[.,:]\d))?
                (?P<comma>,?)\s+(?:(?:{of})\s+)?(?P<year>{YEAR})(?![\w%]|[.,]\d)
              | \s+(?P<day_last>{last})(?![\w%]|[.,:]\d)
            )?
        )
        """,
        re.VERBOSE | re.IGNORECASE,
    )


_NUMERIC = re.compile(
    r"""
    (?<![\w./-])
    (?: (?P<iso>\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))
      | (?P<one>\d{1,2})(?P<mark>[/.-])(?P<two>\d{1,2})(?P=mark)(?P<year>(?:19|20)\d\d)
    )
    (?![\w/-]|\.\d)
    """,
    re.VERBOSE,
)
# 2015-2016, 2015-16, 2019/20; but 2003-04-12 is a day.
_YEARS = re.compile(
    rf"(?<![\w.,/:€$£#+-])(?P<year>{YEAR})\s?[-–/]\s?(?P<to>{YEAR}|\d\d)(?![\w%/-]|[.,:]\d)"
)
_BARE_YEAR = re.compile(rf"(?<![\w.,/:€$£#+])(?<!\w-)(?P<year>{YEAR})(?![\w%€$£]|[.,:]\d|-\w)")


def dates(text: str, language: str) -> Iterator[Value]:
    """Dates of a passage in text order; longer readings come first, bare years last."""
    table = value_table(language)
    for match in _NUMERIC.finditer(text):
        value = _numeric_value(match, language)
        if value:
            yield _dated(value, Span(*match.span()))
    for match in _named(language).finditer(text):
        if _is_month(text, match, table):
            yield from _named_values(match, table)
    for match in _YEARS.finditer(text):
        yield from _two_years(text, match, table)
    for match in _BARE_YEAR.finditer(text):
        if _is_year(text, match, table):
            yield Value("DATE", match["year"], Span(*match.span("year")))


def _numeric_value(match: re.Match[str], language: str) -> str | None:
    """Day first in Italian; in English, where both orders are in use, only what is certain."""
    if match["iso"]:
        return match["iso"]
    one, two, year = int(match["one"]), int(match["two"]), match["year"]
    day_first = value_table(language).day_first
    if not day_first and two > 12:
        one, two = two, one
    elif not day_first and one <= 12 and one != two:
        return str(year)
    is_day = 1 <= one <= 31 and 1 <= two <= 12  # "99/99/2024" is no date at all
    return f"{year}-{two:02}-{one:02}" if is_day else None


def exists(value: str) -> bool:
    """Whether a full date stands in the calendar; ``2024-02-31`` does not."""
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _dated(value: str, span: Span) -> Value:
    """A date with its value, or (*31 September*, *29 febbraio 2023*) without one and flagged."""
    in_leap_year = value.replace("--", "2024-", 1) if value.startswith("--") else value
    if len(in_leap_year) == len("2024-01-01") and not exists(in_leap_year):
        return Value("DATE", "", span, (IMPOSSIBLE,))
    return Value("DATE", value, span)


def _named_values(match: re.Match[str], table: ValueTable) -> Iterator[Value]:
    month = table.months[match["month"].lower()]
    year = match["year"]
    if match["day"] and match["day_last"]:
        yield from _first_day(match, month, None)
        yield _date(match.start("day"), match.end("month"), None, month, _day(match["day"], table))
        return
    after = match["day_after"] or match["day_last"]
    day = _day(match["day"] or after, table)
    yield from _first_day(match, month, year)
    start = match.start("day") if match["day"] else match.start("month")
    end = match.end()
    if match["second"] and not year:
        yield _date(match.start("second"), match.end("second"), year, month, int(match["second"]))
    yield _date(start, end, year, month, day)


def _first_day(match: re.Match[str], month: int, year: str | None) -> Iterator[Value]:
    if match["first"]:
        day = int(re.sub(r"\D", "", match["first"]))
        yield _date(match.start("first"), match.end("first"), year, month, day)


def _day(day: str | None, table: ValueTable) -> int | None:
    if not day:
        return None
    return 1 if day.lower() == table.first else int(re.sub(r"\D", "", day))


def _date(start: int, end: int, year: str | None, month: int, day: int | None) -> Value:
    value = f"{year or '-'}-{month:02}" + (f"-{day:02}" if day else "")
    return _dated(value, Span(start, end))


def _is_month(text: str, match: re.Match[str], table: ValueTable) -> bool:
    """Whether a month's name is one: not *may*, *March on*, *Theresa May*, *mar*."""
    name = match["month"]
    dated = match["day"] or match["day_last"] or match["day_after"] or match["year"]
    if dated:
        return True
    full = name.lower() in table.full_months
    if not full:
        return False
    if not table.shy_months:
        return name.islower() or not text[: match.start()].strip() or name.isupper()
    word = _word_before(text, match.start())
    if not name[0].isupper():
        return False
    company = word in table.month_company or word in table.months
    return name.lower() not in table.shy_months or company


def _is_year(text: str, match: re.Match[str], table: ValueTable) -> bool:
    year = int(match["year"])
    word = _word_before(text, match.start())
    early = year < FIRST_BARE_YEAR and word not in table.year_company
    if early or year > LAST_BARE_YEAR:
        return False
    after = re.match(r"[\s-]+(\w+)", text[match.end() :])
    word_after = after[1].lower() if after else ""
    return word_after not in table.counted and word_after not in table.magnitudes


def _two_years(text: str, match: re.Match[str], table: ValueTable) -> Iterator[Value]:
    """Both years of a range, the second perhaps without its century: *the 2015-16 season*."""
    first, last = match["year"], match["to"]
    last = last if len(last) == len(first) else first[:2] + last
    if int(first) < int(last) and _is_year(text, match, table):
        yield Value("DATE", first, Span(*match.span("year")))
        yield Value("DATE", last, Span(*match.span("to")))


def _word_before(text: str, position: int) -> str:
    words = text[max(position - 40, 0) : position].split()
    return words[-1].strip("“”\"'(,").rstrip("-–/").lower() if words else ""
