"""The same results on a Dask cluster; a lost member and a killer document cost nothing else."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from pipeline.config import Config
from pipeline.core.layers import Source
from pipeline.errors import UsageError
from pipeline.run import local
from pipeline.run.local import WorkersFailed
from pipeline.run.plan import Options, open_store
from tests.run.fake_stages import BUILDER, open_gate
from tests.run.folders import results, write_articles

distributed = pytest.importorskip("distributed")

pytestmark = [
    pytest.mark.slow,
    # The library's own doings at start and end, none of ours.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def cluster(socket_enabled):
    """Two member processes of one thread each, and a scheduler, on this machine."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as running:
        yield running


def run_on(cluster, run_fake, *paths, **more):
    return run_fake(*paths, engine="dask", scheduler=cluster.scheduler_address, **more)


def test_a_cluster_gives_the_same_results_and_survives_killers(
    cluster, inputs, run_fake, tmp_path, monkeypatch
):
    monkeypatch.setattr(local, "LOADING_SECONDS", 0.0)
    (inputs / "a0003-killer.txt").write_text("KILL")
    (inputs / "a0005-fails.txt").write_text("FAIL")
    here = run_fake(inputs, out="here")
    there = run_on(cluster, run_fake, inputs, out="there")
    assert (there.counts, there.problems) == (here.counts, here.problems)
    assert results(tmp_path / "there") == results(tmp_path / "here")
    assert run_on(cluster, run_fake, inputs, out="there").counts.kept == 12


def test_documents_of_a_lost_member_are_done_by_the_others(cluster, inputs, cli, tmp_path):
    write_articles(inputs, range(40), extra="SLOW")
    assert cli("run", inputs, "-o", "clean", "--workers", "2").wait(300) == 0
    address = cluster.scheduler_address
    process = cli("run", inputs, "-o", "out", "--engine", "dask", "--scheduler", address)
    wait_for_records(tmp_path / "out", 5, process)
    victim = next(iter(cluster.workers.values()))
    victim.process.process.kill()
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert b"Dask dashboard: http" in errors
    assert results(tmp_path / "out") == results(tmp_path / "clean")
    counts = json.loads((tmp_path / "out/run.json").read_bytes())["counts"]
    assert counts["written"] == counts["read"] == 40


def test_finished_documents_of_a_lost_member_are_done_again(cluster, tmp_path):
    from pipeline.run.distributed import BATCH_BYTES, DaskPool

    store = open_store(tmp_path / "out")
    address = cluster.scheduler_address
    with DaskPool(Config(), Options(), store, BUILDER, address, lambda line: None) as pool:
        pool.submit(Source("a", "a.txt", b"Some text. " * BATCH_BYTES, "text/plain"))
        [future] = pool._sent
        deadline = time.monotonic() + 300
        wait_for_status(future, "finished", deadline)
        for member in cluster.workers.values():
            member.process.process.kill()
        wait_for_status(future, "lost", deadline)
        while pool.busy:
            assert time.monotonic() < deadline
            outcomes = list(pool.outcomes(1.0))
    assert [outcome.id for outcome in outcomes] == ["a"]


def wait_for_status(future, status, deadline):
    while future.status != status:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_document_that_kills_members_is_set_aside_and_no_other(inputs, run_fake, socket_enabled):
    """It dies with a whole batch, and with the batch that waits behind it."""
    import dask

    (inputs / "a0003-killer.txt").write_text("PARENT")
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50
        ) as cluster,
    ):
        manifest = run_on(cluster, run_fake, inputs)
    assert (manifest.counts.written, manifest.counts.failed) == (12, 1)
    [problem] = manifest.problems
    assert "a0003-killer" in problem.path
    assert problem.reason.startswith("cluster members died")


@pytest.fixture
def hand_made(socket_enabled, monkeypatch):
    """A scheduler and two members as processes of their own: the scheduler and its address."""
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0"]
    command += ["--host", "127.0.0.1"]
    scheduler = subprocess.Popen([*command, "--no-dashboard"], stderr=subprocess.PIPE, text=True)
    line = next(line for line in scheduler.stderr if "Scheduler at:" in line)
    threading.Thread(target=scheduler.stderr.read, daemon=True).start()
    address = line.split()[-1]
    command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1"]
    members = [
        subprocess.Popen([*command, "--no-nanny", "--no-dashboard"], stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    yield scheduler, address
    for process in (*members, scheduler):
        process.kill()
        process.wait()
    scheduler.stderr.close()


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
def test_a_scheduler_that_vanishes_ends_the_run_with_a_state_to_go_on_from(
    hand_made, inputs, cli, tmp_path, blow
):
    write_articles(inputs, range(60), extra="SLOW")
    write_articles(inputs, range(40, 60), extra="GATED")
    scheduler, address = hand_made
    process = cli("run", inputs, "-o", "out", "--engine", "dask", "--scheduler", address)
    wait_for_records(tmp_path / "out", 5, process)
    scheduler.send_signal(blow)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 1, errors
    assert f"The Dask scheduler at {address} does not answer any more.".encode() in errors
    assert b"the same command goes on from there" in errors
    assert b"Traceback" not in errors
    stored = json.loads((tmp_path / "out/run.json").read_bytes())
    assert stored["status"].startswith("stopped: The Dask scheduler")
    counts = stored["counts"]
    assert counts["read"] == counts["written"] + counts["unfinished"]
    assert counts["unfinished"]
    open_gate()
    assert cli("run", inputs, "-o", "out", "--workers", "2").wait(300) == 0
    assert cli("run", inputs, "-o", "clean", "--workers", "2").wait(300) == 0
    assert results(tmp_path / "out") == results(tmp_path / "clean")


def wait_for_records(out, count, process):
    deadline = time.monotonic() + 300
    while len(list(out.glob("records/*"))) < count:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)


class _Future:
    """A finished task whose result the scheduler is asked for once in vain."""

    def __init__(self, status_then: str) -> None:
        self.status = "finished"
        self._answers = [status_then]

    def add_done_callback(self, done):
        self.status = "finished"
        done(self)

    def result(self, timeout):
        assert timeout, "it would wait for ever"
        if self._answers:
            self.status = self._answers.pop()
            raise TimeoutError
        return {"outcomes": [{"id": "a", "path": "a.txt", "status": "written"}]}


class _Client:
    """A cluster of one thread that gives every task the same future."""

    dashboard_link = ""
    future: _Future

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def nthreads(self, callback_timeout):
        return {"somebody": 1}

    def submit(self, *_: object, **__: object):
        return self.future


@pytest.fixture
def pool(monkeypatch, tmp_path):
    """A pool with one document under way."""
    from pipeline.run import distributed as engine
    from pipeline.run.distributed import DaskPool

    monkeypatch.setattr(distributed, "Client", _Client)
    monkeypatch.setattr(engine, "_reach", lambda address, say: None)
    store = open_store(tmp_path / "out")
    made = DaskPool(Config(), Options(), store, BUILDER, "tcp://x:1", lambda line: None)
    made.submit(Source("a", "a.txt", b"text", "text/plain"))
    return made


def test_a_result_that_nobody_hands_over_ends_the_run(pool, monkeypatch):
    monkeypatch.setattr(_Client, "future", _Future("finished"), raising=False)
    with pytest.raises(WorkersFailed, match="does not answer any more"):
        list(pool.outcomes(0.0))


@pytest.mark.parametrize("status", ["pending", "lost"])
def test_a_result_that_is_lost_while_it_is_asked_for_is_made_again(pool, monkeypatch, status):
    monkeypatch.setattr(_Client, "future", _Future(status), raising=False)
    assert list(pool.outcomes(0.0)) == []
    assert pool.busy
    assert [outcome.id for outcome in pool.outcomes(0.0)] == ["a"]
    assert not pool.busy


def test_no_scheduler_is_a_clear_error_within_seconds(
    inputs, run_fake, socket_enabled, monkeypatch
):
    from pipeline.run import distributed as engine

    monkeypatch.setattr(engine, "REACH_SECONDS", 0.2)
    with pytest.raises(UsageError, match="--scheduler ADDRESS"):
        run_fake(inputs, engine="dask")
    began = time.monotonic()
    with pytest.raises(
        UsageError, match=r"answers at tcp://127.0.0.1:9 \(.*(refused|Timed out).*Check that"
    ):
        run_fake(inputs, engine="dask", scheduler="tcp://127.0.0.1:9")
    assert time.monotonic() - began < 19
    with pytest.raises(UsageError, match="missing port number"):
        run_fake(inputs, engine="dask", scheduler="somewhere")


@pytest.fixture
def silent(socket_enabled):
    """The address of a service that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"


def test_what_is_waited_for_is_told_and_a_signal_ends_the_waiting(inputs, cli, silent):
    process = cli("run", inputs, "-o", "out", "--scheduler", silent)
    line = process.stderr.readline()
    assert line.decode() == f"Waiting up to 5 seconds for the Dask scheduler at {silent} ...\n"
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 130
    assert errors.startswith(b"Interrupted")
    assert b"Traceback" not in errors


def test_a_service_that_is_no_scheduler_is_told(inputs, run_fake, silent, monkeypatch):
    from pipeline.run import distributed as engine

    monkeypatch.setattr(engine, "REACH_SECONDS", 0.2)
    with pytest.raises(UsageError, match="nothing came back in time"):
        run_fake(inputs, engine="dask", scheduler=silent)


def test_importing_the_runner_does_not_load_the_library():
    check = "import sys, pipeline.run.runner; sys.exit('distributed' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


class _Pool:
    """Stands for the processes of one run."""

    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


def test_a_run_that_ends_leaves_the_processes_of_other_runs(monkeypatch):
    from pipeline.run import distributed as engine

    clock = iter([0.0, 1.0, 2.0, 700.0, 701.0])
    monkeypatch.setattr(engine, "_POOLS", {})
    monkeypatch.setattr(engine, "_open", lambda setup: _Pool())
    monkeypatch.setattr(engine.time, "monotonic", lambda: next(clock))
    mine, other = engine._pool(b"mine"), engine._pool(b"other")
    assert engine._pool(b"mine") is mine
    engine.close_pools(b"mine")
    assert (mine.closed, other.closed) == (True, False)
    engine._pool(b"third")
    assert other.closed, "nobody came back for it"
