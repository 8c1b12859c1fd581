"""Checks record and pair files against the schema, and against what no schema can say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import orjson

from pipeline.core.record import Pair, Record
from pipeline.core.schema import json_schema


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the file (with its line), the path to the field, and why."""

    where: str
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.field}: {self.reason}"


def faults(path: Path) -> Iterator[Fault]:
    """Everything that is wrong in a record, a pair file, or a JSON Lines file of them."""
    if path.suffix == ".jsonl":
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield from _faults_of(line, f"{path}:{number}")
    else:
        yield from _faults_of(path.read_bytes(), str(path))


def _faults_of(content: bytes, where: str) -> Iterator[Fault]:
    try:
        plain = orjson.loads(content)
    except ValueError as error:
        yield Fault(where, "$", f"not valid JSON: {error}")
        return
    is_pair = isinstance(plain, dict) and "relation" in plain and "text" not in plain
    found = False
    for violation in _validator(Pair if is_pair else Record).iter_errors(plain):
        found = True
        yield Fault(where, violation.json_path, violation.message[:300])
    if not found and not is_pair:
        yield from _span_faults(plain, plain["text"], where, "$")


def _span_faults(value: Any, text: str, where: str, field: str) -> Iterator[Fault]:
    """Spans that do not cover the text they quote; target spans count elsewhere."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _span_faults(item, text, where, f"{field}[{index}]")
    elif isinstance(value, dict):
        if {"start", "end", "text", "raw"} <= value.keys():
            covered = text[value["start"] : value["end"]]
            if covered != value["text"]:
                reason = f"covers {covered!r}, but quotes {value['text']!r}"
                yield Fault(where, field, reason)
        for key, item in value.items():
            yield from _span_faults(item, text, where, f"{field}.{key}")


@cache
def _validator(kind: type) -> Any:
    return jsonschema.Draft202012Validator(json_schema(kind))
