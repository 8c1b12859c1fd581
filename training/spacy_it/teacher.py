"""What the packaged encoder knows, as training material for the small pipelines.

It knows two things that they can learn: which kind of name a single word is, and the names in raw
text.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from pipeline.backends.encoder import Encoder, Name
from training.encoder.data import NAMES, O_OR_MISC, Sentence
from training.spacy_it.names import TaggedSentence

KINDS = ("PER", "ORG", "LOC", "MISC")
WORDS_AT_ONCE = 110


@dataclass(frozen=True, slots=True)
class Taught:
    """One sentence (or paragraph) with the names the teacher sees; places count from its start."""

    words: tuple[str, ...]
    names: tuple[Name, ...]


def word_kinds(teacher: Encoder, forms: Sequence[str]) -> NDArray[numpy.float32]:
    """For each word alone in its window, how sure the teacher is of each of `KINDS`, by quarters.

    Shape: (forms, 4), 0.0 to 1.0; 0.0 too where the teacher sees no name.
    """
    table = numpy.zeros((len(forms), len(KINDS)), numpy.float32)
    for row, form in zip(table, forms, strict=True):
        (answer,) = teacher.tag([[form]])
        for name in answer.names:
            row[KINDS.index(name.label)] = round(4 * name.score) / 4
    return table


def taught(teacher: Encoder, texts: Iterable[Sequence[str]]) -> Iterator[Taught]:
    """The teacher's reading of each sentence, in windows of as many as fit."""
    window: list[Sequence[str]] = []
    for text in texts:
        if window and sum(map(len, window)) + len(text) > WORDS_AT_ONCE:
            yield from _read(teacher, window)
            window = []
        window.append(text)
    if window:
        yield from _read(teacher, window)


def _read(teacher: Encoder, window: list[Sequence[str]]) -> Iterator[Taught]:
    (answer,) = teacher.tag([[word for text in window for word in text]])
    start = 0
    for text in window:
        end = start + len(text)
        names = tuple(
            Name(name.start - start, name.end - start, name.label, name.score)
            for name in answer.names
            if start <= name.start and name.end <= end
        )
        yield Taught(tuple(text), names)
        start = end


def tagged(sentence: Sentence) -> TaggedSentence:
    """The sentence with BIO tags; open targets count as O."""
    return TaggedSentence(sentence.words, tuple(NAMES[max(0, n)] for n in sentence.names or ()))


def with_misc(sentence: Sentence, answer: Taught) -> TaggedSentence:
    """The sentence with the teacher's MISC where its corpus leaves that open."""
    targets = sentence.names or ()
    misc = [
        name
        for name in answer.names
        if name.label == "MISC"
        and all(target == O_OR_MISC for target in targets[name.start : name.end])
    ]
    return _marked(tagged(sentence), misc)


def silver(answer: Taught) -> TaggedSentence:
    """The sentence with all names that the teacher finds."""
    return _marked(TaggedSentence(answer.words, ("O",) * len(answer.words)), answer.names)


def _marked(sentence: TaggedSentence, names: Iterable[Name]) -> TaggedSentence:
    tags = list(sentence.tags)
    for name in names:
        inside = [f"I-{name.label}"] * (name.end - name.start - 1)
        tags[name.start : name.end] = [f"B-{name.label}", *inside]
    return TaggedSentence(sentence.words, tuple(tags))
