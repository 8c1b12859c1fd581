r"""Repairs of single characters: entities, mojibake, invisible characters, spaces, apostrophes.

Every function takes the current text and yields edits that do not overlap. None looks further than
a few characters, so all are linear.

>>> from pipeline.core.textmap import TextMap
>>> text = "L&rsquo;universitÃ\N{NO-BREAK SPACE} ha gia\N{COMBINING GRAVE ACCENT} detto"
>>> for repair in (html_entities, mojibake, composition, apostrophes):
...     text = TextMap.identity(text).apply(repair(text)).text
>>> text
"L'università ha già detto"
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from html.entities import html5

from pipeline.core.textmap import Edit

# --- HTML entities left in text -----------------------------------------------------------------

# Escaped more than once ("&amp;rsquo;"), named, decimal, hexadecimal. The semicolon is required:
# "AT&T", "R&D" and "?a=1&copy=2" stay. HTML 5, section 13.5, lists the names.
_ENTITY = re.compile(
    r"&(?:amp;|#38;)*(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
_ESCAPED_AMPERSAND = re.compile(r"&(?:amp;|#38;)+(?=[#A-Za-z])")


def html_entities(text: str) -> Iterator[Edit]:
    """Character references become their characters; unknown names stay."""
    for match in _ENTITY.finditer(text):
        reference = _ESCAPED_AMPERSAND.sub("&", match[0])[1:]
        if reference.startswith("#"):
            character = html.unescape(f"&{reference}")
        else:
            character = html5.get(reference, "")
        if character:
            yield Edit(match.start(), match.end(), character, "html_entity")


# --- Tags left in text ---------------------------------------------------------------------------

_TAG = re.compile(
    r"<(?P<line>br|/?(?:p|div|h[1-6]|li|ul|ol|blockquote))(?:\s[^<>=\n]{1,60}=[^<>\n]{0,300})?\s?/?>"
    r"|</?(?:a|abbr|b|cite|em|font|i|img|mark|small|span|strong|sub|sup|u)(?:\s[^<>=\n]{1,60}=[^<>\n]{0,300})?\s?/?>",
    re.IGNORECASE,
)


def tags(text: str) -> Iterator[Edit]:
    """HTML tags that a scraper left go, those that end a line break it; *a <b and c> d* stays."""
    for match in _TAG.finditer(text):
        yield Edit(match.start(), match.end(), "\n" if match["line"] else "", "tag")


# --- Mojibake -----------------------------------------------------------------------------------


def _as_byte(byte: int, codec: str) -> str:
    try:
        return bytes([byte]).decode(codec)
    except UnicodeDecodeError:  # five bytes that cp1252 leaves open; readers pass them through
        return chr(byte)


_CP1252 = {_as_byte(byte, "cp1252"): byte for byte in range(0x80, 0x100)}
_LATIN1 = {chr(byte): byte for byte in range(0x80, 0xA0)}
_BYTE_OF = {**_LATIN1, **_CP1252}
_CONTINUATION = "".join(re.escape(c) for c, byte in sorted(_BYTE_OF.items()) if byte < 0xC0)

# UTF-8 read as cp1252 (or Latin-1). Only such lead bytes whose results English and Italian texts
# have, since "«perché»–" is also a valid sequence (of a Chinese character).
_MOJIBAKE = re.compile(
    rf"""
    (?=[ÂÃÄÅâïð]) (?:
      [ÂÃ] [{_CONTINUATION}]                    # U+0080-U+00FF: Ã¨ is è, Â© is ©
    | [ÄÅ] [{_CONTINUATION}] (?=\w) | (?<=\w) [ÄÅ] [{_CONTINUATION}]    # Å¡ is š
    | â [{_CONTINUATION}] [{_CONTINUATION}]     # U+2000-U+2FFF: â€™ is ’, â‚¬ is €
    | ï (?: »¿ | ¬[\x80-\x84€‚ƒ„] | ¿½ )        # byte order mark, ligatures, U+FFFD
    | ð Ÿ [{_CONTINUATION}] [{_CONTINUATION}]   # emoji
    | â€ (?![{_CONTINUATION}])                  # ” whose last byte, 9D, was dropped
    | (?<=\w) Ã [ ]? (?=[ .,;:!?»”"')\n]|$)     # à (C3 A0), its A0 now a space, or lost
    | Â (?=[ ])                                 # a no-break space (C2 A0) likewise
    )
    """,
    re.VERBOSE,
)


def mojibake(text: str) -> Iterator[Edit]:
    """UTF-8 that was read as cp1252 becomes what it was."""
    for match in _MOJIBAKE.finditer(text):
        unscrambled = _unscrambled(match[0])
        if unscrambled != match[0]:
            yield Edit(match.start(), match.end(), unscrambled, "mojibake")


def _unscrambled(run: str) -> str:
    if run == "â€":
        return "\N{RIGHT DOUBLE QUOTATION MARK}"
    if run.startswith("Ã") and run.strip() == "Ã":
        return "à"
    if run == "Â":
        return ""
    try:
        character = bytes(_BYTE_OF[character] for character in run).decode("utf-8")
    except UnicodeDecodeError:
        return run
    # cp1252 that was taken for Latin-1 before: U+0092 stands for byte 92, the apostrophe
    return _as_byte(ord(character), "cp1252") if "\x80" <= character <= "\x9f" else character


# --- Invisible characters and spaces ------------------------------------------------------------

_INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f"  # controls, but for those that break lines
    "\N{SOFT HYPHEN}\N{COMBINING GRAPHEME JOINER}"
    "\N{ARABIC LETTER MARK}\N{MONGOLIAN VOWEL SEPARATOR}"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f"  # zero width, directions, joiners
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb"  # variation selectors, byte order mark, annotations
    "\U000e0000-\U000e007f"  # tags
    "]+"
)
_LINE_END = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_ODD_SPACES = "\t\N{NO-BREAK SPACE}\u1680\u2000-\u200a\u202f\u205f\u3000"
# One plain space is the rule and left alone.
_SPACE = re.compile(f"[{_ODD_SPACES}][ {_ODD_SPACES}]*+| [ {_ODD_SPACES}]++")
_BORDER_SPACE = re.compile("^ +| +$", re.MULTILINE)


def invisible(text: str) -> Iterator[Edit]:
    """Characters that nobody sees, and that split words for every tool, go."""
    for match in _INVISIBLE.finditer(text):
        yield Edit(match.start(), match.end(), "", "invisible")


def line_ends(text: str) -> Iterator[Edit]:
    """Every sort of line end becomes a line feed (Unicode Standard Annex 14, class BK)."""
    for match in _LINE_END.finditer(text):
        yield Edit(match.start(), match.end(), "\n", "line_end")


def spaces(text: str) -> Iterator[Edit]:
    """Every run of spaces of any sort becomes one plain space."""
    for match in _SPACE.finditer(text):
        yield Edit(match.start(), match.end(), " ", "space")


def border_spaces(text: str) -> Iterator[Edit]:
    """Lines neither begin nor end with spaces."""
    for match in _BORDER_SPACE.finditer(text):
        yield Edit(match.start(), match.end(), "", "space")


# --- Forms of letters and marks -----------------------------------------------------------------

_FORMS = str.maketrans(
    {
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},  # full width
        "\N{IDEOGRAPHIC FULL STOP}": ".",
        "\N{IDEOGRAPHIC COMMA}": ",",
        "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
    }
)  # fmt: skip
_FORM = re.compile("[\uff01-\uff5e\u3001\u3002\ufb00-\ufb06]")


def composition(text: str) -> Iterator[Edit]:
    """Unicode Normalization Form C, cluster by cluster."""
    if unicodedata.is_normalized("NFC", text):
        return
    for match in _clusters().finditer(text):
        composed = unicodedata.normalize("NFC", match[0])
        if composed != match[0]:
            yield Edit(match.start(), match.end(), composed, "composition")


@cache
def _clusters() -> re.Pattern[str]:
    """A character and all that may compose with it: marks, and the Jamo of Hangul syllables."""
    codes = (*range(0x300, 0x323B0), *range(0xE0100, 0xE01F0))
    marks = [chr(code) for code in codes if unicodedata.category(chr(code)).startswith("M")]
    following = "".join(marks) + "\u1160-\u11ff"
    return re.compile(f"[^{following}][{following}]+|[{following}]+|[^\x00-\u02ff]")


def forms(text: str) -> Iterator[Edit]:
    """Full-width signs and ligatures become the letters and signs they stand for."""
    for match in _FORM.finditer(text):
        yield Edit(match.start(), match.end(), match[0].translate(_FORMS), "form")


# An apostrophe stands between letters, or before the digits of a year ("gli anni '90"). What is
# looked for comes before what stands before it: most places are passed over at once.
_APOSTROPHE = re.compile(
    "[’‘ʼ´`′](?<=[^\\W_].)(?=[^\\W_])|[’‘ʼ](?<!\\w.)(?=\\d\\d(?!\\d))", re.DOTALL
)


def apostrophes(text: str) -> Iterator[Edit]:
    """Apostrophes inside words become ``'``; marks at word borders may quote and stay."""
    for match in _APOSTROPHE.finditer(text):
        yield Edit(match.start(), match.end(), "'", "apostrophe")


# '' and `` and << >> stand for quotation marks where the keyboard or the agency had none.
_DOUBLED = re.compile("(?<!')''(?!')|``(?!`)")
_LONE_SINGLE = re.compile("(?<![\\w'])'(?=\\w)")
_ANGLES = re.compile("<<(?=\\S)|(?<=\\S)>>")


def doubled_marks(text: str) -> Iterator[Edit]:
    """Quotation marks written as two signs become one, line by line."""
    position = 0
    for line in text.split("\n"):
        if "''" in line or "``" in line:
            if not _LONE_SINGLE.search(line):
                for match in _DOUBLED.finditer(line):
                    start = position + match.start()
                    yield Edit(start, start + 2, '"', "quotation_mark")
        elif "<<" in line and ">>" in line:
            for match in _ANGLES.finditer(line):
                start = position + match.start()
                mark = "«" if match[0] == "<<" else "»"
                yield Edit(start, start + 2, mark, "quotation_mark")
        position += len(line) + 1


REPAIRS = (
    html_entities, tags, mojibake, line_ends, invisible, composition, forms, spaces, border_spaces,
    apostrophes, doubled_marks,
)  # fmt: skip
