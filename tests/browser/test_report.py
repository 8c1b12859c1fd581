"""The report in a real browser: pages, search, links, keyboard, hostile text, no request."""

from __future__ import annotations

import dataclasses
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

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
# What a key or a click does is seen a moment later: it is waited for, never read at once.
expect.set_options(timeout=TIMEOUT_SECONDS * 1000)

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
    expect(rows).to_have_count(5)
    page.fill("#search", "pisa bridge")  # a word of the text and one of the translation
    expect(rows).to_have_count(4)
    page.fill("#search", "Ponte")
    expect(rows).to_have_count(2)
    page.fill("#search", "citta")
    expect(rows).to_have_count(1)  # without its accent
    page.fill("#search", "robin-li")
    expect(rows).to_have_count(1)  # a speaker
    expect(page.locator("#nothing")).to_be_hidden()
    page.fill("#search", "robin città")
    expect(rows).to_have_count(0)
    expect(page.locator("#nothing")).to_be_visible()
    page.fill("#search", "")
    page.select_option("#language", "en")
    expect(rows).to_have_count(1)
    page.select_option("#language", "")
    page.check("#paired")
    expect(rows).to_have_count(2)


def test_a_claim_lights_up_with_its_speaker_cue_and_counterpart(page: Page, report: Path) -> None:
    open_page(page, report, "documents/a-00000001.html")
    page.hover(".source .claim")
    hot = page.locator(".hot")
    for text in ("Il ponte è sicuro", "The bridge is safe", "Ada Moretti", "ha detto"):
        expect(hot.get_by_text(text, exact=True).first).to_be_visible()
    page.mouse.move(0, 0)
    expect(hot).to_have_count(0)


def test_a_card_says_who_said_what_is_pointed_at(page: Page, report: Path) -> None:
    open_page(page, report, "documents/a-00000001.html")
    expect(page.locator("#peek")).to_be_hidden()
    page.hover(".source .claim")
    for text in ("Ada Moretti", "ha detto", "0.95"):
        expect(page.locator("#peek")).to_contain_text(text)
    page.mouse.move(0, 0)
    expect(page.locator("#peek")).to_be_hidden()
    page.hover(".who li")  # a speaker: all their claims
    expect(page.locator(".source .hot", has_text="Il ponte è sicuro")).to_have_count(1)
    page.focus(".source .claim")
    page.keyboard.press("Enter")
    expect(page.locator("#panel-claims")).to_be_visible()


def test_tabs_work_with_the_keyboard(page: Page, report: Path) -> None:
    open_page(page, report, "documents/a-00000001.html")
    page.focus("#tab-article")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#panel-claims")).to_be_visible()
    expect(page.locator("#panel-article")).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("a:focus, li:focus")).to_have_count(1)
    page.focus("#tab-claims")
    page.keyboard.press("End")
    expect(page.locator("#panel-provenance")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#panel-article")).to_be_visible()
    page.keyboard.press("Tab")  # the speaker
    expect(page.locator(".source .hot").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("data-t", "c1")
    expect(page.locator(".target .hot")).to_have_count(1)


def test_a_stroke_reaches_the_search_box(page: Page, report: Path) -> None:
    open_page(page, report, "index.html")
    page.keyboard.press("/")
    page.keyboard.type("senza data")
    expect(page.locator("#rows li:visible")).to_have_count(1)


def test_a_claim_leads_to_its_place_in_the_raw_text(page: Page, report: Path) -> None:
    open_page(page, report, "documents/a-00000001.html#c1")
    page.click("#c1 a[href='#raw-c1']")
    expect(page.locator("#panel-raw")).to_be_visible()
    expect(page.locator("#panel-raw .hot")).to_have_text(["Il ponte è sicuro"])


def test_stages_tell_what_they_did(page: Page, report: Path) -> None:
    open_page(page, report, "documents/a-00000001.html")
    page.click("#tab-stages")
    expect(page.locator(".steps li").first).to_contain_text("characters")


def test_claims_without_a_date_are_counted(page: Page, report: Path) -> None:
    open_page(page, report, "index.html")
    expect(page.locator(".cards")).to_contain_text("1 more claim in documents without a date")


def test_a_megabyte_in_one_paragraph_is_shown_soon(page: Page, report: Path) -> None:
    began = time.monotonic()
    open_page(page, report, "documents/d-00000004.html")
    page.focus(".source .claim")
    expect(page.locator(".target .hot")).to_have_count(1)
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
    expect(page.locator("#rows li:visible").first).to_contain_text("Articolo 1149")
    expect(page.locator("#shown")).to_have_text("1 / 150")
    page.fill("#search", "")
    expect(page.locator("#rows li:visible")).to_have_count(150)
    page.close()


def test_documents_are_put_in_another_order(page: Page, report: Path) -> None:
    open_page(page, report, "index.html")
    page.select_option("#order", "by_date")
    expect(page.locator("#rows li").last).to_contain_text("Senza data")
    page.select_option("#order", "by_name")
    expect(page.locator("#rows li").first).to_contain_text("Il ponte di Pisa")


def test_the_way_back_from_a_document_leads_to_the_same_list(page: Page, report: Path) -> None:
    open_page(page, report, "index.html")
    page.fill("#search", "Ponte")
    page.select_option("#order", "by_date")
    page.click("#rows li:visible a")
    page.wait_for_url("**/documents/*")
    page.go_back()
    expect(page.locator("#search")).to_have_value("Ponte")
    expect(page.locator("#rows li:visible")).to_have_count(2)
    expect(page.locator("#rows li").last).to_contain_text("Senza data")


@pytest.mark.parametrize("fragment", ["nothing", "a%zz", "raw-", "'\""])
def test_an_address_that_names_nothing_shows_the_article(
    page: Page, report: Path, fragment: str
) -> None:
    open_page(page, report, f"documents/a-00000001.html#{fragment}")
    expect(page.locator("#panel-article")).to_be_visible()


def test_a_link_to_a_claim_opens_its_tab(page: Page, report: Path) -> None:
    open_page(page, report, "documents/a-00000001.html#c1")
    expect(page.locator("#panel-claims")).to_be_visible()


def test_hostile_text_is_text(page: Page, report: Path) -> None:
    open_page(page, report, "documents/b-00000002.html")
    expect(page.locator("h1")).to_contain_text('<script>alert("x")</script>')
    expect(page.locator("main img, main script, main a[href^=javascript]")).to_have_count(0)
    expect(page.locator(".source").first).to_contain_text("‹U+202E›")
    open_page(page, report, "index.html")
    expect(page.locator("main img")).to_have_count(0)


def test_the_interface_speaks_both_languages_and_both_themes(page: Page, report: Path) -> None:
    open_page(page, report, "index.html")
    expect(page.locator("h1")).to_have_text("Who said what", use_inner_text=True)
    expect(page.locator(".card", has_text="Most mentioned").get_by_text("Turin")).to_be_visible()
    expect(page.locator(".lead")).to_have_text(
        re.compile(r"(^|· )1 pair($| ·)"), use_inner_text=True
    )
    page.click("[data-switch=ui]")
    expect(page.locator("h1")).to_have_text("Chi ha detto che cosa", use_inner_text=True)
    expect(page.locator(".bars").get_by_text("Torino")).to_be_visible()
    expect(page.get_by_placeholder("Cerca parole, nomi, titoli")).to_be_visible()
    expect(page.get_by_label("Lingua", exact=True)).to_be_visible()
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("[data-switch=theme]")
    expect(page.locator("body")).not_to_have_css("background-color", before)


def test_speaker_and_pair_pages_are_linked(page: Page, report: Path) -> None:
    open_page(page, report, "index.html")
    page.click("#speakers a")
    expect(page.locator("blockquote").first).to_be_visible()
    open_page(page, report, "pairs/c-00000003__a-00000001.html")
    expect(page.locator(".linked")).to_have_count(1)
    expect(page.locator(".bead a")).to_have_count(2)
    page.click("h1 a[lang=it]")
    expect(page).to_have_url(re.compile(r"a-00000001\.html$"))


def test_claims_without_a_counterpart_are_unfolded(page: Page, tmp_path: Path) -> None:
    outputs = write_outputs(
        tmp_path / "out",
        make_record("b-00000002", said=HOSTILE, title=HOSTILE),
        make_record("c-00000003", language="en", who="Robin Li", title="The bridge"),
        pairs=(dataclasses.replace(make_pair("c-00000003", "b-00000002"), claims=()),),
    )
    write_report(outputs, tmp_path / "report")
    page.set_viewport_size({"width": 360, "height": 700})
    open_page(page, tmp_path / "report", "pairs/c-00000003__b-00000002.html")
    expect(page.locator(".linked")).to_have_count(0)
    claims = page.locator(".alone blockquote")
    expect(claims.first).to_be_hidden()
    page.get_by_text("2 claims without a counterpart").click()
    expect(claims).to_have_count(2)
    expect(claims.last).to_contain_text('<script>alert("x")</script>')
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.click("[data-switch=ui]")
    expect(page.get_by_text("2 dichiarazioni senza riscontro")).to_be_visible()
    expect(claims.last).to_be_visible()


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
