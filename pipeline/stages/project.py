"""Entities and claims found again in the translation.

Names: candidates are the capitalised stretches of the translated segment; letters, meaning and
place in the sentence choose among them. Claims: every word of the translation is set against the
words inside and outside the content, and the stretch that belongs inside is cut out, at quotation
marks where the content stood in such.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.backends import sentence_encoder
from pipeline.core.layers import (
    Claim,
    Claims,
    Entities,
    Entity,
    ProjectedClaim,
    ProjectedEntity,
    Projection,
    Segment,
    Segments,
    TargetSpan,
    Text,
    Translations,
)
from pipeline.core.spans import Span, covering, within
from pipeline.languages.forms import fold
from pipeline.stages.base import Stage, View

Encode = Callable[[Sequence[str]], NDArray[np.float32]]

PLACE = 0.3  # weight of the place in the sentence beside likeness
NAME_ENOUGH = 0.65  # likeness and place together
MORE_WORDS = 4  # that a translated name may have beyond the original: of, the, and
DAMAGED = 0.6  # letters in common from which a changed name of a person is taken for the same
WHOLE = 0.9  # share of a segment's words that makes a content the whole segment

_WORD = re.compile(r"\w+(?:[.\-]\w+)*")
_QUOTED = re.compile(r"«([^»]+)»|“([^”]+)”|\"([^\"]+)\"|‘([^’]+)’(?!\w)|„([^“”]+)[“”]")
_OPENING = "«“\"‘'„"
_LINKS = frozenset({"that", "to", "che", "di", "whether", "if", "se"})
_STOPS = ".,;:!?…"


class ProjectStage(Stage[Projection]):
    """Projects mentions and claim contents into the translated segments."""

    name = "project"
    version = "2"
    reads = (Text, Segments, Entities, Claims, Translations)
    writes = Projection

    def __init__(self, encode: Encode = sentence_encoder.encode) -> None:
        self._encode = encode

    @property
    def resources(self) -> Mapping[str, str]:
        """The sentence encoder that tells likeness of meaning."""
        return {"sentence_encoder": sentence_encoder.encoder_identity()}

    def apply(self, view: View) -> Projection:
        """What could be found; segments without a translation give nothing.

        An entity's flags are ``not_found`` when its mentions were translated but none could be
        found, and ``name_repaired`` when the translation spells a person's name differently.
        """
        translated = {each.segment: each.text for each in view[Translations].translations}
        places = _Places(view[Text].text, view[Segments].segments, translated, self._encode)
        if not places.any:
            return Projection((), ())
        return Projection(
            tuple(_project_entity(entity, places) for entity in view[Entities].entities),
            tuple(_project_claim(claim, places) for claim in view[Claims].claims),
        )


@dataclass(frozen=True)
class _Sentence:
    """A segment and its translation, with their words; offsets count inside each."""

    id: str
    source: str
    target: str
    encode: Encode

    @cached_property
    def source_words(self) -> list[Span]:
        return _words(self.source)

    @cached_property
    def target_words(self) -> list[Span]:
        return _words(self.target)

    @cached_property
    def likeness(self) -> NDArray[np.float32]:
        """Source words by target words: likeness of meaning and place in the sentence."""
        source = [span.of(self.source) for span in self.source_words]
        target = [span.of(self.target) for span in self.target_words]
        meaning = self.encode(source) @ self.encode(target).T
        rows = np.linspace(0, 1, len(source), dtype=np.float32)[:, None]
        columns = np.linspace(0, 1, len(target), dtype=np.float32)[None, :]
        placed: NDArray[np.float32] = meaning + np.float32(PLACE) * (1 - np.abs(rows - columns))
        return placed

    def place(self, span: Span) -> float:
        """Where ``span`` of the source stands, from 0 to 1."""
        return (span.start + span.end) / 2 / max(len(self.source), 1)

    def target_place(self, span: Span) -> float:
        """Where ``span`` of the translation stands, from 0 to 1."""
        return (span.start + span.end) / 2 / max(len(self.target), 1)

    def found(self, span: Span) -> TargetSpan:
        """``span`` of the translation as it is reported."""
        return TargetSpan(self.id, span, span.of(self.target))


class _Places:
    """The translated segments of a document, by place in its text."""

    def __init__(
        self,
        text: str,
        segments: Sequence[Segment],
        translated: Mapping[str, str | None],
        encode: Encode,
    ) -> None:
        self._spans = [segment.span for segment in segments]
        self._sentences = [
            _Sentence(segment.id, segment.span.of(text), translated.get(segment.id) or "", encode)
            for segment in segments
        ]
        self.any = any(sentence.target for sentence in self._sentences)
        self._taken: dict[str, list[Span]] = {sentence.id: [] for sentence in self._sentences}

    def around(self, span: Span) -> tuple[_Sentence, Span] | None:
        """The translated segment in which ``span`` begins, and the span inside it."""
        index = covering(self._spans, span.start)
        if index is None or not self._sentences[index].target:
            return None
        start = self._spans[index].start
        return self._sentences[index], Span(
            span.start - start, min(span.end, self._spans[index].end) - start
        )

    def parts(self, span: Span) -> Iterator[tuple[_Sentence, Span]]:
        """The parts of ``span``, segment by segment, where there is a translation."""
        for index in within(self._spans, span):
            whole, sentence = self._spans[index], self._sentences[index]
            if sentence.target:
                start, end = max(span.start, whole.start), min(span.end, whole.end)
                yield sentence, Span(start - whole.start, end - whole.start)

    def free(self, sentence: _Sentence, span: Span) -> bool:
        """Whether no earlier name was found there."""
        return not any(span.overlaps(other) for other in self._taken[sentence.id])

    def take(self, sentence: _Sentence, span: Span) -> None:
        """Keep ``span`` of the translation from being found again."""
        self._taken[sentence.id].append(span)


def _project_entity(entity: Entity, places: _Places) -> ProjectedEntity:
    found: list[TargetSpan] = []
    sources: list[str] = []
    looked = False
    for mention in entity.mentions:
        around = places.around(mention)
        if around is None:
            continue
        looked = True
        sentence, span = around
        target = _find_name(sentence, span, places)
        if target:
            places.take(sentence, target)
            found.append(sentence.found(target))
            sources.append(span.of(sentence.source))
    if not found:
        return ProjectedEntity(entity.id, None, (), ("not_found",) if looked else ())
    if entity.label == "PER" and any(
        fold(source) != fold(each.text) for source, each in zip(sources, found, strict=True)
    ):
        return ProjectedEntity(entity.id, entity.name, tuple(found), ("name_repaired",))
    return ProjectedEntity(entity.id, _best_name(entity, sources, found), tuple(found))


def _best_name(entity: Entity, sources: Sequence[str], found: Sequence[TargetSpan]) -> str:
    """The commonest translation of the entity's full name, or of any mention."""
    full = [each.text for source, each in zip(sources, found, strict=True) if source == entity.name]
    counts = Counter(full or [each.text for each in found])
    return min(counts, key=lambda form: (-counts[form], -len(form), form))


def _find_name(sentence: _Sentence, span: Span, places: _Places) -> Span | None:
    name = span.of(sentence.source)
    candidates = [each for each in _name_candidates(sentence, name) if places.free(sentence, each)]
    if not candidates:
        return None
    texts = [each.of(sentence.target) for each in candidates]
    same = [each for each, text in zip(candidates, texts, strict=True) if fold(text) == fold(name)]
    if same:
        place = sentence.place(span)
        return min(same, key=lambda each: abs(sentence.target_place(each) - place))
    meaning = sentence.encode([name, *texts])
    scored = []
    for each, text, vector in zip(candidates, texts, meaning[1:], strict=True):
        letters = SequenceMatcher(None, fold(name), fold(text), autojunk=False).ratio()
        likeness = max(float(vector @ meaning[0]), letters if letters >= DAMAGED else 0.0)
        distance = abs(sentence.target_place(each) - sentence.place(span))
        scored.append((likeness + PLACE * (1 - distance), -len(each), -each.start, each))
    best = max(scored)
    return best[3] if best[0] >= NAME_ENOUGH + PLACE / 2 else None


def _name_candidates(sentence: _Sentence, name: str) -> Iterator[Span]:
    """Stretches of the translation that begin and end like a name (or hold the same letters)."""
    words = sentence.target_words
    longest = len(_words(name)) + MORE_WORDS
    capital = [_like_name(span.of(sentence.target), name) for span in words]
    for first, start in enumerate(words):
        if capital[first]:
            for last in range(first, min(first + longest, len(words))):
                if capital[last]:
                    yield Span(start.start, words[last].end)


def _like_name(word: str, name: str) -> bool:
    return word[0].isupper() or word[0].isdigit() or word in name


def _project_claim(claim: Claim, places: _Places) -> ProjectedClaim:
    spans: list[TargetSpan] = []
    for content in claim.content:
        for sentence, span in places.parts(content):
            target = _find_content(sentence, span)
            if target:
                spans.append(sentence.found(target))
    text = " ".join(each.text for each in spans)
    return ProjectedClaim(claim.id, text or None, tuple(spans))


def _find_content(sentence: _Sentence, span: Span) -> Span | None:
    inside = [span.contains(word) for word in sentence.source_words]
    if not any(inside) or not sentence.target_words:
        return None
    target = Span(0, len(sentence.target))
    if sum(inside) < WHOLE * len(inside):
        target = _best_stretch(sentence, np.array(inside))
        if _is_quoted(sentence.source, span):
            target = _nearest_quoted(sentence.target, target)
    stopped = not sentence.source[span.end - 1].isalnum()
    return _trimmed(sentence.target, target, stopped=stopped)


def _best_stretch(sentence: _Sentence, inside: NDArray[np.bool_]) -> Span:
    """The run of target words that gains most by lying inside: a maximum-sum run (Kadane)."""
    likeness = sentence.likeness
    gains = likeness[inside].max(axis=0) - likeness[~inside].max(axis=0)
    best, total, first = (-np.inf, 0, 0), 0.0, 0
    for index, gain in enumerate(gains.tolist()):
        if total <= 0:
            total, first = 0.0, index
        total += gain
        best = max(best, (total, -first, index))
    words = sentence.target_words
    return Span(words[-best[1]].start, words[best[2]].end)


def _trimmed(text: str, span: Span, *, stopped: bool) -> Span | None:
    """``span`` without quotation marks, outer punctuation and a complementiser in front; with the
    punctuation right behind it when the original is ``stopped`` too."""
    words = [word for word in _words(text) if span.contains(word)]
    if len(words) > 1 and words[0].of(text).lower() in _LINKS:
        words = words[1:]
    if not words:
        return None
    end = words[-1].end
    while stopped and end < len(text) and text[end] in _STOPS:
        end += 1
    return Span(words[0].start, end)


def _is_quoted(text: str, span: Span) -> bool:
    return span.start > 0 and text[span.start - 1] in _OPENING


def _nearest_quoted(text: str, stretch: Span) -> Span:
    """What stands between quotation marks and overlaps ``stretch`` most; else ``stretch``."""
    quoted = [Span(*match.span(match.lastindex or 0)) for match in _QUOTED.finditer(text)]
    overlaps = [min(each.end, stretch.end) - max(each.start, stretch.start) for each in quoted]
    most = max(overlaps, default=0)
    return quoted[overlaps.index(most)] if most > 0 else stretch


def _words(text: str) -> list[Span]:
    return [Span(*match.span()) for match in _WORD.finditer(text)]
