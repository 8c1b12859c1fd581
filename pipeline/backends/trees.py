"""Sentences and dependency trees out of the scores a parser gives to pairs of words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
Indices = NDArray[np.int64]


def best_tree(scores: Scores) -> Indices:
    """The head of every word in the best tree with one root; the root is its own head.

    `scores[word, head]` are log scores, the diagonal those of being the root.

    Source: Chu and Liu 1965, Edmonds 1967 (maximum spanning arborescence).
    """
    if len(scores) == 1:
        return np.zeros(1, dtype=np.int64)
    attached = scores.astype(np.float64)
    np.fill_diagonal(attached, -np.inf)
    root = int(np.argmax(np.diagonal(scores) - attached.max(axis=1)))
    attached[root] = -np.inf
    attached[root, root] = 0.0
    return _without_cycles(attached, root)


def _cycle(heads: Indices, root: int) -> list[int] | None:
    """The words of one cycle that does not contain the root, if there is one."""
    colour = np.zeros(len(heads), dtype=np.int64)
    colour[root] = -1
    for start in range(len(heads)):
        at = start
        path = []
        while colour[at] == 0:
            colour[at] = start + 1
            path.append(at)
            at = int(heads[at])
        if colour[at] == start + 1 and at in path:
            return path[path.index(at) :]
        colour[path] = -1
    return None


def _without_cycles(scores: NDArray[np.float64], root: int) -> Indices:
    """Best heads; a cycle among them is contracted to one word, solved, and opened again."""
    heads: Indices = scores.argmax(axis=1)
    cycle = _cycle(heads, root)
    if cycle is None:
        return heads
    rest = [word for word in range(len(scores)) if word not in set(cycle)]
    kept = scores[cycle, heads[cycle]]
    # One word stands for the cycle. Entering it breaks the arc of the word entered.
    entering = scores[np.ix_(cycle, rest)] - kept[:, None]
    leaving = scores[np.ix_(rest, cycle)]
    small = np.full((len(rest) + 1, len(rest) + 1), -np.inf)
    small[:-1, :-1] = scores[np.ix_(rest, rest)]
    small[-1, :-1] = entering.max(axis=0)
    small[:-1, -1] = leaving.max(axis=1)
    below = _without_cycles(small, rest.index(root))
    for place, word in enumerate(rest):
        head = below[place]
        heads[word] = cycle[int(leaving[place].argmax())] if head == len(rest) else rest[head]
    entered = int(entering[:, below[-1]].argmax())
    heads[cycle[entered]] = rest[below[-1]]
    return heads
