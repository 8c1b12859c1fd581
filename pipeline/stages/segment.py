"""Sentences, the unit of translation and alignment.

The models propose sentence ends; this stage mends what would make a bad unit: a "sentence" without
a single letter or digit (a closing quotation mark, a row of dots) belongs to its neighbour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.core.layers import Analysis, Paragraph, Segment, Segments, Text
from pipeline.core.spans import Span, within
from pipeline.stages.base import Stage, View


class SegmentStage(Stage[Segments]):
    """Cuts every paragraph into segments; together they cover all of its words."""

    name = "segment"
    version = "1"
    reads = (Text, Analysis)
    writes = Segments

    def apply(self, view: View) -> Segments:
        """The segments in text order, numbered ``s1``, ``s2``, ..."""
        text, sentences = view[Text], view[Analysis].sentences
        segments: list[Segment] = []
        for number, paragraph in enumerate(text.paragraphs):
            for span in _mended(_sentences_of(paragraph, sentences), text.text):
                segment = Segment(f"s{len(segments) + 1}", number, span, paragraph.language)
                segments.append(segment)
        return Segments(tuple(segments))


def _sentences_of(paragraph: Paragraph, sentences: Sequence[Span]) -> Iterator[Span]:
    for index in within(sentences, paragraph.span):
        sentence = sentences[index]
        start = max(sentence.start, paragraph.span.start)
        yield Span(start, min(sentence.end, paragraph.span.end))


def _mended(spans: Iterator[Span], text: str) -> list[Span]:
    mended: list[Span] = []
    for span in spans:
        wordless = not any(map(str.isalnum, span.of(text)))
        previous_wordless = mended and not any(map(str.isalnum, mended[-1].of(text)))
        if mended and (wordless or previous_wordless):
            mended[-1] = Span(mended[-1].start, span.end)
        else:
            mended.append(span)
    return mended
