"""Which column of a row holds which field of an article."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping
from functools import lru_cache

from pipeline.config import FieldSettings
from pipeline.languages.columns import column_key, column_names

# The day of an article, as far as its column is to be recognised: short, with a year, a day in
# figures or the seconds since 1970. *data* is a date in Italian and anything in English;
# *published* may say "true".
_DATE = re.compile(
    r"""(?=.{4,60}\Z) .*?
    (?: \b(?:19|20)\d\d                    # 2026-03-04, 20260304, 4 marzo 2026
      | \b\d{1,2}[./-]\d{1,2}[./-]\d\d\b   # 04/03/26
      | \b\d{10}(?:\d{3})?\b               # 1772582400
    )""",
    re.VERBOSE | re.DOTALL,
)


def columns_of(row: Mapping[str, str], settings: FieldSettings) -> dict[str, str]:
    """For each field that a row with these values has, the name of its column.

    A column that the settings name wins. Where a setting has its default, other known names of the
    field are tried in the order of their table; one of the date counts when a date stands there.

    >>> row = {"Titolo": "Ponte chiuso", "Testo": "Il ponte...", "Data": "4 marzo 2026"}
    >>> columns_of(row, FieldSettings())
    {'text': 'Testo', 'title': 'Titolo', 'date': 'Data'}
    >>> columns_of({"body": "The bridge...", "data": "It is closed."}, FieldSettings())
    {'text': 'body'}
    """
    found = {}
    for field, columns in _candidates(tuple(row), settings).items():
        fitting = (
            name for name in columns if field != "date" or _is_date(name, row[name], settings)
        )
        if column := next(fitting, None):
            found[field] = column
    return found


def text_column(names: Collection[str], settings: FieldSettings) -> str | None:
    """The one of these columns that holds the text; None when none is known to."""
    return next(iter(_candidates(tuple(names), settings)["text"]), None)


@lru_cache(maxsize=256)
def _candidates(columns: tuple[str, ...], settings: FieldSettings) -> Mapping[str, tuple[str, ...]]:
    """For each field the columns that may hold it, likelier ones first."""
    written = {column_key(column): column for column in reversed(columns)}
    found: dict[str, tuple[str, ...]] = {}
    for field in dataclasses.fields(FieldSettings):
        named = getattr(settings, field.name)
        known = column_names()[field.name] if named == field.default else ()
        others = tuple(written[name] for name in known if name in written)
        found[field.name] = (named,) if named in columns else others
    return found


def _is_date(column: str, value: str, settings: FieldSettings) -> bool:
    """Whether a column is the date by its very name, or holds one."""
    return column == settings.date or column_key(column) == "date" or bool(_DATE.match(value))
