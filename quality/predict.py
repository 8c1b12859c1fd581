"""What the pipeline says about annotated articles, taken from the files a user would read.

The articles are written as plain files under names that tell neither language nor pair, the whole
pipeline runs over them, and spans are brought back to raw text through their ``raw`` ranges.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pipeline.api import read_records
from pipeline.config import Config
from pipeline.core.record import Pair, RawRanges, Record, RecordClaim, RecordSegment
from pipeline.core.spans import Span
from pipeline.run.runner import Request, run
from pipeline.store.files import load
from quality.annotation import (
    Amount,
    Annotation,
    Article,
    Boilerplate,
    Mention,
    PairAnnotation,
    Quote,
)


@dataclass(frozen=True, slots=True)
class Predictions:
    """Annotations by article name, the pairs found, and why articles have no record."""

    annotations: Mapping[str, Annotation]
    pairs: tuple[PairAnnotation, ...]
    problems: tuple[str, ...]


def predict(config: Config, articles: Sequence[Article]) -> Predictions:
    """The pipeline's predictions for ``articles``, processed together as one corpus."""
    names = {file_name(article): article.name for article in articles}
    with tempfile.TemporaryDirectory() as folder:
        inputs, outputs = Path(folder, "in"), Path(folder, "out")
        inputs.mkdir()
        for article in articles:
            (inputs / file_name(article)).write_bytes(article.text.encode("utf-8"))
        manifest = run(config, Request([str(inputs)], outputs))
        records = {names[Path(record.source.path).name]: record for record in read_records(outputs)}
        paths = sorted((outputs / "pairs").glob("*.json"))
        found = [load(Pair, path.read_bytes()) for path in paths]
    by_id = {record.id: (name, record) for name, record in records.items()}
    return Predictions(
        {name: annotation(record) for name, record in records.items()},
        tuple(_pair(pair, by_id) for pair in found),
        tuple(f"{names[Path(each.path).name]}: {each.reason}" for each in manifest.problems),
    )


def file_name(article: Article) -> str:
    """A name that gives nothing away."""
    return f"{sha256(article.name.encode()).hexdigest()[:12]}.txt"


def annotation(record: Record) -> Annotation:
    """What ``record`` says, with spans in raw text."""
    canonical = {entity.id: entity.canonical for entity in record.entities}
    mentions = [
        Mention(_hull(mention.raw), entity.label, entity.canonical)
        for entity in record.entities
        for mention in entity.mentions
    ]
    return Annotation(
        language=record.language.code,
        boilerplate=tuple(Boilerplate(Span(*each.raw), each.kind) for each in record.removed),
        passages=tuple(_passages(record)),
        mentions=tuple(sorted(mentions, key=lambda mention: mention.span)),
        amounts=tuple(
            Amount(_hull(each.span.raw), each.type, each.value) for each in record.values
        ),
        quotes=tuple(_quote(claim, canonical) for claim in record.claims),
        sentences=tuple(_hull(segment.span.raw) for segment in record.segments),
    )


def _quote(claim: RecordClaim, canonical: Mapping[str, str]) -> Quote:
    speaker = claim.speaker
    return Quote(
        id=claim.id,
        kind=claim.kind,
        content=tuple(Span(*part) for span in claim.content for part in span.raw),
        speaker=_hull(speaker.span.raw) if speaker and speaker.span else None,
        speaker_canonical=canonical.get(speaker.entity or "") if speaker else None,
        cue=_hull(claim.cue.span.raw) if claim.cue else None,
        confidence=claim.confidence,
    )


def _passages(record: Record) -> Iterable[Span]:
    """Runs of segments in the other language."""
    run_: list[RecordSegment] = []
    for segment in record.segments:
        if segment.language != record.language.code:
            run_.append(segment)
        elif run_:
            yield _run_hull(run_)
            run_ = []
    if run_:
        yield _run_hull(run_)


def _run_hull(segments: Sequence[RecordSegment]) -> Span:
    return _hull([part for segment in segments for part in segment.span.raw])


def _hull(raw: Sequence[tuple[int, int]] | RawRanges) -> Span:
    return Span(raw[0][0], raw[-1][1]) if raw else Span(0, 0)


def _pair(pair: Pair, records: Mapping[str, tuple[str, Record]]) -> PairAnnotation:
    (english, left), (italian, right) = records[pair.en], records[pair.it]
    segments = tuple(
        (_side(bead.en, left), _side(bead.it, right))
        for bead in pair.segments
        if bead.en and bead.it
    )
    same = frozenset((claim.en, claim.it) for claim in pair.claims if claim.relation == "same")
    return PairAnnotation(english, italian, pair.relation, segments, same)


def _side(ids: Sequence[str], record: Record) -> Span:
    return _run_hull([segment for segment in record.segments if segment.id in ids])
