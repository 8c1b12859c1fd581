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
    assert sentence in _normalized(f"{before}\n\n{sentence}\n\n{BODY}\n").text


def test_a_caption_goes_with_its_heading_and_what_describes_the_picture() -> None:
    page = (
        f"{BODY}\n\nA man in a green coat stands on a bridge.\nImage caption,\n\n"
        "Owen Price has lived there since 1980\n\nThe bridge is older than the town, he said.\n\n"
        f"Mia Stone takes photographs.\n\nImage caption,\n\n“Never again”, she said.\n\n{BODY} Yes."
    )
    text = _normalized(page)
    assert [paragraph.span.of(text.text) for paragraph in text.paragraphs] == [
        BODY,
        "The bridge is older than the town, he said.",
        "Mia Stone takes photographs.",
        "“Never again”, she said.",
        f"{BODY} Yes.",
    ]


def test_single_line_breaks_tell_nothing_of_what_describes_a_picture() -> None:
    above = "He rowed home across the river in the dark."
    page = f"{BODY}\n{above}\nImage caption,\nOwen Price at the bridge\n{BODY} Yes.\n"
    assert above in _normalized(page).text


def _normalized(text: str) -> Text:
    raw = Raw("a", "a.txt", "", len(text), "text/plain", "utf-8", text)
    language = Language("en", 1.0, "test", (("en", 1.0),))
    stage = NormalizeStage(NormalizeSettings())
    normalized = stage.apply(View({Raw: raw, Language: language}, (Raw, Language)))
    assert isinstance(normalized, Text)
    return normalized
