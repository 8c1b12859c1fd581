"""Writes the report: overview, a page per document, per speaker and per pair.

Every page carries its own style and script, loads nothing, and works from the file system.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from pipeline.core.layers import Raw
from pipeline.core.record import Pair, Record, RecordClaim, RecordRepair
from pipeline.core.spans import Span
from pipeline.errors import PipelineError
from pipeline.store.files import Store, load
from pipeline.store.records import read_records
from pipeline.views.report.markup import Mark, marked, overlapping
from pipeline.views.report.words import WORDS
from pipeline.views.visible import visible

TOP = 12
MAX_FILE_STEM = 80


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
    mentioned: Counter[tuple[str, str]] = field(default_factory=Counter)
    said: dict[str, list[Said]] = field(default_factory=lambda: defaultdict(list))
    names: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def write_report(outputs: Path, target: Path) -> int:
    """Write the report over the run in ``outputs`` into ``target``; returns how many documents."""
    pages = _Pages(target)
    pairs = [load(Pair, path.read_bytes()) for path in sorted(outputs.glob("pairs/*.json"))]
    paired: dict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        for name in (pair.en, pair.it):
            paired[name].append(f"{pair.en}__{pair.it}")
    overview = _Overview()
    store = Store(outputs, {"ingest": "01-ingest"})
    for record in read_records(outputs):
        pages.write(
            f"documents/{record.id}.html", "document.html", _document(record, store, paired)
        )
        _gather(record, overview, paired)
    slugs = _slugs(overview)
    for key, said in overview.said.items():
        name = overview.names[key].most_common(1)[0][0]
        page = {"title": name, "name": name, "key": key, "said": said}
        pages.write(f"speakers/{slugs[key]}.html", "speaker.html", page)
    titles = {row["id"]: row["title"] for row in overview.rows}
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
        self._environment.globals["plain"] = lambda key: WORDS[key][0]
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


def _bilingual(key: str) -> Markup:
    """A word of the interface in both languages; the style sheet shows one."""
    english, italian = WORDS.get(key, (key, key))
    return Markup(
        '<span class="en" lang="en">{}</span><span class="it" lang="it">{}</span>'
    ).format(english, italian)


def _document(record: Record, store: Store, paired: dict[str, list[str]]) -> dict[str, Any]:
    source, target = record.language.code, record.target_language
    windows = [Span(segment.span.start, segment.span.end) for segment in record.segments]
    found = overlapping(_marks(record), windows)
    rows = []
    for number, (segment, window, marks) in enumerate(
        zip(record.segments, windows, found, strict=True)
    ):
        new = number == 0 or segment.paragraph != record.segments[number - 1].paragraph
        other = segment.text.get(target if segment.language == source else source)
        rows.append(
            {
                "id": segment.id,
                "opens": new,
                "language": segment.language,
                "source": marked(record.text, window, marks),
                "target": _target(record, segment.id, other) if other else None,
                "status": segment.translation.reason or segment.translation.status,
            }
        )
    return {
        "title": record.title or record.id,
        "record": record,
        "rows": rows,
        "translated": any(row["target"] for row in rows),
        "claims": [_claim_row(record, claim) for claim in record.claims],
        "raw": _raw(record, store),
        "pairs": paired.get(record.id, []),
        "provenance": orjson.dumps(
            {
                "id": record.id,
                "source": record.source.path,
                "sha256": record.source.sha256,
                "encoding": record.source.encoding,
                "metadata": dict(record.source.metadata),
                "language": [record.language.code, record.language.confidence],
                "pipeline": record.provenance.pipeline,
                "stages": dict(record.provenance.stages),
                "models": dict(record.provenance.models),
                "settings_sha256": record.provenance.settings_sha256,
            },
            option=orjson.OPT_INDENT_2,
        ).decode(),
    }


def _marks(record: Record) -> Iterator[Mark]:
    for claim in record.claims:
        for span in claim.content:
            yield Mark(Span(span.start, span.end), f"claim {claim.kind}", claim.id)
    for entity in record.entities:
        for mention in entity.mentions:
            yield Mark(Span(mention.start, mention.end), f"ent {entity.label}", entity.id)
    for claim in record.claims:
        if claim.speaker and claim.speaker.span:
            yield Mark(Span(claim.speaker.span.start, claim.speaker.span.end), "speaker", claim.id)
        if claim.cue:
            yield Mark(Span(claim.cue.span.start, claim.cue.span.end), "cue", claim.id)


def _target(record: Record, segment: str, text: str) -> Markup:
    marks = [
        Mark(Span(span.start, span.end), f"claim {claim.kind}", claim.id)
        for claim in record.claims
        for span in claim.target_spans
        if span.segment == segment
    ]
    marks += [
        Mark(Span(mention.start, mention.end), f"ent {entity.label}", entity.id)
        for entity in record.entities
        for mention in entity.target_mentions
        if mention.segment == segment
    ]
    return marked(text, Span(0, len(text)), marks)


def _claim_row(record: Record, claim: RecordClaim) -> dict[str, Any]:
    return {
        "claim": claim,
        "key": _speaker_key(record, claim),
        "speaker": claim.speaker.name if claim.speaker else None,
        "text": " … ".join(span.text for span in claim.content),
        "links": [link for link in record.links if link.claim == claim.id],
    }


def _raw(record: Record, store: Store) -> Markup | None:
    """The document as decoded, with what was put aside struck out and repairs marked."""
    try:
        raw = load(Raw, store.stage_path("ingest", record.id).read_bytes()).text
    except (OSError, PipelineError):
        return None
    changes: list[tuple[tuple[int, int], str, RecordRepair | None]] = [
        *((item.raw, item.kind, None) for item in record.removed),
        *((item.raw, item.kind, item) for item in record.repairs),
    ]
    parts: list[Markup] = []
    position = 0
    for (start, end), kind, repair in sorted(changes, key=lambda change: (change[0], change[1])):
        if start < position:
            continue
        parts.append(escape(visible(raw[position:start])))
        before = visible(raw[start:end])
        if repair is None:
            parts.append(Markup('<del title="{}">{}</del>').format(kind, before))
        else:
            after = repair.after if repair.after.strip() else repair.after.replace(" ", "␣")
            parts.append(
                Markup('<ins title="{}: {} → {}">{}</ins>').format(
                    kind, before, visible(after), visible(after) or "∅"
                )
            )
        position = end
    parts.append(escape(visible(raw[position:])))
    return Markup("").join(parts)


def _gather(record: Record, overview: _Overview, paired: dict[str, list[str]]) -> None:
    title = visible(record.title or record.id)
    overview.languages[record.language.code] += 1
    overview.kinds.update(claim.kind for claim in record.claims)
    month = record.source.metadata.get("date", "")[:7]
    if re.fullmatch(r"\d{4}-\d{2}", month):
        overview.months[month] += len(record.claims)
    for entity in record.entities:
        name = entity.name.get(record.language.code) or entity.canonical
        overview.mentioned[entity.canonical, visible(name)] += len(entity.mentions)
    speakers = set()
    for claim in record.claims:
        key = _speaker_key(record, claim)
        if key is None or claim.speaker is None:
            continue
        name = visible(claim.speaker.name or key)
        speakers.add(name)
        overview.names[key][name] += 1
        texts = claim.text
        language = record.language.code
        links = tuple((link.relation, link.record, link.other) for link in record.links
                      if link.claim == claim.id)  # fmt: skip
        overview.said[key].append(
            Said(
                record.id,
                title,
                language,
                claim.id,
                claim.kind,
                visible(texts.get(language) or next(filter(None, texts.values()), "")),
                visible(texts.get(record.target_language) or "") or None,
                claim.confidence,
                links,
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
            "words": " ".join(
                [title, *sorted(speakers), *(visible(e.canonical) for e in record.entities)]
            ).casefold(),
        }
    )


def _speaker_key(record: Record, claim: RecordClaim) -> str | None:
    """The canonical identifier of a resolved speaker: only those have a page."""
    if claim.speaker is None or claim.speaker.entity is None:
        return None
    return next(
        (entity.canonical for entity in record.entities if entity.id == claim.speaker.entity), None
    )


def speaker_slug(key: str) -> str:
    """The file name of a speaker's page: ``per:robin-li`` → ``per-robin-li``."""
    plain = unicodedata.normalize("NFKD", key).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:MAX_FILE_STEM] or "speaker"


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
        "months": sorted(overview.months.items()),
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
        "segments": [
            {
                "en": [texts["en"].get(name, "") for name in bead.en],
                "it": [texts["it"].get(name, "") for name in bead.it],
                "score": bead.score,
            }
            for bead in pair.segments
        ],
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
