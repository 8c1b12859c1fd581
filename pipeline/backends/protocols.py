"""What stages ask of the outside world: three small protocols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pipeline.core.layers import Analysis, Paragraph, Translation


class Detector(Protocol):
    """Tells the language of a text."""

    @property
    def identity(self) -> str:
        """Library names and versions; part of the key of every kept result."""

    def detect(self, text: str) -> tuple[tuple[str, float], ...]:
        """Language codes (ISO 639-1) with scores in 0-1, best first; empty when unsure."""


class Analyzer(Protocol):
    """Tokens, syntax, sentences and name candidates of an article in one or two languages."""

    @property
    def identity(self) -> str:
        """Model names, versions and content hashes."""

    def analyze(self, text: str, paragraphs: Sequence[Paragraph]) -> Analysis:
        """The analysis of ``paragraphs`` (each in its own language) of ``text``.

        Offsets count in ``text``. Deterministic: the same document gives the same analysis
        whatever was analyzed before it.
        """


class Translator(Protocol):
    """Translates segments, in order, one answer for each."""

    @property
    def identity(self) -> str:
        """Engines in their order, with versions and settings; no secrets."""

    def translate(
        self, segments: Sequence[tuple[str, str]], source: str, target: str
    ) -> tuple[Translation, ...]:
        """A `Translation` for every ``(segment id, text)``; failures are marked, never raised."""
