"""The documentation says what the code does."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

from pipeline.cli.main import COMMANDS
from pipeline.config import Config, load_config, setting_names
from pipeline.stages.order import STAGE_NAMES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
assert spec is not None
assert spec.loader is not None
generate = importlib.util.module_from_spec(spec)
spec.loader.exec_module(generate)


@pytest.mark.parametrize("path", generate.PAGES)
def test_generated_pages_are_current(path: str) -> None:
    written = (ROOT / path).read_text(encoding="utf-8")
    assert written == generate.PAGES[path](), "run `python docs/generate.py`"


def test_the_root_configuration_holds_every_default() -> None:
    loaded = load_config(ROOT / "config.toml")
    for table in ("input", "detect", "models", "translate", "corpus", "run"):
        assert getattr(loaded, table) == getattr(Config(), table)
    plain = tomllib.loads((ROOT / "config.toml").read_text(encoding="utf-8"))
    for name in setting_names():
        value = plain
        for part in name.split("."):
            value = value[part]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert f"pipeline {name}" in README


def test_every_stage_is_in_the_readme() -> None:
    assert all(name in README for name in STAGE_NAMES)


def test_links_between_pages_lead_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"
