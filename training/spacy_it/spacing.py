"""Blanks between tokens, for corpora that lost the original text, and typographic variety.

The pipeline reads raw text, so it must be trained on text as newspapers set it: ``l'amico`` in one
piece, commas glued to their word, and curly or pointed quotation marks as well as straight ones.
"""

import random
import re

LEFT_GLUED = frozenset([*".,;:!?…)]}»”%’°", "...", "'s"])
RIGHT_GLUED = frozenset("([{«“‘„#€$£@")
ELISION = re.compile(r"^[A-Za-zÀ-ÿ]+['’]$")
# Truncated words keep the blank after their apostrophe: "un po' di pane", "di' la tua".
TRUNCATED = frozenset(
    [
        "po'",
        "mo'",
        "di'",
        "fa'",
        "va'",
        "sta'",
        "da'",
        "be'",
        "de'",
        "a'",
        "ne'",
        "co'",
        "su'",
        "e'",
    ]
)
QUOTE_STYLES = (("«", "»"), ("“", "”"), ("„", "“"))


def spaces_after(words: list[str]) -> list[bool]:
    """For each token, whether a blank follows it in ordinary Italian typography.

    Straight quotation marks open and close in turn. The last token is followed by a blank, so that
    sentences can be joined.
    """
    spaces = [True] * len(words)
    quote_open = False
    for i, word in enumerate(words):
        if word == '"':
            glue = i if not quote_open else i - 1
            quote_open = not quote_open
            if glue >= 0:
                spaces[glue] = False
        elif word in RIGHT_GLUED or (ELISION.match(word) and _normal(word) not in TRUNCATED):
            spaces[i] = False
        elif word in LEFT_GLUED and i:
            spaces[i - 1] = False
    spaces[-1] = True
    return spaces


def _normal(word: str) -> str:
    return word.lower().replace("’", "'")


def vary_typography(words: list[str], rng: random.Random) -> list[str]:
    """The same tokens, often with curly apostrophes, other quotation marks or long dashes.

    Token lengths do not change, so annotation by token or by offset stays valid.
    """
    if rng.random() < 0.5:
        words = [word.replace("'", "’") if word != "'" else word for word in words]
    if words.count('"') % 2 == 0 and rng.random() < 0.6:
        marks = rng.choice(QUOTE_STYLES)
        seen = 0
        varied = []
        for word in words:
            varied.append(marks[seen % 2] if word == '"' else word)
            seen += word == '"'
        words = varied
    if rng.random() < 0.5:
        dash = rng.choice("–—")
        words = [dash if word == "-" else word for word in words]
    return words
