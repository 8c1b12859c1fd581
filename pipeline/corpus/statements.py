"""What a statement commits itself to: its numbers, its negation, its end of opposites.

>>> numbers_in("costerà 84,5 milioni, il 60 per cento", "it") == {84500000.0, 60.0}
True
>>> contradicts(read("The plan was not approved.", "en"), read("Il piano è stato approvato.", "it"))
True
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.languages.agreement import AgreementTable, agreement_table

Polarity = Literal["yes", "no", "open"]

_WORD = re.compile(
    r"""
      \d+ (?: [.,’'] \d+ )* s?          # 5.500   84,5   1990s
    | [^\W\d_]+ (?: ['’] t \b )?        # parole   don't
    | [’'] \d\d \b                      # anni '90
    """,
    re.VERBOSE,
)
_GROUPED = re.compile(r"\d{1,3}(?P<mark>[.,’'])\d{3}(?:(?P=mark)\d{3})*")
_DECIMAL_MARK = {"en": ".", "it": ","}


@dataclass(frozen=True, slots=True)
class Statement:
    """Numbers as values; polarity open where a translation could go either way; for each axis of
    opposites that is touched, the end (0 or 1)."""

    numbers: frozenset[float]
    polarity: Polarity
    ends: Mapping[str, int]


def read(text: str, language: str, *, denied: bool = False) -> Statement:
    """What ``text`` commits itself to; ``denied`` when the reporting clause denies it."""
    table = agreement_table(language)
    words = _words(text)
    return Statement(
        _numbers(words, language, table),
        _polarity(words, table, denied),
        _ends(words, table),
    )


def _words(text: str) -> list[str]:
    return [match.group().lower().replace("’", "'") for match in _WORD.finditer(text)]


def numbers_in(text: str, language: str) -> frozenset[float]:
    """The values of all numbers in ``text``, in digits or in words, but for times of day."""
    return _numbers(_words(text), language, agreement_table(language))


def number_agreement(left: Statement, right: Statement) -> float:
    """1 when the numbers agree, -1 when each side has numbers that the other lacks, else 0."""
    if left.numbers == right.numbers:
        return 1.0 if left.numbers else 0.0
    return -1.0 if left.numbers - right.numbers and right.numbers - left.numbers else 0.0


def polarity_agreement(left: Statement, right: Statement) -> float:
    """1 when both affirm or both deny the same, -1 when one denies it, 0 when that is open."""
    if "open" in (left.polarity, right.polarity):
        return 0.0
    apart = left.polarity != right.polarity
    opposite = any(left.ends[axis] != right.ends[axis] for axis in left.ends.keys() & right.ends)
    return -1.0 if apart != opposite else 1.0


def contradicts(left: Statement, right: Statement) -> bool:
    """Whether numbers or polarity keep the two from being the same statement."""
    return number_agreement(left, right) < 0 or polarity_agreement(left, right) < 0


def _numbers(words: Sequence[str], language: str, table: AgreementTable) -> frozenset[float]:
    found: list[float] = []
    for index, word in enumerate(words):
        before = words[index - 1] if index else ""
        after = words[index + 1] if index + 1 < len(words) else ""
        if word in table.scales and index and _is_number(before, table):
            found[-1:] = [found[-1] * table.scales[word]] if found else []
        elif word in table.numbers:
            found.append(float(table.numbers[word]))
        elif word[0].isdigit() and not word.endswith("s"):
            if before in table.clock or after in table.clock:
                continue
            found.append(_value(word, language))
    return frozenset(found)


def _is_number(word: str, table: AgreementTable) -> bool:
    return word[:1].isdigit() or word in table.numbers


def _value(digits: str, language: str) -> float:
    """A number in digits, grouped and with decimals as the language writes them."""
    mark = _DECIMAL_MARK[language]
    whole, _, decimals = digits.rpartition(mark)
    if not whole or (_GROUPED.fullmatch(digits) and digits.count(mark) > 1):
        whole, decimals = digits, ""
    plain = re.sub(r"\D", "", whole)
    return float(f"{plain}.{re.sub(r'[^0-9]', '', decimals) or 0}")


def _polarity(words: Sequence[str], table: AgreementTable, denied: bool) -> Polarity:
    if any(word in table.negators for word in words):
        if any(word in table.contrasts for word in words):
            return "open"
        return "yes" if denied else "no"
    if any(word in table.half_negators for word in words):
        return "open"
    return "no" if denied else "yes"


def _ends(words: Sequence[str], table: AgreementTable) -> dict[str, int]:
    ends = {}
    for axis, (first, second) in table.opposites.items():
        touched = {int(word in second) for word in words if word in first or word in second}
        if len(touched) == 1:
            ends[axis] = touched.pop()
    return ends
