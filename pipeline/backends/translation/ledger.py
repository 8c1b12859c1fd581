"""What the workers of one run share about each service: characters sent, and when to ask next.

A small SQLite file in the output folder, written in short transactions. It goes when its run is
complete; the ledger of a run that was killed lies there still, so that the next one, which goes on
from there, goes on counting too.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from pipeline.errors import ResourceError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS services (
    name TEXT PRIMARY KEY, chars INTEGER NOT NULL DEFAULT 0,
    next_turn REAL NOT NULL DEFAULT 0, held_until REAL NOT NULL DEFAULT 0
)
"""
# A clock that was set back must not stop a run.
_LONGEST_QUEUE_SECONDS = 3600.0


class Ledger:
    """The ledger in one file, or in memory for this process alone; use it from one thread."""

    def __init__(self, path: str = ":memory:") -> None:
        """Raises: ResourceError when the file cannot be used."""
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        try:
            self._database = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._database.execute("PRAGMA synchronous=OFF")  # it counts for one run only
            self._database.execute(_SCHEMA)
        except sqlite3.DatabaseError as error:
            raise ResourceError(f"The file {path} cannot be used ({error}). Remove it.") from None

    def close(self) -> None:
        """Close the file; also usable with ``contextlib.closing``."""
        self._database.close()

    def spend(self, service: str, chars: int, budget: int) -> bool:
        """Count ``chars`` as sent to ``service``; False, and nothing is counted, when the sum would
        be more than ``budget`` (0: no bound)."""
        self._note(service)
        changed = self._database.execute(
            "UPDATE services SET chars = chars + :more WHERE name = :name"
            " AND (:budget = 0 OR chars + :more <= :budget)",
            {"more": chars, "name": service, "budget": budget},
        )
        return changed.rowcount == 1

    def turn(self, service: str, per_second: float, within: float) -> float | None:
        """Take the next turn at ``service``; returns the seconds until it comes, or None, and no
        turn is taken, when it does not come ``within`` so many."""
        self._note(service)
        now, step = time.time(), 1 / per_second
        row = self._database.execute(
            "UPDATE services SET next_turn = :step + CASE"
            " WHEN next_turn BETWEEN :now AND :now + :longest THEN next_turn ELSE :now END"
            " WHERE name = :name AND NOT next_turn BETWEEN :now + :within AND :now + :longest"
            " RETURNING next_turn",
            {
                "name": service,
                "step": step,
                "now": now,
                "within": within,
                "longest": _LONGEST_QUEUE_SECONDS,
            },
        ).fetchone()
        return max(0.0, float(row[0]) - step - now) if row else None

    def hold(self, service: str, seconds: float) -> None:
        """Nobody should ask ``service`` for so long."""
        self._note(service)
        self._database.execute(
            "UPDATE services SET held_until = max(held_until, ?) WHERE name = ?",
            (time.time() + seconds, service),
        )

    def held(self, service: str) -> float:
        """Seconds for which nobody should ask ``service``; 0 when it may be asked."""
        row = self._database.execute(
            "SELECT held_until FROM services WHERE name = ?", (service,)
        ).fetchone()
        return max(0.0, row[0] - time.time()) if row else 0.0

    def _note(self, service: str) -> None:
        self._database.execute("INSERT OR IGNORE INTO services (name) VALUES (?)", (service,))
