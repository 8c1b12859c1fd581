"""Translation memory: good answers kept in SQLite, never asked for twice.

The key holds engine, model and settings (the engine's identity), the direction, and the source with
white space folded. Safe for several processes (WAL, short transactions). Only answers that passed
the checks are stored. The units of a seed file lie in it under the file's own name, so that they
count as long as the settings name that file.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.errors import ResourceError

_BATCH = 500  # SQLite's smallest limit on parameters is 999
_BUSY_SECONDS = 120  # another process may be taking in a large seed file
_SCHEMA = """
CREATE TABLE IF NOT EXISTS translations (
    engine TEXT NOT NULL, direction TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL,
    PRIMARY KEY (engine, direction, source)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seeds (name TEXT PRIMARY KEY) WITHOUT ROWID;
"""

Row = tuple[str, str, str, str]
"""Engine, direction, source, target."""


class Memory:
    """The memory in one file, or in this process alone; use it from one thread."""

    def __init__(self, path: Path | None = None) -> None:
        """Raises: ResourceError when the file cannot be used."""
        try:
            if path:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(
                path or ":memory:", timeout=_BUSY_SECONDS, isolation_level=None
            )
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._database.executescript(_SCHEMA)
        except (OSError, sqlite3.DatabaseError) as error:
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
        with self._transaction():
            self._insert(
                "REPLACE", ((engine, direction, source, target) for source, target in pairs.items())
            )

    def seed(self, name: str, rows: Iterable[Row]) -> None:
        """Take in the rows of a seed file, unless they are there already; of two translations of
        one text the first counts. ``name`` must change with the file's content."""
        if not self._has_seed(name):
            with self._transaction():
                if not self._has_seed(name):  # another process may have been first
                    self._insert("IGNORE", rows)
                    self._database.execute("INSERT INTO seeds VALUES (?)", (name,))

    def _has_seed(self, name: str) -> bool:
        found = self._database.execute("SELECT 1 FROM seeds WHERE name = ?", (name,))
        return found.fetchone() is not None

    def _insert(self, conflict: str, rows: Iterable[Row]) -> None:
        self._database.executemany(
            f"INSERT OR {conflict} INTO translations VALUES (?, ?, ?, ?)",
            ((engine, way, _folded(source), target) for engine, way, source, target in rows),
        )

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")


def _folded(source: str) -> str:
    return " ".join(source.split())
