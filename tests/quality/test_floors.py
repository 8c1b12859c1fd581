"""Accuracy on the development articles stays above its floors."""

from __future__ import annotations

import pytest

from pipeline.config import Config
from quality import floors
from quality.evaluate import Result, evaluate, read_set
from quality.measures import Share


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.parametrize("profile", ["accurate", "fast"])
def test_accuracy_stays_above_its_floors(profile: str) -> None:
    held = floors.read()["dev"][profile]
    assert held
    result = evaluate(Config().override(models={"profile": profile}), read_set("dev"))
    assert result.problems == ()
    assert floors.broken("dev", {profile: result}) == []


def test_a_fallen_figure_and_a_missing_one_are_named() -> None:
    result = Result({"en": {"language": Share(1, 2)}}, (), ())
    held = {"dev": {"fast": {"en": {"language": 0.9, "claims": 0.5}}, "accurate": {"en": {}}}}
    lines = floors.broken("dev", {"fast": result}, held)
    assert lines == [
        "below its floor: en language: 0.500 < 0.9",
        "below its floor: en claims: missing < 0.5",
    ]
    assert floors.broken("training", {"fast": result}, held) == []
