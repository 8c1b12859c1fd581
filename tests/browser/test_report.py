"""The report in a real browser: pages, search, links, keyboard, hostile text, no request."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

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


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outputs = write_outputs(
        tmp_path_factory.mktemp("out"),
        make_record("a-00000001", title="Il ponte di Pisa"),
        make_record("b-00000002", said=HOSTILE, title=HOSTILE, translated=False),
        make_record("c-00000003", language="en", who="Robin Li", title="The bridge"),
        make_record("d-00000004", said="parola " * 150_000, title="Lungo"),
        pairs=(make_pair("c-00000003", "a-00000001"),),
    )
    write_report(outputs, outputs / "report")
    return outputs / "report"


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    context = browser.new_context()
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
    rows = page.locator("#rows tr:visible")
    assert rows.count() == 4
    page.fill("#search", "robin-li ponte")
    assert rows.count() == 0
    page.fill("#search", "ponte")
    assert rows.count() == 1
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


def test_tabs_work_with_the_keyboard(page: Page, report: Path) -> None:
    open_page(page, report, "documents/a-00000001.html")
    page.focus("#tab-article")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator("#panel-claims").is_visible()
    assert not page.locator("#panel-article").is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") in ("A", "LI")


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
    page.click("[data-switch=ui]")
    assert page.locator("h1").inner_text() == "Chi ha detto che cosa"
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("[data-switch=theme]")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_speaker_and_pair_pages_are_linked(page: Page, report: Path) -> None:
    open_page(page, report, "index.html")
    page.click("#speakers a")
    assert page.locator("blockquote").count() >= 1
    open_page(page, report, "pairs/c-00000003__a-00000001.html")
    assert page.locator(".linked").count() == 1
    page.click("h1 a[lang=it]")
    assert page.url.endswith("a-00000001.html")


def test_no_page_is_wider_than_a_phone(browser: Browser, report: Path) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 700})
    page = context.new_page()
    for file in sorted(report.rglob("*.html")):
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, file.name
    context.close()


def test_a_typical_page_is_small(report: Path) -> None:
    assert (report / "documents" / "a-00000001.html").stat().st_size < 300_000
