"""A described source as a reader would quote it: *two people familiar with the matter*.

The rules look for the noun that speaks (`mentions`); here its phrase gets the complements that tell
which one is meant. Relative clauses, times and what only tells where something was said (*said the
minister in a speech*) are no part of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.languages import function_words as words
from pipeline.languages.cues import ARTICULATED
from pipeline.stages.claims.drafts import Draft
from pipeline.stages.claims.mentions import Mention, Named
from pipeline.stages.claims.syntax import Article

_INSIDE = frozenset(["DET", "ADJ", "NOUN", "PROPN", "NUM", "X", "SYM"])
_NOMINAL = frozenset(["NOUN", "PROPN", "NUM", "X", "PRON"])
_MODIFIERS = frozenset(["ADJ", "VERB"])
_OFFICE = ARTICULATED["a"] - {"a", "ad"}
_INDEFINITE = ("Definite=Ind", "PronType=Ind")
_SAID_AFTER = ("direct after", "direct adverbial", "inserted", "backward")
"""Rules whose reporting clause may end with its subject, and what follows tells how it was said."""


def whole_phrase(
    article: Article, mention: Mention, named: Named, draft: Draft | None = None
) -> Mention:
    """A mention with the complements of its noun; ``draft`` is the claim that it is beside."""
    return replace(mention, high=_Complements(article, mention, named, draft).end())


class _Complements:
    def __init__(
        self, article: Article, mention: Mention, named: Named, draft: Draft | None
    ) -> None:
        self.article = article
        self.mention = mention
        self.named = named
        cue = draft.cue if draft else None
        spans = (*(draft.content if draft else ()), *((cue,) if cue else ()))
        starts = [article.range_of(span)[0] for span in spans]
        later = [start for start in starts if start >= mention.high]
        self.stop = min((*later, article.sentence(mention.head)[1]))
        behind = cue is not None and cue.start < article.starts[mention.low]
        # What follows a subject behind its verb may go with the verb.
        self.loose = draft is not None and behind and draft.rule in _SAID_AFTER

    def end(self) -> int:
        """Past the last complement."""
        end = self.mention.high
        while (further := max(self._past_complement(end), self._past_partner(end))) > end:
            end = further
        return end

    def _past_partner(self, token: int) -> int:
        """Past *and a councillor* in *The mayor and a councillor said*, or ``token``."""
        article = self.article
        if token + 1 >= self.stop or article.words[token] not in words.AND:
            return token
        noun = next(self._nouns(token + 1), token)
        joined = article.deps[noun] == "conj" and article.heads[noun] == self.mention.head
        return self._past_object(token) if joined else token

    def _past_complement(self, token: int) -> int:
        """Past the complement that begins at ``token``, or ``token``."""
        article = self.article
        if token + 1 >= self.stop:
            return token
        if article.upos[token] in _MODIFIERS and self._modifies(token):
            # "familiar with the matter", "commissioned by the agency", "vicine al dossier"
            end = self._past_object(token + 1)
            return end if end > token + 1 else token
        if article.upos[token] != "ADP" or not self._attached(token):
            return token
        return self._past_object(token)

    def _modifies(self, token: int) -> bool:
        """An adjective or participle of the phrase with a complement of its own."""
        article = self.article
        if article.upos[token + 1] != "ADP" or not article.below(token, self.mention.head):
            return False
        return article.upos[token] == "ADJ" or (
            "VerbForm=Part" in article.morphs[token] and not article.is_finite(token)
        )

    def _attached(self, token: int) -> bool:
        """Whether a preposition brings in a complement of the phrase, not of the verb."""
        article = self.article
        if article.words[token] in words.OWNING:
            return True
        if article.words[token] in words.AS:
            return False  # "Aziende come Baidu e Tencent"
        noun = next(self._nouns(token + 1), None)
        if noun is None or not article.below(noun, self.mention.head):
            return False
        adjective = article.upos[token - 1] == "ADJ"  # "fonti vicine all'inchiesta"
        if not self.loose or adjective or article.words[token] in words.AUTHORS:
            return True
        if article.words[token] in _OFFICE:  # "l'assessora alla Cultura", not "alla radio"
            return article.text[article.starts[noun]].isupper()
        place = self.named.at(noun, ("LOC", "ORG")) is not None
        return place and self._is_indefinite()  # "a baker in Leeds", not "the minister in Leeds"

    def _is_indefinite(self) -> bool:
        article, mention = self.article, self.mention
        first = article.morphs[mention.low]
        return any(sort in first for sort in _INDEFINITE) or article.upos[mention.low] != "DET"

    def _past_object(self, preposition: int) -> int:
        """Past the noun phrase after a preposition; ``preposition`` when there is none."""
        end = preposition
        for end in self._nouns(preposition + 1):
            if self.article.is_time(end):
                return preposition  # "A report on Friday showed"
        return end + 1 if end > preposition else preposition

    def _nouns(self, token: int) -> Iterator[int]:
        """The nouns of the phrase that begins at ``token``, in order."""
        article = self.article
        seen = False
        while token < self.stop:
            pos = article.upos[token]
            named = token in self.named.by_token
            if not named and article.words[token] in words.RELATIVES | words.ANONYMITY:
                return  # "un diplomatico protetto dall'anonimato"
            if pos in _NOMINAL or named or (pos == "ADJ" and seen and self._follows_nouns(token)):
                if seen and self.named.begins_another(token):
                    return
                seen = True
                yield token
            elif (pos == "DET" and seen) or not (pos in _INSIDE or self._joins(token, seen=seen)):
                return  # an article opens another phrase
            token += 1

    def _follows_nouns(self, token: int) -> bool:
        """Whether an adjective stands behind its noun: *i legali di parte civile*."""
        following = self.article.upos[token + 1 : token + 2]
        return self.article.language(token) == "it" and following != ["ADP"]

    def _joins(self, token: int, *, seen: bool) -> bool:
        """Whether a word belongs inside a noun phrase: hyphens, *'s*, what joins in a name."""
        article = self.article
        word = article.words[token]
        if word in ("-", "'s", "'"):
            return seen
        if article.upos[token] == "CCONJ" and seen:
            # "i sindaci dell'Appennino emiliano e ligure"
            return article.upos[token - 1] == "ADJ" and article.upos[token + 1 : token + 2] == [
                "ADJ"
            ]
        return False
