"""Block quotations that lost their marks: *Ada Neri said:⏎We cannot go on. We need a plan.*

Pages set such words apart by their layout, of which plain text keeps nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.stages.claims.cues import Hit
from pipeline.stages.claims.quotes import Quotation
from pipeline.stages.claims.syntax import Article

_MOST = 5
"""So many paragraphs may belong to one block."""


def block_quotations(
    article: Article, hits: Sequence[Hit], quotations: Sequence[Quotation]
) -> Iterator[Quotation]:
    """A quotation for each paragraph of a block, all but the first taking up the one before.

    A block follows a paragraph that ends with a reporting verb's colon. It goes to the last
    paragraph that speaks in the first person, before any with a quotation or report of its own.
    """
    tokens = (article.range_of(each.outer) for each in quotations)
    quoted = {article.paragraph(low) for low, high in tokens if low < high}
    reported = {article.paragraph(hit.head) for hit in hits if _reports(article, hit)}
    ends = quoted | reported
    for number in range(len(article.paragraphs) - 1):
        if number not in reported or not _leads_on(article, number):
            continue
        block: list[int] = []
        for following in range(number + 1, min(number + 1 + _MOST, len(article.paragraphs))):
            if following in ends or article.paragraphs[following].headline:
                break
            block.append(following)
        while block and not _in_first_person(article, block[-1]):
            block.pop()
        for following in block:
            span = article.paragraphs[following].span.strip(article.text)
            yield Quotation(span, span, 1, balanced=False, continues=following > block[0])


def _reports(article: Article, hit: Hit) -> bool:
    """Whether a verb may report words, other than the speaker's own: not *we say*."""
    said = "quote" in hit.grammar and not (hit.unsaid or hit.negated or hit.passive)
    return said and not any("Person=1" in article.morphs[t] for t in range(hit.low - 1, hit.high))


def _leads_on(article: Article, number: int) -> bool:
    low, high = article.paragraph_ranges[number]
    return low < high and article.words[high - 1] == ":"


def _in_first_person(article: Article, number: int) -> bool:
    return any("Person=1" in article.morphs[t] for t in range(*article.paragraph_ranges[number]))
