"""The command line: one lazy group, logging, exit codes.

Exit codes: 0 every document has a record; 1 some were skipped or failed; 2 wrong use or
configuration; 130 interrupted.
"""

from __future__ import annotations

import importlib
import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from pipeline.config import Config, load_config
from pipeline.errors import PipelineError

INTERRUPTED = 130

# Command name → module and one line of help; modules load when their command is used.
COMMANDS = {
    "run": "process articles into aligned bilingual records",
    "inspect": "show a document as one stage left it",
    "diff": "show what differs between two runs",
    "report": "write a static HTML report over the outputs",
    "export": "write the records for other tools",
    "validate": "check records against the JSON Schema",
    "schema": "print the JSON Schema of records",
    "models": "list, fetch and locate language and translation models",
    "stages": "list the stages, what they read and write, and what would run",
}


@dataclass(slots=True)
class Session:
    """What the global options say; the configuration is read when a command asks for it."""

    config_file: Path | None
    quiet: bool

    def config(self) -> Config:
        """The settings in force."""
        return load_config(self.config_file)


class _LazyGroup(click.Group):
    """Knows its commands by name and loads a module when its command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"pipeline.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PipelineError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(error.exit_code)
        except click.NoSuchOption as error:
            name = error.option_name
            if any(name in option.opts for option in self.params):
                place = f"{name} stands before the command: pipeline {name} ..."
                raise click.UsageError(f"{place} {ctx.invoked_subcommand}", error.ctx) from None
            raise
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(1)
        except OSError as error:  # a file that cannot be read or written
            from pipeline.errors import UsageError
            from pipeline.store.files import REFUSED

            place = f"{error.filename}: " if error.filename else ""
            click.echo(f"Error: {place}{error.strerror or error}.", err=True)
            ctx.exit(UsageError.exit_code if error.errno in REFUSED else 1)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="duevoci", prog_name="pipeline")
@click.option("-v", "--verbose", is_flag=True, help="Say more on standard error.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings; default: config.toml here, else the packaged defaults.",
)
@click.pass_context
def cli(ctx: click.Context, verbose: bool, quiet: bool, config_file: Path | None) -> None:
    """Who said what, about whom, in English and Italian articles.

    \b
    Examples:
      pipeline run articles/ -o outputs
      pipeline inspect ferry --stage claims
      pipeline report
    """
    level = logging.DEBUG if verbose else logging.ERROR if quiet else logging.WARNING
    logging.basicConfig(
        level=level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    for chatty in ("urllib3", "trafilatura", "htmldate", "charset_normalizer"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    ctx.obj = Session(config_file, quiet)
