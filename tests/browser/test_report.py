"""The report in a real browser: pages, search, links, keyboard, hostile text, no request."""

from __future__ import annotations

import dataclasses
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from pipeline.core.layers import Raw
from pipeline.core.record import Record
from pipeline.store.files import dump
from pipeline.views.report.build import write_report
from tests.factory import HOSTILE, make_pair, make_record, write_outputs

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# For a machine that has much else to do; a page takes a fraction of a second on an idle one.
TIMEOUT_SECONDS = 90

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def undated(record: Record) -> Record:
    return dataclasses.replace(record, source=dataclasses.replace(record.source, metadata={}))


def in_turin(record: Record) -> Record:
    person, place = record.entities
    turin = dataclasses.replace(place, canonical="loc:turin", name={"it": "Torino", "en": None})
    return dataclasses.replace(record, entities=(person, turin))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outputs = write_outputs(
        tmp_path_factory.mktemp("out"),
        make_record("a-00000001", title="Il ponte di Pisa"),
        make_record("b-00000002", said=HOSTILE, title=HOSTILE, translated=False),
        make_record("c-00000003", language="en", who="Robin Li", title="The bridge"),
        make_record("d-00000004", said="parola " * 150_000, title="Lungo"),
        in_turin(undated(make_record("e-00000005", said="La città è bella", title="Senza data"))),
        pairs=(make_pair("c-00000003", "a-00000001"),),
    )
    text = make_record().text
    raw = Raw("a-00000001", "articles/a.txt", "", 0, "text/plain", "utf-8", text)
    (outputs / "stages" / "01-ingest").mkdir(parents=True)
    (outputs / "stages" / "01-ingest" / "a-00000001.json").write_bytes(dump(raw))
    write_report(outputs, outputs / "report")
    return outputs / "report"


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    context = browser.new_context()
    context.set_default_timeout(TIMEOUT_SECONDS * 1000)
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("dialog", lambda dialog: trouble.append(f"dialog {dialog.message}"))
    page.on(
        "request",
        lambda request: (
            trouble.append(request.url) if not request.url.startswith(("file:", "data:")) else None
        ),
    )
    yield page
    context.close()
    assert trouble == []


def open_page(page: Page, report: Path, name: str) -> None:
    name, _, fragment = name.partition("#")
    page.goto((report / name).as_uri() + (f"#{fragment}" if fragment else ""))


def test_search_and_filters_narrow_the_list(page: Page, report: Path) -> None:
    open_page(page, report, "index.html")
    rows = page.locator("#rows li:visible")
    assert rows.count() == 5
    page.fill("#search", "pisa bridge")  # a word of the text and one of the translation
    assert rows.count() == 4
    page.fill("#search", "Ponte")
    assert rows.count() == 2
    page.fill("#search", "citta")
    assert rows.count() == 1  # without its accent
    page.fill("#search", "robin-li")
    assert rows.count() == 1  # a speaker
    assert page.locator("#nothing").is_hidden()
    page.fill("#search", "robin città")
    assert rows.count() == 0
    assert page.locator("#nothing").is_visible()
    page.fill("#search", "")
    page.select_option("#language", "en")
    assert rows.count() == 1
    page.select_option("#language", "")
    page.check("#paired")
    assert rows.count() == 2


def test_a_claim_lights_up_with_its_speaker_cue_and_counterpart(page: Page, report: Path) -> None:
    open_page(page, report, "documents/a-00000001.html")
    page.hover(".source .claim")
    hot = page.locator(".hot")
    texts = hot.all_inner_texts()
    assert "Il ponte è sicuro" in texts
    assert "The bridge is safe" in texts
    assert {"Ada Moretti", "ha detto"} <= set(texts)
    page.mouse.move(0, 0)
    assert hot.count() == 0


def test_a_card_says_who_said_what_is_pointed_at(page: Page, report: Path) -> None:
    open_page(page, report, "documents/a-00000001.html")
    assert page.locator("#peek").is_hidden()
    page.hover(".source .claim")
    said = page.locator("#peek").inner_text()
    assert "Ada Moretti" in said
    assert "ha detto" in said
    assert "0.95" in said
    page.mouse.move(0, 0)
    assert page.locator("#peek").is_hidden()
    page.hover(".who li")  # a speaker: all their claims
    assert "Il ponte è sicuro" in page.locator(".source .hot").all_inner_texts()
    page.focus(".source .claim")
    page.keyboard.press("Enter")
    assert page.locator("#panel-claims").is_visible()


def test_tabs_work_with_the_keyboard(page: Page, report: Path) -> None:
    open_page(page, report, "documents/a-00000001.html")
    page.focus("#tab-article")
    page.keyboard.press("ArrowRight")
    assert page.locator("#panel-claims").is_visible()
    assert not page.locator("#panel-article").is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") in ("A", "LI")
    page.focus("#tab-claims")
    page.keyboard.press("End")
    assert page.locator("#panel-provenance").is_visible()
    page.keyboard.press("ArrowRight")
    assert page.locator("#panel-article").is_visible()
    page.keyboard.press("Tab")  # the speaker
    assert page.locator(".source .hot").count() > 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.t") == "c1"
    assert page.locator(".target .hot").count() == 1


def test_a_stroke_reaches_the_search_box(page: Page, report: Path) -> None:
    open_page(page, report, "index.html")
    page.keyboard.press("/")
    page.keyboard.type("senza data")
    assert page.locator("#rows li:visible").count() == 1


def test_a_claim_leads_to_its_place_in_the_raw_text(page: Page, report: Path) -> None:
    open_page(page, report, "documents/a-00000001.html#c1")
    page.click("#c1 a[href='#raw-c1']")
    assert page.locator("#panel-raw").is_visible()
    assert page.locator("#panel-raw .hot").all_inner_texts() == ["Il ponte è sicuro"]


def test_stages_tell_what_they_did(page: Page, report: Path) -> None:
    open_page(page, report, "documents/a-00000001.html")
    page.click("#tab-stages")
    assert "characters" in page.locator(".steps li").first.inner_text()


def test_claims_without_a_date_are_counted(page: Page, report: Path) -> None:
    open_page(page, report, "index.html")
    assert "1 more claim in documents without a date" in page.locator(".cards").inner_text()


def test_a_megabyte_in_one_paragraph_is_shown_soon(page: Page, report: Path) -> None:
    began = time.monotonic()
    open_page(page, report, "documents/d-00000004.html")
    page.focus(".source .claim")
    assert page.locator(".target .hot").count() == 1
    assert page.locator("#s1 .source").inner_text().count("parola") == 150_000
    assert time.monotonic() - began < TIMEOUT_SECONDS


def test_a_long_list_begins_in_the_page_and_is_searched_whole(
    browser: Browser, tmp_path: Path
) -> None:
    outputs = write_outputs(
        tmp_path / "out",
        *(make_record(f"a-{n:08}", title=f"Articolo {1000 + n}", who="Ada") for n in range(150)),
    )
    write_report(outputs, tmp_path / "report")
    page = browser.new_page()
    page.set_default_timeout(TIMEOUT_SECONDS * 1000)
    page.goto((tmp_path / "report" / "index.html").as_uri())
    page.fill("#search", "1149")
    assert page.locator("#rows li:visible").all_inner_texts()[0].startswith("Articolo 1149")
    assert page.locator("#shown").inner_text() == "1 / 150"
    page.fill("#search", "")
    assert page.locator("#rows li:visible").count() == 150
    page.close()


def test_documents_are_put_in_another_order(page: Page, report: Path) -> None:
    open_page(page, report, "index.html")
    page.select_option("#order", "by_date")
    assert page.locator("#rows li").last.inner_text().startswith("Senza data")
    page.select_option("#order", "by_name")
    assert page.locator("#rows li").first.inner_text().startswith("Il ponte di Pisa")


def test_the_way_back_from_a_document_leads_to_the_same_list(page: Page, report: Path) -> None:
    open_page(page, report, "index.html")
    page.fill("#search", "Ponte")
    page.select_option("#order", "by_date")
    page.click("#rows li:visible a")
    page.wait_for_url("**/documents/*")
    page.go_back()
    assert page.input_value("#search") == "Ponte"
    page.wait_for_function("document.querySelectorAll('#rows li:not([hidden])').length === 2")
    assert page.locator("#rows li").last.inner_text().startswith("Senza data")


@pytest.mark.parametrize("fragment", ["nothing", "a%zz", "raw-", "'\""])
def test_an_address_that_names_nothing_shows_the_article(
    page: Page, report: Path, fragment: str
) -> None:
    open_page(page, report, f"documents/a-00000001.html#{fragment}")
    assert page.locator("#panel-article").is_visible()


def test_a_link_to_a_claim_opens_its_tab(page: Page, report: Path) -> None:
    open_page(page, report, "documents/a-00000001.html#c1")
    assert page.locator("#panel-claims").is_visible()


def test_hostile_text_is_text(page: Page, report: Path) -> None:
    open_page(page, report, "documents/b-00000002.html")
    assert '<script>alert("x")</script>' in page.locator("h1").inner_text()
    assert page.locator("main img, main script, main a[href^=javascript]").count() == 0
    assert "‹U+202E›" in page.locator(".source").first.inner_text()
    open_page(page, report, "index.html")
    assert page.locator("main img").count() == 0


def test_the_interface_speaks_both_languages_and_both_themes(page: Page, report: Path) -> None:
    open_page(page, report, "index.html")
    assert page.locator("h1").inner_text() == "Who said what"
    assert page.locator(".card", has_text="Most mentioned").get_by_text("Turin").is_visible()
    assert "1 pair" in page.locator(".lead").inner_text().split(" · ")
    page.click("[data-switch=ui]")
    assert page.locator("h1").inner_text() == "Chi ha detto che cosa"
    assert page.locator(".bars").get_by_text("Torino").is_visible()
    assert page.get_by_placeholder("Cerca parole, nomi, titoli").is_visible()
    assert page.get_by_label("Lingua", exact=True).is_visible()
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("[data-switch=theme]")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_speaker_and_pair_pages_are_linked(page: Page, report: Path) -> None:
    open_page(page, report, "index.html")
    page.click("#speakers a")
    assert page.locator("blockquote").count() >= 1
    open_page(page, report, "pairs/c-00000003__a-00000001.html")
    assert page.locator(".linked").count() == 1
    assert page.locator(".bead a").count() == 2
    page.click("h1 a[lang=it]")
    assert page.url.endswith("a-00000001.html")


def test_no_page_is_wider_than_a_phone(browser: Browser, report: Path) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 700})
    context.set_default_timeout(TIMEOUT_SECONDS * 1000)
    page = context.new_page()
    for file in sorted(report.rglob("*.html")):
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, file.name
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_contrast_and_controls_have_names(
    browser: Browser, report: Path, theme: Literal["light", "dark"]
) -> None:
    readable = Path(__file__).with_name("readable.js").read_text()
    context = browser.new_context(color_scheme=theme)
    context.set_default_timeout(TIMEOUT_SECONDS * 1000)
    page = context.new_page()
    for name in (
        "index.html",
        "documents/a-00000001.html",
        "documents/a-00000001.html#c1",
        "speakers/per-ada-moretti.html",
        "pairs/c-00000003__a-00000001.html",
    ):
        open_page(page, report, name)
        assert page.evaluate(readable) == [], name
        page.set_viewport_size({"width": 360, "height": 700})
        assert page.evaluate(readable) == [], f"{name} on a phone"
        page.set_viewport_size({"width": 1280, "height": 720})
    context.close()


def test_a_typical_page_is_small(report: Path) -> None:
    assert (report / "documents" / "a-00000001.html").stat().st_size < 300_000
