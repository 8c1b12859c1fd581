"""The translator that the settings describe."""

from __future__ import annotations

import difflib
from pathlib import Path

from pipeline.backends.translation.chain import ChainTranslator, Limits
from pipeline.backends.translation.engine import Engine
from pipeline.backends.translation.libretranslate import LibreTranslate
from pipeline.backends.translation.local import Apertium, FirefoxTranslations
from pipeline.backends.translation.memory import Memory
from pipeline.backends.translation.services import SERVICES, DeepTranslatorEngine
from pipeline.config import ServiceSettings, TranslateSettings
from pipeline.errors import UsageError

MEMORY_ONLY = "memory"
BACKENDS = (*SERVICES, "libretranslate", "fxtranslate", "apertium", MEMORY_ONLY)
# Engines on this machine need no pacing.
_LOCAL = ("fxtranslate", "apertium")


def build_translator(settings: TranslateSettings) -> ChainTranslator | None:
    """The chain of the configured backends; None when translation is off.

    Raises: UsageError for an unknown backend or a missing address, ResourceError for a missing key.
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
    return ChainTranslator(engines, Memory(Path(settings.memory or ":memory:")))


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
    rate = 0.0 if name in _LOCAL else _service(name, settings).requests_per_second
    return Limits(settings.attempts, rate, settings.max_chars_per_worker)


def _service(name: str, settings: TranslateSettings) -> ServiceSettings:
    service: ServiceSettings = getattr(settings, name)
    return service
