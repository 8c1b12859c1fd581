"""What the chain asks of an engine, and how an engine says that it could not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(eq=False)
class EngineFailure(Exception):
    """An engine gave no answer. ``reason`` never holds article text, addresses or keys.

    ``temporary`` failures are worth another try, after ``retry_after`` seconds when the service
    asked for that.
    """

    reason: str
    temporary: bool = True
    retry_after: float | None = None

    def __str__(self) -> str:
        return self.reason


class Engine(Protocol):
    """Translates short texts; every call ends within its time limit."""

    name: str
    max_chars: int  # of one request
    batch_size: int  # texts per request

    @property
    def identity(self) -> str:
        """Engine, version and model: what the quality of an answer depends on."""

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """One answer per text, in order.

        Raises: EngineFailure.
        """
