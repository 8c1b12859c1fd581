"""Worker processes on this machine, supervised.

The supervisor knows which document each worker holds, and at which stage. A worker that dies, hangs
or grows beyond its limits is replaced; its document is tried once more by another worker and, if
that one dies too, put into quarantine. No other document is touched.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Iterator, Mapping
from typing import IO, Any, cast

import psutil

from pipeline.backends.child import python_module
from pipeline.config import Config
from pipeline.core import codec
from pipeline.core.layers import Source
from pipeline.errors import PipelineError
from pipeline.languages import LANGUAGES
from pipeline.run.document import Outcome, quarantine
from pipeline.run.frames import head_of, receive, send
from pipeline.run.plan import Options
from pipeline.stages.translate import TranslateStage
from pipeline.store.files import Store

logger = logging.getLogger(__name__)

ATTEMPTS = 2
CHECK_SECONDS = 0.25
# How long a worker may take until it answers for the first time.
START_SECONDS = 120.0
# Models load during a worker's first document; this much is allowed on top of its limit.
LOADING_SECONDS = 60.0
# The time limit holds for every started megabyte of a document: long ones take longer.
BYTES_PER_LIMIT = 1 << 20
# What a worker gets done in the time in which another one loads its models: 30 articles of 2 kB,
# some 2.5 seconds. With less to do than that, another worker would only cost.
BYTES_PER_START = 1 << 16
# An empty document takes time and memory, too.
LEAST_BYTES = 1 << 9
# A worker that holds more than this share of its memory limit after a document is replaced, so
# that what earlier documents left behind is never blamed on a later one.
RETIRED_SHARE = 0.4
# A process that closed its pipes by itself is about to end, and its exit code worth knowing.
DYING_SECONDS = 5.0
LAST_WORDS = 2000
# Workers are the parallelism: libraries that start a thread per processor would only disturb.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


class WorkersFailed(PipelineError):
    """The run cannot go on: the disk, the models or the workers themselves fail."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class _Worker:
    """One child process and the document it holds."""

    def __init__(self, arguments: list[str], lock: int | None, head: Mapping[str, object]) -> None:
        self._process = subprocess.Popen(
            python_module("pipeline.run.worker", *arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,  # what is read must be all there is, or select() misses a second message
            env={**os.environ, **ENVIRONMENT},
            pass_fds=() if lock is None else (lock,),
            process_group=0,  # Ctrl-C reaches the supervisor alone, which decides what it means
        )
        self._requests = cast(IO[bytes], self._process.stdin)
        self.replies = cast(IO[bytes], self._process.stdout)
        self.complaints = cast(IO[bytes], self._process.stderr)
        self.source: Source | None = None
        self.stage = "run"
        self.ready = False
        self._allowed = START_SECONDS
        self._extra = 0.0
        self._entered = 0.0
        self._words = b""
        self._fresh = True
        self._deadline = time.monotonic() + START_SECONDS
        self._memory = psutil.Process(self._process.pid)
        self._send(head, b"")

    @property
    def idle(self) -> bool:
        """Whether a document can be given."""
        return self.ready and self.source is None

    @property
    def allowed(self) -> float:
        """Seconds for its document, up to and with the stage it is at."""
        return self._allowed + self._extra

    @property
    def last_words(self) -> str:
        """The last line that the process wrote to its standard error."""
        lines = self._words.decode("utf-8", "replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def give(self, source: Source, seconds: float) -> None:
        """Hand over a document; the answer comes through ``replies``."""
        self.source, self.stage, self._extra = source, "run", 0.0
        self._allowed = seconds * (1 + len(source.content) // BYTES_PER_LIMIT)
        loading = LOADING_SECONDS if self._fresh else 0.0
        self._deadline = time.monotonic() + self._allowed + loading
        self._fresh = False
        self._send(head_of(source), source.content)

    def enter(self, stage: str, extra: float) -> None:
        """It begins with ``stage``, whose first ``extra`` seconds do not count."""
        now = time.monotonic()
        self._deadline += min(self._extra, now - self._entered)
        self.stage, self._extra, self._entered = stage, extra, now

    def listen(self) -> bool:
        """Take in what it wrote to standard error; False at the end."""
        words = os.read(self.complaints.fileno(), 1 << 16)
        self._words = (self._words + words)[-LAST_WORDS:]
        if words:
            text = words.decode("utf-8", "replace").rstrip()
            logger.debug("worker %d: %s", self._process.pid, text)
        return bool(words)

    def is_late(self) -> bool:
        """Whether it has been silent for too long."""
        late = time.monotonic() > self._deadline + self._extra
        return late and (self.source is not None or not self.ready)

    def megabytes(self) -> float:
        """Its memory now; 0 when it is gone."""
        try:
            return float(self._memory.memory_info().rss) / (1 << 20)
        except psutil.Error:
            return 0.0

    def stop(self, patience: float = 0.0) -> str:
        """End the process and its children, after ``patience`` seconds; returns how it ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        code = self._process.wait()
        while self.listen():
            pass
        for pipe in (self._requests, self.replies, self.complaints):
            pipe.close()
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"

    def _send(self, head: Mapping[str, object], content: bytes) -> None:
        # When it died, its reply stream ends, and the supervisor sees that.
        with contextlib.suppress(BrokenPipeError):
            send(self._requests, head, content)


class LocalPool:
    """Up to ``workers`` processes; results come in the order in which they are finished.

    ``lock`` is the descriptor of the output folder's lock, if this process holds it; the workers
    share it.
    """

    def __init__(
        self,
        config: Config,
        options: Options,
        store: Store,
        builder: str,
        workers: int,
        lock: int | None = None,
    ) -> None:
        self._limits = config.run
        self._extra = {TranslateStage.name: _translation_seconds(config)}
        self._head = {"config": codec.encode(config), "options": codec.encode(options)}
        self._arguments = [builder, str(store.folder.absolute())]
        self._store = store
        self._lock = lock
        self._size = workers
        # Translation takes what an engine takes; by then models have long been loaded.
        self._bytes_per_start = 0 if config.translate.enabled else BYTES_PER_START
        self._selector = selectors.DefaultSelector()
        self._workers: list[_Worker] = []
        self._waiting: deque[Source] = deque()
        self._attempts: dict[str, int] = {}
        self._next_check = 0.0

    def __enter__(self) -> LocalPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all workers at once."""
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
        """Whether enough documents wait for every worker, also for those not yet started."""
        return len(self._waiting) >= self._size and self._worthwhile >= self._size

    def submit(self, source: Source) -> None:
        """Queue a document."""
        self._waiting.append(source)
        self._fill()

    def outcomes(self, seconds: float) -> Iterator[Outcome]:
        """Outcomes that are there; waits at most ``seconds`` for one.

        Raises: WorkersFailed when the run cannot go on.
        """
        for key, _ in self._selector.select(min(seconds, CHECK_SECONDS)):
            worker, stream = cast("tuple[_Worker, IO[bytes]]", key.data)
            if worker not in self._workers:
                continue  # it was dropped a moment ago
            if stream is worker.complaints:
                if not worker.listen():
                    self._selector.unregister(stream)
            else:
                yield from self._answer(worker)
        if time.monotonic() >= self._next_check:
            yield from self._check_limits()
        self._fill()

    def _answer(self, worker: _Worker) -> Iterator[Outcome]:
        message = receive(worker.replies)
        head: dict[str, Any] = message[0] if message else {}
        if message is None:
            yield from self._lost(worker)
        elif "fatal" in head:
            raise WorkersFailed(head["fatal"], head["exit_code"])
        elif "stage" in head:
            worker.enter(head["stage"], self._extra.get(head["stage"], 0.0))
        elif "outcome" in head:
            worker.source = None
            outcome = codec.decode(Outcome, head["outcome"])
            self._attempts.pop(outcome.id, None)
            if worker.megabytes() > RETIRED_SHARE * self._limits.document_megabytes:
                self._drop(worker)
                worker.stop()
            yield outcome
        else:
            worker.ready = True

    def _check_limits(self) -> Iterator[Outcome]:
        self._next_check = time.monotonic() + CHECK_SECONDS
        limit = self._limits.document_megabytes
        for worker in list(self._workers):
            if worker.is_late():
                yield from self._over(worker, f"took longer than {worker.allowed:g} seconds")
            elif worker.source and worker.megabytes() > limit:
                yield from self._over(worker, f"needed more than {limit} MB of memory")

    def _over(self, worker: _Worker, excess: str) -> Iterator[Outcome]:
        """A worker beyond its limits is ended, and its document not tried again."""
        self._drop(worker)
        worker.stop()
        if worker.source is None:
            raise WorkersFailed(f"A worker did not start within {START_SECONDS:g} seconds.")
        self._attempts.pop(worker.source.id, None)
        yield quarantine(worker.source, worker.stage, excess, self._store)

    def _lost(self, worker: _Worker) -> Iterator[Outcome]:
        """A worker that died: its document goes to another one, or into quarantine."""
        self._drop(worker)
        ending = worker.stop(patience=DYING_SECONDS)
        source = worker.source
        if source is None:
            if not worker.ready:
                raise WorkersFailed(f"A worker could not start ({ending}). {worker.last_words}")
            return
        attempts = self._attempts.get(source.id, 0) + 1
        self._attempts[source.id] = attempts
        if attempts < ATTEMPTS:
            self._waiting.appendleft(source)
            return
        del self._attempts[source.id]
        yield quarantine(source, worker.stage, f"the worker died ({ending})", self._store)

    def _fill(self) -> None:
        for worker in self._workers:
            if self._waiting and worker.idle:
                worker.give(self._waiting.popleft(), self._limits.document_seconds)
        starting = sum(not worker.ready for worker in self._workers)
        room = self._worthwhile - len(self._workers)
        for _ in range(min(room, len(self._waiting) - starting)):
            self._start()

    @property
    def _worthwhile(self) -> int:
        """How many workers the documents that wait or are being worked on keep busy."""
        if not self._bytes_per_start or len(self._workers) == self._size:
            return self._size
        held = (worker.source for worker in self._workers if worker.source)
        pending = sum(max(len(source.content), LEAST_BYTES) for source in (*self._waiting, *held))
        return min(self._size, 1 + pending // self._bytes_per_start)

    def _start(self) -> None:
        worker = _Worker(self._arguments, self._lock, self._head)
        self._workers.append(worker)
        for stream in (worker.replies, worker.complaints):
            self._selector.register(stream, selectors.EVENT_READ, (worker, stream))

    def _drop(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        for stream in (worker.replies, worker.complaints):
            with contextlib.suppress(KeyError):  # ended before
                self._selector.unregister(stream)


def _translation_seconds(config: Config) -> float:
    """What translation may take on top of a document's limit, once from each language.

    No other stage may use it up: where translation has no bound, a hang elsewhere still ends.
    """
    if not config.translate.enabled:
        return 0.0
    return len(LANGUAGES) * (config.translate.document_seconds or float("inf"))
