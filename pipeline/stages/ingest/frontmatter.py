"""Markdown front matter: the lines between two ``---`` at the very top.

Only what article generators write is read: ``key: value`` pairs, quoted or not, and lists. Anything
deeper is left alone, since a full YAML reader is a risk and gives nothing here.
"""

from __future__ import annotations

import re

# Nothing is searched beyond this; a rule of hyphens may open an ordinary text.
MAX_LENGTH = 20_000

_BLOCK = re.compile(r"\N{ZERO WIDTH NO-BREAK SPACE}?---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)",
                    re.DOTALL | re.MULTILINE)  # fmt: skip
_PAIR = re.compile(r"([A-Za-z][\w -]{0,40}):(?:[ \t]+(\S.*))?$")
_ITEM = re.compile(r"[ \t]*-[ \t]+(\S.*)$")
_NAMES = {"lang": "language", "author": "author", "authors": "author", "pubdate": "date"}


def front_matter(text: str) -> dict[str, str]:
    r"""The pairs of a document's front matter, keys in lower case; empty when it has none.

    >>> front_matter("---\ntitle: \"Pane e rose\"\ntags:\n- cibo\n- fiori\n---\nTesto")
    {'title': 'Pane e rose', 'tags': 'cibo, fiori'}
    """
    block = _BLOCK.match(text[:MAX_LENGTH])
    if block is None:
        return {}
    pairs: dict[str, str] = {}
    key = ""
    for line in block[1].splitlines():
        if pair := _PAIR.match(line):
            key = pair[1].strip().lower()
            key = _NAMES.get(key, key)
            pairs[key] = _scalar(pair[2] or "")
        elif key and (item := _ITEM.match(line)):
            pairs[key] = ", ".join(filter(None, [pairs[key], _scalar(item[1])]))
    return {key: value for key, value in pairs.items() if value}


def _scalar(written: str) -> str:
    value = written.strip()
    if value.startswith("[") and value.endswith("]"):
        return ", ".join(_scalar(item) for item in value[1:-1].split(","))
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value.partition(" #")[0].rstrip()
