"""Parquet tables with an explicit schema, so that nulls and types survive."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.store.records import read_pairs, read_records
from pipeline.views.export.target import opened
from pipeline.views.tables import WRITTEN_TABLES, Row, Table, rows_of

ROWS_PER_GROUP = 20_000
_TYPES = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64()}


def export(folder: Path, target: Path) -> int:
    """Write one file per table: ``documents.parquet``, ``segments.parquet``, ..."""
    count = 0
    with ExitStack() as stack:
        tables = {}
        for name, table in WRITTEN_TABLES.items():
            stream = stack.enter_context(opened(target / f"{name}.parquet"))
            tables[name] = stack.enter_context(_Rows(stream, table))
        for name, row in rows_of(read_records(folder), read_pairs(folder)):
            tables[name].add(row)
            count += name == "documents"
    return count


class _Rows:
    """Collects rows and writes them in groups."""

    def __init__(self, stream: object, table: Table) -> None:
        self._schema = pa.schema([(name, _TYPES[kind]) for name, kind in table.columns.items()])
        self._writer = pq.ParquetWriter(stream, self._schema)
        self._rows: list[Row] = []

    def __enter__(self) -> _Rows:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._writer.close()

    def add(self, row: Row) -> None:
        self._rows.append(row)
        if len(self._rows) >= ROWS_PER_GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            columns = [list(column) for column in zip(*self._rows, strict=True)]
            arrays = [
                pa.array(column, type=field.type)
                for column, field in zip(columns, self._schema, strict=True)
            ]
            self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
            self._rows.clear()
