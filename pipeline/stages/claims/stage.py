"""Who said what: the claims of an article."""

from __future__ import annotations

from pipeline.config import ClaimSettings
from pipeline.core.layers import Analysis, Claim, Claims, Cue, Entities, Segments, Text
from pipeline.core.spans import Span
from pipeline.stages.base import Stage, View
from pipeline.stages.claims.confidence import confidence
from pipeline.stages.claims.cues import Hit, find_adverbials, find_verbs
from pipeline.stages.claims.dialogue import all_speech
from pipeline.stages.claims.direct import DirectClaims
from pipeline.stages.claims.drafts import Draft
from pipeline.stages.claims.mentions import Named
from pipeline.stages.claims.quotes import find_quotations
from pipeline.stages.claims.reported import ReportedClaims
from pipeline.stages.claims.speakers import Speakers
from pipeline.stages.claims.syntax import Article


class ClaimsStage(Stage[Claims]):
    """Finds direct, mixed and indirect claims, their cues and their speakers."""

    name = "claims"
    version = "2"
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
        hits = find_verbs(article)
        drafts = _drafts(article, named, hits)
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
                content=draft.content,
                speaker=speaker,
                cue=cue,
                confidence=score,
                modality=draft.modality,
                flags=draft.flags,
            )
            claims.append(claim)
        return Claims(tuple(claims))


def _drafts(article: Article, named: Named, hits: list[Hit]) -> list[Draft]:
    """All drafts in text order; of two that share most of their words the first found stays."""
    article.quotations = all_speech(article, hits, article.quotations)
    adverbials = find_adverbials(article)
    direct = DirectClaims(article, named, hits, adverbials)
    found = direct.find()
    reported = ReportedClaims(article, named, hits, frozenset(direct.used))
    found += reported.find(adverbials)
    kept: list[Draft] = []
    for draft in found:
        if _reported_inside(draft, found):
            continue
        if draft.rule.endswith("nested") or not any(
            _overlap(draft, other) > 0.5 for other in kept if not other.rule.endswith("nested")
        ):
            kept.append(draft)
    return sorted(kept, key=lambda draft: (draft.content[0], draft.content[-1]))


def _reported_inside(draft: Draft, found: list[Draft]) -> bool:
    """Whether the claim is part of what another one reports: *poll finds that most think …*."""
    if draft.cue is None or draft.kind == "direct":
        return False
    cue = draft.cue
    return any(
        part.contains(cue)
        for other in found
        if other is not draft and other.kind != "direct"
        for part in other.content
    )


def _overlap(one: Draft, other: Draft) -> float:
    """The share of the shorter content that lies inside the other."""
    shared = sum(_shared(a, b) for a in one.content for b in other.content)
    return shared / min(sum(map(len, one.content)), sum(map(len, other.content)))


def _shared(one: Span, other: Span) -> int:
    return max(0, min(one.end, other.end) - max(one.start, other.start))
