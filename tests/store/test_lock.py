"""One run per folder; what is stale blocks nobody."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from pipeline.errors import UsageError
from pipeline.store import lock as lock_module
from pipeline.store.files import StoreError
from pipeline.store.lock import locked


def test_the_second_is_told_at_once_who_holds_the_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(lock_module.time, "sleep", lambda _: pytest.fail("it waits"))
    refused = pytest.raises(UsageError, match=f"process {os.getpid()} on")
    with locked(tmp_path), refused, locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_a_worker_that_outlives_its_run_holds_the_folder_a_moment_longer(tmp_path, monkeypatch):
    holder = "process {} on " + socket.gethostname()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    path = tmp_path / ".pipeline/lock"
    path.parent.mkdir()
    path.write_text(holder.format(gone.pid))
    code = (
        "import fcntl, sys; f = open(sys.argv[1], 'a+'); fcntl.flock(f, fcntl.LOCK_EX); "
        "print('held', flush=True); sys.stdin.read()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code, str(path)], **pipes) as orphan:
        orphan.stdout.readline()
        waited = []

        def wait(seconds):
            """The orphan ends while the run waits for it."""
            waited.append(seconds)
            orphan.stdin.close()
            orphan.wait()

        monkeypatch.setattr(lock_module.time, "sleep", wait)
        with locked(tmp_path):
            assert len(waited) == 1


def test_an_orphan_that_does_not_end_is_named_at_last(tmp_path, monkeypatch):
    monkeypatch.setattr(lock_module, "ORPHAN_SECONDS", 0.2)
    monkeypatch.setattr(lock_module, "_is_gone", lambda holder: True)
    with locked(tmp_path), pytest.raises(UsageError, match="Another run"), locked(tmp_path):
        pass


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    refused = pytest.raises(StoreError, match=r"Cannot write .*Choose another folder")
    with refused as caught, locked(tmp_path / "file"):
        pass
    assert caught.value.exit_code == 2


def test_a_system_without_flock_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(lock_module, "fcntl", None)
    with pytest.raises(UsageError, match="POSIX"), locked(tmp_path):
        pass
