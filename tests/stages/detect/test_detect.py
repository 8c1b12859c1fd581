"""The document's language, its passages, and what is skipped."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.backends.langdetect_detector import LangdetectDetector, detect_language
from pipeline.config import DetectSettings
from pipeline.core.layers import Language, Raw
from pipeline.errors import SkipDocument
from pipeline.stages.base import View
from pipeline.stages.detect import DetectStage

CASES = Path(__file__).parents[2] / "cases" / "detect"
STAGE = DetectStage(DetectSettings(), LangdetectDetector())

ENGLISH = (
    "The library reopened on Saturday after eight months of repairs, and a queue had formed "
    "before the doors were unlocked. Staff handed out tea while people waited in the rain.\n\n"
)
ITALIAN = (
    "La biblioteca ha riaperto sabato dopo otto mesi di lavori, e davanti alla porta si era già "
    "formata una fila. Il personale ha offerto del tè a chi aspettava sotto la pioggia.\n\n"
)


def detect(text: str, **metadata: str) -> Language:
    raw = Raw("d-1", "d.txt", "", 0, "text/plain", "utf-8", text, metadata)
    return STAGE.apply(View({Raw: raw}, STAGE.reads))


def cases() -> list[tuple[str, str, str]]:
    return [
        (code, case["label"], case["text"])
        for code in ("en", "it")
        for case in json.loads((CASES / f"{code}.json").read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("code", "label", "text"), cases())
def test_languages_of_documents(code: str, label: str, text: str) -> None:
    assert detect(text).code == code, label


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("fr", "Le conseil municipal a approuvé lundi le nouveau budget de la ville."),
        ("es", "El ayuntamiento aprobó el lunes el nuevo presupuesto de la ciudad."),
        ("de", "Der Stadtrat hat am Montag den neuen Haushalt der Stadt beschlossen."),
        ("pt", "A câmara municipal aprovou na segunda-feira o novo orçamento da cidade."),
        ("ro", "Consiliul local a aprobat luni noul buget al orașului și al regiunii."),
        ("ru", "Городской совет в понедельник утвердил новый бюджет города."),
        ("zh", "市议会星期一批准了该市的新预算,市长说这是一个重要的决定。"),
    ],
)
def test_third_languages_are_skipped_by_name(code: str, text: str) -> None:
    with pytest.raises(SkipDocument, match=f"The language is {code}"):
        detect(text)


@pytest.mark.parametrize("text", ["OK", "12 34 56", "!!!", "Roma 2", "http://a.it/b?c=d"])
def test_featureless_text_is_skipped_unless_declared(text: str) -> None:
    with pytest.raises(SkipDocument, match="cannot be told"):
        detect(text)
    declared = detect(text, language="it-IT")
    assert (declared.code, declared.detector) == ("it", "declared")


def test_passages_in_the_other_language_are_found_by_paragraph() -> None:
    text = ENGLISH * 3 + ITALIAN + ENGLISH
    language = detect(text)
    assert language.code == "en"
    assert [(p.language, p.raw.of(text)) for p in language.passages] == [("it", ITALIAN.strip())]
    text = ITALIAN * 3 + ENGLISH
    language = detect(text)
    assert [(p.language, p.raw.of(text)) for p in language.passages] == [("en", ENGLISH.strip())]


def test_long_quotations_in_the_other_language_are_passages() -> None:
    quotation = "We will write to every person affected, and we will never ask for a password"
    text = ITALIAN * 2 + f"La nota della società recita: «{quotation}» e poi aggiunge altro.\n"
    assert [p.raw.of(text) for p in detect(text).passages] == [quotation]


def test_short_lines_inherit_the_language_of_the_document() -> None:
    assert detect(ITALIAN * 2 + "The show must go on\n\n" + ITALIAN).passages == ()


def test_detection_is_the_same_in_every_process_and_thread() -> None:
    text = "Ciao a tutti i lettori di questa pagina"
    expected = repr(detect_language(text))
    code = f"from pipeline import detect_language; print(repr(detect_language({text!r})))"
    fresh = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert fresh.stdout.strip() == expected
    with ThreadPoolExecutor(8) as pool:
        assert {repr(answer) for answer in pool.map(detect_language, [text] * 16)} == {expected}


def test_the_first_use_may_be_in_threads() -> None:
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from pipeline.backends.langdetect_detector import detect_language\n"
        "texts = ['Il sindaco ha detto che la strada resta chiusa.'] * 8\n"
        "print({code for code, _ in ThreadPoolExecutor(8).map(detect_language, texts)})\n"
    )
    fresh = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert fresh.stdout.strip() == "{'it'}"


@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text: str) -> None:
    code, confidence = detect_language(text)
    assert 2 <= len(code) <= 3
    assert 0.0 <= confidence <= 1.0
    assert (code == "und") == (confidence == 0.0)
