"""The day of an article: from its metadata, a line that was put aside, or its dateline."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from functools import cache

from pipeline.core.layers import Raw, Text
from pipeline.languages import other
from pipeline.languages.quantities import value_table
from pipeline.stages.values.dates import dates, exists
from pipeline.stages.values.numbers import any_of

# Kinds of removed lines that tell when the article appeared; footers and comments have dates too.
DATED_KINDS = frozenset({"date", "byline"})

# A dateline opens the article or one of the paragraphs under its headline.
OPENING = 4
MAX_DATELINE = 120

# Behind the date: "(Meridiana) -", "/NewsLine/ --", "–".
_AGENCY_AND_DASH = re.compile(r"\s*(?:(?:\([^()\n]{2,40}\)|/[^/\n]{2,40}/)\s*)?[–—-]{1,2}(?!\w)")
_ISO = re.compile(r"\s*[0-9]{4}-[0-9]{2}")


def written_on(date: str | None, language: str) -> datetime.date | None:
    """The day of an article from its metadata (*2026-03-04T10:00*, *4 marzo 2026*), or None."""
    if not date:
        return None
    for text, code in ((date[:10], language), (date, language), (date, other(language))):
        for day in _days(text, code):
            return day
    return None


def declared_day(date: str, language: str) -> datetime.date | None:
    """The day that metadata write in words or figures of the article's language (*4 marzo 2026*,
    *04/03/2026*); None where they have it in ISO 8601, or nothing certain."""
    return None if _ISO.match(date) else next(_days(date, language), None)


def date_line(raw: Raw, text: Text) -> datetime.date | None:
    """The day in the first date line or byline put aside, the earlier of two: *Published Aug. 14,
    2024 | Updated Aug. 16, 2024*. None where no line has a full date.

    Lines are read in the article's language: 3/4/2024 is certain in Italian only.
    """
    if not text.paragraphs:
        return None
    language = text.paragraphs[0].language
    lines = (item.raw.of(raw.text) for item in text.removed if item.kind in DATED_KINDS)
    days = (list(_days(line, language)) for line in lines)
    return min(next(filter(None, days), []), default=None)


def dateline(text: Text) -> datetime.date | None:
    """The day in the dateline of an article: *ROMA, 12 marzo 2026 (Meridiana) - Il governo …*.

    Several days are a list of events, which dates nothing.
    """
    days = {
        day
        for paragraph in text.paragraphs[:OPENING]
        for day in _dateline_days(paragraph.span.of(text.text)[:MAX_DATELINE], paragraph.language)
    }
    return days.pop() if len(days) == 1 else None


def _dateline_days(opening: str, language: str) -> Iterator[datetime.date]:
    for value in dates(opening, language):
        placed = _place(language).fullmatch(opening, 0, value.span.start)
        if placed and _AGENCY_AND_DASH.match(opening, value.span.end) and exists(value.value):
            yield datetime.date.fromisoformat(value.value)


@cache
def _place(language: str) -> re.Pattern[str]:
    """What stands before the date: *(Meridiana) - Roma,*, *MILAN, Italy,*, *Carpi (Modena),
    giovedì*."""
    weekdays = any_of(value_table(language).relative.weekdays)
    capitalised = r"[^\W\d_a-zà-ÿ][\w'’.-]*"
    return re.compile(
        rf"(?:\([^()\n]{{2,40}}\)\s*[–—-]{{1,2}}\s*)?"
        rf"{capitalised}(?:[ ,]{{1,2}}(?:[a-z]{{1,4}}\s|[a-z]{{1,4}}['’])?{capitalised}){{0,5}}"
        rf"(?:\s\([^()\n]{{2,30}}\))?,?\s*(?:(?i:{weekdays}),?\s*)?"
    )


def _days(text: str, language: str) -> Iterator[datetime.date]:
    for value in dates(text, language):
        if exists(value.value):
            yield datetime.date.fromisoformat(value.value)
