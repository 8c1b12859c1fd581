"""Every engine that speaks HTTP, against a real server on loopback that misbehaves on command."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator

import pytest

from pipeline.backends.translation.chain import ChainTranslator, Limits
from pipeline.backends.translation.engine import Engine
from pipeline.backends.translation.libretranslate import KEY_VARIABLE, LibreTranslate
from pipeline.backends.translation.memory import Memory
from pipeline.backends.translation.services import SERVICES, DeepTranslatorEngine
from pipeline.config import ServiceSettings
from pipeline.core.layers import Translation
from pipeline.errors import ResourceError, UsageError
from tests.backends.translation.server import ITALIAN, Server, translated

SOURCE = "La sindaca ha detto che i lavori del ponte cominceranno presto in città."
SECRET = "secret-key-123"
ENGINES = ("libretranslate", *SERVICES)
Build = Callable[..., Engine]
# These never answer in time; whatever else the server does must arrive, on a busy machine too.
ENDLESS = ("hang", "drip")


def patience(fault: str, shortest: float) -> float:
    """Seconds to wait for an answer: ``shortest`` for none at all."""
    return shortest if fault in ENDLESS else 5.0


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for service in SERVICES.values():
        for variable in service.keys.values():
            monkeypatch.setenv(variable, SECRET)
    monkeypatch.setenv(KEY_VARIABLE, SECRET)


@pytest.fixture(params=ENGINES)
def build(request: pytest.FixtureRequest, server: Server, keys: None) -> Build:
    """Builds the engine under test; it asks the server."""

    def make(timeout_seconds: float = 5.0) -> Engine:
        settings = ServiceSettings(url=server.url, timeout_seconds=timeout_seconds)
        if request.param == "libretranslate":
            return LibreTranslate(settings)
        return DeepTranslatorEngine(request.param, settings)

    return make


def ask(engine: Engine, memory: Memory | None = None, attempts: int = 3) -> Translation:
    chain = ChainTranslator([(engine, Limits(attempts))], memory or Memory())
    (answer,) = chain.translate([("s1", SOURCE)], "it", "en")
    return answer


def test_a_good_answer_is_taken(build: Build) -> None:
    engine = build()
    answer = ask(engine)
    assert answer == Translation("s1", translated(SOURCE, "en"), "ok", engine.name)


def test_both_directions_are_asked_for(build: Build) -> None:
    text = "The mayor said that the works on the bridge will soon begin."
    (answer,) = ChainTranslator([(build(), Limits())], Memory()).translate(
        [("s", text)], "en", "it"
    )
    assert answer.text == translated(text, "it")


PASSING = ("500", "429", "429 date", "reset", "truncated", "hang", "drip", "invalid json", "html",
           "wrong json", "empty")  # fmt: skip


@pytest.mark.parametrize("fault", PASSING)
def test_a_passing_fault_is_got_over(build: Build, server: Server, fault: str) -> None:
    engine = build(timeout_seconds=patience(fault, 1.0))
    server.behaviour = [fault, "good"]
    assert ask(engine).text == translated(SOURCE, "en")


def test_a_slow_server_is_waited_for(build: Build, server: Server) -> None:
    server.behaviour = "slow"
    assert ask(build()).status == "ok"
    assert server.counted() == 1


@pytest.mark.parametrize(
    ("fault", "reason", "temporary"),
    [
        ("500", "status 500", True),
        ("429", "status 429", True),
        ("429 long", "asked not to be asked", True),
        ("hang", "no answer in time", True),
        ("drip", "no answer in time", True),
        ("reset", "connection failed", True),
        ("truncated", "connection failed", True),
        ("invalid json", "no translation|no LibreTranslate JSON", True),
        ("html", "no translation|no LibreTranslate JSON", True),
        ("wrong json", "no translation|no LibreTranslate JSON", True),
        ("401", "the key is missing or wrong", True),
        ("400", "rejected", False),
        ("redirect", "redirects", True),
        ("wrong language", "wrong language", False),
        ("echo", "echo of the source|empty answer", False),
        ("empty", "empty answer|no translation", None),
    ],
)
def test_a_lasting_fault_is_marked_with_its_reason_and_never_stored(
    build: Build, server: Server, fault: str, reason: str, temporary: bool | None
) -> None:
    engine, memory = build(timeout_seconds=patience(fault, 0.2)), Memory()
    server.behaviour = fault
    answer = ask(engine, memory, attempts=2)
    assert (answer.status, answer.text) == ("failed", None)
    assert any(part in (answer.reason or "") for part in reason.split("|")), answer.reason
    if temporary is not None:
        assert answer.temporary is temporary
    assert memory.look_up(engine.identity, "it-en", [SOURCE]) == {}


@pytest.mark.parametrize("fault", ENDLESS)
def test_no_server_costs_more_than_the_time_limit(build: Build, server: Server, fault: str) -> None:
    engine = build(timeout_seconds=0.3)
    server.behaviour = fault
    began = time.monotonic()
    assert ask(engine, attempts=1).status == "failed"
    assert time.monotonic() - began < 10


def test_retry_after_is_obeyed(build: Build, server: Server) -> None:
    engine = build()
    server.behaviour = ["429 wait", "good"]
    began = time.monotonic()
    assert ask(engine).status == "ok"
    assert time.monotonic() - began >= 1


def test_nothing_good_is_asked_for_again(build: Build, server: Server) -> None:
    engine, memory = build(), Memory()
    server.behaviour = "wrong language"
    assert ask(engine, memory).status == "failed"
    server.behaviour = "good"
    first = ask(engine, memory)
    assert server.counted() > 0
    assert ask(engine, memory) == first
    assert server.counted() == 0


def test_no_text_address_or_key_reaches_logs_or_reasons(
    build: Build,
    server: Server,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG, "pipeline")
    said = ""
    for fault in ("good", "500", "401", "400", "reset", "html", "echo", "truncated", "drip"):
        server.behaviour = fault
        engine = build(timeout_seconds=patience(fault, 0.2))
        answer = ask(engine, attempts=1)
        said += f"{answer.reason}\n{engine.identity}\n"
    said += "".join(caplog.messages) + "".join(capfd.readouterr())
    for word in ("sindaca", "mayor", ITALIAN[:20], SECRET, "127.0.0.1"):
        assert word not in said


def test_keys_and_texts_stay_out_of_addresses_where_the_protocol_allows(
    build: Build, server: Server
) -> None:
    engine = build()
    ask(engine)
    addresses = " ".join(server.paths)
    assert SECRET not in addresses
    if engine.name not in ("google", "mymemory"):  # they take GET requests only
        assert "sindaca" not in addresses
    if engine.name in ("libretranslate", "deepl", "microsoft"):
        assert SECRET in "".join(server.bodies + server.headers)


def test_deepl_has_another_address_for_paid_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def note(self: object, method: str, url: str, **_: object) -> None:
        asked.append(url)
        raise ValueError

    monkeypatch.setattr(SERVICES["deepl"].requests, "request", note)
    for key in ("paid", "free:fx"):
        monkeypatch.setenv("DEEPL_API_KEY", key)
        ask(DeepTranslatorEngine("deepl", ServiceSettings()), attempts=1)
    assert {url.split("/v2")[0] for url in asked} == {
        "https://api.deepl.com",
        "https://api-free.deepl.com",
    }


def test_a_spent_quota_is_no_translation_and_ends_the_asking(server: Server) -> None:
    engine = DeepTranslatorEngine("mymemory", ServiceSettings(url=server.url))
    server.behaviour = "quota"
    chain = ChainTranslator([(engine, Limits())], Memory())
    answers = chain.translate([(f"s{n}", f"{SOURCE} {n}") for n in range(5)], "it", "en")
    assert {answer.status for answer in answers} == {"failed"}
    assert all(answer.temporary and "quota" in (answer.reason or "") for answer in answers)
    assert server.counted() == 1


def test_an_answer_without_end_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.backends.translation.server.translated", lambda *_: "x" * (5 << 20))
    answer = ask(LibreTranslate(ServiceSettings(url=server.url)), attempts=1)
    assert answer.reason == "libretranslate: the answer is too long"


@pytest.mark.parametrize("name", ENGINES)
def test_an_unreachable_service_is_a_reason(name: str, keys: None) -> None:
    settings = ServiceSettings(url="http://127.0.0.1:9", timeout_seconds=0.5)
    engine = (
        LibreTranslate(settings)
        if name == "libretranslate"
        else DeepTranslatorEngine(name, settings)
    )
    answer = ask(engine, attempts=1)
    assert (answer.status, answer.temporary) == ("failed", True)
    assert "connection failed" in (answer.reason or "")


def test_missing_addresses_keys_and_passwords_in_addresses_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(UsageError, match="url"):
        LibreTranslate(ServiceSettings())
    with pytest.raises(UsageError, match="http://"):
        LibreTranslate(ServiceSettings(url="localhost:5000"))
    with pytest.raises(UsageError, match="password") as caught:
        LibreTranslate(ServiceSettings(url="http://user:hush@127.0.0.1"))
    assert "hush" not in str(caught.value)
    monkeypatch.delenv("DEEPL_API_KEY", raising=False)
    with pytest.raises(ResourceError, match="DEEPL_API_KEY"):
        DeepTranslatorEngine("deepl", ServiceSettings())
