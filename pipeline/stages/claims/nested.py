"""Someone else's words inside a quotation: *“My father told me, ‘Eat first.’”*."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.languages import function_words as words
from pipeline.stages.claims.cues import Hit
from pipeline.stages.claims.gaps import Part
from pipeline.stages.claims.reporting import Report, ReportingClauses
from pipeline.stages.claims.syntax import CLAUSE_FINAL

_MAX_DISTANCE = 6


class NestedQuotations(ReportingClauses):
    """Finds the inner quotations that a verb of the outer speaker reports."""

    def find(self) -> Iterator[tuple[Part, Report]]:
        """Each inner quotation that has a reporting clause, with that clause."""
        article = self.article
        for index, quotation in enumerate(article.quotations):
            if quotation.depth == 1:
                continue
            part = Part(quotation, *article.range_of(quotation.inner))
            report = self._of(part, self._clause_start(part.low, index))
            if report and (report.speaker or article.language(part.low) == "it"):
                yield part, report

    def _of(self, part: Part, start: int) -> Report | None:
        hits = [hit for hit in self.verbs(start, part.low) if "quote" in hit.grammar]
        if not hits or hits[-1].unsaid or hits[-1].negated:
            return None
        if part.low - hits[-1].high > _MAX_DISTANCE or self._is_told_to(part):
            return None
        report = self.report(hits[-1], (start, part.low), "nested")
        return None if report is None or self._first_person(report, hits[-1]) else report

    def _is_told_to(self, part: Part) -> bool:
        """*«Basta», ha raccontato Neri a “La Voce del Porto”*: to whom, with a capital."""
        article = self.article
        before = next((t for t in range(part.low - 1, -1, -1) if not article.is_mark(t)), 0)
        addressed = article.words[before] in words.ADDRESSING and article.upos[before] == "ADP"
        return addressed and article.text[article.starts[part.low]].isupper()

    def _clause_start(self, low: int, index: int) -> int:
        """The start of the outer speaker's clause that leads up to a quotation at ``low``."""
        article = self.article
        if ":" in article.words[max(low - 2, 0) : low]:
            colon = next(t for t in range(low - 1, -1, -1) if article.words[t] == ":")
            return self._start(colon, low)
        mark = low > 0 and article.is_mark(low - 1) and article.words[low - 1] not in CLAUSE_FINAL
        return self._start(low - mark, low, index)

    def _start(self, end: int, low: int, inner: int | None = None) -> int:
        """Back from ``end`` to a clause mark, inside the quotation round ``low`` and outside
        ``inner``."""
        article = self.article
        start = end
        while (
            start > 0
            and article.words[start - 1] not in CLAUSE_FINAL
            and article.quotation_of[start - 1] == article.quotation_of[low]
            and article.innermost_of[start - 1] != inner
        ):
            start -= 1
        return start

    def _first_person(self, report: Report, hit: Hit) -> bool:
        article = self.article
        if report.speaker:
            return article.words[report.speaker.head] in words.FIRST_PERSONS
        morphs = [article.morphs[t] for t in range(hit.low, hit.high)]
        return any("Person=1" in morph or "Person=2" in morph for morph in morphs)
