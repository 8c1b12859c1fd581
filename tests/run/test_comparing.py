"""What documents are compared by is made where they are worked on."""

from __future__ import annotations

import pytest

from pipeline.config import Config
from pipeline.corpus import features
from pipeline.corpus.finish import finish_corpus
from pipeline.inputs.discover import discover
from pipeline.run.document import process
from pipeline.run.plan import Options, Plan, open_store
from tests.run import fake_stages

pytestmark = pytest.mark.models


def processed(folder, inputs, *, compares):
    fake = fake_stages.build_plan(Config(), Options())
    plan, store = Plan(fake.stages, fake.options, compares=compares), open_store(folder)
    for source in discover([inputs], Config().input):
        process(source, plan, store)
    return store


def test_what_finds_counterparts_is_not_left_to_the_end(inputs, tmp_path, monkeypatch):
    store = processed(tmp_path / "out", inputs, compares=True)
    monkeypatch.setattr(features, "make_features", None)
    finish_corpus(Config(), store)


def test_nothing_is_made_that_nobody_asked_for(inputs, tmp_path):
    store = processed(tmp_path / "out", inputs, compares=False)
    assert not (store.folder / ".pipeline" / "features").exists()
