"""What the shell offers when a user presses the tabulator key."""

from __future__ import annotations

from pathlib import Path

import click


def stages(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of stages."""
    from pipeline.stages.order import STAGE_NAMES

    return [name for name in STAGE_NAMES if name.startswith(incomplete)]


def documents(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Ids of the documents in the output folder."""
    from pipeline.store.records import document_ids

    folder = Path(context.params.get("folder") or "outputs")
    return [name for name in document_ids(folder) if name.startswith(incomplete)]
