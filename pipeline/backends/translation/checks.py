"""Is this answer a translation? Measured against what broken services are known to return."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.backends.langdetect_detector import UNKNOWN, detect_language
from pipeline.languages import LANGUAGES, other
from pipeline.languages.agreement import agreement_table
from pipeline.languages.quantities import value_table
from pipeline.languages.telltales import counts

_MARKUP = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>|&(?:#\d+|[a-z]+);", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")

_QUOTATION = re.compile("[\"“”«»„]|''")
# Single marks may stand for double ones in a translation, apostrophes inside words may not.
_SINGLE_QUOTATION = re.compile(r"(?<!\w)['‘]|(?<=[\w.,!?…])['’](?!\w)")

# English and Italian texts of the same content differ little in length (FLORES: 0.8 to 1.4).
LONGEST, SHORTEST = 3.0, 0.3
MIN_CHARS_FOR_LENGTH = 20
# Detectors err on short texts that are full of names; words that one language alone has do not.
MIN_CHARS_FOR_LANGUAGE = 60
MIN_TELLTALES = 2
LOOP_REPEATS = 4

_NUMBER = re.compile(r"\d+(?:[.,:'\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:[.,'\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]\d{3})+")
_SEPARATOR = re.compile(r"\D")
_ROMAN = re.compile(r"\b[IVXLC]{2,}\b")
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
# "2 mila" is 2,000, "8.30pm" 20.30, and "1990s" are anni '90.
_SUFFIXES = "|".join(
    suffix for code in LANGUAGES for suffix in agreement_table(code).thousand_suffixes
)
_THOUSANDS = re.compile(rf"(\d+)\s?(?:{_SUFFIXES})\b")
_AFTERNOON = re.compile(r"\b(\d|1[01])(?=(?:[:.]\d\d)?\s?p\.?m\b)", re.IGNORECASE)
_DECADE = re.compile(r"\b(?:19|20)(?=\d0s\b)")


def fault(source: str, answer: str | None, target: str) -> str | None:
    """Why ``answer`` cannot be taken as the translation of ``source``; None when it can.

    >>> fault("Ha detto di no.", "Ha detto di no.", "en")
    'echo of the source'
    >>> fault("Costa 3,5 milioni.", "It costs 35 million.", "en")
    'numbers changed'
    """
    if answer is None or not answer.strip():
        return "empty answer"
    return next((name for name, found in _faults(source, answer, target) if found), None)


def _faults(source: str, answer: str, target: str) -> Iterator[tuple[str, bool]]:
    """Every fault, the plainest first, and whether ``answer`` has it."""
    yield "echo of the source", _is_echo(source, answer)
    yield "markup in the answer", bool(_MARKUP.search(answer) and not _MARKUP.search(source))
    yield "numbers changed", _numbers_changed(source, answer, target)
    yield "quotation marks lost", _marks(source) > _marks(answer) + _single_marks(answer)
    if len(source) >= MIN_CHARS_FOR_LENGTH:
        yield "absurd length", not SHORTEST <= len(answer) / len(source) <= LONGEST
    yield "repeats itself", _loops(answer) and not _loops(source)
    yield "wrong language", _in_another_language(answer, target)


def _is_echo(source: str, answer: str) -> bool:
    """The same words again; a text that is all names and numbers may stay as it is."""
    if source.strip().casefold() != answer.strip().casefold():
        return False
    return any(word.islower() for word in _WORD.findall(source) if len(word) > 1)


def _marks(text: str) -> int:
    return len(_QUOTATION.findall(text))


def _single_marks(text: str) -> int:
    return len(_SINGLE_QUOTATION.findall(text))


def _in_another_language(answer: str, target: str) -> bool:
    telltales = counts(_WORD.findall(answer.lower()))
    if telltales[target] == 0 and telltales[other(target)] >= MIN_TELLTALES:
        return True
    if len(answer) < MIN_CHARS_FOR_LANGUAGE or telltales[target] >= MIN_TELLTALES:
        return False
    return detect_language(answer)[0] not in (target, UNKNOWN)


def _numbers_changed(source: str, answer: str, target: str) -> bool:
    """Whether a number is lost or new, unless it stands there as a word.

    "3,5" and "3.5", "5.500" and "5,500" are the same; "tre" may become "3", "XX secolo" "20th
    century", "12/5/2025" "12 May 2025", and "2.000 miliardi" "2 trillion".
    """
    asked, answered = _numbers(source), _numbers(answer)
    lost, new = asked - answered, answered - asked
    if not lost and not new:
        return False
    if _has_scale(source, other(target)) and _has_scale(answer, target):
        lost, new = _round(lost) - _round(new), _round(new) - _round(lost)
    in_answer, in_source = _in_words(answer, target), _in_words(source, other(target))
    if set(lost) - in_answer:
        return True
    stems = agreement_table(other(target)).number_stems
    guessed = any(word.startswith(stems) for word in _WORD.findall(source.lower()))
    return not guessed and bool(set(new) - in_source)


def _numbers(text: str) -> Counter[str]:
    """The numbers in digits: grouped ones as one, decimals and times as "3.5", dates in parts."""
    text = _THOUSANDS.sub(r"\g<1>000", _DECADE.sub("", text))
    text = _AFTERNOON.sub(lambda hour: str(int(hour[0]) + 12), text)
    found: Counter[str] = Counter()
    for match in _NUMBER.finditer(text):
        parts = _SEPARATOR.split(match[0])
        if _GROUPED.fullmatch(match[0]):
            found[str(int("".join(parts)))] += 1
        elif len(parts) == 2:
            found[f"{int(parts[0])}.{parts[1]}"] += 1
        else:
            found.update(str(int(part)) for part in parts)
    return found


def _in_words(text: str, language: str) -> set[str]:
    """The numbers that ``text`` writes as words, Roman numerals or names of months."""
    table, values = agreement_table(language), value_table(language)
    words = _WORD.findall(text.lower())
    found = {str(table.numbers[word]) for word in words if word in table.numbers}
    found |= {str(values.months[word]) for word in words if word in values.months}
    found |= {"1" for word in words if word in (*values.ones, values.first)}
    return found | {str(_roman(match[0])) for match in _ROMAN.finditer(text)}


def _roman(numeral: str) -> int:
    digits = [_ROMAN_DIGITS[letter] for letter in numeral]
    return sum(
        -digit if digit < following else digit
        for digit, following in zip(digits, [*digits[1:], 0], strict=True)
    )


def _has_scale(text: str, language: str) -> bool:
    scales = agreement_table(language).scales
    return any(word in scales for word in _WORD.findall(text.lower()))


def _round(numbers: Counter[str]) -> Counter[str]:
    """Numbers without the zeros at their end."""
    return Counter({number.rstrip("0"): count for number, count in numbers.items()})


def _loops(text: str) -> bool:
    words = text.casefold().split()
    for size in (1, 2, 3, 4):
        run = 1
        for index in range(size, len(words) - size + 1, size):
            same = words[index : index + size] == words[index - size : index]
            run = run + 1 if same else 1
            if run >= LOOP_REPEATS:
                return True
    return False
