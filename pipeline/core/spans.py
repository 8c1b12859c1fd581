"""One span type: half-open, counted in Unicode code points.

>>> text = "«Non lo so», ha detto."
>>> Span(1, 10).of(text)
'Non lo so'
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points, ``start <= end``."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The characters this span covers in ``text``."""
        return text[self.start : self.end]

    def contains(self, other: Span) -> bool:
        """Whether ``other`` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two spans share at least one character."""
        return self.start < other.end and other.start < self.end

    def shift(self, by: int) -> Span:
        """The same span ``by`` code points further on."""
        return Span(self.start + by, self.end + by)

    def strip(self, text: str) -> Span:
        """This span without white space at either end (may become empty)."""
        start, end = self.start, self.end
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        return Span(start, end)


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The union of ``spans``, sorted, with touching and overlapping ones joined."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def subtract(whole: Span, holes: Iterable[Span]) -> tuple[Span, ...]:
    """The parts of ``whole`` that no hole covers, in order."""
    parts: list[Span] = []
    start = whole.start
    for hole in merge(holes):
        if hole.end <= start or hole.start >= whole.end:
            continue
        if hole.start > start:
            parts.append(Span(start, hole.start))
        start = max(start, hole.end)
    if start < whole.end:
        parts.append(Span(start, whole.end))
    return tuple(parts)


def covering(spans: Sequence[Span], position: int) -> int | None:
    """The index of the span that holds ``position``; ``spans`` are sorted and disjoint."""
    index = bisect_right(spans, Span(position, 1 << 62)) - 1
    return index if index >= 0 and spans[index].end > position else None


def within(spans: Sequence[Span], window: Span) -> range:
    """The indices of sorted, disjoint ``spans`` that overlap ``window``."""
    first = bisect_left(spans, Span(window.start, window.start))
    if first > 0 and spans[first - 1].end > window.start:
        first -= 1
    last = first
    while last < len(spans) and spans[last].start < window.end:
        last += 1
    return range(first, last)
