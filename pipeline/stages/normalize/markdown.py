"""Markdown's marks go, the words stay: headings, emphasis, links, images, code, rules.

Only what CommonMark 0.31 reads as markup is touched; ``2 * 3 * 4`` and ``snake_case`` stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.textmap import Edit

FRONT_MATTER = re.compile(
    r"\N{ZERO WIDTH NO-BREAK SPACE}?---[ \t]*\r?\n(?:.*?\r?\n)?---[ \t]*(?:\r?\n|\Z)", re.DOTALL
)
MAX_FRONT_MATTER = 20_000

# Each expression and what stays of it: a group, or nothing. Bounded, hence linear.
_MARKS = (
    re.compile(r"^[ ]{0,3}#{1,6}[ \t]+(?=\S)|(?<=\S)[ \t]+#{1,6}[ \t]*$", re.MULTILINE),
    re.compile(r"^[ ]{0,3}(?:>[ \t]?)+", re.MULTILINE),
    re.compile(r"^[ ]{0,3}(?:```|~~~).{0,40}$", re.MULTILINE),
    re.compile(r"^[ ]{0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|={3,}[ \t]*)$",
               re.MULTILINE),
    re.compile(r"^[ ]{0,3}[*+-][ \t]+(?=\S)", re.MULTILINE),
    re.compile(r"!\[[^\]\n]{0,300}\]\([^()\s]{0,500}(?:\([^()\s]{0,100}\))?"
               r"(?: \"[^\"\n]{0,200}\")?\)"),
    re.compile(r"^[ ]{0,3}\[[^\]\n]{1,100}\]:[ \t]+\S{1,500}[ \t]*$", re.MULTILINE),
)  # fmt: skip
_LINK = re.compile(
    r"\[(?P<words>[^\]\[\n]{1,500})\](?:\([^()\s]{0,500}(?:\([^()\s]{0,100}\))?"
    r"(?: \"[^\"\n]{0,200}\")?\)|\[[^\]\n]{0,100}\])"
)
_EMPHASIS = re.compile(
    r"(?P<strong>\*\*|__)(?=\S)[^*_\n]{1,500}?(?<=\S)(?P=strong)"
    r"|(?<![\w*])\*(?=[^\s*])[^*\n]{1,500}?(?<=[^\s*])\*(?![\w*])"
    r"|(?<![\w_])_(?=[^\s_])[^_\n]{1,500}?(?<=[^\s_])_(?![\w_])"
    r"|`[^`\n]{1,300}`"
)


def marks(text: str) -> Iterator[Edit]:
    """Deletions of Markdown's marks that stand on their own."""
    taken: list[tuple[int, int]] = []
    for pattern in _MARKS:
        taken += [match.span() for match in pattern.finditer(text)]
    end = 0
    for start, stop in sorted(taken, key=lambda span: (span[0], -span[1])):
        if start >= end and stop > start:
            yield Edit(start, stop, "", "markdown")
            end = stop


def links(text: str) -> Iterator[Edit]:
    """A link keeps its words."""
    for match in _LINK.finditer(text):
        start, stop = match.span("words")
        yield Edit(match.start(), start, "", "markdown")
        yield Edit(stop, match.end(), "", "markdown")


def emphasis(text: str) -> Iterator[Edit]:
    """Emphasis and code keep their words."""
    for match in _EMPHASIS.finditer(text):
        width = 2 if match["strong"] else 1
        yield Edit(match.start(), match.start() + width, "", "markdown")
        yield Edit(match.end() - width, match.end(), "", "markdown")
