"""Every export of every seed, and of hostile content, read back and compared with the records."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import sys
from pathlib import Path

import duckdb
import orjson
import pandas as pd
import pyarrow.parquet as pq
import pytest
import spacy
from label_studio_sdk.label_interface import LabelInterface
from lxml import etree
from spacy.tokens import DocBin
from translate.storage.tmx import tmxfile

from pipeline.api import Pipeline
from pipeline.config import Config
from pipeline.core.record import Record, RecordSegment
from pipeline.store.files import load
from pipeline.store.records import read_records
from pipeline.views.export import csv_tables, docbin, jsonl, label_studio, parquet, tmx
from pipeline.views.export import web_annotation as annotations
from pipeline.views.frames import to_frames
from pipeline.views.tables import TABLES
from pipeline.views.validate import faults
from tests.factory import HOSTILE, make_record, write_outputs
from tests.views.export.test_exports import TMX_DTD

SEEDS = Path(__file__).parents[3] / "seeds"
HOSTILE_TEXTS = (
    HOSTILE,
    "=HYPERLINK(A1)",
    "\t@SUM(A1)",
    "a\r\nb\N{LINE SEPARATOR}c,\"d\";'e'",
    "]]>&amp;<!ENTITY x SYSTEM 'file:///etc/passwd'>&x;",
    "\N{ZERO WIDTH JOINER}\N{COMBINING ACUTE ACCENT}\U0001f468\N{ZERO WIDTH JOINER}\U0001f469",
    "parola " * 150_000,
)


def translated(record: Record) -> Record:
    """The record with its sentences in capitals as their translations."""

    def of(segment: RecordSegment) -> RecordSegment:
        text = {code: known or segment.span.text.upper() for code, known in segment.text.items()}
        return dataclasses.replace(segment, text=text)

    return dataclasses.replace(record, segments=tuple(map(of, record.segments)))


@pytest.fixture(scope="module", params=["seeds", "hostile"])
def outputs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    if request.param == "hostile":
        found = [make_record(f"h-{n:08}", said=text) for n, text in enumerate(HOSTILE_TEXTS)]
        return write_outputs(folder, *found)
    pipeline = Pipeline(Config().override(models={"profile": "fast"}))
    outputs = write_outputs(folder, *map(translated, pipeline.run([SEEDS])))
    assert pipeline.problems == []
    return outputs


@pytest.fixture(scope="module")
def records(outputs: Path) -> list[Record]:
    return list(read_records(outputs))


pytestmark = pytest.mark.models


def test_records_are_valid(outputs: Path) -> None:
    assert [fault for path in (outputs / "records").iterdir() for fault in faults(path)] == []


def test_json_lines(outputs: Path, records: list[Record], tmp_path: Path) -> None:
    jsonl.export(outputs, tmp_path / "all.jsonl")
    lines = (tmp_path / "all.jsonl").read_bytes().split(b"\n")[:-1]
    assert [load(Record, line).text for line in lines] == [record.text for record in records]
    assert list(faults(tmp_path / "all.jsonl")) == []


def test_csv(
    outputs: Path, records: list[Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    csv_tables.export(outputs, tmp_path)
    before = csv.field_size_limit(sys.maxsize)
    for name, table in TABLES.items():
        text = (tmp_path / f"{name}.csv").read_bytes().decode()
        rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
        wanted = [
            ["" if cell is None else str(csv_tables.safe_cell(cell)) for cell in row]
            for record in records
            for row in table.rows(record)
        ]
        assert rows == wanted
        frame = pd.read_csv(tmp_path / f"{name}.csv", dtype="string", keep_default_na=False)
        assert frame.to_numpy().tolist() == wanted
    csv.field_size_limit(before)


def test_parquet_and_data_frames(outputs: Path, records: list[Record], tmp_path: Path) -> None:
    parquet.export(outputs, tmp_path)
    frames = to_frames(records)
    for name, table in TABLES.items():
        wanted = [row for record in records for row in table.rows(record)]
        read = pq.read_table(tmp_path / f"{name}.parquet").to_pylist()
        assert [tuple(row.values()) for row in read] == wanted
        assert duckdb.read_parquet(str(tmp_path / f"{name}.parquet")).fetchall() == wanted
        for frame in (frames[name], pd.read_parquet(tmp_path / f"{name}.parquet")):
            cells = frame.astype(object).where(frame.notna(), None)
            assert list(cells.itertuples(index=False, name=None)) == wanted


def test_tmx(outputs: Path, records: list[Record], tmp_path: Path) -> None:
    target = tmp_path / "memory.tmx"
    tmx.export(outputs, target)
    parser = etree.XMLParser(load_dtd=False, no_network=True, huge_tree=True)
    tree = etree.parse(str(target), parser)
    assert TMX_DTD.validate(tree), TMX_DTD.error_log
    with target.open("rb") as file:
        units = tmxfile(file, "it", "en").units
    wanted = [segment for record in records for segment in record.segments]
    assert len(units) == len(wanted)
    for unit, segment in zip(units, wanted, strict=True):
        # XML cannot hold most control characters.
        texts = {tmx._legal(text or "") for text in segment.text.values()}
        assert {str(unit.source), str(unit.target)} == texts


def test_docbin(outputs: Path, records: list[Record], tmp_path: Path) -> None:
    docbin.export(outputs, tmp_path / "all.spacy")
    docs = list(DocBin().from_disk(tmp_path / "all.spacy").get_docs(spacy.blank("it").vocab))
    for doc, record in zip(docs, records, strict=True):
        assert doc.text == record.text
        said = [span.text for claim in record.claims for span in claim.content]
        spans = [span.text for span in doc.spans["claims"]]
        assert all(text.strip() in span for text, span in zip(said, spans, strict=True))


def test_label_studio(outputs: Path, records: list[Record], tmp_path: Path) -> None:
    label_studio.export(outputs, tmp_path / "tasks.json")
    interface = LabelInterface(label_studio.LABELING_CONFIG)
    for task in json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8")):
        units = task["data"]["text"].encode("utf-16-le")
        (prediction,) = task["predictions"]
        assert interface.validate_prediction(prediction)
        for region in prediction["result"]:
            value = region["value"]
            covered = units[2 * value["start"] : 2 * value["end"]].decode("utf-16-le")
            assert covered == value["text"]


def test_web_annotations(outputs: Path, records: list[Record], tmp_path: Path) -> None:
    annotations.export(outputs, tmp_path / "all.jsonld")
    items = orjson.loads((tmp_path / "all.jsonld").read_bytes())["items"]
    texts = {f"urn:duevoci:{record.id}": record.text for record in records}
    targets = [item["target"] for item in items]
    flat = [
        part for target in targets for part in (target if isinstance(target, list) else [target])
    ]
    assert {target["source"] for target in flat} == texts.keys()
    for target in flat:
        position, quote = target["selector"]
        covered = texts[target["source"]][position["start"] : position["end"]]
        assert covered == quote["exact"]
