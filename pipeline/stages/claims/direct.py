"""Direct claims: quotations with the reporting clause beside them.

The narration between two quotations of a paragraph is a *gap*. A gap may report the quotation on
its left (*“…”, said X.*), the one on its right (*X said: “…”*), or both. Quotations that no gap
reports take up the claim before them, or are turns of the person just introduced; what remains is
no claim (titles, slogans, scare quotes).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, takewhile

from pipeline.stages.claims.cues import AdverbialHit, Hit
from pipeline.stages.claims.drafts import Draft
from pipeline.stages.claims.final import FinalClauses
from pipeline.stages.claims.gaps import Gaps, Part
from pipeline.stages.claims.initial import InitialClauses
from pipeline.stages.claims.mentions import Named
from pipeline.stages.claims.nested import NestedQuotations
from pipeline.stages.claims.quotes import UNBALANCED
from pipeline.stages.claims.reporting import Report
from pipeline.stages.claims.signs import Signs
from pipeline.stages.claims.syntax import SENTENCE_FINAL, Article
from pipeline.stages.claims.turns import Turns

_OF_SPEAKERS_BEFORE = frozenset(["introduced", "turn", "answer"])


class DirectClaims:
    """Finds the direct claims of an article; ``used`` holds the heads of the verbs they took."""

    def __init__(
        self,
        article: Article,
        named: Named,
        hits: Sequence[Hit],
        adverbials: Sequence[AdverbialHit],
    ) -> None:
        self.article = article
        self._named = named
        self.used: set[int] = set()
        hits = sorted(hits, key=lambda hit: hit.head)
        self._gaps = Gaps(article)
        self._signs = Signs(self._gaps)
        self._initial = InitialClauses(article, named, hits)
        self._final = FinalClauses(article, named, hits, adverbials)
        self._turns = Turns(article, named, hits)
        self._nested = NestedQuotations(article, named, hits)
        outer = (
            Part(quotation, *article.range_of(quotation.inner))
            for quotation in article.quotations
            if quotation.depth == 1
        )
        self._outer = sorted(outer, key=lambda part: part.low)

    def find(self) -> list[Draft]:
        """Drafts in text order, those inside other quotations first."""
        drafts = [self._draft(part, report) for part, report in self._nested.find()]
        for low, high in self.article.paragraph_ranges:
            self._paragraph(low, high, drafts)
        return drafts

    def _parts(self, low: int, high: int) -> list[Part]:
        at = bisect_left(self._outer, low, key=lambda part: part.low)
        inside = takewhile(lambda part: part.low < high, islice(self._outer, at, None))
        return [part for part in inside if part.low < part.high <= high]

    def _paragraph(self, low: int, high: int, drafts: list[Draft]) -> None:
        """Adds the claims of a paragraph to ``drafts``, or its words to the last of them."""
        parts = self._parts(low, high)
        opening = self._opening(low, parts)
        closing = self._closing(high, parts)
        reports = [self._reports(opening, closing, parts, k) for k in range(len(parts))]
        is_open = False  # whether the last draft may be continued by the next quotation
        for k, part in enumerate(parts):
            before, after = reports[k]
            gap = _gap(low, parts, k)
            carried = part.quotation.continues and bool(drafts)
            previous = (parts[k - 1], reports[k - 1][1]) if is_open and k else None
            if carried or (previous and self._joins(previous, part, gap, reports[k], drafts[-1])):
                drafts[-1] = self._prolonged(drafts[-1], part, after)
                is_open = True
                continue
            report = before or after or self._turns.of(part, gap, low, high)
            is_open = report is not None
            if report:
                if k and drafts and self._goes_with(report):
                    report = replace(report, speaker=drafts[-1].speaker)
                drafts.append(self._draft(part, report))

    def _opening(self, low: int, parts: Sequence[Part]) -> int:
        """Where the narration before a paragraph's first quotation begins: in the paragraph before,
        if that ends with a colon: *Ada Neri said:⏎“…”*."""
        if not parts or self._gaps.has_word((low, parts[0].low)):
            return low
        number = self.article.paragraph(low) - 1
        if number < 0:
            return low
        start, end = self.article.paragraph_ranges[number]
        if start == end or self.article.words[end - 1] != ":":
            return low
        return max([start, *(part.high for part in self._parts(start, end))])

    def _closing(self, high: int, parts: Sequence[Part]) -> int:
        """Where the narration behind a paragraph's last quotation ends: in the paragraph after, if
        that takes the quotation up: *“…”⏎Lo scrive Ada Neri.*"""
        number = self.article.paragraph(high - 1) + 1 if parts else len(self.article.paragraphs)
        if number == len(self.article.paragraphs):
            return high
        low, end = self.article.paragraph_ranges[number]
        takes_up = low < end and self._final.takes_up(low)
        if not takes_up or self._gaps.has_word((parts[-1].high, high)):
            return high
        return min([end, *(part.low for part in self._parts(low, end))])

    def _joins(
        self,
        previous: tuple[Part, Report | None],
        part: Part,
        gap: tuple[int, int],
        reports: tuple[Report | None, Report | None],
        draft: Draft,
    ) -> bool:
        """Whether a quotation goes on with the claim of the one before it in the paragraph."""
        (before_gap, reported), (before, after) = previous, reports
        if part.quotation.outer == before_gap.quotation.outer:
            return True  # one quotation, interrupted by a reporting clause: «No – dice Ada – e …»
        if before or not self._adjacent(gap, reported):
            return False
        if after is None:
            return True
        if self._gaps.has_word(gap):
            return self._gaps.goes_on(gap, part)
        # «…» said one: «…», replied the other
        another = draft.speaker is not None and after.speaker is not None
        return self._gaps.alike(before_gap, part) and not another

    def _goes_with(self, report: Report) -> bool:
        """*She said: “No,” adding: “Never.”*: a participle with the speaker before."""
        hit = report.hit
        if hit is None or report.speaker:
            return False
        return hit.low == hit.head and "VerbForm=Part" in self.article.morphs[hit.head]

    def _adjacent(self, gap: tuple[int, int], report: Report | None) -> bool:
        """Whether a gap holds nothing, or nothing but the reporting clause of its left side."""
        if not self._gaps.has_word(gap):
            return True
        if report is None or report.hit is None:
            return False
        ends = [t for t in range(*gap) if self.article.words[t] in SENTENCE_FINAL]
        ends = [t for t in ends if t > report.hit.head]
        rest = (ends[0] + 1, gap[1]) if ends else (gap[1], gap[1])
        return not self._gaps.has_word(rest)

    def _reports(
        self, low: int, high: int, parts: list[Part], k: int
    ) -> tuple[Report | None, Report | None]:
        """The reporting clauses before and after a quotation."""
        part = parts[k]
        left = _gap(low, parts, k)
        led = bool(k) and self._gaps.last_word(left) == ":" and not self._gaps.has_word(left)
        if led:  # "La sindaca parla di «vergogna»: «Se ne vadano»"
            left = (_gap(low, parts, k - 1)[0], left[1])
        if self._signs.is_title(part, left) or self._signs.is_words_of_sign(part, left):
            return None, None
        right = (part.high, parts[k + 1].low if k + 1 < len(parts) else high)
        before = self._initial.of(part, left, bool(k))
        if before and led:  # the verb reports the word before the colon
            before = replace(before, hit=None, rule="introduced")
        after = None
        if before or self._gaps.starts_clause(left):
            after = self._final.of(part, right, k + 1 < len(parts))
        inserted = k + 1 < len(parts) and parts[k + 1].quotation.outer == part.quotation.outer
        if before and after and self._gives_way(before, after, left, inserted=inserted):
            before = None
        return before, after

    def _gives_way(
        self, before: Report, after: Report, left: tuple[int, int], *, inserted: bool
    ) -> bool:
        """Whether the clause before a quotation is not the one that reports it: *L'interessato
        sorride: «Qui sto bene», ci dice Serra*, *Ada replied:⏎“No”, she writes*."""
        article, hit = self.article, before.hit
        if hit is None:
            return after.speaker is not None
        if after.hit is None:
            return False
        # "L'opposizione attacca: «Basta», dice Carla Urso"
        said = after.hit.cue_class == "say"
        if after.speaker and said and (hit.cue_class != "say" or self._is_nearer(after, before)):
            return True
        elsewhere = article.paragraph(hit.head) != article.paragraph(left[1])
        return elsewhere or (inserted and self._initial.tells(hit, left))

    def _is_nearer(self, one: Report, other: Report) -> bool:
        """Whether only the first of two clauses names a person: *said Urso*, not *The union
        wrote:*."""
        first, second = (
            report.speaker and self._named.at(report.speaker.head, ("PER",))
            for report in (one, other)
        )
        return first is not None and second is None

    # Drafts

    def _draft(self, part: Part, report: Report) -> Draft:
        draft = Draft(
            "direct", (part.quotation.inner,), "", part.low,
            introduced=report.rule in _OF_SPEAKERS_BEFORE, flags=_flags(part),
        )  # fmt: skip
        return self._with_report(draft, report)

    def _prolonged(self, draft: Draft, part: Part, after: Report | None) -> Draft:
        """A draft with a further quotation, and with its reporting clause if it has none yet."""
        draft = replace(
            draft,
            content=(*draft.content, part.quotation.inner),
            flags=tuple(dict.fromkeys((*draft.flags, *_flags(part)))),
        )
        return self._with_report(draft, after) if after and draft.cue is None else draft

    def _with_report(self, draft: Draft, report: Report) -> Draft:
        draft = replace(draft, rule=f"direct {report.rule}", speaker=report.speaker)
        if report.hit is None:
            return draft
        self.used.add(report.hit.head)
        return replace(
            draft,
            cue=self.article.span_of(report.hit.low, report.hit.high),
            cue_class=report.hit.cue_class,
            introduced=False,
        )


def _gap(low: int, parts: Sequence[Part], k: int) -> tuple[int, int]:
    """The gap before quotation ``k`` of a paragraph that begins at ``low``."""
    return (parts[k - 1].high if k else low), parts[k].low


def _flags(part: Part) -> tuple[str, ...]:
    return () if part.quotation.balanced else (UNBALANCED,)
