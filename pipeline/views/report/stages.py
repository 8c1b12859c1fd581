"""What every stage did to one document: counts, and what it changed of an earlier stage's work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from pipeline.core.layers import Name
from pipeline.core.record import Record
from pipeline.core.spans import Span
from pipeline.errors import PipelineError
from pipeline.store.files import Store, load
from pipeline.views.diff import Thing, matched
from pipeline.views.visible import one_line

T = TypeVar("T")

SHOWN_CHARACTERS = 90


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: counts by word, and differences (before, after; "" if there was nothing)."""

    stage: str
    version: str
    counts: tuple[tuple[int, str], ...] = ()
    differences: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Analysis:
    """What is read of the stored analysis: most of the file is words and their syntax."""

    sentences: tuple[Span, ...]
    names: tuple[Name, ...]


def steps(record: Record, store: Store, raw: str | None) -> Iterator[Step]:
    """The stages of a document, in their order."""
    analysis = _read(_Analysis, store, "analyze", record.id)
    done: dict[str, tuple[Iterable[tuple[int, str]], Iterable[tuple[str, str]]]] = {
        "ingest": ([(len(raw), "characters")] if raw is not None else [], []),
        "detect": ([], [("", f"{code} {score:.2f}") for code, score in record.language.candidates]),
        "normalize": (
            [(len(record.removed), "removed"), (len(record.repairs), "repairs")],
            _put_aside(record, raw or ""),
        ),
        "analyze": (
            [(len(analysis.sentences), "segments"), (len(analysis.names), "candidates")]
            if analysis
            else [],
            [],
        ),
        "segment": ([(len(record.segments), "segments")], []),
        "entities": (
            [
                (len(record.entities), "entities"),
                (sum(len(entity.mentions) for entity in record.entities), "mentions"),
            ],
            _names(record, analysis.names) if analysis else [],
        ),
        "values": (_counted(value.type for value in record.values), []),
        "claims": (_counted(claim.kind for claim in record.claims), []),
        "translate": (_counted(item.translation.status for item in record.segments), []),
        "project": (
            [
                (sum(len(entity.target_mentions) for entity in record.entities), "mentions"),
                (sum(bool(claim.target_spans) for claim in record.claims), "claims"),
            ],
            _not_found(record),
        ),
        "assemble": ([(len(record.links), "links")], []),
    }
    for stage, (counts, differences) in done.items():
        version = record.provenance.stages.get(stage)
        if version is not None:
            yield Step(stage, version, tuple(counts), tuple(differences))


def _read(kind: type[T], store: Store, stage: str, document: str) -> T | None:
    try:
        return load(kind, store.stage_path(stage, document).read_bytes())
    except (OSError, PipelineError):
        return None


def _counted(names: Iterable[str]) -> list[tuple[int, str]]:
    return [(count, name) for name, count in sorted(Counter(names).items())]


def _put_aside(record: Record, raw: str) -> Iterator[tuple[str, str]]:
    for item in record.removed:
        start, end = item.raw
        yield f"{item.kind}: {_short(raw[start:end])}", ""


def _names(record: Record, candidates: Iterable[Name]) -> Iterator[tuple[str, str]]:
    """Names that the model saw, against those that the stage kept."""
    seen = [
        Thing(((name.span.start, name.span.end),), _named(name.span.of(record.text), name.label))
        for name in candidates
    ]
    kept = [
        Thing(((mention.start, mention.end),), _named(mention.text, entity.label))
        for entity in record.entities
        for mention in entity.mentions
    ]
    for old, new in matched(seen, kept):
        shown = old.shown if old else "", new.shown if new else ""
        if shown[0] != shown[1]:
            yield shown


def _not_found(record: Record) -> Iterator[tuple[str, str]]:
    """Claims that are not in the translation, though their sentences are translated."""
    translated = {
        item.id for item in record.segments if item.translation.status in ("ok", "cached")
    }
    for claim in record.claims:
        if not claim.target_spans and translated.issuperset(claim.segments):
            yield f"{claim.id}: {_short(claim.content[0].text)}", ""


def _named(text: str, label: str) -> str:
    return f"{one_line(text)} {label}"


def _short(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 1]}…"
