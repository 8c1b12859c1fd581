"""Byte streams that cannot grow without end: gzip bombs stop here."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from pathlib import Path

    from _typeshed import WriteableBuffer

# Articles compress three to five times, repetitive tables perhaps fifty times; DEFLATE itself can
# reach 1032 times (zlib's technical notes), which only a file made of one byte does.
MAX_RATIO = 200

READ_ERRORS = (OSError, EOFError, zlib.error)


class TooLarge(OSError):
    """A stream goes on beyond its limit."""


def open_bounded(path: Path, max_bytes: int) -> IO[bytes]:
    """The bytes of ``path``, decompressed when its name ends in ``.gz``.

    A compressed stream may give ``max_bytes`` or `MAX_RATIO` times its own size, whichever is more.

    Raises: OSError when the file cannot be opened; reading raises `TooLarge` beyond the limit.
    """
    if path.suffix.lower() != ".gz":
        return path.open("rb")
    limit = max(max_bytes, MAX_RATIO * os.stat(path).st_size)  # noqa: PTH116
    return io.BufferedReader(_Bounded(cast(IO[bytes], gzip.open(path, "rb")), limit))


def read_all(stream: IO[bytes], max_bytes: int) -> bytes:
    """Everything in ``stream``.

    Raises: TooLarge when there are more than ``max_bytes``.
    """
    content = stream.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise TooLarge(f"larger than {max_bytes >> 20} MB (setting input.max_megabytes)")
    return content


class _Bounded(io.RawIOBase):
    def __init__(self, source: IO[bytes], limit: int) -> None:
        self._source = source
        self._left = limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        chunk = self._source.read(len(view))
        self._left -= len(chunk)
        if self._left < 0:
            raise TooLarge(f"unpacks to more than {MAX_RATIO} times its size: not read any further")
        view[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._source.close()
        super().close()
