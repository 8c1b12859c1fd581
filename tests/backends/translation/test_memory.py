from __future__ import annotations

import multiprocessing
from math import inf
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.backends.translation.ledger import Ledger
from pipeline.backends.translation.memory import Memory
from pipeline.errors import ResourceError


def _fill(path: str, worker: int) -> None:
    memory = Memory(Path(path))
    for number in range(50):
        memory.store("engine", "it-en", {f"testo {number}": f"text {number}"})
        memory.store("engine", "it-en", {f"testo {worker} {number}": "text"})


def _spend(path: str, spent: multiprocessing.Queue[int]) -> None:
    ledger = Ledger(path)
    spent.put(sum(10 for _ in range(100) if ledger.spend("deepl", 10, 1000)))


def test_the_memory_serves_several_processes(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_fill, args=(str(path), number)) for number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    memory = Memory(path)
    wanted = [f"testo {number}" for number in range(50)]
    assert len(memory.look_up("engine", "it-en", wanted)) == 50
    assert memory.look_up("another engine", "it-en", wanted) == {}
    assert memory.look_up("engine", "en-it", wanted) == {}


def test_the_memory_looks_up_many_at_once_and_folds_white_space(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.sqlite")
    texts = [f"Una frase  qualunque numero {number}." for number in range(5000)]
    memory.store("engine", "it-en", dict.fromkeys(texts, "text"))
    assert len(memory.look_up("engine", "it-en", texts)) == 5000
    assert memory.look_up("engine", "it-en", ["Una frase qualunque\nnumero 7."])


def test_a_file_that_is_no_memory_is_named(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(ResourceError, match=r"memory\.sqlite"):
        Memory(path)
    with pytest.raises(ResourceError, match=r"memory\.sqlite"):
        Ledger(str(path))


def test_the_budget_is_one_for_all_processes_and_survives_them(tmp_path: Path) -> None:
    path = str(tmp_path / "sent.sqlite")
    context = multiprocessing.get_context("spawn")
    spent = context.Queue()
    workers = [context.Process(target=_spend, args=(path, spent)) for _ in range(2)]
    for worker in workers:
        worker.start()
    assert spent.get() + spent.get() == 1000
    for worker in workers:
        worker.join()
    assert not Ledger(path).spend("deepl", 1, 1000)
    assert Ledger(path).spend("google", 1000, 1000), "every service has its own budget"
    assert Ledger(path).spend("deepl", 5000, 0), "no bound"


def test_turns_are_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(time=lambda: 1_000_000.0)
    monkeypatch.setattr("pipeline.backends.translation.ledger.time", clock)
    one, two = (Ledger(str(tmp_path / "sent.sqlite")) for _ in range(2))
    assert [ledger.turn("google", 2.0, 60) for ledger in (one, two, one)] == [0, 0.5, 1.0]
    assert two.turn("deepl", 2.0, 60) == 0
    clock.time = lambda: 1_000_000.75
    assert [two.turn("google", 2.0, within) for within in (0.5, 0.75, inf)] == [None, None, 0.75]


def test_what_one_worker_was_told_holds_for_all(tmp_path: Path) -> None:
    one, two = (Ledger(str(tmp_path / "sent.sqlite")) for _ in range(2))
    assert two.held("google") == 0
    one.hold("google", 60)
    one.hold("google", 5)
    assert 55 < two.held("google") <= 60
