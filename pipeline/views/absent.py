"""Why a document that was read has nothing to show."""

from __future__ import annotations

from pathlib import Path

from pipeline.core.record import Quarantined
from pipeline.store.files import Store, load
from pipeline.store.manifest import read_manifest
from pipeline.views.visible import one_line


def why_absent(folder: Path, document: str, stage: str | None) -> str:
    """Why ``document`` has no output of ``stage`` (None: no record): failed, skipped, or not there
    yet."""
    store = Store(folder, {})
    aside, receipt = store.quarantine_path(document), store.receipt(document)
    if aside.is_file():
        report = load(Quarantined, aside.read_bytes())
        reason = one_line(report.error)
        return f"{document} failed at the stage {report.stage}: {reason} It is kept in {aside}."
    if receipt and receipt.skipped:
        return f"{document} was skipped at the stage {receipt.stage}: {one_line(receipt.skipped)}"
    if stage is None:
        return f"{document} has no record; name a stage with --stage."
    return f"{document} has no output of the stage {stage!r} in {folder}."


def why_refused(folder: Path, wanted: str) -> str | None:
    """Why an input whose file name begins with ``wanted`` never became a document, according to
    the last run; None where it tells of no such input."""
    manifest = read_manifest(folder)
    for problem in manifest.problems if manifest else ():
        if not problem.id and Path(problem.path).name.startswith(Path(wanted).name):
            return f"{one_line(problem.path)} was {problem.status}: {one_line(problem.reason)}."
    return None
