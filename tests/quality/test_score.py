"""The scorer: figures of a second, independent implementation, and each rule by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.spans import Span
from quality.annotation import Amount, Annotation, Boilerplate, Mention, PairAnnotation, Quote
from quality.evaluate import measure, read_set
from quality.markup import pairs, parse
from quality.measures import Retrieval, Share, add
from quality.predict import Predictions
from quality.score import score_document
from quality.score.matching import match, overlap
from quality.score.values import parsed

# Gold of six articles damaged at random, and the figures another scorer gave them.
REFERENCE = json.loads(Path(__file__).with_name("reference.json").read_text(encoding="utf-8"))


def span(plain: list[int] | None) -> Span | None:
    return None if plain is None else Span(*plain[:2])


def annotation(plain: dict[str, Any]) -> Annotation:
    return Annotation(
        language=plain["language"],
        boilerplate=tuple(Boilerplate(Span(a, b), kind) for a, b, kind in plain["boilerplate"]),
        passages=tuple(Span(*each) for each in plain["passages"]),
        mentions=tuple(Mention(Span(a, b), label, id_) for a, b, label, id_ in plain["mentions"]),
        amounts=tuple(Amount(Span(a, b), type_, value) for a, b, type_, value in plain["amounts"]),
        quotes=tuple(
            Quote(
                quote["id"],
                quote["kind"],
                tuple(Span(*each) for each in quote["content"]),
                span(quote["speaker"]),
                quote["speaker_canonical"],
                span(quote["cue"]),
            )
            for quote in plain["quotes"]
        ),
    )


def test_figures_equal_those_of_another_implementation() -> None:
    predicted = {each["article"]: annotation(each) for each in REFERENCE["documents"]}
    found_pairs = tuple(
        PairAnnotation(
            each["en"],
            each["it"],
            each["relation"],
            tuple((Span(*a), Span(*b)) for a, b in each["segments"]),
            frozenset((a, b) for a, b in each["claims"]),
        )
        for each in REFERENCE["pairs"]
    )
    articles = read_set("dev", only=tuple(predicted))
    result = measure(articles, Predictions(predicted, found_pairs, ()))
    figures = {**result.parts["all"], **result.parts["pairs"]}
    for name, expected in REFERENCE["figures"].items():
        found = figures[name]
        if isinstance(found, Retrieval):
            figure = [found.precision, found.recall, found.value, found.predicted, found.gold]
            assert figure == pytest.approx(expected), name
        else:
            assert found.value == pytest.approx(expected), name


def test_gold_against_itself_is_perfect() -> None:
    articles = read_set("dev")
    itself = Predictions({each.name: each.gold for each in articles}, pairs(articles), ())
    result = measure(articles, itself)
    for part in result.parts.values():
        assert {name: each.value for name, each in part.items()} == dict.fromkeys(part, 1.0)
    assert not any(each.errors for each in result.scored)


def test_a_pair_where_there_is_none_costs_precision() -> None:
    articles = read_set("dev", only=("en08", "it08"))
    wrong = PairAnnotation(articles[0].name, articles[1].name, "comparable", (), frozenset())
    itself = {each.name: each.gold for each in articles}
    assert measure(articles, Predictions(itself, (), ())).parts["pairs"]["pairs"].value == 1.0
    assert measure(articles, Predictions(itself, (wrong,), ())).parts["pairs"]["pairs"].value == 0.0


def test_an_article_without_a_record_counts_as_empty() -> None:
    articles = read_set("dev", only=("en01",))
    result = measure(articles, Predictions({}, (), ("en01: broken",)))
    assert result.parts["all"]["language"].value == 0
    assert result.parts["all"]["claims all"].value == 0
    assert result.problems == ("en01: broken",)


ARTICLE = parse(
    "demo",
    "lang: en\nq1 direct person:ada\nq2 indirect role:clerk\n---\n{h|{P:ada|Ada Rossi} speaks}\n"
    "“{q1|We pay every month},” {c1|said} {s1|{P:ada|Rossi}}. "
    "{s2|A clerk} {c2|said} {q2|nobody had paid her yet}. {b:ad|Read more about Rome}\n",
)
FIRST, SECOND = ARTICLE.gold.quotes


def score(**changes: Any) -> dict[str, float]:
    measures = score_document(ARTICLE, replace(ARTICLE.gold, **changes)).measures
    return {name: each.value for name, each in measures.items()}


def speaker(quote: Quote, **changes: Any) -> float:
    others = tuple(each for each in (FIRST, SECOND) if each != quote)
    return score(quotes=(replace(quote, **changes), *others))["speaker all"]


def test_content_matches_from_four_fifths_of_its_words() -> None:
    text = ARTICLE.text
    shorter = Span(FIRST.content[0].start, text.index(" month"))
    too_short = Span(FIRST.content[0].start, text.index(" every"))
    assert score(quotes=(replace(FIRST, content=(shorter,)), SECOND))["claims all"] == 1.0
    assert score(quotes=(replace(FIRST, content=(too_short,)), SECOND))["claims all"] == 0.5


def test_what_is_predicted_in_boilerplate_is_a_leak_and_no_false_positive() -> None:
    rome = Span(ARTICLE.text.index("Rome"), ARTICLE.text.index("Rome") + 4)
    figures = score(mentions=(*ARTICLE.gold.mentions, Mention(rome, "LOC", "loc:rome")))
    assert figures["names exact all"] == 1.0
    assert figures["names outside boilerplate"] == pytest.approx(2 / 3)


def test_named_speakers_are_compared_through_the_mentions_of_their_id() -> None:
    renamed = tuple(replace(each, canonical="per:x") for each in ARTICLE.gold.mentions)
    quotes = (replace(FIRST, speaker_canonical="per:x"), SECOND)
    assert score(mentions=renamed, quotes=quotes)["speaker all"] == 1.0
    assert speaker(FIRST, speaker_canonical="per:somebody-else") == 0.5


def test_a_named_speaker_without_id_is_right_by_place() -> None:
    other_mention = ARTICLE.gold.mentions[0].span
    assert speaker(FIRST, speaker_canonical=None, speaker=other_mention) == 1.0
    assert speaker(FIRST, speaker_canonical=None, speaker=SECOND.speaker) == 0.5
    assert speaker(FIRST, speaker_canonical=None, speaker=None) == 0.5


def test_an_unnamed_speaker_is_no_named_one() -> None:
    assert speaker(SECOND, speaker_canonical=None) == 1.0
    assert speaker(SECOND, speaker_canonical="person:ada") == 0.5
    assert speaker(SECOND, speaker=FIRST.speaker) == 0.5


def test_matching_is_one_to_one_and_best_first() -> None:
    found = match([1.0, 2.0], [1.9, 2.1], lambda a, b: 1 - abs(a - b), 0.05)
    assert [(each.gold, each.predicted) for each in found] == [(1, 0)]


def test_overlap_is_the_f1_of_two_sets() -> None:
    assert overlap(frozenset({1, 2, 3}), frozenset({2, 3, 4})) == pytest.approx(2 / 3)
    assert overlap(frozenset(), frozenset()) == 1.0


def test_values_compare_as_numbers() -> None:
    assert parsed("EUR 3.50") == parsed("EUR 3.5")
    assert parsed("--03-12") != parsed("--03-13")


def test_measures_of_different_sorts_do_not_add_up() -> None:
    with pytest.raises(TypeError, match="do not add up"):
        add(Share(1, 2), Retrieval(1, 2, 1, 2))


def test_nothing_to_find_and_nothing_found_is_perfect() -> None:
    assert Retrieval(0, 0, 0, 0).value == 1.0
    assert Retrieval(0, 3, 0, 0).value == 0.0
    assert Share(0, 0).value == 1.0
