"""Online services through deep-translator.

deep-translator sets no time limit and reports errors with the text in them, so its modules get a
bounded stand-in for `requests`, and of its exceptions only the class name goes on.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Final

from pipeline.backends.translation.engine import EngineFailure
from pipeline.backends.translation.http import BoundedRequests
from pipeline.config import ServiceSettings
from pipeline.errors import ResourceError


@dataclass(frozen=True, slots=True)
class Service:
    """How deep-translator names a service: module, class, its name for each language, its key."""

    module: str
    class_name: str
    languages: Mapping[str, str]
    key_variable: str | None = None


_PLAIN: Final = {"en": "en", "it": "it"}

SERVICES: Final[Mapping[str, Service]] = {
    "google": Service("google", "GoogleTranslator", _PLAIN),
    "mymemory": Service("mymemory", "MyMemoryTranslator", {"en": "en-GB", "it": "it-IT"}),
    "deepl": Service("deepl", "DeeplTranslator", _PLAIN, "DEEPL_API_KEY"),
    "microsoft": Service("microsoft", "MicrosoftTranslator", _PLAIN, "MICROSOFT_API_KEY"),
}


class DeepTranslatorEngine:
    """One service of deep-translator; a request per text, as the services want it."""

    batch_size = 1

    def __init__(self, name: str, settings: ServiceSettings) -> None:
        self.name = name
        self._service = SERVICES[name]
        self._settings = settings
        self.max_chars = settings.max_chars_per_request
        self._key = os.environ.get(self._service.key_variable or "", "")
        if self._service.key_variable and not self._key:
            raise ResourceError(
                f"The backend {name} needs a key in the environment variable "
                f"{self._service.key_variable}."
            )
        self._module = importlib.import_module(f"deep_translator.{self._service.module}")
        self._module.requests = BoundedRequests(  # type: ignore[attr-defined]
            settings.timeout_seconds
        )
        self._made: dict[tuple[str, str], Any] = {}

    @property
    def identity(self) -> str:
        """Service and library version; services do not tell their model."""
        return f"{self.name} (deep-translator {metadata.version('deep-translator')})"

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """See `Engine`."""
        return [self._translate(text, source, target) for text in texts]

    def _translate(self, text: str, source: str, target: str) -> str:
        try:
            answer = self._translator(source, target).translate(text)
        except EngineFailure:
            raise
        except Exception as error:  # the library's own errors hold the text: only the class goes on
            raise EngineFailure(f"no translation ({type(error).__name__})") from None
        return answer if isinstance(answer, str) else ""

    def _translator(self, source: str, target: str) -> Any:
        if (source, target) not in self._made:
            names = self._service.languages
            arguments: dict[str, Any] = {"source": names[source], "target": names[target]}
            if self._key:
                arguments["api_key"] = self._key
            made = getattr(self._module, self._service.class_name)(**arguments)
            if self._settings.url:
                made._base_url = self._settings.url
            self._made[source, target] = made
        return self._made[source, target]
