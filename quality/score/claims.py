"""Claims: content, speaker, kind, cue; quoted words that are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.core.spans import Span
from quality.annotation import KINDS, Quote
from quality.measures import Share, hits
from quality.score.matching import Match, match, overlap
from quality.score.sides import Part, Sides

CONTENT_OVERLAP = 0.8
SURE = 0.9

Similar = Callable[[Quote, Quote], float]


def match_claims(sides: Sides) -> list[Match]:
    """The predicted claims that are gold ones: content F1 of at least `CONTENT_OVERLAP`."""
    return match(sides.gold.quotes, sides.quotes, _similar(sides), CONTENT_OVERLAP)


def score_claims(sides: Sides) -> Part:
    """Claims by kind and together, and what is right about those found."""
    part = Part()
    gold, found = sides.gold.quotes, sides.quotes
    similar = _similar(sides)
    for kind in KINDS:
        _by_kind(
            part,
            sides,
            kind,
            [quote for quote in gold if quote.kind == kind],
            [quote for quote in found if quote.kind == kind],
            similar,
        )
    _by_kind(part, sides, "all", gold, found, similar)
    same = match_claims(sides)
    _details(part, sides, [(gold[each.gold], found[each.predicted]) for each in same])
    right = {each.predicted for each in same}
    sure = [index for index, quote in enumerate(found) if quote.confidence >= SURE]
    part.measures["claims right where sure"] = Share(len(right.intersection(sure)), len(sure))
    part.errors.extend(
        sides.unmatched(
            "claim",
            same,
            [(f" ({quote.kind})", quote.content) for quote in gold],
            [(f" ({quote.kind})", quote.content) for quote in found],
        )
    )
    return part


def score_scare_quotes(sides: Sides) -> Part:
    """The share of quoted words that are no claim and were taken for none."""
    claimed = [sides.words(*quote.content) for quote in sides.quotes]
    taken = [
        span
        for span in sides.gold.scare_quotes
        if any(overlap(sides.words(span), words) >= CONTENT_OVERLAP for words in claimed)
    ]
    number = len(sides.gold.scare_quotes)
    return Part(
        {"scare quotes rejected": Share(number - len(taken), number)},
        [sides.error("scare quote taken for a claim", span) for span in taken],
    )


def same_speaker(sides: Sides, gold: Quote, found: Quote) -> bool:
    """Whether the claim is put into the right mouth.

    A named speaker: the predicted id must mean the same entity, through the mentions it covers;
    without an id, the predicted span must touch a mention of it or the gold span. An unnamed one:
    the spans overlap, or both are absent, and no named entity is claimed.
    """
    named = {mention.canonical for mention in sides.gold.mentions}
    a, b, id_ = gold.speaker, found.speaker, found.speaker_canonical
    if gold.speaker_canonical in named:
        if id_ is not None:
            return sides.meaning.get(id_, id_) == gold.speaker_canonical
        own = [m.span for m in sides.gold.mentions if m.canonical == gold.speaker_canonical]
        return b is not None and any(b.overlaps(span) for span in (*own, *([a] if a else [])))
    if id_ is not None and sides.meaning.get(id_, id_) in named:
        return False
    if a is None and b is None:
        return id_ is None or gold.speaker_canonical is not None
    return a is not None and b is not None and a.overlaps(b)


def _similar(sides: Sides) -> Similar:
    words = {quote: sides.words(*quote.content) for quote in (*sides.gold.quotes, *sides.quotes)}
    return lambda gold, found: overlap(words[gold], words[found])


def _by_kind(
    part: Part,
    sides: Sides,
    kind: str,
    gold: Sequence[Quote],
    found: Sequence[Quote],
    similar: Similar,
) -> None:
    same = match(gold, found, similar, CONTENT_OVERLAP)
    loose = match(gold, found, similar)
    speakers = sum(same_speaker(sides, gold[m.gold], found[m.predicted]) for m in same)
    sizes = (len(found), len(gold))
    part.measures[f"claims {kind}"] = hits(len(same), *sizes)
    part.measures[f"claims soft {kind}"] = hits(sum(m.similarity for m in loose), *sizes)
    part.measures[f"claims with speaker {kind}"] = hits(speakers, *sizes)
    part.measures[f"speaker {kind}"] = Share(speakers, len(same), 0.0 if gold else 1.0)


def _details(part: Part, sides: Sides, pairs: Sequence[tuple[Quote, Quote]]) -> None:
    """Measures over the claims found, and the speakers that are wrong."""
    speaker = [same_speaker(sides, a, b) for a, b in pairs]
    kind = [a.kind == b.kind for a, b in pairs]
    for name, right in (
        ("claim kind", kind),
        ("speaker span", [_same_place(a.speaker, b.speaker) for a, b in pairs]),
        ("cue", [_same_place(a.cue, b.cue) for a, b in pairs]),
    ):
        part.measures[name] = Share(sum(right), len(pairs), 0.0 if sides.gold.quotes else 1.0)
    part.measures["claims with speaker and kind"] = hits(
        sum(map(all, zip(speaker, kind, strict=True))), len(sides.quotes), len(sides.gold.quotes)
    )
    for (a, b), is_right in zip(pairs, speaker, strict=True):
        if not is_right:
            spoken = b.speaker.of(sides.article.text) if b.speaker else None
            detail = f"{spoken or b.speaker_canonical} for {a.speaker_canonical}"
            part.errors.append(sides.error("speaker wrong", *a.content, detail=detail))


def _same_place(gold: Span | None, found: Span | None) -> bool:
    if gold is None or found is None:
        return gold is found
    return gold.overlaps(found)
