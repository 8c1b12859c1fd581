"""Passages with what somebody says, and with quoted words that nobody does
(``quoted_*.toml`` and ``wire_en.toml`` in ``tests/cases/claims``).

What is listed as failing fails the test once it is right, so that the list stays true.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.core.layers import Claim
from pipeline.core.spans import Span
from quality.score.matching import overlap
from tests.stages.claims.conftest import FindClaims

CASES = Path(__file__).parents[2] / "cases" / "claims"
SAME = 0.8
_PIECE = re.compile(r"\{(?P<tag>[dimx]\d*)\||(?P<close>\})|(?P<text>[^{}]+)")
_WORD = re.compile(r"\w+")

Marked = tuple[str, Span]


def _cases() -> Iterator[object]:
    for name in ("quoted_en", "quoted_it", "wire_en"):
        table = tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))
        language = name[-2:]
        for label, passage in table["passages"].items():
            fails = frozenset(table["fails"])
            yield pytest.param(language, passage, fails, id=f"{language}: {label}")


@pytest.mark.models
@pytest.mark.parametrize(("language", "passage", "fails"), list(_cases()))
def test_passage(
    find_claims: FindClaims, language: str, passage: str, fails: frozenset[str]
) -> None:
    text, marked = _plain(passage)
    claims = find_claims(text, language)
    wrong = {
        "".join(span.of(text) for span in spans)
        for said, spans in _annotated(marked)
        if said != any(_same(text, claim, spans) for claim in claims)
    }
    annotated = {"".join(span.of(text) for span in spans) for _, spans in _annotated(marked)}
    assert wrong == annotated & fails


def _plain(passage: str) -> tuple[str, list[Marked]]:
    """The text of a passage, and the tags with what they span."""
    text = ""
    open_tags: list[tuple[str, int]] = []
    marked: list[Marked] = []
    for piece in _PIECE.finditer(passage):
        if piece["tag"]:
            open_tags.append((piece["tag"], len(text)))
        elif piece["close"]:
            tag, start = open_tags.pop()
            marked.append((tag, Span(start, len(text))))
        else:
            text += piece["text"]
    assert not open_tags, passage
    return text, marked


def _annotated(marked: list[Marked]) -> Iterator[tuple[bool, tuple[Span, ...]]]:
    """Whether somebody says it, and its parts, for each claim and each that is none."""
    parts: dict[str, list[Span]] = defaultdict(list)
    for tag, span in marked:
        if tag in ("d", "i", "m", "x"):
            yield tag != "x", (span,)
        else:
            parts[tag].append(span)
    for tag, spans in parts.items():
        yield not tag.startswith("x"), tuple(spans)


def _same(text: str, claim: Claim, spans: tuple[Span, ...]) -> bool:
    return overlap(_words(text, claim.content), _words(text, spans)) >= SAME


def _words(text: str, spans: tuple[Span, ...]) -> frozenset[int]:
    return frozenset(
        word.start() for span in spans for word in _WORD.finditer(text, span.start, span.end)
    )
