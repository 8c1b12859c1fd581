"""The extent of reported contents, and drafts made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.layers import ClaimKind
from pipeline.core.spans import Span
from pipeline.languages import function_words as words
from pipeline.languages.cues import MODALITIES
from pipeline.stages.claims.cues import Hit
from pipeline.stages.claims.drafts import Draft
from pipeline.stages.claims.mentions import Mention, Named
from pipeline.stages.claims.syntax import VERBAL, Article

_TURNING = {"en": VERBAL, "it": frozenset(["DET", "PROPN"])}


@dataclass(frozen=True, slots=True)
class Found:
    """Content of one reporting expression: token ranges and the rule that found them."""

    parts: tuple[tuple[int, int], ...]
    rule: str


class Contents:
    """Where clauses begin and end; the base of the finders of reported claims."""

    def __init__(self, article: Article, named: Named, hits: Sequence[Hit]) -> None:
        self.article = article
        self.named = named
        self.hits = hits
        self.heads = {hit.head: hit for hit in hits}

    def bounds(self, token: int) -> tuple[int, int]:
        """The sentence of ``token``, grown while a quotation runs over its end."""
        article = self.article
        low, high = article.sentence(token)
        while (
            high < len(article)
            and article.quotation_of[high] >= 0
            and (article.quotation_of[high] == article.quotation_of[high - 1])
        ):
            high = article.sentence(high)[1]
        return low, high

    def clause_start(self, token: int, low: int) -> int:
        article = self.article
        for position in range(token - 1, low - 1, -1):
            if article.words[position] in (";", ":"):
                return position + 1
        return self.article.dateline_end(low)

    def clause_stop(self, token: int, high: int) -> int:
        article = self.article
        for position in range(token, high):
            if article.words[position] == ";" and article.quotation_of[position] < 0:
                return position
            if article.words[position] == ":" and article.quotation_of[position] < 0:
                return position
            if article.words[position] == "," and self.breaks_off(position, high):
                return position
        return high

    def breaks_off(self, comma: int, high: int) -> bool:
        """Whether the narrator speaks again: *, although …*, *, adding …*, *, but would not …*."""
        article = self.article
        if comma + 2 >= high or article.quotation_of[comma] >= 0:
            return False
        first, second = article.words[comma + 1], article.words[comma + 2]
        if first in words.CONCESSIONS:  # "a vote was likely, though not before spring" goes on
            return article.has_finite(comma + 2, high)
        participle = comma + 1 in self.heads and not article.is_finite(comma + 1)
        if (first, second) == words.EVEN_IF:
            return True
        # English: "…, but gave no names" has the subject of "said"; Italian: "…, ma i negozianti
        # sono meno sicuri" has a subject of its own.
        turn = _TURNING[article.language(comma)]
        turns = first in words.ADVERSATIVES and article.upos[comma + 2] in turn
        return turns or (participle and "quote" in self.heads[comma + 1].grammar)

    def frames(self, low: int, high: int) -> bool:
        """Whether a stretch only sets the scene: *Nel 2025, rileva Eurostat, …*, *Commenting on the
        news that the baths will close, Ada Neri said*."""
        article = self.article
        first = next((t for t in range(low, high) if article.is_word(t)), low)
        if article.deps[first] == "advcl" and article.heads[first] >= high:
            return not article.is_finite(first)
        return article.upos[first] in ("ADP", "CCONJ") and not any(
            article.upos[t] in VERBAL for t in range(first, high)
        )

    def found(self, parts: Sequence[tuple[int, int]], rule: str) -> Found | None:
        """What a rule found, without punctuation and conjunctions at the ends of its parts."""
        opens_sentence = rule in ("inserted", "adverbial")
        trimmed = [
            self._trimmed(*part, conjunction_first=opens_sentence and number == 0)
            for number, part in enumerate(parts)
        ]
        kept = tuple((low, high) for low, high in trimmed if low < high)
        return Found(kept, rule) if kept else None

    def _trimmed(self, low: int, high: int, *, conjunction_first: bool) -> tuple[int, int]:
        article = self.article
        low, high = article.trim(low, high)
        while low < high and article.words[high - 1] in words.COORDINATORS:
            low, high = article.trim(low, high - 1)
        while conjunction_first and low < high and article.words[low] in words.COORDINATORS:
            low, high = article.trim(low + 1, high)
        return low, high

    def draft(
        self,
        found: Found,
        anchor: int,
        cue: Span | None,
        cue_class: str,
        mention: Mention | None,
    ) -> Draft:
        """A draft of what was found: direct when a quotation holds all of it."""
        article = self.article
        content = tuple(article.span_of(low, high) for low, high in found.parts)
        kind = self._kind(found)
        if kind == "direct":
            content = self._inner(found, content)
        modality = MODALITIES.get(cue_class, "asserted")
        return Draft(kind, content, found.rule, anchor, cue, cue_class, mention, modality=modality)

    def is_rejected(self, noun: int) -> bool:
        """*denied reports that …*, *ha respinto le accuse secondo cui …*."""
        article = self.article
        return (
            article.deps[noun] == "obj" and article.lemmas[article.heads[noun]] in words.REJECTING
        )

    def _kind(self, found: Found) -> ClaimKind:
        article = self.article
        tokens = [t for low, high in found.parts for t in range(low, high) if article.is_word(t)]
        quoted = sum(article.quotation_of[t] >= 0 for t in tokens)
        if quoted and quoted == len(tokens) and found.rule != "predicate":
            return "direct"
        return "mixed" if quoted else "indirect"

    def _inner(self, found: Found, content: tuple[Span, ...]) -> tuple[Span, ...]:
        article = self.article
        first = next(t for t in range(*found.parts[0]) if article.is_word(t))
        inner = article.quotations[article.quotation_of[first]].inner
        return (inner,) if len(content) == 1 else content
