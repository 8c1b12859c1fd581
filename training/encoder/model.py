"""The encoder in PyTorch: transformer layers from the pretrained weights, and one head a task."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, gelu, relu

from training.encoder.weights import Pretrained

CLAIM_TAGS = 13
"""Content (O, begin and inside of three kinds), cue (O, B, I), source (O, B, I)."""


class Sizes(NamedTuple):
    hidden: int
    layers: int
    attention_heads: int
    pieces: int
    positions: int
    names: int
    upos: int
    deps: int
    arc: int
    label: int
    treebanks: int


class Outputs(NamedTuple):
    """Scores a word before softmax: (windows, words, targets); `arcs` (windows, word, its head)."""

    names: Tensor
    claims: Tensor
    starts: Tensor
    upos: Tensor
    arcs: Tensor
    labels: Tensor
    """(windows, labels, word, its head)"""


class Layer(nn.Module):
    def __init__(self, hidden: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.scale = (hidden // heads) ** -0.5
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.attended = nn.Linear(hidden, hidden)
        self.attended_norm = nn.LayerNorm(hidden, eps=1e-12)
        self.wide = nn.Linear(hidden, 4 * hidden)
        self.narrow = nn.Linear(4 * hidden, hidden)
        self.norm = nn.LayerNorm(hidden, eps=1e-12)
        self.dropped = nn.Dropout(0.0)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        windows, length, hidden = x.shape
        qkv = self.qkv(x).view(windows, length, 3, self.heads, hidden // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        # Plain products: four times as fast as the fused kernel with its slow backward pass.
        chances = (q @ k.transpose(2, 3) * self.scale + mask).softmax(-1)
        mixed = chances @ v
        mixed = self.attended(mixed.transpose(1, 2).reshape(windows, length, hidden))
        x = self.attended_norm(x + self.dropped(mixed))
        return self.norm(x + self.dropped(self.narrow(gelu(self.wide(x)))))


class Parser(nn.Module):
    """Biaffine scores of every word as head of every other, and of each label.

    A root is scored as its own head. Source: Dozat and Manning 2017, "Deep Biaffine Attention".
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.arc_word = nn.Linear(sizes.hidden, sizes.arc)
        self.arc_head = nn.Linear(sizes.hidden, sizes.arc)
        self.arc = nn.Parameter(torch.eye(sizes.arc + 1, sizes.arc) / sizes.arc**0.5)
        self.label_word = nn.Linear(sizes.hidden, sizes.label)
        self.label_head = nn.Linear(sizes.hidden, sizes.label)
        self.label = nn.Parameter(torch.randn(sizes.deps, sizes.label + 1, sizes.label + 1) * 0.02)

    def arcs(self, words: Tensor) -> Tensor:
        """Scores (windows, word, its head)."""
        word, head = relu(self.arc_word(words)), relu(self.arc_head(words))
        return _with_one(word) @ self.arc @ head.transpose(1, 2)

    def labels(self, words: Tensor) -> Tensor:
        """Scores (windows, labels, word, its head)."""
        word, head = self._label_states(words)
        return word.unsqueeze(1) @ self.label @ head.transpose(1, 2).unsqueeze(1)

    def labels_at(self, words: Tensor, heads: Tensor) -> Tensor:
        """Scores (windows, word, labels) for the heads given: far cheaper than for all heads."""
        word, head = self._label_states(words)
        head = head.gather(1, heads[..., None].expand(-1, -1, head.shape[-1]))
        through = (word.unsqueeze(1) @ self.label).transpose(1, 2)
        return (through * head.unsqueeze(2)).sum(-1)

    def _label_states(self, words: Tensor) -> tuple[Tensor, Tensor]:
        word, head = relu(self.label_word(words)), relu(self.label_head(words))
        return _with_one(word), _with_one(head)


def _with_one(x: Tensor) -> Tensor:
    return torch.cat([x, torch.ones_like(x[..., :1])], dim=-1)


class EncoderModel(nn.Module):
    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.pieces = nn.Embedding(sizes.pieces, sizes.hidden, sparse=True)
        self.positions = nn.Embedding(sizes.positions, sizes.hidden)
        self.norm = nn.LayerNorm(sizes.hidden, eps=1e-12)
        self.layers = nn.ModuleList(
            Layer(sizes.hidden, sizes.attention_heads) for _ in range(sizes.layers)
        )
        self.names = nn.Linear(sizes.hidden, sizes.names)
        self.claims = nn.Linear(sizes.hidden, CLAIM_TAGS)
        self.starts = nn.Linear(sizes.hidden, 1)
        self.upos = nn.Linear(sizes.hidden, sizes.upos)
        self.parser = Parser(sizes)
        self.treebanks = nn.Embedding(sizes.treebanks, sizes.hidden)
        nn.init.zeros_(self.treebanks.weight)

    def syntax_words(self, words: Tensor, treebanks: Tensor) -> Tensor:
        """States of words as the syntax heads see them: moved by an offset of their treebank.

        Treebanks differ in guidelines; the offset keeps what is a treebank's own out of the shared
        weights. Source: Stymne et al. 2018, "Parser Training with Heterogeneous Treebanks".
        """
        return words + self.treebanks(treebanks)[:, None]

    def words(self, pieces: Tensor, lengths: Tensor, first: Tensor, dropped: float = 0.0) -> Tensor:
        """States of words: of the piece at `first` of each (windows, words, hidden)."""
        length = pieces.shape[1]
        padding = torch.arange(length) >= lengths[:, None]
        mask = torch.zeros(padding.shape).masked_fill(padding, -10_000.0)[:, None, None, :]
        x = self.norm(self.pieces(pieces) + self.positions.weight[:length])
        for layer in self.layers:
            x = layer(x, mask)
        x = x.gather(1, first[..., None].expand(-1, -1, x.shape[-1]))
        return dropout(x, dropped, self.training)

    def forward(self, pieces: Tensor, lengths: Tensor, first: Tensor) -> Outputs:
        words = self.words(pieces, lengths, first)
        syntax = self.syntax_words(words, torch.zeros(len(pieces), dtype=torch.long))
        return Outputs(
            self.names(words),
            self.claims(words),
            self.starts(words),
            self.upos(syntax),
            self.parser.arcs(syntax),
            self.parser.labels(syntax),
        )


def from_pretrained(pretrained: Pretrained, kept: list[int], sizes: Sizes) -> EncoderModel:
    """The model with pretrained layers and the `kept` rows of pieces; its heads start random."""
    model = EncoderModel(sizes)
    source = {name: torch.from_numpy(tensor.copy()) for name, tensor in pretrained.tensors.items()}
    hidden = sizes.hidden
    state = {
        "pieces.weight": source["emb.word"][kept] + source["emb.type"][:hidden],
        "positions.weight": source["emb.pos"].view(-1, hidden)[: sizes.positions],
        "norm.weight": source["emb.ln.w"],
        "norm.bias": source["emb.ln.b"],
    }
    for n in range(sizes.layers):
        for kind, short in (("weight", "w"), ("bias", "b")):
            at = f"layers.{n}."
            qkv = [source[f"l{n}.{part}.{short}"] for part in "qkv"]
            state[f"{at}qkv.{kind}"] = torch.cat(qkv)
            state[f"{at}attended.{kind}"] = source[f"l{n}.ao.{short}"]
            state[f"{at}attended_norm.{kind}"] = source[f"l{n}.aln.{short}"]
            state[f"{at}wide.{kind}"] = source[f"l{n}.fi.{short}"]
            state[f"{at}narrow.{kind}"] = source[f"l{n}.fo.{short}"]
            state[f"{at}norm.{kind}"] = source[f"l{n}.oln.{short}"]
    missing, unexpected = model.load_state_dict(state, strict=False)
    if unexpected or any(name.startswith("layers") for name in missing):
        raise ValueError(f"weights do not fit: {unexpected or missing}")
    return model
