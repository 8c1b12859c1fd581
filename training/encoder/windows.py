"""Sentences joined into windows, varied with noise, and padded into batches of tensors."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from pipeline.backends.pieces import Pieces
from training.encoder.data import NAMES, O_OR_MISC, UNKNOWN, Sentence

_OPENING_STYLES = (("“", "”"), ("«", "»"), ('"', '"'), ("‘", "’"))
_STOPS_LOST = 0.06
_QUOTES = {"``": 0, "''": 1, "“": 0, "”": 1, "«": 0, "»": 1}


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive words of one text and their targets; UNKNOWN where there is none."""

    words: list[str]
    names: list[int]
    starts: list[int]
    upos: list[int] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    deps: list[int] = field(default_factory=list)
    claims: list[tuple[int, int, int]] = field(default_factory=list)
    treebank: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    pieces: Tensor
    lengths: Tensor
    first: Tensor
    names: Tensor
    starts: Tensor
    upos: Tensor
    heads: Tensor
    deps: Tensor
    claims: Tensor
    treebanks: Tensor
    word_mask: Tensor


def join(sentences: Sequence[Sentence], upos: Sequence[str], deps: Sequence[str]) -> Window:
    """One window of consecutive sentences; labels become places in `upos` and `deps`."""
    window = Window([], [], [])
    for s in sentences:
        offset, size = len(window.words), len(s.words)
        window.words.extend(s.words)
        window.names.extend(s.names or [UNKNOWN] * size)
        window.starts.extend([1] + [0 if s.one_sentence else UNKNOWN] * (size - 1))
        window.claims.extend(s.claims or ())
        if s.upos and s.heads and s.deps:
            window.upos.extend(upos.index(tag) if tag in upos else UNKNOWN for tag in s.upos)
            window.heads.extend(head + offset for head in s.heads)
            window.deps.extend(deps.index(dep) if dep in deps else UNKNOWN for dep in s.deps)
    return window


def windows(
    sentences: Sequence[Sentence],
    most: int,
    words: int,
    chance: random.Random,
    upos: Sequence[str] = (),
    deps: Sequence[str] = (),
) -> Iterator[Window]:
    """Windows of 1 to `most` consecutive sentences, about `words` words at most."""
    at = 0
    while at < len(sentences):
        wanted, size, end = chance.randint(1, most), 0, at
        while end < len(sentences) and (
            end == at or (end - at < wanted and size < words and not sentences[end].opens_text)
        ):
            size += len(sentences[end].words)
            end += 1
        yield join(sentences[at:end], upos, deps)
        at = end


def noisy(window: Window, chance: random.Random) -> Window:
    """The window as scraped text may spell it; targets stay with their words.

    Headlines in capitals, alone or before other sentences, small first letters, other quotation
    marks and apostrophes, missing full stops, hyphens cut into words of their own.
    """
    if not window.heads:
        window = _without_stops(window, chance)
    words = list(window.words)
    roll = chance.random()
    if roll < 0.05:
        words = [word.upper() for word in words]
    elif roll < 0.07:
        words = [word.title() if word.isalpha() else word for word in words]
    elif roll < 0.09:
        words[0] = words[0].lower() if window.names[0] in (0, O_OR_MISC, UNKNOWN) else words[0]
    elif roll < 0.12 and 1 in window.starts[1:]:
        headline = window.starts.index(1, 1)
        words[:headline] = [word.upper() for word in words[:headline]]
    words = _restyled(words, chance)
    window = replace(window, words=words)
    if not window.heads and not window.claims and chance.random() < 0.5:
        window = _hyphens_cut(window)
    return window


def _without_stops(window: Window, chance: random.Random) -> Window:
    """The window, in some cases without the full stops that end its sentences."""
    if chance.random() >= _STOPS_LOST:
        return window
    ends = [*window.starts[1:], 1]
    kept = [
        n
        for n, word in enumerate(window.words)
        if n == 0 or word != "." or ends[n] != 1 or chance.random() < 0.3
    ]

    def some(row: list) -> list:
        return [row[n] for n in kept] if row else row

    words, names, starts, claims = window.words, window.names, window.starts, window.claims
    return replace(
        window, words=some(words), names=some(names), starts=some(starts), claims=some(claims)
    )


def _restyled(words: list[str], chance: random.Random) -> list[str]:
    opening, closing = chance.choice(_OPENING_STYLES)
    apostrophe = "’" if chance.random() < 0.5 else "'"
    straight = 0
    out = []
    for word in words:
        if word in ('"', "``", "''", "“", "”", "«", "»"):
            side = _QUOTES.get(word, straight % 2)
            straight += 1
            out.append((opening, closing)[side])
        else:
            out.append(word.replace("'", apostrophe).replace("’", apostrophe))
    return out


def _hyphens_cut(window: Window) -> Window:
    cut = Window([], [], [])
    for word, name, start in zip(window.words, window.names, window.starts, strict=True):
        parts = (
            word.replace("-", "\0-\0").split("\0")
            if word[:1].isalpha() and "-" in word[1:-1]
            else [word]
        )
        parts = [part for part in parts if part]
        inside = name + 1 if name > 0 and NAMES[name][0] == "B" else name
        cut.words.extend(parts)
        cut.names.extend([name] + [inside] * (len(parts) - 1))
        cut.starts.extend([start] + [0] * (len(parts) - 1))
    return cut


def batches(
    items: list[Window], pieces: Pieces, piece_budget: int, longest: int, chance: random.Random
) -> list[Batch]:
    """Batches of windows of like length, shuffled; a window is cut after `longest` pieces."""
    sized = sorted(items, key=lambda w: (sum(len(pieces.cut(x)) for x in w.words), chance.random()))
    groups: list[list[Window]] = []
    group: list[Window] = []
    for window in sized:
        length = min(longest, sum(len(pieces.cut(x)) for x in window.words) + 2)
        if group and (len(group) + 1) * length > piece_budget:
            groups.append(group)
            group = []
        group.append(window)
    if group:
        groups.append(group)
    chance.shuffle(groups)
    return [collate(group, pieces, longest) for group in groups]


def collate(group: Sequence[Window], pieces: Pieces, longest: int) -> Batch:
    """The windows padded to one length."""
    rows = [_row(window.words, pieces, longest) for window in group]
    length = max(len(ids) for ids, _ in rows)
    width = max(len(first) for _, first in rows)
    ids = torch.full((len(rows), length), pieces.pad)
    first = torch.zeros((len(rows), width), dtype=torch.long)
    for n, (row, places) in enumerate(rows):
        ids[n, : len(row)] = torch.tensor(row)
        first[n, : len(places)] = torch.tensor(places)
    kept = [len(places) for _, places in rows]

    def targets(values: list[list[int]]) -> Tensor:
        out = torch.full((len(rows), width), UNKNOWN)
        for n, row in enumerate(values):
            size = min(len(row), kept[n])
            out[n, :size] = torch.tensor(row[:size], dtype=torch.long)
        return out

    heads = [
        [h if h < size else UNKNOWN for h in w.heads] for w, size in zip(group, kept, strict=True)
    ]
    claims = [targets([[tags[n] for tags in w.claims] for w in group]) for n in range(3)]
    return Batch(
        ids,
        torch.tensor([len(row) for row, _ in rows]),
        first,
        targets([w.names for w in group]),
        targets([w.starts for w in group]),
        targets([w.upos for w in group]),
        targets(heads),
        targets([w.deps for w in group]),
        torch.stack(claims, dim=-1),
        torch.tensor([w.treebank for w in group]),
        torch.arange(width) < torch.tensor(kept)[:, None],
    )


def _row(words: Sequence[str], pieces: Pieces, longest: int) -> tuple[list[int], list[int]]:
    ids, first = [pieces.begin], []
    for word in words:
        cut = pieces.cut(word)
        if len(ids) + len(cut) + 1 > longest:
            break
        first.append(len(ids))
        ids.extend(cut)
    return [*ids, pieces.end], first
