"""Text made safe to show: what a terminal would execute or reorder is spelled out instead."""

from __future__ import annotations

import re
import unicodedata

from pipeline.core.record import RecordClaim

# C0 and C1 controls except newline, zero-width characters, and the bidirectional controls of
# Unicode Standard Annex 9, which can make a line read differently from what it says.
_HIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\N{SOFT HYPHEN}\N{ARABIC LETTER MARK}"
    "\N{ZERO WIDTH SPACE}-\N{RIGHT-TO-LEFT MARK}\N{LINE SEPARATOR}-\N{RIGHT-TO-LEFT OVERRIDE}"
    "\N{WORD JOINER}-\N{NOMINAL DIGIT SHAPES}\N{ZERO WIDTH NO-BREAK SPACE}]"
)


def visible(text: str) -> str:
    """``text`` with every hidden character as its code point.

    >>> visible("a\\x1b[31mb")
    'a‹U+001B›[31mb'
    """
    if text.isprintable():  # quicker, and true of nearly every word
        return text
    return _HIDDEN.sub(lambda match: f"‹U+{ord(match[0]):04X}›", text)


def one_line(text: str) -> str:
    """The same on one line: line breaks are shown, too."""
    return visible(text).replace("\n", "⏎")


def said(claim: RecordClaim) -> str:
    """A claim as it was written; an ellipsis stands for what interrupts it."""
    return " … ".join(span.text for span in claim.content)


def change(before: str, after: str) -> str:
    """A repair on one line, with white space and hidden characters named.

    >>> change("’", "'"), change("", " "), change("\u200b", "")
    ("’→'", '+␣', '−‹zero width space›')
    """
    if not before:
        return f"+{_named(after)}"
    return f"{_named(before)}→{_named(after)}" if after else f"−{_named(before)}"


def _named(text: str) -> str:
    shown = "".join(map(_name, text))
    return shown.replace(" ", "␣") if not text.strip(" ") else shown


def _name(char: str) -> str:
    if char == " " or char.isprintable():
        return char
    return f"‹{unicodedata.name(char, f'U+{ord(char):04X}').lower()}›"
