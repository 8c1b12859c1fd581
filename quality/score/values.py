"""Dates, sums of money, percentages."""

from __future__ import annotations

from quality.annotation import Amount
from quality.measures import hits, total
from quality.score.matching import match, overlap
from quality.score.sides import ANNOTATED_VALUES, Part, Sides

WAYS = ("exact", "overlap", "right")


def score_values(sides: Sides) -> Part:
    """Values by type: exact spans, overlapping ones, and overlapping ones with the right value."""
    part = Part()
    gold, found = sides.gold.amounts, sides.amounts

    def similar(a: Amount, b: Amount) -> float:
        return overlap(sides.words(a.span), sides.words(b.span)) if a.type == b.type else 0.0

    same = match(gold, found, similar)
    for type_ in ANNOTATED_VALUES:
        pairs = [
            (gold[each.gold], found[each.predicted])
            for each in same
            if gold[each.gold].type == type_
        ]
        counts = {
            "exact": sum(a.span == b.span for a, b in pairs),
            "overlap": len(pairs),
            "right": sum(parsed(a.value) == parsed(b.value) for a, b in pairs),
        }
        sizes = (
            sum(each.type == type_ for each in found),
            sum(each.type == type_ for each in gold),
        )
        for way in WAYS:
            part.measures[f"values {way} {type_}"] = hits(counts[way], *sizes)
        part.errors.extend(
            sides.error("value wrong", a.span, detail=f"{b.value} for {a.value}")
            for a, b in pairs
            if parsed(a.value) != parsed(b.value)
        )
    for way in WAYS:
        types = [{"all": part.measures[f"values {way} {type_}"]} for type_ in ANNOTATED_VALUES]
        part.measures[f"values {way} all"] = total(types)["all"]
    part.errors.extend(
        sides.unmatched(
            "value",
            same,
            [(f" ({each.type})", (each.span,)) for each in gold],
            [(f" ({each.type})", (each.span,)) for each in found],
        )
    )
    return part


def parsed(value: str) -> tuple[float | str, ...]:
    """The parts of a value, numbers as numbers: ``EUR 3.5`` equals ``EUR 3.50``."""

    def part(word: str) -> float | str:
        try:
            return float(word)
        except ValueError:
            return word

    return tuple(map(part, value.split()))
