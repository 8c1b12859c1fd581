"""Sentences of an article that begin like a footer, a byline or a newsletter line."""

from __future__ import annotations

import pytest

from pipeline.config import NormalizeSettings
from pipeline.core.layers import Language, Raw, Text
from pipeline.stages.base import View
from pipeline.stages.normalize.stage import NormalizeStage

BODY = "The flood in the valley was the worst in thirty years, and nobody there had expected it."


@pytest.mark.parametrize(
    "sentence",
    [
        "Member of parliament Ann Lee resigned on Friday.",
        "Registered in 1911, the ship sank in a storm last night.",
        "Published by Penguin in March, the novel won three prizes.",
        "Editing by hand takes weeks, she said.",
        "This newspaper is not for sale, he said.",
    ],
)
@pytest.mark.parametrize("place", ["between short paragraphs", "between long paragraphs"])
def test_a_sentence_of_the_body_stays(sentence: str, place: str) -> None:
    before = "The river rose by two metres, officials said." if "short" in place else BODY
    text = f"{before}\n\n{sentence}\n\n{BODY}\n"
    raw = Raw("a", "a.txt", "", len(text), "text/plain", "utf-8", text)
    language = Language("en", 1.0, "test", (("en", 1.0),))
    stage = NormalizeStage(NormalizeSettings())
    normalized = stage.apply(View({Raw: raw, Language: language}, (Raw, Language)))
    assert isinstance(normalized, Text)
    assert sentence in normalized.text
