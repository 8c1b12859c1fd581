"""Models of Firefox Translations, fetched when somebody asks for them, with their checksums.

The library's own downloader knows one host only and waits without a limit; this one takes records
and files from any server that keeps them under the same paths.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from pipeline.backends.translation.engine import EngineFailure
from pipeline.backends.translation.http import BoundedRequests
from pipeline.errors import ResourceError

SERVER: Final = "https://firefox.settings.services.mozilla.com"
_FILES_SERVER: Final = "https://firefox-settings-attachments.cdn.mozilla.net"
_RECORDS: Final = "/v1/buckets/main/collections/translations-models-v2/records"
TIMEOUT_SECONDS: Final = 600.0
MAX_FILE_BYTES: Final = 512 << 20
_ARCHITECTURES: Final = ("base", "base-memory", "tiny")  # best first
_NEEDED: Final = ({"model", "vocab"}, {"model", "srcvocab", "trgvocab"})
_PLAIN_NAME: Final = re.compile(r"[\w-][\w.-]*")

_Record = Mapping[str, Any]


def download_model(direction: str, folder: Path, server: str = "") -> Path:
    """Put the newest model of ``direction`` ("it-en") into a folder of that name in ``folder``, and
    return it. Files that are there already, with the right checksum, are not fetched again.

    ``server`` is an address that keeps the records and files under Mozilla's paths; "" is Mozilla.

    Raises: ResourceError when the model cannot be fetched, or a checksum is wrong.
    """
    requests = BoundedRequests(TIMEOUT_SECONDS, max_bytes=MAX_FILE_BYTES)
    home = folder / direction
    try:
        body = requests.get((server or SERVER).rstrip("/") + _RECORDS).text
        for record in _newest(body, direction):
            path = home / _file_name(record)
            if not _is_there(path, record["decompressedHash"]):
                source = f"{(server or _FILES_SERVER).rstrip('/')}/{record['location']}"
                _write(path, _verified(requests.get(source).content, record))
    except EngineFailure as failure:
        raise ResourceError(
            f"The translation model {direction} could not be fetched: {failure.reason}. A model "
            f"from elsewhere can be put into {home}."
        ) from None
    except OSError as error:
        raise ResourceError(f"Cannot write the model to {home}: {error.strerror}.") from None
    return home


def _newest(body: str, direction: str) -> list[_Record]:
    """The files of the best model of ``direction`` in the server's list."""
    from fxtranslate import discovery

    source, target = direction.split("-")
    models: defaultdict[tuple[str, str], list[_Record]] = defaultdict(list)
    try:
        if (source, target) in discovery.model_pairs(body):
            for record in discovery.parse_records(body):
                if (record["sourceLanguage"], record["targetLanguage"]) == (source, target):
                    models[f"{record['version']}", record["architecture"] or ""].append(record)
    except (ValueError, KeyError):
        raise EngineFailure("the server's list of models cannot be read") from None
    complete = [model for model in models if _is_complete(models[model])]
    if not complete:
        raise EngineFailure("the server has no such model")
    return sorted(models[max(complete, key=_rank)], key=lambda record: record["name"])


def _file_name(record: _Record) -> str:
    """The name of a record's file, which must be a plain one: no folder, nothing hidden."""
    name = f"{record['name']}"
    if not _PLAIN_NAME.fullmatch(name):
        raise ResourceError(f"The server names a file {name!r}; not taken.")
    return name


def _is_complete(records: Iterable[_Record]) -> bool:
    kinds = {record["fileType"] for record in records}
    return any(needed <= kinds for needed in _NEEDED)


def _rank(model: tuple[str, str]) -> tuple[object, ...]:
    """Releases ("3.0") before trials ("3.1a1"), then by version, then by architecture."""
    version, architecture = model
    numbers = tuple(int(part) for part in re.findall(r"\d+", version))
    known = architecture in _ARCHITECTURES
    place = -_ARCHITECTURES.index(architecture) if known else -len(_ARCHITECTURES)
    return (not re.search("[a-z]", version), numbers, place, architecture)


def _verified(compressed: bytes, record: _Record) -> bytes:
    from fxtranslate import discovery

    if not record["decompressedHash"]:
        raise ResourceError(f"The server tells no checksum for {record['name']}; not taken.")
    try:
        content: bytes = discovery.verify_and_decompress(compressed, record["decompressedHash"])
    except ValueError:
        raise ResourceError(
            f"{record['name']} arrived damaged: its checksum is wrong. Nothing was kept of it; try "
            f"again."
        ) from None
    return content


def _is_there(path: Path, checksum: str | None) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == checksum


def _write(path: Path, content: bytes) -> None:
    """Write the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
