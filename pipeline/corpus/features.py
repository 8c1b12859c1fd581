"""What is compared across documents.

What finds a document's counterparts is made once and kept beside its receipt, vectors in half
precision and used as kept, so that fresh and kept features are equal. What only documents with a
counterpart need, most of the vectors, is made when it is looked at.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.backends.sentence_encoder import DIMENSIONS, Vectors, encode
from pipeline.core.record import Record, RecordClaim
from pipeline.corpus.statements import numbers_in
from pipeline.languages.forms import fold
from pipeline.store.files import PRIVATE, Store, safe

TELLING_LETTERS = 4  # of a word of a name: shorter ones are particles and initials
TELLING_NUMBER = 10  # smaller ones are in every article
TELLING_PART = 25  # characters of a sentence of a claim: shorter ones are "That is all."

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_LANGUAGE_MARKS = {
    "en": "en", "eng": "en", "english": "en", "inglese": "en",
    "it": "it", "ita": "it", "italian": "it", "italiano": "it",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Traits:
    """What finds a document's counterparts; small enough to hold for every document at once.

    ``vector`` is the mean of the segments' vectors, at unit length. ``names`` are the words of its
    names, folded; ``numbers`` its numbers from `TELLING_NUMBER` up, as text. A document shares one
    of its ``declared`` keys with every declared counterpart; ``named`` is such a key made of its
    path, or None.
    """

    id: str
    language: str
    vector: Vectors
    names: frozenset[str]
    numbers: frozenset[str]
    declared: frozenset[str]
    named: str | None


class Features:
    """The kept features of one document; vectors are read when first looked at."""

    def __init__(self, content: Mapping[str, NDArray[Any]]) -> None:
        self._content = content

    @cached_property
    def traits(self) -> Traits:
        """What finds the counterparts."""
        plain = json.loads(self._content["plain"].tobytes())
        return Traits(
            id=plain["id"],
            language=plain["language"],
            vector=self._vectors("document")[0],
            names=frozenset(plain["names"]),
            numbers=frozenset(plain["numbers"]),
            declared=frozenset(plain["declared"]),
            named=plain["named"],
        )

    @cached_property
    def segments(self) -> Vectors:
        """A vector per segment."""
        return self._vectors("segments")

    def _vectors(self, name: str) -> Vectors:
        vectors: Vectors = self._content[name].astype(np.float32)
        return vectors


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


def kept_features(store: Store, document: str, key: str) -> Features | None:
    """The features kept for a document; None when there are none under this key."""
    try:
        content = np.load(io.BytesIO(_path(store, document).read_bytes()), allow_pickle=False)
        if content["key"].tobytes().decode() != key:
            return None
        features = Features(content)
        features.traits  # noqa: B018 - a damaged file shows here
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
    return features


def make_features(store: Store, record: Record, key: str) -> Features:
    """The features of ``record``, made and kept under ``key``."""
    segments = encode([segment.span.text for segment in record.segments]).astype(np.float16)
    content: dict[str, NDArray[Any]] = {
        "segments": segments,
        "document": _mean(segments),
        "plain": np.frombuffer(_plain(record, record.language.code), dtype=np.uint8),
        "key": np.frombuffer(key.encode(), dtype=np.uint8),
    }
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **content)
    store.write(_path(store, record.id), out.getvalue())
    return Features(content)


def remove_stale_features(store: Store, documents: set[str]) -> None:
    """Drop the features of documents that are no longer there."""
    for path in (store.folder / PRIVATE / "features").glob("*.npz"):
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


def _mean(vectors: NDArray[np.float16]) -> NDArray[np.float16]:
    total = vectors.astype(np.float32).sum(axis=0, keepdims=True).reshape(1, DIMENSIONS)
    mean: NDArray[np.float16] = (total / max(float(np.linalg.norm(total)), 1e-9)).astype(np.float16)
    return mean


def _path(store: Store, document: str) -> Path:
    return store.folder / PRIVATE / "features" / f"{safe(document)}.npz"
