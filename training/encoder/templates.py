"""Sentences made from templates, for registers that no corpus here covers."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from training.encoder.data import NAMES, Sentence
from training.encoder.score import spans

_SLOT = re.compile(r"<(\w+)>|\[(\w+):([^\]]+)\]")
_ELISION = re.compile(r"(?<=[a-z])'(?=[A-Z])")
_TEMPLATES = Path(__file__).with_name("templates.toml")
_FOREIGN = ("ZH", "FOREIGN", "TECH")
_HEADLINE = re.compile(r"[A-Z]{5,} - ")


def from_templates(
    corpora: dict[str, Iterable[Sentence]], copies: int, chance: random.Random
) -> list[Sentence]:
    """`copies` sentences of every template, in random order.

    `corpora`: sentences by language ("en", "it"), whose PER, ORG and LOC names fill the open slots.
    """
    table = _table()
    slots = {
        slot: (label, names)
        for label, part in table["slots"].items()
        for slot, names in part.items()
    }
    made = []
    for language, sentences in corpora.items():
        names = slots | _corpus_names(sentences)
        for template in table["text"][language]:
            made.extend(_filled(template, names, chance) for _ in range(copies))
    chance.shuffle(made)
    return made


def foreign_names() -> dict[str, list[tuple[str, ...]]]:
    """Persons and companies of the slot tables that suit both languages, by label, as words."""
    return {
        label: [tuple(name.split()) for slot in _FOREIGN for name in part.get(slot, ())]
        for label, part in _table()["slots"].items()
    }


def _table() -> dict[str, dict[str, dict[str, list[str]]]]:
    return tomllib.loads(_TEMPLATES.read_text("utf-8"))


def _corpus_names(sentences: Iterable[Sentence]) -> dict[str, tuple[str, list[str]]]:
    """Names of at most three words, by label, once each."""
    found: dict[str, dict[str, None]] = {"PER": {}, "ORG": {}, "LOC": {}}
    for sentence in sentences:
        for start, end, label in spans(sentence.names or ()):
            if label in found and end - start <= 3:
                found[label][" ".join(sentence.words[start:end])] = None
    return {label: (label, list(names)) for label, names in found.items()}


def _filled(
    template: str, slots: dict[str, tuple[str, list[str]]], chance: random.Random
) -> Sentence:
    words: list[str] = []
    targets: list[int] = []
    headline = _HEADLINE.match(template) is not None
    at = 0
    for match in _SLOT.finditer(template):
        _add(words, targets, template[at : match.start()], None)
        label, choices = slots[match[1]] if match[1] else (match[2], [match[3]])
        name = chance.choice(choices)
        _add(words, targets, name.upper() if headline else name, label)
        at = match.end()
    _add(words, targets, template[at:], None)
    return Sentence(tuple(words), tuple(targets))


def _add(words: list[str], targets: list[int], text: str, label: str | None) -> None:
    new = _ELISION.sub("' ", text).split()
    words.extend(new)
    begin = NAMES.index(f"B-{label}") if label else 0
    targets.extend([begin] + [begin + 1 if label else 0] * (len(new) - 1) if new else [])
