"""``python -m quality.alignment --data FOLDER``: how well and how fast sentences are aligned.

The texts are the Parallel Universal Dependencies treebank (Zeman et al. 2017), 1,000 sentences in
English and Italian, which is no part of this repository: ``FOLDER/it/ud_pud/it_pud-ud-test.conllu``
holds both. Its first half serves choices, its second half is for measuring. Each text is a stretch
of neighbouring sentences, and the true beads are known because the damage is done here: sentences
are split at a comma, joined with the next, or dropped, each on one side, and now and then a whole
paragraph is missing. Random numbers are seeded, so that every run measures the same texts.

A bead is right when both its sides are (*strict*). *Null* is the same for dropped sentences: right
when the sentence stands alone. Times are processor time, as a share of what the two spaCy pipelines
(``--profile fast``) need for the same texts.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click

from pipeline.backends.packaged import model_source
from pipeline.backends.spacy_analyzer import load_pipeline
from pipeline.config import ModelSettings
from pipeline.corpus.align import Bead, align_segments
from pipeline.languages import LANGUAGES
from quality.measures import Measure, Retrieval, Share, hits, total

FILE = "it/ud_pud/it_pud-ud-test.conllu"
HALF = 500
TEXT = 50  # sentences
COPIES = 4  # of each stretch, each damaged in another way
PARAGRAPH = (3, 7)  # sentences that go missing together
LEAST_PART = 20  # characters of either part of a split sentence
SURE = 0.9
BINS = 10

Half = Literal["development", "test"]
Sentences = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Noise:
    """Chances: of a split or a drop for each sentence on each side, of a join for each two
    neighbours, of a missing paragraph for each sentence. Unless it is ``piled``, what is damaged
    once is left alone, on both sides."""

    split: float = 0.0
    join: float = 0.0
    drop: float = 0.0
    gap: float = 0.0
    piled: bool = False


LEVELS = {
    "clean": Noise(),
    "light": Noise(split=0.03, join=0.03, drop=0.02),
    "hard": Noise(split=0.12, join=0.10, drop=0.06, gap=0.01),
    "piled": Noise(split=0.12, join=0.10, drop=0.06, gap=0.01, piled=True),
}


@dataclass(frozen=True, slots=True)
class Case:
    """Two texts and their true beads: English indices, Italian indices."""

    en: Sentences
    it: Sentences
    beads: frozenset[tuple[tuple[int, ...], tuple[int, ...]]]


def read_sentences(file: Path) -> list[tuple[str, str]]:
    """The sentences of a treebank with ``text`` and ``text_en`` comments: English, Italian."""
    text = file.read_text(encoding="utf-8")
    italian = re.findall(r"^# text = (.+)$", text, re.MULTILINE)
    english = re.findall(r"^# text_en = (.+)$", text, re.MULTILINE)
    return list(zip(english, italian, strict=True))


def cases(
    sentences: Sequence[tuple[str, str]], noise: Noise, copies: int = COPIES
) -> Iterator[Case]:
    """Damaged texts; always the same for the same sentences."""
    chance = random.Random(1)
    for _ in range(copies if noise != Noise() else 1):
        for start in range(0, len(sentences), TEXT):
            yield damaged(sentences[start : start + TEXT], noise, chance)


def damaged(sentences: Sequence[tuple[str, str]], noise: Noise, chance: random.Random) -> Case:
    """A text and its translation with damage on both sides, and the beads that are left."""
    plans = _plans(len(sentences), noise, chance)
    sides = [
        _pieces(side, plan) for side, plan in zip(zip(*sentences, strict=True), plans, strict=True)
    ]
    en, it = ([text for text, _ in side] for side in sides)
    beads = _true_beads(*([numbers for _, numbers in side] for side in sides))
    return Case(tuple(en), tuple(it), frozenset(beads))


@dataclass(frozen=True, slots=True)
class _Plan:
    """The numbers of the sentences of one side to drop, to split, to join with the next one."""

    drop: set[int]
    split: set[int]
    join: set[int]


def _plans(count: int, noise: Noise, chance: random.Random) -> tuple[_Plan, _Plan]:
    """What to do to either side. No sentence is split on both: whether its parts then correspond
    one by one is anyone's guess."""
    plans = _Plan(set(), set(), set()), _Plan(set(), set(), set())
    touched: set[int] = set()

    def strike(where: set[int], number: int, reach: int) -> None:
        reached = set(range(number, number + reach))
        if noise.piled or touched.isdisjoint(reached):
            touched.update(reached)
            where.add(number)

    for number in range(count):
        if chance.random() < noise.gap:
            plan, length = chance.choice(plans), chance.randint(*PARAGRAPH)
            for missing in range(number, number + length):
                strike(plan.drop, missing, 1)
        for plan in plans:
            for where, likely, reach in (
                (plan.drop, noise.drop, 1),
                (plan.split, noise.split, 1),
                (plan.join, noise.join, 2),
            ):
                if chance.random() < likely:
                    strike(where, number, reach)
    plans[1].split.difference_update(plans[0].split)
    return plans


def _pieces(side: Sequence[str], plan: _Plan) -> list[tuple[str, set[int]]]:
    """One side after the damage, each piece with the numbers of the sentences that it holds."""
    pieces: list[tuple[str, set[int]]] = []
    for number, sentence in enumerate(side):
        if number in plan.drop:
            continue
        first, *rest = _split(sentence) if number in plan.split else [sentence]
        if number - 1 in plan.join and pieces and number - 1 in pieces[-1][1]:
            before, numbers = pieces.pop()
            pieces.append((f"{before} {first}", numbers | {number}))
        else:
            pieces.append((first, {number}))
        pieces += [(part, {number}) for part in rest]
    return pieces


def _split(sentence: str) -> list[str]:
    """The sentence as two, cut at the comma, semicolon, colon or dash that is nearest to its
    middle; whole when both parts would not be long enough."""
    places = [
        match
        for match in re.finditer(r"[,;:] | [-–—] ", sentence)
        if match.start() >= LEAST_PART and len(sentence) - match.end() >= LEAST_PART
    ]
    if not places:
        return [sentence]
    place = min(places, key=lambda match: abs(match.start() - len(sentence) / 2))
    rest = sentence[place.end() :]
    return [sentence[: place.start()] + ".", rest[0].upper() + rest[1:]]


def _true_beads(
    en: Sequence[set[int]], it: Sequence[set[int]]
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Pieces that share sentences, directly or through each other; the others alone."""
    tied = {number for piece in (*en, *it) for number in range(min(piece) + 1, max(piece) + 1)}

    def first(piece: set[int]) -> int:
        return next(number for number in range(min(piece), -1, -1) if number not in tied)

    for number in sorted({first(piece) for piece in (*en, *it)}):
        left = tuple(i for i, piece in enumerate(en) if first(piece) == number)
        right = tuple(j for j, piece in enumerate(it) if first(piece) == number)
        if left and right:
            yield left, right
        else:
            yield from (((i,), ()) for i in left)
            yield from (((), (j,)) for j in right)


def score(case: Case, beads: Sequence[Bead]) -> dict[str, Measure]:
    """Strict and null figures, and how many of the beads that are sure are right."""
    found = {(en, it) for en, it, _ in beads}
    sure = {(en, it) for en, it, chance in beads if en and it and chance >= SURE}
    return {
        "strict": _overlap(
            {bead for bead in found if all(bead)}, {bead for bead in case.beads if all(bead)}
        ),
        "null": _overlap(
            {bead for bead in found if not all(bead)},
            {bead for bead in case.beads if not all(bead)},
        ),
        "right where sure": Share(len(sure & case.beads), len(sure)),
    }


def _overlap(found: Set[object], true: Set[object]) -> Retrieval:
    return hits(len(found & true), len(found), len(true))


def calibration(judged: Iterable[tuple[float, bool]]) -> float:
    """The mean distance between the score and the share that is right, over ten bins of scores,
    each weighted by its size (expected calibration error)."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for chance, right in judged:
        bins[min(int(chance * BINS), BINS - 1)].append((chance, right))
    distances = [
        abs(sum(chance for chance, _ in each) - sum(right for _, right in each)) for each in bins
    ]
    return sum(distances) / max(sum(map(len, bins)), 1)


def seconds(work: Callable[[], object]) -> float:
    """The processor time of ``work``."""
    start = time.process_time()
    work()
    return time.process_time() - start


def _spacy_seconds(texts: Sequence[Case]) -> float:
    models = [load_pipeline(model_source(ModelSettings(), code)) for code in LANGUAGES]
    for model in models:
        model("Warm up. Si scalda.")
    return sum(
        seconds(lambda model=model, text=text: model(text))  # type: ignore[misc]
        for case in texts
        for model, text in zip(models, (" ".join(case.en), " ".join(case.it)), strict=True)
    )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default="data",
    show_default=True,
    help=f"Folder with {FILE}.",
)
@click.option("--half", type=click.Choice(["test", "development"]), default="test")
@click.option("--times/--no-times", default=True, help="Also measure times against spaCy.")
def main(data: Path, half: Half, times: bool) -> None:
    """Measure sentence alignment on damaged texts."""
    sentences = read_sentences(data / FILE)
    chosen = sentences[:HALF] if half == "development" else sentences[HALF:]
    align_segments(["Warm up."], ["Si scalda."])
    for name, noise in LEVELS.items():
        texts = list(cases(chosen, noise))
        spent = 0.0
        measured = []
        judged = []
        for text in texts:
            start = time.process_time()
            beads = align_segments(text.en, text.it)
            spent += time.process_time() - start
            measured.append(score(text, beads))
            judged += [(chance, (en, it) in text.beads) for en, it, chance in beads]
        figures = {
            key: f"{value.value:.4f}" for key, value in total(measured).items() if value.basis
        }
        figures["calibration error"] = f"{calibration(judged):.3f}"
        if times:
            few = texts[: HALF // TEXT]
            share = spent / len(texts) * len(few) / _spacy_seconds(few)
            figures["time / spaCy"] = f"{share:.2f}"
        click.echo(f"{name:6} " + "  ".join(f"{key} {value}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
