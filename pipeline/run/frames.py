"""Messages between the supervisor and its workers: a JSON head and raw bytes, length first."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import IO, Any

import orjson

from pipeline.core.layers import Source

_LENGTHS = struct.Struct("<IQ")


def send(stream: IO[bytes], head: Mapping[str, object], content: bytes = b"") -> None:
    """Write one message and flush it."""
    plain = orjson.dumps(dict(head))
    stream.write(_LENGTHS.pack(len(plain), len(content)) + plain)
    stream.write(content)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The next message; None at the end of the stream, also when it ends in mid-message."""
    lengths = _exactly(stream, _LENGTHS.size)
    if lengths is None:
        return None
    head_length, content_length = _LENGTHS.unpack(lengths)
    head, content = _exactly(stream, head_length), _exactly(stream, content_length)
    if head is None or content is None:
        return None
    return orjson.loads(head), content


def head_of(source: Source) -> dict[str, object]:
    """All of a document but its content, as plain values."""
    return {
        "id": source.id,
        "path": source.path,
        "media_type": source.media_type,
        "metadata": dict(source.metadata),
        "error": source.error,
        "empty": source.empty,
    }


def source_of(head: Mapping[str, Any], content: bytes) -> Source:
    """The document that `head_of` took apart."""
    return Source(content=content, **head)


def _exactly(stream: IO[bytes], count: int) -> bytes | None:
    """``count`` bytes, also from an unbuffered pipe that delivers them in parts."""
    parts: list[bytes] = []
    while count > 0:
        part = stream.read(count)
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
