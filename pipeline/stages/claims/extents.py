"""Where reported content ends: before the narrator, or a further report, goes on."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.languages import function_words as words
from pipeline.stages.claims.contents import Contents
from pipeline.stages.claims.cues import Hit
from pipeline.stages.claims.mentions import Named
from pipeline.stages.claims.syntax import VERBAL, Article

_CLAUSES = frozenset(["root", "conj", "parataxis", "ccomp"])


class Extents(Contents):
    """Finds the end of content.

    ``resumed`` leads from a second reporting verb (*said A and warned B*) to the one whose subject
    it shares.
    """

    def __init__(self, article: Article, named: Named, hits: Sequence[Hit]) -> None:
        super().__init__(article, named, hits)
        self.resumed: dict[int, Hit] = {}

    def end(self, hit: Hit, start: int, high: int, rule: str = "") -> int:
        """Where content that begins at ``start`` ends: before a clause coordinated with the
        reporting one, before a further quotation, else with the sentence."""
        article = self.article
        inside = article.quotation_of[hit.head]
        verb_seen = "gerund" in rule  # "bargaining in bad faith", even where a noun to the tagger
        added = False
        for token in range(start, high):
            leaves_quotation = article.quotation_of[token] != inside and inside >= 0
            if leaves_quotation or self._is_boundary(token, start):
                return token
            if article.words[token] == "," and self.breaks_off(token, high):
                if token + 1 in self.heads:
                    self.resumed[token + 1] = self.resumed.get(hit.head, hit)
                return token
            added = added or (article.words[token] == ";" and inside < 0)
            if verb_seen and not added and token > start + 1 and self._leaves(hit, token, start):
                return self._clause_low(token, start)
            verb_seen = verb_seen or article.upos[token] == "VERB" or article.is_finite(token)
        return high

    def before_main_verb(self, start: int, end: int) -> int:
        """*le aziende che sperano di vendere hanno scelto …*: an infinitive holds no finite verb
        but those that a conjunction, relative or comma brings in."""
        article = self.article
        for token in range(start + 1, end):
            coordinated = article.words[token] == "," and (
                article.words[token + 1] in words.COORDINATORS | words.CONNECTIVES
            )
            if coordinated and article.has_finite(token, end):
                return token
            if article.words[token] == "," and self._begins_clause(token + 1, end):
                return token
            opens = article.upos[token] in ("SCONJ", "CCONJ", "PUNCT") or (
                article.words[token] in words.OPENERS
            )
            if opens or article.quotation_of[token] >= 0:
                return end
            if article.is_finite(token):
                return token
        return end

    def _begins_clause(self, low: int, end: int) -> bool:
        """*chiedono di rinviare le gare, FdI vuole votare*: a name with its verb right behind."""
        if low >= end or self.named.at(low) is None:
            return False
        behind = range(low, end)
        past = next((t for t in behind if self.named.at(t) is not self.named.at(low)), low)
        return self.article.is_finite(past)

    def _is_boundary(self, token: int, start: int) -> bool:
        """Whether a mark ends content: a colon outside quotations, or a bracket opened before."""
        article = self.article
        word = article.words[token]
        if word == ";" and self._adds(token):
            return False
        if word in (";", ":"):
            return article.quotation_of[token] < 0
        return word == ")" and "(" not in article.words[start:token]

    def _adds(self, semicolon: int) -> bool:
        """*…; at the same time, …*, *…; inoltre …*: the same speaker goes on."""
        following = " ".join(self.article.words[semicolon + 1 : semicolon + 5])
        return following.startswith(words.ADDING)

    def _leaves(self, hit: Hit, token: int, start: int) -> bool:
        """Whether ``token`` is the verb of a clause beside the reporting one, outside content."""
        article = self.article
        if article.upos[token] not in VERBAL or article.quotation_of[token] >= 0:
            return False
        dep, head = article.deps[token], article.heads[token]
        above = (hit.head, *article.ancestors(hit.head))
        if token in above and (
            article.is_finite(token) or any(article.is_finite(t) for t in article.children[token])
        ):
            return True
        if dep in ("conj", "parataxis") and head in above:
            reports = token in self.heads and not self._speaks_for(hit, token)
            shares = reports or not self._own_subject(token)
            joined = any(article.words[t] in words.COORDINATORS for t in range(start, token))
            return shares and joined and not self._modal(token)
        if not article.below(token, hit.head) and head < start and dep in _CLAUSES:
            return article.is_finite(token)
        if token not in self.heads:
            return False
        beside = dep == "advcl" and (head == hit.head or self._contrasts(token, start))
        return beside or self._resumes(hit, token)

    def _contrasts(self, token: int, start: int) -> bool:
        """*said 9,000 had marched, while police put the figure at 2,000*: another one speaks."""
        article = self.article
        for position in range(token - 1, start, -1):
            if article.is_finite(position):
                return False
            if article.words[position] in words.CONTRASTS:
                return article.words[position - 1] == ","
        return False

    def _modal(self, token: int) -> bool:
        """*said it was disappointed and would consider its options*: still the content."""
        article = self.article
        before = [t for t in article.children[token] if t < token]
        negated = any(article.words[t] in words.NOT for t in before)
        return not negated and any(article.words[t] in words.FUTURES for t in before)

    def _own_subject(self, token: int) -> bool:
        """Whether a clause names its subject: then it may still be part of the content."""
        article = self.article
        return any(
            article.deps[child].startswith(("nsubj", "csubj")) and child < token
            for child in article.children[token]
        )

    def _speaks_for(self, hit: Hit, token: int) -> bool:
        """*Un dirigente di Enel ha detto che la rotta è in perdita e Enel spera di venderla*: the
        second subject is the body for which the speaker speaks."""
        first, second = (
            {
                self.named.by_token[t][0].id
                for child in self.article.children[verb]
                if self.article.deps[child].startswith("nsubj")
                for t in range(*self.article.edges(child))
                if self.named.at(t, ("ORG",))
            }
            for verb in (hit.head, token)
        )
        return bool(first & second)

    def _resumes(self, hit: Hit, token: int) -> bool:
        """*said that A and warned that B*: the second verb has the subject of the first."""
        article = self.article
        other = self.heads[token]
        if other.grammar.isdisjoint({"quote", "ord"}):
            return False
        same_form = article.upos[hit.head] not in VERBAL or (
            _is_past(article.morphs[token]) == _is_past(article.morphs[hit.head])
        )
        preceded = article.words[other.low - 1] in words.RESUMING
        if article.is_finite(hit.head) and not article.is_finite(token):
            return False  # "said he had heard shots and seen a van"
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


def _is_past(morph: str) -> bool:
    return "Tense=Past" in morph or "Tense=Imp" in morph
