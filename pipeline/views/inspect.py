"""A document as one stage left it, for a terminal.

Every stage has a function from its stored layer to rich renderables. Text from articles passes
through `visible`, so nothing in it can move the cursor, change colours or reorder a line. Where
there are no colours, marks are written as brackets: ``[c1 It is safe], [cue said] [PER Ada]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Column, Table
from rich.text import Text as Rich

from pipeline.core.layers import (
    Analysis,
    Claim,
    Claims,
    Entities,
    Language,
    Projection,
    Raw,
    Segments,
    Text,
    Translations,
    Values,
)
from pipeline.core.record import Quarantined, Record, RecordClaim
from pipeline.core.spans import Span
from pipeline.errors import UsageError
from pipeline.store.records import read_file
from pipeline.views.absent import why_absent
from pipeline.views.alterations import Alteration, alterations
from pipeline.views.visible import change, said, visible

STYLES = {
    "PER": "bold magenta",
    "ORG": "bold cyan",
    "LOC": "bold green",
    "MISC": "bold yellow",
    "claim": "grey93 on grey23",  # readable on terminals of either colour
    "claim id": "bold grey93 on grey37",
    "speaker": "underline",
    "cue": "italic bright_blue",
    "value": "bright_red",
    "removed": "strike dim",
    "repair": "black on yellow",
}


@dataclass(frozen=True, slots=True)
class _Mark:
    """A stretch of text, the style it is shown in (later marks win over earlier ones), and what
    its bracket says where there are no colours."""

    span: Span
    style: str
    name: str


def stage_file(folder: Path, document: str, stage: str | None) -> Path:
    """The stored output of ``stage`` for ``document``; the record when no stage is named.

    Raises: UsageError when there is none.
    """
    if stage is None:
        path = folder / "records" / f"{document}.json"
        if path.is_file():
            return path
        path = folder / "quarantine" / f"{document}.json"
        if path.is_file():
            return path
        raise UsageError(why_absent(folder, document, None))
    for path in sorted((folder / "stages").glob(f"*-{stage}")):
        if (path / f"{document}.json").is_file():
            return path / f"{document}.json"
    raise UsageError(why_absent(folder, document, stage))


def render(folder: Path, document: str, stage: str | None) -> RenderableType:
    """What to print for a document at a stage (None: its record, or why it has none)."""
    path = stage_file(folder, document, stage)
    if path.parent.name == "quarantine":
        return _quarantined(read_file(Quarantined, path))
    if stage is None or stage == "assemble":
        return _record(read_file(Record, path))
    title = Rule(f"{document} · {stage}", align="left")
    if stage not in _RENDERERS:  # one of the user's own
        return Group(title, Rich(visible(path.read_text(encoding="utf-8"))))
    return Group(title, *_RENDERERS[stage](_Layers(folder, document)))


class _Layers:
    """Reads the stored layers of one document when a renderer asks for them."""

    def __init__(self, folder: Path, document: str) -> None:
        self._folder = folder
        self._document = document

    def read(self, kind: type[Any], stage: str) -> Any:
        return read_file(kind, stage_file(self._folder, self._document, stage))

    @property
    def text(self) -> str:
        text: Text = self.read(Text, "normalize")
        return text.text


def _ingest(layers: _Layers) -> Iterator[RenderableType]:
    raw: Raw = layers.read(Raw, "ingest")
    yield _facts(
        {
            "path": raw.path,
            "media type": raw.media_type,
            "encoding": raw.encoding,
            "size": f"{raw.bytes} bytes, {len(raw.text)} characters",
            "flags": ", ".join(raw.flags),
            "left out": f"{count} lines of the page" if (count := len(raw.left_out)) else "",
            **{f"metadata {key}": value for key, value in sorted(raw.metadata.items())},
        }
    )
    yield Rich(visible(raw.text))
    if raw.left_out:
        yield Rich("\nLeft out of the page:", "bold")
        yield Rich(visible("\n".join(raw.left_out)), "dim")


def _detect(layers: _Layers) -> Iterator[RenderableType]:
    language: Language = layers.read(Language, "detect")
    raw: Raw = layers.read(Raw, "ingest")
    yield _facts(
        {
            "language": f"{language.code} ({language.confidence:.2f})",
            "candidates": ", ".join(f"{code} {score:.2f}" for code, score in language.candidates),
            "detector": language.detector,
        }
    )
    for passage in language.passages:
        yield Rich.assemble((f"[{passage.language}] ", "bold"), visible(passage.raw.of(raw.text)))


def _normalize(layers: _Layers) -> Iterator[RenderableType]:
    raw: Raw = layers.read(Raw, "ingest")
    text: Text = layers.read(Text, "normalize")
    yield _Altered(
        raw.text,
        tuple(
            alterations(
                ((_range(item.raw), item.kind) for item in text.removed),
                ((_range(item.raw), item.after, item.kind) for item in text.repairs),
            )
        ),
    )
    yield _counted("removed", [item.kind for item in text.removed])
    yield _counted("repairs", [item.kind for item in text.repairs])


def _analyze(layers: _Layers) -> Iterator[RenderableType]:
    analysis: Analysis = layers.read(Analysis, "analyze")
    text = layers.text
    tokens = analysis.tokens
    table = Table("", "word", "lemma", "pos", "relation", "head", box=None, pad_edge=False)
    opens = {sentence.start for sentence in analysis.sentences}
    for index in range(len(tokens)):
        if tokens.starts[index] in opens and index:
            table.add_row("")
        head = tokens.heads[index]
        table.add_row(
            str(index),
            Rich(visible(text[tokens.starts[index] : tokens.ends[index]])),
            Rich(visible(tokens.lemmas[index])),
            tokens.upos[index],
            tokens.deps[index],
            Rich(visible(text[tokens.starts[head] : tokens.ends[head]])),
        )
    yield table
    yield _marked(
        text, [_Mark(name.span, STYLES[name.label], name.label) for name in analysis.names]
    )


def _segment(layers: _Layers) -> Iterator[RenderableType]:
    segments: Segments = layers.read(Segments, "segment")
    text = layers.text
    table = Table("segment", "paragraph", "language", "text", box=None, pad_edge=False)
    for segment in segments.segments:
        words = Rich(visible(segment.span.of(text)))
        table.add_row(segment.id, str(segment.paragraph), segment.language, words)
    yield table


def _entities(layers: _Layers) -> Iterator[RenderableType]:
    entities: Entities = layers.read(Entities, "entities")
    marks = [
        _Mark(span, STYLES[entity.label], entity.label)
        for entity in entities.entities
        for span in entity.mentions
    ]
    yield _legend("PER", "ORG", "LOC", "MISC")
    yield _marked(layers.text, marks)
    table = Table("", "label", "name", "canonical", "mentions", "also", box=None, pad_edge=False)
    for entity in entities.entities:
        also = ", ".join(alias for alias in entity.aliases if alias != entity.name)
        table.add_row(
            entity.id,
            Rich(entity.label, STYLES[entity.label]),
            Rich(visible(entity.name)),
            entity.canonical,
            str(len(entity.mentions)),
            Rich(visible(also)),
        )
    yield table


def _values(layers: _Layers) -> Iterator[RenderableType]:
    values: Values = layers.read(Values, "values")
    text = layers.text
    yield _marked(text, [_Mark(value.span, STYLES["value"], value.type) for value in values.values])
    table = Table("type", "text", "value", box=None, pad_edge=False)
    for value in values.values:
        normalized = " ".join(filter(None, [value.value, *value.flags]))
        table.add_row(value.type, Rich(visible(value.span.of(text))), normalized)
    yield table


def _claims(layers: _Layers) -> Iterator[RenderableType]:
    claims: Claims = layers.read(Claims, "claims")
    text = layers.text
    yield _legend("claim", "speaker", "cue")
    yield _marked(text, [mark for claim in claims.claims for mark in _claim_marks(claim)])
    yield _claim_list(_claim_rows(claims.claims, text))


def _translate(layers: _Layers) -> Iterator[RenderableType]:
    segments: Segments = layers.read(Segments, "segment")
    translations: Translations = layers.read(Translations, "translate")
    text = layers.text
    table = Table("segment", "source", translations.target_language, "status", box=None)
    for segment, translation in zip(segments.segments, translations.translations, strict=True):
        status = f"{translation.status} {translation.backend or ''} {translation.reason or ''}"
        table.add_row(
            segment.id,
            Rich(visible(segment.span.of(text))),
            Rich(visible(translation.text or "")),
            Rich(visible(status.strip())),
        )
    yield table


def _project(layers: _Layers) -> Iterator[RenderableType]:
    projection: Projection = layers.read(Projection, "project")
    table = Table("", "segment", "found in the translation", box=None, pad_edge=False)
    for entity in projection.entities:
        for mention in entity.mentions:
            table.add_row(entity.entity, mention.segment, Rich(visible(mention.text)))
    for claim in projection.claims:
        for span in claim.spans:
            table.add_row(claim.claim, span.segment, Rich(visible(span.text)))
    yield table


_RENDERERS: Mapping[str, Callable[[_Layers], Iterator[RenderableType]]] = {
    "ingest": _ingest,
    "detect": _detect,
    "normalize": _normalize,
    "analyze": _analyze,
    "segment": _segment,
    "entities": _entities,
    "values": _values,
    "claims": _claims,
    "translate": _translate,
    "project": _project,
}


def _record(record: Record) -> RenderableType:
    parts: list[RenderableType] = [
        Rule(record.id, align="left"),
        _facts(
            {
                "title": record.title or "",
                "source": record.source.path,
                "language": f"{record.language.code} ({record.language.confidence:.2f})",
                "flags": ", ".join(record.flags),
                "put aside": _kinds([item.kind for item in record.removed]),
                "repaired": _kinds([item.kind for item in record.repairs]),
            }
        ),
        _legend("PER", "ORG", "LOC", "MISC", "claim", "speaker", "cue"),
        _marked(record.text, _record_marks(record)),
        _claim_list(_record_rows(record.claims)),
    ]
    if any(segment.translation.status in ("ok", "cached") for segment in record.segments):
        parts.append(_columns(record))
    if record.links:
        parts.append(_links(record))
    return Group(*parts)


def _record_marks(record: Record) -> list[_Mark]:
    marks = [
        _Mark(Span(span.start, span.end), STYLES["claim"], claim.id)
        for claim in record.claims
        for span in claim.content
    ]
    marks += [
        _Mark(Span(mention.start, mention.end), STYLES[entity.label], entity.label)
        for entity in record.entities
        for mention in entity.mentions
    ]
    for claim in record.claims:
        if claim.speaker and claim.speaker.span:
            span = claim.speaker.span
            marks.append(_Mark(Span(span.start, span.end), STYLES["speaker"], "speaker"))
        if claim.cue:
            span = claim.cue.span
            marks.append(_Mark(Span(span.start, span.end), STYLES["cue"], "cue"))
    return marks


def _target_marks(record: Record, segment: str) -> list[_Mark]:
    """What of the segment's translation is known to be a claim or a name."""
    marks = [
        _Mark(Span(span.start, span.end), STYLES["claim"], claim.id)
        for claim in record.claims
        for span in claim.target_spans
        if span.segment == segment
    ]
    return marks + [
        _Mark(Span(mention.start, mention.end), STYLES[entity.label], entity.label)
        for entity in record.entities
        for mention in entity.target_mentions
        if mention.segment == segment
    ]


def _claim_marks(claim: Claim) -> Iterator[_Mark]:
    for span in claim.content:
        yield _Mark(span, STYLES["claim"], claim.id)
    if claim.speaker and claim.speaker.span:
        yield _Mark(claim.speaker.span, STYLES["speaker"], "speaker")
    if claim.cue:
        yield _Mark(claim.cue.span, STYLES["cue"], "cue")


def _claim_rows(claims: Sequence[Claim], text: str) -> Iterator[tuple[str, ...]]:
    for claim in claims:
        yield (
            claim.id,
            claim.kind,
            (claim.speaker.name if claim.speaker else None) or "–",
            claim.cue.span.of(text) if claim.cue else "–",
            " … ".join(span.of(text) for span in claim.content),
            f"{claim.confidence:.2f}",
            _notes(claim.modality, claim.flags),
        )


def _record_rows(claims: Sequence[RecordClaim]) -> Iterator[tuple[str, ...]]:
    for claim in claims:
        yield (
            claim.id,
            claim.kind,
            (claim.speaker.name if claim.speaker else None) or "–",
            claim.cue.span.text if claim.cue else "–",
            said(claim),
            f"{claim.confidence:.2f}",
            _notes(claim.modality, claim.flags),
        )


def _notes(modality: str, flags: Sequence[str]) -> str:
    return ", ".join([*([] if modality == "asserted" else [modality]), *flags])


def _claim_list(rows: Iterable[tuple[str, ...]]) -> Group:
    """Claims as short blocks, which read well at any width."""
    parts: list[RenderableType] = [Rich("\nClaims", "bold")]
    for identifier, kind, speaker, cue, words, confidence, notes in rows:
        head = Rich.assemble(
            (f"{identifier} ", "bold"),
            f"{kind} {confidence}  ",
            (visible(speaker), STYLES["speaker"]),
            "  ",
            (visible(cue), STYLES["cue"]),
            (f"  [{notes}]" if notes else "", "dim"),
        )
        parts += [head, Padding(Rich(visible(words)), (0, 0, 0, 4))]
    return Group(*parts)


def _columns(record: Record) -> Table:
    target = record.target_language
    source = record.language.code
    table = Table("", source, target, title="Both languages", box=None, title_justify="left")
    for segment in record.segments:
        cells = {code: _marked(text or "", ()) for code, text in segment.text.items()}
        other = target if segment.language == source else source
        translation = segment.text.get(other) or ""
        cells[other] = _marked(translation, _target_marks(record, segment.id))
        table.add_row(segment.id, cells.get(source, ""), cells.get(target, ""))
    return table


def _links(record: Record) -> Table:
    record_column = Column("record", overflow="fold")
    table = Table("claim", "relation", record_column, "claim", "score", title="Links", box=None,
                  title_justify="left", pad_edge=False)  # fmt: skip
    for link in record.links:
        table.add_row(link.claim, link.relation, link.record, link.other, f"{link.score:.2f}")
    return table


def _quarantined(report: Quarantined) -> RenderableType:
    facts = {"stage": report.stage, "error": report.error, "source": report.path}
    return Group(Rule(f"{report.id} · in quarantine", align="left"), _facts(facts))


def _marked(text: str, marks: Iterable[_Mark]) -> RenderableType:
    return _Marked(text, tuple(marks))


@dataclass(frozen=True, slots=True)
class _Marked:
    """A text with marks: in colours where the console has them, else in brackets."""

    text: str
    marks: tuple[_Mark, ...]

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        yield self._coloured() if _has_colours(console) else self._bracketed()

    def _coloured(self) -> Rich:
        """Cut at every edge of a mark, so that hidden characters can be named."""
        opening, closing = self._edges()
        out = Rich()
        active: list[str] = []
        for start, end in pairwise(sorted({0, len(self.text), *opening, *closing})):
            for mark in closing.get(start, ()):
                active.remove(mark.style)
            marks = opening.get(start, ())
            active += [mark.style for mark in marks]
            # A claim's colour does not tell which claim of the list below it is.
            for name in dict.fromkeys(m.name for m in marks if m.style == STYLES["claim"]):
                out.append(f"{name} ", STYLES["claim id"])
            out.append(visible(self.text[start:end]), " ".join(active))
        return out

    def _bracketed(self) -> Rich:
        """Marks of one stretch share a bracket; the longer ones open first."""
        opening, closing = self._edges()
        out = Rich()
        for start, end in pairwise(sorted({-1, 0, len(self.text), *opening, *closing})):
            names: dict[Span, list[str]] = {}
            for mark in opening.get(end, ()):
                names.setdefault(mark.span, []).append(mark.name)
            out.append(visible(self.text[max(start, 0) : end]))
            out.append("]" * len({mark.span for mark in closing.get(end, ())}))
            for span in sorted(names, key=lambda span: -span.end):
                out.append(f"[{' '.join(dict.fromkeys(names[span]))} ")
        return out

    def _edges(self) -> tuple[dict[int, list[_Mark]], dict[int, list[_Mark]]]:
        opening: dict[int, list[_Mark]] = {}
        closing: dict[int, list[_Mark]] = {}
        for mark in self.marks:
            opening.setdefault(mark.span.start, []).append(mark)
            closing.setdefault(mark.span.end, []).append(mark)
        return opening, closing


@dataclass(frozen=True, slots=True)
class _Altered:
    """A raw text with what was put aside struck out (or in brackets) and repairs before→after."""

    text: str
    steps: tuple[Alteration, ...]

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        coloured = _has_colours(console)
        out = Rich()
        position = 0
        for step in self.steps:
            out.append(visible(self.text[position : step.start]))
            position = step.end
            before = self.text[step.start : step.end]
            if step.after is not None:
                shown = change(before, step.after)
                out.append(shown if coloured else f"[{shown}]", STYLES["repair"])
            elif coloured:
                out.append(visible(before), STYLES["removed"])
                out.append(f" [{step.kind}] ", "dim")
            else:
                out.append(f"[{step.kind}: {visible(before)}]")
        out.append(visible(self.text[position:]))
        yield out


def _has_colours(console: Console) -> bool:
    return console.color_system is not None and not console.no_color


def _range(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _legend(*names: str) -> Rich:
    return Rich("  ").join(Rich(name, STYLES[name]) for name in names)


def _facts(facts: Mapping[str, str]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in facts.items():
        if value:
            table.add_row(Rich(visible(name), "dim"), Rich(visible(value)))
    return table


def _counted(name: str, kinds: list[str]) -> Rich:
    return Rich.assemble((f"{name}: ", "dim"), _kinds(kinds) or "none")


def _kinds(kinds: list[str]) -> str:
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds)))
