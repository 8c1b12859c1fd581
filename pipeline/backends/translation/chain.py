"""The translator that stages see: memory first, then every configured engine in turn.

Every answer is checked before anything else happens to it, and stored as soon as it has passed. A
bad answer is asked for again, then left to the next engine; what no engine could do is marked
failed with the reason of each. What has to be asked for again queues behind what has not been asked
for yet, so that no text waits for another.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.backends.translation.checks import fault
from pipeline.backends.translation.engine import Engine, EngineFailure
from pipeline.backends.translation.glossary import EMPTY, Glossary, holding
from pipeline.backends.translation.ledger import Ledger
from pipeline.backends.translation.memory import Memory
from pipeline.backends.translation.pieces import split_lines
from pipeline.backends.translation.seeds import BACKEND as SEED
from pipeline.core.layers import Translation

# Waiting doubles from failure to failure in a row, with full jitter (Brooker, AWS, 2015). A service
# that counts requests needs longer than one that stumbled.
FIRST_WAIT_SECONDS = {"moment": 0.03, "busy": 0.2}
# When a service asks for a longer wait than this, its texts go to the next engine at once.
LONGEST_WAIT_SECONDS = 30.0
# After this many failures in a row an engine rests, and its texts go to the next one at once.
BREAKER_FAILURES = 8
BREAKER_SECONDS = 60.0

OUT_OF_TIME = "no time left for this document in this run"
UNKNOWN_TEXT = "not in the translation memory"


@dataclass(frozen=True, slots=True)
class Limits:
    """Tries per text; requests per second and characters of all workers together (0: no limit)."""

    attempts: int = 4
    requests_per_second: float = 0.0
    max_chars: int = 0


@dataclass(frozen=True, slots=True)
class _Way:
    """From which language into which, and until when (`time.monotonic`)."""

    source: str
    target: str
    deadline: float

    @property
    def direction(self) -> str:
        return f"{self.source}-{self.target}"

    def left(self) -> float:
        """Seconds until the deadline."""
        return self.deadline - time.monotonic()


@dataclass(slots=True)
class _Link:
    """An engine with its limits, and how it has been doing."""

    engine: Engine
    limits: Limits
    failures: int = 0  # in a row
    pauses_until: float = 0.0  # a wait for every request
    rests_until: float = 0.0  # no request before
    refusal: str | None = None  # why it will answer nothing in this run


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch that is asked for as one text; ``terms`` must stand in its answer. A ``settled``
    one is its own answer: "Central bank" became "Banca centrale", and a service that leaves that
    alone is right."""

    text: str
    terms: tuple[str, ...]
    settled: bool = False


@dataclass(frozen=True, slots=True)
class _Miss:
    """Why there is no answer; a lasting reason is no cause to try again in the next run."""

    reason: str
    temporary: bool

    def after(self, earlier: _Miss) -> _Miss:
        """What to tell when another engine had no answer either."""
        if earlier.reason == UNKNOWN_TEXT:
            return self
        return _Miss(f"{earlier.reason}; {self.reason}", earlier.temporary or self.temporary)


_Answers = dict[str, str | _Miss]
"""By the text that was asked."""


@dataclass(frozen=True, slots=True)
class _Ask:
    """Texts to be asked for in one request, which may fail until ``attempts`` are used up; texts
    with bad answers are asked for together while ``tries`` are left."""

    pieces: tuple[_Piece, ...]
    attempts: int
    tries: int


@dataclass(slots=True)
class _Job:
    """One distinct text on its way through the chain."""

    text: str
    answer: str | None = None
    backend: str | None = None
    miss: _Miss = _Miss(UNKNOWN_TEXT, temporary=True)


class ChainTranslator:
    """Engines in their order over one memory; see `Translator`.

    ``seeds`` are the names of seed files in the memory; ``seconds`` bounds one call.
    """

    def __init__(
        self,
        engines: Sequence[tuple[Engine, Limits]],
        memory: Memory,
        *,
        ledger: Ledger | None = None,
        glossary: Glossary = EMPTY,
        seeds: Sequence[str] = (),
        seconds: float = float("inf"),
    ) -> None:
        self._links = [_Link(engine, limits) for engine, limits in engines]
        self._memory = memory
        self._ledger = ledger or Ledger()
        self._glossary = glossary
        self._seeds = tuple(seeds)
        self._seconds = seconds
        parts = [*seeds, *(engine.identity for engine, _ in engines)]
        name = " > ".join(parts) or "memory only"
        self.identity = f"{name}, glossary {glossary.identity}" if glossary.identity else name

    def translate(
        self, segments: Sequence[tuple[str, str]], source: str, target: str
    ) -> tuple[Translation, ...]:
        """A `Translation` per segment, in order; equal texts are asked for once."""
        way = _Way(source, target, time.monotonic() + self._seconds)
        jobs = {text: _Job(text) for _, text in segments}
        self._recall_seeds(_open(jobs), way)
        for job in _open(jobs):
            job.answer = self._glossary.settled(job.text, source, target)
        for link in self._links:
            self._translate(link, _open(jobs), way, self._recalled)
        for link in self._links:
            self._translate(link, _open(jobs), way, self._asked)
        return tuple(_translation(name, jobs[text]) for name, text in segments)

    def _recall_seeds(self, jobs: Sequence[_Job], way: _Way) -> None:
        for name in self._seeds:
            known = self._memory.look_up(name, way.direction, [job.text for job in jobs])
            for job in jobs:
                _, terms = self._glossary.fix(job.text, way.source, way.target)
                answer = known.get(job.text) and holding(known[job.text], terms)
                if answer and job.answer is None:
                    job.answer, job.backend = _spaced_like(job.text, answer), SEED

    def _translate(
        self,
        link: _Link,
        jobs: Sequence[_Job],
        way: _Way,
        source: Callable[[_Link, Sequence[_Piece], _Way], _Answers],
    ) -> None:
        """Fill in the jobs all of whose pieces have a good answer from ``source``."""
        cut = {job.text: self._pieces(job.text, link, way) for job in jobs}
        pieces_of_all = (piece for pieces in cut.values() for piece, _ in pieces)
        distinct = {piece.text: piece for piece in pieces_of_all if not piece.settled}
        answers = source(link, list(distinct.values()), way)
        for job in jobs:
            pieces = [
                (piece.text if piece.settled else answers.get(piece.text), space)
                for piece, space in cut[job.text]
            ]
            misses = [answer for answer, _ in pieces if not isinstance(answer, str)]
            if not misses:
                joined = "".join(f"{answer}{space}" for answer, space in pieces)
                job.answer, job.backend = _spaced_like(job.text, joined), link.engine.name
            elif isinstance(misses[0], _Miss):
                job.miss = misses[0].after(job.miss)

    def _pieces(self, text: str, link: _Link, way: _Way) -> list[tuple[_Piece, str]]:
        """What to ask ``link`` for ``text``, each with the white space after it."""
        return [
            (self._piece(stretch, way), space)
            for stretch, space in split_lines(text, link.engine.max_chars)
        ]

    def _piece(self, text: str, way: _Way) -> _Piece:
        settled = self._glossary.settled(text, way.source, way.target)
        if settled is not None:
            return _Piece(settled, (), settled=True)
        return _Piece(*self._glossary.fix(text, way.source, way.target))

    def _recalled(self, link: _Link, pieces: Sequence[_Piece], way: _Way) -> _Answers:
        """What ``link`` answered earlier.

        It counts like a new answer: a run that was killed and started again must end in the same
        record.
        """
        texts = [piece.text for piece in pieces]
        known = self._memory.look_up(link.engine.identity, way.direction, texts)
        found: _Answers = {}
        for piece in pieces:
            answer = known.get(piece.text) and holding(known[piece.text], piece.terms)
            if answer:
                found[piece.text] = answer
        return found

    def _asked(self, link: _Link, pieces: Sequence[_Piece], way: _Way) -> _Answers:
        """What ``link`` answered before or answers now, or why it does not."""
        found = self._recalled(link, pieces, way)
        missing = [piece for piece in pieces if piece.text not in found]
        batches = _batches(missing, link.engine.batch_size, link.engine.max_chars)
        most = link.limits.attempts
        queue = deque(_Ask(tuple(batch), most, most) for batch in batches)
        while queue:
            ask = queue.popleft()
            answers = self._answers(link, ask.pieces, way)
            found |= answers
            queue.extend(_follow_ups(ask, answers, most) if most > 1 else ())
        return found

    def _answers(self, link: _Link, pieces: Sequence[_Piece], way: _Way) -> _Answers:
        """An answer or a reason for every piece, from one request; good answers are stored."""
        name, texts = link.engine.name, [piece.text for piece in pieces]
        try:
            self._await_turn(link, texts, way)
            answers = self._sent(link, texts, way)
        except EngineFailure as failure:
            miss = _Miss(f"{name}: {failure.reason}", failure.scope != "text")
            return dict.fromkeys(texts, miss)
        checked: _Answers = {}
        for piece, answer in zip(pieces, answers, strict=True):
            reason = fault(piece.text, answer, way.target)
            held = holding(answer.strip(), piece.terms)
            if reason is None and held is None:
                reason = "a term of the glossary is missing"
            checked[piece.text] = held if held and not reason else _Miss(f"{name}: {reason}", False)
        good = {text: answer for text, answer in checked.items() if isinstance(answer, str)}
        if good:
            link.failures = 0
            self._memory.store(link.engine.identity, way.direction, good)
        return checked

    def _sent(self, link: _Link, texts: Sequence[str], way: _Way) -> list[str]:
        """What the engine answers.

        Raises: EngineFailure.
        """
        try:
            return link.engine.translate(texts, way.source, way.target)
        except EngineFailure as failure:
            self._note_failure(link, failure)
            raise

    def _await_turn(self, link: _Link, texts: Sequence[str], way: _Way) -> None:
        """Wait until ``texts`` may be sent.

        Raises: EngineFailure when they may not be sent now.
        """
        service, limits = link.engine.name, link.limits
        if link.refusal:
            raise EngineFailure(link.refusal, "service")
        if time.monotonic() < link.rests_until:
            raise EngineFailure("the service keeps failing; not asked for now")
        held = self._ledger.held(service)
        if held > LONGEST_WAIT_SECONDS:
            raise EngineFailure(f"the service asked not to be asked for {held:.0f} seconds")
        wait, left = max(held, link.pauses_until - time.monotonic(), 0.0), way.left()
        if wait < left and limits.requests_per_second:
            # A turn that would come too late is left to other documents.
            turn = self._ledger.turn(service, limits.requests_per_second, left)
            wait = left if turn is None else max(wait, turn)
        if wait >= left:
            raise EngineFailure(OUT_OF_TIME)
        if not self._ledger.spend(service, sum(map(len, texts)), limits.max_chars):
            raise EngineFailure("the budget of characters for this run is spent")
        time.sleep(wait)

    def _note_failure(self, link: _Link, failure: EngineFailure) -> None:
        if failure.scope == "service":
            link.refusal = failure.reason
        if failure.retry_after:
            self._ledger.hold(link.engine.name, failure.retry_after)
        if failure.scope in FIRST_WAIT_SECONDS:
            link.failures += 1
            link.pauses_until = time.monotonic() + _pause(failure, link.failures)
            if link.failures >= BREAKER_FAILURES:
                link.rests_until = time.monotonic() + BREAKER_SECONDS
                link.failures -= 1  # after the rest, one more failure is enough


def _open(jobs: Mapping[str, _Job]) -> list[_Job]:
    return [job for job in jobs.values() if job.answer is None]


def _follow_ups(ask: _Ask, answers: _Answers, most: int) -> list[_Ask]:
    """What to ask for after ``ask`` was answered so.

    A request that failed is made again, at last in halves, down to the text that spoils it. Texts
    with bad answers are asked for together again, for it was mostly a passing fault of the service,
    then in halves, down to single ones; one that was alone already is asked for twice.
    """
    failed = tuple(piece for piece in ask.pieces if isinstance(answers[piece.text], _Miss))
    first = answers[failed[0].text] if failed else None
    if isinstance(first, _Miss) and first.temporary:
        if ask.attempts > 1:
            return [replace(ask, attempts=ask.attempts - 1)]
        return _halves(failed, 1, ask.tries) if len(failed) > 1 else []
    if len(failed) > 1:
        if ask.tries > 1:
            return [_Ask(failed, most, ask.tries - 1)]
        return _halves(failed, most, 0)
    was_alone = len(ask.pieces) == 1 and ask.tries < most
    return [_Ask(failed, most, 0)] if failed and not was_alone else []


def _halves(pieces: tuple[_Piece, ...], attempts: int, tries: int) -> list[_Ask]:
    half = (len(pieces) + 1) // 2
    return [_Ask(part, attempts, tries) for part in (pieces[:half], pieces[half:])]


def _batches(pieces: Iterable[_Piece], most: int, max_chars: int) -> Iterator[list[_Piece]]:
    batch: list[_Piece] = []
    size = 0
    for piece in pieces:
        if batch and (len(batch) >= most or size + len(piece.text) > max_chars):
            yield batch
            batch, size = [], 0
        batch.append(piece)
        size += len(piece.text)
    if batch:
        yield batch


def _pause(failure: EngineFailure, failures: int) -> float:
    """Seconds until the next request after so many failures in a row, if the service said none."""
    if failure.retry_after is not None:
        return 0.0
    first = FIRST_WAIT_SECONDS[failure.scope]
    return random.uniform(0, min(first * 2 ** (failures - 1), LONGEST_WAIT_SECONDS))


def _spaced_like(source: str, answer: str) -> str:
    """``answer`` with the outer white space of ``source``."""
    body = answer.strip()
    head = source[: len(source) - len(source.lstrip())]
    return head + body + source[len(source.rstrip()) :]


def _translation(segment: str, job: _Job) -> Translation:
    if job.answer is None:
        return Translation(segment, None, "failed", None, job.miss.reason, job.miss.temporary)
    return Translation(segment, job.answer, "cached" if job.backend == SEED else "ok", job.backend)
