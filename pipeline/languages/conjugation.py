"""Third-person forms of verbs, for finding reporting verbs that a tagger took for nouns.

Small models tag *precisa*, *comunica*, *specifies* or a sentence-initial *Giura* as nouns or
adjectives; the form itself is the better evidence. Italian regular verbs follow three patterns;
``data/verbs_it.json`` lists the -ire verbs in -isc- and the irregular ones.

>>> sorted(third_person("deny", "en"))
['denied', 'denies']
>>> sorted(third_person("negare", "it"))[:4]
['nega', 'negando', 'negano', 'negarono']
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import Any

_ENDINGS = {
    "are": "a ano ava avano ò arono ando ato",
    "ere": "e ono eva evano é erono endo uto",
    "ire": "e ono iva ivano ì irono endo ito",
}
_INFIXED = "isce iscono iva ivano ì irono endo ito"

_SHORTEST_GERUND = 5
_INFINITIVE = re.compile(r".+[aeiu]r(?:e|si|ci|vi|gli|l[oaie]|ne|[mtcv]elo|selo|glielo)?")


def may_be_infinitive(word: str, language: str) -> bool:
    """Whether an Italian word has the ending of an infinitive, with or without clitics.

    >>> may_be_infinitive("averlo", "it"), may_be_infinitive("voler", "it")
    (True, True)
    """
    return language == "it" and _INFINITIVE.fullmatch(word) is not None


def may_be_participle(word: str, language: str) -> bool:
    """Whether an Italian word has the masculine ending of a past participle, as in *ha detto*."""
    return language == "it" and word.endswith(("to", "sso"))


def may_be_gerund(word: str, language: str) -> bool:
    """Whether an English word may be a gerund: *leaving*, not *king*."""
    return language == "en" and word.endswith("ing") and len(word) >= _SHORTEST_GERUND


def third_person(lemma: str, language: str) -> frozenset[str]:
    """The forms of an infinitive that reports use.

    Italian: present, imperfect and past of the third person, gerund and participle. English:
    present of the third person and the past of regular verbs.
    """
    return _italian(lemma) if language == "it" else _english(lemma)


def _english(lemma: str) -> frozenset[str]:
    if lemma.endswith("y") and lemma[-2:-1] not in "aeiou":
        return frozenset([lemma[:-1] + "ies", lemma[:-1] + "ied"])
    if lemma.endswith("e"):
        return frozenset([lemma + "s", lemma + "d"])
    present = lemma + ("es" if lemma.endswith(("s", "sh", "ch", "x")) else "s")
    return frozenset([present, lemma + "ed"])


def _italian(lemma: str) -> frozenset[str]:
    irregular = _table()["irregular"]
    for stem in sorted(irregular, key=len, reverse=True):
        if lemma.endswith(stem):
            prefix = lemma[: -len(stem)]
            return frozenset(prefix + form for form in irregular[stem].split())
    stem, ending = lemma[:-3], lemma[-3:]
    if ending not in _ENDINGS:
        return frozenset()
    endings = _INFIXED if lemma in _table()["isc"] else _ENDINGS[ending]
    return frozenset(stem + form for form in endings.split())


@cache
def _table() -> Any:
    path = resources.files("pipeline.languages") / "data" / "verbs_it.json"
    return json.loads(path.read_text(encoding="utf-8"))
