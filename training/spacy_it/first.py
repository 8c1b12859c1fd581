"""The first stage of the Italian pipeline: syntax and names from nothing, with spaCy's own loop.

Sentence starts, morphology, dependencies and lemmas come from the treebanks; then names. KIND does
not annotate MISC, so a first recogniser, trained on WikiNEuRal alone, adds it there.
"""

import random
import sys
from collections.abc import Iterable
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config

from training.encoder.corpora import training_articles
from training.spacy_it import names
from training.spacy_it.lexicon import FOREIGN_FILES, organisations
from training.spacy_it.names import TaggedSentence
from training.spacy_it.treebanks import Treebanks

HERE = Path(__file__).parent
SEED = 7
WIKINEWS_FILE = "it/ner_kind/WN_train.tsv"
WIKIPEDIA_FILE = "it/ner_wikineural/it_val.conllu"
TRAIN_SPEECHES_FILE = "it/ner_kind/ADG_train.tsv"
SPEECHES_FILE = "it/ner_kind/ADG_test.tsv"
# Blocks of fifty sentences, of every twenty, kept for choices and for the reported scores.
FOLDS, DEV_FOLD, TEST_FOLD = 20, 0, 10
ARTICLE_REPEATS = 4
ISDT_REPEATS = 2
FIRST_RECOGNISER_STEPS = 1250


def first_version(
    base: Language, treebanks: Treebanks, data: Path, articles: Path, build: Path
) -> Language:
    """A pipeline of syntax and names; ``base`` is saved in ``build``."""
    write_docs(build / "syntax_train.spacy", [*treebanks.train, *treebanks.dev * ISDT_REPEATS])
    write_docs(build / "syntax_dev.spacy", treebanks.dev)
    nlp = run_training("syntax", build, "syntax_train", "syntax_dev")
    nlp.add_pipe("ner", source=train_names(base, data, articles, build))
    return nlp


def held_out(data: Path) -> dict[str, list[TaggedSentence]]:
    """What the names of this stage are chosen and scored on, by part."""
    read = {
        name: names.read_bio(data / file)
        for name, file in (("wikinews", WIKINEWS_FILE), ("wikipedia", WIKIPEDIA_FILE))
    }
    parts = {
        f"{name}_{part}": names.fold(sentences, fold, FOLDS)
        for name, sentences in read.items()
        for part, fold in (("dev", DEV_FOLD), ("test", TEST_FOLD))
    }
    return parts | {"speeches_test": names.read_bio(data / SPEECHES_FILE)}


def train_names(base: Language, data: Path, articles: Path, build: Path) -> Language:
    """The pipeline that recognises names."""
    rng = random.Random(SEED)
    news, wiki = (
        names.without_folds(names.read_bio(data / file), (DEV_FOLD, TEST_FOLD), FOLDS)
        for file in (WIKINEWS_FILE, WIKIPEDIA_FILE)
    )
    foreign = [sentence for name in FOREIGN_FILES for sentence in names.read_bio(data / name)]
    swap = names.NameSwap([*foreign, *wiki, *news], organisations(data), rng)
    wiki_docs = names.to_docs(base, wiki, rng) + names.to_docs(
        base, names.with_swaps(wiki, swap, rng), rng
    )
    write_docs(build / "names_first.spacy", wiki_docs)
    first = run_training(
        "names", build, "names_first", "names_wikipedia_dev", FIRST_RECOGNISER_STEPS
    )
    kind = names.to_docs(base, news, rng) + names.to_docs(
        base, names.with_swaps(news, swap, rng), rng
    )
    kind += names.to_docs(base, names.read_bio(data / TRAIN_SPEECHES_FILE), rng)
    docs = [
        *with_misc(first, kind),
        *wiki_docs,
        *names.read_articles(base, training_articles(articles)) * ARTICLE_REPEATS,
    ]
    rng.shuffle(docs)
    write_docs(build / "names_train.spacy", docs)
    return run_training("names", build, "names_train", "names_wikinews_dev")


def with_misc(recogniser: Language, docs: list[Doc]) -> list[Doc]:
    """``docs`` with the MISC names that ``recogniser`` finds outside their own names."""
    for doc, found in zip(
        docs, recogniser.pipe(doc.copy() for doc in _without_names(docs)), strict=True
    ):
        own = {token.i for name in doc.ents for token in name}
        misc = [
            name
            for name in found.ents
            if name.label_ == "MISC" and own.isdisjoint(range(name.start, name.end))
        ]
        doc.ents = [*doc.ents, *(Span(doc, name.start, name.end, label="MISC") for name in misc)]
    return docs


def run_training(
    config: str, build: Path, train_part: str, dev_part: str, steps: int | None = None
) -> Language:
    """The pipeline trained with ``CONFIG.cfg`` on parts of ``build``, with averaged weights."""
    overrides: dict[str, object] = {
        "paths.train": str(build / f"{train_part}.spacy"),
        "paths.dev": str(build / f"{dev_part}.spacy"),
        "paths.base": str(build / "base"),
    }
    if steps:
        overrides["training.max_steps"] = steps
    nlp = init_nlp(load_config(HERE / f"{config}.cfg", overrides=overrides))
    folder = build / train_part
    folder.mkdir(exist_ok=True)
    train(nlp, folder, stdout=sys.stdout, stderr=sys.stderr)
    # The learning rate falls to nothing, so the last weights need no choice by score. Read again,
    # they have forgotten by which form their vectors are found.
    trained = spacy.load(folder / "model-last")
    trained.vocab.vectors = nlp.vocab.vectors
    return trained


def write_docs(path: Path, docs: Iterable[Doc]) -> None:
    """Save documents as spaCy reads them for training."""
    DocBin(docs=docs, store_user_data=False).to_disk(path)


def _without_names(docs: list[Doc]) -> Iterable[Doc]:
    for doc in docs:
        yield Doc(
            doc.vocab,
            words=[token.text for token in doc],
            spaces=[bool(token.whitespace_) for token in doc],
        )
