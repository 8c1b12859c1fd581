"""Indirect and mixed claims: what stands in the grammar of a reporting expression."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.languages import function_words as words
from pipeline.languages.cues import ARTICULATED
from pipeline.languages.people import people_table
from pipeline.stages.claims.adverbials import AdverbialClaims
from pipeline.stages.claims.backward import BackwardClaims
from pipeline.stages.claims.colons import ColonClaims
from pipeline.stages.claims.complements import Complements
from pipeline.stages.claims.contents import Contents, Found
from pipeline.stages.claims.cues import AdverbialHit, Hit, has_agent, known_form
from pipeline.stages.claims.drafts import Draft
from pipeline.stages.claims.mentions import Mention, Named, bare_name, source_phrase
from pipeline.stages.claims.nouns import NounClaims
from pipeline.stages.claims.subjects import is_narrator, subject
from pipeline.stages.claims.syntax import CLAUSE_FINAL, SENTENCE_FINAL, VERBAL, Article

_ASSERTING = frozenset(["predicate", "inserted", "colon"])
_SHOWING = frozenset(["find", "announce"])  # "Il dato mostra che …", "Il dato conferma che …"
_ORIGINS = ARTICULATED["da"] | ARTICULATED["in"]


class ReportedClaims(Contents):
    """Finds the indirect and mixed claims; the verbs in ``used`` introduce a quotation already."""

    def __init__(
        self, article: Article, named: Named, hits: Sequence[Hit], used: frozenset[int]
    ) -> None:
        super().__init__(article, named, hits)
        self.used = used
        self.complements = Complements(article, named, hits)

    def find(self, adverbials: Sequence[AdverbialHit]) -> list[Draft]:
        """Drafts in no particular order."""
        sources = AdverbialClaims(self.article, self.named, self.hits, adverbials)
        nouns = NounClaims(self.article, self.named, self.hits)
        own = [(hit.low, hit.high) for hit in adverbials if hit.cue.source == "inside"]
        drafts = [draft for hit in self.hits for draft in self._of_verb(hit, own)]
        for hit in adverbials:
            if hit.low not in self.used:
                drafts += sources.of(hit)
        drafts += nouns.find()
        unquoted = [hit for hit in self.hits if hit.head not in self.used]
        drafts += BackwardClaims(self.article, self.named, unquoted).find()
        drafts += ColonClaims(self.article, self.named, self.hits).find()
        drafts += list(self._reportive_conditionals(drafts))
        return drafts

    def _of_verb(self, hit: Hit, own: Sequence[tuple[int, int]]) -> Iterator[Draft]:
        """The claim of one verb; ``own`` are the ranges of *in her view* and the like, which are
        part of no content."""
        article = self.article
        if article.quotation_of[hit.head] >= 0 or hit.cleft:
            return
        low, high = self.bounds(hit.head)
        found = self.complements.of(hit, low, high)
        if found is None or not self._reports(hit, found):
            return
        found = self._without(found, own)
        source = self.complements.extents.resumed.get(hit.head, hit)
        window = self._clause_window(hit, found, low, high)
        if article.lemmas[hit.head] in words.SOURCES_OF_FINDINGS:
            mention = self._origin(hit, window)
        else:
            mention = subject(article, source, self.named, window)
        unasked = hit.cue_class == "ask" and hit.passive and mention is None  # "was asked whether"
        if unasked or is_narrator(article, hit, mention):
            return
        if mention and article.lemmas[mention.head] in self._signs(mention.head):
            return
        if mention and self._is_nobody(mention):
            return
        if mention and self._is_share(mention.head):
            mention = replace(mention, low=article.edges(mention.head)[0])
        elif mention and self._is_measure(mention.head) and hit.cue_class not in _SHOWING:
            mention = None  # "Il raccolto è di 300 quintali e spera …": whoever spoke last
        if mention:
            mention = bare_name(article, mention, self.named)
        cue = article.span_of(hit.low, hit.high)
        draft = self.draft(found, hit.head, cue, hit.cue_class, mention)
        yield replace(draft, modality=_modality(hit, found.rule, draft.modality))

    def _without(self, found: Found, ranges: Sequence[tuple[int, int]]) -> Found:
        """*said that in her view the city was lost* claims that the city was lost; in *said that it
        rained, in her view the city was lost* the second clause is a claim of its own."""
        article = self.article
        parts = list(found.parts)
        for low, high in ranges:
            for number, (start, stop) in enumerate(parts):
                if start <= low and high <= stop and article.quotation_of[low] < 0:
                    apart = article.words[low - 1] == "," and all(
                        article.has_finite(*side) for side in ((start, low), (high, stop))
                    )
                    parts[number : number + 1] = [(start, low)] + [(high, stop)] * (not apart)
                    break
        same = parts == list(found.parts)
        return found if same else self.found(parts, found.rule) or found

    def _reports(self, hit: Hit, found: Found) -> bool:
        """Whether something was said, and is not a quotation's already."""
        article = self.article
        quoted = hit.head in self.used and found.rule not in ("that", "infinitive")
        if hit.head in self.used and article.language(hit.head) == "it":
            # "«Non mollo», assicura ai cronisti che lo aspettano": a relative
            following = article.words[hit.high : hit.high + 1]
            quoted = quoted or words.COMPLEMENTS.isdisjoint(following)
        denied = hit.negated and article.lemmas[hit.head] not in words.RAISING_NEGATION
        # "the so-called": no one calls
        named = hit.passive and found.rule == "predicate" and not has_agent(article, hit)
        purpose = (  # "tests to show how …"
            hit.cue_class == "find"
            and hit.low == hit.head
            and not article.is_finite(hit.head)
            and "Tense=Past" not in article.morphs[hit.head]
            and not known_form(article, hit.head)
        )
        neither = not words.NEITHER.isdisjoint(article.words[hit.low : hit.head])
        # "A chi gli chiede se …, Neri risponde": whoever asks
        before = article.words[max(0, hit.low - 1) : hit.low]
        anyone = hit.cue_class == "ask" and not words.WHOEVER.isdisjoint(before)
        silent = quoted or denied or named or purpose or neither or anyone
        judged = found.rule == "predicate" and has_agent(article, hit)  # "bollato da X come «Y»"
        reduced = self._reduced_relative(hit) and not self._closes_with_finding(hit, found)
        return not (silent or hit.unsaid or (reduced and not judged))

    def _closes_with_finding(self, hit: Hit, found: Found) -> bool:
        """*The mine leaks arsenic, a study of cores found on Friday*: no participle, whatever the
        tagger says, where a source ends the sentence with it."""
        article = self.article
        table, noun = people_table("en"), article.lemmas[article.heads[hit.head]]
        rest = range(hit.high, article.sentence(hit.head)[1])
        closes = not any(article.upos[t] in VERBAL or article.words[t] == "," for t in rest)
        source = noun in table.not_persons or table.is_person(noun)
        return found.rule == "inserted" and hit.cue_class == "find" and closes and source

    def _is_nobody(self, mention: Mention) -> bool:
        """*Nessuno dei presenti dice*, *Neither the firm nor its boss, Jane Fox, said*."""
        article = self.article
        if not words.NOBODY.isdisjoint((article.words[mention.low], article.words[mention.head])):
            return True
        for token in range(mention.low - 1, article.sentence(mention.low)[0] - 1, -1):
            if article.is_finite(token) or article.words[token] in CLAUSE_FINAL:
                return False
            if article.words[token] in words.NEITHER:
                return True
        return False

    def _is_share(self, token: int) -> bool:
        """*Some 85 per cent of head teachers say*."""
        following = self.article.words[token + 1 : token + 2]
        return self.article.words[token] in words.SHARES and not (
            words.POSSESSING.isdisjoint(following)
        )

    def _is_measure(self, token: int) -> bool:
        measures = people_table(self.article.language(token)).measures
        return self.article.lemmas[token] in measures and self.named.at(token) is None

    def _signs(self, token: int) -> frozenset[str]:
        return people_table(self.article.language(token)).signs

    def _origin(self, hit: Hit, window: tuple[int, int]) -> Mention | None:
        """*Dalla relazione emerge che …*, *nella sentenza si legge che …*: where it was found."""
        article = self.article
        for token in range(*window):
            if article.words[token] in _ORIGINS and not hit.low <= token < hit.high:
                return source_phrase(article, token + 1, window[1], self.named)
        return None

    def _reduced_relative(self, hit: Hit) -> bool:
        """*a paper posted on a server*: the verb says nothing itself."""
        article = self.article
        morph = article.morphs[hit.head]
        low = article.sentence(hit.head)[0]
        before = [t for t in range(low, hit.head) if not article.is_mark(t)]
        # "Asked whether he would resign, …", "when asked whether …"
        opens = not before or article.words[before[-1]] in SENTENCE_FINAL | words.WHEN
        reduced = article.deps[hit.head] == "acl" or opens
        past = "VerbForm=Part" in morph and "Tense=Past" in morph
        return reduced and past and hit.low == hit.head

    def _clause_window(self, hit: Hit, found: Found, low: int, high: int) -> tuple[int, int]:
        """Where the subject may stand: the sentence without the content."""
        start = self.article.dateline_end(low)
        for _, last in found.parts:
            if last <= hit.low:
                start = max(start, last)
        stop = min((first for first, _ in found.parts if first >= hit.high), default=high)
        return start, stop

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
            if token is None or any(article.words[t] in words.HYPOTHESES for t in range(low, high)):
                continue
            if any(article.quotation_of[t] >= 0 for t in range(low, high)):
                continue
            start = self.article.dateline_end(low)
            found = self.found([(start, self.clause_stop(start, high))], "conditional")
            if found:
                yield replace(self.draft(found, token, None, "", None), modality="hedged")

    def _is_hearsay(self, token: int) -> bool:
        article = self.article
        if article.words[token] not in words.REPORTIVE_CONDITIONALS:
            return False
        dep = article.deps[token]
        clause = article.heads[token] if dep.startswith(("aux", "cop")) else token
        main = article.deps[clause] in ("root", "conj", "parataxis")
        return main and not any(
            article.lemmas[t] in words.MODAL_VERBS for t in (clause, *article.children[clause])
        )


def _modality(hit: Hit, rule: str, of_class: str) -> str:
    """The sense that the reporting verb gives its claim (see `Claim.modality`), which for most is
    that ``of_class``.

    *denied that X* and *does not think that X* report X as denied; *dismissed X as “Y”* asserts.
    *asked to …*, *chiede che …*, *told them to …* request.
    """
    infinitive = rule in ("infinitive", "order")
    if hit.cue_class == "deny":
        return "asserted" if hit.negated or rule in _ASSERTING else "denied"
    if hit.negated:
        return "denied"
    if rule == "raised":
        return "hedged"
    if of_class == "promised":
        return of_class  # "si impegna a ospitare"
    asks = hit.cue_class == "ask" and (infinitive or rule == "that")
    orders = infinitive and "ord" in hit.grammar and "inf" not in hit.grammar
    return "requested" if asks or orders else of_class
