"""Trees of raw text, as the packaged models read it: syntax to learn from besides the treebanks.

Only 244 sentences are annotated the way of ISDT; the other treebanks differ in more than labels.
Heads, labels and sentence starts come from the bilingual encoder, whose trees are those of ISDT;
morphology and lemmas from the Italian pipeline that stands in the package, where it sees the same
part of speech as the encoder. Elsewhere they stay open.
"""

import random
from collections.abc import Iterable, Iterator, Sequence

import numpy
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.backends.encoder import Encoder, Syntax
from pipeline.backends.spacy_analyzer import SENTENCE_START
from training.spacy_it.spacing import spaces_after, vary_typography
from training.spacy_it.treebanks import UNFINISHED

WORDS_AT_ONCE = 110
SHORTEST = 4
PIPES = ("tok2vec", "morphologizer", "lemmatizer")

Words = tuple[str, ...]


def silver_docs(
    teacher: Encoder, pipeline: Language, sentences: Iterable[Words], rng: random.Random
) -> list[Doc]:
    """A document for each window of consecutive sentences, each of four words or more."""
    read = (words for words in sentences if len(words) >= SHORTEST)
    return [_doc(teacher, pipeline, window, rng) for window in windows(read)]


def windows(sentences: Iterable[Words]) -> Iterator[list[Words]]:
    """As many sentences in their order as the encoder reads well at once.

    Some corpora cut after a colon; such a cut ends a window, so that it is not learnt.
    """
    window: list[Words] = []
    for words in sentences:
        full = sum(map(len, window)) + len(words) > WORDS_AT_ONCE
        if window and (full or window[-1][-1] in UNFINISHED):
            yield window
            window = []
        window.append(words)
    if window:
        yield window


def _doc(teacher: Encoder, pipeline: Language, window: Sequence[Words], rng: random.Random) -> Doc:
    words = [word for sentence in window for word in sentence]
    spaces = [space for sentence in window for space in spaces_after(list(sentence))]
    (answer,) = teacher.tag([words], syntax=True)
    # The teacher's sentences, since a "sentence" of these corpora may be a paragraph.
    opens = frozenset([0, *numpy.flatnonzero(answer.starts > SENTENCE_START).tolist()])
    seen = Doc(pipeline.vocab, words=words, spaces=spaces)
    for name in PIPES:
        seen = pipeline.get_pipe(name)(seen)
    assert answer.syntax  # asked for
    return _annotated(seen, vary_typography(words, rng), answer.syntax, opens)


def _annotated(seen: Doc, written: list[str], syntax: Syntax, opens: frozenset[int]) -> Doc:
    agreed = [token.pos_ == upos for token, upos in zip(seen, syntax.upos, strict=True)]
    same = [
        ok and token.text == form for token, ok, form in zip(seen, agreed, written, strict=True)
    ]
    doc = Doc(
        seen.vocab,
        words=written,
        spaces=[bool(token.whitespace_) for token in seen],
        heads=list(syntax.heads),
        deps=["ROOT" if dep == "root" else dep for dep in syntax.deps],
        sent_starts=[token.i in opens for token in seen],
        pos=[token.pos_ if ok else "" for token, ok in zip(seen, agreed, strict=True)],
        morphs=[str(token.morph) if ok else "" for token, ok in zip(seen, agreed, strict=True)],
        lemmas=[token.lemma_ if ok else "" for token, ok in zip(seen, same, strict=True)],
    )
    for token, ok in zip(doc, agreed, strict=True):
        if not ok:  # an empty morphology would be learnt as one, and no part of speech with it
            token.set_morph(None)
    return doc
