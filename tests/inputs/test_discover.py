"""Paths become sources: order, ids, rejections, and every input accounted for."""

from __future__ import annotations

import gzip
import io
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.config import FieldSettings, InputSettings
from pipeline.core.layers import Source
from pipeline.errors import UsageError
from pipeline.inputs import Rejected, discover

SMALL = InputSettings(max_megabytes=1)


def found(
    *paths: Path | str, settings: InputSettings = SMALL, stdin: bytes = b""
) -> tuple[list[Source], list[Rejected]]:
    items = list(discover(paths, settings, io.BytesIO(stdin)))
    return (
        [item for item in items if isinstance(item, Source)],
        [item for item in items if isinstance(item, Rejected)],
    )


def test_folders_are_read_recursively_in_name_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "sub/c.html", "sub/deep/d.htm", ".hidden.txt", ".git/x.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"text of {name}", encoding="utf-8")
    sources, rejected = found(tmp_path)
    names = [Path(source.path).relative_to(tmp_path).as_posix() for source in sources]
    assert names == ["a.md", "b.txt", "sub/c.html", "sub/deep/d.htm"]
    assert [source.media_type for source in sources] == [
        "text/markdown", "text/plain", "text/html", "text/html",
    ]  # fmt: skip
    assert rejected == []


def test_ids_depend_on_the_relative_path_and_the_content_only(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "Perché no?.txt").write_text("Testo", encoding="utf-8")
    (first,), _ = found(tmp_path / "one")
    (second,), _ = found(tmp_path / "two")
    assert first.id == second.id
    assert first.id.startswith("Perche-no-")
    assert len(first.id.rpartition("-")[2]) == 8


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b\\c", "x" * 500, "日本", "", "con", "\0"])
def test_ids_are_file_names(name: str) -> None:
    row = io.BytesIO(b'{"id": "%s", "text": "t"}\n' % name.encode("unicode_escape"))
    (source,) = discover(["-"], SMALL, row)
    assert isinstance(source, Source)
    assert source.id.isascii()
    assert all(character.isalnum() or character == "-" for character in source.id)
    assert 0 < len(source.id) <= 69


def test_the_same_document_given_twice_is_rejected_once(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Testo", encoding="utf-8")
    sources, rejected = found(path, path)
    assert len(sources) == 1
    assert "given before" in rejected[0].reason


def test_what_is_no_input_comes_out_once(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(b"\x89PNG")
    (tmp_path / "other.png").write_bytes(b"\x89PNG")
    _, rejected = found(tmp_path, path, tmp_path / "." / "other.png", tmp_path)
    assert sorted(Path(item.path).name for item in rejected) == ["other.png", "photo.png"]


def test_a_missing_path_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        discover([tmp_path / "none"], SMALL)


def test_unknown_kinds_are_rejected_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    (tmp_path / "README").write_text("text", encoding="utf-8")
    sources, rejected = found(tmp_path)
    assert sources == []
    assert [item.skipped for item in rejected] == [True, True]
    assert "'.png'" in rejected[1].reason
    assert ".parquet" in rejected[0].reason


def test_oversize_files_become_failed_sources(tmp_path: Path) -> None:
    (tmp_path / "big.txt").write_bytes(b"a" * ((1 << 20) + 1))
    (source,), _ = found(tmp_path)
    assert source.error is not None
    assert "larger than 1 MB" in source.error
    assert source.content == b""


def test_gzip_is_unpacked_and_bombs_are_not(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"Testo compresso"))
    (tmp_path / "bomb.txt.gz").write_bytes(gzip.compress(b"\0" * (30 << 20)))
    (tmp_path / "cut.txt.gz").write_bytes(gzip.compress(b"Testo " * 1000)[:-20])
    (tmp_path / "fake.txt.gz").write_bytes(b"no gzip at all")
    (good, bomb, cut, fake), _ = found(tmp_path)
    assert good.content == b"Testo compresso"
    assert good.id.startswith("a-")
    assert bomb.error is not None
    assert cut.error is not None
    assert fake.error is not None


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_a_bomb_of_rows_ends_its_table(tmp_path: Path, kind: str) -> None:
    content = b"text\n" + b"\n" * (8 << 20) if kind == "csv" else b"\n" * (8 << 20)
    (tmp_path / f"bomb.{kind}.gz").write_bytes(gzip.compress(content, 1))
    sources, _ = found(tmp_path)
    assert [source.error is not None for source in sources] == [True]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable_files_become_failed_sources(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x", encoding="utf-8")
    path.chmod(0)
    (source,), _ = found(tmp_path)
    assert source.error == "cannot be read: Permission denied"


def test_links_out_of_the_folder_and_loops_are_not_followed(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (inside / "a.txt").write_text("Testo", encoding="utf-8")
    (inside / "out.txt").symlink_to(tmp_path / "secret.txt")
    (inside / "loop").symlink_to(inside)
    (inside / "self.txt").symlink_to(inside / "self.txt")
    (inside / "link.txt").symlink_to(inside / "a.txt")
    sources, rejected = found(inside)
    assert [Path(source.path).name for source in sources] == ["a.txt", "link.txt"]
    assert [Path(item.path).name for item in rejected] == ["loop", "out.txt", "self.txt"]
    assert rejected[2].reason == "a symbolic link that leads nowhere"


@pytest.fixture
def anybody() -> Iterator[Path]:
    """A folder for a user without rights, who the test is in it."""
    if os.geteuid():
        pytest.skip("only root may become somebody else")
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
        os.seteuid(0)


@pytest.mark.parametrize("rights", [0o000, 0o444])
def test_what_may_not_be_read_takes_nothing_else_with_it(anybody: Path, rights: int) -> None:
    """A folder that may not be listed, or listed but not entered, and a link into one."""
    inside = anybody / "in"
    for folder in (inside / "closed", anybody / "far"):
        folder.mkdir(parents=True)
        (folder / "b.txt").write_text("Testo", encoding="utf-8")
    (inside / "a.txt").write_text("Testo", encoding="utf-8")
    (inside / "link.txt").symlink_to(anybody / "far" / "b.txt")
    for folder in (inside / "closed", anybody / "far"):
        folder.chmod(rights)
    os.seteuid(65534)
    sources, rejected = found(inside)
    reasons = {Path(item.path).name: item.reason for item in rejected}
    reasons |= {Path(item.path).name: item.error or "" for item in sources}
    closed = ("b.txt", "read") if rights else ("closed", "listed")
    assert reasons == {
        "a.txt": "",
        "link.txt": "a symbolic link that leads nowhere",
        closed[0]: f"cannot be {closed[1]}: Permission denied",
    }


def test_special_files_are_rejected(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    _, (rejected,) = found(tmp_path)
    assert rejected.reason == "not a regular file"


def test_file_names_that_are_no_text_can_be_shown(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caff\xe8.txt"
    Path(os.fsdecode(name)).write_bytes(b"Testo")
    (source,), _ = found(tmp_path)
    assert source.path.endswith("caff\N{REPLACEMENT CHARACTER}.txt")
    assert source.id.startswith("caff-")


def test_standard_input_is_streamed() -> None:
    lines = iter([b'{"text": "one"}\n', b'{"text": "two"}\n'])

    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            line = next(lines)
            buffer[: len(line)] = line
            return len(line)

    sources = discover(["-"], SMALL, io.BufferedReader(Endless(), 16))
    first = next(sources)
    assert isinstance(first, Source)
    assert first.content == b"one"
    assert first.path == "-#1"


@pytest.mark.parametrize(
    "stdin",
    [
        b"One line of plain text.",
        b"A title\n\nA paragraph.\nAnother one.\nAnd more." * 9,
        b'{\n  "id": "a",\n  "text": "spread over lines"\n}\n',
        b'[{"text": "an array"}]',
        b"id,text\n1,a table\n",
    ],
)
def test_standard_input_that_is_no_json_lines_is_wrong_use(stdin: bytes) -> None:
    with pytest.raises(UsageError, match="must be JSON Lines"):
        found("-", stdin=stdin)


def test_damaged_rows_at_the_beginning_of_standard_input_fail_alone() -> None:
    sources, _ = found("-", stdin=b'"cut": "off"}\nxx\n{"text": "a"}\n' + b"no row\n" * 9)
    assert [source.error is None for source in sources] == [False, False, True] + [False] * 9
    sources, _ = found("-", stdin=b'{"text": "a\n' * 5)
    assert [source.error is None for source in sources] == [False] * 5


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("a.ndjson", "call it .jsonl"),
        ("a.TSV", "call it .csv"),
        ("a.docx", "save it as text"),
        ("a.xlsx", "save it as CSV"),
        ("a.tar.gz", "unpack it"),
    ],
)
def test_known_files_of_other_kinds_are_skipped_with_the_way_to_have_them_read(
    tmp_path: Path, name: str, advice: str
) -> None:
    (tmp_path / name).write_text("[]", encoding="utf-8")
    _, (rejected,) = found(tmp_path)
    assert advice in rejected.reason


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("", "'': no such file"),
        ("https://example.org/a.html", "are not fetched"),
        ("in/*.txt", "matches the pattern"),
    ],
)
def test_a_path_that_is_none_is_told_with_what_was_meant(path: str, told: str) -> None:
    with pytest.raises(UsageError, match=re.escape(told)):
        discover([path], SMALL)


def test_rows_keep_their_metadata_under_standard_names() -> None:
    settings = InputSettings(fields=FieldSettings(id="key", text="body", title="headline"))
    row = b'{"key": "007", "body": "Testo", "headline": "T", "title": "x", "n": 1, "u": null}\n'
    (source,), _ = found("-", settings=settings, stdin=row)
    assert source.content == b"Testo"
    assert source.metadata == {"id": "007", "title": "T", "n": "1"}
    assert source.id.startswith("007-")


def test_discovery_is_lazy(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    items = discover([tmp_path], SMALL)
    next(items)
    (tmp_path / "b.txt").write_text("changed", encoding="utf-8")
    second = next(items)
    assert isinstance(second, Source)
    assert second.content == b"changed"


def test_the_results_of_a_run_are_no_input(tmp_path: Path) -> None:
    for folder in (tmp_path / "outputs", tmp_path / "both"):
        (folder / ".pipeline").mkdir(parents=True)
        (folder / "report").mkdir()
        (folder / "report" / "index.html").write_text("<p>No article.</p>", "utf-8")
        (folder / "run.json").write_text("{}", "utf-8")
    for name in ("a.txt", "both/b.txt"):
        (tmp_path / name).write_text("An article.", "utf-8")
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "c.txt").write_text("Another, in a folder that no run made.", "utf-8")
    read = list(discover([str(tmp_path)], InputSettings()))
    assert {Path(item.path).name for item in read} == {"a.txt", "b.txt", "c.txt"}
