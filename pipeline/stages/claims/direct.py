"""Direct claims: quotations with the reporting clause beside them.

The narration between two quotations of a paragraph is a *gap*. A gap may report the quotation on
its left (*“…”, said X.*), the one on its right (*X said: “…”*), or both. Quotations that no gap
reports take up the claim before them, or are turns of the person just introduced; what remains is
no claim (titles, slogans, scare quotes).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, takewhile

from pipeline.core.spans import Span
from pipeline.languages import function_words as words
from pipeline.languages.cues import cue_table
from pipeline.languages.people import people_table
from pipeline.stages.claims.cues import AdverbialHit, Hit
from pipeline.stages.claims.drafts import Draft
from pipeline.stages.claims.mentions import (
    Mention,
    Named,
    bare_name,
    noun_phrase,
    source_phrase,
)
from pipeline.stages.claims.quotes import UNBALANCED, Quotation
from pipeline.stages.claims.subjects import subject
from pipeline.stages.claims.syntax import CLAUSE_FINAL, SENTENCE_FINAL, VERBAL, Article

_NOUNS = frozenset(["NOUN", "PROPN"])
_DETERMINERS = frozenset(["DET", "ADJ", "ADV", "AUX"])
_SPEAKING = _NOUNS | {"PRON"}
_CLAUSE_EDGES = CLAUSE_FINAL | {",", "("}
_MIN_TURN_WORDS = 4
_TITLE_REACH = 6


@dataclass(frozen=True, slots=True)
class _Part:
    """One outer quotation of a paragraph: its tokens and its place among the others."""

    quotation: Quotation
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class _Report:
    """A reporting clause for a quotation: verb, speaker, rule."""

    hit: Hit | None
    speaker: Mention | None
    rule: str


class DirectClaims:
    """Finds the direct claims of an article; ``used`` holds the heads of the verbs they took."""

    def __init__(
        self,
        article: Article,
        named: Named,
        hits: Sequence[Hit],
        adverbials: Sequence[AdverbialHit],
    ) -> None:
        self.article = article
        self.named = named
        self.hits = sorted(hits, key=lambda hit: hit.head)
        self.adverbials = adverbials
        self.used: set[int] = set()
        outer = (
            _Part(quotation, *article.range_of(quotation.inner))
            for quotation in article.quotations
            if quotation.depth == 1
        )
        self._outer = sorted(outer, key=lambda part: part.low)

    def find(self) -> list[Draft]:
        """Drafts in text order."""
        drafts: list[Draft] = list(self._nested())
        for number, (low, high) in enumerate(self.article.paragraph_ranges):
            if low == high:
                continue
            parts = self._parts(low, high)
            if parts:
                self._paragraph(number, low, high, parts, drafts)
        return drafts

    def _nested(self) -> Iterator[Draft]:
        """Someone else's words inside a quotation: *“My father told me, ‘Eat first.’”*."""
        article = self.article
        for index, quotation in enumerate(article.quotations):
            if quotation.depth == 1:
                continue
            low, high = article.range_of(quotation.inner)
            start = low
            while (
                start > 0
                and article.words[start - 1] not in CLAUSE_FINAL
                and (
                    (
                        article.innermost_of[start - 1] != index
                        and article.quotation_of[start - 1] == article.quotation_of[low]
                    )
                    or (article.is_mark(start - 1) and start == low)
                )
            ):
                start -= 1
            if (low and article.words[low - 1] == ":") or (
                low > 1 and article.words[low - 2] == ":"
            ):
                start = self._before_colon(low)
            hits = [hit for hit in self._verbs(start, low) if "quote" in hit.grammar]
            if not hits or hits[-1].unsaid or hits[-1].negated or low - hits[-1].high > 6:
                continue
            report = self._report(hits[-1], (start, low), "nested")
            if report is None or self._first_person(report, hits[-1]):
                continue
            if report.speaker or article.language(low) == "it":
                yield self._draft(_Part(quotation, low, high), report)

    def _first_person(self, report: _Report, hit: Hit) -> bool:
        article = self.article
        if report.speaker:
            return article.words[report.speaker.head] in words.FIRST_PERSONS
        morphs = [article.morphs[t] for t in range(hit.low, hit.high)]
        return any("Person=1" in morph or "Person=2" in morph for morph in morphs)

    def _before_colon(self, low: int) -> int:
        article = self.article
        colon = next(t for t in range(low - 1, -1, -1) if article.words[t] == ":")
        start = colon
        while (
            start > 0
            and article.words[start - 1] not in CLAUSE_FINAL
            and (article.quotation_of[start - 1] == article.quotation_of[low])
        ):
            start -= 1
        return start

    def _parts(self, low: int, high: int) -> list[_Part]:
        at = bisect_left(self._outer, low, key=lambda part: part.low)
        inside = takewhile(lambda part: part.low < high, islice(self._outer, at, None))
        return [part for part in inside if part.low < part.high <= high]

    def _paragraph(
        self, number: int, low: int, high: int, parts: list[_Part], drafts: list[Draft]
    ) -> None:
        headline = self.article.paragraphs[number].headline
        reports = [self._reports(low, high, parts, k) for k in range(len(parts))]
        open_claim = False  # whether the last draft may be continued by the next quotation
        for k, part in enumerate(parts):
            before, after = reports[k]
            gap = self._gap(low, parts, k)
            if part.quotation.continues and drafts:
                drafts[-1] = _joined(drafts[-1], part.quotation)
                if after and drafts[-1].cue is None:
                    drafts[-1] = self._with_report(drafts[-1], after)
                open_claim = True
                continue
            if k and open_claim and part.quotation.outer == parts[k - 1].quotation.outer:
                # one quotation, interrupted by a reporting clause: «No – dice Ada – e basta»
                drafts[-1] = _joined(drafts[-1], part.quotation)
                continue
            previous_after = reports[k - 1][1] if k else None
            joins = open_claim and before is None and self._adjacent(gap, previous_after)
            if joins and after and not self._has_word(gap):
                # «…» said one: «…», replied the other
                joins = self._alike(parts[k - 1], part) and not self._another(drafts[-1], after)
            if joins and (after is None or not self._has_word(gap) or self._goes_on(gap, part)):
                drafts[-1] = _joined(drafts[-1], part.quotation)
                if after and drafts[-1].cue is None:
                    drafts[-1] = self._with_report(drafts[-1], after)
                continue
            report = before or after
            if report is None:
                report = self._turn(part, gap, headline, low, high, drafts)
            if report is None:
                open_claim = False
                continue
            if (
                k
                and drafts
                and report.hit
                and report.speaker is None
                and self._goes_with(report.hit)
            ):
                report = replace(report, speaker=drafts[-1].speaker)
            drafts.append(self._draft(part, report))
            open_claim = True

    @staticmethod
    def _another(draft: Draft, report: _Report) -> bool:
        """Whether a quotation has a speaker already, before one with a speaker of its own."""
        return draft.speaker is not None and report.speaker is not None

    def _goes_with(self, hit: Hit) -> bool:
        """*She said: “No,” adding: “Never.”*: a participle with the speaker before."""
        return hit.low == hit.head and "VerbForm=Part" in self.article.morphs[hit.head]

    # A gap and what it reports

    def _gap(self, low: int, parts: list[_Part], k: int) -> tuple[int, int]:
        return (parts[k - 1].high if k else low), parts[k].low

    def _goes_on(self, gap: tuple[int, int], part: _Part) -> bool:
        """*“If you look,” he said, “they go up,” he added*: one sentence, interrupted."""
        article = self.article
        opens = article.text[article.starts[part.low]]
        return self._last_word(gap) == "," and opens.islower()

    def _alike(self, one: _Part, other: _Part) -> bool:
        """Whether two quotations have the same sort of mark."""
        text = self.article.text
        return text[one.quotation.outer.start] == text[other.quotation.outer.start]

    def _has_word(self, gap: tuple[int, int]) -> bool:
        return any(self.article.is_word(t) for t in range(*gap))

    def _adjacent(self, gap: tuple[int, int], report: _Report | None) -> bool:
        """Whether a gap holds nothing, or nothing but the reporting clause of its left side."""
        if not self._has_word(gap):
            return True
        if report is None or report.hit is None:
            return False
        ends = [t for t in range(*gap) if self.article.words[t] in SENTENCE_FINAL]
        ends = [t for t in ends if t > report.hit.head]
        rest = (ends[0] + 1, gap[1]) if ends else (gap[1], gap[1])
        return not self._has_word(rest)

    def _reports(
        self, low: int, high: int, parts: list[_Part], k: int
    ) -> tuple[_Report | None, _Report | None]:
        part = parts[k]
        left = self._gap(low, parts, k)
        led = bool(k) and self._last_word(left) == ":" and not self._has_word(left)
        if led:  # "La sindaca parla di «vergogna»: «Se ne vadano»"
            left = (self._gap(low, parts, k - 1)[0], left[1])
        if self._is_title(part, left) or self._is_words_of_sign(part, left):
            return None, None
        right = (part.high, parts[k + 1].low if k + 1 < len(parts) else high)
        starts_clause = self._starts_clause(left)
        before = self._report_before(part, left, bool(k))
        if before and led:  # the verb reports the word before the colon
            before = replace(before, hit=None, rule="introduced")
        after = None
        if starts_clause or before is not None:
            after = self._report_after(part, right, k + 1 < len(parts))
        if before and before.hit is None and after and after.speaker:
            before = None  # "L'interessato sorride: «Qui sto bene», ci dice Serra."
        return before, after

    def _starts_clause(self, left: tuple[int, int]) -> bool:
        """Whether a quotation does not begin in the middle of the narrator's clause."""
        word = self._last_word(left)
        return word is None or word in _CLAUSE_EDGES or word in words.DASHES

    def _last_word(self, gap: tuple[int, int]) -> str | None:
        """The last token of a gap that is not a quotation mark."""
        for token in range(gap[1] - 1, gap[0] - 1, -1):
            if not self.article.is_mark(token):
                word = self.article.words[token]
                return ":" if word == "):" else word  # one token in Italian
        return None

    def _report_before(
        self, part: _Part, gap: tuple[int, int], follows_quotation: bool
    ) -> _Report | None:
        """*X said: “…”*: a verb in the clause that leads up to the quotation."""
        ending = self._last_word(gap)
        if ending is None or ending in SENTENCE_FINAL:
            return None
        low = self._clause_start(gap, stop_at_colon=ending != ":")
        hits = [hit for hit in self._hits(low, gap[1]) if not hit.negated or ending == ":"]
        if follows_quotation and low == gap[0] and ending != ":" and self._belongs_left(gap):
            hits = [hit for hit in hits[1:] if self.article.deps[hit.head] != "acl:relcl"]
        if any(self._is_sign(t) for t in range(low, gap[1])):
            return None
        if hits and self._introduces(hits[-1], ending, gap, part):
            return self._report(hits[-1], (low, gap[1]), "before")
        if ending == ":" and not hits:
            report = self._introduction(low, gap[1])
            if report is None or not (self._clausal(part) or self._speaks(report, part)):
                return None
            return report
        return None

    def _speaks(self, report: _Report, part: _Part) -> bool:
        """Whether someone is there to say words without a verb: *Rossi: «Finalmente»*, and in a
        headline *Il vescovo: «Meno luminarie»*."""
        if report.speaker is None:
            return False
        words_in = sum(self.article.is_word(t) for t in range(part.low, part.high))
        headline = self.article.paragraphs[self.article.paragraph(part.low)].headline
        return bool(self.named.at(report.speaker.head)) or (
            headline and words_in >= _MIN_TURN_WORDS - 1
        )

    def _belongs_left(self, gap: tuple[int, int]) -> bool:
        """*“…,” said X, “…”*: whether the clause reports the quotation on its left."""
        first = next((t for t in range(*gap) if self.article.is_word(t)), gap[0])
        return self.article.words[first - 1] == "," or not self._left_ends(gap)

    def _introduces(self, hit: Hit, ending: str, gap: tuple[int, int], part: _Part) -> bool:
        """Whether a verb leads to the quotation: over a colon, over a comma, or directly."""
        if ending == ":":
            return True
        if self._verb_between(hit.high, gap[1]):
            return False
        if ending == ",":
            return self._clausal(part) or self._closes_sentence(part)
        names = "as" in hit.grammar and "that" not in hit.grammar  # "lo chiamano «il postino»"
        predicate = "as" in hit.grammar and hit.high < gap[1] - 1  # called the plan “a trap”
        if names or predicate or self._is_work(hit, part):
            return False
        return self._leads_in(hit, gap[1], part) and self._clausal(part)

    def _is_work(self, hit: Hit, part: _Part) -> bool:
        """*Nel 1998 pubblicò «Chi ha paura del latte?», venti ricette*: a capital, and a comma with
        what describes it."""
        article = self.article
        if article.lemmas[hit.head] not in words.AUTHORING:
            return False
        following = [t for t in range(part.high, len(article))[:4] if not article.is_mark(t)]
        comma = [article.words[t] for t in following[:1]] == [","]
        described = {article.upos[t] for t in following[1:2]} & {"NUM", "DET", "NOUN"}
        return article.text[article.starts[part.low]].isupper() and comma and bool(described)

    def _closes_sentence(self, part: _Part) -> bool:
        """Whether the sentence ends with a quotation: not *in un saggio, «Il treno», nel quale*."""
        article = self.article
        if article.words[part.high - 1] in SENTENCE_FINAL:
            return True
        high = article.paragraph_ranges[article.paragraph(part.low)][1]
        after = next((t for t in range(part.high, high) if not article.is_mark(t)), high)
        return after == high or article.words[after] in SENTENCE_FINAL

    def _left_ends(self, gap: tuple[int, int]) -> bool:
        """Whether the quotation before the gap ends its sentence and the gap starts a new one."""
        article = self.article
        last = next((t for t in range(gap[0] - 1, -1, -1) if not article.is_mark(t)), 0)
        first = next((t for t in range(*gap) if article.is_word(t)), gap[0])
        opens = article.text[article.starts[first]].isupper()
        return article.words[last] in SENTENCE_FINAL and opens

    def _clause_start(self, gap: tuple[int, int], stop_at_colon: bool) -> int:
        finals = CLAUSE_FINAL if stop_at_colon else SENTENCE_FINAL | {";"}
        for token in range(gap[1] - 2, gap[0] - 1, -1):
            if self.article.words[token] in finals:
                return token + 1
        return gap[0]

    def _leads_in(self, hit: Hit, high: int, part: _Part) -> bool:
        """Whether nothing of the reported clause stands between a verb and the quotation."""
        article = self.article
        between = [t for t in range(hit.high, high) if article.is_word(t)]
        if len(between) > 3:
            return False
        # "said the company 'is not for sale'": the subject stands outside the marks
        nominal = any(article.upos[t] in ("NOUN", "PROPN", "PRON") for t in between)
        if nominal and article.is_finite(part.low) and article.upos[hit.high] != "ADP":
            return False
        return not any(
            article.deps[t].startswith("nsubj") or part.low <= article.heads[t] < part.high
            for t in between
            if article.words[t] not in words.THAT
        )

    def _verb_between(self, low: int, high: int) -> bool:
        return any(self.article.is_finite(t) for t in range(low, high))

    def _introduction(self, low: int, high: int) -> _Report | None:
        """*Baek: “…”*, *Un operaio è amaro: “…”*: no reporting verb, the subject speaks."""
        article = self.article
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
            if free and self._is_sign(free[0]):
                return None
            mention = self._first_holder(free, high)
        mention = mention and bare_name(article, mention, self.named)
        return _Report(None, mention, "introduced")

    def _first_holder(self, nouns: Sequence[int], high: int) -> Mention | None:
        """The first of some nouns that speaks; nobody where a thing is the subject: *The storm left
        nothing: “…”*."""
        for token in nouns:
            holder = self._holder(token, high)
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
        return any(self._told_by(t) for t in range(low, name.low))

    def _may_speak(self, token: int) -> bool:
        """A noun, a pronoun, *one of the drivers*; not *all* in *the sum of it all*, nor *that*."""
        article = self.article
        word = article.words[token]
        if article.upos[token] == "NUM":
            return not words.POSSESSING.isdisjoint(article.words[token + 1 : token + 2])
        floats = word in words.ALL and article.upos[token - 1] == "PRON"
        return article.upos[token] in _SPEAKING and not floats and word not in words.NOT_SPEAKERS

    def _holder(self, token: int, high: int) -> Mention | None:
        """Who speaks where a noun stands before a colon: *an old miner is bitter*, *the council's
        answer*, *la risposta del Comune*, *his mood*; nobody in *300 quintali*."""
        article = self.article
        table, lemma = people_table(article.language(token)), article.lemmas[token]
        if article.words[token - 1] in words.THIRD_POSSESSIVES:
            return Mention(token - 1, token, token - 1)
        told = lemma in cue_table(article.language(token)).nouns
        if told and lemma not in table.institutions:  # "consiglio" is advice, or a council
            if words.POSSESSING.isdisjoint(article.words[token + 1 : token + 2]):
                return None
            return source_phrase(article, token + 2, high, self.named)
        speaks = (
            article.upos[token] != "NOUN"
            or table.is_person(lemma)
            or table.is_person(article.words[token])
            or lemma in table.bodies | table.institutions
        )
        mute = article.words[token] in words.TIMES or lemma in table.measures
        return noun_phrase(article, token, self.named) if speaks and not mute else None

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
        return commas[-1] + 1 if commas and not self._verb_between(low, commas[-1]) else low

    def _governed(self, token: int, low: int) -> bool:
        """Whether a preposition governs the phrase of ``token``."""
        position = token - 1
        while position >= low and self.article.upos[position] in ("DET", "ADJ", "NUM"):
            position -= 1
        return position >= low and self.article.upos[position] == "ADP"

    def _report_after(
        self, part: _Part, gap: tuple[int, int], quotation_follows: bool
    ) -> _Report | None:
        """*“…”, said X*: a verb in the clause that follows the quotation."""
        article = self.article
        low = next((t for t in range(*gap) if article.is_word(t)), gap[1])
        finals = (t for t in range(low, gap[1]) if article.words[t] in CLAUSE_FINAL)
        high = next(finals, gap[1])
        if low >= high:
            return None
        unlike = (
            self._adverbial(low, gap[1]) or self._noun(low, high) or self._with_words(low, high)
        )
        if unlike:
            return unlike
        conjunction = article.upos[low] in ("CCONJ", "SCONJ")
        if conjunction and article.words[low] not in words.AS | words.THUS:
            return None
        hits = self._hits(low, high) or self._unlisted(gap[0], low, high)
        if not hits:
            return None
        if hits[0].cleft:  # "«…». A dirlo è Neri", not "«…». A dirlo è Neri: «…»"
            leads_on = quotation_follows and self._last_word(gap) == ":"
            follows = hits[0].low == low and not leads_on
        else:
            follows = self._follows(hits[0], part, gap, (low, high), quotation_follows)
        if not follows:
            return None
        return self._report(hits[0], (low, high), "after")

    def _follows(
        self,
        hit: Hit,
        part: _Part,
        gap: tuple[int, int],
        clause: tuple[int, int],
        quotation_follows: bool,
    ) -> bool:
        """Whether a clause reports the quotation before it, and nothing else."""
        article = self.article
        low, high = clause
        direct = hit.low == low and (self._clausal(part) or self._is_said(hit, part, high))
        if hit.negated or not (self._set_off(part, gap) or direct):
            return False
        if self._takes_up(hit, part, low):
            return not quotation_follows or self._last_word(gap) != ":"
        if self._verb_between(low, hit.low) and not self._relative_between(low, hit.low):
            return False
        separated = any(article.words[t] in CLAUSE_FINAL for t in range(gap[0], low))
        ended = article.words[part.high - 1] in SENTENCE_FINAL
        new_sentence = ended and article.text[article.starts[low]].isupper()
        if separated and not (hit.low == low and self._short(hit, high)):
            return False
        if not (separated or new_sentence):
            return True
        last = self._last_word(gap) or ""
        leads_on = quotation_follows and (last.isalnum() or (new_sentence and last in (",", ":")))
        return not (leads_on or self._own_complement(hit, high))

    def _is_said(self, hit: Hit, part: _Part, high: int) -> bool:
        """*«Troppo sale» hanno sbuffato i cuochi*; not *«Lucciola» ha promesso*, nor *«La nave»
        racconta tre generazioni*, whose verb does not agree with what follows."""
        article = self.article
        if article.language(hit.head) != "it" or part.high - part.low == 1:
            return False
        verb = next((t for t in range(hit.low, hit.high) if article.is_finite(t)), hit.head)
        noun = next((t for t in range(hit.high, high) if article.upos[t] in _NOUNS), None)
        return noun is None or not article.disagree(verb, noun)

    def _takes_up(self, hit: Hit, part: _Part, low: int) -> bool:
        """Whether a word stands for the quotation: *«…»: il sindaco lo ripete da mesi*, *«…». Lo
        ha detto Neri ieri*, *«…». Così ha risposto Neri*, *«…». È quanto scrive Neri*."""
        article = self.article
        if article.words[low - 1] == ":" and low - 1 - part.high <= 1:
            return hit.cleft or article.words[hit.low] in words.OBJECT_CLITICS
        opening = tuple(article.words[low : hit.low])
        thus = opening == (article.words[low],) and opening[0] in words.THUS
        clitic = hit.low == low and article.words[low] in words.CLAUSE_CLITICS
        return thus or clitic or opening in words.TAKING_UP

    def _adverbial(self, low: int, high: int) -> _Report | None:
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
        if mention is None or any(article.is_finite(t) for t in range(low, mention.low)):
            return None
        if hit and not self._ends_with_source(low, mention, high):
            return None
        mention = bare_name(article, mention, self.named)
        cue = Hit(low, start, low, cue_class, frozenset(), False)
        return _Report(cue, mention, "adverbial")

    def _noun(self, low: int, high: int) -> _Report | None:
        """*«Ci hanno lasciati soli»: è lo sfogo di Marta Cau*, *«Vinceremo», la promessa del
        capitano*, *“Never again” was the verdict of Mia Stone*."""
        article = self.article
        bare = article.upos[low] == "DET" and not self._verb_between(low, high)
        if not (bare or article.lemmas[low] in words.COPULAS):
            return None
        noun = next((t for t in range(low + 1, high) if article.upos[t] not in _DETERMINERS), low)
        cue_class = self._told_by(noun)
        following = article.words[noun + 1 : noun + 2]
        if not cue_class or words.POSSESSING.isdisjoint(following):
            return None
        mention = source_phrase(article, noun + 2, high, self.named)
        cue = Hit(noun, noun + 1, noun, cue_class, frozenset(), False)
        mention = mention and bare_name(article, mention, self.named)
        return _Report(cue, mention, "adverbial") if mention else None

    def _with_words(self, low: int, high: int) -> _Report | None:
        """*«…». Con queste parole il Comune ha espresso il suo cordoglio*: whatever the verb."""
        article = self.article
        verb = next((t for t in range(low + 3, high) if article.upos[t] == "VERB"), None)
        if verb is None or tuple(article.words[low : low + 3]) not in words.WITH_THESE_WORDS:
            return None
        return self._report(
            Hit(verb, verb + 1, verb, "say", frozenset(), False), (low, high), "after"
        )

    def _told_by(self, noun: int) -> str:
        """The cue class of a noun that names a quotation; "" if it names none."""
        lemma = self.article.lemmas[noun]
        said = "say" if lemma in words.OUTBURSTS else ""
        return cue_table(self.article.language(noun)).nouns.get(lemma, said)

    def _ends_with_source(self, low: int, mention: Mention, high: int) -> bool:
        """Whether a source in a sentence of its own has no claim there: *«…». Secondo Neri, è
        tardi* has."""
        article = self.article
        if not any(article.words[t] in SENTENCE_FINAL for t in range(low - 3, low)):
            return True
        stop = next((t for t in range(low, high) if article.words[t] in CLAUSE_FINAL), high)
        finite = next((t for t in range(mention.high, stop) if article.is_finite(t)), None)
        return finite is None or self._relative_between(mention.high, finite)

    def _unlisted(self, start: int, low: int, high: int) -> list[Hit]:
        """*«…», sbuffa Zoran*: any verb with its subject behind it, right after a quotation."""
        article = self.article
        finite = article.upos[low] == "VERB" and "VerbForm=Fin" in article.morphs[low]
        closed = any(article.words[t] in words.DASHES | {","} for t in range(start - 1, low))
        if not (finite and closed and "Person=1" not in article.morphs[low]):
            return []
        named = any(self.named.at(t, ("PER",)) for t in range(low + 1, min(low + 6, high)))
        return [Hit(low, low + 1, low, "say", frozenset(["quote"]), False)] if named else []

    def _set_off(self, part: _Part, gap: tuple[int, int]) -> bool:
        """Whether punctuation parts a quotation from what follows: not *“Firefly” promised*."""
        article = self.article
        last = part.high - 1
        while last > part.low and article.is_mark(last):
            last -= 1
        around = range(last, min(part.high + 3, gap[1]))
        return any(not article.is_word(t) and not article.is_mark(t) for t in around)

    def _short(self, hit: Hit, high: int) -> bool:
        return high - hit.high <= 6 and not self._verb_between(hit.high, high)

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
        return bool(finite) and not self._relative_between(hit.high, finite[0])

    def _relative_between(self, low: int, high: int) -> bool:
        return any(
            self.article.words[t] in words.RELATIVE_SUBJECTS | words.PLACES
            for t in range(low, high)
        )

    def _verbs(self, low: int, high: int) -> Iterator[Hit]:
        at = bisect_left(self.hits, low, key=lambda hit: hit.head)
        return takewhile(lambda hit: hit.head < high, islice(self.hits, at, None))

    def _hits(self, low: int, high: int) -> list[Hit]:
        return [
            hit
            for hit in self._verbs(low, high)
            if "quote" in hit.grammar
            and not hit.unsaid
            and ("VerbForm=Inf" not in self.article.morphs[hit.head] or self._is_told(hit))
            and self.article.quotation_of[hit.head] < 0
        ]

    def _is_told(self, hit: Hit) -> bool:
        """*A dirlo è Neri*, *as my grandmother used to say*: infinitives that report."""
        return hit.cleft or not words.HABITS.isdisjoint(self.article.words[hit.low : hit.head])

    def _report(self, hit: Hit, window: tuple[int, int], rule: str) -> _Report | None:
        mention = subject(self.article, hit, self.named, window)
        if (mention and self._is_sign(mention.head)) or (hit.passive and mention is None):
            return None
        anybody = mention and self.article.words[mention.head] in words.ANYBODY
        if anybody and hit.cue_class == "write":
            return None  # "sul muro qualcuno ha scritto «Vietato sognare»"
        if self._is_nobodys(hit) and mention is None:
            return None
        if mention and self.article.lemmas[hit.head] in words.COPULAS:
            mention = self._holder(mention.head, window[1])  # "His verdict was blunt"
        if mention:
            mention = bare_name(self.article, mention, self.named)
        return _Report(hit, mention, rule)

    def _is_nobodys(self, hit: Hit) -> bool:
        """*Da noi si dice «a San Martino ogni mosto è vino»*, *Asked “Do you trust trains?”, most
        said no*: what people say, and what anyone asked."""
        article = self.article
        si = not words.SI.isdisjoint(article.words[hit.low : hit.head])
        opens = hit.head == article.sentence(hit.head)[0] and hit.cue_class == "ask"
        return (si and article.lemmas[hit.head] in words.SAYINGS) or (
            opens and "VerbForm=Part" in article.morphs[hit.head]
        )

    # Quotations without a reporting clause

    def _turn(
        self,
        part: _Part,
        gap: tuple[int, int],
        headline: bool,
        low: int,
        high: int,
        drafts: list[Draft],
    ) -> _Report | None:
        """A quotation that stands as a sentence of its own."""
        article = self.article
        length = sum(article.is_word(t) for t in range(part.low, part.high))
        if not self._starts_sentence(gap) or self._on_a_sign(gap):
            return None
        if headline:
            following = next((t for t in range(part.high, high) if not article.is_mark(t)), high)
            runs_on = following < high and (
                article.is_word(following) or article.words[following] == ","
            )
            if length < 2 or runs_on or not self._clausal(part):
                return None
            return _Report(None, self._headline_speaker(low, high, part), "headline")
        if not self._ends_sentence(part, high) or length < 2:
            return None
        ends = article.words[part.high - 1] in SENTENCE_FINAL
        if not ends and not self._clausal(part) and length < _MIN_TURN_WORDS:
            return None
        return _Report(None, None, "turn")

    def _is_sign(self, token: int) -> bool:
        article = self.article
        signs = people_table(article.language(token)).signs
        sign = article.lemmas[token] in signs and article.words[token] not in words.SPOKEN
        return sign or tuple(article.lemmas[token : token + 2]) in words.POSTED

    def _is_title(self, part: _Part, left: tuple[int, int]) -> bool:
        """*in un saggio uscito ieri, «Il treno e la stazione»*: the name of a work, after its sort,
        with a capital and no full stop."""
        article = self.article
        low = max(left[0], article.sentence(part.low)[0], part.low - _TITLE_REACH)
        if self._last_word(left) == ":":
            return False
        sorts = any(article.lemmas[t] in words.WORKS for t in range(low, part.low))
        ends = article.words[part.high - 1] in SENTENCE_FINAL
        return sorts and not ends and article.text[article.starts[part.low]].isupper()

    def _is_words_of_sign(self, part: _Part, left: tuple[int, int]) -> bool:
        """*Il ritornello, «portami via», lo cantano tutti*: right after a sign or the like."""
        before = [t for t in range(left[0], part.low) if self.article.is_word(t)]
        return bool(before) and self._last_word(left) != ":" and self._is_sign(before[-1])

    def _on_a_sign(self, gap: tuple[int, int]) -> bool:
        """Whether the words just before tell of a sign, a title or the like."""
        article = self.article
        return any(
            self._is_sign(t) or article.words[t] in words.INSCRIBED
            for t in range(max(gap[0], gap[1] - 14), gap[1])
        )

    def _starts_sentence(self, gap: tuple[int, int]) -> bool:
        word = self._last_word(gap)
        return word is None or word in CLAUSE_FINAL or word in words.DASHES

    def _ends_sentence(self, part: _Part, high: int) -> bool:
        article = self.article
        if article.words[part.high - 1] in SENTENCE_FINAL:
            return True
        following = [
            t for t in range(part.high, min(part.high + 3, high)) if not article.is_mark(t)
        ]
        return not following or article.words[following[0]] in SENTENCE_FINAL

    def _clausal(self, part: _Part) -> bool:
        article = self.article
        length = sum(article.is_word(t) for t in range(part.low, part.high))
        return length > 1 and any(article.upos[t] in VERBAL for t in range(part.low, part.high))

    def _headline_speaker(self, low: int, high: int, part: _Part) -> Mention | None:
        for token in (*range(part.high, high), *range(low, part.low)):
            if self.named.at(token, ("PER",)):
                return bare_name(
                    self.article, noun_phrase(self.article, token, self.named), self.named
                )
        return None

    # Drafts

    def _draft(self, part: _Part, report: _Report) -> Draft:
        flags = () if part.quotation.balanced else (UNBALANCED,)
        draft = Draft(
            "direct", (part.quotation.inner,), f"direct {report.rule}", part.low,
            introduced=report.rule in ("introduced", "turn"), flags=flags,
        )  # fmt: skip
        return self._with_report(draft, report)

    def _with_report(self, draft: Draft, report: _Report) -> Draft:
        cue = None
        if report.hit:
            self.used.add(report.hit.head)
            cue = self.article.span_of(report.hit.low, report.hit.high)
        return Draft(
            draft.kind, draft.content, f"direct {report.rule}", draft.anchor, cue,
            report.hit.cue_class if report.hit else "", report.speaker,
            draft.introduced and report.hit is None, draft.modality, draft.flags,
        )  # fmt: skip


def _joined(draft: Draft, quotation: Quotation) -> Draft:
    flags = draft.flags
    if not quotation.balanced and UNBALANCED not in flags:
        flags = (*flags, UNBALANCED)
    content: tuple[Span, ...] = (*draft.content, quotation.inner)
    return Draft(
        draft.kind, content, draft.rule, draft.anchor, draft.cue, draft.cue_class,
        draft.speaker, draft.introduced, draft.modality, flags,
    )  # fmt: skip
