"""Lines and paragraphs: which line breaks end a paragraph, and which paragraphs are headlines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.core.spans import Span
from pipeline.core.textmap import Edit

# Text set for terminals and e-mail has lines of 60 to 80 characters (RFC 2822, section 2.1.1, and
# habit); a paragraph per line is longer, a headline alone in its block.
MIN_WRAPPED = 45
MAX_WRAPPED = 100
MAX_HEADLINE_WORDS = 30
MAX_SECTION_WORDS = 14

_LINE = re.compile(r"[^\n]+")
_SENTENCE_END = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
_HYPHENATED = re.compile(r"[^\W\d_]-$")


def lines(text: str) -> list[Span]:
    """The lines that hold anything."""
    return [Span(*match.span()) for match in _LINE.finditer(text)]


def rejoin(text: str) -> Iterator[Edit]:
    r"""Joins the lines of hard-wrapped paragraphs; every other break becomes a blank line.

    >>> from pipeline.core.textmap import TextMap
    >>> wrapped = "Il sindaco ha detto che la seduta del consiglio\nè rinviata.\nParla l'assessore."
    >>> TextMap.identity(wrapped).apply(rejoin(wrapped)).text
    "Il sindaco ha detto che la seduta del consiglio è rinviata.\n\nParla l'assessore."
    """
    found = lines(text)
    wrapped = _is_wrapped(text, found)
    for earlier, later in pairwise(found):
        gap = Span(earlier.end, later.start)
        above, below = earlier.of(text), later.of(text)
        if len(gap) == 1 and _continues(above, below, wrapped):
            hyphenated = _HYPHENATED.search(above) is not None and below[0].islower()
            start = gap.start - 1 if hyphenated else gap.start
            yield Edit(start, gap.end, "" if hyphenated else " ", "line_wrap")
        elif len(gap) != 2:
            yield Edit(gap.start, gap.end, "\n\n", "paragraph_break")
    yield from _borders(text, found)


def headlines(paragraphs: Sequence[str]) -> list[bool]:
    """For each paragraph, whether it is a title or a section heading.

    The first paragraph is one unless it ends like a sentence or runs long. Later ones must be
    short, end without any stop, and stand before a longer paragraph.
    """
    flags = [False] * len(paragraphs)
    for index, paragraph in enumerate(paragraphs):
        words = len(paragraph.split())
        below = paragraphs[index + 1] if index + 1 < len(paragraphs) else ""
        if index == 0:
            is_title = words <= MAX_HEADLINE_WORDS and not paragraph.endswith((".", ";", ":", ","))
            flags[0] = is_title and len(paragraphs) > 1
        elif words <= MAX_SECTION_WORDS and not paragraph.endswith(tuple('.,;:!…"”»')):
            flags[index] = len(below) > max(len(paragraph), 80) and paragraph[0] not in "«“\"'‘—–-•"
    return flags


def _is_wrapped(text: str, found: Sequence[Span]) -> bool:
    """Whether most breaks between neighbouring lines cut a sentence near the same width."""
    breaks = [(a, b) for a, b in pairwise(found) if b.start - a.end == 1]
    if len(breaks) < 3:
        return False
    full = sum(MIN_WRAPPED <= len(a) <= MAX_WRAPPED for a, _ in breaks)
    cut = sum(_SENTENCE_END.search(a.of(text)) is None for a, _ in breaks)
    return full >= 0.7 * len(breaks) and cut >= 0.6 * len(breaks)


def _continues(above: str, below: str, wrapped: bool) -> bool:
    if len(above) < MIN_WRAPPED:
        return False
    if wrapped:
        # A short last line ends its paragraph even where no blank line follows.
        return len(above) <= MAX_WRAPPED + 20 and below[0] not in "•*-–—"
    is_cut = _SENTENCE_END.search(above) is None
    return is_cut and below[0].islower() and (above[-1].islower() or above[-1] in ",-")


def _borders(text: str, found: Sequence[Span]) -> Iterator[Edit]:
    start, end = (found[0].start, found[-1].end) if found else (len(text), len(text))
    if start > 0:
        yield Edit(0, start, "", "paragraph_break")
    if end < len(text) and found:
        yield Edit(end, len(text), "", "paragraph_break")
