"""Identifiers that an entity has in every article and in both languages.

An identifier follows from the entity's names and the tables alone: ``loc:milan`` for *Milano* and
*Milan*. Where the tables know no such entity, the words of an institution's, place's or event's
name are put into English and into the order of an English name, so that *Tribunale di Torino*,
*Court of Turin* and *Turin Court* meet in ``org:turin-court``; persons keep their words in their
order (``per:oliver-whitcombe``), titles of works and products theirs, and so do towns and streets
(*Nizza Monferrato* is not in Nice). Legal forms of companies, and spaces, hyphens or nothing before
a number, make no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from pipeline.core.layers import Label
from pipeline.languages.aliases import Alias, AliasTable
from pipeline.languages.chinese import surname_first
from pipeline.languages.forms import fold, slug
from pipeline.languages.names import all_words, name_table, towns
from pipeline.languages.terms import ARTICLES, STREETS, english_words


def known(forms: Iterable[str], label: Label, tables: Sequence[AliasTable]) -> Alias | None:
    """The entry of the first table that knows one of ``forms``, the longest form first.

    An entry of another label is passed over: *Augusta* may be a town or a woman.
    """
    read = {*forms, *(f"{form[:-2]}AI" for form in forms if form.endswith(" Al"))}  # "Mistral Al"
    ordered = sorted(read, key=lambda form: (-len(form), form))
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
    name = without_legal_form(name)
    if label == "MISC" and not _has_kind(name):
        return f"misc:{slug(_without_article(name))}"
    if label == "LOC" and fold(name) in towns():
        return f"loc:{slug(_without_article(name))}"
    words = english_words(name)
    if not _is_street(name):
        words = [_translated(word, tables) for word in words]
    return f"{label.lower()}:{slug(' '.join(words) or name)}"


def without_legal_form(name: str) -> str:
    """*Harlan Steel* for *Harlan Steel Corp.*; *Crane & Co* stays whole."""
    words = name.split()
    while len(words) > 1 and words[-2] != "&" and _bare(words[-1]) in _legal_forms():
        words.pop()
    return " ".join(words)


def _without_article(name: str) -> str:
    """*Lancet* for *The Lancet*, *Gattopardo* for *Il Gattopardo*."""
    first, _, rest = name.replace("’", "'").partition(" ")
    return rest if rest and fold(first) in ARTICLES else name


def _bare(word: str) -> str:
    return fold(word).replace(".", "").replace(",", "")


@cache
def _legal_forms() -> frozenset[str]:
    return frozenset(form.replace(".", "") for form in all_words("legal_forms"))


def _has_kind(name: str) -> bool:
    """Whether a law, prize or event says what it is and has a translation (*Premio Ginestra*);
    titles and products keep their words (*Acqua ferma*)."""
    words = fold(name).split()
    first, last = words[:1], words[-1:]  # a name of marks alone has no word
    others = [(first, name_table("it").others), (last, name_table("en").others)]
    return any(not kinds.isdisjoint(word) for word, kinds in others)


def _is_street(name: str) -> bool:
    """A street keeps the names in its own: *via Riva di Reno* has nothing of the Rhine."""
    return fold(name).partition(" ")[0] in STREETS


def _translated(word: str, tables: Sequence[AliasTable]) -> str:
    """A place inside a name by its English name: *torino* is *turin*."""
    for table in tables:
        alias = table.find(word)
        if alias and alias.label == "LOC" and alias.names["en"]:
            english = [fold(name) for name in alias.names["en"]]
            return word if word in english else english[0]
    return word
