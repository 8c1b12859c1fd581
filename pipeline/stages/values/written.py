"""The day of an article: from its metadata, else from a line that was put aside."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from pipeline.core.layers import Raw, Text
from pipeline.languages import other
from pipeline.stages.values.dates import dates, exists

# Kinds of removed lines that tell when the article appeared; footers and comments have dates too.
DATED_KINDS = frozenset({"date", "byline"})

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


def _days(text: str, language: str) -> Iterator[datetime.date]:
    for value in dates(text, language):
        if exists(value.value):
            yield datetime.date.fromisoformat(value.value)
