"""Builds each outside resource once per process, from the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.backends.packaged import models_identity
from pipeline.backends.protocols import Analyzer, Detector, Translator
from pipeline.config import Config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.layers import Analysis, Paragraph


@dataclass(frozen=True, slots=True)
class Resources:
    """What stages are constructed with."""

    detector: Detector
    analyzer: Analyzer
    translator: Translator | None


def build_resources(config: Config) -> Resources:
    """The resources of ``config``; models load at their first use.

    Raises: ResourceError when a configured model or service cannot be there.
    """
    from pipeline.backends.langdetect_detector import LangdetectDetector

    return Resources(LangdetectDetector(), LazyAnalyzer(config), _translator(config))


def _translator(config: Config) -> Translator | None:
    if not config.translate.enabled:
        return None
    from pipeline.backends.translation.build import build_translator

    return build_translator(config.translate)


class LazyAnalyzer:
    """An `Analyzer` whose identity costs nothing and whose models load when first needed."""

    def __init__(self, config: Config) -> None:
        self._settings = config.models
        self._analyzer: Analyzer | None = None
        self.identity = models_identity(config.models)

    def analyze(self, text: str, paragraphs: Sequence[Paragraph]) -> Analysis:
        """The analysis by `SpacyAnalyzer`."""
        if self._analyzer is None:
            from pipeline.backends.spacy_analyzer import SpacyAnalyzer

            self._analyzer = SpacyAnalyzer(self._settings)
        return self._analyzer.analyze(text, paragraphs)
