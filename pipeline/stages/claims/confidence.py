"""How sure a claim is."""

from __future__ import annotations

from pipeline.core.layers import Speaker
from pipeline.stages.claims.drafts import Draft

_PRECISION = {
    "direct before": 0.95,
    "direct after": 0.95,
    "that": 0.9,
    "bare": 0.85,
}


def confidence(draft: Draft, speaker: Speaker | None) -> float:
    """The share of claims found like this one that were right on development articles (0-1)."""
    return _PRECISION.get(draft.rule, 0.7) * (1.0 if speaker else 0.7)
