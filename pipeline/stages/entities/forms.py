"""The spellings of an article's names, each with all its mentions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.core.layers import Label
from pipeline.languages import LANGUAGES
from pipeline.languages.forms import fold
from pipeline.languages.names import name_table
from pipeline.stages.entities.labels import Points, best, points
from pipeline.stages.entities.mentions import Mention
from pipeline.stages.entities.words import Words

LEGAL_FORMS = frozenset(
    form.replace(".", "") for code in LANGUAGES for form in name_table(code).legal_forms
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


def find_forms(words: Words, mentions: Iterable[Mention]) -> dict[str, Form]:
    """The forms by their keys, in the order of their first mentions."""
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
