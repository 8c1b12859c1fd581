"""The spellings of an article's names, each with all its mentions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.core.layers import Label
from pipeline.languages import LANGUAGES
from pipeline.languages.aliases import known_entities
from pipeline.languages.forms import fold
from pipeline.languages.names import name_table
from pipeline.stages.entities.extending import dateline_end, is_town
from pipeline.stages.entities.labels import (
    Points,
    best,
    has_legal_form,
    is_club,
    is_state,
    plays_by_words,
    points,
)
from pipeline.stages.entities.mentions import Mention
from pipeline.stages.entities.words import Words

LEGAL_FORMS = frozenset(
    form.replace(".", "") for code in LANGUAGES for form in name_table(code).legal_forms
)


CLUB = "club"
SURNAME = "surname"
# So sure a model is of what a name means in this place, where the name has two meanings.
SURE_OF_PERSON = 0.9
SURE_OF_TEAM = 0.8


@dataclass(frozen=True, slots=True)
class Form:
    """One folded spelling with its words, its mentions in text order, and what speaks for each
    label; ``label`` has most points, ``titled`` tells whether a title or role stands before it, or
    it is a person's where a firm bears it too.

    A spelling may have a second sense beside the one of the table of known entities: the club
    *Roma*, a person *Verdi*. It has a form of its own, which is not ``known``. ``registered`` tells
    whether it is written with a company's legal form.
    """

    key: str
    parts: tuple[str, ...]
    mentions: tuple[Mention, ...]
    points: Points
    label: Label
    titled: bool
    known: bool = True
    registered: bool = False


def find_forms(words: Words, mentions: Iterable[Mention]) -> dict[str, Form]:
    """The forms by their keys, in the order of their first mentions."""
    mentions = tuple(mentions)
    surnames, firms = _surnames_and_firms(words, mentions)
    teams = [mention for mention in mentions if _is_team(words, mention)]
    teams = teams if len(teams) > 1 else []  # one is a slip, two are a match report
    senses: dict[tuple[str, str], list[Mention]] = defaultdict(list)
    for mention in mentions:
        key = _key(words.form(mention.at))
        sense = _sense(words, mention, shared=key in surnames & firms)
        if not sense and mention in teams and key not in surnames:
            sense = CLUB
        senses[key, sense].append(mention)
    for spelling in [spelling for spelling, sense in senses if sense == CLUB]:
        plain = senses.pop((spelling, ""), [])
        for mention in plain:
            sense = "" if _is_place(words, mention) else CLUB
            senses[spelling, sense].append(mention)
        senses[spelling, CLUB].sort(key=lambda mention: mention.at)
    longer = {part for key, _ in senses if " " in key for part in key.split()}
    forms = {}
    for (spelling, sense), found in senses.items():
        key = f"{spelling} ({sense})" if sense else spelling
        told = found
        if spelling in surnames - firms:
            told = [_without_unknown_place(words, mention) for mention in found]
        scores = points(words, told, backed=spelling in longer, known=not sense)
        titled = sense == SURNAME or any(_is_titled(words, mention) for mention in found)
        parts = tuple(spelling.split())
        registered = any(has_legal_form(words, mention.at) for mention in found)
        forms[key] = Form(
            key, parts, tuple(found), scores, best(scores), titled, not sense, registered
        )
    return forms


def _surnames_and_firms(words: Words, mentions: Iterable[Mention]) -> tuple[set[str], set[str]]:
    """Words that end a person's name, and those that stand in a firm's: *Ada Marzotti*, *Marzotti
    Presse*."""
    surnames: set[str] = set()
    firms: set[str] = set()
    for mention in mentions:
        parts = _key(words.form(mention.at)).split()
        if len(parts) > 1 and mention.label == "PER":
            surnames.add(parts[-1])
        elif mention.label == "ORG" and (len(parts) > 1 or has_legal_form(words, mention.at)):
            firms.update(parts)
    return surnames, firms


def _without_unknown_place(words: Words, mention: Mention) -> Mention:
    """A surname of the article that a model takes for a place, which nobody else knows, without
    that opinion."""
    known = is_town(words, mention.at) or known_entities().find(words.form(mention.at))
    return mention if known or mention.label != "LOC" else replace(mention, label=None)


def _is_place(words: Words, mention: Mention) -> bool:
    """Whether a name that a club has too is the town's here: *in Francia*, or *a Empoli*, no model
    calling it a body."""
    low = mention.at.low
    table = words.table(low)
    prepositions = table.place_prepositions | table.loose_place_prepositions
    tied = words.word(low - 1) in prepositions or words.is_of(low - 1)
    opens = dateline_end(words, low) == mention.at.high
    inside = words.word(low - 1) in table.inside
    return opens or inside or (tied and mention.label != "ORG")


def _sense(words: Words, mention: Mention, shared: bool) -> str:
    """What a name means that the table of known entities does not, or not in this place.

    ``shared`` tells whether a person and a firm bear it in the article.
    """
    low, high = mention.at.low, mention.at.high
    if is_club(words, low, high):
        return CLUB
    cited = words.is_article(low - 1) or words.word(low - 1) in words.table(low).source_words
    sure = mention.label == "PER" and mention.score >= SURE_OF_PERSON and not cited
    return SURNAME if (shared and sure) or words.lacks_article(low, high) else ""


def _is_team(words: Words, mention: Mention) -> bool:
    """Whether a model is sure that a town's or a state's name is a body's: *salva l'Italia*; or the
    words beside a town's name say so.

    A state that speaks is none: *Mosca nega*.
    """
    if words.word(mention.at.low - 1) in words.table(mention.at.low).inside:
        return False  # "in Francia si gioca"
    if plays_by_words(words, mention.at):
        return True
    if mention.label != "ORG" or mention.score < SURE_OF_TEAM:
        return False
    speaks = words.word(mention.at.high) in words.table(mention.at.low).speaking_verbs
    state = words.reports_match and is_state(words, mention.at)  # not "l'Italia si oppone ai dazi"
    return (state and not speaks) or is_town(words, mention.at)


def _is_titled(words: Words, mention: Mention) -> bool:
    low = mention.at.low
    return words.word(low - 1).rstrip(".") in words.table(low).roles


def _key(form: str) -> str:
    """The folded form without legal form: *Harlan Steel Corp.* is *harlan steel*."""
    parts = fold(form).replace(".", "").replace(",", "").split()
    while len(parts) > 1 and parts[-1] in LEGAL_FORMS:
        parts.pop()
    return " ".join(parts)
