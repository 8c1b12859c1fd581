"""The records of a CSV file, of which a damaged one takes no other with it.

A quotation mark that opens a field and has no partner makes every reader of CSV go on to the next
mark, rows further down, or to the end of the file. Here such a record is told with the number of
its line, and reading goes on at the next line that is a whole row; which lines are lost between
them is told, too.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

# Lines may be put back so often in a file, measured in the size that one record may have; a file
# that asks for more is no table of articles.
MAX_REREAD = 16
DAMAGED = "line {} of the file is not valid CSV ({}): a quotation mark may lack its partner"
SURPLUS = "{} of the file {}: a text with {!r} in it needs quotation marks around it"
CELLS = "{} cells, but the header names {} columns"
ENDLESS = "too many quotation marks without a partner: nothing below line {} is read"


@dataclass(frozen=True, slots=True)
class Damaged:
    """Lines that are no record, and why."""

    error: str
    lines: tuple[str, ...] = ()


class CsvRecords:
    """Iterates over the records below a header of ``columns`` names: values, or `Damaged`. There
    are ``above`` lines above them.

    No record takes up more than ``max_size`` characters: an open field cannot pull a whole file
    into memory.
    """

    def __init__(
        self, lines: Iterable[str], delimiter: str, columns: int, max_size: int, above: int = 1
    ) -> None:
        self._lines = iter(lines)
        self._put_back: deque[str] = deque()
        self._delimiter = delimiter
        self._columns = columns
        self._max_size = max_size
        self._may_reread = MAX_REREAD * max_size
        self._line = above
        # The lines of the record that is being read, and their length.
        self._taken: list[str] = []
        self._size = 0
        self._reader = self._new_reader()

    def __iter__(self) -> Iterator[list[str] | Damaged]:
        while True:
            found = self._read()
            if not self._taken:
                return
            if isinstance(found, str):
                yield self._damaged(found)
            elif len(found) > self._columns and any(found):
                yield self._surplus(found)
            else:
                self._line += len(self._taken)
                yield found
            if self._may_reread < 0:
                yield Damaged(ENDLESS.format(self._line))
                return

    def _surplus(self, values: Sequence[str]) -> Damaged:
        """What has more cells than the header: one row, or several that a mark without a partner
        and the mark of another row made into one."""
        cells = CELLS.format(len(values), self._columns)
        if any(map(self._is_swallowed, values)):
            return self._damaged(cells)
        first = self._line + 1
        self._line += len(self._taken)
        lines = f"lines {first} to {self._line}" if self._line > first else f"line {first}"
        has = f"have {cells}" if self._line > first else f"has {cells}"
        return Damaged(SURPLUS.format(lines, has, self._delimiter), tuple(self._taken))

    def _is_swallowed(self, value: str) -> bool:
        """Whether a cell over lines was closed by the mark that opens one of another row, which
        stands behind a delimiter (*1,"Uno ... 3,",due"*). Where the other text does not begin with
        a delimiter or a line break, the record is no valid CSV anyway."""
        return "\n" in value and value.endswith(self._delimiter)

    def _damaged(self, reason: str) -> Damaged:
        """The damaged line, with the lines below it that are no rows by themselves."""
        first = self._line + 1
        damaged: list[str] = []
        while self._taken and self._may_reread >= 0:
            damaged.append(self._taken[0])
            self._line += 1
            self._return(self._taken[1:])
            found = self._read()
            if not isinstance(found, str) and self._is_row(found):
                break
        follows = bool(self._taken)
        self._return(self._taken)
        return Damaged(DAMAGED.format(first, reason) + self._lost(first, follows), tuple(damaged))

    def _lost(self, first: int, follows: bool) -> str:
        lost = f" Lines {first} to {self._line} are lost" if self._line > first else " It is lost"
        goes_on = f"reading goes on at line {self._line + 1}" if follows else "nothing follows"
        return f".{lost}; {goes_on}"

    def _is_row(self, values: Sequence[str]) -> bool:
        """Whether a line is a row and no line of an article: prose has blanks behind its commas."""
        return len(values) == self._columns and not any(value[:1] == " " for value in values)

    def _read(self) -> list[str] | str:
        """The values of the next record, or what is wrong with it; takes no lines at the end."""
        self._taken.clear()
        self._size = 0
        try:
            return next(self._reader, [])
        except csv.Error as error:
            self._reader = self._new_reader()
            values = self._lenient(self._taken[0]) if len(self._taken) == 1 else []
            return values or str(error)

    def _lenient(self, line: str) -> list[str]:
        """The values of a row with marks that are not doubled (*7,"He said "no" twice"*), when
        there are as many as the header has names and none stays open."""
        try:
            values = next(csv.reader([line.rstrip("\r\n") + "\n"], delimiter=self._delimiter), [])
        except csv.Error:
            return []
        closed = line.count('"') % 2 == 0
        whole = closed and len(values) == self._columns and not values[-1].endswith("\n")
        return values if whole else []

    def _new_reader(self) -> Iterator[list[str]]:
        return csv.reader(self._take(), delimiter=self._delimiter, strict=True)

    def _take(self) -> Iterator[str]:
        """Lines, noted for the record that they belong to."""
        while self._size <= self._max_size:
            line = self._put_back.popleft() if self._put_back else next(self._lines, "")
            if not line:
                return
            self._size += len(line)
            self._taken.append(line)
            yield line

    def _return(self, lines: Sequence[str]) -> None:
        """Put lines back, to be read again."""
        self._may_reread -= sum(map(len, lines))
        self._put_back.extendleft(reversed(lines))
        self._reader = self._new_reader()
