"""What makes a record sound, whatever its article looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache

from pipeline.config import Config
from pipeline.core.layers import Raw, Source
from pipeline.core.record import Record, RecordMention, RecordSpan
from pipeline.errors import SkipDocument
from pipeline.run.plan import Options, Plan, build_plan
from pipeline.stages.base import View


def check_article(text: str, language: str, profile: str = "fast") -> None:
    """An article goes through all stages and has a sound record, or is skipped; ``language`` counts
    where the text leaves it open."""
    declared = {"language": language}
    layers: dict[type, object] = {
        Source: Source("x", "x.txt", text.encode(), "text/plain", declared)
    }
    try:
        for stage in plan(profile).stages:
            layers[stage.writes] = stage.apply(View(layers, stage.reads))
    except SkipDocument:
        return
    record, raw = layers[Record], layers[Raw]
    assert isinstance(record, Record) and isinstance(raw, Raw)
    check_spans(record, raw.text)


@cache
def plan(profile: str) -> Plan:
    return build_plan(Config().override(models={"profile": profile}), Options())


def check_spans(record: Record, raw: str) -> None:
    """Spans are their text; their raw ranges are in order, in the article, and say the same."""
    for span in spans(record):
        assert record.text[span.start : span.end] == span.text
        assert span.text.strip() == span.text != ""
        bounds = [bound for part in span.raw for bound in part]
        assert bounds == sorted(bounds)
        assert bounds[0] >= 0 and bounds[-1] <= len(raw)
        for start, end in span.raw:
            assert start < end
            assert all(end <= each.raw[0] or each.raw[1] <= start for each in record.removed)
        assert repaired(raw, span, record) == words(span.text)


def spans(value: object) -> Iterator[RecordSpan | RecordMention]:
    """Every span of a record, wherever it stands."""
    if isinstance(value, RecordSpan | RecordMention):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from spans(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from spans(getattr(value, field.name))


def repaired(raw: str, span: RecordSpan | RecordMention, record: Record) -> list[str]:
    """The words of a span's raw ranges after the repairs that the record reports."""
    pieces = []
    whole = range(span.raw[0][0] + 1, span.raw[-1][1])  # what is put in at an end is outside
    for start, end in span.raw:
        position = start
        for repair in sorted(record.repairs, key=lambda each: each.raw):
            first, last = repair.raw
            if position <= first and last <= end and (first < last or first in whole):
                pieces += [raw[position:first], repair.after]
                position = last
        pieces.append(raw[position:end])
    return words("".join(pieces))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)
