"""Texts to measure on: the packaged seeds, each copy with other numbers in it, and the project's
own annotated articles, none like another."""

from __future__ import annotations

import re
from pathlib import Path

from quality.markup import read_folder

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
TOLD_TWICE = 10  # of so many different articles, one has a counterpart in the other language

_NUMBER = re.compile(r"\d+")


def articles(count: int) -> list[str]:
    """``count`` articles; every copy of a seed has other numbers in it."""
    seeds = [path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    return [_varied(seeds[number % len(seeds)], number // len(seeds)) for number in range(count)]


def different(count: int) -> list[str]:
    """``count`` articles (540 at most, of some 160 words), none a copy of another."""
    training = ROOT / "training"
    told_twice = read_folder(training / "pairs")
    couples = list(
        zip(told_twice[: len(told_twice) // 2], told_twice[len(told_twice) // 2 :], strict=True)
    )
    once = [*read_folder(training / "articles" / "en"), *read_folder(training / "articles" / "it")]
    twice = [each for couple in couples[: count // TOLD_TWICE // 2] for each in couple]
    wanted = count - len(twice)
    spread = [once[number * len(once) // wanted] for number in range(wanted)]
    return [each.text for each in (*twice, *spread)]


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
