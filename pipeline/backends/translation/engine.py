"""What the chain asks of an engine, and how an engine says that it could not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Scope = Literal["moment", "busy", "text", "service"]


@dataclass(eq=False)
class EngineFailure(Exception):
    """An engine gave no answer. ``reason`` never holds article text, addresses or keys.

    ``scope`` says what it means for the next request: for the *moment* something went wrong, or the
    service is *busy*, and the same request may pass later, after ``retry_after`` seconds when the
    service said so; these *text*s are refused, others may pass; the *service* will answer nothing
    in this run.
    """

    reason: str
    scope: Scope = "moment"
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
        """One answer per text, in order; texts hold no line breaks.

        Raises: EngineFailure.
        """
