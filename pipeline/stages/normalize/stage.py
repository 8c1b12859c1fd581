"""The ``normalize`` stage: repairs, boilerplate put aside, paragraphs.

All passes run again and again until none finds anything (nearly always the second round), so that
normalizing a normalized text changes nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter

from pipeline.config import NormalizeSettings
from pipeline.core.layers import Language, Paragraph, Passage, Raw, Removed, Repair, Text
from pipeline.core.spans import Span
from pipeline.core.textmap import Edit, TextMap
from pipeline.stages.base import Stage, View
from pipeline.stages.normalize import markdown
from pipeline.stages.normalize.boilerplate import boilerplate
from pipeline.stages.normalize.characters import REPAIRS
from pipeline.stages.normalize.paragraphs import headlines, lines, rejoin
from pipeline.stages.normalize.seams import quote_seams, seams

# Each round undoes one layer of damage ("&amp;amp;quot;"); more than this is an attack.
MAX_ROUNDS = 8

# Changes that every text has and nobody asks about; the map still knows them.
UNREPORTED = frozenset({"paragraph_break"})


class NormalizeStage(Stage[Text]):
    """Repairs the raw text and puts boilerplate aside; every change keeps its way back."""

    name = "normalize"
    version = "5"
    reads = (Raw, Language)
    writes = Text

    def __init__(self, settings: NormalizeSettings) -> None:
        self.settings = settings

    def apply(self, view: View) -> Text:
        """The article's text, its paragraphs, and what was removed and repaired."""
        raw, language = view[Raw], view[Language]
        work = _Work(raw.text)
        if raw.media_type == "text/markdown":
            work.front_matter()
            for mark_pass in (markdown.marks, markdown.links, markdown.emphasis):
                work.repair(mark_pass)
        for _ in range(MAX_ROUNDS):
            before = work.map.text
            self._round(work)
            if work.map.text == before:
                break
        return work.text(language, raw.metadata.get("title"))

    def _round(self, work: _Work) -> None:
        for repair in REPAIRS:
            work.repair(repair)
        if self.settings.remove_boilerplate:
            work.remove_boilerplate()
        work.repair(rejoin)
        if self.settings.split_glued_sentences:
            work.repair(quote_seams)
            work.repair(seams)


class _Work:
    """A text under repair."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.map = TextMap.identity(raw)
        self.removed: list[Removed] = []
        self.repairs: list[Repair] = []

    def repair(self, find: Callable[[str], Iterable[Edit]]) -> None:
        edits = list(find(self.map.text))
        if not edits:
            return
        self.repairs += [self._repair(edit) for edit in edits if edit.kind not in UNREPORTED]
        self.map = self.map.apply(edits)

    def front_matter(self) -> None:
        if block := markdown.FRONT_MATTER.match(self.raw[: markdown.MAX_FRONT_MATTER]):
            self._remove([(Span(*block.span()), "front_matter")])

    def remove_boilerplate(self) -> None:
        found = boilerplate(self.map.text, lines(self.map.text))
        self._remove([(item.span, item.kind) for item in found])

    def text(self, language: Language, title: str | None) -> Text:
        spans = lines(self.map.text)
        contents = [span.of(self.map.text) for span in spans]
        foreign = sorted(language.passages, key=lambda passage: passage.raw)
        paragraphs = tuple(
            Paragraph(
                span, _language_of(self.map.raw_ranges(span), foreign, language.code), headline
            )
            for span, headline in zip(spans, headlines(contents), strict=True)
        )
        if not title and paragraphs and paragraphs[0].headline:
            title = contents[0]
        return Text(
            map=self.map,
            paragraphs=paragraphs,
            removed=tuple(sorted(self.removed, key=lambda item: item.raw)),
            repairs=tuple(sorted(self.repairs, key=lambda item: item.raw)),
            title=title or None,
        )

    def _remove(self, found: Sequence[tuple[Span, str]]) -> None:
        if not found:
            return
        for span, kind in found:
            self.removed += [Removed(raw, kind) for raw in self._raw(span, kind)]
        self.map = self.map.apply(Edit(span.start, span.end, "", "removed") for span, _ in found)

    def _raw(self, span: Span, kind: str) -> tuple[Span, ...]:
        """The raw range from the first to the last character of ``span``, repairs included."""
        ranges = self.map.raw_ranges(span)
        return (Span(ranges[0].start, ranges[-1].end),) if ranges else ()

    def _repair(self, edit: Edit) -> Repair:
        ranges = self.map.raw_ranges(Span(edit.start, edit.end))
        if ranges:
            raw = Span(ranges[0].start, ranges[-1].end)
        else:
            after = self.map.raw_ranges(Span(edit.start, edit.start + 1))
            position = after[0].start if after else len(self.raw)
            raw = Span(position, position)
        return Repair(raw, raw.of(self.raw), edit.replacement, edit.kind)


def _language_of(ranges: Sequence[Span], passages: Sequence[Passage], code: str) -> str:
    """A paragraph's own language: that of a passage which covers more than half of its raw ranges.

    ``passages`` are sorted and disjoint, so at most one does.
    """
    total = sum(map(len, ranges))
    covered: Counter[int] = Counter()
    for part in ranges:
        index = bisect_right(passages, part.start, key=lambda passage: passage.raw.end)
        while index < len(passages) and passages[index].raw.start < part.end:
            raw = passages[index].raw
            covered[index] += min(part.end, raw.end) - max(part.start, raw.start)
            index += 1
    most, length = max(covered.items(), key=itemgetter(1), default=(0, 0))
    return passages[most].language if 2 * length > total else code
