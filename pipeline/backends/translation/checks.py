"""Is this answer a translation? Measured against what broken services are known to return."""

from __future__ import annotations

import re
from collections import Counter

from pipeline.backends.langdetect_detector import detect_language

_NUMBER = re.compile(r"\d+(?:[.,\N{NO-BREAK SPACE}]\d+)*")
_MARKUP = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>|&(?:#\d+|[a-z]+);", re.IGNORECASE)
_QUOTATION = re.compile("[\"“”«»„]|''")
_SERVICE_MESSAGE = re.compile(
    r"MYMEMORY WARNING|QUERY LENGTH LIMIT|INVALID (?:LANGUAGE|EMAIL)|PLEASE SELECT TWO DISTINCT",
    re.IGNORECASE,
)
# English and Italian texts of the same content differ little in length (FLORES: 0.8 to 1.4).
LONGEST, SHORTEST = 3.0, 0.3
MIN_CHARS_FOR_LENGTH = 20
MIN_CHARS_FOR_LANGUAGE = 60
LOOP_REPEATS = 4


def fault(source: str, answer: str | None, target: str) -> str | None:  # noqa: PLR0911
    """Why ``answer`` cannot be taken as the translation of ``source``; None when it can.

    >>> fault("Ha detto di no.", "Ha detto di no.", "en")
    'echo of the source'
    >>> fault("Costa 3,5 milioni.", "It costs 35 million.", "en")
    'numbers changed'
    """
    if answer is None or not answer.strip():
        return "empty answer"
    if _SERVICE_MESSAGE.search(answer) and not _SERVICE_MESSAGE.search(source):
        return "message of the service instead of a translation"
    if _is_echo(source, answer):
        return "echo of the source"
    if _MARKUP.search(answer) and not _MARKUP.search(source):
        return "markup in the answer"
    if _numbers(source) != _numbers(answer):
        return "numbers changed"
    if _QUOTATION.search(source) and not _QUOTATION.search(answer.replace("'", '"')):
        return "quotation marks lost"
    if len(source) >= MIN_CHARS_FOR_LENGTH:
        ratio = len(answer) / len(source)
        if not SHORTEST <= ratio <= LONGEST:
            return "absurd length"
    if _loops(answer) and not _loops(source):
        return "repeats itself"
    if len(answer) >= MIN_CHARS_FOR_LANGUAGE:
        code, _ = detect_language(answer)
        if code not in (target, "und"):
            return "wrong language"
    return None


def _is_echo(source: str, answer: str) -> bool:
    """The same words again; a text that is all names and numbers may stay as it is."""
    if source.strip().casefold() != answer.strip().casefold():
        return False
    words = [word for word in re.findall(r"[^\W\d_]+", source) if len(word) > 1]
    return any(word.islower() for word in words)


def _numbers(text: str) -> Counter[str]:
    """The numbers as digits alone: 3,5 and 3.5, 5.500 and 5,500 are the same in two languages."""
    return Counter(re.sub(r"\D", "", number).rstrip("0") for number in _NUMBER.findall(text))


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
