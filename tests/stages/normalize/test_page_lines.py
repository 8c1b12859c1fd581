"""What pages write above and below an article goes; short lines of the article stay.

The lines are invented. Beside one of them stand two or three others, as on a page; a line alone
below an article may be its last one.
"""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import pytest

from pipeline.config import NormalizeSettings
from pipeline.core.layers import Language, Raw
from pipeline.languages.boilerplate import chip_kinds, line_kind
from pipeline.stages.base import View
from pipeline.stages.normalize.stage import NormalizeStage

LINES = json.loads(
    (Path(__file__).parents[2] / "cases" / "normalize" / "page_lines.json").read_text("utf-8")
)
ARTICLE = {
    "it": (
        "La città riapre il mercato coperto dopo due anni",
        "Il mercato coperto di piazza Roma ha riaperto ieri mattina dopo due anni di lavori, con "
        "quaranta banchi e una fila che arrivava fino alla fontana.",
        "«Non ci speravo più», ha detto Ada Neri, che vende formaggi dal 1988. La spesa per il "
        "Comune è stata di tre milioni di euro, uno in più del previsto.",
        "I commercianti chiedono ora più parcheggi. L'assessore ha promesso una risposta entro la "
        "fine del mese e ha ringraziato chi ha aspettato.",
    ),
    "en": (
        "City reopens its covered market after two years",
        "The covered market on Rome Square reopened yesterday morning after two years of works, "
        "with forty stalls and a queue that reached the fountain.",
        "“I had given up hope,” said Ada Brown, who has sold cheese since 1988. The council spent "
        "three million pounds, a million more than it had planned.",
        "Traders are now asking for more parking. The councillor promised an answer by the end of "
        "the month and thanked those who had waited.",
    ),
}
# Known failures: slogans without a word of the tables, and a biography in one plain sentence that
# could be the article's last.
NOT_YET = {
    "Il giornale fondato nel 1887",
    "Harriet Mulcahy is a reporter covering housing and local government.",
}


def kept(language: str, lines: list[str]) -> str:
    text = "\n\n".join(lines)
    layers: dict[type, object] = {
        Raw: Raw("x", "x.txt", "0", len(text), "text/plain", "utf-8", text),
        Language: Language(language, 1.0, "x", ((language, 1.0),)),
    }
    stage = NormalizeStage(NormalizeSettings())
    return stage.apply(View(layers, stage.reads)).map.text


@pytest.mark.parametrize("language", ["en", "it"])
def test_lines_of_the_page_go(language: str) -> None:
    headline, *body = ARTICLE[language]
    top, bottom = LINES[language]["top"], LINES[language]["bottom"]
    left = set()
    for index in range(max(len(top), len(bottom))):
        above = [top[index % len(top)]]
        below = [bottom[(index + step) % len(bottom)] for step in range(3)]
        text = kept(language, [*above, headline, *body, *below])
        assert all(line in text for line in (headline, *body)), (above, below)
        left |= {line for line in (*above, *below) if line in text.split("\n")}
    missed = left - NOT_YET
    assert len(missed) <= 0.12 * (len(top) + len(bottom)), missed


@pytest.mark.parametrize(
    ("language", "line"), [(code, line) for code in ("en", "it") for line in LINES[code]["kept"]]
)
def test_short_lines_of_the_article_stay(language: str, line: str) -> None:
    headline, first, *rest = ARTICLE[language]
    assert line in kept(language, [headline, first, line, *rest])
    assert line in kept(language, [headline, line, first, *rest])


@pytest.mark.parametrize(
    ("language", "line"), [(code, line) for code in ("en", "it") for line in LINES[code]["notices"]]
)
def test_prose_in_which_the_page_speaks_goes(language: str, line: str) -> None:
    article = ARTICLE[language]
    assert line not in kept(language, [*article, line])
    assert all(part in kept(language, [line, *article]) for part in article)


@pytest.mark.parametrize(
    ("language", "line"), [(code, line) for code in ("en", "it") for line in LINES[code]["last"]]
)
def test_last_sentences_that_begin_like_notices_stay(language: str, line: str) -> None:
    assert line in kept(language, [*ARTICLE[language], line])


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Laura Benson and Peter Hughes"),
        ("en", "Laura Benson, Peter Hughes"),
        ("en", "Laura Benson & Peter Hughes in Leeds"),
        ("en", "LAURA BENSON"),
        ("it", "Laura Benzi e Pietro Ughi"),
        ("it", "Laura Benzi e Pietro Ughi, Lecco"),
    ],
)
def test_the_names_of_the_authors_go_without_a_preposition(language: str, line: str) -> None:
    headline, *body = ARTICLE[language]
    assert line not in kept(language, [headline, line, *body])
    assert kept(language, ["Ponte chiuso", line, *body]).startswith("Ponte chiuso\n\n" + body[0])


@pytest.mark.parametrize("line", ["Click here to subscribe", "Clicca qui per l'edizione digitale"])
def test_what_a_click_leads_to_is_no_title(line: str) -> None:
    for article in ARTICLE.values():
        assert kept("en", [line, *article]).startswith(article[0])


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("We use cookies to improve your experience. Accept all cookies", "cookies"),
        ("Questo sito utilizza i cookie per funzionare. Accetta tutti", "cookies"),
        ("Privacy policy", "footer"),
    ],
)
def test_a_cookie_notice_is_called_one(line: str, kind: str) -> None:
    assert line_kind(line) == kind or kind in chip_kinds(line)


def test_headlines_and_captions_stand_once() -> None:
    headline, *body = ARTICLE["en"]
    twice = (headline, headline + " image", headline + " - Valley Post", body[0][:60] + "...")
    for line in twice:
        assert kept("en", [line, headline, *body]) == "\n\n".join([headline, *body])
    caption = "Stallholders wait for the mayor in the rain"
    top = [headline, caption + ".", caption + ". Photograph: Tom Hale/Northlight"]
    assert kept("en", [*top, *body]) == "\n\n".join([headline, *body])


@pytest.mark.parametrize(
    "lines", [["Why?", "No.", "Never?", "No."], ["The judge", "Go on.", "The judge"]]
)
def test_turns_of_an_interview_may_repeat_themselves(lines: list[str]) -> None:
    headline, first, *rest = ARTICLE["en"]
    text = kept("en", [headline, first, *lines, *rest])
    assert text.split("\n\n")[2 : 2 + len(lines)] == lines


def test_a_list_of_cut_off_beginnings_below_the_article_goes() -> None:
    teasers = [
        "The mayor of Elm Falls has told the council that…",
        "A goat was seen on the bridge...",
    ]
    article = list(ARTICLE["en"])
    assert kept("en", [*article, *teasers]) == "\n\n".join(article)
    assert kept("en", [*article, teasers[0]]) == "\n\n".join([*article, teasers[0]])


@pytest.mark.parametrize("language", ["en", "it"])
def test_closing_paragraphs_that_trail_off_stay(language: str) -> None:
    article = list(ARTICLE[language])
    ends = {
        "en": ["Nobody remembers how the old one ended…", "Perhaps it is better so..."],
        "it": ["Nessuno ricorda come finì il vecchio…", "E forse è meglio così..."],
    }[language]
    assert kept(language, [*article, *ends]) == "\n\n".join([*article, *ends])


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["The winners are:", "Ann Lee and Paul Grey"]),
        ("en", ["On the programme:", "The town band", "A walk to the mill"]),
        ("it", ["I vincitori sono:", "Anna Verdi e Luca Neri"]),
        ("it", ["In programma:", "Concerto della banda", "Passeggiata al mulino"]),
    ],
)
def test_what_a_colon_announces_stays(language: str, lines: list[str]) -> None:
    article = ARTICLE[language]
    assert kept(language, [*article, *lines]) == "\n\n".join([*article, *lines])


@pytest.mark.parametrize(
    ("language", "days"),
    [
        ("en", ["Saturday 6 June", "Sunday 7 June"]),
        ("en", ["Saturday, June 6", "Sunday, June 7"]),
        ("it", ["Sabato 6 giugno", "Domenica 7 giugno"]),
    ],
)
def test_the_days_of_a_programme_stay(language: str, days: list[str]) -> None:
    headline, *body = ARTICLE[language]
    lines = [headline, days[0], "A concert (9 pm)", days[1], "A walk (10 am)", *body]
    assert kept(language, lines) == "\n\n".join(lines)
    assert days[0] not in kept(language, [headline, days[0], *body])


def test_an_appeal_is_the_headline_where_there_is_no_other() -> None:
    headline = "Read our reporters: how a newspaper died"
    assert kept("en", [headline, *ARTICLE["en"][1:]]).startswith(headline)


def test_paragraphs_that_trail_off_throughout_stay() -> None:
    headline, first, *_ = ARTICLE["en"]
    told = [f"{line[:-1]}..." for line in (first, first.replace("Rome", "Mill"))]
    assert kept("en", [headline, first, *told]) == "\n\n".join([headline, first, *told])


def test_a_refrain_stays() -> None:
    headline, first, *rest = ARTICLE["en"]
    poem = ["The river runs to the sea,", "the river runs to the sea,", "and nobody follows me."]
    assert kept("en", [headline, first, *poem, *rest]).split("\n\n")[2:5] == poem


def test_a_long_row_of_temperatures_takes_no_time() -> None:
    line = "1°C " * 22 + "x" * 50
    line_kind("warm up", "top")
    begin = process_time()
    assert line_kind(line, "top") is None
    assert process_time() - begin < 1


def test_an_appeal_inside_a_running_quotation_goes() -> None:
    headline, first, *rest = ARTICLE["en"]
    appeal = (
        "If you would like more news from the valley on your phone each day, click here to "
        "subscribe to our free daily newsletter."
    )
    quotation = ["“We were told to wait,” said Ada Brown. “So we did.", "“Then nobody came.”"]
    text = kept("en", [headline, first, quotation[0], appeal, quotation[1], *rest])
    assert text == "\n\n".join([headline, first, *quotation, *rest])


def test_credits_sign_offs_and_shortcodes_leave_the_paragraph() -> None:
    headline, first, *rest = ARTICLE["it"]
    paragraph = rest[-1]
    for noise in (
        "(Foto Agenzia Luce)",
        "(segue) (Com)",
        "(Cro-Del/Adnkronos)",
        "[player video=1 station=kx]",
    ):
        assert kept("it", [headline, first, f"{paragraph} {noise}"]).endswith(paragraph)


def test_tags_left_in_the_text_go_and_break_lines() -> None:
    headline, first, *rest = ARTICLE["en"]
    tagged = [f"<h1>{headline}</h1><p>{first}</p>", *(f'<p class="x">{line}</p>' for line in rest)]
    assert kept("en", tagged) == "\n\n".join(ARTICLE["en"])
    for rule in ("a < b and b > c", "a <b and c> d"):
        assert rule in kept("en", [headline, f"The rule: {rule}", *rest])
