"""Every export, read back by the reader of whoever will use it."""

from __future__ import annotations

import csv
import io
import json
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

from pipeline.core.record import ClaimPair, Pair, Record
from pipeline.errors import DocumentError
from pipeline.languages.aliases import parse_aliases
from pipeline.store.files import load
from pipeline.views.export import aliases, csv_tables, docbin, jsonl, label_studio, parquet, tmx
from pipeline.views.export import web_annotation as annotations
from pipeline.views.tables import TABLES
from tests.factory import HOSTILE, make_record, write_outputs

TMX_DTD = etree.DTD(str(Path(__file__).with_name("tmx14.dtd")))


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    return write_outputs(
        tmp_path / "out",
        make_record("a-00000001"),
        make_record("b-00000002", said=HOSTILE, translated=False),
        make_record("c-00000003", said="=HYPERLINK(A1)", who="Robin Li"),
    )


def test_jsonl_keeps_every_record_unchanged(outputs: Path, tmp_path: Path) -> None:
    target = tmp_path / "all.jsonl"
    assert jsonl.export(outputs, target) == 3
    lines = target.read_bytes().split(b"\n")
    assert [load(Record, line).id for line in lines if line] == [
        "a-00000001",
        "b-00000002",
        "c-00000003",
    ]
    assert load(Record, lines[1]) == make_record("b-00000002", said=HOSTILE, translated=False)


def test_a_damaged_record_is_named_and_leaves_no_file(outputs: Path, tmp_path: Path) -> None:
    (outputs / "records" / "b-00000002.json").write_bytes(b'{"id": ')
    with pytest.raises(DocumentError, match="b-00000002"):
        jsonl.export(outputs, tmp_path / "all.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_csv_is_complete_and_starts_no_formula(outputs: Path, tmp_path: Path) -> None:
    csv_tables.export(outputs, tmp_path / "csv")
    for name, table in TABLES.items():
        text = (tmp_path / "csv" / f"{name}.csv").read_text(encoding="utf-8")
        rows = list(csv.reader(io.StringIO(text)))
        assert rows[0] == list(table.columns)
        assert not [cell for row in rows for cell in row if cell[:1] in "=+@" and cell]
    claims = pd.read_csv(tmp_path / "csv" / "claims.csv", dtype="string", keep_default_na=False)
    assert claims.loc[2, "it"] == "'=HYPERLINK(A1)"
    assert claims.loc[0, "speaker_canonical"] == "per:ada-moretti"


def test_values_links_and_pairs_are_tables_too(tmp_path: Path) -> None:
    pair = Pair(
        "1", "b-00000002", "a-00000001", "comparable", 0.75, (), (),
        (ClaimPair("c1", "c1", "same", 0.9), ClaimPair("c2", "c1", "related", 0.6)),
    )  # fmt: skip
    outputs = write_outputs(tmp_path / "out", make_record("a-00000001"), pairs=(pair,))
    csv_tables.export(outputs, tmp_path / "csv")
    tables = {
        name: (tmp_path / "csv" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        for name in ("values", "links", "pairs")
    }
    record = make_record("a-00000001")
    value, link = record.values[0], record.links[0]
    place = f"{value.span.text},{value.span.start},{value.span.end}"
    assert tables["values"][1] == f"a-00000001,{value.type},{value.value},{place},"
    there = f"{link.record},{link.other},{link.relation},{link.score}"
    assert tables["links"][1] == f"a-00000001,{link.claim},{there}"
    assert tables["pairs"][1:] == ["b-00000002,a-00000001,comparable,0.75,0,0,1,1"]
    parquet.export(outputs, tmp_path / "pq")
    assert pd.read_parquet(tmp_path / "pq" / "pairs.parquet")["claims_same"].tolist() == [1]


def test_parquet_keeps_types_and_nulls_for_three_readers(outputs: Path, tmp_path: Path) -> None:
    parquet.export(outputs, tmp_path / "pq")
    file = tmp_path / "pq" / "segments.parquet"
    assert pq.read_schema(file).field("start").type == "int64"
    frame = pd.read_parquet(file)
    assert frame["en"].isna().sum() == 2
    rows = duckdb.sql(f"select count(*) from '{file}' where en is null").fetchall()
    assert rows == [(2,)]
    assert pq.read_table(tmp_path / "pq" / "claims.parquet")["it"].to_pylist()[1] == HOSTILE


def test_tmx_fits_its_dtd_and_a_real_reader(outputs: Path, tmp_path: Path) -> None:
    target = tmp_path / "memory.tmx"
    tmx.export(outputs, target)
    tree = etree.parse(str(target), etree.XMLParser(load_dtd=False, no_network=True))
    assert TMX_DTD.validate(tree), TMX_DTD.error_log
    with target.open("rb") as file:
        memory = tmxfile(file, "it", "en")
    assert memory.translate("Costa 3 euro \U0001f600 a Pisa.") == "It costs 3 euros in Pisa."


@pytest.mark.parametrize(
    "broken",
    [
        '<tmx version="1.4"><body/></tmx>',
        '<tmx version="1.4"><header/><body/></tmx>',
        '<tmx version="1.4">{header}<body><tu><tuv><seg/></tuv></tu></body></tmx>',
        '<tmx version="1.4">{header}<body><tu><tuv xml:lang="en"><b/></tuv></tu></body></tmx>',
    ],
)
def test_the_dtd_refuses_what_is_no_tmx(broken: str) -> None:
    header = etree.tostring(tmx._header()).decode()
    whole = '<tmx version="1.4">{header}<body><tu><tuv xml:lang="en"><seg/></tuv></tu></body></tmx>'
    assert TMX_DTD.validate(etree.XML(whole.format(header=header)))
    assert not TMX_DTD.validate(etree.XML(broken.format(header=header)))


def test_docbin_spans_cover_their_text(outputs: Path, tmp_path: Path) -> None:
    target = tmp_path / "all.spacy"
    docbin.export(outputs, target)
    docs = list(DocBin().from_disk(target).get_docs(spacy.blank("it").vocab))
    assert [doc.user_data["id"] for doc in docs] == ["a-00000001", "b-00000002", "c-00000003"]
    assert [span.text for span in docs[0].spans["claims"]] == ["Il ponte è sicuro"]
    assert {(span.text, span.label_) for span in docs[0].spans["entities"]} == {
        ("Ada Moretti", "PER"),
        ("Pisa", "LOC"),
    }


def test_label_studio_accepts_the_tasks_and_finds_the_text(outputs: Path, tmp_path: Path) -> None:
    target = tmp_path / "tasks.json"
    label_studio.export(outputs, target)
    tasks = json.loads(target.read_text(encoding="utf-8"))
    interface = LabelInterface(label_studio.LABELING_CONFIG)
    for task in tasks:
        units = task["data"]["text"].encode("utf-16-le")
        for prediction in task["predictions"]:
            assert interface.validate_prediction(prediction)
            for region in prediction["result"]:
                value = region["value"]
                covered = units[2 * value["start"] : 2 * value["end"]].decode("utf-16-le")
                assert covered == value["text"]
    places = [r for r in tasks[0]["predictions"][0]["result"] if r["value"]["labels"] == ["LOC"]]
    assert places[0]["value"]["text"] == "Pisa"


def test_web_annotations_point_at_what_they_quote(outputs: Path, tmp_path: Path) -> None:
    target = tmp_path / "all.jsonld"
    annotations.export(outputs, target)
    collection = orjson.loads(target.read_bytes())
    assert collection["type"] == "AnnotationPage"  # a collection has pages, a page has items
    texts = {f"urn:duevoci:{r.id}": r.text for r in (make_record("a-00000001"),)}
    first = [a for a in collection["items"] if a["target"]["source"] in texts]
    assert {item["motivation"] for item in first} == {"tagging", "describing"}
    for item in first:
        position, quote = item["target"]["selector"]
        text = texts[item["target"]["source"]]
        assert text[position["start"] : position["end"]] == quote["exact"]
    (claim,) = [item["body"] for item in first if item["motivation"] == "describing"]
    assert claim["type"] == "schema:Quotation"
    assert claim["schema:spokenByCharacter"]["id"] == "urn:duevoci:entity:per:ada-moretti"


def test_aliases_list_what_no_table_knows_and_are_read_back(tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "out", make_record("a-00000001"))
    target = tmp_path / "names.csv"
    assert aliases.export(outputs, target) == 1
    table = parse_aliases(target.read_text(encoding="utf-8"), "names.csv")
    found = table.find("ada moretti")
    assert found is not None
    assert (found.id, found.label, found.names["it"]) == (
        "per:ada-moretti",
        "PER",
        ("Ada Moretti",),
    )
    (outputs / "run.json").write_text(
        json.dumps({"settings": {"entities": {"aliases": str(target)}}})
    )
    assert aliases.export(outputs, tmp_path / "rest.csv") == 1
    assert not parse_aliases((tmp_path / "rest.csv").read_text(encoding="utf-8"), "a.csv").by_form


@pytest.mark.parametrize("content", [None, "id,wrong\nper:ada-moretti,PER\n"])
def test_an_alias_file_that_cannot_be_read_again_is_named(
    content: str | None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outputs = write_outputs(tmp_path / "out", make_record("a-00000001"))
    given = tmp_path / "given.csv"
    if content is not None:
        given.write_text(content)
    settings = {"entities": {"aliases": str(given)}}
    (outputs / "run.json").write_text(json.dumps({"settings": settings}))
    assert aliases.export(outputs, tmp_path / "names.csv") == 1
    assert "per:ada-moretti" in (tmp_path / "names.csv").read_text(encoding="utf-8")
    assert [str(given) in message for message in caplog.messages] == [True]


def test_a_name_of_two_entities_goes_to_the_one_that_bears_it_more_often() -> None:
    uses = {
        ("per:ada-neri", "PER", "it", "Ada Neri"): 2,
        ("per:ada-neri", "PER", "it", "Neri"): 5,
        ("org:neri", "ORG", "it", "Neri"): 3,
        ("org:neri", "ORG", "en", "Neri Ltd"): 3,
        ("loc:rome", "LOC", "en", "Rome"): 9,
        ("misc:odd", "MISC", "en", "A|B"): 9,
    }
    assert aliases.rows(uses, ["loc:rome"]) == [
        ["per:ada-neri", "PER", "", "Neri|Ada Neri"],
        ["org:neri", "ORG", "Neri Ltd", ""],
    ]
