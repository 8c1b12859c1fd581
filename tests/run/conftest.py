"""A run over light stages, in this process or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.run import local
from pipeline.run.plan import Options
from pipeline.run.runner import Request, run
from pipeline.store.manifest import Manifest
from tests.run.fake_stages import BUILDER, MARKS
from tests.run.folders import write_articles

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Worker processes find the fake stages; what they did once is marked in the test's folder.
    Every document is worth a worker."""
    monkeypatch.setattr(local, "BYTES_PER_START", 0)
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    monkeypatch.setenv("PYTHONPATH", path)
    marks = tmp_path / "marks"
    marks.mkdir()
    monkeypatch.setenv(MARKS, str(marks))


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """A folder of twelve small articles."""
    folder = tmp_path / "inputs"
    write_articles(folder, range(12))
    return folder


@pytest.fixture
def run_fake(tmp_path: Path) -> Callable[..., Manifest]:
    """Runs the fake stages: ``run_fake(inputs, out="out", config=..., **request)``."""

    def start(
        *paths: Path | str,
        out: str = "out",
        config: Config = Config(),
        options: Options = Options(),
        workers: int = 1,
        **more: object,
    ) -> Manifest:
        request = Request(
            [str(path) for path in paths], tmp_path / out, options, workers, builder=BUILDER, **more
        )
        return run(config, request)

    return start


@pytest.fixture
def cli(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts the command line over the fake stages as a process of its own."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str | Path, **more: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.run.fake_cli", *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": tmp_path, **more}
        process = subprocess.Popen(command, **pipes)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe:
                pipe.close()
