"""Writes the generated pages: ``docs/commands.md``, ``docs/configuration.md``, ``docs/values.md``,
``config.toml``.

Run ``python docs/generate.py`` after changing a command, a setting, or a table of currencies or
units; a test compares them.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import click
import orjson

from pipeline.cli.main import COMMANDS, cli
from pipeline.config import Config
from pipeline.languages import LANGUAGES
from pipeline.languages.quantities import value_table

ROOT = Path(__file__).parent.parent
WIDTH = 90


def tables(kind: Any = Config, prefix: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every table of the configuration: its name, its class, its default."""
    hints = get_type_hints(kind)
    default = kind()
    for item in fields(kind):
        inner = hints[item.name]
        if is_dataclass(inner):
            yield f"{prefix}{item.name}", inner, getattr(default, item.name)
            yield from tables(inner, f"{prefix}{item.name}.")


def example_config() -> str:
    """A ``config.toml`` that holds every setting at its default, with its explanation."""
    lines = ["# Every setting with its default. Secrets (keys) come from the environment only.", ""]
    first: dict[Any, str] = {}
    for name, kind, default in tables():
        lines += [f"# {line}" for line in textwrap.wrap(_explained_once(name, kind, first), WIDTH)]
        lines.append(f"[{name}]")
        lines += [f"{key} = {_toml(value)}" for key, value in _plain_settings(kind, default)]
        lines.append("")
    return "\n".join(lines)


def configuration_page() -> str:
    """The reference of all settings."""
    lines = [
        "# Configuration",
        "",
        "`pipeline --config FILE`, else `config.toml` in the working directory, else the defaults",
        "below. An unknown key is an error that names the nearest valid one. Keys of services come",
        "from environment variables only: `DEEPL_API_KEY`, `MICROSOFT_API_KEY`, `BAIDU_APPID` and",
        "`BAIDU_APPKEY`, `LIBRETRANSLATE_API_KEY`.",
        "",
    ]
    first: dict[Any, str] = {}
    for name, kind, default in tables():
        settings = list(_plain_settings(kind, default))
        explained = _explained_once(name, kind, first)
        lines += [f"## [{name}]", "", explained.replace("``", "`"), ""]
        if settings:
            lines += ["| setting | default |", "|---|---|"]
            lines += [f"| `{key}` | `{_toml(value)}` |" for key, value in settings]
            lines.append("")
    return "\n".join(lines)


def commands_page() -> str:
    """The help of every command."""
    lines = ["# Commands", "", "```text", _help(["--help"]), "```", ""]
    for name in COMMANDS:
        lines += [f"## pipeline {name}", "", "```text", _help([name, "--help"]), "```", ""]
    return "\n".join(lines)


def values_page() -> str:
    """What the values of a record look like, and what their codes stand for."""
    lines = [
        "# Values",
        "",
        "What `value` holds, by the `type` of a value:",
        "",
        "| type | `value` | examples |",
        "|---|---|---|",
        "| `DATE` | ISO 8601, as much as is told; `--` for a year that is not | `2026-03-04`, "
        "`2026-03`, `2026`, `--05-02` |",
        "| `MONEY` | currency (ISO 4217) and amount | `EUR 84500000`, `USD 1.5` |",
        "| `PERCENT` | the figure | `60`, `-3.5` |",
        "| `QUANTITY` | the figure and the unit, by the codes below | `12 har`, `-3 Cel` |",
        "",
        "The decimal mark is a point, and there are no marks of thousands.",
        "",
        "## Units",
        "",
        "The codes are those of [UCUM](https://ucum.org/ucum), the code of units of measure;",
        "`kWh`, `MWh` and `GWh`, there `kW.h` and so on, are as everybody writes them.",
        "",
        *_codes({code: value_table(code).measures for code in LANGUAGES}),
        "",
        "## Currencies",
        "",
        "By name; signs (`€`, `$`, `£`) and codes are read in both languages, too.",
        "",
        *_codes({code: value_table(code).currencies for code in LANGUAGES}),
        "",
    ]
    return "\n".join(lines)


def _codes(tables: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """A table of codes with the words of each language that stand for them."""
    yield f"| code | {' | '.join(WRITTEN_IN[language] for language in tables)} |"
    yield "|---" * (1 + len(tables)) + "|"
    for code in dict.fromkeys(code for table in tables.values() for code in table.values()):
        cells = (
            ", ".join(word for word, meant in table.items() if meant == code)
            for table in tables.values()
        )
        yield f"| `{code}` | {' | '.join(cells)} |"


WRITTEN_IN = {"en": "in English", "it": "in Italian"}
PAGES = {
    "config.toml": example_config,
    "docs/configuration.md": configuration_page,
    "docs/commands.md": commands_page,
    "docs/values.md": values_page,
}


def _explained(kind: Any) -> str:
    return " ".join((inspect.getdoc(kind) or "").split())


def _explained_once(name: str, kind: Any, first: dict[Any, str]) -> str:
    """The explanation of a table; a later one of the same kind refers to the first."""
    told = first.setdefault(kind, name)
    return _explained(kind) if told == name else f"As [{told}]."


def _plain_settings(kind: Any, default: Any) -> Iterator[tuple[str, Any]]:
    for item in fields(kind):
        value = getattr(default, item.name)
        if not is_dataclass(value) and not item.metadata.get("internal"):
            yield item.name, value


def _toml(value: Any) -> str:
    return orjson.dumps(value).decode().replace(",", ", ")


def _help(arguments: list[str]) -> str:
    command: click.Command = cli
    context = click.Context(
        cli,
        info_name="pipeline",
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        **cli.context_settings,
    )
    for name in arguments[:-1]:
        found = cli.get_command(context, name)
        assert found is not None
        command = found
        # With its parent, as when it is called: the parent says which options ask for help.
        context = click.Context(command, info_name=name, parent=context)
    return command.get_help(context)


if __name__ == "__main__":
    for path, page in PAGES.items():
        (ROOT / path).write_text(page(), encoding="utf-8")
