"""Claims of a text, by the small syntax models alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.backends.spacy_analyzer import SpacyAnalyzer
from pipeline.config import ClaimSettings, EntitySettings, ModelSettings
from pipeline.core.layers import Analysis, Claim, Entities, Paragraph, Segments, Text
from pipeline.core.spans import Span
from pipeline.core.textmap import TextMap
from pipeline.stages.base import View
from pipeline.stages.claims.stage import ClaimsStage
from pipeline.stages.entities.stage import EntitiesStage
from pipeline.stages.segment import SegmentStage

FindClaims = Callable[[str, str], tuple[Claim, ...]]


@pytest.fixture(scope="session")
def find_claims() -> FindClaims:
    """A function from text and language to claims; an empty line parts paragraphs."""
    analyzer = SpacyAnalyzer(ModelSettings(profile="fast"))
    entities, claims = EntitiesStage(EntitySettings()), ClaimsStage(ClaimSettings())

    def find(text: str, language: str) -> tuple[Claim, ...]:
        layers: dict[type, object] = {}
        paragraphs, start = [], 0
        for paragraph in text.split("\n\n"):
            paragraphs.append(Paragraph(Span(start, start + len(paragraph)), language))
            start += len(paragraph) + 2
        layers[Text] = Text(TextMap.identity(text), tuple(paragraphs), (), ())
        layers[Analysis] = analyzer.analyze(text, paragraphs)
        layers[Segments] = SegmentStage().apply(View(layers, SegmentStage.reads))
        layers[Entities] = entities.apply(View(layers, EntitiesStage.reads))
        return claims.apply(View(layers, ClaimsStage.reads)).claims

    return find
