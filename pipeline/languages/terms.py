"""Words that names of institutions, places and events are made of, Italian to English.

They serve identifiers only, where *Unione dei calciatori* and *Footballers' Union* should meet, and
are no translation. The table is ``data/terms.txt``, written by hand; words that carry nothing (*of*
or *della*) have no English there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from pipeline.languages.forms import fold

CONJUNCTIONS: Final = frozenset(["and", "e", "ed"])
ARTICLES: Final = frozenset(
    ["the", "a", "an", "il", "lo", "la", "l", "i", "gli", "le", "un", "una", "uno"]
)
STREETS: Final = frozenset(
    ["via", "viale", "piazza", "piazzale", "piazzetta", "corso", "largo", "vicolo"]
)
"""The places called so keep the names in theirs in both languages: *via Roma*, *Via Roma*."""
ENGLISH_PREPOSITIONS: Final = frozenset(["of", "for", "in", "at", "by", "from", "on", "to"])


@dataclass(frozen=True, slots=True)
class Terms:
    """``english`` leads from folded words to English ones, and from small words to nothing;
    ``italian`` are the Italian words among them; ``leading`` the English ones that stand before
    the rest of a name in both languages."""

    english: Mapping[str, str]
    italian: frozenset[str]
    leading: frozenset[str]

    def is_foreign(self, word: str) -> bool:
        """Whether ``word`` is a preposition of another language than English."""
        return not self.english.get(word, word) and (
            word not in ENGLISH_PREPOSITIONS | CONJUNCTIONS | ARTICLES
        )


@cache
def _terms() -> Terms:
    path = resources.files("pipeline.languages") / "data" / "terms.txt"
    english: dict[str, str] = {}
    italian: set[str] = set()
    leading: set[str] = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            word, _, others = line.partition(":")
            translated, _, spellings = others.partition("|")
            term = word.lstrip("+").strip()
            english |= dict.fromkeys(map(fold, (*translated.split(), *spellings.split())), term)
            if term:
                italian.update(map(fold, translated.split()))
            if word.startswith("+"):
                leading.add(term)
    return Terms(english, frozenset(italian - set(english.values())), frozenset(leading))


def english_words(name: str) -> list[str]:
    """The folded words of ``name`` without small words, put into English where the table can, and
    in the order of an English name whose head comes last.

    >>> english_words("Tribunale di Torino"), english_words("Court of Torino")
    (['torino', 'court'], ['torino', 'court'])
    >>> english_words("Fondazione Andrea Bocelli"), english_words("Lago di Como")
    (['andrea', 'bocelli', 'foundation'], ['lake', 'como'])
    >>> english_words("Osservatorio Cartella Aperta"), english_words("Cartella Aperta Observatory")
    (['cartella', 'aperta', 'observatory'], ['cartella', 'aperta', 'observatory'])
    """
    terms = _terms()
    words = re.findall(r"[^\W_]+(?:\.\w+)*", fold(name).replace("'s", ""))
    content = [word for word in words if terms.english.get(word, word)]
    if len(content) < 2:
        return content or words  # nothing tells a word from a name: "Baia" is a town, "Moda" a firm
    is_italian = not terms.italian.isdisjoint(words)
    if not is_italian and any(terms.is_foreign(word) for word in words):
        return content  # "Cantieri di Gaeta": none of its words is known
    common = {fold(word) for word in re.findall(r"[^\W_]+", name) if word.islower()}
    if is_italian and any(word in common and word not in terms.english for word in content):
        # Half of "decreto Aria pulita" in English would be neither name: its head alone is.
        return [*content[1:], terms.english.get(content[0], content[0])]
    return [word for unit in reversed(_units(words, terms)) for word in unit]


def _units(words: Sequence[str], terms: Terms) -> list[list[str]]:
    """The parts of a name that keep their order when the name is turned round.

    A preposition parts, a conjunction joins; an Italian word that the table knows stands alone,
    unless it goes on a name of its own: *Aperta* in *Osservatorio Cartella Aperta*.
    """
    units: list[list[str]] = []
    joins = parts = after_term = False
    own = ""  # the last word, if it is no word that the table knows
    for word in words:
        english = terms.english.get(word, word)
        if not english:
            joins = joins or word in CONJUNCTIONS
            parts = parts or word not in CONJUNCTIONS | ARTICLES
            continue
        is_term = word in terms.italian and (parts or joins or not own)
        english = english if is_term or word not in terms.italian else word
        own = word if english == word and word not in terms.english else ""
        leads = bool(units) and terms.leading.issuperset(units[-1])
        if units and (joins or leads or not (parts or is_term or after_term)):
            units[-1] += english.split()
        else:
            units.append(english.split())
        joins, parts, after_term = False, False, is_term
    return units


def is_common_term(word: str) -> bool:
    """Whether ``word`` is an Italian word of the table, or a small one."""
    terms, folded = _terms(), fold(word)
    return folded in terms.italian or not terms.english.get(folded, folded)


def small_words() -> frozenset[str]:
    """Articles, prepositions and conjunctions inside names."""
    return frozenset(word for word, english in _terms().english.items() if not english)
