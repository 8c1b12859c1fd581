"""The article inside a web page, found by trafilatura in a process of its own.

The extractor is native code fed with anything the web has: it can crash, run for minutes (0.5 s
for 0.4 MB, 10 s for 3.3 MB) or eat memory. So one child process does the work, with a limit on
memory and on seconds per page; when it dies or is late, the page gets a second chance with all
its visible text, and the child is replaced.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Literal

from pipeline.backends.child import python_module
from pipeline.errors import DocumentError

SECONDS_PER_PAGE = 20.0
MAX_PAGE_CHARACTERS = 8_000_000

Mode = Literal["article", "visible"]


@dataclass(frozen=True, slots=True)
class Article:
    """The main text of a page, one line per paragraph, what the page says about itself, and the
    visible lines that were left out: menus, banners, tables, comments."""

    text: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


class HtmlExtractor:
    """Extracts articles; starts its child process at the first page."""

    def __init__(self, seconds_per_page: float = SECONDS_PER_PAGE) -> None:
        self._seconds = seconds_per_page
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0

    @property
    def identity(self) -> str:
        """The libraries that decide what the text is."""
        return f"trafilatura {version('trafilatura')}, lxml {version('lxml')}"

    def extract(self, html: str) -> Article:
        """The article in ``html``: its main text, or all visible text when none is found.

        Raises: DocumentError when the page is too large, or defeats the extractor twice.
        """
        if len(html) > MAX_PAGE_CHARACTERS:
            raise DocumentError(f"The page is longer than {MAX_PAGE_CHARACTERS:,} characters.")
        modes: tuple[Mode, ...] = ("article", "visible")
        for mode in modes:
            answer = self._ask(html, mode)
            if answer is not None:
                left_out = answer.pop("left_out", "").split("\n")
                return Article(answer.pop("text", ""), answer, tuple(filter(None, left_out)))
        raise DocumentError(
            f"No text could be taken from the page within {self._seconds:g} seconds: "
            "save it as text."
        )

    def close(self) -> None:
        """Ends the child process."""
        child, self._child = self._child, None
        if child is None or self._owner != os.getpid():
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _ask(self, html: str, mode: Mode) -> dict[str, str] | None:
        """The child's answer; None when it died or was too late."""
        child = self._running()
        request = json.dumps({"html": html, "mode": mode}).encode() + b"\n"
        alarm = threading.Timer(self._seconds, child.kill)
        alarm.start()
        try:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(request)
            child.stdin.flush()
            answer: dict[str, str] = json.loads(child.stdout.readline())
        except (OSError, ValueError):
            self.close()
            return None
        finally:
            alarm.cancel()
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        # After a fork the parent's child must not be shared: answers would cross.
        if self._owner != os.getpid():
            self._child = None
        if self._child is None:
            self._owner = os.getpid()
            self._child = subprocess.Popen(
                python_module("pipeline.stages.ingest.extractor"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            atexit.register(self.close)
        return self._child
