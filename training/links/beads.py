"""Fits the weights of `pipeline.corpus.align` on damaged texts whose true beads are known.

``python -m training.links.beads --data FOLDER`` reads the development half of the texts of
`quality.alignment` and writes ``pipeline/corpus/align_weights.json``. The weights are those under
which the true chains have the greatest chance (a conditional random field), with a ridge. As the
old weights choose the merged beads that are looked at, a second round changes little and a third
one nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from pipeline.backends.sentence_encoder import encode
from pipeline.corpus.align import Lattice, Side, chances_of, lattice
from quality.alignment import FILE, HALF, LEVELS, Case, cases, read_sentences

WEIGHTS = Path("pipeline/corpus/align_weights.json")
ROUNDS = 2
RIDGE = 1.0
COPIES = 4  # of each text, per level
ROUNDED = 3

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """The possible beads of two texts, and what speaks for the true ones in sum."""

    beads: Lattice
    size: tuple[int, int]
    true: Mapping[str, float]


def examples(texts: Sequence[Case], weights: Mapping[str, float]) -> Iterator[Example]:
    """The lattices of ``texts``; true beads that they lack count for nothing."""
    for case in texts:
        en, it = Side(case.en, encode(case.en)), Side(case.it, encode(case.it))
        beads = lattice(en, it, weights, encode)
        true = {
            shape: np.zeros(beads.possible[shape].shape, dtype=np.float64) for shape in beads.shapes
        }
        for left, right in case.beads:
            shape = len(left), len(right)
            if shape in true and beads.possible[shape][left[0], right[0]]:
                true[shape][left[0], right[0]] = 1.0
        yield Example(beads, (len(en), len(it)), expected(beads, true))


def expected(beads: Lattice, chances: Mapping[tuple[int, int], Array]) -> dict[str, float]:
    """The sum of all evidence, each bead's by its chance."""
    sums: dict[str, float] = {}
    for shape in beads.shapes:
        for name, values in beads.evidence(shape).items():
            sums[name] = sums.get(name, 0.0) + float((chances[shape] * values).sum())
    return sums


def fit(found: Sequence[Example], start: Mapping[str, float]) -> dict[str, float]:
    """The weights that make the true chains most likely."""
    names = sorted(start)

    def loss(values: Array) -> tuple[float, Array]:
        weights = dict(zip(names, values.tolist(), strict=True))
        total, slope = RIDGE / 2 * float(values @ values), RIDGE * values
        for each in found:
            chances, whole = chances_of(each.beads.gains(weights), *each.size)
            mean = expected(each.beads, chances)
            total += whole - sum(weights[name] * each.true[name] for name in names)
            slope = slope + np.array([mean[name] - each.true[name] for name in names])
        return total, slope

    first = np.array([start[name] for name in names])
    best = minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": 40})
    return {name: round(float(x), ROUNDED) for name, x in zip(names, best.x, strict=True)}


@click.command()
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), default="data")
def main(data: Path) -> None:
    """Train and write."""
    sentences = read_sentences(data / FILE)[:HALF]
    texts = [case for noise in LEVELS.values() for case in cases(sentences, noise, COPIES)]
    weights: dict[str, float] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    for _ in range(ROUNDS):
        weights = fit(list(examples(texts, weights)), weights)
        print(weights)
    WEIGHTS.write_text(json.dumps(weights, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
