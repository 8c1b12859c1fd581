"""What needs all documents: pairs, links between claims, identifiers shared within a pair.

Everything is made from the base records (the output of the last stage) and kept under content
keys: features per document, a match per couple of documents, a final record per document. Only
what changed is made again, so a few new documents cost little; and as nothing depends on the order
of the work, a run that was killed and started again ends with the same files.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeVar

from pipeline.config import Config, CorpusSettings
from pipeline.core import codec
from pipeline.core.layers import Label
from pipeline.core.record import ClaimPair, Pair, Record, RecordLink
from pipeline.corpus import features, pair
from pipeline.corpus.ahead import Work, side_by_side
from pipeline.corpus.features import Features, Side
from pipeline.corpus.ledger import (
    STAGE,
    CorpusCounts,
    KeptFile,
    Ledger,
    corpus_key,
    features_key,
    has,
    ledger_path,
    made_by,
    read_ledger,
    receipts_of,
)
from pipeline.corpus.match import Match, match_documents
from pipeline.corpus.pair import Couple
from pipeline.errors import UsageError
from pipeline.store.files import PRIVATE, DamagedFile, Receipt, Store, dump, load
from pipeline.store.keys import content_key, sha256

logger = logging.getLogger(__name__)

T = TypeVar("T")

# A process loads the sentence encoder first; in that time another one encodes 60 articles.
WORTH_A_PROCESS = 60

Renamed = dict[str, tuple[str, Label]]  # old canonical id: new one and its label


@dataclass(frozen=True, slots=True)
class KeptMatch:
    """A match, with the key it was made under."""

    key: str
    match: Match


def finish_corpus(config: Config, store: Store, workers: int = 1) -> CorpusCounts:
    """Write the pair files and the final records of everything in ``store``, with the help of
    ``workers`` processes where there is enough to do.

    Documents of earlier runs in the same folder take part.
    """
    receipts = dict(receipts_of(store))
    return _Corpus(config.corpus, store, receipts, read_ledger(store), workers).finish()


def make_segments(settings: CorpusSettings, store: Store, receipts: Mapping[str, Receipt]) -> None:
    """Make and keep vectors of all segments of these documents."""
    _Corpus(settings, store, receipts).make_segments(receipts)


def make_matches(
    settings: CorpusSettings,
    store: Store,
    receipts: Mapping[str, Receipt],
    couples: Sequence[Couple],
) -> None:
    """Make and keep the matches of these couples."""
    _Corpus(settings, store, receipts).make_matches(couples)


class _Corpus:
    """All documents of a folder, on their way to final records."""

    def __init__(
        self,
        settings: CorpusSettings,
        store: Store,
        receipts: Mapping[str, Receipt],
        ledger: Ledger = Ledger(),
        workers: int = 1,
    ) -> None:
        self._settings = settings
        self._store = store
        self._receipts = receipts
        self._ledger = ledger
        self._workers = workers
        self._record = lru_cache(maxsize=64)(self._read_record)
        self._features = lru_cache(maxsize=512)(self._read_features)
        self._side = lru_cache(maxsize=64)(self._read_side)

    def finish(self) -> CorpusCounts:
        couples = self._couples() if self._settings.pairs or self._settings.links else []
        matches = self.make_matches(couples)
        pairs = self._write_pairs(matches)
        records = self._write_records(matches)
        self._sweep(couples, pairs)
        counts = CorpusCounts(len(pairs), sum(len(each.pair.claims) for _, each in matches))
        key = corpus_key(self._settings, self._receipts)
        ledger = Ledger(key, counts, pairs, records)
        self._store.write(ledger_path(self._store), dump(ledger))
        return counts

    def _couples(self) -> list[Couple]:
        traits = {}
        for document in self._receipts:
            try:
                traits[document] = self._features(document).traits
            except DamagedFile as damage:
                logger.warning("%s; left out of pairs and links", damage)
        least = self._settings.min_pair_score
        candidates = pair.find_candidates(traits, least)
        whole = self.make_segments({each for two in candidates for each in (two.left, two.right)})
        readable = [two for two in candidates if {two.left, two.right} <= whole]
        return pair.find_couples(readable, self._features, least)

    def make_segments(self, documents: Iterable[str]) -> set[str]:
        """The documents whose segments have vectors now: all but those with a damaged record."""
        missing = [each for each in sorted(documents) if not self._has_segments(each)]
        self._ahead(missing, self._segments_of)
        made = set()
        for document in sorted(documents):
            try:
                self._features(document).segments  # noqa: B018 - made when looked at
                made.add(document)
            except DamagedFile as damage:
                logger.warning("%s; left out of pairs and links", damage)
        return made

    def make_matches(self, couples: Sequence[Couple]) -> list[tuple[Couple, Match]]:
        """The matches of the couples, but for those with a damaged record."""
        missing = [each for each in couples if self._kept_match(each) is None]
        self._ahead(missing, self._matches_of)
        matches = []
        for couple in couples:
            try:
                matches.append((couple, self._match(couple)))
            except DamagedFile as damage:
                logger.warning("%s; its pair is left out", damage)
        return matches

    def _ahead(self, items: Sequence[T], work: Callable[[Sequence[T]], Work]) -> None:
        """Do the work on ``items`` in several processes when there are enough of both."""
        count = min(self._workers, len(items) // WORTH_A_PROCESS)
        if count > 1:
            side_by_side([work(items[number::count]) for number in range(count)])

    def _segments_of(self, documents: Sequence[str]) -> Work:
        receipts = {document: self._receipts[document] for document in documents}
        return partial(make_segments, self._settings, self._store, receipts)

    def _matches_of(self, couples: Sequence[Couple]) -> Work:
        documents = {document for each in couples for document in (each.left, each.right)}
        receipts = {document: self._receipts[document] for document in documents}
        return partial(make_matches, self._settings, self._store, receipts, couples)

    def _read_record(self, document: str) -> Record:
        path = self._store.stage_path(STAGE, document)
        checksum = self._receipts[document].stages[STAGE].sha256
        return load(Record, self._store.verified(path, checksum))

    def _read_features(self, document: str) -> Features:
        key = self._features_key(document)
        record = partial(self._record, document)
        kept = features.kept_features(self._store, document, key, record)
        return kept or features.make_features(self._store, record(), key)

    def _features_key(self, document: str) -> str:
        return features_key(self._receipts[document].stages[STAGE].key)

    def _has_segments(self, document: str) -> bool:
        return features.has_segments(self._store, document, self._features_key(document))

    def _read_side(self, document: str) -> Side:
        return Side.of(self._record(document), self._features(document))

    def _language(self, document: str) -> str:
        return self._features(document).traits.language

    def _kept_match(self, couple: Couple) -> Match | None:
        try:
            kept = load(KeptMatch, _match_path(self._store, couple).read_bytes())
        except (OSError, DamagedFile):
            return None
        return kept.match if kept.key == self._couple_key(couple) else None

    def _match(self, couple: Couple) -> Match:
        kept = self._kept_match(couple)
        if kept is not None:
            return kept
        left, right = self._side(couple.left), self._side(couple.right)
        made = match_documents(left, right, couple.score, self._settings.min_link_score)
        if not self._settings.links:
            made = replace(made, pair=replace(made.pair, claims=()))
        content = dump(KeptMatch(self._couple_key(couple), made))
        self._store.write(_match_path(self._store, couple), content)
        return load(KeptMatch, content).match  # with scores as they are written

    def _couple_key(self, couple: Couple) -> str:
        keys = [
            self._receipts[document].stages[STAGE].key for document in (couple.left, couple.right)
        ]
        made = made_by(self._settings)
        return content_key({"couple": asdict(couple), "keys": keys, "made_by": made})

    def _write_pairs(self, matches: Sequence[tuple[Couple, Match]]) -> dict[str, KeptFile]:
        written = {}
        for couple, made in matches:
            if not self._settings.pairs or not self._bilingual(couple):
                continue
            path = self._store.pair_path(couple.left, couple.right)
            content = dump(made.pair)
            checksum = sha256(content)
            if not has(self._store, path, checksum):
                self._store.write(path, content)
            written[path.name] = KeptFile(self._couple_key(couple), checksum)
        return written

    def _bilingual(self, couple: Couple) -> bool:
        return self._language(couple.left) != self._language(couple.right)

    def _write_records(self, matches: Sequence[tuple[Couple, Match]]) -> dict[str, KeptFile]:
        links = _links(matches)
        canonical = self._canonical_ids(matches)
        written = {}
        for document, receipt in sorted(self._receipts.items()):
            additions = {
                "base": receipt.stages[STAGE].key,
                "canonical": canonical.get(document, {}),
                "links": [codec.encode(each) for each in links.get(document, ())],
            }
            key = content_key(additions)
            before = self._ledger.records.get(document)
            if before and before.key == key and before.sha256 == receipt.record:
                written[document] = before
                continue
            adds_nothing = document not in links and document not in canonical
            if adds_nothing and receipt.record == receipt.stages[STAGE].sha256:
                written[document] = KeptFile(key, receipt.record)
                continue
            try:
                base = self._record(document)
            except DamagedFile as damage:
                logger.warning("%s; its record stays as it is", damage)
                continue
            record = _final(base, canonical.get(document, {}), links.get(document, ()))
            written[document] = KeptFile(key, self._write_record(record, receipt))
        return written

    def _write_record(self, record: Record, receipt: Receipt) -> str:
        content = dump(record)
        checksum = sha256(content)
        if checksum != receipt.record:
            self._store.write(self._store.record_path(record.id), content)
            self._store.write_receipt(record.id, replace(receipt, record=checksum))
        return checksum

    def _canonical_ids(self, matches: Sequence[tuple[Couple, Match]]) -> dict[str, Renamed]:
        """For every Italian document, its canonical ids that become an English document's, with
        the label there: an id and its label go together.

        With several English documents, the surest match counts, then the first id.
        """
        offers: dict[tuple[str, str], list[tuple[float, str, Label]]] = defaultdict(list)
        for couple, made in matches:
            if self._settings.pairs and self._bilingual(couple):
                for each in made.shared:
                    offers[couple.right, each.right].append((-each.score, each.left, each.label))
        chosen: dict[str, Renamed] = defaultdict(dict)
        for (document, old), proposed in sorted(offers.items()):
            _, new, label = min(proposed)
            if new != old:
                chosen[document][old] = new, label
        return chosen

    def _sweep(self, couples: Sequence[Couple], pairs: Mapping[str, KeptFile]) -> None:
        """Remove what belongs to documents and pairs that are no more."""
        for path in self._store.pairs():
            if path.name not in pairs and _is_pair(self._store, path):
                path.unlink(missing_ok=True)
        matches = {_match_path(self._store, couple).name for couple in couples}
        for path in (self._store.folder / PRIVATE / "matches").glob("*.json"):
            if path.name not in matches:
                path.unlink(missing_ok=True)
        features.remove_stale_features(self._store, set(self._receipts))


def _is_pair(store: Store, path: Path) -> bool:
    """Whether a file is one that a run wrote; foreign ones are left alone."""
    try:
        made = load(Pair, path.read_bytes())
        return path == store.pair_path(made.en, made.it)
    except (OSError, DamagedFile, UsageError):
        return False


def _links(matches: Sequence[tuple[Couple, Match]]) -> dict[str, list[RecordLink]]:
    """The links of every document, sorted."""
    links: dict[str, list[RecordLink]] = defaultdict(list)
    for couple, made in matches:
        for each in made.pair.claims:
            links[couple.left].append(_record_link(each.en, couple.right, each.it, each))
            links[couple.right].append(_record_link(each.it, couple.left, each.en, each))
    for found in links.values():
        found.sort(key=lambda each: (_number(each.claim), each.record, _number(each.other)))
    return links


def _record_link(claim: str, record: str, other: str, found: ClaimPair) -> RecordLink:
    return RecordLink(claim, record, other, found.relation, found.score, found.evidence)


def _number(claim: str) -> tuple[int, str]:
    digits = claim.lstrip("c")
    return (int(digits) if digits.isdigit() else 0, claim)


def _final(
    base: Record, canonical: Mapping[str, tuple[str, Label]], links: Sequence[RecordLink]
) -> Record:
    named = (
        (entity, canonical.get(entity.canonical, (entity.canonical, entity.label)))
        for entity in base.entities
    )
    entities = tuple(replace(entity, canonical=id_, label=label) for entity, (id_, label) in named)
    return replace(base, entities=entities, links=tuple(links))


def _match_path(store: Store, couple: Couple) -> Path:
    name = sha256(f"{couple.left}\n{couple.right}".encode())[:32]
    return store.folder / PRIVATE / "matches" / f"{name}.json"
