"""The ``detect`` stage: the document's language, and passages in the other one of the two."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.backends.protocols import Detector
from pipeline.config import DetectSettings
from pipeline.core.layers import Language, Passage, Raw
from pipeline.core.spans import Span, subtract
from pipeline.errors import SkipDocument
from pipeline.languages import LANGUAGE_NAMES, LANGUAGES, other
from pipeline.languages.boilerplate import chip_kinds, line_kind
from pipeline.languages.telltales import counts
from pipeline.stages.base import Stage, View

# The first useful characters give the language of 1,500 documents of 1,500; more only costs.
SAMPLE_CHARACTERS = 500
# Shorter lines are menus, bylines and headings, often in another language than the article.
MIN_LINE = 40
# Below 50 characters a detector guesses; there a passage inherits the document's language.
MIN_PASSAGE = 50
MIN_PASSAGE_CONFIDENCE = 0.9
MAX_PASSAGE_SAMPLE = 400

_WORD = re.compile(r"[^\W\d_]+")
_LINE = re.compile(r"[^\r\n]+")
_QUOTATION = re.compile(r"“[^“”\n]{60,2000}”|«[^«»\n]{60,2000}»")


class DetectStage(Stage[Language]):
    """Asks the detector about the body of the document, then about each paragraph."""

    name = "detect"
    version = "2"
    reads = (Raw,)
    writes = Language

    def __init__(self, settings: DetectSettings, detector: Detector) -> None:
        self._detector = detector
        self.settings = settings

    @property
    def resources(self) -> Mapping[str, str]:
        """The detector's identity."""
        return {"detector": self._detector.identity}

    def apply(self, view: View) -> Language:
        """The language with its runners-up and passages.

        Raises: SkipDocument for a third language, or when nothing can be said.
        """
        raw = view[Raw]
        candidates = self._detector.detect(_sample(raw.text))
        if not candidates or candidates[0][1] < self.settings.min_confidence:
            return self._declared(raw, candidates)
        code, confidence = candidates[0]
        if code not in LANGUAGES:
            raise SkipDocument(f"The language is {code}, neither English (en) nor Italian (it).")
        passages = tuple(self._passages(raw.text, code))
        return Language(code, confidence, self._detector.identity, candidates, passages)

    def _declared(self, raw: Raw, candidates: tuple[tuple[str, float], ...]) -> Language:
        """The language that the source declares, where the text itself leaves it open."""
        declared = raw.metadata.get("language", "").lower().replace("_", "-").partition("-")[0]
        code = LANGUAGE_NAMES.get(declared, declared)
        if code not in LANGUAGES:
            raise SkipDocument(
                "The language cannot be told: the text is too short, or mixed. "
                "Declare it in the metadata field 'language'."
            )
        return Language(code, self.settings.min_confidence, "declared", candidates)

    def _passages(self, text: str, document: str) -> Iterator[Passage]:
        foreign = other(document)
        for match in _LINE.finditer(text):
            line = Span(*match.span()).strip(text)
            quotations = [
                Span(quotation.start() + 1, quotation.end() - 1)
                for quotation in _QUOTATION.finditer(text, line.start, line.end)
            ]
            frame = "".join(part.of(text) for part in subtract(line, quotations))
            if self._is_in(foreign, line.of(text)) and not self._frames(
                document, frame, quotations
            ):
                yield Passage(line, foreign)
            else:
                for quotation in quotations:
                    if self._is_in(foreign, quotation.of(text)):
                        yield Passage(quotation, foreign)

    def _frames(self, document: str, frame: str, quotations: Sequence[Span]) -> bool:
        """Whether quotations stand in a sentence in the document's own language."""
        if not quotations:
            return False
        candidates = self._detector.detect(frame)
        return bool(candidates) and candidates[0][0] == document

    def _is_in(self, language: str, text: str) -> bool:
        sample = text[:MAX_PASSAGE_SAMPLE]
        found = counts(_WORD.findall(sample.lower()))
        if len(text) < MIN_PASSAGE or found[language] < max(1, *found.values()):
            return False
        candidates = self._detector.detect(sample)
        return bool(candidates) and (
            candidates[0][0] == language and candidates[0][1] >= MIN_PASSAGE_CONFIDENCE
        )


def _sample(text: str) -> str:
    """The first useful characters: prose before short lines, never boilerplate if there is more."""
    prose: list[str] = []
    rest: list[str] = []
    length = 0
    for match in _LINE.finditer(text):
        line = match[0].strip()[:SAMPLE_CHARACTERS]
        if len(line) >= MIN_LINE and not _is_boilerplate(line):
            prose.append(line)
            length += len(line)
        elif length == 0:
            rest.append(line)
        if length >= SAMPLE_CHARACTERS:
            break
    return "\n".join(prose or rest)[:SAMPLE_CHARACTERS]


def _is_boilerplate(line: str) -> bool:
    return line_kind(line) is not None or bool(chip_kinds(line))
