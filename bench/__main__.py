"""Measures the pipeline and prints Markdown tables: ``python -m bench [PART ...]``.

Parts: startup, models, script, rerun, documents, length, workers, cluster, outlets, memory. Without
names all of them run, which takes some twenty minutes on two processors.
"""

# ruff: noqa: T201, E402 - it prints what it measures, and sets the threads before it imports
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

# Before any library starts a thread per processor; the workers of a run do the same.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

from bench import corpus, views
from bench.job import InProcess, command

PROFILES = ("fast", "accurate")
ARTICLES = 60
FEW = 10


def startup(folder: Path) -> None:
    """Seconds until the command line answers; the run finds one blank document, skipped before."""
    blank = str(corpus.write(folder / "blank", [""]))
    print("| command | wall s | cpu s |\n|---|---|---|")
    for arguments in (["--help"], ["stages"], ["run", blank, "-o", str(folder / "out")]):
        best = min((command(*arguments) for _ in range(4)), key=lambda run: run.cpu)
        print(f"| `pipeline {arguments[0]}` | {best.wall:.2f} | {best.cpu:.2f} |")


def models(folder: Path) -> None:
    """The whole job against its models alone, and the share of each stage."""
    texts = corpus.articles(ARTICLES)
    inputs = corpus.write(folder / "inputs", texts)
    count = corpus.words(texts)
    for profile in PROFILES:
        runs = InProcess(inputs, profile)
        job, stages = runs.job()
        alone = runs.models()
        speeds = f"job {count / job:,.0f} words/s, models alone {count / alone:,.0f} words/s"
        print(f"{profile}: {speeds}: job / models = {job / alone:.2f}\n")
        print("| stage | words/s | share |\n|---|---|---|")
        for stage, seconds in sorted(stages.items(), key=lambda item: -item[1]):
            print(f"| {stage} | {count / max(seconds, 1e-9):,.0f} | {seconds / job:.1%} |")
        print()


def script(folder: Path) -> None:
    """The whole job, profile fast, against the script most people would write."""
    texts = corpus.articles(ARTICLES)
    inputs = corpus.write(folder / "inputs", texts)
    job, _ = InProcess(inputs, "fast").job()
    command_line = [sys.executable, "-m", "bench.usual", str(inputs)]
    usual = float(subprocess.run(command_line, check=True, capture_output=True).stdout)
    print(f"usual script {usual:.2f} s, pipeline {job:.2f} s: {usual / job:.2f} times as fast")


def rerun(folder: Path) -> None:
    """A run with nothing changed, and one with one per cent of new documents."""
    inputs = corpus.write(folder / "inputs", corpus.articles(300))
    arguments = ("run", str(inputs), "-o", str(folder / "out"), "--profile", "fast")
    first, second = command(*arguments), command(*arguments)
    for number, text in enumerate(corpus.articles(303)[300:]):
        (inputs / f"new{number}.txt").write_text(text, encoding="utf-8")
    third = command(*arguments)
    print("| run | cpu s | of the first |\n|---|---|---|")
    for name, run in (("first", first), ("nothing changed", second), ("1 % new", third)):
        print(f"| {name} | {run.cpu:.2f} | {run.cpu / first.cpu:.1%} |")


def documents(folder: Path) -> None:
    """Time and memory per document over their number."""
    print("| documents | cpu ms a document | peak MB |\n|---|---|---|")
    for count in (100, 300, 1000):
        inputs = corpus.write(folder / f"in{count}", corpus.articles(count))
        out = str(folder / f"out{count}")
        run = command("run", str(inputs), "-o", out, "--profile", "fast", "--workers", "1")
        print(f"| {count} | {run.cpu / count * 1000:.1f} | {run.peak_megabytes:.0f} |")


def length(folder: Path) -> None:
    """Time per kilobyte over the length of a document."""
    print("| kB | cpu s | ms a kB | peak MB |\n|---|---|---|---|")
    for kilobytes in (10, 100, 1000, 5000):
        inputs = corpus.write(folder / f"in{kilobytes}", [corpus.article_of(kilobytes * 1000)])
        out = str(folder / f"out{kilobytes}")
        run = command("run", str(inputs), "-o", out, "--profile", "fast", "--workers", "1")
        cost = run.cpu / kilobytes * 1000
        print(f"| {kilobytes} | {run.cpu:.1f} | {cost:.1f} | {run.peak_megabytes:.0f} |")


def memory(folder: Path) -> None:
    """Segments that the translation memory looks up and stores, by the clock and the processor."""
    from pipeline.backends.translation.memory import Memory

    texts = [
        f"Una frase qualunque di un articolo qualunque, la numero {n}." for n in range(100_000)
    ]
    batches = [texts[start : start + 25] for start in range(0, len(texts), 25)]
    kept = Memory(folder / "memory.sqlite")

    def store(batch: list[str]) -> None:
        kept.store("engine", "it-en", dict.fromkeys(batch, "An ordinary sentence."))

    print("| | segments a second | a processor second |\n|---|---|---|")
    for name, work in (("store", store), ("look up", lambda b: kept.look_up("engine", "it-en", b))):
        wall, cpu = time.perf_counter(), time.process_time()
        for batch in batches:
            work(batch)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(f"| {name} | {len(texts) / wall:,.0f} | {len(texts) / cpu:,.0f} |")


def workers(folder: Path) -> None:
    """One worker against two, by the clock."""
    inputs = corpus.write(folder / "inputs", corpus.articles(200))
    walls = []
    for count in (1, 2):
        out = str(folder / f"out{count}")
        run = command("run", str(inputs), "-o", out, "--profile", "fast", "--workers", str(count))
        walls.append(run.wall)
    print(f"1 worker {walls[0]:.1f} s, 2 workers {walls[1]:.1f} s: {walls[0] / walls[1]:.2f} times")


def cluster(folder: Path) -> None:
    """A Dask cluster of two members against two local workers, by the clock."""
    import distributed

    inputs = corpus.write(folder / "inputs", corpus.articles(200))
    arguments = ("run", str(inputs), "--profile", "fast", "-o")
    local = command(*arguments, str(folder / "local"), "--workers", "2").wall
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0"
    ) as running:
        remote = command(
            *arguments, str(folder / "dask"), "--engine", "dask", "--scheduler",
            running.scheduler_address,
        ).wall  # fmt: skip
    print(f"local {local:.1f} s, Dask {remote:.1f} s: {local / remote:.2f} of the local speed")


def outlets(folder: Path) -> None:
    """JSON Lines, data frames, and the report against the run that it shows."""
    costs = []
    for count in (FEW, ARTICLES):
        inputs = corpus.write(folder / f"in{count}", corpus.articles(count))
        costs.append(command("run", str(inputs), "-o", str(folder / f"out{count}")).cpu)
    # Loading the models is paid once, whatever the number of articles.
    run = (costs[1] - costs[0]) / (ARTICLES - FEW) * views.DOCUMENTS
    outputs = views.cloned(folder / f"out{ARTICLES}", folder / "cloned", views.DOCUMENTS)
    speed = views.jsonl_megabytes(outputs, folder / "all.jsonl")
    print(f"JSON Lines: {speed:.0f} MB a second")
    print(f"data frames of {views.FRAMED:,} records: {views.frames_seconds(outputs):.1f} s")
    report = views.report_seconds(outputs, folder / "report")
    share = f"{report / run:.1%} of a run over them ({run:.0f} s)"
    print(f"report of {views.DOCUMENTS:,} documents: {report:.1f} s, {share}")
    sizes = sorted(path.stat().st_size for path in folder.glob("report/documents/*.html"))
    print(
        f"a document's page: {sizes[len(sizes) // 2] / 1000:.0f} kB, at most {sizes[-1] / 1000:.0f}"
    )


PARTS: dict[str, Callable[[Path], None]] = {
    part.__name__: part
    for part in (
        startup,
        models,
        script,
        rerun,
        documents,
        length,
        workers,
        cluster,
        outlets,
        memory,
    )
}


def main(names: list[str]) -> None:
    """Run the named parts, or all."""
    for name in names or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            print(f"\n## {name}\n")
            PARTS[name](Path(folder))
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
