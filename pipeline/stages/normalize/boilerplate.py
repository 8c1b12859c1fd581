"""Finds what is not part of the article: lines by words, place and build; stretches inside.

The article's *body* reaches from its first to its last line of prose. Above and below it the tables
may be trusted more: "By Ann Lee" is a byline above the body, and a fragment inside it. A line of
prose is never removed for its build, and inside the body only what tables name outright goes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.core.spans import Span
from pipeline.languages import boilerplate as tables

# Kinds whose patterns leave the end of the line open, so that a sentence may fit them.
DOUBTFUL_KINDS = frozenset({"cookies", "footer", "byline", "date", "related", "author_bio"})
SENTENCE_WORDS = 6
# Prose: a sentence this long, or two sentences.
MIN_PROSE = 80
MIN_SENTENCE = 50
# A heading such as "Comments" ends the article only near its end.
MIN_SHARE_BEFORE_TAIL = 0.5
# A byline may stand below a standfirst, and a date above the readers' comments.
NEAR_TOP = 6
NEAR_BOTTOM = 5
MAX_LOOSE_ENDS = 2
CLOSING_KINDS = frozenset(
    ("comments", "newsletter", "share", "related", "cookies", "footer", "author_bio")
)
# A notice is short, stands beside at least so many paragraphs, and has so many words of newspapers;
# an article may well open with a word to its reader.
MAX_NOTICE = 250
MIN_ARTICLE = 2
# More at either end are an attack: some are compared with the whole article.
MAX_NOTICES = 100
PAGE_WORDS_ABOVE = 3
PAGE_WORDS_BELOW = 1
MAX_KICKER_WORDS = 3
MAX_FRAGMENT_WORDS = 15
MAX_MENU_WORDS = 4
MAX_SWITCHER = 400
MAX_INLINE_SHARE = 0.5
# " - Valley Post - News" behind a headline; so much of a paragraph stands in its teaser.
MAX_SITE = 60
MIN_CUT_OFF = 40
# Headlines and captions stand twice within so few lines; a sentence of so many words does not.
NEAR = 2
MIN_REPEATED = 8
MIN_TEASERS = 2
# More places where a small letter touches a capital than headlines have (YouTube, McDonald's).
MIN_GLUED = 4

# Before a capital letter, or at the end: "Feb. 3" ends no sentence.
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*(?= [\"'“‘«(]?[A-ZÀ-Ý]|$)")
_SITE = re.compile(r"\s*[|·•»–—-]\s+\S")
# What stands for a picture: "The bridge image".
_IMAGE = re.compile(r" (?:image|photo|picture|immagine|foto)$")
# "Sabato 6 giugno", "Saturday 6 June", "Saturday, June 6"
_DAY = re.compile(r"[^\W\d]+,? (?:\d{1,2}(?:st|nd|rd|th)? [^\W\d]+|[^\W\d]+ \d{1,2})")
_NUMBER = re.compile(r"\d+")
_LABEL = re.compile(r"\w ?[:|>»]|\w [–—-]+ ")
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
    kinds = _line_kinds(contents, _led(text, lines, contents))
    found = [Found(line, kind) for line, kind in zip(lines, kinds, strict=True) if kind]
    for line, content, kind in zip(lines, contents, kinds, strict=True):
        if kind is None:
            found += _inline(line, content)
    return tuple(sorted(found, key=lambda item: item.span))


def _line_kinds(contents: Sequence[str], led: Mapping[int, str]) -> list[str | None]:
    kinds = [led.get(index) or _kind_anywhere(content) for index, content in enumerate(contents)]
    _mark_repeated(contents, kinds)
    _mark_teasers(contents, kinds)
    prose = [
        index
        for index, content in enumerate(contents)
        if kinds[index] is None and is_prose(content)
    ]
    if not prose:
        return kinds
    _mark_notices(contents, kinds, prose)
    first, last = prose[0], prose[-1]
    opened = False
    for index, content in enumerate(contents):
        if opened and index < last and _is_sentence(content):
            continue  # between sentences of the article, this is one more
        opened = opened or (kinds[index] is None and _is_sentence(content))
        zone = _zone(index, first, last, contents)
        kinds[index] = kinds[index] or _kind_by_place(content, zone)
        if zone == "top" and index > last:  # an article of few lines
            kinds[index] = kinds[index] or _kind_by_place(content, "bottom")
    _mark_appeals(contents, kinds, prose)
    _keep_programme(contents, kinds)
    _mark_above(contents[:first], kinds)
    _mark_below(contents, kinds, last)
    _mark_tail(contents, kinds)
    _mark_author(contents, kinds)
    return kinds


def _led(text: str, lines: Sequence[Span], contents: Sequence[str]) -> dict[int, str]:
    """The kinds of headings such as *Image caption*, of the line that each leads, and of a sentence
    right above it without an empty line between: there pages keep what describes the picture to
    those who do not see it."""
    kinds: dict[int, str] = {}
    for index, content in enumerate(contents):
        kind = tables.led_kind(content)
        if kind is None:
            continue
        above = index - 1
        # Where single line breaks part all paragraphs, they tell nothing.
        touches = _is_next(text, lines, index) and not _is_next(text, lines, above)
        described = (
            touches and _is_sentence(contents[above]) and not _has_quotation(contents[above])
        )
        # A caption is no sentence with a full stop: where it is missing, the article goes on.
        following = contents[index + 1] if index + 1 < len(contents) else ""
        below = bool(following) and not (_has_quotation(following) or following[-1] in ".!?")
        for place, fits in ((above, described), (index, True), (index + 1, below)):
            if fits:
                kinds[place] = kind
    return kinds


def _is_next(text: str, lines: Sequence[Span], index: int) -> bool:
    """Whether no empty line stands between a line and the one before."""
    return index > 0 and text[lines[index - 1].end : lines[index].start].count("\n") == 1


def _mark_repeated(contents: Sequence[str], kinds: list[str | None]) -> None:
    """Marks headlines and captions that stand twice within a few lines: word for word, as the
    page's title (*Bridge closed - Valley Post*), or cut off (*The bridge was closed...*)."""
    plain = [re.sub(r"\W+", " ", content).strip().lower() for content in contents]
    named = [_IMAGE.sub("", content) for content in plain]
    for index, content in enumerate(contents):
        for other in range(index + 1, min(index + 1 + NEAR, len(contents))):
            if kinds[index] or not plain[index]:
                break
            if kinds[other] == "caption":
                # What stands in the place of a picture, and again in its caption with a credit.
                credit = plain[other].removeprefix(plain[index] + " ")
                if credit != plain[other] and len(credit) <= MAX_SITE:
                    kinds[index] = "repeated"
            elif kinds[other] is None and named[index] == named[other] and _is_label(content):
                kinds[index if named[index] != plain[index] else other] = "repeated"
            elif _is_page_title(content, contents[other]) or (
                _is_cut_off(content, plain[index]) and plain[other].startswith(plain[index])
            ):
                kinds[index] = "repeated"
            if contents[other][-1] in ".!?":
                break


def _is_label(line: str) -> bool:
    """Whether a line may be a headline or a caption: not *No.* in an interview, nor who speaks, nor
    a refrain (*the river runs to the sea,*)."""
    if tables.is_name(line) or is_prose(line) or line[-1] in ",;":
        return False
    words = len(line.split())
    return words >= MIN_REPEATED or (words > 1 and line[-1] not in ".!?:")


def _is_page_title(line: str, headline: str) -> bool:
    rest = line.removeprefix(headline)
    return rest != line and len(rest) <= MAX_SITE and _SITE.match(rest) is not None


def _is_cut_off(line: str, words: str) -> bool:
    return line.endswith(("…", "...")) and len(words) >= MIN_CUT_OFF


def _mark_teasers(contents: Sequence[str], kinds: list[str | None]) -> None:
    """Marks a list of beginnings of other articles, cut off, below the article."""
    end = len(contents)
    while end and (kinds[end - 1] or _is_teaser(contents[end - 1])):
        end -= 1
    teasers = [index for index in range(end, len(contents)) if not kinds[index]]
    prose = sum(len(content) for content in contents[:end] if is_prose(content))
    # A piece that is told with dots throughout has more of them than anything else; whole sentences
    # may be the article's own ("Nobody remembers how it ended…").
    cut = any(tables.is_unfinished(contents[index]) for index in teasers)
    length = sum(len(contents[index]) for index in teasers)
    if cut and len(teasers) >= MIN_TEASERS and length < prose:
        for index in teasers:
            kinds[index] = "related"


def _is_teaser(line: str) -> bool:
    return line.endswith(("…", "...")) and not _has_quotation(line)


def _mark_notices(contents: Sequence[str], kinds: list[str | None], prose: list[int]) -> None:
    """Marks prose above and below the article in which the page speaks, and takes it out of
    ``prose``; one line of prose always stays."""
    for end in (0, -1):
        for _ in range(min(MAX_NOTICES, len(prose) - 1)):
            kind = _notice_kind(contents, prose, prose[end])
            if not kind:
                break
            kinds[prose.pop(end)] = kind


def _notice_kind(contents: Sequence[str], prose: Sequence[int], index: int) -> str | None:
    """The kind of a notice; nobody whom the article names has a biography below it."""
    line = contents[index]
    if kind := tables.notice_kind(line):
        return kind
    needed = PAGE_WORDS_BELOW if index == prose[-1] else PAGE_WORDS_ABOVE
    if _speaks_of_page(line, [contents[other] for other in prose if other != index], needed):
        return "footer"
    kind = tables.line_kind(line, "bottom") if index == prose[-1] else None
    if kind != "author_bio":
        return None
    author = " ".join(line.split()[:2])
    return None if any(author in contents[i] for i in prose if i != index) else kind


def _speaks_of_page(line: str, article: Sequence[str], needed: int) -> bool:
    """Whether a line beside an article speaks to its reader about the page, as the article never
    does: *Did you spot a mistake? Let our corrections desk know.*"""
    return (
        len(line) <= MAX_NOTICE
        and len(article) >= MIN_ARTICLE
        and tables.addresses_reader(line)
        and len(tables.page_words(line)) >= needed
        and not any(map(tables.addresses_reader, article))
    )


def _mark_appeals(contents: Sequence[str], kinds: list[str | None], prose: Sequence[int]) -> None:
    """Marks short lines beside the article that ask its reader to do something with the page, as
    the article never does: *Follow the story on our live blog.* One line above stays as the
    headline."""
    if any(tables.addresses_reader(contents[index]) for index in prose):
        return
    beside = [*range(prose[0]), *range(prose[-1] + 1, len(contents))]
    left = [index for index in beside if kinds[index] is None]
    appeals = {index: kind for index in left if (kind := tables.appeal_kind(contents[index]))}
    headless = all(index in appeals for index in left if index < prose[0])
    for index, kind in appeals.items():
        if index > prose[-1] or not headless:
            kinds[index] = kind


def _keep_programme(contents: Sequence[str], kinds: list[str | None]) -> None:
    """Takes back the mark of several different days: headings of a programme, since an article
    appears on one (*Saturday 6 June*, *Sunday 7 June*)."""
    days = [
        index
        for index, kind in enumerate(kinds)
        if kind == "date" and _DAY.fullmatch(contents[index])
    ]
    if len({contents[index] for index in days}) > 1:
        for index in days:
            kinds[index] = None


def is_prose(line: str) -> bool:
    """Whether a line reads like running text: a long sentence, or more than one."""
    ends = len(_SENTENCE_END.findall(line))
    return (len(line) >= MIN_PROSE and ends >= 1) or (len(line) >= MIN_SENTENCE and ends >= 2)


def _kind_anywhere(line: str) -> str | None:
    if not any(map(str.isalnum, line)) and not _has_quotation(line):
        return "nav"  # "-----", "***"
    if kind := tables.line_kind(line):
        doubtful = kind in DOUBTFUL_KINDS and _is_sentence(line) and line[0] != "\N{COPYRIGHT SIGN}"
        return None if doubtful else kind
    if kinds := tables.chip_kinds(line) or tables.chip_kinds(tables.unglued(line)):
        # One word alone may be a heading ("Politics"), or a sentence ("Listen.").
        alone = len(kinds) == 1 and (
            kinds[0] in ("section", "nav")
            or (kinds[0] in ("share", "comments") and line[-1] in ".,")
        )
        return None if alone else _leading(kinds)
    return "language_switcher" if _is_switcher(line) else _mixed_menu(line, "body")


def _is_sentence(line: str) -> bool:
    """*Registered in 1911, the ship sank last night.*: inside the body, a sentence of the article
    may begin like a footer. Below the body the same line is looked at once more."""
    return line.rstrip()[-1:] in ".!?" and len(line.split()) >= SENTENCE_WORDS


def _zone(index: int, first: int, last: int, contents: Sequence[str]) -> tables.Zone:
    if index < max(first, NEAR_TOP):
        return "top"
    return "bottom" if index > min(last, len(contents) - 1 - NEAR_BOTTOM) else "body"


def _kind_by_place(line: str, zone: tables.Zone) -> str | None:
    """The kind of a line near the top or bottom; of prose only a biography is looked for."""
    if zone == "body":
        return None
    if is_prose(line):
        kind = tables.line_kind(line, "bottom") if zone == "bottom" else None
        return kind if kind == "author_bio" else None
    return tables.line_kind(line, zone) or _mixed_menu(line, zone) or tables.notice_kind(line)


def _mark_above(contents: Sequence[str], kinds: list[str | None]) -> None:
    """Marks sections, menus and names among the lines above the body, but for the headline."""
    unknown = [index for index in range(len(contents)) if kinds[index] in (None, "related")]
    if unknown and kinds[unknown[0]] == "related" and _LABEL.search(contents[unknown[0]]):
        kinds[unknown[0]] = None  # "Ranked: the best beaches" is the headline here
    titles = [
        index
        for index in unknown
        if not tables.is_name(contents[index]) and not _is_glued(contents[index])
    ] or unknown
    headline = max(titles, key=lambda index: len(contents[index]), default=None)
    for index in unknown:
        if index == headline or kinds[index]:
            continue
        if _is_menu(contents[index]) or _is_glued(contents[index]):
            kinds[index] = "nav"
        elif _is_row(contents[index]):
            kinds[index] = "byline"
        elif chips := tables.chip_kinds(contents[index]) or _menu_words(contents[index]):
            kinds[index] = _leading(chips)
        elif headline is not None and index < headline and _is_kicker(contents[index]):
            kinds[index] = "section"
        elif headline is not None and index > headline and tables.is_name(contents[index]):
            kinds[index] = "byline"


def _is_glued(line: str) -> bool:
    """*HomeWorldSportCultureTravelContact us*: a menu that lost its separators."""
    return len(tables.unglued(line)) - len(line) >= MIN_GLUED and not _SENTENCE_END.search(line)


def _menu_words(line: str) -> list[str]:
    """The kinds of a row of capitalised words, of which more than half are chips."""
    words = line.split()
    if len(words) < 3 or not all(word[0].isupper() for word in words):
        return []
    kinds = [kind for word in words for kind in tables.chip_kinds(word)]
    return kinds if 2 * len(kinds) > len(words) else []


def _is_kicker(line: str) -> bool:
    """A few capitalised words above a headline ("Trieste", "SCIENZA E NATURA")."""
    words = [word for word in line.split() if word.lower() not in tables.CONNECTORS]
    return len(words) <= MAX_KICKER_WORDS and all(
        (word[0].isupper() and word.replace("&", "").isalpha()) or (place and word.isdecimal())
        for place, word in enumerate(words)
    )


def _mark_below(contents: Sequence[str], kinds: list[str | None], last: int) -> None:
    """Marks what is left below the body: links to other articles, slogans, menus.

    Above the first button or notice two fragments at most: more are a list, or short sentences,
    that end the article. Below it no line is part of the article any more, unless it quotes.
    """
    below = range(last + 1, len(contents))
    for index in below:
        if kinds[index] is None:
            chips = tables.chip_kinds(contents[index])
            kinds[index] = _leading(chips) if chips else _menu_kind(contents[index])
    closing = next((index for index in below if kinds[index] in CLOSING_KINDS), len(contents))
    announced = _announced(contents, kinds, below)
    loose = [index for index in below if kinds[index] is None and index not in announced]
    few = sum(index < closing for index in loose) <= MAX_LOOSE_ENDS
    for index in loose:
        line = contents[index]
        if (few and _is_fragment(line)) or (index > closing and not _has_quotation(line)):
            kinds[index] = "related"


def _announced(contents: Sequence[str], kinds: Sequence[str | None], below: range) -> set[int]:
    """The lines of a list that the article announces with a colon: *The winners are:*."""
    announced: set[int] = set()
    for index in below:
        last = index - 1
        told = last in announced or (kinds[last] is None and contents[last].endswith(":"))
        if kinds[index] is None and told:
            announced.add(index)
    return announced


def _menu_kind(line: str) -> str | None:
    return "nav" if _is_menu(line) else None


def _is_fragment(line: str) -> bool:
    """Whether a line is no sentence: short, without a final stop, no quotation, no list item, no
    table (*Marcatori: 12' Neri, 40' Ferri*)."""
    return (
        3 <= len(line.split()) <= MAX_FRAGMENT_WORDS
        and line[0].isalpha()
        and line[-1].isalnum()
        and not _has_quotation(line)
        and len(_NUMBER.findall(line)) < 2
    )


def _leading(kinds: Sequence[str]) -> str:
    """The kind of most chips; the table order decides between equals. A menu names sections."""
    if set(kinds) == {"nav", "section"}:
        return "nav"
    return max(set(kinds), key=lambda kind: (kinds.count(kind), -tables.KINDS.index(kind)))


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


def _mixed_menu(line: str, zone: tables.Zone) -> str | None:
    """The kind of a line of short parts of which at least half are chips."""
    parts = [part for part in _MENU_SEPARATOR.split(line.strip()) if part]
    if len(parts) < 2 or any(len(part.split()) > MAX_MENU_WORDS + 4 for part in parts):
        return None
    kinds = [kind for part in parts for kind in _part_kind(part, zone)]
    return _leading(kinds) if 2 * len(kinds) >= len(parts) and kinds else None


def _part_kind(part: str, zone: tables.Zone) -> Sequence[str]:
    if kind := tables.line_kind(part, zone):
        return (kind,)
    return tables.chip_kinds(part)[:1]


def _is_menu(line: str) -> bool:
    """Short capitalised parts between separators: a menu, a breadcrumb, a section line."""
    parts = [part for part in _MENU_SEPARATOR.split(line.strip()) if part]
    return (
        len(parts) >= 2
        and all(len(part.split()) <= MAX_MENU_WORDS for part in parts)
        and (len(parts) >= 3 or all(part[0].isupper() for part in parts))
        and not any(character.isdigit() or character in '«“"' for character in line)
    )


def _is_row(line: str) -> bool:
    """Who, where and when between separators: *Balkan Service / Skopje / 11:48 CET*."""
    parts = [part for part in _MENU_SEPARATOR.split(line.strip()) if part]
    return len(parts) >= 3 and all(
        len(part.split()) <= MAX_MENU_WORDS and part[0].isalnum() for part in parts
    )


def _mark_tail(contents: Sequence[str], kinds: list[str | None]) -> None:
    """Marks what follows a closing heading ("About the company", "3 comments:")."""
    total = sum(map(len, contents))
    before = 0
    ends: dict[str, int] = {}
    for index, content in enumerate(contents):
        if before >= MIN_SHARE_BEFORE_TAIL * total:
            kind = tables.heading_kind(content, "tails")
            if kind and _is_tail(kind, contents, index, ends):
                kinds[index:] = [marked or kind for marked in kinds[index:]]
                return
        before += len(content)


def _is_tail(kind: str, contents: Sequence[str], heading: int, ends: dict[str, int]) -> bool:
    """Whether the lines below a closing heading are of its kind.

    ``ends`` keeps the last line of comments and of prose, looked for at most once, since a page may
    consist of headings.
    """
    below = len(contents) - 1 - heading
    if kind == "comments":
        if kind not in ends:
            ends[kind] = _last(tables.is_comment_trace, contents)
        return ends[kind] > heading
    if kind == "related":
        if kind not in ends:
            ends[kind] = _last(is_prose, contents)
        return below > 0 and ends[kind] <= heading
    return below <= 3 and not any(map(_has_quotation, contents[heading + 1 :]))


def _last(test: Callable[[str], bool], contents: Sequence[str]) -> int:
    """The index of the last line that passes ``test``; -1 when none does."""
    return next((index for index in reversed(range(len(contents))) if test(contents[index])), -1)


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
    return any(mark in line for mark in tables.QUOTATION_MARKS)


def _inline(line: Span, content: str) -> Iterator[Found]:
    end = 0
    for start, stop, kind in sorted(tables.inline_matches(content)):
        if start >= end and stop - start <= MAX_INLINE_SHARE * len(content):
            yield Found(Span(start, stop).shift(line.start), kind)
            end = stop
