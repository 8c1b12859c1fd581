"""Work across documents: pairs, aligned sentences, linked claims, shared identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline.core.spans import Span
from quality.annotation import Article, Mention, PairAnnotation
from quality.measures import Measure, Retrieval, Share, hits, total
from quality.score.document import Scored
from quality.score.matching import Tokens, Words, match, overlap

SENTENCE_OVERLAP = 0.8
_NOTHING = Retrieval(0, 0, 0, 0)


def score_pairs(
    gold: Sequence[PairAnnotation],
    predicted: Sequence[PairAnnotation],
    scored: Mapping[str, Scored],
) -> dict[str, Measure]:
    """The measures of work across documents; ``scored`` holds every article by name."""
    known = {(pair.en, pair.it): pair for pair in predicted}
    wanted = {(pair.en, pair.it): pair for pair in gold}
    right = sum(key in known and known[key].relation == wanted[key].relation for key in wanted)
    across: dict[str, Measure] = {
        "pairs": hits(len(known.keys() & wanted.keys()), len(known), len(wanted)),
        "pair relation": Share(right, len(wanted)),
    }
    one_by_one = [
        _pair(pair, known.get(key), scored[pair.en], scored[pair.it])
        for key, pair in wanted.items()
    ]
    return across | total(one_by_one)


def _pair(
    gold: PairAnnotation, found: PairAnnotation | None, english: Scored, italian: Scored
) -> dict[str, Measure]:
    links = {
        (english.quotes.get(a, f"?{a}"), italian.quotes.get(b, f"?{b}"))
        for a, b in (found.claims if found else ())
    }
    linked = hits(len(links & gold.claims), len(links), len(gold.claims))
    parallel = gold.relation == "parallel"
    segments = found.segments if found else ()
    strict, touching = _NOTHING, _NOTHING
    if parallel:
        strict, touching = _alignment(gold, segments, english.article, italian.article)
    return {
        "aligned sentences": strict,
        "aligned sentences, touching": touching,
        "claim links parallel": linked if parallel else _NOTHING,
        "claim links comparable": _NOTHING if parallel else linked,
        "claim links all": linked,
        "shared identifiers": _shared_identifiers(english, italian),
    }


def _alignment(
    gold: PairAnnotation,
    segments: Sequence[tuple[Span, Span]],
    english: Article,
    italian: Article,
) -> tuple[Retrieval, Retrieval]:
    left, right = Tokens(english.text), Tokens(italian.text)
    beads = [(left.under([a]), right.under([b])) for a, b in gold.segments]
    found = [(left.under([a]), right.under([b])) for a, b in _whole_beads(segments)]
    same = match(
        beads, found, lambda a, b: min(overlap(a[0], b[0]), overlap(a[1], b[1])), SENTENCE_OVERLAP
    )
    touching = Retrieval(
        sum(any(_touch(a, b) for a in beads) for b in found),
        len(found),
        sum(any(_touch(a, b) for b in found) for a in beads),
        len(beads),
    )
    return hits(len(same), len(found), len(beads)), touching


def _touch(a: tuple[Words, Words], b: tuple[Words, Words]) -> bool:
    return bool(a[0] & b[0] and a[1] & b[1])


def _whole_beads(segments: Iterable[tuple[Span, Span]]) -> list[tuple[Span, Span]]:
    """Links that share a side are one bead: e1-i1 and e1-i2 make e1-(i1 i2)."""
    beads: list[tuple[Span, Span]] = []
    for segment in segments:
        bead = segment
        while other := next((b for b in beads if b[0] == bead[0] or b[1] == bead[1]), None):
            beads.remove(other)
            bead = (_hull(other[0], bead[0]), _hull(other[1], bead[1]))
        beads.append(bead)
    return beads


def _hull(a: Span, b: Span) -> Span:
    return Span(min(a.start, b.start), max(a.end, b.end))


def _shared_identifiers(english: Scored, italian: Scored) -> Retrieval:
    """Mention pairs across the languages that carry one id."""
    gold = _across(
        list(enumerate(english.article.gold.mentions)),
        list(enumerate(italian.article.gold.mentions)),
    )
    found = _across(
        [(english.mentions.get(n, -1 - n), each) for n, each in enumerate(english.kept)],
        [(italian.mentions.get(n, -1 - n), each) for n, each in enumerate(italian.kept)],
    )
    return hits(len(gold & found), len(found), len(gold))


def _across(
    left: Sequence[tuple[int, Mention]], right: Sequence[tuple[int, Mention]]
) -> set[tuple[int, int]]:
    return {
        (a, b)
        for a, one in left
        for b, other in right
        if one.canonical is not None and one.canonical == other.canonical
    }
