"""Reporting clauses before a quotation: *X said: “…”*."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.languages import function_words as words
from pipeline.stages.claims.cues import Hit
from pipeline.stages.claims.gaps import Part
from pipeline.stages.claims.introductions import Introductions
from pipeline.stages.claims.mentions import Named
from pipeline.stages.claims.reporting import Report, ReportingClauses
from pipeline.stages.claims.syntax import SENTENCE_FINAL, VERBAL, Article


class InitialClauses(ReportingClauses):
    """Finds the clause that leads up to a quotation.

    Source: for the three places of a reporting clause, Quirk et al., A Comprehensive Grammar of the
    English Language, 14.28.
    """

    def __init__(self, article: Article, named: Named, hits: Sequence[Hit]) -> None:
        super().__init__(article, named, hits)
        self.introductions = Introductions(article, named, hits)

    def of(self, part: Part, gap: tuple[int, int], follows_quotation: bool) -> Report | None:
        """*X said: “…”*: a verb in the clause that leads up to the quotation."""
        ending = self.gaps.last_word(gap)
        if ending is None or ending in SENTENCE_FINAL:
            return None
        low = self.gaps.clause_start(gap, stop_at_colon=ending != ":")
        hits = [hit for hit in self.quoting(low, gap[1]) if not hit.negated or ending == ":"]
        belongs_left = follows_quotation and low == gap[0] and self.gaps.belongs_left(gap)
        if hits and belongs_left and ending != ":" and not self._own_verb(hits[0], low):
            hits = [hit for hit in hits[1:] if self.article.deps[hit.head] != "acl:relcl"]
        if any(self.signs.is_sign(t) for t in range(low, gap[1])):
            return None
        if hits and self._introduces(hits[-1], ending, gap, part):
            return self.report(hits[-1], (low, gap[1]), "before")
        if ending == ":" and not hits:
            report = self.introductions.of(low, gap[1])
            if report and (self.gaps.clausal(part) or self.introductions.speaks(report, part)):
                return report
        return None

    def _introduces(self, hit: Hit, ending: str, gap: tuple[int, int], part: Part) -> bool:
        """Whether a verb leads to the quotation: over a colon, over a comma, or directly."""
        if ending == ":":
            return True
        if self.article.has_finite(hit.high, gap[1]):
            return False
        if ending == ",":
            return self.gaps.clausal(part) or self.gaps.closes_sentence(part)
        names = "as" in hit.grammar and "that" not in hit.grammar  # "lo chiamano «il postino»"
        predicate = "as" in hit.grammar and hit.high < gap[1] - 1  # called the plan “a trap”
        if names or predicate or self._is_work(hit, part):
            return False
        return self._leads_in(hit, gap[1], part) and self.gaps.clausal(part)

    def _own_verb(self, hit: Hit, low: int) -> bool:
        """*The “pool tax” went in May, and Ada Neri said “nobody asked us”*: the quotation before
        is part of a clause that reports nothing."""
        return self.article.has_finite(low, hit.low) and not self.relative_between(low, hit.low)

    def tells(self, hit: Hit, gap: tuple[int, int]) -> bool:
        """Whether a verb before a colon has content of its own: *Dice di essere stanco: «Lavoro –
        aggiunge – da un anno»*."""
        return any(self.article.upos[t] in VERBAL for t in range(hit.high, gap[1]))

    def _is_work(self, hit: Hit, part: Part) -> bool:
        """*Nel 1998 pubblicò «Chi ha paura del latte?», venti ricette*: a capital, and a comma with
        what describes it."""
        article = self.article
        if article.lemmas[hit.head] not in words.AUTHORING:
            return False
        following = [t for t in range(part.high, len(article))[:4] if not article.is_mark(t)]
        comma = [article.words[t] for t in following[:1]] == [","]
        described = {article.upos[t] for t in following[1:2]} & {"NUM", "DET", "NOUN"}
        return article.text[article.starts[part.low]].isupper() and comma and bool(described)

    def _leads_in(self, hit: Hit, high: int, part: Part) -> bool:
        """Whether nothing of the reported clause stands between a verb and the quotation."""
        article = self.article
        between = [t for t in range(hit.high, high) if article.is_word(t)]
        if len(between) > 3:
            return False
        # "said the company 'is not for sale'": the subject stands outside the marks
        nominal = any(article.upos[t] in ("NOUN", "PROPN", "PRON") for t in between)
        if nominal and article.is_finite(part.low) and article.upos[hit.high] != "ADP":
            return False
        return not any(
            article.deps[t].startswith("nsubj") or part.low <= article.heads[t] < part.high
            for t in between
            if article.words[t] not in words.THAT
        )
