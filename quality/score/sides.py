"""One article beside its prediction: what every part of the score looks at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.core.layers import ValueType
from pipeline.core.spans import Span
from quality.annotation import Amount, Annotation, Article, Mention, Quote
from quality.measures import Measure
from quality.score.matching import Match, Tokens, Words, inside, match, overlap

ANNOTATED_VALUES: tuple[ValueType, ...] = ("DATE", "MONEY", "PERCENT")


@dataclass(frozen=True, slots=True)
class Error:
    """Something missed or wrong: what sort, in which article, the words in question, and how."""

    sort: str
    article: str
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """The measures of one part of the score, and its errors."""

    measures: dict[str, Measure] = field(default_factory=dict)
    errors: list[Error] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sides:
    """Gold and prediction of one article.

    ``mentions``, ``amounts`` and ``quotes`` are the predicted ones outside gold boilerplate.
    ``same_mention`` leads from their indices to those of the gold mentions they overlap, whatever
    the label; ``meaning`` from a predicted id to the gold id that most of its mentions have.
    """

    article: Article
    predicted: Annotation
    tokens: Tokens
    mentions: tuple[Mention, ...]
    amounts: tuple[Amount, ...]
    quotes: tuple[Quote, ...]
    same_mention: Mapping[int, int]
    meaning: Mapping[str, str | None]

    @property
    def gold(self) -> Annotation:
        """What is right."""
        return self.article.gold

    def words(self, *spans: Span) -> Words:
        """The tokens that ``spans`` touch."""
        return self.tokens.under(spans)

    def error(self, sort: str, *spans: Span, detail: str = "") -> Error:
        """An error about the words under ``spans``."""
        text = " … ".join(span.of(self.article.text) for span in spans)
        return Error(sort, self.article.name, text, detail)

    def unmatched(
        self,
        sort: str,
        same: Sequence[Match],
        gold: Sequence[tuple[str, tuple[Span, ...]]],
        found: Sequence[tuple[str, tuple[Span, ...]]],
    ) -> list[Error]:
        """The gold items (label, spans) that were missed and the predicted ones that are wrong."""
        hit, right = {each.gold for each in same}, {each.predicted for each in same}
        missed = [
            self.error(f"{sort} missed{label}", *spans)
            for index, (label, spans) in enumerate(gold)
            if index not in hit
        ]
        wrong = [
            self.error(f"{sort} wrong{label}", *spans)
            for index, (label, spans) in enumerate(found)
            if index not in right
        ]
        return missed + wrong


def face(article: Article, predicted: Annotation) -> Sides:
    """The two sides of ``article``."""
    noise = [each.span for each in article.gold.boilerplate]
    tokens = Tokens(article.text)
    mentions = tuple(each for each in predicted.mentions if not inside(each.span, noise))
    touching = match(
        [tokens.under([each.span]) for each in article.gold.mentions],
        [tokens.under([each.span]) for each in mentions],
        overlap,
    )
    same_mention = {each.predicted: each.gold for each in touching}
    return Sides(
        article=article,
        predicted=predicted,
        tokens=tokens,
        mentions=mentions,
        amounts=tuple(
            each
            for each in predicted.amounts
            if each.type in ANNOTATED_VALUES and not inside(each.span, noise)
        ),
        quotes=tuple(
            quote
            for quote in predicted.quotes
            if not any(inside(span, noise) for span in quote.content)
        ),
        same_mention=same_mention,
        meaning=_majority_meaning(article.gold.mentions, mentions, same_mention),
    )


def _majority_meaning(
    gold: Sequence[Mention], mentions: Sequence[Mention], same: Mapping[int, int]
) -> dict[str, str | None]:
    votes: defaultdict[str, Counter[str | None]] = defaultdict(Counter)
    for predicted, index in same.items():
        if (id_ := mentions[predicted].canonical) is not None:
            votes[id_][gold[index].canonical] += 1
    return {id_: counter.most_common(1)[0][0] for id_, counter in votes.items()}
