"""Rows of tables: text stays text, damage stays in its row."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.config import FieldSettings, InputSettings
from pipeline.core.layers import Source
from pipeline.inputs import discover
from pipeline.inputs.columns import columns_of
from pipeline.inputs.json_rows import json_lines
from pipeline.inputs.tables import csv_rows, parquet_rows
from pipeline.languages.columns import column_key, column_names

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
    (source,) = discover(["-"], InputSettings(), io.BytesIO(b'{"id": "1", "pezzo": "Testo"}\n'))
    assert isinstance(source, Source)
    assert source.error is not None
    assert "no column is known to hold the text (columns: id, pezzo)" in source.error
    assert 'write text = "pezzo" under [input.fields]' in source.error


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
    first, second = csv_rows(io.BytesIO(b"id,text\n1,a,b\n2,c\n"), LIMIT)
    assert first.error == (
        "line 2 of the file has 3 cells, but the header names 2 columns: "
        "a text with ',' in it needs quotation marks around it"
    )
    assert (first.original, second.error) == (b"1,a,b\n", None)


def test_csv_rows_that_a_mark_made_into_one_row_of_too_many_cells_are_read() -> None:
    """The mark of row 1 has its partner in row 3; rows 2 and 3 went without a word."""
    rows = list(csv_rows(io.BytesIO(b'id,text\n1,"a\n2,b\n3,",c"\n4,d\n'), LIMIT))
    assert [row.columns.get("id") for row in rows] == [None, "2", "3", "4"]
    assert rows[0].original == b'1,"a\n'
    assert rows[0].error == (
        "line 2 of the file is not valid CSV (3 cells, but the header names 2 columns): "
        "a quotation mark may lack its partner. It is lost; reading goes on at line 3"
    )


@pytest.mark.parametrize(
    "article",
    [
        '"La crescita.\nIl tasso sale del 3,5\nRoma,Milano\nfine"',
        '"La crescita.\n“We are late,” Mary said\n""Tardi"", dice\n""3,5"""',
    ],
)
def test_a_csv_row_over_lines_with_too_many_cells_fails_once(article: str) -> None:
    row = f"1,{article},oops\n"
    first, second = csv_rows(io.BytesIO(f"id,text\n{row}2,Due\n".encode()), LIMIT)
    assert (first.original.decode(), second.columns) == (row, {"id": "2", "text": "Due"})
    assert first.error == (
        "lines 2 to 5 of the file have 3 cells, but the header names 2 columns: "
        "a text with ',' in it needs quotation marks around it"
    )


def test_a_mark_without_partner_and_one_before_a_line_break_make_no_row_of_too_many_cells() -> None:
    table = b'id,text\n0,x,"Zero\n1,"\nUno"\n2,Due\n'
    rows = list(csv_rows(io.BytesIO(table), LIMIT))
    assert [row.columns.get("text") for row in rows] == [None, "\nUno", "Due"]


@pytest.mark.parametrize(
    ("damaged", "told"),
    [
        ('2,"Due\n', "line 3 of the file is not valid CSV * It is lost; reading goes on at line 4"),
        ('2,"Due,\nche va\navanti\n', "line 3 * Lines 3 to 5 are lost; reading goes on at line 6"),
        ('2,"Due\n3,Tre, e\n', "line 3 * Lines 3 to 4 are lost; reading goes on at line 5"),
    ],
)
@pytest.mark.parametrize("rest", ["9,Nove\n", '9,"Nove"\n', ""])
def test_lost_lines_of_a_csv_file_are_told(damaged: str, told: str, rest: str) -> None:
    rows = list(csv_rows(io.BytesIO(f"id,text\n1,Uno\n{damaged}{rest}".encode()), LIMIT))
    (error,) = [row.error for row in rows if row.error]
    begin, _, end = told.partition(" * ")
    assert error.startswith(begin)
    assert error.endswith(end if rest else end.partition("reading")[0] + "nothing follows")
    assert [row.columns["id"] for row in rows if not row.error] == ["1", "9"][: 2 if rest else 1]


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
    assert found[1].empty == ("text", "n")


def test_a_damaged_parquet_file_is_one_failed_row() -> None:
    (row,) = parquet_rows(io.BytesIO(b"PAR1 no table PAR1"))
    assert row.error is not None
    assert "not a readable Parquet file" in row.error


@pytest.mark.parametrize(
    "damaged",
    [
        '2,"Il consiglio, ieri',  # the mark of row 3 would close it
        '2,"Il consiglio\nvota, dice il sindaco\n',
        '2,"""No"", dice',
    ],
)
@pytest.mark.parametrize("below", ['3,"Tre, o quattro"\n4,Quattro\n', "3,Tre\n4,Quattro\n"])
def test_csv_rows_below_a_mark_without_partner_are_read(damaged: str, below: str) -> None:
    table = f'id,text\n1,"Uno\ndue"\n{damaged}\n{below}'
    rows = list(csv_rows(io.BytesIO(table.encode()), LIMIT))
    assert [row.columns.get("id") for row in rows] == ["1", None, "3", "4"]
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert rows[1].error is not None
    assert "line 4 of the file" in rows[1].error
    assert rows[1].original.decode().strip() == damaged.strip()


def test_a_csv_row_with_marks_that_are_not_doubled_is_read() -> None:
    (row,) = csv_rows(io.BytesIO(b'id,text\n1,"He said "no" twice"\n'), LIMIT)
    assert row.error is None
    assert "no" in row.columns["text"]


def test_a_csv_row_whose_text_goes_on_is_not_cut_at_a_mark_that_is_not_doubled() -> None:
    stream = io.BytesIO(b'id,text\n1,"He said "no" twice\nand went, too"\n2,Two\n')
    damaged, row = csv_rows(stream, LIMIT)
    assert damaged.error is not None
    assert "line 2" in damaged.error
    assert row.columns == {"id": "2", "text": "Two"}


def test_a_csv_file_cut_off_in_a_field_says_so() -> None:
    rows = list(csv_rows(io.BytesIO(b'id,text\n1,Uno\n2,"Due, o'), LIMIT))
    assert [row.error is None for row in rows] == [True, False]


def test_csv_marks_without_partners_cost_no_quadratic_time() -> None:
    line = 'a",b,"c' + "," * 998 + "\n"
    header = ",".join(f"n{i}" for i in range(1000))
    table = f"{header}\n{line * 3000}".encode()
    rows = list(csv_rows(io.BytesIO(table), 1 << 16))
    assert rows[-1].error is not None
    assert re.search(r"nothing below line \d+ is read", rows[-1].error)


@pytest.mark.parametrize(
    "header", ["Titolo;Testo;Data;Autore;Link;Lingua", "headline;body;pub_date;byline;url;lang"]
)
def test_usual_columns_are_known_in_both_languages(tmp_path: Path, header: str) -> None:
    table = f"{header}\nPonte chiuso;Il testo.;2026-03-04;Ada Neri;https://e.it/1;it\n"
    (tmp_path / "t.csv").write_text(table, "utf-8")
    (source,) = discover([tmp_path], InputSettings())
    assert isinstance(source, Source)
    assert source.error is None
    assert source.content == b"Il testo."
    assert source.metadata == {
        "title": "Ponte chiuso", "date": "2026-03-04", "author": "Ada Neri",
        "url": "https://e.it/1", "language": "it",
    }  # fmt: skip


def test_no_column_name_stands_for_two_fields() -> None:
    names = [name for known in column_names().values() for name in known]
    assert len(names) == len(set(names))
    assert [column_key(name) for name in names] == names


def test_a_named_column_has_no_other_names() -> None:
    settings = InputSettings(fields=FieldSettings(text="pezzo"))
    rows = io.BytesIO(b'{"pezzo": "Il pezzo", "testo": "x"}\n{"testo": "y"}\n')
    first, second = discover(["-"], settings, rows)
    assert isinstance(first, Source)
    assert first.content == b"Il pezzo"
    assert isinstance(second, Source)
    assert "no column is known to hold the text (columns: testo)" in (second.error or "")


def test_a_row_whose_text_is_empty_is_told_with_its_row_and_column() -> None:
    (source,) = discover(["-"], InputSettings(), io.BytesIO(b'{"id": "7", "Testo": null}\n'))
    assert isinstance(source, Source)
    assert source.error is None
    assert source.empty == "no text in row 1: its column 'Testo' is empty"
    assert source.content == b""


@pytest.mark.parametrize("row", ["2;;Due", "2", "2;"])
def test_an_empty_cell_of_text_costs_no_other_row(tmp_path: Path, row: str) -> None:
    table = f"id;testo;titolo\n1;Uno;A\n{row}\n3;Tre;C\n;;\n"
    (tmp_path / "t.csv").write_text(table, "utf-8")
    one, two, three = discover([tmp_path], InputSettings())
    assert isinstance(two, Source)
    assert two.empty == "no text in row 2: its column 'testo' is empty"
    assert two.id.startswith("2-")
    assert [source.content for source in (one, three)] == [b"Uno", b"Tre"]  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_tables_in_utf_16_are_read(tmp_path: Path, kind: str, encoding: str) -> None:
    texts = ["Perché no, \U0001f600?" * 2000, "Due\u2028righe"]
    rows = [json.dumps({"text": text}, ensure_ascii=False) for text in texts]
    lines = rows if kind == "jsonl" else ["id\ttext", *(f"1\t{text}" for text in texts)]
    (tmp_path / f"t.{kind}").write_bytes("\ufeff".join(["", "\r\n".join(lines)]).encode(encoding))
    found = list(discover([tmp_path], InputSettings()))
    assert [source.content.decode() for source in found] == texts  # type: ignore[union-attr]


DATES = ["2026-03-04", "20260304", "4 marzo 2026, ore 12", "04/03/26", "1772582400", "4.3.2026"]


@pytest.mark.parametrize("written", DATES)
def test_data_is_the_date_where_a_date_stands_there(written: str) -> None:
    row = {"testo": "Il testo.", "Data": written}
    assert columns_of(row, FieldSettings())["date"] == "Data"


@pytest.mark.parametrize(
    "value", ["The bridge is closed.", '{"views": 12}', "true", "12", "x" * 99]
)
def test_data_is_no_date_where_none_stands_there(value: str) -> None:
    row = {"body": "The text.", "data": value, "pub_date": "2026-03-04"}
    assert columns_of(row, FieldSettings()) == {"text": "body", "date": "pub_date"}
    named = FieldSettings(date="data")
    assert columns_of(row, named)["date"] == "data", "what the user names is taken as it is"


def test_data_without_a_text_beside_it_is_told_and_not_guessed() -> None:
    rows = io.BytesIO(b'{"id": "1", "data": "The bridge is closed, the mayor said."}\n')
    (source,) = discover(["-"], InputSettings(), rows)
    assert isinstance(source, Source)
    assert """if it is 'data', write text = "data" under""" in (source.error or "")
    assert source.metadata == {"id": "1", "data": "The bridge is closed, the mayor said."}


def test_the_columns_that_were_taken_are_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Testo;Data;note\nUno;ieri;x\nDue;4 marzo 2026;y\n", "utf-8")
    (tmp_path / "u.jsonl").write_text('{"text": "Tre"}\n', "utf-8")
    told = {}
    assert len(list(discover([tmp_path], InputSettings(), taken=told.__setitem__))) == 3
    assert {Path(table).name: columns for table, columns in told.items()} == {
        "t.csv": {"text": "Testo", "date": "Data"},
        "u.jsonl": {"text": "text"},
    }


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_table_without_a_column_of_text_fails_once(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"t.{kind}"
    if kind == "csv":
        path.write_text("id,pezzo\n1,Il testo.\n2,Altro testo.\n", "utf-8")
    else:
        pq.write_table(pa.table({"id": ["1", "2"], "pezzo": ["Il testo.", "Altro testo."]}), path)
    (source,) = discover([tmp_path], InputSettings())
    assert isinstance(source, Source)
    assert source.path == str(path)
    assert "(columns: id, pezzo); if it is 'pezzo', write" in (source.error or "")
    named = InputSettings(fields=FieldSettings(text="pezzo"))
    assert len(list(discover([tmp_path], named))) == 2


def test_a_csv_file_without_names_of_columns_fails_once(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("1,Il ponte\n2,Il ponte, chiuso\n3,Altro\n", "utf-8")
    (source,) = discover([tmp_path], InputSettings())
    assert "(columns: 1, Il ponte)" in (source.error or "")  # type: ignore[union-attr]


def test_columns_of_one_name_take_nothing_from_each_other() -> None:
    rows = list(csv_rows(io.BytesIO(b"text|id|text\nUno|1|Due\n|2|Tre\n"), LIMIT))
    assert [row.columns for row in rows] == [
        {"text": "Uno", "id": "1", "text (2)": "Due"},
        {"id": "2", "text (2)": "Tre"},
    ]


@pytest.mark.parametrize("value", ['["one", "two"]', '{"body": "x"}', "5", "true"])
def test_a_text_that_is_none_is_told_and_not_read_as_one(value: str) -> None:
    rows = io.BytesIO(b'{"text": %s, "n": [1]}\n{"text": "Testo", "n": [1]}\n' % value.encode())
    first, second = discover(["-"], InputSettings(), rows)
    assert isinstance(first, Source)
    assert first.error == f"the column 'text' of row 1 holds no text but {value}"
    assert first.content == value.encode()
    assert second.metadata == {"n": "[1]"}  # type: ignore[union-attr]


def test_a_line_that_names_the_separator_is_no_row() -> None:
    table = b'sep=|\r\nid|text\r\n1|"A, b; c"\r\n2|"open\r\n'
    first, second = csv_rows(io.BytesIO(table), LIMIT)
    assert first.columns == {"id": "1", "text": "A, b; c"}
    assert "line 4 of the file" in (second.error or "")
