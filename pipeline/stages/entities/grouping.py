"""Forms of names that stand for the same entity within one article.

Links are made by what names are made of, never by a surname that two full names share: a bare
surname goes to the full name before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.core.layers import Label
from pipeline.languages.aliases import AliasTable
from pipeline.languages.chinese import is_eastern_name
from pipeline.languages.forms import fold
from pipeline.languages.names import name_table, towns
from pipeline.languages.terms import small_words
from pipeline.stages.entities.candidates import Mention
from pipeline.stages.entities.labels import Points, best, points
from pipeline.stages.entities.words import Words

# An office stands within so many words of its holder's name: "CEO and founder of X, …".
OFFICE_WINDOW = 6
# A word this long may differ by one letter and still be the same, misspelt name.
MISSPELT_FROM = 6
LANGUAGES_TABLES = (name_table("en"), name_table("it"))
HEADS = frozenset().union(*(table.organisations for table in LANGUAGES_TABLES))
LEGAL_FORMS = frozenset(
    form.replace(".", "") for table in LANGUAGES_TABLES for form in table.legal_forms
)
# What a place's full name has and its short one lacks: "River Ouse", "Monte Cervino".
NATURAL = frozenset(
    {"river", "lake", "mount", "mt", "fiume", "lago", "monte", "torrente", "isola", "mar", "mare"}
)
SMALL_WORDS = small_words()
# Bodies that are named after people without being called by the bare name.
DEDICATED = frozenset(
    {"museum", "museo", "foundation", "fondazione", "institute", "istituto", "school", "scuola"}
    | {"liceo", "hospital", "ospedale", "library", "biblioteca", "gallery", "galleria", "trust"}
    | {"college", "university", "universita", "prize", "premio"}
)


@dataclass(frozen=True, slots=True)
class Form:
    """One folded spelling with its words, its mentions in text order, and what speaks for each
    label; ``label`` has most points, ``titled`` tells whether a title or role stands before it."""

    key: str
    parts: tuple[str, ...]
    mentions: tuple[Mention, ...]
    points: Points
    label: Label
    titled: bool


def group(
    words: Words, mentions: Iterable[Mention], tables: Sequence[AliasTable]
) -> list[list[tuple[Form, Mention]]]:
    """The mentions of each entity, with their forms, in text order."""
    forms = _forms(words, mentions)
    links = _Links(forms)
    related = _related(list(forms.values()))
    for short, long in _pairs(words, forms, related, tables):
        links.join(short.key, long.key)
    assigned: dict[str, list[tuple[Form, Mention]]] = defaultdict(list)
    surnames = _shared_surnames(forms, related)
    for form in forms.values():
        for mention in form.mentions:
            holder = _nearest(mention, surnames[form.key]) if form.key in surnames else form
            assigned[links.root(holder.key)].append((form, mention))
    groups = [sorted(group, key=lambda pair: pair[1].at) for group in assigned.values()]
    return sorted(groups, key=lambda group: group[0][1].at)


def _forms(words: Words, mentions: Iterable[Mention]) -> dict[str, Form]:
    by_key: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        by_key[_key(words.form(mention.at))].append(mention)
    longer = {part for key in by_key if " " in key for part in key.split()}
    forms = {}
    for key, found in by_key.items():
        scores = points(words, found, key in longer)
        titled = any(_is_titled(words, mention) for mention in found)
        forms[key] = Form(key, tuple(key.split()), tuple(found), scores, best(scores), titled)
    return forms


def _is_titled(words: Words, mention: Mention) -> bool:
    low = mention.at.low
    return words.word(low - 1).rstrip(".") in words.table(low).roles


def _key(form: str) -> str:
    """The folded form without legal form: *Harlan Steel Corp.* is *harlan steel*."""
    parts = fold(form).replace(".", "").replace(",", "").split()
    while len(parts) > 1 and parts[-1] in LEGAL_FORMS:
        parts.pop()
    return " ".join(parts)


class _Links:
    """Sets of forms that grow together."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._parent = {key: key for key in keys}

    def root(self, key: str) -> str:
        while self._parent[key] != key:
            key = self._parent[key]
        return key

    def join(self, one: str, other: str) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        self._parent[second] = first


def _is_person(form: Form) -> bool:
    return form.label == "PER" and len(form.parts) > 1


def _surname_holders(form: Form, forms: Iterable[Form]) -> list[Form]:
    """The full names that a short form may stand for, as surname or as given name."""
    size = len(form.parts)
    persons = [full for full in forms if _is_person(full) and len(full.parts) > size]
    by_surname = [full for full in persons if full.parts[-size:] == form.parts]
    return by_surname or [full for full in persons if full.parts[:size] == form.parts]


def _shared_surnames(
    forms: Mapping[str, Form], related: Mapping[str, Sequence[Form]]
) -> dict[str, list[Form]]:
    """Short forms that several full names could bear."""
    shared = {}
    for form in forms.values():
        if form.label == "PER":
            holders = _surname_holders(form, related[form.key])
            if len(holders) > 1 and not _one_person(holders):
                shared[form.key] = holders
    return shared


def _one_person(holders: Sequence[Form]) -> bool:
    """Whether full names are those of one person (also for one name, or none)."""
    if not holders:
        return True
    longest = max(holders, key=lambda form: len(form.parts))
    return all(_same_person(form.parts, longest.parts) or form is longest for form in holders)


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
    yield from _bracketed(words, ordered)
    yield from _two_names(words, ordered)
    for form in ordered:
        others = [other for other in related[form.key] if not _known_apart(form, other, identities)]
        yield from _short_pairs(form, others)


def _related(forms: Sequence[Form]) -> dict[str, list[Form]]:
    """For each form those that share a word with it, and those whose initials it may be: no other
    pair can be linked, and looking at all pairs would be quadratic."""
    holders: dict[str, list[Form]] = defaultdict(list)
    for form in forms:
        for clue in {*form.parts, _initials(form.parts)}:
            holders[clue].append(form)
    return {
        form.key: list(
            {
                other.key: other
                for part in form.parts
                for other in holders[part]
                if other is not form
            }.values()
        )
        for form in forms
    }


def _initials(parts: Sequence[str]) -> str:
    return "".join(part[0] for part in parts if part not in SMALL_WORDS)


def _identity(words: Words, form: Form, tables: Sequence[AliasTable]) -> str | None:
    for table in tables:
        alias = table.find(words.form(form.mentions[0].at)) or table.find(form.key)
        if alias:
            return alias.id
    return None


def _known_apart(one: Form, other: Form, identities: Mapping[str, str | None]) -> bool:
    """Whether the tables tell two forms apart: two entries, or an organisation's entry and the
    unknown name of one of its units (*Baidu* and *Baidu Smart Cloud*)."""
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
    companies = [long for long in others if _is_short_organisation(form, long)]
    persons = _surname_holders(form, others)
    if persons:
        companies = [long for long in companies if DEDICATED.isdisjoint(long.parts)]
    # A company that bears its founder's name is what the bare name means, unless a title speaks.
    if companies and not (form.titled and persons):
        yield form, companies[0]
    elif (form.label == "PER" or not _firm(form)) and _one_person(persons):
        for person in persons:
            yield form, person
    for other in others:
        if form.key < other.key and form.label == other.label and _variants(form, other):
            yield form, other
        if form.label == other.label == "LOC" and _is_short_place(form, other):
            yield form, other
        if form.label == other.label != "PER" and _is_inside(form, other):
            yield form, other
        if _is_acronym(form, other):
            yield form, other


def _firm(form: Form) -> bool:
    """Whether what a form says for itself outweighs that it could be a surname."""
    return form.points[form.label] - form.points["PER"] > 3.0


def _is_short_organisation(short: Form, long: Form) -> bool:
    """*Fenmarsh* of *Fenmarsh Capital*, *Serapo* of *Atletico Serapo*."""
    size = len(short.parts)
    if long.label != "ORG" or len(long.parts) <= size:
        return False
    if short.label in ("LOC", "MISC") and short.points[short.label] - short.points["ORG"] > 1.5:
        return False
    if set(short.parts) <= HEADS or short.parts[-1] in SMALL_WORDS:
        return len(short.parts) == 1 and long.parts[0] == short.parts[0] and size == 1
    kinds = 1 if long.parts[0] in HEADS else 0
    first = short.parts in (long.parts[:size], long.parts[kinds : kinds + size])
    last = long.parts[-size:] == short.parts and long.parts[-size - 1] not in SMALL_WORDS
    return first or last


def _is_short_place(short: Form, long: Form) -> bool:
    """*Ouse* of *River Ouse*, *Cortina* of *Cortina d'Ampezzo*, *Settimo* of *Settimo
    Torinese*."""
    bare = tuple(part for part in long.parts if part not in NATURAL)
    if len(bare) < len(long.parts) and bare == short.parts:
        return True
    size = len(short.parts)
    follows = long.parts[size : size + 1]
    tied = bool(follows) and (follows[0].startswith("d'") or follows[0] in ("di", "del", "della"))
    epithet = len(long.parts) == 2 and short.key not in towns() and long.key in towns()
    return long.parts[:size] == short.parts and (tied or epithet)


def _is_inside(short: Form, long: Form) -> bool:
    """Some words of a longer name, with its first or last one: *Credito Valtiberino* of *Credito
    Mutuo Valtiberino*."""
    if not 2 <= len(short.parts) < len(long.parts):
        return False
    size = len(short.parts)
    if short.parts == long.parts[-size:] and long.parts[-size - 1] in SMALL_WORDS:
        return False  # "Passo di Corvo" is no short form of "Venere di Passo di Corvo"
    rest = iter(long.parts)
    ordered = all(part in rest for part in short.parts)
    ends = short.parts[-1] == long.parts[-1] or short.parts[0] == long.parts[0]
    return ordered and ends and not any(char.isdigit() for char in long.key)


def _is_acronym(short: Form, long: Form) -> bool:
    """Initials of a longer name: *BMA* of *British Medical Association*."""
    if len(short.parts) != 1 or len(short.key) < 3 or len(long.parts) < 3 or long.label == "PER":
        return False
    return _initials(long.parts) == short.key


def _variants(one: Form, other: Form) -> bool:
    """Spellings of one name: a person's words in another order, initials, a misspelt letter."""
    if one.label == "PER" and _same_person(*sorted((one.parts, other.parts), key=len)):
        return True
    if any(char.isdigit() for char in one.key + other.key) or len(one.parts) != len(other.parts):
        return False
    differing = [pair for pair in zip(one.parts, other.parts, strict=True) if pair[0] != pair[1]]
    return len(one.parts) > 1 and len(differing) == 1 and _misspelt(*differing[0])


def _same_person(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """*Mitchell Reyes* and *Mitchell Okonkwo Reyes*, *J. Smith* and *John Smith*, *Li Yanhong* and
    *Yanhong Li*."""
    if len(short) < 2 or short == long:
        return False
    if sorted(short) == sorted(long):
        return True
    first = short[0] == long[0] or (
        short[0].strip(".") == long[0][0] or long[0].strip(".") == short[0][0]
    )
    middle = len(short) <= len(long) and all(
        part in long or any(other.startswith(part.strip(".")) for other in long)
        for part in short[1:-1]
    )
    return first and short[-1] == long[-1] and middle


def _misspelt(one: str, other: str) -> bool:
    """One letter more, fewer or different in a long word, not at its beginning."""
    if min(len(one), len(other)) < MISSPELT_FROM or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    if start == 0:
        return False
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    if len(one) == len(other):
        return one[start + 1 :] == other[start + 1 :]
    return longer[start + 1 :] == shorter[start:]


def _bracketed(words: Words, forms: Sequence[Form]) -> Iterator[tuple[Form, Form]]:
    """Two names one of which explains the other: *Competition and Markets Authority (CMA)*,
    *Robin Li (Li Yanhong)*, *Li Yanhong, noto come Robin Li*."""
    ends = {mention.at.high: form for form in forms for mention in form.mentions}
    for form in forms:
        for mention in form.mentions:
            low, high = mention.at.low, mention.at.high
            if words.word(low - 1) != "(" or words.word(high) != ")" or low - 1 not in ends:
                continue
            long = ends[low - 1]
            persons = form.label == long.label == "PER" and len(form.parts) > 1
            if (
                persons
                or _abbreviates(words.form(mention.at), long)
                or _abbreviates(words.form(long.mentions[0].at), form)
            ):
                yield form, long


def _two_names(words: Words, forms: Sequence[Form]) -> Iterator[tuple[Form, Form]]:
    """An English and a Chinese name of one person, when the text says so (*Carol Song, also known
    as Song Meiqi*) or gives both the same office (*Brightcloud founder*) and one surname."""
    persons = [form for form in forms if _is_person(form)]
    chinese = [form for form in persons if is_eastern_name(form.key)]
    if not chinese:
        return
    named = {i: f for f in forms for m in f.mentions for i in range(m.at.low, m.at.high)}
    offices = {form.key: _offices(words, form, named) for form in persons}
    for form in chinese:
        for other in persons:
            if form is other or is_eastern_name(other.key):
                continue
            shared = offices[form.key] & offices[other.key]
            if (shared and set(form.parts) & set(other.parts)) or _renamed(words, form, other):
                yield form, other


def _renamed(words: Words, one: Form, other: Form) -> bool:
    """Whether one name follows the other after *known as* or the like."""
    cues = [
        (words.word(second.at.low - 1), second.at.low - first.at.high, second.at.low)
        for first in (*one.mentions, *other.mentions)
        for second in (*one.mentions, *other.mentions)
    ]
    return any(
        0 < distance <= OFFICE_WINDOW and cue in words.table(low).other_name_cues
        for cue, distance, low in cues
    )


def _offices(words: Words, form: Form, named: Mapping[int, Form]) -> set[tuple[str, str]]:
    """The roles beside a person's mentions, each with the organisations beside it."""
    found: set[tuple[str, str]] = set()
    for mention in form.mentions:
        low, high = mention.at.low, mention.at.high
        for window in (range(low - OFFICE_WINDOW, low), range(high, high + OFFICE_WINDOW)):
            inside = [index for index in window if 0 <= index < len(words)]
            roles = [words.word(i) for i in inside if words.word(i) in words.table(i).roles]
            bodies = {named[i].key for i in inside if i in named and named[i].label == "ORG"}
            found |= {(role, body) for role in roles for body in bodies}
    return found


def _abbreviates(short: str, long: Form) -> bool:
    """Whether ``short`` is written like an abbreviation, and begins like ``long`` or is new."""
    letters = [char for char in short if char.isalpha()]
    if not 2 <= len(letters) <= 8 or " " in short or len(long.parts) < 2:
        return False
    wanted = iter("".join(long.parts))
    return all(char in wanted for char in fold(short).replace(" ", "").replace(".", ""))
