"""Dashes typed without a space: between a closing mark and the reporting clause, or round one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.spans import Span

_DASHES = "-\N{EN DASH}\N{EM DASH}"
_CLOSING = '[»”"]'
_GLUED = re.compile(
    rf"""
      {_CLOSING} \s? (?P<behind>[{_DASHES}]) (?=\s|[^\W\d_]|,)  # «Basta»- grida Ada
    | (?<=\s) (?P<opens>[{_DASHES}]) [^\W\d_] [^{_DASHES}]{{2,60}}
      (?<=[^\W\d_]) (?P<closes>[{_DASHES}]) (?=[\s,.])          # No -dice Ada- e basta
    """,
    re.VERBOSE,
)


def apart(text: str, span: Span) -> Iterator[Span]:
    """The parts of ``span`` that a tokenizer reads one by one, so that no dash ends up in a word.

    Nearly always ``span`` itself.

    >>> text = "«Basta»- grida Ada. «No -dice Ugo- e poi no»."
    >>> [part.of(text) for part in apart(text, Span(0, len(text)))]
    ['«Basta»', '- grida Ada. «No -', 'dice Ugo', '- e poi no».']
    """
    start = span.start
    for found in _GLUED.finditer(text, span.start, span.end):
        ends = (end for name in ("behind", "opens", "closes") for end in found.span(name))
        for cut in ends:
            if start < cut < span.end and not text[cut - 1 : cut + 1].count(" "):
                yield Span(start, cut)
                start = cut
    yield Span(start, span.end)
