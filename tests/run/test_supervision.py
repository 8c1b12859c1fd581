"""One bad document never stops, hangs or drops others; a killed run loses nothing."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from pipeline.config import Config
from pipeline.core.layers import Source
from pipeline.run import local
from pipeline.run.local import WorkersFailed
from pipeline.run.plan import Options, open_store
from pipeline.run.runner import Request, run
from tests.run.fake_stages import open_gate
from tests.run.folders import results, write_articles

# Documents that do not hang take milliseconds; on a busy machine they must not seem to hang.
QUICK = Config().override(run={"document_seconds": 2.0, "document_megabytes": 300})


@pytest.fixture(autouse=True)
def _no_loading_time(monkeypatch):
    monkeypatch.setattr(local, "LOADING_SECONDS", 0.0)


def quarantined(out: Path) -> dict[str, dict]:
    reports = [json.loads(path.read_bytes()) for path in (out / "quarantine").iterdir()]
    return {Path(report["path"]).stem: report for report in reports}


@pytest.mark.parametrize("workers", [1, 2])
def test_killers_are_named_and_put_aside_and_nothing_else_is_lost(
    inputs, run_fake, tmp_path, workers
):
    clean = run_fake(inputs, out="clean")
    (inputs / "a0003-killer.txt").write_text("KILL the worker")
    (inputs / "a0005-crash.txt").write_text("SEGFAULT in native code")
    (inputs / "a0007-hang.txt").write_text("HANG for ever")
    manifest = run_fake(inputs, config=QUICK, workers=workers)
    assert manifest.counts.written == clean.counts.written == 12
    assert manifest.counts.failed == 3
    reports = quarantined(tmp_path / "out")
    assert reports["a0003-killer"]["error"] == "the worker died (SIGKILL)"
    assert reports["a0005-crash"]["error"] == "the worker died (SIGSEGV)"
    assert reports["a0007-hang"]["error"] == "took longer than 2 seconds"
    assert {report["stage"] for report in reports.values()} == {"analyze"}


def test_a_long_document_has_more_time(inputs, run_fake, tmp_path, monkeypatch):
    monkeypatch.setattr(local, "BYTES_PER_LIMIT", 10)
    monkeypatch.setattr(local, "CHECK_SECONDS", 0.0)
    (inputs / "long.txt").write_text("SLOW " * 1000)
    config = Config().override(run={"document_seconds": 0.02})
    assert run_fake(inputs / "long.txt", config=config).counts.written == 1


def test_translation_has_time_of_its_own_that_no_other_stage_uses_up(inputs, run_fake, tmp_path):
    """Without a bound for translation, a hang elsewhere held up the run for ever."""
    (inputs / "lengthy.txt").write_text("LENGTHY to translate")
    (inputs / "before.txt").write_text("HANG before translation")
    (inputs / "after.txt").write_text("LENGTHY to translate and STUCK after it")
    config = QUICK.override(translate={"enabled": True, "document_seconds": 0.0})
    assert run_fake(inputs, config=config).counts.written == 13
    reports = quarantined(tmp_path / "out")
    assert {name: report["stage"] for name, report in reports.items()} == {
        "before": "analyze",
        "after": "project",
    }
    assert {report["error"] for report in reports.values()} == {"took longer than 2 seconds"}


def test_a_bound_for_translation_is_kept_in_either_direction(inputs, run_fake, tmp_path):
    (inputs / "endless.txt").write_text("ENDLESS to translate")
    config = QUICK.override(translate={"enabled": True, "document_seconds": 0.5})
    assert run_fake(inputs, config=config).counts.written == 12
    report = quarantined(tmp_path / "out")["endless"]
    assert (report["stage"], report["error"]) == ("translate", "took longer than 3 seconds")


def test_a_document_that_takes_too_much_memory_is_put_aside(inputs, run_fake, tmp_path):
    (inputs / "a0003-bloat.txt").write_text("BLOAT")
    config = Config().override(run={"document_megabytes": 300})
    manifest = run_fake(inputs, config=config)
    assert (manifest.counts.written, manifest.counts.failed) == (12, 1)
    assert "more than 300 MB" in quarantined(tmp_path / "out")["a0003-bloat"]["error"]


def test_a_death_that_does_not_repeat_costs_nothing(inputs, run_fake, tmp_path):
    run_fake(inputs, out="clean")
    write_articles(inputs, range(12, 14), extra="ONCE")
    manifest = run_fake(inputs)
    assert manifest.counts.written == 14
    assert not (tmp_path / "out/quarantine").exists()


def test_a_worker_with_much_left_over_memory_is_replaced(inputs, run_fake, monkeypatch):
    monkeypatch.setattr(local, "RETIRED_SHARE", 0.0)
    monkeypatch.setattr(local, "CHECK_SECONDS", 0.0)
    assert run_fake(inputs).counts.written == 12


@pytest.mark.parametrize(("characters", "processes"), [(0, 1), (20_000, 3)])
def test_a_worker_starts_only_for_as_much_work_as_its_start_costs(
    inputs, run_fake, monkeypatch, characters, processes
):
    """Two articles more in a folder of many loaded the models twice."""
    monkeypatch.setattr(local, "BYTES_PER_START", 30_000)
    started = []
    start = local.LocalPool._start
    monkeypatch.setattr(local.LocalPool, "_start", lambda pool: (started.append(1), start(pool))[1])
    write_articles(inputs, range(12), extra="word " * (characters // 5))
    assert run_fake(inputs, workers=3).counts.written == 12
    assert len(started) == processes


def test_documents_without_content_do_not_pile_up(tmp_path, monkeypatch):
    monkeypatch.setattr(local, "BYTES_PER_START", 1 << 16)
    monkeypatch.setattr(local.LocalPool, "_start", lambda pool: None)
    with local.LocalPool(Config(), Options(), open_store(tmp_path), "", workers=3) as pool:
        submitted = 0
        while not pool.full:
            pool.submit(Source(str(submitted), "-", b"", "text/plain", {}))
            submitted += 1
    assert submitted < 400


def test_noise_of_libraries_neither_disturbs_nor_shows(inputs, cli, tmp_path):
    write_articles(inputs, range(2), extra="NOISE")
    process = cli("run", inputs, "-o", "out")
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 0
    assert output == b""
    assert b"library" not in errors
    assert b"\x1b" not in errors


def test_workers_that_cannot_start_end_the_run_with_the_reason(inputs, tmp_path, monkeypatch):
    (tmp_path / "only_once.py").write_text(
        "import os, sys\n"
        "from tests.run.fake_stages import build_plan\n"
        "if os.getpid() != int(os.environ['ONLY_IN']): sys.exit('not in a worker')"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("ONLY_IN", str(os.getpid()))
    request = Request([str(inputs)], tmp_path / "out", builder="only_once:build_plan")
    with pytest.raises(WorkersFailed, match=r"could not start .*not in a worker"):
        run(Config(), request)
    assert json.loads((tmp_path / "out/run.json").read_bytes())["status"].startswith("stopped")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_says_so_and_the_next_one_goes_on(inputs, cli, tmp_path, number):
    write_articles(inputs, range(3, 12), extra="GATED")
    process = cli("run", inputs, "-o", "out", "--workers", "2")
    wait_for(lambda: len(list((tmp_path / "out").glob("records/*"))) >= 2)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 130
    assert b"Interrupted" in errors
    assert b"Traceback" not in errors
    _, alive = psutil.wait_procs(children, timeout=300)
    assert not alive
    manifest = json.loads((tmp_path / "out/run.json").read_bytes())
    counts = manifest["counts"]
    assert manifest["status"] == "interrupted"
    assert counts["read"] == counts["written"] + counts["unfinished"] < 12
    open_gate()
    assert cli("run", inputs, "-o", "clean").wait(300) == 0
    assert cli("run", inputs, "-o", "out").wait(300) == 0
    assert results(tmp_path / "out") == results(tmp_path / "clean")


def test_a_killed_run_leaves_no_worker_and_no_lock(inputs, cli, tmp_path):
    write_articles(inputs, range(12), extra="HANG")
    process = cli("run", inputs, "-o", "out", "--workers", "2")
    wait_for(lambda: len(psutil.Process(process.pid).children()) == 2)
    wait_for((tmp_path / "out/stages/03-normalize").exists)
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(children, timeout=300)
    assert not alive
    write_articles(inputs, range(12))
    assert cli("run", inputs, "-o", "out").wait(300) == 0


@pytest.mark.slow
def test_kills_at_random_moments_lose_nothing(inputs, cli, tmp_path):
    write_articles(inputs, range(30), extra="SLOW")
    assert cli("run", inputs, "-o", "clean", "--workers", "2").wait(300) == 0
    dice = random.Random(7)
    for _ in range(8):
        process = cli("run", inputs, "-o", "out", "--workers", "2")
        time.sleep(dice.uniform(0.3, 1.5))
        victims = [psutil.Process(process.pid), *psutil.Process(process.pid).children()]
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended a moment ago
            dice.choice(victims).kill()
        if process.poll() is None and dice.random() < 0.7:
            process.kill()
        process.communicate(timeout=300)
        for path in (tmp_path / "out/records").glob("*"):
            json.loads(path.read_bytes())
    assert cli("run", inputs, "-o", "out").wait(300) == 0
    assert results(tmp_path / "out") == results(tmp_path / "clean")


def test_a_second_run_is_told_who_holds_the_folder(inputs, cli, tmp_path):
    write_articles(inputs, range(1), extra="HANG")
    first = cli("run", inputs, "-o", "out")
    wait_for((tmp_path / "out/run.json").exists)
    second = cli("run", inputs, "-o", "out")
    _, errors = second.communicate(timeout=300)
    assert second.returncode == 2
    assert f"process {first.pid}".encode() in errors
    first.kill()


def test_a_stale_lock_file_blocks_nobody(inputs, run_fake, tmp_path):
    lock = tmp_path / "out/.pipeline/lock"
    lock.parent.mkdir(parents=True)
    lock.write_text("process 999999999 on elsewhere")
    assert run_fake(inputs).counts.written == 12


def test_a_stream_is_worked_on_while_it_still_comes(cli, tmp_path):
    process = cli("run", "-", "-o", "out", stdin=subprocess.PIPE)
    for number in range(3):
        process.stdin.write(json.dumps({"id": f"n{number}", "text": f"News {number}"}).encode())
        process.stdin.write(b"\n")
        process.stdin.flush()
        wait_for(lambda count=number: len(list(tmp_path.glob("out/records/*"))) > count)
    process.stdin.write(json.dumps({"id": "last", "text": "HANG"}).encode() + b"\n")
    process.stdin.flush()
    wait_for(lambda: len(list(tmp_path.glob("out/stages/03-normalize/*"))) == 4)
    process.send_signal(signal.SIGTERM)
    assert process.wait(300) == 130


def test_a_hanging_document_is_put_aside_while_the_stream_is_silent(cli, tmp_path):
    (tmp_path / "config.toml").write_text("[run]\ndocument_seconds = 0.5\n")
    process = cli("run", "-", "-o", "out", stdin=subprocess.PIPE)
    process.stdin.write(b'{"text": "HANG"}\n')
    process.stdin.flush()
    wait_for(lambda: list(tmp_path.glob("out/quarantine/*")))
    process.stdin.close()
    process.wait(300)
    assert process.returncode == 1


def wait_for(condition, seconds: float = 300.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
