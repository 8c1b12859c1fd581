from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config import Config, load_config
from pipeline.errors import UsageError


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[translate]\nenabeld = true", r"translate\.enabeld.*Did you mean translate\.enabled"),
        ("[modles]", r"modles.*Did you mean models"),
        ("[translate.libretranslate]\nurll = ''", r"Did you mean translate\.libretranslate\.url"),
        ("[models]\nprofile = 'best'", "one of 'accurate', 'fast'"),
        ("[run]\nworkers = true", "whole number"),
        ("[run]\nworkers = -1", "must not be negative"),
        ("[claims]\nmin_confidence = 90", r"claims\.min_confidence must lie between 0 and 1"),
        ("[corpus]\nmin_link_score = 1.5", r"corpus\.min_link_score must lie between 0 and 1"),
        ("[input]\npaths = 'seeds'", "list of strings"),
        ("input = 3", "must be a table"),
        ("[run", "not valid TOML"),
    ],
)
def test_mistakes_are_named_with_their_file(tmp_path: Path, toml: str, message: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(toml)
    with pytest.raises(UsageError, match=message) as caught:
        load_config(file)
    assert str(file) in str(caught.value)


def test_a_missing_file_is_an_error_only_when_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_config() == Config()
    with pytest.raises(UsageError, match="Cannot read"):
        load_config(tmp_path / "none.toml")


def test_whole_numbers_serve_as_numbers(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text("[run]\ndocument_seconds = 5\n")
    assert load_config(file).run.document_seconds == 5.0
