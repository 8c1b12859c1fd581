"""One run at a time per output folder.

The lock is an open file with an advisory lock (``flock``): it vanishes with its process, so a stale
one cannot block anybody. The file says who holds it, for the message.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.store.files import PRIVATE


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the output folder for the length of the block.

    Raises: UsageError naming the holder when another run has it.
    """
    path = folder / PRIVATE / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise UsageError(
                f"Another run is writing to {folder} ({holder}). Wait for it, or choose another "
                f"folder with -o."
            ) from None
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}")
        file.flush()
        yield
