"""Finds a document in an output folder by what a person types."""

from __future__ import annotations

import difflib
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.store.files import SAFE_ID
from pipeline.store.records import document_ids
from pipeline.views.absent import why_refused

SHOWN = 8


def find_document(folder: Path, wanted: str) -> str:
    """The id that ``wanted`` names: an id, the beginning of one, or the source's file name.

    Raises: UsageError when nothing or more than one document fits; it names the nearest ones.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no output folder {folder}. Name one with --outputs.")
    identifiers = document_ids(folder)
    stem = Path(wanted).name.split(".")[0].lower().replace("_", "-").replace(" ", "-")
    if SAFE_ID.fullmatch(wanted) and wanted in identifiers:
        return wanted
    fitting = [name for name in identifiers if name.startswith(wanted)] or [
        name for name in identifiers if stem and name.lower().startswith(stem)
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        more = ", ..." if len(fitting) > SHOWN else ""
        names = ", ".join(fitting[:SHOWN]) + more
        raise UsageError(f"{wanted!r} fits {len(fitting)} documents: {names}")
    if reason := why_refused(folder, wanted):
        raise UsageError(reason)
    near = difflib.get_close_matches(wanted, identifiers, n=3, cutoff=0.3)
    hint = f" Did you mean {', '.join(near)}?" if near else ""
    raise UsageError(f"There is no document {wanted!r} in {folder}.{hint}")
