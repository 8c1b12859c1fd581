"""Every input is accounted for, results are reused exactly as far as they stand."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import Config
from pipeline.errors import UsageError
from pipeline.run import tally as tally_module
from pipeline.run.document import Outcome
from pipeline.run.plan import Options
from pipeline.run.runner import StoppedAtFailure
from pipeline.run.tally import Tally, Unaccounted
from tests.run.folders import results, write_articles


def ran(manifest):
    return {stage for stage in manifest.stage_seconds if stage != "store"}


def test_every_input_has_one_outcome_with_a_reason(inputs, run_fake, tmp_path):
    (inputs / "b1.txt").write_text("this one will FAIL")
    (inputs / "b2.txt").write_text("un article à SKIP")
    (inputs / "b3.txt").write_text("  ")
    (inputs / "b4.exe").write_bytes(b"MZ")
    counts = (manifest := run_fake(inputs)).counts
    assert (counts.read, counts.written, counts.skipped, counts.failed) == (16, 12, 3, 1)
    assert counts.unfinished == 0
    stored = json.loads((tmp_path / "out/run.json").read_bytes())
    assert stored["status"] == "complete"
    assert [Path(p["path"]).name for p in stored["problems"]] == [
        "b1.txt",
        "b2.txt",
        "b3.txt",
        "b4.exe",
    ]
    assert all(problem["reason"] for problem in stored["problems"])
    assert manifest.problems[0].stage == "analyze"
    assert "beyond me" in manifest.problems[0].reason


def test_a_failed_document_lies_in_quarantine_with_its_content(inputs, run_fake, tmp_path):
    (inputs / "bad.txt").write_text("this one will FAIL")
    run_fake(inputs)
    [path] = (tmp_path / "out/quarantine").iterdir()
    report = json.loads(path.read_bytes())
    assert report["stage"] == "analyze"
    assert report["error"] == "ValueError: this document is beyond me"
    assert report["path"].endswith("bad.txt")
    import base64

    assert base64.b64decode(report["content_base64"]) == b"this one will FAIL"


def test_a_mended_document_leaves_quarantine(inputs, run_fake, tmp_path):
    (inputs / "bad.txt").write_text("this one will FAIL")
    run_fake(inputs)
    (inputs / "bad.txt").write_text("this one is mended")
    manifest = run_fake(inputs)
    assert manifest.counts.failed == 0
    assert manifest.counts.kept == 12
    assert not list((tmp_path / "out/quarantine").iterdir())
    assert len(list((tmp_path / "out/.pipeline/receipts").iterdir())) == 13


def test_a_record_stays_until_a_later_content_succeeds(inputs, run_fake, tmp_path):
    def run_with(text):
        (inputs / "a.txt").write_text(text)
        run_fake(inputs)
        return [
            {path.name for path in (tmp_path / "out" / folder).glob("a-*.json")}
            for folder in ("records", "quarantine")
        ]

    (first,), none = run_with("the first content")
    assert not none
    (still,), (failed,) = run_with("the second will FAIL")
    assert still == first
    (still,), (failed_again,) = run_with("the third will FAIL as well")
    assert still == first
    assert failed_again != failed
    (last,), none = run_with("the fourth content")
    assert last != first
    assert not none


def test_a_range_of_stages_that_holds_none_is_wrong_use(inputs, run_fake, tmp_path):
    with pytest.raises(UsageError, match="'claims' comes after 'detect'"):
        run_fake(inputs, options=Options(first="claims", until="detect"))
    assert not (tmp_path / "out").exists()
    assert ran(run_fake(inputs, options=Options(first="detect", until="detect"))) == {
        "ingest",
        "detect",
    }


def test_an_unaccounted_input_is_an_error(tmp_path):
    (tmp_path / ".pipeline").mkdir()
    tally = Tally(tmp_path)
    tally.read = 2
    tally.add(Outcome("a", "a.txt", "written"))
    with pytest.raises(Unaccounted, match="1 of 2"):
        tally.check()
    tally.close()


def test_problems_beyond_the_list_are_all_in_a_file(inputs, run_fake, tmp_path, monkeypatch):
    monkeypatch.setattr(tally_module, "LISTED_PROBLEMS", 3)
    for number in range(8):
        (inputs / f"b{number}.txt").write_text(f"SKIP {number}")
    manifest = run_fake(inputs)
    assert len(manifest.problems) == 3
    lines = (tmp_path / "out" / manifest.problems_file).read_text().splitlines()
    assert len({json.loads(line)["path"] for line in lines}) == 8


def test_a_second_run_does_nothing(inputs, run_fake, tmp_path):
    (inputs / "skipped.txt").write_text("SKIP")
    first = run_fake(inputs)
    before = results(tmp_path / "out")
    second = run_fake(inputs)
    assert second.counts.kept == second.counts.written == 12
    assert ran(second) == set()
    assert results(tmp_path / "out") == before
    assert second.problems == first.problems


def test_new_documents_alone_are_processed(inputs, run_fake):
    run_fake(inputs)
    write_articles(inputs, range(100, 103))
    counts = run_fake(inputs).counts
    assert (counts.written, counts.kept) == (15, 12)


def test_a_changed_setting_redoes_what_depends_on_it(inputs, run_fake):
    run_fake(inputs)
    changed = Config().override(claims={"min_confidence": 0.5})
    assert ran(run_fake(inputs, config=changed)) == {"claims", "assemble"}


def test_force_redoes_everything_and_from_the_rest(inputs, run_fake, tmp_path):
    run_fake(inputs)
    before = results(tmp_path / "out")
    assert len(ran(run_fake(inputs, options=Options(force=True)))) == 11
    assert ran(run_fake(inputs, options=Options(first="project"))) == {"project", "assemble"}
    assert results(tmp_path / "out") == before


def test_until_stops_there_and_the_next_run_goes_on(inputs, run_fake, tmp_path):
    run_fake(inputs, options=Options(until="normalize"))
    assert not (tmp_path / "out/records").exists()
    assert not (tmp_path / "out/stages/04-analyze").exists()
    manifest = run_fake(inputs)
    assert not {"ingest", "detect", "normalize"} & ran(manifest)
    run_fake(inputs, options=Options(until="detect"))
    assert run_fake(inputs).counts.kept == 12, "a shorter run forgets nothing"


def test_a_temporary_failure_is_tried_again_with_all_that_follows(inputs, run_fake, tmp_path):
    for path in inputs.iterdir():
        path.unlink()
    (inputs / "a.txt").write_text("OFFLINE today")
    run_fake(inputs)
    [record] = (tmp_path / "out/records").iterdir()
    assert json.loads(record.read_bytes())["segments"][0]["translation"]["status"] == "failed"
    assert ran(run_fake(inputs)) == {"translate", "project", "assemble"}
    assert json.loads(record.read_bytes())["segments"][0]["translation"]["status"] == "ok"
    assert run_fake(inputs).counts.kept == 1


def test_an_edited_source_replaces_its_record(inputs, run_fake, tmp_path):
    run_fake(inputs)
    (inputs / "a0003.txt").write_text("The article was rewritten.")
    run_fake(inputs)
    records = [path.read_text() for path in (tmp_path / "out/records").iterdir()]
    assert len(records) == 12
    assert sum("rewritten" in record for record in records) == 1
    for folder in (tmp_path / "out/stages").iterdir():
        assert len(list(folder.iterdir())) == 12


def test_a_source_that_went_away_or_cannot_be_read_keeps_its_record(inputs, run_fake, tmp_path):
    run_fake(inputs)
    (inputs / "a0000.txt").unlink()
    (inputs / "a0001.txt").write_text("now it will FAIL")
    manifest = run_fake(inputs)
    assert manifest.counts.failed == 1
    assert len(list((tmp_path / "out/records").iterdir())) == 12


def test_rows_of_a_later_stream_do_not_replace_earlier_ones(cli, tmp_path):
    for text in ("Monday's news", "Tuesday's news"):
        process = cli("run", "-", "-o", "out", stdin=-1)
        _, errors = process.communicate(json.dumps({"text": text}).encode() + b"\n", timeout=60)
        assert process.returncode == 0, errors
    assert len(list((tmp_path / "out/records").iterdir())) == 2


def test_strict_stops_at_the_first_failure(inputs, run_fake, tmp_path):
    (inputs / "a0000.txt").write_text("FAIL")
    with pytest.raises(StoppedAtFailure, match="a0000"):
        run_fake(inputs, strict=True)
    stored = json.loads((tmp_path / "out/run.json").read_bytes())
    counts = stored["counts"]
    assert stored["status"].startswith("stopped")
    assert counts["read"] == sum(counts[k] for k in ("written", "skipped", "failed", "unfinished"))


def test_a_missing_input_is_wrong_use_and_writes_nothing(run_fake, tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        run_fake(tmp_path / "nowhere")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_change_nothing(inputs, run_fake, tmp_path, workers):
    (inputs / "bad.txt").write_text("FAIL")
    one = run_fake(inputs, out="one")
    many = run_fake(inputs, out="many", workers=workers)
    assert results(tmp_path / "one") == results(tmp_path / "many")
    assert (one.counts, one.problems) == (many.counts, many.problems)


def test_hash_seeds_and_locales_change_nothing(inputs, cli, tmp_path):
    for out, seed in (("one", "1"), ("two", "2")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "C", "TZ": f"UTC{seed}"}
        assert cli("run", inputs, "-o", out, env=env).wait(60) == 0
    assert results(tmp_path / "one") == results(tmp_path / "two")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["written", "kept", "skipped", "failed"]), max_size=40))
def test_counts_always_balance(statuses):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / ".pipeline").mkdir()
        tally = Tally(Path(folder))
        tally.read = len(statuses) + 1
        for number, status in enumerate(statuses):
            tally.add(Outcome(f"d{number}", f"{number}.txt", status, reason="why"))
        from pipeline.corpus.ledger import CorpusCounts

        counts = tally.counts(CorpusCounts())
        assert counts.read == counts.written + counts.skipped + counts.failed + counts.unfinished
        assert counts.unfinished == 1
        assert len(tally.problems) == counts.skipped + counts.failed
        tally.close()
