"""Rows of the small tables that users write: CSV, or JSON Lines, with known columns."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError

Row = tuple[int, Mapping[str, Any]]
"""The number of a line, and what stands in it by column."""

_Check = Callable[[Iterable[str], str], None]


def read_text(path: Path, what: str) -> str:
    """The text of a user's file; ``what`` names it in errors.

    Raises: UsageError when it is missing or not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"Cannot read the {what} {path}: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"The {what} {path} is not UTF-8: {error}.") from None


def is_json_lines(file: str) -> bool:
    """Whether ``file`` is named as JSON Lines; everything else is CSV."""
    return file.endswith((".jsonl", ".ndjson"))


def read_rows(
    text: str, file: str, columns: Sequence[str], required: Sequence[str]
) -> Iterator[Row]:
    """The rows of ``text``, which comes from ``file``; values are not looked at.

    Raises: UsageError with file and line for what is no table, unknown and missing columns.
    """

    def check(found: Iterable[str], where: str) -> None:
        found = tuple(found)
        for column in found:
            if column not in columns:
                known = ", ".join(columns)
                raise UsageError(f"{where}: unknown column {column!r}; known are {known}.")
        for column in required:
            if column not in found:
                raise UsageError(f"{where}: the column {column!r} is missing.")

    text = text.removeprefix("\ufeff")
    return _json_rows(text, file, check) if is_json_lines(file) else _csv_rows(text, file, check)


def _csv_rows(text: str, file: str, check: _Check) -> Iterator[Row]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        check(reader.fieldnames or (), f"{file}, line 1")
        for row in reader:
            if None in row or None in row.values():
                size = len(reader.fieldnames or ())
                raise UsageError(f"{file}, line {reader.line_num}: there must be {size} values.")
            yield reader.line_num, row
    except csv.Error as error:
        raise UsageError(f"{file}, line {reader.line_num}: not valid CSV: {error}.") from None


def _json_rows(text: str, file: str, check: _Check) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{file}, line {number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise UsageError(f"{where}: not valid JSON: {error}.") from None
        if not isinstance(row, dict):
            raise UsageError(f"{where}: must be a JSON object.")
        check(row, where)
        yield number, row
