"""Which models are in use, and their identities; loads none of them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from pipeline.config import ModelSettings
from pipeline.errors import ResourceError
from pipeline.languages import LANGUAGES

MODELS = Path(__file__).parent.parent / "models"
ENCODER = MODELS / "encoder"
PACKAGED = {"en": str(MODELS / "en_news_sm"), "it": str(MODELS / "it_news_sm")}


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
    libraries = ["spacy", *(["onnxruntime"] if settings.profile == "accurate" else [])]
    names += [f"{library} {metadata.version(library)}" for library in libraries]
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


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """What a person wants to know about a model; ``megabytes`` is its size on disk."""

    part: str
    name: str
    version: str
    megabytes: float
    labels: tuple[str, ...]
    licence: str
    origin: str


def describe_models(settings: ModelSettings) -> list[ModelDescription]:
    """The models that ``settings`` put to work, one description each."""
    models = [_describe_spacy(model_folder(settings, code), code) for code in LANGUAGES]
    if settings.profile == "accurate":
        labels = json.loads((ENCODER / "labels.json").read_text(encoding="utf-8"))
        names = tuple(sorted({tag[2:] for tag in labels["names"] if tag != "O"}))
        models.append(
            ModelDescription(
                "en+it encoder",
                labels["name"],
                labels["version"],
                _megabytes(ENCODER),
                names,
                labels.get("licence", "see docs/models/encoder.md"),
                "packaged",
            )
        )
    return models


def model_folder(settings: ModelSettings, language: str) -> Path:
    """The folder with the ``meta.json`` of the spaCy model in use for ``language``.

    Raises: ResourceError when the model is not there.
    """
    source = model_source(settings, language)
    spacy_identity(source)
    if Path(source).is_dir():
        return Path(source)
    spec = importlib.util.find_spec(source.replace("-", "_"))
    places = list(spec.submodule_search_locations or []) if spec else []
    inner = sorted(path.parent for place in places for path in Path(place).rglob("config.cfg"))
    if not inner:
        raise ResourceError(f"The package {source} holds no spaCy model.")
    return inner[0]


def _describe_spacy(folder: Path, language: str) -> ModelDescription:
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    return ModelDescription(
        f"{language} spaCy",
        meta["name"],
        meta["version"],
        _megabytes(folder),
        tuple(meta.get("labels", {}).get("ner", ())),
        meta.get("license", ""),
        "packaged" if MODELS in folder.parents else str(folder),
    )


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
