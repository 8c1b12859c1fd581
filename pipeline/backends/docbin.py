"""Texts with labelled spans as a spaCy DocBin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING

import spacy
from spacy.tokens import DocBin, SpanGroup

if TYPE_CHECKING:
    from spacy.language import Language


class DocBinWriter:
    """Collects documents; needs no trained model."""

    def __init__(self) -> None:
        self._docs = DocBin(store_user_data=True)

    def add(
        self,
        identifier: str,
        language: str,
        text: str,
        spans: Mapping[str, Iterable[tuple[int, int, str, str]]],
    ) -> None:
        """Add one text with its span groups: (start, end, label, id), in code points."""
        doc = _blank(language).tokenizer(text)
        doc.user_data["id"] = identifier
        for key, items in spans.items():
            found = (
                doc.char_span(start, end, label=label, span_id=name, alignment_mode="expand")
                for start, end, label, name in items
            )
            group = [span for span in found if span is not None]
            doc.spans[key] = SpanGroup(doc, name=key, spans=group)
        self._docs.add(doc)

    def to_bytes(self) -> bytes:
        """The DocBin's bytes."""
        return self._docs.to_bytes()


@cache
def _blank(language: str) -> Language:
    return spacy.blank(language)
