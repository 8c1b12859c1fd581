"""What tells persons, organisations, places and other names apart, as tables per language.

The words lie in ``data/names_en.toml`` and ``data/names_it.toml``, which explain each table.

Two lists serve both languages. ``data/places.txt`` holds towns of GeoNames (geonames.org, CC BY
4.0): those of Italy with 1,000 inhabitants or more, larger ones elsewhere, without most of those
that are given names too. ``data/given_names.txt`` holds given names of some twenty languages from
the Faker project (MIT licence). Both are evidence, never proof.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources

from pipeline.languages import LANGUAGES
from pipeline.languages.forms import fold


@dataclass(frozen=True, slots=True)
class NameTable:
    """The words of one language, lower case; see the comments in the data files."""

    roles: frozenset[str]
    role_parts: frozenset[str]
    fields: frozenset[str]
    presided: frozenset[str]
    short_titles: frozenset[str]
    post_nominals: frozenset[str]
    organisations: frozenset[str]
    places: frozenset[str]
    others: frozenset[str]
    legal_forms: frozenset[str]
    descriptors: frozenset[str]
    edges: frozenset[str]
    offices: frozenset[str]
    streets: frozenset[str]
    place_prepositions: frozenset[str]
    inside: frozenset[str]
    loose_place_prepositions: frozenset[str]
    source_words: frozenset[str]
    thing_articles: frozenset[str]
    platform_prepositions: frozenset[str]
    place_offices: frozenset[str]
    organisation_offices: frozenset[str]
    holdings: frozenset[str]
    organisation_kinds: frozenset[str]
    place_kinds: frozenset[str]
    other_kinds: frozenset[str]
    speaking_verbs: frozenset[str]
    demonyms: frozenset[str]
    not_names: frozenset[str]
    capital_names: frozenset[str]
    leading_heads: frozenset[str]
    ministers: frozenset[str]
    secretaries: frozenset[str]
    minister_ties: frozenset[str]
    other_name_cues: frozenset[str]
    of: frozenset[str]
    purpose: frozenset[str]
    ands: frozenset[str]
    articles: frozenset[str]
    indefinite_articles: frozenset[str]
    club_articles: frozenset[str]
    club_signs: frozenset[str]
    club_opponents: frozenset[str]
    club_verbs: frozenset[str]
    club_auxiliaries: frozenset[str]
    score_ties: frozenset[str]
    match_words: frozenset[str]
    match_hints: frozenset[str]
    articled: frozenset[str]
    plural_articles: frozenset[str]
    possessives: frozenset[str]
    years: frozenset[str]
    naming: frozenset[str]
    compound_parts: frozenset[str]
    person_relatives: frozenset[str]
    thing_relatives: frozenset[str]
    person_events: frozenset[str]
    area_codes: frozenset[str]
    following_offices: frozenset[str]
    offices_by_adjective: frozenset[str]
    local_bodies: frozenset[str]
    council_kinds: frozenset[str]
    council_members: frozenset[str]
    tied_streets: frozenset[str]
    roads: frozenset[str]
    small_parts: frozenset[str]
    cities: frozenset[str]
    laws: frozenset[str]
    tied_laws: frozenset[str]
    title_articles: frozenset[str]
    title_ties: frozenset[str]
    dedicated: frozenset[str]
    natural: frozenset[str]


@cache
def name_table(language: str) -> NameTable:
    """The table of ``language`` (``en`` or ``it``)."""
    path = resources.files("pipeline.languages") / "data" / f"names_{language}.toml"
    plain = tomllib.loads(path.read_text(encoding="utf-8"))
    return NameTable(**{f.name: frozenset(plain[f.name].split()) for f in fields(NameTable)})


@cache
def all_words(subject: str) -> frozenset[str]:
    """The words of one subject of `NameTable` in every language, for names that travel."""
    return frozenset().union(*(getattr(name_table(code), subject) for code in LANGUAGES))


@cache
def towns() -> frozenset[str]:
    """Folded names of towns."""
    return folded_lines("places.txt")


@cache
def town_sizes() -> Mapping[str, frozenset[int]]:
    """For the first word of towns of several words, how many there may be."""
    return name_sizes(towns())


@cache
def given_names() -> frozenset[str]:
    """Folded given names."""
    return folded_lines("given_names.txt")


def name_sizes(forms: Iterable[str]) -> dict[str, frozenset[int]]:
    """For the first word of names of several words, how many words there may be."""
    sizes: dict[str, set[int]] = defaultdict(set)
    for form in forms:
        words = form.replace("'", "' ").split()
        if len(words) > 1:
            sizes[words[0]].add(len(words))
    return {word: frozenset(counts) for word, counts in sizes.items()}


def folded_lines(file: str) -> frozenset[str]:
    """The lines of a data file, folded."""
    path = resources.files("pipeline.languages") / "data" / file
    return frozenset(map(fold, path.read_text(encoding="utf-8").splitlines()))
