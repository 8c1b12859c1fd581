"""Bytes to text: marks, declarations, damage, legacy encodings, binary content."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import DocumentError
from pipeline.stages.ingest.decode import declared_in_html, decode

ITALIAN = "Perché l'università è più cara? «Così è la città», dirà il papà – 30 €."


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_byte_order_marks_decide_and_stay(mark: bytes, encoding: str) -> None:
    decoded = decode(mark + ITALIAN.encode(encoding))
    assert decoded.text == "\ufeff" + ITALIAN
    assert decoded.encoding == encoding


def test_valid_utf8_wins_over_a_wrong_declaration() -> None:
    assert decode(ITALIAN.encode(), "iso-8859-1").text == ITALIAN


def test_a_declaration_wins_over_a_guess() -> None:
    polish = "Zażółć gęślą jaźń"
    assert decode(polish.encode("iso8859-2"), "ISO-8859-2").text == polish


@pytest.mark.parametrize("declared", ["no-such-thing", "utf-7", "base64", "idna", ""])
def test_nonsense_declarations_are_ignored(declared: str) -> None:
    assert decode(ITALIAN.encode("cp1252"), declared).text == ITALIAN


@pytest.mark.parametrize("encoding", ["cp1252", "mac-roman", "iso8859-15"])
@pytest.mark.parametrize(
    "text",
    [
        "Il sindaco ha detto che la città non pagherà più: «È una questione di libertà».",
        "Perché no? L’università è aperta. “Sarà così”, ha detto il preside Niccolò.",
    ],
)
def test_legacy_encodings(text: str, encoding: str) -> None:
    if encoding == "iso8859-15":
        text = text.replace("’", "'").replace("“", '"').replace("”", '"')
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert "guessed_encoding" in decoded.flags


def test_a_few_damaged_bytes_do_not_turn_utf8_into_something_else() -> None:
    content = ITALIAN.encode() + b" \xff fine"
    decoded = decode(content)
    assert decoded.text == ITALIAN + " \ufffd fine"
    assert decoded.flags == ("damaged_bytes",)


def test_lone_surrogates_become_visible() -> None:
    decoded = decode("a\ud800b".encode("utf-8", "surrogatepass"))
    assert decoded.text.startswith("a")
    assert decoded.text.endswith("b")
    assert "\ud800" not in decoded.text


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04....", "ZIP"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (bytes(range(256)) * 10, "binary"),
        ("Testo senza marca".encode("utf-16-le"), "UTF-16 without"),
    ],
)
def test_binary_content_is_refused_with_a_reason(content: bytes, what: str) -> None:
    with pytest.raises(DocumentError, match=what):
        decode(content)


@pytest.mark.parametrize(
    ("page", "encoding"),
    [
        (b'<html><head><meta charset="windows-1252">', "windows-1252"),
        (b'<META http-equiv=Content-Type content="text/html; charset=iso-8859-1">', "iso-8859-1"),
        (b'<?xml version="1.0" encoding="utf-16"?><html>', "utf-16"),
        (b"<html><body>charset=x", None),
    ],
)
def test_declared_in_html(page: bytes, encoding: str | None) -> None:
    assert declared_in_html(page) == encoding


@given(st.binary(max_size=300), st.one_of(st.none(), st.text(max_size=12)))
def test_any_bytes_give_text_or_a_refusal(content: bytes, declared: str | None) -> None:
    try:
        decoded = decode(content, declared)
    except DocumentError:
        return
    decoded.text.encode("utf-8")


@given(st.text(max_size=100))
def test_utf8_comes_back_as_it_was(text: str) -> None:
    try:
        decoded = decode(text.encode("utf-8"))
    except DocumentError:
        return
    assert decoded.text == text
