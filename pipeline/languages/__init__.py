"""What the pipeline knows about each language: tables, one module per subject."""

from __future__ import annotations

from typing import Final

LANGUAGES: Final = ("en", "it")


def other(language: str) -> str:
    """The other one of the two languages.

    >>> other("it")
    'en'
    """
    return "it" if language == "en" else "en"
