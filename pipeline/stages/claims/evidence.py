"""What the model takes for reported content, as evidence for or against quotations.

The rules see marks, verbs and subjects; the model also knows how slogans, titles and proverbs
sound. It decides about short quotations alone: on annotated articles it denied no true one and
most of the others. Of long ones, in paragraphs of a page or badly translated, it sees patches, and
clauses without marks are bounded better by the rules.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.layers import Content
from pipeline.stages.claims.drafts import Draft
from pipeline.stages.claims.syntax import Article

_ENOUGH = 0.25
"""The share of a quotation's words that the model must take for content."""
_LONG = 12
"""Quotations of more words are no titles, slogans or proverbs."""


class Evidence:
    """The words of an article that belong to content; ``contents`` is None without a model."""

    def __init__(self, article: Article, contents: Sequence[Content] | None) -> None:
        self._article = article
        self._told = None if contents is None else _tokens(article, contents)

    def denies(self, draft: Draft) -> bool:
        """Whether a draft holds quoted words that nobody said: *Lo slogan è «Meno cemento»*."""
        if self._told is None or draft.kind == "indirect" or draft.rule == "direct answer":
            return False
        article = self._article
        words = [t for span in draft.content for t in range(*article.range_of(span))]
        words = [t for t in words if article.is_word(t)]
        if len(words) > _LONG or all(article.quotation_of[t] < 0 for t in words):
            return False  # transcripts have no marks
        return sum(t in self._told for t in words) < _ENOUGH * len(words)


def _tokens(article: Article, contents: Sequence[Content]) -> frozenset[int]:
    return frozenset(t for each in contents for t in range(*article.range_of(each.span)))
