"""Quotation marks paired by the cheapest reading of a paragraph.

Every mark may open, close or be skipped. Each choice has a cost: what the glyph stands for
(typographic marks have a direction, straight ones do not), what stands around it (a space before
and a letter after speak for an opening mark), and what it would leave open. The cheapest sequence
of choices is found by dynamic programming over the marks of one paragraph, so an odd, missing or
wrong mark costs one quotation and never inverts the ones after it.

>>> text = "«Non lo so», ha detto. «Chiedete a lei», ha aggiunto."
>>> [quotation.inner.of(text) for quotation in find_quotations(text, [Span(0, len(text))])]
['Non lo so', 'Chiedete a lei']
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain
from typing import TypeAlias

from pipeline.core.spans import Span

UNBALANCED = "unbalanced_quotes"

_MARK = re.compile(
    r"""
      ''  | ``  | ‘‘ | ’’ | ,,(?=\w)      # doubled single marks stand for one double mark
    | << | >>
    | ["“”„‟″＂]
    | [«»]
    | ['‘’‚‛‹›]
    """,
    re.VERBOSE,
)
_OPENERS = frozenset(["“", "„", "‟", "``", "‘‘", ",,", "«", "<<", "‘", "‚", "‹"])
_CLOSERS = frozenset(["”", "’’", "»", ">>", "’", "›"])
_GUILLEMETS = frozenset("«»‹›")
_STRAIGHT = frozenset(['"', "″", "＂", "''", "``"])
_FINALS = frozenset(".!?…")
_SINGLES = frozenset("'‘’‚‛")

# The price of each deviation. Only their order matters: a mark used against its context (2) costs
# less than a quotation left open (2.5), which costs less than a mark passed over (3).
_AGAINST_CONTEXT = 2.0
_AGAINST_GLYPH = 2.0
_STRAIGHT_FOR_CURLY = 0.25
_LEFT_OPEN = 2.5
_CONTINUED = 0.5
_SKIPPED = 3.0
_SKIPPED_SINGLE = 1.5
_SKIPPED_APOSTROPHE = 0.4
_ALIKE = 1.0  # «Ho detto «basta» e sono uscita»
_MAX_DEPTH = 3
_UNDIRECTED = frozenset(["straight", "single"])
"""Families whose marks do not tell which way they face: one of them never opens inside another."""
_ELISION = re.compile(r"(?:\d0s|em\b|n\b|til\b|cause\b|tis\b|twas\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quotation:
    """Text between two marks.

    ``inner`` excludes the marks and outer white space, ``outer`` includes the marks; ``depth`` is 1
    for a quotation that no other one contains. ``continues`` says that it takes up the quotation
    that the paragraph before left open.
    """

    inner: Span
    outer: Span
    depth: int
    balanced: bool = True
    continues: bool = False


class Places:
    """Quotations by their places: in a book each is looked up, not compared with all."""

    def __init__(self, quotations: Iterable[Quotation]) -> None:
        self._quotations = sorted(quotations, key=lambda each: (each.outer.start, each.depth))
        self._starts = [quotation.outer.start for quotation in self._quotations]
        self._reaches = list(accumulate((each.outer.end for each in self._quotations), max))

    def around(self, place: int) -> Iterator[Quotation]:
        """Those whose text and marks hold a code point, in order."""
        first, last = bisect_right(self._reaches, place), bisect_right(self._starts, place)
        return (each for each in self._quotations[first:last] if each.outer.end > place)


@dataclass(frozen=True, slots=True)
class _Mark:
    span: Span
    family: str
    opens: float
    closes: float
    skips: float


_Choice: TypeAlias = "tuple[_Mark | None, _Mark | None, int]"
_Done: TypeAlias = "tuple[_Choice, _Done] | None"


@dataclass(frozen=True, slots=True)
class _Reading:
    """A sequence of choices so far: cost, open marks, finished quotations.

    ``done`` is a chain, last quotation first: readings share what they have in common, and a
    paragraph of a hundred thousand marks still takes linear time.
    """

    cost: float
    open: tuple[_Mark, ...] = ()
    done: _Done = None

    def finished(self) -> list[_Choice]:
        """The finished quotations in the order in which they were finished."""
        found: list[_Choice] = []
        link = self.done
        while link is not None:
            choice, link = link
            found.append(choice)
        return found[::-1]


def find_quotations(
    text: str, paragraphs: Iterable[Span], sentence_ends: Sequence[int] = ()
) -> tuple[Quotation, ...]:
    """All quotations in text order, outer ones before the ones they contain.

    ``sentence_ends`` (sorted offsets) bound a quotation whose second mark is missing; without them
    it ends with its paragraph. Such quotations have ``balanced`` False, except when the next
    paragraph takes the quotation up again with a mark of its own.

    Source: for continued paragraphs, Chicago Manual of Style 13.30; in Italian the new paragraph
    may begin with a closing guillemet. Pages also leave the mark of the new paragraph out: the
    quotation then goes on to the closing mark that lacks an opening one.
    """
    found: list[list[Quotation]] = []
    spans = list(paragraphs)
    marks = [_marks(text, span) for span in spans]
    carried = False
    for index, span in enumerate(spans):
        following = marks[index + 1][0] if index + 1 < len(spans) and marks[index + 1] else None
        takes_up = following is not None and following.span.start == spans[index + 1].start
        paragraph = _initial_continuation(marks[index]) if carried else marks[index]
        reading = _cheapest(paragraph, following if takes_up else None)
        continued = bool(takes_up and reading.open and following)
        here = [
            _quotation(text, span, choice, sentence_ends)
            for choice in (*reading.finished(), *_left_open(reading))
        ]
        here.sort(key=_in_order)
        here = [quotation for quotation in _apart(text, here) if len(quotation.inner)]
        if carried and here:
            here[0] = replace(here[0], continues=True)
        if continued and here:
            last = max(range(len(here)), key=lambda k: (here[k].depth == 1, here[k].outer.start))
            whole = Span(here[last].outer.start, span.end)
            inner = Span(here[last].inner.start, span.end).strip(text)
            here[last] = replace(here[last], inner=inner, outer=whole, balanced=True)
        found.append(here)
        carried = continued
    _carry_on(text, spans, found)
    return tuple(chain.from_iterable(found))


def _carry_on(text: str, paragraphs: Sequence[Span], found: list[list[Quotation]]) -> None:
    """Let a quotation that a paragraph leaves open go on, over at most two without any mark, to the
    closing mark that lacks its opening one: *Neri: “Era tardi.⏎Domani si cambia”*."""
    for last, here in enumerate(found):
        closed = here[0] if here else None
        first = next((k for k in range(last - 1, max(last - 4, -1), -1) if found[k]), None)
        if closed is None or first is None or closed.balanced or _is_opened(text, closed):
            continue
        place = max(range(len(found[first])), key=lambda k: (found[first][k].depth == 1, k))
        opened = found[first][place]
        if (
            opened.balanced
            or not _is_opened(text, opened)
            or not _close_each_other(text[opened.outer.start], text[closed.outer.end - 1])
        ):
            continue
        end = paragraphs[first].end
        found[first][place] = replace(
            opened,
            inner=Span(opened.inner.start, end).strip(text),
            outer=Span(opened.outer.start, end),
            balanced=True,
        )
        for between in range(first + 1, last):
            whole = paragraphs[between]
            found[between] = [Quotation(whole.strip(text), whole, 1, continues=True)]
        start = paragraphs[last].start
        here[0] = replace(
            closed,
            inner=Span(start, closed.inner.end).strip(text),
            outer=Span(start, closed.outer.end),
            balanced=True,
            continues=True,
        )


def _is_opened(text: str, quotation: Quotation) -> bool:
    """Whether a quotation begins with a mark of its own."""
    opens = _MARK.match(text, quotation.outer.start)
    return opens is not None and quotation.inner.start > quotation.outer.start


def _close_each_other(opening: str, closing: str) -> bool:
    families = {_family(opening), _family(closing)}
    return len(families) == 1 or families == {"straight", "curly"}


def _apart(text: str, quotations: Sequence[Quotation]) -> list[Quotation]:
    """Sorted quotations, where one that lacks a mark ends before the next one, or begins after the
    one before: *«Ciao. «Basta», disse.* holds two. No outer quotation touches another."""
    found = [each for each in quotations if each.balanced or each.depth > 1]
    taken = [each.outer for each in found if each.depth == 1]
    for each in quotations:
        if each.balanced or each.depth > 1:
            continue
        opened = _is_opened(text, each)
        mark = each.outer.start if opened else each.outer.end
        place = bisect_left(taken, mark, key=lambda span: span.end if opened else span.start)
        low = taken[place - 1].end if place else 0
        high = taken[place].start if place < len(taken) else len(text)
        outer = Span(max(low, each.outer.start), min(high, each.outer.end))
        if low <= mark <= high and len(outer):
            start = min(max(each.inner.start, outer.start), outer.end)
            inner = Span(start, max(start, min(each.inner.end, outer.end))).strip(text)
            found.append(replace(each, outer=outer, inner=inner))
            taken.insert(place, outer)
    return sorted(found, key=_in_order)


def _in_order(quotation: Quotation) -> tuple[int, int]:
    return quotation.outer.start, -quotation.outer.end


def _initial_continuation(marks: list[_Mark]) -> list[_Mark]:
    """The mark that opens a continued paragraph is an opening one, whatever its glyph."""
    first = marks[0]
    return [replace(first, opens=0.0, closes=9.0, skips=9.0), *marks[1:]]


def _marks(text: str, paragraph: Span) -> list[_Mark]:
    marks = []
    for match in _MARK.finditer(text, paragraph.start, paragraph.end):
        glyph, start, end = match[0], match.start(), match.end()
        before = text[start - 1] if start > paragraph.start else " "
        after = text[end] if end < paragraph.end else " "
        single = glyph in _SINGLES
        if single and before.isalnum() and after.isalnum():
            continue  # an apostrophe: don't, l'acqua
        opens = (_AGAINST_GLYPH if glyph in _CLOSERS else 0.0) + (
            _AGAINST_CONTEXT if after.isspace() or after in ",.;:!?)" else 0.0
        )
        # "We stay. " The mayor …: alone between spaces, after a full stop, a mark closes
        ended = after.isspace() and text[paragraph.start : start].rstrip()[-1:] in _FINALS
        apart = (before.isspace() and not ended) or before in "(["
        closes = (_AGAINST_GLYPH if glyph in _OPENERS else 0.0) + (
            _AGAINST_CONTEXT if apart else 0.0
        )
        if before.isalnum():
            opens += _AGAINST_CONTEXT
        if after.isalnum():
            closes += _AGAINST_CONTEXT / 2
        skips = _SKIPPED
        if single:
            apostrophe = before.isalpha() or bool(_ELISION.match(text, end))
            skips = _SKIPPED_APOSTROPHE if apostrophe and glyph != "‘" else _SKIPPED_SINGLE
        marks.append(_Mark(Span(start, end), _family(glyph), opens, closes, skips))
    return marks


def _family(glyph: str) -> str:
    """Which marks close each other; “…” may stand inside "…", and the other way round."""
    if glyph in _SINGLES:
        return "single"
    if glyph in _STRAIGHT:
        return "straight"
    return "guillemet" if glyph in _GUILLEMETS or glyph in ("<<", ">>") else "curly"


def _cheapest(marks: Sequence[_Mark], following: _Mark | None) -> _Reading:
    readings = {(): _Reading(0.0)}
    for mark in marks:
        best: dict[tuple[str, ...], _Reading] = {}
        for reading in readings.values():
            for choice in _choices(reading, mark):
                state = tuple(opened.family for opened in choice.open)
                if state not in best or choice.cost < best[state].cost:
                    best[state] = choice
        readings = best  # type: ignore[assignment]

    def final_cost(reading: _Reading) -> float:
        cost = reading.cost
        for depth, opened in enumerate(reading.open):
            continued = depth == 0 and following is not None and opened.family == following.family
            cost += _CONTINUED if continued else _LEFT_OPEN
        return cost

    return min(readings.values(), key=final_cost)


def _choices(reading: _Reading, mark: _Mark) -> Iterable[_Reading]:
    yield replace(reading, cost=reading.cost + mark.skips)
    families = [opened.family for opened in reading.open]
    alike = mark.family in families
    if len(families) < _MAX_DEPTH and not (alike and mark.family in _UNDIRECTED):
        cost = reading.cost + mark.opens + (_ALIKE if alike else 0.0)
        yield _Reading(cost, (*reading.open, mark), reading.done)
    if alike:
        innermost = len(families) - 1 - families[::-1].index(mark.family)
        yield _close(reading, mark, innermost)
        dropped = _drop(reading, innermost)
        yield _Reading(dropped.cost + mark.opens, (*dropped.open, mark), dropped.done)
    elif families and mark.family != "single" and families[-1] != "single":
        closed = _close(reading, mark, len(families) - 1)
        guillemets = "guillemet" in (families[-1], mark.family)
        crossed = _AGAINST_GLYPH if guillemets else _STRAIGHT_FOR_CURLY
        yield replace(closed, cost=closed.cost + crossed)
    elif not families and mark.family != "single":
        orphan = (None, mark, 1)
        cost = reading.cost + mark.closes + _LEFT_OPEN
        yield _Reading(cost, (), (orphan, reading.done))


def _close(reading: _Reading, mark: _Mark, depth: int) -> _Reading:
    inner = _drop(reading, depth + 1)
    pair = (inner.open[depth], mark, depth + 1)
    return _Reading(inner.cost + mark.closes, inner.open[:depth], (pair, inner.done))


def _drop(reading: _Reading, depth: int) -> _Reading:
    """The reading with everything from ``depth`` on given up as unclosed."""
    given_up, done = reading.open[depth:], reading.done
    for level, opened in enumerate(given_up, depth + 1):
        done = ((opened, None, level), done)
    cost = reading.cost + _LEFT_OPEN * len(given_up)
    return _Reading(cost, reading.open[:depth], done)


def _left_open(reading: _Reading) -> Iterable[tuple[_Mark | None, _Mark | None, int]]:
    for depth, opened in enumerate(reading.open):
        yield opened, None, depth + 1


def _quotation(
    text: str,
    paragraph: Span,
    choice: tuple[_Mark | None, _Mark | None, int],
    sentence_ends: Sequence[int],
) -> Quotation:
    opened, closed, depth = choice
    start = opened.span.start if opened else paragraph.start
    end = closed.span.end if closed else paragraph.end
    if opened and not closed:
        after = bisect_right(sentence_ends, start + 1)
        if after < len(sentence_ends) and sentence_ends[after] <= paragraph.end:
            end = sentence_ends[after]
    if closed and not opened:
        before = bisect_left(sentence_ends, closed.span.start) - 1
        if before >= 0 and sentence_ends[before] > paragraph.start:
            start = sentence_ends[before]
    inner_start = opened.span.end if opened else start
    inner_end = closed.span.start if closed else end
    return Quotation(
        Span(inner_start, max(inner_start, inner_end)).strip(text),
        Span(start, end),
        depth,
        opened is not None and closed is not None,
    )
