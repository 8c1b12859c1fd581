"""``pipeline validate``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

SHOWN = 50


@click.command("validate")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
)
def command(files: tuple[Path, ...]) -> None:
    """Check records and pair files against the published JSON Schema.

    FILES hold one record or pair, or JSON Lines of them; "-" is standard input. Also checks what a
    schema cannot say: that every span covers the text it quotes. Exit code 1 when something is
    wrong.

    \b
    Examples:
      pipeline validate outputs/records/*.json
      pipeline export --to jsonl -o - | pipeline validate -
    """
    from pipeline.views.validate import faults

    found = 0
    for file in files:
        for fault in faults(file):
            found += 1
            if found <= SHOWN:
                click.echo(str(fault))
    if found > SHOWN:
        click.echo(f"... and {found - SHOWN} more")
    click.echo(f"{len(files)} files, {found} faults", err=True)
    if found:
        sys.exit(1)
