"""What holds for every record of a run, and what may not change any byte of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from zlib import crc32

import pytest

from pipeline.config import Config
from pipeline.core.layers import Raw
from pipeline.core.record import Record
from pipeline.run.runner import Request, run
from pipeline.store.files import load
from quality.evaluate import ROOT
from tests.noise import mixture, passages
from tests.sound import check_article, check_spans, words

pytestmark = pytest.mark.models

SEEDS = sorted(path for path in (ROOT / "seeds").iterdir() if not path.name.startswith("."))
FAST = Config().override(models={"profile": "fast"})
# The way back to raw text is hardest here: noise of every sort, and extracted formats.
HARD = "\N{ZERO WIDTH NO-BREAK SPACE}Prezzi su del 4,5%\r\n\r\n" + (
    "L&rsquo;Unit&agrave; scrive: «È per\N{SOFT HYPHEN}ché \N{PARTY POPPER}"
    "\N{MUSICAL SYMBOL G CLEF}no», ha detto Luca Bian\N{ZERO WIDTH SPACE}chi.Poi Bianchi Ã¨ "
    "partito per Mila\u0301no il 12 marzo 2026.\r\n\r\nSecondo Anna Verdi,\N{NO-BREAK SPACE}"
    "il piano costa 3,5 milioni di euro.\r\n"
)


@dataclass(frozen=True, slots=True)
class Finished:
    """An output folder with its records and the raw text behind each of them."""

    folder: Path
    records: dict[str, Record]
    raw: dict[str, str]


def finish(inputs: list[Path], folder: Path, workers: int = 1) -> Finished:
    manifest = run(FAST, Request([str(path) for path in inputs], folder, workers=workers))
    assert not manifest.problems
    records = {path.stem: load(Record, path.read_bytes()) for path in _json(folder / "records")}
    raw = {
        path.stem: load(Raw, path.read_bytes()).text for path in _json(folder / "stages/01-ingest")
    }
    return Finished(folder, records, raw)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    hard = tmp_path_factory.mktemp("hard") / "prezzi.txt"
    hard.write_bytes(HARD.encode())
    return [*SEEDS, hard]


@pytest.fixture(scope="module")
def finished(inputs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return finish(inputs, tmp_path_factory.mktemp("outputs"))


def test_the_seeds_give_something_of_everything(finished: Finished) -> None:
    records = finished.records.values()
    assert {record.language.code for record in records} == {"en", "it"}
    for part in ("segments", "entities", "values", "claims", "removed", "repairs"):
        assert any(getattr(record, part) for record in records), part


def test_every_span_leads_back_to_its_words(finished: Finished) -> None:
    for id_, record in finished.records.items():
        check_spans(record, finished.raw[id_])


@pytest.mark.parametrize("seed", range(60))
def test_any_mixture_of_text_and_noise_gives_a_sound_record(seed: int) -> None:
    """``tests/tools/mixtures.py`` tries others, thousands of them."""
    dice = Random(seed)
    check_article(mixture(dice), dice.choice(["en", "it"]))


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize(
    "text",
    [
        "«Il ponte riapre», ha detto Anna Verdi.“||",
        "“We are late,” Mary O’Neil told the BBC.“||",
        "Così è\N{ZERO WIDTH SPACE}Secondo Luca Bianchi, non c’è fretta.",
        "He said that",
        "Studiosi dell’Università di Gand",
        "The firm now expects to sell 4,",
        "Non è vero, replica Ida Ortis, che",
    ],
)
def test_what_once_failed_gives_a_sound_record(text: str, language: str) -> None:
    check_article(text, language)


@pytest.mark.parametrize("part", range(4))
def test_an_article_may_break_off_anywhere(part: int) -> None:
    """Each passage of the cases, cut at a place of its own."""
    for text in passages()[part::4]:
        end = 1 + crc32(text.encode()) % len(text)
        check_article(text[:end], "it" if end % 2 else "en")


def test_identifiers_lead_somewhere(finished: Finished) -> None:
    for record in finished.records.values():
        segments = {segment.id for segment in record.segments}
        entities = {entity.id for entity in record.entities}
        for ids in (record.segments, record.entities, record.claims):
            assert len({each.id for each in ids}) == len(ids)
        assert {m.segment for entity in record.entities for m in entity.mentions} <= segments
        for claim in record.claims:
            assert claim.segments and set(claim.segments) <= segments
            assert claim.speaker is None or claim.speaker.entity in {None, *entities}
        for link in record.links:
            assert link.claim in {claim.id for claim in record.claims}
            other = finished.records[link.record]
            assert link.other in {claim.id for claim in other.claims}


def test_segments_are_in_order_and_cover_every_word(finished: Finished) -> None:
    for record in finished.records.values():
        segments = [segment.span for segment in record.segments]
        assert all(a.end <= b.start for a, b in pairwise(segments))
        joined = " ".join(segment.text for segment in segments)
        assert words(joined) == words(record.text)


def test_order_of_inputs_and_workers_change_no_byte(
    finished: Finished, inputs: list[Path], tmp_path: Path
) -> None:
    other = finish(inputs[::-1], tmp_path, workers=2)
    assert files(other.folder) == files(finished.folder)


def test_a_record_does_not_depend_on_the_rest_of_its_batch(
    finished: Finished, inputs: list[Path], tmp_path: Path
) -> None:
    alone = finish([inputs[0]], tmp_path)
    whole = files(finished.folder)
    for name, content in files(alone.folder).items():
        if name.startswith("stages/"):
            assert content == whole[name], name


def test_normalizing_normalized_text_changes_nothing(finished: Finished, tmp_path: Path) -> None:
    again = []
    for id_, record in finished.records.items():
        path = tmp_path / f"{id_}.txt"
        path.write_text(record.text, encoding="utf-8", newline="")
        again.append(path)
    second = finish(again, tmp_path / "outputs")
    texts = {Path(record.source.path).stem: record.text for record in second.records.values()}
    assert texts == {id_: record.text for id_, record in finished.records.items()}


def files(folder: Path) -> dict[str, bytes]:
    """The contents of everything that may not change from run to run."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for part in ("records", "pairs", "stages", "quarantine")
        for path in _json(folder / part)
    }


def _json(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.json"))
