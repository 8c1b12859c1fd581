"""The quotations of a paragraph and the gaps between them.

A *gap* is the narration on one side of a quotation, as a range of tokens: from the quotation before
(or the paragraph's start) to the one after (or its end).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.languages import function_words as words
from pipeline.stages.claims.quotes import Quotation
from pipeline.stages.claims.syntax import CLAUSE_FINAL, SENTENCE_FINAL, VERBAL, Article

_CLAUSE_EDGES = CLAUSE_FINAL | {",", "("}


@dataclass(frozen=True, slots=True)
class Part:
    """One outer quotation of a paragraph: its tokens and its place among the others."""

    quotation: Quotation
    low: int
    high: int


class Gaps:
    """Where quotations and the narration around them begin and end."""

    def __init__(self, article: Article) -> None:
        self.article = article

    def last_word(self, gap: tuple[int, int]) -> str | None:
        """The last token of a gap that is not a quotation mark."""
        for token in range(gap[1] - 1, gap[0] - 1, -1):
            if not self.article.is_mark(token):
                word = self.article.words[token]
                return ":" if word == "):" else word  # one token in Italian
        return None

    def has_word(self, gap: tuple[int, int]) -> bool:
        return any(self.article.is_word(t) for t in range(*gap))

    def clause_start(self, gap: tuple[int, int], stop_at_colon: bool) -> int:
        finals = CLAUSE_FINAL if stop_at_colon else SENTENCE_FINAL | {";"}
        for token in range(gap[1] - 2, gap[0] - 1, -1):
            if self.article.words[token] in finals:
                return token + 1
        return gap[0]

    def starts_clause(self, left: tuple[int, int]) -> bool:
        """Whether a quotation does not begin in the middle of the narrator's clause."""
        word = self.last_word(left)
        return word is None or word in _CLAUSE_EDGES or word in words.DASHES

    def starts_sentence(self, gap: tuple[int, int]) -> bool:
        word = self.last_word(gap)
        return word is None or word in CLAUSE_FINAL or word in words.DASHES

    def left_ends(self, gap: tuple[int, int]) -> bool:
        """Whether the quotation before the gap ends its sentence and the gap starts a new one."""
        article = self.article
        last = next((t for t in range(gap[0] - 1, -1, -1) if not article.is_mark(t)), 0)
        first = next((t for t in range(*gap) if article.is_word(t)), gap[0])
        opens = article.text[article.starts[first]].isupper()
        return article.words[last] in SENTENCE_FINAL and opens

    def belongs_left(self, gap: tuple[int, int]) -> bool:
        """*“…,” said X, “…”*: whether the clause reports the quotation on its left."""
        first = next((t for t in range(*gap) if self.article.is_word(t)), gap[0])
        return self.article.words[first - 1] == "," or not self.left_ends(gap)

    def set_off(self, part: Part, gap: tuple[int, int]) -> bool:
        """Whether punctuation parts a quotation from what follows: not *“Firefly” promised*."""
        article = self.article
        last = part.high - 1
        while last > part.low and article.is_mark(last):
            last -= 1
        around = range(last, min(part.high + 3, gap[1]))
        return any(not article.is_word(t) and not article.is_mark(t) for t in around)

    def goes_on(self, gap: tuple[int, int], part: Part) -> bool:
        """*“If you look,” he said, “they go up,” he added*: one sentence, interrupted."""
        article = self.article
        opens = article.text[article.starts[part.low]]
        return self.last_word(gap) == "," and opens.islower()

    def alike(self, one: Part, other: Part) -> bool:
        """Whether two quotations have the same sort of mark."""
        text = self.article.text
        return text[one.quotation.outer.start] == text[other.quotation.outer.start]

    def length(self, part: Part) -> int:
        """How many words a quotation has."""
        return sum(self.article.is_word(t) for t in range(part.low, part.high))

    def clausal(self, part: Part) -> bool:
        """Whether a quotation holds a verb beside other words."""
        verbs = any(self.article.upos[t] in VERBAL for t in range(part.low, part.high))
        return verbs and self.length(part) > 1

    def ends_sentence(self, part: Part, high: int) -> bool:
        article = self.article
        if article.words[part.high - 1] in SENTENCE_FINAL:
            return True
        following = [
            t for t in range(part.high, min(part.high + 3, high)) if not article.is_mark(t)
        ]
        return not following or article.words[following[0]] in SENTENCE_FINAL

    def closes_sentence(self, part: Part) -> bool:
        """Whether the sentence ends with a quotation: not *in un saggio, «Il treno», nel quale*."""
        article = self.article
        if article.words[part.high - 1] in SENTENCE_FINAL:
            return True
        high = article.paragraph_ranges[article.paragraph(part.low)][1]
        after = next((t for t in range(part.high, high) if not article.is_mark(t)), high)
        return after == high or article.words[after] in SENTENCE_FINAL
