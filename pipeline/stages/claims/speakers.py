"""From the mention beside the claim to the person or body it stands for.

The first that answers decides: the name itself; for a pronoun or a dropped subject, whoever spoke
last unless someone else has become the subject since; for a role (*the mayor*), the person whom the
article calls so; for another definite noun (*la ricercatrice*), the person named last, when gender
allows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from pipeline.core.layers import Entities, Entity, Speaker
from pipeline.languages.cues import ARTICULATED
from pipeline.languages.people import people_table
from pipeline.stages.claims.confidence import How
from pipeline.stages.claims.drafts import Draft
from pipeline.stages.claims.mentions import Mention, Named
from pipeline.stages.claims.syntax import Article

_REACH = 5
"""A speaker or name this many sentences back can still be meant."""
_NAMES = ("PER", "ORG")
_COMPLEMENTS = ARTICULATED["di"] | {"of", "at", "for"}
_INDEFINITE = frozenset(["a", "an", "un", "uno", "una", "un'"])
"""*la direttrice del carcere* is someone new, *la direttrice* may be someone known."""


class Speakers:
    """Resolves the speakers of drafts taken in text order."""

    def __init__(self, article: Article, entities: Entities, named: Named) -> None:
        self.article = article
        self.named = named
        self.order: list[tuple[int, int, Entity]] = sorted(
            (
                (*article.range_of(span), entity)
                for entity in entities.entities
                for span in entity.mentions
                if entity.label in _NAMES
            ),
            key=lambda mention: mention[:2],
        )
        self.described, self.genders = self._descriptions()
        self.last: tuple[int, Entity | None, Mention | None] | None = None

    def resolve(self, draft: Draft) -> tuple[Speaker | None, How]:
        """The speaker of ``draft`` (None when nothing is known), and how they were found."""
        mention = draft.speaker
        if mention is None:
            if draft.introduced:
                return self._unmentioned(self._introducer(draft.anchor))
            if draft.cue and self.article.language(draft.anchor) == "it":
                return self._unmentioned(self._previous(draft.anchor))
            return None, "none"
        entity = self._entity(mention, draft.anchor)
        if not draft.rule.endswith("nested"):
            self.last = (draft.anchor, entity, mention)
        span = self.article.span_of(mention.low, mention.high)
        known = entity.name if entity else span.of(self.article.text)
        if entity is None:
            return Speaker(span, None, known), "described"
        named = self.named.at(mention.head, (entity.label,)) is entity
        return Speaker(span, entity.id, known), "name" if named else "resolved"

    def _unmentioned(self, entity: Entity | None) -> tuple[Speaker | None, How]:
        """A speaker without a mention of their own, named or described before."""
        if entity:
            return Speaker(None, entity.id, entity.name), "dropped"
        if self.last and self.last[1] is None and self.last[2]:
            mention = self.last[2]
            described = self.article.span_of(mention.low, mention.high).of(self.article.text)
            return Speaker(None, None, described), "unnamed"
        return None, "none"

    def _entity(self, mention: Mention, anchor: int) -> Entity | None:
        article = self.article
        direct = self.named.at(mention.head, ("PER", "ORG", "LOC", "MISC"))
        if direct:
            return direct
        pronouns = people_table(article.language(mention.head)).pronouns
        gender = pronouns.get(article.words[mention.head])
        return self._pronoun(gender, mention.low) if gender else self._role(mention)

    # Pronouns and dropped subjects

    def _pronoun(self, gender: str, before: int) -> Entity | None:
        if gender == "1":
            return None
        labels = ("ORG",) if gender == "n" else ("PER",)
        if self.last and self._near(self.last[0], before) and gender != "n":
            fits = self.last[1] is None or self._fits(self.last[1], gender)
            if fits and not self._newer_subject(before, gender):
                return self.last[1]
        if gender == "p":
            return None
        return self._latest(before, labels, gender)

    def _previous(self, anchor: int) -> Entity | None:
        """The one who spoke last, or who has become the subject since."""
        low = self.article.sentence(anchor)[0]
        if self.last is None or not self._near(self.last[0], anchor):
            return self._latest(anchor, ("PER",), "?") or self._most_named(anchor)
        return self._newer_subject(low, "?") or self.last[1]

    def _introducer(self, anchor: int) -> Entity | None:
        """Whose turn a quotation without a reporting clause is.

        The person named in the sentence before, else whoever spoke last, else the person named
        most before the quotation (the one who is interviewed).
        """
        article = self.article
        number = article.sentence_of[anchor] - 1
        if number >= 0:
            low, high = article.sentences[number]
            for position, _, entity in self.order:
                outside = article.quotation_of[position] < 0
                if low <= position < high and entity.label == "PER" and outside:
                    return entity
        if self.last and (
            self._near(self.last[0], anchor)
            or article.paragraph(self.last[0]) == article.paragraph(anchor)
        ):
            return self.last[1]
        return self._most_named(anchor)

    def _most_named(self, anchor: int) -> Entity | None:
        counts = Counter(
            entity.id for position, _, entity in self.order
            if position < anchor and entity.label == "PER"
        )  # fmt: skip
        if not counts:
            return None
        most = counts.most_common(1)[0][0]
        return next(entity for _, _, entity in self.order if entity.id == most)

    def _newer_subject(self, before: int, gender: str) -> Entity | None:
        """A person who became the subject of a sentence after the last claim."""
        assert self.last is not None
        article = self.article
        claimed = article.sentence_of[self.last[0]]
        found = None
        for position, _, entity in self.order:
            if (
                self.last[0] < position < before
                and entity.label == "PER"
                and entity is not self.last[1]
                and article.sentence_of[position] != claimed
                and article.quotation_of[position] < 0
                and self._is_subject(position)
                and self._fits(entity, gender)
            ):
                found = entity
        return found

    def _near(self, position: int, token: int) -> bool:
        article = self.article
        first, last = article.sentence_of[position], article.sentence_of[token]
        # Sentences inside a quotation do not lead away from its speaker.
        told = sum(
            article.quotation_of[article.sentences[number][0]] < 0
            for number in range(first + 1, min(last, first + 40))
        )
        return 0 <= last - first <= 40 and told < _REACH

    def _latest(self, before: int, labels: tuple[str, ...], gender: str) -> Entity | None:
        """The entity mentioned last; in the nearest sentence a subject comes first."""
        article = self.article
        best: Entity | None = None
        best_key: tuple[int, bool, int] | None = None
        for position, _, entity in self.order:
            if position >= before or entity.label not in labels or not self._fits(entity, gender):
                continue
            distance = article.sentence_of[before] - article.sentence_of[position]
            quoted = article.quotation_of[position]
            if distance > 3 or (quoted >= 0 and quoted != article.quotation_of[before]):
                continue
            key = (-distance, self._is_subject(position), -position)
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

    # Roles

    def _role(self, mention: Mention) -> Entity | None:
        """*the mayor*: the person called so; *the company*: the body named last."""
        article = self.article
        table = people_table(article.language(mention.head))
        lemma, first = article.lemmas[mention.head], article.words[mention.low]
        definite = first in table.definite or (
            mention.low > 0 and article.words[mention.low - 1] in table.definite
        )
        if "Number=Plur" in article.morphs[mention.head] or not definite:
            return None
        following = article.words[mention.high : mention.high + 2]
        complement = bool(following) and following[0] in _COMPLEMENTS
        if complement and following[-1] in _INDEFINITE:
            return None  # "il direttore tecnico di un fornitore": no one known
        known = [entity for at, entity in self.described.get(lemma, ()) if at < mention.low]
        if known:
            return known[-1]
        words = mention.high - mention.low
        if lemma in table.bodies:
            return self._latest(mention.low, ("ORG",), "n") if words <= 2 else None
        if lemma in table.offices or lemma in table.not_persons or words > 3 or complement:
            return None
        return self._person_named_last(mention)

    def _person_named_last(self, mention: Mention) -> Entity | None:
        gender = self._noun_gender(mention.head, mention.low)
        before = [m for m in self.order if m[0] < mention.low and m[2].label == "PER"]
        free = [m for m in before if self.article.quotation_of[m[0]] < 0]
        for position, _, entity in reversed(free):
            if not self._near(position, mention.low):
                return None
            if self._fits(entity, gender):
                return entity
        return None

    def _fits(self, entity: Entity, gender: str) -> bool:
        return gender not in ("m", "f") or self.genders.get(entity.id, gender) == gender

    def _noun_gender(self, noun: int, low: int) -> str:
        morph = self.article.morphs[noun] + self.article.morphs[low]
        if "Gender=Masc" in morph and "Gender=Fem" not in morph:
            return "m"
        return "f" if "Gender=Fem" in morph and "Gender=Masc" not in morph else "?"

    def _descriptions(self) -> tuple[dict[str, list[tuple[int, Entity]]], dict[str, str]]:
        """Nouns in apposition to names with the names they describe; genders by entity id."""
        article = self.article
        found: dict[str, list[tuple[int, Entity]]] = defaultdict(list)
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        for position, end, entity in self.order:
            for noun in (*self._nouns_before(position), *self._nouns_after(end)):
                found[article.lemmas[noun]].append((position, entity))
                if article.language(noun) == "it":
                    votes[entity.id][self._noun_gender(noun, noun)] += 1
            table = people_table(article.language(position))
            title = table.titles.get(article.words[position - 1]) if position else None
            by_name = table.genders.get(article.words[position][-1:])
            if entity.label == "PER" and (title or by_name):
                votes[entity.id][title or by_name or "?"] += 2 if title else 1
        genders = {}
        for entity_id, counts in votes.items():
            del counts["?"]
            if counts and counts["m"] != counts["f"]:
                genders[entity_id] = max(("m", "f"), key=lambda g: counts[g])
        return found, genders

    def _nouns_before(self, position: int) -> Iterator[int]:
        """*la sindaca Ada Neri*, *its director, Ada Neri*, *the rail minister, Ada Neri*."""
        article = self.article
        token = position - 1
        allowed = ["NOUN", "ADJ", "PROPN", "DET"]
        if token >= 0 and article.words[token] == ",":
            token -= 1
            allowed.append("ADP")
        start = article.sentence(position)[0]
        nouns: list[int] = []
        while token >= start and article.upos[token] in allowed:
            if article.upos[token] == "DET" and nouns:
                break
            if article.upos[token] == "NOUN":
                nouns.append(token)
            token -= 1
        # Italian heads come first, English heads last.
        if nouns:
            yield nouns[-1] if article.language(position) == "it" else nouns[0]

    def _nouns_after(self, end: int) -> Iterator[int]:
        """*Ada Neri, the mayor of Bari*; *Ada Neri, sindaca di Bari*."""
        article = self.article
        if end + 1 >= len(article) or article.words[end] != ",":
            return
        high = article.sentence(end)[1]
        for token in range(end + 1, high):
            if article.upos[token] not in ("DET", "ADJ", "NOUN", "PROPN", "PART", "NUM", "PRON"):
                return
            if article.upos[token] == "NOUN":
                yield token
