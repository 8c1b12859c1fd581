"""Names of the article, grouped into entities."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.config import EntitySettings
from pipeline.core.layers import Analysis, Entities, Entity, Text
from pipeline.languages.aliases import AliasTable, known_entities, parse_aliases
from pipeline.languages.rows import read_text
from pipeline.stages.base import Stage, View
from pipeline.stages.entities.candidates import find_mentions
from pipeline.stages.entities.canonical import identifier
from pipeline.stages.entities.forms import Form
from pipeline.stages.entities.grouping import group
from pipeline.stages.entities.labels import add, best
from pipeline.stages.entities.mentions import Mention
from pipeline.stages.entities.words import Words


class EntitiesStage(Stage[Entities]):
    """Cleans the models' name candidates, adds missed ones, and groups them into entities.

    The user's table of known entities, if there is one, wins over the shipped one, and both win
    over guesses.
    """

    name = "entities"
    version = "10"
    reads = (Text, Analysis)
    writes = Entities

    def __init__(self, settings: EntitySettings) -> None:
        """Reads the alias file, whose content counts for the key and whose place does not.

        Raises: UsageError when it is missing or wrong.
        """
        self._user_table = AliasTable({}, {})
        self._resources: dict[str, str] = {}
        if settings.aliases:
            content = read_text(Path(settings.aliases), "alias file")
            self._user_table = parse_aliases(content, settings.aliases)
            self._resources["aliases"] = hashlib.sha256(content.encode()).hexdigest()[:16]

    @property
    def _tables(self) -> tuple[AliasTable, ...]:
        """The user's table before the shipped one, which is read at the first document."""
        given = (self._user_table,) if self._user_table.by_form else ()
        return (*given, known_entities())

    @property
    def resources(self) -> Mapping[str, str]:
        """The hash of the alias file's content."""
        return self._resources

    def apply(self, view: View) -> Entities:
        """Entities in the order of their first mention, numbered ``e1``, ``e2``, ..."""
        words = Words(view[Text], view[Analysis])
        mentions = find_mentions(words, view[Analysis].names, self._tables)
        entities: dict[str, Entity] = {}
        for found in group(words, mentions, self._tables):
            entity = self._entity(words, found)
            same = entities.get(entity.canonical)
            entities[entity.canonical] = _joined(same, entity) if same else entity
        return Entities(
            tuple(
                replace(entity, id=f"e{number}")
                for number, entity in enumerate(entities.values(), 1)
            )
        )

    def _entity(self, words: Words, found: Sequence[tuple[Form, Mention]]) -> Entity:
        forms = Counter(words.form(mention.at) for _, mention in found)
        given = next(filter(None, map(self._user_table.find, sorted(forms))), None)
        guessed = best(add({form.key: form.points for form, _ in found}.values()))
        label = given.label if given else guessed
        name = _best_name(forms)
        return Entity(
            id="",
            label=label,
            canonical=identifier(name, forms, label, self._tables),
            name=name,
            aliases=tuple(sorted(form for form in forms if form != name)),
            mentions=tuple(words.span(mention.at) for _, mention in found),
        )


def _joined(one: Entity, other: Entity) -> Entity:
    """Two groups of mentions that turned out to have the same identifier, under the first name:
    *Tribunale di Torino* and *Court of Turin* in a passage in the other language."""
    forms = {*one.aliases, other.name, *other.aliases} - {one.name}
    mentions = tuple(sorted((*one.mentions, *other.mentions)))
    return replace(one, aliases=tuple(sorted(forms)), mentions=mentions)


def _best_name(forms: Mapping[str, int]) -> str:
    """The form with most words that is not in capitals only; then the most frequent one."""

    def rank(form: str) -> tuple[bool, int, int, str]:
        shouted = form.isupper() and len(form) > 5
        return (shouted, -len(form.split()), -forms[form], form)

    return min(forms, key=rank)
