"""Every rule on a sentence that shows it, in both languages (``tests/cases/claims``).

A speaker in brackets is one without a mention beside the claim: the name is known from before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.layers import Claim
from tests.stages.claims.conftest import FindClaims

CASES = Path(__file__).parents[2] / "cases" / "claims"


def _cases() -> Iterator[Any]:
    for language in ("en", "it"):
        for case in json.loads((CASES / f"{language}.json").read_text(encoding="utf-8")):
            known = pytest.mark.xfail(strict=True, reason="known failure")
            marks = [known] if case.get("known_failure") else []
            yield pytest.param(language, case, id=f"{language}: {case['label']}", marks=marks)


def _plain(claim: Claim, text: str) -> dict[str, Any]:
    speaker = claim.speaker
    mentioned = speaker.span.of(text) if speaker and speaker.span else None
    known = f"({speaker.name})" if speaker and not mentioned else None
    plain = {
        "kind": claim.kind,
        "content": [span.of(text) for span in claim.content],
        "speaker": mentioned or known,
        "cue": claim.cue.span.of(text) if claim.cue else None,
        "modality": claim.modality,
    }
    return plain | ({"flags": list(claim.flags)} if claim.flags else {})


@pytest.mark.models
@pytest.mark.parametrize(("language", "case"), list(_cases()))
def test_case(find_claims: FindClaims, language: str, case: dict[str, Any]) -> None:
    text = case["text"]
    assert [_plain(claim, text) for claim in find_claims(text, language)] == case["claims"]


@pytest.mark.models
def test_claims_are_numbered_in_text_order(find_claims: FindClaims) -> None:
    text = 'Ada Moretti said it was late. "Go home," said Ugo Serra. Moretti denied it was early.'
    claims = find_claims(text, "en")
    assert [claim.id for claim in claims] == ["c1", "c2", "c3"]
    assert [claim.content[0].start for claim in claims] == sorted(
        claim.content[0].start for claim in claims
    )


@pytest.mark.models
@pytest.mark.parametrize("text", ["", '"', "«", "Fine.", '" " "', "– –", "“‘«", "said said said"])
def test_odd_texts_give_no_crash(find_claims: FindClaims, text: str) -> None:
    for language in ("en", "it"):
        for claim in find_claims(text, language):
            assert all(span.of(text).strip() for span in claim.content)


@pytest.mark.models
def test_confidence_lies_between_zero_and_one_and_prefers_names(find_claims: FindClaims) -> None:
    named = find_claims('"We are done with the bridge," said Anna Kovac.', "en")[0]
    alone = find_claims('"We are done here today."', "en")
    assert 0.9 <= named.confidence <= 1
    assert all(0 <= claim.confidence < named.confidence for claim in alone)
