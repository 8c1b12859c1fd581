"""Fits the weights of `pipeline.corpus.link` on annotated pairs of articles.

``python -m training.links.train`` reads ``training/pairs``, prints how well pairs left out of the
training are linked, and writes ``pipeline/corpus/link_weights.json``. ``--unread`` then measures
the weights on the pairs of ``training/pairs/unread``, which serve nothing else. One model serves
parallel pairs, one comparable ones. Weights never fall below zero: no evidence may speak against a
link by being there.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from pipeline.core.record import (
    Provenance,
    Record,
    RecordClaim,
    RecordEntity,
    RecordLanguage,
    RecordMention,
    RecordSegment,
    RecordSource,
    RecordSpan,
    RecordSpeaker,
    SegmentPair,
    SegmentTranslation,
)
from pipeline.core.spans import Span, within
from pipeline.corpus.features import Side, make_features
from pipeline.corpus.link import Evidence, all_evidence, features_of
from pipeline.corpus.match import segment_pairs
from pipeline.store.files import Store
from quality.annotation import Article, PairAnnotation, Quote
from quality.markup import pairs, read_folder

PAIRS = Path("training/pairs")
UNREAD = PAIRS / "unread"
WEIGHTS = Path("pipeline/corpus/link_weights.json")
MODELS = {"parallel": "aligned", "comparable": "apart"}
RIDGE = 0.3
THRESHOLD = 0.5

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """The evidence of two claims, and whether they are the same."""

    evidence: Evidence
    same: bool


@click.command()
@click.option("--unread", is_flag=True, help="Also measure on the pairs kept unread.")
def main(unread: bool) -> None:
    """Train, report, write."""
    groups = read_groups(PAIRS)
    weights = {}
    for relation, model in MODELS.items():
        report(
            relation, (_left_out(groups[relation], held) for held in range(len(groups[relation])))
        )
        weights[model] = fit(_together(groups[relation]))
    plain = {model: named(values) for model, values in weights.items()}
    WEIGHTS.write_text(json.dumps(plain, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    if unread:
        for relation, found in sorted(read_groups(UNREAD).items()):
            report(f"unread {relation}", ((group, weights[MODELS[relation]]) for group in found))


def read_groups(folder: Path) -> dict[str, list[list[Example]]]:
    """The examples of a folder, by relation and pair."""
    articles = {article.name: article for article in read_folder(folder)}
    groups: dict[str, list[list[Example]]] = defaultdict(list)
    for pair in pairs(articles.values()):
        groups[pair.relation].append(list(examples(pair, articles)))
    return groups


def _left_out(groups: Sequence[list[Example]], held: int) -> tuple[list[Example], Matrix]:
    """A pair, and the weights that the others give."""
    return groups[held], fit(_together([*groups[:held], *groups[held + 1 :]]))


def _together(groups: Sequence[list[Example]]) -> list[Example]:
    return [each for group in groups for each in group]


def examples(pair: PairAnnotation, articles: dict[str, Article]) -> Iterator[Example]:
    """All couples of claims of a pair, with all speakers and with some of them not found, as the
    pipeline, too, does not find each."""
    for lost in (None, 0, 1, 2):
        yield from _examples(pair, record(articles[pair.en], lost), record(articles[pair.it], lost))


def _examples(pair: PairAnnotation, left: Record, right: Record) -> Iterator[Example]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), {})
        sides = [Side.of(each, make_features(store, each, "")) for each in (left, right)]
        beads: Sequence[SegmentPair] = ()
        if pair.relation == "parallel":
            beads = segment_pairs(sides[0], sides[1])
        for i, j, evidence in all_evidence(sides[0], sides[1], {}, beads):
            same = (left.claims[i].id, right.claims[j].id) in pair.claims
            yield Example(evidence, same)


def record(article: Article, lost: int | None = None) -> Record:
    """An article's annotation as a base record; canonical ids are the annotated ones.

    Every fourth claim, from number ``lost`` on, has no speaker.
    """
    text, language = article.text, article.gold.language or ""
    sentences = sorted(article.gold.sentences) or list(_paragraphs(text))

    def span(part: Span) -> RecordSpan:
        return RecordSpan(part.start, part.end, part.of(text), ())

    def segments(parts: Sequence[Span]) -> tuple[str, ...]:
        return tuple(f"s{k + 1}" for part in parts for k in within(sentences, part))

    mentions: dict[str, list[RecordMention]] = defaultdict(list)
    for mention in article.gold.mentions:
        where = (segments([mention.span]) or ("",))[0]
        part = mention.span
        mentions[mention.canonical or ""].append(
            RecordMention(where, part.start, part.end, part.of(text), ())
        )

    unknown = {quote.id for quote in article.gold.quotes[lost::4]} if lost is not None else set()

    def speaker(quote: Quote) -> RecordSpeaker | None:
        if quote.id in unknown:
            return None
        known = quote.speaker_canonical in mentions
        words = quote.speaker.of(text) if quote.speaker else None
        name = quote.speaker_canonical if known else words
        return RecordSpeaker(None, name if known else None, name) if name else None

    def claim(quote: Quote) -> RecordClaim:
        return RecordClaim(
            id=quote.id,
            kind=quote.kind,
            content=tuple(span(part) for part in quote.content),
            text={language: " ".join(part.of(text) for part in quote.content)},
            segments=segments(quote.content),
            speaker=speaker(quote),
            cue=None,
            confidence=1.0,
            modality="denied" if "denied" in quote.features else "asserted",
        )

    return Record(
        schema_version="1",
        id=article.name,
        source=RecordSource(article.name, "", 0, "text/plain", "utf-8", {}),
        language=RecordLanguage(language, 1.0, "annotation", ()),
        target_language="",
        title=None,
        text=text,
        removed=(),
        segments=tuple(
            RecordSegment(f"s{n}", 0, span(part), language, {}, SegmentTranslation("skipped"))
            for n, part in enumerate(sentences, 1)
        ),
        entities=tuple(
            RecordEntity(name, "MISC", name, {language: found[0].text}, (), tuple(found))
            for name, found in sorted(mentions.items())
        ),
        values=(),
        claims=tuple(claim(quote) for quote in article.gold.quotes),
        links=(),
        provenance=Provenance("", {}, {}, ""),
    )


def _paragraphs(text: str) -> Iterator[Span]:
    start = 0
    for paragraph in text.split("\n\n"):
        yield Span(start, start + len(paragraph))
        start += len(paragraph) + 2


def fit(found: Sequence[Example]) -> Matrix:
    """Logistic regression with a ridge and weights of at least zero; the bias comes last."""
    rows, right = matrix(found), np.array([each.same for each in found], dtype=float)
    ridge = np.full(rows.shape[1], RIDGE)
    ridge[-1] = 1e-6
    weights = np.zeros(rows.shape[1])
    for _ in range(500):
        chances = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (chances - right) + ridge * weights
        curve = (rows * (chances * (1 - chances))[:, None]).T @ rows + np.diag(ridge)
        weights -= 0.3 * np.linalg.solve(curve, slope)
        weights[:-1] = np.maximum(weights[:-1], 0)
    return weights


def matrix(found: Sequence[Example]) -> Matrix:
    """One row per example, one column per sort of evidence in the order of names, and a one."""
    rows = []
    for each in found:
        values = features_of(each.evidence)
        rows.append([*(values[name] for name in sorted(values)), 1.0])
    return np.array(rows)


def named(weights: Matrix) -> dict[str, float]:
    """The weights by name."""
    names = [*sorted(Evidence.__dataclass_fields__), "bias"]
    return {name: round(float(value), 3) for name, value in zip(names, weights, strict=True)}


def report(relation: str, judged: Iterable[tuple[Sequence[Example], Matrix]]) -> None:
    """Print precision and recall of ``same``, over pairs with the weights to link each by."""
    right = linked = gold = 0
    for group, weights in judged:
        chances = 1 / (1 + np.exp(-matrix(group) @ weights))
        for each, chance in zip(group, chances, strict=True):
            chosen = chance >= THRESHOLD and not each.evidence.contradicts
            right += chosen and each.same
            linked += chosen
            gold += each.same
    print(f"{relation}: precision {right}/{linked}, recall {right}/{gold}")


if __name__ == "__main__":
    main()
