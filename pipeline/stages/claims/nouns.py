"""Claims of reporting nouns: *the claim that …*, *its view is that …*, *il timore che …*."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.languages import function_words as words
from pipeline.languages.cues import cue_table
from pipeline.stages.claims.contents import Contents
from pipeline.stages.claims.drafts import Draft
from pipeline.stages.claims.mentions import (
    Mention,
    bare_name,
    noun_phrase,
)

_COPULAS = frozenset(["be", "essere"])


class NounClaims(Contents):
    """Finds the clauses of reporting nouns."""

    def find(self) -> Iterator[Draft]:
        """A draft for every reporting noun with a clause and someone whose it is."""
        article = self.article
        for token, lemma in enumerate(article.lemmas):
            if article.upos[token] != "NOUN" or article.quotation_of[token] >= 0:
                continue
            cue_class = cue_table(article.language(token)).nouns.get(lemma)
            if cue_class is None:
                continue
            start = self._noun_clause(token)
            if start is None:
                continue
            _, high = self.bounds(token)
            end = self._noun_content_end(token, start, high)
            found = self.found([(start, end)], "noun")
            mention = self._possessor(token)
            if found and (mention or lemma in words.HEARSAY):
                yield self.draft(
                    found, token, article.span_of(token, token + 1), cue_class, mention
                )

    def _noun_clause(self, noun: int) -> int | None:
        article = self.article
        allowed = words.COMPLEMENTIZERS[article.language(noun)]
        high = article.sentence(noun)[1]
        token = noun + 1
        if token + 2 < high and article.words[token] in allowed and article.upos[token] == "SCONJ":
            return token + 1
        reach = range(token, min(token + 16, high - 2))
        verb = next((t for t in reach if article.is_finite(t)), high)
        while verb < high - 2 and (
            article.upos[verb] in ("AUX", "ADV") or article.lemmas[verb] in _COPULAS
        ):
            verb += 1
        copula = not _COPULAS.isdisjoint(article.lemmas[verb - 2 : verb])
        return verb + 1 if verb < high and copula and article.words[verb] in allowed else None

    def _noun_content_end(self, noun: int, start: int, high: int) -> int:
        article = self.article
        for token in range(start, high):
            if article.words[token] == ";":
                return token
            outside = article.is_finite(token) and not article.below(token, noun)
            if outside and token > start + 1 and article.below(noun, article.heads[token]):
                return token
        return high

    def _possessor(self, noun: int) -> Mention | None:
        article = self.article
        for child in article.children[noun]:
            if article.deps[child] == "nmod:poss" or (
                article.deps[child] == "nmod" and child > noun
            ):
                return bare_name(article, noun_phrase(article, child, self.named), self.named)
        for child in article.children[article.heads[noun]]:
            if article.deps[child].startswith("nsubj") and child != noun:
                return bare_name(article, noun_phrase(article, child, self.named), self.named)
        if noun and article.words[noun - 1] in ("its", "his", "her", "their"):
            return Mention(noun - 1, noun, noun - 1)
        return None
