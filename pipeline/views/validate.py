"""Checks record and pair files against the schema, and against what no schema can say."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import jsonschema
import orjson

from pipeline.core.record import Pair, Record
from pipeline.core.schema import json_schema

STANDARD_INPUT = Path("-")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the file (with its line), the path to the field, and why."""

    where: str
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.field}: {self.reason}"


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """The files to check: a folder stands for its records and pair files, or else for its JSON."""
    for path in paths:
        if path == STANDARD_INPUT or not path.is_dir():
            yield path
            continue
        folders = [path / name for name in ("records", "pairs") if (path / name).is_dir()]
        for folder in folders or [path]:
            yield from sorted(it for it in folder.iterdir() if it.suffix in {".json", ".jsonl"})


def faults(path: Path) -> Iterator[Fault]:
    """Everything that is wrong in a record, a pair file, or JSON Lines of them.

    A file whose first line is a whole JSON value is read as JSON Lines, whatever its name;
    ``-`` is standard input.
    """
    with sys.stdin.buffer if path == STANDARD_INPUT else path.open("rb") as file:
        first = file.readline()
        if path.suffix == ".jsonl" or _is_json(first):
            for number, line in enumerate(chain([first], file), 1):
                if line.strip():
                    yield from _faults_of(line, f"{path}:{number}")
        else:
            yield from _faults_of(first + file.read(), str(path))


def _is_json(content: bytes) -> bool:
    try:
        orjson.loads(content)
    except ValueError:
        return False
    return True


def _faults_of(content: bytes, where: str) -> Iterator[Fault]:
    try:
        plain = orjson.loads(content)
    except ValueError as error:
        yield Fault(where, "$", f"not valid JSON: {error}")
        return
    if not (isinstance(plain, dict) and plain.keys() & {"segments", "claims", "text"}):
        yield Fault(where, "$", "is neither a record nor a pair file")
        return
    is_pair = "relation" in plain and "text" not in plain
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
