"""Lines that only say whose the quotation before them is: *– Anna Verdi, Legambiente*."""

from __future__ import annotations

from pipeline.languages import function_words as words
from pipeline.languages.people import people_table
from pipeline.stages.claims.syntax import Article

_MAX_LINE = 16


def attribution(article: Article, low: int, high: int) -> int | None:
    """Where the name begins in such a line, given as a range of tokens; None in any other."""
    dash = next((t for t in range(low, high) if not article.is_mark(t)), high)
    name = dash + 1
    if name >= high or article.words[dash] not in words.DASHES or high - dash > _MAX_LINE:
        return None
    if not (article.text[article.starts[name]].isupper() or _is_role(article, name, high)):
        return None
    told = article.has_finite(name, high)
    return None if told or "PROPN" not in article.upos[name:high] else name


def _is_role(article: Article, low: int, high: int) -> bool:
    """*– l'assessora Susi Bani*; not *– la protesta di Bari*."""
    noun = next((t for t in range(low, high) if article.upos[t] not in ("DET", "ADJ")), low)
    return people_table(article.language(noun)).is_person(article.lemmas[noun])
