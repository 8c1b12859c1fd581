"""Long articles: claims are compared with their neighbours, not all with all, and each subject is
resolved once."""

from __future__ import annotations

import pytest

from pipeline.core.layers import Entity
from pipeline.stages.claims import stage
from pipeline.stages.claims.focus import Referent
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


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The name of the method for every role and pronoun that is resolved from now on."""
    calls: list[str] = []
    role, by_pronoun = References._role, References._by_pronoun

    def counted_role(self: References, mention: Mention) -> Entity | None:
        calls.append("role")
        return role(self, mention)

    def counted_pronoun(self: References, gender: str, before: int) -> Referent | None:
        calls.append("pronoun")
        return by_pronoun(self, gender, before)

    monkeypatch.setattr(References, "_role", counted_role)
    monkeypatch.setattr(References, "_by_pronoun", counted_pronoun)
    return calls


@pytest.mark.models
@pytest.mark.parametrize(
    ("told", "said", "language"),
    [
        ("She ran home and slept. ", "She said it was late.", "en"),
        ("La donna corse a casa. ", "Lei disse che era tardi.", "it"),
    ],
)
def test_a_story_of_someone_unnamed_takes_linear_time(
    find_claims: FindClaims, resolved: list[str], told: str, said: str, language: str
) -> None:
    assert len(find_claims(told * 400 + said, language, [])) == 1
    assert len(resolved) < 3 * 400, "each asks all before it otherwise, and they those before them"


@pytest.mark.models
def test_a_story_of_someone_asked_takes_linear_time(
    find_claims: FindClaims, resolved: list[str]
) -> None:
    story = "The woman ran home. Bo Leen asked the woman whether the bus was late. "
    assert len(find_claims(story * 100, "en", [("PER", "Bo Leen")])) == 100
    assert len(resolved) < 10 * 100, "each who is asked makes all subjects anew otherwise"
