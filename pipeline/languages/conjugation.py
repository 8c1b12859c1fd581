"""Third-person forms of Italian verbs, for finding reporting verbs that a tagger took for nouns.

Small models tag *precisa*, *comunica* or a sentence-initial *Giura* as nouns or adjectives; the
form itself is the better evidence. Regular verbs follow three patterns; ``data/verbs_it.json``
lists the -ire verbs in -isc- and the irregular ones.

>>> sorted(third_person("negare"))[:4]
['nega', 'negando', 'negano', 'negarono']
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

_ENDINGS = {
    "are": "a ano ava avano ò arono ando ato",
    "ere": "e ono eva evano é erono endo uto",
    "ire": "e ono iva ivano ì irono endo ito",
}
_INFIXED = "isce iscono iva ivano ì irono endo ito"


def third_person(lemma: str) -> frozenset[str]:
    """Present, imperfect and past of the third person, gerund and participle of an infinitive."""
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
