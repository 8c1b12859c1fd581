"""Words cut into the subword pieces of the encoder's vocabulary.

Words are cut one by one, so a word is cut alike wherever it stands, and its pieces can be kept.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path

WORD_START = "\N{LOWER ONE EIGHTH BLOCK}"
"""Stands for the space before a word, as SentencePiece writes it."""

_CLOSING = frozenset(".,;:!?)]}%…»”’'\"")
"""Marks that lean on the word before them: no space comes first."""

_UNKNOWN_PENALTY = 10.0
"""A character outside the vocabulary costs this much more than the rarest piece (SentencePiece)."""

_MAX_WORD_CHARACTERS = 64
_KEPT_WORDS = 200_000


class Pieces:
    """A unigram vocabulary; a piece's number is its place in the file.

    Source: Kudo 2018, "Subword Regularization" (unigram segmentation by Viterbi).
    """

    begin, pad, end, unknown = 0, 1, 2, 3

    def __init__(self, pieces: Sequence[str], scores: Sequence[float]) -> None:
        self._ids = {piece: number for number, piece in enumerate(pieces)}
        self._scores = list(scores)
        self._longest = max(map(len, pieces))
        self._unknown_score = min(scores) - _UNKNOWN_PENALTY
        self._bare_start = self._ids.get(WORD_START, self.unknown)
        self._cuts: dict[str, tuple[int, ...]] = {}

    @classmethod
    def read(cls, path: Path) -> Pieces:
        """The vocabulary in a JSON file of `[pieces, scores]`."""
        pieces, scores = json.loads(path.read_text("utf-8"))
        return cls(pieces, scores)

    def __len__(self) -> int:
        return len(self._scores)

    def cut(self, word: str) -> tuple[int, ...]:
        """The piece numbers of one word, at least one.

        Only the first 64 characters count: what is longer is an address or noise.
        """
        known = self._cuts.get(word)
        if known is not None:
            return known
        if len(self._cuts) >= _KEPT_WORDS:
            self._cuts.clear()
        pieces = self._best_cut(_prepared(word))
        if len(pieces) > 1 and pieces[0] == self._bare_start:
            pieces = pieces[1:]  # "Unione" is a piece, with a space before it only two
        self._cuts[word] = pieces
        return pieces

    def _best_cut(self, text: str) -> tuple[int, ...]:
        size = len(text)
        best = [0.0] + [float("-inf")] * size
        came_from = [(0, self.unknown)] * (size + 1)
        for start in range(size):
            for end in range(start + 1, min(size, start + self._longest) + 1):
                piece = self._ids.get(text[start:end])
                if piece is None:
                    if end > start + 1:
                        continue
                    piece, score = self.unknown, best[start] + self._unknown_score
                else:
                    score = best[start] + self._scores[piece]
                if score > best[end]:
                    best[end] = score
                    came_from[end] = (start, piece)
        pieces: list[int] = []
        at = size
        while at:
            at, piece = came_from[at]
            pieces.append(piece)
        return tuple(reversed(pieces))


def _prepared(word: str) -> str:
    text = "".join(unicodedata.normalize("NFKC", word[:_MAX_WORD_CHARACTERS]).split())
    if text and all(character in _CLOSING for character in text):
        return text
    return WORD_START + text
