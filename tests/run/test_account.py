"""Every input is accounted for, results are reused exactly as far as they stand."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cli.run import summary
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


def record_ids(out):
    return {path.stem for path in (out / "records").glob("*.json")}


def test_a_content_that_fails_takes_the_earlier_record_away(inputs, run_fake, tmp_path):
    def run_with(text):
        (inputs / "a.txt").write_text(text)
        manifest = run_fake(inputs)
        assert len(record_ids(tmp_path / "out")) == manifest.counts.written
        return [
            {path.name for path in (tmp_path / "out" / folder).glob("a-*.json")}
            for folder in ("records", "quarantine", ".pipeline/receipts")
        ]

    (first,), none, _ = run_with("the first content")
    assert not none
    none, (failed,), receipts = run_with("the second will FAIL")
    assert not none
    assert receipts == {first, failed}, "what the stages made of the first is kept"
    none, (failed_again,), receipts = run_with("the third will FAIL as well")
    assert not none
    assert failed_again != failed
    assert receipts == {first, failed_again}
    (last,), none, receipts = run_with("the fourth content")
    assert not none
    assert receipts == {last}


def test_a_content_that_comes_back_after_a_failure_costs_no_stage(inputs, run_fake, tmp_path):
    before = (run_fake(inputs), results(tmp_path / "out"))[1]
    text = (inputs / "a0003.txt").read_text()
    (inputs / "a0003.txt").write_text("FAIL")
    run_fake(inputs)
    (inputs / "a0003.txt").write_text(text)
    manifest = run_fake(inputs)
    assert manifest.counts.failed == 0
    assert ran(manifest) == set()
    assert results(tmp_path / "out") == before


def write_rows(path, *texts):
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))


def test_a_row_that_is_broken_now_has_no_record(run_fake, tmp_path):
    table = tmp_path / "rows.jsonl"
    write_rows(table, "one", "two", "three")
    run_fake(table)
    table.write_text(table.read_text().replace('"two"}', '"two"'))
    counts = run_fake(table).counts
    assert (counts.read, counts.written, counts.failed) == (3, 2, 1)
    assert {name[:6] for name in record_ids(tmp_path / "out")} == {"rows-1", "rows-3"}


def test_rows_beyond_the_end_of_a_shorter_table_are_no_more(run_fake, tmp_path):
    table = tmp_path / "rows.jsonl"
    write_rows(table, *map(str, range(100)))
    run_fake(table)
    write_rows(table, *map(str, range(1, 100)))
    assert run_fake(table).counts.written == 99
    assert len(record_ids(tmp_path / "out")) == 99
    write_rows(table, *map(str, range(1, 4)))
    assert run_fake(table).counts.kept == 3
    assert len(record_ids(tmp_path / "out")) == 3
    table.write_text("\n")
    manifest = run_fake(table)
    assert (manifest.counts.read, manifest.counts.skipped) == (1, 1)
    assert manifest.problems[0].reason == "a table without rows"
    assert not results(tmp_path / "out")


def test_rows_that_cannot_be_reached_have_no_record_until_they_can(run_fake, tmp_path):
    import gzip

    table = tmp_path / "rows.jsonl.gz"
    rows = "".join(json.dumps({"text": f"row {number}" * 99}) + "\n" for number in range(40))
    whole = gzip.compress(rows.encode())
    table.write_bytes(whole)
    assert run_fake(table).counts.written == 40
    before = results(tmp_path / "out")
    for damaged in (whole[: len(whole) // 2], b"", b"no gzip at all"):
        table.write_bytes(damaged)
        counts = run_fake(table).counts
        assert counts.written < 40
        assert counts.failed + counts.skipped == 1
        assert len(record_ids(tmp_path / "out")) == counts.written
    table.write_bytes(whole)
    manifest = run_fake(table)
    assert manifest.counts.written == 40
    assert results(tmp_path / "out") == before


def test_a_file_that_cannot_be_read_any_more_has_no_record(inputs, run_fake, tmp_path):
    import gzip

    (inputs / "z.txt.gz").write_bytes(gzip.compress(b"a readable article"))
    assert run_fake(inputs).counts.written == 13
    (inputs / "z.txt.gz").write_bytes(b"no gzip at all")
    assert run_fake(inputs).counts.failed == 1
    assert len(record_ids(tmp_path / "out")) == 12


def test_a_killed_run_over_a_table_leaves_no_row_behind(run_fake, tmp_path):
    """Stopped before its end, so that nothing was counted at the end."""
    table = tmp_path / "rows.jsonl"
    write_rows(table, *map(str, range(80)), "FAIL", "last")
    with pytest.raises(StoppedAtFailure):
        run_fake(table, strict=True)
    write_rows(table, "0", "1")
    run_fake(table)
    assert len(record_ids(tmp_path / "out")) == 2


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


def test_a_source_that_stands_in_another_folder_too_keeps_its_record(inputs, run_fake, tmp_path):
    run_fake(inputs)
    archive = shutil.copytree(inputs, tmp_path / "archive")
    for path in inputs.iterdir():
        path.write_text(f"Rewritten: {path.name}")
    assert run_fake(archive, inputs, workers=2).counts.written == 24
    assert len(record_ids(tmp_path / "out")) == 24


def test_a_source_that_went_away_keeps_its_record(inputs, run_fake, tmp_path):
    run_fake(inputs)
    (inputs / "a0000.txt").unlink()
    run_fake(inputs)
    assert len(record_ids(tmp_path / "out")) == 12


def test_rows_of_a_later_stream_do_not_replace_earlier_ones(cli, tmp_path):
    for text in ("Monday's news", "Tuesday's news"):
        process = cli("run", "-", "-o", "out", stdin=-1)
        _, errors = process.communicate(json.dumps({"text": text}).encode() + b"\n", timeout=300)
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
        assert cli("run", inputs, "-o", out, env=env).wait(300) == 0
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


def test_records_of_other_inputs_are_told_at_the_end(inputs, run_fake, tmp_path):
    out = tmp_path / "out"
    assert "of inputs that this run did not read" not in summary(run_fake(inputs), out)
    for name in ("a0000.txt", "a0001.txt"):
        (inputs / name).unlink()
    told = summary(run_fake(inputs), out)
    assert "2 documents there are of inputs that this run did not read" in told
    assert f"{inputs / 'a0000.txt'}, {inputs / 'a0001.txt'}. --prune removes them" in told


def everything(out):
    return {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_pruning_removes_what_is_of_other_inputs_and_nothing_else(inputs, run_fake, tmp_path):
    out, other = tmp_path / "out", tmp_path / "other"
    write_articles(other, range(50, 52))
    (other / "bad.txt").write_text("FAIL")
    (other / "skipped.txt").write_text("SKIP")
    (inputs / "rows.jsonl").write_text('{"text": "a row"}\n{"text": "a row that goes"}\n')
    run_fake(inputs)
    clean = everything(out)
    run_fake(other)
    foreign = [out / "records/notes.txt", out / "records/mine.json", out / "quarantine/x/y.json"]
    for path in foreign:
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
    manifest = run_fake(inputs, prune=True)
    assert (manifest.counts.pruned, manifest.counts.leftovers) == (4, 0)
    assert [Path(each.path).name for each in manifest.pruned] == [
        "a0050.txt",
        "a0051.txt",
        "bad.txt",
        "skipped.txt",
    ]
    told = summary(manifest, out)
    assert f"pruned: 4 documents of other inputs: {other / 'a0050.txt'}, " in told
    assert all(path.read_text() == "mine" for path in foreign)
    for path in (*foreign, out / "run.json", out / ".pipeline/problems.jsonl"):
        path.unlink()
    left = everything(out)
    assert {path for path in left if path in clean} == left.keys()
    assert run_fake(inputs, prune=True).counts.pruned == 0


def test_pruning_keeps_what_may_come_back(inputs, run_fake, tmp_path):
    """What failed now, or could not be reached, is not gone."""
    write_rows(tmp_path / "rows.jsonl", "one", "two")
    run_fake(inputs, tmp_path / "rows.jsonl")
    text = (inputs / "a0003.txt").read_text()
    (inputs / "a0003.txt").write_text("FAIL")
    (tmp_path / "rows.jsonl").write_text("no\nrows\nat all\n")
    manifest = run_fake(inputs, tmp_path / "rows.jsonl", prune=True)
    assert (manifest.counts.failed, manifest.counts.pruned) == (2, 0)
    (inputs / "a0003.txt").write_text(text)
    write_rows(tmp_path / "rows.jsonl", "one", "two")
    manifest = run_fake(inputs, tmp_path / "rows.jsonl", prune=True)
    assert manifest.counts.written == 14
    assert ran(manifest) == set()


def test_pruning_waits_where_inputs_may_be_missing(inputs, run_fake, tmp_path, monkeypatch):
    run_fake(inputs)
    moved = inputs.rename(tmp_path / "moved")
    inputs.mkdir()
    assert run_fake(inputs, prune=True).counts.leftovers == 12, "a disk that is not mounted"
    write_articles(tmp_path / "more", range(60, 62))
    counts = run_fake(inputs, tmp_path / "more", prune=True).counts
    assert (counts.pruned, counts.leftovers) == (0, 12), "beside one that is"
    (tmp_path / "link").symlink_to(tmp_path / "unmounted")
    counts = run_fake(tmp_path / "link", tmp_path / "more", prune=True).counts
    assert (counts.pruned, counts.leftovers) == (0, 12), "a link that leads nowhere"
    run_fake(tmp_path / "more", moved, prune=True)
    assert run_fake(moved, prune=True).counts.pruned == 2
    (moved / "locked").mkdir()
    before, listed = Path.iterdir, Path.iterdir

    def refused(folder):
        if folder.name == "locked":
            raise PermissionError(13, "Permission denied")
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", refused)
    (moved / "a0000.txt").unlink()
    counts = run_fake(moved, prune=True).counts
    assert (counts.pruned, counts.leftovers) == (0, 1)
    monkeypatch.setattr(Path, "iterdir", before)
    counts = run_fake(moved, prune=True).counts
    assert (counts.pruned, counts.leftovers) == (1, 0)


def test_pruning_amid_the_stages_is_wrong_use(inputs, run_fake, tmp_path):
    with pytest.raises(UsageError, match="--prune without --until"):
        run_fake(inputs, options=Options(until="detect"), prune=True)


def test_columns_with_names_of_their_own_are_told(run_fake, tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(f"Testo,Data\nThe text of {name}.,2026-03-04\n")
    write_rows(tmp_path / "c.jsonl", "columns like fields need no word")
    manifest = run_fake(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "c.jsonl")
    told = summary(manifest, tmp_path / "out")
    path = tmp_path / "a.csv"
    assert f"  columns of {path} and 1 more table: text = Testo, date = Data\n" in told
    assert "c.jsonl" not in told


def test_a_row_without_text_is_skipped_with_its_row_and_column(run_fake, tmp_path):
    """In a process of its own, too."""
    table = tmp_path / "t.csv"
    table.write_text("id,testo\n1,One.\n2,Two.\n3,Three.\n")
    run_fake(table)
    table.write_text("id,testo\n1,One.\n2,\n3,Three.\n")
    manifest = run_fake(table)
    assert (manifest.counts.kept, manifest.counts.skipped) == (2, 1)
    [problem] = manifest.problems
    assert problem.path == f"{table}#2"
    assert problem.reason == "no text in row 2: its column 'testo' is empty"
    assert len(record_ids(tmp_path / "out")) == 2
