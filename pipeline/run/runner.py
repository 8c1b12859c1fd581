"""A whole run: find inputs, keep or make every record, link them, account for everything."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipeline.config import Config
from pipeline.corpus.finish import CorpusCounts, finish_corpus
from pipeline.errors import PipelineError
from pipeline.inputs.discover import Rejected, discover
from pipeline.run.document import Outcome, is_kept
from pipeline.run.local import LocalPool
from pipeline.run.plan import Options, Plan, settings_sha256
from pipeline.run.worker import build_plan, open_store
from pipeline.stages.order import package_version
from pipeline.store.files import Store, dump
from pipeline.store.lock import locked
from pipeline.store.manifest import Counts, Manifest, Problem

Progress = Callable[[Outcome], None]


@dataclass(frozen=True, slots=True)
class Request:
    """What a caller wants run: inputs, output folder, and how."""

    paths: Sequence[str]
    folder: Path
    options: Options = field(default_factory=Options)
    workers: int = 1
    strict: bool = False
    engine: str = "local"
    scheduler: str | None = None


class StoppedAtFailure(PipelineError):
    """A document failed, and the caller asked to stop at the first one."""


def run(config: Config, request: Request, progress: Progress = lambda outcome: None) -> Manifest:
    """Process every input and return the manifest, which is also written to ``run.json``.

    Raises: UsageError for a folder in use, ResourceError for missing models, WorkersFailed when
    the disk fails. What was finished stays, and the next run goes on from there.
    """
    began, started = time.monotonic(), datetime.now(UTC)
    tally = _Tally()
    store = open_store(request.folder)
    plan = build_plan(config, request.options)
    corpus = CorpusCounts()
    status = "interrupted"
    with locked(request.folder):
        store.sweep()
        try:
            for outcome in _outcomes(config, request, plan, store):
                tally.add(outcome)
                progress(outcome)
                if request.strict and outcome.status == "failed":
                    status = "stopped at the first failure"
                    raise StoppedAtFailure(f"{outcome.path}: {outcome.reason}")
            if plan.complete:
                corpus = finish_corpus(config, store, unchanged=tally.unchanged)
            status = "complete"
        finally:
            manifest = Manifest(
                pipeline=package_version(),
                status=status,
                inputs=tuple(request.paths),
                counts=tally.counts(corpus),
                problems=tally.problems,
                stages={stage.name: stage.version for stage in plan.stages},
                models={k: v for stage in plan.stages for k, v in stage.resources.items()},
                settings=asdict(config),
                settings_sha256=settings_sha256(config),
                started=started.isoformat(timespec="seconds"),
                seconds=time.monotonic() - began,
                stage_seconds=tally.stage_seconds,
                workers=request.workers,
            )
            store.write(request.folder / "run.json", dump(manifest), durable=True)
    return manifest


def _outcomes(config: Config, request: Request, plan: Plan, store: Store) -> Iterator[Outcome]:
    seen: dict[str, str] = {}
    with ExitStack() as stack:
        pool = stack.enter_context(LocalPool(config, request.options, store, request.workers))
        for item in discover(request.paths, config.input):
            if isinstance(item, Rejected):
                yield Outcome(
                    "", item.path, "skipped" if item.skipped else "failed", "inputs", item.reason
                )
                continue
            if item.id in seen:
                yield Outcome(
                    item.id, item.path, "skipped", "inputs", f"same document as {seen[item.id]}"
                )
                continue
            seen[item.id] = item.path
            kept = is_kept(item, plan, store)
            if kept:
                yield kept
                continue
            pool.submit(item)
            while pool.full:
                yield from pool.outcomes()
        while pool.busy:
            yield from pool.outcomes()


class _Tally:
    """Counts outcomes as they come."""

    def __init__(self) -> None:
        self._statuses: Counter[str] = Counter()
        self._languages: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._problems: list[Problem] = []
        self._seconds: Counter[str] = Counter()

    def add(self, outcome: Outcome) -> None:
        self._statuses[outcome.status] += 1
        if outcome.status in ("skipped", "failed"):
            problem = Problem(
                outcome.id, outcome.path, outcome.status, outcome.stage, outcome.reason or ""
            )
            self._problems.append(problem)
            return
        if outcome.language:
            self._languages[outcome.language] += 1
        self._counts.update(outcome.counts)
        self._seconds.update(outcome.seconds)

    @property
    def unchanged(self) -> bool:
        """Whether every record was there already."""
        return self._statuses["written"] == 0

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(sorted(self._problems, key=lambda problem: (problem.path, problem.id)))

    @property
    def stage_seconds(self) -> dict[str, float]:
        return dict(self._seconds)

    def counts(self, corpus: CorpusCounts) -> Counts:
        return Counts(
            read=self._statuses.total(),
            written=self._statuses["written"] + self._statuses["kept"],
            kept=self._statuses["kept"],
            skipped=self._statuses["skipped"],
            failed=self._statuses["failed"],
            languages=dict(sorted(self._languages.items())),
            segments=self._counts["segments"],
            entities=self._counts["entities"],
            claims=self._counts["claims"],
            pairs=corpus.pairs,
            links=corpus.links,
        )
