"""What must run for a document, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any

from pipeline.config import Config
from pipeline.core.layers import Source
from pipeline.stages.base import Stage
from pipeline.store.files import Receipt
from pipeline.store.keys import content_key, sha256

# Tables that change how a run goes about its work, never what it produces.
_NOT_IN_RECORDS = ("input", "run", "origin")


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller asked of this run: the range of stages, and whether kept results count."""

    first: str | None = None
    until: str | None = None
    force: bool = False


def settings_sha256(config: Config) -> str:
    """The fingerprint of every setting that may show in a record."""
    plain = asdict(config)
    return content_key({key: plain[key] for key in plain if key not in _NOT_IN_RECORDS})


def source_key(source: Source) -> str:
    """The key of a document as it was found."""
    return content_key(
        {
            "id": source.id,
            "path": source.path,
            "media_type": source.media_type,
            "metadata": dict(source.metadata),
            "content": sha256(source.content),
        }
    )


class Plan:
    """The stages of a run with everything of their keys that no document changes."""

    def __init__(self, stages: Sequence[Stage[Any]], options: Options) -> None:
        names = [stage.name for stage in stages]
        last = names.index(options.until) if options.until else len(stages) - 1
        self.stages = tuple(stages[: last + 1])
        self.options = options
        self.complete = last == len(stages) - 1
        self._forced_from = names.index(options.first) if options.first else len(stages)
        self._fixed = {stage.name: _fixed_parts(stage) for stage in stages}
        self._writer = {stage.writes: stage.name for stage in stages}

    def keys(self, source: Source) -> dict[str, str]:
        """The key of every stage's result for this document."""
        keys = {"": source_key(source)}
        for stage in self.stages:
            reads = [keys[self._writer.get(layer, "")] for layer in stage.reads]
            keys[stage.name] = content_key({"stage": self._fixed[stage.name], "reads": reads})
        del keys[""]
        return keys

    def reason(
        self, stage: Stage[Any], keys: Mapping[str, str], receipt: Receipt | None
    ) -> str | None:
        """Why ``stage`` must run for a document; None when its kept result stands."""
        if self.options.force:
            return "forced"
        if [each.name for each in self.stages].index(stage.name) >= self._forced_from:
            return "asked for"
        kept = receipt.stages.get(stage.name) if receipt else None
        if kept is None:
            return "nothing kept"
        if kept.temporary:
            return "the last try failed for now"
        if kept.key != keys[stage.name]:
            return "settings, version, models or input changed"
        return None


def _fixed_parts(stage: Stage[Any]) -> Mapping[str, Any]:
    known = is_dataclass(stage.settings) and not isinstance(stage.settings, type)
    settings = asdict(stage.settings) if known else None
    return {
        "name": stage.name,
        "version": stage.version,
        "settings": settings,
        "resources": dict(stage.resources),
    }
