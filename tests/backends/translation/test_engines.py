"""HTTP engines against a real server on loopback that misbehaves on command."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.backends.translation.chain import ChainTranslator, Limits
from pipeline.backends.translation.engine import Engine
from pipeline.backends.translation.libretranslate import KEY_VARIABLE, LibreTranslate
from pipeline.backends.translation.memory import Memory
from pipeline.backends.translation.services import DeepTranslatorEngine
from pipeline.config import ServiceSettings
from pipeline.core.layers import Translation
from pipeline.errors import ResourceError, UsageError

SOURCE = "La sindaca ha detto che i lavori del ponte cominceranno presto in città."
GOOD = "The mayor said that the works on the bridge will soon begin in the city."
ITALIAN = "Questa risposta è ancora in italiano e quindi non è una traduzione buona."
SECRET = "secret-key-123"


class Server:
    """Answers as ``behaviour`` says; a list of behaviours is worked off request by request."""

    def __init__(self) -> None:
        self.behaviour: str | list[str] = "good"
        self.requests = 0
        self.bodies: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)
                outer.answer(self, query.get("q", [""]), "google")

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length).decode()
                outer.bodies.append(body)
                outer.answer(self, json.loads(body)["q"], "libre")

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler, texts: list[str], protocol: str) -> None:
        self.requests += 1
        todo = self.behaviour
        if isinstance(todo, list):
            todo = todo.pop(0) if todo else "good"
        if todo == "reset":
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            handler.connection.close()
            return
        if todo == "hang":
            time.sleep(3)
            return
        status, headers, body = self._response(todo, texts, protocol)
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        length = len(body) + (100 if todo == "truncated" else 0)
        handler.send_header("Content-Length", str(length))
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = True

    def _response(
        self, todo: str, texts: list[str], protocol: str
    ) -> tuple[int, dict[str, str], bytes]:
        statuses = {"429": 429, "429 wait": 429, "500": 500, "401": 401, "redirect": 302}
        if todo in statuses:
            headers = {"429 wait": {"Retry-After": "1"}, "redirect": {"Location": self.url}}
            return statuses[todo], headers.get(todo, {}), b"<html>sorry</html>"
        if todo == "invalid json":
            return 200, {}, b'{"translatedText": ['
        if todo == "html":
            return 200, {}, b"<html><body>Maintenance</body></html>"
        answers = {
            "wrong language": [ITALIAN] * len(texts),
            "echo": texts,
            "empty": [""] * len(texts),
            "fewer": [],
        }.get(todo, [GOOD] * len(texts))
        if protocol == "libre":
            return 200, {}, json.dumps({"translatedText": answers}).encode()
        text = answers[0] if answers else ""
        return 200, {}, f'<div class="result-container">{text}</div>'.encode()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture(params=["libretranslate", "google"])
def engine(request: pytest.FixtureRequest, server: Server) -> Engine:
    settings = ServiceSettings(url=server.url, timeout_seconds=0.5)
    if request.param == "libretranslate":
        return LibreTranslate(settings)
    return DeepTranslatorEngine("google", settings)


def ask(engine: Engine, memory: Memory | None = None, text: str = SOURCE) -> Translation:
    from pathlib import Path

    chain = ChainTranslator([(engine, Limits(attempts=3))], memory or Memory(Path(":memory:")))
    (answer,) = chain.translate([("s1", text)], "it", "en")
    return answer


def test_a_good_answer_is_taken(engine: Engine) -> None:
    answer = ask(engine)
    assert (answer.text, answer.status, answer.backend) == (GOOD, "ok", engine.name)


@pytest.mark.parametrize(
    "behaviour", ["500", "429", "reset", "truncated", "hang", "429 wait", "invalid json", "html"]
)
def test_a_passing_fault_is_got_over(engine: Engine, server: Server, behaviour: str) -> None:
    server.behaviour = [behaviour, "good"]
    assert ask(engine).status == "ok"


@pytest.mark.parametrize(
    ("behaviour", "reason", "temporary"),
    [
        ("500", "status 500", True),
        ("429", "status 429", True),
        ("reset", "connection failed", True),
        ("truncated", "connection failed", True),
        ("401", "refused", False),
        ("redirect", "redirects", False),
        ("wrong language", "wrong language", False),
        ("echo", "echo|empty", False),
        ("empty", "empty|no translation", None),
    ],
)
def test_a_lasting_fault_is_marked_with_its_reason(
    engine: Engine, server: Server, behaviour: str, reason: str, temporary: bool | None
) -> None:
    server.behaviour = behaviour
    answer = ask(engine)
    assert answer.status == "failed"
    assert answer.text is None
    assert any(part in (answer.reason or "") for part in reason.split("|"))
    if temporary is not None:
        assert answer.temporary is temporary


def test_a_hanging_server_costs_no_more_than_its_limit(server: Server) -> None:
    server.behaviour = "hang"
    began = time.monotonic()
    answer = ask(LibreTranslate(ServiceSettings(url=server.url, timeout_seconds=0.2)))
    assert answer.reason == "libretranslate: no answer in time"
    assert time.monotonic() - began < 5


def test_retry_after_is_obeyed(server: Server) -> None:
    server.behaviour = ["429 wait", "good"]
    began = time.monotonic()
    assert ask(LibreTranslate(ServiceSettings(url=server.url))).status == "ok"
    assert time.monotonic() - began >= 1


def test_nothing_bad_is_stored_and_nothing_good_is_asked_for_again(
    engine: Engine, server: Server
) -> None:
    from pathlib import Path

    memory = Memory(Path(":memory:"))
    server.behaviour = "wrong language"
    assert ask(engine, memory).status == "failed"
    server.behaviour = "good"
    assert ask(engine, memory).status == "ok"
    asked = server.requests
    again = ask(engine, memory)
    assert (again.status, again.text) == ("ok", GOOD)
    assert server.requests == asked


def test_a_service_that_keeps_failing_is_left_alone(server: Server) -> None:
    from pathlib import Path

    server.behaviour = "500"
    engine = LibreTranslate(ServiceSettings(url=server.url))
    chain = ChainTranslator([(engine, Limits(attempts=1))], Memory(Path(":memory:")))
    for number in range(30):
        chain.translate([("s1", f"{SOURCE} {number}")], "it", "en")
    assert server.requests < 12


def test_the_next_engine_takes_over(server: Server) -> None:
    from pathlib import Path

    broken = LibreTranslate(ServiceSettings(url="http://127.0.0.1:9", timeout_seconds=0.2))
    good = DeepTranslatorEngine("google", ServiceSettings(url=server.url))
    engines: list[tuple[Engine, Limits]] = [(broken, Limits(1)), (good, Limits(1))]
    chain = ChainTranslator(engines, Memory(Path(":memory:")))
    (answer,) = chain.translate([("s1", SOURCE)], "it", "en")
    assert answer.backend == "google"


def test_a_third_of_failures_loses_no_segment(server: Server) -> None:
    from pathlib import Path

    server.behaviour = ["500" if number % 3 == 0 else "good" for number in range(200)]
    engine = LibreTranslate(ServiceSettings(url=server.url))
    chain = ChainTranslator([(engine, Limits(attempts=4))], Memory(Path(":memory:")))
    segments = [(f"s{n}", SOURCE + "!" * n) for n in range(100)]
    answers = chain.translate(segments, "it", "en")
    assert [answer.segment for answer in answers] == [name for name, _ in segments]
    assert {answer.status for answer in answers} == {"ok"}


def test_no_text_address_or_key_reaches_logs_or_reasons(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, SECRET)
    caplog.set_level(logging.DEBUG)
    for behaviour in ("500", "reset", "html", "echo"):
        server.behaviour = behaviour
        for engine in (
            LibreTranslate(ServiceSettings(url=server.url)),
            DeepTranslatorEngine("google", ServiceSettings(url=server.url)),
        ):
            reason = ask(engine).reason or ""
            assert "sindaca" not in reason
            assert SECRET not in reason
            assert "127.0.0.1" not in reason
    assert SECRET in "".join(server.bodies)
    own = [r.getMessage() for r in caplog.records if r.name.startswith("pipeline")]
    assert not [line for line in own if "sindaca" in line or SECRET in line]


def test_missing_addresses_keys_and_passwords_in_addresses_are_named() -> None:
    with pytest.raises(UsageError, match="url"):
        LibreTranslate(ServiceSettings())
    with pytest.raises(UsageError, match="password"):
        LibreTranslate(ServiceSettings(url="http://user:pass@127.0.0.1"))
    with pytest.raises(ResourceError, match="DEEPL_API_KEY"):
        DeepTranslatorEngine("deepl", ServiceSettings())
