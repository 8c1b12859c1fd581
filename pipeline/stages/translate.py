"""Segments in the other language, where a translator is configured."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.backends.protocols import Translator
from pipeline.core.layers import Language as DetectedLanguage
from pipeline.core.layers import Segment, Segments, Text, Translation, Translations
from pipeline.languages import other
from pipeline.stages.base import Stage, View

NOT_ENABLED = "translation is off"


class TranslateStage(Stage[Translations]):
    """Asks the translator for every segment; without one, marks them as skipped."""

    name = "translate"
    version = "3"
    reads = (Text, Segments, DetectedLanguage)
    writes = Translations

    def __init__(self, translator: Translator | None) -> None:
        self._translator = translator

    @property
    def resources(self) -> Mapping[str, str]:
        """The translation engines in use."""
        return {"translator": self._translator.identity} if self._translator else {}

    def apply(self, view: View) -> Translations:
        """A translation per segment, in order; each segment goes into its other language."""
        text, segments = view[Text].text, view[Segments].segments
        target = other(view[DetectedLanguage].code)
        done: dict[str, Translation] = {}
        for language in sorted({segment.language for segment in segments}):
            chosen = [segment for segment in segments if segment.language == language]
            for translation in self._translated(chosen, text, language):
                done[translation.segment] = translation
        return Translations(target, tuple(done[segment.id] for segment in segments))

    def _translated(
        self, segments: list[Segment], text: str, language: str
    ) -> tuple[Translation, ...]:
        if self._translator is None:
            return tuple(
                Translation(segment.id, None, "skipped", reason=NOT_ENABLED) for segment in segments
            )
        asked = [(segment.id, segment.span.of(text)) for segment in segments]
        return self._translator.translate(asked, language, other(language))
