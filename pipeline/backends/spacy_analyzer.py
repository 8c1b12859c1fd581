"""Tokens, syntax and sentences by spaCy; names by spaCy or by the bilingual encoder.

This is the only module that loads a spaCy pipeline, and the only place where spaCy's token indices
become spans of code points.
"""

from __future__ import annotations

import importlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from pipeline.backends import dashes
from pipeline.backends.encoder import Encoder, Floats, Reading, Tagging
from pipeline.backends.packaged import ENCODER, model_source, models_identity
from pipeline.config import ModelSettings
from pipeline.core.layers import Analysis, Content, Label, Name, Paragraph, Tokens
from pipeline.core.spans import Span
from pipeline.errors import ResourceError
from pipeline.languages import LANGUAGES
from pipeline.languages.labels import ENTITY_LABELS
from pipeline.languages.relations import RELATIONS

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

Component: TypeAlias = "Callable[[Doc], Doc]"

# One Doc holds this many words at most: enough context for every component, flat memory for
# articles of any length.
WORDS_PER_DOC = 1500
# Text handed to the tokenizer at once (code points); longer paragraphs are cut at white space.
CHARS_PER_PIECE = 20_000
# The encoder reads this many words at once: they fit its window, and a whole paragraph or several
# short ones give a name its context.
WORDS_PER_WINDOW = 130
# The encoder's chance of a word to open a sentence, above which it does.
SENTENCE_START = 0.5
# Languages whose parts of speech and trees come from the encoder when there is one: it parses
# Italian better than the small spaCy parser, whose answers it takes as votes, and knows no English
# trees. Sentences are spaCy's.
ENCODER_SYNTAX = frozenset({"it"})
# spaCy tells no chances; so many of its names have the right span and label (development articles:
# 70 of 100 English ones, 75 Italian). All values from 0.5 to 0.8 serve within a point.
SPACY_SCORE = 0.75
SENTENCE_FINAL = frozenset(".!?…")
CLOSING = frozenset("»”’\"')]")
OPENING = frozenset("«“‘\"'([")
UNFINISHED = frozenset(":;,")
AMOUNTS = frozenset(["m.", "bn.", "tn.", "k."])
NO_FEATURES = "_"  # as CoNLL-U writes it
MORPHOLOGIZER = "morphologizer"
# A language's vocabulary learns words for good until it holds so many strings: 85,000 at first and
# some three a word. That is nearly every word of any text, in 20 MB.
KEPT_STRINGS = 200_000


@dataclass(frozen=True, slots=True)
class _Parse:
    """Syntax of one Doc, an entry per word: tags, heads (indices in the Doc), relations, and
    whether the word opens a sentence."""

    upos: list[str]
    heads: list[int]
    deps: list[str]
    opens: list[bool]


@dataclass(frozen=True, slots=True)
class _Words:
    """Consecutive words of one paragraph: texts, offsets in the article, white space after."""

    texts: list[str]
    starts: list[int]
    spaces: list[bool]
    opens_paragraph: bool


class SpacyAnalyzer:
    """Analyzes articles with one spaCy pipeline per language.

    With the encoder the names come from it, and spaCy's own name
    recognizers are not loaded.
    """

    def __init__(self, settings: ModelSettings) -> None:
        self._encoder = Encoder(ENCODER) if settings.profile == "accurate" else None
        self._sources = {code: model_source(settings, code) for code in LANGUAGES}
        self._pipelines: dict[str, Language] = {}
        self._components: dict[str, Sequence[Component]] = {}
        self.identity = models_identity(settings)

    def analyze(self, text: str, paragraphs: Sequence[Paragraph]) -> Analysis:
        """The analysis of ``paragraphs`` of ``text``; see `Analyzer`."""
        columns = _Columns(tells_contents=self._encoder is not None)
        for language, words in _documents(paragraphs, lambda run: self._tokenize(text, run)):
            nlp = self._pipeline(language)
            with _memory(nlp):
                doc = self._read(_doc(nlp, words), language)
                taggings = self._taggings(doc, language)
                if taggings and language in ENCODER_SYNTAX:
                    parse = _encoder_parse(taggings)
                else:
                    parse = _spacy_parse(doc)
                columns.add_words(doc, words, parse, language)
                if self._encoder:
                    columns.add_taggings(taggings)
                else:
                    columns.add_names(doc, language)
        return columns.finish()

    def _read(self, doc: Doc, language: str) -> Doc:
        """What ``nlp(doc)`` gives."""
        if language not in self._components:
            self._components[language] = _components(self._pipeline(language))
        for component in self._components[language]:
            doc = component(doc)
        return doc

    def _taggings(self, doc: Doc, language: str) -> list[Tagging]:
        """The encoder's answer for every window of the Doc; none without an encoder."""
        if self._encoder is None:
            return []
        words = _strings(doc, "ORTH")
        opens = [index for index, opens in enumerate(_opens(doc)) if opens]
        windows = list(_windows(len(words), opens))
        syntax = language in ENCODER_SYNTAX
        heads = _heads(doc) if syntax and doc.has_annotation("DEP") else []
        upos = self._pos_chances(doc, language) if syntax else None
        readings = [
            Reading(
                [index - low for index in opens if low <= index < high],
                [head - low for head in heads[low:high]],
                None if upos is None else upos[low:high],
            )
            for low, high in windows
        ]
        return self._encoder.tag([words[low:high] for low, high in windows], syntax, readings)

    def _pos_chances(self, doc: Doc, language: str) -> Floats | None:
        """spaCy's chances of the encoder's parts of speech, shape (words, tags), if it has any."""
        nlp = self._pipeline(language)
        if self._encoder is None or MORPHOLOGIZER not in nlp.pipe_names:
            return None
        morphologizer: Any = nlp.get_pipe(MORPHOLOGIZER)
        columns = _tag_columns(tuple(morphologizer.labels), self._encoder.upos)
        scores = morphologizer.model.predict([doc])[0]
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances: Floats = (weights / weights.sum(axis=1, keepdims=True)) @ columns
        return chances

    def _tokenize(self, text: str, paragraph: Paragraph) -> Iterator[_Words]:
        nlp = self._pipeline(paragraph.language)
        opens = True
        pieces = _pieces(text, paragraph.span)
        for piece in (part for whole in pieces for part in dashes.apart(text, whole)):
            with _memory(nlp):
                doc = nlp.tokenizer(piece.of(text))
                words = _strings(doc, "ORTH")
                starts, spaces = _numbers(doc, "IDX"), _numbers(doc, "SPACY")
                kept = [index for index, blank in enumerate(_numbers(doc, "IS_SPACE")) if not blank]
            yield _Words(
                [words[index] for index in kept],
                [piece.start + starts[index] for index in kept],
                [bool(spaces[index]) for index in kept],
                opens,
            )
            opens = False

    def _pipeline(self, language: str) -> Language:
        if language not in self._pipelines:
            exclude = ["ner"] if self._encoder else []
            self._pipelines[language] = load_pipeline(self._sources[language], exclude)
        return self._pipelines[language]


def load_pipeline(source: str, exclude: Iterable[str] = ()) -> Language:
    """The spaCy pipeline in a package or folder.

    Raises: ResourceError when it is not there or does not load.
    """
    import spacy
    from thinc.api import NumpyOps, set_current_ops

    # The wheel of blis carries only its generic kernel; numpy's BLAS multiplies matrices about
    # three times as fast. Layers keep the operations that are current when they are built.
    set_current_ops(NumpyOps(use_blis=False))
    try:
        if Path(source).is_dir():
            return spacy.load(Path(source), exclude=list(exclude))
        module = importlib.import_module(source.replace("-", "_"))
        return cast("Language", module.load(exclude=list(exclude)))
    except ModuleNotFoundError as error:
        if error.name != source.replace("-", "_"):
            raise ResourceError(f"The language model {source} does not load: {error}.") from error
        raise ResourceError(
            f"The language model {source} is neither an installed package nor a folder. "
            f"Install it with pip, or set [models] in config.toml."
        ) from None
    except (OSError, ValueError, AttributeError) as error:
        raise ResourceError(f"The language model {source} does not load: {error}") from error


def _components(nlp: Language) -> Sequence[Component]:
    """The components of ``nlp``, with the rules for words looked up."""
    from spacy.pipeline import AttributeRuler

    from pipeline.backends.word_rules import WordRules

    return [
        WordRules(component) if isinstance(component, AttributeRuler) else component
        for _, component in nlp.pipeline
    ]


def _documents(
    paragraphs: Sequence[Paragraph], tokenize: Any
) -> Iterator[tuple[str, list[_Words]]]:
    """Words of consecutive paragraphs in one language, in portions of `WORDS_PER_DOC`."""
    portion: list[_Words] = []
    size = 0
    language = ""
    for paragraph in paragraphs:
        for words in tokenize(paragraph):
            for part in _split(words):
                full = size + len(part.texts) > WORDS_PER_DOC
                if portion and (full or paragraph.language != language):
                    yield language, portion
                    portion, size = [], 0
                language = paragraph.language
                portion.append(part)
                size += len(part.texts)
    if portion:
        yield language, portion


def _split(words: _Words) -> Iterator[_Words]:
    """``words`` in parts of at most `WORDS_PER_DOC`, cut after a sentence end if there is one."""
    start, count = 0, len(words.texts)
    while start < count:
        end = min(start + WORDS_PER_DOC, count)
        if end < count:
            half = start + WORDS_PER_DOC // 2
            ends = (
                i
                for i in range(end, half, -1)
                if words.texts[i - 1] in SENTENCE_FINAL and words.texts[i] not in CLOSING
            )
            end = next(ends, end)
        yield _Words(
            words.texts[start:end],
            words.starts[start:end],
            words.spaces[start:end],
            words.opens_paragraph and start == 0,
        )
        start = end


def _pieces(text: str, span: Span) -> Iterator[Span]:
    start = span.start
    while span.end - start > CHARS_PER_PIECE:
        cut = text.rfind(" ", start + 1, start + CHARS_PER_PIECE)
        cut = cut + 1 if cut > start else start + CHARS_PER_PIECE
        yield Span(start, cut)
        start = cut
    yield Span(start, span.end)


def _doc(nlp: Language, words: Sequence[_Words]) -> Doc:
    """A Doc of several paragraphs, with the sentence starts that need no model."""
    from spacy.tokens import Doc

    texts = [text for part in words for text in part.texts]
    spaces = [space for part in words for space in part.spaces]
    doc = Doc(nlp.vocab, words=texts, spaces=spaces)
    position = 0
    for part in words:
        for index in range(len(part.texts)):
            opens = _surely_opens(part, index)
            if opens is not None:
                doc[position + index].is_sent_start = opens
        position += len(part.texts)
    return doc


def _surely_opens(words: _Words, index: int) -> bool | None:
    """Whether a word opens a sentence; None where the models decide.

    A paragraph's first word does, and what follows a full stop behind a closing mark (*«…». Poi*)
    or in an amount (*losses of $7m. Hotels*).
    Behind a colon a sentence goes on, as some treebanks have it and others have not.
    """
    texts = words.texts
    if index == 0:
        return True if words.opens_paragraph else None
    if texts[index - 1] in UNFINISHED:
        return False
    behind_mark = index > 1 and texts[index - 1] in SENTENCE_FINAL and texts[index - 2] in CLOSING
    behind_amount = index > 1 and texts[index - 1] in AMOUNTS and texts[index - 2][-1].isdigit()
    return True if (behind_mark or behind_amount) and _may_open(texts[index]) else None


def _may_open(text: str) -> bool:
    return text[0].isupper() or text[0] in OPENING


def _windows(count: int, opens: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ranges of words that the encoder reads in one go, cut where a sentence opens if possible."""
    start = 0
    while start < count:
        end = min(start + WORDS_PER_WINDOW, count)
        if end < count:
            last = opens[bisect_right(opens, end) - 1] if opens else start
            end = last if last > start else end
        yield start, end
        start = end


def _memory(nlp: Language) -> AbstractContextManager[Any]:
    """Common words are learnt once for good, all others forgotten after the block: a zone makes
    every word of a Doc anew, and without any the vocabulary grows for ever."""
    return nlp.memory_zone() if len(nlp.vocab.strings) > KEPT_STRINGS else nullcontext()


def _numbers(doc: Doc, attribute: str) -> list[int]:
    """One attribute of every word; making a Token object for each word costs more."""
    column: list[int] = doc.to_array(attribute).view("int64").tolist()
    return column


def _strings(doc: Doc, attribute: str) -> list[str]:
    """One attribute of every word, where its values are strings."""
    keys = cast("list[int]", doc.to_array(attribute).tolist())
    strings = {key: doc.vocab.strings[key] for key in set(keys)}
    return [strings[key] for key in keys]


def _opens(doc: Doc) -> list[bool]:
    """Whether each word opens a sentence."""
    return [mark == 1 for mark in _numbers(doc, "SENT_START")]


def _heads(doc: Doc) -> list[int]:
    """The head of each word; a root is its own."""
    return [index + distance for index, distance in enumerate(_numbers(doc, "HEAD"))]


@cache
def _tag_columns(labels: tuple[str, ...], tags: tuple[str, ...]) -> Floats:
    """Which label of a morphologizer ("Gender=Fem|POS=NOUN") is which tag: ones and zeros, shape
    (labels, tags)."""
    features = [label.split("|") for label in labels]
    return np.array([[f"POS={tag}" in each for tag in tags] for each in features], np.float32)


def _spacy_parse(doc: Doc) -> _Parse:
    return _Parse(_strings(doc, "POS"), _heads(doc), _strings(doc, "DEP"), _opens(doc))


def _encoder_parse(taggings: Iterable[Tagging]) -> _Parse:
    parse = _Parse([], [], [], [])
    for tagging in taggings:
        syntax = tagging.syntax
        if syntax is None:
            raise ValueError("the encoder was not asked for syntax")
        first = len(parse.upos)
        parse.upos.extend(syntax.upos)
        parse.heads.extend(first + head for head in syntax.heads)
        parse.deps.extend(syntax.deps)
        opens = (tagging.starts > SENTENCE_START).tolist()
        parse.opens.extend([True, *opens[1:]])
    return parse


class _Columns:
    """Collects the columns of `Analysis` over the Docs of one article."""

    def __init__(self, *, tells_contents: bool) -> None:
        self._tokens: list[list[Any]] = [[] for _ in range(7)]
        self._sentences: list[Span] = []
        self._names: list[Name] = []
        self._contents: list[Content] = []
        self._tells_contents = tells_contents
        self._tagged = 0

    def add_words(self, doc: Doc, words: Sequence[_Words], parse: _Parse, language: str) -> None:
        """The words of one Doc with their syntax."""
        starts, ends, lemmas, upos, morphs, heads, deps = self._tokens
        first = len(starts)
        relations = RELATIONS[language]
        starts.extend(start for part in words for start in part.starts)
        texts = [text for part in words for text in part.texts]
        ends.extend(starts[first + index] + len(text) for index, text in enumerate(texts))
        lemmas.extend(
            lemma or text for lemma, text in zip(_strings(doc, "LEMMA"), texts, strict=True)
        )
        morphs.extend("" if morph == NO_FEATURES else morph for morph in _strings(doc, "MORPH"))
        upos.extend(parse.upos)
        heads.extend(first + head for head in parse.heads)
        deps.extend(relations.get(dep, dep) for dep in parse.deps)
        begins = [index for index, opens in enumerate(parse.opens) if opens]
        for begin, end in zip(begins, [*begins[1:], len(doc)], strict=True):
            self._sentences.append(Span(starts[first + begin], ends[first + end - 1]))

    def add_names(self, doc: Doc, language: str) -> None:
        """The names spaCy found in the Doc added last."""
        labels = ENTITY_LABELS[language]
        first = len(self._tokens[0]) - len(doc)
        for entity in doc.ents:
            if entity.label_ in labels:
                label = labels[entity.label_]
                self._add_name(first + entity.start, first + entity.end, label, SPACY_SCORE)

    def add_taggings(self, taggings: Iterable[Tagging]) -> None:
        """The encoder's answers for the next windows of words."""
        for tagging in taggings:
            for name in tagging.names:
                label = cast("Label", name.label)
                self._add_name(
                    self._tagged + name.start, self._tagged + name.end, label, name.score
                )
            for start, end, kind, score in tagging.claims.contents():
                span = self._span(self._tagged + start, self._tagged + end)
                self._contents.append(Content(span, kind, score))
            self._tagged += len(tagging.starts)

    def finish(self) -> Analysis:
        """All that was added."""
        return Analysis(
            Tokens(*(tuple(column) for column in self._tokens)),
            tuple(self._sentences),
            tuple(self._names),
            tuple(self._contents) if self._tells_contents else None,
        )

    def _add_name(self, start: int, end: int, label: Label, score: float) -> None:
        self._names.append(Name(self._span(start, end), label, score))

    def _span(self, start: int, end: int) -> Span:
        """The code points of a range of words."""
        starts, ends = self._tokens[0], self._tokens[1]
        return Span(starts[start], ends[end - 1])
