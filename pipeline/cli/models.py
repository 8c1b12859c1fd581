"""``pipeline models``."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.main import Session
from pipeline.errors import UsageError
from pipeline.languages import DIRECTIONS


@click.group("models", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List, fetch and locate language and translation models.

    \b
    Examples:
      pipeline models
      pipeline models path it
      pipeline models download --to translation-models
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(show)


@command.command("list")
@click.pass_obj
def show(session: Session) -> None:
    """Name, version, size, labels, licence and origin of the models of names and syntax in use.

    \b
    Examples:
      pipeline models list
      pipeline --config other.toml models list
    """
    from rich.console import Console
    from rich.table import Table

    from pipeline.backends.packaged import describe_models
    from pipeline.backends.translation.local import describe_translation_models

    config = session.config()
    table = Table("part", "name", "version", "MB", "labels", "licence", "origin", box=None)
    translation = describe_translation_models(config.translate)
    for model in (*describe_models(config.models), *translation):
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
    """Print the folder of the spaCy model in use for a language.

    \b
    Examples:
      pipeline models path it
      python -c 'import spacy, sys; spacy.load(sys.argv[1])' "$(pipeline models path it)"
    """
    from pipeline.backends.packaged import model_folder

    click.echo(model_folder(session.config().models, language))


@command.command("download")
@click.argument("directions", nargs=-1, type=click.Choice(DIRECTIONS))
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to put them. Default: [translate] models_folder.",
)
@click.pass_obj
def download(session: Session, directions: tuple[str, ...], folder: Path | None) -> None:
    """Fetch missing Firefox Translations models; needs the network.

    Without DIRECTIONS both are fetched. Checksums are verified; [translate.fxtranslate] url names
    another server than Mozilla's.

    \b
    Examples:
      pipeline models download
      pipeline models download it-en --to translation-models
    """
    from pipeline.backends.translation.download import download_model

    settings = session.config().translate
    if folder is None and not settings.models_folder:
        raise UsageError("Say where to put the models: --to FOLDER, or [translate] models_folder.")
    home = folder or Path(settings.models_folder)
    for direction in directions or DIRECTIONS:
        click.echo(download_model(direction, home, settings.fxtranslate.url))
    if not settings.models_folder:
        click.echo(f'Now set [translate] models_folder = "{home}" in config.toml.', err=True)
