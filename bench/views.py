"""What is made of a run: JSON Lines, data frames, the report."""

from __future__ import annotations

import re
import shutil
import statistics
from itertools import chain
from pathlib import Path

from bench.job import timed
from pipeline.store.records import read_records
from pipeline.views.export import jsonl
from pipeline.views.frames import to_frames

DOCUMENTS = 2000
FRAMED = 10_000

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# Usable: parsed, listeners attached, and one frame drawn after that.
MEASURE = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  await frame();
  const [navigation] = performance.getEntriesByType("navigation");
  const drawn = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
  const usable = Math.max(drawn, navigation.domContentLoadedEventEnd);
  const search = document.getElementById("search");
  const began = performance.now();
  search.value = "porto";
  search.dispatchEvent(new Event("input"));
  await frame();
  return [drawn, usable, performance.now() - began];
}"""

# Capitalized words of a text, and identifiers: clones of one article tell of other people.
_NAME = re.compile(r"\b[A-Z][a-zà-ù]{3,}\b")
_IDENTIFIER = re.compile(r'"((?:per|org):[a-z-]+)"')


def cloned(outputs: Path, target: Path, count: int) -> Path:
    """An output folder with ``count`` documents: those of ``outputs`` under other ids, and with
    other names in titles, texts and claims."""
    paths = sorted((outputs / "records").glob("*.json"))
    folders = [outputs / "records", *sorted((outputs / "stages").iterdir())]
    for folder in folders:
        (target / folder.relative_to(outputs)).mkdir(parents=True)
    for number in range(count):
        document, copy = paths[number % len(paths)].stem, number // len(paths)
        for folder in folders:
            text = (folder / f"{document}.json").read_text("utf-8").replace(document, "\0")
            text = _NAME.sub(lambda found, copy=copy: _renamed(found[0], copy), text)
            text = _IDENTIFIER.sub(rf'"\1-{copy}"', text)
            file = target / folder.relative_to(outputs) / f"{document}-{copy}.json"
            file.write_text(text.replace("\0", f"{document}-{copy}"), encoding="utf-8")
    return target


def _renamed(name: str, copy: int) -> str:
    """A name of the same length: no offset moves."""
    return f"{name[:2]}{chr(ord('a') + (ord(name[2]) + copy) % 26)}{name[3:]}"


def jsonl_megabytes(outputs: Path, target: Path) -> float:
    """Megabytes of JSON Lines written in a second of the processor."""
    seconds = timed(lambda: jsonl.export(outputs, target))
    return target.stat().st_size / 1e6 / seconds


def frames_seconds(outputs: Path) -> float:
    """Processor seconds from files to data frames, over `FRAMED` records."""
    rounds = range(FRAMED // DOCUMENTS)
    return timed(lambda: to_frames(chain.from_iterable(read_records(outputs) for _ in rounds)))


def page_kilobytes(report: Path) -> dict[str, tuple[float, float]]:
    """Median and largest page of every sort."""
    found = {}
    for sort in ("documents", "speakers", "pairs", "."):
        sizes = sorted(page.stat().st_size / 1000 for page in (report / sort).glob("*.html"))
        if sizes:
            name = "first page" if sort == "." else sort
            found[name] = (sizes[len(sizes) // 2], sizes[-1])
    return found


def first_page(report: Path, rounds: int = 7) -> dict[str, tuple[float, float]]:
    """Milliseconds by the clock, median and largest, in Chromium: from the start of navigation
    until the page is drawn, and until it can be used; and of a search, until its result is drawn.

    Every round has a browser context of its own; the browser itself has started before.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        measured = []
        for _ in range(rounds):
            context = chromium.new_context(viewport={"width": 1280, "height": 900})
            page = context.new_page()
            page.goto((report / "index.html").as_uri())
            measured.append(page.evaluate(MEASURE))
            context.close()
        chromium.close()
    columns = zip(*measured, strict=True)
    names = ("drawn", "usable", "first search")
    return {
        name: (statistics.median(column), max(column))
        for name, column in zip(names, columns, strict=True)
    }
