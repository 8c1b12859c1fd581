"""What the encoder takes for content decides about quoted words, and about nothing else."""

from __future__ import annotations

import pytest

from tests.stages.claims.conftest import FindClaims

PROVERB = "«Rosso di sera, bel tempo si spera». Ma a Zerba è rosso anche al mattino."
QUOTED = "Secondo Ada Neri, il porto chiude. «Non tornerà nessuno», ha aggiunto."


@pytest.mark.models
def test_quoted_words_that_the_encoder_leaves_out_are_no_claim(find_claims: FindClaims) -> None:
    assert len(find_claims(PROVERB, "it")) == 1
    assert find_claims(PROVERB, "it", told=[]) == ()
    assert len(find_claims(PROVERB, "it", told=["Rosso di sera, bel tempo si spera"])) == 1


@pytest.mark.models
def test_clauses_without_marks_need_no_encoder(find_claims: FindClaims) -> None:
    assert [claim.kind for claim in find_claims(QUOTED, "it", told=[])] == ["indirect"]
    told = ["tornerà nessuno"]  # most of the words are enough
    kinds = [claim.kind for claim in find_claims(QUOTED, "it", told=told)]
    assert kinds == ["indirect", "direct"]
