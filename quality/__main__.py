"""``python -m quality``: run the pipeline over annotated articles and print how good it is."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from pipeline.config import Config, load_config
from quality import floors
from quality.evaluate import Result, SetName, evaluate, read_set
from quality.measures import Measure, Retrieval
from quality.score import feature_recall

PARTS = ("en", "it", "all", "noisy")

Systems = dict[str, Config]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--set",
    "name",
    type=click.Choice(["dev", "heldout", "training"]),
    default="dev",
    show_default=True,
    help="Which annotated articles.",
)
@click.option(
    "--profile",
    "profiles",
    type=click.Choice(["accurate", "fast"]),
    multiple=True,
    help="Which models; may be given twice.  [default: accurate]",
)
@click.option(
    "--models",
    metavar="EN,IT",
    help="Also measure the fast profile with these spaCy models (packages or folders), as `given`;"
    " one of the two may be left out.",
)
@click.option("--only", multiple=True, metavar="NAME", help="Only articles named NAME...")
@click.option("--errors", default=0, metavar="N", help="Also print N errors of each sort.")
@click.option("--sort", default="", metavar="WORD", help="Only errors whose sort has WORD.")
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="Settings file.")
def main(  # noqa: PLR0913, PLR0917 - one option each
    name: SetName,
    profiles: tuple[str, ...],
    models: str | None,
    only: tuple[str, ...],
    errors: int,
    sort: str,
    config: Path | None,
) -> None:
    """Measure accuracy; exit code 1 when a figure lies below its floor."""
    if errors and name == "heldout":
        raise click.UsageError("Held-out articles are for totals only; --errors would spoil them.")
    articles = read_set(name, only)
    if not articles:
        raise click.UsageError(f"No article of the {name} set is named {' or '.join(only)}...")
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    systems = _systems(load_config(config), profiles or ("accurate",), models)
    results = {label: evaluate(settings, articles) for label, settings in systems.items()}
    console.print(f"{name}: {len(articles)} articles")
    for label, result in results.items():
        for problem in result.problems:
            console.print(f"{label}: no record for {problem}", markup=False)
    console.print(_table(results))
    if len(results) == 1 and name != "heldout":
        _print_features(console, *results.values())
    for result in results.values():
        _print_errors(console, result, errors, sort)
    broken = [] if only else floors.broken(name, results)
    for line in broken:
        console.print(line, markup=False)
    sys.exit(1 if broken else 0)


def _systems(config: Config, profiles: tuple[str, ...], models: str | None) -> Systems:
    systems = {profile: config.override(models={"profile": profile}) for profile in profiles}
    if models:
        given = zip(("en", "it"), models.split(","), strict=False)
        chosen = {language: model for language, model in given if model}
        systems["given"] = config.override(models={"profile": "fast", **chosen})
    return systems


def _table(results: dict[str, Result]) -> Table:
    """One row per measure in per cent: F1 (precision/recall) or a share; F1 alone side by side."""
    alone = len(results) == 1
    columns = [(label, part) for label in results for part in PARTS[: 4 if alone else 3]]
    table = Table(box=None, pad_edge=False)
    table.add_column("", no_wrap=True)
    for label, part in columns:
        table.add_column(part if alone else f"{label}\n{part}", justify="right", no_wrap=True)
    table.add_column("items", justify="right")
    first = next(iter(results.values()))
    for name, measure in first.parts["all"].items():
        cells = [_cell(results[label].parts[part].get(name), alone) for label, part in columns]
        table.add_row(name, *cells, str(measure.basis))
    for name, measure in first.parts["pairs"].items():
        cells = [
            _cell(results[label].parts["pairs"][name], alone) if part == "all" else ""
            for label, part in columns
        ]
        table.add_row(name, *cells, str(measure.basis))
    return table


def _cell(measure: Measure | None, detailed: bool) -> str:
    if measure is None:
        return ""
    value = f"{100 * measure.value:.1f}"
    if detailed and isinstance(measure, Retrieval):
        return f"{value} ({100 * measure.precision:.0f}/{100 * measure.recall:.0f})"
    return value


def _print_features(console: Console, result: Result) -> None:
    shares = feature_recall(result.scored).items()
    found = ", ".join(f"{feature} {share.hits}/{share.total}" for feature, share in shares)
    console.print(f"\nclaims found by feature: {found}", markup=False)


def _print_errors(console: Console, result: Result, number: int, sort: str) -> None:
    sorts = defaultdict(list)
    for scored in result.scored:
        for error in scored.errors:
            if sort in error.sort:
                detail = f" ({error.detail})" if error.detail else ""
                sorts[error.sort].append(f"  {error.article}: {error.text!r}{detail}")
    for name, lines in sorted(sorts.items()) if number else ():
        console.print(f"\n{name}: {len(lines)}", markup=False)
        for line in lines[:number]:
            console.print(line, markup=False, soft_wrap=True)


if __name__ == "__main__":
    main()
