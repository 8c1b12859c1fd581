"""Who says what in short passages, with the names given (``tests/cases/claims/speakers_*.toml``).

``fails`` lists the contents whose speaker is still wrong; one that becomes right fails the test, so
that the table stays true.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.layers import Claim
from tests.stages.claims.conftest import FindClaims

CASES = Path(__file__).parents[2] / "cases" / "claims"


def _cases() -> Iterator[Any]:
    for language in ("en", "it"):
        table = tomllib.loads((CASES / f"speakers_{language}.toml").read_text(encoding="utf-8"))
        for case in table["case"]:
            yield pytest.param(language, case, id=f"{language}: {case['label']}")


@pytest.mark.models
@pytest.mark.parametrize(("language", "case"), list(_cases()))
def test_passage(find_claims: FindClaims, language: str, case: dict[str, Any]) -> None:
    text = case["text"].rstrip()
    claims = find_claims(text, language, case["names"])
    wrong = [
        content for content, names in case["said"] if not _is_said(claims, text, content, names)
    ]
    assert wrong == case.get("fails", [])


def _is_said(claims: tuple[Claim, ...], text: str, content: str, names: str) -> bool:
    """Whether the shortest claim with some words has one of the speakers."""
    with_words = {
        claim: " ".join(span.of(text) for span in claim.content)
        for claim in claims
        if any(
            part in " ".join(span.of(text) for span in claim.content) for part in content.split("|")
        )
    }
    if not with_words:
        return False
    speaker = min(with_words, key=lambda claim: len(with_words[claim])).speaker
    if speaker is None or speaker.name is None:
        return False
    named = speaker.entity is not None
    return any(
        speaker.name == name or (not named and speaker.name.lower().endswith(name.lower()))
        for name in names.split("|")
    )
