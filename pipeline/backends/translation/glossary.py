"""Names and terms that have one fixed translation, or none: the user's glossary.

A CSV or JSON Lines file with the columns ``en`` and ``it``, and optionally ``direction`` (``en-it``
or ``it-en``; empty: both ways). The same text in both columns is a name to be kept. A term matches
whole words: as it is written when it holds a capital, in any case otherwise.

A term goes to the engine in the target language already; engines leave alone what they take for a
foreign name. The answer must then hold it, or it is no good answer.

>>> glossary = parse_glossary("en,it\\ncentral bank,banca centrale\\n", "terms.csv")
>>> glossary.fix("The central bank said no.", "en", "it")
('The banca centrale said no.', ('banca centrale',))
>>> glossary.settled("Central bank:", "en", "it")
'Banca centrale:'
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipeline.errors import UsageError
from pipeline.languages import DIRECTIONS, LANGUAGES
from pipeline.languages.rows import read_rows, read_text

_COLUMNS: Final = (*LANGUAGES, "direction")
# A sentence may begin behind these: "He resigned. Central bank officials", "- Central bank".
_OPENING: Final = " \t\"'‘’“”«»()[]-–—•*"
_ENDS: Final = (".", "!", "?", ":", "…", "\n")


@dataclass(frozen=True, slots=True)
class Glossary:
    """Terms by direction, each with its translation; ``identity`` changes with the content."""

    terms: Mapping[str, Mapping[str, str]]
    identity: str

    def fix(self, text: str, source: str, target: str) -> tuple[str, tuple[str, ...]]:
        """``text`` with its terms in the target language, and these translations; the capital of
        a sentence stays."""
        terms = self.terms.get(f"{source}-{target}")
        if not terms:
            return text, ()
        required: dict[str, None] = {}

        def replaced(match: re.Match[str]) -> str:
            written = match[0] in terms
            term = match[0] if written else match[0].lower()
            if term not in terms:
                return match[0]
            required[terms[term]] = None
            return terms[term] if written else _spelt(match, terms[term])

        return _pattern(tuple(terms)).sub(replaced, text), tuple(required)

    def settled(self, text: str, source: str, target: str) -> str | None:
        """The translation of ``text`` where nobody needs to be asked, for all its letters are in
        terms ("Central bank, York", "2025"); None otherwise."""
        terms = self.terms.get(f"{source}-{target}")
        rest = _pattern(tuple(terms)).sub("", text) if terms else text
        return None if any(map(str.isalpha, rest)) else self.fix(text, source, target)[0]


EMPTY: Final = Glossary({}, "")


def read_glossary(path: str) -> Glossary:
    """The glossary in the file ``path``; an empty one for "".

    Raises: UsageError as `parse_glossary` does, and for a file that cannot be read.
    """
    return parse_glossary(read_text(Path(path), "glossary"), path) if path else EMPTY


def parse_glossary(text: str, file: str) -> Glossary:
    """The glossary in ``text``, which comes from ``file``.

    Raises: UsageError with file and line for unknown columns, empty or wrong values, and a term
    that is given two translations.
    """
    terms: dict[str, dict[str, str]] = {direction: {} for direction in DIRECTIONS}
    lines: dict[tuple[str, str], int] = {}
    for line, row in read_rows(text, file, _COLUMNS, required=LANGUAGES):
        where = f"{file}, line {line}"
        pair = {code: _term(row[code], code, where) for code in LANGUAGES}
        for direction in _directions(row, where):
            source, target = (pair[code] for code in direction.split("-"))
            first = lines.setdefault((direction, source), line)
            if terms[direction].setdefault(source, target) != target:
                raise UsageError(
                    f"{where}: {source!r} already has another translation in line {first}; a "
                    f"direction (en-it or it-en) in each row may tell them apart."
                )
    return Glossary(terms, hashlib.sha256(text.encode()).hexdigest()[:12])


def holding(answer: str, terms: tuple[str, ...]) -> str | None:
    """``answer`` with every one of ``terms`` in its own spelling; None when one is missing.

    >>> holding("Lo dice la Banca Centrale.", ("banca centrale",))
    'Lo dice la banca centrale.'
    """
    for term in terms:
        pattern = re.compile(rf"(?<!\w){re.escape(term)}(?!\w)", re.IGNORECASE)
        if not pattern.search(answer):
            return None
        answer = pattern.sub(lambda match, term=term: _spelt(match, term), answer)  # type: ignore[misc]
    return answer


def _spelt(match: re.Match[str], term: str) -> str:
    """The term; a sentence may begin with a capital."""
    before = match.string[: match.start()].rstrip(_OPENING)
    capital = match[0][0].isupper() and (not before or before.endswith(_ENDS))
    return term[0].upper() + term[1:] if capital else term


def _pattern(terms: tuple[str, ...]) -> re.Pattern[str]:
    """Matches whole terms, the longest first; only terms without a capital match in any case."""
    ordered = sorted(terms, key=lambda term: (-len(term), term))
    cases = (f"(?i:{re.escape(term)})" if term.islower() else re.escape(term) for term in ordered)
    return re.compile(rf"(?<!\w)(?:{'|'.join(cases)})(?!\w)")


def _term(value: object, code: str, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f"{where}: {code} is {value!r}; it must be a term.")
    return " ".join(value.split())


def _directions(row: Mapping[str, Any], where: str) -> tuple[str, ...]:
    direction = row.get("direction") or ""
    if direction and direction not in DIRECTIONS:
        known = " or ".join(DIRECTIONS)
        raise UsageError(f"{where}: direction is {direction!r}; it must be {known}, or empty.")
    return (direction,) if direction else DIRECTIONS
