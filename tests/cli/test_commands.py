"""Commands as a user types them, in process."""

from __future__ import annotations

import dataclasses
import doctest
from pathlib import Path

import orjson
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from pipeline.cli import wording
from pipeline.cli.main import COMMANDS, cli
from tests.factory import HOSTILE, make_record, write_outputs


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    return write_outputs(tmp_path / "out", make_record(), make_record("h-00000002", said=HOSTILE))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0
    assert "Example" in result.output


def test_numbers_of_things_agree() -> None:
    assert doctest.testmod(wording) == (0, 1)


def test_help_lists_every_command() -> None:
    output = CliRunner().invoke(cli, ["--help"]).output
    assert all(name in output for name in COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--until", "nowhere"],
        ["run", "no/such/file.txt"],
        ["inspect", "x", "-o", "no-such-folder"],
        ["export", "--to", "jsonl", "--outputs", "no-such-folder"],
        ["--config", "no-such.toml", "run"],
        ["diff", "a", "b"],
        ["frobnicate"],
    ],
)
def test_wrong_use_ends_with_2_and_says_why(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 2
    assert "Error" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("arguments", "option"),
    [(["run", "--config", "x.toml"], "--config"), (["models", "path", "-q", "it"], "-q")],
)
def test_a_global_option_after_the_command_is_told_its_place(
    arguments: list[str], option: str
) -> None:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 2
    assert f"{option} stands before the command: pipeline {option}" in result.output


@pytest.mark.parametrize("name", ["list", "path", "download"])
def test_the_commands_about_models_have_examples(name: str) -> None:
    assert "Examples:" in CliRunner().invoke(cli, ["models", name, "--help"]).output


def test_inspect_shows_a_record_and_hides_no_control_characters(outputs: Path) -> None:
    result = CliRunner().invoke(cli, ["inspect", "h-", "-o", str(outputs)])
    assert result.exit_code == 0
    assert "\x1b[31m" not in result.output
    assert "‹U+202E›" in result.output
    assert "Ada Moretti" in result.output


def test_inspect_prints_the_stored_json(outputs: Path) -> None:
    result = CliRunner().invoke(cli, ["inspect", "a-", "-o", str(outputs), "--json"])
    assert orjson.loads(result.output)["id"] == "a-00000001"


def test_export_to_standard_output_is_nothing_but_records(outputs: Path) -> None:
    runner = CliRunner()
    result = runner.invoke(cli, ["export", "--to", "jsonl", "-o", "-", "--outputs", str(outputs)])
    assert [orjson.loads(line)["id"] for line in result.stdout.splitlines()] == [
        "a-00000001",
        "h-00000002",
    ]


def test_validate_tells_good_from_bad(outputs: Path, tmp_path: Path) -> None:
    good = [str(path) for path in (outputs / "records").glob("*.json")]
    assert CliRunner().invoke(cli, ["validate", *good]).exit_code == 0
    bad = tmp_path / "bad.json"
    bad.write_text("[]")
    assert CliRunner().invoke(cli, ["validate", str(bad)]).exit_code == 1


def test_validate_takes_folders_and_sums_up(outputs: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["validate", str(outputs), str(outputs / "records")])
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "4 files, no faults.\n"
    (outputs / "records" / "run.json").write_text('{\n"status": "finished", "counts": {}}')
    result = CliRunner().invoke(cli, ["validate", str(outputs)])
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{outputs / 'records' / 'run.json'}: $: is neither a record nor a pair file"
    ]
    assert result.stderr == "1 fault in 1 of 3 files.\n"
    (tmp_path / "empty").mkdir()
    assert CliRunner().invoke(cli, ["validate", str(tmp_path / "empty")]).exit_code == 2


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("inspect a-", "a-00000001"),
        ("inspect a-00000001 --stage norm", "normalize"),
        ("run --from cl", "claims"),
        ("export --to label", "label-studio"),
    ],
)
def test_the_shell_completes(
    words: str, offered: str, outputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs.rename(outputs.parent / "outputs")
    monkeypatch.chdir(outputs.parent)
    *arguments, incomplete = words.split()
    completer = ShellComplete(cli, {}, "pipeline", "_PIPELINE_COMPLETE")
    found = completer.get_completions(arguments, incomplete)
    assert [item.value for item in found] == [offered]


def test_diff_ends_like_diff(outputs: Path, tmp_path: Path) -> None:
    other = write_outputs(tmp_path / "other", make_record(said="Altro"))
    assert CliRunner().invoke(cli, ["diff", str(outputs), str(outputs)]).exit_code == 0
    result = CliRunner().invoke(cli, ["diff", str(outputs), str(other)])
    assert result.exit_code == 1
    assert "claim" in result.output


def test_diff_keeps_a_change_on_one_line(tmp_path: Path) -> None:
    before = write_outputs(tmp_path / "before", make_record(said="Il ponte " + "molto " * 60))
    after = write_outputs(tmp_path / "after", make_record(said="Il ponte " + "poco " * 60))
    lines = CliRunner().invoke(cli, ["diff", str(before), str(after)]).output.splitlines()
    assert "  - claim: direct: Il ponte " + "molto " * 60 in lines


def test_validate_reads_json_lines_from_standard_input(outputs: Path) -> None:
    runner = CliRunner()
    lines = runner.invoke(cli, ["export", "--to", "jsonl", "-o", "-", "--outputs", str(outputs)])
    assert runner.invoke(cli, ["validate", "-"], input=lines.stdout_bytes).exit_code == 0
    broken = runner.invoke(cli, ["validate", "-"], input=lines.stdout_bytes + b"{")
    assert broken.exit_code == 1
    assert "-:3:" in broken.output


def test_an_empty_translation_memory_is_refused(tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "out", make_record(translated=False))
    target = tmp_path / "memory.tmx"
    result = CliRunner().invoke(
        cli, ["export", "--to", "tmx", "-o", str(target), "--outputs", str(outputs)]
    )
    assert result.exit_code == 2
    assert "--translate" in result.output
    assert not target.exists()


def test_a_folder_without_articles_is_wrong_use(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    result = CliRunner().invoke(cli, ["run", str(folder), "-o", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert f"no articles in {folder}" in result.output


def test_a_place_that_cannot_be_written_is_named_without_a_traceback(outputs: Path) -> None:
    taken = outputs.parent / "taken.txt"
    taken.write_text("mine", "utf-8")
    arguments = ["export", "--to", "csv", "-o", str(taken), "--outputs", str(outputs)]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 2
    assert result.stderr == f"Error: {taken}: File exists.\n"
    assert taken.read_text("utf-8") == "mine"


def test_a_denial_is_a_denial_on_the_speakers_page(tmp_path: Path) -> None:
    record = make_record()
    denied = dataclasses.replace(record.claims[0], modality="denied")
    outputs = write_outputs(tmp_path / "out", dataclasses.replace(record, claims=(denied,)))
    assert CliRunner().invoke(cli, ["report", "--outputs", str(outputs)]).exit_code == 0
    (page,) = (outputs / "report" / "speakers").glob("*.html")
    assert ">denied<" in page.read_text("utf-8")
    (article,) = (outputs / "report" / "documents").glob("*.html")
    assert 'class="m claim direct denied"' in article.read_text("utf-8")
