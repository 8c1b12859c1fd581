"""``pipeline stages``."""

from __future__ import annotations

import click


@click.command("stages")
def command() -> None:
    """List the stages in order, with version and what each reads and writes.

    \b
    Example:
      pipeline stages
    """
    from pipeline.stages.order import STAGE_TYPES

    for number, stage in enumerate(STAGE_TYPES, 1):
        reads = ", ".join(layer.__name__ for layer in stage.reads)
        click.echo(
            f"{number:2}  {stage.name:10} v{stage.version}  {reads} -> {stage.writes.__name__}"
        )
