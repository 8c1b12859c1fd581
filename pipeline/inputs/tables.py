"""Rows of CSV and Parquet, one at a time; of JSON: `json_rows`.

Every row comes out as a `Row`: its columns, or the reason why it could not be read. A damaged row
never ends its table. Values stay text: the id ``007`` is not the number 7.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, TYPE_CHECKING, Any

from pipeline.inputs.bounded import READ_ERRORS
from pipeline.inputs.csv_lines import CsvRecords, Damaged

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PARQUET_BATCH_ROWS = 64
DELIMITERS = (",", ";", "\t", "|")
TEXTS = (str, bytes)
# The first line of some spreadsheets' files.
SEPARATOR = re.compile("sep=(.)", re.IGNORECASE)
BYTES = ("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Row:
    """One row, counted from 1 as an editor counts lines (for CSV and Parquet: rows of data).

    ``columns`` maps names to text, ``empty`` names those without a value, and ``structured`` those
    whose values are lists, numbers and the like, written as JSON. ``error`` says what is wrong with
    the row; then ``original`` holds whatever could be read of it, and ``empty`` all names.
    """

    number: int
    columns: Mapping[str, str]
    error: str | None = None
    original: bytes = b""
    empty: tuple[str, ...] = ()
    structured: frozenset[str] = frozenset()


def as_utf8(stream: IO[bytes]) -> IO[bytes]:
    """The same text in UTF-8, when a byte order mark says that it is in UTF-16: spreadsheets' and
    PowerShell's *Unicode*."""
    raw: Any = stream
    peekable = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(raw)
    if not peekable.peek(2).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return peekable
    return io.BufferedReader(_Recoded(peekable))


class _Recoded(io.RawIOBase):
    """UTF-16 as UTF-8; what is no UTF-16 becomes U+FFFD."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace")
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        more = True
        while more and not self._ready:
            chunk = self._source.read(io.DEFAULT_BUFFER_SIZE)
            more = bool(chunk)
            self._ready = self._decoder.decode(chunk, final=not more).encode("utf-8", "replace")
        piece, self._ready = self._ready[: len(view)], self._ready[len(view) :]
        view[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._source.close()
        super().close()


def csv_rows(stream: IO[bytes], max_bytes: int) -> Iterator[Row]:
    """The rows of a CSV stream with a header line (RFC 4180; also ``;`` and tab).

    Bytes that are not UTF-8 are carried through as lone surrogates (PEP 383), so that the document
    they belong to can still be decoded as a whole. A field that is never closed, or closed by a
    quotation mark of another row, fails with its row; the rows that it would swallow are read.
    """
    csv.field_size_limit(max_bytes)  # 131,072 characters by default: less than a long article
    number = 0
    try:
        text = io.TextIOWrapper(as_utf8(stream), "utf-8-sig", "surrogateescape", newline="")
        with text as lines:
            header = lines.readline(max_bytes)
            told = SEPARATOR.fullmatch(header.rstrip("\r\n"))
            if told:
                header = lines.readline(max_bytes)
            delimiter = told[1] if told else max(DELIMITERS, key=header.count)
            names = _distinct(next(csv.reader([header], delimiter=delimiter), []))
            above = 2 if told else 1
            for found in CsvRecords(lines, delimiter, len(names), max_bytes, above):
                number += 1
                if isinstance(found, Damaged):
                    original = "".join(found.lines).encode(*BYTES)
                    yield Row(number, {}, found.error, original, tuple(names))
                elif any(found):  # spreadsheets end with rows of nothing but delimiters
                    yield _csv_row(number, names, found)
    except READ_ERRORS as error:
        yield Row(number + 1, {}, f"cannot be read any further: {error}")


def _csv_row(number: int, names: list[str], values: Sequence[str]) -> Row:
    columns = {name: value for name, value in zip(names, values, strict=False) if value}
    return Row(number, columns, empty=tuple(name for name in names if name not in columns))


def _distinct(names: Sequence[str]) -> list[str]:
    """Names of columns of which none takes another one's values away.

    >>> _distinct(["text", "date", "text"])
    ['text', 'date', 'text (2)']
    """
    seen: Counter[str] = Counter()
    distinct = []
    for name in names:
        seen[name] += 1
        distinct.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return distinct


def parquet_rows(stream: IO[bytes]) -> Iterator[Row]:
    """The rows of a Parquet file, read in batches."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(stream) as table:
            for batch in table.iter_batches(batch_size=PARQUET_BATCH_ROWS):
                for value in batch.to_pylist():
                    number += 1
                    yield row_of(number, value)
    except (pa.ArrowException, *READ_ERRORS) as error:
        reason = str(error).partition("\n")[0]
        yield Row(number + 1, {}, f"not a readable Parquet file: {reason}")


def row_of(number: int, values: Mapping[str, Any]) -> Row:
    """A row of typed values, as text."""
    written = {str(name): "" if value is None else _text(value) for name, value in values.items()}
    columns = {name: value for name, value in written.items() if value}
    empty = tuple(name for name in written if name not in columns)
    others = frozenset(str(name) for name, value in values.items() if not isinstance(value, TEXTS))
    return Row(number, columns, empty=empty, structured=others)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, date | datetime):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=str)
