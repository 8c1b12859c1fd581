"""Reporting clauses set into what they report: *The plan, she said, would fail.*"""

from __future__ import annotations

from pipeline.languages import function_words as words
from pipeline.languages.people import people_table
from pipeline.stages.claims.contents import Contents, Found
from pipeline.stages.claims.cues import Hit, has_agent
from pipeline.stages.claims.syntax import SENTENCE_FINAL, VERBAL

_SUBJECTS = frozenset(["DET", "NOUN", "PROPN"])
_MIN_HEADLINE_WORDS = 3
_NO_REPORT = words.RELATIVE_SUBJECTS | words.THAT | words.COMPARING
_SAYING = frozenset(["say", "announce", "claim", "write"])


class Insertions(Contents):
    """Finds the content round a reporting clause between commas or dashes, or after it."""

    def around(self, hit: Hit, low: int, high: int) -> Found | None:
        """*The plan, she said, would fail*; *The plan would fail, said the mayor on Monday*."""
        article = self.article
        clause = self._inserted_clause(hit, low, high) if self._may_interrupt(hit) else None
        if clause is None or self._takes_object(hit, *clause):
            return None
        first, last = clause
        if hit.grammar.isdisjoint({"that", "bare"}) and not self._interrupts(first, last, high):
            return None
        start = self.clause_start(first, low)
        high = next((t for t in range(last, high) if article.words[t] == ";"), high)
        parts = [(start, first), (self._past_relative(hit, last, high), high)]
        if (last + 1 < high and "VerbForm=Part" in article.morphs[last + 1]) or self._is_apposition(
            last, high
        ):
            parts.pop()
        if first == start and parts:
            parts.pop(0)  # "Come ha detto il sindaco, i lavori …"
        elif self.frames(start, first):
            parts.pop(0)
        elif not any(article.is_word(t) for t in range(start, first)):
            return None
        nominal = self._in_headline(first) and first - start >= _MIN_HEADLINE_WORDS
        if not (nominal or any(self._main_verb(*part) for part in parts)):
            return None
        return self.found(parts, "inserted")

    def interrupts_clause(self, hit: Hit, that: int, low: int, high: int) -> bool:
        """*There is no sign, said Ada Neri, that the wall moved*: no complement of the verb, but
        what it is set into goes on."""
        article = self.article
        clause = self._inserted_clause(hit, low, high)
        if clause is None or article.words[that - 1] != "," or article.words[clause[0] - 1] != ",":
            return False
        return self._main_verb(low, clause[0])

    def _past_relative(self, hit: Hit, comma: int, high: int) -> int:
        """Past a relative clause that tells of the speaker: *…, said Rosa Vega, who runs the pool,
        …*, *…, dice Rosa Vega, la cui famiglia …*."""
        article = self.article
        described = comma > hit.high and article.upos[comma - 1] in ("NOUN", "PROPN")
        opening = article.words[comma + 1 : min(comma + 3, high)]
        joins = opening[:1] == ["che"] and article.upos[comma + 2] in _SUBJECTS
        if not described or joins or words.PERSONAL_RELATIVES.isdisjoint(opening):
            return comma  # "Non è vero, replica Rosa Vega, che il ponte è chiuso"
        verb = next((t for t in range(comma + 1, high) if article.is_finite(t)), high)
        return next((t for t in range(verb, high) if article.words[t] == ","), high)

    def _may_interrupt(self, hit: Hit) -> bool:
        """Not *X, who said …*, *X, non dice Y*, *X, confermando …*, *X, said to be …*."""
        article = self.article
        morph = article.morphs[hit.head]
        narrates = article.language(hit.head) == "it" and "VerbForm=Ger" in morph
        relative = article.deps[hit.head] == "acl:relcl"
        unnamed = hit.passive and not has_agent(article, hit)
        return not ("VerbForm=Inf" in morph or relative or narrates or hit.negated or unnamed)

    def _is_participle(self, token: int) -> bool:
        morph = self.article.morphs[token]
        return "VerbForm=Part" in morph or "VerbForm=Ger" in morph

    def _in_headline(self, token: int) -> bool:
        """*Two firms in talks, sources say*: headlines do without verbs."""
        return self.article.paragraphs[self.article.paragraph(token)].headline

    def _interrupts(self, first: int, last: int, high: int) -> bool:
        """*Per scendere, prosegue, bisogna …*, *come ha scherzato un ragazzo*: the place alone
        tells that a verb like *continue* reports."""
        article = self.article
        closed = article.words[last : last + 1] == [","] and last + 1 < high
        return article.words[first] in words.AS or closed

    def _main_verb(self, low: int, high: int) -> bool:
        """Whether a stretch has a finite verb outside relative clauses and quotations' reach.

        Without one it is the subject of the verb that seems to report: *Il coro, fondato nel 2014
        da suor Letizia, pubblica un album*; or its object: *Il ritornello, «portami via», lo
        cantano tutti*.
        """
        article = self.article
        relative = False
        for token in range(low, high):
            if article.quotation_of[token] >= 0 and self._is_apposed(article.quotation_of[token]):
                continue
            subordinate = article.upos[token] == "SCONJ" and article.words[token] not in words.AS
            if subordinate or article.words[token] in words.RELATIVES | words.PLACES:
                relative = True
            elif article.words[token] == ",":
                relative = False
            elif article.upos[token] in VERBAL and not self._is_participle(token):
                if not relative or article.quotation_of[token] >= 0:
                    return True
                relative = False
        return False

    def _is_apposed(self, quotation: int) -> bool:
        """Whether a quotation stands between commas."""
        article = self.article
        low, high = article.range_of(article.quotations[quotation].outer)
        return article.words[low - 1 : low] == [","] and article.words[high : high + 1] == [","]

    def _is_apposition(self, low: int, high: int) -> bool:
        """*…, said Rosa Vega, a teacher in Mesa*: what follows describes the speaker."""
        article = self.article
        first = next((t for t in range(low, high) if article.is_word(t)), None)
        if first is None:
            return False
        nominal = article.upos[first] in ("DET", "NOUN", "PROPN", "NUM")
        if not (nominal or article.words[first] in words.FORMER):
            return False
        finite = next((t for t in range(first, high) if article.is_finite(t)), None)
        return finite is None or self._in_relative(finite, first)

    def _takes_object(self, hit: Hit, first: int, last: int) -> bool:
        """Whether the verb between commas has subject and object: *X counts five million users*."""
        article = self.article
        before = [t for t in range(first, hit.low) if article.is_word(t)]
        if before and article.words[before[0]] in words.CONNECTIVES:
            return True
        if hit.cue_class == "think" and before and article.language(hit.head) == "it":
            return True
        if not any(article.upos[t] in ("NOUN", "PROPN", "PRON") for t in before):
            return False
        if "to" in hit.grammar or hit.high >= last:
            return False
        following = hit.high
        return article.upos[following] in ("DET", "NUM", "NOUN", "PROPN", "ADJ") and not (
            article.is_time(following) or article.words[following] in words.TIME_OPENERS
        )

    def _inserted_clause(self, hit: Hit, low: int, high: int) -> tuple[int, int] | None:
        """The reporting clause between commas, when nothing else can be its complement."""
        article = self.article
        first = hit.low
        while first > low:
            word = article.words[first - 1]
            if word == "," and not self._apposition_comma(first - 1, hit, low):
                break
            if article.is_dash(first - 1):
                break
            if word in (":", ";") or article.is_finite(first - 1):
                return None
            if self._is_as(hit, first - 1, low):
                return self._as_clause(first - 1, hit, high)
            if article.upos[first - 1] in ("SCONJ", "CCONJ") or word in _NO_REPORT:
                return None
            first -= 1
        return None if first <= low else self._clause_to(first, hit, high)

    def _is_as(self, hit: Hit, token: int, low: int) -> bool:
        """*, come ha detto il sindaco*, *, as the mayor noted*; not *as the law provides*."""
        article = self.article
        if article.words[token] not in words.AS or hit.cue_class not in _SAYING:
            return False
        return token == self.article.dateline_end(low) or article.words[token - 1] == ","

    def _as_clause(self, first: int, hit: Hit, high: int) -> tuple[int, int] | None:
        clause = self._clause_to(first, hit, high)
        if clause and self.article.words[clause[1] : clause[1] + 1] == [":"]:
            return None
        return clause

    def _clause_to(self, first: int, hit: Hit, high: int) -> tuple[int, int] | None:
        """The clause from ``first`` to the comma, dash or full stop after its verb."""
        article = self.article
        last = hit.high
        while (
            last < high
            and article.words[last] not in (",", ";", ":")
            and (article.words[last] not in SENTENCE_FINAL)
        ):
            if article.is_dash(last):
                break
            if article.words[last] in words.THAT and article.begins_adjunct(hit.high):
                return None  # "ha annunciato ieri in una nota che si ritirerà"
            if article.is_finite(last) or article.words[last] in words.THAT:
                if self._in_relative(last + 1, hit.high):
                    last += 1
                    continue
                return None
            last += 1
        return first, last

    def _in_relative(self, token: int, low: int) -> bool:
        """Whether a relative subject stands between ``low`` and ``token``."""
        return any(self.article.words[t] in words.RELATIVE_SUBJECTS for t in range(low, token))

    def _is_subjects(self, token: int, comma: int, hit: Hit) -> bool:
        """Whether a word behind a comma is in apposition to the subject before it: *the minister
        for Wales, Owain Price, insisted*."""
        article = self.article
        noun = article.heads[token]
        return (
            article.deps[token] == "appos"
            and noun < comma
            and article.deps[noun].startswith("nsubj")
            and article.heads[noun] == hit.head
        )

    def _apposition_comma(self, comma: int, hit: Hit, low: int) -> bool:
        """Whether a comma stands inside the subject: *its director, Ugo Tarsetti, said*."""
        article = self.article
        between = range(comma + 1, hit.low)
        if not any(article.is_word(t) for t in between):
            # "…, Ugo Tarsetti, said": the comma closes an apposition; "…, said Tarsetti" has its
            # subject behind it, "…, ha detto, …" has none.
            behind = "," not in article.words[low:comma] and self.named.at(hit.high) is not None
            return article.language(comma) == "en" and not (
                behind
                or any(
                    article.deps[t].startswith("nsubj") and t > hit.head
                    for t in article.children[hit.head]
                )
            )
        if any(self._is_subjects(t, comma, hit) for t in between):
            return True
        names = [t for t in between if self.named.at(t, ("PER", "ORG"))]
        if not names:
            return False
        if names[0] != comma + 1 or article.words[hit.low - 1] != ",":
            return False
        start = next((t for t in range(comma - 1, low, -1) if article.words[t] == ","), low - 1) + 1
        table = people_table(article.language(comma))
        return not article.has_finite(start, comma) and (
            (article.upos[comma - 1] == "NOUN" and not self.named.at(comma - 1))
            # "the mayor of Genoa, Silvia Salis, said"
            or any(article.lemmas[t] in table.offices | table.persons for t in range(start, comma))
        )
