"""One spelling for all spellings of a name: the key under which tables and groups look names up."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "´": "'"})
# Letters that Unicode does not decompose, with their usual plain spelling.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
_INITIALS = re.compile(r"(?<=\b[^\W\d])\.(?=\s?\w\b|\s|$)")
_SEPARATORS = re.compile(
    r"[\s\-‐‑–—/_]+|(?<=[^\W\d_])(?=\d[\d.]*\w?(?!\w))"
)  # "GPT-4", "GPT 4", "GPT4"


@lru_cache(maxsize=1 << 15)  # a few thousand words make most of any article
def fold(form: str) -> str:
    """``form`` without case, accents, dots of initials and kinds of separators; a number after
    letters stands apart.

    >>> fold("Wollschläger"), fold("U.S."), fold("Al-Khatib"), fold("L’Aquila")
    ('wollschlager', 'us', 'al khatib', "l'aquila")
    >>> {fold(form) for form in ("Claude 3.5", "Claude3.5", "CLAUDE-3.5")}
    {'claude 3.5'}
    """
    plain = form.casefold() if form.isascii() else _without_accents(form)
    return _SEPARATORS.sub(" ", _INITIALS.sub("", plain)).strip()


def _without_accents(form: str) -> str:
    decomposed = unicodedata.normalize("NFKD", form.translate(_APOSTROPHES))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return plain.casefold().translate(_PLAIN)


def slug(form: str) -> str:
    """``form`` as a part of an identifier: lower-case ASCII letters, digits and hyphens.

    >>> slug("Università di Bologna")
    'universita-di-bologna'
    """
    ascii_only = fold(form).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-") or "unnamed"
