"""Claims that the next clause puts into a mouth: *Il ponte riaprirà. Lo ha annunciato l'Anas*, *A
dirlo è l'Anas*.

A clitic or a demonstrative stands for the sentence before, or for the clause before a colon.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.languages import function_words as words
from pipeline.languages.cues import cue_table
from pipeline.stages.claims.contents import Contents
from pipeline.stages.claims.cues import Hit
from pipeline.stages.claims.drafts import Draft
from pipeline.stages.claims.mentions import bare_name, source_phrase
from pipeline.stages.claims.subjects import is_narrator, subject
from pipeline.stages.claims.syntax import SENTENCE_FINAL

_REPORTING = frozenset(["say", "announce", "claim", "write", "find", "warn"])
_MAX_CLAUSE = 4
"""How many words may stand before the reporting noun: *That, at least, is the conclusion of*."""


class BackwardClaims(Contents):
    """Finds the sentences that the sentence after them reports."""

    def find(self) -> Iterator[Draft]:
        """Drafts in no particular order."""
        for hit in self.hits:
            if hit.cleft or self._stands_for_a_clause(hit):
                opening = hit.low - (hit.cue_class == "ask" and not hit.cleft)  # "Se lo chiedono"
                content = (hit.cleft and self._behind_colon(hit)) or self._before(opening)
                window = (hit.low, self.article.sentence(hit.head)[1])
                mention = subject(self.article, hit, self.named, window)
                if content and mention and not is_narrator(self.article, hit, mention):
                    found = self.found([content], "backward")
                    cue = self.article.span_of(hit.low, hit.high)
                    speaker = bare_name(self.article, mention, self.named)
                    if found:
                        yield self.draft(found, hit.head, cue, hit.cue_class, speaker)
        yield from self._of_nouns()

    def _stands_for_a_clause(self, hit: Hit) -> bool:
        """*Lo ha annunciato …*, *lo rende noto …* at the start of a sentence or after a colon."""
        article = self.article
        if article.words[hit.low] not in words.CLAUSE_CLITICS:
            return False
        if hit.cue_class == "ask":  # "Chi è stato? Se lo chiedono in molti"
            return tuple(article.words[hit.low - 2 : hit.low]) == words.ASKING_ONESELF
        if hit.cue_class not in _REPORTING:
            return False
        if hit.unsaid or hit.negated or article.quotation_of[hit.head] >= 0:
            return False
        opens = hit.low == article.sentence(hit.low)[0] or article.words[hit.low - 1] == ":"
        following = article.words[hit.high : hit.high + 1]
        return opens and following != [":"] and words.COMPLEMENTS.isdisjoint(following)

    def _behind_colon(self, hit: Hit) -> tuple[int, int] | None:
        """*A ricordarlo è il presidente: il pozzo fu scavato nel 1911*; not a quotation there."""
        article = self.article
        high = article.sentence(hit.head)[1]
        colon = next((t for t in range(hit.high, high) if article.words[t] == ":"), high)
        content = range(colon + 1, high)
        told = any(article.is_finite(t) for t in content)
        quoted = any(article.quotation_of[t] >= 0 for t in content)
        return (colon + 1, self.clause_stop(colon + 1, high)) if told and not quoted else None

    def _of_nouns(self) -> Iterator[Draft]:
        """*È la conclusione di uno studio*, *That is the view of the bank*."""
        article = self.article
        for low, high in article.sentences:
            opening = range(low, min(low + _MAX_CLAUSE + 2, high - 1))
            points = any(article.words[t] in words.POINTERS for t in opening[:2])
            noun = next((t for t in opening if article.upos[t] == "NOUN"), None)
            if not points or noun is None or article.words[noun + 1] not in words.POSSESSING:
                continue
            cue_class = cue_table(article.language(noun)).nouns.get(article.lemmas[noun])
            copula = any(article.lemmas[t] in words.COPULAS for t in range(low, noun))
            content = self._before(low)
            mention = source_phrase(article, noun + 2, high, self.named)
            if cue_class is None or not copula or content is None or mention is None:
                continue
            found = self.found([content], "backward")
            if found:
                cue = article.span_of(noun, noun + 1)
                speaker = bare_name(article, mention, self.named)
                yield self.draft(found, noun, cue, cue_class, speaker)

    def _before(self, token: int) -> tuple[int, int] | None:
        """The clause before a colon, or the sentence before in the same paragraph, if it is a
        narrator's statement."""
        article = self.article
        start = article.paragraph_ranges[article.paragraph(token)][0]
        if token <= start:
            return None
        low = max(article.sentence(token - 1)[0], start)
        if article.words[token - 1] in (":", ",") and low < token - 1:
            stop = token - 1
        elif article.words[token - 1] in SENTENCE_FINAL:
            stop = token
        else:
            return None
        low = article.dateline_end(self._opening_of_quotation(low, stop))
        first = next((t for t in range(low, stop) if article.is_word(t)), low)
        narrated = article.quotation_of[first] < 0
        return (low, stop) if narrated and article.has_finite(low, stop) else None

    def _opening_of_quotation(self, low: int, stop: int) -> int:
        """Where the sentence begins in which the last quotation opens: *I lavori «vanno fermati.
        Costano troppo». Lo ha detto Neri*."""
        article = self.article
        last = next((t for t in range(stop - 1, low, -1) if article.is_word(t)), low)
        quoted = article.quotation_of[last]
        if quoted < 0:
            return low
        return article.sentence(article.range_of(article.quotations[quoted].outer)[0])[0]
