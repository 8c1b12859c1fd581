"""Noun phrases that mention someone, and the names inside them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.core.layers import Entities, Entity
from pipeline.core.spans import Span
from pipeline.languages import function_words as words
from pipeline.languages.people import people_table
from pipeline.stages.claims.syntax import Article

POSSESSIVES = frozenset(["nmod:poss", "det:poss"])
_WITHIN_PHRASES = POSSESSIVES | {"amod"}  # "the Toledo-based company"
_BEFORE_HEADS = frozenset(["compound", "nmod:poss"])  # "according to the court's own report"
_GOES_ON = frozenset(["NOUN", "PROPN", "ADJ", "PART"])
_MAX_TITLE = 4
"""A name behind *and* may have an article and a title before it: *and the minister Ada Neri*."""
CORE = frozenset(["DET", "ADJ", "NOUN", "PROPN", "NUM", "X"])


@dataclass(frozen=True, slots=True)
class Mention:
    """A noun phrase: its tokens ``[low, high)`` and its head word."""

    low: int
    high: int
    head: int


class Named:
    """The entities of the article by the tokens that mention them."""

    def __init__(self, article: Article, entities: Entities) -> None:
        self.by_token: dict[int, tuple[Entity, Span]] = {}
        for entity in entities.entities:
            for span in entity.mentions:
                low, high = article.range_of(span)
                for token in range(low, high):
                    self.by_token[token] = (entity, span)

    def at(self, token: int, labels: tuple[str, ...] = ("PER", "ORG")) -> Entity | None:
        """The entity with one of ``labels`` mentioned at ``token``."""
        found = self.by_token.get(token)
        return found[0] if found and found[0].label in labels else None

    def begins_another(self, token: int) -> bool:
        """Whether a name begins right behind another: *un'analisi di Prometeia Milano …*."""
        here, before = self.by_token.get(token), self.by_token.get(token - 1)
        return here is not None and before is not None and here[0] != before[0]

    def holds_several(self, mention: Mention) -> bool:
        """Whether a mention holds more than one name: *Rosalind and Peter Acheson*."""
        names = (self.at(token) for token in range(mention.low, mention.high))
        return len({entity.id for entity in names if entity}) > 1


def as_written(article: Article, mention: Mention) -> str:
    """The words of a mention as the article has them."""
    return article.span_of(mention.low, mention.high).of(article.text)


def noun_phrase(article: Article, head: int, named: Named) -> Mention:
    """The phrase around ``head``: determiner to head, with what follows closely."""
    low = head
    start, end = article.sentence(head)
    while low > start and (
        (
            (article.upos[low - 1] in CORE or article.deps[low - 1] in _WITHIN_PHRASES)
            and article.words[low - 1] not in words.RELATIVES
            and article.below(low - 1, head)
        )
        or same_name(named, low - 1, low)
        or (article.upos[low - 1] == "PART" and article.words[low - 1] in ("'s", "'"))
        or article.hyphenated(low) < low
    ):
        low = min(low - 1, article.hyphenated(low))
    high = head + 1
    while high < end and (
        same_name(named, high - 1, high)
        or (
            article.upos[high] in ("PROPN", "NOUN", "ADJ", "X", "NUM")
            and article.below(high, head)
            and not article.is_time(high)
        )
    ):
        high += 1
    while high + 1 < end and article.hyphenated(high + 1) < high:
        high += 2  # "il mastro-fornaio", whatever the parser makes of its parts
    return Mention(low, high, head)


def same_name(named: Named, left: int, right: int) -> bool:
    first, second = named.by_token.get(left), named.by_token.get(right)
    return first is not None and first == second


def source_phrase(article: Article, low: int, high: int, named: Named) -> Mention | None:
    """The noun phrase right after a reporting preposition: *according to the mayor*."""
    for token in range(low, min(low + 8, high)):
        if article.deps[token] in POSSESSIVES and article.upos[token] == "PRON":
            continue
        if article.upos[token] in ("NOUN", "PROPN", "PRON", "X") or named.at(token):
            if token == low and _is_trade(article, token, named):
                return noun_phrase(article, token + 1, named)
            while article.deps[token] in _BEFORE_HEADS and token < article.heads[token] < high:
                token = article.heads[token]  # noqa: PLW2901
            return noun_phrase(article, token, named)
        if article.upos[token] not in ("DET", "ADJ", "NUM", "ADV", "PUNCT"):
            return None
    return None


def _is_trade(article: Article, noun: int, named: Named) -> bool:
    """Whether a bare noun only says what the person named behind it does: *according to architect
    Dora Finch*; not *according to police Dora Finch was out*."""
    table, lemma = people_table(article.language(noun)), article.lemmas[noun]
    one = article.upos[noun] == "NOUN" and "Number=Sing" in article.morphs[noun]
    bare = one and lemma not in table.bodies | table.institutions
    return bare and named.at(noun) is None and named.at(noun + 1, ("PER",)) is not None


def with_partners(article: Article, mention: Mention, named: Named) -> Mention:
    """A name with those joined to it: *Greenwatch and the Otter Trust*, *Anna Bell, Tom Reed and
    Mia Stone*; the mention itself where none is."""
    end = article.sentence(mention.head)[1]
    high, partners_end = mention.high, mention.high
    while high + 1 < end and article.words[high] in words.AND | {","}:
        closes = article.words[high] in words.AND
        name = _partner(article, high + 1, end, named)
        if name is None or named.at(name) is named.at(mention.head):
            break
        high = whole_name(article, name, named).high
        if closes:
            partners_end = high
    possessor = partners_end < end and (
        article.upos[partners_end] in _GOES_ON or article.words[partners_end] in ("'s", "'")
    )  # "Greenwatch and Otter Trust director Jo Kemp"
    return mention if possessor else replace(mention, high=partners_end)


def _partner(article: Article, low: int, end: int, named: Named) -> int | None:
    """The name that begins at ``low``, behind its article and title."""
    for token in range(low, min(low + _MAX_TITLE, end)):
        if named.at(token):
            return token
        if article.upos[token] not in ("DET", "NOUN", "ADJ"):
            return None
    return None


def bare_name(article: Article, mention: Mention, named: Named) -> Mention:
    """The name inside a phrase (*its director, Ugo Tarsetti* → *Ugo Tarsetti*), else the phrase.

    Only a name that the phrase is, not one that it holds: *a person at Alibaba* stays.
    """
    entity = named.at(mention.head)
    if entity:
        return whole_name(article, mention.head, named)
    person = people_table(article.language(mention.head)).is_person(article.lemmas[mention.head])
    labels = ("PER",) if person else ("PER", "ORG")  # "un funzionario Ue"
    for token in range(mention.head + 1, mention.high):
        if named.at(token, labels) and _apposed(article, token, mention.head):
            return whole_name(article, token, named)
    for token in range(mention.low, mention.head):
        if named.at(token, ("PER",)) and not _possessor(article, token):
            return whole_name(article, token, named)
    following = _apposition(article, mention, named)
    return following or mention


def _apposed(article: Article, token: int, head: int) -> bool:
    return not any(article.upos[t] == "ADP" for t in range(head + 1, token))


def _possessor(article: Article, token: int) -> bool:
    following = token + 1
    while following < len(article) and article.upos[following] == "PROPN":
        following += 1
    return following < len(article) and article.words[following] in ("'s", "'")


def _apposition(article: Article, mention: Mention, named: Named) -> Mention | None:
    """A person's name right after the phrase's comma: *la sindaca di Bari, Ada Neri*."""
    end = article.sentence(mention.head)[1]
    token = mention.high
    while (
        token < end
        and (
            article.upos[token] in (*CORE, "ADP", "CCONJ")
            or "VerbForm=Part" in article.morphs[token]  # "l'amministratrice delegata Ada Neri"
        )
        and token - mention.high < 12
    ):
        if article.upos[token] == "DET" and article.upos[token - 1] not in ("ADP", "DET"):
            return None  # "Secondo la polizia l'autista, Ugo Serra, non c'era"
        if named.at(token, ("PER",)):
            name = whole_name(article, token, named)
            titles = people_table(article.language(token)).titles
            before = name.low - 1 - (article.words[name.low - 1] in titles)
            return name if article.upos[before] != "ADP" else None  # "lawyers for Mr Ugo Serra"
        token += 1
    if token + 1 < end and article.words[token] == ",":
        for following in range(token + 1, min(token + 4, end)):
            if named.at(following):
                name = whole_name(article, following, named)
                closed = name.high >= end or not article.is_finite(name.high)
                return name if closed else None
            if article.upos[following] not in ("DET", "NOUN", "ADJ", "PROPN", "PUNCT"):
                break
    return None


def whole_name(article: Article, token: int, named: Named) -> Mention:
    low, high = article.range_of(named.by_token[token][1])
    return Mention(low, max(high, low + 1), token)
