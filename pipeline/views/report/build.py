"""Writes the report: overview, a page per document, per speaker and per pair.

Every page carries its own style and script, loads nothing, and works from the file system.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from pipeline.core.record import Pair, Record, SegmentPair
from pipeline.store.files import Store, load
from pipeline.store.keys import sha256
from pipeline.store.records import read_records
from pipeline.views.report.document import Indexed, document_page, said
from pipeline.views.report.search import WordIndex
from pipeline.views.report.words import WORDS
from pipeline.views.visible import visible

TOP = 12
# Claims are shown by month; over a longer time by year.
MAX_MONTHS = 24
MAX_FILE_STEM = 80


# Document → the files of its pairs, with the other document of each.
Paired = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Said:
    """One claim on a speaker's page."""

    document: str
    title: str
    language: str
    claim: str
    kind: str
    text: str
    other: str | None
    confidence: float
    links: tuple[tuple[str, str, str], ...]


@dataclass(slots=True)
class _Overview:
    """What the first page needs, gathered while documents are written."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    languages: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    months: Counter[str] = field(default_factory=Counter)
    undated: int = 0
    index: WordIndex = field(default_factory=WordIndex)
    mentioned: Counter[tuple[str, str]] = field(default_factory=Counter)
    said: dict[str, list[Said]] = field(default_factory=lambda: defaultdict(list))
    names: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def write_report(outputs: Path, target: Path) -> int:
    """Write the report over the run in ``outputs`` into ``target``; returns how many documents."""
    pages = _Pages(target)
    pairs = [load(Pair, path.read_bytes()) for path in sorted(outputs.glob("pairs/*.json"))]
    paired: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for pair in pairs:
        for name in (pair.en, pair.it):
            other = pair.it if name == pair.en else pair.en
            paired[name].append((f"{pair.en}__{pair.it}", other))
    overview = _Overview()
    folders = [folder.name for folder in outputs.glob("stages/*")]
    store = Store(outputs, {folder.partition("-")[2]: folder for folder in folders})
    for record in read_records(outputs):
        indexed = Indexed(record)
        page = document_page(indexed, store, paired.get(record.id, ()))
        pages.write(f"documents/{record.id}.html", "document.html", page)
        _gather(indexed, overview, paired)
    slugs = _slugs(overview)
    titles = {row["id"]: row["title"] for row in overview.rows}
    for key, claims in overview.said.items():
        name = overview.names[key].most_common(1)[0][0]
        page = {"title": name, "name": name, "key": key, "said": claims, "titles": titles}
        pages.write(f"speakers/{slugs[key]}.html", "speaker.html", page)
    records = _Records(outputs)
    for pair in pairs:
        pages.write(f"pairs/{pair.en}__{pair.it}.html", "pair.html", _pair(pair, records, titles))
    pages.write("index.html", "index.html", _index(overview, slugs, pairs, titles, outputs))
    return len(overview.rows)


class _Pages:
    """Renders templates and writes pages."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._environment = Environment(
            loader=PackageLoader("pipeline.views.report"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["t"] = _bilingual
        self._environment.globals["label"] = _label
        self._environment.filters["visible"] = visible
        self._environment.filters["speaker_slug"] = speaker_slug
        for name in ("documents", "speakers", "pairs"):
            (target / name).mkdir(parents=True, exist_ok=True)

    def write(self, path: str, template: str, values: dict[str, Any]) -> None:
        root = "../" if "/" in path else ""
        page = self._environment.get_template(template).render(root=root, **values)
        (self._target / path).write_text(page, encoding="utf-8", errors="replace")


class _Records:
    """Records by id, read when a pair page needs them."""

    def __init__(self, outputs: Path) -> None:
        self._folder = outputs / "records"

    def __getitem__(self, name: str) -> Record:
        return load(Record, (self._folder / f"{name}.json").read_bytes())


@cache
def _bilingual(key: str) -> Markup:
    """A word of the interface in both languages; the style sheet shows one. Words that are no part
    of the interface stay as they are."""
    if key not in WORDS:
        return escape(key)
    return Markup(
        '<span class="en" lang="en">{}</span><span class="it" lang="it">{}</span>'
    ).format(*WORDS[key])


@cache
def _label(key: str) -> Markup:
    """The accessible name of a control, in both languages; the script shows one."""
    return Markup('aria-label="{0}" data-en="{0}" data-it="{1}"').format(*WORDS[key])


def _gather(indexed: Indexed, overview: _Overview, paired: Paired) -> None:
    record = indexed.record
    title = visible(record.title or record.id)
    overview.languages[record.language.code] += 1
    overview.kinds.update(claim.kind for claim in record.claims)
    month = record.source.metadata.get("date", "")[:7]
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        overview.months[month] += len(record.claims)
    else:
        overview.undated += len(record.claims)
    for entity in record.entities:
        name = entity.name.get(record.language.code) or entity.canonical
        overview.mentioned[entity.canonical, visible(name)] += len(entity.mentions)
    for claim in record.claims:
        key = indexed.speaker_key(claim)
        if key is None or claim.speaker is None:
            continue
        name = visible(claim.speaker.name or key)
        overview.names[key][name] += 1
        links = indexed.links[claim.id]
        overview.said[key].append(
            Said(
                record.id,
                title,
                indexed.language(claim),
                claim.id,
                claim.kind,
                visible(said(claim)),
                visible(indexed.translated(claim) or "") or None,
                claim.confidence,
                tuple((link.relation, link.record, link.other) for link in links),
            )
        )
    overview.rows.append(
        {
            "id": record.id,
            "title": title,
            "language": record.language.code,
            "path": visible(record.source.path),
            "segments": len(record.segments),
            "entities": len(record.entities),
            "claims": len(record.claims),
            "paired": record.id in paired,
        }
    )
    overview.index.add(_searched(record))


def _searched(record: Record) -> Iterator[str]:
    """Everything a document is found by: both languages, names as written and as known."""
    yield from (record.title or "", record.source.path, record.text)
    for segment in record.segments:
        yield from (
            text for code, text in segment.text.items() if text and code != segment.language
        )
    for entity in record.entities:
        yield entity.canonical
        yield from filter(None, entity.name.values())
    for claim in record.claims:
        yield (claim.speaker and claim.speaker.name) or ""


def _over_time(months: Counter[str]) -> list[tuple[str, int]]:
    """Claims by month, without gaps; by year where there are more months than fit.

    >>> _over_time(Counter({"2025-12": 3, "2026-02": 1}))
    [('2025-12', 3), ('2026-01', 0), ('2026-02', 1)]
    """
    if not months:
        return []
    first, last = (12 * int(name[:4]) + int(name[5:]) - 1 for name in (min(months), max(months)))
    if last - first < MAX_MONTHS:
        names = [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first, last + 1)]
        return [(name, months[name]) for name in names]
    years: Counter[str] = Counter()
    for name, count in months.items():
        years[name[:4]] += count
    return sorted(years.items())


def speaker_slug(key: str) -> str:
    """The file name of a speaker's page; a key that does not fit gets a checksum.

    >>> speaker_slug("per:robin-li")
    'per-robin-li'
    """
    wanted = key.replace(":", "-", 1)
    plain = unicodedata.normalize("NFKD", wanted).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:MAX_FILE_STEM]
    return slug if slug == wanted else f"{slug}-{sha256(key.encode())[:8]}"


def _slugs(overview: _Overview) -> dict[str, str]:
    return {key: speaker_slug(key) for key in overview.said}


def _index(
    overview: _Overview,
    slugs: dict[str, str],
    pairs: list[Pair],
    titles: dict[str, str],
    outputs: Path,
) -> dict[str, Any]:
    quoted = sorted(overview.said, key=lambda key: (-len(overview.said[key]), key))
    mentioned: Counter[str] = Counter()
    names: dict[str, Counter[str]] = defaultdict(Counter)
    for (canonical, name), count in overview.mentioned.items():
        mentioned[canonical] += count
        names[canonical][name] += count
    speakers = [
        (overview.names[key].most_common(1)[0][0], len(overview.said[key]), slugs[key])
        for key in quoted
    ]
    return {
        "title": WORDS["report"][0],
        "rows": overview.rows,
        "languages": sorted(overview.languages.items()),
        "kinds": [(kind, overview.kinds[kind]) for kind in ("direct", "indirect", "mixed")],
        "months": _over_time(overview.months),
        "undated": overview.undated,
        "index": [Markup(line) for line in overview.index.lines()],
        "speakers": speakers,
        "top_speakers": speakers[:TOP],
        "top_entities": [
            (names[key].most_common(1)[0][0], count, key.split(":")[0].upper())
            for key, count in sorted(mentioned.items(), key=lambda item: (-item[1], item[0]))[:TOP]
        ],
        "pairs": [
            {
                "file": f"{pair.en}__{pair.it}",
                "en": titles.get(pair.en, pair.en),
                "it": titles.get(pair.it, pair.it),
                "relation": pair.relation,
                "score": pair.score,
                "claims": len(pair.claims),
            }
            for pair in pairs
        ],
        "problems": _problems(outputs),
    }


def _problems(outputs: Path) -> list[dict[str, str]]:
    try:
        manifest = orjson.loads((outputs / "run.json").read_bytes())
        return [
            {"path": visible(item["path"]), "reason": visible(item["reason"])}
            for item in manifest["problems"]
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _pair(pair: Pair, records: _Records, titles: dict[str, str]) -> dict[str, Any]:
    english, italian = records[pair.en], records[pair.it]
    texts = {
        "en": {segment.id: segment.span.text for segment in english.segments},
        "it": {segment.id: segment.span.text for segment in italian.segments},
    }
    said = {
        "en": {claim.id: claim for claim in english.claims},
        "it": {claim.id: claim for claim in italian.claims},
    }
    return {
        "title": f"{titles.get(pair.en, pair.en)} — {titles.get(pair.it, pair.it)}",
        "pair": pair,
        "titles": titles,
        "segments": [bead for bead in pair.segments if _known(bead, texts)],
        "texts": texts,
        "claims": [
            {
                "en": said["en"][link.en],
                "it": said["it"][link.it],
                "relation": link.relation,
                "score": link.score,
            }
            for link in pair.claims
            if link.en in said["en"] and link.it in said["it"]
        ],
    }


def _known(bead: SegmentPair, texts: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether both records still have the sentences of a bead."""
    return texts["en"].keys() >= set(bead.en) and texts["it"].keys() >= set(bead.it)
