"""One document's score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from quality.annotation import Annotation, Article, Mention
from quality.measures import Measure, Measures, Share, total
from quality.score.claims import match_claims, score_claims, score_scare_quotes
from quality.score.names import score_grouping, score_names
from quality.score.sides import Error, face
from quality.score.text import score_boilerplate, score_language, score_sentences
from quality.score.values import score_values

PARTS = (
    score_language,
    score_boilerplate,
    score_sentences,
    score_names,
    score_grouping,
    score_values,
    score_claims,
    score_scare_quotes,
)


@dataclass(frozen=True, slots=True)
class Scored:
    """One document's measures, its errors, and which predicted items are which gold ones.

    ``kept`` are the predicted mentions outside gold boilerplate; ``mentions`` leads from their
    indices to gold ones, ``quotes`` from predicted ids to gold ids.
    """

    article: Article
    measures: Measures
    errors: tuple[Error, ...]
    kept: tuple[Mention, ...]
    mentions: Mapping[int, int]
    quotes: Mapping[str, str]


def score_document(article: Article, predicted: Annotation) -> Scored:
    """All measures of one document."""
    sides = face(article, predicted)
    parts = [score(sides) for score in PARTS]
    measures: dict[str, Measure] = {}
    for part in parts:
        measures |= part.measures
    return Scored(
        article,
        measures,
        tuple(error for part in parts for error in part.errors),
        sides.mentions,
        sides.same_mention,
        {
            sides.quotes[each.predicted].id: sides.gold.quotes[each.gold].id
            for each in match_claims(sides)
        },
    )


def feature_recall(scored: Iterable[Scored]) -> dict[str, Share]:
    """The share of gold claims found, by descriptive feature."""
    shares = total(
        {feature: Share(int(quote.id in each.quotes.values()), 1)}
        for each in scored
        for quote in each.article.gold.quotes
        for feature in quote.features
    )
    return {name: share for name, share in sorted(shares.items()) if isinstance(share, Share)}
