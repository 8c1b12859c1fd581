"""Reporting clauses after a quotation: *“…”, said X*, *“…”, according to X*."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.languages import function_words as words
from pipeline.stages.claims.attributions import attribution
from pipeline.stages.claims.cues import AdverbialHit, Hit
from pipeline.stages.claims.gaps import Part
from pipeline.stages.claims.mentions import Mention, Named, bare_name, source_phrase
from pipeline.stages.claims.reporting import Report, ReportingClauses
from pipeline.stages.claims.syntax import CLAUSE_FINAL, SENTENCE_FINAL, Article

_NOUNS = frozenset(["NOUN", "PROPN"])
_DETERMINERS = frozenset(["DET", "ADJ", "ADV", "AUX"])


class FinalClauses(ReportingClauses):
    """Finds the clause that follows a quotation and reports it, and nothing else."""

    def __init__(
        self,
        article: Article,
        named: Named,
        hits: Sequence[Hit],
        adverbials: Sequence[AdverbialHit],
    ) -> None:
        super().__init__(article, named, hits)
        self.adverbials = adverbials

    def of(self, part: Part, gap: tuple[int, int], quotation_follows: bool) -> Report | None:
        """*“…”, said X*: a verb in the clause that follows the quotation."""
        article = self.article
        low = next((t for t in range(*gap) if article.is_word(t)), gap[1])
        finals = (t for t in range(low, gap[1]) if article.words[t] in CLAUSE_FINAL)
        high = next(finals, gap[1])
        if low >= high:
            return self._line_below(part)
        unlike = (
            self._adverbial(low, gap[1]) or self._noun(low, high) or self._with_words(low, high)
        )
        if unlike:
            return unlike
        conjunction = article.upos[low] in ("CCONJ", "SCONJ")
        if conjunction and article.words[low] not in words.AS | words.THUS:
            return None
        hits = self.quoting(low, high) or self._unlisted(gap[0], low, high)
        if not hits:
            return None if quotation_follows else self._line(*gap)
        if hits[0].cleft:  # "«…». A dirlo è Neri", not "«…». A dirlo è Neri: «…»"
            leads_on = quotation_follows and self.gaps.last_word(gap) == ":"
            follows = hits[0].low == low and not leads_on
        else:
            follows = self._follows(hits[0], part, gap, (low, high), quotation_follows)
        if not follows:
            return None
        return self.report(hits[0], (low, high), "after")

    def _line_below(self, part: Part) -> Report | None:
        """An attribution in the next paragraph."""
        number = self.article.paragraph(part.low) + 1
        ranges = self.article.paragraph_ranges
        return self._line(*ranges[number]) if number < len(ranges) else None

    def _line(self, low: int, high: int) -> Report | None:
        """*«…».⏎– Anna Verdi, Legambiente*"""
        name = attribution(self.article, low, high)
        mention = source_phrase(self.article, name, high, self.named) if name else None
        name_only = mention and bare_name(self.article, mention, self.named)
        return Report(None, name_only, "after") if name_only else None

    def _follows(
        self,
        hit: Hit,
        part: Part,
        gap: tuple[int, int],
        clause: tuple[int, int],
        quotation_follows: bool,
    ) -> bool:
        """Whether a clause reports the quotation before it, and nothing else."""
        article = self.article
        low, high = clause
        direct = hit.low == low and (self.gaps.clausal(part) or self._is_said(hit, part, high))
        if hit.negated or not (self.gaps.set_off(part, gap) or direct):
            return False
        if self._points_back(hit, part, low):
            return not quotation_follows or self.gaps.last_word(gap) != ":"
        if article.has_finite(low, hit.low) and not self.relative_between(low, hit.low):
            return False
        separated = any(article.words[t] in CLAUSE_FINAL for t in range(gap[0], low))
        ended = article.words[part.high - 1] in SENTENCE_FINAL
        new_sentence = ended and article.text[article.starts[low]].isupper()
        if separated and not (hit.low == low and self._short(hit, high)):
            return False
        if not (separated or new_sentence):
            return True
        last = self.gaps.last_word(gap) or ""
        leads_on = quotation_follows and (last.isalnum() or (new_sentence and last in (",", ":")))
        return not (leads_on or self._own_complement(hit, high))

    def _is_said(self, hit: Hit, part: Part, high: int) -> bool:
        """*«Troppo sale» hanno sbuffato i cuochi*; not *«Lucciola» ha promesso*, nor *«La nave»
        racconta tre generazioni*, whose verb does not agree with what follows."""
        article = self.article
        if article.language(hit.head) != "it" or part.high - part.low == 1:
            return False
        verb = next((t for t in range(hit.low, hit.high) if article.is_finite(t)), hit.head)
        noun = next((t for t in range(hit.high, high) if article.upos[t] in _NOUNS), None)
        return noun is None or not article.disagree(verb, noun)

    def takes_up(self, low: int) -> bool:
        """Whether a sentence begins with a word for what was quoted: *Lo scrive Neri*, *È quanto
        scrive Neri*."""
        article = self.article
        clitic = article.words[low] in words.CLAUSE_CLITICS and article.upos[low] == "PRON"
        return clitic or any(
            tuple(article.words[low : low + len(opening)]) == opening for opening in words.TAKING_UP
        )

    def _points_back(self, hit: Hit, part: Part, low: int) -> bool:
        """Whether a word stands for the quotation: *«…»: il sindaco lo ripete da mesi*, *«…». Lo
        ha detto Neri ieri*, *«…». Così ha risposto Neri*, *«…». È quanto scrive Neri*."""
        article = self.article
        if article.words[low - 1] == ":" and low - 1 - part.high <= 1:
            return hit.cleft or article.words[hit.low] in words.OBJECT_CLITICS
        opening = tuple(article.words[low : hit.low])
        thus = opening == (article.words[low],) and opening[0] in words.THUS
        clitic = hit.low == low and article.words[low] in words.CLAUSE_CLITICS
        return thus or clitic or opening in words.TAKING_UP

    def _own_complement(self, hit: Hit, high: int) -> bool:
        """Whether the verb reports something else, to its right."""
        article = self.article
        if any(
            article.words[t] in words.OWN_COMPLEMENTS
            for t in range(hit.high, min(hit.high + 4, high))
        ):
            return True
        if any(
            article.deps[child] in ("ccomp", "xcomp", "obj") and child > hit.head
            for child in article.children[hit.head]
        ):
            return True
        finite = [t for t in range(hit.high, high) if article.is_finite(t)]
        return bool(finite) and not self.relative_between(hit.high, finite[0])

    def _short(self, hit: Hit, high: int) -> bool:
        return high - hit.high <= 6 and not self.article.has_finite(hit.high, high)

    def _unlisted(self, start: int, low: int, high: int) -> list[Hit]:
        """*«…», sbuffa Zoran*: any verb with its subject behind it, right after a quotation."""
        article = self.article
        finite = article.upos[low] == "VERB" and "VerbForm=Fin" in article.morphs[low]
        closed = any(article.words[t] in words.DASHES | {","} for t in range(start - 1, low))
        if not (finite and closed and "Person=1" not in article.morphs[low]):
            return []
        named = any(self.named.at(t, ("PER",)) for t in range(low + 1, min(low + 6, high)))
        return [Hit(low, low + 1, low, "say", frozenset(["quote"]), False)] if named else []

    def _adverbial(self, low: int, high: int) -> Report | None:
        """*«…». Così Ada Neri*, *“…”, according to Ada Neri*: the source without a verb."""
        article = self.article
        hit = next((hit for hit in self.adverbials if hit.low == low), None)
        if hit and hit.cue.source == "after" and hit.cue.cue_class != "per":
            start, cue_class = hit.high, hit.cue.cue_class
        elif article.words[low] in words.THUS:
            start, cue_class = low + 1, "say"
        else:
            return None
        mention = source_phrase(article, start, high, self.named)
        if mention is None or article.has_finite(low, mention.low):
            return None
        if hit and not self._ends_with_source(low, mention, high):
            return None
        mention = bare_name(article, mention, self.named)
        cue = Hit(low, start, low, cue_class, frozenset(), False)
        return Report(cue, mention, "adverbial")

    def _ends_with_source(self, low: int, mention: Mention, high: int) -> bool:
        """Whether a source in a sentence of its own has no claim there: *«…». Secondo Neri, è
        tardi* has."""
        article = self.article
        if not any(article.words[t] in SENTENCE_FINAL for t in range(low - 3, low)):
            return True
        stop = next((t for t in range(low, high) if article.words[t] in CLAUSE_FINAL), high)
        finite = next((t for t in range(mention.high, stop) if article.is_finite(t)), None)
        return finite is None or self.relative_between(mention.high, finite)

    def _noun(self, low: int, high: int) -> Report | None:
        """*«Ci hanno lasciati soli»: è lo sfogo di Marta Cau*, *«Vinceremo», la promessa del
        capitano*, *“Never again” was the verdict of Mia Stone*."""
        article = self.article
        bare = article.upos[low] == "DET" and not article.has_finite(low, high)
        if not (bare or article.lemmas[low] in words.COPULAS):
            return None
        noun = next((t for t in range(low + 1, high) if article.upos[t] not in _DETERMINERS), low)
        cue_class = self.told_by(noun)
        following = article.words[noun + 1 : noun + 2]
        if not cue_class or words.POSSESSING.isdisjoint(following):
            return None
        mention = source_phrase(article, noun + 2, high, self.named)
        cue = Hit(noun, noun + 1, noun, cue_class, frozenset(), False)
        mention = mention and bare_name(article, mention, self.named)
        return Report(cue, mention, "adverbial") if mention else None

    def _with_words(self, low: int, high: int) -> Report | None:
        """*«…». Con queste parole il Comune ha espresso il suo cordoglio*: whatever the verb."""
        article = self.article
        verb = next((t for t in range(low + 3, high) if article.upos[t] == "VERB"), None)
        if verb is None or tuple(article.words[low : low + 3]) not in words.WITH_THESE_WORDS:
            return None
        return self.report(
            Hit(verb, verb + 1, verb, "say", frozenset(), False), (low, high), "after"
        )
