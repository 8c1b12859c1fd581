"""``pipeline models``."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.main import Session


@click.group("models", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List, fetch and locate language and translation models.

    \b
    Examples:
      pipeline models
      pipeline models path it
      pipeline models download it-en --to translation-models
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(show)


@command.command("list")
@click.pass_obj
def show(session: Session) -> None:
    """Name, version, size, labels, licence and origin of every model in use."""
    from rich.console import Console
    from rich.table import Table

    from pipeline.backends.packaged import describe_models

    table = Table("part", "name", "version", "MB", "labels", "licence", "origin", box=None)
    for model in describe_models(session.config().models):
        table.add_row(
            model.part,
            model.name,
            model.version,
            f"{model.megabytes:.0f}",
            " ".join(model.labels),
            model.licence,
            model.origin,
        )
    Console(width=None if Console().is_terminal else 200).print(table)


@command.command("path")
@click.argument("language", type=click.Choice(["en", "it"]))
@click.pass_obj
def path(session: Session, language: str) -> None:
    """Print the folder of the spaCy model in use for a language."""
    from pipeline.backends.packaged import model_folder

    click.echo(model_folder(session.config().models, language))


@command.command("download")
@click.argument("direction", type=click.Choice(["en-it", "it-en"]))
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to put it; name the same folder in [translate] models_folder.",
)
def download(direction: str, folder: Path) -> None:
    """Fetch a Firefox Translations model; needs the network. Checksums are verified."""
    from pipeline.backends.translation.local import download_model

    download_model(direction, folder)
    click.echo(f"{folder / direction}", err=True)
