"""Reporting expressions per language: verbs, nouns, adverbials, each with its class and grammar.

The tables lie in ``data/cues_en.json`` and ``data/cues_it.json``. A verb's grammar names the
complements that carry a claim:

========= ==================================================== ==============================
name      complement                                           example
========= ==================================================== ==============================
quote     a quotation before, after or around it               “No,” she *shrugged*
that      a finite clause with that, che                       *insiste* che è tardi
bare      a finite clause without it                           he *said* it was late
wh        a question word                                      *asked* why it was late
inf       an infinitive of the same subject                    *giura* di non saperlo
ord       an infinitive of the person addressed                *urged* them to leave
ger       a gerund                                             *denied* leaving
of        accuse someone of, accusare qualcuno di              *accused* it of leaving
against   warn against                                         *warned* against leaving
for       blame or praise someone for                          *blamed* it for leaving
small     a noun phrase with an infinitive                     *expects* it to grow
as        a noun phrase with a quoted predicate                *called* it “a trap”
about     parlare di with a quotation                          *parla* di «trappola»
np        a noun phrase that foretells or counts               *expects* a vote
at        something counted, with a number                     *put* the toll at 40
colon     a clause after a colon                               *prende le distanze*: è tardi
to          (with the person addressed)                        *told* her that it was late
si          (only with *si*)                                   *si legge* che è tardi
not_si      (not with *si*: *si riferisce a …*)                *riferisce* che è tardi
========= ==================================================== ==============================
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from pipeline.languages.conjugation import third_person

ARTICULATED: Final[Mapping[str, frozenset[str]]] = {
    "a": frozenset(["a", "ad", "al", "allo", "alla", "all'", "ai", "agli", "alle"]),
    "da": frozenset(["da", "dal", "dallo", "dalla", "dall'", "dai", "dagli", "dalle"]),
    "di": frozenset(["di", "d'", "del", "dello", "della", "dell'", "dei", "degli", "delle"]),
    "in": frozenset(["in", "nel", "nello", "nella", "nell'", "nei", "negli", "nelle"]),
}
"""Italian prepositions with the articles they merge with."""
MERGED: Final = frozenset().union(*ARTICULATED.values()) - {"a", "ad", "da", "di", "d'", "in"}
"""Those that hold an article: *dal*, not *da*."""

POSSESSIVES: Final[Mapping[str, frozenset[str]]] = {
    "en": frozenset(["his", "her", "their", "its", "my", "our"]),
    "it": frozenset(["suo", "sua", "suoi", "sue", "loro", "mio", "mia", "nostro", "nostra"]),
}

MODALITIES: Final[Mapping[str, str]] = {
    "ask": "asked",
    "deny": "denied",
    "order": "requested",
    "promise": "promised",
    "request": "requested",
    "think": "believed",
}
"""What a reported clause is to the one who reports it, by the class of the cue: a verb, a noun or
an adverbial, in either language. Clauses of the other classes are asserted, those of oaths and
assurances too (*giura che*, *assured them that*)."""


@dataclass(frozen=True, slots=True)
class VerbCue:
    """A reporting verb: its lemmas in order (``("fare", "sapere")``), class, and grammar."""

    lemmas: tuple[str, ...]
    cue_class: str
    grammar: frozenset[str]


@dataclass(frozen=True, slots=True)
class AdverbialCue:
    """A reporting adverbial: for each word the forms it may take, and its class.

    ``source`` tells where the speaker stands: "after" (*according to X*), "inside" (*a suo dire*)
    or "none" (*a quanto pare*).
    """

    words: tuple[frozenset[str], ...]
    cue_class: str
    source: str


@dataclass(frozen=True, slots=True)
class CueTable:
    """The reporting expressions of one language, indexed by their first word.

    ``forms`` leads from the forms of reporting verbs to their lemmas; ``opens_verb`` holds what
    either of the two begins with.
    """

    verbs: Mapping[str, tuple[VerbCue, ...]]
    forms: Mapping[str, str]
    nouns: Mapping[str, str]
    adverbials: Mapping[str, tuple[AdverbialCue, ...]]
    raising: frozenset[str]
    opens_verb: frozenset[str]


@cache
def cue_table(language: str) -> CueTable:
    """The table of ``language`` (``en`` or ``it``)."""
    path = resources.files("pipeline.languages") / "data" / f"cues_{language}.json"
    plain: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    verbs = _verbs(plain["verbs"])
    forms = {form: lemma for lemma in verbs for form in third_person(lemma, language)}
    return CueTable(
        verbs,
        forms,
        {lemma: group["class"] for group in plain["nouns"] for lemma in group["lemmas"]},
        _adverbials(plain, language),
        frozenset(plain["raising"]),
        frozenset((*verbs, *forms)),
    )


def _verbs(groups: Iterable[Mapping[str, Any]]) -> dict[str, tuple[VerbCue, ...]]:
    """Verbs by first lemma, longest first, reflexive before plain.

    A verb of two groups takes the first one's class.
    """
    classes: dict[tuple[str, ...], str] = {}
    grammars: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for group in groups:
        for phrase in group["lemmas"]:
            lemmas = tuple(phrase.replace("'", "' ").split())
            classes.setdefault(lemmas, group["class"])
            grammars[lemmas] |= set(group["grammar"])
    index: dict[str, list[VerbCue]] = defaultdict(list)
    for lemmas in sorted(classes, key=lambda lemmas: (-len(lemmas), -len(lemmas[0]))):
        first, grammar = lemmas[0], frozenset(grammars[lemmas])
        if first.endswith(("arsi", "ersi", "irsi")):
            first, grammar = first.removesuffix("si") + "e", grammar | {"si"}
        index[first].append(VerbCue((first, *lemmas[1:]), classes[lemmas], grammar))
    return {first: tuple(entries) for first, entries in index.items()}


def _adverbials(plain: Mapping[str, Any], language: str) -> dict[str, tuple[AdverbialCue, ...]]:
    possessives = POSSESSIVES[language]
    index: dict[str, list[AdverbialCue]] = defaultdict(list)
    sources = {"prepositions": "after", "possessive_adverbials": "inside", "impersonal": "none"}
    for key, source in sources.items():
        for group in plain[key]:
            for phrase in group["phrases"]:
                words = [frozenset([word]) for word in phrase.replace("'", "' ").split()]
                words = [possessives if word == {"{}"} else word for word in words]
                if source == "after" and language == "it":
                    (last,) = words[-1]
                    words[-1] = ARTICULATED.get(last, words[-1])
                entry = AdverbialCue(tuple(words), group["class"], source)
                for first in entry.words[0]:
                    index[first].append(entry)
    return {
        first: tuple(sorted(entries, key=lambda entry: -len(entry.words)))
        for first, entries in index.items()
    }
