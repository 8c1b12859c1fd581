"""Names and their grouping."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.core.layers import LABELS
from quality.annotation import Mention
from quality.measures import hits, total
from quality.score.matching import match, overlap
from quality.score.sides import Part, Sides


def score_names(sides: Sides) -> Part:
    """Names by label: exact spans, overlapping ones, and exact ones whatever the label."""
    part = Part()
    gold, found = sides.gold.mentions, sides.mentions

    def overlapping(a: Mention, b: Mention) -> float:
        return overlap(sides.words(a.span), sides.words(b.span))

    _by_label(part, sides, "exact", lambda a, b: float(a.span == b.span))
    _by_label(part, sides, "overlap", overlapping)
    same_place = match(gold, found, lambda a, b: float(a.span == b.span))
    part.measures["names exact, any label"] = hits(len(same_place), len(found), len(gold))
    exact = match(gold, found, lambda a, b: float((a.span, a.label) == (b.span, b.label)))
    part.errors.extend(
        sides.unmatched(
            "name",
            exact,
            [(f" ({each.label})", (each.span,)) for each in gold],
            [(f" ({each.label})", (each.span,)) for each in found],
        )
    )
    return part


def _by_label(
    part: Part, sides: Sides, way: str, similar: Callable[[Mention, Mention], float]
) -> None:
    for label in LABELS:
        gold = [each for each in sides.gold.mentions if each.label == label]
        found = [each for each in sides.mentions if each.label == label]
        same = match(gold, found, similar)
        part.measures[f"names {way} {label}"] = hits(len(same), len(found), len(gold))
    labels = [{"all": part.measures[f"names {way} {label}"]} for label in LABELS]
    part.measures[f"names {way} all"] = total(labels)["all"]


def score_grouping(sides: Sides) -> Part:
    """Pairs of mentions that are one entity, mentions being matched whatever their label."""
    gold = _same_entity([(index, each.canonical) for index, each in enumerate(sides.gold.mentions)])
    found = _same_entity(
        [
            (sides.same_mention.get(index, -1 - index), each.canonical)
            for index, each in enumerate(sides.mentions)
        ]
    )
    return Part({"grouping": hits(len(gold & found), len(found), len(gold))})


def _same_entity(mentions: Sequence[tuple[int, str | None]]) -> set[tuple[int, int]]:
    return {
        (max(a, b), min(a, b))
        for place, (a, one) in enumerate(mentions)
        for b, other in mentions[:place]
        if one is not None and one == other
    }
