"""Finds what is not part of the article: lines by words, place and build; stretches inside.

The article's *body* reaches from its first to its last line of prose. Above and below it the tables
may be trusted more: "By Ann Lee" is a byline above the body, and a fragment inside it. A line of
prose is never removed for its build, and inside the body only what tables name outright goes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.core.spans import Span
from pipeline.languages import boilerplate as tables

# Prose: a sentence this long, or two sentences.
MIN_PROSE = 120
MIN_SENTENCE = 50
# A heading such as "Comments" ends the article only near its end.
MIN_SHARE_BEFORE_TAIL = 0.5
# A byline may stand below a standfirst, and a date above the readers' comments.
NEAR_TOP = 6
NEAR_BOTTOM = 5
MAX_MENU_WORDS = 4
MAX_SWITCHER = 400
MAX_INLINE_SHARE = 0.5

_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*(?= |$)")
_MENU_SEPARATOR = re.compile(r"\s*[|·•›»>→]+\s*|\s+/\s+")
_LANGUAGE_CODES = re.compile(
    r"(?:EN|ENG|IT|ITA|FR|FRA|DE|DEU|ES|ESP|PT|NL|PL|RU|ZH|CN|JA|JP|KO|AR|EL|RO|SL|HR|SV|DA|FI|UK)"
)


@dataclass(frozen=True, slots=True)
class Found:
    """Boilerplate in the current text."""

    span: Span
    kind: str


def boilerplate(text: str, lines: Sequence[Span]) -> tuple[Found, ...]:
    """Boilerplate lines (whole) and stretches inside paragraphs, in text order."""
    contents = [line.of(text) for line in lines]
    kinds = _line_kinds(contents)
    found = [Found(line, kind) for line, kind in zip(lines, kinds, strict=True) if kind]
    for line, content, kind in zip(lines, contents, kinds, strict=True):
        if kind is None:
            found += _inline(line, content)
    return tuple(sorted(found, key=lambda item: item.span))


def is_boilerplate_line(line: str) -> bool:
    """Whether a line is boilerplate wherever it stands."""
    return _kind_anywhere(line) is not None


def _line_kinds(contents: Sequence[str]) -> list[str | None]:
    kinds = [_kind_anywhere(content) for content in contents]
    prose = [
        index
        for index, content in enumerate(contents)
        if kinds[index] is None and is_prose(content)
    ]
    if not prose:
        return kinds
    first, last = prose[0], prose[-1]
    for index, content in enumerate(contents):
        if kinds[index] is None and not is_prose(content):
            if index < max(first, NEAR_TOP):
                kinds[index] = tables.line_kind(content, "top")
            elif index > min(last, len(contents) - 1 - NEAR_BOTTOM):
                kinds[index] = tables.line_kind(content, "bottom")
        if kinds[index] is None and not first <= index <= last:
            kinds[index] = _kind_by_build(content, is_title=index == 0 and first == 1)
    _mark_tail(contents, kinds)
    _mark_author(contents, kinds)
    return kinds


def is_prose(line: str) -> bool:
    """Whether a line reads like running text: a long sentence, or more than one."""
    ends = len(_SENTENCE_END.findall(line))
    return (len(line) >= MIN_PROSE and ends >= 1) or (len(line) >= MIN_SENTENCE and ends >= 2)


def _kind_anywhere(line: str) -> str | None:
    if kind := tables.line_kind(line):
        return kind
    if kinds := tables.chip_kinds(line):
        return _leading(kinds) if len(kinds) > 1 or kinds[0] not in ("section", "nav") else None
    return "language_switcher" if _is_switcher(line) else _mixed_menu(line)


def _kind_by_build(line: str, is_title: bool) -> str | None:
    """The kind of a line outside the body; a lone line above it is the headline ("Opinion")."""
    if (chips := tables.chip_kinds(line)) and not is_title:
        return _leading(chips)
    return "nav" if _is_menu(line) else None


def _leading(kinds: Sequence[str]) -> str:
    """The kind of most chips; the table order decides between equals."""
    return max(kinds, key=lambda kind: (kinds.count(kind), -tables.KINDS.index(kind)))


def _is_switcher(line: str) -> bool:
    """A list of languages: several scripts in one short line, or nothing but language codes."""
    if len(line) > MAX_SWITCHER or _SENTENCE_END.search(line):
        return False
    codes = [part for part in re.split(r"[\s|/·•,-]+", line) if part]
    if len(codes) >= 2 and all(_LANGUAGE_CODES.fullmatch(code) for code in codes):
        return True
    scripts = {_script(character) for character in line if character.isalpha()}
    return len(scripts) >= 3 or (len(scripts) == 2 and tables.names_languages(line))


def _script(character: str) -> str:
    """The script, by the first word of the character's Unicode name; Japanese counts as one."""
    if character < "\u0250":
        return "LATIN"
    script = unicodedata.name(character, "?").partition(" ")[0]
    return "CJK" if script in ("HIRAGANA", "KATAKANA", "CJK", "KATAKANA-HIRAGANA") else script


def _mixed_menu(line: str) -> str | None:
    """The kind of a line of short parts of which at least half are chips."""
    parts = [part for part in _MENU_SEPARATOR.split(line.strip()) if part]
    if len(parts) < 2 or any(len(part.split()) > MAX_MENU_WORDS + 4 for part in parts):
        return None
    kinds = [kind for part in parts for kind in _part_kind(part)]
    return _leading(kinds) if 2 * len(kinds) >= len(parts) and len(kinds) >= 1 else None


def _part_kind(part: str) -> list[str]:
    if kind := tables.line_kind(part):
        return [kind]
    return tables.chip_kinds(part)[:1]


def _is_menu(line: str) -> bool:
    """Short capitalised parts between separators: a menu, a breadcrumb, a section line."""
    parts = [part for part in _MENU_SEPARATOR.split(line.strip()) if part]
    return (
        len(parts) >= 2
        and all(len(part.split()) <= MAX_MENU_WORDS for part in parts)
        and all(part[0].isupper() for part in parts)
        and not any(character.isdigit() or character in '«“"' for character in line)
    )


def _mark_tail(contents: Sequence[str], kinds: list[str | None]) -> None:
    """Marks what follows a closing heading ("About the company", "3 comments:")."""
    total = sum(map(len, contents))
    before = 0
    for index, content in enumerate(contents):
        if before >= MIN_SHARE_BEFORE_TAIL * total:
            kind = tables.heading_kind(content, "tails")
            rest = contents[index + 1 :]
            if kind and _is_tail(kind, rest):
                kinds[index:] = [marked or kind for marked in kinds[index:]]
                return
        before += len(content)


def _is_tail(kind: str, rest: Sequence[str]) -> bool:
    """Whether the lines below a closing heading are of its kind."""
    if kind == "comments":
        return tables.has_comment_traces(rest)
    if kind == "related":
        return bool(rest) and not any(map(is_prose, rest))
    return len(rest) <= 3 and not any(_has_quotation(line) for line in rest)


def _mark_author(contents: Sequence[str], kinds: list[str | None]) -> None:
    """Marks the paragraph about the author below a line that names the author."""
    total = sum(map(len, contents))
    before = 0
    for index, content in enumerate(contents[:-1]):
        before += len(content)
        if before < MIN_SHARE_BEFORE_TAIL * total or not tables.heading_kind(content, "headers"):
            continue
        below = contents[index + 1]
        kinds[index] = kinds[index] or "byline"
        if tables.speaks_of_author(below) and not _has_quotation(below):
            kinds[index + 1] = kinds[index + 1] or "author_bio"


def _has_quotation(line: str) -> bool:
    return any(mark in line for mark in '"“”«»')


def _inline(line: Span, content: str) -> Iterator[Found]:
    end = 0
    for start, stop, kind in sorted(tables.inline_matches(content)):
        if start >= end and stop - start <= MAX_INLINE_SHARE * len(content):
            yield Found(Span(start, stop).shift(line.start), kind)
            end = stop
