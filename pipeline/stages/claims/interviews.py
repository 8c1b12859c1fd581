"""Interviews whose paragraphs are labelled: *Q: Why now?*, *A: Because the roof leaks.*"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest

from pipeline.core.spans import Span
from pipeline.languages import function_words as words
from pipeline.stages.claims.quotes import Quotation
from pipeline.stages.claims.syntax import Article

_LABEL = re.compile(r"(\w+)\s?[:.]\s+")


def is_question(article: Article, number: int) -> bool:
    """Whether a paragraph is labelled as a question: *Q: Why?*, *Q. Why?*; not *Q. Smith left.*"""
    start = _labelled(article, number, words.QUESTIONS)
    if start is None:
        return False
    span = article.paragraphs[number].span
    return ":" in article.text[span.start : start] or "?" in span.of(article.text)


def answers(article: Article) -> Iterator[Quotation]:
    """What is answered, as if between marks.

    An answer comes behind a question; paragraphs without a label go on with it where another
    question follows.
    """
    numbers = range(len(article.paragraphs))
    questions = [number for number in numbers if is_question(article, number)]
    for question, following in zip_longest(questions, questions[1:], fillvalue=0):
        first = question + 1
        start = _labelled(article, first, words.ANSWERS) if first in numbers else None
        if start is None:
            continue
        span = article.paragraphs[first].span
        yield Quotation(Span(start, span.end), span, 1)
        for number in range(first + 1, following):
            span = article.paragraphs[number].span
            yield Quotation(span, span, 1, continues=True)


def is_label(article: Article, low: int, high: int) -> bool:
    """Whether a range of tokens is nothing but the label of an answer."""
    label = [article.words[token] for token in range(low, high) if article.is_word(token)]
    return len(label) == 1 and label[0] in words.ANSWERS[article.language(low)]


def _labelled(article: Article, number: int, labels: Mapping[str, frozenset[str]]) -> int | None:
    """Where the text of a paragraph begins behind one of some labels; None without one."""
    paragraph = article.paragraphs[number]
    label = _LABEL.match(article.text, paragraph.span.start, paragraph.span.end)
    found = label and label[1].lower() in labels[paragraph.language]
    return label.end() if label and found else None
