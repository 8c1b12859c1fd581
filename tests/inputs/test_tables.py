"""Rows of tables: text stays text, damage stays in its row."""

from __future__ import annotations

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.config import InputSettings
from pipeline.core.layers import Source
from pipeline.inputs import discover
from pipeline.inputs.tables import csv_rows, json_lines, parquet_rows

LIMIT = 1 << 20


def test_json_lines_are_cut_at_line_feeds_only() -> None:
    line = '{"text": "one\u2028two\u2029three\x85"}\n{"text": "next"}'.encode()
    rows = list(json_lines(io.BytesIO(line), LIMIT))
    assert [row.columns["text"] for row in rows] == ["one\u2028two\u2029three\x85", "next"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "cut', "not valid JSON"),
        (b"[1, 2]", "object expected"),
        (b'{"text": "\xff"}', "not valid UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"text": "' + b"a" * LIMIT + b'"}', "longer than 1 MB"),
    ],
)
def test_a_corrupt_line_is_one_failed_row(line: bytes, reason: str) -> None:
    rows = list(json_lines(io.BytesIO(b'{"text": "a"}\n' + line + b'\n{"text": "b"}\n'), LIMIT))
    assert [row.number for row in rows] == [1, 2, 3]
    assert [row.error is None for row in rows] == [True, False, True]
    assert reason in (rows[1].error or "")
    assert line.startswith(rows[1].original.rstrip(b"\n")[:100])


def test_values_stay_text() -> None:
    rows = list(
        json_lines(
            io.BytesIO(b'{"id": 12345678901234567890, "b": true, "l": [1, "\xc3\xa8"]}'), LIMIT
        )
    )
    assert rows[0].columns == {"id": "12345678901234567890", "b": "true", "l": '[1, "è"]'}
    rows = list(csv_rows(io.BytesIO(b"id,text\n007,NA\n"), LIMIT))
    assert rows[0].columns == {"id": "007", "text": "NA"}


def test_a_row_without_text_fails_with_the_names_it_has() -> None:
    (source,) = discover(["-"], InputSettings(), io.BytesIO(b'{"id": "1", "corpo": "Testo"}\n'))
    assert isinstance(source, Source)
    assert source.error is not None
    assert "no text in the field 'text' (fields with a value: corpo, id)" in source.error
    assert "input.fields.text" in source.error


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_delimiters_and_quoted_line_breaks(delimiter: str) -> None:
    table = f'\ufeffid{delimiter}text\r\n1{delimiter}"Riga, uno\nriga ""due"""\r\n'
    rows = list(csv_rows(io.BytesIO(table.encode()), LIMIT))
    assert [row.columns for row in rows] == [{"id": "1", "text": 'Riga, uno\nriga "due"'}]


def test_csv_fields_may_be_longer_than_the_standard_limit() -> None:
    text = "a" * 200_000
    (row,) = csv_rows(io.BytesIO(f"text\n{text}\n".encode()), LIMIT)
    assert row.columns["text"] == text


def test_csv_rows_with_too_many_columns_fail_alone() -> None:
    rows = list(csv_rows(io.BytesIO(b"id,text\n1,a,b\n2,c\n"), LIMIT))
    assert [row.error is None for row in rows] == [False, True]


def test_csv_bytes_that_are_no_utf8_reach_the_document(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("id,text\n1,Perché\n".encode("cp1252"))
    (source,) = discover([tmp_path], InputSettings())
    assert isinstance(source, Source)
    assert source.content == "Perché".encode("cp1252")


def test_parquet_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    rows = {"id": ["007", "8"], "text": ["Testo", None], "n": [1.5, None]}
    pq.write_table(pa.table(rows), path)
    with path.open("rb") as stream:
        found = list(parquet_rows(stream))
    assert [dict(row.columns) for row in found] == [
        {"id": "007", "text": "Testo", "n": "1.5"}, {"id": "8"},
    ]  # fmt: skip


def test_a_damaged_parquet_file_is_one_failed_row() -> None:
    (row,) = parquet_rows(io.BytesIO(b"PAR1 no table PAR1"))
    assert row.error is not None
    assert "not a readable Parquet file" in row.error
