"""Quoted words that nobody says: titles, and what is written on a sign."""

from __future__ import annotations

from pipeline.languages import function_words as words
from pipeline.languages.people import people_table
from pipeline.stages.claims.gaps import Gaps, Part
from pipeline.stages.claims.syntax import SENTENCE_FINAL

_TITLE_REACH = 6


class Signs:
    """Tells such words by what stands before them."""

    def __init__(self, gaps: Gaps) -> None:
        self.article = gaps.article
        self.gaps = gaps

    def is_sign(self, token: int) -> bool:
        article = self.article
        signs = people_table(article.language(token)).signs
        sign = article.lemmas[token] in signs and article.words[token] not in words.SPOKEN
        return sign or tuple(article.lemmas[token : token + 2]) in words.POSTED

    def is_title(self, part: Part, left: tuple[int, int]) -> bool:
        """*in un saggio uscito ieri, «Il treno e la stazione»*: the name of a work, after its sort,
        with a capital and no full stop."""
        article = self.article
        low = max(left[0], article.sentence(part.low)[0], part.low - _TITLE_REACH)
        if self.gaps.last_word(left) == ":":
            return False
        sorts = any(article.lemmas[t] in words.WORKS for t in range(low, part.low))
        ends = article.words[part.high - 1] in SENTENCE_FINAL
        return sorts and not ends and article.text[article.starts[part.low]].isupper()

    def is_words_of_sign(self, part: Part, left: tuple[int, int]) -> bool:
        """*Il ritornello, «portami via», lo cantano tutti*: right after a sign or the like."""
        before = [t for t in range(left[0], part.low) if self.article.is_word(t)]
        return bool(before) and self.gaps.last_word(left) != ":" and self.is_sign(before[-1])

    def is_on_sign(self, gap: tuple[int, int]) -> bool:
        """Whether the words just before tell of a sign, a title or the like."""
        article = self.article
        return any(
            self.is_sign(t) or article.words[t] in words.INSCRIBED
            for t in range(max(gap[0], gap[1] - 14), gap[1])
        )
