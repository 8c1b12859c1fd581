"""Claims that a colon alone puts into a mouth: *Il ministero: i fondi arriveranno a giugno*.

Where several paragraphs begin with a speaker and a colon, the article is a transcript, and each of
them holds the speaker's own words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.languages import function_words as words
from pipeline.languages.people import people_table
from pipeline.stages.claims.contents import Contents
from pipeline.stages.claims.drafts import Draft
from pipeline.stages.claims.mentions import Mention, bare_name, noun_phrase

_MAX_SPEAKER = 14
_MIN_CLAUSE = 3
_TURNS = 2
"""So many paragraphs that begin with a speaker and a colon make a transcript."""
_PHRASE = frozenset(["DET", "NOUN", "PROPN", "ADJ", "ADP", "NUM", "X"])
_BESIDE = frozenset(["(", ")", ",", "/"])


class ColonClaims(Contents):
    """Finds clauses without marks after a speaker and a colon."""

    def find(self) -> Iterator[Draft]:
        """Drafts in text order."""
        numbers = range(len(self.article.paragraphs))
        turns = [turn for number in numbers for turn in self._turn(number)]
        if len(turns) >= _TURNS:
            yield from turns
            return
        for low, high in self.article.sentences:
            yield from self._clause(low, high)

    def _turn(self, number: int) -> Iterator[Draft]:
        """*Shazia Lorgat (Bolton West): I refer the House to the report.*"""
        low, high = self.article.paragraph_ranges[number]
        if self.article.paragraphs[number].headline:
            return
        colon, mention = self._speaker(low, high)
        if mention and self.named.at(mention.head, ("PER",)):
            draft = self._draft(colon, high, mention)
            if draft:
                yield replace(draft, kind="direct", rule="direct transcript", modality="asserted")

    def _clause(self, low: int, high: int) -> Iterator[Draft]:
        colon, mention = self._speaker(self.article.dateline_end(low), high)
        article = self.article
        if mention is None:
            return
        topic = article.paragraphs[article.paragraph(low)].headline or article.upos[low] != "DET"
        if not (topic and self.named.at(mention.head, ("ORG",))):
            # "Pirelli: il titolo sale": what a headline or a brief is about
            draft = self._draft(colon, self.clause_stop(colon + 1, high), mention)
            if draft:
                yield draft

    def _draft(self, colon: int, high: int, mention: Mention) -> Draft | None:
        article = self.article
        said = range(colon + 1, high)
        clause = any(article.is_finite(t) for t in said) and len(said) >= _MIN_CLAUSE
        marked = any(article.quotation_of[t] >= 0 for t in said[:2]) or (
            article.words[colon + 1] in words.DASHES
        )
        found = self.found([(colon + 1, high)], "colon") if clause and not marked else None
        return self.draft(found, colon, None, "", mention) if found else None

    def _speaker(self, low: int, high: int) -> tuple[int, Mention | None]:
        """The colon, and the speaker when nothing else stands before it."""
        article = self.article
        reach = range(low, min(low + _MAX_SPEAKER, high - 1))
        colon = next((t for t in reach if article.words[t] in (":", "):")), low)
        before = range(low, colon)
        phrase = all(article.upos[t] in _PHRASE or article.words[t] in _BESIDE for t in before)
        quoted = any(article.quotation_of[t] >= 0 for t in before)
        if not before or not phrase or quoted or article.upos[low] == "ADP":
            return colon, None
        named = next((t for t in before if self.named.at(t)), None)
        nouns = [t for t in before if article.upos[t] == "NOUN"]
        if named is not None and (named == low or self._leads_to(low, named)):
            return colon, bare_name(article, Mention(named, named + 1, named), self.named)
        if nouns and nouns[0] <= low + 1 and self._can_speak(nouns[0], low):
            return colon, bare_name(article, noun_phrase(article, nouns[0], self.named), self.named)
        return colon, None

    def _leads_to(self, low: int, named: int) -> bool:
        """Whether only a role or title stands before a name: *la ministra Ada Neri*; not *capitolo
        Juventus*."""
        article = self.article
        table = people_table(article.language(low))
        return all(
            article.upos[t] in ("DET", "ADJ")
            or table.is_person(article.lemmas[t])
            or article.words[t] in table.titles
            for t in range(low, named)
        )

    def _can_speak(self, noun: int, low: int) -> bool:
        """An office, or a body with its article: *il consiglio*, not *consiglio: …*."""
        table, lemma = people_table(self.article.language(noun)), self.article.lemmas[noun]
        body = lemma in table.bodies | table.institutions and self.article.upos[low] == "DET"
        return body or table.is_office(lemma)
