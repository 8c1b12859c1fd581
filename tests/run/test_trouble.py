"""Full disks, foreign files, odd clocks, hostile content, large inputs."""

from __future__ import annotations

import io
import json
import os
import resource
import shutil
import subprocess
import time

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.run.frames import receive, send
from tests.run.folders import results, write_articles


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 1 MB, where the test may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, check=False, stderr=-3).returncode:
        pytest.skip("no permission to mount a file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_ends_the_run_cleanly_and_the_next_one_goes_on(
    cli, inputs, small_disk, tmp_path
):
    write_articles(inputs, range(12))
    assert cli("run", inputs, "-o", "clean").wait(300) == 0
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * (700 << 10))
    out = small_disk / "out"
    process = cli("run", inputs, "-o", out)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 1
    assert b"No space left on device" in errors
    assert b"the same command goes on" in errors
    assert b"Traceback" not in errors
    for path in (out / "records").glob("*"):
        json.loads(path.read_bytes())
    ballast.unlink()
    write_articles(inputs, range(12))
    process = cli("run", inputs, "-o", out)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert results(out) == results(tmp_path / "clean")


def test_a_file_too_large_for_the_system_is_a_clean_error_too(cli, inputs, tmp_path):
    (inputs / "large.txt").write_text("word " * 20_000)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))

    process = cli("run", inputs, "-o", "out", preexec_fn=limit)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 1
    assert b"File too large" in errors
    assert b"Traceback" not in errors
    assert not list((tmp_path / "out").rglob("*large*"))


def test_an_output_folder_that_is_a_file_is_wrong_use(cli, inputs, tmp_path):
    (tmp_path / "file").write_text("")
    process = cli("run", inputs, "-o", tmp_path / "file/out")
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 2
    assert b"Choose another folder" in errors


def test_a_clock_that_goes_backwards_changes_nothing(inputs, run_fake, tmp_path, monkeypatch):
    run_fake(inputs, out="clean")
    ticks = iter(range(10**9, 0, -100_000))
    monkeypatch.setattr(time, "time", lambda: float(next(ticks)))
    manifest = run_fake(inputs)
    assert manifest.counts.written == 12
    assert manifest.seconds >= 0
    assert results(tmp_path / "out") == results(tmp_path / "clean")
    for path in (tmp_path / "out").rglob("*"):
        os.utime(path, (0, 0))
    assert run_fake(inputs).counts.kept == 12


@pytest.mark.parametrize("damage", ["truncate", "edit", "foreign", "remove", "folder"])
@pytest.mark.parametrize("where", ["records", "stages/03-normalize", ".pipeline/receipts"])
def test_a_damaged_result_is_noticed_and_made_again(inputs, run_fake, tmp_path, damage, where):
    run_fake(inputs)
    expected = results(tmp_path / "out")
    first, second = sorted((tmp_path / "out" / where).iterdir())[:2]
    content = first.read_bytes()
    if damage == "truncate":
        first.write_bytes(content[: len(content) // 2])
    elif damage == "edit":
        first.write_bytes(content.replace(b"a", b"b", 1))
    elif damage == "foreign":
        first.write_bytes(second.read_bytes())
    else:
        first.unlink()
    if damage == "folder":
        shutil.rmtree(tmp_path / "out" / where)
    manifest = run_fake(inputs)
    assert manifest.counts.kept == (0 if damage == "folder" else 11)
    assert results(tmp_path / "out") == expected


def test_foreign_files_in_the_folder_are_left_alone(inputs, run_fake, tmp_path):
    run_fake(inputs)
    foreign = tmp_path / "out/records/notes.txt"
    foreign.write_text("mine")
    assert run_fake(inputs).counts.kept == 12
    assert foreign.read_text() == "mine"


def test_hostile_names_and_texts_do_nothing(inputs, cli, tmp_path):
    escape = b"\x1b]0;owned\x07\x1b[31m"
    (inputs / os.fsdecode(b"x" + escape + b".txt")).write_text("FAIL")
    (inputs / os.fsdecode(b"\xff\xfe.txt")).write_text("FAIL too")
    (inputs / "..%2f..%2fescape.txt").write_text("harmless")
    rows = [{"id": "../../../escape", "text": "row"}, {"id": "/etc/passwd", "text": "row FAIL"}]
    (inputs / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (inputs / "evil.txt").write_bytes(b"cos\nsystem\n(S'touch owned'\ntR.")
    process = cli("run", inputs, "-o", "out")
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 1
    assert b"\x1b" not in errors
    assert not (tmp_path / "owned").exists()
    outside = {path.name for path in tmp_path.iterdir()}
    assert outside == {"inputs", "out", "marks"}
    assert json.loads((tmp_path / "out/run.json").read_bytes())["counts"]["failed"] == 3


def test_secrets_stay_out_of_the_manifest(inputs, cli, tmp_path):
    (tmp_path / "config.toml").write_text(
        '[translate.libretranslate]\nurl = "http://me:hush@127.0.0.1:1/?api_key=hush"\n'
    )
    assert cli("run", inputs, "-o", "out").wait(300) == 0
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            assert b"hush" not in path.read_bytes(), path


def test_a_document_of_twenty_megabytes_in_one_line(tmp_path, run_fake):
    path = tmp_path / "large.txt"
    path.write_bytes(b"abcdefgh" * (20 << 17))
    manifest = run_fake(path)
    assert manifest.counts.written == 1


@pytest.mark.slow
def test_memory_stays_flat_over_many_documents_and_a_large_file(cli, tmp_path):
    """200 MB of JSON Lines pass through a supervisor that never holds more than a few rows."""
    large = tmp_path / "large.jsonl"
    with large.open("w") as file:
        for number in range(200):
            file.write(json.dumps({"id": f"n{number}", "text": f"{number} " + "x" * (1 << 20)}))
            file.write("\n")
    process = cli("run", large, "-o", "out", "--until", "detect")
    peak = peak_megabytes(process)
    assert process.returncode == 0
    assert peak < 250


@pytest.mark.slow
def test_memory_of_the_supervisor_does_not_grow_with_a_stream(cli, tmp_path):
    peaks = []
    for count in (500, 4000):
        stream = tmp_path / f"{count}.jsonl"
        with stream.open("w") as file:
            file.writelines(
                json.dumps({"id": str(number), "text": f"SKIP {number} {'x' * 300}"}) + "\n"
                for number in range(count)
            )
        with stream.open("rb") as source:
            process = cli("run", "-", "-o", f"out{count}", stdin=source)
            peaks.append(peak_megabytes(process))
        assert process.returncode == 1
    assert peaks[1] < peaks[0] + 8


def peak_megabytes(process: subprocess.Popen[bytes]) -> float:
    """The largest memory that the run (without its workers) was seen to hold."""
    peak, run = 0, psutil.Process(process.pid)
    while process.poll() is None:
        try:
            peak = max(peak, run.memory_info().rss)
        except psutil.Error:
            break
        time.sleep(0.02)
    process.communicate()
    return peak / (1 << 20)


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers(0, 9)),
            st.binary(max_size=200),
        ),
        max_size=4,
    ),
    st.integers(0, 40),
)
def test_messages_arrive_whole_or_not_at_all(messages, cut):
    stream = io.BytesIO()
    for head, content in messages:
        send(stream, head, content)
    whole = stream.getvalue()
    broken = io.BytesIO(whole[: max(len(whole) - cut, 0)])
    received = []
    while (message := receive(broken)) is not None:
        received.append(message)
    assert received == messages[: len(received)]
    if cut == 0:
        assert received == messages
