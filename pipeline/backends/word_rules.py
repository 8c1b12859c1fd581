"""spaCy's attribute ruler, with what its rules say of single words looked up instead of matched.

The small English model maps fifty tags to parts of speech and features, and mends them for a few
words, by 180 patterns that a matcher tries on every word: a fifth of that model's time. Nearly all
of them ask for nothing but a word's tag and relation, and its form where that is one of some
hundred. So few combinations occur that each is matched once and remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias, cast

import numpy as np
from spacy.matcher import Matcher
from spacy.pipeline import AttributeRuler
from spacy.tokens import Doc, Span
from spacy.tokens._retokenize import set_token_attrs

FORM = "LOWER"
COLUMNS = ("TAG", FORM, "DEP", "IS_SPACE")
CHOICES = frozenset(["IN", "NOT_IN"])

Pattern: TypeAlias = "list[dict[str, Any]]"


class WordRules:
    """A component that does to a Doc what ``ruler`` does."""

    def __init__(self, ruler: AttributeRuler) -> None:
        self._attributes: Sequence[dict[Any, Any]] = ruler.attrs
        self._indices = ruler.indices
        self._strings = ruler.vocab.strings
        self._words, self._others = Matcher(ruler.vocab), Matcher(ruler.vocab)
        forms: set[str] = set()
        for number, rule in enumerate(ruler.patterns):
            for pattern in cast("list[Pattern]", rule["patterns"]):
                looked_up = _is_looked_up(pattern)
                (self._words if looked_up else self._others).add(str(number), [pattern])
                forms.update(_values(pattern[0].get(FORM, ())) if looked_up else ())
        self._forms = np.array([self._strings.add(form) for form in forms], dtype=np.uint64)
        self._known: dict[tuple[int, ...], tuple[int, ...]] = {}

    def __call__(self, doc: Doc) -> Doc:
        """``doc`` with the attributes that the rules give; later rules override earlier ones."""
        rules = self._looked_up(doc)
        for number, start, end in self._matches(self._others, doc):
            index = self._indices[number]
            place = index + (start if index >= 0 else end)
            rules[place] = tuple(sorted((*rules[place], number)))
        for token, numbers in zip(doc, rules, strict=True):
            for number in numbers:
                set_token_attrs(token, self._attributes[number])
        return doc

    def _looked_up(self, doc: Doc) -> list[tuple[int, ...]]:
        """The numbers of the rules for each word by itself."""
        columns = doc.to_array(list(COLUMNS))
        form = COLUMNS.index(FORM)
        columns[~np.isin(columns[:, form], self._forms), form] = 0  # asked for by no rule
        keys = [tuple(row) for row in cast("list[list[int]]", columns.tolist())]
        for index, key in enumerate(keys):
            if key not in self._known:
                found = self._matches(self._words, doc[index : index + 1])
                self._known[key] = tuple(sorted(number for number, _, _ in found))
        return [self._known[key] for key in keys]

    def _matches(self, matcher: Matcher, words: Doc | Span) -> Iterator[tuple[int, int, int]]:
        """The numbers of the rules found, and from where to where."""
        found = matcher(words, allow_missing=True) if len(matcher) else ()
        return ((int(self._strings[match]), start, end) for match, start, end in found)


def _is_looked_up(pattern: Pattern) -> bool:
    """Whether the columns of one word tell if it has this pattern."""
    return len(pattern) == 1 and all(
        column in COLUMNS and (not isinstance(asked, dict) or asked.keys() <= CHOICES)
        for column, asked in pattern[0].items()
    )


def _values(asked: Any) -> Iterable[str]:
    """The values that a pattern names: *the*, or ``{"IN": ["that", "if"]}``."""
    if isinstance(asked, str):
        return (asked,)
    return (value for values in dict(asked).values() for value in values)
