"""Requests that end in time, follow no redirects, and fail without telling what was sent."""

from __future__ import annotations

import math
import threading
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
import urllib3

from pipeline.backends.translation.engine import EngineFailure, Scope
from pipeline.errors import UsageError

LONGEST_RETRY_AFTER_SECONDS = 24 * 3600.0
MAX_ANSWER_BYTES = 4 << 20
_TOO_MANY_REQUESTS = 429
# 402 and 456 (DeepL) mean that the quota is spent, 404 and 405 that nobody translates there.
_SERVICE_STATUSES = {
    401: "the key is missing or wrong",
    402: "the quota is spent",
    403: "the key is missing or wrong",
    404: "there is no translation service at this address",
    405: "there is no translation service at this address",
    456: "the quota is spent",
}


class BoundedRequests:
    """Stands in for the `requests` module inside a library that sets no time limit.

    The time limit holds for the whole exchange, from looking up the name to the last byte: the one
    of `requests` starts anew with every byte that trickles in. A redirect, an error status or a
    broken connection is an `EngineFailure`; the exceptions of `requests` quote the whole address,
    in which some services put the text. With an ``address``, every request goes there instead of
    to the host that the library names.

    Raises: UsageError for an address that is none, or that holds a password.
    """

    exceptions = requests.exceptions

    def __init__(
        self, timeout_seconds: float, address: str = "", max_bytes: int = MAX_ANSWER_BYTES
    ) -> None:
        self._timeout = timeout_seconds
        self._max_bytes = max_bytes
        self._address = checked_address(address) if address else ""
        self._session = requests.Session()

    def get(self, url: str, **arguments: Any) -> requests.Response:
        """Like ``requests.get``."""
        return self.request("GET", url, **arguments)

    def post(self, url: str, **arguments: Any) -> requests.Response:
        """Like ``requests.post``."""
        return self.request("POST", url, **arguments)

    def request(self, method: str, url: str, **arguments: Any) -> requests.Response:
        """Like ``requests.request``.

        Raises: EngineFailure unless the status is 200.
        """
        outcomes: SimpleQueue[requests.Response | Exception] = SimpleQueue()
        deadline = time.monotonic() + self._timeout
        exchange = (outcomes, self._session, deadline, method, self._moved(url), arguments)
        threading.Thread(target=self._exchange, args=exchange, daemon=True).start()
        try:
            outcome = outcomes.get(timeout=self._timeout)
        except Empty:
            self._session = requests.Session()  # the thread still holds the old one
            outcome = requests.Timeout()
        if isinstance(outcome, EngineFailure):
            raise outcome
        if isinstance(outcome, requests.Timeout):
            raise EngineFailure("no answer in time") from None
        if isinstance(outcome, Exception):
            raise EngineFailure(f"connection failed ({type(outcome).__name__})") from None
        check_status(outcome)
        return outcome

    def _exchange(
        self,
        outcomes: SimpleQueue[requests.Response | Exception],
        session: requests.Session,
        deadline: float,
        method: str,
        url: str,
        arguments: dict[str, Any],
    ) -> None:
        arguments |= {"timeout": self._timeout, "allow_redirects": False, "stream": True}
        try:
            with session.request(method, url, **arguments) as response:
                response._content = _body(response, deadline, self._max_bytes)
                response._content_consumed = True  # type: ignore[attr-defined]
            outcomes.put(response)
        except Exception as error:  # whatever it is, the asker must hear of it
            outcomes.put(error)

    def _moved(self, url: str) -> str:
        if not self._address:
            return url
        asked, address = urlsplit(url), urlsplit(self._address)
        return urlunsplit(
            (address.scheme, address.netloc, address.path + asked.path, asked.query, "")
        )


def checked_address(url: str) -> str:
    """``url`` without a slash at its end.

    Raises: UsageError when it is no web address, or holds a password.
    """
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise UsageError(
            "The address of a translation service must not hold a password; keys come from the "
            "environment."
        )
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise UsageError("The url of a translation service must begin with http:// or https://.")
    return url.rstrip("/")


def check_status(response: requests.Response) -> None:
    """Raises: EngineFailure unless the status is 200."""
    status = response.status_code
    if status == requests.codes.ok:
        return
    if status in _SERVICE_STATUSES:
        raise EngineFailure(f"{_SERVICE_STATUSES[status]} (status {status})", "service")
    if 300 <= status < 400:
        raise EngineFailure("the service redirects elsewhere", "service")
    if 400 <= status < 500 and status not in (408, 425, _TOO_MANY_REQUESTS):
        raise EngineFailure(f"rejected by the service (status {status})", "text")
    scope: Scope = "busy" if status == _TOO_MANY_REQUESTS else "moment"
    raise EngineFailure(f"status {status}", scope, _retry_after(response))


def _body(response: requests.Response, deadline: float, max_bytes: int) -> bytes:
    """The whole body, decompressed.

    Raises: requests.RequestException when it is late or cut off, EngineFailure when it is too long.
    """
    body = bytearray()
    try:
        while chunk := response.raw.read1(1 << 16, decode_content=True):
            body += chunk
            if time.monotonic() > deadline:
                raise requests.Timeout
            if len(body) > max_bytes:
                raise EngineFailure("the answer is too long")
    except urllib3.exceptions.TimeoutError:
        raise requests.Timeout from None
    except urllib3.exceptions.HTTPError:
        raise requests.ConnectionError from None
    return bytes(body)


def _retry_after(response: requests.Response) -> float | None:
    """Seconds, from a number or a date (RFC 9110, 10.2.3)."""
    value = response.headers.get("Retry-After", "")
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError, OverflowError):
            return None
    if math.isnan(seconds):
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_SECONDS)
