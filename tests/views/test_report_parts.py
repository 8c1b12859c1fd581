"""The report's parts that need no browser."""

from __future__ import annotations

import dataclasses
import doctest
import re
from collections import Counter
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from pipeline.core.layers import ClaimKind, TranslationStatus, ValueType
from pipeline.core.record import Pair, Relation
from pipeline.languages import LANGUAGES
from pipeline.languages.boilerplate import KINDS
from pipeline.languages.cues import MODALITIES, cue_table
from pipeline.stages.claims.quotes import UNBALANCED
from pipeline.store.files import DamagedFile, dump
from pipeline.store.manifest import Counts, Manifest, Problem
from pipeline.views import visible
from pipeline.views.inspect import render
from pipeline.views.known import known_aliases
from pipeline.views.report import build, names, overview, search
from pipeline.views.report.build import _counted, write_report
from pipeline.views.report.document import Indexed
from pipeline.views.report.names import Names
from pipeline.views.report.overview import Overview, over_time, speaker_slug
from pipeline.views.report.search import WordIndex
from pipeline.views.report.words import COUNTED, WORDS
from tests.factory import HOSTILE, make_pair, make_record, write_outputs


@pytest.mark.parametrize("module", [names, overview, search, visible])
def test_examples_in_docstrings_hold(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted > 0
    assert result.failed == 0


def test_a_long_index_counts_on_in_base_36() -> None:
    index = WordIndex()
    for number in range(100):
        index.add(["uno" if number in (0, 50, 99) else "due"])
    words, places = index.lines(range(100))
    assert words.split(" ") == ["due", "uno"]
    assert places.split(" ")[1] == "0,1e,1d"


def test_many_months_become_years() -> None:
    months = Counter({"2020-01": 2, "2024-06": 1, "2024-07": 3})
    assert over_time(months) == [("2020", 2), ("2024", 4)]
    assert over_time(Counter()) == []


def test_speakers_of_other_alphabets_have_pages_of_their_own(tmp_path: Path) -> None:
    names = ("per:иван", "per:пётр", "per:robin-li", "per:Robin--Li")
    assert len({speaker_slug(name).lower() for name in names}) == len(names)


def test_a_report_without_stages_or_pairs_is_written(tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "out", make_record(translated=False))
    assert write_report(outputs, tmp_path / "report") == 1
    page = (tmp_path / "report" / "documents" / "a-00000001.html").read_text(encoding="utf-8")
    assert "This run did not keep the raw text." in page


def test_numbers_are_written_as_each_language_writes_them() -> None:
    assert _counted(1, "pairs") == (
        '<span class="en" lang="en">1 pair</span><span class="it" lang="it">1 coppia</span>'
    )
    assert "2,000 claims" in _counted(2000, "claims")
    assert "2.000 dichiarazioni" in _counted(2000, "claims")


def test_what_the_stages_may_say_has_words_in_both_languages() -> None:
    verbs = [cue for code in LANGUAGES for cues in cue_table(code).verbs.values() for cue in cues]
    classes = {cue.cue_class for cue in verbs}
    relations = {*get_args(Relation), *get_args(get_type_hints(Pair)["relation"])}
    said = classes | set(MODALITIES.values()) | {"hedged"} | set(KINDS) | relations
    assert said | {UNBALANCED} <= WORDS.keys()
    assert {
        *get_args(ClaimKind),
        *get_args(TranslationStatus),
        *get_args(ValueType),
    } <= COUNTED.keys()


def test_a_damaged_pair_file_is_named(tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "out", make_record())
    (outputs / "pairs").mkdir(exist_ok=True)
    (outputs / "pairs" / "a__b.json").write_text("{}")
    with pytest.raises(DamagedFile, match=r"pairs/a__b\.json is damaged \(.+\); run again\.$"):
        write_report(outputs, tmp_path / "report")


def test_a_damaged_record_is_named_with_what_to_do(tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "out", make_record())
    path = outputs / "records" / "a-00000001.json"
    path.write_bytes(path.read_bytes()[:500])
    told = r"records/a-00000001\.json is damaged \(unexpected end of data.*\); run again\.$"
    with pytest.raises(DamagedFile, match=told):
        write_report(outputs, tmp_path / "report")
    with pytest.raises(DamagedFile, match=told):
        render(outputs, "a-00000001", None)


def test_flags_are_shown(tmp_path: Path) -> None:
    record = make_record()
    person, place = record.entities
    record = dataclasses.replace(
        record,
        flags=("damaged_bytes",),
        values=(dataclasses.replace(record.values[0], value="", flags=("impossible_date",)),),
        entities=(person, dataclasses.replace(place, flags=("not_found",))),
    )
    write_report(write_outputs(tmp_path / "out", record), tmp_path / "report")
    page = (tmp_path / "report" / "documents" / "a-00000001.html").read_text(encoding="utf-8")
    for words in ("damaged bytes", "no such day", "not found in the translation"):
        assert page.count(words) == 1


def test_inputs_without_a_record_are_listed(tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "out", make_record())
    refused = Problem("", "in/<b>.png", "skipped", "inputs", "unknown kind")
    manifest = Manifest(
        "1", "complete", (), Counts(), (refused,), {}, {}, {}, "", "", 0.0, {}, workers=1
    )
    (outputs / "run.json").write_bytes(dump(manifest))
    write_report(outputs, tmp_path / "report")
    page = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    shown = names.bilingual("skipped", "saltato")
    assert f"<bdi>in/&lt;b&gt;.png</bdi> — {shown}: unknown kind" in page


def test_why_a_sentence_has_no_translation_is_told_in_both_languages(tmp_path: Path) -> None:
    record = make_record()
    first, *rest = record.segments
    failed = dataclasses.replace(first.translation, status="failed", reason="google: no network")
    alone = {record.language.code: first.text[record.language.code]}
    first = dataclasses.replace(first, translation=failed, text=alone)
    outputs = write_outputs(tmp_path / "out", dataclasses.replace(record, segments=(first, *rest)))
    write_report(outputs, tmp_path / "report")
    page = (tmp_path / "report" / "documents" / "a-00000001.html").read_text(encoding="utf-8")
    shown = names.bilingual("translation failed", "traduzione non riuscita")
    assert f"{shown}: google: no network" in page


def test_a_report_written_anew_keeps_no_page_of_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "report"
    outputs = write_outputs(tmp_path / "out", make_record(), make_record("z-00000009"))
    write_report(outputs, target)
    (target / "documents" / "mine.html").write_text("<title>Not of a report</title>")
    (outputs / "records" / "z-00000009.json").unlink()
    speakers = {page.name for page in (target / "speakers").iterdir()}
    (target / "speakers" / "per-nobody.html").write_bytes((target / "index.html").read_bytes())
    write_report(outputs, target)
    documents = {page.name for page in (target / "documents").iterdir()}
    assert documents == {"a-00000001.html", "mine.html"}
    assert {page.name for page in (target / "speakers").iterdir()} == speakers


def test_names_are_those_of_the_language(tmp_path: Path) -> None:
    found = names.Names(known_aliases(tmp_path))
    found.add("loc:turin", "it", "TORINO")
    found.add("per:ada", "it", "Ada Neri")
    assert (found.best("loc:turin", "en"), found.best("loc:turin", "it")) == ("Turin", "Torino")
    assert found.shown("per:ada") == "Ada Neri"


def test_a_speaker_page_names_each_document_once(tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "out", make_record(), make_record("z-00000009"))
    write_report(outputs, tmp_path / "report")
    page = (tmp_path / "report" / "speakers" / "per-ada-moretti.html").read_text(encoding="utf-8")
    assert page.count('href="../documents/a-00000001.html"') == 1
    assert page.count('#c1"') == 4  # each claim, and the one that it is linked with


def test_a_page_of_a_pair_lists_claims_without_a_counterpart_in_a_fold(tmp_path: Path) -> None:
    english = make_record("e-00000001", language="en", who="Robin Li")
    (claim,) = english.claims
    english = dataclasses.replace(english, claims=(claim, dataclasses.replace(claim, id="c2")))
    italian = make_record("i-00000002", said=HOSTILE)
    pair = make_pair("e-00000001", "i-00000002")
    target = tmp_path / "report" / "pairs" / "e-00000001__i-00000002.html"
    for links, links_shown, alone in (
        (pair.claims, ["e-00000001.html#c1", "i-00000002.html#c1"], ["e-00000001.html#c2"]),
        ((), [], ["e-00000001.html#c1", "e-00000001.html#c2", "i-00000002.html#c1"]),
    ):
        told = dataclasses.replace(pair, claims=links)
        outputs = write_outputs(tmp_path / "out", english, italian, pairs=(told,))
        write_report(outputs, tmp_path / "report")
        page = target.read_text(encoding="utf-8")
        before, _, rest = page.partition('<details class="alone">')
        fold, _, after = rest.partition("</details>")
        address = re.compile(r'blockquote dir="auto"><a href="\.\./documents/([^"]+)"')
        assert address.findall(before) == links_shown
        assert address.findall(fold) == alone
        assert address.findall(after) == []
        assert f"<summary>{_counted(len(alone), 'alone')}</summary>" in fold
        assert "<script>alert" not in page
    every = dataclasses.replace(english, claims=(claim,))
    write_outputs(tmp_path / "out", every, pairs=(pair,))
    write_report(tmp_path / "out", tmp_path / "report")
    assert 'class="alone"' not in target.read_text(encoding="utf-8")


def test_several_processes_write_the_same_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [make_record(f"a-{number:08}") for number in range(6)]
    outputs = write_outputs(tmp_path / "out", *records)
    assert write_report(outputs, tmp_path / "alone") == 6
    monkeypatch.setattr(build, "WORTH_A_PROCESS", 2)
    monkeypatch.setattr(build, "BATCH", 2)
    monkeypatch.setattr(build.os, "cpu_count", lambda: 2)
    assert write_report(outputs, tmp_path / "together") == 6
    alone, together = (
        {page.relative_to(folder): page.read_bytes() for page in folder.rglob("*.html")}
        for folder in (tmp_path / "alone", tmp_path / "together")
    )
    assert len(alone) == 6 + 1 + 1
    assert alone == together
    damaged = outputs / "records" / "a-00000003.json"
    damaged.write_text('{"id": "a-00000003", "title": null}')
    with pytest.raises(DamagedFile, match="a-00000003"):
        write_report(outputs, tmp_path / "together")


def test_documents_stand_by_file_name_and_are_found_there() -> None:
    overview = Overview(Names({}), {"a-00000001": "Dieci", "b-00000002": "Due"}, {})
    for name, path, said in (("a-00000001", "f10.txt", "ortica"), ("b-00000002", "F2.txt", "lino")):
        record = make_record(name, said=said)
        source = dataclasses.replace(record.source, path=path)
        overview.add(Indexed(dataclasses.replace(record, source=source)))
    page = overview.page([], Path("nowhere"))
    assert [row["path"] for row in page["rows"]] == ["F2.txt", "f10.txt"]
    words, places = (line.split(" ") for line in page["index"])
    assert (places[words.index("ortica")], places[words.index("lino")]) == ("1", "0")
