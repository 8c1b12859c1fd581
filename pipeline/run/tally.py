"""Keeps account of a run: every input that was read ends in exactly one way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import orjson

from pipeline.core import codec
from pipeline.corpus.ledger import CorpusCounts
from pipeline.errors import PipelineError
from pipeline.run.document import Outcome
from pipeline.store.files import PRIVATE, StoreError
from pipeline.store.manifest import Columns, Counts, Leftover, Problem, redacted

# So many problems stand in the manifest itself; memory is bounded however many there are.
LISTED_PROBLEMS = 10_000


class Unaccounted(PipelineError):
    """An input was read and nothing became of it: a defect of the runner, never passed over."""


class TakenColumns:
    """Notes which columns were taken from tables; called with a table's path and its columns by
    field, when it has been read."""

    def __init__(self) -> None:
        self._noted: dict[tuple[tuple[str, str], ...], tuple[str, int]] = {}

    def __call__(self, table: str, columns: Mapping[str, str]) -> None:
        if any(field != column for field, column in columns.items()):
            key = tuple(columns.items())
            first, tables = self._noted.get(key, (table, 0))
            self._noted[key] = first, tables + 1

    def noted(self) -> tuple[Columns, ...]:
        """What was taken, tables with the same columns together, in the order of reading; nothing
        of tables whose columns are called like the fields. An interrupted run asks while tables are
        still read."""
        return tuple(Columns(path, n, dict(key)) for key, (path, n) in tuple(self._noted.items()))


class Tally:
    """Counts outcomes as they come; problems go to a JSON Lines file in ``folder``.

    ``read`` counts what was read, ``found`` tells whether a document was among it, and ``unlisted``
    is the first folder that could not be listed.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / PRIVATE / "problems.jsonl"
        self._file = self._open()
        self._statuses: Counter[str] = Counter()
        self._languages: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._listed: list[Problem] = []
        self._left, self._pruned = 0, 0
        self.leftovers: tuple[Leftover, ...] = ()
        self.pruned: tuple[Leftover, ...] = ()
        self.read = 0
        self.found = False
        self.unlisted: Outcome | None = None

    def add(self, outcome: Outcome) -> None:
        """Count one outcome.

        Raises: StoreError when a problem cannot be written down.
        """
        self._statuses[outcome.status] += 1
        self.found = self.found or bool(outcome.id)
        if outcome.status == "failed" and not outcome.id:
            self.unlisted = self.unlisted or outcome
        for stage, seconds in outcome.seconds.items():
            self._seconds[stage] += seconds
        if outcome.status in ("skipped", "failed"):
            self._note(outcome)
            return
        if outcome.language:
            self._languages[outcome.language] += 1
        self._counts.update(outcome.counts)

    def leave(self, number: int, listed: tuple[Leftover, ...]) -> None:
        """Note how many documents of other inputs stay, and the first of them."""
        self._left, self.leftovers = number, listed

    def prune(self, number: int, listed: tuple[Leftover, ...]) -> None:
        """Note how many documents of other inputs were removed, and the first of them."""
        self._pruned, self.pruned = number, listed

    @property
    def unchanged(self) -> bool:
        """Whether every record was there already."""
        return self._statuses["written"] == 0

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The first `LISTED_PROBLEMS`, sorted by path."""
        return tuple(sorted(self._listed, key=lambda problem: (problem.path, problem.id)))

    @property
    def problems_file(self) -> str:
        """Where all of them are, when `problems` does not hold them all."""
        total = self._statuses["skipped"] + self._statuses["failed"]
        return str(Path(PRIVATE) / self._path.name) if total > len(self._listed) else ""

    @property
    def stage_seconds(self) -> dict[str, float]:
        """The time of every stage, over all documents and workers."""
        return dict(self._seconds)

    def counts(self, corpus: CorpusCounts) -> Counts:
        """The account so far."""
        return Counts(
            read=self.read,
            written=self._statuses["written"] + self._statuses["kept"],
            kept=self._statuses["kept"],
            skipped=self._statuses["skipped"],
            failed=self._statuses["failed"],
            unfinished=self.read - self._statuses.total(),
            languages=dict(sorted(self._languages.items())),
            segments=self._counts["segments"],
            translated=self._counts["translated"],
            untranslated=self._counts["untranslated"],
            entities=self._counts["entities"],
            claims=self._counts["claims"],
            pairs=corpus.pairs,
            links=corpus.links,
            leftovers=self._left,
            pruned=self._pruned,
        )

    def check(self) -> None:
        """Raises: Unaccounted unless every input that was read has its outcome."""
        missing = self.read - self._statuses.total()
        if missing:
            raise Unaccounted(f"{missing} of {self.read} inputs are unaccounted for.")

    def close(self) -> None:
        """Close the file of problems."""
        try:
            self._file.close()
        except OSError as error:
            raise StoreError(self._path, error) from error

    def _note(self, outcome: Outcome) -> None:
        reason = redacted(outcome.reason or "")
        problem = Problem(outcome.id, outcome.path, outcome.status, outcome.stage, reason)
        if len(self._listed) < LISTED_PROBLEMS:
            self._listed.append(problem)
        try:
            self._file.write(orjson.dumps(codec.encode(problem)) + b"\n")
        except OSError as error:
            raise StoreError(self._path, error) from error

    def _open(self) -> IO[bytes]:
        try:
            return self._path.open("wb")
        except OSError as error:
            raise StoreError(self._path, error) from error
