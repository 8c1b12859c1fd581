"""What web pages put around an article, as tables of patterns per language.

The tables are ``data/boilerplate_{any,en,it}.toml``. Pages mix languages (an Italian article under
English buttons), so all tables always apply. A table has one section per kind, with regular
expressions under these keys:

- ``lines``: a whole line, wherever it stands
- ``top``, ``bottom``, ``edges``: a whole line above, below, or on either side of the body
- ``chips``: what buttons and menus say; a line made of chips alone, or mostly, is boilerplate
- ``inline``: a stretch inside a paragraph
- ``tails``: a heading after which no article text follows
- ``headers`` and ``after_author``: a heading that names the author, and words of the paragraph
  about the author that follows it
- ``traces``: lines that only lists of readers' comments have
- ``notices``: words with which a page speaks of itself or to its readers; prose above or below the
  body that has them is no article text
- ``address`` and ``page_words``: words to a reader, and words of newspapers and their pages; both
  together make a notice too
- ``appeals``: what opens a sentence that asks its reader to do something; with one of the
  ``page_words`` it makes a short line beside the article a notice
- ``leads``: a heading of the one line that follows it
- ``unfinished``: words with which no sentence ends; before dots they tell a cut-off beginning

``[fragments]`` are alternatives that patterns name as ``<DATE>``. Letter case does not count except
inside ``(?-i:...)``. Sources: pages in English and Italian read for this project; the kinds follow
the annotation of the development articles.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

from pipeline.languages.forms import fold
from pipeline.languages.names import given_names

Zone = Literal["top", "body", "bottom"]

TABLES = ("any", "en", "it")
KEYS = (
    "lines", "top", "bottom", "edges", "chips", "inline", "tails", "headers", "after_author",
    "traces", "notices", "address", "page_words", "appeals", "leads", "unfinished",
)  # fmt: skip

# Earlier kinds win: "Sign up for our newsletter" is no navigation, "27 comments" no menu.
KINDS = (
    "reading_time", "language_switcher", "newsletter", "comments", "ad", "share", "related",
    "byline", "date", "author_bio", "cookies", "caption", "footer", "nav", "section",
)  # fmt: skip

# Longer lines are prose; the bound also keeps every match cheap.
MAX_LINE = 600
MAX_EDGE_LINE = 200  # bylines and dates
# Every text is looked at twice, and pages repeat themselves.
CACHED_LINES = 4096

QUOTATION_MARKS = '"“”«»'

# Small words that section names write in lower case.
CONNECTORS = frozenset({"&", "and", "of", "the", "e", "ed", "di", "del", "della"})

_AND = re.compile(r",\s+|\s+(?:&|and|e|ed)\s+")
_IN_TOWN = re.compile(r"(?:,| in| a| ad| da) [A-ZÀ-Ý]\w+$")
_GLUE = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Ý])")
_SENTENCE_START = r"(?:^|(?<=[.!?:;–—] ))"
_FRAGMENT = re.compile(r"<([A-Z]+)>")
_SEPARATORS = " \t|/·•›»>,:;.–—_*#&+()\\[\\]✔✉☰▼▲★☆♥❤👍ⓕ𝕏-"
_STRIP = " \t|/·•›»>–—_*#-→←▶▸►…☰▼▲★☆✔✉"


@dataclass(frozen=True, slots=True)
class Patterns:
    """The compiled tables: for each key, one expression per kind."""

    whole: Mapping[tuple[str, str], re.Pattern[str]]
    inline: Sequence[tuple[str, re.Pattern[str]]]
    chips: re.Pattern[str]
    chip_kinds: Sequence[tuple[str, re.Pattern[str]]]
    after_author: re.Pattern[str]
    traces: re.Pattern[str]
    notices: Sequence[tuple[str, re.Pattern[str]]]
    address: re.Pattern[str]
    page_words: re.Pattern[str]
    appeals: Sequence[tuple[str, re.Pattern[str]]]
    leads: Sequence[tuple[str, re.Pattern[str]]]
    unfinished: re.Pattern[str]


@lru_cache(maxsize=CACHED_LINES)
def line_kind(line: str, zone: Zone = "body") -> str | None:
    """The kind of boilerplate that a whole line is by its words, or None.

    >>> line_kind("Comments are closed."), line_kind("Riproduzione riservata ©")
    ('comments', 'footer')
    >>> line_kind("By Ann Lee, Staff Writer", "top"), line_kind("By Ann Lee, Staff Writer")
    ('byline', None)
    """
    text = line.strip(_STRIP) or line.strip()
    if not text or len(text) > MAX_LINE:
        return None
    keys = {"top": ("lines", "edges", "top"), "bottom": ("lines", "edges", "bottom")}
    wanted = [
        key
        for key in keys.get(zone, ("lines",))
        if key in ("lines", "bottom") or len(text) <= MAX_EDGE_LINE
    ]
    whole = _patterns().whole
    asks = line.rstrip().endswith("?")
    for kind in KINDS:
        if kind == "byline" and asks:
            continue  # "Reporter: Were you there?"
        for key in wanted:
            pattern = whole.get((key, kind))
            if pattern and (pattern.fullmatch(text) or pattern.fullmatch(line)):
                return kind
    return None


def unglued(line: str) -> str:
    """A line with a space wherever a small letter touches a capital: menus lose theirs.

    >>> unglued("HomeNewsSportContact us")
    'Home News Sport Contact us'
    """
    return _GLUE.sub(" ", line)


@lru_cache(maxsize=CACHED_LINES)
def chip_kinds(text: str) -> tuple[str, ...]:
    """The kinds of the chips that ``text`` consists of; empty when anything else is in it.

    >>> chip_kinds("Facebook Twitter WhatsApp Copy link")
    ('share', 'share', 'share', 'share')
    >>> chip_kinds("Facebook fined in Ireland")
    ()
    """
    if len(text) > MAX_LINE or not _patterns().chips.fullmatch(text):
        return ()
    kinds: list[str] = []
    for chip in _patterns().chips.finditer(text):
        kinds += _split_kinds(chip[0])
    return tuple(kinds)


def heading_kind(line: str, key: Literal["tails", "headers"]) -> str | None:
    """The kind of what follows ``line``, when that is such a heading."""
    text = line.strip(_STRIP)
    if len(text) > 100:
        return None
    for kind in KINDS:
        pattern = _patterns().whole.get((key, kind))
        if pattern and pattern.fullmatch(text):
            return kind
    return None


def notice_kind(line: str) -> str | None:
    """The kind of a line in which a page speaks of itself, or None; such lines quote nobody.

    >>> notice_kind("We want to hear from you. Write to us before Friday.")
    'comments'
    """
    if len(line) > MAX_LINE or _quotes(line):
        return None
    return next((kind for kind, pattern in _patterns().notices if pattern.search(line)), None)


def addresses_reader(line: str) -> bool:
    """Whether a line without quotations speaks to its reader: *your*, *we*, *il tuo*."""
    return _patterns().address.search(line) is not None and not _quotes(line)


def appeal_kind(line: str) -> str | None:
    """The kind of a line that asks its reader to do something with the page, or None.

    >>> appeal_kind("Follow the story as it happens on our live blog.")
    'newsletter'
    >>> appeal_kind("Follow the river to the mill.")
    """
    if _quotes(line) or not _patterns().page_words.search(line):
        return None
    return next((kind for kind, pattern in _patterns().appeals if pattern.search(line)), None)


def is_unfinished(line: str) -> bool:
    """Whether a line was cut off in the middle of a phrase: *The mayor said that the…*, *[…]*."""
    return _patterns().unfinished.search(line) is not None


def page_words(line: str) -> set[str]:
    """The words of newspapers and pages in a line."""
    return {match.lower() for match in _patterns().page_words.findall(line)}


def _quotes(line: str) -> bool:
    return any(mark in line for mark in QUOTATION_MARKS)


def inline_matches(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of boilerplate inside a paragraph; may overlap."""
    for kind, pattern in _patterns().inline:
        for match in pattern.finditer(text):
            if match.end() > match.start():
                yield match.start(), match.end(), kind


def names_languages(line: str) -> bool:
    """Whether a line holds names of at least two languages, also glued together."""
    return len(_language_names().findall(line)) >= 2


def is_name(line: str) -> bool:
    """Whether a line is nothing but a name of two to four capitalised words, or several of them.

    In capitals only, and beside another name or a town, it must begin with a known given name:
    *MAYOR SLAMS DELAY* and *Leeds United and Manchester City* are headlines.

    >>> is_name("Ada Neri"), is_name("Ada Neri e Ugo Bassi a Lecco"), is_name("IL SINDACO FRENA")
    (True, True, False)
    """
    if not line[-1].isalpha():
        return False
    names = _AND.split(_IN_TOWN.sub("", line))
    certain = names == [line] and not line.isupper()
    return all(
        2 <= len(name.split()) <= 4
        and _name().fullmatch(name) is not None
        and (certain or fold(name.split()[0]) in given_names())
        for name in names
    )


def led_kind(line: str) -> str | None:
    """The kind of the line after ``line``, where that is a heading of one; else None.

    >>> led_kind("Image caption,")
    'caption'
    """
    heading = line.strip(_STRIP + ",:")
    return next((k for k, pattern in _patterns().leads if pattern.fullmatch(heading)), None)


def speaks_of_author(paragraph: str) -> bool:
    """Whether a paragraph below an author's name has the words of a biography."""
    return _patterns().after_author.search(paragraph) is not None


def is_comment_trace(line: str) -> bool:
    """Whether a line looks like part of a list of readers' comments."""
    return len(line) < 200 and _patterns().traces.search(line) is not None


def _split_kinds(chips: str) -> list[str]:
    kinds = []
    position = 0
    any_chip = _any_chip()
    while match := any_chip.search(chips, position):
        kinds.append(
            next(kind for kind, pattern in _patterns().chip_kinds if pattern.fullmatch(match[0]))
        )
        position = match.end()
    return kinds


@cache
def _any_chip() -> re.Pattern[str]:
    return re.compile(_alternatives(_tables()["chips"]), re.IGNORECASE)


@cache
def _language_names() -> re.Pattern[str]:
    return re.compile("|".join(_fragments()["LANGUAGE"]), re.IGNORECASE)


@cache
def _name() -> re.Pattern[str]:
    return re.compile("|".join(_fragments()["NAME"]))


@cache
def _tables() -> Mapping[str, Mapping[str, list[str]]]:
    """The tables of all languages joined: key, then kind, then patterns."""
    joined: dict[str, dict[str, list[str]]] = {key: defaultdict(list) for key in KEYS}
    for table in _files():
        for kind, keys in table.items():
            if kind != "fragments":
                for key, patterns in keys.items():
                    joined[key][kind] += [_expand(pattern, _fragments()) for pattern in patterns]
    return joined


@cache
def _fragments() -> Mapping[str, list[str]]:
    fragments: dict[str, list[str]] = defaultdict(list)
    for table in _files():
        for name, alternatives in table["fragments"].items():
            fragments[name] += alternatives
    return fragments


@cache
def _files() -> tuple[dict[str, Any], ...]:
    folder = files("pipeline.languages") / "data"
    return tuple(
        tomllib.loads((folder / f"boilerplate_{name}.toml").read_text(encoding="utf-8"))
        for name in TABLES
    )


def _expand(pattern: str, fragments: Mapping[str, list[str]]) -> str:
    """Fragments are whole words, and atomic: no line may cost exponential time."""
    while _FRAGMENT.search(pattern):
        pattern = _FRAGMENT.sub(
            lambda found: rf"(?>(?:{'|'.join(fragments[found[1]])})(?!\w))", pattern
        )
    return pattern


@cache
def _patterns() -> Patterns:
    tables = _tables()
    whole = {
        (key, kind): re.compile("|".join(patterns), re.IGNORECASE)
        for key in ("lines", "top", "bottom", "edges", "tails", "headers")
        for kind, patterns in tables[key].items()
    }
    inline = tuple(
        (kind, re.compile("|".join(patterns), re.IGNORECASE))
        for kind, patterns in tables["inline"].items()
    )
    # Possessive, so that a line of a thousand near-chips costs linear time.
    separators = f"[{_SEPARATORS}]*+"
    chips = f"{separators}(?:(?>{_alternatives(tables['chips'])}){separators})++"
    return Patterns(
        whole,
        inline,
        re.compile(chips, re.IGNORECASE),
        tuple(
            (kind, re.compile(_alternatives({kind: tables["chips"][kind]}), re.IGNORECASE))
            for kind in KINDS
            if tables["chips"][kind]
        ),
        _words(tables["after_author"]),
        re.compile("|".join(_flat(tables["traces"])), re.IGNORECASE),
        tuple(
            (kind, _words({kind: tables["notices"][kind]}))
            for kind in KINDS
            if tables["notices"][kind]
        ),
        _whole_words(tables["address"]),
        _whole_words(tables["page_words"]),
        tuple(
            (kind, re.compile(_SENTENCE_START + _alternatives({kind: openings}), re.IGNORECASE))
            for kind, openings in tables["appeals"].items()
        ),
        tuple(
            (kind, re.compile(_alternatives({kind: headings}), re.IGNORECASE))
            for kind, headings in tables["leads"].items()
        ),
        re.compile(
            rf"(?:\b(?:{'|'.join(_flat(tables['unfinished']))})|\[) ?(?:…|\.\.\.)\]?$",
            re.IGNORECASE,
        ),
    )


def _alternatives(chips: Mapping[str, list[str]]) -> str:
    r"""Chips as whole words; ``\b`` fails beside signs, so borders are looked at directly.

    Longer patterns stand first, since the first alternative that fits is kept.
    """
    ordered = sorted(_flat(chips), key=len, reverse=True)
    return rf"(?<!\w)(?:{'|'.join(ordered)})(?!\w)"


def _words(words: Mapping[str, list[str]]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_flat(words))})", re.IGNORECASE)


def _whole_words(words: Mapping[str, list[str]]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_flat(words))})(?!\w)", re.IGNORECASE)


def _flat(table: Mapping[str, list[str]]) -> list[str]:
    return [pattern for kind in KINDS for pattern in table.get(kind, ())]
