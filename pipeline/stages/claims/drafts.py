"""A claim in the making: what was found, by which rule, and who may have said it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.core.layers import ClaimKind
from pipeline.core.spans import Span
from pipeline.stages.claims.mentions import Mention


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim before its speaker is resolved.

    ``rule`` names the rule that found it, for the confidence table. ``speaker`` is the mention in
    the reporting clause; ``anchor`` is the token where the search for a dropped or missing speaker
    begins. ``introduced`` tells that without one it goes to whoever has the word.
    """

    kind: ClaimKind
    content: tuple[Span, ...]
    rule: str
    anchor: int
    cue: Span | None = None
    cue_class: str = ""
    speaker: Mention | None = None
    introduced: bool = False
    modality: str = "asserted"
    flags: tuple[str, ...] = ()
