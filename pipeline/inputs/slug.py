"""Document ids: stable, readable, safe as file names on every system."""

from __future__ import annotations

import hashlib
import re
import unicodedata

MAX_SLUG = 60

_UNSAFE = re.compile(r"[^A-Za-z0-9]+")


def document_id(name: str, path: str, content: bytes) -> str:
    """``name`` as a slug, a hyphen, and 8 hexadecimal digits of SHA-256 over path and content.

    ``path`` is the one relative to the input root, so that a folder may move without changing its
    ids.

    >>> document_id("Perché no?", "news/perche.txt", b"Testo")
    'Perche-no-d713c228'
    """
    digest = hashlib.sha256(path.encode("utf-8", "replace") + b"\0" + content).hexdigest()[:8]
    return f"{_slug(name)}-{digest}"


def _slug(name: str) -> str:
    ascii_name = unicodedata.normalize("NFKD", name[: 4 * MAX_SLUG]).encode("ascii", "ignore")
    slug = _UNSAFE.sub("-", ascii_name.decode()).strip("-")[:MAX_SLUG].strip("-")
    return slug or "document"
