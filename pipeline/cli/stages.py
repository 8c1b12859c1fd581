"""``pipeline stages``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.main import Session
from pipeline.cli.wording import counted

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.stages.base import Stage


@click.command("stages")
@click.argument("paths", nargs=-1)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default="outputs",
    show_default=True,
    help="Output folder that a run would go on from.",
)
@click.pass_obj
def command(session: Session, paths: tuple[str, ...], out: Path) -> None:
    """List the stages in order, with version and what each reads and writes.

    With PATHS, also say for how many of their documents a run would execute each stage, and why.

    \b
    Examples:
      pipeline stages
      pipeline stages articles/ -o outputs
    """
    stages = _stages(session.config())
    for number, stage in enumerate(stages, 1):
        reads = ", ".join(layer.__name__ for layer in stage.reads)
        line = f"{number:2}  {stage.name:10} v{stage.version}  {reads} -> {stage.writes.__name__}"
        click.echo(line)
    if paths:
        reasons = _reasons(session, paths, out)
        click.echo(
            "\nA run would execute" if reasons else "\nNothing would run: every result stands."
        )
        for causes, names in groupby(
            [stage.name for stage in stages], lambda name: reasons.get(name, {})
        ):
            _print_reasons(list(names), causes)


def _stages(config: Config) -> Sequence[Stage[Any] | type[Stage[Any]]]:
    """The stages in order; the standard ones without looking for their models."""
    if not config.run.builder:
        from pipeline.stages.order import STAGE_TYPES

        return STAGE_TYPES
    from pipeline.run.plan import Options, configured_plan

    return configured_plan(config, Options()).stages


def _print_reasons(stages: Sequence[str], reasons: Mapping[str, int]) -> None:
    """Neighbouring stages that have the same reasons to run, with their numbers of documents."""
    range_ = stages[0] if len(stages) == 1 else f"{stages[0]} to {stages[-1]}"
    for reason, count in sorted(reasons.items()):
        click.echo(f"  {range_}: {counted(count, 'document')}: {reason}")


def _reasons(
    session: Session, paths: tuple[str, ...], out: Path
) -> Mapping[str, Mapping[str, int]]:
    from pipeline.core.layers import Source
    from pipeline.inputs.discover import discover
    from pipeline.run.document import missing_work
    from pipeline.run.plan import Options, configured_plan, open_store

    config = session.config()
    plan, store = configured_plan(config, Options()), open_store(out)
    found: dict[str, Counter[str]] = {}
    for item in discover(paths, config.input):
        if isinstance(item, Source):
            for stage, reason in missing_work(item, plan, store).items():
                found.setdefault(stage, Counter())[reason] += 1
    return found
