"""Stages of a user's own: where they are found, and what is said where they are not."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from pipeline.cli.main import cli as commands
from pipeline.config import Config, load_config
from pipeline.errors import UsageError
from pipeline.run.plan import Options, configured_plan, plan_builder
from pipeline.run.runner import Request, run
from tests.run.fake_stages import BUILDER
from tests.run.folders import write_articles

OWN = """
from dataclasses import dataclass

from pipeline.core.layers import Text
from pipeline.run.plan import Options, Plan
from pipeline.stages.base import Stage
from tests.run.fake_stages import build_plan


@dataclass(frozen=True, slots=True)
class Length:
    characters: int


class LengthStage(Stage[Length]):
    name, version, reads, writes = "length", "1", (Text,), Length

    def apply(self, view):
        return Length(len(view[Text].text))


def build(config, options):
    return Plan((*build_plan(config, Options()).stages, LengthStage()), options)
"""


@pytest.fixture
def settings(tmp_path):
    """A configuration in a folder of its own, and beside it the module that it names."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "own_stages.py").write_text(OWN)
    (folder / "config.toml").write_text('[run]\nbuilder = "own_stages:build"\n')
    yield folder / "config.toml"
    sys.modules.pop("own_stages", None)
    sys.path[:] = [entry for entry in sys.path if not entry.startswith(str(tmp_path))]


def test_modules_beside_the_settings_are_found_by_every_worker_and_from_elsewhere(
    settings, cli, tmp_path
):
    write_articles(tmp_path / "inputs", range(8), extra="SLOW")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    # The worst that the current folder may hold: what libraries are called.
    for name in ("queue.py", "click.py", "struct.py", "orjson.py"):
        (elsewhere / name).write_text("raise SystemExit('not me')")
    out = tmp_path / "out"
    process = cli(
        *("--config", "../project/config.toml"),
        *("run", tmp_path / "inputs", "-o", out, "--workers", "2"),
        cwd=elsewhere,
        env={**os.environ, "FAKE_BUILDER": "", "PYTHONSAFEPATH": "1"},
    )
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert b"Records are in" in errors
    stored = list((out / "stages/12-length").iterdir())
    assert len(stored) == 8
    shown = CliRunner().invoke(
        commands, ["inspect", stored[0].stem, "--stage", "length", "-o", out]
    )
    assert '"characters"' in shown.output, shown.output
    unknown = CliRunner().invoke(commands, ["inspect", "a0", "--stage", "width", "-o", str(out)])
    assert "assemble, length, record" in unknown.output


def test_what_own_stages_made_is_pruned_by_a_run_that_does_not_know_them(
    settings, inputs, tmp_path
):
    out = tmp_path / "out"
    run(load_config(settings), Request([str(inputs)], out))
    made = out / "stages/12-length"
    assert len(list(made.iterdir())) == 12
    (out / "stages/notes").mkdir()
    for path in (made / "mine.json", out / "stages/notes" / next(made.iterdir()).name):
        path.write_text("of no run")
    for path in sorted(inputs.iterdir())[1:]:
        path.unlink()
    manifest = run(Config(), Request([str(inputs)], out, builder=BUILDER, prune=True))
    assert manifest.counts.pruned == 11
    assert len([path for path in made.iterdir() if path.stem.startswith("a0")]) == 1
    assert (made / "mine.json").exists()
    assert len(list((out / "stages/notes").iterdir())) == 1


def test_modules_beside_a_script_are_found_by_its_workers(settings, inputs, tmp_path):
    script = settings.parent / "start.py"
    script.write_text(
        "from pathlib import Path\n"
        "from pipeline.config import Config\n"
        "from pipeline.run.runner import Request, run\n"
        f"paths, out = [{str(inputs)!r}], Path({str(tmp_path / 'out')!r})\n"
        "run(Config(), Request(paths, out, builder='own_stages:build'))\n"
    )
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out/stages/12-length").iterdir())) == 12


def test_stages_lists_those_of_the_settings(settings):
    shown = CliRunner().invoke(commands, ["--config", str(settings), "stages"])
    assert "12  length     v1  Text -> Length" in shown.output
    with pytest.raises(UsageError, match=r"'nowhere'; the stages are ingest, .*length"):
        configured_plan(load_config(settings), Options(until="nowhere"))


@pytest.mark.parametrize(
    ("name", "source", "reason"),
    [
        ("absent_here:build", None, "no module 'absent_here': it is not installed nor in "),
        ("own_odd:build", "import absent_there", "needs 'absent_there', which is not there"),
        ("own_odd:build", "1 / 0", "importing own_odd failed with ZeroDivisionError"),
        ("own_odd:built", "def build(): pass", "own_odd has no function 'built'"),
        ("own_odd", "def build(): pass", "own_odd has no function ''"),
    ],
)
def test_a_builder_that_cannot_be_used_is_wrong_use(
    settings, inputs, tmp_path, name, source, reason
):
    if source:
        (settings.parent / "own_odd.py").write_text(source)
    settings.write_text(f"[run]\nbuilder = {json.dumps(name)}\n")
    out = tmp_path / "out"
    arguments = ["--config", settings, "run", inputs, "-o", out]
    result = CliRunner().invoke(commands, [str(each) for each in arguments])
    sys.modules.pop("own_odd", None)
    assert result.exit_code == 2
    assert reason in result.stderr
    assert not out.exists()


def test_modules_of_libraries_are_not_replaced(settings, monkeypatch):
    (settings.parent / "json.py").write_text("def dumps(): return 'mine'")
    assert plan_builder("json:dumps", [str(settings.parent)]) is json.dumps


def test_a_run_without_stages_of_its_own_looks_nowhere_else(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = list(sys.path)
    plan_builder("pipeline.run.plan:build_plan", [str(tmp_path)])
    assert sys.path == before
    assert Config().run.builder == ""
