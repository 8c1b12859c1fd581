"""Repaired text and its way back to the raw one.

A `TextMap` holds a text and, piece by piece, where each stretch of it comes from. Repairs are
`Edit` objects applied to the current text; every application composes the maps, so after any
number of passes an offset still leads to the raw document.

Pieces are of two sorts: *copied* (one code point for one code point) and *replaced* (a stretch of
text that stands for a stretch of raw as a whole). Deleted raw text leaves a gap between pieces.

>>> first = TextMap.identity("l'Unit&agrave; dice")
>>> second = first.apply([Edit(6, 14, "à", "html_entity")])
>>> second.text
"l'Unità dice"
>>> second.raw_ranges(Span(2, 7))
(Span(start=2, end=14),)
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.core.spans import Span


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace ``text[start:end]`` by ``replacement``; ``kind`` names the reason.

    ``start == end`` inserts, an empty replacement deletes. Offsets count in the text that the edit
    is applied to.
    """

    start: int
    end: int
    replacement: str
    kind: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and the raw stretch it comes from.

    ``length`` and ``raw_length`` are code points; they are equal and map one to one when
    ``copied``. An inserted stretch has ``raw_length`` 0.
    """

    start: int
    length: int
    raw_start: int
    raw_length: int
    copied: bool

    def cut(self, start: int, end: int) -> Piece:
        """The part of this piece between two offsets of the text."""
        if self.copied:
            return Piece(start, end - start, self.raw_start + start - self.start, end - start, True)
        return Piece(start, end - start, self.raw_start, self.raw_length, False)


@dataclass(frozen=True, slots=True)
class TextMap:
    """A text with the pieces that lead back to raw; pieces cover the text in order."""

    text: str
    pieces: tuple[Piece, ...]

    @classmethod
    def identity(cls, text: str) -> TextMap:
        """The map of an untouched text onto itself."""
        pieces = (Piece(0, len(text), 0, len(text), True),) if text else ()
        return cls(text, pieces)

    def apply(self, edits: Iterable[Edit]) -> TextMap:
        """The map after ``edits``, which must not overlap one another.

        Raises: ValueError when two edits overlap or leave the text.
        """
        ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
        if not ordered:
            return self
        out = _Builder(self)
        for edit in ordered:
            out.copy_until(edit.start)
            out.replace(edit)
        out.copy_until(len(self.text))
        return out.finish()

    def raw_ranges(self, span: Span) -> tuple[Span, ...]:
        """The raw ranges behind ``span``: sorted, disjoint, adjoining ones merged.

        A replaced piece counts as a whole, an inserted one has no raw range.
        """
        ranges: list[Span] = []
        for index in self._pieces_in(span):
            piece = self.pieces[index]
            start = max(piece.start, span.start)
            end = min(piece.start + piece.length, span.end)
            part = piece.cut(start, end)
            if part.raw_length == 0:
                continue
            raw = Span(part.raw_start, part.raw_start + part.raw_length)
            if ranges and raw.start <= ranges[-1].end:
                ranges[-1] = Span(ranges[-1].start, max(ranges[-1].end, raw.end))
            else:
                ranges.append(raw)
        return tuple(ranges)

    def from_raw(self, raw_offset: int) -> int:
        """The offset in the text of the first character at or after ``raw_offset`` of raw."""
        index = bisect_right(self.pieces, raw_offset, key=lambda piece: piece.raw_start) - 1
        if index >= 0:
            piece = self.pieces[index]
            if raw_offset < piece.raw_start + piece.raw_length:
                inside = raw_offset - piece.raw_start if piece.copied else 0
                return piece.start + inside
        return self.pieces[index + 1].start if index + 1 < len(self.pieces) else len(self.text)

    def _pieces_in(self, span: Span) -> range:
        if span.start >= span.end:
            return range(0)
        first = max(bisect_right(self.pieces, span.start, key=lambda piece: piece.start) - 1, 0)
        last = bisect_right(self.pieces, span.end - 1, key=lambda piece: piece.start)
        return range(first, last)


class _Builder:
    """Walks over an old map once and writes the new one."""

    def __init__(self, old: TextMap) -> None:
        self._old = old
        self._index = 0  # piece of the old map that holds the position
        self._position = 0  # offset in the old text
        self._length = 0  # length of the new text
        self._chunks: list[str] = []
        self._pieces: list[Piece] = []

    def copy_until(self, end: int) -> None:
        if end < self._position:
            raise ValueError(f"edits overlap at offset {end}")
        if end > len(self._old.text):
            raise ValueError(f"edit at {end} lies outside a text of {len(self._old.text)}")
        self._chunks.append(self._old.text[self._position : end])
        for part in self._take(end):
            self._add(part.length, part.raw_start, part.raw_length, part.copied)

    def replace(self, edit: Edit) -> None:
        if edit.end > len(self._old.text):
            raise ValueError(f"edit at {edit.end} lies outside a text of {len(self._old.text)}")
        taken = self._take(edit.end)
        if not edit.replacement:
            return
        raw_start = taken[0].raw_start if taken else self._raw_position()
        raw_end = taken[-1].raw_start + taken[-1].raw_length if taken else raw_start
        self._chunks.append(edit.replacement)
        same = len(edit.replacement) == raw_end - raw_start and all(p.copied for p in taken)
        self._add(len(edit.replacement), raw_start, raw_end - raw_start, same)

    def finish(self) -> TextMap:
        return TextMap("".join(self._chunks), tuple(self._pieces))

    def _take(self, end: int) -> Sequence[Piece]:
        """The old pieces from the position up to ``end``, cut to fit; moves the position."""
        parts: list[Piece] = []
        pieces = self._old.pieces
        while self._position < end:
            piece = pieces[self._index]
            stop = min(piece.start + piece.length, end)
            parts.append(piece.cut(self._position, stop))
            self._position = stop
            if stop == piece.start + piece.length:
                self._index += 1
        return parts

    def _raw_position(self) -> int:
        """Where in raw an insertion at the current position stands."""
        pieces = self._old.pieces
        if self._index < len(pieces) and self._position > pieces[self._index].start:
            return pieces[self._index].cut(self._position, self._position + 1).raw_start
        if self._index > 0:
            return pieces[self._index - 1].raw_start + pieces[self._index - 1].raw_length
        return pieces[0].raw_start if pieces else 0

    def _add(self, length: int, raw_start: int, raw_length: int, copied: bool) -> None:
        last = self._pieces[-1] if self._pieces else None
        if last and last.copied and copied and last.raw_start + last.raw_length == raw_start:
            self._pieces[-1] = Piece(
                last.start, last.length + length, last.raw_start, last.raw_length + raw_length, True
            )
        else:
            self._pieces.append(Piece(self._length, length, raw_start, raw_length, copied))
        self._length += length
