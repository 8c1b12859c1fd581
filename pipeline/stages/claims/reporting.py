"""Reporting clauses: the verb, noun or mere mention that gives a quotation its speaker."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from pipeline.languages import function_words as words
from pipeline.languages.cues import cue_table
from pipeline.languages.people import people_table
from pipeline.stages.claims.cues import Hit
from pipeline.stages.claims.gaps import Gaps
from pipeline.stages.claims.mentions import Mention, Named, bare_name, noun_phrase, source_phrase
from pipeline.stages.claims.signs import Signs
from pipeline.stages.claims.subjects import subject
from pipeline.stages.claims.syntax import Article


@dataclass(frozen=True, slots=True)
class Report:
    """A reporting clause for a quotation: verb, speaker, rule."""

    hit: Hit | None
    speaker: Mention | None
    rule: str


class ReportingClauses:
    """What the finders of reporting clauses share; ``hits`` are sorted by their heads."""

    def __init__(self, article: Article, named: Named, hits: Sequence[Hit]) -> None:
        self.article = article
        self.named = named
        self.hits = hits
        self.gaps = Gaps(article)
        self.signs = Signs(self.gaps)

    def report(self, hit: Hit, window: tuple[int, int], rule: str) -> Report | None:
        mention = subject(self.article, hit, self.named, window)
        if (mention and self.signs.is_sign(mention.head)) or (hit.passive and mention is None):
            return None
        anybody = mention and self.article.words[mention.head] in words.ANYBODY
        if anybody and hit.cue_class == "write":
            return None  # "sul muro qualcuno ha scritto «Vietato sognare»"
        if self._is_nobodys(hit) and mention is None:
            return None
        if mention and self.article.lemmas[hit.head] in words.COPULAS:
            mention = self.holder(mention.head, window[1])  # "His verdict was blunt"
        if mention:
            mention = bare_name(self.article, mention, self.named)
        return Report(hit, mention, rule)

    def _is_nobodys(self, hit: Hit) -> bool:
        """*Da noi si dice «a San Martino ogni mosto è vino»*, *Asked “Do you trust trains?”, most
        said no*: what people say, and what anyone asked."""
        article = self.article
        si = not words.SI.isdisjoint(article.words[hit.low : hit.head])
        opens = hit.head == article.sentence(hit.head)[0] and hit.cue_class == "ask"
        return (si and article.lemmas[hit.head] in words.SAYINGS) or (
            opens and "VerbForm=Part" in article.morphs[hit.head]
        )

    def holder(self, token: int, high: int) -> Mention | None:
        """Who speaks where a noun stands before a colon: *an old miner is bitter*, *the council's
        answer*, *la risposta del Comune*, *his mood*; nobody in *300 quintali*."""
        article = self.article
        table, lemma = people_table(article.language(token)), article.lemmas[token]
        if article.words[token - 1] in words.THIRD_POSSESSIVES:
            return Mention(token - 1, token, token - 1)
        told = lemma in cue_table(article.language(token)).nouns
        if told and lemma not in table.institutions:  # "consiglio" is advice, or a council
            if words.POSSESSING.isdisjoint(article.words[token + 1 : token + 2]):
                return None
            return source_phrase(article, token + 2, high, self.named)
        speaks = (
            article.upos[token] != "NOUN"
            or table.is_person(lemma)
            or table.is_person(article.words[token])
            or lemma in table.bodies | table.institutions
        )
        mute = article.is_time(token) or lemma in table.measures
        return noun_phrase(article, token, self.named) if speaks and not mute else None

    def told_by(self, noun: int) -> str:
        """The cue class of a noun that names a quotation; "" if it names none."""
        lemma = self.article.lemmas[noun]
        said = "say" if lemma in words.OUTBURSTS else ""
        return cue_table(self.article.language(noun)).nouns.get(lemma, said)

    def verbs(self, low: int, high: int) -> Iterator[Hit]:
        at = bisect_left(self.hits, low, key=lambda hit: hit.head)
        return takewhile(lambda hit: hit.head < high, islice(self.hits, at, None))

    def quoting(self, low: int, high: int) -> list[Hit]:
        return [
            hit
            for hit in self.verbs(low, high)
            if "quote" in hit.grammar
            and not hit.unsaid
            and ("VerbForm=Inf" not in self.article.morphs[hit.head] or self._is_told(hit))
            and self.article.quotation_of[hit.head] < 0
        ]

    def _is_told(self, hit: Hit) -> bool:
        """*A dirlo è Neri*, *as my grandmother used to say*: infinitives that report."""
        return hit.cleft or not words.HABITS.isdisjoint(self.article.words[hit.low : hit.head])

    def relative_between(self, low: int, high: int) -> bool:
        return any(
            self.article.words[t] in words.RELATIVE_SUBJECTS | words.PLACES
            for t in range(low, high)
        )
