"""Fetching models from a server that keeps them under Mozilla's paths."""

from __future__ import annotations

import hashlib
import json
import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.backends.translation.download import download_model
from pipeline.backends.translation.local import FirefoxTranslations
from pipeline.cli.main import cli
from pipeline.config import TranslateSettings
from pipeline.errors import ResourceError
from tests.backends.translation.tiny_model import write_model


def zstd(content: bytes) -> bytes:
    """A Zstandard frame of raw blocks (RFC 8878), at most 128 KiB each."""
    frame = struct.pack("<IBI", 0xFD2FB528, 0xA0, len(content))
    for start in range(0, len(content), 1 << 17):
        block = content[start : start + (1 << 17)]
        last = start + len(block) == len(content)
        frame += (len(block) << 3 | last).to_bytes(3, "little") + block
    return frame


def record(direction: str, kind: str, content: bytes, version: str = "3.0") -> dict[str, object]:
    source, target = direction.split("-")
    pair = f"{source}{target}"
    names = {"model": f"model.{pair}.intgemm.alphas.bin", "lex": f"lex.50.50.{pair}.s2t.bin"}
    return {
        "name": names.get(kind, f"{kind}.{pair}.spm"),
        "fileType": kind,
        "sourceLanguage": source,
        "targetLanguage": target,
        "version": version,
        "architecture": "base",
        "decompressedHash": hashlib.sha256(content).hexdigest(),
        "attachment": {"location": f"files/{version}/{source}{target}.{kind}.zst", "hash": ""},
    }


class Shelf:
    """A server of models; ``files`` by path, ``records`` as listed, ``asked`` paths."""

    def __init__(self) -> None:
        self.records: list[dict[str, object]] = []
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        shelf = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shelf.asked.append(self.path)
                listed = self.path == "/v1/buckets/main/collections/translations-models-v2/records"
                body = json.dumps({"data": shelf.records}).encode() if listed else None
                body = body or shelf.files.get(self.path)
                self.send_response(200 if body else 404)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put(self, direction: str, kind: str, content: bytes, version: str = "3.0") -> None:
        entry = record(direction, kind, content, version)
        self.records.append(entry)
        self.files[f"/{entry['attachment']['location']}"] = zstd(content)  # type: ignore[index]


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    shelf = Shelf()
    for direction in ("en-it", "it-en"):
        for kind in ("model", "vocab", "lex"):
            shelf.put(direction, kind, f"{direction} {kind}".encode())
    yield shelf
    shelf.close()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


EXPECTED = {
    "model.iten.intgemm.alphas.bin": b"it-en model",
    "vocab.iten.spm": b"it-en vocab",
    "lex.50.50.iten.s2t.bin": b"it-en lex",
}


def test_a_model_is_fetched_and_checked_and_not_fetched_twice(shelf: Shelf, tmp_path: Path) -> None:
    assert download_model("it-en", tmp_path, shelf.url) == tmp_path / "it-en"
    assert contents(tmp_path / "it-en") == EXPECTED
    assert len(shelf.asked) == 4
    (tmp_path / "it-en" / "vocab.iten.spm").write_bytes(b"damaged later")
    download_model("it-en", tmp_path, shelf.url)
    assert contents(tmp_path / "it-en") == EXPECTED
    assert len(shelf.asked) == 6, "the list and the damaged file"


def test_what_was_fetched_translates(shelf: Shelf, tmp_path: Path) -> None:
    words = {"il": "the", "ponte": "bridge", "è": "is", "chiuso": "closed"}
    write_model(tmp_path / "made", words, "it-en")
    for pattern in ("model.*", "vocab.*", "lex.*"):
        (path,) = (tmp_path / "made").glob(pattern)
        shelf.put("it-en", pattern[:-2], path.read_bytes(), version="4.0")
    download_model("it-en", tmp_path / "models", shelf.url)
    engine = FirefoxTranslations(TranslateSettings(models_folder=str(tmp_path / "models")))
    assert engine.translate(["il ponte è chiuso"], "it", "en") == ["the bridge is closed"]


def test_the_newest_release_is_taken(shelf: Shelf, tmp_path: Path) -> None:
    for version, content in (("3.1", b"newer"), ("3.2a1", b"trial"), ("2.9", b"older")):
        for kind in ("model", "vocab"):
            shelf.put("it-en", kind, content, version)
    download_model("it-en", tmp_path, shelf.url)
    assert set(contents(tmp_path / "it-en").values()) == {b"newer"}


def test_a_wrong_checksum_keeps_nothing_of_the_file(shelf: Shelf, tmp_path: Path) -> None:
    download_model("it-en", tmp_path, shelf.url)
    for entry in shelf.records:
        entry["decompressedHash"] = "0" * 64
    with pytest.raises(ResourceError, match=r"lex.*\.bin arrived damaged"):
        download_model("it-en", tmp_path, shelf.url)
    assert contents(tmp_path / "it-en") == EXPECTED


def test_a_missing_checksum_or_broken_archive_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    for path in shelf.files:
        shelf.files[path] = b"no archive"
    with pytest.raises(ResourceError, match="damaged"):
        download_model("it-en", tmp_path, shelf.url)
    for entry in shelf.records:
        entry["decompressedHash"] = None
    with pytest.raises(ResourceError, match="no checksum"):
        download_model("it-en", tmp_path, shelf.url)
    assert not list(tmp_path.rglob("*.*"))


@pytest.mark.parametrize("name", ["../model.bin", "a/b", ".profile", "..", "", "a b", "c:model"])
def test_a_name_that_is_no_plain_one_is_refused(shelf: Shelf, tmp_path: Path, name: str) -> None:
    next(entry for entry in shelf.records if entry["sourceLanguage"] == "it")["name"] = name
    with pytest.raises(ResourceError, match="names a file"):
        download_model("it-en", tmp_path / "models", shelf.url)
    written = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert written <= {tmp_path / "models" / "it-en" / name for name in EXPECTED}


def test_what_cannot_be_fetched_is_said(shelf: Shelf, tmp_path: Path) -> None:
    shelf.files.clear()
    with pytest.raises(ResourceError, match=r"it-en could not be fetched: .*404"):
        download_model("it-en", tmp_path, shelf.url)
    shelf.records = [entry for entry in shelf.records if entry["fileType"] != "vocab"]
    with pytest.raises(ResourceError, match="no such model"):
        download_model("it-en", tmp_path, shelf.url)
    with pytest.raises(ResourceError, match="could not be fetched: connection failed"):
        download_model("it-en", tmp_path, "http://127.0.0.1:9")


def test_the_command_fetches_both_directions_and_lists_them(shelf: Shelf, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        f'[translate]\nmodels_folder = "{tmp_path / "models"}"\n'
        f'[translate.fxtranslate]\nurl = "{shelf.url}"\n'
    )
    done = CliRunner().invoke(cli, ["--config", str(config), "models", "download"])
    assert done.exit_code == 0
    assert {path.name for path in (tmp_path / "models").iterdir()} == {"en-it", "it-en"}
    listed = CliRunner().invoke(cli, ["--config", str(config), "models", "list"]).output
    assert "it-en translation" in listed
    assert "model.iten.intgemm.alphas" in listed
