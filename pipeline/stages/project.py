"""Entities and claims found again in the translation.

Names: candidates are the capitalised stretches of the translated segment; letters, meaning and
place in the sentence choose among them. Claims: every word of the translation is set against the
words inside and outside the content, and the stretch that belongs inside is cut out, at quotation
marks where the content stood in such.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from pipeline.backends import sentence_encoder
from pipeline.backends.sentence_encoder import Vectors
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
from pipeline.languages.aliases import known_entities
from pipeline.languages.forms import fold
from pipeline.languages.function_words import CLAUSE_LINKS
from pipeline.languages.names import NameTable, all_words, name_table
from pipeline.stages.base import Stage, View

Encode = Callable[[Sequence[str]], Vectors]

PLACE = 0.3  # weight of the place in the sentence beside likeness
NAME_ENOUGH = 0.65  # likeness and place together
MORE_WORDS = 4  # that a translated name may have beyond the original: of, the, and
SMALL_WORD = 0.03  # what a small word that ties nothing must gain in likeness
DAMAGED = 0.6  # letters in common from which a changed name of a person is taken for the same
WHOLE = 0.9  # share of a segment's words that makes a content the whole segment

_WORD = re.compile(r"\w+(?:[.\-]\w+)*")
_QUOTED = re.compile(r"«([^»]+)»|“([^”]+)”|\"([^\"]+)\"|‘([^’]+)’(?!\w)|„([^“”]+)[“”]")
_OPENING = "«“\"‘'„"
_STOPS = ".,;:!?…"


class ProjectStage(Stage[Projection]):
    """Projects mentions and claim contents into the translated segments."""

    name = "project"
    version = "4"
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
        places = _Places(
            view[Text].text,
            view[Segments].segments,
            translated,
            view[Translations].target_language,
            self._encode,
        )
        if not places.any:
            return Projection((), ())
        return Projection(
            tuple(_project_entities(view[Entities].entities, places)),
            tuple(_project_claim(claim, places) for claim in view[Claims].claims),
        )


@dataclass(frozen=True)
class _Sentence:
    """A segment and its translation, with their words; offsets count inside each."""

    id: str
    source: str
    target: str
    table: NameTable
    encode: Encode

    @cached_property
    def ties(self) -> frozenset[str]:
        """Small words that names of the target language hold."""
        return self.table.of | self.table.purpose | self.table.ands | self.table.articles

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Small words that names of the target language may begin with."""
        table = self.table
        return table.organisations | table.places | table.others

    @cached_property
    def source_words(self) -> list[Span]:
        return _words(self.source)

    @cached_property
    def target_words(self) -> list[Span]:
        return _words(self.target)

    @cached_property
    def likeness(self) -> Vectors:
        """Source words by target words: likeness of meaning and place in the sentence."""
        import numpy as np  # runs without translation do without it

        source = [span.of(self.source) for span in self.source_words]
        target = [span.of(self.target) for span in self.target_words]
        meaning = self.encode(source) @ self.encode(target).T
        rows = np.linspace(0, 1, len(source), dtype=np.float32)[:, None]
        columns = np.linspace(0, 1, len(target), dtype=np.float32)[None, :]
        placed: Vectors = meaning + np.float32(PLACE) * (1 - np.abs(rows - columns))
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
        language: str,
        encode: Encode,
    ) -> None:
        self._spans = [segment.span for segment in segments]
        self._sentences = [
            _Sentence(
                segment.id,
                segment.span.of(text),
                translated.get(segment.id) or "",
                name_table(language),
                encode,
            )
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

    def translated(self, span: Span) -> bool:
        """Whether all segments that ``span`` touches have a translation."""
        return all(self._sentences[index].target for index in within(self._spans, span))

    def free(self, sentence: _Sentence, span: Span) -> bool:
        """Whether no earlier name was found there."""
        return not any(span.overlaps(other) for other in self._taken[sentence.id])

    def take(self, sentence: _Sentence, span: Span) -> None:
        """Keep ``span`` of the translation from being found again."""
        self._taken[sentence.id].append(span)


def _project_entities(entities: Sequence[Entity], places: _Places) -> Iterator[ProjectedEntity]:
    """Names that stand in the translation as they are, or as the tables write them, are found
    first: what is left is less likely to be mistaken."""
    mentions = [
        (number, *around)
        for number, entity in enumerate(entities)
        for mention in entity.mentions
        if (around := places.around(mention))
    ]
    found: dict[tuple[int, str, Span], TargetSpan] = {}
    for find in (_find_same, _find_like):
        for number, sentence, span in mentions:
            if (number, sentence.id, span) in found:
                continue
            target = find(sentence, span, places)
            if target:
                places.take(sentence, target)
                found[number, sentence.id, span] = sentence.found(target)
    pairs: defaultdict[int, list[tuple[str, TargetSpan]]] = defaultdict(list)
    for number, sentence, span in mentions:
        if (number, sentence.id, span) in found:
            pairs[number].append((span.of(sentence.source), found[number, sentence.id, span]))
    looked = {number for number, *_ in mentions}
    for number, entity in enumerate(entities):
        yield _projected(entity, pairs[number], looked=number in looked)


def _projected(
    entity: Entity, pairs: Sequence[tuple[str, TargetSpan]], *, looked: bool
) -> ProjectedEntity:
    """``pairs`` are mentions with what was found for them."""
    if not pairs:
        return ProjectedEntity(entity.id, None, (), ("not_found",) if looked else ())
    sources, found = [source for source, _ in pairs], tuple(each for _, each in pairs)
    if entity.label == "PER" and any(fold(source) != fold(each.text) for source, each in pairs):
        return ProjectedEntity(entity.id, entity.name, found, ("name_repaired",))
    return ProjectedEntity(entity.id, _best_name(entity, sources, found), found)


def _best_name(entity: Entity, sources: Sequence[str], found: Sequence[TargetSpan]) -> str:
    """The commonest translation of the entity's full name, or of any mention."""
    full = [each.text for source, each in zip(sources, found, strict=True) if source == entity.name]
    counts = Counter(full or [each.text for each in found])
    return min(counts, key=lambda form: (-counts[form], -len(form), form))


def _find_same(sentence: _Sentence, span: Span, places: _Places) -> Span | None:
    """The name as it is, or another name of the same known entity (*Milan*, *Milano*); of several
    the one whose place in the sentence is likest."""
    name = span.of(sentence.source)
    alias = known_entities().find(name)

    def same(each: Span) -> bool:
        text = each.of(sentence.target)
        return fold(text) == fold(name) or (
            alias is not None and known_entities().find(text) is alias
        )

    found = [
        each
        for each in _name_candidates(sentence, name)
        if places.free(sentence, each) and same(each)
    ]
    place = sentence.place(span)
    whole = [each for each in found if not any(o.contains(each) for o in found if o != each)]
    distances = [(abs(sentence.target_place(each) - place), each) for each in whole]
    return min(distances)[1] if distances else None


def _find_like(sentence: _Sentence, span: Span, places: _Places) -> Span | None:
    """The stretch that is likest in letters or meaning and in place, if it is like enough."""
    name = span.of(sentence.source)
    candidates = [each for each in _name_candidates(sentence, name) if places.free(sentence, each)]
    if not candidates:
        return None
    texts = [each.of(sentence.target) for each in candidates]
    meaning = sentence.encode([name, *texts])
    scored = []
    for each, text, vector in zip(candidates, texts, meaning[1:], strict=True):
        letters = SequenceMatcher(None, fold(name), fold(text), autojunk=False).ratio()
        likeness = max(float(vector @ meaning[0]), letters if letters >= DAMAGED else 0.0)
        distance = abs(sentence.target_place(each) - sentence.place(span))
        small = sum(word not in sentence.ties for word in text.split() if word.islower())
        score = likeness + PLACE * (1 - distance) - SMALL_WORD * small
        scored.append((score, -len(each), -each.start, each))
    best = max(scored)
    return best[3] if best[0] >= NAME_ENOUGH + PLACE / 2 else None


def _name_candidates(sentence: _Sentence, name: str) -> Iterator[Span]:
    """Stretches of the translation that could be a name: of words without marks between them, with
    a capital among them (or the same letters), that begin with a capital or a kind (*fiume Po*)
    and, if the name has several words, may end small (*Commissione europea*)."""
    words, table = sentence.target_words, sentence.table
    texts = [span.of(sentence.target) for span in words]
    longest = len(_words(name)) + MORE_WORDS
    several = " " in name
    capital = [_like_name(text, name) for text in texts]
    edges = sentence.ties | table.edges
    articled = name.split(maxsplit=1)[0].lower() in all_words("articles")
    for first, start in enumerate(words):
        kind = several and texts[first] in sentence.kinds
        edge = texts[first].lower() in edges and not articled
        if edge or not (capital[first] or kind):
            continue
        for last in range(first, min(first + longest, len(words))):
            if last > first and not _adjoin(sentence.target, words[last - 1], words[last], name):
                break
            ends = capital[last] or (several and texts[last] not in edges)
            if ends and any(capital[first : last + 1]):
                yield Span(start.start, words[last].end)


def _adjoin(text: str, left: Span, right: Span, name: str) -> bool:
    """Whether nothing but spaces, apostrophes and marks of the name itself stand between words."""
    between = text[left.end : right.start]
    return all(char in name or char in "'’&- " for char in between)


def _like_name(word: str, name: str) -> bool:
    return word[0].isupper() or word[0].isdigit() or word in name.split()


def _project_claim(claim: Claim, places: _Places) -> ProjectedClaim:
    spans: list[TargetSpan] = []
    for content in claim.content:
        for sentence, span in places.parts(content):
            target = _find_content(sentence, span)
            if target:
                spans.append(sentence.found(target))
    # Half of what was said is not what was said: "It is true. Not all of it."
    whole = all(places.translated(content) for content in claim.content)
    text = " ".join(each.text for each in spans) if whole else ""
    return ProjectedClaim(claim.id, text or None, tuple(spans))


def _find_content(sentence: _Sentence, span: Span) -> Span | None:
    inside = [span.contains(word) for word in sentence.source_words]
    if not any(inside) or not sentence.target_words:
        return None
    target = Span(0, len(sentence.target))
    if sum(inside) < WHOLE * len(inside):
        target = _best_stretch(sentence, inside)
        if _is_quoted(sentence.source, span):
            target = _nearest_quoted(sentence.target, target)
    stopped = not sentence.source[span.end - 1].isalnum()
    return _trimmed(sentence.target, target, stopped=stopped)


def _best_stretch(sentence: _Sentence, inside: Sequence[bool]) -> Span:
    """The run of target words that gains most by lying inside: a maximum-sum run (Kadane)."""
    likeness = sentence.likeness
    inner = [row for row, belongs in enumerate(inside) if belongs]
    outer = [row for row, belongs in enumerate(inside) if not belongs]
    gains = likeness[inner].max(axis=0) - likeness[outer].max(axis=0)
    best, total, first = (float("-inf"), 0, 0), 0.0, 0
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
    if len(words) > 1 and words[0].of(text).lower() in CLAUSE_LINKS:
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
