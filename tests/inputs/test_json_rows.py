"""JSON as it comes: a line that is no row costs no other, and one text over many lines is read."""

from __future__ import annotations

import doctest
import gzip
import io
import json
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import InputSettings
from pipeline.core.layers import Source
from pipeline.errors import UsageError
from pipeline.inputs import Rejected, discover, json_rows
from pipeline.inputs.tables import Row

LIMIT = 1 << 20
KINDS = ("a.jsonl", "a.json", "a.jsonl.gz", "a.json.gz")
WANTED = '; write one whole object a line, such as {"text": "..."}'


def read(folder: Path, text: str | bytes, name: str = "a.jsonl") -> list[Source | Rejected]:
    content = text.encode() if isinstance(text, str) else text
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return list(discover([path], InputSettings(max_megabytes=1)))


def rows(text: str | bytes) -> list[Row]:
    content = text.encode() if isinstance(text, str) else text
    return list(json_rows.json_rows(io.BytesIO(content), LIMIT))


def texts(items: list[Source | Rejected]) -> list[str]:
    return [item.content.decode() for item in items if isinstance(item, Source) and not item.error]


def failure(items: list[Source | Rejected]) -> Source:
    (source,) = items
    assert isinstance(source, Source)
    return source


FOREIGN = "# exported on Monday\nid\ttext\n----\n[1, 2]\n"


@pytest.mark.parametrize("name", KINDS)
def test_rows_behind_lines_that_are_none_are_read(tmp_path: Path, name: str) -> None:
    items = read(tmp_path, FOREIGN + '{"text": "Uno"}\nxx\n{"text": "Due"}\n', name)
    assert texts(items) == ["Uno", "Due"]
    assert [Path(item.path).name for item in items] == [f"{name}#{n}" for n in range(1, 8)]
    failed = [item.error for item in items if isinstance(item, Source) and item.error]
    for number, error in zip((1, 2, 3, 4, 6), failed, strict=True):
        assert f"line {number}" in str(error)
        assert str(error).endswith(WANTED)


def test_rows_behind_a_first_line_that_goes_on_are_read() -> None:
    found = rows('{"text": "Uno"} xx\n{"text": "Due"}\n{"text": "Tre"}{"text": "x"}\n{"text": "q"}')
    assert [row.columns.get("text") for row in found] == [None, "Due", None, "q"]


def test_long_lines_that_are_none_are_not_held_back() -> None:
    line = b"x" * (json_rows.HELD_BYTES // 2) + b"\n"
    waiting = json_rows.json_rows(io.BytesIO(line * 9), LIMIT)
    assert next(waiting).error is not None


def test_rows_behind_very_many_lines_that_are_none_are_read() -> None:
    many = json_rows.HELD_ROWS + 5
    found = rows("no row\n" * many + '{"text": "Uno"}\n')
    assert [row.error is None for row in found] == [False] * many + [True]


def test_rows_of_standard_input_behind_lines_that_are_none_are_read() -> None:
    stream = io.BytesIO(FOREIGN.encode() + b'{"text": "Uno"}\n')
    items = list(discover(["-"], InputSettings(), stream))
    assert texts(items) == ["Uno"]
    assert len(items) == 5
    with pytest.raises(UsageError, match="must be JSON Lines"):
        list(discover(["-"], InputSettings(), io.BytesIO(FOREIGN.encode())))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (FOREIGN, "line 1, column 1 (a value is missing there"),
        ("Plain text.\n\nMore of it.\n", "line 1, column 1"),
        ('"Uno"\n"Due"\n', "line 1 holds a text, a JSON object expected"),
        ('[\n  {\n    "text": "Uno" "x"\n  }\n]\n', "line 3: a comma is missing there"),
        ('{\n  "text": "Uno",\n  "id": 1\n', "line 4: the text ends before"),
        ("{'text': 'Uno'}", "line 1: a name in double quotation marks is missing there"),
        ('[\n{"text": "Perch\xe9"}]'.encode("latin-1"), "not valid UTF-8: save the file as UTF-8"),
    ],
)
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_a_file_without_one_row_fails_once_and_says_what_is_expected(
    tmp_path: Path, text: str | bytes, why: str, name: str
) -> None:
    source = failure(read(tmp_path, text, name))
    assert source.path.endswith(name)
    assert why in (source.error or "")
    assert 'Expected are objects such as {"text": "..."}: one a line, or all in one array' in (
        source.error or ""
    )


OBJECTS = [{"id": "1", "text": "Uno\u2028due"}, {"text": 'Tre, "quattro" [5] {6}\n'}, {"text": "è"}]
SPREAD = {
    "an array on one line": json.dumps(OBJECTS),
    "an array over lines": json.dumps(OBJECTS, indent=2),
    "an object a line in an array": "[\n" + ",\n".join(map(json.dumps, OBJECTS)) + "\n]\n",
    "objects over lines": "\n".join(json.dumps(each, indent=1) for each in OBJECTS),
    "objects parted by commas": ",\n".join(map(json.dumps, OBJECTS)),
    "a byte order mark": "\ufeff" + json.dumps(OBJECTS, indent=2),
    "blank lines first": "\n \r\n" + json.dumps(OBJECTS, indent=2) + "\n\n",
    "lines": "\n".join(map(json.dumps, OBJECTS)),
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("text", SPREAD.values(), ids=SPREAD)
def test_json_is_read_however_it_is_spread(tmp_path: Path, text: str, name: str) -> None:
    items = read(tmp_path, text, name)
    assert texts(items) == [each["text"] for each in OBJECTS]
    assert Path(items[2].path).name == f"{name}#3"
    assert isinstance(items[0], Source)
    assert items[0].metadata == {"id": "1"}


def test_json_in_utf_16_is_read_over_lines(tmp_path: Path) -> None:
    items = read(tmp_path, json.dumps(OBJECTS, indent=2, ensure_ascii=False).encode("utf-16"))
    assert texts(items) == [each["text"] for each in OBJECTS]


def test_one_object_over_lines_is_one_article(tmp_path: Path) -> None:
    (source,) = read(tmp_path, '{\n  "id": "a",\n  "text": "Uno"\n}\n', "a.json")
    assert isinstance(source, Source)
    assert (source.content, source.path[-8:]) == (b"Uno", "a.json#1")


def test_one_object_without_a_text_beside_articles_is_skipped(tmp_path: Path) -> None:
    (item,) = read(tmp_path, '{\n  "name": "site",\n  "version": 3\n}\n', "a.json")
    assert isinstance(item, Rejected)
    assert item.skipped
    assert "one JSON object that is no article" in item.reason
    assert "(columns: name, version)" in item.reason
    failed = failure(read(tmp_path, '{"name": "site"}\n', "a.jsonl"))
    assert "no column is known" in (failed.error or "")


@pytest.mark.parametrize("text", ["[]", " [ ] \n", "\n", ""])
def test_json_without_a_value_is_a_table_without_rows(tmp_path: Path, text: str) -> None:
    (item,) = read(tmp_path, text, "a.json")
    assert isinstance(item, Rejected)
    assert item.reason == "a table without rows"


def test_values_of_an_array_that_are_no_objects_fail_alone() -> None:
    found = rows('[\n{"text": "Uno"},\n["x"],\nnull, 12,\n{"text": "Due"}\n]')
    assert [row.number for row in found] == [1, 2, 3, 4, 5]
    assert [row.error for row in found] == [
        None,
        'line 3 holds an array, a JSON object expected, such as {"text": "..."}',
        'line 4 holds null, a JSON object expected, such as {"text": "..."}',
        'line 4 holds a number, a JSON object expected, such as {"text": "..."}',
        None,
    ]
    assert found[1].original == b'["x"]'


@pytest.mark.parametrize(
    ("rest", "failed"),
    [
        ('{"text": "Due" "x"},\n{"text": "Tre"}\n]', ["line 3"]),
        ('{"text": "Due"},\n{"text": "Tre", \n]\n', ["line 4"]),
        ('{"text": "Due"}\n{"text": "Tre"}\n]', []),
        ('xx\n{"text": "Due"}\n{"text": "Tre"},', ["line 3"]),
        ('{"text": "Due"} xx\n{"text": "Tre"}\n]', ["line 3"]),
        ('{"text": "Due"},\n{"text": "Tre"}\n] xx', ["line 5"]),
        ('{"text": "Due"},\n{"text": "Tre"},\n{"text": "Quat', ["line 5"]),
        ('{"text": "Due"},\n{"text": "Tre"}\n', ["line 5: the array ends without its bracket"]),
    ],
)
def test_a_fault_in_an_array_with_an_object_a_line_costs_that_line(
    rest: str, failed: list[str]
) -> None:
    found = rows('[\n{"text": "Uno"},\n' + rest)
    assert [row.number for row in found] == list(range(1, len(found) + 1))
    read = [row.columns["text"] for row in found if not row.error]
    assert [text for text in ("Uno", "Due", "Tre") if text not in read] == (
        ["Due"] if '"x"' in rest else ["Tre"] if 'Tre", \n' in rest else []
    )
    errors = [row.error or "" for row in found if row.error]
    assert [told in error for told, error in zip(failed, errors, strict=True)] == [True] * len(
        failed
    )


@pytest.mark.parametrize("begin", ["[\n", "\n [ \r\n\n", "\ufeff[\n"])
@pytest.mark.parametrize("broken", [0, 1, 2])
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ('{"text": }', "a value is missing there"),
        ('{"text": "Uno" "x"}', "a comma is missing there"),
        ('{"text": "Uno"', "ends before its last value does"),
        ("xx", "a value is missing there"),
        ("1", "holds a number"),
        ("[1]", "holds an array"),
        ('{"text": "\udce8"}', "not valid UTF-8"),
        ('{"text": "' + "a" * 3 * LIMIT + '"}', "longer than 1 MB"),
    ],
)
def test_a_fault_in_an_array_costs_one_line_wherever_it_stands(
    begin: str, broken: int, fault: str, told: str
) -> None:
    lines = ['{"text": "x"}', '{"text": "y"}', '{"text": "z"}', '{"text": "q"}']
    lines[broken] = fault
    found = rows((begin + ",\n".join(lines) + "\n]\n").encode("utf-8", "surrogateescape"))
    assert [row.number for row in found] == [1, 2, 3, 4]
    assert [row.columns.get("text", fault) for row in found] == [
        json.loads(line)["text"] if line != fault else fault for line in lines
    ]
    (error,) = [row.error for row in found if row.error]
    assert told in error
    assert f"line {1 + begin.count(chr(10)) + broken}" in error


@pytest.mark.parametrize("begin", ["[", "[ "])
def test_a_fault_on_the_line_of_the_bracket_costs_that_line(begin: str) -> None:
    first, *others = rows(begin + '{"text": },\n{"text": "x"},\n{"text": "y"}]')
    assert "line 1, column 10 (a value is missing" in (first.error or "")
    assert [row.columns for row in others] == [{"text": "x"}, {"text": "y"}]


def test_lines_of_an_array_over_lines_with_a_broken_first_object_are_no_rows() -> None:
    text = '[\n{\n"text": "Uno" "x",\n"images": [\n{"text": "no article"},\n{"a": 1},\n2\n]\n}\n]'
    with pytest.raises(json_rows.NoRows, match="line 3: a comma is missing there"):
        rows(text)


@pytest.mark.parametrize("before", [0, 3])
def test_bytes_that_are_no_utf_8_cost_their_line_of_an_array(before: int) -> None:
    long = b'{"text": "%s"},\n' % (b"a" * 50_000)
    found = rows(b"[\n" + long * before + b'{"text": "\xe8"},\n' + long + b'{"text": "Uno"}]')
    assert [f"line {before + 2}" in row.error if row.error else None for row in found] == [
        *[None] * before, True, None, None
    ]  # fmt: skip
    assert found[-1].columns == {"text": "Uno"}


def test_values_behind_a_long_one_take_no_longer_for_it() -> None:
    def seconds(length: int) -> float:
        rest = ',\n{"text": "x"}' * 5000
        stream = io.BytesIO(b'[\n{"text": "%s"}%s]' % (b"a" * length, rest.encode()))
        start = process_time()
        assert sum(1 for _ in json_rows.json_rows(stream, 1 << 24)) == 5001
        return process_time() - start

    seconds(1)
    assert min(seconds(4_000_000) for _ in range(3)) < 10 * max(seconds(1), 0.02)


def test_lines_are_counted_behind_values_over_lines() -> None:
    long = "a" * json_rows.PIECE_BYTES
    found = rows(f'[\n{{\n"text":\n"{long}"}}, 1,\n\n2, {{"text": "{long}"}},\n3]')
    errors = [row.error for row in found if row.error]
    assert [error.split(" holds")[0] for error in errors] == ["line 4", "line 6", "line 7"]


@pytest.mark.parametrize(
    ("rest", "problem"),
    [
        ('{\n"text": "Due" "x"},\n{"text": "Tre"}\n]', "line 6: a comma is missing there"),
        ('{"text": "Due"}\n{"text": "Tre"}\n]', "line 6: a comma is missing there"),
        ('{"text": "Due"}\n', "line 6: the array ends without its bracket"),
        ('{"text": "Due"}\n] xx', "line 6: more follows behind the array"),
        ('{"text": "Due', "line 5: the text ends before"),
    ],
)
def test_a_fault_in_an_array_is_told_and_what_is_above_it_read(rest: str, problem: str) -> None:
    *above, last = rows('[\n{\n"text": "Uno"\n},\n' + rest)
    assert [row.error for row in above] == [None] * len(above)
    assert above[0].columns == {"text": "Uno"}
    assert problem in (last.error or "")
    assert "nothing below is read. With one whole object a line" in (last.error or "")


def test_an_array_larger_than_one_document_may_be_is_read_piece_by_piece(tmp_path: Path) -> None:
    long = [{"text": f"{n} " + "è" * 400_000} for n in range(9)]
    for indent in (None, 2):
        items = read(tmp_path, json.dumps(long, indent=indent, ensure_ascii=False), "a.json")
        assert texts(items) == [each["text"] for each in long]


def test_a_value_without_end_is_not_read_into_memory() -> None:
    read_so_far = 0

    def pieces():
        nonlocal read_so_far
        yield b'[{"text": "'
        while True:
            read_so_far += 1 << 16
            assert read_so_far < 4 * LIMIT
            yield b"a" * (1 << 16)

    text = json_rows._Text(pieces(), LIMIT, 0)
    text.begin()
    with pytest.raises(ValueError, match="longer than 1 MB"):
        text.value()


@given(
    st.lists(st.dictionaries(st.text(max_size=4), st.text(max_size=9), max_size=3), min_size=1),
    st.sampled_from([None, 0, 2]),
    st.integers(1, 12),
)
def test_any_array_gives_its_objects_wherever_it_is_cut(objects, indent, size):
    raw = json.dumps(objects, indent=indent, ensure_ascii=False).encode("utf-8", "replace")
    pieces = (raw[start : start + size] for start in range(0, len(raw), size))
    found = list(json_rows._file_rows(pieces, LIMIT))
    assert [{**row.columns, **dict.fromkeys(row.empty, "")} for row in found] == json.loads(raw)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"text": "b" "c"}', "column 14 (a comma is missing there, or a quotation mark inside"),
        ('{"text": b}', "column 10 (a value is missing there, or a text lacks its quotation"),
        ('{"text" "b"}', "column 9 (a colon is missing there"),
        ("{text: 1}", "column 2 (a name in double quotation marks is missing there"),
        ('{"text": "a\tb"}', r"column 12 (a text holds a line break or tab there: write \n or \t"),
        ('{"text": "\\x"}', "column 11 (a backslash in a text must be doubled there"),
        ('{"text": "\\u12"}', "column 12 (four hexadecimal digits are missing there"),
        ('{"text": "b"}}', "column 14 (the line goes on there, behind the end of its value"),
        ('{"text": "cut', "column 10 (the text ends before its last value does"),
        ('{"text": "cut"', "column 15 (the text ends before its last value does"),
    ],
)
def test_what_is_wrong_with_a_line_is_told_with_what_to_do(line: str, told: str) -> None:
    _, row, _ = rows('{"text": "a"}\n\n' + line + '\n{"text": "d"}\n')
    assert (row.error or "").startswith(f"not valid JSON at line 3, {told}")
    assert (row.error or "").endswith(f"){WANTED}")


def test_examples() -> None:
    assert doctest.testmod(json_rows).failed == 0
