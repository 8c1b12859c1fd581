"""The chain: order, retries, budget, time, memory, glossary."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.backends.translation import chain as chain_module
from pipeline.backends.translation import ledger as ledger_module
from pipeline.backends.translation.build import build_translator
from pipeline.backends.translation.chain import BREAKER_FAILURES, ChainTranslator, Limits
from pipeline.backends.translation.engine import Engine, EngineFailure, Scope
from pipeline.backends.translation.glossary import parse_glossary
from pipeline.backends.translation.ledger import Ledger
from pipeline.backends.translation.libretranslate import LibreTranslate
from pipeline.backends.translation.memory import Memory
from pipeline.backends.translation.pieces import split_lines
from pipeline.config import ServiceSettings, TranslateSettings
from pipeline.core.layers import Translation
from pipeline.errors import ResourceError, UsageError
from tests.backends.translation.server import FAULTS, Server, translated

SOURCE = "La sindaca ha detto che i lavori del ponte cominceranno presto in città."


class Fake:
    """Answers nonsense that passes the checks; ``fails`` says which failures come first."""

    batch_size, max_chars = 10, 1000

    def __init__(self, name: str = "fake", fails: Sequence[Scope] = ()) -> None:
        self.name, self.identity = name, f"{name} 1"
        self.fails = list(fails)
        self.asked: list[list[str]] = []

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        self.asked.append(list(texts))
        if self.fails:
            raise EngineFailure("no", self.fails.pop(0))
        return [translated(text, target) for text in texts]


def libretranslate(server: Server, **settings: float) -> LibreTranslate:
    return LibreTranslate(ServiceSettings(url=server.url, **settings))


def segments(count: int) -> list[tuple[str, str]]:
    return [(f"s{n}", f"{SOURCE} Sono {n} mesi.") for n in range(count)]


def run(chain: ChainTranslator, texts: list[tuple[str, str]]) -> list[Translation]:
    return list(chain.translate(texts, "it", "en"))


@given(st.text(alphabet="ab ,.;\n", max_size=80), st.integers(1, 20))
def test_long_texts_are_cut_and_joined_without_changing_a_character(text: str, most: int) -> None:
    pieces = split_lines(text, most)
    assert "".join(piece + space for piece, space in pieces) == text.strip()
    assert all(len(piece) <= most and "\n" not in piece for piece, _ in pieces)


def test_long_texts_and_lines_keep_their_structure() -> None:
    engine = Fake()
    engine.max_chars = 60
    text = " «Prima frase del testo lungo, con una virgola. Poi altro».\n\nE un elenco:\n- uno.  "
    (answer,) = run(ChainTranslator([(engine, Limits())], Memory()), [("s1", text)])
    assert answer.status == "ok"
    assert answer.text is not None
    assert [line.strip() for line in answer.text.split("\n")][2:] == [
        translated("E un elenco:", "en"),
        translated("- uno.", "en"),
    ]
    assert (answer.text[0], answer.text[-2:]) == (" ", "  ")
    assert all(len(text) <= 60 for batch in engine.asked for text in batch)


def test_texts_without_a_letter_are_not_asked_for() -> None:
    engine = Fake()
    chain = ChainTranslator([(engine, Limits())], Memory())
    assert [answer.text for answer in run(chain, [("s1", "2025"), ("s2", "* * *")])] == [
        "2025",
        "* * *",
    ]
    assert engine.asked == []


def test_equal_texts_are_asked_for_once_and_order_is_kept() -> None:
    engine = Fake()
    texts = [("s1", "Piove."), ("s2", SOURCE), ("s3", "Piove.")]
    answers = run(ChainTranslator([(engine, Limits())], Memory()), texts)
    assert engine.asked == [["Piove.", SOURCE]]
    assert [answer.segment for answer in answers] == ["s1", "s2", "s3"]
    assert answers[0].text == answers[2].text == translated("Piove.", "en")


def test_the_next_engine_takes_over_and_all_reasons_are_told() -> None:
    first, second = Fake("first", ["moment"] * 9), Fake("second", ["moment"])
    chain = ChainTranslator([(first, Limits(1)), (second, Limits(1))], Memory())
    (failed,) = run(chain, [("s1", SOURCE)])
    assert failed.reason == "first: no; second: no"
    assert failed.temporary
    (answer,) = run(chain, [("s1", SOURCE)])
    assert (answer.status, answer.backend) == ("ok", "second")


def test_a_refusal_of_the_service_ends_the_asking() -> None:
    engine = Fake(fails=["service"])
    chain = ChainTranslator([(engine, Limits())], Memory())
    answers = run(chain, segments(30))
    assert {(answer.status, answer.temporary) for answer in answers} == {("failed", True)}
    assert len(engine.asked) == 1


def test_one_refused_text_does_not_spoil_the_others() -> None:
    class Picky(Fake):
        def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
            self.fails = ["text"] if any("Sono 1 mesi" in text for text in texts) else []
            return super().translate(texts, source, target)

    answers = run(ChainTranslator([(Picky(), Limits())], Memory()), segments(4))
    assert [answer.status for answer in answers] == ["ok", "failed", "ok", "ok"]
    assert not answers[1].temporary


def test_what_failed_queues_behind_the_rest_and_order_is_kept() -> None:
    engine = Fake(fails=["moment"])
    answers = run(ChainTranslator([(engine, Limits())], Memory()), segments(30))
    firsts = [batch[0] for batch in engine.asked]
    assert firsts == [segments(30)[n][1] for n in (0, 10, 20, 0)]
    assert [answer.segment for answer in answers] == [f"s{n}" for n in range(30)]
    assert [answer.text for answer in answers] == [
        translated(text, "en") for _, text in segments(30)
    ]


def test_texts_that_all_had_bad_answers_are_asked_for_together_then_in_parts() -> None:
    class Stubborn(Fake):
        good_from = 0

        def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
            answers = super().translate(texts, source, target)
            return answers if len(self.asked) > self.good_from else list(texts)

    for good_from, sizes in ((1, [4, 4]), (9, [4, 4, 4, 4, 2, 2, 1, 1, 1, 1])):
        engine = Stubborn()
        engine.good_from = good_from
        answers = run(ChainTranslator([(engine, Limits())], Memory()), segments(4))
        assert [len(batch) for batch in engine.asked] == sizes
        assert answers[3].status == "ok"


def test_a_bad_answer_is_asked_for_again_alone_and_not_for_ever() -> None:
    class Deaf(Fake):
        def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
            answers = super().translate(texts, source, target)
            return [text if "Sono 1 mesi" in text else answer
                    for text, answer in zip(texts, answers, strict=True)]  # fmt: skip

    engine = Deaf()
    answers = run(ChainTranslator([(engine, Limits())], Memory()), segments(4))
    assert [answer.reason for answer in answers] == [None, "fake: echo of the source", None, None]
    assert engine.asked[1:] == [[f"{SOURCE} Sono 1 mesi."]]


def test_one_poisonous_text_does_not_spoil_its_batch(server: Server) -> None:
    server.poison = "Sono 3 mesi"
    chain = ChainTranslator([(libretranslate(server), Limits(2))], Memory())
    answers = run(chain, segments(10))
    failed = [answer.segment for answer in answers if answer.status == "failed"]
    assert failed == ["s3"]


def test_a_service_that_keeps_failing_is_left_alone() -> None:
    engine = Fake(fails=["moment"] * 100)
    chain = ChainTranslator([(engine, Limits(attempts=1))], Memory())
    for number in range(30):
        (answer,) = run(chain, [("s1", f"{SOURCE} {number}")])
    assert len(engine.asked) == BREAKER_FAILURES
    assert answer.reason == "fake: the service keeps failing; not asked for now"
    assert answer.temporary


def test_a_long_retry_after_is_obeyed_without_waiting(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(chain_module.time, "sleep", waits.append)
    server.behaviour = ["429 long"]
    ledger = Ledger()
    second = Fake("second")
    chain = ChainTranslator(
        [(libretranslate(server), Limits()), (second, Limits())], Memory(), ledger=ledger
    )
    answers = run(chain, segments(60))
    assert {answer.backend for answer in answers} == {"second"}
    assert server.counted() == 1
    assert not any(waits)
    assert ledger.held("libretranslate") > 290


def test_a_budget_bounds_what_is_sent(server: Server) -> None:
    chain = ChainTranslator([(libretranslate(server), Limits(max_chars=2500))], Memory())
    answers = run(chain, segments(60))
    assert sum(map(len, server.texts)) <= 2500
    done = [answer for answer in answers if answer.status == "ok"]
    left = [answer for answer in answers if answer.status == "failed"]
    assert done
    assert {(answer.reason, answer.temporary) for answer in left} == {
        ("libretranslate: the budget of characters for this run is spent", True)
    }


def test_requests_are_spread_over_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=0.0, monotonic=lambda: clock.now, time=lambda: clock.now)
    clock.sleep = lambda seconds: setattr(clock, "now", clock.now + seconds)
    for module in (chain_module, ledger_module):
        monkeypatch.setattr(module, "time", clock)
    asked_at = []

    class Noted(Fake):
        batch_size = 1

        def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
            asked_at.append(clock.now)
            return super().translate(texts, source, target)

    chain = ChainTranslator([(Noted(), Limits(requests_per_second=20))], Memory())
    run(chain, segments(10))
    assert asked_at == pytest.approx([turn / 20 for turn in range(10)])


def test_a_document_ends_in_time_and_the_next_run_asks_only_for_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = SimpleNamespace(now=0.0, monotonic=lambda: clock.now, sleep=lambda seconds: None)
    monkeypatch.setattr(chain_module, "time", clock)

    class Slow(Fake):
        batch_size = 2

        def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
            clock.now += 0.2
            return super().translate(texts, source, target)

    memory, slow, quick = Memory(), Slow(), Fake()
    answers = run(ChainTranslator([(slow, Limits())], memory, seconds=0.5), segments(20))
    assert [answer.status for answer in answers] == ["ok"] * 6 + ["failed"] * 14
    assert {(answer.reason, answer.temporary) for answer in answers[6:]} == {
        ("fake: no time left for this document in this run", True)
    }
    again = run(ChainTranslator([(quick, Limits())], memory), segments(20))
    assert {answer.status for answer in again} == {"ok"}
    assert [text for batch in quick.asked for text in batch] == [
        text for _, text in segments(20)[6:]
    ]


def test_what_is_answered_is_kept_at_once(server: Server) -> None:
    """A run that is killed in the middle of a document pays for nothing twice."""
    memory = Memory()
    engine = libretranslate(server, max_chars_per_request=200)
    server.behaviour = ["good", "good", "401"]
    run(ChainTranslator([(engine, Limits())], memory), segments(20))
    server.texts = []
    run(ChainTranslator([(libretranslate(server), Limits())], memory), segments(20))
    assert 0 < len(server.texts) < 20


def test_thirty_per_cent_of_failures_lose_no_segment(server: Server) -> None:
    """With the default limits, over 400 segments in batches; how long that takes is measured by
    ``python -m tests.tools.faults``."""
    server.faults, server.failing = FAULTS, 0.3
    memory, engine = Memory(), libretranslate(server)
    answers = run(ChainTranslator([(engine, Limits())], memory), segments(400))
    for (_, text), answer in zip(segments(400), answers, strict=True):
        if answer.status == "ok":
            assert answer.text == translated(text, "en")
        else:
            assert answer.reason
            assert memory.look_up(engine.identity, "it-en", [text]) == {}
    assert sum(answer.status == "ok" for answer in answers) >= 380


def test_thirty_per_cent_of_failures_take_less_than_twice_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By a clock that only sleeping and the service's 75 ms move on."""

    class Shaky(Fake):
        batch_size, failing = 25, 0.3

        def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
            clock.now += 0.075
            self.asked.append(list(texts))
            if dice.random() >= self.failing:
                return [translated(text, target) for text in texts]
            fault = dice.choice(FAULTS)
            if fault in ("wrong language", "echo", "empty"):
                return ["" if fault == "empty" else text for text in texts]
            raise EngineFailure(fault, "busy" if fault == "429" else "moment")

    dice = random.Random(1)
    clock = SimpleNamespace(now=0.0, monotonic=lambda: clock.now, time=lambda: clock.now)
    clock.sleep = lambda seconds: setattr(clock, "now", clock.now + seconds)
    for module in (chain_module, ledger_module):
        monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(chain_module, "random", dice)
    texts = [(f"s{number}", f"Il ponte chiude tra {number} mesi.") for number in range(1000)]
    seconds = []
    for share in (0.0, *[0.3] * 10):
        engine, began = Shaky(), clock.now
        engine.failing = share
        run(ChainTranslator([(engine, Limits(requests_per_second=5))], Memory()), texts)
        seconds.append(clock.now - began)
    healthy, *shaky = seconds
    assert healthy == pytest.approx(39 * 0.2 + 0.075)
    assert max(shaky) < 2 * healthy


def test_a_document_without_time_takes_no_turns_from_others() -> None:
    ledger = Ledger()
    chain = ChainTranslator(
        [(Fake(), Limits(requests_per_second=10))], Memory(), ledger=ledger, seconds=0.35
    )
    assert (
        run(chain, segments(200))[-1].reason == "fake: no time left for this document in this run"
    )
    assert ledger.turn("fake", 10, within=1) is not None


def test_memory_only_asks_nobody() -> None:
    settings = TranslateSettings(enabled=True, backends=("memory",))
    chain = build_translator(settings)
    assert chain is not None
    (answer,) = chain.translate([("s1", "Addio.")], "it", "en")
    assert answer == Translation("s1", None, "failed", None, "not in the translation memory", True)


GLOSSARY = parse_glossary(
    "en,it,direction\ncentral bank,banca centrale,\nYork,York,\nmayor,prima cittadina,it-en\n",
    "terms.csv",
)


def glossed(engine: Engine, memory: Memory) -> ChainTranslator:
    return ChainTranslator([(engine, Limits())], memory, glossary=GLOSSARY)


def test_terms_of_the_glossary_are_in_the_answer_or_it_is_no_answer() -> None:
    class Forgetful(Fake):
        def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
            return [
                text.replace("mayor", "king") for text in super().translate(texts, source, target)
            ]

    text = "La prima cittadina ha incontrato il direttore della banca centrale a York."
    kept = Fake()
    (failed,) = run(glossed(kept, Memory()), [("s1", text)])
    assert kept.asked[0] == ["La mayor ha incontrato il direttore della central bank a York."], (
        "an engine leaves alone what it takes for a name"
    )
    assert failed.reason == "fake: a term of the glossary is missing"

    class Keeping(Fake):
        def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
            super().translate(texts, source, target)
            return ["The Mayor met the head of the central bank in York."]

    memory = Memory()
    (answer,) = run(glossed(Keeping(), memory), [("s1", text)])
    assert answer.text == "The mayor met the head of the central bank in York."
    plain = ChainTranslator([(Fake(), Limits())], memory)
    (other,) = run(plain, [("s1", text)])
    assert other.text == translated(text, "en"), "a glossary is part of the memory's key"


def test_a_text_of_terms_alone_is_its_own_translation() -> None:
    """An engine that leaves the term alone is right, yet its answer looked like an echo."""

    class Honest(Fake):
        def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
            answers = super().translate(texts, source, target)
            return [text if text == "Central bank" else answer
                    for text, answer in zip(texts, answers, strict=True)]  # fmt: skip

    engine = Honest()
    answers = run(
        glossed(engine, Memory()),
        [("s1", " Banca centrale "), ("s2", "York 2025"), ("s3", f"Banca centrale\n{SOURCE}")],
    )
    assert [(answer.text, answer.status) for answer in answers] == [
        (" Central bank ", "ok"),
        ("York 2025", "ok"),
        (f"Central bank\n{translated(SOURCE, 'en')}", "ok"),
    ]
    assert engine.asked == [[SOURCE]]


def test_settings_that_change_translations_change_the_identity() -> None:
    names = {
        ChainTranslator([(Fake(), Limits())], Memory()).identity,
        ChainTranslator([(Fake("b"), Limits()), (Fake(), Limits())], Memory()).identity,
        ChainTranslator([(Fake(), Limits()), (Fake("b"), Limits())], Memory()).identity,
        ChainTranslator([(Fake(), Limits())], Memory(), glossary=GLOSSARY).identity,
        ChainTranslator([(Fake(), Limits())], Memory(), seeds=("seed abc",)).identity,
    }
    assert len(names) == 5


def test_unknown_and_missing_backends_are_usage_errors() -> None:
    with pytest.raises(UsageError, match="Did you mean google"):
        build_translator(TranslateSettings(enabled=True, backends=("gogle",)))
    with pytest.raises(UsageError, match="no backend is named"):
        build_translator(TranslateSettings(enabled=True))
    assert build_translator(TranslateSettings(backends=("google",))) is None


def test_a_memory_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = str(tmp_path / "file" / "memory.sqlite")
    with pytest.raises(ResourceError, match="memory"):
        build_translator(TranslateSettings(enabled=True, backends=("memory",), memory=memory))
