"""What was done to a document's raw text, in its order: put aside, replaced, inserted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

RawRange = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Alteration:
    """One stretch of the raw text, what stands there now (None: it was put aside), and why."""

    start: int
    end: int
    after: str | None
    kind: str


def alterations(
    removed: Iterable[tuple[RawRange, str]], repaired: Iterable[tuple[RawRange, str, str]]
) -> Iterator[Alteration]:
    """Removals (range, kind) and repairs (range, after, kind) as disjoint stretches.

    Repairs of one stretch in several steps (``&rsquo;`` to ``’`` to ``'``) become one, with all
    their kinds; what lies inside an earlier stretch is part of it.
    """
    steps: dict[RawRange, Alteration] = {
        raw: Alteration(*raw, None, kind) for raw, kind in removed if raw[0] < raw[1]
    }
    for raw, after, kind in repaired:
        known = steps.get(raw)
        if known is None:
            steps[raw] = Alteration(*raw, after, kind)
        elif known.after is not None:
            # At an empty range each step inserts; elsewhere it replaces what the last one left.
            whole = after if raw[0] < raw[1] else known.after + after
            steps[raw] = Alteration(*raw, whole, f"{known.kind}, {kind}")
    position = 0
    for step in sorted(steps.values(), key=lambda step: (step.start, step.end)):
        if step.start >= position:
            yield step
            position = step.end
