"""Corpora read into sentences with targets, and cut into training, development and test parts.

Every corpus is cut in blocks of consecutive sentences with a fixed seed, so that no article
lies in two parts; a training sentence that is also held out is dropped.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

NAMES = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC")
CONTENT = ("O", "B-direct", "I-direct", "B-indirect", "I-indirect", "B-mixed", "I-mixed")
CUE = ("O", "B-cue", "I-cue")
SOURCE = ("O", "B-source", "I-source")
UNKNOWN = -100
"""No target here: the corpus does not annotate this layer."""
O_OR_MISC = -1
"""The corpus has no MISC, so its O says only: not PER, ORG or LOC."""

_DEMONYM = re.compile(r"[A-Z]\w+(?:an|ian|ean|ese|ish|ch|i|ic|eek|ss)s?|[A-Z]\w+-[A-Z]\w+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words with one target a word in each annotated layer; None where a layer is absent.

    `heads` counts words of the sentence from 0, and a root is its own head. `claims` holds content,
    cue and source tags. A paragraph of several sentences is not `one_sentence`;
    one that `opens_text` shares no window with what stands before it.
    """

    words: tuple[str, ...]
    names: tuple[int, ...] | None = None
    upos: tuple[str, ...] | None = None
    heads: tuple[int, ...] | None = None
    deps: tuple[str | None, ...] | None = None
    claims: tuple[tuple[int, int, int], ...] | None = None
    one_sentence: bool = True
    opens_text: bool = False


@dataclass(frozen=True, slots=True)
class Corpus:
    """The three parts of one corpus, sentences in their order."""

    name: str
    train: list[Sentence]
    dev: list[Sentence]
    test: list[Sentence]


def cut(name: str, sentences: list[Sentence], dev: float, test: float, block: int = 40) -> Corpus:
    """`sentences` in three parts, `dev` and `test` being shares of all blocks."""
    blocks = [sentences[at : at + block] for at in range(0, len(sentences), block)]
    order = list(range(len(blocks)))
    random.Random(f"cut {name}").shuffle(order)
    in_dev, in_test = round(dev * len(blocks)), round(test * len(blocks))
    parts: dict[str, list[Sentence]] = {"dev": [], "test": [], "train": []}
    chosen = dict.fromkeys(order[:in_dev], "dev")
    chosen |= dict.fromkeys(order[in_dev : in_dev + in_test], "test")
    for number, part in enumerate(blocks):
        parts[chosen.get(number, "train")].extend(part)
    return Corpus(name, parts["train"], parts["dev"], parts["test"])


def without_overlap(corpora: list[Corpus]) -> list[Corpus]:
    """The same corpora, less training sentences of five or more words that are also held out."""
    held_out = {
        _key(sentence)
        for corpus in corpora
        for sentence in corpus.dev + corpus.test
        if len(sentence.words) >= 5
    }
    return [
        replace(corpus, train=[s for s in corpus.train if _key(s) not in held_out])
        for corpus in corpora
    ]


def _key(sentence: Sentence) -> str:
    return "".join(sentence.words).lower()


def read_names(
    path: Path, word: int, tag: int, misc: bool = True, inside_only: bool = False
) -> list[Sentence]:
    """Sentences of a column file with BIO (or, `inside_only`, IO) tags; `word`, `tag`: columns."""
    return [
        Sentence(
            tuple(row[word] for row in rows),
            names_of([row[tag] for row in rows], misc, inside_only),
        )
        for rows in _blocks(path)
    ]


def names_of(tags: list[str], misc: bool, inside_only: bool = False) -> tuple[int, ...]:
    """Target numbers of name tags; without MISC in the corpus, O stays open between O and MISC."""
    targets: list[int] = []
    before = "O"
    for tag in tags:
        kind = tag[2:]
        if tag == "O" or tag.endswith("OTH"):
            targets.append(0 if misc else O_OR_MISC)
        else:
            goes_on = tag[0] == "I" and before[2:] == kind
            targets.append(NAMES.index(("I-" if goes_on else "B-") + kind))
        before = tag
    return tuple(targets)


def without_demonyms(sentences: Iterable[Sentence]) -> list[Sentence]:
    """English sentences whose single-word MISC demonyms ("Japanese") carry no target.

    Our guideline leaves nationalities unmarked; Wikigold, like CoNLL-2003, marks them.
    """
    begin, inside = NAMES.index("B-MISC"), NAMES.index("I-MISC")

    def targets(sentence: Sentence) -> tuple[int, ...]:
        names = sentence.names or ()
        return tuple(
            O_OR_MISC
            if name == begin
            and (i + 1 == len(names) or names[i + 1] != inside)
            and _DEMONYM.fullmatch(w)
            else name
            for i, (w, name) in enumerate(zip(sentence.words, names, strict=True))
        )

    return [replace(sentence, names=targets(sentence)) for sentence in sentences]


def read_trees(path: Path, silent: frozenset[str] = frozenset()) -> list[Sentence]:
    """Sentences of a CoNLL-U file, contractions ("della", "farlo") as one word.

    A contraction takes part of speech, head and label from its first part whose head lies outside.
    Labels in `silent` give no target: the treebank uses them more broadly than the others do.
    """
    return [_tree(rows, silent) for rows in _blocks(path)]


def _tree(rows: list[list[str]], silent: frozenset[str]) -> Sentence:
    parts: list[list[list[str]]] = []
    forms: list[str] = []
    covered = 0
    for row in rows:
        if "." in row[0]:
            continue
        if "-" in row[0]:
            covered = int(row[0].split("-")[1])
            parts.append([])
            forms.append(row[1])
        elif int(row[0]) <= covered:
            parts[-1].append(row)
        else:
            parts.append([row])
            forms.append(row[1])
    place = {row[0]: number for number, part in enumerate(parts) for row in part}
    upos, heads, deps = [], [], []
    for number, part in enumerate(parts):
        top = next((row for row in part if place.get(row[6]) != number), part[0])
        upos.append(top[3])
        heads.append(place.get(top[6], number))
        deps.append(None if top[7] in silent else top[7])
    return Sentence(tuple(forms), None, tuple(upos), tuple(heads), tuple(deps))


def _blocks(path: Path) -> Iterator[list[list[str]]]:
    rows: list[list[str]] = []
    for line in path.read_text("utf-8").split("\n"):
        if line.startswith("# ") and "\t" not in line:
            continue
        if line.strip():
            rows.append(line.split("\t") if "\t" in line else line.split(" "))
        elif rows:
            yield rows
            rows = []
    if rows:
        yield rows
