"""Article text as HTML with nested marks: escaped, hidden characters named, cut at every edge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from markupsafe import Markup, escape

from pipeline.core.spans import Span
from pipeline.views.visible import visible


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text, its CSS class, and the thing it belongs to (``c1``, ``e3``)."""

    span: Span
    css: str
    thing: str


def marked(text: str, window: Span, marks: Sequence[Mark]) -> Markup:
    """``text`` within ``window`` as HTML; ``marks`` are those that overlap it.

    Overlapping marks become pieces that carry the classes and things of all of them.
    """
    if not marks:
        return escape(visible(text[window.start : window.end]))
    edges = {window.start, window.end}
    for mark in marks:
        edges.update(e for e in (mark.span.start, mark.span.end) if window.start < e < window.end)
    cuts = sorted(edges)
    parts = []
    for start, end in pairwise(cuts):
        active = [mark for mark in marks if mark.span.start <= start and end <= mark.span.end]
        parts.append(wrapped(escape(visible(text[start:end])), active))
    return Markup("".join(parts))


def wrapped(body: Markup, marks: Sequence[Mark]) -> str:
    """``body`` with the classes and things of ``marks``, which all cover it."""
    if not marks:
        return str(body)
    return f"{_opening(*((mark.css, mark.thing) for mark in marks))}{body}</span>"


@lru_cache(maxsize=1 << 14)
def _opening(*marks: tuple[str, str]) -> Markup:
    """The tag that begins a stretch; the same few hundred open in every article."""
    css = " ".join(dict.fromkeys(css for css, _ in marks))
    things = " ".join(dict.fromkeys(thing for _, thing in marks))
    return Markup('<span class="m {}" data-t="{}">').format(css, things)


def overlapping(marks: Iterable[Mark], windows: Sequence[Span]) -> list[list[Mark]]:
    """For every window (sorted, disjoint) the marks that overlap it, in one pass."""
    found: list[list[Mark]] = [[] for _ in windows]
    ordered = sorted(marks, key=lambda mark: (mark.span.start, -mark.span.end))
    first = 0
    for mark in ordered:
        while first < len(windows) and windows[first].end <= mark.span.start:
            first += 1
        index = first
        while index < len(windows) and windows[index].start < mark.span.end:
            found[index].append(mark)
            index += 1
    return found
