"""Exact scores: name spans, parts of speech, attachments, sentence starts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from training.encoder.data import CONTENT, CUE, NAMES, O_OR_MISC, SOURCE

Span = tuple[int, int, str]


@dataclass(slots=True)
class Tally:
    """Counts of right, predicted and gold things."""

    right: int = 0
    predicted: int = 0
    gold: int = 0

    @property
    def f1(self) -> float:
        """Per cent; 100 where there is nothing to find and nothing was found."""
        total = self.predicted + self.gold
        return 200 * self.right / total if total else 100.0

    def add(self, predicted: Iterable[object], gold: Iterable[object]) -> None:
        """Count two collections of distinct things."""
        predicted, gold = set(predicted), set(gold)
        self.right += len(predicted & gold)
        self.predicted += len(predicted)
        self.gold += len(gold)


def spans(tags: Sequence[int], labels: Sequence[str] = NAMES) -> list[Span]:
    """Half-open spans in a row of targets, places in `labels`; an I without its B opens a span."""
    found: list[Span] = []
    for at, number in enumerate(tags):
        tag = labels[number] if number > 0 else "O"
        if tag == "O":
            continue
        if tag[0] == "I" and found and found[-1][1] == at and found[-1][2] == tag[2:]:
            found[-1] = (found[-1][0], at + 1, tag[2:])
        else:
            found.append((at, at + 1, tag[2:]))
    return found


def count_names(tallies: dict[str, Tally], predicted: Iterable[Span], gold: Sequence[int]) -> None:
    """Add one sentence's spans to the tallies of each label and of "all".

    In a corpus without MISC, predicted MISC spans do not count.
    """
    no_misc = O_OR_MISC in gold and not any(name in (7, 8) for name in gold)
    kept = [span for span in predicted if not (no_misc and span[2] == "MISC")]
    right = spans(gold)
    for label in ("PER", "ORG", "LOC", "MISC", "all"):
        tally = tallies.setdefault(label, Tally())
        tally.add(*([s for s in part if label in (s[2], "all")] for part in (kept, right)))


def count_claims(
    tallies: dict[str, Tally], predicted: Sequence[Sequence[int]], gold: Sequence[Sequence[int]]
) -> None:
    """Add one window's rows of (content, cue, source): exact spans, and words of any content."""
    for layer, labels in enumerate((CONTENT, CUE, SOURCE)):
        found, right = (spans([tags[layer] for tags in rows], labels) for rows in (predicted, gold))
        tallies.setdefault(("content", "cue", "source")[layer], Tally()).add(found, right)
    words = tallies.setdefault("content words", Tally())
    words.add(*({at for at, tags in enumerate(rows) if tags[0]} for rows in (predicted, gold)))


def summary(tallies: dict[str, Tally]) -> str:
    """The F1 of each label in one line."""
    return " ".join(f"{label} {tally.f1:.1f}" for label, tally in tallies.items() if tally.gold)


def attachments(
    counts: Counter[str],
    heads: Sequence[int],
    deps: Sequence[str],
    gold_heads: Sequence[int],
    gold_deps: Sequence[str | None],
) -> None:
    """Add one sentence to `counts` ("words", "uas", "las"); punctuation does not count."""
    for head, dep, gold_head, gold_dep in zip(heads, deps, gold_heads, gold_deps, strict=True):
        if gold_dep == "punct":
            continue
        counts["words"] += 1
        counts["uas"] += head == gold_head
        counts["las"] += head == gold_head and dep == gold_dep
