"""Online services through deep-translator.

deep-translator sets no time limit and reports errors with the text in them, so its modules get a
bounded stand-in for `requests`, and of its exceptions only the class name goes on. Of its services,
Papago and Yandex speak protocols that were switched off, QCRI knows no Italian, Linguee and Pons
are dictionaries, and ChatGPT needs a client that no time limit reaches.
"""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any, Final

import requests

from pipeline.backends.translation.engine import EngineFailure
from pipeline.backends.translation.http import BoundedRequests
from pipeline.config import ServiceSettings
from pipeline.errors import ResourceError

# MyMemory answers so, with status 200, when its daily quota is spent or a parameter is wrong.
_SERVICE_MESSAGE = re.compile(
    r"MYMEMORY WARNING|QUERY LENGTH LIMIT|INVALID (?:LANGUAGE|EMAIL)|PLEASE SELECT TWO DISTINCT",
    re.IGNORECASE,
)
_FREE_KEY_END = ":fx"  # of DeepL, by which its own clients choose between its two addresses


class _InBody(BoundedRequests):
    """Sends in the body what the library puts into the address, where proxies would log it."""

    def request(self, method: str, url: str, **arguments: Any) -> requests.Response:
        """See `BoundedRequests.request`."""
        fields = arguments.pop("params")
        return super().request("POST", url, data=fields, **arguments)


class _DeepLRequests(BoundedRequests):
    """DeepL takes requests as JSON only, and keys in a header only, since January 2026.

    Source: developers.deepl.com, change notices of March and November 2025.
    """

    def request(self, method: str, url: str, **arguments: Any) -> requests.Response:
        """See `BoundedRequests.request`."""
        asked = dict(arguments["params"])
        return super().request(
            "POST",
            url,
            headers={"Authorization": f"DeepL-Auth-Key {asked['auth_key']}"},
            json={
                "text": [asked["text"]],
                "source_lang": asked["source_lang"].upper(),
                "target_lang": asked["target_lang"].upper(),
            },
        )


@dataclass(frozen=True, slots=True)
class Service:
    """How deep-translator names a service: module, class, its name for each language.

    ``keys`` maps the arguments that hold secrets to the environment variables they come from,
    ``options`` those that may be missing; ``requests`` is what sends.
    """

    module: str
    class_name: str
    languages: Mapping[str, str] = field(default_factory=lambda: {"en": "en", "it": "it"})
    keys: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    requests: type[BoundedRequests] = BoundedRequests


SERVICES: Final[Mapping[str, Service]] = {
    "google": Service("google", "GoogleTranslator"),
    "mymemory": Service("mymemory", "MyMemoryTranslator", {"en": "en-GB", "it": "it-IT"}),
    "deepl": Service(
        "deepl", "DeeplTranslator", keys={"api_key": "DEEPL_API_KEY"}, requests=_DeepLRequests
    ),
    "microsoft": Service(
        "microsoft",
        "MicrosoftTranslator",
        keys={"api_key": "MICROSOFT_API_KEY"},
        options={"region": "MICROSOFT_API_REGION"},
    ),
    "baidu": Service(
        "baidu",
        "BaiduTranslator",
        keys={"appid": "BAIDU_APPID", "appkey": "BAIDU_APPKEY"},
        requests=_InBody,
    ),
}


class DeepTranslatorEngine:
    """One service of deep-translator; a request per text, as the services want it."""

    batch_size = 1

    def __init__(self, name: str, settings: ServiceSettings) -> None:
        """Raises: ResourceError without the keys that the service needs."""
        self.name = name
        self.max_chars = settings.max_chars_per_request
        self._service = SERVICES[name]
        for variable in self._service.keys.values():
            if not os.environ.get(variable):
                raise ResourceError(
                    f"The backend {name} needs a key in the environment variable {variable}."
                )
        named = {**self._service.keys, **self._service.options}
        self._keys = {
            argument: os.environ[variable]
            for argument, variable in named.items()
            if os.environ.get(variable)
        }
        self._module = importlib.import_module(f"deep_translator.{self._service.module}")
        self._module.requests = self._service.requests(  # type: ignore[attr-defined]
            settings.timeout_seconds, settings.url
        )
        self._model = settings.model
        self._made: dict[tuple[str, str], Any] = {}

    @property
    def identity(self) -> str:
        """Service, library version and configured model; services do not tell their own."""
        library = f"deep-translator {metadata.version('deep-translator')}"
        return f"{self.name} ({library}) {self._model}".strip()

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
        if not isinstance(answer, str):
            return ""
        if _SERVICE_MESSAGE.search(answer) and not _SERVICE_MESSAGE.search(text):
            raise EngineFailure("a message instead of a translation: its quota is spent", "service")
        return answer

    def _translator(self, source: str, target: str) -> Any:
        if (source, target) not in self._made:
            names = self._service.languages
            arguments: dict[str, Any] = {"source": names[source], "target": names[target]}
            if self.name == "deepl":
                arguments["use_free_api"] = self._keys["api_key"].endswith(_FREE_KEY_END)
            made = getattr(self._module, self._service.class_name)(**arguments, **self._keys)
            self._made[source, target] = made
        return self._made[source, target]
