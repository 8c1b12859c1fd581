"""The stage: what a source becomes, and what is refused."""

from __future__ import annotations

import hashlib
import os
import signal

import pytest

from pipeline.core.layers import Raw, Source
from pipeline.errors import DocumentError, SkipDocument
from pipeline.stages.base import View
from pipeline.stages.ingest.frontmatter import front_matter
from pipeline.stages.ingest.html import Article, HtmlExtractor
from pipeline.stages.ingest.stage import IngestStage

PAGE = """<!DOCTYPE html><html lang="it"><head><title>Il ponte riapre</title>
<meta name="author" content="Ada Moretti"><meta property="article:published_time"
content="2025-03-12T08:00:00Z"></head><body><nav><a href="/">Home</a><a href="/e">Esteri</a></nav>
<article><h1>Il ponte riapre</h1><p>Il ponte sul fiume riapre domani mattina, ha annunciato la
sindaca Carla Lupi durante la seduta del consiglio comunale di ieri sera.</p><p>«I lavori sono
finiti con due mesi di anticipo», ha detto Lupi ai giornalisti che l'aspettavano.</p></article>
<footer>Riproduzione riservata</footer><script>alert("x")</script></body></html>"""


class Fixed:
    """An extractor that always finds the same."""

    identity = "fixed"

    def extract(self, html: str) -> Article:
        return Article(f"Titolo\n{len(html)}", {"title": "Titolo", "language": "it"})


def ingest(source: Source, stage: IngestStage | None = None) -> Raw:
    stage = stage or IngestStage(Fixed())
    return stage.apply(View({Source: source}, stage.reads))


def test_plain_text_stays_as_decoded() -> None:
    content = "\ufeffRiga\r\n\u00a0due &amp; tre".encode()
    raw = ingest(Source("a-1", "a.txt", content, "text/plain", {"id": "7"}))
    assert raw.text == "\ufeffRiga\r\n\u00a0due &amp; tre"
    assert raw.sha256 == hashlib.sha256(content).hexdigest()
    assert (raw.bytes, raw.encoding, raw.metadata) == (len(content), "utf-8", {"id": "7"})


@pytest.mark.parametrize("content", [b"", b" \n\t ", b"\xef\xbb\xbf", "\u00a0\u2003".encode()])
def test_empty_documents_are_skipped(content: bytes) -> None:
    with pytest.raises(SkipDocument):
        ingest(Source("a-1", "a.txt", content, "text/plain"))


def test_why_there_is_nothing_to_read_is_told() -> None:
    with pytest.raises(SkipDocument, match="its column 'testo' is empty"):
        ingest(Source("t-1", "t.csv#1", b"", "text/plain", empty="its column 'testo' is empty"))


def test_a_source_that_could_not_be_read_is_a_failed_document() -> None:
    with pytest.raises(DocumentError, match="Permission denied"):
        ingest(Source("a-1", "a.txt", b"", "text/plain", error="cannot be read: Permission denied"))


def test_front_matter_becomes_metadata_and_stays_in_the_raw_text() -> None:
    text = "---\ntitle: Il ponte\nlang: it\n---\nIl testo."
    raw = ingest(Source("a-1", "a.md", text.encode(), "text/markdown", {"title": "Da fuori"}))
    assert raw.text == text
    assert raw.metadata == {"title": "Da fuori", "language": "it"}


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("No front matter\n---\na: b\n---\n", {}),
        ("---\nnever closed: x\n", {}),
        ("---\n---\nText", {}),
        ("---\ntitle: 'L''eco' # note\nempty:\n---\n", {"title": "'L''eco'"}),
        (
            "---\r\ntitle: \"A: b\"\r\nauthors: [Ann, 'Bo']\r\n---\r\nT",
            {"title": "A: b", "author": "Ann, Bo"},
        ),
        ("---\n!!python/object:os.system\nnested:\n  deep: 1\n---\n", {}),
    ],
)  # fmt: skip
def test_front_matter(text: str, pairs: dict[str, str]) -> None:
    assert front_matter(text) == pairs


def test_a_page_becomes_its_article_and_metadata() -> None:
    extractor = HtmlExtractor()
    try:
        raw = ingest(Source("p-1", "p.html", PAGE.encode(), "text/html"), IngestStage(extractor))
    finally:
        extractor.close()
    assert raw.text.startswith("Il ponte riapre\nIl ponte sul fiume riapre domani mattina")
    assert "«I lavori sono finiti con due mesi di anticipo», ha detto Lupi" in raw.text
    assert "alert" not in raw.text
    assert raw.left_out == ("HomeEsteri", "Riproduzione riservata")
    assert raw.metadata["title"] == "Il ponte riapre"
    assert raw.metadata["author"] == "Ada Moretti"
    assert raw.metadata["date"] == "2025-03-12"
    assert raw.metadata["language"] == "it"


def test_a_page_without_article_gives_its_visible_text() -> None:
    extractor = HtmlExtractor()
    try:
        page = (
            "<p>Uno<br>due<script>x()</script> tre<!-- no --><div>quattro &egrave; <b>qui</b></div>"
        )
        assert extractor.extract(page).text == "Uno\ndue tre\nquattro è qui"
        deep = "<div>" * 300 + "<p>Un buon paragrafo in fondo a tutto.</p>"
        assert "Un buon paragrafo" in extractor.extract(deep).text
    finally:
        extractor.close()


@pytest.mark.parametrize(
    "page", ["<html><body></body></html>", "<script>only()</script>", "<!-- -->"]
)
def test_a_page_without_text_is_skipped(page: str) -> None:
    extractor = HtmlExtractor()
    try:
        with pytest.raises(SkipDocument, match="no text"):
            ingest(Source("p-1", "p.html", page.encode(), "text/html"), IngestStage(extractor))
    finally:
        extractor.close()


def test_external_entities_are_not_read() -> None:
    page = """<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>
    <html><body><p>Prima &x; dopo.</p></body></html>"""
    extractor = HtmlExtractor()
    try:
        assert "root:" not in extractor.extract(page).text
    finally:
        extractor.close()


def test_a_late_extractor_is_a_failed_document_and_is_replaced() -> None:
    extractor = HtmlExtractor(seconds_per_page=0.01)
    with pytest.raises(DocumentError, match=r"within 0\.01 seconds"):
        extractor.extract(PAGE)
    extractor.close()


def test_a_killed_extractor_is_replaced() -> None:
    extractor = HtmlExtractor()
    try:
        expected = extractor.extract(PAGE)
        child = extractor._child
        assert child is not None
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        again = extractor.extract(PAGE)
        assert "I lavori sono finiti" in again.text
        assert extractor.extract(PAGE) == expected
    finally:
        extractor.close()
