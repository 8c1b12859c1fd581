"""CSV tables that are safe to open in a spreadsheet.

A text cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV
injection); control characters other than line breaks and tabs are shown as spaces.
"""

from __future__ import annotations

import csv
import io
import re
from contextlib import ExitStack
from pathlib import Path

from pipeline.store.records import read_pairs, read_records
from pipeline.views.export.target import opened
from pipeline.views.tables import WRITTEN_TABLES, Cell, rows_of

_FORMULA = re.compile(r"\s*[=+\-@\t\r]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def export(folder: Path, target: Path) -> int:
    """Write one file per table: ``documents.csv``, ``segments.csv``, ..."""
    count = 0
    with ExitStack() as stack:
        writers = {}
        for name, table in WRITTEN_TABLES.items():
            stream = stack.enter_context(opened(target / f"{name}.csv"))
            file = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
            stack.callback(file.detach)
            writers[name] = csv.writer(file)
            writers[name].writerow(table.columns)
        for name, row in rows_of(read_records(folder), read_pairs(folder)):
            writers[name].writerow([safe_cell(cell) for cell in row])
            count += name == "documents"
    return count


def safe_cell(cell: Cell) -> Cell:
    """``cell`` as a spreadsheet may see it.

    >>> safe_cell("=HYPERLINK(A1)")
    "'=HYPERLINK(A1)"
    """
    if not isinstance(cell, str):
        return cell
    cell = _CONTROL.sub(" ", cell)
    return f"'{cell}" if _FORMULA.match(cell) else cell
