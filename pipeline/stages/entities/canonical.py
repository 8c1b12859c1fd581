"""Identifiers that an entity has in every article and in both languages.

An identifier follows from the entity's names and the tables alone: ``loc:milan`` for *Milano* and
*Milan*. Where the tables know no such entity, the words of an institution's, place's or event's
name are put into English and into the order of an English name, so that *Tribunale di Torino*,
*Court of Turin* and *Turin Court* meet in ``org:turin-court``; persons keep their words in their
order (``per:oliver-whitcombe``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.core.layers import Label
from pipeline.languages.aliases import Alias, AliasTable
from pipeline.languages.chinese import surname_first
from pipeline.languages.forms import fold, slug
from pipeline.languages.terms import english_words


def known(forms: Iterable[str], label: Label, tables: Sequence[AliasTable]) -> Alias | None:
    """The entry of the first table that knows one of ``forms``, the longest form first.

    An entry of another label is passed over: *Augusta* may be a town or a woman.
    """
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    for table in tables:
        for form in ordered:
            alias = table.find(form)
            if alias and alias.label == label:
                return alias
    return None


def identifier(name: str, forms: Iterable[str], label: Label, tables: Sequence[AliasTable]) -> str:
    """The canonical id of the entity called ``name``, also written ``forms``."""
    alias = known({name, *forms}, label, tables)
    if alias:
        return alias.id
    if label == "PER":
        return f"per:{slug(surname_first(fold(name)))}"
    words = [_translated(word, tables) for word in english_words(name)]
    return f"{label.lower()}:{slug(' '.join(words) or name)}"


def _translated(word: str, tables: Sequence[AliasTable]) -> str:
    """A place inside a name by its English name: *torino* is *turin*."""
    for table in tables:
        alias = table.find(word)
        if alias and alias.label == "LOC" and alias.names["en"]:
            english = [fold(name) for name in alias.names["en"]]
            return word if word in english else english[0]
    return word
