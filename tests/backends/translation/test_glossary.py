from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.backends.translation.glossary import EMPTY, holding, parse_glossary, read_glossary
from pipeline.errors import UsageError

TABLE = """en,it,direction
central bank,banca centrale,
York,York,
"Bank, the",la Banca,en-it
EU,UE,
"""


def test_terms_are_put_in_place_in_either_direction() -> None:
    glossary = parse_glossary(TABLE, "terms.csv")
    assert glossary.fix("The Central bank of York said no.", "en", "it") == (
        "The banca centrale of York said no.",
        ("banca centrale", "York"),
    )
    assert glossary.fix("La banca centrale dell'UE.", "it", "en")[0] == "La central bank dell'EU."


def test_only_whole_words_in_the_right_case_are_terms() -> None:
    glossary = parse_glossary(TABLE, "terms.csv")
    for text in ("Yorkshire is green.", "A yorkie.", "The EUR fell.", "Visit new york, eu."):
        assert glossary.fix(text, "en", "it") == (text, ())


def test_a_direction_holds_one_way_only() -> None:
    glossary = parse_glossary(TABLE, "terms.csv")
    assert glossary.fix("Bank, the", "en", "it") == ("la Banca", ("la Banca",))
    assert glossary.fix("È la Banca.", "it", "en") == ("È la Banca.", ())


def test_the_longest_term_wins() -> None:
    glossary = parse_glossary("en,it\nbank,istituto\ncentral bank,banca centrale\n", "t.csv")
    assert glossary.fix("central bank", "en", "it")[0] == "banca centrale"


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("Central bank officials met.", "Banca centrale officials met."),
        ("He resigned. Central bank officials met.", "He resigned. Banca centrale officials met."),
        ("The Central bank met.", "The banca centrale met."),
        ("Bank, the", "la Banca"),
    ],
)
def test_a_sentence_keeps_its_capital(text: str, fixed: str) -> None:
    assert parse_glossary(TABLE, "terms.csv").fix(text, "en", "it")[0] == fixed


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("Central bank", "Banca centrale"),
        ("«central bank», York:", "«banca centrale», York:"),
        ("2025", "2025"),
        ("The central bank", None),
        ("Central banks", None),
    ],
)
def test_terms_alone_need_nobody(text: str, settled: str | None) -> None:
    assert parse_glossary(TABLE, "terms.csv").settled(text, "en", "it") == settled


def test_json_lines_are_read_too() -> None:
    line = '{"en": "mayor", "it": "sindaca", "direction": "it-en"}\n'
    assert parse_glossary(line, "t.jsonl").fix("la sindaca", "it", "en")[0] == "la mayor"


@pytest.mark.parametrize(
    ("answer", "held"),
    [
        ("La banca centrale ha detto no.", "La banca centrale ha detto no."),
        ("La Banca Centrale ha detto no.", "La banca centrale ha detto no."),
        ("Banca centrale: no.", "Banca centrale: no."),
        ("«Banca centrale» è tutto.", "«Banca centrale» è tutto."),
        ("Si è dimesso. Banca centrale muta.", "Si è dimesso. Banca centrale muta."),
        ("«È finita!» «Banca centrale sorda»", "«È finita!» «Banca centrale sorda»"),
        ("Titolo\n- Banca centrale", "Titolo\n- Banca centrale"),
        ("Per lui (Banca centrale) no.", "Per lui (banca centrale) no."),
        ("Una banca ha detto no.", None),
        ("Le banca centrali.", None),
    ],
)
def test_an_answer_holds_its_terms_in_their_spelling(answer: str, held: str | None) -> None:
    assert holding(answer, ("banca centrale",)) == held


@pytest.mark.parametrize(
    ("text", "file", "message"),
    [
        ("en,de\n", "t.csv", r"t\.csv, line 1: unknown column 'de'"),
        ("en\n", "t.csv", r"t\.csv, line 1: the column 'it' is missing"),
        ("en,it\na,b\nc,\n", "t.csv", r"t\.csv, line 3: it is ''"),
        ("en,it\na,b,c\n", "t.csv", r"t\.csv, line 2: there must be 2 values"),
        ("en,it,direction\na,b,both\n", "t.csv", r"t\.csv, line 2: direction is 'both'"),
        ("en,it\na,b\na,c\n", "t.csv", r"t\.csv, line 3: 'a' already has another .* line 2"),
        ("en,it\na,b\nc,b\n", "t.csv", r"t\.csv, line 3: 'b' already has another .* line 2"),
        ('{"en": "a", "it": 3}\n', "t.jsonl", r"t\.jsonl, line 1: it is 3"),
        ('{"en": "a"}\n', "t.jsonl", r"t\.jsonl, line 1: the column 'it' is missing"),
        ("\n[1]\n", "t.jsonl", r"t\.jsonl, line 2: must be a JSON object"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(text: str, file: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_glossary(text, file)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Cannot read the glossary .*none\.csv"):
        read_glossary(str(tmp_path / "none.csv"))
    (tmp_path / "latin.csv").write_bytes("en,it\ncity,città\n".encode("latin-1"))
    with pytest.raises(UsageError, match=r"latin\.csv is not UTF-8"):
        read_glossary(str(tmp_path / "latin.csv"))
    assert read_glossary("") is EMPTY


def test_another_content_is_another_identity(tmp_path: Path) -> None:
    assert EMPTY.identity == ""
    one, two = (parse_glossary(f"en,it\na,{term}\n", "t.csv").identity for term in "bc")
    assert one != two
