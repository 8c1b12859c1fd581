"""What is compared across documents, made once per document and kept beside its receipt.

Vectors are kept in half precision and used as kept, so that fresh and kept features are equal.
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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.backends.sentence_encoder import DIMENSIONS, Vectors, encode, encoder_identity
from pipeline.core.record import Record, RecordClaim
from pipeline.corpus.statements import numbers_in
from pipeline.languages.forms import fold
from pipeline.store.files import PRIVATE, Store, safe
from pipeline.store.keys import content_key

VERSION = "2"
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

    @cached_property
    def entities(self) -> Vectors:
        """A vector per entity, of its name."""
        return self._vectors("entities")

    @cached_property
    def claims(self) -> Vectors:
        """A vector per claim, of its content."""
        return self._vectors("claims")

    @cached_property
    def parts(self) -> Vectors:
        """A vector per telling sentence of a claim of several sentences."""
        return self._vectors("parts")

    @cached_property
    def owners(self) -> NDArray[np.intp]:
        """For every claim and then every part, the place of its claim."""
        return self._content["owners"].astype(np.intp)

    @cached_property
    def speakers(self) -> Vectors:
        """A vector per claim, of its speaker's name; zero where there is none."""
        return self._vectors("speakers")

    def _vectors(self, name: str) -> Vectors:
        vectors: Vectors = self._content[name].astype(np.float32)
        return vectors


def features_key(assemble_key: str) -> str:
    """The key of the features of a record made under ``assemble_key``."""
    return content_key({"record": assemble_key, "version": VERSION, "encoder": encoder_identity()})


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
    language = record.language.code
    claims = [claim.text.get(language) or "" for claim in record.claims]
    parts = [(owner, part) for owner, claim in enumerate(record.claims) for part in _parts(claim)]
    groups = {
        "segments": [segment.span.text for segment in record.segments],
        "entities": [entity.name.get(language) or "" for entity in record.entities],
        "claims": claims,
        "parts": [part for _, part in parts],
        "speakers": [(claim.speaker and claim.speaker.name) or "" for claim in record.claims],
    }
    vectors = encode([text for texts in groups.values() for text in texts])
    content: dict[str, NDArray[Any]] = {}
    start = 0
    for name, texts in groups.items():
        content[name] = vectors[start : start + len(texts)].astype(np.float16)
        start += len(texts)
    content["owners"] = np.array([*range(len(claims)), *(owner for owner, _ in parts)], np.uint32)
    content["document"] = _mean(content["segments"])
    content["plain"] = np.frombuffer(_plain(record, language), dtype=np.uint8)
    content["key"] = np.frombuffer(key.encode(), dtype=np.uint8)
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
