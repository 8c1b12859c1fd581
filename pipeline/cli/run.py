"""``pipeline run``."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import completion
from pipeline.cli.main import Session
from pipeline.cli.wording import counted
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.run.document import Outcome
    from pipeline.store.manifest import Columns, Leftover, Manifest

SHOWN_PROBLEMS = 20
SHOWN_LEFTOVERS = 5
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


@click.command("run")
@click.argument("paths", nargs=-1)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default="outputs",
    show_default=True,
    help="Output folder.",
)
@click.option("--translate/--no-translate", default=None, help="Translate segments.")
@click.option("--backend", help="The translation service to use (implies --translate).")
@click.option("--profile", type=click.Choice(["accurate", "fast"]), help="Which models to use.")
@click.option(
    "--from",
    "first",
    metavar="STAGE",
    shell_complete=completion.stages,
    help="Redo this stage and the later ones.",
)
@click.option(
    "--until", metavar="STAGE", shell_complete=completion.stages, help="Stop after this stage."
)
@click.option("--force", is_flag=True, help="Ignore kept results.")
@click.option("--workers", type=click.IntRange(1), help="Processes; default: one per processor.")
@click.option(
    "--engine",
    type=click.Choice(["local", "dask"]),
    help="Where the work is done; default: local, or dask with --scheduler.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler, e.g. tcp://host:8786.")
@click.option(
    "--prune", is_flag=True, help="Remove what the output folder holds of other inputs than these."
)
@click.option("--strict", is_flag=True, help="Stop at the first failed document.")
@click.option("--json", "as_json", is_flag=True, help="Print the manifest on standard output.")
@click.pass_obj
def command(  # noqa: PLR0913, PLR0917 - the contract's options
    session: Session,
    paths: tuple[str, ...],
    out: Path,
    translate: bool | None,
    backend: str | None,
    profile: str | None,
    first: str | None,
    until: str | None,
    force: bool,
    workers: int | None,
    engine: str | None,
    scheduler: str | None,
    prune: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Process files and folders into records; "-" reads JSON Lines from standard input.

    \b
    Examples:
      pipeline run                        the configured inputs (default: seeds/)
      pipeline run articles/ more.jsonl -o outputs
      pipeline run new/ --profile fast --workers 4
      pipeline run articles/ --prune      and forget articles that are gone
      cat articles.jsonl | pipeline run - -o outputs --json
    """
    from pipeline.run.plan import Options
    from pipeline.run.runner import Request, run

    config = _overridden(session.config(), profile, backend, translate)
    request = Request(
        paths=paths or config.input.paths,
        folder=out,
        options=Options(first, until, force),
        workers=workers or config.run.workers or _processors(),
        strict=strict,
        prune=prune,
        engine=engine or ("dask" if scheduler else "local"),
        scheduler=scheduler,
    )
    with _terminating(), _Display(quiet=session.quiet) as display:
        manifest = run(config, request, display.show, display.say)
    if as_json:
        from pipeline.store.files import dump

        sys.stdout.buffer.write(dump(manifest))
    if not session.quiet:
        click.echo(summary(manifest, out), err=True)
    if manifest.counts.read == 0 and "-" not in request.paths:
        from pipeline.inputs.discover import KNOWN_TYPES

        raise UsageError(
            f"There are no articles in {', '.join(request.paths)}. Known are {KNOWN_TYPES}."
        )
    if manifest.counts.skipped or manifest.counts.failed:
        sys.exit(1)


def _overridden(
    config: Config, profile: str | None, backend: str | None, translate: bool | None
) -> Config:
    """The settings with what the command line says; naming a service turns translation on."""
    translating = {
        "enabled": True if backend else translate,
        "backends": (backend,) if backend else None,
    }
    return config.override(
        models={"profile": profile} if profile else {},
        translate={key: value for key, value in translating.items() if value is not None},
    )


def summary(manifest: Manifest, out: Path) -> str:
    """The closing lines of a run: counts, and every problem with its reason."""
    counts = manifest.counts
    languages = ", ".join(f"{number} {code}" for code, number in counts.languages.items())
    lines = [
        f"{counts.read} read = {counts.written} written ({counts.kept} kept) "
        f"+ {counts.skipped} skipped + {counts.failed} failed, in {manifest.seconds:.1f} s",
        f"{languages or 'no documents'}; {counted(counts.segments, 'segment')}, "
        f"{counted(counts.entities, 'entity')}, {counted(counts.claims, 'claim')}, "
        f"{counted(counts.pairs, 'pair')}, {counted(counts.links, 'link')}",
    ]
    if counts.translated or counts.untranslated:
        left = f", {counts.untranslated} not: each says why" if counts.untranslated else ""
        lines.append(f"{counted(counts.translated, 'segment')} translated{left}")
    lines += [_columns(each) for each in manifest.columns[:SHOWN_PROBLEMS]]
    for problem in manifest.problems[:SHOWN_PROBLEMS]:
        where = f" at {problem.stage}" if problem.stage else ""
        lines.append(f"  {problem.status}{where}: {problem.path}: {problem.reason}")
    hidden = counts.skipped + counts.failed - SHOWN_PROBLEMS
    if hidden > 0:
        listed = manifest.problems_file or "run.json"
        lines.append(f"  ... and {hidden} more in {out / listed}")
    if counts.pruned:
        what = counted(counts.pruned, "document")
        lines.append(f"  pruned: {what} of other inputs: {_named(manifest.pruned, counts.pruned)}")
    if counts.written:
        lines.append(_where(manifest, out))
    return "\n".join(map(_harmless, lines))


def _columns(found: Columns) -> str:
    """Told where columns have names of their own: *from a.csv: text = Testo, title = Titolo*."""
    taken = ", ".join(f"{field} = {column}" for field, column in found.taken.items())
    others = found.tables - 1
    like = f" and {others} more {'table' if others == 1 else 'tables'}" if others else ""
    return f"  columns of {found.path}{like}: {taken}"


def _where(manifest: Manifest, out: Path) -> str:
    from pipeline.stages.order import STAGE_NAMES

    if STAGE_NAMES[-1] in manifest.stages:
        return f"Records are in {out / 'records'}.{_leftovers(manifest)}"
    return f"Results up to the stage {list(manifest.stages)[-1]} are in {out / 'stages'}."


def _leftovers(manifest: Manifest) -> str:
    """Told about documents of inputs that are gone, or were given to other runs: they stay."""
    count = manifest.counts.leftovers
    if not count:
        return ""
    is_, them = ("is", "it") if count == 1 else ("are", "them")
    return (
        f" {counted(count, 'document')} there {is_} of inputs that this run did not read (gone, or "
        f"of other runs): {_named(manifest.leftovers, count)}. --prune removes {them}; a new "
        "folder, with -o, holds these inputs alone."
    )


def _named(documents: Sequence[Leftover], count: int) -> str:
    """Some of ``count`` documents by the paths of their inputs."""
    shown = [each.path or each.id for each in documents[:SHOWN_LEFTOVERS]]
    return ", ".join(shown) + (", ..." if count > len(shown) else "")


def _harmless(line: str) -> str:
    """A line in which nothing speaks to the terminal: file names and errors may hold anything."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


@contextmanager
def _terminating() -> Iterator[None]:
    """A termination signal ends the run like Ctrl-C does: cleanly."""
    # Windows knows no SIGHUP.
    signals = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]

    def interrupt(number: int, frame: object) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)  # once is enough: closing takes a moment
        raise KeyboardInterrupt

    before = [signal.signal(each, interrupt) for each in signals]
    try:
        yield
    except KeyboardInterrupt:
        click.echo(
            "Interrupted; what is finished is kept. The same command goes on from there.", err=True
        )
        raise
    finally:
        for each, handler in zip(signals, before, strict=True):
            signal.signal(each, handler)


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Display:
    """Progress on standard error, when it is a terminal."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._shown = not quiet and sys.stderr.isatty()

    def __enter__(self) -> _Display:
        if self._shown:
            from rich.console import Console
            from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            self._progress = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                TextColumn("{task.completed} documents"),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._progress.start()
            self._task = self._progress.add_task("starting", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._progress.stop()

    def say(self, line: str) -> None:
        """Tell the user something at once."""
        if not self._quiet:
            click.echo(line, err=True)

    def show(self, outcome: Outcome) -> None:
        """Count one finished document."""
        if self._shown:
            from rich.markup import escape

            self._progress.update(self._task, advance=1, description=escape(outcome.path[-60:]))
