"""Corpora of names as spaCy documents: KIND, WikiNEuRal, and the project's own annotated articles.

All in one scheme: PER, ORG, LOC, MISC.
"""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import biluo_tags_to_spans, iob_to_biluo
from spacy.util import filter_spans

from training.spacy_it.spacing import spaces_after, vary_typography

SENTENCES_A_DOCUMENT = 6
UPPERCASE_SHARE = 0.03
BLOCK = 50
# Noise marks whose clean form is nothing: zero-width space, soft hyphen, U+FEFF, stray character.
ADDED_NOISE = frozenset("ZSFA")
# {tag|text}, alignment marks ¦n¦, noise ~kind:payload~ (only its clean form is kept), plain text.
MARK = re.compile(
    r"\{(?P<open>[^|{}]*)\||(?P<close>\})|¦\d+¦|~(?P<noise>[^~]*)~|(?P<text>[^{}¦~]+)"
)
LABELS = {"P": "PER", "O": "ORG", "L": "LOC", "M": "MISC"}


@dataclass(frozen=True, slots=True)
class TaggedSentence:
    """Tokens with a BIO tag each."""

    words: tuple[str, ...]
    tags: tuple[str, ...]


def read_bio(path: Path) -> list[TaggedSentence]:
    """The sentences of a file with a token and a tag a line, and blank lines between sentences.

    Columns before the token (WikiNEuRal's running number) are skipped. IO tags (KIND's Moro part)
    become BIO tags.
    """
    sentences: list[TaggedSentence] = []
    words: list[str] = []
    tags: list[str] = []
    for line in [*path.read_text(encoding="utf-8").split("\n"), ""]:
        if not line.strip():
            if words:
                sentences.append(TaggedSentence(tuple(words), tuple(_as_bio(tags))))
                words, tags = [], []
            continue
        *_, word, tag = line.rstrip("\n").split("\t")
        words.append(word)
        tags.append(tag)
    return sentences


def _as_bio(tags: list[str]) -> list[str]:
    if any(tag[:2] in ("B-", "I-") for tag in tags):
        return tags
    pairs = zip(["O", *tags], tags, strict=False)
    return [
        tag if tag == "O" else f"{'I' if tag == before else 'B'}-{tag}" for before, tag in pairs
    ]


def sentence_doc(nlp: Language, sentence: TaggedSentence, rng: random.Random | None) -> Doc:
    """A document of one sentence, in newspaper spacing; with ``rng``, in varied typography.

    One training sentence in thirty is set in capitals, as headlines are.
    """
    words = list(sentence.words)
    if rng:
        words = vary_typography(words, rng)
        if rng.random() < UPPERCASE_SHARE:
            words = [word.upper() for word in words]
    doc = Doc(nlp.vocab, words=words, spaces=spaces_after(words))
    doc.ents = biluo_tags_to_spans(doc, iob_to_biluo(list(sentence.tags)))
    return doc


def to_docs(
    nlp: Language, sentences: list[TaggedSentence], rng: random.Random | None = None
) -> list[Doc]:
    """Documents of a few consecutive sentences each."""
    docs = [sentence_doc(nlp, sentence, rng) for sentence in sentences]
    groups = range(0, len(docs), SENTENCES_A_DOCUMENT)
    return [Doc.from_docs(docs[i : i + SENTENCES_A_DOCUMENT]) for i in groups]


def fold(sentences: list[TaggedSentence], take: int, of: int) -> list[TaggedSentence]:
    """Block number ``take`` of every ``of`` blocks of fifty consecutive sentences.

    Neighbours come from one article and repeat its names, so whole blocks are set apart.
    """
    return [sentence for i, sentence in enumerate(sentences) if i // BLOCK % of == take]


def without_folds(
    sentences: list[TaggedSentence], left_out: tuple[int, ...], of: int
) -> list[TaggedSentence]:
    """All sentences but those of the folds ``left_out``; see `fold`."""
    return [sentence for i, sentence in enumerate(sentences) if i // BLOCK % of not in left_out]


class NameSwap:
    """Puts other names of the same kind into sentences, so that context teaches the kind."""

    def __init__(
        self, sentences: Iterable[TaggedSentence], organisations: Iterable[str], rng: random.Random
    ) -> None:
        self._rng = rng
        self._names: dict[str, list[tuple[str, ...]]] = {
            "ORG": [tuple(name.split()) for name in organisations]
        }
        for sentence in sentences:
            for start, end, label in entities(sentence.tags):
                self._names.setdefault(label, []).append(sentence.words[start:end])

    def apply(self, sentence: TaggedSentence) -> TaggedSentence:
        """A copy of ``sentence`` in which about half of the names are replaced."""
        words, tags = list(sentence.words), list(sentence.tags)
        for start, end, label in reversed(entities(sentence.tags)):
            if self._rng.random() < 0.5:
                name = self._rng.choice(self._names[label])
                words[start:end] = name
                tags[start:end] = [f"B-{label}", *[f"I-{label}"] * (len(name) - 1)]
        return TaggedSentence(tuple(words), tuple(tags))


def with_swaps(
    sentences: list[TaggedSentence], swap: NameSwap, rng: random.Random
) -> list[TaggedSentence]:
    """Half of the sentences that hold names, with other names."""
    return [
        swap.apply(s) for s in sentences if any(tag != "O" for tag in s.tags) and rng.random() < 0.5
    ]


def entities(tags: tuple[str, ...]) -> list[tuple[int, int, str]]:
    """Start, end and label of each name in a sequence of BIO tags."""
    found = []
    start = 0
    for i, tag in enumerate([*tags, "O"]):
        if i and tags[i - 1] != "O" and not tag.startswith("I-"):
            found.append((start, i, tags[i - 1][2:]))
        if tag.startswith("B-") or (tag.startswith("I-") and (i == 0 or tags[i - 1] == "O")):
            start = i
    return found


def read_articles(nlp: Language, paths: Iterable[Path]) -> list[Doc]:
    """The annotated articles at ``paths``, one document each, without boilerplate and noise."""
    return [article_doc(nlp, path.read_text(encoding="utf-8")) for path in paths]


def article_doc(nlp: Language, markup: str) -> Doc:
    """One article in inline markup as a document with its names; see ``MARK`` for the markup."""
    body = markup.split("\n---\n", 1)[1].strip()
    text = ""
    opened: list[tuple[str, int]] = []
    names: list[tuple[int, int, str]] = []
    for mark in MARK.finditer(body):
        match mark.lastgroup:
            case "open":
                opened.append((mark["open"], len(text)))
            case "close":
                tag, start = opened.pop()
                if tag.startswith("b:"):
                    text = text[:start]
                elif tag[1:2] == ":" and tag[0] in LABELS:
                    names.append((start, len(text), LABELS[tag[0]]))
            case "noise":
                kind, _, payload = mark["noise"].partition(":")
                text += " " if kind == "N" else "" if kind in ADDED_NOISE else payload
            case "text":
                text += mark["text"]
    doc = nlp.make_doc(text)
    spans = [
        doc.char_span(start, end, label=label, alignment_mode="expand")
        for start, end, label in names
    ]
    doc.ents = filter_spans([span for span in spans if span])
    return doc
