"""Which document stands at which place of the input: in a file, or in a row of a table.

When a place gets another content, everything that was made of the earlier one is removed; when the
new content fails, or its row cannot be reached, only the earlier *record* is: no record may tell of
what the input no longer says. What the stages had made is kept then, for the day it comes back. A
document that stands at another place of the same run (its folder was copied or moved) stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from pipeline.store.files import PRIVATE, SAFE_ID, Store
from pipeline.store.keys import sha256

_ROW = re.compile(r"(?P<table>.+)#(?P<row>[0-9]{1,18})", re.DOTALL)
# A table's mark is moved in such steps, and doubled, so that it is seldom written.
LEAST_MARK = 64


@dataclass(slots=True)
class _Table:
    """How far a table was read. No row beyond ``mark`` was ever put down, in this run or before."""

    mark: int
    last: int = 0
    failed: bool = False


class Places:
    """The places of one run, kept in the output folder.

    A place is an absolute path, for a row followed by ``#`` and its number.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._paths = store.folder / PRIVATE / "paths"
        self._marks = store.folder / PRIVATE / "tables"
        self._tables: dict[str, _Table] = {}
        self._expected: set[str] = set()
        # What stood at places whose present content failed, or could not be reached.
        self._shelved: set[str] = set()

    def expect(self, document: str) -> None:
        """``document`` was read in this run: it stays when another takes a place where it stood.

        Said when it is read, since it may be made while the other one is put down.
        """
        self._expected.add(document)

    def put(self, place: str, document: str, *, failed: bool = False) -> None:
        """Put ``document`` down at ``place``; ``failed`` when it failed and has no record."""
        row = _ROW.fullmatch(place)
        if row:
            self._reach(row["table"], int(row["row"]), failed=failed)
        elif self._mark(place):  # a table of which nothing can be read
            self._reach(place, 0, failed=failed)
        pointer = self._paths / _name(place)
        stood, had_failed = _standing(pointer)
        if failed and stood and (stood == document or stood not in self._expected):
            self._shelve(stood)
        now = (stood, document) if failed and document != stood else (document, "")
        if now == (stood, had_failed):
            return
        for earlier in {stood, had_failed}.difference(now, [""], self._expected):
            self._store.forget(earlier)
        self._store.write(pointer, "\n".join(now).rstrip().encode("ascii"))

    def pass_by(self, place: str) -> None:
        """Nothing stands at ``place``: if it was a table, it has no rows."""
        if self._mark(place):
            self._reach(place, 0, failed=False)

    def end(self) -> None:
        """Every input was read: rows beyond the end of their tables are no more."""
        for path, table in self._tables.items():
            for row in range(table.last + 1, table.mark + 1):
                self._remove(self._paths / _name(f"{path}#{row}"), shelved=table.failed)
            if not table.failed and table.mark != table.last:
                self._write_mark(path, table.last)

    def leftovers(self) -> list[str]:
        """The documents of the output folder that no input of this run gave, by id: their inputs
        are gone, or were given to other runs. Known when every input was read."""
        known = self._expected | self._shelved
        return [document for document in self._store.documents() if document not in known]

    def prune(self, documents: Collection[str]) -> None:
        """Remove everything of these documents, and forget where they stood."""
        for document in documents:
            self._store.forget(document)
        removed = {"", *documents}
        for pointer in self._paths.glob("*"):
            if removed.issuperset(_standing(pointer)):
                pointer.unlink(missing_ok=True)

    def _shelve(self, document: str) -> None:
        self._shelved.add(document)
        self._store.shelve(document)

    def _reach(self, path: str, row: int, *, failed: bool) -> None:
        """Take note of how far a table was read."""
        table = self._tables.get(path)
        if table is None:
            table = self._tables[path] = _Table(self._mark(path))
            if row:  # what is kept of a day when nothing of it could be read
                self._remove(self._paths / _name(path), shelved=False)
        if row >= table.last:
            table.last, table.failed = row, failed
        if row > table.mark:
            # Written before the row is: a killed run leaves no row beyond its mark.
            table.mark = max(2 * row, LEAST_MARK)
            self._write_mark(path, table.mark)

    def _remove(self, pointer: Path, *, shelved: bool) -> None:
        documents = [document for document in _standing(pointer) if document]
        for document in documents:
            if document not in self._expected:
                (self._shelve if shelved else self._store.forget)(document)
        if documents and not shelved:
            pointer.unlink(missing_ok=True)

    def _mark(self, path: str) -> int:
        try:
            return int((self._marks / _name(path)).read_bytes())
        except (OSError, ValueError):
            return 0

    def _write_mark(self, path: str, mark: int) -> None:
        self._store.write(self._marks / _name(path), str(mark).encode("ascii"))


def _name(place: str) -> str:
    return sha256(place.encode("utf-8", "replace"))[:40]


def _standing(pointer: Path) -> tuple[str, str]:
    """The document that stands there, and the one that failed after it; "" for none."""
    try:
        stood, _, failed = pointer.read_bytes().decode("ascii", "replace").partition("\n")
    except OSError:
        return "", ""
    return _checked(stood), _checked(failed)


def _checked(document: str) -> str:
    return document if SAFE_ID.fullmatch(document) else ""
