"""Paths and streams become sources: lazily, in a fixed order, each input accounted for.

Files are read one at a time when the consumer asks for the next source. A file that fails comes
out as a `Source` with its ``error``; what is not an input at all comes out as `Rejected`.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from pipeline.config import FieldSettings, InputSettings
from pipeline.core.layers import Source
from pipeline.errors import UsageError
from pipeline.inputs.bounded import READ_ERRORS, open_bounded, read_all
from pipeline.inputs.columns import columns_of, text_column
from pipeline.inputs.json_rows import NoRows, held_back, json_lines, json_rows
from pipeline.inputs.slug import document_id
from pipeline.inputs.tables import Row, csv_rows, parquet_rows
from pipeline.store.files import PRIVATE, WRITTEN

STANDARD_INPUT = "-"

DOCUMENT_TYPES = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
}
TABLES = (".jsonl", ".json", ".csv", ".parquet")
UNREAD = "application/octet-stream"
KNOWN_TYPES = f"{', '.join((*DOCUMENT_TYPES, *TABLES))}, and .gz of these"
# What to do with kinds of files that hold articles but are not read.
TO_TEXT, TO_TABLE, UNPACK = "save it as text or HTML", "save it as CSV", "unpack it"
ADVICE = {
    ".ndjson": "call it .jsonl",
    ".tsv": "call it .csv; tabs are understood",
    **dict.fromkeys((".pdf", ".doc", ".docx", ".odt", ".rtf", ".epub", ".eml"), TO_TEXT),
    **dict.fromkeys((".xls", ".xlsx", ".ods"), TO_TABLE),
    **dict.fromkeys((".zip", ".tar", ".tgz", ".7z", ".rar", ".bz2", ".xz", ".zst"), UNPACK),
}
NO_JSON_LINES = (
    "Standard input must be JSON Lines: on each line an object with a text, such as "
    """{"id": "a1", "text": "..."}. One plain text is made into such a line by """
    """jq -cRs '{text: .}'; files can also be named instead of "-"."""
)
# What a message tells of a table's columns.
MAX_NAMES = 20
MAX_NAME = 40


@dataclass(frozen=True, slots=True)
class Rejected:
    """A path that gives no document: left out on purpose (``skipped``), or failed."""

    path: str
    reason: str
    skipped: bool = True


# Hears, at the end of each table, which of its columns was taken for a field in some row.
Taken = Callable[[str, Mapping[str, str]], None]


def discover(
    paths: Iterable[str | Path],
    settings: InputSettings,
    stdin: IO[bytes] | None = None,
    taken: Taken = lambda table, columns: None,
) -> Iterator[Source | Rejected]:
    """The documents in ``paths``: files, folders (recursively, by name), ``-`` for JSON Lines.

    Hidden files are no inputs. The same document given twice is rejected the second time,
    and what is rejected by itself comes out once, also when a folder and a file in it are named.
    ``taken`` hears the columns of each table, by the field that they hold.

    Raises: UsageError, before anything is read, for a path that does not exist.
    """
    given = [str(path) for path in paths]
    for path in given:
        if path != STANDARD_INPUT and not os.path.lexists(path):
            raise UsageError(f"{path or repr(path)}: no such file or folder.{_hint(path)}")
    return _discover(given, _Settings(settings, taken), stdin)


def _hint(path: str) -> str:
    """What somebody may have meant who named a path that is none."""
    if "://" in path:
        return " Addresses are not fetched: save the page, and name its file."
    if any(sign in path for sign in "*?["):
        return " Nothing matches the pattern, or quotation marks keep the shell from filling it in."
    return ""


@dataclass(frozen=True, slots=True)
class _Settings:
    """What is read, and who hears of it."""

    input: InputSettings
    taken: Taken

    @property
    def max_bytes(self) -> int:
        return self.input.max_megabytes << 20


def _discover(
    given: list[str], settings: _Settings, stdin: IO[bytes] | None
) -> Iterator[Source | Rejected]:
    seen: set[str] = set()
    rejected: set[str] = set()
    for path in given:
        if path == STANDARD_INPUT:
            rows = json_lines(stdin or sys.stdin.buffer, settings.max_bytes)
            native = held_back(rows, _no_json_lines)
            yield from _table_sources(native, path, path, settings)
            continue
        for item in _walk(Path(path), settings):
            if isinstance(item, Rejected):
                place = os.path.abspath(item.path)  # noqa: PTH100
                if place in rejected:
                    continue
                rejected.add(place)
            elif item.id in seen:
                yield Rejected(item.path, "the same document was given before")
                continue
            else:
                seen.add(item.id)
            yield item


class _NoArticle(ValueError):
    """A file holds something else, which is nobody's fault."""


class _Foreign(ValueError):
    """What should be a table of articles is something else."""


def _no_json_lines(rows: list[Row]) -> UsageError | None:
    """What to say of standard input where no row can be read: plain text, or JSON that is spread
    over lines, is wrong use; rows that are merely damaged are not."""
    starts = (row.original.strip()[:2] for row in rows)
    damaged = any(not start or (start[:1] == b"{" and len(start) > 1) for start in starts)
    return None if damaged else UsageError(NO_JSON_LINES)


def _walk(root: Path, settings: _Settings) -> Iterator[Source | Rejected]:
    if not os.path.isdir(root):  # noqa: PTH112
        yield from _file(root, root.name, settings)
        return
    inside = root.resolve()
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            entries = sorted(folder.iterdir(), key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            yield Rejected(_shown(folder), f"cannot be listed: {error.strerror}", skipped=False)
            continue
        # A stack, last in first out: files of a folder come before its subfolders.
        hidden = WRITTEN if any(entry.name == PRIVATE for entry in entries) else frozenset()
        visible = [
            entry
            for entry in entries
            if not entry.name.startswith(".") and entry.name not in hidden
        ]
        folders += reversed([entry for entry in visible if _is_own_folder(entry)])
        for entry in visible:
            if not _is_own_folder(entry):
                yield from _entry(entry, root, inside, settings)


def _is_own_folder(path: Path) -> bool:
    # Unlike Path.is_dir this is False, and no error, where a folder may be listed but not entered.
    return os.path.isdir(path) and not os.path.islink(path)  # noqa: PTH112, PTH114


def _entry(
    path: Path, root: Path, inside: Path, settings: _Settings
) -> Iterator[Source | Rejected]:
    if os.path.islink(path):  # noqa: PTH114
        if os.path.isdir(path):  # noqa: PTH112
            yield Rejected(_shown(path), "a symbolic link to a folder: not followed")
            return
        if not os.path.exists(path):  # noqa: PTH110 - also for a loop, or a folder without rights
            yield Rejected(_shown(path), "a symbolic link that leads nowhere")
            return
        if not _resolves_inside(path, inside):
            yield Rejected(_shown(path), "a symbolic link that leads out of the input folder")
            return
    yield from _file(path, path.relative_to(root).as_posix(), settings)


def _resolves_inside(path: Path, inside: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(inside)
    except (OSError, RuntimeError):  # changed at this moment
        return False


def _file(path: Path, relative: str, settings: _Settings) -> Iterator[Source | Rejected]:
    kind = _kind(path)
    if kind not in DOCUMENT_TYPES and kind not in TABLES:
        if not os.path.exists(path):  # noqa: PTH110 - False, and no error, without rights
            yield Rejected(_shown(path), "cannot be reached; it may be a folder", skipped=False)
            return
        advice = ADVICE.get(kind, f"known: {KNOWN_TYPES}")
        yield Rejected(_shown(path), f"unknown kind of file {kind or path.name!r}; {advice}")
        return
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            yield Rejected(_shown(path), "not a regular file")
            return
        with open_bounded(path, settings.max_bytes) as stream:
            if kind in DOCUMENT_TYPES:
                content = read_all(stream, settings.max_bytes)
                yield _document(path, relative, DOCUMENT_TYPES[kind], content)
            else:
                rows = _rows(kind, stream, settings)
                row = None
                for row in _table_sources(rows, relative, _shown(path), settings):
                    yield row
                if row is None:
                    yield Rejected(_shown(path), "a table without rows")
    except _NoArticle as other:
        yield Rejected(_shown(path), str(other))
    except (_Foreign, NoRows) as foreign:
        yield _document(path, relative, UNREAD, b"", str(foreign))
    except READ_ERRORS as error:
        reason = getattr(error, "strerror", None) or str(error)
        media_type = DOCUMENT_TYPES.get(kind, UNREAD)
        yield _document(path, relative, media_type, b"", f"cannot be read: {reason}")


def _kind(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return os.path.splitext(name)[1]  # noqa: PTH122


def _stem(path: Path) -> str:
    name = path.name.removesuffix(".gz").removesuffix(".GZ")
    return Path(name).stem


def _document(
    path: Path, relative: str, media_type: str, content: bytes, error: str | None = None
) -> Source:
    identifier = document_id(_stem(path), relative, content)
    return Source(identifier, _shown(path), content, media_type, error=error)


def _rows(kind: str, stream: IO[bytes], settings: _Settings) -> Iterator[Row]:
    if kind == ".json":
        return _articles(json_rows(stream, settings.max_bytes), settings.input.fields)
    if kind == ".jsonl":
        return json_rows(stream, settings.max_bytes)
    if kind == ".csv":
        return _with_text(csv_rows(stream, settings.max_bytes), settings.input.fields)
    if hasattr(stream, "seekable") and not stream.seekable():
        import io

        stream = io.BytesIO(read_all(stream, settings.max_bytes))
    return _with_text(parquet_rows(stream), settings.input.fields)


def _articles(rows: Iterator[Row], fields: FieldSettings) -> Iterator[Row]:
    """The same rows.

    Raises: _NoArticle where the only one has no text: settings or a page's description, which stand
    beside articles.
    """
    held = list(islice(rows, 2))
    if len(held) == 1 and held[0].error is None:
        (only,) = held
        if text_column((*only.columns, *only.empty), fields) is None:
            raise _NoArticle(f"one JSON object that is no article: {_no_text(only)}")
    yield from held
    yield from rows


def _with_text(rows: Iterator[Row], fields: FieldSettings) -> Iterator[Row]:
    """The same rows, which all have the same columns.

    Raises: _Foreign when none of these is known to hold the text: once, not for every row.
    """
    first = next(rows, None)
    if first is None:
        return
    names = (*first.columns, *first.empty)
    if names and text_column(names, fields) is None:
        raise _Foreign(_no_text(first))
    yield first
    yield from rows


def _table_sources(
    rows: Iterator[Row], relative: str, shown: str, settings: _Settings
) -> Iterator[Source]:
    taken: dict[str, str] = {}
    for row in rows:
        columns = columns_of(row.columns, settings.input.fields)
        taken = columns | taken
        yield _row_source(row, columns, relative, f"{shown}#{row.number}", settings.input)
    settings.taken(shown, taken)


def _row_source(
    row: Row, found: Mapping[str, str], relative: str, shown: str, settings: InputSettings
) -> Source:
    text = row.columns[found["text"]] if "text" in found else None
    error, empty = row.error, None
    if error is None and text is None:
        column = text_column(row.empty, settings.fields)
        if column is None:
            error = _no_text(row)
        else:
            empty = f"no text in row {row.number}: its column {column!r} is empty"
    elif error is None and text is not None and found["text"] in row.structured:
        error = f"the column {found['text']!r} of row {row.number} holds no text but {text[:80]}"
    content = b"" if empty else row.original if text is None else _bytes(text)
    if error is None and len(content) > settings.max_megabytes << 20:
        error, content = f"text larger than {settings.max_megabytes} MB", b""
    metadata = _metadata(row, found)
    name = row.columns.get(found.get("id", "")) or f"{Path(relative).stem}-{row.number}"
    identifier = document_id(name, f"{relative}#{row.number}", content)
    return Source(identifier, shown, content, "text/plain", metadata, error, empty)


def _no_text(row: Row) -> str:
    """Why a row gives no article, and how its column of text could be named."""
    names = [name[:MAX_NAME] for name in (*sorted(row.columns), *sorted(row.empty))][:MAX_NAMES]
    if not names:
        return "the row has no values"
    longest = max(row.columns, key=lambda name: len(row.columns[name]), default="...")
    setting = f"text = {json.dumps(longest, ensure_ascii=False)}"
    return (
        f"no column is known to hold the text (columns: {', '.join(names)}); "
        f"if it is {longest!r}, write {setting} under [input.fields] in config.toml"
    )


def _metadata(row: Row, found: Mapping[str, str]) -> dict[str, str]:
    """The other columns; the known ones under their standard names, which win over namesakes."""
    metadata = {key: value for key, value in row.columns.items() if key not in found.values()}
    for standard, column in found.items():
        if standard != "text":
            metadata[standard] = row.columns[column]
    return {key: _printable(metadata[key]) for key in sorted(metadata)}


def _bytes(text: str) -> bytes:
    """UTF-8; bytes carried as surrogates become themselves, other lone surrogates stay visible."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _shown(path: Path) -> str:
    """The path as text; bytes of a name that are no UTF-8 become U+FFFD."""
    return os.fsencode(path).decode("utf-8", "replace")
