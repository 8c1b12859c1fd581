"""How the commands say how many."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """A number of things, in the plural unless there is one.

    >>> counted(1, "pair"), counted(2, "entity"), counted(0, "claim")
    ('1 pair', '2 entities', '0 claims')
    """
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") else f"{number} {noun}s"
