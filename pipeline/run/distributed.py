"""Documents on the machines of a Dask cluster.

Every Dask worker supervises processes of its own, one per thread, exactly as a run on one machine
does: a killer document ends one of those, never a member of the cluster, and time and memory limits
hold everywhere. A member that is lost altogether has its documents redone by Dask. Sources travel
as bytes and plain values; results are committed by rename to the output folder, which all machines
must see under the same path.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
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
from pipeline.run.local import LocalPool, WorkersFailed
from pipeline.run.plan import Options, open_store
from pipeline.store.files import Store

CONNECT_SECONDS = 20
# Documents under way per thread of the cluster: one being worked on, one on its way there.
AHEAD = 2
CAPACITY_SECONDS = 2.0
PATIENCE_SECONDS = 30.0

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


def work(setup: bytes, head: dict[str, Any], content: bytes) -> dict[str, Any]:
    """Process one document in this cluster member; the outcome as a plain value."""
    source = Source(
        head["id"], head["path"], content, head["media_type"], head["metadata"], head["error"]
    )
    try:
        pool = _pool(setup)
        pool.submit(source)
        while True:
            for outcome in pool.outcomes(1.0):
                return {"outcome": codec.encode(outcome)}
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
        try:
            self._client: Any = self._library.Client(
                address, timeout=CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, ValueError) as error:
            raise UsageError(f"No Dask scheduler answers at {address}: {error}") from None
        self._store = store
        self._say = say
        self._setup = orjson.dumps(
            {
                "config": codec.encode(config),
                "options": codec.encode(options),
                "builder": builder,
                "folder": os.fspath(store.folder.absolute()),
            }
        )
        self._sources: dict[Any, Source] = {}
        self._done: SimpleQueue[Any] = SimpleQueue()
        self._capacity = 0
        self._asked = 0.0
        self._empty_since = time.monotonic()
        say(f"Dask dashboard: {self._client.dashboard_link}")

    def __enter__(self) -> DaskPool:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):  # a scheduler that is gone has told of it before
            self._client.cancel(list(self._sources), force=True)
            self._client.run(close_pools, self._setup)
        self._client.close()

    @property
    def busy(self) -> bool:
        """Whether a document is under way."""
        return bool(self._sources)

    @property
    def full(self) -> bool:
        """Whether the cluster has all it can take for now."""
        return len(self._sources) >= AHEAD * max(self._threads(), 1)

    def submit(self, source: Source) -> None:
        """Send a document to the cluster."""
        head = {
            "id": source.id,
            "path": source.path,
            "media_type": source.media_type,
            "metadata": dict(source.metadata),
            "error": source.error,
        }
        future = self._client.submit(work, self._setup, head, source.content, pure=False)
        self._sources[future] = source
        future.add_done_callback(self._done.put)

    def outcomes(self, seconds: float) -> Iterator[Outcome]:
        """Outcomes that are there; waits at most ``seconds`` for one.

        Raises: WorkersFailed when the run cannot go on.
        """
        with contextlib.suppress(Empty):
            future = self._done.get(timeout=seconds) if seconds > 0 else self._done.get_nowait()
            yield self._outcome(future, self._sources.pop(future))

    def _outcome(self, future: Any, source: Source) -> Outcome:
        if future.status == "finished":
            answer = future.result()
            if "fatal" in answer:
                raise WorkersFailed(answer["fatal"], answer["exit_code"])
            return codec.decode(Outcome, answer["outcome"])
        if future.status != "error":
            raise WorkersFailed(f"The Dask scheduler gave up a document ({future.status}).")
        error = future.exception()
        if isinstance(error, self._library.KilledWorker):
            reason = "cluster members died again and again while they worked on it"
            return quarantine(source, "run", reason, self._store)
        raise WorkersFailed(f"The Dask cluster failed: {type(error).__name__}: {error}")

    def _threads(self) -> int:
        """How many documents the cluster works on at once; asked now and then, since it grows."""
        now = time.monotonic()
        if now - self._asked > CAPACITY_SECONDS:
            self._asked = now
            self._capacity = sum(self._client.nthreads().values())
            if self._capacity:
                self._empty_since = now
            elif now - self._empty_since > PATIENCE_SECONDS:
                self._empty_since = now
                self._say("The Dask cluster has no workers at present; waiting for some.")
        return self._capacity
