"""Bytes to text: which encoding, and what had to be given up.

The order is that of the WHATWG Encoding Standard, section 6, with evidence before declaration: a
byte order mark; UTF-8 when the bytes are valid UTF-8 (text in another encoding practically never
is); the declared encoding; UTF-8 with a few damaged bytes; the likeliest legacy encoding.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import charset_normalizer

from pipeline.errors import DocumentError

# Longer marks first: the UTF-32 (little endian) mark begins with the UTF-16 one.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LEGACY = ("cp1252", "iso8859-15", "mac-roman")
LEGACY_SAMPLE_BYTES = 1 << 16
# What guesses legacy encodings: part of the key of every kept result.
GUESSER = f"charset-normalizer {charset_normalizer.__version__}"

# First bytes of what people mistake for articles (the file(1) magic database).
SIGNATURES = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive (perhaps a Word or OpenDocument file)"),
    (b"\xd0\xcf\x11\xe0", "an old Microsoft Office file"),
    (b"{\\rtf", "an RTF file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip file without the ending .gz"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file without the ending .parquet"),
)
MAX_CONTROL_SHARE = 0.02
MIN_VALID_TO_DAMAGED = 4

_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b")) + b"\x7f"
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding it was read with, and flags for what was damaged."""

    text: str
    encoding: str
    flags: tuple[str, ...] = ()


def decode(content: bytes, declared: str | None = None) -> Decoded:
    r"""The text of ``content``; a byte order mark stays in it as U+FEFF.

    ``declared`` is the encoding that the document claims for itself.

    Raises: DocumentError for content that is no text.

    >>> decode("perché".encode("cp1252")).text
    'perché'
    >>> decode(b"caf\xc3\xa9 \xff caff\xc3\xa8 t\xc3\xa8 citt\xc3\xa0").flags
    ('damaged_bytes',)
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _lenient(content, encoding)
    _refuse_binary(content)
    try:
        return Decoded(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    if declared is not None and (text := _decoded_as(content, declared)) is not None:
        return Decoded(text, codecs.lookup(declared).name)
    lenient = _lenient(content, "utf-8")
    damaged = lenient.text.count(_REPLACEMENT)
    if sum(map(_is_multibyte, lenient.text)) - damaged >= MIN_VALID_TO_DAMAGED * damaged:
        return lenient
    return _legacy(content)


def declared_in_html(content: bytes) -> str | None:
    """The encoding that an HTML page names in its first 4,096 bytes."""
    head = content[:4096]
    found = _META_CHARSET.search(head) or _XML_ENCODING.search(head)
    return found[1].decode("ascii") if found else None


def _is_multibyte(character: str) -> bool:
    return character > "\x7f"


def _lenient(content: bytes, encoding: str) -> Decoded:
    try:
        text = content.decode(encoding, "surrogatepass")
    except UnicodeDecodeError:
        text = content.decode(encoding, "replace")
        return Decoded(text, encoding, ("damaged_bytes",))
    whole, lone = _SURROGATE.subn(_REPLACEMENT, text)
    return Decoded(whole, encoding, ("lone_surrogates",) if lone else ())


def _decoded_as(content: bytes, declared: str) -> str | None:
    try:
        if codecs.lookup(declared).name in ("utf-8", "utf-7", "utf-16", "utf-32"):
            return None  # refuted by the bytes, or unsafe (UTF-7)
        return content.decode(declared)
    except (LookupError, UnicodeError, ValueError, AssertionError):
        return None


def _legacy(content: bytes) -> Decoded:
    best = charset_normalizer.from_bytes(
        content[:LEGACY_SAMPLE_BYTES], cp_isolation=list(LEGACY), enable_fallback=False
    ).best()
    candidates = ([best.encoding] if best is not None else []) + ["cp1252"]
    for encoding in candidates:
        if (text := _decoded_as(content, encoding)) is not None:
            return Decoded(text, encoding.replace("_", "-"), ("guessed_encoding",))
    return Decoded(
        content.decode("cp1252", "replace"), "cp1252", ("guessed_encoding", "damaged_bytes")
    )


def _refuse_binary(content: bytes) -> None:
    for signature, what in SIGNATURES:
        if content.startswith(signature):
            raise DocumentError(f"This is {what}, not text: convert it to text or HTML first.")
    head = content[: 1 << 16]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > MAX_CONTROL_SHARE * len(head):
        raise DocumentError(
            "This is binary content, not text (or UTF-16 without a byte order mark): "
            "convert it to UTF-8 text first."
        )
