"""``pipeline inspect``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.cli import completion
from pipeline.cli.cut_off import say_if_cut_off


@click.command("inspect")
@click.argument("document", metavar="ID", shell_complete=completion.documents)
@click.option(
    "--stage",
    metavar="NAME",
    shell_complete=completion.stages,
    help="The stage (see `pipeline stages`); default: record.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the stored output itself.")
@click.option(
    "--outputs",
    "-o",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default="outputs",
    show_default=True,
    help="The output folder of a run.",
)
def command(document: str, stage: str | None, as_json: bool, folder: Path) -> None:
    """Show a document as one stage left it, highlighted.

    ID is a document's id, the beginning of one, or its source's file name. When the output is no
    terminal or NO_COLOR is set, brackets stand for colours; control characters are shown by their
    code points.

    \b
    Examples:
      pipeline inspect ferry
      pipeline inspect ferry_terminal.txt --stage normalize
      pipeline inspect ferry --stage claims --json | jq
    """
    from pipeline.errors import UsageError
    from pipeline.stages.order import STAGE_NAMES
    from pipeline.views.find import find_document
    from pipeline.views.inspect import render, stage_file

    if stage == "record":
        stage = None
    own = [path.name.partition("-")[2] for path in sorted(folder.glob("stages/*-*"))]
    if stage is not None and stage not in (*STAGE_NAMES, *own):
        known = ", ".join((*dict.fromkeys((*STAGE_NAMES, *own)), "record"))
        raise UsageError(f"There is no stage {stage!r}; the stages are {known}.")
    say_if_cut_off(folder)
    identifier = find_document(folder, document)
    if as_json:
        sys.stdout.buffer.write(stage_file(folder, identifier, stage).read_bytes())
        return
    from rich.console import Console

    Console().print(render(folder, identifier, stage))
