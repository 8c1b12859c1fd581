"""``pipeline validate``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.cli.wording import counted
from pipeline.errors import UsageError

SHOWN = 50


@click.command("validate")
@click.argument(
    "paths",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, allow_dash=True),
)
def command(paths: tuple[Path, ...]) -> None:
    """Check records and pair files against the published JSON Schema.

    A FILE holds one record or pair, or JSON Lines of them; a folder stands for the records and
    pairs in it; "-" is standard input. Also checks what a schema cannot say: that every span covers
    the text it quotes. Exit code 1 when something is wrong.

    \b
    Examples:
      pipeline validate outputs
      pipeline validate outputs/records/ferry-*.json
      pipeline export --to jsonl -o - | pipeline validate -
    """
    from pipeline.views.validate import faults, files_of

    checked = found = 0
    faulty = set()
    for file in files_of(paths):
        checked += 1
        for fault in faults(file):
            found += 1
            faulty.add(file)
            if found <= SHOWN:
                click.echo(str(fault))
    if found > SHOWN:
        click.echo(f"... and {found - SHOWN} more")
    if not checked:
        raise UsageError(f"There are no records in {', '.join(map(str, paths))}.")
    if found:
        faults_in = f"{counted(found, 'fault')} in {len(faulty)} of"
        click.echo(f"{faults_in} {counted(checked, 'file')}.", err=True)
        sys.exit(1)
    click.echo(f"{counted(checked, 'file')}, no faults.", err=True)
