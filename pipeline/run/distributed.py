"""Documents on the machines of a Dask cluster.

Every Dask worker supervises processes of its own, one per thread, exactly as a run on one machine
does: a killer document ends one of those, never a member of the cluster, and time and memory limits
hold everywhere. A member that is lost altogether has its documents redone by Dask. Sources travel
as bytes and plain values; results are committed by rename to the output folder, which all machines
must see under the same path.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import orjson

from pipeline.config import Config
from pipeline.core import codec
from pipeline.core.layers import Source
from pipeline.errors import PipelineError, ResourceError, UsageError
from pipeline.run.document import Outcome, quarantine
from pipeline.run.frames import head_of, source_of
from pipeline.run.local import LEAST_BYTES, LocalPool, WorkersFailed
from pipeline.run.plan import Options, look_in, module_folders, open_store
from pipeline.store.files import Store

logger = logging.getLogger(__name__)

# A scheduler that is there answers at once; after a moment the user is told what is waited for.
REACH_SECONDS = 5.0
SILENT_SECONDS = 0.5
# One that was there may be busy.
CONNECT_SECONDS = 20
# A task costs the cluster some 8 ms, so short documents travel together: eight articles of 2 kB,
# half a second's work. More of them would keep one thread busy while others have nothing left.
BATCH_BYTES = 1 << 14
# Batches under way per thread of the cluster: one being worked on, one on its way there.
AHEAD = 2
CAPACITY_SECONDS = 2.0
CLOSE_SECONDS = 5.0
PATIENCE_SECONDS = 30.0
# What a finished task becomes when its result is gone.
LOST = ("lost", "pending")

# A run that was killed leaves its processes to the cluster; they end when they have long been idle
# and another run opens some.
IDLE_SECONDS = 600.0


@dataclass(slots=True)
class _Opened:
    """The processes that one thread of this cluster member supervises for one run."""

    pool: LocalPool
    used: float


# By thread and run: several runs may share a cluster.
_POOLS: dict[tuple[int, bytes], _Opened] = {}
_OPENING = threading.Lock()


def work(setup: bytes, batch: list[tuple[dict[str, Any], bytes]]) -> dict[str, Any]:
    """Process some documents in this cluster member; the outcomes as plain values."""
    try:
        pool = _pool(setup)
        for head, content in batch:
            pool.submit(source_of(head, content))
        outcomes: list[Outcome] = []
        while len(outcomes) < len(batch):
            outcomes += pool.outcomes(1.0)
        return {"outcomes": [codec.encode(outcome) for outcome in outcomes]}
    except PipelineError as error:
        return {"fatal": str(error), "exit_code": error.exit_code}


def close_pools(setup: bytes) -> None:
    """End the processes that this cluster member supervises for one run."""
    with _OPENING:
        _close(key for key in list(_POOLS) if key[1] == setup)


def _pool(setup: bytes) -> LocalPool:
    """The pool of this thread for one run."""
    key, now = (threading.get_ident(), setup), time.monotonic()
    with _OPENING:
        if key not in _POOLS:
            _close(old for old, opened in list(_POOLS.items()) if now > opened.used + IDLE_SECONDS)
            _POOLS[key] = _Opened(_open(setup), now)
        _POOLS[key].used = now
        return _POOLS[key].pool


def _open(setup: bytes) -> LocalPool:
    plain = orjson.loads(setup)
    look_in(plain["module_folders"])
    config = codec.decode(Config, plain["config"])
    options = codec.decode(Options, plain["options"])
    store = open_store(Path(plain["folder"]))
    return LocalPool(config, options, store, plain["builder"], workers=1)


def _close(keys: Iterable[tuple[int, bytes]]) -> None:
    for key in keys:
        _POOLS.pop(key).pool.close()


class DaskPool:
    """The workers behind a Dask scheduler; results come in the order in which they are finished.

    Raises: UsageError when no scheduler answers at ``address``, ResourceError when the library is
    not installed.
    """

    def __init__(
        self,
        config: Config,
        options: Options,
        store: Store,
        builder: str,
        address: str | None,
        say: Callable[[str], None],
    ) -> None:
        try:
            import distributed
        except ImportError:
            raise ResourceError(
                "The dask engine needs the package distributed: pip install 'duevoci[dask]'."
            ) from None
        if not address:
            raise UsageError("The dask engine needs --scheduler ADDRESS, e.g. tcp://host:8786.")
        self._library: Any = distributed
        if not logger.isEnabledFor(logging.DEBUG):
            # It logs every broken connection with a traceback; what that means is told here.
            for name in list(logging.root.manager.loggerDict):
                if name.partition(".")[0] == "distributed":
                    logging.getLogger(name).setLevel(logging.CRITICAL)
        _reach(address, say)
        try:
            self._client: Any = self._library.Client(
                address, timeout=CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, ValueError) as error:
            raise _no_scheduler(address, error) from None
        self._address = address
        self._store = store
        self._say = say
        self._setup = orjson.dumps(
            {
                "config": codec.encode(config),
                "options": codec.encode(options),
                "builder": builder,
                "module_folders": module_folders(config),
                "folder": os.fspath(store.folder.absolute()),
            }
        )
        self._gathered: list[Source] = []
        self._sent: dict[Any, list[Source]] = {}
        self._suspects: deque[Source] = deque()
        self._suspected: Any = None
        self._done: SimpleQueue[Any] = SimpleQueue()
        self._capacity = 0
        self._asked = 0.0
        self._empty_since = time.monotonic()
        self._lost = False
        say(f"Dask dashboard: {self._client.dashboard_link}")

    def __enter__(self) -> DaskPool:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):  # a scheduler that goes at this moment
            if not self._lost:
                self._client.cancel(list(self._sent), force=True)
                _within(CLOSE_SECONDS, lambda: self._client.run(close_pools, self._setup))
            self._client.close(timeout=CLOSE_SECONDS)

    @property
    def busy(self) -> bool:
        """Whether a document is under way, or gathered for the way."""
        return bool(self._sent or self._gathered or self._suspects)

    @property
    def full(self) -> bool:
        """Whether the cluster has all it can take for now.

        Raises: WorkersFailed when the scheduler is gone.
        """
        return len(self._sent) >= AHEAD * max(self._threads(), 1)

    def submit(self, source: Source) -> None:
        """Send a document to the cluster, together with others."""
        self._gathered.append(source)
        if sum(max(len(each.content), LEAST_BYTES) for each in self._gathered) >= BATCH_BYTES:
            self._send_gathered()

    def outcomes(self, seconds: float) -> Iterator[Outcome]:
        """Outcomes that are there; waits at most ``seconds`` for some.

        Raises: WorkersFailed when the run cannot go on.
        """
        if self._gathered and len(self._sent) < max(self._threads(), 1):
            self._send_gathered()  # somebody has nothing to do
        if self._suspects and self._suspected not in self._sent:
            self._suspected = self._send([self._suspects.popleft()])
        with contextlib.suppress(Empty):
            future = self._done.get(timeout=seconds) if seconds > 0 else self._done.get_nowait()
            yield from self._outcomes(future, self._sent.pop(future))

    def _send_gathered(self) -> None:
        batch, self._gathered = self._gathered, []
        self._send(batch)

    def _send(self, batch: list[Source]) -> Any:
        plain = [(head_of(source), source.content) for source in batch]
        future = self._client.submit(work, self._setup, plain, pure=False)
        self._sent[future] = batch
        future.add_done_callback(self._done.put)
        return future

    def _outcomes(self, future: Any, batch: list[Source]) -> Iterator[Outcome]:
        if future.status == "cancelled":  # as all are when the connection breaks off
            raise self._gone()
        try:
            answer = self._answer(future)
        except self._library.KilledWorker:
            yield from self._killed(batch, alone=future is self._suspected)
            return
        if answer is None:
            again = self._send(batch)
            self._suspected = again if future is self._suspected else self._suspected
            return
        if "fatal" in answer:
            raise WorkersFailed(answer["fatal"], answer["exit_code"])
        yield from (codec.decode(Outcome, outcome) for outcome in answer["outcomes"])

    def _answer(self, future: Any) -> Any:
        """What a task gave; None when that was lost with the member that held it."""
        if future.status in LOST:
            return None
        return self._asking(lambda: future.result(timeout=CONNECT_SECONDS), future)

    def _killed(self, batch: list[Source], *, alone: bool) -> Iterator[Outcome]:
        """Members died over some documents, and over what else they held: each of these is tried
        by itself, one at a time, so that nobody is blamed for a killer beside it."""
        if not alone:
            self._suspects.extend(batch)
            return
        reason = "cluster members died again and again while they worked on it"
        yield quarantine(batch[0], "run", reason, self._store)

    def _threads(self) -> int:
        """How many documents the cluster works on at once; asked now and then, since it grows."""
        now = time.monotonic()
        if now - self._asked > CAPACITY_SECONDS:
            self._asked = now
            found = self._asking(lambda: self._client.nthreads(callback_timeout=CONNECT_SECONDS))
            self._capacity = sum(found.values())
            if self._capacity:
                self._empty_since = now
            elif now - self._empty_since > PATIENCE_SECONDS:
                self._empty_since = now
                self._say("The Dask cluster has no workers at present; waiting for some.")
        return self._capacity

    def _asking(self, question: Callable[[], Any], future: Any = None) -> Any:
        """What the cluster answers; None when ``future``, whose result was asked for, has it no
        longer.

        Raises: WorkersFailed when it does not, or something fails that no document is to blame for.
        """
        try:
            return question()
        except self._library.KilledWorker:
            raise
        except TimeoutError:
            if future is not None and future.status in LOST:
                return None
            raise self._gone() from None
        except (OSError, CancelledError):  # closed connections are OSErrors
            raise self._gone() from None
        except Exception as error:
            raise WorkersFailed(
                f"The Dask cluster failed: {type(error).__name__}: {error}"
            ) from error

    def _gone(self) -> WorkersFailed:
        self._lost = True
        return WorkersFailed(
            f"The Dask scheduler at {self._address} does not answer any more. What is finished is "
            f"kept; the same command goes on from there."
        )


def _reach(address: str, say: Callable[[str], None]) -> None:
    """Make sure that a scheduler answers, before anything is made that would go on asking for it
    when the user has lost patience.

    Raises: UsageError when none does.
    """
    problems: SimpleQueue[Exception | None] = SimpleQueue()

    def ask() -> None:
        try:
            asyncio.run(_shake_hands(address))
            problems.put(None)
        except Exception as error:  # whatever else answers there may send anything
            problems.put(error)

    # In a thread: a signal ends the waiting at once, and a notebook has a loop of its own.
    threading.Thread(target=ask, daemon=True).start()
    try:
        problem = problems.get(timeout=SILENT_SECONDS)
    except Empty:
        say(f"Waiting up to {REACH_SECONDS:g} seconds for the Dask scheduler at {address} ...")
        problem = problems.get()
    if problem is not None:
        raise _no_scheduler(address, problem)


async def _shake_hands(address: str) -> None:
    import distributed

    library: Any = distributed
    arguments = library.Security().get_connection_args("client")
    asked = library.comm.connect(address, timeout=REACH_SECONDS, **arguments)
    # A little longer: the library's own error tells why, ours only that nothing came.
    comm = await asyncio.wait_for(asked, REACH_SECONDS + 1)
    comm.abort()


def _no_scheduler(address: str, error: Exception) -> UsageError:
    told = ""
    cause: BaseException | None = error
    while cause:  # the deepest cause that says anything
        told, cause = str(cause).partition("\n")[0] or told, cause.__cause__
    told = told or "nothing came back in time"
    return UsageError(
        f"No Dask scheduler answers at {address} ({told}). Check that it runs, that host and port "
        f"are those that it printed when it started, and that this machine may reach them."
    )


def _within(seconds: float, action: Callable[[], Any]) -> None:
    """Do something that may never end, and wait for it no longer than this."""

    def act() -> None:
        with contextlib.suppress(OSError):  # a scheduler that goes meanwhile
            action()

    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    thread.join(seconds)
