"""`pipeline stages` says what a run would do, and why."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from pipeline.cli.main import cli
from pipeline.config import Config
from pipeline.core.layers import Source
from pipeline.inputs.discover import discover
from pipeline.run import plan
from pipeline.run.document import missing_work
from pipeline.run.plan import Options, open_store
from tests.run import fake_stages


@pytest.fixture
def explain(inputs, tmp_path):
    def reasons(config=Config(), options=Options()):
        plan_, store = fake_stages.build_plan(config, options), open_store(tmp_path / "out")
        source = next(discover([inputs], config.input))
        return missing_work(source, plan_, store)

    return reasons


def test_reasons_before_and_after_a_run(explain, run_fake, inputs):
    assert set(explain().values()) == {"nothing kept"}
    run_fake(inputs)
    assert explain() == {}
    assert explain(options=Options(first="project")) == dict.fromkeys(
        ("project", "assemble"), "asked for"
    )


def test_a_changed_setting_is_told_from_what_follows(explain, run_fake, inputs):
    run_fake(inputs)
    changed = Config().override(claims={"min_confidence": 0.5})
    assert explain(changed)["claims"].startswith("settings")
    assert explain(changed)["assemble"] == "follows from claims"


def test_the_command_counts_documents_by_reason(inputs, tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "build_plan", fake_stages.build_plan)
    result = CliRunner().invoke(cli, ["stages", str(inputs), "-o", str(tmp_path / "out")])
    assert result.exit_code == 0
    assert result.stdout.count("nothing kept") == 1
    assert "ingest to assemble: 12 documents: nothing kept" in result.stdout


def test_the_bare_command_lists_the_stages():
    result = CliRunner().invoke(cli, ["stages"])
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 11
    assert "Raw -> Language" in result.stdout


def test_tables_of_the_user_count_by_what_they_hold_not_by_where_they_lie(tmp_path):
    """Keys of stages and the fingerprint in records, for files that move and then change."""

    source = Source("a", "a.txt", b"", "text/plain")

    def placed(name, term="sindaca", seed="La sindaca.", person="Ada Neri"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "terms.csv").write_text(f"en,it\nmayor,{term}\n")
        (folder / "names.csv").write_text(f"id,label,en,it\nper:ada-neri,PER,{person},\n")
        (folder / "seed.tmx").write_text(
            '<tmx version="1.4"><header srclang="en"/><body><tu>'
            '<tuv xml:lang="en"><seg>The mayor.</seg></tuv>'
            f'<tuv xml:lang="it"><seg>{seed}</seg></tuv></tu></body></tmx>'
        )
        config = Config().override(
            entities={"aliases": str(folder / "names.csv")},
            translate={
                "enabled": True,
                "backends": ("memory",),
                "memory": str(tmp_path / "memory.db"),
                "glossary": str(folder / "terms.csv"),
                "seed_memories": (str(folder / "seed.tmx"),),
            },
        )
        keys = plan.build_plan(config, Options()).keys(source)
        return plan.settings_sha256(config), keys

    first = placed("here")
    assert placed("there") == first
    for changed, stage, other in (
        (placed("terms", term="prima cittadina"), "translate", "entities"),
        (placed("seeds", seed="La prima cittadina."), "translate", "entities"),
        (placed("names", person="Ada N."), "entities", "segment"),
    ):
        assert changed[1][stage] != first[1][stage]
        assert changed[1][other] == first[1][other]
