"""Passages in the manner of newspapers, read whole: what is claimed, by whom, in what sense
(``tests/cases/claims/newsroom_*.toml``), single constructions (``constructions_*.toml``), and much
indirect speech (``reported_*.toml``).

``fails`` lists the words of claims that are still missed, invented or misread; one that becomes
right fails the test, so that the table stays true.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.layers import Claim
from tests.stages.claims.conftest import FindClaims

CASES = Path(__file__).parents[2] / "cases" / "claims"
KINDS = {"d": "direct", "i": "indirect", "m": "mixed"}


def _cases() -> Iterator[Any]:
    for language, name in product(("en", "it"), ("newsroom", "constructions", "reported")):
        table = tomllib.loads((CASES / f"{name}_{language}.toml").read_text(encoding="utf-8"))
        for case in table["case"]:
            yield pytest.param(language, case, id=f"{language}: {case['label']}")


@pytest.mark.models
@pytest.mark.parametrize(("language", "case"), list(_cases()))
def test_passage(find_claims: FindClaims, language: str, case: dict[str, Any]) -> None:
    claims = find_claims(case["text"], language, case["names"])
    found = {_read(claim, case["text"]) for claim in claims}
    said = {_expected(*line) for line in case["said"]}
    assert sorted({words for _, words, *_ in found ^ said}) == sorted(case.get("fails", []))


def _expected(kind: str, words: str, speaker: str, modality: str = "") -> tuple[str, ...]:
    sense = modality if modality or kind == "d" else "asserted"
    return KINDS[kind], _plain(words), speaker, sense if kind != "d" else ""


def _read(claim: Claim, text: str) -> tuple[str, ...]:
    words = "|".join(span.of(text) for span in claim.content)
    speaker = (claim.speaker and claim.speaker.name) or ""
    return claim.kind, _plain(words), speaker, claim.modality if claim.kind != "direct" else ""


def _plain(words: str) -> str:
    """The words without the punctuation at the ends of parts."""
    return "|".join(re.sub(r"^\W+|\W+$", "", part) for part in words.split("|"))
