from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.backends.translation.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    """A translation server on loopback, well-behaved until told otherwise."""
    server = Server()
    yield server
    server.close()
