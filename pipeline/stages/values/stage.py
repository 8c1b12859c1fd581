"""Dates, money, percentages and quantities.

The patterns are our own: the libraries at hand find values in one language only, report no offsets,
or read relative expressions that the guideline leaves out, and none handles both number formats
inside running text.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.core.layers import Text, Value, Values
from pipeline.stages.base import Stage, View
from pipeline.stages.values.amounts import money, percentages, quantities, unnamed_money
from pipeline.stages.values.dates import dates

# Italian says "tre milioni" for money and "tre milioni di lettori" for all else, so that an article
# without any currency still means euros; English drops the noun too freely for that.
DEFAULT_CURRENCY = "EUR"


class ValuesStage(Stage[Values]):
    """Finds values and normalizes them, each paragraph in its own language."""

    name = "values"
    version = "2"
    reads = (Text,)
    writes = Values

    def apply(self, view: View) -> Values:
        """Values in text order; of overlapping readings the one of the earlier kind stays."""
        layer = view[Text]
        passages = [(p.span.of(layer.text), p.language, p.span.start) for p in layer.paragraphs]
        found = [
            Value(value.type, value.value, value.span.shift(start))
            for find in (money, percentages, dates, quantities)
            for passage, language, start in passages
            for value in find(passage, language)
        ]
        currency = _currency(found)
        unnamed = [
            Value(value.type, value.value, value.span.shift(start))
            for passage, language, start in passages
            for value in unnamed_money(passage, language, currency or DEFAULT_CURRENCY)
            if currency or language == "it"
        ]
        return Values(tuple(_disjoint([*found, *unnamed])))


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
