"""Sentences, the unit of translation and alignment.

The models propose sentence ends; this stage mends what would make a bad unit: a "sentence" without
a single letter or digit belongs to its neighbour: a mark that touches the sentence before it
(``... domani. »``) to that one, any other (``‘`` cut off from ``Nobody's job``) to the next.
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
    opening = False  # the last span waits for the words it stands before
    for span in spans:
        touches_last = bool(mended) and mended[-1].end == span.start
        wordless = not any(map(str.isalnum, span.of(text)))
        if mended and (opening or (wordless and touches_last)):
            mended[-1] = Span(mended[-1].start, span.end)
            opening = opening and wordless
        else:
            mended.append(span)
            opening = wordless
    if opening and len(mended) > 1:
        last = mended.pop()
        mended[-1] = Span(mended[-1].start, last.end)
    return mended
