"""Engines on this machine: the real fxtranslate library, and Apertium where it is installed."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest

from pipeline.backends.translation.build import build_translator
from pipeline.backends.translation.chain import ChainTranslator, Limits
from pipeline.backends.translation.engine import Engine, EngineFailure
from pipeline.backends.translation.local import (
    Apertium,
    FirefoxTranslations,
    describe_translation_models,
)
from pipeline.backends.translation.memory import Memory
from pipeline.config import ServiceSettings, TranslateSettings
from pipeline.core.layers import Translation
from tests.backends.translation.tiny_model import write_model

# A Marian file (version 1) that says it holds 2^33 items: the library asks for memory for them all
# and ends the process.
GREEDY = struct.pack("<2Q", 1, 1 << 33) + bytes(64)


def ask(engine: Engine, text: str = "Ciao a tutti.") -> Translation:
    (answer,) = ChainTranslator([(engine, Limits())], Memory()).translate(
        [("s1", text)], "it", "en"
    )
    return answer


def model(folder: Path, content: bytes, vocabulary: bytes | None = b"nothing like it") -> None:
    (folder / "it-en").mkdir(parents=True, exist_ok=True)
    (folder / "it-en" / "model.iten.bin").write_bytes(content)
    if vocabulary is not None:
        (folder / "it-en" / "vocab.iten.spm").write_bytes(vocabulary)


def firefox(folder: Path | str) -> FirefoxTranslations:
    return FirefoxTranslations(TranslateSettings(models_folder=str(folder)))


def test_missing_models_are_named_with_the_command_that_fetches_them(tmp_path: Path) -> None:
    command = "`pipeline models download it-en` fetches one"
    assert (
        ask(firefox("")).reason == f"fxtranslate: [translate] models_folder is not set; {command}"
    )
    missing = f"fxtranslate: no model for it-en in {tmp_path / 'it-en'}; {command}"
    assert ask(firefox(tmp_path)).reason == missing
    model(tmp_path, b"x", vocabulary=None)
    answer = ask(firefox(tmp_path))
    assert (answer.reason, answer.temporary) == (missing, True)


@pytest.mark.parametrize("content", [b"", b"nothing like a model", GREEDY, bytes(5000)])
def test_a_damaged_model_is_a_reason_and_ends_no_process(tmp_path: Path, content: bytes) -> None:
    model(tmp_path, content)
    answer = ask(firefox(tmp_path))
    assert answer.status == "failed"
    assert f"the model in {tmp_path / 'it-en'} is damaged" in (answer.reason or "")


WORDS = {
    **{"La": "The", "la": "the", "il": "the", "sindaca": "mayor", "ponte": "bridge"},
    **{"ha": "has", "detto": "said", "che": "that", "è": "is", "chiuso": "closed", "da": "since"},
    **{"3": "3", "7": "8", "giorni": "days", "strada": "strada", ".": ".", ",": ",", "«": "“"},
}
"""What the small model knows; it gets one number wrong, leaves one word as it is, and does not know
how a quotation ends."""
SAID = "La sindaca ha detto che il ponte è chiuso da 3 giorni."


def translate(folder: Path, *texts: str, direction: str = "it-en") -> list[Translation]:
    """The answers of the translator that the settings describe."""
    settings = TranslateSettings(
        enabled=True, backends=("fxtranslate",), models_folder=str(folder), attempts=2
    )
    translator = build_translator(settings)
    assert translator is not None
    source, target = direction.split("-")
    segments = [(f"s{number}", text) for number, text in enumerate(texts)]
    return list(translator.translate(segments, source, target))


@pytest.mark.parametrize("shortlist", [True, False])
def test_a_model_in_a_local_folder_translates(tmp_path: Path, shortlist: bool) -> None:
    write_model(tmp_path / "it-en", WORDS, "it-en", shortlist=shortlist)
    texts = [SAID, "La sindaca ha detto che è chiuso.\nIl ponte è chiuso?", SAID, "il ponte"]
    first, _, again, last = answers = translate(tmp_path, *texts)
    assert first.text == "The mayor has said that the bridge is closed since 3 days."
    assert (first.status, first.backend) == ("ok", "fxtranslate")
    assert (again.text, last.text) == (first.text, "the bridge")
    assert [answer.segment for answer in answers] == ["s0", "s1", "s2", "s3"]


def test_each_direction_has_its_model(tmp_path: Path) -> None:
    write_model(tmp_path / "it-en", WORDS, "it-en")
    write_model(tmp_path / "en-it", {"the": "il", "bridge": "ponte", "closed": "chiuso"}, "en-it")
    (there,) = translate(tmp_path, "il ponte chiuso")
    (back,) = translate(tmp_path, "the bridge closed", direction="en-it")
    assert (there.text, back.text) == ("the bridge closed", "il ponte chiuso")
    assert len(describe_translation_models(TranslateSettings(models_folder=str(tmp_path)))) == 2


def test_what_the_model_gets_wrong_is_not_taken_for_a_translation(tmp_path: Path) -> None:
    write_model(tmp_path / "it-en", WORDS, "it-en")
    texts = ["il ponte è chiuso da 7 giorni", "strada", "«il ponte è chiuso»", "Pesce", SAID]
    answers = translate(tmp_path, *texts)
    reasons = ["numbers changed", "echo of the source", "quotation marks lost", "empty answer"]
    assert [answer.reason for answer in answers] == [
        *(f"fxtranslate: {reason}" for reason in reasons),
        None,
    ]
    assert [answer.text for answer in answers[:4]] == [None] * 4


def test_a_model_that_panics_over_a_text_costs_that_text_alone(tmp_path: Path) -> None:
    """The vocabulary of a larger model: its last pieces have no place in this one."""
    folder = tmp_path / "it-en"
    write_model(folder, WORDS | {f"ω{n}": f"ω{n}" for n in range(20)}, "it-en", shortlist=False)
    larger = (folder / "vocab.iten.spm").read_bytes()
    write_model(folder, WORDS, "it-en", shortlist=False)
    (folder / "vocab.iten.spm").write_bytes(larger)
    lost, *kept = translate(tmp_path, "il ponte ω9", SAID, *(["il ponte è chiuso"] * 3))
    assert lost.reason == "fxtranslate: the model failed (PanicException)"
    assert not lost.temporary
    assert {answer.status for answer in kept} == {"ok"}


@pytest.mark.parametrize("pattern", ["model.*.bin", "vocab.*.spm", "lex.*.bin"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.9])
def test_a_file_that_was_cut_off_is_a_reason(tmp_path: Path, pattern: str, share: float) -> None:
    write_model(tmp_path / "it-en", WORDS, "it-en")
    (path,) = (tmp_path / "it-en").glob(pattern)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    (answer,) = translate(tmp_path, SAID)
    assert answer.status == "failed"
    assert f"the model in {tmp_path / 'it-en'} is damaged" in (answer.reason or "")


def test_another_model_is_another_engine_to_the_memory(tmp_path: Path) -> None:
    names = [firefox(tmp_path).identity]
    for content in (b"one", b"two"):
        model(tmp_path, content)
        names.append(firefox(tmp_path).identity)
    assert len(set(names)) == 3
    (tmp_path / "it-en" / "README").write_text("not a model file")
    assert firefox(tmp_path).identity == names[-1]


def program(
    folder: Path, script: str, monkeypatch: pytest.MonkeyPatch, patience: float = 60
) -> Apertium:
    """An ``apertium`` that does what ``script`` says, and is waited for so many seconds."""
    path = folder / "apertium"
    path.write_text(f'#!/bin/sh\nif [ "$1" = -l ]; then echo ita-eng; exit; fi\n{script}\n')
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin")
    return Apertium(ServiceSettings(timeout_seconds=patience))


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 3", "apertium: Apertium ended with exit code 3"),
        ("sleep 3600 & sleep 3600", "apertium: no answer in time"),
        ("echo one; echo; echo two", "apertium: the answer has another number of lines"),
        ("cat", "apertium: echo of the source"),
        ("", "apertium: empty answer"),
    ],
)
def test_what_goes_wrong_with_apertium_is_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
) -> None:
    patience = 1 if "sleep" in script else 60
    engine = program(tmp_path, script, monkeypatch, patience)
    (answer,) = ChainTranslator([(engine, Limits(1))], Memory()).translate(
        [("s1", "Ciao a tutti.")], "it", "en"
    )
    assert (answer.status, answer.reason) == ("failed", reason)


def test_missing_apertium_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    engine = Apertium(ServiceSettings())
    assert engine.identity == "apertium"
    assert "apertium-eng-spa" in (ask(engine).reason or "")
    with pytest.raises(EngineFailure):
        engine.translate(["Ciao."], "it", "en")


real = pytest.mark.skipif(
    shutil.which("apertium") is None or shutil.which("cg-proc") is None,
    reason="Apertium (apertium-eng-spa, apertium-spa-ita, cg3) is not installed",
)


@pytest.mark.services
@real
def test_apertium_translates_both_ways() -> None:
    engine = Apertium(ServiceSettings(timeout_seconds=60))
    assert "red" in engine.translate(["La casa è rossa."], "it", "en")[0].lower()
    assert "rossa" in engine.translate(["The house is red."], "en", "it")[0].lower()


@pytest.mark.services
@real
def test_apertium_keeps_texts_apart() -> None:
    engine = Apertium(ServiceSettings(timeout_seconds=60))
    texts = ["il presidente", "rosso", "La casa è rossa.", "^strano$ [testo] {qui} <a>"]
    together = engine.translate(texts, "it", "en")
    alone = [engine.translate([text], "it", "en")[0] for text in texts]
    assert together == alone
