"""Lost spaces between sentences, clauses and quotations: only where nothing else can be meant.

``Ha vinto.Domani gioca`` gets its space; ``Veduta3.1``, ``5.500``, ``S.p.A.``, ``J.R.R. Tolkien``,
``e.g.``, ``Corriere.it``, ``https://a.it/B.C`` and ``Yahoo!Finance`` stay as they are.

A straight quotation mark without space on either side opens or closes by the nearest earlier mark
of its paragraph whose side can be seen (``source."In`` against ``profitti."La``), so one missing
mark misleads at most up to the next clear one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.textmap import Edit
from pipeline.languages.seams import (
    ABBREVIATIONS,
    DOMAIN_ENDINGS,
    GLUED_STARTERS,
    NAMES_WITH_MARK,
    STARTERS,
)

KIND = "missing_space"

_UPPER = "A-ZÀ-ÖØ-ÞĀĆČĐŁŃŌŚŠŞŹŻŽ"
_LOWER = "a-zà-öø-ÿāćčđłńōśšşźżž"
_LETTER = _UPPER + _LOWER

# Addresses and their like are left alone as whole words.
_ADDRESS_SIGN = re.compile(r"://|www\.|@\w|/(?<=\w/)\w+[./]|\\")
_WORD_END = re.compile(r"\s|\Z")

_WORD_BEFORE = re.compile(rf"[{_LETTER}0-9'’-]+\Z")
_WORD_AFTER = re.compile(rf"[{_LETTER}0-9'’-]+")

_SEAM = re.compile(
    rf"""
    (?=[.!?…,;:”»’)“«„{_UPPER}]) (?:      # most places are passed over at once
      (?P<end> (?<![.!?…]) [.!?…]++ [”»)\]]*+ ) (?= [«“‘„(\[]? [{_UPPER}] )   # fine.Inizio
    | (?P<pause> (?<=[\w.!?”»)%"']) [,;:] ) (?= [«“‘„(]? [{_LETTER}] )  # cloud,Il; fine",ha
    | (?P<close> (?<=[\w.,!?…%)]) [”»] ) (?= [{_LETTER}(] )      # ”Poi
    | (?P<single> (?<=[{_LOWER}][.,!?…]) ’ ) (?= [{_UPPER}][{_LOWER}] )      # .’Then
    | (?P<open> (?<=[{_LETTER}.,:;!?)]) (?= [“«„] [{_LETTER}0-9] ) )   # disse“Vieni
    | (?P<bracket> (?<=[{_LOWER}0-9%]) \) ) (?= [{_UPPER}][{_LOWER}] )   # (ISTAT)Nel
    | (?P<glued> (?<= [{_LOWER}]{{4}} ) (?= [{_UPPER}][{_LOWER}]+ [ '’,] ) )   # FenmarshIl CEO
    )
    """,
    re.VERBOSE,
)


def seams(text: str) -> Iterator[Edit]:
    """Insertions of the spaces that are missing in ``text``."""
    addresses = _addresses(text)
    mended = -1
    for match in _SEAM.finditer(text):
        if any(map(addresses.__contains__, (match.start() - 1, match.end()))):
            continue
        # "disse.«Vieni" ends a sentence and opens a quotation, but lacks one space only.
        if match.end() != mended and _is_seam(text, match):
            mended = match.end()
            yield Edit(mended, mended, " ", KIND)


def quote_seams(text: str) -> Iterator[Edit]:
    """Insertions of the spaces that are missing beside straight quotation marks."""
    start = 0
    for paragraph in text.split("\n"):
        for mark in ('"', "'"):
            if mark in paragraph:
                for offset in _quote_seams(paragraph, mark):
                    yield Edit(start + offset, start + offset, " ", KIND)
        start += len(paragraph) + 1


def _addresses(text: str) -> frozenset[int]:
    """The offsets inside words that look like web or mail addresses or paths."""
    offsets: set[int] = set()
    end = 0
    while sign := _ADDRESS_SIGN.search(text, end):
        start = max(end, *(text.rfind(space, end, sign.start()) + 1 for space in " \n"))
        end = _end_of_word(text, sign.end())
        offsets.update(range(start, end))
    return frozenset(offsets)


def _end_of_word(text: str, position: int) -> int:
    found = _WORD_END.search(text, position)
    return found.start() if found else len(text)


def _is_seam(text: str, match: re.Match[str]) -> bool:
    before = _word_before(text, match.start())
    after = _word_after(text, match.end())
    match match.lastgroup:
        case "end":
            return _ends_sentence(text, match, before, after)
        case "pause":
            return _is_pause(match[0], before, after)
        case "close":
            return len(after) > 1 or after.isupper() or not after
        case "open":
            return "„" not in _line_before(text, match.start())
        case "glued":
            return after in GLUED_STARTERS and not before.isupper()
        case _:
            return True


def _ends_sentence(text: str, match: re.Match[str], before: str, after: str) -> bool:
    mark = match["end"]
    if mark[0] in "!?":
        return len(before) != 1 and before.lower() not in NAMES_WITH_MARK
    if not before:  # ").Il", "%.Una", "”.Poi"; but no space after "..."
        return text[max(match.start() - 1, 0)] in "%)]”»\"'€$"
    if before.lower() in ABBREVIATIONS or len(before) == 1:
        return after in STARTERS and _stands_alone(text, match.end(), after)
    if after in DOMAIN_ENDINGS and mark == ".":  # "Stability.Ai", but "fine.Ai margini"
        return after in STARTERS and before.islower()
    if len(after) == 1:  # "tutto.È vero", but "Ph.D."
        return before.isalpha() and _stands_alone(text, match.end(), after)
    # "ASP.NET" is a name; "sicurezza.OpenAI" and "modelli.GPT-4" are not
    return not after.isupper() or (before[-1].islower() and len(before) > 2)


def _is_pause(mark: str, before: str, after: str) -> bool:
    if not before:  # "40%,the" and "parole.:Se"
        return len(after) > 1 and after[0] not in "0123456789"
    if len(before) < 2 or len(after) < 2 or before[-1].isdigit() or after[0].isdigit():
        return False
    return mark != ":" or (len(before) > 3 and before[-1].islower() and after[0].isupper())


def _word_before(text: str, end: int) -> str:
    found = _WORD_BEFORE.search(text, max(0, end - 40), end)
    return re.split("['’]", found[0])[-1] if found else ""


def _word_after(text: str, start: int) -> str:
    while start < len(text) and text[start] in "«“‘„([":
        start += 1
    found = _WORD_AFTER.match(text, start, start + 40)
    return re.split("['’-]", found[0])[0] if found else ""


def _stands_alone(text: str, start: int, word: str) -> bool:
    end = text.index(word, start) + len(word)
    return end < len(text) and text[end] in " '’,"


def _line_before(text: str, end: int) -> str:
    near = max(0, end - 500)
    return text[max(text.rfind("\n", near, end) + 1, near) : end]


def _quote_seams(paragraph: str, mark: str) -> Iterator[int]:
    is_open = False
    for match in re.finditer(re.escape(mark), paragraph):
        before = paragraph[match.start() - 1] if match.start() else " "
        after = paragraph[match.end()] if match.end() < len(paragraph) else " "
        if mark == "'" and before.isalnum():
            # An apostrophe, or a closing mark after a word: "dogs' dinner".
            is_open = is_open and after.isalnum()
            continue
        if before in " («“—–[" or before.isspace():
            is_open = not after.isspace()
        elif after.isspace() or after in ".,;:!?)…»”]":
            is_open = False
        elif before in ".,;:!?…)" or (mark == '"' and before.isalpha() and after.isalpha()):
            if is_open and before != ":":
                if after.isalnum() or after == "(":
                    yield match.end()
                is_open = False
            elif after.isalnum() or after in "«“‘(¿¡":
                yield match.start()
                is_open = True
