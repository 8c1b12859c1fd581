"""``pipeline report``."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.cut_off import say_if_cut_off
from pipeline.cli.wording import counted
from pipeline.errors import UsageError


@click.command("report")
@click.option(
    "-o",
    "--out",
    "target",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to write it; the output folder of a run gets it as report/. Default: "
    "report/ in --outputs.",
)
@click.option(
    "--outputs",
    type=click.Path(path_type=Path, file_okay=False),
    default="outputs",
    show_default=True,
    help="The output folder of a run.",
)
def command(target: Path | None, outputs: Path) -> None:
    """Write a static, self-contained HTML report over the outputs.

    Open its index.html in any browser; it loads nothing from anywhere.

    \b
    Examples:
      pipeline report
      pipeline report -o archive-2026
      pipeline report --outputs archive-2026 -o /var/www/claims
    """
    from pipeline.views.report.build import write_report

    if target and (target / "records").is_dir():
        outputs, target = target, target / "report"
    if not (outputs / "records").is_dir():
        raise UsageError(
            f"There are no records in {outputs}. Run `pipeline run -o {outputs}` first."
        )
    say_if_cut_off(outputs)
    target = target or outputs / "report"
    count = write_report(outputs, target)
    click.echo(f"{counted(count, 'document')}: {target / 'index.html'}", err=True)
