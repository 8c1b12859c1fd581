"""Names that tables know: the shipped table of entities, and the one that a run was given."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.languages.aliases import Alias, known_entities, parse_aliases
from pipeline.languages.rows import read_text

logger = logging.getLogger(__name__)


def known_aliases(folder: Path) -> Mapping[str, Alias]:
    """Entities by identifier, of the shipped table and of the one that the run in ``folder`` had.

    Where the latter can no longer be read, a warning says so.
    """
    known = {alias.id: alias for alias in known_entities().by_form.values()}
    file = _given(folder)
    if file:
        try:
            given = parse_aliases(read_text(Path(file), "alias file"), file)
        except UsageError as error:
            logger.warning("%s Its names count as unknown.", error)
        else:
            known |= {alias.id: alias for alias in given.by_form.values()}
    return known


def _given(folder: Path) -> str:
    """The alias file in the settings of the run, or ""."""
    try:
        settings = json.loads((folder / "run.json").read_bytes())["settings"]
        return str(settings["entities"]["aliases"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
