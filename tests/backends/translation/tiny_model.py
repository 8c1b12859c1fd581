"""A Firefox Translations model small enough to be made in a test: it knows a few words.

The files are in the formats of real ones (Marian's binary format, version 1, with int8 weights and
their multipliers; a SentencePiece vocabulary; a lexical shortlist), and the weights are set by hand
so that the network translates word by word. Each piece has a column of its own in the embedding. In
the decoder's one layer of attention the quickest waves of the position encoding find the source
word at the place that is being written; the output matrix of that attention turns the word's column
into that of its translation, loudly enough to drown what else stands there. Everything else
(encoder attention, feed-forward parts, the recurrent cell) is there and zero.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

WIDTH = 128
WAVES = 12  # position waves (a sine and a cosine each) that tell places apart
SHARPNESS = 12.0  # of the attention to one place
LOUDNESS = 30.0  # of the translation over the word before and the position
ACTIVATION_SCALE = 127 / 12  # int8 steps per unit of an activation: what is above 12 is cut off

EOS, UNKNOWN = "</s>", "<unk>"
_FLOAT, _INT8, _PREPARED_INT8 = 0x404, 0x101, 0x4101
_UNKNOWN_PIECE, _CONTROL_PIECE, _NORMAL_PIECE = 2, 3, 1

# The sines of the slowest waves are zero as far as texts go: what stands there later is how far
# layer normalisation has shifted all columns.
_SHIFT = [*range(WIDTH // 2 - 4, WIDTH // 2)]
_COLUMNS = [*range(WAVES, WIDTH // 2 - len(_SHIFT)), *range(WIDTH // 2 + WAVES, WIDTH)]
_PLACES = [*range(WAVES), *range(WIDTH // 2, WIDTH // 2 + WAVES)]


def write_model(
    folder: Path, words: Mapping[str, str], direction: str, *, shortlist: bool = True
) -> None:
    """A model in ``folder`` (``.../it-en``) that writes ``words[w]`` for each word ``w``.

    A word is written as in running text; marks (".", ",") are words without a space before them.
    What is not in ``words`` is left out of the answer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lexicon = {_piece(source): _piece(target) for source, target in words.items()}
    known = sorted({*lexicon, *lexicon.values()})
    pieces = [EOS, UNKNOWN, *known]
    # The library fills a shortlist up to a multiple of eight with whatever pieces come next.
    pieces += [f"<unused {number}>" for number in range(-len(pieces) % 8)]
    if len(pieces) > len(_COLUMNS):
        raise ValueError(f"{len(pieces)} pieces are too many for {len(_COLUMNS)} columns")
    targets = [pieces.index(lexicon.get(piece, piece)) for piece in pieces]
    name = direction.replace("-", "")
    (folder / f"model.{name}.intgemm.alphas.bin").write_bytes(_model(targets))
    (folder / f"vocab.{name}.spm").write_bytes(_vocabulary(pieces))
    if shortlist:
        (folder / f"lex.50.50.{name}.s2t.bin").write_bytes(_shortlist(targets))


def _piece(word: str) -> str:
    return f"▁{word}" if word[0].isalnum() else word


def _model(targets: list[int]) -> bytes:
    count = len(targets)
    embedding = np.zeros((count, WIDTH))
    embedding[range(count), _COLUMNS[:count]] = 0.25
    zero = np.zeros((WIDTH, WIDTH))
    places = np.zeros((WIDTH, WIDTH))
    places[_PLACES, _PLACES] = 1.0
    places[np.ix_(_SHIFT, _PLACES)] = -1 / len(_SHIFT)
    columns = np.zeros((WIDTH, WIDTH))
    columns[_COLUMNS, _COLUMNS] = 1.0
    lexicon = np.zeros((WIDTH, WIDTH))
    for source, target in enumerate(targets):
        lexicon[_COLUMNS[source], _COLUMNS[target]] = LOUDNESS
    weights = {
        **{f"encoder_l1_self_W{part}": zero for part in "qkvo"},
        **{f"encoder_l1_ffn_W{part}": zero for part in "12"},
        "decoder_l1_rnn_W": zero,
        "decoder_l1_rnn_Wf": zero,
        "decoder_l1_context_Wq": places * SHARPNESS,
        "decoder_l1_context_Wk": places * SHARPNESS,
        "decoder_l1_context_Wv": columns,
        "decoder_l1_context_Wo": lexicon,
        **{f"decoder_l1_ffn_W{part}": zero for part in "12"},
    }
    norms = [
        *("encoder_l1_self_Wo", "encoder_l1_ffn_ffn"),
        *("decoder_l1_rnn_ffn", "decoder_l1_context_Wo", "decoder_l1_ffn_ffn"),
    ]
    items = [_prepared("Wemb", embedding, embedding.shape)]
    for name, weight in weights.items():
        items.append(_prepared(name, weight.T, weight.shape))
        items.append(_floats(f"{name}_QuantMultA", [ACTIVATION_SCALE]))
        if name != "decoder_l1_rnn_W":
            items.append(_floats(name.replace("_W", "_b"), [0.0] * WIDTH))
    for name in norms:
        items.append(_floats(f"{name}_ln_scale", [1.0] * WIDTH))
        items.append(_floats(f"{name}_ln_bias", [0.0] * WIDTH))
    items.append(_floats("none_QuantMultA", [ACTIVATION_SCALE]))
    items.append(_floats("decoder_ff_logit_out_b", [0.0] * count))
    settings = (
        f"dim-emb: {WIDTH}\ntransformer-heads: 1\nenc-depth: 1\ndec-depth: 1\n"
        f"transformer-dim-ffn: {WIDTH}\ndim-vocabs:\n  - {count}\n  - {count}\n\0"
    ).encode()
    items.append(("special:model.yml", _INT8, (1, len(settings)), settings))
    return _marian(items)


_Item = tuple[str, int, tuple[int, ...], bytes]
"""Name, type, shape, and the data as they stand in the file."""


def _prepared(name: str, stored: Matrix, shape: tuple[int, ...]) -> _Item:
    """A matrix as int8, with the multiplier that was used behind it; weights lie transposed."""
    scale = 127 / (np.abs(stored).max() or 1.0)
    return (
        name,
        _PREPARED_INT8,
        shape,
        np.rint(stored * scale).astype(np.int8).tobytes() + struct.pack("<f", scale),
    )


def _floats(name: str, values: list[float]) -> _Item:
    return name, _FLOAT, (1, len(values)), struct.pack(f"<{len(values)}f", *values)


def _marian(items: list[_Item]) -> bytes:
    """Marian's binary file: headers, names, shapes, a gap up to 256 bytes, data."""
    head = struct.pack("<2Q", 1, len(items))
    for name, kind, shape, data in items:
        head += struct.pack("<4Q", len(name) + 1, kind, len(shape), len(data))
    head += b"".join(name.encode() + b"\0" for name, *_ in items)
    head += b"".join(struct.pack(f"<{len(shape)}i", *shape) for _, _, shape, _ in items)
    gap = -(len(head) + 8) % 256
    return head + struct.pack("<Q", gap) + bytes(gap) + b"".join(data for *_, data in items)


def _vocabulary(pieces: list[str]) -> bytes:
    """A SentencePiece model: a protocol buffer of pieces, each with a score and a type."""
    kinds = {EOS: _CONTROL_PIECE, UNKNOWN: _UNKNOWN_PIECE}
    content = b""
    for piece in pieces:
        text = piece.encode()
        kind = kinds.get(piece, _NORMAL_PIECE)
        entry = b"\x0a" + bytes([len(text)]) + text
        entry += b"\x15" + struct.pack("<f", -1.0) + b"\x18" + bytes([kind])
        content += b"\x0a" + bytes([len(entry)]) + entry
    return content


def _shortlist(targets: list[int]) -> bytes:
    """For each source piece the one piece that may be written for it; the end is always allowed."""
    magic, checksum, always, best = 0xF11A48D5013417F5, 0, 1, 1
    header = struct.pack("<6Q", magic, checksum, always, best, len(targets) + 1, len(targets))
    offsets = struct.pack(f"<{len(targets) + 1}Q", *range(len(targets) + 1))
    return header + offsets + struct.pack(f"<{len(targets)}I", *targets)
