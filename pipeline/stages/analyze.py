"""Words, syntax, sentences and name candidates, from the models."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.backends.protocols import Analyzer
from pipeline.core.layers import Analysis, Text
from pipeline.stages.base import Stage, View


class AnalyzeStage(Stage[Analysis]):
    """Runs the language models once; everything later works on their output."""

    name = "analyze"
    version = "6"
    reads = (Text,)
    writes = Analysis

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer

    @property
    def resources(self) -> Mapping[str, str]:
        """The models in use."""
        return {"analyzer": self._analyzer.identity}

    def apply(self, view: View) -> Analysis:
        """The analysis of the normalized article."""
        text = view[Text]
        return self._analyzer.analyze(text.text, text.paragraphs)
