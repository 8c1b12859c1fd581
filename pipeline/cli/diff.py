"""``pipeline diff``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pipeline.views.diff import Change

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command("diff")
@click.argument("a", type=FOLDER)
@click.argument("b", type=FOLDER)
@click.option("--summary", "summary_only", is_flag=True, help="Only the table of counts.")
@click.option("--json", "as_json", is_flag=True, help="Print changes (or counts) as JSON lines.")
def command(a: Path, b: Path, summary_only: bool, as_json: bool) -> None:
    """Show what differs between two runs (two output folders).

    Compares language, boilerplate, repairs, segments, entities, values, claims, speakers,
    translations and links, document by document. Exit code 0 when nothing differs, 1 when
    something does, 2 for trouble.

    \b
    Examples:
      pipeline diff outputs outputs-fast
      pipeline diff before after --summary
    """
    from pipeline.errors import UsageError
    from pipeline.views.diff import changes, summary

    for folder in (a, b):
        if not (folder / "records").is_dir():
            raise UsageError(f"There are no records in {folder}.")
    found = changes(a, b)
    if not summary_only:
        found = _printed(found, as_json)
    counts = summary(found)
    if not as_json:
        _print_table(counts)
    elif summary_only:
        click.echo(json.dumps(counts))
    if counts:
        sys.exit(1)


def _printed(found: Iterable[Change], as_json: bool) -> Iterator[Change]:
    """The same changes, each printed as it passes: on lines that nothing wraps or cuts."""
    import orjson
    from rich.console import Console
    from rich.text import Text

    from pipeline.views.visible import one_line

    console = Console(soft_wrap=True)
    document = ""
    for change in found:
        if as_json:
            sys.stdout.buffer.write(orjson.dumps(change, option=orjson.OPT_APPEND_NEWLINE))
        else:
            if change.document != document:
                document = change.document
                console.print(Text(document, "bold"))
            if change.before:
                console.print(Text(f"  - {change.aspect}: {one_line(change.before)}", "red"))
            if change.after:
                console.print(Text(f"  + {change.aspect}: {one_line(change.after)}", "green"))
        yield change


def _print_table(counts: Mapping[str, tuple[int, int, int]]) -> None:
    if not counts:
        click.echo("No differences.")
        return
    click.echo(f"{'aspect':12}{'lost':>8}{'gained':>8}{'changed':>8}")
    for aspect, numbers in counts.items():
        click.echo(f"{aspect:12}" + "".join(f"{number:8}" for number in numbers))
