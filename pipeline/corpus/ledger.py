"""What the last run over a folder left of all its documents together, and whether that stands.

Nothing here loads a model or a library for numbers: when nothing changed, this is all there is to
do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

from pipeline.backends.sentence_encoder import encoder_identity
from pipeline.config import CorpusSettings
from pipeline.store.files import PRIVATE, SAFE_ID, DamagedFile, Receipt, Store, load
from pipeline.store.keys import content_key, sha256

STAGE = "assemble"
# By the module whose change of results each tells.
VERSIONS = {"align": "2", "features": "4", "link": "3", "match": "3", "pair": "2"}
WEIGHTS = ("align_weights.json", "link_weights.json")


@dataclass(frozen=True, slots=True)
class CorpusCounts:
    """How many pairs (of an English and an Italian document) and links between claims there are."""

    pairs: int = 0
    links: int = 0


@dataclass(frozen=True, slots=True)
class KeptFile:
    """The key a file was made under, and its checksum."""

    key: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the last run left: the key of the whole set, its counts, its pair files and records."""

    key: str = ""
    counts: CorpusCounts = CorpusCounts()
    pairs: Mapping[str, KeptFile] = field(default_factory=dict)
    records: Mapping[str, KeptFile] = field(default_factory=dict)


def features_key(assemble_key: str) -> str:
    """The key of the features of a record made under ``assemble_key``."""
    version = VERSIONS["features"]
    return content_key({"record": assemble_key, "version": version, "encoder": encoder_identity()})


@cache
def made_by(settings: CorpusSettings) -> Mapping[str, object]:
    """What all results depend on beside the documents."""
    folder = resources.files("pipeline.corpus")
    return {
        "versions": VERSIONS,
        "settings": asdict(settings),
        "encoder": encoder_identity(),
        "weights": [sha256((folder / name).read_bytes()) for name in WEIGHTS],
    }


def corpus_key(settings: CorpusSettings, receipts: Mapping[str, Receipt]) -> str:
    """The key of everything that is made of the documents with these receipts."""
    keys = {document: receipt.stages[STAGE].key for document, receipt in receipts.items()}
    return content_key({"documents": keys, "made_by": made_by(settings)})


def standing(settings: CorpusSettings, store: Store) -> CorpusCounts | None:
    """The counts of the last run, when the same documents would give the same files, and those are
    there."""
    receipts, ledger = dict(receipts_of(store)), read_ledger(store)
    stands = ledger.key == corpus_key(settings, receipts) and _are_whole(store, ledger, receipts)
    return ledger.counts if stands else None


def receipts_of(store: Store) -> Iterator[tuple[str, Receipt]]:
    """The receipts of the documents that have a record, by id."""
    for path in store.records():
        receipt = store.receipt(path.stem) if SAFE_ID.fullmatch(path.stem) else None
        if receipt and receipt.record and STAGE in receipt.stages:
            yield path.stem, receipt


def _are_whole(store: Store, ledger: Ledger, receipts: Mapping[str, Receipt]) -> bool:
    """Whether the files of the last run are there, whole, and no others."""
    if {path.name for path in store.pairs()} != set(ledger.pairs):
        return False
    return all(
        has(store, store.folder / "pairs" / name, kept.sha256)
        for name, kept in ledger.pairs.items()
    ) and all(
        document in ledger.records and ledger.records[document].sha256 == receipt.record
        for document, receipt in receipts.items()
    )


def has(store: Store, path: Path, checksum: str) -> bool:
    """Whether a file is there and has this checksum."""
    try:
        store.verified(path, checksum)
    except DamagedFile:
        return False
    return True


def read_ledger(store: Store) -> Ledger:
    """What the last run left; nothing when that cannot be told."""
    try:
        return load(Ledger, ledger_path(store).read_bytes())
    except (OSError, DamagedFile):
        return Ledger()


def ledger_path(store: Store) -> Path:
    """Where the ledger lies."""
    return store.folder / PRIVATE / "corpus.json"
