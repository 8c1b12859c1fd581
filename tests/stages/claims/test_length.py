"""Long articles: claims are compared with their neighbours, not all with all, and each subject is
resolved once."""

from __future__ import annotations

import pytest

from pipeline.core.layers import Entity
from pipeline.stages.claims import stage
from pipeline.stages.claims.mentions import Mention
from pipeline.stages.claims.references import References
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


@pytest.mark.models
@pytest.mark.parametrize(
    ("told", "said", "language"),
    [
        ("She ran home and slept. ", "She said it was late.", "en"),
        ("La donna corse a casa. ", "Lei disse che era tardi.", "it"),
    ],
)
def test_a_story_of_someone_unnamed_takes_linear_time(
    find_claims: FindClaims, monkeypatch: pytest.MonkeyPatch, told: str, said: str, language: str
) -> None:
    calls = 0
    role, by_pronoun = References._role, References._by_pronoun

    def counted_role(self: References, mention: Mention) -> Entity | None:
        nonlocal calls
        calls += 1
        return role(self, mention)

    def counted_pronoun(self: References, gender: str, before: int) -> object:
        nonlocal calls
        calls += 1
        return by_pronoun(self, gender, before)

    monkeypatch.setattr(References, "_role", counted_role)
    monkeypatch.setattr(References, "_by_pronoun", counted_pronoun)
    assert len(find_claims(told * 400 + said, language, [])) == 1
    assert calls < 3 * 400, "each asks all before it otherwise, and they those before them"
