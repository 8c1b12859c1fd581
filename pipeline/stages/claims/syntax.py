"""The article as the claim rules see it: words, tree, sentences, quotations, in token indices.

The rules look at trees of two shapes (see `pipeline.languages.relations`), so they rest on what is
alike in both: which word is a verb, what lies below it, where clauses are coordinated.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property

from pipeline.core.layers import Analysis, Paragraph, Segments, Text
from pipeline.core.spans import Span
from pipeline.languages import function_words as words
from pipeline.languages.conjugation import may_be_infinitive
from pipeline.languages.people import people_table
from pipeline.stages.claims.quotes import Places, Quotation

NOMINAL = frozenset(["NOUN", "PROPN", "PRON", "NUM", "ADJ", "DET", "X", "SYM"])
VERBAL = frozenset(["VERB", "AUX"])
SENTENCE_FINAL = frozenset([".", "!", "?", "…", "...", "?!", "!?"])
CLAUSE_FINAL = SENTENCE_FINAL | {";", ":"}
_NOMINAL_RELATIONS = frozenset(["nsubj", "nsubj:pass", "obj", "obl", "nmod", "appos"])
_BEHIND = 3
"""So many empty tokens stand behind the last one."""
_MAX_DATELINE = 14
_MAX_CREDIT = 8
_MARKS = frozenset("\"“”„‟«»‹›‘’'`")


class Article:
    """Tokens of one article with their sentences and quotations.

    A *range* is a pair of token indices, half-open. Behind the last token stand a few empty ones,
    in its sentence, so that a rule may look ahead where an article breaks off: *He said that*.
    """

    def __init__(
        self, text: Text, analysis: Analysis, segments: Segments, quotations: Sequence[Quotation]
    ) -> None:
        tokens = analysis.tokens
        self.text = text.text
        self.paragraphs: tuple[Paragraph, ...] = text.paragraphs
        self._length = len(tokens.starts)
        empty = [""] * _BEHIND
        bounds = (len(self.text),) * _BEHIND
        self.starts, self.ends = tokens.starts + bounds, tokens.ends + bounds
        self.upos, self.morphs = [*tokens.upos, *empty], [*tokens.morphs, *empty]
        self.heads = tokens.heads + tuple(range(self._length, self._length + _BEHIND))
        self.deps = (*tokens.deps, *empty)
        self.quotations: Sequence[Quotation] = quotations
        self.words = [
            self.text[start:end].lower().replace("’", "'")
            for start, end in zip(self.starts, self.ends, strict=True)
        ]
        # "dirlo" has the lemma "dire lo": the verb comes first.
        self.lemmas = [*(lemma.lower().partition(" ")[0] for lemma in tokens.lemmas), *empty]
        self.sentences = [self.range_of(segment.span) for segment in segments.segments]
        self.languages = [segment.language for segment in segments.segments]
        self.paragraph_of_sentence = [segment.paragraph for segment in segments.segments]
        self.sentence_of = [0] * self._length + [max(len(self.sentences) - 1, 0)] * _BEHIND
        for number, (low, high) in enumerate(self.sentences):
            self.sentence_of[low:high] = [number] * (high - low)
            if self.languages[number] == "it":
                self._mend_persons(low, high)
            else:
                self._mend_trades(low, high)
                self._mend_pronouns(low, high)

    def _mend_persons(self, low: int, high: int) -> None:
        """Nouns like *sindaca*, which models take for verbs (*sindacere*)."""
        known = people_table("it").known
        for token in range(low, high):
            word = self.words[token]
            if word not in known:
                continue
            nominal = self.deps[token] in _NOMINAL_RELATIONS or (
                not words.POSSESSING.isdisjoint(self.words[token + 1 : token + 2])
            )
            if self.upos[token] in VERBAL and nominal:
                self.upos[token] = "NOUN"
            if self.upos[token] == "NOUN":
                self.lemmas[token] = word
                if token > low and self.words[token - 1] in words.ARTICLES:
                    self.upos[token - 1] = "DET"

    def _mend_trades(self, low: int, high: int) -> None:
        """The trades in *according to engineer Mark Vale*, *said cook Ada Neri*, which taggers take
        for infinitives."""
        for token in range(low + 1, high - 1):
            word, before = self.words[token], self.words[token - 1]
            source = before in words.SAID or tuple(self.words[token - 2 : token]) == words.ACCORDING
            named = source and self.upos[token] == "VERB" and self.upos[token + 1] == "PROPN"
            if named and people_table("en").is_person(word):
                self.upos[token], self.lemmas[token] = "NOUN", word
                self.morphs[token] = "Number=Sing"

    def _mend_pronouns(self, low: int, high: int) -> None:
        """*Another* in *Another states: “…”*, right before its verb: no determiner."""
        for token in range(low, high - 1):
            determiner = self.words[token] in words.STANDING_ALONE and self.upos[token] != "NOUN"
            if determiner and self.is_finite(token + 1):
                self.upos[token] = "PRON"

    def __len__(self) -> int:
        return self._length

    def range_of(self, span: Span) -> tuple[int, int]:
        """The tokens that begin inside ``span``."""
        return bisect_left(self.starts, span.start), bisect_left(self.starts, span.end)

    def span_of(self, low: int, high: int) -> Span:
        """The code points that a range of tokens covers (not empty)."""
        return Span(self.starts[low], self.ends[high - 1])

    def sentence(self, token: int) -> tuple[int, int]:
        """The range of the sentence that holds ``token``."""
        return self.sentences[self.sentence_of[token]]

    def paragraph(self, token: int) -> int:
        """The number of the paragraph that holds ``token``."""
        return self.paragraph_of_sentence[self.sentence_of[token]]

    def language(self, token: int) -> str:
        """The language of the sentence that holds ``token``."""
        return self.languages[self.sentence_of[token]]

    @cached_property
    def paragraph_ranges(self) -> list[tuple[int, int]]:
        """The tokens of each paragraph."""
        return [self.range_of(paragraph.span) for paragraph in self.paragraphs]

    @cached_property
    def children(self) -> list[list[int]]:
        """The dependents of each token, in order."""
        children: list[list[int]] = [[] for _ in self.words]
        for token, head in enumerate(self.heads):
            if head != token:
                children[head].append(token)
        return children

    @cached_property
    def quotation_of(self) -> list[int]:
        """For each token the index of the outermost quotation around it, or -1."""
        found = [-1] * len(self.words)
        for index, quotation in enumerate(self.quotations):
            if quotation.depth == 1:
                low, high = self.range_of(quotation.inner)
                found[low:high] = [index] * (high - low)
        return found

    @cached_property
    def innermost_of(self) -> list[int]:
        """For each token the index of the innermost quotation around it, or -1."""
        found = [-1] * len(self.words)
        for index, quotation in enumerate(self.quotations):
            low, high = self.range_of(quotation.inner)
            found[low:high] = [index] * (high - low)
        return found

    @cached_property
    def _places(self) -> Places:
        return Places(self.quotations)

    def is_mark(self, token: int) -> bool:
        """Whether a token consists of quotation marks."""
        return self.words[token] != "" and set(self.words[token]) <= _MARKS

    def is_dash(self, token: int) -> bool:
        """Whether a token is a dash between words, not the hyphen of *mastro-fornaio*."""
        start = self.starts[token]
        return self.words[token] in words.DASHES and not self.text[max(0, start - 1)].isalnum()

    def is_word(self, token: int) -> bool:
        """Whether a token holds a letter or digit."""
        return any(map(str.isalnum, self.words[token]))

    def is_time(self, token: int) -> bool:
        """Whether a word of time stands at ``token``: *yesterday*, *lunedì*."""
        return token < len(self.words) and self.words[token] in words.TIMES[self.language(token)]

    def hyphenated(self, token: int) -> int:
        """The first token of the word of which hyphens make ``token`` the last: *start-up*."""
        while (
            token > 1
            and self.words[token - 1] == "-"
            and self.ends[token - 2] == self.starts[token - 1]
            and self.ends[token - 1] == self.starts[token]
        ):
            token -= 2
        return token

    def is_finite(self, token: int) -> bool:
        """Whether a token is a finite verb (or a verb whose form the model does not tell)."""
        morph = self.morphs[token]
        return self.upos[token] in VERBAL and ("VerbForm" not in morph or "VerbForm=Fin" in morph)

    def has_finite(self, low: int, high: int) -> bool:
        """Whether a range holds a finite verb."""
        return any(map(self.is_finite, range(low, high)))

    def is_infinitive(self, token: int) -> bool:
        """Whether a token is an infinitive; in Italian its ending tells what the tagger missed:
        *di averlo provato*, *di voler partire*."""
        if "VerbForm=Inf" in self.morphs[token]:
            return True
        word, language = self.words[token], self.language(token)
        return self.upos[token] in VERBAL and may_be_infinitive(word, language)

    def disagree(self, verb: int, noun: int) -> bool:
        """Whether a verb and a noun have different numbers."""
        numbers = {self.morphs[t].partition("Number=")[2][:4] for t in (verb, noun)}
        return len(numbers - {""}) > 1

    def begins_adjunct(self, token: int) -> bool:
        """Whether an adverb or a prepositional phrase begins, but nothing with *di*."""
        markers = words.INFINITIVE_MARKERS[self.language(token)]
        return self.upos[token] in ("ADP", "ADV") and self.words[token] not in markers

    def ancestors(self, token: int) -> Iterator[int]:
        """The heads above ``token``, nearest first."""
        seen = 0
        while self.heads[token] != token and seen < 64:
            token = self.heads[token]
            seen += 1
            yield token

    def below(self, token: int, ancestor: int) -> bool:
        """Whether ``ancestor`` is ``token`` or lies above it."""
        return token == ancestor or ancestor in self.ancestors(token)

    def edges(self, token: int) -> tuple[int, int]:
        """The range from the first to the last token below ``token``."""
        low = high = token
        waiting = [token]
        while waiting:
            current = waiting.pop()
            low, high = min(low, current), max(high, current)
            waiting += self.children[current]
        return low, high + 1

    def dateline_end(self, low: int) -> int:
        """Past *ROME (AP) —* or *(AGI) - Roma, 12 mar. -* at the start of a paragraph; else
        ``low``."""
        start, stop = self.paragraph_ranges[self.paragraph(low)]
        if start != low:
            return low
        first = next((t for t in range(low, stop) if self.is_word(t)), low)
        surface = self.text[self.starts[first] : self.ends[first]]
        if not surface.isupper() or len(surface) == 1:
            return low
        end = low
        for token in range(low, min(low + _MAX_DATELINE, stop)):
            if self.words[token] in words.DASHES:
                end = token + 1
            elif self.upos[token] in VERBAL and end > low:
                break
        # An agency's name in brackets comes before the place; otherwise the first dash is the last.
        if self.words[low] != "(":
            dashes = (t for t in range(low, end) if self.words[t] in words.DASHES)
            end = next(dashes, low - 1) + 1
        return end

    def in_dateline(self, token: int) -> bool:
        """Whether a token belongs to the dateline of its paragraph."""
        start = self.paragraph_ranges[self.paragraph(token)][0]
        return token < self.dateline_end(start)

    def trim(self, low: int, high: int) -> tuple[int, int]:
        """A range without punctuation and agencies' credits at its ends; may become empty.

        Quotation marks that have their partner inside stay.
        """
        while low < high and (past := self._past_end(low, low, high)) > low:
            low = past
        while high > low and (before := self._before_end(high, low)) < high:
            high = before
        return low, high

    def _past_end(self, token: int, low: int, high: int) -> int:
        return self._credits.get(token, token + self._loose(token, low, high))

    def _before_end(self, high: int, low: int) -> int:
        opening = next((start for start, end in self._credits.items() if end == high), high)
        return opening if low < opening < high else high - self._loose(high - 1, low, high)

    @cached_property
    def _credits(self) -> dict[int, int]:
        """Where agencies' names in brackets begin and end: *(Reuters)*, *(askanews) -*."""
        found = {}
        for token, word in enumerate(self.words[:-1]):
            if word == "(" and self.words[token + 1] in words.AGENCIES[self.language(token)]:
                reach = range(token, min(token + _MAX_CREDIT, len(self)))
                close = next((t for t in reach if self.words[t] == ")"), token - 1)
                found[token] = close + 1
        return found

    def _loose(self, token: int, low: int, high: int) -> bool:
        if self.is_word(token) or self.words[token] in ("€", "$", "£", "%", ")", "("):
            return False
        if self.is_mark(token):
            for quotation in self._places.around(self.starts[token]):
                touches = not quotation.inner.start <= self.starts[token] < quotation.inner.end
                inside = (
                    quotation.outer.start >= self.starts[low]
                    and quotation.outer.end <= self.ends[high - 1]
                )
                if touches:
                    return not inside
        return True
