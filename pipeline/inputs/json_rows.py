r"""Rows of JSON: an object a line (JSON Lines), or one JSON text over as many lines as it likes.

A line that is none costs no other line. A file may also hold one array of objects, one object, or
objects one after the other, spread over lines: its values come out as rows, one at a time.
"""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from typing import IO, Any

from pipeline.inputs.bounded import READ_ERRORS
from pipeline.inputs.tables import Row, as_utf8, row_of

EXAMPLE = '{"text": "..."}'
WANTED = f"write one whole object a line, such as {EXAMPLE}"
# Of a line or a value so much is kept where it is no row.
KEPT_BYTES = 1000
PIECE_BYTES = 1 << 16
# So many damaged lines, and so much of them, are kept back until one is a row; a file that begins
# with more fails line by line.
HELD_ROWS = 1000
HELD_BYTES = 1 << 20
BOM = b"\xef\xbb\xbf"
# What is wrong, and what to do about it, by the beginning of what Python's reader says.
PLAINLY = {
    "Expecting value": "a value is missing there, or a text lacks its quotation marks",
    "Expecting ',' delimiter": (
        "a comma is missing there, or a quotation mark inside a text lacks its backslash"
    ),
    "Expecting ':' delimiter": "a colon is missing there, behind a name",
    "Expecting property name": "a name in double quotation marks is missing there",
    "Illegal trailing comma": "there is a comma too many",
    "Invalid control character": r"a text holds a line break or tab there: write \n or \t",
    "Invalid \\u": r"four hexadecimal digits are missing there, behind \u",
    "Invalid \\": "a backslash in a text must be doubled there",
    "Extra data": "the line goes on there, behind the end of its value",
}
# The longest of those that may be cut where a piece ends: a pair of escapes.
LONGEST_WORD = len(r"\ud83d\ude00")
_END = object()
_DECODER = json.JSONDecoder()
_BLANK = re.compile(r"[ \t\r\n]*")
# How an array with an object a line begins: no brace stands alone on its line.
_OBJECT_A_LINE = re.compile(rb"\s*\[(\s*\n\s*[^\s{]|\s*\{[ \t]*\S)")


class NoRows(ValueError):
    """A file without one row; the message says why."""


def json_lines(stream: IO[bytes], max_bytes: int) -> Iterator[Row]:
    r"""The rows of a JSON Lines stream, cut at ``\n`` alone.

    ``str.splitlines`` would also cut at U+2028, which JSON allows inside strings (RFC 8259, 7).
    """
    return _to_the_end(_line_rows(_pieces(stream), max_bytes))


def json_rows(stream: IO[bytes], max_bytes: int) -> Iterator[Row]:
    """The rows of a file of JSON Lines, or of one JSON text.

    Raises: NoRows where nothing in it is a row.
    """
    return _to_the_end(_file_rows(_pieces(stream), max_bytes))


def held_back(rows: Iterable[Row], fail: Callable[[list[Row]], Exception | None]) -> Iterator[Row]:
    """The same rows; damaged ones come out as soon as another one is a row.

    Raises: what ``fail`` makes of rows of which none is one.
    """
    held: list[Row] = []
    size = 0
    waiting = iter(rows)
    try:
        for row in waiting:
            held.append(row)
            size += len(row.original)
            if row.error is None or len(held) >= HELD_ROWS or size >= HELD_BYTES:
                break
        else:
            if held and (reason := fail(held)):
                raise reason
    except READ_ERRORS:
        yield from held
        raise
    yield from held
    yield from waiting


def _to_the_end(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows as far as they can be read, and why they cannot be read any further."""
    number = 0
    try:
        for row in rows:
            number = row.number
            yield row
    except READ_ERRORS as error:
        yield Row(number + 1, {}, f"cannot be read any further: {error}")


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines, long ones in several pieces."""
    return iter(partial(as_utf8(stream).readline, PIECE_BYTES), b"")


def _file_rows(pieces: Iterator[bytes], max_bytes: int) -> Iterator[Row]:
    """See `json_rows`. The first value decides whether lines are rows, or the beginning of an
    array where that is broken."""
    above = 0
    for piece in pieces:
        if piece.strip():
            pieces = chain([piece], pieces)
            break
        above += piece.endswith(b"\n")
    else:
        return
    text = _Text(pieces, max_bytes, above)
    reason = ""
    try:
        text.begin()
        first = text.value()
        if first is _END:
            return
        if text.is_spread() and (isinstance(first, dict) or _is_object_a_line(text.taken or ())):
            text.taken = None
            rows = _value_rows(text, first)
            yield from held_back(rows, lambda held: _no_rows(str(held[0].error)))
            return
    except _Broken as broken:
        reason = str(broken) if piece.removeprefix(BOM).strip()[:1] in (b"[", b"{") else ""
    rows = _rows_by_line(text.taken or [], pieces, max_bytes, above)
    del text  # and what it has read
    yield from held_back(rows, lambda held: _no_rows(reason or str(held[0].error)))


def _rows_by_line(
    taken: list[bytes], pieces: Iterator[bytes], max_bytes: int, above: int
) -> Iterator[Row]:
    if not _is_object_a_line(taken):
        return _line_rows(chain(taken, pieces), max_bytes, above)
    taken[0] = taken[0].removeprefix(BOM).replace(b"[", b"", 1)
    lines = enumerate(_lines(chain(taken, pieces), max_bytes), above + 1)
    return _array_rows(lines, 0, max_bytes)


def _is_object_a_line(taken: Iterable[bytes]) -> bool:
    first_two = islice(filter(bytes.strip, taken), 2)
    return bool(_OBJECT_A_LINE.match(b"".join(first_two).removeprefix(BOM)))


def _no_rows(reason: str) -> NoRows:
    return NoRows(
        f"holds no row that can be read ({reason.removesuffix(f'; {WANTED}')}). Expected are "
        f"objects such as {EXAMPLE}: one a line, or all in one array"
    )


def _line_rows(pieces: Iterable[bytes], max_bytes: int, above: int = 0) -> Iterator[Row]:
    for number, line in enumerate(_lines(pieces, max_bytes), above + 1):
        if line.strip():
            yield _line_row(number, line.removeprefix(BOM), max_bytes)


def _lines(pieces: Iterable[bytes], max_bytes: int) -> Iterator[bytes]:
    """Whole lines; of one that is too long, little more than ``max_bytes``."""
    parts: list[bytes] = []
    size = 0
    for piece in pieces:
        if size <= max_bytes:
            parts.append(piece)
            size += len(piece)
        if piece.endswith(b"\n"):
            yield b"".join(parts)
            parts, size = [], 0
    if parts:
        yield b"".join(parts)


def _line_row(number: int, line: bytes, max_bytes: int) -> Row:
    if len(line) > max_bytes:
        reason = f"line {number} is longer than {max_bytes >> 20} MB, the most that is read"
        return Row(number, {}, f"{reason} ([input] max_megabytes)", line[:KEPT_BYTES])
    try:
        value = json.loads(line.decode("utf-8").rstrip())
    except UnicodeDecodeError as error:
        place = f"line {number}, byte {error.start + 1}"
        return Row(number, {}, f"not valid UTF-8 at {place}: save the file as UTF-8", line)
    except json.JSONDecodeError as error:
        place = f"line {number}, column {error.pos + 1}"
        reason = f"not valid JSON at {place} ({_plainly(error)})"
        return Row(number, {}, f"{reason}; {WANTED}", line)
    except (ValueError, RecursionError) as error:
        return Row(number, {}, f"line {number} is not read: {_beyond(error)}", line)
    if not isinstance(value, dict):
        reason = f"line {number} holds {_kind(value)}, a JSON object expected"
        return Row(number, {}, f"{reason}; {WANTED}", line)
    return row_of(number, value)


def _plainly(error: json.JSONDecodeError) -> str:
    """What is wrong where a text cannot be read."""
    if error.pos >= len(error.doc.rstrip()) or _is_open(error):
        return "the text ends before its last value does: is it cut off?"
    told = (plain for begin, plain in PLAINLY.items() if error.msg.startswith(begin))
    return next(told, error.msg)


def _beyond(error: Exception) -> str:
    """What is valid JSON, and more than is read."""
    if isinstance(error, RecursionError):
        return "JSON nested too deeply: write the text as a plain value"
    return "a number has too many digits: write it as a text, in quotation marks"


def _is_open(error: json.JSONDecodeError) -> bool:
    return error.msg.startswith("Unterminated string")


def _kind(value: object) -> str:
    """
    >>> _kind(["a"]), _kind("a"), _kind(None), _kind(True), _kind(1.5)
    ('an array', 'a text', 'null', 'true', 'a number')
    """
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, list):
        return "an array"
    return "a text" if isinstance(value, str) else "a number"


class _Broken(ValueError):
    """The text cannot be read any further; says why."""


class _Text:
    """One JSON text: the elements of an array, or values one after the other.

    No value takes up much more than ``max_size`` characters. ``taken`` holds all that was read of
    ``pieces``, until it is None. There are ``above`` lines above them.
    """

    def __init__(self, pieces: Iterator[bytes], max_size: int, above: int) -> None:
        self._pieces = pieces
        self.max_size = max_size
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._at = 0  # in the text: behind the value that was read last
        self._counted = 0  # in the text, not behind that: above this place
        self._above = above  # are so many lines
        self.line = 0  # where the value begins that was read last
        self._is_over_lines = False  # whether that value is
        self._in_array = False
        self._any = False  # values were read
        self.by_line = True  # each of them on a line of its own
        self.taken: list[bytes] | None = []

    def begin(self) -> None:
        """Step into the array, if it is one."""
        self._in_array = self._step("[")

    def value(self) -> Any:
        """The next value; `_END` behind the last one.

        Raises: _Broken.
        """
        if self._at_end():
            return _END
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
                if end < len(self._text) or not self._take():  # 12 of 123
                    break
            except json.JSONDecodeError as error:
                if self._ahead > self.max_size:
                    problem = f"its value is longer than {self.max_size >> 20} MB, or not closed"
                    raise self._broken(problem, self._at) from None
                if self._is_certain(error) or not self._take():
                    raise self._broken(_plainly(error), error.pos) from None
            except (ValueError, RecursionError) as error:
                raise self._broken(_beyond(error), self._at) from None
        self._count()
        line = self._line(self._at)
        self._is_over_lines = self._text.find("\n", self._at, end) >= 0
        self.by_line = self.by_line and not self._is_over_lines and line > self.line
        self.line, self._at, self._any = line, end, True
        return value

    def is_spread(self) -> bool:
        """Whether the value that was just read is no row of JSON Lines: one of an array, or over
        lines, or before a comma."""
        return self._in_array or self._is_over_lines or self._next() == ","

    def rest(self) -> Iterator[tuple[int, bytes]]:
        """The lines that were not read, with their numbers."""
        unread = self._text[self._at :].encode() + self._decoder.getstate()[0]
        pieces = chain(io.BytesIO(unread), self._pieces)
        return enumerate(_lines(pieces, self.max_size), self._line(self._at))

    def _at_end(self) -> bool:
        """Whether no other value follows; steps to it.

        Raises: _Broken.
        """
        parted = not self._any or self._step(",")
        if self._in_array:
            if self._step("]"):
                if self._next():
                    raise self._broken("more follows behind the array", self._at)
                return True
            if not self._next():
                raise self._broken("the array ends without its bracket", self._at)
            if not parted:
                raise self._broken("a comma is missing there", self._at)
        return not self._next()

    def _is_certain(self, error: json.JSONDecodeError) -> bool:
        """Whether more of the text would not help."""
        return not _is_open(error) and error.pos < len(self._text) - LONGEST_WORD

    @property
    def _ahead(self) -> int:
        return len(self._text) - self._at

    def _broken(self, problem: str, at: int) -> _Broken:
        return _Broken(f"not valid JSON at line {self._line(at)}: {problem}")

    def _line(self, at: int) -> int:
        return 1 + self._above + self._text.count("\n", self._counted, at)

    def _count(self) -> None:
        """Count the lines above, once for every line."""
        self._above += self._text.count("\n", self._counted, self._at)
        self._counted = self._at

    def _next(self) -> str:
        """The next character that is no white space, to which it steps; "" at the end."""
        while True:
            blank = _BLANK.match(self._text, self._at)
            self._at = blank.end() if blank else self._at
            if self._at < len(self._text) or not self._take():
                return self._text[self._at : self._at + 1]

    def _step(self, sign: str) -> bool:
        found = self._next() == sign
        self._at += found
        return found

    def _take(self) -> bool:
        """Take in as much again as lies ahead; False at the end."""
        size = max(PIECE_BYTES, self._ahead)
        taken: list[bytes] = []
        while size > 0 and (piece := next(self._pieces, b"")):
            taken.append(piece)
            size -= len(piece)
        if self.taken is not None:
            self.taken += taken
        undecoded = self._decoder.getstate()[0] + b"".join(taken)
        try:
            more = self._decoder.decode(b"".join(taken), final=not taken)
        except UnicodeDecodeError:
            self._pieces = chain(io.BytesIO(undecoded), self._pieces)
            self._decoder.reset()
            reason = f"line {self._line(len(self._text))} or one below is not valid UTF-8"
            raise _Broken(f"{reason}: save the file as UTF-8") from None
        if taken:
            self._count()
            self._text, self._counted, self._at = self._text[self._at :] + more, 0, 0
        return bool(taken)


def _value_rows(text: _Text, value: Any) -> Iterator[Row]:
    """The rows of a text of which ``value`` is the first one."""
    number = 0
    try:
        while value is not _END:
            number += 1
            yield _value_row(number, text.line, value)
            value = text.value()
    except _Broken as broken:
        read = number
        for row in _array_rows(text.rest(), number, text.max_size) if text.by_line else ():
            number = row.number
            yield row
        if number == read:
            advice = "nothing below is read. With one whole object a line, a fault costs one line"
            yield Row(number + 1, {}, f"{broken}; {advice}")


def _array_rows(lines: Iterable[tuple[int, bytes]], number: int, max_bytes: int) -> Iterator[Row]:
    """The rows, behind ``number`` others, of an array with an object a line."""
    for place, line in lines:
        bare = line.strip().removesuffix(b"]").rstrip().removesuffix(b",")
        if bare:
            number += 1
            yield replace(_line_row(place, bare, max_bytes), number=number)


def _value_row(number: int, line: int, value: Any) -> Row:
    if isinstance(value, dict):
        return row_of(number, value)
    reason = f"line {line} holds {_kind(value)}, a JSON object expected, such as {EXAMPLE}"
    return Row(number, {}, reason, json.dumps(value).encode()[:KEPT_BYTES])
