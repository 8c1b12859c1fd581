"""What any bytes must survive: each target takes bytes and checks what it promises about them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import orjson

from pipeline.config import InputSettings, NormalizeSettings
from pipeline.core import codec
from pipeline.core.layers import Language, Paragraph, Raw, Source, Text
from pipeline.core.record import Pair, Record
from pipeline.core.spans import Span
from pipeline.core.textmap import TextMap
from pipeline.errors import PipelineError
from pipeline.inputs.json_rows import NoRows, json_rows
from pipeline.inputs.tables import csv_rows, parquet_rows
from pipeline.languages import LANGUAGES
from pipeline.languages.aliases import parse_aliases
from pipeline.run.frames import receive
from pipeline.stages.base import View
from pipeline.stages.claims.quotes import find_quotations
from pipeline.stages.ingest.decode import declared_in_html
from pipeline.stages.ingest.extractor import visible_text
from pipeline.stages.ingest.stage import IngestStage
from pipeline.stages.normalize.stage import NormalizeStage
from pipeline.stages.values.stage import ValuesStage
from pipeline.store.files import DamagedFile, Receipt, dump, load

MAX_BYTES = InputSettings().max_megabytes << 20


def text(content: bytes) -> None:
    """Decoding, normalizing, quotations: offsets are exact, or the document is refused."""
    media_type = "text/markdown" if content[:1] == b"#" else "text/plain"
    source = Source("fuzz", "fuzz.txt", content, media_type)
    layers: dict[type, Any] = {Source: source}
    try:
        raw = layers[Raw] = IngestStage().apply(View(layers, (Source,)))
    except PipelineError:
        return
    layers[Language] = Language("it" if len(content) % 2 else "en", 0.9, "fuzz", ())
    normal = NormalizeStage(NormalizeSettings()).apply(View(layers, (Raw, Language)))
    check_text(raw, normal)
    spans = [paragraph.span for paragraph in normal.paragraphs]
    for quotation in find_quotations(normal.text, spans):
        assert quotation.outer.contains(quotation.inner)
        assert 0 <= quotation.outer.start < quotation.outer.end <= len(normal.text)


def check_text(raw: Raw, normal: Text) -> None:
    """Every range of the normalized text leads to a range of the raw one, and it can be stored."""
    for paragraph in normal.paragraphs:
        assert 0 <= paragraph.span.start < paragraph.span.end <= len(normal.text)
        for part in normal.map.raw_ranges(paragraph.span):
            assert 0 <= part.start < part.end <= len(raw.text)
    for removed in normal.removed:
        assert 0 <= removed.raw.start < removed.raw.end <= len(raw.text)
    for repair in normal.repairs:
        assert repair.raw.of(raw.text) == repair.before
    for piece in normal.map.pieces:
        assert piece.raw_start + piece.raw_length <= len(raw.text)
        assert piece.length == piece.raw_length or not piece.copied
    assert load(Text, dump(normal)) == normal
    assert load(Raw, dump(raw)) == raw


def values(content: bytes) -> None:
    """Values in order, apart from each other, inside the text, in either language."""
    passage = content.decode("utf-8", "replace")
    raw = Raw("fuzz", "fuzz.txt", "", 0, "text/plain", "utf-8", passage, {"date": "2024-01-31"})
    for language in LANGUAGES:
        paragraphs = (Paragraph(Span(0, len(passage)), language),)
        normal = Text(TextMap.identity(passage), paragraphs, (), ())
        end = 0
        for value in ValuesStage().apply(View({Raw: raw, Text: normal}, (Raw, Text))).values:
            assert end <= value.span.start < value.span.end <= len(passage)
            end = value.span.end


def html(content: bytes) -> None:
    """The text of a page, and what it declares."""
    declared_in_html(content)
    visible_text(content.decode("utf-8", "replace")).encode("utf-8")


def tables(content: bytes) -> None:
    """Every row of a table is numbered upwards, and has columns or the reason why not."""
    for reader in (
        lambda: json_rows(io.BytesIO(content), MAX_BYTES),
        lambda: csv_rows(io.BytesIO(content), MAX_BYTES),
        lambda: parquet_rows(io.BytesIO(content)),
    ):
        last = 0
        with suppress(NoRows):
            for row in reader():
                assert row.number > last
                assert row.error is None or not row.columns
                last = row.number


def store(content: bytes) -> None:
    """A file of the store loads, or counts as damaged."""
    for kind in (Receipt, Record, Pair, Text):
        try:
            value = load(kind, content)
        except DamagedFile:
            continue
        assert load(kind, dump(value)) == value
    try:
        while receive(io.BytesIO(content)) is not None:
            break
    except (ValueError, OverflowError, MemoryError):
        pass


def aliases(content: bytes) -> None:
    """A file of known entities is read, or refused with its name."""
    for name in ("known.csv", "known.jsonl"):
        try:
            parse_aliases(content.decode("utf-8", "replace"), name)
        except PipelineError as error:
            assert "known" in str(error)


def plain(content: bytes) -> None:
    """What the codec reads it writes back, for any JSON."""
    try:
        value = orjson.loads(content)
    except ValueError:
        return
    try:
        record = codec.decode(Record, value)
    except codec.DecodeError:
        return
    json.dumps(codec.encode(record))


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (text, values, html, tables, store, aliases, plain)
}
