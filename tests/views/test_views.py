from __future__ import annotations

import dataclasses
from pathlib import Path

import orjson
import pytest

import pipeline
from pipeline.core import codec
from pipeline.core.record import RecordLink, RecordRepair
from pipeline.errors import UsageError
from pipeline.views.diff import changes, summary
from pipeline.views.find import find_document
from pipeline.views.validate import faults
from pipeline.views.visible import visible
from tests.factory import HOSTILE, make_pair, make_record, span, write_outputs


def test_frames_keep_types_and_join(tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path, make_record("007-00000001"), make_record("b-00000002"))
    frames = pipeline.to_frames(pipeline.read_records(outputs))
    assert list(frames) == ["documents", "segments", "entities", "claims", "values", "links"]
    assert frames.documents["document"].tolist() == ["007-00000001", "b-00000002"]
    joined = frames.claims.merge(frames.documents, on="document", suffixes=("", "_document"))
    assert joined["speaker"].tolist() == ["Ada Moretti", "Ada Moretti"]
    assert str(frames.claims["confidence"].dtype) == "Float64"


def test_frames_of_nothing_have_their_columns() -> None:
    frames = pipeline.to_frames([])
    assert "canonical" in frames.entities.columns
    assert len(frames.entities) == 0


def test_a_changed_speaker_and_a_lost_claim_are_told_apart(tmp_path: Path) -> None:
    record = dataclasses.replace(make_record(), links=())
    claim = record.claims[0]
    assert claim.speaker is not None
    other = dataclasses.replace(
        claim, speaker=dataclasses.replace(claim.speaker, name="Bo Rossi", entity=None)
    )
    second = dataclasses.replace(make_record("b-00000002"), links=())
    left = write_outputs(tmp_path / "left", record, second)
    right = write_outputs(
        tmp_path / "right",
        dataclasses.replace(record, claims=(other,)),
        dataclasses.replace(second, claims=()),
    )
    found = list(changes(left, right))
    assert summary(found) == {"speaker": (0, 0, 1), "claim": (1, 0, 0)}
    assert list(changes(left, left)) == []


def test_a_claim_with_another_beginning_is_changed_and_takes_its_speaker_along(
    tmp_path: Path,
) -> None:
    record = make_record()
    claim = record.claims[0]
    shorter = dataclasses.replace(claim, content=(span(record.text, "ponte è sicuro"),))
    left = write_outputs(tmp_path / "left", record)
    right = write_outputs(tmp_path / "right", dataclasses.replace(record, claims=(shorter,)))
    (change,) = changes(left, right)
    assert (change.aspect, change.sort) == ("claim", "changed")
    assert (change.before, change.after) == ("direct: Il ponte è sicuro", "direct: ponte è sicuro")


def test_renumbered_claims_are_no_difference(tmp_path: Path) -> None:
    folders = []
    for number in ("c1", "c7"):
        records = []
        for name, other in (("a-00000001", "b-00000002"), ("b-00000002", "a-00000001")):
            record = make_record(name)
            claim = dataclasses.replace(record.claims[0], id=number)
            link = RecordLink(number, other, number, "same", 0.9)
            records.append(dataclasses.replace(record, claims=(claim,), links=(link,)))
        folders.append(write_outputs(tmp_path / number, *records))
    assert list(changes(*folders)) == []


def test_two_insertions_at_one_place_are_told_apart(tmp_path: Path) -> None:
    record = make_record()
    space, dash = (RecordRepair((4, 4), "", what, "missing_space") for what in " -")
    left = write_outputs(tmp_path / "left", dataclasses.replace(record, repairs=(space, dash)))
    right = write_outputs(tmp_path / "right", dataclasses.replace(record, repairs=(space,)))
    assert summary(changes(left, right)) == {"repair": (1, 0, 0)}


def test_documents_are_found_by_prefix_and_file_name(tmp_path: Path) -> None:
    write_outputs(tmp_path, make_record("ferry-terminal-00000001"), make_record("ferry-00000002"))
    assert find_document(tmp_path, "ferry-terminal-00000001") == "ferry-terminal-00000001"
    assert find_document(tmp_path, "seeds/ferry_terminal.txt") == "ferry-terminal-00000001"
    with pytest.raises(UsageError, match="fits 2 documents"):
        find_document(tmp_path, "ferry")
    with pytest.raises(UsageError, match="Did you mean ferry-00000002"):
        find_document(tmp_path, "fery-00000002")
    with pytest.raises(UsageError):
        find_document(tmp_path, "../../etc/passwd")


def test_validation_names_fields_and_wrong_spans(tmp_path: Path) -> None:
    plain = codec.encode(make_record())
    plain["claims"][0]["content"][0]["end"] += 1
    plain["links"] = "none"
    file = tmp_path / "bad.json"
    file.write_bytes(orjson.dumps(plain))
    assert [fault.field for fault in faults(file)] == ["$.links"]
    plain["links"] = []
    file.write_bytes(orjson.dumps(plain))
    (fault,) = faults(file)
    assert fault.field == "$.claims[0].content[0]"
    assert "covers" in fault.reason


def test_validation_reads_json_lines_and_pairs(tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    lines = [
        orjson.dumps(codec.encode(make_record())),
        b"{",
        orjson.dumps(codec.encode(make_pair("a", "b"))),
    ]
    file.write_bytes(b"\n".join(lines))
    (fault,) = faults(file)
    assert fault.where.endswith(":2")


def test_hidden_characters_are_named() -> None:
    shown = visible(HOSTILE)
    assert "\x1b" not in shown
    assert "‹U+202E›" in shown
    assert "‹U+0000›" in shown
