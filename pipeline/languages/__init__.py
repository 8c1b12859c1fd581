"""What the pipeline knows about each language: tables, one module per subject."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

_DATA = Path(__file__).parent / "data"

LANGUAGES: Final = ("en", "it")
LANGUAGE_NAMES: Final = {"english": "en", "inglese": "en", "italian": "it", "italiano": "it"}
"""What metadata may call a language beside its code, in lower case."""


def other(language: str) -> str:
    """The other one of the two languages.

    >>> other("it")
    'en'
    """
    return "it" if language == "en" else "en"


DIRECTIONS: Final = tuple(f"{code}-{other(code)}" for code in LANGUAGES)
"""What can be translated: ``en-it`` and ``it-en``."""


@cache
def tables_digest() -> str:
    """A digest of all tables: an edited table is another version of every stage."""
    digest = hashlib.sha256()
    for path in sorted(_DATA.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
