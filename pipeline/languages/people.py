"""Words that stand for speakers: pronouns, titles, offices, bodies, and what cannot speak.

The tables lie in ``data/people_en.toml`` and ``data/people_it.toml``; given names that tell a
gender, for both languages, in ``data/first_names.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

_SHORT_NOUN = 5
"""Nouns of so many letters have endings by chance (*twist*)."""
_SHORT_STEM = 3
_GENDERED_ENDINGS: Final = {"trice": "tore", "essa": "e", "woman": "", "person": "", "man": ""}


@dataclass(frozen=True, slots=True)
class PeopleTable:
    """Words of one language, lower case.

    Genders are m, f, n (a body or thing), p (several), 1 (the writer), ? (any). ``pronouns`` and
    ``titles`` (*signora*) lead to them, and so do ``noun_genders`` (*widow*) and the
    ``last_letters`` of given names.

    ``definite`` are the articles, ``possessives`` what may stand in their place. ``bodies`` may
    stand for an organisation named before, the ``companies`` among them not for one whose name
    holds one of ``institutions`` (*Ministero*). ``offices`` stand only for a person whom the
    article gave that office; ``persons``, words with one of ``person_endings``, and
    ``person_adjectives`` (*the Norwegian*) for the one named last; ``not_persons`` for no one.
    ``origins`` are endings of words for where someone is from (*la fiorentina*), ``peoples`` of
    those that stand alone for a people only (*the French*).
    ``epicene`` nouns have a gender that is not the person's (*la guida*); ``vague_endings`` end
    those of either gender (*il cantante*, *la cantante*).

    ``lesser`` words make another office of the one that follows (*former*, *deputy*), ``telling``
    adjectives narrow it down (*prime*). Each line of ``synonyms`` lists names of one office.
    ``ordinals`` choose among persons named together: 0 the first, -1 the last named. ``signs``
    bear words that nobody says; ``measures`` are amounts and units, which may show something but
    neither say nor think. ``known`` are the nouns for persons that are listed as they are.
    """

    pronouns: Mapping[str, str]
    titles: Mapping[str, str]
    noun_genders: Mapping[str, str]
    last_letters: Mapping[str, str]
    definite: frozenset[str]
    possessives: frozenset[str]
    bodies: frozenset[str]
    companies: frozenset[str]
    institutions: frozenset[str]
    not_persons: frozenset[str]
    offices: frozenset[str]
    persons: frozenset[str]
    person_endings: tuple[str, ...]
    person_adjectives: frozenset[str]
    origins: tuple[str, ...]
    peoples: tuple[str, ...]
    signs: frozenset[str]
    measures: frozenset[str]
    epicene: frozenset[str]
    vague_endings: tuple[str, ...]
    lesser: frozenset[str]
    telling: frozenset[str]
    synonyms: tuple[frozenset[str], ...]
    ordinals: Mapping[str, int]
    known: frozenset[str]
    _person_stems: frozenset[str]
    _office_stems: frozenset[str]

    def is_person(self, lemma: str) -> bool:
        """Whether a noun names a person by office, trade or origin.

        >>> people_table("en").is_person("trombonist"), people_table("it").is_person("lista")
        (True, False)
        """
        if lemma in self.not_persons or lemma in self.bodies:
            return False
        ended = len(lemma) > _SHORT_NOUN and lemma.endswith(self.person_endings)
        return ended or role_stem(lemma) in self._person_stems or self.is_office(lemma)

    def is_office(self, lemma: str) -> bool:
        """Whether a noun names an office, also as the deputy's (*vicesindaca*)."""
        return role_stem(lemma.removeprefix("vice").removeprefix("-")) in self._office_stems

    def gender_by_ending(self, lemma: str) -> str:
        """The gender of a noun that ends as a gendered one does, else ?.

        >>> people_table("en").gender_by_ending("stepsister")
        'f'
        """
        if len(lemma) <= _SHORT_NOUN:
            return "?"
        genders = self.noun_genders.items()
        return next((gender for word, gender in genders if lemma.endswith(word)), "?")

    def synonyms_of(self, role: str) -> frozenset[str]:
        """Other names of an office, of either gender.

        >>> sorted(people_table("it").synonyms_of("prima cittadina"))
        ['sindaco']
        """
        stem = _phrase_stem(role)
        groups = (g for g in self.synonyms if any(_phrase_stem(name) == stem for name in g))
        found = frozenset[str]().union(*groups)
        return frozenset(name for name in found if _phrase_stem(name) != stem)


@cache
def people_table(language: str) -> PeopleTable:
    """The table of ``language`` (``en`` or ``it``)."""
    plain = _read(f"people_{language}.toml")
    shaped = {name: _SHAPES.get(name, _set)(plain[name]) for name in plain}
    return PeopleTable(
        **shaped,
        known=shaped["persons"] | shaped["offices"],
        _person_stems=frozenset(map(role_stem, shaped["persons"] | shaped["person_adjectives"])),
        _office_stems=frozenset(map(role_stem, shaped["offices"])),
    )


def role_stem(lemma: str) -> str:
    """A noun without its gender.

    >>> role_stem("sindaca"), role_stem("direttrice"), role_stem("spokeswoman")
    ('sindac', 'direttor', 'spokes')
    """
    for ending, rest in _GENDERED_ENDINGS.items():
        if lemma.endswith(ending) and len(lemma) > len(ending) + 2:
            lemma = lemma.removesuffix(ending) + rest
    return lemma.rstrip("aeio") if len(lemma) > _SHORT_STEM else lemma


@cache
def _phrase_stem(phrase: str) -> str:
    return " ".join(map(role_stem, phrase.split()))


@cache
def first_names() -> Mapping[str, str]:
    """The gender (m or f) of given names, lower case."""
    return _genders(_read("first_names.toml"))


def _genders(lists: Mapping[str, str]) -> dict[str, str]:
    return {word: gender for gender, words in lists.items() for word in words.split()}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SHAPES: Final[Mapping[str, Callable[[Any], Any]]] = {
    "pronouns": _genders,
    "titles": _genders,
    "noun_genders": _genders,
    "last_letters": _genders,
    "person_endings": lambda words: tuple(words.split()),
    "vague_endings": lambda words: tuple(words.split()),
    "origins": lambda words: tuple(words.split()),
    "peoples": lambda words: tuple(words.split()),
    "synonyms": lambda lines: tuple(frozenset(line.split(", ")) for line in lines),
    "ordinals": dict,
}


def _read(name: str) -> dict[str, Any]:
    path = resources.files("pipeline.languages") / "data" / name
    return tomllib.loads(path.read_text(encoding="utf-8"))
