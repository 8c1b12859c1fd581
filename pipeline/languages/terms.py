"""Words that names of institutions, places and events are made of, Italian to English.

They serve identifiers only, where *Unione dei calciatori* and *Footballers' Union* should meet, and
are no translation. The table is ``data/terms.txt``, written by hand; words that carry nothing (*of*
or *della*) have no English there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

from pipeline.languages.forms import fold


@cache
def _terms() -> Mapping[str, str]:
    path = resources.files("pipeline.languages") / "data" / "terms.txt"
    terms: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            english, _, others = line.partition(":")
            terms |= dict.fromkeys(map(fold, others.split()), english.strip())
    return terms


def english_words(name: str) -> list[str]:
    """The folded words of ``name`` without small words, put into English where the table can.

    >>> english_words("Tribunale di Torino"), english_words("Court of Torino")
    (['court', 'torino'], ['court', 'torino'])
    """
    words = re.findall(r"[^\W_]+(?:\.\w+)*", fold(name).replace("'s", ""))
    english = [part for word in words for part in _terms().get(word, word).split()]
    return english or words


def small_words() -> frozenset[str]:
    """Articles, prepositions and conjunctions inside names."""
    return frozenset(word for word, english in _terms().items() if not english)
