"""The clever map against a plain one that keeps a raw range for every single character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.spans import Span, covering, merge, subtract, within
from pipeline.core.textmap import Edit, TextMap

TEXT = st.text(alphabet="ab \n«»é\N{SOFT HYPHEN}\U0001f600", max_size=30)


@st.composite
def edits(draw: st.DrawFn, length: int) -> list[Edit]:
    points = sorted(draw(st.lists(st.integers(0, length), max_size=8, unique=True)))
    pairs = list(zip(points[::2], points[1::2], strict=False))
    replacement = st.text(alphabet="xy ", max_size=3)
    return [Edit(start, end, draw(replacement), "test") for start, end in pairs]


# A character, its raw range, and whether it stands for that alone: not for a share of a stretch.
Plain = tuple[str, int, int, bool]


def apply_plainly(characters: list[Plain], changes: list[Edit]) -> list[Plain]:
    """Every character with its own raw range."""
    out: list[Plain] = []
    position = 0
    for edit in changes:
        out += characters[position : edit.start]
        replaced = characters[edit.start : edit.end]
        raw_start = replaced[0][1] if replaced else 0
        raw_end = replaced[-1][2] if replaced else 0
        one_to_one = len(edit.replacement) == raw_end - raw_start and all(
            alone for *_, alone in replaced
        )
        for index, char in enumerate(edit.replacement):
            if one_to_one:
                out.append((char, raw_start + index, raw_start + index + 1, True))
            else:
                out.append((char, raw_start, raw_end, False))
        position = edit.end
    return out + characters[position:]


@given(st.data())
def test_two_passes_of_edits_map_back_like_the_plain_version(data: st.DataObject) -> None:
    raw = data.draw(TEXT)
    text_map = TextMap.identity(raw)
    plain = [(char, index, index + 1, True) for index, char in enumerate(raw)]
    for _ in range(2):
        changes = data.draw(edits(len(text_map.text)))
        text_map = text_map.apply(changes)
        plain = apply_plainly(plain, changes)
    assert text_map.text == "".join(char for char, *_ in plain)
    start = data.draw(st.integers(0, len(plain)))
    end = data.draw(st.integers(start, len(plain)))
    covered = {i for _, low, high, _ in plain[start:end] for i in range(low, high)}
    mapped = {i for r in text_map.raw_ranges(Span(start, end)) for i in range(r.start, r.end)}
    assert mapped == covered


def test_deleted_soft_hyphen_leaves_a_gap() -> None:
    text_map = TextMap.identity("com\N{SOFT HYPHEN}puter").apply([Edit(3, 4, "", "invisible")])
    assert text_map.text == "computer"
    assert text_map.raw_ranges(Span(0, 8)) == (Span(0, 3), Span(4, 9))


def test_inserted_space_has_no_raw_range_and_joins_its_neighbours() -> None:
    text_map = TextMap.identity("fine.Poi").apply([Edit(5, 5, " ", "missing_space")])
    assert text_map.raw_ranges(Span(5, 6)) == ()
    assert text_map.raw_ranges(Span(0, 9)) == (Span(0, 8),)


def test_from_raw_finds_the_character_or_the_next_one() -> None:
    text_map = TextMap.identity("a&amp;b").apply([Edit(1, 6, "&", "html_entity")])
    assert [text_map.from_raw(offset) for offset in (0, 1, 3, 6, 7)] == [0, 1, 1, 2, 3]


def test_overlapping_edits_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        TextMap.identity("abc").apply([Edit(0, 2, "", "a"), Edit(1, 3, "", "b")])


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=6))
def test_merge_and_subtract_share_out_the_whole(pairs: list[tuple[int, int]]) -> None:
    spans = [Span(min(pair), max(pair)) for pair in pairs]
    whole = Span(0, 20)
    inside = {i for span in spans for i in range(span.start, span.end)}
    rest = {i for span in subtract(whole, spans) for i in range(span.start, span.end)}
    assert rest == set(range(20)) - inside
    assert {i for span in merge(spans) for i in range(span.start, span.end)} == inside


def test_looking_up_spans_by_position() -> None:
    spans = [Span(0, 3), Span(5, 8)]
    assert [covering(spans, position) for position in (0, 2, 3, 5, 8)] == [0, 0, None, 1, None]
    assert list(within(spans, Span(2, 6))) == [0, 1]
    assert list(within(spans, Span(3, 5))) == []
