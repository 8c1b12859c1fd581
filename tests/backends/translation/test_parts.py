from __future__ import annotations

import multiprocessing
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.backends.translation.build import build_translator
from pipeline.backends.translation.chain import ChainTranslator, Limits, split_long
from pipeline.backends.translation.checks import fault
from pipeline.backends.translation.local import Apertium, FirefoxTranslations
from pipeline.backends.translation.memory import Memory
from pipeline.config import ServiceSettings, TranslateSettings
from pipeline.errors import ResourceError, UsageError


@pytest.mark.parametrize(
    ("source", "answer", "reason"),
    [
        ("Ciao a tutti.", None, "empty answer"),
        ("Ciao a tutti.", "  ", "empty answer"),
        ("Ha detto di no.", "ha detto di no.", "echo of the source"),
        ("Robin Li", "Robin Li", None),
        ("GPT-4", "GPT-4", None),
        ("Costa 3,5 milioni.", "It costs 3.5 million.", None),
        ("Erano 5.500.", "There were 5,500.", None),
        ("Costa 3,5 milioni.", "It costs millions.", "numbers changed"),
        ("«Basta», ha detto.", "Enough, he said.", "quotation marks lost"),
        ("«Basta», ha detto.", "“Enough”, he said.", None),
        ("Fine della storia, davvero.", "The end.", "absurd length"),
        ("Molto bene.", "Very very very very very well.", "repeats itself"),
        ("Ciao.", "<b>Hello.</b>", "markup in the answer"),
        ("Ciao.", "MYMEMORY WARNING: YOU USED ALL", "message of the service"),
        (
            "Il ponte sarà chiuso per tutta la notte a causa dei lavori.",
            "Le pont sera fermé pendant toute la nuit à cause des travaux de la ville.",
            "wrong language",
        ),
    ],
)
def test_what_is_taken_for_a_translation(
    source: str, answer: str | None, reason: str | None
) -> None:
    found = fault(source, answer, "en")
    assert found == reason or (reason is not None and found is not None and reason in found)


@given(st.text(alphabet="ab ,.;\n", max_size=80), st.integers(1, 20))
def test_long_texts_are_cut_without_losing_a_word(text: str, longest: int) -> None:
    pieces = split_long(text, longest)
    assert all(len(piece) <= longest for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def _fill(path: str, worker: int) -> None:
    memory = Memory(Path(path))
    for number in range(50):
        memory.store("engine", "it-en", {f"testo {number}": f"text {number}"})
        memory.store("engine", "it-en", {f"testo {worker} {number}": "text"})


def test_the_memory_serves_several_processes(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_fill, args=(str(path), number)) for number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    memory = Memory(path)
    wanted = [f"testo {number}" for number in range(50)]
    assert len(memory.look_up("engine", "it-en", wanted)) == 50
    assert memory.look_up("another engine", "it-en", wanted) == {}
    assert memory.look_up("engine", "en-it", wanted) == {}


def test_the_memory_looks_up_many_at_once_and_folds_white_space(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.sqlite")
    texts = [f"Una frase  qualunque numero {number}." for number in range(5000)]
    memory.store("engine", "it-en", dict.fromkeys(texts, "text"))
    assert len(memory.look_up("engine", "it-en", texts)) == 5000
    assert memory.look_up("engine", "it-en", ["Una frase qualunque\nnumero 7."])


def test_a_file_that_is_no_memory_is_named(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(ResourceError, match=r"memory\.sqlite"):
        Memory(path)


def test_memory_only_asks_nobody(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "m.sqlite")
    memory.store("seed", "it-en", {"Ciao.": "Hello."})
    chain = ChainTranslator([], memory)
    known, unknown = chain.translate([("s1", "Ciao."), ("s2", "Addio.")], "it", "en")
    assert (known.text, known.status) == ("Hello.", "cached")
    assert (unknown.text, unknown.status) == (None, "failed")


def test_unknown_and_missing_backends_are_usage_errors() -> None:
    with pytest.raises(UsageError, match="Did you mean google"):
        build_translator(TranslateSettings(enabled=True, backends=("gogle",)))
    with pytest.raises(UsageError, match="no backend is named"):
        build_translator(TranslateSettings(enabled=True))
    assert build_translator(TranslateSettings(backends=("google",))) is None


@pytest.mark.parametrize("damage", ["no folder", "empty folder", "corrupt model"])
def test_firefox_translations_says_what_is_missing(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "models"
    if damage != "no folder":
        (folder / "it-en").mkdir(parents=True)
    if damage == "corrupt model":
        for name in ("model.iten.bin", "vocab.iten.spm"):
            (folder / "it-en" / name).write_bytes(b"nothing like a model")
    engine = FirefoxTranslations(TranslateSettings(models_folder=str(folder)))
    chain = ChainTranslator([(engine, Limits(1))], Memory(Path(":memory:")))
    (answer,) = chain.translate([("s1", "Ciao a tutti.")], "it", "en")
    assert answer.status == "failed"
    assert "does not load" in (answer.reason or "") or "no model" in (answer.reason or "")


@pytest.mark.services
@pytest.mark.skipif(
    shutil.which("apertium") is None or shutil.which("cg-proc") is None,
    reason="Apertium (with cg3) is not installed",
)
def test_apertium_translates_both_ways() -> None:
    engine = Apertium(ServiceSettings(timeout_seconds=60))
    assert "red" in engine.translate(["La casa è rossa."], "it", "en")[0].lower()
    assert len(engine.translate(["The house is red.", "It rains."], "en", "it")) == 2
