"""Processes that work ahead: what they make is found, what they do not make is made anyway."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.corpus import finish
from pipeline.corpus.ahead import side_by_side
from pipeline.corpus.finish import finish_corpus
from tests.corpus.articles import EVERYTHING, store_with
from tests.corpus.test_finish import files

CONFIG = Config()


def test_each_piece_of_work_is_done_in_another_process(tmp_path):
    side_by_side([partial(os.symlink, "nowhere", tmp_path / name) for name in ("one", "two")])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_work_that_fails_or_kills_stops_nobody(tmp_path):
    side_by_side([partial(os.rmdir, tmp_path / "missing"), os.abort, partial(tmp_path.touch)])


def test_where_no_process_can_be_started_nothing_is_done_ahead(tmp_path, monkeypatch):
    def refused(*_: object, **__: object):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", refused)
    side_by_side([partial((tmp_path / "made").touch)])
    assert not (tmp_path / "made").exists()


def test_work_ends_with_the_process_that_asked_for_it(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline.corpus.ahead"], stdin=subprocess.PIPE
    )
    assert process.stdin is not None
    pickle.dump(partial(time.sleep, 3600), process.stdin)
    process.stdin.close()
    assert process.wait(120) == 1


def test_an_interruption_leaves_no_process_behind(tmp_path, monkeypatch):
    started = []

    def interrupted(self, timeout=None):
        started.append(self.pid)
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess.Popen, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        side_by_side([partial(time.sleep, 60)])
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)


@pytest.mark.models
def test_with_several_processes_the_same_files_come_about(tmp_path, monkeypatch):
    alone, helped = (store_with(tmp_path / name, EVERYTHING) for name in ("alone", "helped"))
    counts = finish_corpus(CONFIG, alone)
    monkeypatch.setattr(finish, "WORTH_A_PROCESS", 1)
    asked = []

    def remembered(works):
        side_by_side(works)
        asked.append([work.func.__name__ for work in works])
        kept = Path(helped.folder / ".pipeline" / "segments").glob("*.npz")
        assert len(list(kept)) >= len(works)

    monkeypatch.setattr(finish, "side_by_side", remembered)
    assert finish_corpus(CONFIG, helped, workers=2) == counts
    assert asked == [["make_segments"] * 2]
    assert files(alone) == files(helped)


@pytest.mark.models
def test_what_is_kept_under_another_key_is_made_ahead_too(tmp_path, monkeypatch):
    store = store_with(tmp_path, EVERYTHING)
    counts = finish_corpus(CONFIG, store)
    before = files(store)
    stale = [
        path
        for name in ("segments", "matches")
        for path in (tmp_path / ".pipeline" / name).iterdir()
    ]
    for path in stale:
        path.write_bytes(b"of an earlier version")
    monkeypatch.setattr(finish, "WORTH_A_PROCESS", 1)
    asked = []

    def remembered(works):
        side_by_side(works)
        asked.append(works[0].func.__name__)

    monkeypatch.setattr(finish, "side_by_side", remembered)
    assert finish_corpus(CONFIG, store, workers=2) == counts
    assert asked[0] == "make_segments"
    assert files(store) == before
