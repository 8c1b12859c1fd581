"""Speech that marks alone do not bound: dash dialogue, answers, insertions, lost marks.

These rules come after the pairing of marks, as they need to know where reporting verbs stand.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise

from pipeline.core.spans import Span
from pipeline.languages import function_words as words
from pipeline.stages.claims.attributions import attribution
from pipeline.stages.claims.blocks import block_quotations
from pipeline.stages.claims.cues import Hit
from pipeline.stages.claims.interviews import answers
from pipeline.stages.claims.quotes import Places, Quotation
from pipeline.stages.claims.syntax import CLAUSE_FINAL, SENTENCE_FINAL, VERBAL, Article

_PAUSES = frozenset([",", "."])
_JOINS = frozenset(["CCONJ", "SCONJ"])
_MAX_DISTANCE = 8
_MAX_LEAD = 6
"""So many words at most stand between a dash and its reporting verb."""


def all_speech(
    article: Article, hits: Sequence[Hit], quotations: Sequence[Quotation]
) -> tuple[Quotation, ...]:
    """The quotations of the article in order, split at insertions, with dash dialogue and blocks
    without marks."""
    found: list[Quotation] = []
    for quotation in quotations:
        if not quotation.balanced:
            quotation = _cut_at_report(article, hits, quotation)  # noqa: PLW2901
        found += _split(article, hits, quotation) if quotation.depth == 1 else [quotation]
    spoken = [*_dash_dialogue(article, hits, found), *answers(article)]
    spoken += block_quotations(article, hits, [*found, *spoken])
    places = Places(spoken)
    kept = [_below(quotation, places) for quotation in found]
    return tuple(
        sorted([*kept, *spoken], key=lambda quotation: (quotation.outer.start, quotation.depth))
    )


def _between(hits: Sequence[Hit], low: int, high: int) -> Sequence[Hit]:
    """The verbs that stand in a range of tokens."""
    first, last = (bisect_left(hits, token, key=lambda hit: hit.head) for token in (low, high))
    return hits[first:last]


def _below(quotation: Quotation, spoken: Places) -> Quotation:
    around = spoken.around(quotation.outer.start)
    inside = any(speech.outer.contains(quotation.outer) for speech in around)
    return replace(quotation, depth=quotation.depth + 1) if inside else quotation


def _cut_at_report(article: Article, hits: Sequence[Hit], quotation: Quotation) -> Quotation:
    """An unclosed quotation, cut before a reporting clause that it ran into.

    *“I took it for a rug, a postman told the paper.* lacks a mark, and ends before *a postman*;
    *“We work with teachers, parents and others as they respond to the fire.* runs on.
    """
    low, high = article.range_of(quotation.inner)
    for hit in reversed(_between(hits, low + 1, high)):
        if "quote" not in hit.grammar:
            continue
        comma = next((t for t in range(hit.low - 1, low, -1) if article.words[t] == ","), None)
        ends = (t for t in range(hit.high, high) if article.words[t] in CLAUSE_FINAL | {","})
        end = next(ends, high)
        if comma is None or any(article.upos[t] in _JOINS for t in range(comma, hit.low)):
            continue
        if any(article.is_finite(t) for t in (*range(comma, hit.low), *range(hit.high, end))):
            continue
        inner = Span(quotation.inner.start, article.ends[comma - 1])
        return replace(quotation, inner=inner, outer=Span(quotation.outer.start, inner.end))
    return quotation


def _split(article: Article, hits: Sequence[Hit], quotation: Quotation) -> list[Quotation]:
    """A quotation without the reporting clauses between dashes: *«No – dice Ada – e basta»*."""
    low, high = article.range_of(quotation.inner)
    if low == high:  # marks around other marks, at the very end of an article: “||
        return [quotation]
    dashes = [t for t in range(low, high) if article.words[t] in words.DASHES and _free(article, t)]
    if article.language(low) == "it" and not dashes:
        return _split_at_commas(article, hits, quotation, low, high)
    parts: list[tuple[int, int]] = []
    start = low
    for first, second in pairwise(dashes):
        if first >= start and _reports(article, hits, first + 1, second):
            parts.append((start, first))
            start = second + 1
            while start < high and not article.is_word(start) and not article.is_mark(start):
                start += 1
    if not parts:
        return [quotation]
    parts.append((start, high))
    spans = [article.span_of(*part) for part in parts if part[0] < part[1]]
    return [replace(quotation, inner=span, continues=False) for span in spans]


def _split_at_commas(
    article: Article, hits: Sequence[Hit], quotation: Quotation, low: int, high: int
) -> list[Quotation]:
    """A quotation without a reporting clause between commas: *«Non è un favore, ha detto Nardelli,
    è buon senso»*, as Italian agencies write.

    Not where another clause reports the quotation: then the speaker quotes somebody else.
    """
    beside = (
        article.sentence(max(low - _MAX_DISTANCE, 0))[0],
        article.sentence(min(high + _MAX_DISTANCE, len(article)))[1],
    )
    reported = any(
        (high <= hit.low <= high + _MAX_DISTANCE and article.words[high : high + 2] != ["."])
        or low - _MAX_DISTANCE < hit.high <= low
        for hit in _between(hits, *beside)
    )
    if reported:
        return [quotation]
    for hit in _between(hits, low, high):
        if not (low + 1 < hit.low and hit.high < high and "quote" in hit.grammar):
            continue
        second = next((t for t in range(hit.high, high) if article.words[t] in _PAUSES), high)
        opens = article.words[hit.low - 1] in _PAUSES
        spoken_of = "Person=1" in article.morphs[hit.head] or "Person=2" in article.morphs[hit.head]
        if not opens or spoken_of or not _names_speaker(article, hit.high, second):
            continue
        parts = [(low, hit.low - 1), (second + 1, high)]
        spans = [article.span_of(*part) for part in parts if part[0] < part[1]]
        return [replace(quotation, inner=span, continues=False) for span in spans]
    return [quotation]


def _names_speaker(article: Article, low: int, high: int) -> bool:
    """Whether a short stretch is a subject behind its verb: *Nardelli*, *il ministro Nardelli*."""
    between = range(low, high)
    names = any(article.upos[t] == "PROPN" for t in between)
    verbs = any(article.upos[t] in VERBAL or article.is_finite(t) for t in between)
    return high - low <= _MAX_DISTANCE and names and not verbs


def _free(article: Article, token: int) -> bool:
    """Whether a dash stands between spaces, not inside a word or number."""
    start, end = article.starts[token], article.ends[token]
    after = article.text[end : end + 1]
    return article.text[start - 1 : start].isspace() or not after.isalnum()


def _reports(article: Article, hits: Sequence[Hit], low: int, high: int) -> bool:
    """Whether a stretch between dashes is a reporting clause."""
    last = min(high, article.sentence(low + _MAX_LEAD)[1]) if low + _MAX_LEAD < high else high
    return any(
        low <= hit.low <= low + _MAX_LEAD
        and "quote" in hit.grammar
        and not article.has_finite(low, hit.low)
        for hit in _between(hits, low, last)
    )


def _dash_dialogue(
    article: Article, hits: Sequence[Hit], quotations: Sequence[Quotation]
) -> Iterator[Quotation]:
    """Speech opened by a dash at the start of a paragraph, or after a full stop or colon.

    At the start of a paragraph it runs to the paragraph's end, elsewhere to the end of the
    sentence after its reporting clause.

    Source: the *lineetta* of Italian typography (Serianni, Grammatica italiana, I.227).
    """
    ends = {quotation.outer.end for quotation in quotations}
    places = Places(quotations)
    for number, (low, high) in enumerate(article.paragraph_ranges):
        quoted = number > 0 and article.paragraphs[number - 1].span.end in ends
        if quoted and attribution(article, low, high):
            continue
        token = low
        while token < high - 2:
            if article.words[token] in words.DASHES and _opens(article, token, low, places):
                end = high if token == low else _sentence_end(article, hits, token + 1, high)
                yield from _stretches(article, hits, token + 1, end)
                token = end
            token += 1


def _opens(article: Article, token: int, low: int, places: Places) -> bool:
    start = article.starts[token]
    inside = any(quotation.outer.start < start for quotation in places.around(start))
    if inside or article.in_dateline(token):
        return False
    if not article.text[article.starts[token + 1]].isupper():
        return False
    if _leads_to_quotation(article, token, places):
        return False
    return token == low or article.words[token - 1] in SENTENCE_FINAL | {":"}


def _leads_to_quotation(article: Article, dash: int, places: Places) -> bool:
    """*- Neri (captain): “It was a good match.”*, an item of a list: the marks hold what is said.

    Not *— Mia nonna diceva: “…” — mormora Neri*, nor *— Titolo: «…» è un libro che amo*.
    """
    high = article.paragraph_ranges[article.paragraph(dash)][1]
    reach = range(dash + 1, min(dash + _MAX_DISTANCE, high))
    colon = next((t for t in reach if article.words[t].endswith(":")), None)  # "):" is one token
    if colon is None or article.has_finite(dash + 1, colon):
        return False
    start = article.starts[colon + 1]
    quotation = next((q for q in places.around(start) if q.outer.start == start), None)
    if quotation is None:
        return False
    behind = article.range_of(quotation.outer)[1]
    return not any(article.is_word(t) for t in range(behind, high))


def _sentence_end(article: Article, hits: Sequence[Hit], low: int, high: int) -> int:
    """The end of the sentence after the first reporting clause between dashes, or of the first."""
    dashes = list(islice((t for t in range(low, high) if article.words[t] in words.DASHES), 2))
    start = low
    if len(dashes) > 1 and _reports(article, hits, dashes[0] + 1, dashes[1]):
        start = dashes[1] + 2
    elif dashes and _reports(article, hits, dashes[0] + 1, high):
        start = dashes[0]
    ends = (t for t in range(start, high) if article.words[t] in SENTENCE_FINAL)
    return next(ends, high - 1) + 1


def _stretches(article: Article, hits: Sequence[Hit], low: int, high: int) -> Iterator[Quotation]:
    dashes = [t for t in range(low, high) if article.words[t] in words.DASHES and _free(article, t)]
    bounds = [*dashes, high]
    start, narrated = low, False
    for index, bound in enumerate(bounds):
        following = bounds[index + 1] if index + 1 < len(bounds) else high
        if narrated:
            start, narrated = bound + 1, False
            continue
        if bound == high or _reports(article, hits, bound + 1, following):
            while start < bound and not (article.is_word(start) or article.is_mark(start)):
                start += 1
            if start < bound:
                span = article.span_of(start, bound)
                yield Quotation(span, span, 1)
            narrated = True
