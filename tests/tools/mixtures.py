"""Puts broken articles through all stages: ``python tests/tools/mixtures.py --count 5000``.

Half of them are passages that break off somewhere, half mixtures of pieces and noise. Prints each
new kind of failure with the article that showed it; exit code 1 if there was any.
"""

# ruff: noqa: T201 - it prints what it finds
from __future__ import annotations

import argparse
import random
import sys
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pipeline.errors import PipelineError
from tests.noise import mixture, passages
from tests.sound import check_article


def main() -> int:
    """Run the experiment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--profile", choices=["accurate", "fast"], default="fast")
    options = parser.parse_args()
    dice = random.Random(options.seed)
    failures: Counter[tuple[str, str, int | None]] = Counter()
    for number in range(options.count):
        text = mixture(dice) if number % 2 else _broken_off(dice)
        try:
            check_article(text, dice.choice(["en", "it"]), options.profile)
        except PipelineError:
            continue  # refused with a reason, as a binary file is
        except Exception as error:  # whatever it is, it is a find
            place = traceback.extract_tb(error.__traceback__)[-1]
            kind = (type(error).__name__, place.filename, place.lineno)
            failures[kind] += 1
            if failures[kind] == 1:
                traceback.print_exc()
                print(f"{text!r}\n", flush=True)
    print(f"{options.count} articles, {failures.total()} failures of {len(failures)} kinds")
    return bool(failures)


def _broken_off(dice: random.Random) -> str:
    text = dice.choice(passages())
    return text[: dice.randrange(1, len(text))]


if __name__ == "__main__":
    sys.exit(main())
