"""Words that stand for speakers: pronouns, titles, offices, bodies, and what cannot speak.

The tables lie in ``data/people_en.json`` and ``data/people_it.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class PeopleTable:
    """Words of one language, lower case.

    ``pronouns`` give the gender: m, f, n (a body or thing), p (several), 1 (the writer), ? (any).
    ``titles`` give the gender of the person named after them. ``definite`` are the articles.
    ``bodies`` may stand for an organisation named before; ``not_persons`` never for a person;
    ``offices`` only for a person whom the article gave that office. ``signs`` bear words that
    nobody says. ``genders`` are telling last letters of first names.
    """

    pronouns: Mapping[str, str]
    titles: Mapping[str, str]
    definite: frozenset[str]
    bodies: frozenset[str]
    not_persons: frozenset[str]
    offices: frozenset[str]
    signs: frozenset[str]
    genders: Mapping[str, str]


@cache
def people_table(language: str) -> PeopleTable:
    """The table of ``language`` (``en`` or ``it``)."""
    path = resources.files("pipeline.languages") / "data" / f"people_{language}.json"
    plain: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    sets = ("definite", "bodies", "not_persons", "offices", "signs")
    return PeopleTable(**{**plain, **{name: frozenset(plain[name]) for name in sets}})
