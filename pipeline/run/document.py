"""One document through the stages, keeping every layer."""

from __future__ import annotations

import base64
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from pipeline.core.layers import Claims, Entities, Language, Segments, Source, Translations
from pipeline.core.record import Quarantined, Record
from pipeline.errors import PipelineError, ResourceError, SkipDocument
from pipeline.run.plan import Plan
from pipeline.stages.base import View
from pipeline.store.files import DamagedFile, Kept, Receipt, Store, StoreError, dump, load
from pipeline.store.keys import sha256

logger = logging.getLogger(__name__)

# Characters; some errors quote the whole document.
MAX_REASON = 1000

Status = Literal["written", "kept", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input.

    ``seconds`` holds the time of every stage that ran, under ``store`` that of writing, and under
    ``compare`` that of the vectors by which documents are compared.
    """

    id: str
    path: str
    status: Status
    stage: str | None = None
    reason: str | None = None
    language: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)


def is_kept(source: Source, plan: Plan, store: Store) -> Outcome | None:
    """The outcome of a document for which nothing needs to be done; None otherwise.

    Every file that its receipt vouches for is read and checked.
    """
    receipt = store.receipt(source.id)
    if receipt is None:
        return None
    keys = plan.keys(source)
    if _is_still_skipped(receipt, plan, keys):
        return Outcome(source.id, source.path, "skipped", receipt.stage, receipt.skipped)
    if plan.reasons(keys, receipt) or (plan.complete and not receipt.record):
        return None
    try:
        for stage in plan.stages:
            kept = receipt.stages[stage.name]
            store.verified(store.stage_path(stage.name, source.id), kept.sha256)
        if plan.complete:
            store.verified(store.record_path(source.id), receipt.record)
    except DamagedFile as damage:
        logger.warning("%s; made again", damage)
        return None
    return Outcome(source.id, source.path, "kept", language=receipt.language, counts=receipt.counts)


def missing_work(source: Source, plan: Plan, store: Store) -> dict[str, str]:
    """The stages that a run would execute for ``source``, with the reasons."""
    receipt, keys = store.receipt(source.id), plan.keys(source)
    if receipt and _is_still_skipped(receipt, plan, keys):
        return {}
    return plan.reasons(keys, receipt)


def _is_still_skipped(receipt: Receipt, plan: Plan, keys: Mapping[str, str]) -> bool:
    return (
        receipt.stage is not None
        and not plan.is_asked(receipt.stage)
        and receipt.skip_key == keys.get(receipt.stage)
    )


def process(
    source: Source, plan: Plan, store: Store, enter: Callable[[str], None] = lambda stage: None
) -> Outcome:
    """Run every stage that must run for ``source`` and keep its layer; ``enter`` hears the name of
    each stage before it runs.

    A document's own faults end as ``skipped`` or ``failed``.

    Raises: StoreError when nothing can be written, ResourceError when models are missing.
    """
    receipt = store.receipt(source.id)
    try:
        return _Document(source, plan, store, receipt).process(enter)
    except DamagedFile as damage:  # kept by another version of the package, in another shape
        logger.warning("%s: %s; made again", source.id, damage)
        return _Document(source, plan, store, None).process(enter)


def quarantine(
    source: Source, stage: str, reason: str, store: Store, stages: Mapping[str, Kept] | None = None
) -> Outcome:
    """Put a failed document aside with its content, stage and error."""
    content = base64.b64encode(source.content).decode("ascii")
    report = Quarantined(
        source.id, source.path, stage, reason, sha256(source.content), content, source.metadata
    )
    store.write(store.quarantine_path(source.id), dump(report), durable=True)
    store.withdraw(source.id)
    store.write_receipt(source.id, Receipt(source.path, stages or {}))
    return Outcome(source.id, source.path, "failed", stage, reason)


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


class _Document:
    """The state of one document on its way through the stages."""

    def __init__(self, source: Source, plan: Plan, store: Store, receipt: Receipt | None) -> None:
        self._source = source
        self._plan = plan
        self._store = store
        self._receipt = receipt
        self._keys = plan.keys(source)
        self._layers = _Layers(store, source)
        # Stages beyond this run's range keep their entries: their keys tell whether they stand.
        self._kept = dict(receipt.stages) if receipt else {}
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def process(self, enter: Callable[[str], None]) -> Outcome:
        source, stage = self._source, self._plan.stages[0]
        try:
            for stage in self._plan.stages:
                if not self._stands(stage.name, stage.writes):
                    enter(stage.name)
                    began = time.perf_counter()
                    layer = stage.apply(View(self._layers, stage.reads))
                    self._seconds[stage.name] += time.perf_counter() - began
                    self._keep(stage.name, layer)
                    self._layers[stage.writes] = layer
            return self._finish()
        except SkipDocument as skip:
            return self._skip(stage.name, _printable(str(skip)))
        except (StoreError, ResourceError, DamagedFile):
            raise
        except Exception as error:
            logger.debug("%s failed at %s", source.id, stage.name, exc_info=True)
            return quarantine(source, stage.name, _told(error), self._store, self._kept)

    def _stands(self, stage: str, layer: type) -> bool:
        """Whether the kept result of ``stage`` can be used; if so, it stands in for the layer."""
        if self._plan.reason(stage, self._keys, self._receipt) is not None:
            return False
        kept = self._kept[stage]
        try:
            self._store.verified(self._store.stage_path(stage, self._source.id), kept.sha256)
        except DamagedFile as damage:
            logger.warning("%s; made again", damage)
            return False
        self._layers.keep(layer, stage, kept.sha256)
        return True

    def _keep(self, stage: str, layer: object) -> None:
        began = time.perf_counter()
        path = self._store.stage_path(stage, self._source.id)
        checksum = self._store.write(path, dump(layer))
        # What was made from a temporary result is as temporary.
        temporary = _is_temporary(layer) or any(
            self._kept[name].temporary for name in self._plan.inputs[stage] if name
        )
        self._kept[stage] = Kept(self._keys[stage], checksum, temporary)
        self._seconds["store"] += time.perf_counter() - began

    def _finish(self) -> Outcome:
        source, store = self._source, self._store
        written = {stage.writes for stage in self._plan.stages}
        counts = {
            kind.__name__.lower(): len(getattr(self._layers[kind], kind.__name__.lower()))
            for kind in (Segments, Entities, Claims)
            if kind in written
        }
        if Translations in written:
            counts |= _translation_counts(self._layers[Translations])
        detected: Any = self._layers[Language] if Language in written else None
        language = detected.code if detected else None
        if self._plan.compares:
            self._make_features()
        began = time.perf_counter()
        record = self._receipt.record if self._receipt else ""
        if self._plan.complete:
            record = store.write(store.record_path(source.id), dump(self._layers[Record]))
            store.release(source.id)
        receipt = Receipt(source.path, self._kept, record, counts=counts, language=language)
        store.write_receipt(source.id, receipt)
        self._seconds["store"] += time.perf_counter() - began
        return Outcome(
            source.id,
            source.path,
            "written",
            language=language,
            counts=counts,
            seconds=dict(self._seconds),
        )

    def _make_features(self) -> None:
        """What other documents are compared by is made here, where documents are worked on side by
        side, and not for one after the other when all are done."""
        from pipeline.corpus.features import has_features, make_features
        from pipeline.corpus.ledger import features_key

        began = time.perf_counter()
        key = features_key(self._kept[self._plan.stages[-1].name].key)
        if not has_features(self._store, self._source.id, key):
            make_features(self._store, cast("Record", self._layers[Record]), key)
        self._seconds["compare"] += time.perf_counter() - began

    def _skip(self, stage: str, reason: str) -> Outcome:
        source, store = self._source, self._store
        store.withdraw(source.id)
        store.release(source.id)
        key = self._keys[stage]
        receipt = Receipt(source.path, self._kept, skipped=reason, stage=stage, skip_key=key)
        store.write_receipt(source.id, receipt)
        return Outcome(
            source.id, source.path, "skipped", stage, reason, seconds=dict(self._seconds)
        )


def _told(error: Exception) -> str:
    """What went wrong, with the kind of error where it was not raised on purpose."""
    kind = "" if isinstance(error, PipelineError) else f"{type(error).__name__}: "
    return _printable(f"{kind}{error}")


def _printable(reason: str) -> str:
    """A reason of bounded length that every encoding can carry."""
    return reason[:MAX_REASON].encode("utf-8", "replace").decode("utf-8")


def _is_temporary(layer: object) -> bool:
    return isinstance(layer, Translations) and any(item.temporary for item in layer.translations)


def _translation_counts(layer: Any) -> dict[str, int]:
    statuses = [item.status for item in layer.translations]
    failed = statuses.count("failed")
    return {
        "translated": len(statuses) - failed - statuses.count("skipped"),
        "untranslated": failed,
    }
