"""Names in annotated Italian passages, with the models (``tests/cases/entities/passages_it.txt``).

Floors lie some two points below what was measured when they were set; the passages are denser in
rare names than articles are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.backends.resources import build_resources
from pipeline.config import EntitySettings, load_config
from pipeline.core.layers import Analysis, Paragraph, Text
from pipeline.core.spans import Span
from pipeline.core.textmap import TextMap
from pipeline.stages.base import View
from pipeline.stages.entities.stage import EntitiesStage

FILE = Path(__file__).parents[2] / "cases" / "entities" / "passages_it.txt"
MARKED = re.compile(r"\[([^\]|]+)\|(\w+)\]")
FLOORS = {"read": 0.90, "unread": 0.80}

Names = set[tuple[str, int, int, str]]


def passages() -> Iterator[tuple[str, str]]:
    """Each marked passage with the part it belongs to."""
    part = "read"
    for block in FILE.read_text(encoding="utf-8").split("\n\n# ")[1:]:
        title, _, marked = block.partition("\n")
        if title == "unread":
            part = "unread"
        else:
            yield part, marked.strip()


def unmarked(marked: str) -> tuple[str, Names]:
    text, names, position = "", set(), 0
    for match in MARKED.finditer(marked):
        text += marked[position : match.start()]
        names.add((match[1], len(text), len(text) + len(match[1]), match[2]))
        text += match[1]
        position = match.end()
    return text + marked[position:], names


@pytest.mark.models
def test_names_in_passages() -> None:
    analyzer = build_resources(load_config(None)).analyzer
    stage = EntitiesStage(EntitySettings())
    right = dict.fromkeys(FLOORS, 0)
    either = dict.fromkeys(FLOORS, 0)
    for part, marked in passages():
        text, names = unmarked(marked)
        lines = re.finditer(r"[^\n]+", text)
        paragraphs = tuple(Paragraph(Span(*line.span()), "it") for line in lines)
        layers: dict[type, object] = {
            Text: Text(TextMap.identity(text), paragraphs, (), ()),
            Analysis: analyzer.analyze(text, paragraphs),
        }
        found: Names = {
            (span.of(text), span.start, span.end, entity.label)
            for entity in stage.apply(View(layers, stage.reads)).entities
            for span in entity.mentions
        }
        right[part] += 2 * len(names & found)
        either[part] += len(names) + len(found)
    scores = {part: right[part] / either[part] for part in FLOORS}
    assert {part for part, floor in FLOORS.items() if scores[part] < floor} == set(), scores
