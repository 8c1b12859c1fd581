"""Repairs, boilerplate and paragraphs: case by case, and with the way back to raw."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import NormalizeSettings
from pipeline.core.layers import Language, Passage, Raw, Text
from pipeline.core.spans import Span
from pipeline.stages.base import View
from pipeline.stages.normalize.stage import NormalizeStage

CASES = Path(__file__).parents[2] / "cases" / "normalize"
PROSE_EN = (
    "The council voted on Monday to reopen the bridge after two years of repairs. Traders on both "
    "banks had asked for it since spring, and the mayor promised free parking until Christmas."
)
PROSE_IT = (
    "Il consiglio ha deciso lunedì di riaprire il ponte dopo due anni di lavori. I commercianti "
    "delle due rive lo chiedevano da primavera, e la sindaca ha promesso parcheggi gratis."
)


def normalize(
    text: str,
    language: Language = Language("en", 1.0, "fixed", ()),
    settings: NormalizeSettings = NormalizeSettings(),
    media_type: str = "text/plain",
    **metadata: str,
) -> Text:
    raw = Raw("n-1", "n.txt", "", 0, media_type, "utf-8", text, metadata)
    stage = NormalizeStage(settings)
    return stage.apply(View({Raw: raw, Language: language}, stage.reads))


def paragraphs(text: Text) -> list[str]:
    return [paragraph.span.of(text.text) for paragraph in text.paragraphs]


def kinds(text: Text, raw: str) -> list[tuple[str, str]]:
    return [(item.kind, item.raw.of(raw)) for item in text.removed]


def cases(section: str) -> list[Any]:
    return [
        pytest.param(case["text"], case["text"] if case.get("same") else case["expected"],
                     id=f"{code}-{case['text'][:40]}")
        for code in ("en", "it")
        for case in json.loads((CASES / f"{code}.json").read_text(encoding="utf-8"))[section]
    ]  # fmt: skip


@pytest.mark.parametrize(("raw", "expected"), cases("seams"))
def test_seams(raw: str, expected: str) -> None:
    assert normalize(raw).text == expected


@pytest.mark.parametrize(("raw", "expected"), cases("characters"))
def test_characters(raw: str, expected: str) -> None:
    assert normalize(raw).text == expected


def test_every_change_is_explained_and_leads_back() -> None:
    raw = "\ufeffL&rsquo;universitÃ\u00a0 \u00e8 chiusa.Domani riapre, nocta\u200bvia.\r\n"
    text = normalize(raw)
    assert text.text == "L'università è chiusa. Domani riapre, noctavia."
    word = text.text.index("università")
    assert [r.of(raw) for r in text.map.raw_ranges(Span(word, word + 10))] == ["universitÃ\u00a0"]
    word = text.text.index("noctavia")
    ranges = text.map.raw_ranges(Span(word, word + 8))
    assert [span.of(raw) for span in ranges] == ["nocta", "via"]
    explained = {(repair.kind, repair.before, repair.after) for repair in text.repairs}
    assert ("html_entity", "&rsquo;", "’") in explained
    assert ("mojibake", "Ã\u00a0", "à") in explained
    assert ("invisible", "\u200b", "") in explained
    assert ("missing_space", "", " ") in explained
    assert all(repair.raw.of(raw) == repair.before for repair in text.repairs)


def test_one_lost_space_is_one_repair() -> None:
    text = normalize("Costa poco, racconta il ricercatore.«Ho scritto», dice.")
    assert text.text == "Costa poco, racconta il ricercatore. «Ho scritto», dice."
    assert [repair.kind for repair in text.repairs] == ["missing_space"]


def test_settings_switch_repairs_off() -> None:
    raw = f"5 min read\n\n{PROSE_EN}Then rain.Came"
    kept = normalize(raw, settings=NormalizeSettings(False, False))
    assert kept.text == raw
    assert kept.removed == ()


PAGE_EN = [
    ("nav", "Home › News › Local"),
    ("language_switcher", "English | Italiano | 日本語"),
    (None, "Bridge to reopen before Christmas"),
    ("byline", "By Ada Moretti, Local Democracy Reporter"),
    ("date", "Published 3 March 2026, 10:15"),
    ("reading_time", "4 min read"),
    ("share", "Share on Facebook Share on X Copy link"),
    (None, PROSE_EN),
    ("ad", "ADVERTISEMENT — CONTINUE READING BELOW"),
    (None, "“It took too long,” said a baker."),
    (None, PROSE_EN),
    ("related", "READ MORE: Five bridges worth a detour"),
    ("newsletter", "Sign up to our weekly newsletter"),
    ("comments", "27 comments · Sort by: Newest · Log in to join the conversation"),
    ("footer", "© 2026 Valley Courier. All rights reserved."),
]
PAGE_IT = [
    ("nav", "Home » Cronaca » Veneto"),
    ("language_switcher", "IT | EN"),
    (None, "Il ponte riapre prima di Natale"),
    ("byline", "di Ada Moretti"),
    ("date", "Pubblicato il 3 marzo 2026, ore 10.15"),
    ("reading_time", "Tempo di lettura: 4 minuti"),
    ("share", "Condividi su Facebook Condividi su X Copia link"),
    (None, PROSE_IT),
    ("ad", "Continua a leggere dopo la pubblicità"),
    (None, "«Troppo tempo», dice un fornaio."),
    (None, PROSE_IT),
    ("related", "LEGGI ANCHE: Cinque ponti da vedere"),
    ("newsletter", "Iscriviti alla newsletter del sabato"),
    ("comments", "Lascia un commento · Segnala un refuso"),
    ("footer", "Riproduzione riservata ©"),
]


@pytest.mark.parametrize("page", [PAGE_EN, PAGE_IT])
@pytest.mark.parametrize("separator", ["\n", "\n\n", "\r\n"])
def test_boilerplate_goes_and_the_article_stays(
    page: list[tuple[str | None, str]], separator: str
) -> None:
    raw = separator.join(line for _, line in page)
    text = normalize(raw)
    assert kinds(text, raw) == [(kind, line) for kind, line in page if kind]
    assert paragraphs(text) == [line for kind, line in page if kind is None]


@pytest.mark.parametrize(
    "line",
    [
        "By Monday the water had gone.",
        "Di Maio contro Salvini: è scontro",
        "Share prices fell by a third.",
        "Comments like these hurt, she said.",
        "Copyright law is broken, says judge",
        "No comment",
        "What do you think will happen next?",
        "Politics",
        "Il commento più bello è arrivato da Bari.",
        "Condividere è facile, restituire meno.",
        "Sport e scuola insieme per i ragazzi.",
        "«Pubblicità ingannevole», dice l'associazione.",
        "Giornalista: Perché ha lasciato?",
        "Home is where the heart is, they say.",
        "Ha commentato la sentenza in diretta.",
        "— E tu, che fai? — chiese il fornaio.",
    ],
)
def test_lines_of_the_body_are_never_removed(line: str) -> None:
    raw = f"Titolo del pezzo\n\n{PROSE_IT}\n\n{line}\n\n{PROSE_EN}\n\n{PROSE_IT}"
    text = normalize(raw)
    assert text.removed == ()
    assert line.replace("’", "'") in paragraphs(text)


@pytest.mark.parametrize(
    "lines",
    [
        ("Interview with the mayor of Verona", PROSE_EN),
        (PROSE_EN, "Reporter: Were you there?", "Neri: I was not."),
    ],
)
def test_interviews_keep_their_heading_and_questions(lines: tuple[str, ...]) -> None:
    assert paragraphs(normalize("\n\n".join(lines))) == list(lines)


def test_the_author_below_the_article_goes_with_the_biography() -> None:
    bio = (
        "A seasoned business reporter with two decades of experience in local government and "
        "markets. Her work has won three regional prizes and is read in many schools."
    )
    below = f"Author: Emilia\n\n{bio}\n\nThis post has 3 comments:\n\nLeave a comment:"
    raw = f"{PROSE_EN}\n\n{PROSE_EN}\n\n{below}"
    text = normalize(raw)
    assert [kind for kind, _ in kinds(text, raw)] == [
        "byline",
        "author_bio",
        "comments",
        "comments",
    ]
    assert paragraphs(text) == [PROSE_EN, PROSE_EN]


def test_readers_comments_go_when_they_look_like_comments() -> None:
    comment = "marco72 ha scritto:\nFinalmente!\n3 ore fa"
    raw = f"{PROSE_IT}\n\n{PROSE_IT}\n\nCommenti:\n{comment}"
    assert paragraphs(normalize(raw)) == [PROSE_IT, PROSE_IT]


def test_a_closing_paragraph_below_a_comment_counter_stays() -> None:
    raw = f"{PROSE_IT}\n\n{PROSE_IT}\n\n12 commenti\n\n{PROSE_EN}"
    assert paragraphs(normalize(raw)) == [PROSE_IT, PROSE_IT, PROSE_EN]


def test_boilerplate_inside_a_paragraph_goes_alone() -> None:
    raw = f"Number of words in this article: 640, reading time is about 3 minutes. {PROSE_EN}"
    text = normalize(raw)
    assert paragraphs(text) == [PROSE_EN]
    assert text.removed[0].kind == "reading_time"


def test_a_switcher_is_known_by_its_scripts() -> None:
    raw = f"{PROSE_IT}\n한국어РусскийEnglishΕλληνικάSuomi\n{PROSE_IT}"
    assert kinds(normalize(raw), raw) == [
        ("language_switcher", "한국어РусскийEnglishΕλληνικάSuomi")
    ]


def test_hard_wrapped_text_is_joined() -> None:
    raw = (
        "The harbour master said on Friday that the new ferry would not\n"
        "sail before May, because the quay had been measured by a com-\n"
        "pany that no longer exists, and nobody has kept the drawings.\n"
        "\n"
        "Passengers who booked will be taken by coach to the next port,\n"
        "which is eighty kilometres further south and has no station.\n"
    )
    text = normalize(raw)
    assert len(text.paragraphs) == 2
    assert "would not sail before May" in text.text
    assert "by a company that" in text.text
    start = text.text.index("company")
    assert [r.of(raw) for r in text.map.raw_ranges(Span(start, start + 7))] == ["com", "pany"]


def test_single_line_breaks_end_paragraphs_where_lines_are_long() -> None:
    assert paragraphs(normalize(f"{PROSE_EN}\n{PROSE_IT}\n{PROSE_EN}")) == [
        PROSE_EN, PROSE_IT, PROSE_EN,
    ]  # fmt: skip


def test_headlines_and_titles() -> None:
    raw = f"Il ponte riapre\n\n{PROSE_IT}\n\nUn anno di attesa\n\n{PROSE_IT}\n\nFine della storia."
    text = normalize(raw)
    assert [paragraph.headline for paragraph in text.paragraphs] == [
        True,
        False,
        True,
        False,
        False,
    ]
    assert text.title == "Il ponte riapre"
    assert normalize(raw, title="Da fuori").title == "Da fuori"
    assert normalize(PROSE_EN).title is None


def test_paragraphs_carry_the_language_of_their_passage() -> None:
    raw = f"{PROSE_EN}\n\n{PROSE_IT}"
    passage = Passage(Span(len(PROSE_EN) + 2, len(raw)), "it")
    text = normalize(raw, Language("en", 1.0, "fixed", (), (passage,)))
    assert [paragraph.language for paragraph in text.paragraphs] == ["en", "it"]


def test_markdown_loses_its_marks_and_keeps_its_words() -> None:
    raw = (
        "---\ntitle: T\n---\n# The *bridge* opens\n\n"
        "It is **open**, says [the mayor](https://a.it/b_(c)).\n\n"
        "> “Come and see,” she said.\n\n* * *\n\n"
        "- 2 * 3 * 4 and snake_case stay\n\n![alt](x.png)\n`code` too\n"
    )
    text = normalize(raw, media_type="text/markdown")
    assert paragraphs(text) == [
        "The bridge opens",
        "It is open, says the mayor.",
        "“Come and see,” she said.",
        "2 * 3 * 4 and snake_case stay",
        "code too",
    ]
    assert text.removed[0].kind == "front_matter"


def test_a_document_of_boilerplate_alone_gives_an_empty_text() -> None:
    text = normalize("5 min read\nShare on Facebook\n")
    assert (text.text, text.paragraphs, text.title) == ("", (), None)
