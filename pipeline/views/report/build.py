"""Writes the report: overview, a page per document, per speaker and per pair.

Every page carries its own style and script, loads nothing, and works from the file system.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from pipeline.core.record import Pair, Record, RecordClaim, SegmentPair
from pipeline.languages.aliases import Alias
from pipeline.store.files import Store
from pipeline.store.records import read_file, read_pairs, read_record_of, read_records, record_ids
from pipeline.views.known import known_aliases
from pipeline.views.report.document import Indexed, document_page
from pipeline.views.report.names import Names, bilingual
from pipeline.views.report.overview import Overview, speaker_slug
from pipeline.views.report.words import COUNTED, WORDS
from pipeline.views.visible import said, visible

BATCH = 50
# A process takes half a second to start, in which another one writes some hundred pages.
WORTH_A_PROCESS = 150
MAX_PROCESSES = 8
# What shows that a page is one of a report's; the title stands at its beginning.
OWN_PAGE = " · duevoci</title>".encode()
HEAD_BYTES = 1 << 14


@dataclass(frozen=True, slots=True)
class _Titled:
    """What is read of every record before the first page is written: pages name one another."""

    id: str
    title: str | None


def write_report(outputs: Path, target: Path) -> int:
    """Write the report over the run in ``outputs`` into ``target``; returns how many documents.

    Pages of many documents are written by several processes, while this one gathers what the first
    page and those of speakers show.
    """
    pairs = read_pairs(outputs)
    paired: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for pair in pairs:
        for name in (pair.en, pair.it):
            other = pair.it if name == pair.en else pair.en
            paired[name].append((f"{pair.en}__{pair.it}", other))
    known, titles = known_aliases(outputs), _titles(outputs)
    job = _Job(outputs, target, titles, dict(paired), known)
    with _writers(len(titles)) as write:
        written = write(job.write, _batches(list(titles)))
        overview = Overview(Names(known), titles, paired)
        for record in read_records(outputs):
            overview.add(Indexed(record))
        pages = _Pages(target, titles)
        rows = {row["id"]: row for row in overview.rows}
        for key in overview.said:
            page = _speaker(key, overview, rows)
            pages.write(f"speakers/{speaker_slug(key)}.html", "speaker.html", page)
        for pair in pairs:
            page = _pair(pair, outputs, titles)
            pages.write(f"pairs/{pair.en}__{pair.it}.html", "pair.html", page)
        count = sum(written)
    pages.write("index.html", "index.html", overview.page(pairs, outputs))
    _sweep(target / "documents", titles)
    _sweep(target / "speakers", map(speaker_slug, overview.said))
    _sweep(target / "pairs", (f"{pair.en}__{pair.it}" for pair in pairs))
    return count


def _sweep(folder: Path, names: Iterable[str]) -> None:
    """Remove the pages of an earlier report that this one does not have; foreign files stay."""
    current = {f"{name}.html" for name in names}
    for page in folder.glob("*.html"):
        if page.name not in current and page.is_file():
            with page.open("rb") as file:
                if OWN_PAGE in file.read(HEAD_BYTES):
                    page.unlink()


@dataclass(frozen=True, slots=True)
class _Job:
    """What every process needs to write documents' pages."""

    outputs: Path
    target: Path
    titles: Mapping[str, str]
    paired: Mapping[str, Sequence[tuple[str, str]]]
    known: Mapping[str, Alias]

    def write(self, documents: Sequence[str]) -> int:
        """Write the pages of these documents; returns how many."""
        pages, names = _Pages(self.target, self.titles), Names(self.known)
        folders = [folder.name for folder in self.outputs.glob("stages/*")]
        store = Store(self.outputs, {folder.partition("-")[2]: folder for folder in folders})
        for name in documents:
            indexed = Indexed(read_record_of(self.outputs, name))
            page = document_page(indexed, store, names, self.paired.get(name, ()))
            pages.write(f"documents/{name}.html", "document.html", page)
        return len(documents)


@contextmanager
def _writers(documents: int) -> Iterator[Callable[..., Iterator[int]]]:
    """A ``map`` over batches of documents: by processes of its own when they are worth starting."""
    processes = min(os.cpu_count() or 1, MAX_PROCESSES, documents // WORTH_A_PROCESS)
    if processes < 2:
        yield map
        return
    # Spawned, because a library may have started threads here.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _undisturbed) as pool:
        try:
            yield pool.map
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _batches(documents: Sequence[str]) -> list[Sequence[str]]:
    return [documents[start : start + BATCH] for start in range(0, len(documents), BATCH)]


def _undisturbed() -> None:
    """An interruption from the keyboard is for the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _titles(outputs: Path) -> Mapping[str, str]:
    """What every document is called."""
    titles = {}
    for name in record_ids(outputs):
        titled = read_file(_Titled, outputs / "records" / f"{name}.json")
        titles[name] = visible(titled.title or name)
    return titles


class _Pages:
    """Renders templates and writes pages."""

    def __init__(self, target: Path, titles: Mapping[str, str]) -> None:
        self._target = target
        self._titles = titles
        for name in ("documents", "speakers", "pairs"):
            (target / name).mkdir(parents=True, exist_ok=True)

    def write(self, path: str, template: str, values: dict[str, Any]) -> None:
        root = "../" if "/" in path else ""
        page = _environment().get_template(template)
        text = page.render(root=root, titles=self._titles, **values)
        (self._target / path).write_text(text, encoding="utf-8", errors="replace")


@cache
def _environment() -> Environment:
    """The templates, compiled once in a process, with what they call."""
    environment = Environment(
        loader=PackageLoader("pipeline.views.report"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    assets = {"css": "report.css", "head_js": "head.js", "js": "report.js"}
    environment.globals |= {
        name: Markup(environment.get_template(file).render()) for name, file in assets.items()
    }
    environment.globals |= {"t": _word, "n": _counted, "label": _label, "COUNTED": COUNTED}
    environment.filters |= {"visible": visible, "speaker_slug": speaker_slug}
    return environment


@cache
def _word(key: str) -> Markup:
    """A word of the interface in both languages. Other words stay as they are."""
    return bilingual(*WORDS[key]) if key in WORDS else escape(key)


@cache
def _counted(count: int, key: str) -> Markup:
    """A number of things in both languages: ``1 claim``, ``2,000 claims``, ``2.000 dichiarazioni``.
    Things that are no part of the interface are written as they are."""
    if key not in COUNTED:
        return escape(f"{count} {key}")
    english, italian = (forms[count != 1] for forms in COUNTED[key])
    number = f"{count:,}"
    return bilingual(f"{number} {english}", f"{number.replace(',', '.')} {italian}")


@cache
def _label(key: str) -> Markup:
    """The accessible name of a control, in both languages; the script shows one."""
    return Markup('aria-label="{0}" data-en="{0}" data-it="{1}"').format(*WORDS[key])


def _speaker(key: str, overview: Overview, rows: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the template ``speaker.html``: what was said, by document."""
    return {
        "key": key,
        "names": {code: overview.names.best(key, code) for code in ("en", "it")},
        "documents": [
            {
                **rows[document],
                "said": claims,
                "also": sorted({link.record for claim in claims for link in claim.links}),
            }
            for document, claims in overview.said[key].items()
        ],
        "count": sum(map(len, overview.said[key].values())),
    }


def _pair(pair: Pair, outputs: Path, titles: Mapping[str, str]) -> dict[str, Any]:
    """The values of the template ``pair.html``; what the records no longer have is left out."""
    records = {"en": read_record_of(outputs, pair.en), "it": read_record_of(outputs, pair.it)}
    texts = {
        code: {segment.id: segment.span.text for segment in record.segments}
        for code, record in records.items()
    }
    claims = {
        code: {claim.id: claim for claim in record.claims} for code, record in records.items()
    }
    linked = [link for link in pair.claims if link.en in claims["en"] and link.it in claims["it"]]
    return {
        "pair": pair,
        "sides": [_side(record, titles) for record in records.values()],
        "segments": [bead for bead in pair.segments if _known(bead, texts)],
        "texts": texts,
        "said": said,
        "claims": [
            {"link": link, "en": claims["en"][link.en], "it": claims["it"][link.it]}
            for link in linked
        ],
        "alone": {
            "en": _without(claims["en"], {link.en for link in linked}),
            "it": _without(claims["it"], {link.it for link in linked}),
        },
    }


def _without(claims: Mapping[str, RecordClaim], linked: Container[str]) -> list[RecordClaim]:
    return [claim for name, claim in claims.items() if name not in linked]


def _side(record: Record, titles: Mapping[str, str]) -> dict[str, str]:
    return {
        "id": record.id,
        "language": record.language.code,
        "title": titles[record.id],
        "path": record.source.path,
    }


def _known(bead: SegmentPair, texts: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether both records still have the sentences of a bead."""
    return texts["en"].keys() >= set(bead.en) and texts["it"].keys() >= set(bead.it)
