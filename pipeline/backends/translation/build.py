"""The translator that the settings describe."""

from __future__ import annotations

import difflib
from pathlib import Path

from pipeline.backends.translation.chain import ChainTranslator, Limits
from pipeline.backends.translation.engine import Engine
from pipeline.backends.translation.glossary import read_glossary
from pipeline.backends.translation.ledger import Ledger
from pipeline.backends.translation.libretranslate import LibreTranslate
from pipeline.backends.translation.local import Apertium, FirefoxTranslations
from pipeline.backends.translation.memory import Memory
from pipeline.backends.translation.seeds import plant
from pipeline.backends.translation.services import SERVICES, DeepTranslatorEngine
from pipeline.config import ServiceSettings, TranslateSettings
from pipeline.errors import UsageError

MEMORY_ONLY = "memory"
# Engines on this machine need no pacing.
_LOCAL = ("fxtranslate", "apertium")
BACKENDS = (*SERVICES, "libretranslate", *_LOCAL, MEMORY_ONLY)


def build_translator(settings: TranslateSettings) -> ChainTranslator | None:
    """The chain of the configured backends; None when translation is off.

    Raises: UsageError for an unknown backend, a missing address, a wrong glossary or seed memory;
    ResourceError for a missing key or a memory that cannot be used.
    """
    if not settings.enabled:
        return None
    if not settings.backends:
        raise UsageError(
            "Translation is on, but no backend is named. Set [translate] backends in config.toml "
            f"or use --backend with one of {', '.join(BACKENDS)}."
        )
    engines = [
        (_engine(name, settings), _limits(name, settings))
        for name in settings.backends
        if name != MEMORY_ONLY
    ]
    glossary = read_glossary(settings.glossary)
    memory = Memory(Path(settings.memory) if settings.memory else None)
    return ChainTranslator(
        engines,
        memory,
        ledger=Ledger(settings.ledger or ":memory:"),
        glossary=glossary,
        seeds=plant(settings.seed_memories, memory),
        seconds=settings.document_seconds or float("inf"),
    )


def _engine(name: str, settings: TranslateSettings) -> Engine:
    if name in SERVICES:
        return DeepTranslatorEngine(name, _service(name, settings))
    if name == "libretranslate":
        return LibreTranslate(settings.libretranslate)
    if name == "fxtranslate":
        return FirefoxTranslations(settings)
    if name == "apertium":
        return Apertium(settings.apertium)
    nearest = difflib.get_close_matches(name, BACKENDS, n=1, cutoff=0.0)
    raise UsageError(f"There is no backend {name!r}. Did you mean {nearest[0]}?")


def _limits(name: str, settings: TranslateSettings) -> Limits:
    service = _service(name, settings)
    rate = 0.0 if name in _LOCAL else service.requests_per_second
    return Limits(settings.attempts, rate, service.max_chars_per_run)


def _service(name: str, settings: TranslateSettings) -> ServiceSettings:
    service: ServiceSettings = getattr(settings, name)
    return service
