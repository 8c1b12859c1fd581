"""Train the Italian pipeline from the corpora: ``python -m training.spacy_it.train --data FOLDER``.

Two trainings follow each other: sentence starts, morphology, dependencies and lemmas from the
treebanks; then names. KIND does not annotate MISC, so a first recogniser, trained on WikiNEuRal
alone, adds it there. The result is one folder that plain spaCy loads. Everything is seeded.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterable
from pathlib import Path

import spacy
import srsly
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config
from thinc.api import NumpyOps, set_current_ops

from training.spacy_it import names
from training.spacy_it.evaluate import scores
from training.spacy_it.lexicon import FOREIGN_FILES, GAZETTEER_FILE, build_vectors
from training.spacy_it.names import TaggedSentence
from training.spacy_it.tokenizer import italian_tokenizer
from training.spacy_it.treebanks import Treebanks, read_treebanks

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
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


def main() -> None:
    """Train, assemble, score, and save the pipeline."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--articles", type=Path, default=PROJECT / "training" / "articles" / "it")
    parser.add_argument(
        "--build", type=Path, default=PROJECT / "build" / "it_news_sm", help="intermediate files"
    )
    parser.add_argument("--out", type=Path, default=PROJECT / "pipeline" / "models" / "it_news_sm")
    arguments = parser.parse_args()
    # The wheels of blis carry slow generic kernels; numpy's BLAS multiplies three times as fast.
    set_current_ops(NumpyOps(use_blis=False))
    build: Path = arguments.build
    build.mkdir(parents=True, exist_ok=True)
    base = make_base(arguments.data, build)
    syntax = train_syntax(read_treebanks(arguments.data / "it", SEED), build)
    recogniser = train_names(base, arguments.data, arguments.articles, build)
    save(syntax, recogniser, build, arguments.out)


def make_base(data: Path, build: Path) -> Language:
    """A pipeline with tokenizer and word vectors only, saved as ``base`` in ``build``."""
    nlp = spacy.blank("it")
    italian_tokenizer(nlp)
    nlp.vocab.vectors = build_vectors(data)
    nlp.to_disk(build / "base")
    return nlp


def train_syntax(treebanks: Treebanks, build: Path) -> Language:
    """The pipeline of sentence starts, morphology, dependencies and lemmas.

    The settings were chosen on ISDT's development part; with them chosen, it joins the training.
    """
    _write(build / "syntax_train.spacy", [*treebanks.train, *treebanks.dev * ISDT_REPEATS])
    _write(build / "syntax_dev.spacy", treebanks.dev)
    _write(build / "syntax_isdt_test.spacy", treebanks.isdt_test)
    _write(build / "syntax_vit_test.spacy", treebanks.vit_test)
    return run_training("syntax", build, "syntax_train", "syntax_dev")


def train_names(base: Language, data: Path, articles: Path, build: Path) -> Language:
    """The pipeline that recognises names; development and test parts are written to ``build``."""
    rng = random.Random(SEED)
    wikinews, wikipedia = (
        names.read_bio(data / WIKINEWS_FILE),
        names.read_bio(data / WIKIPEDIA_FILE),
    )
    for name, sentences in (("wikinews", wikinews), ("wikipedia", wikipedia)):
        for part, fold in (("dev", DEV_FOLD), ("test", TEST_FOLD)):
            docs = names.to_docs(base, names.fold(sentences, fold, FOLDS))
            _write(build / f"names_{name}_{part}.spacy", docs)
    _write(
        build / "names_speeches_test.spacy",
        names.to_docs(base, names.read_bio(data / SPEECHES_FILE)),
    )
    news, wiki = (
        names.without_folds(part, (DEV_FOLD, TEST_FOLD), FOLDS) for part in (wikinews, wikipedia)
    )
    foreign = [sentence for name in FOREIGN_FILES for sentence in names.read_bio(data / name)]
    swap = names.NameSwap([*foreign, *wiki, *news], organisations(data), rng)
    wiki_docs = names.to_docs(base, wiki, rng) + names.to_docs(base, _swapped(wiki, swap, rng), rng)
    _write(build / "names_first.spacy", wiki_docs)
    first = run_training(
        "names", build, "names_first", "names_wikipedia_dev", FIRST_RECOGNISER_STEPS
    )
    kind = names.to_docs(base, news, rng) + names.to_docs(base, _swapped(news, swap, rng), rng)
    kind += names.to_docs(base, names.read_bio(data / TRAIN_SPEECHES_FILE), rng)
    docs = [
        *with_misc(first, kind),
        *wiki_docs,
        *names.read_articles(base, articles) * ARTICLE_REPEATS,
    ]
    rng.shuffle(docs)
    _write(build / "names_train.spacy", docs)
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
    # The learning rate falls to nothing, so the last weights need no choice by score.
    return spacy.load(folder / "model-last")


def save(syntax: Language, recogniser: Language, build: Path, out: Path) -> None:
    """Write both parts as one pipeline to ``out``, with its test scores in ``meta.json``."""
    syntax.add_pipe("ner", source=recogniser)
    syntax.config["initialize"] = {}
    for section in ("paths", "corpora", "training"):
        syntax.config[section] = {}
    meta = json.loads((HERE / "meta.json").read_text(encoding="utf-8"))
    syntax.meta.update(meta)
    syntax.meta["performance"] = scores(syntax, build)
    syntax.to_disk(out)
    srsly.write_json(out / "vocab" / "strings.json", sorted(needed_strings(syntax)))
    print(json.dumps(syntax.meta["performance"], indent=2))


def needed_strings(nlp: Language) -> set[str]:
    """The strings that the pipeline writes into documents: labels, and pieces of lemmas.

    Training leaves every word it saw in the string store; texts bring their own words anyway.
    """
    labelled = ("senter", "morphologizer", "parser", "ner")
    labels = {label for name in labelled for label in nlp.get_pipe(name).labels}
    trees = srsly.msgpack_loads(nlp.get_pipe("lemmatizer").trees.to_bytes())["trees"]
    numbers = {tree[end] for tree in trees if "orig" in tree for end in ("orig", "subst")}
    pieces = {nlp.vocab.strings[number] for number in numbers if number}
    return labels | pieces | set(spacy.blank("it").vocab.strings)


def _write(path: Path, docs: Iterable[Doc]) -> None:
    DocBin(docs=docs, store_user_data=False).to_disk(path)


def _without_names(docs: list[Doc]) -> Iterable[Doc]:
    for doc in docs:
        yield Doc(
            doc.vocab,
            words=[token.text for token in doc],
            spaces=[bool(token.whitespace_) for token in doc],
        )


def organisations(data: Path) -> list[str]:
    """Names of the gazetteer with a capital letter first; each line is ``ORG`` and the name."""
    lines = (data / GAZETTEER_FILE).read_text(encoding="utf-8").splitlines()
    return [line[4:] for line in lines if line[4:5].isupper()]


def _swapped(
    sentences: list[TaggedSentence], swap: names.NameSwap, rng: random.Random
) -> list[TaggedSentence]:
    """Half of the sentences that hold names, with other names."""
    return [
        swap.apply(s) for s in sentences if any(tag != "O" for tag in s.tags) and rng.random() < 0.5
    ]


if __name__ == "__main__":
    main()
