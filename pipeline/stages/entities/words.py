"""The article as words, with what the search for names asks of them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cached_property

from pipeline.core.layers import Analysis, Text
from pipeline.core.spans import Span
from pipeline.languages.forms import fold
from pipeline.languages.function_words import DASHES
from pipeline.languages.names import NameTable, given_names, name_table

OPENING_QUOTES = frozenset("“«„\"‘'‹")
# Fewer capitals are a dateline, or an abbreviation by itself.
MIN_SHOUTED = 3
# So many different words of matches make a report of one; a score counts as one.
MIN_MATCH_WORDS = 2
CLOSING_QUOTES = frozenset("”»“\"’'›")

# 2-1, 80–74; no years and no telephone numbers.
SCORE = re.compile(r"(?<![\w./–-])\d{1,3}[-–]\d{1,3}(?![\w–/-]|[.,]\d)")


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """Tokens ``[low, high)``."""

    low: int
    high: int


class Words:
    """Tokens of an article: their text, lower-case text, part of speech and neighbours."""

    def __init__(self, text: Text, analysis: Analysis) -> None:
        self.text = text.text
        tokens = analysis.tokens
        stops = {span.end for span in (*analysis.sentences, *(p.span for p in text.paragraphs))}
        parts = [
            (start, end, token)
            for token, whole in enumerate(zip(tokens.starts, tokens.ends, strict=True))
            for start, end in _unglued(self.text, *whole, stops)
        ]
        self.starts = [start for start, _, _ in parts]
        self.ends = [end for _, end, _ in parts]
        self.upos = [tokens.upos[token] for _, _, token in parts]
        self._morphs = [tokens.morphs[token] for _, _, token in parts]
        self.lemmas = [tokens.lemmas[token] for _, _, token in parts]
        self.words = [self.text[start:end] for start, end, _ in parts]
        self.lower = [word.lower().replace("’", "'") for word in self.words]
        self._paragraph_spans = [paragraph.span for paragraph in text.paragraphs]
        self._paragraph_starts = [span.start for span in self._paragraph_spans]
        languages = [paragraph.language for paragraph in text.paragraphs]
        self._languages = [languages[max(self._paragraph(start), 0)] for start in self.starts]
        self.opens_sentence = self._sentence_starts(analysis)
        self.lower_case = frozenset(word for word in self.words if word.islower())

    def __len__(self) -> int:
        return len(self.words)

    def _sentence_starts(self, analysis: Analysis) -> list[bool]:
        opens = [False] * len(self.words)
        for span in (*analysis.sentences, *self._paragraph_spans):
            first = bisect_left(self.starts, span.start)
            while first < len(opens) and not self.words[first][0].isalnum():
                first += 1
            if first < len(opens):
                opens[first] = True
        for index in range(1, len(opens)):
            if self.words[index - 1] in OPENING_QUOTES or self.words[index - 1] in (
                ":",
                "–",
                "—",
                "-",
            ):
                opens[index] = True
        return opens

    def _paragraph(self, start: int) -> int:
        return bisect_right(self._paragraph_starts, start) - 1

    def stretch(self, span: Span) -> Stretch:
        """The tokens that ``span`` touches."""
        low = bisect_right(self.starts, span.start) - 1
        if low < 0 or self.ends[low] <= span.start:
            low += 1
        return Stretch(low, max(bisect_left(self.starts, span.end), low))

    def span(self, stretch: Stretch) -> Span:
        """The characters of some tokens (at least one)."""
        return Span(self.starts[stretch.low], self.ends[stretch.high - 1])

    def form(self, stretch: Stretch) -> str:
        """The text of some tokens, as it stands."""
        return self.span(stretch).of(self.text)

    def word(self, index: int) -> str:
        """The lower-case word at ``index``; "" outside the article."""
        return self.lower[index] if 0 <= index < len(self.lower) else ""

    def capital(self, index: int) -> bool:
        """Whether there is a word at ``index`` that begins with a capital."""
        return 0 <= index < len(self.words) and self.words[index][0].isupper()

    def in_capitals(self, index: int) -> bool:
        """Whether the whole line of ``index`` is written in capitals: three words or more."""
        start = self.text.rfind("\n", 0, self.starts[index]) + 1
        line = self.text[start:].partition("\n")[0]
        return line.isupper() and len(line.split()) >= MIN_SHOUTED

    @cached_property
    def reports_match(self) -> bool:
        """Whether the article reports a match, in which towns and states play."""
        told: set[str] = set()
        hints: set[str] = set()
        for index, word in enumerate(self.lower):
            table = self.table(index)
            if word in table.match_words:
                told.add(word)
            elif word in table.match_hints:
                hints.add(word)
        sure = len(told) + bool(SCORE.search(self.text))
        return sure > 0 and sure + len(hints) >= MIN_MATCH_WORDS

    def is_adjective(self, index: int) -> bool:
        """Whether a small adjective stands at ``index`` that is no nationality."""
        return (
            0 <= index < len(self)
            and self.upos[index] == "ADJ"
            and self.words[index].islower()
            and self.lower[index] not in self.table(index).demonyms
        )

    def is_finite(self, index: int) -> bool:
        """Whether a finite verb stands at ``index``."""
        return 0 <= index < len(self) and "VerbForm=Fin" in self._morphs[index]

    def is_given_name(self, index: int) -> bool:
        """Whether the word at ``index`` is a given name."""
        return fold(self.words[index]) in given_names()

    def language(self, index: int) -> str:
        """The language of the paragraph of a token."""
        return self._languages[index]

    def table(self, index: int) -> NameTable:
        """The words that tell names apart in the language of a token; behind the last one, where
        ``word`` is empty, those of its language."""
        return name_table(self._languages[min(index, len(self) - 1)])

    def is_of(self, index: int) -> bool:
        """Whether a preposition that ties the parts of a name stands at ``index``."""
        return 0 <= index < len(self) and self.lower[index] in self.table(index).of

    def is_article(self, index: int) -> bool:
        """Whether a definite article stands at ``index``."""
        return 0 <= index < len(self) and self.lower[index] in self.table(index).articles

    def office_end(self, low: int, high: int) -> int:
        """Where an office that opens tokens ends, ``low`` if none does: *Police Chief* before *Ada
        Neri*, *Assistant Corporation Counsel*, *neo assessore*."""
        end = low
        for index in range(low, min(high, len(self))):
            word, table = self.lower[index].rstrip("."), self.table(index)
            if word in table.roles:
                end = index + 1
            elif word not in table.role_parts and word not in table.fields:
                break
        return end

    def lacks_article(self, low: int, high: int) -> bool:
        """Whether tokens are a body's name only after an article that they lack: *Verdi*."""
        table = self.table(low)
        alone = high == low + 1 and self.word(low) in table.articled
        return alone and self.word(low - 1) not in table.plural_articles

    def begins_line(self, index: int) -> bool:
        """Whether no other word stands before ``index`` in its paragraph."""
        return index == 0 or "\n" in self.text[self.ends[index - 1] : self.starts[index]]


def _unglued(text: str, start: int, end: int, stops: Set[int]) -> Iterator[tuple[int, int]]:
    """The parts of a token that lost its spaces round a mark: ``Reyes,"e`` is *Reyes* and more;
    the stop of a sentence is none of its last word (*in Serie A.*, *and Co.*, *of SpaceX. The*)."""
    if text[start:end].isalnum():
        yield start, end
        return
    teams = _FIXTURE.match(text, start) if "-" in text[start:end] else None
    if teams and teams.end() == end:
        yield from (teams.span(part) for part in (1, 2, 3))
        return
    if text[end - 1] in DASHES and end - start > 1:  # "l'assessore Neri-."
        yield from _unglued(text, start, end - 1, stops)
        yield end - 1, end
        return
    stop = text.find(".", start, end) == end - 1 > start
    stopped = stop and (end in stops or _no_abbreviation(text[start : end - 1]))
    for match in _PARTS.finditer(text, start, end - stopped):
        yield match.span()
    if stopped:
        yield end - 1, end


def _no_abbreviation(word: str) -> bool:
    """Whether a word before a stop is a product's or a firm's name: *RC213V*, *SpaceX*."""
    numbered = any(char.isdigit() for char in word) and any(char.isalpha() for char in word)
    camel = len(word) > 4 and word[1:-1].islower() and word[-1].isupper()
    return (numbered or camel) and word.isalnum()


# Colico-Galbiate 0-0, Atletico Colico-Virtus Galbiate 0-0
_FIXTURE = re.compile(
    r"([A-ZÀ-Ý][\w'’.]*)(-)([A-ZÀ-Ý][\w'’.]*)"
    r"(?=(?: [A-ZÀ-Ý][\w'’.]*){0,2} \d{1,2}[-–]\d{1,2}(?!\d))"
)
_PARTS = re.compile(r"[^,;()—\"“”«»]+|[,;()—\"“”«»]")
