"""From the mention beside the claim to the person or body it stands for."""

from __future__ import annotations

from collections import defaultdict

from pipeline.core.layers import Entities, Entity, Speaker
from pipeline.stages.claims.drafts import Draft
from pipeline.stages.claims.mentions import Mention, Named, bare_name
from pipeline.stages.claims.syntax import Article

_PRONOUNS = {
    "he": "m", "him": "m", "his": "m", "she": "f", "her": "f", "i": "?", "they": "p", "their": "p",
    "it": "n", "its": "n", "we": "p", "lui": "m", "egli": "m", "lei": "f", "ella": "f",
    "loro": "p", "essi": "p", "esse": "p", "suo": "?", "sua": "?", "suoi": "?", "sue": "?",
    "io": "?", "noi": "p", "you": "?", "himself": "m", "herself": "f",
}  # fmt: skip
_BODIES = frozenset(
    """company firm group agency ministry union council bank club team startup start-up maker
    organisation organization charity institute university watchdog publisher regulator court
    azienda società gruppo agenzia ministero sindacato banca casa impresa ente istituto università
    fondazione associazione colosso compagnia""".split()
)
_DEFINITE = frozenset(["the", "il", "lo", "la", "l'"])


class Speakers:
    """Resolves the speakers of drafts taken in text order."""

    def __init__(self, article: Article, entities: Entities, named: Named) -> None:
        self.article = article
        self.named = named
        self.order: list[tuple[int, Entity]] = sorted(
            (
                (article.range_of(span)[0], entity)
                for entity in entities.entities
                for span in entity.mentions
            ),
            key=lambda pair: pair[0],
        )
        self.described = self._descriptions()
        self.last: tuple[int, Entity | None, Mention | None] | None = None

    def resolve(self, draft: Draft) -> Speaker | None:
        """The speaker of ``draft``; None when nothing is known."""
        mention = draft.speaker
        if mention is None and draft.introduced:
            mention = self._introducer(draft.anchor)
            entity = self._entity(mention, draft.anchor) if mention else self._previous(draft)
            return self._unmentioned(entity)
        if mention is None:
            if not self._drops_subject(draft):
                return None
            return self._unmentioned(self._previous(draft))
        entity = self._entity(mention, draft.anchor)
        return self._remember(draft, mention, entity)

    def _unmentioned(self, entity: Entity | None) -> Speaker | None:
        """A speaker without a mention of their own: the one who spoke last, named or not."""
        if entity is None and self.last and self.last[1] is None and self.last[2]:
            mention = self.last[2]
            described = self.article.span_of(mention.low, mention.high).of(self.article.text)
            return Speaker(None, None, described)
        return self._speaker(None, entity)

    def _remember(
        self, draft: Draft, mention: Mention | None, entity: Entity | None
    ) -> Speaker | None:
        if mention or entity:
            self.last = (draft.anchor, entity, mention)
        return self._speaker(mention, entity)

    def _speaker(self, mention: Mention | None, entity: Entity | None) -> Speaker | None:
        if mention is None and entity is None:
            return None
        span = self.article.span_of(mention.low, mention.high) if mention else None
        name = entity.name if entity else span and span.of(self.article.text)
        return Speaker(span, entity.id if entity else None, name or None)

    def _drops_subject(self, draft: Draft) -> bool:
        return self.article.language(draft.anchor) == "it" and bool(draft.cue)

    def _entity(self, mention: Mention, anchor: int) -> Entity | None:
        article = self.article
        word = article.words[mention.head]
        direct = self.named.at(mention.head, ("PER", "ORG", "LOC", "MISC"))
        if direct:
            return direct
        if word in _PRONOUNS:
            return self._pronoun(_PRONOUNS[word], mention.low)
        return self._role(mention)

    def _pronoun(self, gender: str, before: int) -> Entity | None:
        if gender == "p":
            return self.last[1] if self.last and self._near(self.last[0], before, 2) else None
        labels = ("ORG",) if gender == "n" else ("PER",)
        if self.last and self.last[1] and self.last[1].label in labels:
            if self._near(self.last[0], before, 3) and not self._newer_subject(before, labels):
                return self.last[1]
        if self.last and self.last[1] is None and self.last[2] and gender in ("m", "f"):
            unnamed = self._near(self.last[0], before, 0)
            if unnamed and not self._newer_subject(before, labels):
                return None
        return self._latest(before, labels, 3)

    def _newer_subject(self, before: int, labels: tuple[str, ...]) -> bool:
        """Whether a person became the subject of a sentence after the last claim."""
        assert self.last is not None
        article = self.article
        for position, entity in self.order:
            if self.last[0] < position < before and entity.label in labels:
                if entity is not self.last[1] and self._is_subject(position) and (
                    article.quotation_of[position] < 0
                ):
                    return True
        return False

    def _near(self, position: int, token: int, sentences: int) -> bool:
        article = self.article
        return 0 <= article.sentence_of[token] - article.sentence_of[position] <= sentences + 2

    def _latest(self, before: int, labels: tuple[str, ...], sentences: int) -> Entity | None:
        """The entity mentioned last: a subject of the nearest sentence first."""
        article = self.article
        best: Entity | None = None
        best_key: tuple[int, int, int] | None = None
        for position, entity in self.order:
            if position >= before or entity.label not in labels:
                continue
            if article.quotation_of[position] != article.quotation_of[before] and (
                article.quotation_of[position] >= 0
            ):
                continue
            distance = article.sentence_of[before] - article.sentence_of[position]
            if distance > sentences:
                continue
            is_subject = self._is_subject(position)
            key = (-distance, int(is_subject), -position)
            if best_key is None or key > best_key:
                best, best_key = entity, key
        return best

    def _is_subject(self, position: int) -> bool:
        article = self.article
        token = position
        for _ in range(4):
            if article.deps[token].startswith("nsubj"):
                return True
            if article.deps[token] not in ("compound", "flat", "flat:name", "appos", "nmod"):
                return False
            token = article.heads[token]
        return False

    def _role(self, mention: Mention) -> Entity | None:
        """*the mayor* → the person whom the article calls mayor."""
        article = self.article
        word = article.lemmas[mention.head]
        definite = article.words[mention.low] in _DEFINITE
        if "Number=Plur" in article.morphs[mention.head] or not definite:
            return None
        known = [
            (position, entity)
            for position, entity in self.described.get(word, ())
            if position < mention.low
        ]
        if known:
            return known[-1][1]
        if word in _BODIES and mention.high - mention.low == 2:
            return self._latest(mention.low, ("ORG",), 3)
        return None

    def _descriptions(self) -> dict[str, list[tuple[int, Entity]]]:
        """Nouns that stand in apposition to a name, with the names they describe."""
        article = self.article
        found: dict[str, list[tuple[int, Entity]]] = defaultdict(list)
        for position, entity in self.order:
            if entity.label not in ("PER", "ORG"):
                continue
            for noun in (*self._nouns_before(position), *self._nouns_after(position)):
                found[article.lemmas[noun]].append((position, entity))
        return found

    def _nouns_before(self, position: int) -> list[int]:
        """*la sindaca Ada Neri*, *its director, Ada Neri*, *the rail minister, Ada Neri*."""
        article = self.article
        token = position - 1
        if token >= 0 and article.words[token] == ",":
            token -= 1
        nouns = []
        start = article.sentence(position)[0]
        while token >= start and article.upos[token] in ("NOUN", "ADJ", "PROPN", "ADP", "DET"):
            if article.upos[token] == "NOUN":
                nouns.append(token)
            if article.upos[token] == "DET" and nouns:
                break
            token -= 1
        return nouns[-1:] if nouns else []

    def _nouns_after(self, position: int) -> list[int]:
        """*Ada Neri, the mayor of Bari*; *Ada Neri, sindaca di Bari*."""
        article = self.article
        entity_span = self.named.by_token.get(position)
        if entity_span is None:
            return []
        token = article.range_of(entity_span[1])[1]
        end = article.sentence(position)[1]
        if token + 1 >= end or article.words[token] != ",":
            return []
        token += 1
        nouns: list[int] = []
        while token < end and article.upos[token] in ("DET", "ADJ", "NOUN", "PROPN", "PART", "NUM", "PRON"):
            if article.upos[token] == "NOUN":
                nouns.append(token)
            token += 1
        return nouns

    def _previous(self, draft: Draft) -> Entity | None:
        if self.last and self._near(self.last[0], draft.anchor, 3):
            low = self.article.sentence(draft.anchor)[0]
            for position, entity in self.order:
                if self.last[0] < position < low and entity.label == "PER":
                    if self._is_subject(position) and not self._same_sentence(position):
                        return entity
            return self.last[1]
        if self.last and draft.introduced and self._same_paragraph(draft.anchor):
            return self.last[1]
        return self._latest(draft.anchor, ("PER",), 3)

    def _same_paragraph(self, anchor: int) -> bool:
        assert self.last is not None
        return self.article.paragraph(self.last[0]) == self.article.paragraph(anchor)

    def _same_sentence(self, position: int) -> bool:
        assert self.last is not None
        return self.article.sentence_of[position] == self.article.sentence_of[self.last[0]]

    def _introducer(self, anchor: int) -> Mention | None:
        """The person who is the subject of the sentence before a quotation."""
        article = self.article
        number = article.sentence_of[anchor] - 1
        if number < 0:
            return None
        low, high = article.sentences[number]
        for position, entity in self.order:
            if low <= position < high and entity.label == "PER":
                if article.quotation_of[position] < 0:
                    return bare_name(
                        article, Mention(position, position + 1, position), self.named
                    )
        return None
