"""The ``ingest`` stage: bytes become the raw text that all raw offsets count in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Protocol

from pipeline.core.layers import Raw, Source
from pipeline.errors import DocumentError, SkipDocument
from pipeline.stages.base import Stage, View
from pipeline.stages.ingest.decode import GUESSER, Decoded, declared_in_html, decode
from pipeline.stages.ingest.frontmatter import front_matter
from pipeline.stages.ingest.html import Article, HtmlExtractor


class Extractor(Protocol):
    """Finds the article in a web page."""

    @property
    def identity(self) -> str:
        """Library names and versions."""

    def extract(self, html: str) -> Article:
        """The article's text and metadata."""


class IngestStage(Stage[Raw]):
    """Decodes a source; of a web page it keeps the main text and the metadata."""

    name = "ingest"
    version = "2"
    reads = (Source,)
    writes = Raw

    def __init__(self, extractor: Extractor | None = None) -> None:
        self._extractor = extractor or HtmlExtractor()

    @property
    def resources(self) -> Mapping[str, str]:
        """What finds the article in a page, and what guesses an encoding."""
        return {"extractor": self._extractor.identity, "decoder": GUESSER}

    def apply(self, view: View) -> Raw:
        """The raw document.

        Raises: DocumentError for a source that could not be read, binary content, or a page
        without text; SkipDocument for an empty document.
        """
        source = view[Source]
        if source.error is not None:
            raise DocumentError(source.error)
        if not source.content.strip():
            raise SkipDocument(source.empty or "The document is empty.")
        if source.media_type == "text/html":
            return self._from_html(source)
        decoded = decode(source.content)
        metadata = front_matter(decoded.text) if source.media_type == "text/markdown" else {}
        return _raw(source, decoded, decoded.text, metadata)

    def _from_html(self, source: Source) -> Raw:
        decoded = decode(source.content, declared_in_html(source.content))
        article = self._extractor.extract(decoded.text)
        return _raw(source, decoded, article.text, article.metadata, article.left_out)


def _raw(
    source: Source,
    decoded: Decoded,
    text: str,
    found: Mapping[str, str],
    left_out: tuple[str, ...] = (),
) -> Raw:
    """What the source declared itself wins over what was found inside the document."""
    if not text.replace("\N{ZERO WIDTH NO-BREAK SPACE}", "").strip():
        raise SkipDocument("The document holds no text.")
    metadata = {**found, **source.metadata}
    return Raw(
        id=source.id,
        path=source.path,
        sha256=hashlib.sha256(source.content).hexdigest(),
        bytes=len(source.content),
        media_type=source.media_type,
        encoding=decoded.encoding,
        text=text,
        metadata={key: metadata[key] for key in sorted(metadata)},
        flags=decoded.flags,
        left_out=left_out,
    )
