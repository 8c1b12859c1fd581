"""Speakers before a colon without a reporting verb: *Baek: “…”*, *An old miner is bitter: “…”*."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.languages import function_words as words
from pipeline.stages.claims.gaps import Part
from pipeline.stages.claims.interviews import is_label
from pipeline.stages.claims.mentions import Mention, bare_name
from pipeline.stages.claims.reporting import Report, ReportingClauses

_SPEAKING = frozenset(["NOUN", "PROPN", "PRON"])
_MIN_WORDS = 3
"""Words without a verb that a headline's speaker may say: *Il vescovo: «Meno luci, grazie»*."""


class Introductions(ReportingClauses):
    """Finds who speaks after a colon."""

    def of(self, low: int, high: int) -> Report | None:
        """*Baek: “…”*, *Un operaio è amaro: “…”*: no reporting verb, the subject speaks."""
        article = self.article
        if is_label(article, low, high):
            return None
        if self._is_topic(low, high):
            return Report(None, None, "introduced")
        last = next((t for t in range(high - 1, low - 1, -1) if article.is_word(t)), low)
        person = self._introduced_person(low, high)
        if self._is_last_name(last, low):
            mention: Mention | None = Mention(last, last + 1, last)
        elif person is not None:
            mention = Mention(person, person + 1, person)
        else:
            free = [
                token
                for token in range(self._past_topic(low, high), high)
                if self._may_speak(token) and not self._governed(token, low)
            ]
            if free and self.signs.is_sign(free[0]):
                return None
            mention = self._first_holder(free, high)
        mention = mention and bare_name(article, mention, self.named)
        return Report(None, mention, "introduced")

    def speaks(self, report: Report, part: Part) -> bool:
        """Whether someone is there to say words without a verb: *Rossi: «Finalmente»*, and in a
        headline *Il vescovo: «Meno luminarie»*."""
        if report.speaker is None:
            return False
        headline = self.article.paragraphs[self.article.paragraph(part.low)].headline
        return bool(self.named.at(report.speaker.head)) or (
            headline and self.gaps.length(part) >= _MIN_WORDS
        )

    def _is_topic(self, low: int, high: int) -> bool:
        """*Sul mercato: «…»*, *On his captain: “…”*: what whoever spoke last speaks of; not *Sul
        caso l'assessore Neri: «…»*, which has a phrase of its own behind the topic."""
        article = self.article
        first = next((t for t in range(low, high) if article.is_word(t)), low)
        if article.words[first] not in words.TOPICS or article.has_finite(low, high):
            return False
        nouns = [t for t in range(first, high) if article.upos[t] in _SPEAKING]
        behind = range(nouns[0] + 1, high) if nouns else range(0)
        return not any(
            article.words[t] == "," or (article.upos[t] == "DET" and article.upos[t - 1] != "ADP")
            for t in behind
        )

    def _first_holder(self, nouns: Sequence[int], high: int) -> Mention | None:
        """The first of some nouns that speaks; nobody where a thing is the subject: *The storm left
        nothing: “…”*."""
        for token in nouns:
            holder = self.holder(token, high)
            if holder or (self._is_subject(token) and self.article.upos[token] == "NOUN"):
                return holder
        return None

    def _is_last_name(self, last: int, low: int) -> bool:
        """Whether a name without a verb stands before the colon: *Secca la replica di Neri: «…»*;
        not *Oro a Budapest: «…»*, nor *Un portavoce di Enel: «…»*. *L'attacco arriva da Neri: «…»*
        is like it."""
        article = self.article
        verbs = [article.lemmas[t] for t in range(low, last) if article.is_finite(t)]
        if not self.named.at(last, ("PER", "ORG", "LOC")) or not words.ARRIVALS.issuperset(verbs):
            return False
        name = bare_name(article, Mention(last, last + 1, last), self.named)
        if not self._governed(name.low, low):
            return True
        return any(self.told_by(t) for t in range(low, name.low))

    def _may_speak(self, token: int) -> bool:
        """A noun, a pronoun, *one of the drivers*; not *all* in *the sum of it all*, nor *that*."""
        article = self.article
        word = article.words[token]
        if article.upos[token] == "NUM":
            return not words.POSSESSING.isdisjoint(article.words[token + 1 : token + 2])
        floats = word in words.ALL and article.upos[token - 1] == "PRON"
        presents = article.upos[token : token + 2] == ["PRON", "DET"]  # "Queste le parole di Neri"
        speaks = article.upos[token] in _SPEAKING and word not in words.NOT_SPEAKERS
        return speaks and not (floats or presents)

    def _introduced_person(self, low: int, high: int) -> int | None:
        """The last person named in a subject before the colon: *…, per il quale Ada Neri, capo
        della Protezione civile, ha un commento: «…»*.
        """
        named = [t for t in range(low, high) if self.named.at(t, ("PER",))]
        free = [t for t in named if self._is_subject(t) and not self._governed(t, low)]
        return free[-1] if free else None

    def _is_subject(self, token: int) -> bool:
        return self.article.deps[token].startswith("nsubj")

    def _past_topic(self, low: int, high: int) -> int:
        """Past the topic of a headline: *Treni, la ministra ai pendolari: «…»*."""
        article = self.article
        if not article.paragraphs[article.paragraph(low)].headline:
            return low
        commas = [t for t in range(low, high) if article.words[t] in (",", ".")]
        if commas and self.named.at(commas[0] - 1, ("PER",)):
            return low  # "Ada Neri, sindaca di Bari: «…»"
        return commas[-1] + 1 if commas and not article.has_finite(low, commas[-1]) else low

    def _governed(self, token: int, low: int) -> bool:
        """Whether a preposition governs the phrase of ``token``."""
        position = token - 1
        while position >= low and self.article.upos[position] in ("DET", "ADJ", "NUM"):
            position -= 1
        return position >= low and self.article.upos[position] == "ADP"
