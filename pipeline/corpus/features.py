"""What is compared across documents.

What finds a document's counterparts is made once and kept beside its receipt, vectors in half
precision and used as kept, so that fresh and kept features are equal. What only documents need
that may have a counterpart, most of the vectors, is made when it is looked at.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.backends.sentence_encoder import Vectors, encode
from pipeline.core.record import Record, RecordClaim
from pipeline.corpus.statements import numbers_in
from pipeline.languages.forms import fold
from pipeline.store.files import PRIVATE, Store, safe

# Characters from the top of an article, title and first sentences, that tell what it is about. Each
# of 26 Italian counterparts is the nearest of 330 articles by 300 characters; by 250 one of them is
# the 24th, and by more than 300, more strangers come near.
OPENING = 300
TELLING_LETTERS = 4  # of a word of a name: shorter ones are particles and initials
TELLING_NUMBER = 10  # smaller ones are in every article
TELLING_PART = 25  # characters of a sentence of a claim: shorter ones are "That is all."

Arrays: TypeAlias = Mapping[str, NDArray[Any]]

TRAITS, SEGMENTS = "features", "segments"  # folders of what is kept
# What reading raises when bits are wrong, or nothing is left after a power failure.
DAMAGES = (OSError, ValueError, EOFError, NotImplementedError, zipfile.BadZipFile)
_NO_KEY = np.empty(0, dtype=np.uint8)
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_LANGUAGE_MARKS = {
    "en": "en", "eng": "en", "english": "en", "inglese": "en",
    "it": "it", "ita": "it", "italian": "it", "italiano": "it",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Traits:
    """What finds a document's counterparts; small enough to hold for every document at once.

    ``opening`` is the vector of its first `OPENING` characters. ``names`` are the words of its
    names, folded; ``numbers`` its numbers from `TELLING_NUMBER` up, as text. A document shares one
    of its ``declared`` keys with every declared counterpart; ``named`` is such a key made of its
    path, or None.
    """

    id: str
    language: str
    opening: Vectors
    names: frozenset[str]
    numbers: frozenset[str]
    declared: frozenset[str]
    named: str | None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the features of one document are kept, and the key that they must have."""

    store: Store
    document: str
    key: str

    def read(self, folder: str) -> Arrays | None:
        """What is kept in ``folder``; None when there is nothing under this key, or damage."""
        try:
            content = np.load(io.BytesIO(self.path(folder).read_bytes()), allow_pickle=False)
            whole = {name: content[name] for name in content}
        except DAMAGES:
            return None
        return whole if whole.pop("key", _NO_KEY).tobytes().decode() == self.key else None

    def write(self, folder: str, content: Arrays) -> None:
        """Keep ``content`` in ``folder``."""
        out = io.BytesIO()
        key = np.frombuffer(self.key.encode(), dtype=np.uint8)
        np.savez(out, allow_pickle=False, key=key, **content)
        self.store.write(self.path(folder), out.getvalue())

    def path(self, folder: str) -> Path:
        """The file in ``folder``."""
        return self.store.folder / PRIVATE / folder / f"{safe(self.document)}.npz"


class Features:
    """What one document is compared by. The vectors of all its segments are made, of its record,
    when first looked at, and kept."""

    def __init__(self, place: _Place, content: Arrays, record: Callable[[], Record]) -> None:
        self._place = place
        self._content = content
        self._record = record

    @cached_property
    def traits(self) -> Traits:
        """What finds the counterparts."""
        plain = json.loads(self._content["plain"].tobytes())
        return Traits(
            id=plain["id"],
            language=plain["language"],
            opening=_used(self._content["opening"]),
            names=frozenset(plain["names"]),
            numbers=frozenset(plain["numbers"]),
            declared=frozenset(plain["declared"]),
            named=plain["named"],
        )

    @cached_property
    def segments(self) -> Vectors:
        """A vector per segment."""
        kept = self._place.read(SEGMENTS)
        if kept is None:
            texts = [segment.span.text for segment in self._record().segments]
            kept = {"vectors": _kept(encode(texts))}
            self._place.write(SEGMENTS, kept)
        return _used(kept["vectors"])

    @cached_property
    def vector(self) -> Vectors:
        """The mean of the segments' vectors, at unit length."""
        total = self.segments.sum(axis=0)
        return _used(_kept(total / max(float(np.linalg.norm(total)), 1e-9)))


class Details:
    """What two documents of a couple are compared by; vectors are made when first looked at."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._language = record.language.code

    @cached_property
    def entities(self) -> Vectors:
        """A vector per entity, of its name."""
        return encode([entity.name.get(self._language) or "" for entity in self._record.entities])

    @cached_property
    def claims(self) -> Vectors:
        """A vector per claim, of its content; then one per telling sentence of a claim of several
        sentences."""
        contents = [claim.text.get(self._language) or "" for claim in self._record.claims]
        return encode([*contents, *(part for _, part in self._parts)])

    @cached_property
    def owners(self) -> NDArray[np.intp]:
        """For every row of `claims`, the place of its claim."""
        places = [*range(len(self._record.claims)), *(owner for owner, _ in self._parts)]
        return np.array(places, dtype=np.intp)

    @cached_property
    def speakers(self) -> Vectors:
        """A vector per claim, of its speaker's name; zero where there is none."""
        claims = self._record.claims
        return encode([(claim.speaker and claim.speaker.name) or "" for claim in claims])

    @cached_property
    def _parts(self) -> list[tuple[int, str]]:
        claims = enumerate(self._record.claims)
        return [(owner, part) for owner, claim in claims for part in _parts(claim)]


class Side(NamedTuple):
    """One document of a couple."""

    record: Record
    features: Features
    details: Details

    @classmethod
    def of(cls, record: Record, features: Features) -> Side:
        """A record with its features."""
        return cls(record, features, Details(record))


def has_features(store: Store, document: str, key: str) -> bool:
    """Whether features are kept for a document under this key."""
    return _Place(store, document, key).read(TRAITS) is not None


def has_segments(store: Store, document: str, key: str) -> bool:
    """Whether vectors of a document's segments are kept under this key."""
    return _Place(store, document, key).read(SEGMENTS) is not None


def kept_features(
    store: Store, document: str, key: str, record: Callable[[], Record]
) -> Features | None:
    """The features kept for a document; None when there are none under this key. ``record`` gives
    its record if more must be made of it."""
    place = _Place(store, document, key)
    content = place.read(TRAITS)
    return None if content is None else Features(place, content, record)


def make_features(store: Store, record: Record, key: str) -> Features:
    """The features of ``record``, made and kept under ``key``."""
    place = _Place(store, record.id, key)
    content: Arrays = {
        "opening": _kept(encode([record.text[:OPENING]])[0]),
        "plain": np.frombuffer(_plain(record, record.language.code), dtype=np.uint8),
    }
    place.write(TRAITS, content)
    return Features(place, content, lambda: record)


def remove_stale_features(store: Store, documents: set[str]) -> None:
    """Drop the features of documents that are no longer there."""
    for folder in (TRAITS, SEGMENTS):
        for path in (store.folder / PRIVATE / folder).glob("*.npz"):
            if path.stem not in documents:
                path.unlink(missing_ok=True)


def path_key(path: str) -> str | None:
    """What two files have in common whose paths differ only in the mark of their language.

    >>> path_key("news/2026-story.en.txt"), path_key("news/2026-story.it.txt")
    ('news/2026-story.*.txt', 'news/2026-story.*.txt')
    >>> path_key("news/story.txt") is None
    True
    """
    parts = re.split(r"([^\W_]+)", path)
    marked = ["*" if part.lower() in _LANGUAGE_MARKS else part for part in parts]
    return "".join(marked) if marked != parts else None


def name_words(forms: Sequence[str | None]) -> Iterator[str]:
    """The telling words of a name's forms, folded."""
    for form in filter(None, forms):
        yield from (word for word in _WORD.findall(fold(form)) if len(word) >= TELLING_LETTERS)


def _parts(claim: RecordClaim) -> list[str]:
    parts = [part for span in claim.content for part in _SENTENCE_END.split(span.text)]
    return [part for part in parts if len(part) >= TELLING_PART] if len(parts) > 1 else []


def _plain(record: Record, language: str) -> bytes:
    names = {
        word
        for entity in record.entities
        for word in name_words((entity.name.get(language), *entity.aliases))
    }
    numbers = numbers_in(record.text, language)
    plain = {
        "id": record.id,
        "language": language,
        "names": sorted(names),
        "numbers": sorted(f"{number:.12g}" for number in numbers if number >= TELLING_NUMBER),
        "declared": sorted(_declared(record)),
        "named": path_key(record.source.path),
    }
    return json.dumps(plain).encode()


def _declared(record: Record) -> Iterator[str]:
    """Keys from the metadata: ``pair`` names a pair, ``translation_of`` an id or address."""
    metadata = record.source.metadata
    if metadata.get("pair"):
        yield f"pair {metadata['pair']}"
    identities = (record.id, *(metadata.get(key) for key in ("id", "url", "translation_of")))
    yield from (f"document {identity}" for identity in identities if identity)


def _kept(vectors: Vectors) -> NDArray[np.float16]:
    return vectors.astype(np.float16)


def _used(vectors: NDArray[np.float16]) -> Vectors:
    return vectors.astype(np.float32)
