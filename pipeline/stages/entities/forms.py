"""The spellings of an article's names, each with all its mentions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.core.layers import Label
from pipeline.languages import LANGUAGES
from pipeline.languages.forms import fold
from pipeline.languages.names import name_table
from pipeline.stages.entities.labels import Points, best, is_club, points
from pipeline.stages.entities.mentions import Mention
from pipeline.stages.entities.words import Words

LEGAL_FORMS = frozenset(
    form.replace(".", "") for code in LANGUAGES for form in name_table(code).legal_forms
)


CLUB = "club"


@dataclass(frozen=True, slots=True)
class Form:
    """One folded spelling with its words, its mentions in text order, and what speaks for each
    label; ``label`` has most points, ``titled`` tells whether a title or role stands before it.

    A spelling may have a second sense beside the one of the table of known entities: the club
    *Roma*, a person *Verdi*. It has a form of its own, which is not ``known``.
    """

    key: str
    parts: tuple[str, ...]
    mentions: tuple[Mention, ...]
    points: Points
    label: Label
    titled: bool
    known: bool = True


def find_forms(words: Words, mentions: Iterable[Mention]) -> dict[str, Form]:
    """The forms by their keys, in the order of their first mentions."""
    senses: dict[tuple[str, str], list[Mention]] = defaultdict(list)
    for mention in mentions:
        senses[_key(words.form(mention.at)), _sense(words, mention)].append(mention)
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
        scores = points(words, found, backed=spelling in longer, known=not sense)
        titled = any(_is_titled(words, mention) for mention in found)
        parts = tuple(spelling.split())
        forms[key] = Form(key, parts, tuple(found), scores, best(scores), titled, not sense)
    return forms


def _is_place(words: Words, mention: Mention) -> bool:
    """Whether a name that a club has too is the town's here: *a Empoli*, no model calling it a
    body."""
    low = mention.at.low
    tied = words.word(low - 1) in words.table(low).place_prepositions or words.is_of(low - 1)
    return tied and mention.label != "ORG"


def _sense(words: Words, mention: Mention) -> str:
    """What a name means that the table of known entities does not."""
    low, high = mention.at.low, mention.at.high
    if is_club(words, low, high):
        return CLUB
    return "surname" if words.lacks_article(low, high) else ""


def _is_titled(words: Words, mention: Mention) -> bool:
    low = mention.at.low
    return words.word(low - 1).rstrip(".") in words.table(low).roles


def _key(form: str) -> str:
    """The folded form without legal form: *Harlan Steel Corp.* is *harlan steel*."""
    parts = fold(form).replace(".", "").replace(",", "").split()
    while len(parts) > 1 and parts[-1] in LEGAL_FORMS:
        parts.pop()
    return " ".join(parts)
