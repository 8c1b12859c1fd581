"""The complement that carries a verb's claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pipeline.languages import function_words as words
from pipeline.languages.conjugation import may_be_gerund
from pipeline.languages.cues import cue_table
from pipeline.stages.claims.contents import Contents, Found
from pipeline.stages.claims.cues import Hit
from pipeline.stages.claims.extents import Extents
from pipeline.stages.claims.insertions import Insertions
from pipeline.stages.claims.mentions import Named
from pipeline.stages.claims.predicates import Predicates
from pipeline.stages.claims.syntax import CLAUSE_FINAL, SENTENCE_FINAL, VERBAL, Article

_MAX_ADDRESSEE = 8
_MAX_SUBJECT = 16
_MAX_BEFORE_COLON = 8
_NOMINAL = frozenset(["NOUN", "PROPN", "PRON", "NUM"])
_STARTS = frozenset(["DET", "PRON", "NOUN", "PROPN", "NUM"])
_Rule = Callable[[Hit, int, int], Found | None]
_BARRIERS = VERBAL | {"CCONJ", "SCONJ", "PUNCT", "PRON"}
_INFINITIVE = "VerbForm=Inf"


class Complements(Contents):
    """Finds a reporting verb's content by the verb's grammar."""

    def __init__(self, article: Article, named: Named, hits: Sequence[Hit]) -> None:
        super().__init__(article, named, hits)
        self.extents = Extents(article, named, hits)
        self.insertions = Insertions(article, named, hits)
        self.predicates = Predicates(article, named, hits)

    def of(self, hit: Hit, low: int, high: int) -> Found | None:
        """The first complement that the grammar of ``hit`` allows, within a range of tokens."""
        for rule in self._rules(hit):
            found = rule(hit, low, high)
            if found:
                return found
        return None

    def _rules(self, hit: Hit) -> Iterator[_Rule]:
        """The rules for the parts of a verb's grammar, the surest first."""
        grammar = hit.grammar
        clausal = bool(grammar & {"that", "bare"})
        rules: tuple[tuple[bool, _Rule], ...] = (
            (hit.passive, self._raised),
            (hit.passive and hit.cue_class == "think", self._that_clause),
            (bool(grammar & {"as", "about"}), self.predicates.right_of),
            (bool(grammar & {"of", "against", "for"}), self._gerund_phrase),
            (clausal, self._that_clause),
            ("wh" in grammar, self._question),
            (bool(grammar & {"inf", "ord"}), self._infinitive),
            (clausal or "colon" in grammar, self._after_colon),
            (clausal or hit.cue_class == "say", self.insertions.around),
            (clausal, self._bare_clause),
            (clausal, self._unparsed_clause),
            ("small" in grammar, self._small_clause),
            ("np" in grammar, self._object),
            ("at" in grammar, self._figure),
            ("ger" in grammar, self._gerund),
        )
        return (rule for applies, rule in rules if applies)

    def _that_clause(self, hit: Hit, low: int, high: int) -> Found | None:
        """*X told Y that …*, *spiega Bargagli che …*: what follows the complementizer."""
        article = self.article
        allowed = words.COMPLEMENTIZERS[article.language(hit.head)]
        commas = 0
        for token in range(hit.high, min(hit.high + 25, high)):
            word = article.words[token]
            commas += word == ","
            if word in words.CHE and self._compares(hit, token):
                return None
            if word in words.CHE and not words.THING.isdisjoint(
                article.words[token + 1 : high][:1]
            ):
                return self._right_of(hit, token, high, "wh")  # "sa dire che cosa sia successo"
            if word in words.CHE and self._directly(hit, token):
                return self._right_of(hit, token + 1, high, "that")
            inserted = word in allowed and self.insertions.interrupts_clause(hit, token, low, high)
            if inserted or self._bars_complementizer(hit, token, inserted=commas % 2 == 1):
                return None
            leads = self._complementizer(hit, token) and not self._refers_back(token, high)
            if word in allowed and leads:
                start = token if self._points(token) else token + 1
                return self._right_of(hit, start, high, "that")
        return None

    def _refers_back(self, that: int, high: int) -> bool:
        """*Ada Neri wrote that in an open letter last week*: what was said before."""
        article = self.article
        behind = article.language(that) == "en" and article.upos[that + 1 : that + 2] == ["ADP"]
        return behind and not article.has_finite(that + 1, high)

    def _points(self, that: int) -> bool:
        """*said that was for him to decide*: *that* is the subject."""
        following = that + 1
        article = self.article
        return article.language(that) == "en" and (
            article.upos[following] == "AUX" and article.is_finite(following)
        )

    def _bars_complementizer(self, hit: Hit, token: int, *, inserted: bool) -> bool:
        """Whether a *that* from here on belongs to something else."""
        article = self.article
        word = article.words[token]
        return (
            token in self.heads
            or article.lemmas[token - 1] in words.CONDITIONS
            or word in words.COMPARATIVES
            or (hit.cue_class == "find" and article.upos[token] == "NOUN")
            or word in SENTENCE_FINAL
            or word in (";", ":")
            or (article.is_finite(token) and not inserted)
        )

    def _compares(self, hit: Hit, che: int) -> bool:
        """*dispone sia di un archivio chiuso che di uno aperto*: one of two things."""
        return not words.CORRELATIVES.isdisjoint(self.article.words[hit.high : che])

    def _directly(self, hit: Hit, token: int) -> bool:
        """Whether only adverbs stand between a verb and *che*: then it is no relative pronoun."""
        article = self.article
        return all(
            article.upos[t] in ("ADV", "CCONJ", "PUNCT") or article.words[t] in words.FILLERS
            for t in range(hit.high, token)
        )

    def _complementizer(self, hit: Hit, token: int) -> bool:
        """Not a relative pronoun: the model says so, or its clause complements the verb."""
        article = self.article
        if article.upos[token] == "DET" or self._follows_speaker(hit, token):
            return False
        if article.upos[token] == "SCONJ":
            return True
        if article.words[token] in words.CHE and article.begins_adjunct(hit.high):
            # "ha annunciato ieri in una nota che …", not "racconta anche di un furto, che …"
            own = any(article.is_infinitive(t) for t in range(hit.high, token))
            return article.words[token - 1] != "," and not own
        head = article.heads[token]
        return article.deps[head] == "ccomp" and article.heads[head] == hit.head

    def _follows_speaker(self, hit: Hit, che: int) -> bool:
        """*spiega Anna Loi, che dirige l'acquedotto*: a relative."""
        article = self.article
        between = article.words[hit.high : che - 1]
        after_comma = article.words[che] in words.CHE and article.words[che - 1] == ","
        return after_comma and "," not in between and self.named.at(che - 2, ("PER",)) is not None

    def _right_of(self, hit: Hit, start: int, high: int, rule: str) -> Found | None:
        end = self.extents.end(hit, start, high, rule)
        if rule == "infinitive":
            end = self.extents.before_main_verb(start, end)
        return self.found([(start, end)], rule)

    def _question(self, hit: Hit, low: int, high: int) -> Found | None:
        """*asked why …*, *ha spiegato perché …*: the question word belongs to the content."""
        article = self.article
        allowed = words.QUESTION_WORDS[article.language(hit.head)]
        for token in range(hit.high, min(hit.high + _MAX_ADDRESSEE, high)):
            if article.words[token] in allowed:
                start = token
                if start > hit.high and article.words[start - 1] in words.ASKING_PREPOSITIONS:
                    start -= 1
                if hit.cue_class != "ask" and article.words[start] in words.ORDER_MARKERS["it"]:
                    return None  # "risponde a chi lo interpella"
                if self._tells_whom(hit, token, high):
                    continue
                told = hit.passive and hit.cue_class == "announce"
                if told and article.deps[article.heads[token]] == "advcl":
                    return None  # "was only announced when the council had met"
                return self._right_of(hit, start, high, "wh")
            if article.words[token] == "," and hit.cue_class == "ask":
                asked = self._past_apposition(token, high)
                if asked < high and article.words[asked] in allowed:
                    return self._right_of(hit, asked, high, "wh")
            ends = article.upos[token] in ("VERB", "PUNCT", "SCONJ")
            if ends and not self._describes(hit.high, token):
                return None
        return None

    def _past_apposition(self, comma: int, high: int) -> int:
        """*asked Ada Neri, chairman of Lumen, why …*: behind the second comma; else ``comma``."""
        article = self.article
        reach = range(comma + 1, min(comma + _MAX_ADDRESSEE, high))
        close = next((t for t in reach if article.words[t] == ","), None)
        if close is None or any(article.upos[t] in VERBAL for t in range(comma, close)):
            return comma
        return close + 1

    def _tells_whom(self, hit: Hit, who: int, high: int) -> bool:
        """*told those who felt unwell to go home*, *asked residents who own dogs whether they would
        pay*: no question."""
        article = self.article
        if article.words[who] not in words.PERSONAL_RELATIVES or who == hit.high:
            return False
        asks = any(article.words[t] in words.WHETHER for t in range(who + 1, high))
        return asks or article.words[who - 1] in words.THOSE

    def _infinitive(self, hit: Hit, low: int, high: int) -> Found | None:
        """*promised to …*, *urged X to …*, *giura di …*, *invita X a …*."""
        article = self.article
        if hit.passive and hit.cue_class == "think":
            return None  # "is expected to grow" is no one's claim
        language = article.language(hit.head)
        own = words.INFINITIVE_MARKERS[language] if "inf" in hit.grammar else frozenset()
        order = words.ORDER_MARKERS[language] if "ord" in hit.grammar else frozenset()
        markers = own | order
        reach = _MAX_ADDRESSEE if "ord" in hit.grammar or language == "it" else 2
        for token in range(hit.high, min(hit.high + reach, high - 1)):
            word = article.words[token]
            others = token > hit.high and article.upos[token - 1] in _NOMINAL
            if others and not order and article.language(hit.head) == "en":
                return None  # "expect profit to fall"
            if word in markers and article.words[token - 1] not in words.BEFORE_INFINITIVES:
                verb = self._infinitive_verb(token + 1, high)
                if verb is not None:
                    refused = article.words[token - 1] in words.REFUSALS  # "asked not to be named"
                    rule = "infinitive" if token - refused == hit.high else "order"
                    return self._right_of(hit, token - 1 if refused else token + 1, high, rule)
            if self._describes(hit.high, token):
                continue  # "told those who felt unwell to go home"
            if article.is_finite(token) or word in words.THAT or word in CLAUSE_FINAL:
                return None
        return None

    def _describes(self, low: int, verb: int) -> bool:
        """Whether a verb belongs to a relative clause about a noun from ``low`` on."""
        article = self.article
        related = article.deps[verb] == "acl:relcl" and article.heads[verb] >= low
        return related and article.words[article.heads[verb] + 1] in words.RELATIVE_SUBJECTS

    def _infinitive_verb(self, low: int, high: int) -> int | None:
        article = self.article
        for token in range(low, min(low + 4, high)):
            if article.is_infinitive(token):
                return token
            if article.upos[token] in VERBAL:
                return None
            if article.upos[token] not in ("ADV", "PRON", "PART") and not article.is_mark(token):
                return None
        return None

    def _bare_clause(self, hit: Hit, low: int, high: int) -> Found | None:
        """*She said it was late*: a finite clause without a complementizer."""
        article = self.article
        if "bare" not in hit.grammar:
            return None
        for child in article.children[hit.head]:
            if child > hit.head and article.deps[child] == "ccomp":
                start = self._bare_start(hit, max(article.edges(child)[0], hit.high))
                start = self._past_time(start, child)
                if article.has_finite(start, child + 1) or any(
                    article.deps[t].startswith("nsubj") for t in article.children[child]
                ):
                    return self._right_of(hit, start, high, "bare")
        return None

    def _unparsed_clause(self, hit: Hit, low: int, high: int) -> Found | None:
        """*The chain promised staff would be retrained*, *said the turbine “sings when it is
        tired”*, where the parser missed the complement: a noun phrase right after the verb, and a
        finite verb, or quoted words, before anything else could bring it in."""
        article = self.article
        subject_before = any(
            article.deps[t].startswith("nsubj") and t < hit.low for t in article.children[hit.head]
        )
        starts = not _STARTS.isdisjoint(article.upos[hit.high : hit.high + 1])
        addressed = "to" in hit.grammar and "inf" not in hit.grammar  # "told staff …"
        if "bare" not in hit.grammar or addressed or hit.passive:
            return None
        if not (subject_before and starts):
            return None
        if article.is_time(hit.high):
            return None
        for token in range(hit.high + 1, min(hit.high + _MAX_SUBJECT, high)):
            word = article.words[token]
            if article.is_finite(token) or article.quotation_of[token] >= 0:
                return self._right_of(hit, hit.high, high, "bare")
            barred = article.upos[token] in _BARRIERS and not article.is_mark(token)
            if word in words.OPENERS or word in CLAUSE_FINAL or barred:
                return None
        return None

    def _past_time(self, start: int, verb: int) -> int:
        """Past *on Monday* in *said on Monday it would recall the vans*: when it was said; not past
        *night* in *said night shifts would end*."""
        article = self.article
        token = start + (article.upos[start] == "ADP")
        while token < verb and (
            article.is_time(token) or article.words[token] in words.TIME_OPENERS
        ):
            token += 1
        preposed = "ADP" in article.upos[start - 1 : start + 1]
        modifies = article.deps[token - 1] == "compound" and not preposed
        timed = token < verb and article.is_time(token - 1) and not modifies
        return token if timed and article.upos[token] in _STARTS else start

    def _bare_start(self, hit: Hit, start: int) -> int:
        """``start``, or the word after the verb when the parser cut the clause's subject short."""
        article = self.article
        skipped = [t for t in range(hit.high, start) if not article.is_mark(t)]
        if "to" in hit.grammar or any(
            article.upos[t] in ("ADP", "PUNCT") or article.is_time(t) for t in skipped
        ):
            return start
        return hit.high

    def _after_colon(self, hit: Hit, low: int, high: int) -> Found | None:
        """*Il ministro avverte: il tempo stringe.* A clause without quotation marks."""
        article = self.article
        loose = "colon" in hit.grammar
        colon = self._colon(hit, high) if loose else hit.high
        if colon is None or colon + 2 >= len(article) or article.words[colon] != ":":
            return None
        start, high = colon + 1, max(high, self._line_end(colon) if loose else 0)
        if article.quotation_of[start] >= 0 or article.is_mark(start):
            return None
        if article.words[start] in words.DASHES or not article.has_finite(start, high):
            return None
        # "hit back: nobody had been consulted"
        return self.found([(start, self.clause_stop(start, high))], "colon")

    def _colon(self, hit: Hit, high: int) -> int | None:
        """The colon after an expression and what belongs to it: *ha espresso un parere simile:*."""
        article = self.article
        for token in range(hit.high, min(hit.high + _MAX_BEFORE_COLON, high)):
            if article.words[token] == ":":
                return token
            if article.upos[token] in _BARRIERS or article.quotation_of[token] >= 0:
                return None
        return None

    def _line_end(self, colon: int) -> int:
        """The end of the sentence after a colon that ends a line, in the same paragraph."""
        article = self.article
        same = article.paragraph(colon) == article.paragraph(colon + 1)
        return article.sentence(colon + 1)[1] if same else 0

    def _small_clause(self, hit: Hit, low: int, high: int) -> Found | None:
        """*expects the deal to add …*: noun phrase and infinitive together."""
        article = self.article
        seen = False
        for token in range(hit.high, min(hit.high + 14, high - 1)):
            if (
                article.words[token] in words.ORDER_MARKERS["en"]
                and seen
                and (_INFINITIVE in article.morphs[token + 1] or article.upos[token + 1] in VERBAL)
            ):
                return self._right_of(hit, hit.high, high, "small")
            if article.upos[token] in ("NOUN", "PROPN", "PRON"):
                seen = True
            if article.is_finite(token) or article.upos[token] == "PUNCT":
                return None
        return None

    def _object(self, hit: Hit, low: int, high: int) -> Found | None:
        """*expects a vote before June*, *fear an emigration*: a noun phrase that foretells."""
        article = self.article
        for child in article.children[hit.head]:
            carries = article.deps[child] in ("obj", "ccomp", "xcomp")
            if child > hit.head and carries and article.upos[child] != "PRON" and not hit.passive:
                return self._right_of(hit, hit.high, high, "object")
        return None

    def _figure(self, hit: Hit, low: int, high: int) -> Found | None:
        """*put the toll at 40*: something counted, and a number."""
        article = self.article
        reach = range(hit.high, min(hit.high + _MAX_ADDRESSEE, high - 1))
        at = next((t for t in reach if article.words[t] in words.AT), None)
        if at is None or words.COUNTED.isdisjoint(article.lemmas[hit.high : at]):
            return None
        numbered = "NUM" in article.upos[at + 1 : at + 4]
        return self._right_of(hit, hit.high, high, "object") if numbered else None

    def _raised(self, hit: Hit, low: int, high: int) -> Found | None:
        """*is said to have …*: the subject belongs to the claim."""
        article = self.article
        raising = cue_table(article.language(hit.head)).raising
        if not hit.passive or article.lemmas[hit.head] not in raising:
            return None
        if words.ORDER_MARKERS["en"].isdisjoint(article.words[hit.high : hit.high + 1]):
            return None
        for child in article.children[hit.head]:
            if article.deps[child].startswith("nsubj") and child < hit.low:
                first, last = article.edges(child)
                end = self.extents.end(hit, hit.high + 1, high)
                return self.found([(first, last), (hit.high + 1, end)], "raised")
        return None

    def _gerund(self, hit: Hit, low: int, high: int) -> Found | None:
        """*denied leaving*, *recalled being told*."""
        article = self.article
        token = hit.high
        while token < high and article.upos[token] == "ADV":
            token += 1
        if token < high and self._is_gerund(token):
            return self._right_of(hit, hit.high, high, "gerund")
        return None

    def _gerund_phrase(self, hit: Hit, low: int, high: int) -> Found | None:
        """*accused X of leaving*, *warned against leaving*, *accusa X di aver lasciato*."""
        article = self.article
        allowed = (words.GERUND_MARKERS.get(part, frozenset()) for part in hit.grammar)
        markers = frozenset().union(*allowed)
        for token in range(hit.high, min(hit.high + 12, high - 1)):
            if article.words[token] in markers:
                following = token + 1
                while following < high and (
                    article.words[following] in words.NOT or article.is_mark(following)
                ):
                    following += 1  # "accusa Neri di «negoziare»"
                if self._is_gerund(following) or article.is_infinitive(following):
                    return self._right_of(hit, token + 1, high, "gerund phrase")
            narrates = article.words[token] == "," and self._is_gerund(token + 1)
            if narrates or article.is_finite(token) or article.words[token] in (".", ";", ":"):
                return None  # "apologised, citing various reasons for closing"
        return None

    def _is_gerund(self, token: int) -> bool:
        article = self.article
        return may_be_gerund(article.words[token], article.language(token)) and article.upos[
            token
        ] in ("VERB", "AUX", "NOUN")
