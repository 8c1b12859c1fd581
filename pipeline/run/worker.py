"""A worker process: takes documents from its standard input, answers with their outcomes.

Started by the supervisor as ``python -m pipeline.run.worker``. Standard output carries nothing but
messages; whatever a library prints goes to standard error.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from pipeline.backends.resources import build_resources
from pipeline.config import Config
from pipeline.core import codec
from pipeline.core.layers import Source
from pipeline.run.document import process
from pipeline.run.frames import receive, send
from pipeline.run.plan import Options, Plan, settings_sha256
from pipeline.stages.order import STAGE_FOLDERS, build_stages
from pipeline.store.files import Store


def build_plan(config: Config, options: Options) -> Plan:
    """The plan of a run; models load when the first document needs them."""
    resources = build_resources(config)
    return Plan(build_stages(config, resources, settings_sha256(config)), options)


def open_store(folder: Path) -> Store:
    """The store in an output folder."""
    return Store(folder, STAGE_FOLDERS)


def main() -> None:
    """Serve one supervisor until it closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor decides what an interrupt means
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    requests = sys.stdin.buffer
    first = receive(requests)
    if first is None:
        return
    head, _ = first
    plan = build_plan(codec.decode(Config, head["config"]), codec.decode(Options, head["options"]))
    store = open_store(Path(head["folder"]))
    send(replies, {"ready": True})
    while (message := receive(requests)) is not None:
        send(replies, _answer(message[0], message[1], plan, store))


def _answer(head: dict[str, Any], content: bytes, plan: Plan, store: Store) -> dict[str, Any]:
    source = Source(
        head["id"], head["path"], content, head["media_type"], head["metadata"], head["error"]
    )
    try:
        return {"outcome": codec.encode(process(source, plan, store))}
    except OSError as error:
        return {"fatal": f"{error.strerror or error}: {error.filename or store.folder}"}


if __name__ == "__main__":
    main()
