"""Loads a Firefox Translations model and translates a word, in a process of its own.

A damaged model file can end the process that loads it: lengths in it are taken at their word, and
more memory asked for than any machine has. ``python -m pipeline.backends.translation.trial MODEL
SOURCE_VOCABULARY TARGET_VOCABULARY [SHORTLIST]``; exit code 0 means that the model works.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

from fxtranslate import Translator

# The head of one of the five fields of a SentencePiece model: its number and kind, its length.
_FIELD: Final = re.compile(rb"[\x0a\x12\x1a\x22\x2a]([\x80-\xff]*[\x00-\x7f])")


def load(files: list[Path]) -> Translator:
    """The engine of a model, its two vocabularies and, if there is one, its shortlist.

    Raises: ValueError, OSError.
    """
    model, source, target, *shortlist = [path.read_bytes() for path in files]
    if not _is_whole(source) or not _is_whole(target):
        raise ValueError("the vocabulary is cut off")
    return Translator(model, source, target, *shortlist)


def _is_whole(vocabulary: bytes) -> bool:
    """Whether the last field of a SentencePiece model ends with the file.

    The library makes do with what is left of one that was cut off, and words are missing from its
    answers. All the fields are of the kind that tells its length (protocol buffers, wire type 2).
    """
    place = 0
    while field := _FIELD.match(vocabulary, place):
        length = sum((byte & 0x7F) << 7 * number for number, byte in enumerate(field[1]))
        place = field.end() + length
    return place == len(vocabulary) > 0


if __name__ == "__main__":
    load([Path(name) for name in sys.argv[1:]]).translate_long("Roma.")
