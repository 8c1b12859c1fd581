"""Translates through a server on loopback that fails now and then, and through a healthy one.

``python -m tests.tools.faults`` prints how many times as long it takes when 30 % of the requests
fail at random (status 500 or 429, reset, cut off, HTML, wrong language, echo, empty), with the
shipped limits, and what became of the segments. Exit code 1 when one of them is neither translated
nor failed with a reason, or a wrong text is in the memory.
"""

# ruff: noqa: T201 - it prints what it measures
from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter

from pipeline.backends.translation.chain import ChainTranslator, Limits
from pipeline.backends.translation.libretranslate import LibreTranslate
from pipeline.backends.translation.memory import Memory
from pipeline.config import ServiceSettings
from tests.backends.translation.server import FAULTS, Server, translated

TEXT = "La sindaca ha detto che i lavori del ponte cominceranno presto in città, tra {} mesi."


def main() -> int:
    """Run the experiment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--segments", type=int, default=1000)
    parser.add_argument("--failing", type=float, default=0.3)
    parser.add_argument("--latency", type=float, default=0.075, help="seconds of every request")
    parser.add_argument("--rate", type=float, default=ServiceSettings().requests_per_second)
    options = parser.parse_args()
    server = Server()
    server.faults, server.seconds = FAULTS, options.latency
    ratios, outcomes = [], Counter[str]()
    for number in range(options.rounds):
        healthy, _ = _timed(server, 0.0, options.segments, options.rate)
        few = server.counted()
        seconds, found = _timed(server, options.failing, options.segments, options.rate)
        ratios.append(seconds / healthy)
        outcomes += found
        times = f"{few} requests in {healthy:.2f} s, {server.counted()} in {seconds:.2f} s"
        print(f"{number + 1}: {times}: {ratios[-1]:.2f} times", flush=True)
    server.close()
    print(f"median {statistics.median(ratios):.2f}, at most {max(ratios):.2f}; {dict(outcomes)}")
    return 1 if outcomes["wrong"] else 0


def _timed(server: Server, failing: float, count: int, rate: float) -> tuple[float, Counter[str]]:
    """Seconds, and how the segments ended."""
    server.failing = failing
    memory, engine = Memory(), LibreTranslate(ServiceSettings(url=server.url))
    chain = ChainTranslator([(engine, Limits(requests_per_second=rate))], memory)
    segments = [(f"s{number}", TEXT.format(number)) for number in range(count)]
    began = time.monotonic()
    answers = chain.translate(segments, "it", "en")
    seconds = time.monotonic() - began
    outcomes: Counter[str] = Counter()
    for (_, text), answer in zip(segments, answers, strict=True):
        stored = memory.look_up(engine.identity, "it-en", [text]).get(text)
        right = translated(text, "en") if answer.status == "ok" else None
        explained = answer.status == "ok" or bool(answer.reason)
        outcomes[answer.status if explained and stored == answer.text == right else "wrong"] += 1
    return seconds, outcomes


if __name__ == "__main__":
    raise SystemExit(main())
