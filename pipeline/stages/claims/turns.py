"""Quotations without a reporting clause: turns of whoever was introduced, and headlines."""

from __future__ import annotations

from pipeline.stages.claims.gaps import Part
from pipeline.stages.claims.interviews import is_label
from pipeline.stages.claims.mentions import Mention, bare_name, noun_phrase
from pipeline.stages.claims.reporting import Report, ReportingClauses
from pipeline.stages.claims.syntax import SENTENCE_FINAL

_MIN_WORDS = 2
_MIN_TURN_WORDS = 4
"""Fewer words without a verb or a full stop are no turn."""


class Turns(ReportingClauses):
    """Tells quotations that stand as sentences from titles, slogans and scare quotes."""

    def of(self, part: Part, gap: tuple[int, int], low: int, high: int) -> Report | None:
        """The report of a quotation behind ``gap``, in the paragraph from ``low`` to ``high``."""
        if not self.gaps.starts_sentence(gap) or self.signs.is_on_sign(gap):
            return None
        if self.gaps.length(part) < _MIN_WORDS:
            return None
        if is_label(self.article, *gap):
            return Report(None, None, "answer")
        if self.article.paragraphs[self.article.paragraph(part.low)].headline:
            return self._of_headline(part, low, high)
        return Report(None, None, "turn") if self._is_turn(part, high) else None

    def _is_turn(self, part: Part, high: int) -> bool:
        if not self.gaps.ends_sentence(part, high):
            return False
        ends = self.article.words[part.high - 1] in SENTENCE_FINAL
        return ends or self.gaps.clausal(part) or self.gaps.length(part) >= _MIN_TURN_WORDS

    def _of_headline(self, part: Part, low: int, high: int) -> Report | None:
        article = self.article
        following = next((t for t in range(part.high, high) if not article.is_mark(t)), high)
        runs_on = following < high and (
            article.is_word(following) or article.words[following] == ","
        )
        if runs_on or not self.gaps.clausal(part):
            return None
        return Report(None, self._headline_speaker(low, high, part), "headline")

    def _headline_speaker(self, low: int, high: int, part: Part) -> Mention | None:
        for token in (*range(part.high, high), *range(low, part.low)):
            if self.named.at(token, ("PER",)):
                phrase = noun_phrase(self.article, token, self.named)
                return bare_name(self.article, phrase, self.named)
        return None
