"""Who is in focus: whoever spoke last, became the subject of a main clause or was asked since.

They stand here as the article mentions them: whom a mention means, and which of them a pronoun or
noun may mean, is told by `references`. Where no one in focus fits, those only named are left.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from pipeline.core.layers import Entity
from pipeline.stages.claims.descriptions import Descriptions, Name
from pipeline.stages.claims.interviews import is_question
from pipeline.stages.claims.mentions import Mention, Named, bare_name, noun_phrase, with_partners
from pipeline.stages.claims.syntax import Article

_REACH = 5
"""Someone in focus this many sentences back can still be meant."""
_FARTHEST = 40
"""The same, however much of what lies between is quoted."""
_ADJACENT = 2
"""A body that has not spoken, or someone unnamed, only from the sentence before."""
_NEARBY = 3
"""Someone merely mentioned is looked for in so many sentences before."""


@dataclass(frozen=True, slots=True)
class Referent:
    """Someone who may be meant later: an entity, or whom a phrase describes; or a group."""

    position: int
    entity: Entity | None
    mention: Mention | None = None
    plural: bool = False
    spoke: bool = False

    @property
    def is_known(self) -> bool:
        """Whether it stands for itself, by its name or as one who spoke."""
        return self.entity is not None or self.spoke

    @property
    def is_body(self) -> bool:
        """Whether it is an organisation."""
        return self.entity is not None and self.entity.label == "ORG"


class Focus:
    """Those in focus at any place of an article, and those named before it.

    ``names``, ``subjects`` and ``asked`` are in text order; ``spoken`` and ``asked`` are filled as
    mentions are resolved.
    """

    def __init__(self, article: Article, descriptions: Descriptions, named: Named) -> None:
        self.article = article
        self.descriptions = descriptions
        self.named = named
        # "ROME (AP) - The company said": an agency in a dateline is nobody meant later.
        self.names = [n for n in descriptions.names if not article.in_dateline(n.low)]
        self.spoken: list[Referent] = []
        self.asked: list[Referent] = []
        self.subjects = list(self._main_subjects())

    def names_between(self, low: int, high: int) -> Sequence[Name]:
        """The persons and bodies named from a token to another, in order."""
        first, last = (bisect_left(self.names, token, key=lambda n: n.low) for token in (low, high))
        return self.names[first:last]

    def subjects_behind(self, token: int) -> int:
        """The index of the first subject behind a token."""
        return bisect_right(self.subjects, token, key=_position)

    @property
    def last(self) -> Referent | None:
        """Whoever spoke last."""
        return self.spoken[-1] if self.spoken else None

    def recent(self, before: int) -> Iterator[Referent]:
        """Those in focus at a token, the latest first."""
        article, last = self.article, self.last
        claimed = article.sentence_of[last.position] if last else -1
        since = last.position if last else -1
        farthest = article.sentences[max(article.sentence_of[before] - _FARTHEST, 0)][0]
        reach = bisect_left(self.subjects, max(since + 1, farthest), key=_position)
        end = bisect_left(self.subjects, before, key=_position)
        newer = [
            subject
            for subject in self.subjects[reach:end]
            if article.sentence_of[subject.position] != claimed
        ]
        reach = bisect_left(self.asked, max(since, farthest), key=_position)
        asked = self.asked[reach : bisect_left(self.asked, before, key=_position)]
        newer = sorted((*newer, *asked), key=lambda referent: referent.position)
        for referent in (*reversed(newer), *reversed(self.spoken)):
            passing = not referent.is_known or (referent.is_body and not referent.spoke)
            if self.near(referent.position, before, _ADJACENT if passing else _REACH):
                yield referent

    def near(self, position: int, token: int, reach: int = _REACH) -> bool:
        """Whether someone may be meant at a token: ``reach`` sentences bound what lies between."""
        article = self.article
        first, last = article.sentence_of[position], article.sentence_of[token]
        if not 0 <= last - first <= _FARTHEST:
            return False
        # Sentences inside a quotation do not lead away from its speaker.
        told = sum(
            article.quotation_of[article.sentences[number][0]] < 0
            for number in range(first + 1, last)
        )
        return told < reach

    # The subjects

    def _main_subjects(self) -> Iterator[Referent]:
        """The persons, bodies and described persons that are subjects of the narrator's clauses."""
        article = self.article
        for token, entity in sorted(self.descriptions.main_subjects(), key=lambda found: found[0]):
            if article.quotation_of[token] >= 0:
                continue
            group = self._group(token)
            if group:
                yield Referent(token, None, group, plural=True)
            elif entity:
                yield Referent(token, entity)
            else:
                plural = "Number=Plur" in article.morphs[token]
                mention = noun_phrase(article, token, self.named)
                name = bare_name(article, mention, self.named)
                yield Referent(token, self.named.at(name.head, ("PER",)), mention, plural)

    def _group(self, token: int) -> Mention | None:
        """Persons joined by *and*: *Rosalind and Peter Acheson*."""
        if self.named.at(token, ("PER",)) is None:
            return None
        name = bare_name(self.article, Mention(token, token + 1, token), self.named)
        mention = with_partners(self.article, name, self.named)
        return mention if self.named.holds_several(mention) else None

    # Those only named

    def latest(
        self,
        before: int,
        labels: tuple[str, ...],
        gender: str,
        barred: Set[str] = frozenset(),
    ) -> Entity | None:
        """The entity mentioned last; in the nearest sentence a subject comes first.

        None whose name holds one of the ``barred`` words.
        """
        article = self.article
        best: Entity | None = None
        best_key: tuple[int, bool, int] | None = None
        nearest = max(article.sentence_of[before] - _NEARBY, 0)
        for name in self.names_between(article.sentences[nearest][0], before):
            if name.entity.label not in labels:
                continue
            if not self.descriptions.fits(name.entity, gender):
                continue
            if is_called(name.entity, barred):
                continue
            distance = article.sentence_of[before] - article.sentence_of[name.low]
            quoted = article.quotation_of[name.low]
            if quoted >= 0 and quoted != article.quotation_of[before]:
                continue
            key = (-distance, self.descriptions.is_subject(name.low), -name.low)
            if best_key is None or key > best_key:
                best, best_key = name.entity, key
        return best

    def together(self, before: int) -> list[Entity]:
        """The persons named together in the nearest sentence that names several, in order."""
        article = self.article
        first = article.sentence_of[before]
        for number in range(first, max(first - _NEARBY, -1), -1):
            low, high = article.sentences[number]
            found = {
                name.entity.id: name.entity
                for name in self.names_between(low, min(high, before))
                if name.entity.label == "PER" and article.quotation_of[name.low] < 0
            }
            if len(found) > 1:
                return list(found.values())
        return []

    def named_before(self, anchor: int) -> Iterator[Entity]:
        """The persons named in the sentence before a token, not in a quotation or question."""
        article = self.article
        number = article.sentence_of[anchor] - 1
        if number < 0:
            return
        for name in self.names_between(*article.sentences[number]):
            told = name.entity.label == "PER" and article.quotation_of[name.low] < 0
            if told and not self._is_asked_about(name.low):
                yield name.entity

    def most_named(self, anchor: int) -> Entity | None:
        """The person named most before a token: in an interview, the one who answers."""
        before = [
            name.entity
            for name in self.names_between(0, anchor)
            if name.entity.label == "PER" and not self._is_asked_about(name.low)
        ]
        if not before:
            return None
        most = Counter(entity.id for entity in before).most_common(1)[0][0]
        return next(entity for entity in before if entity.id == most)

    def named_next(self, anchor: int) -> Entity | None:
        """The person named in the sentence after a quotation that opens the article."""
        article = self.article
        following = (
            name.entity
            for name in self.names_between(anchor + 1, len(article))
            if name.entity.label == "PER"
            and article.quotation_of[name.low] < 0
            and article.sentence_of[name.low] - article.sentence_of[anchor] <= _NEARBY
        )
        return next(following, None)

    def _is_asked_about(self, token: int) -> bool:
        """*Ha parlato con Guglielmo Astori?* before an answer: somebody else answers."""
        if is_question(self.article, self.article.paragraph(token)):
            return True
        low, high = self.article.sentence(token)
        ends = [t for t in range(low, high) if not self.article.is_mark(t)]
        return bool(ends) and self.article.words[ends[-1]] == "?"


def _position(referent: Referent) -> int:
    return referent.position


def is_called(entity: Entity, nouns: Set[str]) -> bool:
    """Whether a name holds one of some nouns: *European Medicines Agency*, the noun *agency*."""
    return not nouns.isdisjoint(entity.name.lower().split())
