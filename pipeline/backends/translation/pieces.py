"""Texts in pieces that a service takes, and the way back."""

from __future__ import annotations

import re

_STRONG_END = re.compile(r"(?<=[.!?;:,])\s+")
_SPACE = re.compile(r"\s+")
_LINE_BREAK = re.compile(r"(\s*\n\s*)")


def split_lines(text: str, longest: int) -> list[tuple[str, str]]:
    """Pieces of ``text`` without line breaks, of at most ``longest`` characters, each with the
    white space that follows it; joined they are ``text`` without the space around it.

    >>> split_lines("Uno, due.\\n\\nTre.", 8)
    [('Uno,', ' '), ('due.', '\\n\\n'), ('Tre.', '')]
    """
    parts = [*_LINE_BREAK.split(text.strip()), ""]
    return [
        (piece, parts[number + 1] if piece_is_last else space)
        for number in range(0, len(parts), 2)
        for piece, space, piece_is_last in _cut(parts[number], longest)
    ]


def _cut(line: str, longest: int) -> list[tuple[str, str, bool]]:
    """``line`` cut after sentences or clauses if possible, at white space otherwise, and anywhere
    only inside one enormous word; each piece with the space after it, and whether it is the last.
    """
    pieces = []
    while len(line) > longest:
        space = _last(_STRONG_END, line, longest) or _last(_SPACE, line, longest)
        start, end = space.span() if space else (longest, longest)
        pieces.append((line[:start], line[start:end], False))
        line = line[end:]
    return [*pieces, (line, "", True)]


def _last(pattern: re.Pattern[str], line: str, longest: int) -> re.Match[str] | None:
    """The last match that begins within ``longest`` characters, not at the very beginning."""
    matches = (match for match in pattern.finditer(line, 1) if match.start() <= longest)
    return max(matches, key=lambda match: match.start(), default=None)
