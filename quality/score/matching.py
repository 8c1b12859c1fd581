"""What belongs together: token overlap and one-to-one matching."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipeline.core.spans import Span, within

ANY_OVERLAP = 1e-9

Words = frozenset[int]
Gold = TypeVar("Gold")
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Match:
    """A gold and a predicted item that belong together, by index; similarity in 0-1."""

    gold: int
    predicted: int
    similarity: float


class Tokens:
    """The word tokens of a text."""

    def __init__(self, text: str) -> None:
        self._spans = [Span(*match.span()) for match in re.finditer(r"\w+", text)]

    def under(self, spans: Iterable[Span]) -> Words:
        """The indices of the tokens that ``spans`` touch."""
        return frozenset(index for span in spans for index in within(self._spans, span))


def match(
    gold: Sequence[Gold],
    found: Sequence[Found],
    similar: Callable[[Gold, Found], float],
    least: float = ANY_OVERLAP,
) -> list[Match]:
    """One-to-one matches with a similarity of at least ``least``, taken greedily, best first."""
    candidates = [
        Match(i, j, similarity)
        for i, a in enumerate(gold)
        for j, b in enumerate(found)
        if (similarity := similar(a, b)) >= least
    ]
    candidates.sort(key=lambda each: (-each.similarity, each.gold, each.predicted))
    gold_taken: set[int] = set()
    taken: set[int] = set()
    matches: list[Match] = []
    for each in candidates:
        if each.gold not in gold_taken and each.predicted not in taken:
            gold_taken.add(each.gold)
            taken.add(each.predicted)
            matches.append(each)
    return matches


def overlap(a: Words, b: Words) -> float:
    """The F1 of two token sets; two empty ones are equal."""
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0


def inside(span: Span, regions: Iterable[Span]) -> bool:
    """Whether one of ``regions`` holds ``span``."""
    return any(region.contains(span) for region in regions)


def characters(spans: Iterable[Span]) -> set[int]:
    """The offsets that ``spans`` cover."""
    return {index for span in spans for index in range(span.start, span.end)}
