"""Which column of a row holds which field of an article."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import lru_cache

from pipeline.config import FieldSettings
from pipeline.languages.columns import column_key, column_names


@lru_cache(maxsize=256)
def columns_of(columns: tuple[str, ...], settings: FieldSettings) -> Mapping[str, str]:
    """For each field that a row with these columns has, the name of its column.

    A column that the settings name wins. Where a setting has its default, other known names of the
    field are tried in the order of their table.

    >>> columns_of(("Titolo", "Testo", "occhiello"), FieldSettings())
    {'text': 'Testo', 'title': 'Titolo'}
    """
    written = {column_key(column): column for column in reversed(columns)}
    found: dict[str, str] = {}
    for field in dataclasses.fields(FieldSettings):
        named = getattr(settings, field.name)
        known = column_names()[field.name] if named == field.default else ()
        if named in columns:
            found[field.name] = named
        elif column := next((written[name] for name in known if name in written), None):
            found[field.name] = column
    return found
