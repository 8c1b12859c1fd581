"""Pairs, links and shared identifiers of a whole folder, and how little is done twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.core.record import Pair, Record
from pipeline.corpus.finish import finish_corpus
from pipeline.corpus.ledger import CorpusCounts, standing
from pipeline.store.files import Store, load
from pipeline.store.keys import sha256
from tests.corpus.articles import (
    ENGLISH,
    EVERYTHING,
    ITALIAN,
    OTHER_ENGLISH,
    add,
    article,
    store_with,
)

pytestmark = pytest.mark.models
CONFIG = Config()
PAIR = "bridge-en__ponte-it.json"


def files(store: Store) -> dict[str, bytes]:
    """Everything a user sees, and the receipts."""
    folders = ("records", "pairs", ".pipeline/receipts")
    return {
        str(path.relative_to(store.folder)): path.read_bytes()
        for folder in folders
        for path in sorted((store.folder / folder).glob("*.json"))
    }


def record(store: Store, document: str) -> Record:
    return load(Record, store.record_path(document).read_bytes())


def test_pairs_links_and_identifiers(tmp_path: Path) -> None:
    store = store_with(tmp_path, EVERYTHING)
    assert finish_corpus(CONFIG, store) == CorpusCounts(pairs=1, links=2)
    pair = load(Pair, (tmp_path / "pairs" / PAIR).read_bytes())
    assert pair.relation == "parallel"
    assert [(bead.en, bead.it) for bead in pair.segments] == [
        ((f"s{n}",), (f"s{n}",)) for n in range(1, 6)
    ]
    assert {(each.en, each.it) for each in pair.entities} == {
        (f"e{n}", f"e{n}") for n in range(1, 6)
    }
    assert [(each.en, each.it, each.relation) for each in pair.claims] == [
        ("c1", "c1", "same"),
        ("c2", "c2", "same"),
    ]
    italian = record(store, "ponte-it")
    assert italian.entities[1].canonical == "loc:london"
    assert italian.entities[1].name["it"] == "Londra"
    assert [(each.claim, each.record, each.other) for each in italian.links] == [
        ("c1", "bridge-en", "c1"),
        ("c2", "bridge-en", "c2"),
    ]
    assert [each.record for each in record(store, "bridge-en").links] == ["ponte-it", "ponte-it"]
    assert record(store, "bees-en") == OTHER_ENGLISH


def test_an_identifier_and_its_label_go_together(tmp_path: Path) -> None:
    mislabelled = replace(ITALIAN.entities[4], label="ORG", canonical="org:borgotaro")
    italian = replace(ITALIAN, entities=(*ITALIAN.entities[:4], mislabelled))
    store = store_with(tmp_path, [ENGLISH, italian])
    finish_corpus(CONFIG, store)
    shared = record(store, "ponte-it").entities[4]
    assert (shared.canonical, shared.label) == ("loc:borgotaro", "LOC")


def test_receipts_vouch_for_the_final_records(tmp_path: Path) -> None:
    store = store_with(tmp_path, EVERYTHING)
    finish_corpus(CONFIG, store)
    for each in EVERYTHING:
        receipt = store.receipt(each.id)
        assert receipt is not None
        assert receipt.record == sha256(store.record_path(each.id).read_bytes())


def test_records_to_which_nothing_is_added_are_not_even_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = store_with(tmp_path, EVERYTHING)
    before = files(store)
    for each in EVERYTHING:
        store.stage_path("assemble", each.id).unlink()
    alone = CONFIG.override(corpus={"pairs": False, "links": False})
    assert finish_corpus(alone, store) == CorpusCounts()
    assert not caplog.records, "nothing was missed"
    assert standing(alone.corpus, store) == CorpusCounts()
    assert files(store) == before


def test_order_does_not_matter(tmp_path: Path) -> None:
    forth = store_with(tmp_path / "forth", EVERYTHING)
    back = store_with(tmp_path / "back", EVERYTHING[::-1])
    finish_corpus(CONFIG, forth)
    finish_corpus(CONFIG, back)
    assert files(forth) == files(back)


def test_documents_one_by_one_end_like_all_at_once(tmp_path: Path) -> None:
    at_once = store_with(tmp_path / "once", EVERYTHING)
    finish_corpus(CONFIG, at_once)
    one_by_one = store_with(tmp_path / "one", ())
    for each in EVERYTHING:
        add(one_by_one, each)
        finish_corpus(CONFIG, one_by_one)
    assert files(at_once) == files(one_by_one)


def test_what_is_whole_stands(tmp_path: Path) -> None:
    store = store_with(tmp_path, EVERYTHING)
    counts = finish_corpus(CONFIG, store)
    assert standing(CONFIG.corpus, store) == counts


def test_damaged_and_missing_pair_files_come_back(tmp_path: Path) -> None:
    store = store_with(tmp_path, EVERYTHING)
    finish_corpus(CONFIG, store)
    before = files(store)
    path = tmp_path / "pairs" / PAIR
    for spoil in (lambda: path.write_text("{"), path.unlink):
        spoil()
        assert standing(CONFIG.corpus, store) is None
        finish_corpus(CONFIG, store)
        assert files(store) == before


def test_a_removed_document_takes_its_pair_along(tmp_path: Path) -> None:
    store = store_with(tmp_path, EVERYTHING)
    finish_corpus(CONFIG, store)
    store.record_path("ponte-it").unlink()
    assert standing(CONFIG.corpus, store) is None
    assert finish_corpus(CONFIG, store) == CorpusCounts()
    assert not list((tmp_path / "pairs").iterdir())
    assert record(store, "bridge-en") == ENGLISH


@pytest.mark.slow
def test_killed_at_any_write_and_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = store_with(tmp_path / "whole", EVERYTHING)
    finish_corpus(CONFIG, whole)
    write = Store.write
    for limit in range(100):
        store = store_with(tmp_path / str(limit), EVERYTHING)
        left = [limit]

        def counted(self: Store, path: Path, content: bytes, **named: bool) -> str:
            if left[0] == 0:  # noqa: B023 - used up before the next round
                raise KeyboardInterrupt
            left[0] -= 1  # noqa: B023
            return write(self, path, content, **named)

        monkeypatch.setattr(Store, "write", counted)
        try:
            finish_corpus(CONFIG, store)
        except KeyboardInterrupt:
            monkeypatch.setattr(Store, "write", write)
            mend(store)
            finish_corpus(CONFIG, store)
        else:
            assert limit > 8
            break
        assert files(store) == files(whole), limit


def mend(store: Store) -> None:
    """What the run does first: a record that does not match its receipt is written again."""
    for each in EVERYTHING:
        receipt = store.receipt(each.id)
        assert receipt is not None
        if sha256(store.record_path(each.id).read_bytes()) != receipt.record:
            add(store, each)


def test_switched_off(tmp_path: Path) -> None:
    store = store_with(tmp_path, EVERYTHING)
    off = CONFIG.override(corpus={"pairs": False, "links": False})
    assert finish_corpus(off, store) == CorpusCounts()
    assert record(store, "ponte-it") == ITALIAN


def test_declared_pairs_win(tmp_path: Path) -> None:
    english = article("x-en", "en", ["It rained."], metadata={"pair": "rain"})
    italian = article("y-it", "it", ["Nessuno sa che cosa accadde."], metadata={"pair": "rain"})
    store = store_with(tmp_path, [english, italian])
    assert finish_corpus(CONFIG, store).pairs == 1


def test_claims_of_one_language_are_linked_without_a_pair(tmp_path: Path) -> None:
    again = replace(ENGLISH, id="bridge-again")
    store = store_with(tmp_path, [ENGLISH, again])
    assert finish_corpus(CONFIG, store) == CorpusCounts(pairs=0, links=2)
    assert [each.record for each in record(store, "bridge-en").links] == ["bridge-again"] * 2


def test_foreign_and_damaged_files_are_left_alone(tmp_path: Path) -> None:
    store = store_with(tmp_path, EVERYTHING)
    foreign = tmp_path / "records" / "my notes.json"
    foreign.write_text("{}")
    (tmp_path / "pairs").mkdir(exist_ok=True)
    of_others = [tmp_path / "pairs" / name for name in ("mine.json", "en-a__it-b.json")]
    for path in of_others:
        path.write_text('{"mine": true}')
    store.stage_path("assemble", "bees-en").write_text("{")
    assert finish_corpus(CONFIG, store).pairs == 1
    assert foreign.read_text() == "{}"
    assert all(path.exists() for path in of_others)
    assert record(store, "bees-en") == OTHER_ENGLISH


@pytest.mark.parametrize("damage", [b"", b"PK", b"PK\x03\x04 no archive"])
def test_damaged_features_are_made_again(tmp_path: Path, damage: bytes) -> None:
    store = store_with(tmp_path, EVERYTHING)
    finish_corpus(CONFIG, store)
    before = files(store)
    for path in (tmp_path / ".pipeline").rglob("*.npz"):
        path.write_bytes(damage)
    finish_corpus(CONFIG, store)
    assert files(store) == before


def test_empty_folder(tmp_path: Path) -> None:
    assert finish_corpus(CONFIG, store_with(tmp_path, ())) == CorpusCounts()
