"""Chinese personal names in Latin letters, which articles give in either order.

``data/chinese_surnames.txt`` holds the most frequent surnames in pinyin (from the yearly reports on
names of China's Ministry of Public Security).
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.languages.names import folded_lines, given_names

_INITIALS = "zh|ch|sh|b|p|m|f|d|t|n|l|g|k|h|j|q|x|z|c|s|r|y|w|"
_FINALS = (
    "iang|iong|uang|ueng|ang|eng|ing|ong|iao|ian|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|"
    "ua|ui|uo|ue|er|a|o|e|i|u"
)
_SYLLABLES = re.compile(rf"(?:(?:{_INITIALS})(?:{_FINALS})){{1,2}}")


@cache
def chinese_surnames() -> frozenset[str]:
    """Folded surnames."""
    return folded_lines("chinese_surnames.txt")


def is_eastern_name(name: str) -> bool:
    """Whether a folded name is built like a Chinese person's: a surname and one or two syllables.

    >>> is_eastern_name("wang xiaochuan"), is_eastern_name("mario rossi")
    (True, False)
    """
    first, _, second = surname_first(name).partition(" ")
    given = second.replace(" ", "")
    return first in chinese_surnames() and bool(_SYLLABLES.fullmatch(given)) and len(given) > 1


def surname_first(name: str) -> str:
    """A Chinese person's folded name with the surname first; any other name as it is.

    >>> surname_first("yanhong li"), surname_first("li yanhong"), surname_first("robin li")
    ('li yanhong', 'li yanhong', 'robin li')
    """
    parts, surnames = name.split(), chinese_surnames()
    if len(parts) != 2 or parts[0] in surnames or parts[1] not in surnames:
        return name
    chinese = _SYLLABLES.fullmatch(parts[0]) and parts[0] not in given_names()
    return f"{parts[1]} {parts[0]}" if chinese else name
