"""Claims of reporting adverbials: *according to X*, *secondo X*, *a suo avviso*."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.languages import function_words as words
from pipeline.languages.cues import ARTICULATED, MERGED
from pipeline.languages.people import people_table
from pipeline.stages.claims.contents import Contents, Found
from pipeline.stages.claims.cues import AdverbialHit, Hit
from pipeline.stages.claims.drafts import Draft
from pipeline.stages.claims.mentions import Mention, Named, bare_name, noun_phrase, source_phrase
from pipeline.stages.claims.syntax import SENTENCE_FINAL, VERBAL, Article

SURE_CLAUSE = 5
_RELATIVES = words.OBLIQUE_RELATIVES | words.ARTICLED_RELATIVES
_NOMINAL = frozenset(["DET", "NUM", "PROPN", "PRON", "ADP"])


class AdverbialClaims(Contents):
    """Finds the clause round or after a reporting adverbial."""

    def __init__(
        self,
        article: Article,
        named: Named,
        hits: Sequence[Hit],
        adverbials: Sequence[AdverbialHit],
    ) -> None:
        super().__init__(article, named, hits)
        self.adverbials = adverbials

    def of(self, hit: AdverbialHit) -> Iterator[Draft]:
        """The draft of one adverbial, if it reports."""
        article = self.article
        if article.quotation_of[hit.low] >= 0 or self._is_ordinal(hit):
            return
        low, high = self.bounds(hit.low)
        following = article.words[hit.high : hit.high + 2]
        relative = not (
            words.OBLIQUE_RELATIVES.isdisjoint(following[:1])
            and words.ARTICLED_RELATIVES.isdisjoint(following[1:])
        )
        if relative:
            if hit.cue.cue_class != "per" or self._has_own_subject(hit):
                yield from self._relative_source(hit, low, high)
            return
        mention, end = self._source(hit, high)
        if hit.cue.source == "after" and (mention is None or self._is_measure(mention)):
            return
        if hit.cue.cue_class == "per" and not self._source_like(hit, mention, low, end):
            return
        found = self._clause(hit, low, end, high)
        if found is None or (hit.cue.source == "none" and self._is_saying(found)):
            return
        if mention and hit.cue.source == "after":
            mention = bare_name(article, mention, self.named)
        cue_class = "say" if hit.cue.cue_class == "per" else hit.cue.cue_class
        yield self.draft(found, hit.low, article.span_of(hit.low, hit.high), cue_class, mention)

    def _source(self, hit: AdverbialHit, high: int) -> tuple[Mention | None, int]:
        """Who is the source, and where the whole adverbial ends."""
        if hit.cue.source == "inside":
            tokens = range(hit.low, hit.high)
            inside = next(t for t in tokens if len(hit.cue.words[t - hit.low]) > 1)
            return Mention(inside, inside + 1, inside), hit.high
        low = self._past_report(hit, high)
        if hit.cue.source == "none":
            if self.article.words[low] not in ARTICULATED["da"]:
                return None, low
            low += 1  # "secondo quanto si apprende da fonti investigative, …"
        mention = source_phrase(self.article, low, high, self.named)
        return mention, self._source_end(mention, high) if mention else hit.high

    def _past_report(self, hit: AdverbialHit, high: int) -> int:
        """Past *quanto dicono* of *secondo quanto dicono i pastori*."""
        article = self.article
        token = hit.high
        if words.QUANTO.isdisjoint(article.words[token : token + 1]):
            return token
        token += 1
        while token < high and (
            article.upos[token] in VERBAL
            or article.words[token] in words.CLITICS | ARTICULATED["da"]
        ):
            token += 1
        return token

    def _clause(self, hit: AdverbialHit, low: int, end: int, high: int) -> Found | None:
        """The clause that the adverbial opens, closes or interrupts."""
        article = self.article
        start = self.clause_start(hit.low, low)
        stop = self._before_other_source(hit, end, self.clause_stop(end, high))
        before = [t for t in range(start, hit.low) if article.is_word(t)]
        framed = not before or self._is_second(hit) or self.frames(start, hit.low)
        parts = [(end, stop)] if framed else [(start, hit.low), (end, stop)]
        if self._in_subordinate(start, hit.low):
            parts = [(end, self._first_clause_end(end, stop))]
        if article.words[end : end + 1] == [":"] or self._is_reported(start, hit.low):
            return None
        if hit.cue.source == "inside" and any(start <= o.head < hit.low for o in self.hits):
            parts = [(end, stop)]  # "X told reporters that …; in his view, …"
        if len(parts) == 2 and article.has_finite(start, hit.low) and not self._goes_on(end, stop):
            parts = parts[:1]
        words_in = [t for a, b in parts for t in range(a, b) if article.is_word(t)]
        # A clause has a verb; in a long one, a tagger that sees none has missed it ("Secondo il
        # consigliere Verdi, i lavori dureranno un anno": *dureranno* taken for an adjective).
        if len(words_in) < SURE_CLAUSE and not any(article.upos[t] in VERBAL for t in words_in):
            return None
        return self.found(parts, "adverbial")

    def _is_reported(self, low: int, high: int) -> bool:
        """*The union has revealed that …, according to its surveys*: the union's words."""
        return any(
            low < o.head and o.high < high and self.article.words[o.high] in words.THAT
            for o in self.hits
        )

    def _before_other_source(self, hit: AdverbialHit, low: int, high: int) -> int:
        """The comma in *Per gli esperti servono dieci anni, per il ministero ne bastano tre*."""
        others = (o.low - 1 for o in self.adverbials if low < o.low < high and self._joins(hit, o))
        return next(others, high)

    def _joins(self, first: AdverbialHit, second: AdverbialHit) -> bool:
        """Whether two sources stand against each other, each with a clause of its own."""
        article = self.article
        low = second.low
        if article.words[first.low] != article.words[low] or article.words[low - 1] != ",":
            return False
        source = source_phrase(article, second.high, article.sentence(low)[1], self.named)
        told = article.has_finite(first.high, low)
        return told and source is not None and self._can_speak(source.head)

    def _is_second(self, hit: AdverbialHit) -> bool:
        low = self.article.sentence(hit.low)[0]
        return any(low <= o.low < hit.low and self._joins(o, hit) for o in self.adverbials)

    def _is_saying(self, found: Found) -> bool:
        """*Qui si dice «a San Martino ogni mosto è vino»*: words that nobody in particular says."""
        tokens = [t for low, high in found.parts for t in range(low, high)]
        return all(self.article.quotation_of[t] >= 0 for t in tokens if self.article.is_word(t))

    def _is_ordinal(self, hit: AdverbialHit) -> bool:
        """*il secondo esemplare*, *secondo classificato*; not *Secondo due fonti*, which taggers
        take for an adjective after a dateline."""
        article = self.article
        if hit.low and article.upos[hit.low - 1] == "DET":
            return True
        if self._depends(hit):
            return True
        following = article.upos[hit.high : hit.high + 1]
        opens_phrase = not _NOMINAL.isdisjoint(following)
        return article.upos[hit.low] == "ADJ" and not opens_phrase

    def _depends(self, hit: AdverbialHit) -> bool:
        """*è diverso secondo le stagioni*, *un pane salato secondo la ricetta*: set off by
        nothing, and after a noun or adjective, it is the narrator's."""
        article = self.article
        mid_sentence = hit.low > article.sentence(hit.low)[0]
        if article.words[hit.low] not in words.MEASURING or not mid_sentence:
            return False
        if article.upos[hit.low - 1] not in ("NOUN", "ADJ", "ADV", "PROPN"):
            return False
        reach = range(hit.high, min(hit.high + 3, len(article)))
        return not any(self._can_speak(t) for t in reach)

    def _can_speak(self, token: int) -> bool:
        """Whether a word names somebody: a name, a person's office, a body."""
        if self.named.at(token):
            return True
        table, lemma = people_table(self.article.language(token)), self.article.lemmas[token]
        return table.is_person(lemma) or lemma in table.bodies | table.institutions

    def _in_subordinate(self, start: int, low: int) -> bool:
        """*un giovane che, secondo i testimoni, avrebbe vent'anni*: the source is that of the
        relative or causal clause alone."""
        article = self.article
        before = low - 1
        while before > start and not article.is_word(before):
            before -= 1
        opens = article.words[before] in words.SUBORDINATORS
        return before >= start and opens and any(article.is_word(t) for t in range(start, before))

    def _first_clause_end(self, low: int, high: int) -> int:
        """The comma after the first finite verb."""
        article = self.article
        verb = next((t for t in range(low, high) if article.is_finite(t)), high)
        return next((t for t in range(verb, high) if article.words[t] == ","), high)

    def _is_measure(self, mention: Mention) -> bool:
        """*secondo necessità*, *according to need*: a bare common noun is no source."""
        article = self.article
        return (
            article.upos[mention.head] == "NOUN"
            and mention.high - mention.low == 1
            and self.named.at(mention.head) is None
            and "Number=Plur" not in article.morphs[mention.head]
            and article.upos[mention.low - 1] != "DET"
            and article.words[mention.low - 1] not in MERGED
        )

    def _has_own_subject(self, hit: AdverbialHit) -> bool:
        """*il geologo per il quale la frana era prevedibile*, not *il motivo per cui …*, nor *il
        ministro per il quale lavora*: somebody who can speak, and a clause with a subject."""
        article = self.article
        relative = next(t for t in range(hit.high, hit.high + 2) if article.words[t] in _RELATIVES)
        before = range(article.sentence(hit.low)[0], hit.low)
        nouns = [t for t in before if article.upos[t] in ("NOUN", "PROPN")]
        subject = not {"DET", "PROPN"}.isdisjoint(article.upos[relative + 1 : relative + 2])
        return bool(nouns) and subject and self._can_speak(nouns[-1])

    def _relative_source(self, hit: AdverbialHit, low: int, high: int) -> Iterator[Draft]:
        """*Duccio Neri, fisico, secondo il quale …*: the speaker stands before the relative."""
        article = self.article
        start = hit.high + (1 if article.words[hit.high] in words.OBLIQUE_RELATIVES else 2)
        nouns = [t for t in range(low, hit.low) if article.upos[t] in ("NOUN", "PROPN")]
        names = [t for t in nouns if self.named.at(t, ("PER",))]
        stop = self.clause_stop(start, high)
        if not article.has_finite(low, hit.low):  # "Neri, per il quale il muro è sicuro, è tornato"
            stop = self._first_clause_end(start, stop)
        found = self.found([(start, stop)], "adverbial")
        if found and nouns:
            head = names[-1] if names else nouns[-1]
            mention = bare_name(article, noun_phrase(article, head, self.named), self.named)
            cue = article.span_of(hit.low, hit.high)
            cue_class = "say" if hit.cue.cue_class == "per" else hit.cue.cue_class
            draft = self.draft(found, hit.low, cue, cue_class, mention)
            yield replace(draft, modality="denied") if self.is_rejected(nouns[-1]) else draft

    def _goes_on(self, low: int, high: int) -> bool:
        """Whether what follows the source belongs to the claim, not to source or narrator."""
        article = self.article
        first = next((t for t in range(low, high) if article.is_word(t)), None)
        if first is None or article.words[first] in words.BREAKS:
            return False
        if article.upos[first] in _NOMINAL and self._only_in_relative(first, high):
            return False  # "…, in the view of Ruth Abara, a barrister who has followed the case"
        return any(article.upos[t] in VERBAL for t in range(first, high))

    def _only_in_relative(self, low: int, high: int) -> bool:
        """Whether a relative stands before the first finite verb."""
        article = self.article
        finite = next((t for t in range(low, high) if article.is_finite(t)), high)
        return any(article.words[t] in words.RELATIVE_SUBJECTS for t in range(low, finite))

    def _source_end(self, mention: Mention, high: int) -> int:
        """The end of the source phrase: its comma, or the last word of the phrase."""
        article = self.article
        end = mention.high
        token = mention.high
        while token < high and not article.is_finite(token):
            if article.words[token] == "," or article.words[token] in SENTENCE_FINAL:
                return self._past_appositions(token, high)
            if self._starts_phrase(token):
                return token  # no comma: "Per i sindacati il problema è strutturale"
            token += 1
        while end < token and article.below(end, mention.head) and article.upos[end] != "DET":
            end += 1
        return end

    def _starts_phrase(self, token: int) -> bool:
        """Whether a new noun phrase begins, free of the one before (in Italian)."""
        article = self.article
        if article.language(token) != "it" or article.upos[token - 1] in ("ADP", "DET", "ADJ"):
            return False
        if self.named.begins_another(token):
            return True  # "Secondo una classifica di Stanford Lumen-3 supera gli altri"
        return article.upos[token] == "DET" or (
            article.upos[token] == "PRON" and article.words[token] in words.FREE_PRONOUNS
        )

    def _past_appositions(self, comma: int, high: int) -> int:
        """Past *, a geochemist in Bergen,* when it describes the source."""
        article = self.article
        token = comma + 1
        if token >= high or article.words[comma] != ",":
            return comma
        close = next(
            (t for t in range(token, min(token + 22, high)) if article.words[t] == ","), None
        )
        if close is None:
            return comma
        finite = article.has_finite(token, close)
        if finite and article.words[token] not in words.RELATIVE_SUBJECTS:
            return comma
        subject = article.upos[close + 1 : close + 2] in (["DET"], ["PROPN"])
        if article.language(token) == "it" and article.upos[token] == "DET" and not subject:
            return comma  # "Per la Lega, il tasso medio, pari al 6 per cento, resta alto"
        rest = article.has_finite(close, high)
        return close if rest else comma

    def _quotes_verdict(self, low: int) -> bool:
        """*Per il sindaco la scelta «non ha senso»*, *Per la preside è «un passo avanti»*; not a
        title, *Per la preside arriva «Il mestiere di educare»*."""
        article = self.article
        high = article.sentence(low)[1] if low < len(article) else low
        quoted = next((t for t in range(low, high) if article.quotation_of[t] >= 0), None)
        if quoted is None or article.text[article.starts[quoted]].isupper():
            return False
        told = any(
            article.is_finite(t) for t in range(quoted, high) if article.quotation_of[t] >= 0
        )
        return told or not words.COPULAS.isdisjoint(article.lemmas[low:quoted])

    def _source_like(self, hit: AdverbialHit, mention: Mention | None, low: int, end: int) -> bool:
        """*Per X, …* is a report only when X can speak and the phrase opens its clause."""
        article = self.article
        if mention is None:
            return False
        before = article.words[hit.low - 1]
        second = self._is_second(hit)
        opens = hit.low == article.dateline_end(low) or (
            second or before in (";", ":") or before in words.ADVERSATIVES
        )
        entity = self.named.at(mention.head)
        plural = (
            "Number=Plur" in article.morphs[mention.head]
            and article.words[mention.low] in words.PLURAL_DETERMINERS
        )
        name = bare_name(article, mention, self.named)
        told_apart = (
            article.words[end : end + 1] == [","]
            or self.named.at(name.head, ("PER",))
            or second
            or self._quotes_verdict(end)
        )
        person = told_apart and self._can_speak(mention.head)
        return (
            opens
            and (entity is not None or plural or bool(person))
            and (article.upos[mention.head] != "NUM")
        )
