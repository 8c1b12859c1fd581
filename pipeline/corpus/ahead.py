"""Work on many documents in processes of its own, ahead of the one that needs the results.

The results are kept in the store, where they are found. Nothing depends on these processes: what
one leaves undone, because it died or was never started, is made when it is looked at. They end when
the process that started them does.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from typing import IO, cast

from pipeline.backends.child import python_module

logger = logging.getLogger(__name__)

Work = Callable[[], object]

# The processes are the parallelism: a library's threads would only disturb.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def side_by_side(works: Sequence[Work]) -> None:
    """Do each piece of work in a process of its own, started like a worker of the run; wait for
    all. Each is a function of a module with its arguments, so that it can be sent."""
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for work in works:
            try:
                processes.append(_start())
            except OSError as error:  # no memory for another process
                logger.debug("no process to work ahead: %s", error)
                break
            with contextlib.suppress(BrokenPipeError):  # its exit code tells
                stream = cast(IO[bytes], processes[-1].stdin)
                pickle.dump(work, stream)
                stream.flush()
        for process in processes:
            if process.wait():
                logger.debug("a process that worked ahead ended with %d", process.returncode)
    finally:
        for process in processes:
            _stop(process)


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        python_module("pipeline.corpus.ahead"),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **ENVIRONMENT},
        process_group=0,  # Ctrl-C reaches the process that started it alone, which stops it
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    with contextlib.suppress(BrokenPipeError):
        cast(IO[bytes], process.stdin).close()


def main() -> None:
    """Do the work that standard input brings, unless it ends before."""
    stream = os.fdopen(os.dup(0), "rb")
    work: Work = pickle.load(stream)
    threading.Thread(target=_end_with, args=(stream,), daemon=True).start()
    work()
    os._exit(0)


def _end_with(stream: IO[bytes]) -> None:
    stream.read(1)
    os._exit(1)


if __name__ == "__main__":
    main()
