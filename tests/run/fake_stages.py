"""Light stages with real names, and documents that misbehave on purpose.

A document whose text holds one of these words does what the word says, at the ``analyze`` stage:
KILL (dies by signal 9), PARENT (so does the process that supervises it), SEGFAULT, HANG, BLOAT
(takes memory until it is stopped), FAIL, SKIP, SLOW (takes a tenth of a second), GATED (waits
for `open_gate`), ONCE (dies the first time it is seen). At ``translate``, OFFLINE fails for now,
LENGTHY takes three seconds, and ENDLESS hangs; STUCK hangs after it, at ``project``.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from pipeline.config import Config
from pipeline.core.layers import (
    Analysis,
    Claims,
    Entities,
    Language,
    Paragraph,
    Projection,
    Raw,
    Segment,
    Segments,
    Source,
    Text,
    Tokens,
    Translation,
    Translations,
    Values,
)
from pipeline.core.record import Provenance
from pipeline.core.spans import Span
from pipeline.core.textmap import TextMap
from pipeline.errors import DocumentError, SkipDocument
from pipeline.run.plan import Options, Plan, settings_sha256
from pipeline.stages.assemble import AssembleStage
from pipeline.stages.base import Stage, View
from pipeline.store.keys import sha256

BUILDER = "tests.run.fake_stages:build_plan"
# A file here marks what happened once; tests point it into their own folder.
MARKS = "FAKE_MARKS"
GATE = "open"


class Ingest(Stage[Raw]):
    name, version, reads, writes = "ingest", "1", (Source,), Raw

    def apply(self, view: View) -> Raw:
        source = view[Source]
        if source.error:
            raise DocumentError(source.error)
        if not source.content.strip():
            raise SkipDocument(source.empty or "The document is empty.")
        text = source.content.decode("utf-8", "replace")
        return Raw(
            source.id, source.path, sha256(source.content), len(source.content),
            source.media_type, "utf-8", text, source.metadata,
        )  # fmt: skip


class Detect(Stage[Language]):
    name, version, reads, writes = "detect", "1", (Raw,), Language

    def apply(self, view: View) -> Language:
        if "SKIP" in view[Raw].text:
            raise SkipDocument("The language is fr, neither English (en) nor Italian (it).")
        return Language("en", 0.9, "fake", (("en", 0.9),))


class Normalize(Stage[Text]):
    name, version, reads, writes = "normalize", "1", (Raw, Language), Text

    def apply(self, view: View) -> Text:
        text = view[Raw].text
        return Text(TextMap.identity(text), (Paragraph(Span(0, len(text)), "en"),), (), ())


class Analyze(Stage[Analysis]):
    name, version, reads, writes = "analyze", "1", (Text,), Analysis

    def apply(self, view: View) -> Analysis:
        text = view[Text].text
        _misbehave(text)
        words = text.split()
        count = len(words)
        columns = (tuple(range(count)),) * 2
        same = ("x",) * count
        tokens = Tokens(*columns, tuple(words), same, same, tuple(range(count)), same)
        return Analysis(tokens, (Span(0, len(text)),), ())


class Segmenting(Stage[Segments]):
    name, version, reads, writes = "segment", "1", (Text, Analysis), Segments

    def apply(self, view: View) -> Segments:
        spans = view[Analysis].sentences
        return Segments(tuple(Segment(f"s{i}", 0, s, "en") for i, s in enumerate(spans, 1)))


class EntitiesStage(Stage[Entities]):
    name, version, reads, writes = "entities", "1", (Text, Analysis), Entities

    def apply(self, view: View) -> Entities:
        return Entities(())


class ValuesStage(Stage[Values]):
    name, version, reads, writes = "values", "1", (Text,), Values

    def apply(self, view: View) -> Values:
        return Values(())


class ClaimsStage(Stage[Claims]):
    name, version, reads, writes = "claims", "1", (Text, Analysis, Segments, Entities), Claims

    def __init__(self, config: Config) -> None:
        self.settings = config.claims

    def apply(self, view: View) -> Claims:
        return Claims(())


class Translate(Stage[Translations]):
    name, version, reads, writes = "translate", "1", (Text, Segments), Translations

    def apply(self, view: View) -> Translations:
        text, segments = view[Text].text, view[Segments].segments
        if "LENGTHY" in text or "ENDLESS" in text:
            time.sleep(3 if "LENGTHY" in text else 3600)
        if "OFFLINE" in text and _first_time(text):
            done = [Translation(s.id, None, "failed", "fake", "no network", True) for s in segments]
        else:
            done = [Translation(s.id, s.span.of(text).upper(), "ok", "fake") for s in segments]
        return Translations("it", tuple(done))


class Project(Stage[Projection]):
    name, version, reads, writes = "project", "1", (Text, Translations), Projection

    def apply(self, view: View) -> Projection:
        if "STUCK" in view[Text].text:
            time.sleep(3600)
        return Projection((), ())


def build_plan(config: Config, options: Options) -> Plan:
    """The fake stages and the real last one."""
    stages = (
        Ingest(), Detect(), Normalize(), Analyze(), Segmenting(), EntitiesStage(), ValuesStage(),
        ClaimsStage(config), Translate(), Project(),
    )  # fmt: skip
    versions = {stage.name: stage.version for stage in stages}
    provenance = Provenance("test", versions, {}, settings_sha256(config))
    return Plan((*stages, AssembleStage(provenance)), options)


def open_gate() -> None:
    """What waits goes on, and nothing waits any more, in this test."""
    (Path(os.environ[MARKS]) / GATE).touch()


def _misbehave(text: str) -> None:
    if "SLOW" in text:
        time.sleep(0.1)
    while "GATED" in text and not (Path(os.environ[MARKS]) / GATE).exists():
        time.sleep(0.02)
    if "NOISE" in text:
        print("a library prints to standard output")  # noqa: T201
        os.write(1, b"native code writes to standard output\n" * 5000)
        os.write(2, b"\x1b[31mand to standard error\n" * 5000)
    if "KILL" in text or ("ONCE" in text and _first_time(text)):
        os.kill(os.getpid(), signal.SIGKILL)
    if "PARENT" in text:
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(3600)
    if "SEGFAULT" in text:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "HANG" in text:
        time.sleep(3600)
    if "BLOAT" in text:
        hoard = []
        while True:
            hoard.append(b"x" * (8 << 20))
            time.sleep(0.02)
    if "FAIL" in text:
        raise ValueError("this document is beyond me")


def _first_time(text: str) -> bool:
    mark = Path(os.environ[MARKS]) / sha256(text.encode())
    if mark.exists():
        return False
    mark.touch()
    return True
