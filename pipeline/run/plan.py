"""What must run for a document, and why."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any, cast

from pipeline.backends.resources import build_resources
from pipeline.config import Config
from pipeline.core import codec
from pipeline.core.layers import Source
from pipeline.errors import UsageError
from pipeline.languages import tables_digest
from pipeline.stages.base import Stage
from pipeline.stages.order import STAGE_FOLDERS, build_stages
from pipeline.store.files import Receipt, Store
from pipeline.store.keys import content_key, sha256

CHANGED = "settings, version, models or input changed"

# Tables that change how a run goes about its work, never what it produces.
_NOT_IN_RECORDS = ("input", "run", "origin")
# Where things lie, and how long to wait for them, by table. What the user's files hold is among the
# stages' resources, so that a file may move.
_NO_SETTINGS = {
    "entities": ("aliases",),
    "translate": (
        "memory",
        "models_folder",
        "ledger",
        "document_seconds",
        "glossary",
        "seed_memories",
    ),
}


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller asked of this run: the range of stages, and whether kept results count."""

    first: str | None = None
    until: str | None = None
    force: bool = False


def settings_sha256(config: Config) -> str:
    """The fingerprint of every setting that may show in a record.

    Taken as worker processes get them: 5 where 5.0 was meant is no other setting.
    """
    plain = asdict(codec.decode(Config, codec.encode(config)))
    for table, names in _NO_SETTINGS.items():
        for name in names:
            del plain[table][name]
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
    """The stages of a run with everything of their keys that no document changes.

    ``compares`` tells whether records are compared with each other after the stages.
    """

    def __init__(
        self, stages: Sequence[Stage[Any]], options: Options, *, compares: bool = False
    ) -> None:
        names = [stage.name for stage in stages]
        _check_range(names, options)
        last = names.index(options.until) if options.until else len(stages) - 1
        self.stages = tuple(stages[: last + 1])
        self.options = options
        self.complete = last == len(stages) - 1
        self.compares = compares and self.complete
        first = 0 if options.force else names.index(options.first) if options.first else len(names)
        self._asked = frozenset(names[first:])
        writer = {stage.writes: stage.name for stage in stages}
        # Stages of the caller's own are numbered by their place among the others.
        self.folders = STAGE_FOLDERS | {
            stage.name: f"{number:02d}-{stage.name}"
            for number, stage in enumerate(stages, 1)
            if stage.name not in STAGE_FOLDERS
        }
        self.inputs = {stage.name: [writer.get(it, "") for it in stage.reads] for stage in stages}
        self._fixed = {stage.name: content_key(_fixed_parts(stage)) for stage in stages}

    def keys(self, source: Source) -> dict[str, str]:
        """The key of every stage's result for this document."""
        keys = {"": source_key(source)}
        for stage in self.stages:
            parts = [self._fixed[stage.name], *(keys[name] for name in self.inputs[stage.name])]
            keys[stage.name] = sha256("\n".join(parts).encode())
        del keys[""]
        return keys

    def is_asked(self, stage: str) -> bool:
        """Whether the caller wants ``stage`` to run whatever is kept."""
        return stage in self._asked

    def reason(self, stage: str, keys: Mapping[str, str], receipt: Receipt | None) -> str | None:
        """Why ``stage`` must run for a document; None when its kept result stands."""
        if self.is_asked(stage):
            return "asked for"
        kept = receipt.stages.get(stage) if receipt else None
        if kept is None:
            return "nothing kept"
        if kept.temporary:
            return "the last try failed for now"
        if kept.key != keys[stage]:
            return CHANGED
        return None

    def reasons(self, keys: Mapping[str, str], receipt: Receipt | None) -> dict[str, str]:
        """Why stages must run for a document, for those that must."""
        found: dict[str, str] = {}
        for stage in self.stages:
            reason = self.reason(stage.name, keys, receipt)
            causes = [name for name in self.inputs[stage.name] if name in found]
            if reason == CHANGED and causes:
                reason = f"follows from {causes[-1]}"
            if reason:
                found[stage.name] = reason
        return found


# Builds the plan of a run, in every process that takes part in it.
PlanBuilder = Callable[[Config, Options], Plan]
STANDARD = "pipeline.run.plan:build_plan"


def configured_plan(config: Config, options: Options, builder: str = "") -> Plan:
    """The plan that ``builder`` makes, or else the one that the settings name, or the standard one.

    Raises: UsageError when there is no such builder, ResourceError when a model is not there.
    """
    name = builder or config.run.builder or STANDARD
    return plan_builder(name, module_folders(config))(config, options)


def build_plan(config: Config, options: Options, *own: Stage[Any]) -> Plan:
    """The plan of the standard stages and of ``own`` after them; models load when the first
    document needs them.

    Raises: ResourceError when a model or service is not there.
    """
    stages = build_stages(config, build_resources(config), settings_sha256(config))
    compares = config.corpus.pairs or config.corpus.links
    return Plan((*stages, *own), options, compares=compares)


def module_folders(config: Config) -> tuple[str, ...]:
    """Where the modules of a user's own stages are looked up when Python does not find them
    elsewhere: beside the configuration file, then in the current folder."""
    folders = (os.path.dirname(config.origin), "")  # noqa: PTH120
    return tuple(dict.fromkeys(map(os.path.abspath, folders)))


def look_in(folders: Iterable[str]) -> None:
    """Have Python look for modules in ``folders``, too; last, so that they replace nothing."""
    sys.path.extend(folder for folder in folders if folder not in sys.path)


def plan_builder(name: str, folders: Sequence[str] = ()) -> PlanBuilder:
    """The builder that ``name`` ("module:function") points to; its module may lie in ``folders``.

    Raises: UsageError when there is none.
    """
    module, _, function = name.partition(":")
    if name != STANDARD:
        look_in(folders)
    try:
        found = getattr(importlib.import_module(module), function, None) if function else None
    except ModuleNotFoundError as error:
        places = "".join(f" nor in {folder}" for folder in folders)
        reason = (
            f"there is no module {module!r}: it is not installed{places}"
            if error.name == module
            else f"the module {module} needs {error.name!r}, which is not there"
        )
        raise _unusable(name, reason) from None
    except Exception as error:
        reason = f"importing {module} failed with {type(error).__name__}: {error}"
        raise _unusable(name, reason) from error
    if not callable(found):
        raise _unusable(name, f"{module} has no function {function!r}")
    return cast("PlanBuilder", found)


def _unusable(name: str, reason: str) -> UsageError:
    return UsageError(f"The stages cannot be built by {name!r} (module:function); {reason}.")


def open_store(folder: Path, plan: Plan | None = None) -> Store:
    """The store in an output folder, for the stages of ``plan`` (None: the standard ones)."""
    return Store(folder, plan.folders if plan else STAGE_FOLDERS)


def _check_range(names: Sequence[str], options: Options) -> None:
    first, until = options.first, options.until
    for stage in (first, until):
        if stage is not None and stage not in names:
            raise UsageError(f"There is no stage {stage!r}; the stages are {', '.join(names)}.")
    if first and until and names.index(first) > names.index(until):
        raise UsageError(
            f"The stage {first!r} comes after {until!r}: nothing lies between them. "
            f"'pipeline stages' prints them in order."
        )


def _fixed_parts(stage: Stage[Any]) -> Mapping[str, Any]:
    known = is_dataclass(stage.settings) and not isinstance(stage.settings, type)
    settings = asdict(stage.settings) if known else None
    return {
        "name": stage.name,
        "version": stage.version,
        "tables": tables_digest(),
        "settings": settings,
        "resources": dict(stage.resources),
    }
