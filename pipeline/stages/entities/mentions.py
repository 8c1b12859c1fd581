"""A name in the article."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.core.layers import Label
from pipeline.stages.entities.words import Stretch


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens that name something. ``label`` is the model's or the rule's opinion, with its
    ``score`` in 0-1; a repeated name carries none."""

    at: Stretch
    label: Label | None
    score: float
