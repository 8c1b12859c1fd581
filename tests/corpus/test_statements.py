"""What contradicts what, from the table in ``tests/cases/corpus/statements.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.statements import number_agreement, polarity_agreement, read
from pipeline.languages.agreement import agreement_table

CASES = json.loads(
    (Path(__file__).parents[1] / "cases/corpus/statements.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_cases(case: dict[str, Any]) -> None:
    english = read(case["en"], "en", denied=case.get("en_denied", False))
    italian = read(case["it"], "it")
    assert number_agreement(english, italian) == case["numbers"]
    assert polarity_agreement(english, italian) == case["polarity"]


@given(st.text(), st.sampled_from(["en", "it"]))
def test_a_statement_never_contradicts_itself(text: str, language: str) -> None:
    statement = read(text, language)
    assert number_agreement(statement, statement) >= 0
    assert polarity_agreement(statement, statement) >= 0


def test_both_languages_know_the_same_opposites() -> None:
    assert agreement_table("en").opposites.keys() == agreement_table("it").opposites.keys()
