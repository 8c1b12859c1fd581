from __future__ import annotations

import jsonschema
import orjson
import pytest

from pipeline.core import codec
from pipeline.core.layers import Analysis, Content, Name, Tokens
from pipeline.core.record import Pair, Record
from pipeline.core.schema import json_schema
from pipeline.core.spans import Span
from pipeline.store.files import DamagedFile, dump, load
from tests.factory import make_pair, make_record


def test_records_survive_the_round_trip() -> None:
    record = make_record()
    assert load(Record, dump(record)) == record
    assert dump(load(Record, dump(record))) == dump(record)


def test_token_columns_are_written_as_lines() -> None:
    analysis = Analysis(
        Tokens(
            (0, 5), (4, 9), ("the", "bridge"), ("DET", "NOUN"), ("", ""), (1, 1), ("det", "root")
        ),
        (Span(0, 9),),
        (Name(Span(5, 9), "LOC", 0.123456),),
        (Content(Span(0, 9), "direct", 0.75),),
    )
    plain = codec.encode(analysis)
    assert plain["tokens"][0] == "0\t4\tthe\tDET\t\t1\tdet"
    assert plain["names"][0]["score"] == 0.1235
    again = codec.decode(Analysis, plain)
    assert again.tokens == analysis.tokens
    assert again.contents == analysis.contents


def test_an_analysis_without_contents_is_none_that_found_nothing() -> None:
    analysis = Analysis(Tokens(), (), ())
    assert codec.decode(Analysis, codec.encode(analysis)).contents is None


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ({"segments": None}, "segments"),
        ({"text": 3}, "text"),
        ({"claims": [{"id": "c1"}]}, "claims"),
    ],
)
def test_a_bad_field_is_named(damage: dict[str, object], message: str) -> None:
    plain = codec.encode(make_record()) | damage
    with pytest.raises(DamagedFile, match=message):
        load(Record, orjson.dumps(plain))


def test_unknown_fields_of_later_versions_are_ignored() -> None:
    plain = codec.encode(make_record()) | {"added_later": 1}
    assert load(Record, orjson.dumps(plain)) == make_record()


def test_records_and_pairs_fit_the_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    jsonschema.validate(codec.encode(make_record()), json_schema(Record))
    jsonschema.validate(codec.encode(make_pair("a", "b")), json_schema(Pair))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(codec.encode(make_record()) | {"claims": [{}]}, json_schema(Record))


def test_the_cue_class_keeps_its_public_name() -> None:
    cue = codec.encode(make_record())["claims"][0]["cue"]
    assert cue["class"] == "say"
    assert "cue_class" not in cue
