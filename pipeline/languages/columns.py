"""What exports call the columns of an article, beside the names that the settings have.

The tables are ``data/columns_{en,it}.toml``. Letter case does not count, and blanks, hyphens,
points and low lines are one: *Data pubblicazione* is ``data_pubblicazione``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from pipeline.languages import LANGUAGES

_BETWEEN = re.compile(r"[\s._-]+")


def column_key(name: str) -> str:
    """A column's name as names are compared.

    >>> column_key(" Data-Pubblicazione ")
    'data pubblicazione'
    """
    return _BETWEEN.sub(" ", name).strip().casefold()


@cache
def column_names() -> Mapping[str, tuple[str, ...]]:
    """For each field of an article its known names, as `column_key` writes them.

    >>> "testo" in column_names()["text"], "headline" in column_names()["title"]
    (True, True)
    """
    folder = resources.files("pipeline.languages") / "data"
    tables = [
        tomllib.loads((folder / f"columns_{code}.toml").read_text("utf-8")) for code in LANGUAGES
    ]
    return {
        field: (field, *(name for table in tables for name in table[field])) for field in tables[0]
    }
