"""Train the Italian pipeline from the corpora: ``python -m training.spacy_it.train --data FOLDER``.

The first stage makes a pipeline from nothing (`training.spacy_it.first`); ``--start FOLDER`` takes
an earlier version instead. The second trains its names further with the packaged encoder as
teacher, which says which kind of name a single word is, and finds the names of raw text, and MISC
where a corpus marks none. The result is one folder that plain spaCy loads. Everything is seeded.
"""

import argparse
import json
import random
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from pathlib import Path

import spacy
import srsly
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import NumpyOps, set_current_ops

from pipeline.backends.encoder import Encoder
from pipeline.backends.packaged import ENCODER
from training.encoder.corpora import article_corpora, name_corpora, training_articles
from training.encoder.data import Corpus, without_overlap
from training.encoder.templates import from_templates
from training.spacy_it import names
from training.spacy_it.evaluate import scores
from training.spacy_it.first import SEED, first_version, held_out, write_docs
from training.spacy_it.fit import Plan, fit
from training.spacy_it.lexicon import (
    FOREIGN_FILES,
    build_vectors,
    organisations,
    save_pipeline,
    widened,
)
from training.spacy_it.names import TaggedSentence
from training.spacy_it.teacher import Taught, silver, tagged, taught, with_misc
from training.spacy_it.tokenizer import italian_tokenizer
from training.spacy_it.treebanks import (
    Treebanks,
    forms,
    read_treebanks,
    training_sentences,
)

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
MORO_FILE = "it/ner_kind/moro_train_silver_io.tsv"
# Of these large corpora in an old or literary language only so many sentences, or every so many.
MOST_OF_MORO = 1_500
STEPS_THROUGH = {"politics_it": 2, "fiction_it": 4}
# Shorter sentences ("Fonti") are found everywhere.
LEAST_KNOWN = 5
COPIES_OF_TEMPLATES = 25
ARTICLE_REPEATS = 4
REPEATS = {"wikinews_it": 2}
NAMES_PLAN = Plan(steps=3_300, rate=1e-3, batch_words=1_000)


def main() -> None:
    """Train, score, and save the pipeline."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--articles", type=Path, default=PROJECT / "training" / "articles")
    parser.add_argument(
        "--build", type=Path, default=PROJECT / "build" / "it_news_sm", help="intermediate files"
    )
    parser.add_argument("--start", type=Path, help="a pipeline in place of the first stage")
    parser.add_argument("--out", type=Path, default=PROJECT / "pipeline" / "models" / "it_news_sm")
    arguments = parser.parse_args()
    # The wheels of blis carry slow generic kernels; numpy's BLAS multiplies three times as fast.
    set_current_ops(NumpyOps(use_blis=False))
    data, build = arguments.data, arguments.build
    build.mkdir(parents=True, exist_ok=True)
    teacher = Encoder(ENCODER)
    base = make_base(data, build, teacher)
    treebanks = read_treebanks(data / "it", SEED)
    corpora = italian_names(data, arguments.articles)
    write_held_out(base, data, treebanks, corpora, build)
    if arguments.start:
        nlp = spacy.load(arguments.start)
    else:
        nlp = first_version(base, treebanks, data, arguments.articles / "it", build)
    lessons = read_lessons(data, corpora, teacher)
    widened(nlp, base.vocab.vectors)
    docs = name_docs(nlp, data, arguments.articles / "it", corpora, lessons)
    fit(nlp, ["ner"], docs, NAMES_PLAN, SEED)
    save(nlp, build, arguments.out)


def make_base(data: Path, build: Path, teacher: Encoder) -> Language:
    """A pipeline with tokenizer and word vectors only, saved as ``base`` in ``build``."""
    nlp = spacy.blank("it")
    italian_tokenizer(nlp)
    nlp.vocab.vectors = build_vectors(data, teacher)
    save_pipeline(nlp, build / "base")
    return nlp


def read_lessons(
    data: Path, corpora: dict[str, Corpus], teacher: Encoder
) -> dict[str, list[Taught]]:
    """What the teacher says of the training sentences of each corpus, and of the treebanks'."""
    held = {joined(s.words) for corpus in corpora.values() for s in corpus.dev + corpus.test}
    moro = names.read_bio(data / MORO_FILE)
    random.Random(SEED).shuffle(moro)
    raw = {
        "treebanks": [forms(s) for part in training_sentences(data / "it").values() for s in part],
        "moro": [s.words for s in moro[:MOST_OF_MORO]],
    }
    read = {name: [s.words for s in corpus.train] for name, corpus in corpora.items()}
    read |= {name: [s for s in part if joined(s) not in held] for name, part in raw.items()}
    return {name: list(taught(teacher, part)) for name, part in read.items()}


def name_docs(
    nlp: Language,
    data: Path,
    articles: Path,
    corpora: dict[str, Corpus],
    lessons: dict[str, list[Taught]],
) -> list[Doc]:
    """Documents of a few sentences, half of those with names again with other names; articles."""
    rng = random.Random(SEED)
    shown = {
        name: known_names(corpora, name, part) * REPEATS.get(name, 1)
        for name, part in lessons.items()
        if name != "articles_it"
    }
    made = from_templates({"it": corpora["wiki_it"].train}, COPIES_OF_TEMPLATES, rng)
    shown["templates"] = [tagged(sentence) for sentence in made]
    foreign = [sentence for name in FOREIGN_FILES for sentence in names.read_bio(data / name)]
    every = [*foreign, *chain.from_iterable(shown.values())]
    swap = names.NameSwap(every, organisations(data), rng)
    parts = [*shown.values(), *(names.with_swaps(part, swap, rng) for part in shown.values())]
    docs = [doc for part in parts for doc in names.to_docs(nlp, part, rng)]
    docs += names.read_articles(nlp, training_articles(articles)) * ARTICLE_REPEATS
    return docs


def known_names(
    corpora: dict[str, Corpus], name: str, lessons: list[Taught]
) -> list[TaggedSentence]:
    """A corpus with its own names, and the teacher's where it has none or no MISC."""
    if name not in corpora:
        return [silver(lesson) for lesson in lessons]
    pairs = zip(corpora[name].train, lessons, strict=True)
    return [with_misc(sentence, lesson) for sentence, lesson in pairs]


def italian_names(data: Path, articles: Path) -> dict[str, Corpus]:
    """The Italian corpora of names, cut as for the encoder.

    What the first stage is chosen and scored on stays out of training here, too.
    """
    scored = {
        joined(s.words)
        for part in held_out(data).values()
        for s in part
        if len(s.words) >= LEAST_KNOWN
    }
    corpora = without_overlap(name_corpora(data) + article_corpora(articles, data))
    return {
        c.name: replace(
            c,
            train=[s for s in c.train if joined(s.words) not in scored][
                :: STEPS_THROUGH.get(c.name, 1)
            ],
        )
        for c in corpora
        if c.name.endswith("_it")
    }


def joined(words: Iterable[str]) -> str:
    """The key by which sentences are compared, whatever their tokens."""
    return "".join(words).lower()


def write_held_out(
    nlp: Language, data: Path, treebanks: Treebanks, corpora: dict[str, Corpus], build: Path
) -> None:
    """Write the parts that `scores` reads."""
    write_docs(build / "syntax_isdt_test.spacy", treebanks.isdt_test)
    write_docs(build / "syntax_vit_test.spacy", treebanks.vit_test)
    for part, sentences in held_out(data).items():
        write_docs(build / f"names_{part}.spacy", names.to_docs(nlp, sentences))
    for part in ("dev", "test"):
        articles = [tagged(s) for s in getattr(corpora["articles_it"], part)]
        write_docs(build / f"names_articles_{part}.spacy", names.to_docs(nlp, articles))


def save(nlp: Language, build: Path, out: Path) -> None:
    """Write the pipeline to ``out``, with its scores in ``meta.json``."""
    nlp.config["initialize"] = {}
    for section in ("paths", "corpora", "training"):
        nlp.config[section] = {}
    nlp.meta.update(json.loads((HERE / "meta.json").read_text(encoding="utf-8")))
    nlp.meta["performance"] = scores(nlp, build)
    save_pipeline(nlp, out)
    srsly.write_json(out / "vocab" / "strings.json", sorted(needed_strings(nlp)))
    print(json.dumps(nlp.meta["performance"], indent=2))


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


if __name__ == "__main__":
    main()
