"""The pieces that English and Italian need, out of the 250,002 of the pretrained vocabulary."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from wordfreq import get_frequency_dict

from pipeline.backends.pieces import Pieces
from training.encoder.weights import Pretrained

_SPECIAL = 4
"""Begin, padding, end and unknown stand first, in the pretrained vocabulary as in ours."""

_PER_BILLION = 1_000_000_000


def choose_pieces(pretrained: Pretrained, words: Iterable[str], size: int) -> list[int]:
    """The row numbers of `size` pretrained pieces to keep: special ones, then by frequency.

    Pieces are counted over `words` (corpora) and over the word lists of the package `wordfreq` in
    both languages, small and capitalised; the likeliest Latin-script pieces fill the rest.
    """
    pieces = Pieces(pretrained.pieces, pretrained.scores.tolist())
    uses: Counter[int] = Counter()
    for word, count in Counter(words).items():
        for piece in pieces.cut(word):
            uses[piece] += 20 * count
    for language in ("en", "it"):
        for word, share in get_frequency_dict(language, "best").items():
            for form in (word, word.capitalize()):
                for piece in pieces.cut(form):
                    uses[piece] += share * _PER_BILLION / 50
    single = [
        n
        for n, piece in enumerate(pretrained.pieces)
        if n >= _SPECIAL and _is_latin_character(piece)
    ]
    used = [n for n, _ in uses.most_common() if n >= _SPECIAL]
    rest = [
        n
        for n in sorted(
            range(_SPECIAL, len(pretrained.pieces)), key=lambda n: -pretrained.scores[n]
        )
        if _is_latin(pretrained.pieces[n])
    ]
    kept = dict.fromkeys([*range(_SPECIAL), *single, *used[: size * 4 // 5], *rest, *used])
    return sorted(list(kept)[:size])


def write_pieces(path: Path, pretrained: Pretrained, kept: list[int]) -> None:
    """Write the kept pieces and their log probabilities as JSON `[pieces, scores]`."""
    pieces = [pretrained.pieces[n] for n in kept]
    scores = [round(float(pretrained.scores[n]), 4) for n in kept]
    path.write_text(json.dumps([pieces, scores], ensure_ascii=False), "utf-8")


def _is_latin(piece: str) -> bool:
    return all(not c.isalpha() or "LATIN" in unicodedata.name(c, "") for c in piece)


def _is_latin_character(piece: str) -> bool:
    return len(piece) == 1 and _is_latin(piece)
