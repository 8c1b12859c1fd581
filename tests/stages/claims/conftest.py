"""Claims of a text, by the small syntax models alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from pipeline.backends.spacy_analyzer import SpacyAnalyzer
from pipeline.config import ClaimSettings, EntitySettings, ModelSettings
from pipeline.core.layers import (
    Analysis,
    Claim,
    Content,
    Entities,
    Entity,
    Paragraph,
    Segments,
    Text,
)
from pipeline.core.spans import Span
from pipeline.core.textmap import TextMap
from pipeline.stages.base import View
from pipeline.stages.claims.stage import ClaimsStage
from pipeline.stages.entities.stage import EntitiesStage
from pipeline.stages.segment import SegmentStage

Names = Sequence[Sequence[str]]
FindClaims = Callable[..., tuple[Claim, ...]]


@pytest.fixture(scope="session")
def find_claims() -> FindClaims:
    """A function from text and language to claims; an empty line parts paragraphs.

    ``names`` (label, name, other forms) take the place of the names that the model finds;
    ``told`` is what the encoder would take for content (None: there is no encoder).
    """
    analyzer = SpacyAnalyzer(ModelSettings(profile="fast"))
    entities, claims = EntitiesStage(EntitySettings()), ClaimsStage(ClaimSettings())

    def find(
        text: str,
        language: str,
        names: Names | None = None,
        told: Sequence[str] | None = None,
    ) -> tuple[Claim, ...]:
        layers: dict[type, object] = {}
        paragraphs, start = [], 0
        for paragraph in text.split("\n\n"):
            paragraphs.append(Paragraph(Span(start, start + len(paragraph)), language))
            start += len(paragraph) + 2
        layers[Text] = Text(TextMap.identity(text), tuple(paragraphs), (), ())
        contents = told if told is None else tuple(_content(text, words) for words in told)
        layers[Analysis] = replace(analyzer.analyze(text, paragraphs), contents=contents)
        layers[Segments] = SegmentStage().apply(View(layers, SegmentStage.reads))
        if names is None:
            layers[Entities] = entities.apply(View(layers, EntitiesStage.reads))
        else:
            layers[Entities] = _given(text, names)
        return claims.apply(View(layers, ClaimsStage.reads)).claims

    return find


def _content(text: str, words: str) -> Content:
    return Content(Span(text.index(words), text.index(words) + len(words)), "direct", 0.9)


def _given(text: str, names: Names) -> Entities:
    """Entities for given names, found as whole words, the longest form first."""
    number = {form: index for index, (_, *forms) in enumerate(names) for form in forms}
    longest = sorted(number, key=len, reverse=True)
    mentions: list[list[Span]] = [[] for _ in names]
    if number:
        pattern = rf"\b(?:{'|'.join(map(re.escape, longest))})(?!\w)"
        for found in re.finditer(pattern, text):
            mentions[number[found[0]]].append(Span(*found.span()))
    return Entities(
        tuple(
            Entity(f"e{index}", label, f"e{index}", name, (), tuple(spans))  # type: ignore[arg-type]
            for index, ((label, name, *_), spans) in enumerate(zip(names, mentions, strict=True))
        )
    )
