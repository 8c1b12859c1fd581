"""One run at a time per output folder.

The lock is an open file with an advisory lock (``flock``): it vanishes with the last process that
holds it open, so a stale one cannot block anybody. The file says who holds it, for the message.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pipeline.errors import UsageError
from pipeline.store.files import PRIVATE, StoreError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

# Workers share the lock of their run; those of a killed one end within moments.
ORPHAN_SECONDS = 15.0
RETRY_SECONDS = 0.05


@contextmanager
def locked(folder: Path) -> Iterator[int]:
    """Hold the output folder for the length of the block; gives the lock's file descriptor.

    A child process that inherits the descriptor holds the folder as well.

    Raises: UsageError naming the holder when another run has it, or on a system without ``flock``.
    """
    if fcntl is None:
        raise UsageError(
            "Running needs a POSIX system (Linux, macOS, or the Windows Subsystem for Linux)."
        )
    path = folder / PRIVATE / "lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise StoreError(path, error) from error
    with file:
        _acquire(file, folder)
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}")
        file.flush()
        yield file.fileno()


def is_held(folder: Path) -> bool:
    """Whether the process that held the output folder last is still there, as far as one can tell:
    of another machine's process one cannot."""
    try:
        holder = (folder / PRIVATE / "lock").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return bool(holder) and not _is_gone(holder)


def _acquire(file: IO[str], folder: Path) -> None:
    deadline = time.monotonic() + ORPHAN_SECONDS
    while not _taken(file):
        file.seek(0)
        holder = file.read().strip()
        if not _is_gone(holder) or time.monotonic() > deadline:
            raise UsageError(
                f"Another run is writing to {folder} ({holder or 'a process without a name'}). "
                f"Wait for it, or choose another folder with -o."
            )
        time.sleep(RETRY_SECONDS)


def _taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise StoreError(Path(file.name), error) from error
    return True


def _is_gone(holder: str) -> bool:
    """Whether the process that wrote the lock has ended on this machine."""
    words = holder.split()
    if len(words) != 4 or words[3] != socket.gethostname() or not words[1].isdigit():
        return False
    try:
        os.kill(int(words[1]), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
