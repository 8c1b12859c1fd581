"""``pipeline diff``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

FOLDER = click.Path(path_type=Path, file_okay=False)
SHOWN = 500


@click.command("diff")
@click.argument("a", type=FOLDER)
@click.argument("b", type=FOLDER)
@click.option("--summary", "summary_only", is_flag=True, help="Only the table of counts.")
@click.option("--json", "as_json", is_flag=True, help="Print every change as a JSON line.")
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
    found = list(changes(a, b))
    if as_json:
        import orjson

        for change in found:
            sys.stdout.buffer.write(orjson.dumps(change, option=orjson.OPT_APPEND_NEWLINE))
    else:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        from pipeline.views.visible import visible

        console = Console()
        document = ""
        for change in () if summary_only else found[:SHOWN]:
            if change.document != document:
                document = change.document
                console.print(Text(document, "bold"))
            if change.before:
                console.print(Text(f"  - {change.aspect}: {visible(change.before)}", "red"))
            if change.after:
                console.print(Text(f"  + {change.aspect}: {visible(change.after)}", "green"))
        if len(found) > SHOWN and not summary_only:
            console.print(f"... and {len(found) - SHOWN} more changes (--json prints all)")
        table = Table("aspect", "lost", "gained", "changed", box=None)
        for aspect, counts in summary(found).items():
            table.add_row(aspect, *map(str, counts))
        console.print(table if found else "No differences.")
    if found:
        sys.exit(1)
