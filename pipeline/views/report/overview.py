"""What the first page and the speakers' pages show, gathered while documents are written."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup

from pipeline.core.record import Pair, Record, RecordLink
from pipeline.store.keys import sha256
from pipeline.store.manifest import read_manifest
from pipeline.views.report.document import Indexed
from pipeline.views.report.names import Names
from pipeline.views.report.search import WordIndex
from pipeline.views.visible import said, visible

TOP = 10
# Claims are shown by month; over a longer time by year.
MAX_MONTHS = 24
MAX_FILE_STEM = 80

_NUMBER = re.compile(r"([0-9]{1,18})")
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-\d\d)?")


@dataclass(frozen=True, slots=True)
class Said:
    """One claim on a speaker's page."""

    claim: str
    language: str
    kind: str
    modality: str
    cue: str | None
    text: str
    other: str | None
    confidence: float
    links: tuple[RecordLink, ...]


@dataclass(slots=True)
class Overview:
    """Gathers documents one by one; ``titles`` are those of all documents, by id."""

    names: Names
    titles: Mapping[str, str]
    paired: Mapping[str, object]
    rows: list[dict[str, Any]] = field(default_factory=list)
    languages: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    months: Counter[str] = field(default_factory=Counter)
    undated: int = 0
    words: WordIndex = field(default_factory=WordIndex)
    mentioned: Counter[str] = field(default_factory=Counter)
    # Speaker → document → what is said there.
    said: dict[str, dict[str, list[Said]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def add(self, indexed: Indexed) -> None:
        """Gather one document."""
        record = indexed.record
        language = record.language.code
        date = dated(record)
        self.languages[language] += 1
        self.kinds.update(claim.kind for claim in record.claims)
        if date:
            self.months[date[:7]] += len(record.claims)
        else:
            self.undated += len(record.claims)
        for entity in record.entities:
            times = len(entity.mentions)
            self.names.add(entity.canonical, language, entity.name.get(language) or "", times)
            self.mentioned[entity.canonical] += times
        self._add_claims(indexed)
        self.rows.append(
            {
                "id": record.id,
                "title": self.titles[record.id],
                "language": language,
                "path": visible(record.source.path),
                "date": date,
                "segments": len(record.segments),
                "entities": len(record.entities),
                "claims": len(record.claims),
                "paired": record.id in self.paired,
            }
        )
        self.words.add(_searched(record))

    def _add_claims(self, indexed: Indexed) -> None:
        for claim in indexed.record.claims:
            key = indexed.speaker_key(claim)
            if key is None or claim.speaker is None:
                continue
            self.said[key][indexed.record.id].append(
                Said(
                    claim.id,
                    indexed.language(claim),
                    claim.kind,
                    claim.modality,
                    visible(claim.cue.span.text) if claim.cue else None,
                    visible(said(claim)),
                    visible(indexed.translated(claim) or "") or None,
                    claim.confidence,
                    tuple(indexed.links[claim.id]),
                )
            )

    def speakers(self) -> list[dict[str, Any]]:
        """Everybody with a page, the most quoted first."""
        counts = {key: sum(map(len, claims.values())) for key, claims in self.said.items()}
        return [
            {"key": key, "name": self.names.shown(key), "count": counts[key]}
            for key in sorted(counts, key=lambda key: (-counts[key], key))
        ]

    def page(self, pairs: list[Pair], outputs: Path) -> dict[str, Any]:
        """The values of the template ``index.html``."""
        most = sorted(self.mentioned.items(), key=lambda item: (-item[1], item[0]))[:TOP]
        order = sorted(range(len(self.rows)), key=lambda row: by_name(self.rows[row]["path"]))
        return {
            "rows": [self.rows[row] for row in order],
            "languages": sorted(self.languages.items()),
            "kinds": [(kind, self.kinds[kind]) for kind in ("direct", "indirect", "mixed")],
            "months": over_time(self.months),
            "undated": self.undated,
            "index": [Markup(line) for line in self.words.lines(order)],
            "speakers": self.speakers(),
            "mentioned": [
                {"key": key, "name": self.names.shown(key), "count": count} for key, count in most
            ],
            "top": TOP,
            "pairs": pairs,
            "problems": _problems(outputs),
        }


def by_name(path: str) -> tuple[list[str | int], str]:
    """Orders paths as people do: folders and letters without case, numbers by their size.

    >>> sorted(["b/Uno.txt", "a.csv#10", "a.csv#9", "B/due.txt"], key=by_name)
    ['a.csv#9', 'a.csv#10', 'B/due.txt', 'b/Uno.txt']
    """
    parts = _NUMBER.split(path.casefold())
    return [int(part) if index % 2 else part for index, part in enumerate(parts)], path


def dated(record: Record) -> str:
    """The day or month of a document, or "" where its metadata give none."""
    found = _DATE.match(record.source.metadata.get("date", ""))
    return found[0] if found else ""


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


def over_time(months: Counter[str]) -> list[tuple[str, int]]:
    """Claims by month, without gaps; by year where there are more months than fit.

    >>> over_time(Counter({"2025-12": 3, "2026-02": 1}))
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


def _problems(outputs: Path) -> list[dict[str, str]]:
    manifest = read_manifest(outputs)
    return [
        {
            "path": visible(problem.path),
            "status": f"document_{problem.status}",
            "reason": visible(problem.reason),
        }
        for problem in (manifest.problems if manifest else ())
    ]
