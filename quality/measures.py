"""Figures that add up over documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How much of what was predicted is right, and how much of what is right was predicted.

    The two hit counts differ only where one item may match several, or by a part (soft scores).
    """

    hits_predicted: float
    predicted: int
    hits_gold: float
    gold: int

    def __add__(self, other: Retrieval) -> Retrieval:
        return Retrieval(
            self.hits_predicted + other.hits_predicted,
            self.predicted + other.predicted,
            self.hits_gold + other.hits_gold,
            self.gold + other.gold,
        )

    @property
    def precision(self) -> float:
        """0-1; nothing to find and nothing found is perfect."""
        if not self.predicted:
            return 0.0 if self.gold else 1.0
        return self.hits_predicted / self.predicted

    @property
    def recall(self) -> float:
        """0-1; nothing to find and nothing found is perfect."""
        if not self.gold:
            return 0.0 if self.predicted else 1.0
        return self.hits_gold / self.gold

    @property
    def value(self) -> float:
        """F1, 0-1."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    @property
    def basis(self) -> int:
        """How many gold items the figure rests on."""
        return self.gold


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` out of ``total``; the share of nothing is ``empty``."""

    hits: int
    total: int
    empty: float = 1.0

    def __add__(self, other: Share) -> Share:
        return Share(self.hits + other.hits, self.total + other.total, min(self.empty, other.empty))

    @property
    def value(self) -> float:
        """0-1."""
        return self.hits / self.total if self.total else self.empty

    @property
    def basis(self) -> int:
        """How many items the figure rests on."""
        return self.total


Measure = Retrieval | Share
Measures = Mapping[str, Measure]


def hits(number: float, predicted: int, gold: int) -> Retrieval:
    """One-to-one matches between ``predicted`` and ``gold`` items."""
    return Retrieval(number, predicted, number, gold)


def total(parts: Iterable[Measures]) -> dict[str, Measure]:
    """The sums, measure by measure."""
    sums: dict[str, Measure] = {}
    for part in parts:
        for name, measure in part.items():
            sums[name] = add(sums[name], measure) if name in sums else measure
    return sums


def add(one: Measure, other: Measure) -> Measure:
    """The sum of two measures of the same sort."""
    if isinstance(one, Retrieval) and isinstance(other, Retrieval):
        return one + other
    if isinstance(one, Share) and isinstance(other, Share):
        return one + other
    raise TypeError(f"{one} and {other} do not add up")
