"""Measures the pipeline and prints Markdown tables: ``python -m bench [PART ...]``.

Parts: startup, models, script, rerun, workers, cluster, length, documents (together the speed of
the whole job: some twenty minutes on two idle processors); only by name outlets, report, memory,
bounds.
BENCH_SCALE=0.02 in the environment makes every size so much smaller.
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

import orjson

from bench import corpus, views
from bench.job import InProcess, command

SCALE = float(os.environ.get("BENCH_SCALE", "1"))
PROFILES = ("fast", "accurate")
ARTICLES = 60
DIFFERENT = 180


def sized(count: int) -> int:
    """``count`` on the scale of this run, at least 15."""
    return max(round(count * SCALE), 15)


def startup(folder: Path) -> None:
    """Seconds until the command line answers; the run finds one blank document, skipped before."""
    blank = str(corpus.write(folder / "blank", [""]))
    print("| command | wall s | cpu s |\n|---|---|---|")
    for arguments in (["--help"], ["stages"], ["run", blank, "-o", str(folder / "out")]):
        best = min((command(*arguments) for _ in range(4)), key=lambda run: run.cpu)
        print(f"| `pipeline {arguments[0]}` | {best.wall:.2f} | {best.cpu:.2f} |")


def models(folder: Path) -> None:
    """The whole job against its models alone, and the share of each stage: over copies of the
    seeds, and over different articles, which are put together in the end."""
    different = corpus.different(sized(DIFFERENT))
    for name, texts, compared in (
        (f"{sized(ARTICLES)} copies of seeds", corpus.articles(sized(ARTICLES)), False),
        (f"{len(different)} different articles", different, True),
    ):
        inputs = corpus.write(folder / name, texts)
        count = corpus.words(texts)
        for profile in PROFILES:
            runs = InProcess(inputs, profile, compared=compared)
            job, stages = runs.job()
            everything, asked = runs.models()
            print(f"{name}, {profile}: job {count / job:,.0f} words/s")
            print(f"models over all of the text {count / everything:,.0f}: {job / everything:.2f}")
            print(f"models as the job asks them {count / asked:,.0f}: {job / asked:.2f}\n")
            print("| stage | words/s | share |\n|---|---|---|")
            for stage, seconds in sorted(stages.items(), key=lambda item: -item[1]):
                print(f"| {stage} | {count / max(seconds, 1e-9):,.0f} | {seconds / job:.1%} |")
            print()


def script(folder: Path) -> None:
    """The whole job, profile fast, against the script most people would write: by the processor in
    one process without loading, and by the clock as users run both."""
    inputs = corpus.write(folder / "inputs", corpus.articles(sized(240)))
    job, _ = InProcess(inputs, "fast").job()
    began = time.perf_counter()
    command_line = [sys.executable, "-m", "bench.usual", str(inputs)]
    printed = subprocess.run(command_line, check=True, capture_output=True).stdout.split()
    script_wall, script_cpu = time.perf_counter() - began, float(printed[0])
    wall = command("run", str(inputs), "-o", str(folder / "out"), "--profile", "fast").wall
    print("| | usual script s | pipeline s | times as fast |\n|---|---|---|---|")
    print(f"| processor, one process | {script_cpu:.1f} | {job:.1f} | {script_cpu / job:.2f} |")
    print(f"| clock, as installed | {script_wall:.1f} | {wall:.1f} | {script_wall / wall:.2f} |")


def rerun(folder: Path) -> None:
    """A run with nothing changed, and one with one per cent of new documents."""
    print("| articles | run | cpu s | of the first |\n|---|---|---|---|")
    for count in (sized(300), sized(2000)):
        new = max(count // 100, 1)
        texts = corpus.articles(count + new)
        inputs = corpus.write(folder / f"in{count}", texts[:count])
        arguments = ("run", str(inputs), "-o", str(folder / f"out{count}"), "--profile", "fast")
        first, second = command(*arguments), command(*arguments)
        for number, text in enumerate(texts[count:]):
            (inputs / f"new{number}.txt").write_text(text, encoding="utf-8")
        third = command(*arguments)
        for name, run in (("first", first), ("nothing changed", second), (f"{new} new", third)):
            print(f"| {count} | {name} | {run.cpu:.2f} | {run.cpu / first.cpu:.1%} |")


def documents(folder: Path) -> None:
    """Time and memory per document over their number."""
    print("| documents | cpu s | ms a further document | peak MB |\n|---|---|---|---|")
    before: tuple[int, float] | None = None
    for count in (sized(100), sized(1000), sized(20_000)):
        inputs = corpus.write(folder / f"in{count}", corpus.articles(count))
        out = str(folder / f"out{count}")
        run = command("run", str(inputs), "-o", out, "--profile", "fast")
        cost = f"{(run.cpu - before[1]) / (count - before[0]) * 1000:.1f}" if before else ""
        print(f"| {count} | {run.cpu:.1f} | {cost} | {run.peak_megabytes:.0f} |", flush=True)
        before = count, run.cpu


def length(folder: Path) -> None:
    """Time per kilobyte over the length of a document."""
    print("| kB | cpu s | ms a further kB | peak MB |\n|---|---|---|---|")
    before: tuple[int, float] | None = None
    for characters in (sized(10_000), sized(100_000), sized(1_000_000), sized(5_000_000)):
        inputs = corpus.write(folder / f"in{characters}", [corpus.article_of(characters)])
        out = str(folder / f"out{characters}")
        run = command("run", str(inputs), "-o", out, "--profile", "fast")
        cost = f"{(run.cpu - before[1]) / (characters - before[0]) * 1e6:.1f}" if before else ""
        kilobytes = characters / 1000
        print(f"| {kilobytes:g} | {run.cpu:.1f} | {cost} | {run.peak_megabytes:.0f} |", flush=True)
        before = characters, run.cpu


def bounds(folder: Path) -> None:
    """Memory over inputs that are many or large, and whether time grows with them alone; stages as
    far as they need no models."""
    row = orjson.dumps({"text": corpus.article_of(20_000)}) + b"\n"
    lines, files, size = sized(200_000_000) // len(row), sized(100_000), sized(20_000_000)
    small = [f"Tram {n} will run from Monday, said Ada Byron, the mayor." for n in range(files)]
    (folder / "rows.jsonl").write_bytes(row * lines)
    few, many = corpus.write(folder / "few", small[::10]), corpus.write(folder / "many", small)
    shorter, long = (
        corpus.write(folder / f"long{length}", [corpus.article_of(length)])
        for length in (size // 4, size)
    )
    runs: tuple[tuple[str, Path | str, str, int, int], ...] = (
        (f"{files // 10} small files", few, "detect", files // 10, 0),
        (f"{files} small files", many, "detect", files, 0),
        (f"one file of {lines} rows", folder / "rows.jsonl", "ingest", lines, 0),
        (f"a document of {size / 4e6:g} MB", shorter, "normalize", 1, 0),
        (f"a document of {size / 1e6:g} MB", long, "normalize", 1, 0),
        (f"a stream of {lines // 8} rows", "-", "ingest", lines // 8, lines // 8),
        (f"a stream of {lines} rows", "-", "ingest", lines, lines),
    )
    print("| input | until | wall s | cpu s | ms each | peak MB of the run | of any process |")
    print("|---|---|---|---|---|---|---|")
    for number, (name, path, stage, count, piped) in enumerate(runs):
        out = str(folder / f"out{number}")
        rows = (row for _ in range(piped))
        run = command("run", str(path), "-o", out, "--until", stage, rows=rows)
        each = f"{run.wall:.0f} | {run.cpu:.0f} | {run.cpu / count * 1000:.2f}"
        peaks = f"{run.supervisor_megabytes:.0f} | {run.peak_megabytes:.0f}"
        print(f"| {name} | {stage} | {each} | {peaks} |", flush=True)


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
    inputs = corpus.write(folder / "inputs", corpus.articles(sized(400)))
    walls = []
    for count in (1, 2):
        out = str(folder / f"out{count}")
        run = command("run", str(inputs), "-o", out, "--profile", "fast", "--workers", str(count))
        walls.append(run.wall)
    print(f"1 worker {walls[0]:.1f} s, 2 workers {walls[1]:.1f} s: {walls[0] / walls[1]:.2f} times")


def cluster(folder: Path) -> None:
    """A Dask cluster of two members, when it is new and afterwards, against two local workers in
    turn with it, by the clock."""
    import distributed

    inputs = corpus.write(folder / "inputs", corpus.articles(sized(400)))
    arguments = ("run", str(inputs), "--profile", "fast", "-o")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0"
    ) as running:
        engine = ("--engine", "dask", "--scheduler", running.scheduler_address)
        for number, name in enumerate(("new", "used before", "used before")):
            remote = command(*arguments, str(folder / f"dask{number}"), *engine).wall
            local = command(*arguments, str(folder / f"local{number}"), "--workers", "2").wall
            speeds = f"Dask {remote:.1f} s, local {local:.1f} s: {local / remote:.2f} of the speed"
            print(f"a cluster {name}: {speeds}", flush=True)


def outlets(folder: Path) -> None:
    """JSON Lines and data frames."""
    inputs = corpus.write(folder / "in", corpus.articles(sized(ARTICLES)))
    command("run", str(inputs), "-o", str(folder / "out"), "--profile", "fast")
    outputs = views.cloned(folder / "out", folder / "cloned", sized(views.DOCUMENTS))
    speed = views.jsonl_megabytes(outputs, folder / "all.jsonl")
    print(f"JSON Lines: {speed:.0f} MB a second")
    print(f"data frames of {views.FRAMED:,} records: {views.frames_seconds(outputs):.1f} s")


def report(folder: Path) -> None:
    """The report against the run that it shows, both as commands; then a report over as many
    documents that name different people: sizes of its pages, and its first page in Chromium."""
    count = sized(views.DOCUMENTS)
    inputs = corpus.write(folder / "in", corpus.articles(count))
    out = folder / "out"
    run = command("run", str(inputs), "-o", str(out))
    shown = command("report", "-o", str(out))
    print(f"| {count:,} documents | run s | report s | share |\n|---|---|---|---|")
    print(f"| by the clock | {run.wall:.1f} | {shown.wall:.1f} | {shown.wall / run.wall:.1%} |")
    print(f"| processor | {run.cpu:.1f} | {shown.cpu:.1f} | {shown.cpu / run.cpu:.1%} |\n")
    outputs = views.cloned(out, folder / "cloned", count)
    command("report", "-o", str(outputs))
    print("| page | median kB | largest kB |\n|---|---|---|")
    for page, (median, largest) in views.page_kilobytes(outputs / "report").items():
        print(f"| {page} | {median:.0f} | {largest:.0f} |")
    print("\n| first page in Chromium | median ms | slowest ms |\n|---|---|---|")
    for moment, (median, slowest) in views.first_page(outputs / "report").items():
        print(f"| {moment} | {median:.0f} | {slowest:.0f} |")


PARTS: dict[str, Callable[[Path], None]] = {
    part.__name__: part
    for part in (startup, models, script, rerun, workers, cluster, length, documents)
}
BY_NAME: dict[str, Callable[[Path], None]] = {
    part.__name__: part for part in (outlets, report, memory, bounds)
}


def main(names: list[str]) -> None:
    """Run the named parts, or all that tell the speed of the whole job."""
    for name in names or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            print(f"\n## {name}\n", flush=True)
            began = time.perf_counter()
            (PARTS | BY_NAME)[name](Path(folder))
            print(f"\n{time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
