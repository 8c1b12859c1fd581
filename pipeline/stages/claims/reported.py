"""Indirect and mixed claims: what stands in the grammar of a reporting expression."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.core.layers import ClaimKind
from pipeline.core.spans import Span
from pipeline.languages.cues import ARTICULATED, cue_table
from pipeline.languages.people import people_table
from pipeline.stages.claims.cues import AdverbialHit, Hit, known_form
from pipeline.stages.claims.drafts import Draft
from pipeline.stages.claims.mentions import (
    Mention,
    Named,
    bare_name,
    noun_phrase,
    source_phrase,
    subject,
)
from pipeline.stages.claims.syntax import SENTENCE_FINAL, VERBAL, Article

_COMPLEMENTIZERS = {"en": frozenset(["that"]), "it": frozenset(["che"])}
_QUESTION_WORDS = {
    "en": frozenset(
        ["why", "how", "what", "when", "where", "who", "whom", "whether", "if", "which"]
    ),
    "it": frozenset(
        [
            "perché",
            "come",
            "cosa",
            "quando",
            "dove",
            "chi",
            "quanto",
            "quale",
            "quali",
            "se",
            "quanti",
        ]
    ),
}
_LEADING = frozenset(["that", "che", "and", "e", "ed", "but", "ma", "però", "to", "di", "also"])
_TRAILING = frozenset(["and", "e", "ed", "but", "ma", "while", "mentre", "or", "o"])
_TURNING = {"en": VERBAL, "it": frozenset(["DET", "PROPN"])}
_DASHES = frozenset("–—-")
_MODALITIES = {
    "ask": "asked",
    "order": "requested",
    "promise": "promised",
    "request": "requested",
    "think": "believed",
}
_SOURCES_OF_FINDINGS = frozenset(["emergere", "risultare", "leggere", "apprendere", "emerge"])
_ORIGINS = ARTICULATED["da"] | ARTICULATED["in"]
_RELATIVE_SOURCES = frozenset(["cui", "whom"])
_ARTICULATED = frozenset().union(*ARTICULATED.values()) - ARTICULATED.keys()
_RESUMING = frozenset(["and", "but", "e", "ed", "ma", "then", "also", "poi"])
_MAX_ADDRESSEE = 8
_INFINITIVE = "VerbForm=Inf"
_CONDITIONALS = frozenset(
    [
        "sarebbe",
        "sarebbero",
        "avrebbe",
        "avrebbero",
        "starebbe",
        "starebbero",
        "risulterebbe",
        "risulterebbero",
        "ammonterebbe",
        "ammonterebbero",
    ]
)
_CONDITIONS_OF = frozenset(["se", "senza", "magari", "?", "altrimenti", "meglio", "che"])
_GERUND_MARKERS = (("of", "of"), ("against", "against"), ("for", "for"))
_FUTURE = frozenset("will would could might may should can 'll 'd".split())
_ASKING_PREPOSITIONS = frozenset("to with for in at a con per in da".split())
_CONNECTIVES = frozenset(
    ["quindi", "dunque", "perciò", "pertanto", "so", "thus", "hence", "therefore"]
)
_OPENING = frozenset(
    """that which who what how why where when whether if che cui chi quale quali quanto come dove
    quando perché the il lo la l' i gli le he she it they""".split()
) - {"the", "il", "lo", "la", "l'", "i", "gli", "le"}
_CONDITIONS = frozenset(["condition", "condizione", "patto"])
_SOURCELESS = frozenset(
    ["rumour", "rumor", "fear", "concern", "voce", "indiscrezione", "timore", "sospetto"]
)
_ANONYMITY = frozenset(
    [
        "named",
        "identified",
        "quoted",
        "nominato",
        "nominata",
        "citato",
        "citata",
        "anonimo",
        "anonima",
        "nominare",
    ]
)
_RAISING_NEGATION = frozenset(
    [
        "think",
        "believe",
        "expect",
        "feel",
        "suppose",
        "deny",
        "pensare",
        "credere",
        "ritenere",
        "aspettare",
        "negare",
    ]
)
_CONCESSIONS = frozenset(["although", "though", "sebbene", "benché", "nonostante", "malgrado"])
_TIME = frozenset(
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "yesterday",
        "today",
        "tonight",
        "later",
        "afterwards",
        "ieri",
        "oggi",
    ]
)


@dataclass(frozen=True, slots=True)
class Found:
    """Content of one reporting expression: token ranges and the rule that found them."""

    parts: tuple[tuple[int, int], ...]
    rule: str


class ReportedClaims:
    """Finds the indirect and mixed claims; verbs in ``used`` introduce a quotation already."""

    def __init__(
        self, article: Article, named: Named, hits: Sequence[Hit], used: frozenset[int]
    ) -> None:
        self.article = article
        self.named = named
        self.hits = hits
        self.used = used
        self.heads = {hit.head: hit for hit in hits}
        self.resumed: dict[int, Hit] = {}

    def find(self, adverbials: Sequence[AdverbialHit]) -> list[Draft]:
        """Drafts in no particular order."""
        drafts = [draft for hit in self.hits for draft in self._of_verb(hit)]
        drafts += [draft for hit in adverbials for draft in self._of_adverbial(hit)]
        drafts += list(self._of_nouns())
        drafts += list(self._reportive_conditionals(drafts))
        return drafts

    def _reportive_conditionals(self, drafts: Sequence[Draft]) -> Iterator[Draft]:
        """*Il server sarebbe stato chiuso*: hearsay without a source, in Italian.

        A main clause in the past conditional, or in that of *essere* and *stare*, without *se*, a
        modal verb, or a claim in its sentence.

        Source: the *condizionale di dissociazione* (Serianni, Grammatica italiana, XIII.27).
        """
        article = self.article
        claimed = {article.sentence_of[draft.anchor] for draft in drafts}
        for number, (low, high) in enumerate(article.sentences):
            if article.languages[number] != "it" or number in claimed:
                continue
            token = next((t for t in range(low, high) if self._is_hearsay(t)), None)
            if token is None or any(article.words[t] in _CONDITIONS_OF for t in range(low, high)):
                continue
            if any(article.quotation_of[t] >= 0 for t in range(low, high)):
                continue
            start = self._dateline_end(low)
            found = self._found([(start, self._clause_stop(start, high))], "conditional")
            if found:
                yield replace(self._draft(found, token, None, "", None), modality="hedged")

    def _is_hearsay(self, token: int) -> bool:
        article = self.article
        if article.words[token] not in _CONDITIONALS:
            return False
        dep = article.deps[token]
        clause = article.heads[token] if dep.startswith(("aux", "cop")) else token
        main = article.deps[clause] in ("root", "conj", "parataxis")
        return main and not any(
            article.lemmas[t] in ("dovere", "potere", "volere", "piacere", "servire", "bastare")
            for t in (clause, *article.children[clause])
        )

    # Verbs

    def _of_verb(self, hit: Hit) -> Iterator[Draft]:
        article = self.article
        if article.quotation_of[hit.head] >= 0 and not self._in_reported_speech(hit):
            return
        low, high = self._bounds(hit.head)
        found = self._complement(hit, low, high)
        if found is None or (hit.head in self.used and found.rule not in ("that", "infinitive")):
            return
        if hit.negated and article.lemmas[hit.head] not in _RAISING_NEGATION:
            return
        if hit.unsaid or (hit.passive and found.rule == "predicate"):
            return
        if any(article.words[t] in _ANONYMITY for t in range(*found.parts[0])[:5]):
            return
        if self._reduced_relative(hit) or (
            hit.cue_class == "find"
            and not article.is_finite(hit.head)
            and not known_form(article, hit.head)
            and hit.low == hit.head
        ):
            return
        source = self.resumed.get(hit.head, hit)
        window = self._clause_window(hit, found, low, high)
        if article.lemmas[hit.head] in _SOURCES_OF_FINDINGS:
            mention = self._origin(hit, window)
        else:
            mention = subject(article, source, self.named, window)
        if mention and article.lemmas[mention.head] in self._signs(mention.head):
            return
        if mention:
            mention = bare_name(article, mention, self.named)
        cue = article.span_of(hit.low, hit.high)
        draft = self._draft(found, hit.head, cue, hit.cue_class, mention)
        yield replace(draft, modality=_modality(hit, found.rule))

    def _signs(self, token: int) -> frozenset[str]:
        return people_table(self.article.language(token)).signs

    def _in_reported_speech(self, hit: Hit) -> bool:
        return False

    def _origin(self, hit: Hit, window: tuple[int, int]) -> Mention | None:
        """*Dalla relazione emerge che …*, *nella sentenza si legge che …*: where it was found."""
        article = self.article
        for token in range(*window):
            if article.words[token] in _ORIGINS and not hit.low <= token < hit.high:
                return source_phrase(article, token + 1, window[1], self.named)
        return None

    def _reduced_relative(self, hit: Hit) -> bool:
        """*a paper posted on a server*: the verb says nothing itself."""
        morph = self.article.morphs[hit.head]
        reduced = self.article.deps[hit.head] == "acl" or (
            hit.head == self.article.sentence(hit.head)[0]  # "Asked whether he would resign, …"
        )
        past = "VerbForm=Part" in morph and "Tense=Past" in morph
        return reduced and past and hit.low == hit.head

    def _bounds(self, token: int) -> tuple[int, int]:
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

    def _clause_window(self, hit: Hit, found: Found, low: int, high: int) -> tuple[int, int]:
        """Where the subject may stand: the sentence without the content."""
        start = self._dateline_end(low)
        for first, last in found.parts:
            if last <= hit.low:
                start = max(start, last)
        stop = min((first for first, _ in found.parts if first >= hit.high), default=high)
        return start, stop

    def _complement(self, hit: Hit, low: int, high: int) -> Found | None:
        grammar = hit.grammar
        tries = [self._raised] if hit.passive else []
        if hit.passive and hit.cue_class == "think":
            tries.append(self._that_clause)
        if "as" in grammar or "about" in grammar:
            tries.append(self._predicate)
        if grammar & {"of", "against", "for"}:
            tries.append(self._gerund_phrase)
        if grammar & {"that", "bare"}:
            tries.append(self._that_clause)
        if "wh" in grammar:
            tries.append(self._question)
        if grammar & {"inf", "ord"}:
            tries.append(self._infinitive)
        if grammar & {"that", "bare"}:
            tries += [self._after_colon, self._inserted, self._bare_clause]
        if "small" in grammar:
            tries.append(self._small_clause)
        if "np" in grammar:
            tries.append(self._object)
        if "ger" in grammar:
            tries.append(self._gerund)
        for attempt in tries:
            found = attempt(hit, low, high)
            if found:
                return found
        return None

    def _that_clause(self, hit: Hit, low: int, high: int) -> Found | None:
        """*X told Y that …*, *spiega Bargagli che …*: what follows the complementizer."""
        article = self.article
        words = _COMPLEMENTIZERS[article.language(hit.head)]
        commas = 0
        for token in range(hit.high, min(hit.high + 25, high)):
            word = article.words[token]
            if article.lemmas[token - 1] in _CONDITIONS or token in self.heads:
                return None
            if word == "che" and self._directly(hit, token):
                return self._right_of(hit, token + 1, high, "that")
            if word in ("più", "meno") and article.language(token) == "it":
                return None
            if hit.cue_class == "find" and article.upos[token] == "NOUN":
                return None
            if word in words and article.upos[token] in ("SCONJ", "PRON", "ADP", "DET"):
                if article.upos[token] == "DET" or not self._complementizer(hit, token, high):
                    continue
                return self._right_of(hit, token + 1, high, "that")
            if word in SENTENCE_FINAL or word in (";", ":"):
                return None
            commas += word == ","
            if article.is_finite(token) and commas % 2 == 0:
                return None
        return None

    def _directly(self, hit: Hit, token: int) -> bool:
        """Whether only adverbs stand between a verb and *che*: then it is no relative pronoun."""
        article = self.article
        return all(
            article.upos[t] in ("ADV", "CCONJ", "PUNCT") or article.words[t] in ("però", "invece")
            for t in range(hit.high, token)
        )

    def _complementizer(self, hit: Hit, token: int, high: int) -> bool:
        """Not a relative pronoun: the model says so, or nothing nominal stands before it."""
        article = self.article
        if article.upos[token] == "SCONJ":
            return True
        head = article.heads[token]
        return article.deps[head] == "ccomp" and article.heads[head] == hit.head

    def _right_of(self, hit: Hit, start: int, high: int, rule: str) -> Found | None:
        end = self._content_end(hit, start, high)
        if rule == "infinitive":
            end = self._before_main_verb(start, end)
        return self._found([(start, end)], rule)

    def _before_main_verb(self, start: int, end: int) -> int:
        """*le aziende che sperano di vendere hanno scelto …*: an infinitive holds no finite verb
        but those that a conjunction, relative or comma brings in."""
        article = self.article
        for token in range(start + 1, end):
            opens = article.upos[token] in ("SCONJ", "CCONJ", "PUNCT") or (
                article.words[token] in _OPENING
            )
            if opens or article.quotation_of[token] >= 0:
                return end
            if article.is_finite(token):
                return token
        return end

    def _content_end(self, hit: Hit, start: int, high: int) -> int:
        """Where content that begins at ``start`` ends: before a clause coordinated with the
        reporting one, before a further quotation, else with the sentence."""
        article = self.article
        inside = article.quotation_of[hit.head]
        verb_seen = False
        for token in range(start, high):
            if article.quotation_of[token] != inside and inside >= 0:
                return token
            if article.words[token] == ";" and article.quotation_of[token] < 0:
                return token
            if article.words[token] == ":" and article.quotation_of[token] < 0:
                return token
            if article.words[token] == "," and self._breaks_off(token, high):
                if token + 1 in self.heads:
                    self.resumed[token + 1] = self.resumed.get(hit.head, hit)
                return token
            if verb_seen and token > start + 1 and self._leaves(hit, token, start):
                return self._clause_low(token, start)
            verb_seen = verb_seen or article.upos[token] == "VERB" or article.is_finite(token)
        return high

    def _breaks_off(self, comma: int, high: int) -> bool:
        """Whether the narrator speaks again: *, although …*, *, adding …*, *, but would not …*."""
        article = self.article
        if comma + 2 >= high or article.quotation_of[comma] >= 0:
            return False
        first, second = article.words[comma + 1], article.words[comma + 2]
        if first in _CONCESSIONS:
            return True
        participle = comma + 1 in self.heads and not article.is_finite(comma + 1)
        if first == "anche" and second == "se":
            return True
        # English: "…, but gave no names" has the subject of "said"; Italian: "…, ma i negozianti
        # sono meno sicuri" has a subject of its own.
        turn = _TURNING[article.language(comma)]
        turns = first in ("but", "ma") and article.upos[comma + 2] in turn
        return turns or (participle and "quote" in self.heads[comma + 1].grammar)

    def _quotation_follows(self, token: int, high: int) -> bool:
        article = self.article
        return any(
            article.quotation_of[t] >= 0 for t in range(token + 1, min(token + 3, len(article)))
        )

    def _leaves(self, hit: Hit, token: int, start: int) -> bool:
        """Whether ``token`` is the verb of a clause beside the reporting one, not inside content."""
        article = self.article
        if article.upos[token] not in VERBAL or article.quotation_of[token] >= 0:
            return False
        dep, head = article.deps[token], article.heads[token]
        if token in article.ancestors(hit.head) and article.is_finite(token):
            return True
        if dep in ("conj", "parataxis") and (
            head == hit.head or head in article.ancestors(hit.head)
        ):
            if self._modal(token):
                return False
            return token in self.heads or not self._own_subject(token)
        if (
            not article.below(token, hit.head)
            and head < start
            and dep not in ("aux", "cop", "mark")
        ):
            return article.is_finite(token) and dep in ("root", "conj", "parataxis", "ccomp")
        if token in self.heads and dep == "advcl" and head == hit.head:
            return True
        return token in self.heads and self._resumes(hit, token, start)

    def _modal(self, token: int) -> bool:
        """*said it was disappointed and would consider its options*: still the content."""
        article = self.article
        before = [t for t in article.children[token] if t < token]
        negated = any(article.words[t] in ("not", "n't") for t in before)
        return not negated and any(article.words[t] in _FUTURE for t in before)

    def _own_subject(self, token: int) -> bool:
        """Whether a clause names its subject: then it may still be part of the content."""
        article = self.article
        return any(
            article.deps[child].startswith(("nsubj", "csubj")) and child < token
            for child in article.children[token]
        )

    def _resumes(self, hit: Hit, token: int, start: int) -> bool:
        """*said that A and warned that B*: the second verb has the subject of the first."""
        article = self.article
        other = self.heads[token]
        if self._own_subject(token) or "quote" not in other.grammar:
            return False
        same_form = article.upos[hit.head] not in VERBAL or (
            _is_past(article.morphs[token]) == _is_past(article.morphs[hit.head])
        )
        preceded = article.words[other.low - 1] in _RESUMING
        if same_form and preceded:
            self.resumed[token] = self.resumed.get(hit.head, hit)
        return same_form and preceded

    def _clause_low(self, token: int, start: int) -> int:
        """The start of the clause of ``token``: back over its subject to a conjunction or comma."""
        article = self.article
        low = token
        for position in range(token - 1, start, -1):
            if article.upos[position] == "CCONJ" or article.words[position] in (",", ";", ":"):
                low = position
                break
        return low if low < token else token

    def _question(self, hit: Hit, low: int, high: int) -> Found | None:
        """*asked why …*, *ha spiegato perché …*: the question word belongs to the content."""
        article = self.article
        words = _QUESTION_WORDS[article.language(hit.head)]
        for token in range(hit.high, min(hit.high + _MAX_ADDRESSEE, high)):
            if article.words[token] in words:
                start = token
                if start > hit.high and article.words[start - 1] in _ASKING_PREPOSITIONS:
                    start -= 1
                return self._right_of(hit, start, high, "wh")
            if article.upos[token] in ("VERB", "PUNCT", "SCONJ"):
                return None
        return None

    def _infinitive(self, hit: Hit, low: int, high: int) -> Found | None:
        """*promised to …*, *urged X to …*, *giura di …*, *invita X a …*."""
        article = self.article
        own = "inf" in hit.grammar
        markers = {"en": ("to",), "it": ("di",) if own else ("a", "ad")}[article.language(hit.head)]
        if "ord" in hit.grammar and article.language(hit.head) == "it":
            markers = (*markers, "a", "ad")
        reach = _MAX_ADDRESSEE if "ord" in hit.grammar or article.language(hit.head) == "it" else 2
        for token in range(hit.high, min(hit.high + reach, high - 1)):
            word = article.words[token]
            if word in markers:
                verb = self._infinitive_verb(token + 1, high)
                if verb is not None:
                    rule = "infinitive" if token == hit.high else "order"
                    return self._right_of(hit, token + 1, high, rule)
            if article.is_finite(token) or word in ("che", "that", ".", ":", ";"):
                return None
        return None

    def _infinitive_verb(self, low: int, high: int) -> int | None:
        article = self.article
        for token in range(low, min(low + 4, high)):
            if article.upos[token] in VERBAL:
                return token if _INFINITIVE in article.morphs[token] else None
            if article.upos[token] not in ("ADV", "PRON", "PART"):
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
                if any(article.is_finite(t) for t in range(start, child + 1)) or any(
                    article.deps[t].startswith("nsubj") for t in article.children[child]
                ):
                    return self._right_of(hit, start, high, "bare")
        return None

    def _bare_start(self, hit: Hit, start: int) -> int:
        """``start``, or the word after the verb when the parser cut the clause's subject short."""
        article = self.article
        skipped = range(hit.high, start)
        if "to" in hit.grammar or any(
            article.upos[t] in ("ADP", "PUNCT") or article.words[t] in _TIME for t in skipped
        ):
            return start
        return hit.high

    def _after_colon(self, hit: Hit, low: int, high: int) -> Found | None:
        """*Il ministro avverte: il tempo stringe.* A clause without quotation marks."""
        article = self.article
        if article.words[hit.high : hit.high + 1] != [":"] or hit.high + 2 >= high:
            return None
        if article.quotation_of[hit.high + 1] >= 0 or article.is_mark(hit.high + 1):
            return None
        if article.words[hit.high + 1] in _DASHES or not any(
            article.is_finite(t) for t in range(hit.high + 1, high)
        ):
            return None
        return self._right_of(hit, hit.high + 1, high, "colon")

    def _inserted(self, hit: Hit, low: int, high: int) -> Found | None:
        """*The plan, she said, would fail*; *The plan would fail, said the mayor on Monday*."""
        article = self.article
        clause = self._inserted_clause(hit, low, high)
        if clause is None or hit.passive or self._takes_object(hit, *clause):
            return None
        if "VerbForm=Inf" in article.morphs[hit.head]:
            return None
        first, last = clause
        start = self._clause_start(first, low)
        high = next((t for t in range(last, high) if article.words[t] == ";"), high)
        parts = [(start, first), (last, high)]
        if last + 1 < high and "VerbForm=Part" in article.morphs[last + 1]:
            parts.pop()
        elif self._is_apposition(last, high):
            parts.pop()
        if self._frames(start, first):
            parts.pop(0)
        if not any(article.is_word(t) for t in range(start, first)):
            return None
        verbs = [t for a, b in parts for t in range(a, b) if article.upos[t] in VERBAL]
        if all(article.words[t] == "according" for t in verbs):
            return None
        return self._found(parts, "inserted")

    def _is_apposition(self, low: int, high: int) -> bool:
        """*…, said Rosa Vega, a teacher in Mesa*: what follows describes the speaker."""
        article = self.article
        first = next((t for t in range(low, high) if article.is_word(t)), None)
        if first is None or article.upos[first] not in ("DET", "NOUN", "PROPN", "NUM"):
            return False
        return not any(article.is_finite(t) for t in range(first, high))

    def _takes_object(self, hit: Hit, first: int, last: int) -> bool:
        """Whether the verb between commas has subject and object: *X counts five million users*."""
        article = self.article
        before = [t for t in range(first, hit.low) if article.is_word(t)]
        if before and article.words[before[0]] in _CONNECTIVES:
            return True
        if hit.cue_class == "think" and before and article.language(hit.head) == "it":
            return True
        if not any(article.upos[t] in ("NOUN", "PROPN", "PRON") for t in before):
            return False
        if "to" in hit.grammar or hit.high >= last:
            return False
        following = hit.high
        return article.upos[following] in ("DET", "NUM", "NOUN", "PROPN", "ADJ") and not (
            article.words[following] in _TIME or article.words[following] in ("last", "this")
        )

    def _inserted_clause(self, hit: Hit, low: int, high: int) -> tuple[int, int] | None:
        """The reporting clause between commas, when nothing else can be its complement."""
        article = self.article
        first = hit.low
        while first > low:
            word = article.words[first - 1]
            if word == "," and not self._apposition_comma(first - 1, hit, low):
                break
            if word in _DASHES:
                break
            if word in (":", ";") or article.is_finite(first - 1):
                return None
            if article.upos[first - 1] in ("SCONJ", "CCONJ") or (
                article.words[first - 1] in ("who", "which", "that", "che", "whose")
            ):
                return None
            first -= 1
        if first <= low:
            return None
        last = hit.high
        while (
            last < high
            and article.words[last] not in (",", ";", ":")
            and (article.words[last] not in SENTENCE_FINAL)
        ):
            if article.words[last] in _DASHES:
                break
            if article.is_finite(last) or article.words[last] in ("that", "che"):
                if article.words[last] in ("who", "che") or self._in_relative(last, hit.high):
                    last += 1
                    continue
                return None
            last += 1
        return first, last

    def _in_relative(self, token: int, low: int) -> bool:
        return any(self.article.words[t] in ("who", "which", "che") for t in range(low, token))

    def _apposition_comma(self, comma: int, hit: Hit, low: int) -> bool:
        """Whether a comma stands inside the subject: *its director, Ugo Tarsetti, said*."""
        article = self.article
        between = range(comma + 1, hit.low)
        if not any(article.is_word(t) for t in between):
            # "…, Ugo Tarsetti, said": the comma closes an apposition; "…, said Tarsetti" has its
            # subject behind it, "…, ha detto, …" has none.
            return article.language(comma) == "en" and not any(
                article.deps[t].startswith("nsubj") and t > hit.head
                for t in article.children[hit.head]
            )
        names = [t for t in between if self.named.at(t, ("PER", "ORG"))]
        if not names:
            return False
        before = comma - 1
        return (
            article.upos[before] == "NOUN"
            and not self.named.at(before)
            and names[0] == comma + 1
            and article.words[hit.low - 1] == ","
        )

    def _dateline_end(self, low: int) -> int:
        """Past *ROME (AP) —* at the start of a paragraph."""
        article = self.article
        start = article.paragraph_ranges[article.paragraph(low)][0]
        if start != low:
            return low
        for token in range(low, min(low + 12, len(article))):
            if article.words[token] in _DASHES or article.words[token] == "--":
                surface = article.text[article.starts[low] : article.ends[low]]
                return token + 1 if surface.isupper() else low
        return low

    def _small_clause(self, hit: Hit, low: int, high: int) -> Found | None:
        """*expects the deal to add …*: noun phrase and infinitive together."""
        article = self.article
        seen = False
        for token in range(hit.high, min(hit.high + 14, high - 1)):
            if (
                article.words[token] == "to"
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
            if child > hit.head and article.deps[child] in ("obj", "ccomp", "xcomp"):
                if article.upos[child] != "PRON" and not hit.passive:
                    return self._right_of(hit, hit.high, high, "object")
        return None

    def _raised(self, hit: Hit, low: int, high: int) -> Found | None:
        """*is said to have …*: the subject belongs to the claim."""
        article = self.article
        raising = cue_table(article.language(hit.head)).raising
        if not hit.passive or article.lemmas[hit.head] not in raising:
            return None
        if article.words[hit.high : hit.high + 1] != ["to"]:
            return None
        for child in article.children[hit.head]:
            if article.deps[child].startswith("nsubj") and child < hit.low:
                first, last = article.edges(child)
                end = self._content_end(hit, hit.high + 1, high)
                return self._found([(first, last), (hit.high + 1, end)], "raised")
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
        markers = {name: marker for name, marker in _GERUND_MARKERS if name in hit.grammar}
        for token in range(hit.high, min(hit.high + 12, high - 1)):
            if article.words[token] in markers.values() or (
                "of" in markers and article.words[token] == "di"
            ):
                following = token + 1
                while following < high and article.words[following] in ("not", "non"):
                    following += 1
                if self._is_gerund(following) or (
                    article.upos[following] in VERBAL and _INFINITIVE in article.morphs[following]
                ):
                    return self._right_of(hit, token + 1, high, "gerund phrase")
            if article.is_finite(token) or article.words[token] in (".", ";", ":"):
                return None
        return None

    def _is_gerund(self, token: int) -> bool:
        article = self.article
        return (
            article.language(token) == "en"
            and article.words[token].endswith("ing")
            and len(article.words[token]) > 4
            and article.upos[token] in ("VERB", "AUX", "NOUN")
        )

    def _predicate(self, hit: Hit, low: int, high: int) -> Found | None:
        """*called X “Y”*, *ha definito X «Y»*, *parla di «Y»*: only with a quotation inside."""
        article = self.article
        for token in range(hit.high, min(hit.high + 25, high)):
            word = article.words[token]
            if (
                word in (":", ";")
                or word in SENTENCE_FINAL
                or (article.is_finite(token) and article.quotation_of[token] < 0)
            ):
                return None
            quoted = article.quotation_of[token]
            if quoted >= 0 and not self._has_object(hit, token):
                return None
            if quoted >= 0:
                end = article.range_of(article.quotations[quoted].inner)[1]
                end = self._predicate_end(end, high)
                start = hit.high
                if (
                    "about" in hit.grammar
                    and "as" not in hit.grammar
                    and (article.words[start] not in ARTICULATED["di"])
                ):
                    return None
                while start < token and (
                    article.upos[start] == "ADV" or article.words[start] in ("as", "di", "come")
                ):
                    start += 1
                if start >= token - 1:
                    end = self._following_object(end, high)
                return self._found([(start, min(end + 1, len(article)))], "predicate")
        return self._plain_predicate(hit, high)

    def _plain_predicate(self, hit: Hit, high: int) -> Found | None:
        """*called the move a mistake*, *described it as a mistake*: English, by the parse."""
        article = self.article
        if article.language(hit.head) != "en" or hit.passive:
            return None
        objects = [t for t in article.children[hit.head] if article.deps[t] == "obj"]
        for child in article.children[hit.head]:
            named = article.upos[child] == "PROPN"
            adverb = article.words[child] == "as" and article.deps[child] == "obl"
            predicate = article.deps[child] == "xcomp" and article.upos[child] in ("NOUN", "ADJ")
            if (predicate or adverb) and not named and objects and objects[0] < child:
                return self._found([(hit.high, article.edges(child)[1])], "plain predicate")
        return None

    def _following_object(self, end: int, high: int) -> int:
        """*ha definito «inaccettabili» le parole del collega*: the object after the quotation."""
        article = self.article
        token = end
        while token < high and article.is_mark(token):
            token += 1
        if token >= high or article.upos[token] != "DET":
            return end
        while token < high and article.upos[token] in ("DET", "NOUN", "ADJ", "ADP", "PROPN"):
            token += 1
        return token - 1

    def _predicate_end(self, end: int, high: int) -> int:
        """The end of the last quotation: *ha bollato «aperto» come «costoso»*."""
        article = self.article
        for token in range(end, min(end + 4, high)):
            if article.words[token] in ("as", "come"):
                for following in range(token + 1, min(token + 3, high)):
                    quoted = article.quotation_of[following]
                    if quoted >= 0:
                        return article.range_of(article.quotations[quoted].inner)[1]
        return end

    def _has_object(self, hit: Hit, quoted: int) -> bool:
        """Whether the verb's predicate is said of something: *what they call “posh”* is not."""
        if hit.cue_class != "criticise":
            return True
        article = self.article
        between = range(hit.high, quoted)
        if any(
            article.words[t] in ("lo", "la", "li", "le", "l'") for t in range(hit.low, hit.head)
        ):
            return True
        return any(article.upos[t] in ("NOUN", "PROPN", "PRON", "VERB") for t in between)

    # Adverbials

    def _of_adverbial(self, hit: AdverbialHit) -> Iterator[Draft]:
        article = self.article
        if article.quotation_of[hit.low] >= 0 or hit.low in self.used:
            return
        low, high = self._bounds(hit.low)
        following = article.words[hit.high : hit.high + 2]
        relative = following[:1] in (["cui"], ["whom"]) or following[1:] == ["quale"]
        if relative and hit.cue.cue_class != "per":
            yield from self._relative_source(hit, low, high)
            return
        mention = None
        end = hit.high
        if hit.cue.source == "after":
            mention = source_phrase(article, hit.high, high, self.named)
            if mention is None or self._is_measure(mention):
                return
            end = self._source_end(mention, high)
        elif hit.cue.source == "inside":
            inside = next(
                t for t in range(hit.low, hit.high) if len(hit.cue.words[t - hit.low]) > 1
            )
            mention = Mention(inside, inside + 1, inside)
        if article.upos[hit.low] == "ADJ" or article.upos[hit.low - 1] == "DET":
            return  # "il secondo esemplare"
        if hit.cue.source == "none" and article.words[hit.high] in ARTICULATED["da"]:
            # "secondo quanto si apprende da fonti investigative, …"
            mention = source_phrase(article, hit.high + 1, high, self.named)
            end = self._source_end(mention, high) if mention else end
        if hit.cue.cue_class == "per" and not self._source_like(hit, mention, low, end):
            return
        start = self._clause_start(hit.low, low)
        stop = self._clause_stop(end, high)
        before = [t for t in range(start, hit.low) if article.is_word(t)]
        framed = not before or self._frames(start, hit.low)
        parts = [(end, stop)] if framed else [(start, hit.low), (end, stop)]
        if hit.cue.source == "inside" and any(start <= o.head < hit.low for o in self.hits):
            parts = [(end, stop)]  # "X told reporters that …; in his view, …"
        if len(parts) == 2 and self._complete(start, hit.low) and not self._goes_on(end, stop):
            parts = parts[:1]
        if not any(article.upos[t] in VERBAL for a, b in parts for t in range(a, b)):
            return
        found = self._found(parts, "adverbial")
        if found is None:
            return
        if mention and hit.cue.source == "after":
            mention = bare_name(article, mention, self.named)
        cue_class = "say" if hit.cue.cue_class == "per" else hit.cue.cue_class
        yield self._draft(found, hit.low, article.span_of(hit.low, hit.high), cue_class, mention)

    def _is_measure(self, mention: Mention) -> bool:
        """*secondo necessità*, *according to need*: a bare common noun is no source."""
        article = self.article
        return (
            article.upos[mention.head] == "NOUN"
            and mention.high - mention.low == 1
            and self.named.at(mention.head) is None
            and "Number=Plur" not in article.morphs[mention.head]
            and article.upos[mention.low - 1] != "DET"
            and article.words[mention.low - 1] not in _ARTICULATED
        )

    def _relative_source(self, hit: AdverbialHit, low: int, high: int) -> Iterator[Draft]:
        """*Duccio Neri, fisico, secondo il quale …*: the speaker stands before the relative."""
        article = self.article
        start = hit.high + (1 if article.words[hit.high] in _RELATIVE_SOURCES else 2)
        nouns = [t for t in range(low, hit.low) if article.upos[t] in ("NOUN", "PROPN")]
        names = [t for t in nouns if self.named.at(t, ("PER",))]
        found = self._found([(start, self._clause_stop(start, high))], "adverbial")
        if found and nouns:
            head = names[-1] if names else nouns[-1]
            mention = bare_name(article, noun_phrase(article, head, self.named), self.named)
            cue = article.span_of(hit.low, hit.high)
            yield self._draft(found, hit.low, cue, hit.cue.cue_class, mention)

    def _frames(self, low: int, high: int) -> bool:
        """Whether a stretch only sets the scene: *Nel 2025, rileva Eurostat, …*."""
        article = self.article
        first = next((t for t in range(low, high) if article.is_word(t)), low)
        return article.upos[first] in ("ADP", "CCONJ") and not any(
            article.upos[t] in VERBAL for t in range(first, high)
        )

    def _complete(self, low: int, high: int) -> bool:
        return any(self.article.is_finite(t) for t in range(low, high))

    def _goes_on(self, low: int, high: int) -> bool:
        """Whether what follows the source belongs to the claim, not to source or narrator."""
        article = self.article
        first = next((t for t in range(low, high) if article.is_word(t)), None)
        if first is None or article.words[first] in ("yet", "but", "ma", "though", "mentre"):
            return False
        return any(article.upos[t] in VERBAL for t in range(first, high))

    def _source_end(self, mention: Mention, high: int) -> int:
        """The end of the source phrase: its comma, or the last word of the phrase."""
        article = self.article
        low, last = article.edges(mention.head)
        end = mention.high
        token = mention.high
        while token < high and not article.is_finite(token):
            if article.words[token] == "," or article.words[token] in SENTENCE_FINAL:
                return self._past_appositions(token, high)
            if self._starts_phrase(token):
                return token  # no comma: "Per i sindacati il problema è strutturale"
            token += 1
        while end < high and article.below(end, mention.head) and article.upos[end] != "DET":
            end += 1
        return end

    def _starts_phrase(self, token: int) -> bool:
        """Whether a new noun phrase begins, free of the one before (in Italian)."""
        article = self.article
        if article.language(token) != "it" or article.upos[token - 1] in ("ADP", "DET", "ADJ"):
            return False
        return article.upos[token] == "DET" or (
            article.upos[token] == "PRON" and article.words[token] in ("nessuno", "tutti", "nulla")
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
        finite = any(article.is_finite(t) for t in range(token, close))
        if finite and article.words[token] not in ("who", "which", "che", "whose"):
            return comma
        rest = any(article.is_finite(t) for t in range(close, high))
        return close if rest else comma

    def _source_like(self, hit: AdverbialHit, mention: Mention | None, low: int, end: int) -> bool:
        """*Per X, …* is a report only when X can speak and the phrase opens its clause."""
        article = self.article
        if mention is None:
            return False
        opens = hit.low == self._dateline_end(low) or article.words[hit.low - 1] in (";", ":", "ma")
        entity = self.named.at(mention.head)
        plural = "Number=Plur" in article.morphs[mention.head] and article.words[mention.low] in (
            "i",
            "gli",
            "le",
            "alcuni",
            "alcune",
            "molti",
            "molte",
        )
        person = article.words[end : end + 1] == [","] and end - hit.low < 10
        return (
            opens
            and (entity is not None or plural or person)
            and (article.upos[mention.head] != "NUM")
        )

    def _clause_start(self, token: int, low: int) -> int:
        article = self.article
        for position in range(token - 1, low - 1, -1):
            if article.words[position] in (";", ":"):
                return position + 1
        return self._dateline_end(low)

    def _clause_stop(self, token: int, high: int) -> int:
        article = self.article
        for position in range(token, high):
            if article.words[position] == ";" and article.quotation_of[position] < 0:
                return position
            if article.words[position] == ":" and article.quotation_of[position] < 0:
                return position
            if article.words[position] == "," and self._breaks_off(position, high):
                return position
        return high

    # Nouns

    def _of_nouns(self) -> Iterator[Draft]:
        """*the claim that …*, *its view is that …*, *il timore che …*."""
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
            low, high = self._bounds(token)
            end = self._noun_content_end(token, start, high)
            found = self._found([(start, end)], "noun")
            mention = self._possessor(token)
            if found and (mention or lemma in _SOURCELESS):
                yield self._draft(
                    found, token, article.span_of(token, token + 1), cue_class, mention
                )

    def _noun_clause(self, noun: int) -> int | None:
        article = self.article
        words = _COMPLEMENTIZERS[article.language(noun)]
        high = article.sentence(noun)[1]
        token = noun + 1
        if token + 2 < high and article.words[token] in words and article.upos[token] == "SCONJ":
            return token + 1
        for verb in range(token, min(token + 16, high - 2)):
            if article.is_finite(verb) or article.words[verb] in SENTENCE_FINAL:
                while verb < high - 2 and article.upos[verb] in ("AUX", "ADV"):
                    verb += 1
                copula = article.lemmas[verb - 1] in ("be", "essere") or (
                    article.lemmas[verb - 2] in ("be", "essere")
                )
                if copula and article.words[verb] in words:
                    return verb + 1
                return None
        return None

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

    # Drafts

    def _found(self, parts: Sequence[tuple[int, int]], rule: str) -> Found | None:
        kept = []
        for number, (low, high) in enumerate(parts):
            extra = _TRAILING if number < len(parts) - 1 or rule != "that" else _TRAILING
            low, high = self.article.trim(low, high, extra if False else frozenset())
            while low < high and self.article.words[high - 1] in _TRAILING:
                low, high = self.article.trim(low, high - 1)
            if number == 0 and rule in ("inserted", "adverbial"):
                while low < high and self.article.words[low] in ("but", "ma", "and", "e"):
                    low, high = self.article.trim(low + 1, high)
            if low < high and any(self.article.is_word(t) for t in range(low, high)):
                kept.append((low, high))
        return Found(tuple(kept), rule) if kept else None

    def _draft(
        self,
        found: Found,
        anchor: int,
        cue: Span | None,
        cue_class: str,
        mention: Mention | None,
    ) -> Draft:
        article = self.article
        content = tuple(article.span_of(low, high) for low, high in found.parts)
        kind = self._kind(found)
        if kind == "direct":
            content = self._inner(found, content)
        return Draft(kind, content, found.rule, anchor, cue, cue_class, mention)

    def _kind(self, found: Found) -> ClaimKind:
        article = self.article
        tokens = [t for low, high in found.parts for t in range(low, high) if article.is_word(t)]
        base = article.quotation_of[found.parts[0][0]]
        quoted = sum(article.quotation_of[t] >= 0 for t in tokens)
        if quoted == len(tokens) and base >= 0:
            return "direct"
        return "mixed" if quoted else "indirect"

    def _inner(self, found: Found, content: tuple[Span, ...]) -> tuple[Span, ...]:
        article = self.article
        inner = article.quotations[article.quotation_of[article.trim(*found.parts[0])[0]]].inner
        return (inner,) if len(content) == 1 else content


def _modality(hit: Hit, rule: str) -> str:
    """The sense that the reporting verb gives its claim (see `Claim.modality`).

    *denied that X* and *does not think that X* report X as denied; *dismissed X as “Y”* asserts.
    """
    if hit.cue_class == "deny" and rule not in ("predicate", "inserted", "colon"):
        return "asserted" if hit.negated else "denied"
    if hit.negated:
        return "denied"
    if rule == "raised":
        return "hedged"
    return _MODALITIES.get(hit.cue_class, "asserted")


def _is_past(morph: str) -> bool:
    return "Tense=Past" in morph or "Tense=Imp" in morph
