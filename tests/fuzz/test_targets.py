"""The fuzzing targets on bytes that hypothesis makes up, and on long adversarial ones."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, text, values

PIECES = [
    "«", "»", "“", "”", '"', "'", "’", "‹", "›", "—", "-", "\n", "\n\n", " ", "\t", "\r", "\u2028",
    "\x00", "\x1b[0m", "\u200b", "\u202e", "\ufeff", "&amp;", "&#8217;", "&#x110000;", "<p>",
    "</p>", "<!--", "]]>", "{", "}", "[", "]", '{"text":', "null", ",", ";", "=", "@", "#",
    "disse", "said", "ha detto", "he said", "Rossi", "Mr.", "dell'", "3,5%", "€", "1.000", "é", "http://a.b/c",
    "Ã©", "😀", "e\u0301", "---", "***", "___", "``", "\\", "Leggi anche", "Read more", "PAR1",
]  # fmt: skip

pieces = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=60).map("".join)
contents = st.binary(max_size=400) | pieces.map(lambda made: made.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=contents)
def test_any_bytes_are_survived(name, content):
    TARGETS[name](content)


@pytest.mark.slow
@pytest.mark.parametrize(
    "pattern",
    ["«", "“a ", "'", '"a" ', "- ", "—", "\n", " \n", ".", "a.A", "…", "&amp", "&#", "<", "(", "1.",
     "http://", "@a", "A ", "a", "Share ", "é", "e\u0301", "\u200b", "Mr. ", "#", "* ", "|",
     "1,", "12 milioni ", "twenty-", "3/", "per cento "],
)  # fmt: skip
def test_long_adversarial_texts_take_linear_time(pattern):
    """Four times the length takes about four times as long; sixteen would be quadratic. A busy
    machine may disturb one measurement, not three."""
    for _ in range(3):
        short, long = (_seconds(pattern, size) for size in (60_000, 240_000))
        if long < 9 * short + 0.3:
            return
    pytest.fail(f"{long:.1f} seconds for four times what took {short:.1f}")


def _seconds(pattern: str, size: int) -> float:
    content = ("The mayor spoke. " + pattern * (size // len(pattern))).encode()
    began = time.process_time()
    text(content)
    values(content)
    return time.process_time() - began
