"""Dates, money, percentages and quantities.

The patterns are our own: the libraries at hand find values in one language only or report no
offsets, and none handles both number formats inside running text. Relative dates are read where the
article has a date of its own, in its metadata, in a line that was put aside or in its dateline.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.core.layers import Raw, Text, Value, Values
from pipeline.languages.quantities import value_table
from pipeline.stages.base import Stage, View
from pipeline.stages.values.amounts import percentages, quantities
from pipeline.stages.values.dates import dates
from pipeline.stages.values.money import money, unnamed_money
from pipeline.stages.values.relative import relative_dates
from pipeline.stages.values.written import date_line, dateline, declared_day, written_on


class ValuesStage(Stage[Values]):
    """Finds values and normalizes them, each paragraph in its own language."""

    name = "values"
    version = "7"
    reads = (Raw, Text)
    writes = Values

    def apply(self, view: View) -> Values:
        """Values in text order; of overlapping readings the one of the earlier kind stays."""
        raw, layer = view[Raw], view[Text]
        told = date_line(raw, layer) or dateline(layer)
        passages = [(p.span.of(layer.text), p.language, p.span.start) for p in layer.paragraphs]
        found = [
            replace(value, span=value.span.shift(start))
            for find in (money, percentages, dates, quantities)
            for passage, language, start in passages
            for value in find(passage, language)
        ]
        currency = _currency(found)
        unnamed = [
            replace(value, span=value.span.shift(start))
            for passage, language, start in passages
            for unit in (currency or value_table(language).unnamed_currency,)
            if unit
            for value in unnamed_money(passage, language, unit)
        ]
        relative = _relative(raw, told, passages)
        declared = raw.metadata.get("date")
        day = declared_day(declared, passages[0][1]) if declared and passages else told
        return Values(
            tuple(_disjoint([*found, *unnamed, *relative])), date=day.isoformat() if day else None
        )


def _relative(
    raw: Raw, told: datetime.date | None, passages: Iterable[tuple[str, str, int]]
) -> Iterator[Value]:
    """Dates that count from the article's own, as its metadata or the article (``told``) say."""
    for passage, language, start in passages:
        today = written_on(raw.metadata.get("date"), language) or told
        if today:
            for value in relative_dates(passage, language, today):
                yield replace(value, span=value.span.shift(start))


def _currency(values: Iterable[Value]) -> str | None:
    """The currency that the article names most often; of equal ones the first."""
    codes = [value.value.split()[0] for value in values if value.type == "MONEY"]
    return max(codes, key=codes.count) if codes else None


def _disjoint(values: Iterable[Value]) -> list[Value]:
    kept: list[Value] = []
    taken: set[int] = set()
    for value in values:
        characters = range(value.span.start, value.span.end)
        if taken.isdisjoint(characters):
            taken.update(characters)
            kept.append(value)
    return sorted(kept, key=lambda value: value.span)
