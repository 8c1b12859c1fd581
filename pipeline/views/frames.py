"""Records as pandas data frames."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pipeline.core.record import Record
from pipeline.views.tables import TABLES, Kind, Row, rows_of

if TYPE_CHECKING:
    import pandas as pd

_DTYPES: dict[Kind, Any] = {"text": "string", "integer": "Int64", "number": "Float64"}


class Frames(dict[str, "pd.DataFrame"]):
    """Data frames by name: ``documents``, ``segments``, ``entities``, ``claims``, ``values``,
    ``links``.

    ``frames["claims"]`` and ``frames.claims`` are the same; ``values`` is found by ``[]`` alone,
    since a dictionary has a method of that name.
    """

    def __getattr__(self, name: str) -> pd.DataFrame:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def to_frames(records: Iterable[Record]) -> Frames:
    """One data frame per table; join them on ``document``. A link stands in both its records.

    Columns have nullable pandas types (string, Int64, Float64), so identifiers such as ``007`` and
    missing values survive.
    """
    import pandas as pd

    rows: dict[str, list[Row]] = {name: [] for name in TABLES}
    for name, row in rows_of(records):
        rows[name].append(row)
    frames = Frames()
    for name, table in TABLES.items():
        columns = list(zip(*rows[name], strict=True)) or [()] * len(table.columns)
        frames[name] = pd.DataFrame(
            {
                column: pd.Series(values, dtype=_DTYPES[kind])
                for (column, kind), values in zip(table.columns.items(), columns, strict=True)
            }
        )
    return frames
