"""Runs of the real job, with time and memory, and what it is compared with.

Times are of the processor (all processes together) unless a name says wall: other work on the
machine disturbs them least.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from pipeline.backends import sentence_encoder
from pipeline.config import Config
from pipeline.core.layers import Language, Text
from pipeline.core.record import Record
from pipeline.corpus.finish import finish_corpus
from pipeline.inputs.discover import discover
from pipeline.run.document import process
from pipeline.run.plan import Options, build_plan, open_store
from pipeline.store.files import load

WATCH_SECONDS = 0.05
SETTINGS = Path(__file__).parent / "config.toml"
COMPILED = Path(tempfile.gettempdir()) / "bench-compiled"


@dataclass(frozen=True, slots=True)
class Measured:
    """One command: wall and processor seconds, the largest memory of any of its processes, and of
    the first of them, which supervises the others."""

    wall: float
    cpu: float
    peak_megabytes: float
    supervisor_megabytes: float


def command(*arguments: str, rows: Iterable[bytes] = ()) -> Measured:
    """Run ``pipeline ARGUMENTS`` as a process of its own, with ``rows`` on its standard input.

    It starts like an installed package, with modules already compiled.
    """
    before = os.times()
    began = time.perf_counter()
    process_ = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "-q", "--config", str(SETTINGS), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(COMPILED)},
    )
    threading.Thread(target=_feed, args=(process_.stdin, rows), daemon=True).start()
    peak = supervisor = 0.0
    while process_.poll() is None:
        first, *others = _memory(process_.pid)
        peak, supervisor = max(peak, first, *others), max(supervisor, first)
        time.sleep(WATCH_SECONDS)
    after = os.times()
    user = after.children_user - before.children_user
    system = after.children_system - before.children_system
    return Measured(time.perf_counter() - began, user + system, peak, supervisor)


def _feed(stream: Any, rows: Iterable[bytes]) -> None:
    with contextlib.suppress(BrokenPipeError), stream:
        for row in rows:
            stream.write(row)


def _memory(pid: int) -> list[float]:
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        return [member.memory_info().rss / (1 << 20) for member in family]
    except psutil.Error:
        return [0.0]


class InProcess:
    """The whole job in this process, after a warm-up, over texts in a folder.

    ``compared`` puts the documents together in the end: not for texts that are copies of a few.
    """

    def __init__(self, inputs: Path, profile: str, *, compared: bool = False) -> None:
        self._config = Config().override(models={"profile": profile})
        self._compared = compared
        self._plan = build_plan(self._config, Options())
        self._sources: list[Any] = list(discover([inputs], self._config.input))
        self._folder = Path(tempfile.mkdtemp())
        for source in self._sources[:4]:
            process(source, self._plan, open_store(self._folder / "warm", self._plan))
        self._store = open_store(self._folder / "out", self._plan)
        self.encoding = 0.0

    def job(self) -> tuple[float, dict[str, float]]:
        """Processor seconds of the whole job, and of each stage by its share of the wall time.

        ``encoding`` tells then how many of them the sentence encoder took.
        """
        shares: dict[str, float] = {}
        with self._encoding_timed():
            began = time.process_time()
            for source in self._sources:
                for stage, seconds in process(source, self._plan, self._store).seconds.items():
                    shares[stage] = shares.get(stage, 0.0) + seconds
            if self._compared:
                together = time.perf_counter()
                finish_corpus(self._config, self._store)
                shares["all together"] = time.perf_counter() - together
            total = time.process_time() - began
        whole = sum(shares.values())
        return total, {stage: total * part / whole for stage, part in shares.items()}

    def models(self) -> tuple[float, float]:
        """Processor seconds of the models alone: plain ``nlp.pipe`` and the encoder over the same
        normalized texts, with the sentence encoder over all segments of each, and over nothing but
        what the job gave it."""
        analyzer = self._analyzer()
        texts: dict[str, list[str]] = {"en": [], "it": []}
        for source in self._sources:
            stored = self._store.stage_path("normalize", source.id).read_bytes()
            language = self._store.stage_path("detect", source.id).read_bytes()
            texts[load(Language, language).code].append(load(Text, stored).text)
        began = time.process_time()
        for code, batch in texts.items():
            for _ in analyzer._pipeline(code).pipe(batch):
                pass
        seconds = time.process_time() - began
        seconds += self._encoder(analyzer) if analyzer._encoder else 0.0
        return seconds + self._sentences(), seconds + self.encoding

    def _sentences(self) -> float:
        records = (self._store.record_path(source.id).read_bytes() for source in self._sources)
        segments = [load(Record, content).segments for content in records]
        texts = [[segment.span.text for segment in each] for each in segments]
        return timed(lambda: [sentence_encoder.encode(each) for each in texts])

    @contextlib.contextmanager
    def _encoding_timed(self) -> Iterator[None]:
        """Within, `encoding` adds up what the sentence encoder takes."""
        model = sentence_encoder._model()
        encode = model.encode

        def encode_timed(texts: list[str]) -> Any:
            began = time.process_time()
            vectors = encode(texts)
            self.encoding += time.process_time() - began
            return vectors

        self.encoding, model.encode = 0.0, encode_timed
        try:
            yield
        finally:
            model.encode = encode

    def _encoder(self, analyzer: Any) -> float:
        """The encoder over exactly the windows that the job gives it."""
        windows: list[Any] = []
        tag = analyzer._encoder.tag

        def remember(*arguments: Any, **named: Any) -> Any:
            windows.append((arguments, named))
            return tag(*arguments, **named)

        analyzer._encoder.tag = remember
        store = open_store(self._folder / "again")
        for source in self._sources:
            process(source, self._plan, store)
        analyzer._encoder.tag = tag
        return timed(lambda: [tag(*arguments, **named) for arguments, named in windows])

    def _analyzer(self) -> Any:
        stage: Any = next(stage for stage in self._plan.stages if stage.name == "analyze")
        return stage._analyzer._analyzer


def timed(work: Callable[[], Any]) -> float:
    """Processor seconds of ``work()``."""
    began = time.process_time()
    work()
    return time.process_time() - began
