"""What holds for any text: twice is once, every character leads back, time stays linear."""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import NormalizeSettings
from pipeline.core.layers import Language, Passage, Raw, Text
from pipeline.core.spans import Span
from pipeline.stages.base import View
from pipeline.stages.normalize.stage import NormalizeStage

STAGE = NormalizeStage(NormalizeSettings())
PIECES = st.sampled_from(
    [
        "Il sindaco ", "ha detto", "Anna", "The mayor said", ".", ",", "'", '"', "''", "“", "”",
        "«", "»", "’", "\n", "\n\n", "\r\n", " ", "\u00a0", "\u200b", "\u00ad", "\ufeff",
        "&amp;", "&", "rsquo;", "&#38;", "Ã", "©", "â€", "™", "Ã¨", "e\u0301", "5.500", "S.p.A.",
        "Share", " | ", "Facebook", "5 min read", "di Ada Moretti", "Commenti:", "12", "-", "—",
        "citta che cresce ogni anno di piu e che nessuno ferma", "<<", ">>", "``", "„", "(", ")",
        "😀", "ﬁ", "：",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join))


def normalize(text: str, passages: tuple[Passage, ...] = ()) -> Text:
    raw = Raw("n-1", "n.txt", "", 0, "text/plain", "utf-8", text)
    language = Language("en", 1.0, "fixed", (), passages)
    return STAGE.apply(View({Raw: raw, Language: language}, STAGE.reads))


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_normalizing_twice_changes_nothing(raw: str) -> None:
    once = normalize(raw)
    assert normalize(once.text).text == once.text


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_layers_are_whole(raw: str) -> None:
    text = normalize(raw)
    assert "\n\n".join(p.span.of(text.text) for p in text.paragraphs) == text.text
    assert unicodedata.is_normalized("NFC", text.text) or not unicodedata.is_normalized("NFC", raw)
    for item in (*text.removed, *text.repairs):
        assert 0 <= item.raw.start <= item.raw.end <= len(raw)
    for repair in text.repairs:
        assert repair.before == repair.raw.of(raw)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_unchanged_characters_lead_back_to_themselves(raw: str) -> None:
    text = normalize(raw)
    for offset, character in enumerate(text.text):
        (*ranges,) = text.map.raw_ranges(Span(offset, offset + 1))
        assert len(ranges) <= 1
        if ranges and len(ranges[0]) == 1 and character.isascii() and character.isalnum():
            assert character in unicodedata.normalize("NFKC", ranges[0].of(raw))


@pytest.mark.parametrize(
    "piece",
    [
        ".", '"', "'a", "&amp;", "&#38;", "Ã", "e\u0301", "\u0301", "fine.Inizio", "a|", "Share ",
        "By Ann Lee ", "@", "http://a/", "«“a", "<<a>>", "[a](", "12 comments ", "ab\n\n", "\r\n",
        "English", "A", " ", "5 min ", "x newsletter ",
    ],
)  # fmt: skip
def test_time_is_linear(piece: str) -> None:
    def seconds(length: int) -> float:
        raw = (piece * (length // len(piece) + 1))[:length]
        start = time.process_time()
        normalize(raw)
        return time.process_time() - start

    normalize(piece)
    small, large = seconds(10_000), min(seconds(80_000) for _ in range(3))
    # Eight times the text: twenty times the time would be far from linear (and 64 quadratic).
    assert large < 20 * max(small, 0.02)


PROSE = "The council has decided on Monday evening to open the old bridge number {} again."


@pytest.mark.parametrize(
    "line",
    ["Read more", "Comments", "About the company", "Share | Sport | Home", PROSE,
     "Ann Lee is a reporter. She lives in York and covers the politics of the north, number {}."],
)  # fmt: skip
def test_work_is_linear_in_the_number_of_lines(line: str) -> None:
    """Pages of many headings, of notices, and of passages in the other language."""

    def calls_for(count: int) -> int:
        prose = [PROSE.format(number) for number in range(count)]
        lines = "\n\n".join(line.format(number) for number in range(count))
        raw = "\n\n".join([*prose, lines, PROSE])
        starts = [index * (len(raw) // count) for index in range(count)]
        passages = tuple(Passage(Span(start, start + 9), "it") for start in starts)
        return _calls(lambda: normalize(raw, passages))

    calls_for(1)
    # Eight times the lines: more than sixteen times the calls would be far from linear.
    assert calls_for(800) < 16 * calls_for(100)


def _calls(work: Callable[[], object]) -> int:
    """How many functions ``work`` calls or generators it resumes: the same on every machine."""
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize(
    "piece",
    ["By Ann Lee ", "Reporter: Ann ", "di lunedì 3 marzo 2024 ", "12 comments ", "- ", "Ann, "],
)
def test_no_line_costs_exponential_time(piece: str) -> None:
    line = (piece * 200)[:198] + "%"
    normalize("5 min read")
    start = time.process_time()
    normalize(f"{line}\n{line}x\n" + "Il consiglio ha deciso di riaprire il ponte. " * 5)
    assert time.process_time() - start < 2.0
