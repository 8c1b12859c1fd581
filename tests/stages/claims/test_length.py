"""Long articles: claims are compared with their neighbours, not all with all."""

from __future__ import annotations

import pytest

from pipeline.stages.claims import stage
from tests.stages.claims.conftest import FindClaims

STORY = (
    'Ada Moretti said the bridge was safe. "It will hold," said Ugo Serra, who denied delays.\n\n'
)


@pytest.mark.models
def test_comparisons_grow_with_the_length(
    find_claims: FindClaims, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0
    overlap = stage._overlap

    def counted(one: stage.Draft, other: stage.Draft) -> float:
        nonlocal calls
        calls += 1
        return overlap(one, other)

    monkeypatch.setattr(stage, "_overlap", counted)
    counts = []
    for copies in (100, 200):
        calls = 0
        assert len(find_claims(STORY * copies, "en")) >= 2 * copies
        counts.append(calls)
    assert counts[1] < 2.5 * counts[0], "all with all would be four times as many"
