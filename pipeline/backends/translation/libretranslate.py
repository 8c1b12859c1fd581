"""Any server that speaks the LibreTranslate protocol, by address.

Own client: deep-translator's class puts the text into the query string and asks for a key even
where the server needs none. The key, if any, comes from ``LIBRETRANSLATE_API_KEY``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from pipeline.backends.translation.engine import EngineFailure
from pipeline.backends.translation.http import BoundedRequests
from pipeline.config import ServiceSettings
from pipeline.errors import UsageError

KEY_VARIABLE = "LIBRETRANSLATE_API_KEY"


class LibreTranslate:
    """Sends lists of texts; the answer must be a list of the same length."""

    name = "libretranslate"
    batch_size = 25

    def __init__(self, settings: ServiceSettings) -> None:
        """Raises: UsageError without an address."""
        if not settings.url:
            raise UsageError(
                "The backend libretranslate needs the server's address: set "
                "[translate.libretranslate] url in config.toml."
            )
        self._requests = BoundedRequests(settings.timeout_seconds, settings.url)
        self._model = settings.model
        self.max_chars = settings.max_chars_per_request

    @property
    def identity(self) -> str:
        """The protocol and the configured model name (the address is no quality)."""
        return f"libretranslate {self._model}".strip()

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """See `Engine`."""
        body = {"q": list(texts), "source": source, "target": target, "format": "text"}
        key = os.environ.get(KEY_VARIABLE)
        if key:
            body["api_key"] = key
        response = self._requests.post("/translate", json=body)
        try:
            answers = response.json()["translatedText"]
        except (ValueError, KeyError, TypeError):
            raise EngineFailure("the answer is no LibreTranslate JSON") from None
        if not isinstance(answers, list) or len(answers) != len(texts):
            raise EngineFailure("the answer has another number of texts")
        return [answer if isinstance(answer, str) else "" for answer in answers]
