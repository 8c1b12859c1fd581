"""Worker processes on this machine, supervised.

The supervisor knows which document each worker holds. A worker that dies, hangs or grows beyond
its limits is replaced; its document is tried once more by a fresh worker and, if that one dies
too, put into quarantine. No other document is touched.
"""

from __future__ import annotations

import contextlib
import selectors
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, cast

import psutil

from pipeline.config import Config
from pipeline.core import codec
from pipeline.core.layers import Source
from pipeline.errors import PipelineError
from pipeline.run.document import Outcome, quarantine
from pipeline.run.frames import receive, send
from pipeline.run.plan import Options
from pipeline.store.files import Store

ATTEMPTS = 2
CHECK_SECONDS = 0.5
# Models load while a worker's first document waits; this much is allowed on top of its limit.
START_SECONDS = 120.0


class WorkersFailed(PipelineError):
    """The run cannot go on: the disk, the models or the workers themselves fail."""


class _Worker:
    """One child process and the document it holds."""

    def __init__(self, config: Config, options: Options, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.run.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,  # what is read must be all there is, or select() misses a second message
        )
        self.requests = cast(IO[bytes], self._process.stdin)
        self.replies = cast(IO[bytes], self._process.stdout)
        self.source: Source | None = None
        self.ready = False
        self._fresh = True
        self._deadline = time.monotonic() + START_SECONDS
        self._limits = config.run
        head = {
            "config": codec.encode(config),
            "options": codec.encode(options),
            "folder": str(folder.absolute()),
        }
        self._send(head, b"")

    def give(self, source: Source) -> None:
        """Hand over a document; the answer comes through ``replies``."""
        self.source = source
        slack = START_SECONDS if self._fresh else 0.0
        self._fresh = False
        self._deadline = time.monotonic() + self._limits.document_seconds + slack
        head = {
            "id": source.id,
            "path": source.path,
            "media_type": source.media_type,
            "metadata": dict(source.metadata),
            "error": source.error,
        }
        self._send(head, source.content)

    def excess(self) -> str | None:
        """Which limit this worker is beyond, if any."""
        if time.monotonic() > self._deadline:
            return f"took longer than {self._limits.document_seconds:g} seconds"
        try:
            used = psutil.Process(self._process.pid).memory_info().rss
        except psutil.Error:
            return None  # it died: the pipe will tell
        if used > self._limits.document_megabytes * 1024 * 1024:
            return f"needed more than {self._limits.document_megabytes} MB of memory"
        return None

    def stop(self) -> str:
        """End the process at once; returns how it ended."""
        self._process.kill()
        code = self._process.wait()
        self.requests.close()
        self.replies.close()
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def death(self) -> str:
        """How a process ended that closed its pipe by itself."""
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return self.stop()
        self.stop()
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def _send(self, head: Mapping[str, object], content: bytes) -> None:
        # When it died, its reply stream ends, and the supervisor sees that.
        with contextlib.suppress(BrokenPipeError):
            send(self.requests, head, content)


class LocalPool:
    """Up to ``workers`` processes; results come in the order in which they are finished."""

    def __init__(self, config: Config, options: Options, store: Store, workers: int) -> None:
        self._config = config
        self._options = options
        self._store = store
        self._size = workers
        self._selector = selectors.DefaultSelector()
        self._workers: list[_Worker] = []
        self._waiting: deque[Source] = deque()
        self._attempts: dict[str, int] = {}

    def __enter__(self) -> LocalPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in list(self._workers):
            self._drop(worker)
            worker.stop()
        self._selector.close()

    @property
    def busy(self) -> bool:
        """Whether a document is being worked on or waits to be."""
        return bool(self._waiting) or any(worker.source for worker in self._workers)

    @property
    def full(self) -> bool:
        """Whether every worker has a document and another one waits."""
        return len(self._waiting) >= self._size

    def submit(self, source: Source) -> None:
        """Queue a document."""
        self._waiting.append(source)
        self._fill()

    def outcomes(self) -> Iterator[Outcome]:
        """Outcomes that are there; waits for one when every worker is busy.

        Raises: WorkersFailed when the run cannot go on.
        """
        for key, _ in self._selector.select(CHECK_SECONDS):
            worker: _Worker = key.data
            message = receive(worker.replies)
            if message is None:
                yield from self._lost(worker, f"the worker died ({worker.death()})")
            elif "fatal" in message[0]:
                raise WorkersFailed(f"Cannot write: {message[0]['fatal']}")
            elif "outcome" in message[0]:
                worker.source = None
                outcome = codec.decode(Outcome, message[0]["outcome"])
                self._attempts.pop(outcome.id, None)
                yield outcome
            else:
                worker.ready = True
        for worker in list(self._workers):
            excess = worker.excess() if worker.source else None
            if excess:
                worker.stop()
                yield from self._lost(worker, excess, final=True)
        self._fill()

    def _lost(self, worker: _Worker, reason: str, *, final: bool = False) -> Iterator[Outcome]:
        self._drop(worker)
        source = worker.source
        if source is None:
            if not worker.ready:
                raise WorkersFailed(f"A worker could not start: {reason}.")
            return
        attempts = self._attempts.get(source.id, 0) + 1
        self._attempts[source.id] = attempts
        if attempts < ATTEMPTS and not final:
            self._waiting.appendleft(source)
            return
        del self._attempts[source.id]
        quarantine(source, "run", reason, self._store)
        yield Outcome(source.id, source.path, "failed", "run", reason)

    def _fill(self) -> None:
        idle = [worker for worker in self._workers if worker.source is None]
        while self._waiting and (idle or len(self._workers) < self._size):
            worker = idle.pop() if idle else self._start()
            worker.give(self._waiting.popleft())

    def _start(self) -> _Worker:
        worker = _Worker(self._config, self._options, self._store.folder)
        self._workers.append(worker)
        self._selector.register(worker.replies, selectors.EVENT_READ, worker)
        return worker

    def _drop(self, worker: _Worker) -> None:
        self._selector.unregister(worker.replies)
        self._workers.remove(worker)
