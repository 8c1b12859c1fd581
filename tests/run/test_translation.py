"""Whole runs that translate, against a server on loopback: resuming, budgets, what is told."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.backends.resources import build_resources
from pipeline.cli.run import summary
from pipeline.config import Config, ServiceSettings, TranslateSettings
from pipeline.run.plan import Options, Plan
from pipeline.stages.translate import TranslateStage
from tests.backends.translation.server import Server
from tests.run import fake_stages

BUILDER = "tests.run.test_translation:build_plan"


def build_plan(config: Config, options: Options) -> Plan:
    """The fake stages with a real translator."""
    plan = fake_stages.build_plan(config, options)
    stage = TranslateStage(build_resources(config).translator)
    stages = [stage if each.name == "translate" else each for each in plan.stages]
    return Plan(stages, options)


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(10):
        text = f"The mayor said that the works will begin in {number} months in the city."
        (folder / f"a{number}.txt").write_text(text)
    return folder


def translating(server: Server, **service: float) -> Config:
    settings = ServiceSettings(url=server.url, requests_per_second=0, **service)
    return Config(
        translate=TranslateSettings(
            enabled=True, backends=("libretranslate",), libretranslate=settings
        )
    )


def statuses(out: Path) -> list[tuple[str, str | None]]:
    records = [json.loads(path.read_bytes()) for path in sorted((out / "records").iterdir())]
    found = [segment["translation"] for record in records for segment in record["segments"]]
    return [(each["status"], each["reason"]) for each in found]


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (out / "records").iterdir()}


@pytest.fixture
def run_it(run_fake, monkeypatch):
    monkeypatch.setattr("tests.run.conftest.BUILDER", BUILDER)
    return run_fake


def test_a_second_run_asks_for_nothing(articles, run_it, server, tmp_path):
    run_it(articles, config=translating(server), workers=2)
    assert statuses(tmp_path / "out") == [("ok", None)] * 10
    assert server.counted() == 10
    assert run_it(articles, config=translating(server)).counts.kept == 10
    run_it(articles, config=translating(server), options=Options(force=True))
    assert server.counted() == 0, "the memory answers even when everything is made again"


def test_failures_for_now_are_asked_for_again_and_nothing_else(articles, run_it, server, tmp_path):
    server.poison = "in 3 months"
    manifest = run_it(articles, config=translating(server))
    assert (manifest.counts.translated, manifest.counts.untranslated) == (9, 1)
    assert "9 segments translated, 1 not: each says why" in summary(manifest, tmp_path / "out")
    first = statuses(tmp_path / "out")
    assert sorted(status for status, _ in first) == ["failed"] + ["ok"] * 9
    assert ("failed", "libretranslate: status 500") in first
    server.poison, server.texts = "", []
    run_it(articles, config=translating(server))
    assert server.texts == ["The mayor said that the works will begin in 3 months in the city."]
    assert statuses(tmp_path / "out") == [("ok", None)] * 10
    run_it(articles, config=translating(server), out="undisturbed")
    assert contents(tmp_path / "out") == contents(tmp_path / "undisturbed")


def test_the_budget_is_one_for_all_workers_and_starts_anew_with_the_next_run(
    articles, run_it, server, tmp_path
):
    config = translating(server, max_chars_per_run=300)
    run_it(articles, config=config, workers=2)
    assert 200 < sum(map(len, server.texts)) <= 300
    left = [reason for status, reason in statuses(tmp_path / "out") if status == "failed"]
    assert set(left) == {"libretranslate: the budget of characters for this run is spent"}
    server.texts = []
    run_it(articles, config=config, workers=2)
    assert 200 < sum(map(len, server.texts)) <= 300


def test_an_interrupted_run_goes_on_counting(articles, run_it, server, tmp_path):
    config = translating(server, max_chars_per_run=300)
    (articles / "b.txt").write_text("FAIL")
    with pytest.raises(Exception, match="beyond me"):
        run_it(articles, config=config, strict=True)
    assert (tmp_path / "out/.pipeline/sent.sqlite").exists()
    (articles / "b.txt").unlink()
    run_it(articles, config=config)
    assert sum(map(len, server.texts)) <= 300
    assert not (tmp_path / "out/.pipeline/sent.sqlite").exists()


def test_no_article_text_and_no_key_is_logged(articles, cli, server, tmp_path, monkeypatch):
    monkeypatch.setenv("LIBRETRANSLATE_API_KEY", "secret-key-123")
    server.behaviour = ["500", "html", "echo", "truncated", "401"]
    (tmp_path / "config.toml").write_text(
        '[translate]\nenabled = true\nbackends = ["libretranslate"]\n'
        f'[translate.libretranslate]\nurl = "{server.url}"\n'
    )
    env = {**os.environ, "FAKE_BUILDER": BUILDER}
    process = cli("--verbose", "run", articles, "-o", tmp_path / "out", env=env)
    said = b"".join(process.communicate(timeout=300))
    manifest = (tmp_path / "out/run.json").read_bytes()
    assert b"secret-key-123" in "".join(server.bodies).encode()
    for secret in (b"secret-key-123", b"The mayor", b"months in the city"):
        assert secret not in said
        assert secret not in manifest


def test_the_translation_is_part_of_the_stage_key(articles, run_it, server, tmp_path):
    run_it(articles, config=translating(server))
    terms = tmp_path / "terms.csv"
    terms.write_text("en,it\nmayor,sindaca\n")
    config = translating(server)
    config = dataclasses.replace(
        config, translate=dataclasses.replace(config.translate, glossary=str(terms))
    )
    manifest = run_it(articles, config=config)
    assert manifest.counts.kept == 0
    assert "glossary" in manifest.models["translator"]
    terms.write_text("en,it\nmayor,sindaco\n")
    assert run_it(articles, config=config).counts.kept == 0
    assert run_it(articles, config=config).counts.kept == 10
