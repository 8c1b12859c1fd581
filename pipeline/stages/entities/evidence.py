"""When the text itself says that two names stand for the same entity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.languages.chinese import is_eastern_name
from pipeline.languages.forms import fold
from pipeline.languages.function_words import ATTACHING
from pipeline.languages.people import first_names, people_table, role_stem
from pipeline.stages.entities.forms import Form
from pipeline.stages.entities.mentions import Mention
from pipeline.stages.entities.resemblance import is_person
from pipeline.stages.entities.words import Words

# An office stands within so many words of its holder's name: "CEO and founder of X, …".
OFFICE_WINDOW = 6
# A title before a name has so many: "Chief of Police".
TITLE_WORDS = 4
# What ends the phrase of an office.
ENDS = frozenset([".", ";", ":", "and", "e", "ed"])


def bracketed(words: Words, forms: Sequence[Form]) -> Iterator[tuple[Form, Form]]:
    """Two names one of which explains the other: *Competition and Markets Authority (CMA)*,
    *Kevin Zhao (Zhao Mingde)*, *Zhao Mingde, noto come Kevin Zhao*."""
    ends = {mention.at.high: form for form in forms for mention in form.mentions}
    for form in forms:
        for mention in form.mentions:
            low, high = mention.at.low, mention.at.high
            if words.word(low - 1) != "(" or words.word(high) != ")" or low - 1 not in ends:
                continue
            if words.word(low) in words.table(low).area_codes:
                continue  # "Terlizzi (BA)"
            long = ends[low - 1]
            if long.label == "LOC":
                long = _before_place(words, low - 1, long, ends)
            persons = form.label == long.label == "PER" and len(form.parts) > 1
            if (
                persons
                or _abbreviates(words.form(mention.at), long)
                or _abbreviates(words.form(long.mentions[0].at), form)
            ):
                yield form, long


def alike_in_title(words: Words, mention: Mention, holders: Sequence[Form]) -> Sequence[Form]:
    """Those of several who share a surname that its title speaks for, by office or by gender:
    *Chief Neri* is *Police Chief Ugo Neri*, *il sindaco Neri* is *il sindaco di Bari Ugo Neri*,
    *Mrs Neri* is *Ada Neri*; all if it speaks for none."""
    titles = _titles(words, mention) or _titles_behind(words, mention)
    if not titles:
        return holders
    for read in (_titles, _titles_behind, _titles_apart):
        alike = [
            form for form in holders if any(titles & read(words, other) for other in form.mentions)
        ]
        if alike:
            return alike
    genders = {people_table(words.language(mention.at.low)).titles.get(title) for title in titles}
    of_gender = [form for form in holders if first_names().get(form.parts[0]) in genders - {None}]
    return of_gender or holders


def _titles(words: Words, mention: Mention) -> set[str]:
    """The titles and offices right before a name, without gender: *Chief of Police*, *sindac*."""
    found = set()
    index = mention.at.low - 1
    while index >= max(mention.at.low - TITLE_WORDS, 0):
        title = _title(words, index)
        part = words.word(index) in words.table(index).role_parts or words.is_of(index)
        if not (title or part):
            break
        found |= title
        index -= 1
    return found


def _title(words: Words, index: int) -> set[str]:
    """The word at ``index``, with and without its gender, if it is an office or trade."""
    word = words.word(index).rstrip(".")
    known = word in words.table(index).roles or people_table(words.language(index)).is_person(word)
    return {word, role_stem(word)} if known else set()


def _titles_behind(words: Words, mention: Mention) -> set[str]:
    """The office after a name's comma: *Helen Ward, the chief prosecutor, said*."""
    comma = mention.at.high
    if words.word(comma) != ",":
        return set()
    found = set()
    for index in range(comma + 1, min(comma + TITLE_WORDS, len(words))):
        if words.word(index) in ENDS:
            break
        found |= _title(words, index)
    return found


def _titles_apart(words: Words, mention: Mention) -> set[str]:
    """The office before a name, parted from it by a comma or what it is of: *the mayor, Ada Neri*,
    *il sindaco di Bari Ugo Neri*; not beyond another name."""
    for index in range(mention.at.low - 1, max(mention.at.low - OFFICE_WINDOW, 0) - 1, -1):
        title = _title(words, index)
        another = words.capital(index) and words.word(index - 1) not in ATTACHING
        if title or another or words.word(index) in ENDS:
            return title
    return set()


def two_names(words: Words, forms: Sequence[Form]) -> Iterator[tuple[Form, Form]]:
    """An English and a Chinese name of one person, when the text says so (*Carol Song, also known
    as Song Meiqi*) or gives both the same office (*Brightcloud founder*) and one surname."""
    persons = [form for form in forms if is_person(form)]
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


def _before_place(words: Words, end: int, place: Form, ends: Mapping[int, Form]) -> Form:
    """The body whose place stands between it and a bracket: *Museum of Modern Art di New York
    (MoMA)*; else the place."""
    low = next(mention.at.low for mention in place.mentions if mention.at.high == end)
    tied = words.is_of(low - 1) or words.word(low - 1) in words.table(low).place_prepositions
    return ends.get(low - 1, place) if tied else place


def _abbreviates(short: str, long: Form) -> bool:
    """Whether ``short`` is written like an abbreviation, and begins like ``long`` or is new."""
    if " " in short:
        rest = iter(long.parts)  # "California Department of Fire Protection (Cal Fire)"
        shorts = fold(short).split()
        return len(long.parts) > len(shorts) and all(
            any(part.startswith(word) for part in rest) for word in shorts
        )
    letters = [char for char in short if char.isalpha()]
    if not 2 <= len(letters) <= 8 or len(long.parts) < 2:
        return False
    wanted = iter("".join(long.parts))
    return all(char in wanted for char in fold(short).replace(" ", "").replace(".", ""))
