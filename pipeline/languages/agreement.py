"""Words that decide whether two statements can both be meant: negation, numbers, opposites.

The tables lie in ``data/agreement_en.toml`` and ``data/agreement_it.toml``. An entry that ends in
``*`` matches the beginning of a word.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Words:
    """A list of words in lower case, some of them beginnings of words."""

    whole: frozenset[str]
    beginnings: tuple[str, ...]

    @classmethod
    def of(cls, entries: Iterable[str]) -> Words:
        """The words of a table's list."""
        listed = list(entries)
        return cls(
            frozenset(entry for entry in listed if not entry.endswith("*")),
            tuple(entry[:-1] for entry in listed if entry.endswith("*")),
        )

    def __contains__(self, word: str) -> bool:
        return word in self.whole or word.startswith(self.beginnings)


@dataclass(frozen=True, slots=True)
class AgreementTable:
    """Knowledge of one language about contradiction; all words in lower case.

    ``half_negators`` may stand for a negation in a translation; beside ``contrasts`` a negation
    may concern one half of the statement only. ``numbers`` and ``scales`` give the value of number
    words; ``number_stems`` begin those that are not listed one by one; ``thousand_suffixes`` stand
    for three zeros after figures (*2 mila*). ``clock`` are words beside a time of day.
    ``opposites`` name axes, the same ones in both languages, with the words of either end.
    """

    negators: Words
    half_negators: Words
    contrasts: Words
    numbers: Mapping[str, int]
    number_stems: tuple[str, ...]
    thousand_suffixes: tuple[str, ...]
    scales: Mapping[str, int]
    clock: frozenset[str]
    opposites: Mapping[str, tuple[Words, Words]]


@cache
def agreement_table(language: str) -> AgreementTable:
    """The table of ``language`` (``en`` or ``it``)."""
    path = resources.files("pipeline.languages") / "data" / f"agreement_{language}.toml"
    plain = tomllib.loads(path.read_text(encoding="utf-8"))
    return AgreementTable(
        negators=Words.of(plain["negators"]),
        half_negators=Words.of(plain["half_negators"]),
        contrasts=Words.of(plain["contrasts"]),
        numbers=plain["numbers"],
        number_stems=tuple(plain["number_stems"]),
        thousand_suffixes=tuple(plain["thousand_suffixes"]),
        scales=plain["scales"],
        clock=frozenset(plain["clock"]),
        opposites={
            axis: (Words.of(ends[0]), Words.of(ends[1]))
            for axis, ends in plain["opposites"].items()
        },
    )
