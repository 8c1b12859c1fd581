"""The Python face of the pipeline: run it, read its records back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.config import Config, load_config
from pipeline.core.record import Record
from pipeline.errors import ResourceError, UsageError
from pipeline.inputs.discover import Rejected, discover
from pipeline.run.plan import Options, configured_plan
from pipeline.stages.base import View
from pipeline.store.records import read_records

__all__ = ["Pipeline", "read_records"]


class Pipeline:
    """The stages in this process, without an output folder.

    >>> from pipeline import Pipeline, load_config
    >>> for record in Pipeline(load_config()).run(["seeds"]):  # doctest: +SKIP
    ...     print(record.id, len(record.claims))

    Documents that are skipped or fail are collected in `problems` as (path, reason).
    """

    def __init__(self, config: Config | None = None) -> None:
        self._config = config or load_config()
        self._plan = configured_plan(self._config, Options())
        self.problems: list[tuple[str, str]] = []

    def run(self, paths: Iterable[str | Path] | None = None) -> Iterator[Record]:
        """The records of the documents in ``paths``, one by one, in the inputs' order."""
        names = [str(path) for path in (self._config.input.paths if paths is None else paths)]
        for item in discover(names, self._config.input):
            if isinstance(item, Rejected):
                self.problems.append((item.path, item.reason))
                continue
            layers: dict[type, object] = {type(item): item}
            try:
                for stage in self._plan.stages:
                    layers[stage.writes] = stage.apply(View(layers, stage.reads))
            except (ResourceError, UsageError):
                raise  # no document's fault: nothing would work
            except Exception as problem:
                self.problems.append((item.path, f"{type(problem).__name__}: {problem}"))
                continue
            record = layers[Record]
            assert isinstance(record, Record)
            yield record
