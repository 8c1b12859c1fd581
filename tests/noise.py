"""Broken text: passages of both languages, cut anywhere and glued together with noise."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CASES = Path(__file__).parent / "cases"
MARKUP = re.compile(r"\{\w+\|([^{}]*)\}")
SHORTEST = 25  # characters; shorter strings of the tables are labels

# Sentences in both languages, glued together with whatever scraping leaves behind.
SENTENCES = (
    "«Il ponte riapre», ha detto Anna Verdi.",
    "La sindaca teme che la città paghi 3,5 milioni di euro",
    "Secondo Luca Bianchi, non c’è fretta.",
    "“We are late,” Mary O’Neil told the BBC.",
    "The firm says profits fell 4% on 12 March 2026.",
    "'It's over,' she said",
    "Read more: The ten best bridges",
    "Condividi su Facebook",
    "5 min read",
    "“",
    "—",
    "a)b»c «",
)
NOISE = (
    " ", "\n", "\n\n", "\r\n", "\r", "\t", "", "&nbsp;", "&amp;quot;", "Ã¨", "â€œ", "\x00", "\x85",
    "\u2028", "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH SPACE}", "\N{SOFT HYPHEN}",
    "\N{COMBINING GRAVE ACCENT}", "\N{RIGHT-TO-LEFT OVERRIDE}", "\N{ZERO WIDTH NO-BREAK SPACE}",
    "\N{PARTY POPPER}", "<b>", "||",
)  # fmt: skip
MARKS = (*"“”\"'«»‘’:,.;–—-?!()…", "“||", "Q: ", "A: ", "— ", "> ", '"\n', "»\n\n«")


@cache
def passages() -> tuple[str, ...]:
    """All passages of the case tables, without markup."""
    tables = (tomllib.loads(path.read_text("utf-8")) for path in sorted(CASES.rglob("*.toml")))
    found = (MARKUP.sub(r"\1", text) for table in tables for text in _strings(table))
    return tuple(text for text in found if len(text) >= SHORTEST)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def mixture(dice: random.Random) -> str:
    """Up to two dozen pieces of text and noise."""
    mixed = "".join(_piece(dice) for _ in range(dice.randrange(1, 25)))
    return mixed.replace("\x00", "", mixed.count("\x00") - 1)  # many would make it a binary file


def _piece(dice: random.Random) -> str:
    pool = dice.choices((SENTENCES, NOISE, MARKS, passages()), (20, 20, 25, 35))[0]
    piece = dice.choice(pool)
    if pool is passages() and dice.random() < 0.6:
        low = dice.randrange(len(piece))
        return piece[low : dice.randrange(low, len(piece)) + 1]
    return piece
