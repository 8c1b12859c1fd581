"""Requests with a time limit, no redirects, and errors that tell nothing of what was sent."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

import requests

from pipeline.backends.translation.engine import EngineFailure

MAX_RETRY_AFTER = 600.0


class BoundedRequests:
    """Stands in for the `requests` module inside a library that sets no time limit.

    A redirect, an error status or a broken connection is an `EngineFailure`; the exceptions of
    `requests` quote the whole address, in which some services put the text.
    """

    exceptions = requests.exceptions

    def __init__(self, timeout_seconds: float) -> None:
        self._timeout = timeout_seconds
        self._session = requests.Session()

    def get(self, url: str, **arguments: Any) -> requests.Response:
        """Like ``requests.get``."""
        return self._request("GET", url, arguments)

    def post(self, url: str, **arguments: Any) -> requests.Response:
        """Like ``requests.post``."""
        return self._request("POST", url, arguments)

    def _request(self, method: str, url: str, arguments: dict[str, Any]) -> requests.Response:
        arguments.setdefault("timeout", (self._timeout, self._timeout))
        arguments["allow_redirects"] = False
        try:
            response = self._session.request(method, url, **arguments)
        except requests.Timeout:
            raise EngineFailure("no answer in time") from None
        except requests.RequestException as error:
            raise EngineFailure(f"connection failed ({type(error).__name__})") from None
        check_status(response)
        return response


def check_status(response: requests.Response) -> None:
    """Raises: EngineFailure unless the status is 200."""
    status = response.status_code
    if status == requests.codes.ok:
        return
    if status in (401, 403):
        raise EngineFailure(f"refused by the service (status {status})", temporary=False)
    if 300 <= status < 400:
        raise EngineFailure("the service redirects elsewhere", temporary=False)
    if 400 <= status < 500 and status not in (408, 425, 429):
        raise EngineFailure(f"rejected by the service (status {status})", temporary=False)
    raise EngineFailure(f"status {status}", retry_after=_retry_after(response))


def _retry_after(response: requests.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    if value.isdigit():
        return min(float(value), MAX_RETRY_AFTER)
    try:
        from datetime import UTC, datetime

        seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)
