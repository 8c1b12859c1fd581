"""Claims of reporting nouns: *the claim that …*, *its view is that …*, *il timore che …*."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.languages import function_words as words
from pipeline.languages.cues import cue_table
from pipeline.stages.claims.contents import Contents
from pipeline.stages.claims.drafts import Draft
from pipeline.stages.claims.mentions import Mention, bare_name, noun_phrase, source_phrase
from pipeline.stages.claims.syntax import CLAUSE_FINAL

_MAX_COPULA = 16
_THINGS = frozenset(["say", "announce"])  # reports and replies may be handed over
_SUBJECTS = frozenset(["DET", "PRON", "NOUN", "PROPN", "NUM"])
_INSIDE = frozenset(["DET", "ADJ"])
_IN_GROUP = frozenset(["AUX", "ADV", "PART"])


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
                cue = article.span_of(self._cue_start(token), token + 1)
                draft = self.draft(found, token, cue, cue_class, mention)
                yield replace(draft, modality="denied") if self.is_rejected(token) else draft

    def _cue_start(self, noun: int) -> int:
        """Where a reporting noun of several words begins: *punto di vista*."""
        before = words.POINT_OF if self.article.lemmas[noun] in words.VIEW else ()
        low = noun - len(before)
        return low if tuple(self.article.words[low:noun]) == before else noun

    def _noun_clause(self, noun: int) -> int | None:
        """Where the noun's clause begins: after *that*, or after *is that* further on."""
        article = self.article
        allowed = words.COMPLEMENTIZERS[article.language(noun)]
        high = article.sentence(noun)[1]
        if noun + 3 >= high:
            return None
        behind = self._past_owner(noun, high)
        if article.words[noun + 1] in allowed:
            return noun + 2 if article.upos[noun + 1] == "SCONJ" else None
        if behind + 2 < high and article.words[behind] in allowed:
            return behind + 1 if self._opens_clause(noun, behind) else None
        return self._presented_clause(noun, high, allowed)

    def _presented_clause(self, noun: int, high: int, allowed: frozenset[str]) -> int | None:
        """Where the clause of *its view is that …*, *it was the view of most that …* begins."""
        article = self.article
        say = cue_table(article.language(noun)).nouns[article.lemmas[noun]] == "say"
        for token in range(noun + 1, min(noun + _MAX_COPULA, high - 2)):
            word = article.words[token]
            if word in CLAUSE_FINAL or word in words.RELATIVES - allowed:
                return None
            if word in allowed:
                before = article.lemmas[max(noun, token - 3) : token]
                presented = article.lemmas[max(0, noun - 4) : noun]  # "It was the view of most …"
                presenting = words.COPULAS | words.BECOMING
                joins = article.upos[token] == "SCONJ" or article.deps[token] == "mark"
                apart = article.words[token - 1] == "," or not joins or say
                told = not words.COPULAS.isdisjoint(before) or not (
                    presenting.isdisjoint(presented) or apart
                )
                return token + 1 if told else None
        return None

    def _past_owner(self, noun: int, high: int) -> int:
        """Past *from the operator* in *warnings from the operator that no trains will run*."""
        article = self.article
        owned = article.words[noun + 1] in words.OWNERS
        mention = source_phrase(article, noun + 2, high, self.named) if owned else None
        return mention.high if mention else noun + 1

    def _opens_clause(self, noun: int, that: int) -> bool:
        """Whether no relative stands behind an owner: *the reply of the minister that all awaited*
        may hold one, *warnings from the operator that no trains will run* does not."""
        article = self.article
        thing = cue_table(article.language(noun)).nouns[article.lemmas[noun]] in _THINGS
        joins = article.upos[that] == "SCONJ" or article.upos[that + 1] in _SUBJECTS
        return joins and not thing

    def _noun_content_end(self, noun: int, start: int, high: int) -> int:
        """The end of the clause: with the sentence after *is that*, else before the verb whose
        subject the noun is: *Fears that the dam might fail | have proved unfounded*."""
        stop = self.clause_stop(start, high)
        sentence = self.article.sentence(noun)[0]
        if noun <= sentence + 2 and self.article.upos[sentence] in ("ADP", "SCONJ"):
            # "Amid warnings that the dam may fail, ministers meet"
            return next((t for t in range(start, stop) if self.article.words[t] == ","), stop)
        told = self.article.has_finite(sentence, noun)
        if told or not words.COPULAS.isdisjoint(self.article.lemmas[noun:start]):
            return stop  # "vivono nella speranza che …"
        verb = self._verb_of_subject(noun)
        if verb is not None and start < verb < stop:
            return verb
        verbs = [t for t in range(start, stop) if self._begins_clause_verb(t, start)]
        return verbs[1] if len(verbs) > 1 else stop

    def _verb_of_subject(self, noun: int) -> int | None:
        """The first word of the verb group that has the noun for its subject."""
        article = self.article
        verb = low = article.heads[noun]
        if not article.deps[noun].startswith("nsubj") or verb <= noun:
            return None
        while article.upos[low - 1] in _IN_GROUP and article.below(low - 1, verb):
            low -= 1
        return low

    def _begins_clause_verb(self, token: int, start: int) -> bool:
        """Whether a finite verb begins that no conjunction, relative or comma brings in."""
        article = self.article
        if not article.is_finite(token) or article.upos[token - 1] in _IN_GROUP:
            return False
        for position in range(token - 1, start - 1, -1):
            if article.is_finite(position):
                return True
            opens = words.OPENERS | words.COORDINATORS
            if article.words[position] in opens or article.upos[position] == "PUNCT":
                return False
        return True

    def _is_topic(self, noun: int) -> bool:
        """*Sull'ipotesi che parta, Neri ha risposto …*: what is asked about, whoever said it."""
        article = self.article
        low = article.sentence(noun)[0]
        before = next((t for t in range(noun - 1, low, -1) if article.upos[t] not in _INSIDE), low)
        fronted = before == low or article.lemmas[before - 1] in words.ASKING
        return article.words[before] in words.ABOUT and fronted

    def _possessor(self, noun: int) -> Mention | None:
        """Whose the noun is: *the union's*, *from the union*, *of most economists*, *their*."""
        article = self.article
        below = self._possessor_below(noun)
        if below is not None:
            return bare_name(article, below, self.named)
        if article.words[noun + 1] in words.OWNERS:
            owner = source_phrase(article, noun + 2, article.sentence(noun)[1], self.named)
            return owner and bare_name(article, owner, self.named)
        if self._is_topic(noun):
            return None
        for child in article.children[article.heads[noun]]:
            if article.lemmas[article.heads[noun]] in words.EXAMINING:
                break
            if article.deps[child].startswith("nsubj") and child != noun:
                return bare_name(article, noun_phrase(article, child, self.named), self.named)
        possessed = noun and article.words[noun - 1] in words.THIRD_POSSESSIVES
        return Mention(noun - 1, noun, noun - 1) if possessed else None

    def _possessor_below(self, noun: int) -> Mention | None:
        article = self.article
        # "Il punto di vista di Ada Neri": parsers hang her on either noun.
        below = dict.fromkeys((*article.children[noun], *article.children[self._cue_start(noun)]))
        for child in below:
            if article.deps[child] == "nmod:poss" or (
                article.deps[child] == "nmod"
                and child > noun
                and "SCONJ" not in article.upos[noun:child]  # "nella speranza che la pioggia …"
            ):
                return noun_phrase(article, child, self.named)
            if article.words[child] in words.HOLDING and article.deps[child] == "obl":
                held = [t for t in article.children[child] if article.deps[t] == "obj"]
                if held:
                    return noun_phrase(article, held[0], self.named)
        return None
