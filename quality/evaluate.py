"""One system measured on one set of articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.config import Config
from quality.annotation import Annotation, Article
from quality.markup import pairs, read_folder
from quality.measures import Measure, total
from quality.predict import Predictions, predict
from quality.score import Scored, score_document, score_pairs

SetName = Literal["dev", "heldout", "training"]
ROOT = Path(__file__).parent.parent
FOLDERS: dict[SetName, tuple[Path, ...]] = {
    "dev": (ROOT / "tests/gold/dev/src",),
    "heldout": (ROOT / "tests/gold/heldout/src",),
    "training": (ROOT / "training/articles/en", ROOT / "training/articles/it"),
}


@dataclass(frozen=True, slots=True)
class Result:
    """Measures by part of the set: ``en``, ``it``, ``all``, ``noisy`` and ``pairs``."""

    parts: dict[str, dict[str, Measure]]
    scored: tuple[Scored, ...]
    problems: tuple[str, ...]


def read_set(name: SetName, only: Sequence[str] = ()) -> tuple[Article, ...]:
    """The articles of a set, or those whose names begin with one of ``only``."""
    articles = [article for folder in FOLDERS[name] for article in read_folder(folder)]
    return tuple(
        article for article in articles if not only or article.name.startswith(tuple(only))
    )


def evaluate(config: Config, articles: Sequence[Article]) -> Result:
    """The pipeline under ``config`` measured on ``articles``."""
    return measure(articles, predict(config, articles))


def measure(articles: Sequence[Article], predictions: Predictions) -> Result:
    """The figures of ``predictions``; an article without a record counts as empty."""
    nothing = Annotation()
    scored = tuple(
        score_document(article, predictions.annotations.get(article.name, nothing))
        for article in articles
    )
    parts = {
        name: total(each.measures for each in scored if _belongs(each.article, name))
        for name in ("en", "it", "all", "noisy")
    }
    by_name = {each.article.name: each for each in scored}
    parts["pairs"] = score_pairs(pairs(articles), predictions.pairs, by_name)
    return Result(parts, scored, predictions.problems)


def _belongs(article: Article, part: str) -> bool:
    if part == "noisy":
        return article.noisy
    return part in ("all", article.gold.language)
