"""One document through the stages, keeping every layer."""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pipeline.core.layers import Claims, Entities, Language, Segments, Source, Translations
from pipeline.core.record import Quarantined, Record
from pipeline.errors import SkipDocument
from pipeline.run.plan import Plan
from pipeline.stages.base import Stage, View
from pipeline.store.files import DamagedFile, Kept, Receipt, Store, dump, load
from pipeline.store.keys import sha256

logger = logging.getLogger(__name__)

Status = Literal["written", "kept", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input. ``seconds`` holds the time of every stage that ran."""

    id: str
    path: str
    status: Status
    stage: str | None = None
    reason: str | None = None
    language: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)


class _Layers(dict[type, object]):
    """The layers of one document; kept ones are read from the store when first looked at."""

    def __init__(self, store: Store, source: Source) -> None:
        super().__init__({Source: source})
        self._store = store
        self._document = source.id
        self._kept: dict[type, tuple[str, str]] = {}

    def keep(self, layer: type, stage: str, checksum: str) -> None:
        self._kept[layer] = (stage, checksum)

    def __missing__(self, layer: type) -> object:
        stage, checksum = self._kept[layer]
        content = self._store.verified(self._store.stage_path(stage, self._document), checksum)
        self[layer] = load(layer, content)
        return self[layer]


def is_kept(source: Source, plan: Plan, store: Store) -> Outcome | None:
    """The outcome of a document for which nothing needs to be done; None otherwise.

    Every file that its receipt vouches for is read and checked.
    """
    receipt = store.receipt(source.id)
    if receipt is None:
        return None
    keys = plan.keys(source)
    if receipt.skipped is not None and not plan.options.force:
        if receipt.skip_key == content_key_of(keys):
            return Outcome(source.id, source.path, "skipped", reason=receipt.skipped)
        return None
    if any(plan.reason(stage, keys, receipt) for stage in plan.stages):
        return None
    try:
        for stage in plan.stages:
            store.verified(
                store.stage_path(stage.name, source.id), receipt.stages[stage.name].sha256
            )
        if plan.complete:
            store.verified(store.record_path(source.id), receipt.record)
    except DamagedFile as damage:
        logger.warning("%s; made again", damage)
        return None
    return Outcome(source.id, source.path, "kept", language=receipt.language, counts=receipt.counts)


def content_key_of(keys: Mapping[str, str]) -> str:
    """One key for everything that may happen to a document."""
    return sha256("".join(keys.values()).encode())


def process(source: Source, plan: Plan, store: Store) -> Outcome:
    """Run every stage that must run for ``source`` and keep its layer; never raises for a
    document's own faults: they end as ``skipped`` or ``failed``."""
    keys = plan.keys(source)
    receipt = store.receipt(source.id)
    layers = _Layers(store, source)
    kept: dict[str, Kept] = {}
    seconds: dict[str, float] = {}
    stage = plan.stages[0]
    changed = False
    try:
        for stage in plan.stages:
            old = receipt.stages.get(stage.name) if receipt else None
            fresh = plan.reason(stage, keys, receipt) is None
            if old and fresh and not changed and _stands(store, stage, source.id, old):
                kept[stage.name] = old
                layers.keep(stage.writes, stage.name, old.sha256)
                continue
            began = time.perf_counter()
            layer = stage.apply(View(layers, stage.reads))
            layers[stage.writes] = layer
            path = store.stage_path(stage.name, source.id)
            checksum = store.write(path, dump(layer))
            kept[stage.name] = Kept(keys[stage.name], checksum, _is_temporary(layer))
            seconds[stage.name] = time.perf_counter() - began
    except SkipDocument as skip:
        reason = str(skip)
        skipped = Receipt(source.path, kept, skipped=reason, skip_key=content_key_of(keys))
        store.write_receipt(source.id, skipped)
        store.record_path(source.id).unlink(missing_ok=True)
        return Outcome(source.id, source.path, "skipped", stage.name, reason, seconds=seconds)
    except OSError:
        raise  # the store's disk, not the document: the run cannot go on
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        logger.debug("%s failed at %s", source.id, stage.name, exc_info=True)
        quarantine(source, stage.name, reason, store, Receipt(source.path, kept))
        return Outcome(source.id, source.path, "failed", stage.name, reason, seconds=seconds)
    return _finish(source, plan, store, layers, kept, seconds)


def quarantine(
    source: Source, stage: str, reason: str, store: Store, receipt: Receipt | None = None
) -> None:
    """Put a failed document aside with its content, stage and error."""
    content = base64.b64encode(source.content).decode("ascii")
    report = Quarantined(
        source.id, source.path, stage, reason, sha256(source.content), content, source.metadata
    )
    store.write(store.quarantine_path(source.id), dump(report), durable=True)
    store.record_path(source.id).unlink(missing_ok=True)
    store.write_receipt(source.id, receipt or Receipt(source.path))


def _finish(
    source: Source,
    plan: Plan,
    store: Store,
    layers: _Layers,
    kept: Mapping[str, Kept],
    seconds: Mapping[str, float],
) -> Outcome:
    counts = {
        kind.__name__.lower(): len(getattr(layers[kind], kind.__name__.lower()))
        for kind in (Segments, Entities, Claims)
        if any(stage.writes is kind for stage in plan.stages)
    }
    language = None
    if any(stage.writes is Language for stage in plan.stages):
        detected = layers[Language]
        language = detected.code if isinstance(detected, Language) else None
    record = ""
    if plan.complete:
        record = store.write(store.record_path(source.id), dump(layers[Record]))
    store.write_receipt(
        source.id, Receipt(source.path, dict(kept), record, counts=counts, language=language)
    )
    store.quarantine_path(source.id).unlink(missing_ok=True)
    return Outcome(
        source.id, source.path, "written", language=language, counts=counts, seconds=seconds
    )


def _stands(store: Store, stage: Stage[Any], document: str, kept: Kept) -> bool:
    try:
        store.verified(store.stage_path(stage.name, document), kept.sha256)
    except DamagedFile as damage:
        logger.warning("%s; made again", damage)
        return False
    return True


def _is_temporary(layer: object) -> bool:
    return isinstance(layer, Translations) and any(item.temporary for item in layer.translations)
