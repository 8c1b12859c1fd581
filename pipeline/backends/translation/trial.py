"""Loads a Firefox Translations model and translates a word, in a process of its own.

A damaged model file can end the process that loads it: lengths in it are taken at their word, and
more memory asked for than any machine has. ``python -m pipeline.backends.translation.trial MODEL
SOURCE_VOCABULARY TARGET_VOCABULARY [SHORTLIST]``; exit code 0 means that the model works.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fxtranslate import Translator


def load(files: list[Path]) -> Translator:
    """The engine of a model, its two vocabularies and, if there is one, its shortlist.

    Raises: ValueError, OSError.
    """
    model, source, target, *shortlist = [path.read_bytes() for path in files]
    return Translator(model, source, target, *shortlist)


if __name__ == "__main__":
    load([Path(name) for name in sys.argv[1:]]).translate_long("Roma.")
