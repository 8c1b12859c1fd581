"""How sure a claim is: a table of how often its like was right on annotated articles.

A claim is right when its content is found (token overlap at least 0.8) *and* its speaker is. The
chance is a product of three measured shares: of the rule that found the content, of the way in
which the speaker was resolved, and of what makes a claim doubtful otherwise.

Source: shares counted on the even-numbered annotated articles under ``training/articles`` and on
the development articles (both languages, some 1,050 claims). The rules were written from the odd-
numbered and the development ones, so the latter flatter the shares; on held-out articles, claims
at .9 or more were right 97 times in 100 (``docs/quality.md``). Rare rules are set lower than
counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from pipeline.stages.claims.drafts import Draft

How = Literal["name", "described", "resolved", "dropped", "unnamed", "none"]
"""How a speaker was found: a name beside the claim; a phrase without a name; a pronoun or role led
to a name; nothing beside the claim, a name or a phrase before it; nothing at all."""

_CONTENT: Final[Mapping[str, float]] = {
    "direct after": 0.97,
    "direct before": 0.95,
    "direct introduced": 0.93,
    "direct nested": 0.88,
    "direct headline": 0.8,
    "direct turn": 0.78,
    "direct answer": 0.78,
    "direct adverbial": 0.7,
    "direct transcript": 0.7,
    "that": 0.94,
    "bare": 0.93,
    "predicate": 0.93,
    "adverbial": 0.92,
    "gerund": 0.88,
    "infinitive": 0.87,
    "inserted": 0.86,
    "order": 0.8,
    "gerund phrase": 0.8,
    "conditional": 0.75,
    "backward": 0.7,
    "noun": 0.7,
    "raised": 0.7,
    "wh": 0.65,
    "object": 0.65,
    "small": 0.65,
    "colon": 0.5,
    "plain predicate": 0.65,
}
_SPEAKER: Final[Mapping[How, float]] = {
    "name": 0.985,
    "described": 0.965,
    "dropped": 0.88,
    "resolved": 0.81,
    "none": 0.7,
    "unnamed": 0.3,
}
_SHORT = 20
"""Contents of fewer code points are often titles or fragments."""


def confidence(draft: Draft, how: How) -> float:
    """The chance that content and speaker are right (0-1)."""
    chance = _CONTENT[draft.rule] * _SPEAKER[how]
    if draft.flags:
        chance *= 0.8
    if sum(map(len, draft.content)) < _SHORT:
        chance *= 0.85
    return chance
