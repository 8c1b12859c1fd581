"""The words of all documents, for the search box of the report's first page.

An inverted index, small enough to lie in the page: the words in order, and for each the numbers of
the documents that have it, as differences in base 36. `folded` is what the script does to a query.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W_]+")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class WordIndex:
    """Gathers words document by document."""

    def __init__(self) -> None:
        self._documents: dict[str, list[int]] = {}
        self._count = 0

    def add(self, texts: Iterable[str]) -> None:
        """The next document has these texts."""
        for word in set(folded(" ".join(texts))):
            self._documents.setdefault(word, []).append(self._count)
        self._count += 1

    def lines(self, order: Sequence[int]) -> tuple[str, str]:
        """The words, and their documents, each joined by spaces; ``order`` are the documents as
        they stand in the page.

        >>> index = WordIndex()
        >>> index.add(["Città alta"])
        >>> index.add(["la città"])
        >>> index.lines([1, 0])
        ('alta citta la', '1 0,1 0')
        """
        place = {document: number for number, document in enumerate(order)}
        # The script compares strings by UTF-16 code units.
        words = sorted(self._documents, key=lambda word: word.encode("utf-16-be"))
        places = (sorted(place[number] for number in self._documents[word]) for word in words)
        return " ".join(words), " ".join(map(_differences, places))


def folded(text: str) -> list[str]:
    """The words of ``text`` in lower case and without accents.

    >>> folded("L'Università di Forlì-Cesena")
    ['l', 'universita', 'di', 'forli', 'cesena']
    """
    plain = unicodedata.normalize("NFKD", text.lower())
    return _WORD.findall("".join(char for char in plain if not unicodedata.combining(char)))


def _differences(numbers: list[int]) -> str:
    before = 0
    parts = []
    for number in numbers:
        parts.append(_base36(number - before))
        before = number
    return ",".join(parts)


def _base36(number: int) -> str:
    digits = ""
    while number >= 36:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return _DIGITS[number] + digits
