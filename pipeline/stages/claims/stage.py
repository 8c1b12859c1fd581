"""Who said what: the claims of an article."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.config import ClaimSettings
from pipeline.core.layers import Analysis, Claim, Claims, Cue, Entities, Segments, Text
from pipeline.core.spans import Span
from pipeline.stages.base import Stage, View
from pipeline.stages.claims.confidence import confidence
from pipeline.stages.claims.cues import Hit, find_adverbials, find_verbs
from pipeline.stages.claims.dialogue import all_speech
from pipeline.stages.claims.direct import DirectClaims
from pipeline.stages.claims.drafts import Draft
from pipeline.stages.claims.evidence import Evidence
from pipeline.stages.claims.mentions import Named
from pipeline.stages.claims.quotes import find_quotations
from pipeline.stages.claims.reported import ReportedClaims
from pipeline.stages.claims.speakers import Speakers
from pipeline.stages.claims.syntax import Article

_WORD = re.compile(r"\w+")
_REPEATED = 0.6
"""The share of a headline's words that its claim in the article has too."""
_RANKS = {"adverbial": 2, "inserted": 0}


class ClaimsStage(Stage[Claims]):
    """Finds direct, mixed and indirect claims, their cues and their speakers."""

    name = "claims"
    version = "7"
    reads = (Text, Analysis, Segments, Entities)
    writes = Claims

    def __init__(self, settings: ClaimSettings = ClaimSettings()) -> None:
        self.settings = settings

    def apply(self, view: View) -> Claims:
        """Claims in text order, numbered ``c1``, ``c2``, ..."""
        text, segments = view[Text], view[Segments]
        quotations = find_quotations(
            text.text,
            [paragraph.span for paragraph in text.paragraphs],
            [segment.span.end for segment in segments.segments],
        )
        article = Article(text, view[Analysis], segments, quotations)
        named = Named(article, view[Entities])
        hits = [hit for hit in find_verbs(article) if not _in_name(article, named, hit)]
        drafts = _drafts(article, named, hits, Evidence(article, view[Analysis].contents))
        speakers = Speakers(article, view[Entities], named, hits)
        claims: list[Claim] = []
        for draft in drafts:
            speaker, how = speakers.resolve(draft)
            score = confidence(draft, how)
            if score < self.settings.min_confidence:
                continue
            cue = Cue(draft.cue, draft.cue_class) if draft.cue else None
            claim = Claim(
                id=f"c{len(claims) + 1}",
                kind=draft.kind,
                content=tuple(_without_comma(text.text, span) for span in draft.content),
                speaker=speaker,
                cue=cue,
                confidence=score,
                modality=draft.modality,
                flags=draft.flags,
            )
            claims.append(claim)
        return Claims(tuple(_with_headlines(article, claims)))


def _in_name(article: Article, named: Named, hit: Hit) -> bool:
    """*il comitato Acqua Pubblica*, *Said Benali*: a word with a capital inside a name."""
    name, before = named.by_token.get(hit.head), named.by_token.get(hit.head - 1)
    inside = name is not None and name == before
    return inside and article.text[article.starts[hit.head]].isupper()


def _without_comma(text: str, span: Span) -> Span:
    """The content without the comma that only leads to the reporting clause: *“No,” she said*."""
    kept = span.of(text).rstrip(", ")
    return Span(span.start, span.start + len(kept)) if kept else span


def _drafts(article: Article, named: Named, hits: list[Hit], evidence: Evidence) -> list[Draft]:
    """All drafts in text order; of two that share most of their words the first found stays."""
    article.quotations = all_speech(article, hits, article.quotations)
    adverbials = find_adverbials(article)
    direct = DirectClaims(article, named, hits, adverbials)
    found = direct.find()
    reported = ReportedClaims(article, named, hits, frozenset(direct.used))
    found += reported.find(adverbials)
    found = [draft for draft in found if not evidence.denies(draft)]
    kept: list[Draft] = []
    rivals, places = _Places(), _Places(found)
    for draft in found:
        if _reported_inside(draft, places):
            continue
        if draft.rule.endswith("nested"):
            kept.append(draft)
        elif not any(_overlap(draft, o) > 0.5 for span in draft.content for o in rivals.at(span)):
            kept.append(draft)
            rivals.add(draft)
    return sorted(kept, key=lambda draft: (draft.content[0], draft.content[-1]))


class _Places:
    """Drafts by the stretches of text that their content touches: in a book, only neighbours are
    compared."""

    STRETCH = 2000  # code points

    def __init__(self, drafts: Iterable[Draft] = ()) -> None:
        self._drafts: defaultdict[int, list[Draft]] = defaultdict(list)
        for draft in drafts:
            self.add(draft)

    def add(self, draft: Draft) -> None:
        for stretch in {place for span in draft.content for place in self._stretches(span)}:
            self._drafts[stretch].append(draft)

    def at(self, span: Span) -> Iterator[Draft]:
        """Every draft with content in ``span``, and its neighbours; some more than once."""
        for stretch in self._stretches(span):
            yield from self._drafts.get(stretch, ())

    def _stretches(self, span: Span) -> range:
        return range(span.start // self.STRETCH, span.end // self.STRETCH + 1)


def _with_headlines(article: Article, claims: list[Claim]) -> Iterator[Claim]:
    """Claims of headlines whose speaker is not told there, with the speaker in the article.

    *“The volcano breathes”*, says the headline, and further down we read who said so.
    """
    headlines = [part.span for part in article.paragraphs if part.headline]
    words = {claim.id: set(_WORD.findall(_content(article, claim).lower())) for claim in claims}
    for number, claim in enumerate(claims):
        known = claim.speaker is not None and claim.speaker.entity is not None
        if known or not any(span.contains(claim.content[0]) for span in headlines):
            yield claim
            continue
        same = (
            later.speaker
            for later in claims[number + 1 :]
            if later.speaker
            and later.speaker.entity
            and len(words[claim.id] & words[later.id]) >= _REPEATED * len(words[claim.id])
        )
        speaker = next(same, None)
        yield replace(claim, speaker=replace(speaker, span=None)) if speaker else claim


def _content(article: Article, claim: Claim) -> str:
    return " ".join(span.of(article.text) for span in claim.content)


def _reported_inside(draft: Draft, found: _Places) -> bool:
    """Whether the claim is part of what another one reports: *poll finds that most think …*."""
    if draft.cue is None or draft.kind == "direct":
        return False
    return any(
        _holds(other, draft) and not (_holds(draft, other) and _outranks(draft, other))
        for other in found.at(draft.cue)
        if other is not draft and other.kind != "direct"
    )


def _holds(outer: Draft, inner: Draft) -> bool:
    return inner.cue is not None and any(part.contains(inner.cue) for part in outer.content)


def _outranks(one: Draft, other: Draft) -> bool:
    """Which of two that hold each other's cue stays: in *They fear that …, according to minutes*
    the source of the whole, in *They found that when it did, children cried* the clear clause."""
    return _RANKS.get(one.rule, 1) > _RANKS.get(other.rule, 1)


def _overlap(one: Draft, other: Draft) -> float:
    """The share of the shorter content that lies inside the other."""
    shared = sum(_shared(a, b) for a in one.content for b in other.content)
    return shared / min(sum(map(len, one.content)), sum(map(len, other.content)))


def _shared(one: Span, other: Span) -> int:
    return max(0, min(one.end, other.end) - max(one.start, other.start))
