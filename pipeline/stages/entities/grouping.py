"""Forms of names that stand for the same entity within one article.

Links are made by what names are made of, never by a surname that two full names share: a bare
surname goes to the full name before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.languages.aliases import AliasTable
from pipeline.languages.names import all_words
from pipeline.stages.entities.evidence import alike_in_title, bracketed, two_names
from pipeline.stages.entities.forms import Form, find_forms
from pipeline.stages.entities.mentions import Mention
from pipeline.stages.entities.resemblance import (
    are_variants,
    initials,
    is_acronym,
    is_inside,
    is_one_person,
    is_short_organisation,
    is_short_place,
    surname_holders,
)
from pipeline.stages.entities.words import Words

_MOST_HOLDERS = 50
"""A word in the names of more is no sign that two of them are one."""


def group(
    words: Words, mentions: Iterable[Mention], tables: Sequence[AliasTable]
) -> list[list[tuple[Form, Mention]]]:
    """The mentions of each entity, with their forms, in text order."""
    forms = find_forms(words, mentions)
    links = _Links(forms)
    related = _related(list(forms.values()))
    for short, long in _pairs(words, forms, related, tables):
        links.join(short.key, long.key)
    assigned: dict[str, list[tuple[Form, Mention]]] = defaultdict(list)
    surnames = _shared_surnames(forms, related)
    for form in forms.values():
        for mention in form.mentions:
            holder = form
            if form.key in surnames:
                holder = _nearest(mention, alike_in_title(words, mention, surnames[form.key]))
            assigned[links.root(holder.key)].append((form, mention))
    groups = [sorted(group, key=lambda pair: pair[1].at) for group in assigned.values()]
    return sorted(groups, key=lambda group: group[0][1].at)


class _Links:
    """Sets of forms that grow together."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._parent = {key: key for key in keys}

    def root(self, key: str) -> str:
        """The form that stands for the set of ``key``."""
        while self._parent[key] != key:
            key = self._parent[key]
        return key

    def join(self, one: str, other: str) -> None:
        """Make one set of the sets of two forms."""
        first, second = sorted((self.root(one), self.root(other)))
        self._parent[second] = first


def _shared_surnames(
    forms: Mapping[str, Form], related: Mapping[str, Sequence[Form]]
) -> dict[str, list[Form]]:
    """Short forms that several full names could bear."""
    shared = {}
    for form in forms.values():
        if form.label == "PER":
            holders = surname_holders(form, related[form.key])
            if len(holders) > 1 and not is_one_person(holders):
                shared[form.key] = holders
    return shared


def _nearest(mention: Mention, holders: Sequence[Form]) -> Form:
    """The full name mentioned last before ``mention``, else the first one after it."""
    starts = sorted((m.at.low, form.key) for form in holders for m in form.mentions)
    index = max(bisect_right(starts, (mention.at.low, "")) - 1, 0)
    key = starts[index][1]
    return next(form for form in holders if form.key == key)


def _pairs(
    words: Words,
    forms: Mapping[str, Form],
    related: Mapping[str, Sequence[Form]],
    tables: Sequence[AliasTable],
) -> Iterator[tuple[Form, Form]]:
    """Pairs of forms that stand for the same entity."""
    ordered = list(forms.values())
    identities = {form.key: _identity(words, form, tables) for form in ordered}
    yield from _known_pairs(ordered, identities)
    yield from bracketed(words, ordered)
    yield from two_names(words, ordered)
    for form in ordered:
        others = [other for other in related[form.key] if not _known_apart(form, other, identities)]
        yield from _short_pairs(form, others)


def _related(forms: Sequence[Form]) -> dict[str, list[Form]]:
    """For each form those that share a word with it, and those whose initials it may be.

    No other pair can be linked, and looking at all pairs would be quadratic; so would be a word
    that hundreds of names share (*Group*), which says nothing.
    """
    holders: dict[str, list[Form]] = defaultdict(list)
    for form in forms:
        for clue in {*form.parts, initials(form.parts)}:
            holders[clue].append(form)
    return {
        form.key: list(
            {
                other.key: other
                for part in form.parts
                if len(holders[part]) <= _MOST_HOLDERS
                for other in holders[part]
                if other is not form
            }.values()
        )
        for form in forms
    }


def _identity(words: Words, form: Form, tables: Sequence[AliasTable]) -> str | None:
    if not form.known:
        return None
    for table in tables:
        alias = table.find(words.form(form.mentions[0].at)) or table.find(form.key)
        if alias:
            return alias.id
    return None


def _known_apart(one: Form, other: Form, identities: Mapping[str, str | None]) -> bool:
    """Whether the tables tell two forms apart: two entries, or an organisation's entry and the
    unknown name of one of its units (*Lantern* and *Lantern Cloud*)."""
    first, second = identities[one.key], identities[other.key]
    if first is not None and second is not None:
        return first != second
    known, unknown = (one, other) if first is not None else (other, one)
    unit = first is not second and len(unknown.parts) > len(known.parts)
    return unit and known.label == unknown.label == "ORG"


def _known_pairs(
    forms: Sequence[Form], identities: Mapping[str, str | None]
) -> Iterator[tuple[Form, Form]]:
    first: dict[str, Form] = {}
    for form in forms:
        identity = identities[form.key]
        if identity is not None:
            holder = first.setdefault(identity, form)
            if holder is not form:
                yield form, holder


def _short_pairs(form: Form, others: Sequence[Form]) -> Iterator[tuple[Form, Form]]:
    companies = [long for long in others if is_short_organisation(form, long)]
    wholes = {other.parts[0] for other in others if is_inside(form, other)}
    ambiguous = len(wholes) > 1  # "Museum of Art" of two museums
    companies = [] if ambiguous else companies
    persons = surname_holders(form, others)
    if persons:
        companies = [long for long in companies if all_words("dedicated").isdisjoint(long.parts)]
    # A company that bears its founder's name is what the bare name means, unless a title speaks.
    if companies and not (form.titled and persons):
        yield form, companies[0]
    elif (form.label == "PER" or not (form.known and _firm(form))) and is_one_person(persons):
        for person in persons:
            yield form, person
    for other in others:
        if form.parts == other.parts and not (form.known or persons or form.label == "ORG"):
            yield form, other  # "Verdi all'attacco", where nobody is called Verdi
        if form.key < other.key and form.label == other.label and are_variants(form, other):
            yield form, other
        if form.label == other.label == "LOC" and is_short_place(form, other):
            yield form, other
        if form.label == other.label != "PER" and is_inside(form, other) and not ambiguous:
            yield form, other
        if is_acronym(form, other):
            yield form, other


def _firm(form: Form) -> bool:
    """Whether what a form says for itself outweighs that it could be a surname."""
    return form.points[form.label] - form.points["PER"] > 3.0
