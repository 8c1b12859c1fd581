"""Translation memory: good answers kept in SQLite, never asked for twice.

The key holds engine, model and settings (the engine's identity), the direction, and the source with
white space folded. Safe for several processes (WAL, short transactions). Only answers that passed
the checks are stored.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pipeline.errors import ResourceError

SEED = "seed"
_BATCH = 500  # SQLite's smallest limit on parameters is 999
_SCHEMA = """
CREATE TABLE IF NOT EXISTS translations (
    engine TEXT NOT NULL, direction TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL,
    PRIMARY KEY (engine, direction, source)
) WITHOUT ROWID
"""


class Memory:
    """The memory in one file; use it from one thread."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._database = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._database.execute(_SCHEMA)
        except sqlite3.DatabaseError as error:
            raise ResourceError(
                f"The translation memory {path} cannot be used ({error}). Move it away, or name "
                f"another one in [translate] memory."
            ) from None

    def close(self) -> None:
        """Close the file; also usable with ``contextlib.closing``."""
        with contextlib.suppress(sqlite3.Error):
            self._database.close()

    def look_up(self, engine: str, direction: str, sources: Sequence[str]) -> dict[str, str]:
        """The known translations of ``sources`` (as given) by ``engine``."""
        wanted = {source: _folded(source) for source in sources}
        folded = sorted(set(wanted.values()))
        known: dict[str, str] = {}
        for start in range(0, len(folded), _BATCH):
            part = folded[start : start + _BATCH]
            marks = ",".join("?" * len(part))
            rows = self._database.execute(
                f"SELECT source, target FROM translations WHERE engine = ? AND direction = ?"
                f" AND source IN ({marks})",
                (engine, direction, *part),
            )
            known.update(rows)
        return {source: known[key] for source, key in wanted.items() if key in known}

    def store(self, engine: str, direction: str, pairs: Mapping[str, str]) -> None:
        """Keep translations that passed the checks."""
        self.store_all((engine, direction, source, target) for source, target in pairs.items())

    def store_all(self, rows: Iterable[tuple[str, str, str, str]]) -> None:
        """Keep (engine, direction, source, target) rows in one transaction."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            self._database.executemany(
                "INSERT OR REPLACE INTO translations VALUES (?, ?, ?, ?)",
                ((engine, way, _folded(source), target) for engine, way, source, target in rows),
            )
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")


def _folded(source: str) -> str:
    return " ".join(source.split())
