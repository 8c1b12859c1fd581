"""Whom names, roles, other nouns and pronouns stand for.

A name stands for itself. A role (*the mayor*) stands for the person whom the article calls so,
another definite noun (*la ricercatrice*) for the person in focus whom it fits, *the company* for
the body in focus. A pronoun or a dropped subject stands for the one in focus as far as gender and
number allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.core.layers import Entity
from pipeline.languages import function_words as words
from pipeline.languages.cues import ARTICULATED, MERGED
from pipeline.languages.people import PeopleTable, people_table
from pipeline.stages.claims.cues import Hit
from pipeline.stages.claims.focus import Focus, Referent, is_called
from pipeline.stages.claims.mentions import Mention, as_written, noun_phrase

_BRIEF = 2
"""*the company*: longer phrases describe a body of their own."""


class References:
    """Resolves mentions; ``focus`` holds those whom they may mean.

    ``hits`` are the article's reporting verbs in text order: whom they ask is in focus after them.
    """

    def __init__(self, focus: Focus, hits: Sequence[Hit]) -> None:
        self.article = focus.article
        self.named = focus.named
        self.descriptions = focus.descriptions
        self.focus = focus
        self._meant: dict[Referent, Referent | None] = {}
        self._next = 0  # subjects from here on are not resolved yet
        for asked in self._asked(hits):  # "the singer was asked …": may be one asked before
            focus.asked.append(asked)
            self._resolve_again(asked.position)

    def hear(self, speaker: Referent) -> None:
        """Take note that someone has spoken."""
        self.focus.spoken.append(speaker)
        self._forget()

    def referent(self, mention: Mention, anchor: int) -> Referent:
        """Whom a mention stands for; itself when for no one known."""
        direct = self.named.at(mention.head, ("PER", "ORG", "LOC", "MISC"))
        if direct and self.named.holds_several(mention):
            return Referent(anchor, None, mention, plural=True, spoke=True)
        if direct:
            return Referent(anchor, direct, mention, spoke=True)
        gender = self._table(mention.head).pronouns.get(self.article.words[mention.head])
        if gender:
            found = self._by_pronoun(gender, mention.low)
            if found:
                if found.entity:
                    self._learn(found.entity, gender)
                return Referent(anchor, found.entity, found.mention, found.plural, spoke=True)
            return Referent(anchor, None, mention, gender == "p", spoke=True)
        plural = "Number=Plur" in self.article.morphs[mention.head]
        entity = self._ordinal(mention) or self._role(mention)
        if entity:
            self._learn(entity, self.descriptions.noun_gender(mention.head))
        return Referent(anchor, entity, mention, plural, spoke=True)

    def in_focus(self, before: int, gender: str, *, plural: bool = False) -> Iterator[Referent]:
        """Those in focus at a token whom a word of ``gender`` may mean, the likeliest first."""
        self._resolve_subjects(before)
        for referent in self.focus.recent(before):
            resolved = referent if referent.is_known else self._meant[referent]
            owned = self._is_anothers(referent, gender, before)
            counts = resolved and not owned and self._counts(resolved, plural)
            if resolved and counts and self._may_be(resolved, gender):
                yield resolved

    def _resolve_subjects(self, before: int) -> None:
        """Resolves the subjects before a token, one by one in text order and once each: any of them
        may mean any before it, and a story may go on with *she* for pages."""
        subjects = self.focus.subjects
        while self._next < len(subjects) and subjects[self._next].position < before:
            subject = subjects[self._next]
            self._next += 1
            if subject.mention and not subject.is_known:
                self._meant[subject] = self._resolved(subject, subject.mention)

    def _forget(self) -> None:
        """Drops what subjects stood for before there was more to know of those in focus."""
        last = self.focus.last
        self._meant.clear()
        self._next = self.focus.subjects_behind(last.position if last else -1)

    def _resolve_again(self, since: int) -> None:
        """Subjects behind a token may mean another than before: there is one more in focus."""
        self._next = min(self._next, self.focus.subjects_behind(since))

    def _learn(self, entity: Entity, gender: str) -> None:
        self.descriptions.learn(entity, gender)
        self._forget()

    def _resolved(self, subject: Referent, mention: Mention) -> Referent | None:
        """A subject with the person whom it stands for; None for a pronoun of no one known."""
        gender = self._table(mention.head).pronouns.get(self.article.words[mention.head])
        if gender:
            found = self._by_pronoun(gender, subject.position)
            return found and Referent(subject.position, found.entity, found.mention, found.plural)
        entity = None if subject.plural else self._role(mention)
        return replace(subject, entity=entity)

    def _is_anothers(self, referent: Referent, gender: str, before: int) -> bool:
        """*Her solicitor read a statement in which she said …*: the solicitor is not *she*."""
        article, mention = self.article, referent.mention
        if mention is None or article.sentence_of[mention.low] != article.sentence_of[before]:
            return False
        word = article.words[mention.low]
        owner = self._table(mention.low).pronouns.get(word)
        return word in words.THIRD_POSSESSIVES and gender in ("m", "f") and owner == gender

    def _counts(self, referent: Referent, plural: bool) -> bool:
        """Whether the number fits: a body may be *they*."""
        return referent.plural == plural or (plural and referent.is_body)

    def _may_be(self, referent: Referent, gender: str) -> bool:
        if referent.entity is None:
            if gender == "n":
                return False
            noun = referent.mention.head if referent.mention else None
            return noun is None or gender not in ("m", "f") or (
                self.descriptions.noun_gender(noun) in (gender, "?")
            )  # fmt: skip
        label = referent.entity.label
        if gender == "n":
            return label == "ORG"
        if label == "ORG":
            return gender == "?"
        return label == "PER" and self.descriptions.fits(referent.entity, gender)

    def _asked(self, hits: Sequence[Hit]) -> Iterator[Referent]:
        """Those whom someone asks: *was asked whether …*, *al capitano i cronisti chiedono …*."""
        article = self.article
        for hit in hits:
            if hit.cue_class != "ask" or article.quotation_of[hit.head] >= 0:
                continue
            for child in article.children[hit.head]:
                dep = article.deps[child]
                if hit.passive:
                    asked = dep.startswith("nsubj")
                elif article.language(child) == "en":
                    asked = dep in ("obj", "iobj")
                else:
                    asked = dep == "obl" and any(
                        article.words[t] in ARTICULATED["a"] for t in article.children[child]
                    )
                entity = self._named_near(child) if asked else None
                if entity:
                    yield Referent(hit.head, entity)

    def _named_near(self, token: int) -> Entity | None:
        """The person whom the phrase of ``token`` names or whose role it is."""
        entity = self.named.at(token, ("PER",)) or self.descriptions.named_by(token)
        if entity or self.article.upos[token] != "NOUN":
            return entity
        return self._role(noun_phrase(self.article, token, self.named))

    def _table(self, token: int) -> PeopleTable:
        return people_table(self.article.language(token))

    # Pronouns

    def _by_pronoun(self, gender: str, before: int) -> Referent | None:
        if gender == "1":
            return None
        if gender == "p":
            return next(self.in_focus(before, "?", plural=True), None)
        found = next(self.in_focus(before, gender), None)
        if found:
            return found
        entity = self.focus.latest(before, ("ORG",) if gender == "n" else ("PER",), gender)
        if entity:
            return Referent(before, entity)
        return self._still_speaking(before, gender)

    def _still_speaking(self, before: int, gender: str) -> Referent | None:
        """Who spoke last, however long ago, if they fit and no other person is named since."""
        last = next((each for each in reversed(self.focus.spoken) if each.entity), None)
        if last is None or not self._may_be(last, gender):
            return None
        others = (
            name.entity.label == "PER" and name.entity is not last.entity
            for name in self.focus.names_between(last.position, before)
        )
        return None if any(others) else last

    # Roles

    def _ordinal(self, mention: Mention) -> Entity | None:
        """*the former*, *la seconda*, *quest'ultimo*: one of those named together before."""
        index = self._table(mention.head).ordinals.get(self.article.words[mention.head])
        if index is None or mention.high - mention.low > 2:
            return None
        together = self.focus.together(mention.low)
        gender = self.descriptions.noun_gender(mention.head)
        entity = together[index] if together else None
        return entity if entity and self.descriptions.fits(entity, gender) else None

    def _role(self, mention: Mention) -> Entity | None:
        """*the mayor*: the person called so; *the company*: the body in focus."""
        article = self.article
        table = self._table(mention.head)
        plural = "Number=Plur" in article.morphs[mention.head]
        definite = self._is_definite(mention)
        if plural or not (definite or article.words[mention.low] in table.possessives):
            return None
        complement = self._complement(mention)
        if words.INDEFINITES.intersection(complement[1:]):
            return None  # "il primo cuoco di un traghetto": no one known
        called = self.descriptions.known_as(mention.head, mention.low)
        if called or not definite:
            return called
        if self.descriptions.lemma(mention.head) in table.bodies | table.not_persons:
            return self._body(mention)
        elsewhere = complement and not self._is_origin(mention.high + 1)
        anyone = self._is_anyone(mention) and not self._introduced(mention)
        return self._person_in_focus(mention) if anyone and not elsewhere else None

    def _body(self, mention: Mention) -> Entity | None:
        """The body whose name holds the noun (*the agency*: European Medicines Agency), else the
        one in focus that the noun may mean: *the company* is no ministry.
        """
        table, lemma = self._table(mention.head), self.descriptions.lemma(mention.head)
        before = self.focus.names_between(0, mention.low)
        bodies = [name for name in before if name.entity.label == "ORG"]
        named = [n.entity for n in bodies if is_called(n.entity, {lemma})]
        length = len(as_written(self.article, mention).split())
        # "the Dutch company", not "the weather service"
        own = length > _BRIEF + (lemma in table.companies)
        if named or own or lemma not in table.bodies:
            return named[-1] if named else None
        barred = table.institutions if lemma in table.companies else table.institutions - {lemma}
        latest = self.focus.latest(mention.low, ("ORG",), "n", barred)
        if latest or lemma not in table.companies:
            return latest
        only = {n.entity.id: n.entity for n in bodies if not is_called(n.entity, barred)}
        return next(iter(only.values())) if len(only) == 1 else None

    def _is_anyone(self, mention: Mention) -> bool:
        """Whether a noun may stand for any person: *the singer*, *la fiorentina*; not an office."""
        if len(as_written(self.article, mention).split()) > _BRIEF + 1:
            return False
        table, lemma = self._table(mention.head), self.descriptions.lemma(mention.head)
        phrase = as_written(self.article, mention).lower().partition(" ")[2]  # "primo cittadino"
        if table.is_office(lemma) or (" " in phrase and table.synonyms_of(phrase)):
            return False
        origin = self.article.words[mention.head].endswith(table.origins)
        return self.descriptions.is_person(mention.head) or origin

    def _is_origin(self, token: int) -> bool:
        """*la regista di Foshan*: a place that only says where someone is from."""
        return token < len(self.article) and self.named.at(token, ("LOC",)) is not None

    def _is_definite(self, mention: Mention) -> bool:
        article = self.article
        articles = self._table(mention.head).definite | MERGED
        before = article.words[mention.low - 1] if mention.low else ""
        return article.words[mention.low] in articles or before in articles

    def _complement(self, mention: Mention) -> list[str]:
        """The first words of what complements the phrase: *of Bari*."""
        following = self.article.words[mention.high : mention.high + 2]
        return following if following and following[0] in words.COMPLEMENTING else []

    def _introduced(self, mention: Mention) -> bool:
        """Whether the phrase takes up someone unnamed: *a former employee … the employee*."""
        article = self.article
        key = self.descriptions.role(mention.head).key
        for token in range(mention.low - 1, -1, -1):
            if article.upos[token] == "NOUN" and self.descriptions.role(token).key == key:
                new = self.descriptions.introduces(token)
                return new and self.descriptions.named_by(token) is None
        return False

    def _person_in_focus(self, mention: Mention) -> Entity | None:
        gender = self.descriptions.noun_gender(mention.head)
        for referent in self.in_focus(mention.low, gender):
            if referent.entity and referent.entity.label == "PER":
                return referent.entity
        for name in reversed(self.focus.names_between(0, mention.low)):
            if name.entity.label != "PER":
                continue
            if self.article.quotation_of[name.low] >= 0:
                continue
            if not self.focus.near(name.low, mention.low):
                return None
            if self.descriptions.fits(name.entity, gender):
                return name.entity
        return None
