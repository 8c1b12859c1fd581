"""The examples of the documentation, run as they stand there."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import Config
from pipeline.run.runner import Request, run

ROOT = Path(__file__).parents[2]
SEEDS = ("ferry_terminal.txt", "terminal_traghetti.txt", "app_sonno.txt", "health_app_leak.txt")

pytestmark = pytest.mark.models


def blocks(page: str) -> list[str]:
    """The Python blocks of a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def run_blocks(page: str, first: int = 0, last: int | None = None) -> dict[str, Any]:
    """The names that the blocks of a page leave, run one after the other."""
    names: dict[str, Any] = {}
    for block in blocks(page)[first:last]:
        exec(block, names)
    return names


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with two stories of the seeds, the fast profile set, and a run over them."""
    folder = tmp_path_factory.mktemp("work")
    (folder / "seeds").mkdir()
    for name in SEEDS:
        (folder / "seeds" / name).write_bytes((ROOT / "seeds" / name).read_bytes())
    (folder / "articles").symlink_to("seeds")
    (folder / "config.toml").write_text('[models]\nprofile = "fast"\n')
    config = Config().override(models={"profile": "fast"})
    manifest = run(config, Request([str(folder / "seeds")], folder / "outputs"))
    assert manifest.problems == ()
    return folder


def test_the_walk_through_finds_who_is_quoted_and_what_is_shared(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    names = run_blocks("docs/pandas.md")
    printed = capsys.readouterr().out
    assert " ... " not in printed  # no column is hidden
    assert "Empty" not in printed
    quoted = names["quoted"]
    assert quoted["claims"].is_monotonic_decreasing
    assert "Davide Orsi" in list(quoted["name"].head(3))
    # The story of the leak is told with less in common than that of the ferries.
    assert {names["here"].rpartition("-")[0], names["there"].rpartition("-")[0]} == {
        "app-sonno",
        "health-app-leak",
    }
    story = names["story"]
    assert len(story) >= 3
    assert names["claims"]["said"].notna().all()
    assert (story["said"] != story["said_there"]).all()
    whole = names["claims"]["document"].value_counts()
    assert len(names["only_here"]) + story["claim"].nunique() == whole[names["here"]]


def test_the_readme_counts_speakers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    names = run_blocks("README.md")
    assert next(names["records"]).claims


def test_the_calls_of_the_python_page_work(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    run_blocks("docs/python.md", last=1)
    assert "Davide Orsi" in capsys.readouterr().out


def test_the_stage_of_the_python_page_runs_like_the_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    stage, use = blocks("docs/python.md")[1:3]
    assert len([line for line in stage.splitlines() if line and "import" not in line]) <= 20
    (folder / "questions.py").write_text(stage)
    monkeypatch.setattr(sys, "path", list(sys.path))
    try:
        exec(use, {})
    finally:
        sys.modules.pop("questions", None)
    stored = sorted((folder / "outputs" / "stages" / "12-questions").glob("*.json"))
    assert len(stored) == len(SEEDS)
    assert '"count"' in stored[0].read_text()
