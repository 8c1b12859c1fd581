"""No partial file, no foreign file, no way out of the folder."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core import codec
from pipeline.errors import UsageError
from pipeline.store.files import (
    DamagedFile,
    Kept,
    Receipt,
    Store,
    StoreError,
    dump,
    load,
    safe,
)
from pipeline.store.keys import content_key, sha256
from pipeline.store.manifest import redacted

FOLDERS = {"ingest": "01-ingest", "detect": "02-detect"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "out", FOLDERS)


def test_a_written_file_has_the_checksum_it_is_verified_by(store):
    path = store.record_path("a")
    checksum = store.write(path, b"content", durable=True)
    assert checksum == sha256(b"content")
    assert store.verified(path, checksum) == b"content"


@pytest.mark.parametrize("content", [b"", b"conten", b"Content", b"content "])
def test_a_truncated_or_edited_file_is_noticed(store, content):
    path = store.record_path("a")
    checksum = store.write(path, b"content")
    path.write_bytes(content)
    with pytest.raises(DamagedFile, match="does not match"):
        store.verified(path, checksum)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS])
def test_a_failing_write_leaves_the_old_file_and_no_other(store, monkeypatch, number):
    path = store.record_path("a")
    store.write(path, b"old")

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(StoreError, match=os.strerror(number)) as caught:
        store.write(path, b"new")
    assert caught.value.exit_code == (2 if number == errno.EROFS else 1)
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [p for p in store.folder.rglob("*") if p.is_file()] == [path]


def test_a_sweep_removes_what_a_killed_writer_left(store):
    store.write(store.record_path("a"), b"content")
    partial = store.folder / ".pipeline/partial/123-4"
    partial.write_bytes(b"con")
    store.sweep()
    assert not partial.exists()
    assert store.record_path("a").exists()


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../a", "a/b", "a\\b", "/etc/passwd", ".hidden", "a\0b", "a\n", "a" * 129],
)
def test_ids_cannot_lead_out_of_the_folder(store, name):
    with pytest.raises(UsageError):
        store.record_path(name)
    with pytest.raises(UsageError):
        store.stage_path("ingest", name)


@given(st.text(max_size=200))
def test_a_safe_id_is_a_plain_file_name(name):
    try:
        safe(name)
    except UsageError:
        return
    assert Path("folder", name).parent == Path("folder")
    assert name not in (".", "..")


def test_a_symbolic_link_in_the_store_is_replaced_not_followed(store, tmp_path):
    outside = tmp_path / "outside.json"
    outside.write_bytes(b"mine")
    path = store.record_path("a")
    path.parent.mkdir(parents=True)
    path.symlink_to(outside)
    store.write(path, b"record")
    assert outside.read_bytes() == b"mine"
    assert not path.is_symlink()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"path": 3}', b"\xff\xfe", b"\x80\x04."]
)
def test_an_unreadable_receipt_counts_as_none(store, content):
    store.write(store.receipt_path("a"), content)
    assert store.receipt("a") is None


def test_a_receipt_of_another_version_is_read(store):
    store.write(store.receipt_path("a"), b'{"path": "a.txt", "novelty": 1}')
    assert store.receipt("a") == Receipt("a.txt")


receipts = st.builds(
    Receipt,
    path=st.text(st.characters(codec="utf-8")),
    stages=st.dictionaries(
        st.sampled_from(["ingest", "detect"]),
        st.builds(Kept, st.text(st.characters(codec="utf-8")), st.just("0")),
    ),
    record=st.just("ab"),
    skipped=st.none() | st.text(st.characters(codec="utf-8")),
    counts=st.dictionaries(st.sampled_from(["segments", "claims"]), st.integers(0, 1 << 40)),
)


@given(receipts)
def test_receipts_survive_the_way_to_disk_and_back(receipt):
    assert load(Receipt, dump(receipt)) == receipt
    assert dump(load(Receipt, dump(receipt))) == dump(receipt)


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_any_bytes_load_or_are_damaged(content):
    try:
        loaded = load(Receipt, content)
    except DamagedFile:
        return
    assert isinstance(loaded, Receipt)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=300)
@given(
    st.dictionaries(st.sampled_from(["path", "stages", "record", "skipped", "counts"]), json_values)
)
def test_any_json_decodes_or_names_the_bad_field(plain):
    try:
        codec.decode(Receipt, plain)
    except codec.DecodeError as error:
        assert str(error)


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers()))
def test_keys_do_not_depend_on_order(parts):
    backwards = dict(reversed(list(parts.items())))
    assert content_key(parts) == content_key(backwards)


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("http://user:pw@host:5000/x", "http://***@host:5000/x"),
        ("http://host/?api_key=abc&q=1", "http://host/?***&q=1"),
        ("http://host/?q=1&token=abc", "http://host/?q=1&***"),
        ("mail me@example.org", "mail me@example.org"),
    ],
)
def test_secrets_in_addresses_are_hidden(given_, kept):
    assert redacted({"a": [given_]}) == {"a": [kept]}
