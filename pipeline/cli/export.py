"""``pipeline export``."""

from __future__ import annotations

import importlib
from pathlib import Path

import click

from pipeline.cli.cut_off import say_if_cut_off
from pipeline.cli.wording import counted
from pipeline.errors import UsageError
from pipeline.views.export import FORMATS
from pipeline.views.export.target import STDOUT

FOLDERS = ("csv", "parquet")


FORMATS_HELP = "\b\nFormats:\n" + "\n".join(
    f"  {name:14}  {told}" for name, (_, _, told) in FORMATS.items()
)


@click.command("export", epilog=FORMATS_HELP)
@click.option(
    "--to", "format_name", required=True, type=click.Choice(list(FORMATS)), help="The format."
)
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    help='File (folder for csv, parquet); "-" is standard output. Default: records.* here.',
)
@click.option(
    "--outputs",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default="outputs",
    show_default=True,
    help="The output folder of a run.",
)
def command(format_name: str, target: Path | None, folder: Path) -> None:
    """Write the records for other tools.

    \b
    Examples:
      pipeline export --to jsonl -o -  | jq .claims
      pipeline export --to csv -o tables/
      pipeline export --to tmx -o memory.tmx --outputs archive/
    """
    if not (folder / "records").is_dir():
        raise UsageError(f"There are no records in {folder}. Run `pipeline run -o {folder}` first.")
    module_name, suffix, _ = FORMATS[format_name]
    target = target or Path(f"records{suffix}")
    if target == STDOUT and format_name in FOLDERS:
        raise UsageError(f"{format_name} writes a folder of tables; name one with -o.")
    say_if_cut_off(folder)
    module = importlib.import_module(f"pipeline.views.export.{module_name}")
    count = module.export(folder, target)
    if target != STDOUT:
        click.echo(f"{counted(count, 'record')} written to {target}", err=True)
