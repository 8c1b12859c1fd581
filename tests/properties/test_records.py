"""What holds for every record of a run, and what may not change any byte of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.config import Config
from pipeline.core.layers import Raw, Source
from pipeline.core.record import Record, RecordMention, RecordSpan
from pipeline.run.plan import Options, Plan, build_plan
from pipeline.run.runner import Request, run
from pipeline.stages.base import View
from pipeline.store.files import load
from quality.evaluate import ROOT

pytestmark = pytest.mark.models

SEEDS = sorted(path for path in (ROOT / "seeds").iterdir() if not path.name.startswith("."))
FAST = Config().override(models={"profile": "fast"})
# The way back to raw text is hardest here: noise of every sort, and extracted formats.
HARD = "\N{ZERO WIDTH NO-BREAK SPACE}Prezzi su del 4,5%\r\n\r\n" + (
    "L&rsquo;Unit&agrave; scrive: «È per\N{SOFT HYPHEN}ché \N{PARTY POPPER}"
    "\N{MUSICAL SYMBOL G CLEF}no», ha detto Luca Bian\N{ZERO WIDTH SPACE}chi.Poi Bianchi Ã¨ "
    "partito per Mila\u0301no il 12 marzo 2026.\r\n\r\nSecondo Anna Verdi,\N{NO-BREAK SPACE}"
    "il piano costa 3,5 milioni di euro.\r\n"
)


@dataclass(frozen=True, slots=True)
class Finished:
    """An output folder with its records and the raw text behind each of them."""

    folder: Path
    records: dict[str, Record]
    raw: dict[str, str]


def finish(inputs: list[Path], folder: Path, workers: int = 1) -> Finished:
    manifest = run(FAST, Request([str(path) for path in inputs], folder, workers=workers))
    assert not manifest.problems
    records = {path.stem: load(Record, path.read_bytes()) for path in _json(folder / "records")}
    raw = {
        path.stem: load(Raw, path.read_bytes()).text for path in _json(folder / "stages/01-ingest")
    }
    return Finished(folder, records, raw)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    hard = tmp_path_factory.mktemp("hard") / "prezzi.txt"
    hard.write_bytes(HARD.encode())
    return [*SEEDS, hard]


@pytest.fixture(scope="module")
def finished(inputs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return finish(inputs, tmp_path_factory.mktemp("outputs"))


def test_the_seeds_give_something_of_everything(finished: Finished) -> None:
    records = finished.records.values()
    assert {record.language.code for record in records} == {"en", "it"}
    for part in ("segments", "entities", "values", "claims", "removed", "repairs"):
        assert any(getattr(record, part) for record in records), part


def test_every_span_leads_back_to_its_words(finished: Finished) -> None:
    for id_, record in finished.records.items():
        check_spans(record, finished.raw[id_])


# Sentences in both languages, glued together with whatever scraping leaves behind.
SENTENCES = (
    "«Il ponte riapre», ha detto Anna Verdi.",
    "La sindaca teme che la città paghi 3,5 milioni di euro",
    "Secondo Luca Bianchi, non c’è fretta.",
    "“We are late,” Mary O’Neil told the BBC.",
    "The firm says profits fell 4% on 12 March 2026.",
    "'It's over,' she said",
    "Read more: The ten best bridges",
    "Condividi su Facebook",
    "5 min read",
    "“",
    "—",
    "a)b»c «",
)
NOISE = (
    " ", "\n", "\n\n", "\r\n", "\r", "\t", "", "&nbsp;", "&amp;quot;", "Ã¨", "â€œ", "\x00", "\x85",
    "\u2028", "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH SPACE}", "\N{SOFT HYPHEN}",
    "\N{COMBINING GRAVE ACCENT}", "\N{RIGHT-TO-LEFT OVERRIDE}", "\N{ZERO WIDTH NO-BREAK SPACE}",
    "\N{PARTY POPPER}", "<b>", "||",
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@example("«Il ponte riapre», ha detto Anna Verdi.“||")
@example("“We are late,” Mary O’Neil told the BBC.“||")
@example("Così è\N{ZERO WIDTH SPACE}Secondo Luca Bianchi, non c’è fretta.")
@example("Studiosi dell’Università di Gand")
@given(
    st.lists(st.sampled_from(SENTENCES + NOISE), max_size=30)
    .map("".join)
    .filter(lambda text: text.count("\x00") < 3)  # many of them make a binary file, refused as such
)
def test_any_mixture_of_text_and_noise_gives_sound_records(text: str) -> None:
    declared = {"language": "it"}  # counts where the text leaves the language open
    content = f"{SENTENCES[0]} {SENTENCES[1]}.\n\n{text}".encode()
    layers: dict[type, object] = {Source: Source("x", "x.txt", content, "text/plain", declared)}
    for stage in plan().stages:
        layers[stage.writes] = stage.apply(View(layers, stage.reads))
    record, raw = layers[Record], layers[Raw]
    assert isinstance(record, Record) and isinstance(raw, Raw)
    check_spans(record, raw.text)


@cache
def plan() -> Plan:
    return build_plan(FAST, Options())


def test_identifiers_lead_somewhere(finished: Finished) -> None:
    for record in finished.records.values():
        segments = {segment.id for segment in record.segments}
        entities = {entity.id for entity in record.entities}
        for ids in (record.segments, record.entities, record.claims):
            assert len({each.id for each in ids}) == len(ids)
        assert {m.segment for entity in record.entities for m in entity.mentions} <= segments
        for claim in record.claims:
            assert claim.segments and set(claim.segments) <= segments
            assert claim.speaker is None or claim.speaker.entity in {None, *entities}
        for link in record.links:
            assert link.claim in {claim.id for claim in record.claims}
            other = finished.records[link.record]
            assert link.other in {claim.id for claim in other.claims}


def test_segments_are_in_order_and_cover_every_word(finished: Finished) -> None:
    for record in finished.records.values():
        segments = [segment.span for segment in record.segments]
        assert all(a.end <= b.start for a, b in pairwise(segments))
        joined = " ".join(segment.text for segment in segments)
        assert words(joined) == words(record.text)


def test_order_of_inputs_and_workers_change_no_byte(
    finished: Finished, inputs: list[Path], tmp_path: Path
) -> None:
    other = finish(inputs[::-1], tmp_path, workers=2)
    assert files(other.folder) == files(finished.folder)


def test_a_record_does_not_depend_on_the_rest_of_its_batch(
    finished: Finished, inputs: list[Path], tmp_path: Path
) -> None:
    alone = finish([inputs[0]], tmp_path)
    whole = files(finished.folder)
    for name, content in files(alone.folder).items():
        if name.startswith("stages/"):
            assert content == whole[name], name


def test_normalizing_normalized_text_changes_nothing(finished: Finished, tmp_path: Path) -> None:
    again = []
    for id_, record in finished.records.items():
        path = tmp_path / f"{id_}.txt"
        path.write_text(record.text, encoding="utf-8", newline="")
        again.append(path)
    second = finish(again, tmp_path / "outputs")
    texts = {Path(record.source.path).stem: record.text for record in second.records.values()}
    assert texts == {id_: record.text for id_, record in finished.records.items()}


def check_spans(record: Record, raw: str) -> None:
    """Spans are their text; their raw ranges are in order, in the article, and say the same."""
    for span in spans(record):
        assert record.text[span.start : span.end] == span.text
        assert span.text.strip() == span.text != ""
        bounds = [bound for part in span.raw for bound in part]
        assert bounds == sorted(bounds)
        assert bounds[0] >= 0 and bounds[-1] <= len(raw)
        for start, end in span.raw:
            assert start < end
            assert all(end <= each.raw[0] or each.raw[1] <= start for each in record.removed)
        assert repaired(raw, span, record) == words(span.text)


def spans(value: object) -> Iterator[RecordSpan | RecordMention]:
    """Every span of a record, wherever it stands."""
    if isinstance(value, RecordSpan | RecordMention):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from spans(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from spans(getattr(value, field.name))


def repaired(raw: str, span: RecordSpan | RecordMention, record: Record) -> list[str]:
    """The words of a span's raw ranges after the repairs that the record reports."""
    pieces = []
    whole = range(span.raw[0][0] + 1, span.raw[-1][1])  # what is put in at an end is outside
    for start, end in span.raw:
        position = start
        for repair in sorted(record.repairs, key=lambda each: each.raw):
            first, last = repair.raw
            if position <= first and last <= end and (first < last or first in whole):
                pieces += [raw[position:first], repair.after]
                position = last
        pieces.append(raw[position:end])
    return words("".join(pieces))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def files(folder: Path) -> dict[str, bytes]:
    """The contents of everything that may not change from run to run."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for part in ("records", "pairs", "stages", "quarantine")
        for path in _json(folder / part)
    }


def _json(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.json"))
