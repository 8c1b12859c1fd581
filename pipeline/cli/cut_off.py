"""Tells when the results that a command shows are those of a run that did not come to its end."""

from __future__ import annotations

from pathlib import Path

import click


def say_if_cut_off(folder: Path) -> None:
    """Say in one line on standard error, unless told to be quiet, that the last run over ``folder``
    was cut off or still goes on."""
    from pipeline.store.lock import is_held
    from pipeline.store.manifest import read_manifest

    manifest, session = read_manifest(folder), click.get_current_context().obj
    if manifest is None or manifest.status == "complete" or (session and session.quiet):
        return
    status = manifest.status
    if status == "running" and is_held(folder):
        line = f"A run is writing to {folder} at this moment; this is what it has finished."
    else:
        how = "interrupted" if status in ("running", "interrupted") else status
        line = (
            f"The last run over {folder} was cut off ({how}); this is what it had finished. "
            f"The same command goes on from there."
        )
    click.echo(line, err=True)
