"""``python -m quality``: what it refuses, and that it measures what users would read."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from pipeline.config import Config
from quality.__main__ import main
from quality.evaluate import read_set
from quality.markup import parse
from quality.predict import file_name, predict

ARTICLE = parse(
    "demo",
    "lang: it\nq1 direct person:moretti\nq2 indirect person:moretti\n---\n"
    "{b:nav|Home~N~|~N~Cronaca}\n\n{h|Il ponte riapre a {L:arno|Arno}}\n\n"
    "«{q1|Il ponte ~M:è~ sicu~S~ro}», {c1|ha detto} {s1|{P:moretti|Anna Moretti}}.~J: ~"
    "{s2|{P:moretti|Moretti}} {c2|ha aggiunto} che {q2|i lavori sono costati "
    "{E:EUR 3500000|3,5 milioni di euro}}.\n",
)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_held_out_errors_are_not_shown() -> None:
    result = run("--set", "heldout", "--errors", "3")
    assert result.exit_code == 2
    assert "Held-out articles are for totals only" in result.output


def test_unknown_articles_are_named() -> None:
    result = run("--only", "zz99")
    assert result.exit_code == 2
    assert "No article of the dev set is named zz99..." in result.output


def test_file_names_tell_neither_language_nor_pair() -> None:
    names = {file_name(article) for article in read_set("dev")}
    assert len(names) == 24
    assert not any(name.startswith(("en", "it")) for name in names)


@pytest.mark.models
def test_predictions_lie_where_they_lie_in_the_raw_text() -> None:
    found = predict(Config().override(models={"profile": "fast"}), [ARTICLE])
    assert found.problems == ()
    annotation, gold = found.annotations["demo"], ARTICLE.gold
    assert annotation.language == "it"
    first, second = annotation.quotes
    assert first.content[0].start == gold.quotes[0].content[0].start
    assert first.content[-1].end == gold.quotes[0].content[0].end
    assert second.cue == gold.quotes[1].cue
    assert first.speaker_canonical == second.speaker_canonical is not None
    assert [(each.span, each.type, each.value) for each in annotation.amounts] == [
        (each.span, each.type, each.value) for each in gold.amounts
    ]
    removed = annotation.boilerplate[0].span
    assert removed.contains(gold.boilerplate[0].span.strip(ARTICLE.text))


@pytest.mark.models
def test_one_table_is_printed() -> None:
    result = run("--profile", "fast", "--only", "it01", "--errors", "2", "--sort", "name")
    assert result.exit_code == 0
    for line in ("dev: 1 articles", "claims all", "claims found by feature", "name missed"):
        assert line in result.output
    assert "claim missed" not in result.output
