"""What commands say about documents that are missing, and about runs that did not end."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.main import cli
from pipeline.core.layers import Source
from pipeline.run.document import quarantine
from pipeline.store.files import Receipt, Store, dump
from pipeline.store.manifest import Counts, Manifest, Problem


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    """A folder in which one document failed, one was skipped, and one input never became one."""
    store = Store(tmp_path, {})
    source = Source("binary-00000001", "in/binary.txt", b"\x00", "text/plain", {})
    quarantine(source, "ingest", "This is binary\x1b content.", store)
    skipped = Receipt("in/leer.txt", {}, skipped="The document is empty.", stage="ingest")
    store.write_receipt("leer-00000002", skipped)
    (tmp_path / "records").mkdir()
    tell(tmp_path, "complete")
    return tmp_path


def tell(folder: Path, status: str) -> None:
    refused = Problem("", "in/photo.png", "skipped", "inputs", "unknown kind of file '.png'")
    manifest = Manifest("1", status, ("in",), Counts(), (refused,), {}, {}, {}, "", "", 0.0, {}, 1)
    (folder / "run.json").write_bytes(dump(manifest))


def inspect(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["inspect", *arguments, "-o", str(folder)])


@pytest.mark.parametrize("stage", ["ingest", "claims"])
def test_inspect_tells_why_a_document_failed(outputs: Path, stage: str) -> None:
    result = inspect(outputs, "binary", "--stage", stage)
    assert result.exit_code == 2
    assert "binary-00000001 failed at the stage ingest: This is binary‹U+001B›" in result.output
    assert "quarantine/binary-00000001.json" in result.output


@pytest.mark.parametrize("arguments", [("leer",), ("leer.txt", "--stage", "detect")])
def test_inspect_tells_why_a_document_was_skipped(
    outputs: Path, arguments: tuple[str, ...]
) -> None:
    result = inspect(outputs, *arguments)
    assert result.exit_code == 2
    assert "was skipped at the stage ingest: The document is empty." in result.output


def test_inspect_tells_why_an_input_never_became_a_document(outputs: Path) -> None:
    assert "photo.png was skipped: unknown kind of file" in inspect(outputs, "photo.png").output
    assert "There is no document 'nobody'" in inspect(outputs, "nobody").output


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("complete", ""),
        ("interrupted", "was cut off (interrupted)"),
        ("running", "was cut off (interrupted)"),
        ("stopped: The disk is full.", "was cut off (stopped: The disk is full.)"),
    ],
)
def test_a_run_that_was_cut_off_is_told_on_standard_error(
    outputs: Path, status: str, says: str, tmp_path: Path
) -> None:
    tell(outputs, status)
    for arguments in (["export", "--to", "jsonl", "-o", "-", "--outputs"], ["report", "--outputs"]):
        result = CliRunner().invoke(cli, [*arguments, str(outputs)])
        assert result.exit_code == 0
        assert says in result.stderr
        assert ("last run" in result.stderr) == bool(says)
        assert "last run" not in result.stdout
        assert "last run" not in CliRunner().invoke(cli, ["-q", *arguments, str(outputs)]).stderr


def test_a_run_that_still_goes_on_is_told_apart(outputs: Path) -> None:
    tell(outputs, "running")
    (outputs / ".pipeline/lock").write_text(f"process {os.getpid()} on {socket.gethostname()}")
    assert "A run is writing to" in inspect(outputs, "leer").stderr
