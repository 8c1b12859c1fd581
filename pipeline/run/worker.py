"""A worker process: takes documents from its standard input, answers with their outcomes.

Started by the supervisor as ``python -m pipeline.run.worker BUILDER FOLDER``. Standard output
carries nothing but messages; whatever a library prints goes to standard error. A worker never
outlives its supervisor: when its standard input ends, so does the process, at once.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

from pipeline.config import Config
from pipeline.core import codec
from pipeline.errors import PipelineError
from pipeline.run.document import process
from pipeline.run.frames import receive, send, source_of
from pipeline.run.plan import Options, Plan, open_store, plan_builder
from pipeline.store.files import Store

Message = tuple[dict[str, Any], bytes]


def main(builder: str, folder: str) -> None:
    """Serve one supervisor until it closes the pipe."""
    # Streams of its own: threads and libraries may hold the standard ones when Python ends.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _die_first()
    requests: SimpleQueue[Message] = SimpleQueue()
    threading.Thread(
        target=_listen, args=(os.fdopen(os.dup(0), "rb"), requests), daemon=True
    ).start()
    head, _ = requests.get()
    try:
        config = codec.decode(Config, head["config"])
        plan = plan_builder(builder)(config, codec.decode(Options, head["options"]))
        store = open_store(Path(folder), plan)
        send(replies, {"ready": True})
        while True:
            _serve(*requests.get(), plan, store, replies)
    except PipelineError as error:
        send(replies, {"fatal": str(error), "exit_code": error.exit_code})


def _serve(
    head: dict[str, Any], content: bytes, plan: Plan, store: Store, replies: IO[bytes]
) -> None:
    outcome = process(
        source_of(head, content), plan, store, lambda stage: send(replies, {"stage": stage})
    )
    send(replies, {"outcome": codec.encode(outcome)})


def _listen(stream: IO[bytes], requests: SimpleQueue[Message]) -> None:
    while (message := receive(stream)) is not None:
        requests.put(message)
    os._exit(0)


def _die_first() -> None:
    """When memory runs out, Linux should end a worker, which is replaced, not the supervisor."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
