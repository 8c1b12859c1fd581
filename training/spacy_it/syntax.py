"""The syntax of the Italian pipeline, from nothing: sentence starts, morphology, trees, lemmas.

The treebanks and the silver trees of raw text (`training.spacy_it.trees`) are learnt together, in
spaCy's own loop, over one token vector layer.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config

from training.spacy_it.treebanks import Treebanks

CONFIG = Path(__file__).parent / "syntax.cfg"
# The treebanks are small beside the silver trees; of ISDT there is half its development part.
REPEATS, ISDT_REPEATS = 2, 4


def train_syntax(treebanks: Treebanks, silver: list[Doc], build: Path) -> Language:
    """A pipeline of syntax; its tokenizer and vectors are those of ``base`` in ``build``."""
    gold = treebanks.train * REPEATS + treebanks.dev * ISDT_REPEATS
    write_docs(build / "syntax_train.spacy", [*gold, *silver])
    write_docs(build / "syntax_dev.spacy", treebanks.dev)
    nlp = initialised(CONFIG, build, "syntax_train", "syntax_dev")
    folder = build / "syntax"
    folder.mkdir(exist_ok=True)
    train(nlp, folder, stdout=sys.stdout, stderr=sys.stderr)
    # The learning rate falls to nothing, so the last weights need no choice by score. Read again,
    # they have forgotten by which form their vectors are found.
    trained = spacy.load(folder / "model-last")
    trained.vocab.vectors = nlp.vocab.vectors
    return trained


def initialised(config: Path, build: Path, train_part: str, dev_part: str) -> Language:
    """The untrained pipeline of ``config``, with the labels of a part of ``build``."""
    overrides: dict[str, object] = {
        "paths.train": str(build / f"{train_part}.spacy"),
        "paths.dev": str(build / f"{dev_part}.spacy"),
        "paths.base": str(build / "base"),
    }
    return init_nlp(load_config(config, overrides=overrides))


def write_docs(path: Path, docs: Iterable[Doc]) -> None:
    """Save documents as spaCy reads them for training."""
    DocBin(docs=docs, store_user_data=False).to_disk(path)
