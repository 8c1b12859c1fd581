"""What stands at a place of the input: replaced, failed, beyond the end of its table."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.store.files import Receipt, Store
from pipeline.store.places import LEAST_MARK, Places

FOLDERS = {"ingest": "01-ingest", "detect": "02-detect"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "out", FOLDERS)


def make(store: Store, *documents: str) -> None:
    for document in documents:
        record = store.write(store.record_path(document), b"{}")
        store.write(store.stage_path("detect", document), b"{}")
        store.write_receipt(document, Receipt("a.txt", record=record))


def records(store: Store) -> list[str]:
    return [path.stem for path in store.records()]


def test_a_replaced_document_goes_and_an_unchanged_one_stays(store):
    make(store, "old", "new")
    places = Places(store)
    places.put("/in/a.txt", "old")
    places.put("/in/b.txt", "new")
    assert records(store) == ["new", "old"]
    places.put("/in/a.txt", "new")
    assert records(store) == ["new"]
    assert not store.stage_path("detect", "old").exists()
    assert store.receipt("old") is None


def test_a_failure_takes_the_record_and_nothing_else(store):
    make(store, "old")
    Places(store).put("/in/a.txt", "old")
    Places(store).put("/in/a.txt", "bad", failed=True)
    assert records(store) == []
    assert store.stage_path("detect", "old").exists()
    assert store.receipt("old") == Receipt("a.txt")
    store.write(store.record_path("old"), b"{}")  # as a killed run may leave it
    Places(store).put("/in/a.txt", "bad", failed=True)
    assert records(store) == []


def test_a_document_that_stands_elsewhere_too_stays(store):
    """Yesterday's folder was moved into the archive, and a new one has its name."""
    make(store, "old", "new")
    Places(store).put("/today/a.txt", "old")
    Places(store).put("/today/t.csv#1", "old")
    places = Places(store)
    places.expect("old")
    places.put("/today/a.txt", "new")
    places.put("/archive/a.txt", "old")
    places.pass_by("/today/t.csv")
    places.end()
    assert records(store) == ["new", "old"]
    places = Places(store)
    places.put("/archive/a.txt", "new")
    assert records(store) == ["new"]


def test_a_table_that_is_mended_leaves_no_failure(store):
    store.write(store.quarantine_path("t"), b"{}")
    Places(store).put("/in/t.csv", "t", failed=True)
    Places(store).put("/in/t.csv#1", "a")
    assert not store.quarantine_path("t").exists()


def test_a_damaged_pointer_removes_nothing(store):
    make(store, "a")
    Places(store).put("/in/a.txt", "a")
    [pointer] = (store.folder / ".pipeline/paths").iterdir()
    pointer.write_bytes(b"../../etc/passwd\xff")
    Places(store).put("/in/a.txt", "b")
    assert records(store) == ["a"]
    assert pointer.read_bytes() == b"b"


@pytest.mark.parametrize("mark", [None, b"", b"many", b"-3"])
def test_a_damaged_mark_costs_no_row_that_is_there(store, mark):
    make(store, "a", "b")

    def read(*documents: str) -> None:
        places = Places(store)
        for row, document in enumerate(documents, 1):
            places.put(f"/in/t.csv#{row}", document)
        places.end()

    read("a", "b")
    if mark is not None:
        next((store.folder / ".pipeline/tables").iterdir()).write_bytes(mark)
    read("a", "b")
    assert records(store) == ["a", "b"]
    read("a")
    assert records(store) == ["a"]


def test_rows_of_another_table_and_files_that_look_like_rows_stay(store):
    make(store, "a", "b", "c")
    places = Places(store)
    places.put("/in/t.csv#1", "a")
    places.put(f"/in/u.csv#{LEAST_MARK + 1}", "b")
    places.put("/in/t.csv#1/c.txt", "c")
    places.end()
    places = Places(store)
    places.pass_by("/in/t.csv")
    places.pass_by("/in/none.csv")
    places.end()
    assert records(store) == ["b", "c"]
