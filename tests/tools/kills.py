"""Kills runs at random moments and compares what they leave with an undisturbed run.

``python tests/tools/kills.py --kills 200`` works on light stages; ``--inputs FOLDER`` runs the real
pipeline (profile ``fast``) over a folder. Each round starts a run and kills, by signal 9, the run,
one of its workers, or both; every tenth kill the run is allowed to finish, its results are compared
byte by byte, and the folder is emptied. Exit code 1 and a list of files when anything differs.
"""

# ruff: noqa: T201 - it prints what it measures
from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
ARTICLES = 24
ROUND = 10


def main() -> int:
    """Run the experiment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--inputs", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = _command(options.inputs, folder)
        return _experiment(command, folder, options.kills, random.Random(options.seed))


def _command(inputs: Path | None, folder: Path) -> list[str]:
    if inputs:
        return [sys.executable, "-m", "pipeline", "run", str(inputs.resolve()), "--profile", "fast"]
    articles = folder / "inputs"
    articles.mkdir()
    for number in range(ARTICLES):
        text = f"Article {number}: the mayor said that {number} trams will run. SLOW"
        (articles / f"a{number:03}.txt").write_text(text, encoding="utf-8")
    return [sys.executable, "-m", "tests.run.fake_cli", "run", str(articles)]


def _experiment(command: list[str], folder: Path, kills: int, dice: random.Random) -> int:
    began = time.monotonic()
    _start(command, folder / "clean").communicate()
    length = time.monotonic() - began
    expected = _results(folder / "clean")
    print(f"undisturbed run: {length:.1f} s, {len(expected)} files")
    done = differences = finished = 0
    while done < kills:
        process = _start(command, folder / "out")
        time.sleep(dice.uniform(0.05, 0.5 * length))
        victims = _victims(process, dice)
        for victim in victims:
            _kill(victim)
        done += bool(victims)
        process.communicate()
        broken = _unreadable(folder / "out")
        differences += len(broken)
        if done % ROUND == 0 or done == kills:
            _start(command, folder / "out").communicate()
            wrong = _different(expected, _results(folder / "out"))
            differences += len(wrong)
            finished += 1
            print(f"{done} kills, {finished} comparisons, {differences} differences {wrong[:3]}")
            shutil.rmtree(folder / "out")
    return 1 if differences else 0


def _start(command: list[str], out: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*command, "-o", str(out), "--workers", "2"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT), "FAKE_MARKS": str(out.parent)},
    )


def _victims(process: subprocess.Popen[bytes], dice: random.Random) -> list[psutil.Process]:
    """The run, a worker, or both; none when it has ended already."""
    try:
        run = psutil.Process(process.pid)
        workers = run.children(recursive=True)
    except psutil.Error:
        return []
    if process.poll() is not None:
        return []
    worker = [dice.choice(workers)] if workers else []
    return dice.choice([[run], worker or [run], [*worker, run]])


def _kill(victim: psutil.Process) -> None:
    """Kill a process that may just have ended."""
    try:
        victim.kill()
    except psutil.Error:
        return


def _unreadable(out: Path) -> list[str]:
    """Files under final names that are no complete JSON."""
    broken = []
    for path in out.rglob("*.json"):
        if "partial" in path.parts:
            continue
        try:
            json.loads(path.read_bytes())
        except FileNotFoundError:
            continue
        except ValueError:
            broken.append(str(path))
    return broken


def _results(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and path.relative_to(out).parts[0] not in (".pipeline", "run.json")
    }


def _different(expected: dict[str, bytes], found: dict[str, bytes]) -> list[str]:
    return sorted(
        name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)
    )


if __name__ == "__main__":
    sys.exit(main())
