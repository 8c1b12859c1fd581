"""Evidence for the label of a name: the name itself, its neighbours, and the model's opinion.

Models find names far more often than they type them rightly, and a vote among their opinions
repeats their habits. So every clue of the tables gives points to one label or takes them away, for
all mentions of a form together.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pipeline.core.layers import LABELS, Label
from pipeline.languages.aliases import known_entities
from pipeline.languages.chinese import is_eastern_name
from pipeline.languages.forms import fold
from pipeline.languages.function_words import DASHES
from pipeline.languages.names import NameTable, given_names, name_table, towns
from pipeline.stages.entities.extending import dateline_end, is_town
from pipeline.stages.entities.mentions import Mention
from pipeline.stages.entities.words import (
    CLOSING_QUOTES,
    OPENING_QUOTES,
    SCORE,
    Stretch,
    Words,
)

Points = dict[Label, float]

CLUES: Final[Mapping[str, tuple[Label, float]]] = {
    # the name itself, counted once
    "known": ("MISC", 10.0),  # the table's label takes the place of MISC
    "perhaps_known": ("MISC", 3.0),  # a given name or a town's name too
    "legal_form": ("ORG", 6.0),
    "organisation_head": ("ORG", 4.0),
    "office": ("ORG", 2.5),
    "place_head": ("LOC", 2.0),
    "other_head": ("MISC", 4.5),
    "town": ("LOC", 2.5),
    "given_name": ("PER", 1.0),
    "number": ("MISC", 1.0),
    "numbered_place": ("LOC", 1.5),
    "acronym": ("ORG", 0.5),
    "one_word": ("PER", -0.5),
    "unbacked": ("PER", -1.5),
    "eastern_name": ("PER", 2.5),
    # its neighbours, damped by the root of the number of mentions
    "role": ("PER", 2.5),
    "age": ("PER", 3.0),
    "dateline": ("LOC", 5.0),
    "after_place_preposition": ("LOC", 2.5),
    "after_loose_preposition": ("LOC", 1.0),
    "platform": ("MISC", 1.5),
    "thing_article": ("MISC", 1.5),
    "source": ("ORG", 3.0),
    "told": ("LOC", -2.0),
    "place_office": ("LOC", 2.0),
    "organisation_office": ("ORG", 3.0),
    "article": ("PER", -1.5),
    "holding": ("ORG", 5.0),
    "speaks": ("LOC", -2.5),
    "organisation_kind": ("ORG", 3.0),
    "place_kind": ("LOC", 3.0),
    "other_kind": ("MISC", 3.0),
    "quoted": ("MISC", 2.5),
    "who": ("PER", 3.0),
    "which": ("PER", -2.0),
    "club": ("ORG", 6.0),
    "person_event": ("PER", 2.5),
    "agency": ("ORG", 5.0),
    "initials": ("PER", 3.0),
    "area_code": ("LOC", 4.0),
}
MODEL_WEIGHT: Final = 3.0
LEAST: Final = 0.1
INITIALS: Final = re.compile(r"[A-Z](?:\.[A-Z]){1,2}\.?")
# An apposition's noun stands within so many words: "X, the small Irish app".
APPOSITION_WORDS = 5


def points(words: Words, mentions: Iterable[Mention], *, backed: bool, known: bool) -> Points:
    """What speaks for each label of a form, given all its mentions.

    ``backed`` tells whether the form belongs to a longer name of the article; a bare word that does
    not, and is no given name, is more often a company than a person. ``known`` tells whether the
    table of known entities may say what the form is.
    """
    mentions = tuple(mentions)
    damping = len(mentions) ** -0.5
    total: Points = dict.fromkeys(LABELS, 0.0)
    told = False
    for mention in mentions:
        if mention.label:
            total[mention.label] += MODEL_WEIGHT * mention.score * damping
        for clue in _neighbour_clues(words, mention):
            label, weight = CLUES[clue]
            total[label] += weight * damping
            told = True
    first = mentions[0]
    clues = set(_form_clues(words, first))
    if not known:
        clues.discard("town")
    if any(has_legal_form(words, mention.at) for mention in mentions):
        clues.add("legal_form")
    for clue in sorted(clues):
        label, weight = CLUES[clue]
        total[label] += weight
    if not backed and first.at.high - first.at.low == 1 and not words.is_given_name(first.at.low):
        total["PER"] += CLUES["unbacked"][1]
    form = fold(words.form(first.at))
    alias = known_entities().find(form) if known else None
    if alias:
        clear = form not in given_names() and (alias.label == "LOC" or form not in towns())
        total[alias.label] += CLUES["known" if clear else "perhaps_known"][1]
    surest = max(mentions, key=lambda mention: mention.score)
    if surest.label and not told and max(total.values()) <= 0.0:
        total[surest.label] = LEAST  # nothing speaks but the model, and that in a low voice
    return total


def best(scores: Mapping[Label, float]) -> Label:
    """The label with most points; of equal ones the first in the order of `LABELS`."""
    return max(LABELS, key=lambda label: scores[label])


def add(parts: Iterable[Mapping[Label, float]]) -> Points:
    """The points of several forms together."""
    total: defaultdict[Label, float] = defaultdict(float)
    for part in parts:
        for label, value in part.items():
            total[label] += value
    return {label: total[label] for label in LABELS}


def _form_clues(words: Words, mention: Mention) -> Iterator[str]:
    low, high = mention.at.low, mention.at.high
    table = words.table(low)
    parts = [words.word(i) for i in range(low, high)]
    head = _head_clue(words, low, high)
    if head:
        yield head
    if fold(words.form(mention.at)) in towns() and parts[0] not in table.organisations:
        yield "town"  # Fondo is one, and a fund oftener
    if (
        1 < high - low <= 4
        and fold(parts[0]) in given_names()
        and _is_person_like(words, low, high)
    ):
        yield "given_name"
    if is_eastern_name(fold(words.form(mention.at))):
        yield "eastern_name"
    if any(char.isdigit() for part in parts for char in part):
        yield "numbered_place" if head == "place_head" else "number"
    form = words.form(mention.at)
    if INITIALS.fullmatch(form) and form.lower().replace(".", "") not in table.area_codes:
        yield "initials"
    if high - low == 1:
        if parts[0] in table.offices:
            yield "office"
        shouted = words.begins_line(low) or words.words[low - 1].isupper()
        yield "acronym" if form.isupper() and 2 <= len(form) <= 6 and not shouted else "one_word"


def has_legal_form(words: Words, at: Stretch) -> bool:
    """Whether a name ends like a company's: *Harlan Steel Corp.*"""
    forms = {form.strip(".") for form in words.table(at.low).legal_forms}
    return at.high - at.low > 1 and words.word(at.high - 1).strip(".") in forms


def _heads(words: Words, low: int, high: int) -> list[tuple[NameTable, str]]:
    """The words that say what a name is, likeliest first, each with the table that knows it.

    English has them last or before *of* or a number (*Ward 2*), Italian first; names travel between
    the languages.
    """
    ends = (i for i in range(low + 1, high) if words.is_of(i) or words.word(i).isdigit())
    tie = next(ends, high)
    english = (name_table("en"), words.word(tie - 1))
    italian = (name_table("it"), words.word(low))
    return [english, italian] if words.language(low) == "en" else [italian, english]


def _head_clue(words: Words, low: int, high: int) -> str | None:
    for table, head in _heads(words, low, high) if high - low > 1 else ():
        if head in table.organisations:
            return "organisation_head"
        if head in table.places:
            return "place_head"
        if head in table.others:
            return "other_head"
    return None


def _is_person_like(words: Words, low: int, high: int) -> bool:
    table = words.table(low)
    heads = (table.organisations, table.places, table.others)
    return (
        1 < high - low <= 4
        and words.capital(high - 1)
        and not any(words.word(high - 1) in some for some in heads)
    )


def _neighbour_clues(words: Words, mention: Mention) -> Iterator[str]:
    low, high = mention.at.low, mention.at.high
    table = words.table(low)
    before, after = words.word(low - 1), words.word(high)
    same_line = low > 0 and not words.begins_line(low)
    if same_line:
        yield from _before(words, mention.at, table)
    if dateline_end(words, low) == high:
        yield "dateline"
    if (before, after) == ("(", ")"):
        yield from _bracketed(words, low, table)
    if high - low == 1 and same_line and words.is_article(low - 1):
        yield "article"
    if after in table.speaking_verbs or (before in table.speaking_verbs and same_line):
        yield "speaks"
    if before in OPENING_QUOTES and after in CLOSING_QUOTES and before not in ("'", "’"):
        yield "quoted"
    if after == "," and high + 1 < len(words):
        if words.word(high + 1).isdigit() and (words.word(high + 2) in table.years | {",", "."}):
            yield "age"
        yield from _apposition(words, high + 1, table)
    if any(words.word(i) in table.organisation_offices for i in _possessed(words, high, table)):
        yield "organisation_office"
    if (same_line and is_club(words, low, high)) or plays_by_words(words, mention.at):
        yield "club"


def _bracketed(words: Words, low: int, table: NameTable) -> Iterator[str]:
    """Between brackets, the agency of a dateline and the province of a town: *BARI, 3 marzo
    (Meridiana) –*, *Terlizzi (BA)*, *SANSEPOLCRO (Arezzo) –*."""
    begin = next(i for i in range(low - 1, -1, -1) if words.begins_line(i))
    dated = words.word(low + 2) in DASHES and dateline_end(words, begin) > begin
    if dated and not is_town(words, Stretch(low, low + 1)):
        yield "agency"
    elif words.word(low) in table.area_codes and words.capital(low - 2):
        yield "area_code"


def _possessed(words: Words, high: int, table: NameTable) -> range:
    """Where what belongs to a name stands: *Averon's new chief executive*, *Averon shares*."""
    if words.word(high) in table.possessives:
        return range(high + 1, high + 4)
    return range(high, high + 1 if table.possessives else high)


def is_club(words: Words, low: int, high: int) -> bool:
    """A team that is called by its town, which has no article otherwise: *il Genoa*, *la Roma*.

    *La Napoli di Eduardo* is the town.
    """
    return (
        high - low == 1
        and words.word(low) not in words.table(low).places
        and words.word(low - 1) in words.table(low).club_articles
        and not words.is_of(high)
        and is_town(words, Stretch(low, high))
    )


def plays_by_words(words: Words, at: Stretch) -> bool:
    """Whether a town's name is its team's by the words beside it: *Lincoln boss*, *Swindon's fans*,
    *beat Crawley 4-3*; in the report of a match a state's, too: *la Norvegia batte la Svezia*."""
    table = words.table(at.low)
    possessive = words.word(at.high) in table.possessives
    after = range(at.high + 1, at.high + 3) if possessive else range(at.high, at.high + 1)
    signs = any(words.word(index) in table.club_signs for index in after)
    opponent = words.word(_before_article(words, at)) in table.club_opponents
    scored = SCORE.match("".join(words.words[at.high : at.high + 3])) is not None
    plays = words.reports_match and _plays(words, at)
    told = signs or opponent or scored or plays
    return told and (is_town(words, at) or (words.reports_match and is_state(words, at)))


def _plays(words: Words, at: Stretch) -> bool:
    """Whether verbs and scores of matches stand beside a name: *Wales lost*, *will meet Spain*, *ha
    battuto*, *2-1 sulla Svezia*."""
    table = words.table(at.low)
    after = at.high + 1 if words.word(at.high) in table.club_auxiliaries else at.high
    before = _before_article(words, at)
    tied = words.word(before) in table.score_ties
    score = words.form(Stretch(max(before - 3, 0), before)) if tied and before else ""
    return (
        words.word(after) in table.club_verbs
        or words.word(before) in table.club_verbs
        or SCORE.search(score) is not None
    )


def _before_article(words: Words, at: Stretch) -> int:
    """The word before a name and its article."""
    return at.low - 2 if words.is_article(at.low - 1) else at.low - 1


def is_state(words: Words, at: Stretch) -> bool:
    """Whether the table of known entities has a place of this name."""
    alias = known_entities().find(words.form(at))
    return alias is not None and alias.label == "LOC"


def _before(words: Words, at: Stretch, table: NameTable) -> Iterator[str]:
    """What stands before a name; small words tell most of names of one word: *su TikTok*, *stando a
    Dazn*, *una Panda*."""
    low = at.low
    before = words.word(low - 1)
    noun = words.word(_described(words, at))
    if noun.rstrip(".") in table.roles:
        yield "role"
    if before in table.naming and not any(noun in kinds for _, kinds in _kinds(table)):
        yield "other_kind"
    yield from _after_preposition(words, at, table)
    if at.high == low + 1:
        yield from (clue for clue, cues in _bare_cues(table) if before in cues)
    tie = low - 1
    while words.is_article(tie):
        tie -= 1
    if words.is_of(tie):
        if words.word(tie - 1) in table.place_offices:
            yield "place_office"
        if words.word(tie - 1) in table.organisation_offices:
            yield "organisation_office"
        if words.word(tie - 1) in table.person_events and not is_town(words, at):
            yield "person_event"
    for clue, kinds in _kinds(table):
        if noun in kinds:
            yield clue


def _described(words: Words, at: Stretch) -> int:
    """The noun before a name that may say what it is: *her restaurant, Kusina,*, *a company called
    Vétiver*, *la nave turca Yavuz*; not *in the men's race, Ann Lee won*."""
    before = words.word(at.low - 1)
    if before == ",":
        closed = not words.word(at.high)[:1].isalnum()
        return _head(words, at.low - 2) if closed else at.low - 1
    if before in words.table(at.low).naming:
        return _noun(words, at.low - 2)
    return _noun(words, at.low - 1)


def _noun(words: Words, index: int) -> int:
    """The noun before a name, over a small adjective: *nave* in *la nave turca Yavuz*."""
    table = words.table(index)
    adjective = words.is_adjective(index) or words.word(index) in table.demonyms
    return index - 1 if adjective and words.words[index].islower() else index


def _head(words: Words, index: int) -> int:
    """The noun on which the noun at ``index`` hangs: *canzone* in *la canzone della sigla*."""
    for _ in range(APPOSITION_WORDS):
        tie = index - 1
        while words.is_article(tie):
            tie -= 1
        if not words.is_of(tie) or words.capital(index):
            break
        index = tie - 1
    return index


def _apposition(words: Words, start: int, table: NameTable) -> Iterator[str]:
    """*…, a maths teacher*, *…, l'app irlandese*: the first noun of a kind decides; *…, who*."""
    if words.word(start) in table.person_relatives:
        yield "who"
    if words.word(start) in table.thing_relatives:
        yield "which"
    if not (words.is_article(start) or words.word(start) in table.indefinite_articles):
        if words.word(start).rstrip(".") in table.roles:
            yield "role"
        return
    for index in range(start + 1, min(start + 1 + APPOSITION_WORDS, len(words))):
        word = words.word(index)
        if word in (",", ".", ";"):
            return
        if word in table.roles:
            yield "role"
            return
        follows = words.upos[index + 1] if index + 1 < len(words) else ""
        if follows in table.compound_parts:  # "the paper's editor", "a law lecturer"
            continue
        for clue, kinds in _kinds(table):
            if word in kinds:
                yield clue
                return


def _after_preposition(words: Words, at: Stretch, table: NameTable) -> Iterator[str]:
    """*a Dazzo*: a place, unless the words before say who is quoted or told (*stando a Dazn*,
    *secondo Billboard*, *ha detto a Caijing*)."""
    before = words.word(at.low - 1)
    firm = before in table.place_prepositions
    loose = before in table.loose_place_prepositions
    source = words.word(at.low - 2) if firm or loose else before
    bare = at.high == at.low + 1
    if bare and source in table.source_words and not words.is_given_name(at.low):
        yield "source"
    elif (
        (firm or loose)
        and source in table.holdings
        and not (is_town(words, at) or is_state(words, at))
    ):
        yield "holding"
    elif firm or loose:
        told = source in table.speaking_verbs
        place = "after_place_preposition" if firm and bare else "after_loose_preposition"
        yield "told" if told else place


def _bare_cues(table: NameTable) -> tuple[tuple[str, frozenset[str]], ...]:
    return ("platform", table.platform_prepositions), ("thing_article", table.thing_articles)


def _kinds(table: NameTable) -> tuple[tuple[str, frozenset[str]], ...]:
    return (
        ("organisation_kind", table.organisation_kinds),
        ("place_kind", table.place_kinds),
        ("other_kind", table.other_kinds),
    )
