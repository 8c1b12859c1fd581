"""Italian Universal Dependencies treebanks as spaCy documents, with one labelling convention.

The treebanks were made by several groups and differ in detail: ParlaMint writes ``flat`` and
``det`` where ISDT writes ``flat:name`` and ``det:poss``, and never marks the passive. All are
brought to the labels of ISDT, the largest and the one with most news.
Source: https://universaldependencies.org/treebanks/it-comparison.html.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from spacy.tokens import Doc
from spacy.training.converters import conllu_to_docs

from training.spacy_it.spacing import spaces_after, vary_typography

TRAIN_FILES = (
    "ud_partut/it_partut-ud-train.conllu",
    "ud_partut/it_partut-ud-dev.conllu",
    "ud_partut/it_partut-ud-test.conllu",
    "ud_vit/it_vit-ud-dev.conllu",
    "ud_vit/it_vit-ud-test.conllu",
    "ud_pud/it_pud-ud-test.conllu",
    "ud_parlamint/it_parlamint-ud-train.conllu",
    "ud_parlamint/it_parlamint-ud-test.conllu",
    "ud_markit/it_markit-ud-train.conllu",
    "ud_markit/it_markit-ud-dev.conllu",
    "ud_markit/it_markit-ud-test.conllu",
)
# Tweets, annotated the way of ISDT; only those that read like other text are used.
TWEET_FILES = (
    "ud_postwita/it_postwita-ud-dev.conllu",
    "ud_postwita/it_postwita-ud-test.conllu",
    "ud_twittiro/it_twittiro-ud-train.conllu",
    "ud_twittiro/it_twittiro-ud-dev.conllu",
    "ud_twittiro/it_twittiro-ud-test.conllu",
)
TWEET_MARKS = ("#", "@", "http", "RT", "[")
ISDT_FILE = "ud_isdt/it_isdt-ud-dev.conllu"
# The last sentences of VIT's test part are kept for a second test outside ISDT.
VIT_FILE = "ud_vit/it_vit-ud-test.conllu"
VIT_TEST_SENTENCES = 200
# MarkIT publishes its school essays with a blank round every token.
SPACED_FILES = frozenset(name for name in TRAIN_FILES if "markit" in name)
SENTENCES_A_DOCUMENT = 10
ISDT_BLOCK = 10
UNFINISHED = frozenset({":", ";", ","})
# Labels too rare to learn.
MERGED_LABELS = {"obl:tmod": "obl", "csubj:pass": "csubj", "nsubj:outer": "nsubj"}
PREDETERMINERS = frozenset({"tutto", "entrambi", "ambedue"})


@dataclass(slots=True)
class Word:
    """One syntactic word of a treebank; ``head`` is a 1-based index, 0 for the root."""

    form: str
    lemma: str
    upos: str
    xpos: str
    feats: str
    head: int
    deprel: str
    misc: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words, and the surface tokens that cover several: first word, last word, form, misc."""

    words: tuple[Word, ...]
    ranges: tuple[tuple[int, int, str, str], ...]

    def children(self, head: int) -> list[tuple[int, Word]]:
        """The words below word number ``head``, with their numbers."""
        return [(i, word) for i, word in enumerate(self.words, 1) if word.head == head]

    def below(self, head: int) -> Iterator[Word]:
        """All words of the subtree of ``head``, without itself."""
        for i, word in self.children(head):
            yield word
            yield from self.below(i)


@dataclass(frozen=True, slots=True)
class Treebanks:
    """Documents of about ten sentences for training, development and two tests."""

    train: list[Doc]
    dev: list[Doc]
    isdt_test: list[Doc]
    vit_test: list[Doc]


def read_treebanks(folder: Path, seed: int) -> Treebanks:
    """Treebank documents from ``folder`` (the corpora's ``it`` folder).

    ISDT is dealt out by blocks of ten sentences, in turn to development and test, since only its
    development part is at hand. Training documents vary in typography, the others are as published.
    """
    rng = random.Random(seed)
    parts = training_sentences(folder)
    vit_test = read_conllu(folder / VIT_FILE)[-VIT_TEST_SENTENCES:]
    isdt = read_conllu(folder / ISDT_FILE)
    blocks = [isdt[i : i + ISDT_BLOCK] for i in range(0, len(isdt), ISDT_BLOCK)]
    dev = [sentence for block in blocks[::2] for sentence in block]
    test = [sentence for block in blocks[1::2] for sentence in block]
    passive = passive_shares(
        [
            *isdt,
            *parts["ud_partut/it_partut-ud-train.conllu"],
            *parts["ud_vit/it_vit-ud-dev.conllu"],
        ]
    )
    train: list[Doc] = []
    for sentences in parts.values():
        for sentence in sentences:
            harmonise(sentence, passive)
        train += [to_doc([varied(s, rng.random()) for s in group]) for group in groups(sentences)]
    rng.shuffle(train)
    return Treebanks(train, *(to_docs(part) for part in (dev, test, vit_test)))


def training_sentences(folder: Path) -> dict[str, list[Sentence]]:
    """The sentences of all treebanks but ISDT that training may see, by file, as published."""
    parts = {name: read_conllu(folder / name) for name in TRAIN_FILES}
    for name in SPACED_FILES:
        parts[name] = [respaced(sentence) for sentence in parts[name]]
    for name in TWEET_FILES:
        parts[name] = [
            sentence for sentence in read_conllu(folder / name) if reads_like_text(sentence)
        ]
    parts[VIT_FILE] = parts[VIT_FILE][:-VIT_TEST_SENTENCES]
    return parts


def forms(sentence: Sentence) -> tuple[str, ...]:
    """The tokens as written."""
    return tuple(form for _, _, form, _ in surface(sentence))


def reads_like_text(sentence: Sentence) -> bool:
    """Whether a tweet has no hashtag, mention, link or face."""
    return not any(
        word.form.startswith(TWEET_MARKS) or word.deprel == "discourse:emo" or word.upos == "SYM"
        for word in sentence.words
    )


def groups(sentences: list[Sentence]) -> Iterator[list[Sentence]]:
    """Groups of up to ten consecutive sentences that could have been printed in one piece.

    VIT often cuts at a colon or semicolon where ISDT goes on; where no capital letter follows, such
    a cut also separates groups, so that it is not learnt.
    """
    group: list[Sentence] = []
    for i, sentence in enumerate(sentences, 1):
        group.append(sentence)
        following = sentences[i].words[0].form if i < len(sentences) else ""
        unfinished = sentence.words[-1].form in UNFINISHED and not following[:1].isupper()
        if len(group) == SENTENCES_A_DOCUMENT or unfinished:
            yield group
            group = []
    if group:
        yield group


def read_conllu(path: Path) -> list[Sentence]:
    """The sentences of one CoNLL-U file; empty nodes are left out."""
    sentences = []
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        words, ranges = [], []
        for line in block.split("\n"):
            if line.startswith("#"):
                continue
            number, form, lemma, upos, xpos, feats, head, deprel, _, misc = line.split("\t")
            if "-" in number:
                first, last = number.split("-")
                ranges.append((int(first), int(last), form, misc))
            elif "." not in number:
                words.append(Word(form, lemma, upos, xpos, feats, int(head), deprel, misc))
        sentences.append(Sentence(tuple(words), tuple(ranges)))
    return sentences


def surface(sentence: Sentence) -> list[tuple[int, int, str, str]]:
    """The tokens as written, each with its first and last word: words, or ranges of words."""
    covered = {i for first, last, *_ in sentence.ranges for i in range(first, last + 1)}
    single = [
        (i, i, word.form, word.misc) for i, word in enumerate(sentence.words, 1) if i not in covered
    ]
    return sorted([*single, *sentence.ranges])


def with_surface(sentence: Sentence, forms: list[str], spaces: list[bool]) -> Sentence:
    """A copy of the sentence whose written tokens have these forms and blanks."""
    words = list(sentence.words)
    ranges = []
    for (first, last, *_), form, space in zip(surface(sentence), forms, spaces, strict=True):
        misc = "_" if space else "SpaceAfter=No"
        if first == last and not any(r[0] == first for r in sentence.ranges):
            words[first - 1] = replace(words[first - 1], form=form, misc=misc)
        else:
            ranges.append((first, last, form, misc))
    return Sentence(tuple(words), tuple(ranges))


def respaced(sentence: Sentence) -> Sentence:
    """The sentence with blanks as newspapers set them."""
    forms = [form for _, _, form, _ in surface(sentence)]
    return with_surface(sentence, forms, spaces_after(forms))


def varied(sentence: Sentence, seed: float) -> Sentence:
    """The sentence with another choice of apostrophes, quotation marks and dashes."""
    tokens = surface(sentence)
    forms = vary_typography([form for _, _, form, _ in tokens], random.Random(seed))
    return with_surface(sentence, forms, ["SpaceAfter=No" not in misc for *_, misc in tokens])


def passive_shares(sentences: list[Sentence]) -> Counter[str]:
    """For each verb, how much oftener *essere* is its passive than its perfect auxiliary."""
    votes: Counter[str] = Counter()
    for sentence in sentences:
        for word in sentence.words:
            if word.lemma == "essere" and word.deprel in ("aux", "aux:pass"):
                votes[sentence.words[word.head - 1].lemma] += 1 if word.deprel == "aux:pass" else -1
            elif word.lemma == "avere" and word.deprel == "aux":
                votes[sentence.words[word.head - 1].lemma] += 1
    return votes


def harmonise(sentence: Sentence, passive: Counter[str]) -> None:
    """Change the labels of ``sentence`` in place to those of ISDT."""
    _mark_passives(sentence, passive)
    for i, word in enumerate(sentence.words, 1):
        head = sentence.words[word.head - 1] if word.head else None
        word.deprel = _harmonised(sentence, i, word, head)


def _harmonised(sentence: Sentence, i: int, word: Word, head: Word | None) -> str:
    label = MERGED_LABELS.get(word.deprel, word.deprel)
    if label.startswith(("parataxis:", "vocative:")):
        label = label.partition(":")[0]
    match label:
        case "flat" if head and head.upos == word.upos == "PROPN":
            label = "flat:name"
        case "det" if "Poss=Yes" in word.feats:
            label = "det:poss"
        case "det" if word.lemma in PREDETERMINERS and _next_is_article(sentence, i):
            label = "det:predet"
        case "acl" if any("PronType=Rel" in below.feats for below in sentence.below(i)):
            label = "acl:relcl"
        case "obl" if _has_passive(sentence, word.head) and _has_case(sentence, i, "da"):
            label = "obl:agent"
    return label


def _mark_passives(sentence: Sentence, passive: Counter[str]) -> None:
    for i, verb in enumerate(sentence.words, 1):
        auxiliaries = [
            word for _, word in sentence.children(i) if word.deprel in ("aux", "aux:pass")
        ]
        if not auxiliaries or any(word.deprel == "aux:pass" for word in auxiliaries):
            continue
        last = auxiliaries[-1]
        clitic = any(word.deprel.startswith("expl") for _, word in sentence.children(i))
        perfect = (
            last.lemma == "essere"
            and (clitic or passive[verb.lemma] <= 0)
            and last.form.lower()[:4] != "stat"
        )
        if "VerbForm=Part" in verb.feats and last.lemma in ("essere", "venire") and not perfect:
            last.deprel = "aux:pass"
            for _, word in sentence.children(i):
                if word.deprel == "nsubj":
                    word.deprel = "nsubj:pass"


def _next_is_article(sentence: Sentence, i: int) -> bool:
    return i < len(sentence.words) and "PronType=Art" in sentence.words[i].feats


def _has_passive(sentence: Sentence, head: int) -> bool:
    return any(word.deprel == "aux:pass" for _, word in sentence.children(head))


def _has_case(sentence: Sentence, i: int, lemma: str) -> bool:
    return any(word.deprel == "case" and word.lemma == lemma for _, word in sentence.children(i))


def to_docs(sentences: list[Sentence]) -> list[Doc]:
    """Documents of ten sentences each."""
    starts = range(0, len(sentences), SENTENCES_A_DOCUMENT)
    return [to_doc(sentences[i : i + SENTENCES_A_DOCUMENT]) for i in starts]


def to_doc(sentences: list[Sentence]) -> Doc:
    """One document; contracted words (*dell'*, *farlo*) are one token, as in spaCy's own models."""
    conllu = "\n\n".join("\n".join(_lines(sentence)) for sentence in sentences)
    (doc,) = conllu_to_docs(conllu, n_sents=len(sentences), merge_subtokens=True, no_print=True)
    return doc


def _lines(sentence: Sentence) -> Iterator[str]:
    ranges = {first: (last, form, misc) for first, last, form, misc in sentence.ranges}
    for i, word in enumerate(sentence.words, 1):
        if i in ranges:
            last, form, misc = ranges[i]
            yield f"{i}-{last}\t{form}\t_\t_\t_\t_\t_\t_\t_\t{misc}"
        # Parts of speech of the treebanks differ (xpos); spaCy reads upos where it is missing.
        columns = (
            word.form,
            word.lemma,
            word.upos,
            word.upos,
            word.feats,
            str(word.head),
            word.deprel,
            "_",
            word.misc,
        )
        yield "\t".join((str(i), *columns))
