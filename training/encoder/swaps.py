"""Other names in running text: a window whose names give way to others of their label.

The corpora name the same few thousand persons, bodies and places; what tells a name from another
word is mostly what stands around it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from training.encoder.data import UNKNOWN, Sentence
from training.encoder.score import spans
from training.encoder.windows import Window

Pool = dict[str, list[tuple[str, ...]]]
"""Names, as words, by label (PER, ORG, LOC)."""

_LABELS = ("PER", "ORG", "LOC")
_MOST_WORDS = 4
_CLEAR = 0.8
"""A name lends itself to a label that it bears this often ("Milan" is LOC or ORG: neither)."""
_WINDOWS = 0.35
_NAMES = 0.6
_FOREIGN = 0.2
"""Shares: windows with other names, names replaced in them, and those that come from the tables of
the templates, which hold what the corpora lack ("Chen Yufei", "Yufei Chen", "Zhipu AI")."""


def name_pool(sentences: Iterable[Sentence]) -> Pool:
    """The names of the sentences, once each, that begin with a capital and bear one label."""
    seen: dict[tuple[str, ...], Counter[str]] = {}
    for sentence in sentences:
        for start, end, label in spans(sentence.names or ()):
            words = sentence.words[start:end]
            if end - start <= _MOST_WORDS and words[0][:1].isupper():
                seen.setdefault(words, Counter())[label] += 1
    pool: Pool = {label: [] for label in _LABELS}
    for words, labels in seen.items():
        label, uses = labels.most_common(1)[0]
        if label in pool and uses >= _CLEAR * labels.total():
            pool[label].append(words)
    return pool


def swapped(window: Window, pool: Pool, foreign: Pool, chance: random.Random) -> Window:
    """The window, in some cases with other names; a name that recurs gets the same one again."""
    if chance.random() >= _WINDOWS:
        return window
    others: dict[tuple[str, ...], tuple[str, ...]] = {}
    out = Window([], [], [])
    at = 0
    for start, end, label in [*spans(window.names), (len(window.words), len(window.words), "")]:
        _copy(window, out, at, start)
        words = tuple(window.words[start:end])
        if words and words not in others:
            others[words] = words
            if label in pool and words[0][:1].isupper() and chance.random() < _NAMES:
                names = foreign.get(label, []) if chance.random() < _FOREIGN else pool[label]
                others[words] = chance.choice(names or pool[label])
        if others.get(words, words) == words:
            _copy(window, out, start, end)
        else:
            _insert(window, out, start, others[words])
        at = end
    return replace(window, words=out.words, names=out.names, starts=out.starts, claims=out.claims)


def _copy(window: Window, out: Window, start: int, end: int) -> None:
    out.words.extend(window.words[start:end])
    out.names.extend(window.names[start:end])
    out.starts.extend(window.starts[start:end])
    out.claims.extend(window.claims[start:end])


def _insert(window: Window, out: Window, at: int, words: tuple[str, ...]) -> None:
    """Append another name with the targets of the word `at`, where the name begins."""
    more = len(words) - 1
    begin, start = window.names[at], window.starts[at]
    out.words.extend(words)
    out.names.extend([begin] + [_inside(begin)] * more)
    out.starts.extend([start] + [UNKNOWN if start == UNKNOWN else 0] * more)
    if window.claims:
        tags = window.claims[at]
        inside = (_inside(tags[0]), _inside(tags[1]), _inside(tags[2]))
        out.claims.extend([tags] + [inside] * more)


def _inside(tag: int) -> int:
    """The inside tag of a begin tag, which stands before it; any other tag itself."""
    return tag + tag % 2
