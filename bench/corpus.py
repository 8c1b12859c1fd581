"""Texts to measure on: the packaged seeds, each copy with other numbers in it."""

from __future__ import annotations

import re
from pathlib import Path

SEEDS = Path(__file__).parent.parent / "seeds"

_NUMBER = re.compile(r"\d+")


def articles(count: int) -> list[str]:
    """``count`` articles; every copy of a seed has other numbers in it."""
    seeds = [path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    return [_varied(seeds[number % len(seeds)], number // len(seeds)) for number in range(count)]


def article_of(characters: int) -> str:
    """One English article of about this length, made of paragraphs of different seeds."""
    seeds = [text for text in articles(60) if " the " in text]
    paragraphs: list[str] = []
    length = 0
    while length < characters:
        for text in seeds:
            paragraphs += text.split("\n\n")
            length += len(text)
    return "\n\n".join(paragraphs)[:characters]


def write(folder: Path, texts: list[str]) -> Path:
    """The texts as files in ``folder``."""
    folder.mkdir(parents=True)
    for number, text in enumerate(texts):
        (folder / f"article{number:06}.txt").write_text(text, encoding="utf-8")
    return folder


def words(texts: list[str]) -> int:
    """How many words there are, by white space."""
    return sum(len(text.split()) for text in texts)


def _varied(text: str, copy: int) -> str:
    return _NUMBER.sub(lambda found: str(int(found[0]) + copy), text) if copy else text
