"""Train the Italian pipeline from the corpora: ``python -m training.spacy_it.train --data FOLDER``.

Syntax and names are trained from nothing, each over a token vector layer of its own. The packaged
encoder is the teacher: it says which kind of name a single word is, finds the names of raw text,
and MISC where a corpus marks none, and gives raw text trees in the manner of ISDT. The result is
one folder that plain spaCy loads. Everything is seeded.
"""

import argparse
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import spacy
import srsly
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from thinc.api import NumpyOps, set_current_ops

from pipeline.backends.encoder import Encoder
from pipeline.backends.packaged import ENCODER, PACKAGED
from training.encoder.corpora import article_corpora, name_corpora, training_articles
from training.encoder.data import Corpus, without_overlap
from training.encoder.templates import from_templates
from training.spacy_it import names
from training.spacy_it.evaluate import scores
from training.spacy_it.fit import Plan, fit
from training.spacy_it.lexicon import FOREIGN_FILES, build_vectors, organisations, save_pipeline
from training.spacy_it.names import TaggedSentence
from training.spacy_it.syntax import initialised, train_syntax, write_docs
from training.spacy_it.teacher import Taught, silver, tagged, taught, with_misc
from training.spacy_it.tokenizer import italian_tokenizer
from training.spacy_it.treebanks import (
    ISDT_FILE,
    VIT_FILE,
    VIT_TEST_SENTENCES,
    Treebanks,
    forms,
    read_conllu,
    read_treebanks,
    training_sentences,
)
from training.spacy_it.trees import silver_docs

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
SEED = 7
WIKINEWS_FILE = "it/ner_kind/WN_train.tsv"
WIKIPEDIA_FILE = "it/ner_wikineural/it_val.conllu"
SPEECHES_FILE = "it/ner_kind/ADG_test.tsv"
MORO_FILE = "it/ner_kind/moro_train_silver_io.tsv"
# Blocks of fifty sentences, of every twenty, kept for choices and for the reported scores.
FOLDS, DEV_FOLD, TEST_FOLD = 20, 0, 10
# Of these large corpora in an old or literary language only so many sentences, or every so many.
MOST_OF_MORO = 1_500
STEPS_THROUGH = {"politics_it": 2, "fiction_it": 4}
# Corpora of names whose text gets silver trees, too.
READ_FOR_TREES = ("wikinews_it", "wiki_it", "politics_it", "fiction_it", "articles_it")
MOST_TREES = 9_000
# Shorter sentences ("Fonti") are found everywhere.
LEAST_KNOWN = 5
COPIES_OF_TEMPLATES = 25
ARTICLE_REPEATS = 4
REPEATS = {"wikinews_it": 3}
NAMES_PLAN = Plan(steps=7_000, rate=1.5e-3, batch_words=1_000, warmup_steps=250)


@dataclass(frozen=True, slots=True)
class Material:
    """What is learnt from: the corpora's folder, our articles, treebanks, and corpora of names."""

    data: Path
    articles: Path
    treebanks: Treebanks
    corpora: dict[str, Corpus]


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
    parser.add_argument("--out", type=Path, default=PROJECT / "pipeline" / "models" / "it_news_sm")
    arguments = parser.parse_args()
    # The wheels of blis carry slow generic kernels; numpy's BLAS multiplies three times as fast.
    set_current_ops(NumpyOps(use_blis=False))
    data, build = arguments.data, arguments.build
    build.mkdir(parents=True, exist_ok=True)
    teacher = Encoder(ENCODER)
    base = make_base(data, build, teacher)
    corpora = italian_names(data, arguments.articles)
    given = Material(data, arguments.articles, read_treebanks(data / "it", SEED), corpora)
    write_held_out(base, given, build)
    nlp = train_syntax(given.treebanks, silver_trees(given, teacher), build)
    nlp.add_pipe("ner", source=train_names(base, given, teacher, build))
    save(nlp, build, arguments.out)


def make_base(data: Path, build: Path, teacher: Encoder) -> Language:
    """A pipeline with tokenizer and word vectors only, saved as ``base`` in ``build``."""
    nlp = spacy.blank("it")
    italian_tokenizer(nlp)
    nlp.vocab.vectors = build_vectors(data, teacher)
    save_pipeline(nlp, build / "base")
    return nlp


def silver_trees(given: Material, teacher: Encoder) -> list[Doc]:
    """Raw text with the trees of the packaged models; no sentence that syntax is scored on."""
    folder = given.data / "it"
    scored = [
        *read_conllu(folder / ISDT_FILE),
        *read_conllu(folder / VIT_FILE)[-VIT_TEST_SENTENCES:],
    ]
    held = {joined(forms(sentence)) for sentence in scored}
    raw = [*(text_of(given.corpora[name]) for name in READ_FOR_TREES), moro(given.data)]
    before = spacy.load(PACKAGED["it"], exclude=["ner"])
    rng = random.Random(SEED)
    docs: list[Doc] = []
    for sentences in raw:
        read = [words for words in sentences if joined(words) not in held]
        docs += silver_docs(teacher, before, read[:MOST_TREES], rng)
    return docs


def text_of(corpus: Corpus) -> list[tuple[str, ...]]:
    """The sentences of a corpus that training may see."""
    return [sentence.words for sentence in corpus.train]


def moro(data: Path) -> list[tuple[str, ...]]:
    """Some sentences of KIND's Moro part; its names, found by a machine, are not used."""
    sentences = names.read_bio(data / MORO_FILE)
    random.Random(SEED).shuffle(sentences)
    return [sentence.words for sentence in sentences[:MOST_OF_MORO]]


def train_names(base: Language, given: Material, teacher: Encoder, build: Path) -> Language:
    """The pipeline that recognises names, from nothing."""
    docs = name_docs(base, given, read_lessons(given, teacher))
    write_docs(build / "names_train.spacy", docs)
    nlp = initialised(HERE / "names.cfg", build, "names_train", "names_wikinews_dev")
    fit(nlp, ["ner"], read_docs(nlp, build / "names_train.spacy"), NAMES_PLAN, SEED)
    return nlp


def read_docs(nlp: Language, path: Path) -> list[Doc]:
    """Saved documents with the vocabulary, and so the word vectors, of ``nlp``."""
    return list(DocBin().from_disk(path).get_docs(nlp.vocab))


def read_lessons(given: Material, teacher: Encoder) -> dict[str, list[Taught]]:
    """What the teacher says of the training sentences of each corpus, and of the treebanks'."""
    corpora = given.corpora.values()
    held = {joined(s.words) for corpus in corpora for s in corpus.dev + corpus.test}
    trees = training_sentences(given.data / "it").values()
    raw = {"treebanks": [forms(s) for part in trees for s in part], "moro": moro(given.data)}
    read = {name: text_of(corpus) for name, corpus in given.corpora.items()}
    read |= {name: [s for s in part if joined(s) not in held] for name, part in raw.items()}
    return {name: list(taught(teacher, part)) for name, part in read.items()}


def name_docs(nlp: Language, given: Material, lessons: dict[str, list[Taught]]) -> list[Doc]:
    """Documents of a few sentences, half of those with names again with other names; articles."""
    rng = random.Random(SEED)
    shown = {
        name: known_names(given.corpora, name, part) * REPEATS.get(name, 1)
        for name, part in lessons.items()
        if name != "articles_it"
    }
    made = from_templates({"it": given.corpora["wiki_it"].train}, COPIES_OF_TEMPLATES, rng)
    shown["templates"] = [tagged(sentence) for sentence in made]
    foreign = [sentence for name in FOREIGN_FILES for sentence in names.read_bio(given.data / name)]
    every = [*foreign, *chain.from_iterable(shown.values())]
    swap = names.NameSwap(every, organisations(given.data), rng)
    parts = [*shown.values(), *(names.with_swaps(part, swap, rng) for part in shown.values())]
    docs = [doc for part in parts for doc in names.to_docs(nlp, part, rng)]
    articles = names.read_articles(nlp, training_articles(given.articles / "it"))
    return docs + articles * ARTICLE_REPEATS


def known_names(
    corpora: dict[str, Corpus], name: str, lessons: list[Taught]
) -> list[TaggedSentence]:
    """A corpus with its own names, and the teacher's where it has none or no MISC."""
    if name not in corpora:
        return [silver(lesson) for lesson in lessons]
    pairs = zip(corpora[name].train, lessons, strict=True)
    return [with_misc(sentence, lesson) for sentence, lesson in pairs]


def italian_names(data: Path, articles: Path) -> dict[str, Corpus]:
    """The Italian corpora of names, cut as for the encoder, without what is scored here."""
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


def held_out(data: Path) -> dict[str, list[TaggedSentence]]:
    """What the names are chosen and scored on, by part."""
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


def joined(words: Iterable[str]) -> str:
    """The key by which sentences are compared, whatever their tokens."""
    return "".join(words).lower()


def write_held_out(nlp: Language, given: Material, build: Path) -> None:
    """Write the parts that `scores` reads."""
    write_docs(build / "syntax_isdt_test.spacy", given.treebanks.isdt_test)
    write_docs(build / "syntax_vit_test.spacy", given.treebanks.vit_test)
    for part, sentences in held_out(given.data).items():
        write_docs(build / f"names_{part}.spacy", names.to_docs(nlp, sentences))
    for part in ("dev", "test"):
        articles = [tagged(s) for s in getattr(given.corpora["articles_it"], part)]
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
