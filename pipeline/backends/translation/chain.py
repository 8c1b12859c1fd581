"""The translator that stages see: memory first, then every configured engine in turn.

Every answer is checked before anything else happens to it. A bad answer is asked for again, then
left to the next engine; what no engine could do is marked failed with the last reason.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.backends.translation.checks import fault
from pipeline.backends.translation.engine import Engine, EngineFailure
from pipeline.backends.translation.memory import SEED, Memory
from pipeline.core.layers import Translation

# Waiting doubles from try to try, up to this, with full jitter (Brooker, AWS, 2015).
FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 30.0
# After this many failures in a row an engine rests, and its texts go to the next one at once.
BREAKER_FAILURES = 8
BREAKER_SECONDS = 60.0

_CLAUSE_END = re.compile(r"(?<=[.!?;:])\s+|(?<=,)\s+|\s+")


@dataclass(frozen=True, slots=True)
class Limits:
    """Tries per text, requests per second (0: no limit), characters per worker (0: no limit)."""

    attempts: int = 4
    requests_per_second: float = 0.0
    max_chars: int = 0


@dataclass(slots=True)
class _Link:
    """An engine with its limits, and how it has been doing."""

    engine: Engine
    limits: Limits
    failures: int = 0
    rests_until: float = 0.0
    next_request: float = 0.0
    chars: int = 0
    refusal: str | None = None  # a failure that no later try can mend

    def available(self) -> str | None:
        """Why not to ask this engine now; None when it may be asked."""
        if self.refusal:
            return self.refusal
        if time.monotonic() < self.rests_until:
            return "the service keeps failing; not asked for now"
        return None


@dataclass(slots=True)
class _Job:
    """One distinct text on its way through the chain."""

    text: str
    answer: str | None = None
    backend: str | None = None
    known: bool = False  # comes from the memory
    cached: bool = False  # comes from a memory that somebody seeded
    reason: str = "not in the translation memory"
    temporary: bool = True
    pieces: list[str] = field(default_factory=list)


class ChainTranslator:
    """Engines in their order over one memory; see `Translator`."""

    def __init__(self, engines: Sequence[tuple[Engine, Limits]], memory: Memory) -> None:
        self._links = [_Link(engine, limits) for engine, limits in engines]
        self._memory = memory
        self.identity = " > ".join(engine.identity for engine, _ in engines) or "memory only"

    def translate(
        self, segments: Sequence[tuple[str, str]], source: str, target: str
    ) -> tuple[Translation, ...]:
        """A `Translation` per segment, in order; equal texts are asked for once."""
        jobs = {text: _Job(text) for _, text in segments}
        self._recall(jobs, source, target)
        for link in self._links:
            pending = [job for job in jobs.values() if job.answer is None]
            if pending:
                self._ask(link, pending, source, target)
        return tuple(_translation(name, jobs[text]) for name, text in segments)

    def _recall(self, jobs: dict[str, _Job], source: str, target: str) -> None:
        direction = f"{source}-{target}"
        for name in (SEED, *(link.engine.identity for link in self._links)):
            missing = [text for text, job in jobs.items() if job.answer is None]
            for text, answer in self._memory.look_up(name, direction, missing).items():
                job = jobs[text]
                job.answer, job.backend, job.known = answer, name.split(" ")[0], True
                # An engine's own earlier answer is "ok" like a new one: a run that was killed and
                # started again must end in the same record.
                job.cached = name == SEED

    def _ask(self, link: _Link, jobs: list[_Job], source: str, target: str) -> None:
        """Translate what this engine can; failures stay with their reasons."""
        engine = link.engine
        waiting = []
        for job in jobs:
            job.pieces = split_long(job.text, engine.max_chars)
            if len(job.pieces) == 1:
                waiting.append(job)
            else:
                self._settle(link, [job], self._long(link, job, source, target), target)
        for batch in _batches(waiting, engine.batch_size, engine.max_chars):
            answers = self._request(link, batch, source, target)
            self._settle(link, batch, answers, target)
            for job in batch:
                if job.answer is None and answers is not None:
                    self._retry(link, job, source, target)
        good = {job.text: job.answer for job in jobs if job.answer is not None and not job.known}
        if good:
            self._memory.store(engine.identity, f"{source}-{target}", good)

    def _retry(self, link: _Link, job: _Job, source: str, target: str) -> None:
        """A bad answer is asked for again, alone: a neighbour in the batch may have spoilt it."""
        answers = self._request(link, [job], source, target)
        self._settle(link, [job], answers, target)

    def _long(self, link: _Link, job: _Job, source: str, target: str) -> list[str] | None:
        """The answers for a long text's pieces, joined."""
        parts: list[str] = []
        for piece in job.pieces:
            part = _Job(piece)
            answers = self._request(link, [part], source, target)
            if answers is None:
                job.reason, job.temporary = part.reason, part.temporary
                return None
            parts += answers
        return [" ".join(parts)]

    def _settle(
        self, link: _Link, jobs: Sequence[_Job], answers: list[str] | None, target: str
    ) -> None:
        for job, answer in zip(jobs, answers or (), strict=False):
            reason = fault(job.text, answer, target)
            if reason is None:
                job.answer, job.backend = _spaced_like(job.text, answer), link.engine.name
            else:
                job.reason, job.temporary = f"{link.engine.name}: {reason}", False

    def _request(
        self, link: _Link, jobs: Sequence[_Job], source: str, target: str
    ) -> list[str] | None:
        """One request with its retries; None when it failed (the jobs then hold the reason)."""
        texts = [job.text for job in jobs]
        wait = FIRST_WAIT_SECONDS
        reason, temporary = "", True
        for attempt in range(max(link.limits.attempts, 1)):
            refused = link.available() or _over_budget(link, texts)
            if refused:
                reason, temporary = refused, link.refusal is None
                break
            _pace(link)
            try:
                answers = link.engine.translate(texts, source, target)
            except EngineFailure as failure:
                reason, temporary = failure.reason, failure.temporary
                _note_failure(link, failure)
                if not temporary:
                    break
                if attempt + 1 < link.limits.attempts:
                    time.sleep(_pause(wait, failure.retry_after))
                wait = min(wait * 2, LONGEST_WAIT_SECONDS)
            else:
                link.failures = 0
                link.chars += sum(map(len, texts))
                return answers
        for job in jobs:
            job.reason, job.temporary = f"{link.engine.name}: {reason}", temporary
        return None


def split_long(text: str, longest: int) -> list[str]:
    """``text`` in pieces of at most ``longest`` characters, cut after sentences or clauses if
    possible, at white space otherwise, and anywhere only inside one enormous word.

    >>> split_long("Uno, due, tre.", 10)
    ['Uno, due,', 'tre.']
    """
    pieces: list[str] = []
    rest = text
    while len(rest) > longest:
        window = rest[: longest + 1]
        cuts = [match for match in _CLAUSE_END.finditer(window) if 0 < match.start() <= longest]
        strong = [cut for cut in cuts if rest[cut.start() - 1] in ".!?;:,"]
        chosen = next(
            (options[-1] for options in (strong, cuts) if options),
            None,
        )
        end = chosen.start() if chosen else longest
        pieces.append(rest[:end])
        rest = rest[chosen.end() if chosen else end :]
    return [*pieces, rest] if rest or not pieces else pieces


def _batches(jobs: Sequence[_Job], most: int, max_chars: int) -> Iterator[list[_Job]]:
    batch: list[_Job] = []
    size = 0
    for job in jobs:
        if batch and (len(batch) >= most or size + len(job.text) > max_chars):
            yield batch
            batch, size = [], 0
        batch.append(job)
        size += len(job.text)
    if batch:
        yield batch


def _pause(wait: float, retry_after: float | None) -> float:
    if retry_after is not None:
        return min(retry_after, LONGEST_WAIT_SECONDS)
    return random.uniform(0, wait)


def _note_failure(link: _Link, failure: EngineFailure) -> None:
    link.failures += 1
    if not failure.temporary:
        link.refusal = failure.reason
    elif link.failures >= BREAKER_FAILURES:
        link.rests_until = time.monotonic() + BREAKER_SECONDS
        link.failures = 0


def _over_budget(link: _Link, texts: Sequence[str]) -> str | None:
    budget = link.limits.max_chars
    if budget and link.chars + sum(map(len, texts)) > budget:
        return "the budget of characters is spent"
    return None


def _pace(link: _Link) -> None:
    if link.limits.requests_per_second <= 0:
        return
    now = time.monotonic()
    time.sleep(max(0.0, link.next_request - now))
    link.next_request = max(now, link.next_request) + 1 / link.limits.requests_per_second


def _spaced_like(source: str, answer: str) -> str:
    """``answer`` with the outer white space of ``source``."""
    body = answer.strip()
    head = source[: len(source) - len(source.lstrip())]
    return head + body + source[len(source.rstrip()) :]


def _translation(segment: str, job: _Job) -> Translation:
    if job.answer is None:
        return Translation(segment, None, "failed", None, job.reason, job.temporary)
    return Translation(segment, job.answer, "cached" if job.cached else "ok", job.backend)
