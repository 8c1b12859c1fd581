"""What is made of a run: JSON Lines, data frames, the report."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

from bench.job import timed
from pipeline.store.records import read_records
from pipeline.views.export import jsonl
from pipeline.views.frames import to_frames
from pipeline.views.report.build import write_report

DOCUMENTS = 2000
FRAMED = 10_000

# Capitalized words of a text, and identifiers: clones of one article tell of other people.
_NAME = re.compile(r"\b[A-Z][a-zà-ù]{3,}\b")
_IDENTIFIER = re.compile(r'"((?:per|org):[a-z-]+)"')


def cloned(outputs: Path, target: Path, count: int) -> Path:
    """An output folder with ``count`` documents: those of ``outputs`` under other ids, and with
    other names in titles, texts and claims."""
    paths = sorted((outputs / "records").glob("*.json"))
    folders = [outputs / "records", *sorted((outputs / "stages").iterdir())]
    for folder in folders:
        (target / folder.relative_to(outputs)).mkdir(parents=True)
    for number in range(count):
        document, copy = paths[number % len(paths)].stem, number // len(paths)
        for folder in folders:
            text = (folder / f"{document}.json").read_text("utf-8").replace(document, "\0")
            text = _NAME.sub(lambda found, copy=copy: _renamed(found[0], copy), text)
            text = _IDENTIFIER.sub(rf'"\1-{copy}"', text)
            file = target / folder.relative_to(outputs) / f"{document}-{copy}.json"
            file.write_text(text.replace("\0", f"{document}-{copy}"), encoding="utf-8")
    return target


def _renamed(name: str, copy: int) -> str:
    """A name of the same length: no offset moves."""
    return f"{name[:2]}{chr(ord('a') + (ord(name[2]) + copy) % 26)}{name[3:]}"


def jsonl_megabytes(outputs: Path, target: Path) -> float:
    """Megabytes of JSON Lines written in a second of the processor."""
    seconds = timed(lambda: jsonl.export(outputs, target))
    return target.stat().st_size / 1e6 / seconds


def frames_seconds(outputs: Path) -> float:
    """Processor seconds from files to data frames, over `FRAMED` records."""
    rounds = range(FRAMED // DOCUMENTS)
    return timed(lambda: to_frames(chain.from_iterable(read_records(outputs) for _ in rounds)))


def report_seconds(outputs: Path, target: Path) -> float:
    """Processor seconds for the report."""
    return timed(lambda: write_report(outputs, target))
