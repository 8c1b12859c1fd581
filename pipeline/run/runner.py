"""A whole run: find inputs, keep or make every record, link them, account for everything."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Protocol

from pipeline.config import Config, settings_of
from pipeline.core.layers import Source
from pipeline.corpus.ledger import CorpusCounts, standing
from pipeline.errors import PipelineError, UsageError
from pipeline.inputs.discover import STANDARD_INPUT, Rejected, discover
from pipeline.run.document import Outcome, Status, is_kept
from pipeline.run.local import LocalPool
from pipeline.run.plan import STANDARD, Options, Plan, configured_plan, open_store, settings_sha256
from pipeline.run.reader import ReadAhead
from pipeline.run.tally import TakenColumns, Tally
from pipeline.stages.order import package_version
from pipeline.store.files import PRIVATE, StoreError, dump
from pipeline.store.lock import locked
from pipeline.store.manifest import Leftover, Manifest, redacted
from pipeline.store.places import Places

Progress = Callable[[Outcome], None]
Item = Source | Rejected

# How long to wait for an outcome before looking for the next input again, and the other way round.
TURN_SECONDS = 0.05
WAIT_SECONDS = 1.0
# So many leftovers stand in the manifest, and no more of their receipts are read.
LISTED_LEFTOVERS = 1000


@dataclass(frozen=True, slots=True)
class Request:
    """What a caller wants run: inputs, output folder, and how.

    ``builder`` ("module:function") builds the plan in every process, instead of the one that the
    settings name: it brings stages of its own. ``prune`` removes what the folder holds of other
    inputs. ``scheduler`` is the address of a Dask scheduler,
    for the engine ``dask``.
    """

    paths: Sequence[str]
    folder: Path
    options: Options = field(default_factory=Options)
    workers: int = 1
    strict: bool = False
    prune: bool = False
    engine: str = "local"
    scheduler: str | None = None
    builder: str = ""


class Pool(Protocol):
    """Where documents are worked on: `LocalPool`, or a cluster."""

    @property
    def busy(self) -> bool:
        """Whether a document is being worked on or waits to be."""

    @property
    def full(self) -> bool:
        """Whether no further document should be submitted now."""

    def submit(self, source: Source) -> None:
        """Queue a document."""

    def outcomes(self, seconds: float) -> Iterator[Outcome]:
        """Outcomes that are there; waits at most ``seconds`` for one."""


class StoppedAtFailure(PipelineError):
    """A document failed, and the caller asked to stop at the first one."""


def run(
    config: Config,
    request: Request,
    progress: Progress = lambda outcome: None,
    say: Callable[[str], None] = lambda line: None,
) -> Manifest:
    """Process every input and return the manifest, which is also written to ``run.json``.

    ``progress`` hears of every outcome, ``say`` what a user should know meanwhile.

    Raises: UsageError for a missing input or a folder in use, ResourceError for missing models,
    WorkersFailed and StoreError when the run cannot go on. What was finished stays, and the next
    run goes on from there.
    """
    columns = TakenColumns()
    items = discover(request.paths, config.input, _standard_input(request.paths), columns)
    config = _with_memory(config, request.folder)
    plan = configured_plan(config, request.options, request.builder)
    request = replace(request, builder=request.builder or config.run.builder or STANDARD)
    if request.prune and not plan.complete:
        raise UsageError("Documents are pruned at the end of all stages: --prune without --until.")
    with locked(request.folder) as lock:
        return _Run(config, request, plan, lock, say, columns).run(items, progress)


def _with_memory(config: Config, folder: Path) -> Config:
    """The translation memory lies in the output folder, unless the settings name another file; what
    is sent is counted there in any case."""
    if not config.translate.enabled:
        return config
    private = folder.absolute() / PRIVATE
    memory = config.translate.memory or str(private / "translations.sqlite")
    return config.override(translate={"memory": memory, "ledger": str(private / "sent.sqlite")})


class _Run:
    """The state of one run that holds its output folder."""

    def __init__(
        self,
        config: Config,
        request: Request,
        plan: Plan,
        lock: int,
        say: Callable[[str], None],
        columns: TakenColumns,
    ) -> None:
        self._began, self._started = time.monotonic(), datetime.now(UTC)
        self._config = config
        self._request = request
        self._plan = plan
        self._lock = lock
        self._say = say
        self._columns = columns
        self._store = open_store(request.folder, plan)
        self._places = Places(self._store)
        self._tally = Tally(request.folder)
        self._corpus = CorpusCounts()

    def run(self, items: Iterator[Item], progress: Progress) -> Manifest:
        self._store.sweep()
        self._write_manifest("running")
        try:
            for outcome in self._outcomes(items):
                self._account(outcome)
                progress(outcome)
            self._tally.check()
            self._places.end()
            if self._plan.complete:
                self._look_at_leftovers()
                self._corpus = self._finish_corpus()
            self._tally.close()
            manifest = self._write_manifest("complete")
            self._end_budget()
            return manifest
        except BaseException as error:
            status = f"stopped: {error}" if isinstance(error, PipelineError) else "interrupted"
            with contextlib.suppress(StoreError):  # what stopped the run is the better message
                self._tally.close()
                self._write_manifest(status)
            raise

    def _look_at_leftovers(self) -> None:
        """Tell of documents that no input of this run gave, or remove them if asked to.

        Nothing is removed when inputs may be missing.
        """
        leftovers = self._places.leftovers()
        listed = tuple(self._leftover(document) for document in leftovers[:LISTED_LEFTOVERS])
        if not self._request.prune or not leftovers:
            self._tally.leave(len(leftovers), listed)
        elif reason := self._missing():
            self._say(f"Nothing was pruned, since inputs may be missing: {reason}.")
            self._tally.leave(len(leftovers), listed)
        else:
            self._places.prune(leftovers)
            self._tally.prune(len(leftovers), listed)

    def _missing(self) -> str:
        """Why inputs may be missing: in a folder that could not be listed, or on a disk that is not
        mounted; "" when all are there."""
        unlisted = self._tally.unlisted
        if unlisted:
            return f"{unlisted.path} {unlisted.reason}"
        folders = filter(os.path.isdir, self._request.paths)
        if empty := next((folder for folder in folders if not any(Path(folder).iterdir())), None):
            return f"{empty} is empty"
        return "" if self._tally.found else "no document was read"

    def _leftover(self, document: str) -> Leftover:
        receipt = self._store.receipt(document)
        return Leftover(document, receipt.path if receipt else "")

    def _finish_corpus(self) -> CorpusCounts:
        if self._tally.unchanged:
            counts = standing(self._config.corpus, self._store)
            if counts is not None:
                return counts
        from pipeline.corpus.finish import finish_corpus

        return finish_corpus(self._config, self._store, self._request.workers)

    def _end_budget(self) -> None:
        """The next run counts anew; one that goes on after an interruption goes on counting."""
        if self._config.translate.ledger:
            with contextlib.suppress(OSError):  # it only counts
                Path(self._config.translate.ledger).unlink(missing_ok=True)

    def _account(self, outcome: Outcome) -> None:
        self._tally.add(outcome)
        failed = outcome.status == "failed"
        if not outcome.path.startswith(f"{STANDARD_INPUT}#"):
            place = os.path.abspath(outcome.path)  # noqa: PTH100
            if outcome.id:
                self._places.put(place, outcome.id, failed=failed)
            else:
                self._places.pass_by(place)
        if failed and self._request.strict:
            raise StoppedAtFailure(f"{outcome.path}: {outcome.reason}")

    def _outcomes(self, items: Iterator[Item]) -> Iterator[Outcome]:
        reader = ReadAhead(items, self._request.workers)
        with self._pool() as pool:
            while not reader.exhausted or pool.busy:
                if pool.full or reader.exhausted:
                    yield from pool.outcomes(WAIT_SECONDS)
                    continue
                item = reader.get(0.0 if pool.busy else WAIT_SECONDS)
                if item is None:
                    yield from pool.outcomes(TURN_SECONDS if pool.busy else 0.0)
                    continue
                self._tally.read += 1
                if isinstance(item, Source):
                    self._places.expect(item.id)
                known = self._known(item)
                if known:
                    yield known
                elif isinstance(item, Source):
                    pool.submit(item)
                    yield from pool.outcomes(0.0)

    def _known(self, item: Item) -> Outcome | None:
        """The outcome of an input that needs no work."""
        if isinstance(item, Rejected):
            status: Status = "skipped" if item.skipped else "failed"
            return Outcome("", item.path, status, "inputs", item.reason)
        return is_kept(item, self._plan, self._store)

    def _pool(self) -> AbstractContextManager[Pool]:
        config, request = self._config, self._request
        if request.engine == "dask":
            from pipeline.run.distributed import DaskPool

            return DaskPool(
                config, request.options, self._store, request.builder, request.scheduler, self._say
            )
        return LocalPool(
            config, request.options, self._store, request.builder, request.workers, self._lock
        )

    def _write_manifest(self, status: str) -> Manifest:
        stages, config = self._plan.stages, self._config
        manifest = Manifest(
            pipeline=package_version(),
            status=redacted(status),
            inputs=tuple(
                os.fsencode(path).decode("utf-8", "replace") for path in self._request.paths
            ),
            counts=self._tally.counts(self._corpus),
            problems=self._tally.problems,
            stages={stage.name: stage.version for stage in stages},
            models={k: v for stage in stages for k, v in stage.resources.items()},
            settings=redacted(settings_of(config) | {"origin": config.origin}),
            settings_sha256=settings_sha256(config),
            started=self._started.isoformat(timespec="seconds"),
            seconds=time.monotonic() - self._began,
            stage_seconds=self._tally.stage_seconds,
            workers=self._request.workers,
            problems_file=self._tally.problems_file,
            columns=self._columns.noted(),
            leftovers=self._tally.leftovers,
            pruned=self._tally.pruned,
        )
        self._store.write(self._request.folder / "run.json", dump(manifest), durable=True)
        return manifest


def _standard_input(paths: Sequence[str]) -> IO[bytes] | None:
    """A stream of its own on standard input: a thread may still be reading it when Python ends."""
    return os.fdopen(os.dup(sys.stdin.fileno()), "rb") if STANDARD_INPUT in paths else None
