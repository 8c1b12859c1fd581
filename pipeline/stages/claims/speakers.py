"""From the mention beside the claim to the person or body it stands for.

A name stands for itself. A role (*the mayor*) stands for the person whom the article calls so,
another definite noun (*la ricercatrice*) for the person in focus whom it fits. A pronoun or a
dropped subject stands for the one in *focus*: whoever spoke last, or has become the subject of a
main clause since, or has been asked something, as far as gender and number allow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.core.layers import Entities, Entity, Speaker
from pipeline.languages import function_words as words
from pipeline.languages.cues import ARTICULATED, MERGED
from pipeline.languages.people import PeopleTable, people_table
from pipeline.stages.claims.confidence import How
from pipeline.stages.claims.cues import Hit
from pipeline.stages.claims.descriptions import Descriptions
from pipeline.stages.claims.drafts import Draft
from pipeline.stages.claims.interviews import is_question
from pipeline.stages.claims.mentions import Mention, Named, bare_name, noun_phrase, with_partners
from pipeline.stages.claims.phrases import whole_phrase
from pipeline.stages.claims.subjects import subject
from pipeline.stages.claims.syntax import Article

_REACH = 5
"""Someone in focus this many sentences back can still be meant."""
_FARTHEST = 40
"""The same, however much of what lies between is quoted."""
_ADJACENT = 2
"""A body that has not spoken, or someone unnamed, only from the sentence before."""
_NEARBY = 3
"""Someone merely mentioned is looked for in so many sentences before."""
_BRIEF = 2
"""*the company*: longer phrases describe a body of their own."""


@dataclass(frozen=True, slots=True)
class Referent:
    """Someone who may be meant later: an entity, or whom a phrase describes; or a group."""

    position: int
    entity: Entity | None
    mention: Mention | None = None
    plural: bool = False
    spoke: bool = False


class Speakers:
    """Resolves the speakers of drafts taken in text order."""

    def __init__(
        self, article: Article, entities: Entities, named: Named, hits: Sequence[Hit]
    ) -> None:
        self.article = article
        self.named = named
        self.descriptions = Descriptions(article, entities)
        # "ROME (AP) - The company said": an agency in a dateline is nobody meant later.
        self.names = [n for n in self.descriptions.names if not article.in_dateline(n.low)]
        self.spoken: list[Referent] = []
        self.subjects = list(self._main_subjects())
        self.asked: list[Referent] = []
        for asked in self._asked(hits):  # "the singer was asked …": may be one asked before
            self.asked.append(asked)
        self.reports = {article.starts[hit.low]: hit for hit in hits}

    def resolve(self, draft: Draft) -> tuple[Speaker | None, How]:
        """The speaker of ``draft`` (None when nothing is known), and how they were found."""
        if draft.speaker is None:
            return self._unmentioned(draft)
        mention = self._with_partners(draft.speaker, draft)
        found = self._referent(mention, draft.anchor)
        article = self.article
        if found.mention is mention and self._is_description(mention):
            mention = whole_phrase(article, mention, self.named, draft)
            found = replace(found, mention=mention)
        if not draft.rule.endswith("nested"):
            self.spoken.append(found)
        span = article.span_of(mention.low, mention.high)
        if found.entity is None:
            return Speaker(span, None, self._described(found.mention or mention)), "described"
        entity = found.entity
        named = self.named.at(mention.head, (entity.label,)) is entity
        return Speaker(span, entity.id, entity.name), "name" if named else "resolved"

    def _unmentioned(self, draft: Draft) -> tuple[Speaker | None, How]:
        """A speaker without a mention of their own, named or described before."""
        if draft.introduced:
            found = self._introducer(draft.anchor)
        elif draft.cue and self.article.language(draft.anchor) == "it":
            found = self._dropped(draft)
        else:
            found = None
        if found is None:
            return None, "none"
        if found.entity:
            return Speaker(None, found.entity.id, found.entity.name), "dropped"
        if found.mention:
            mention = found.mention
            if not found.spoke:
                mention = whole_phrase(self.article, mention, self.named)
            return Speaker(None, None, self._described(mention)), "unnamed"
        return None, "none"

    def _is_description(self, mention: Mention) -> bool:
        """Whether a mention is neither a name nor a pronoun."""
        word = self.article.words[mention.head]
        return (
            mention.head not in self.named.by_token
            and word not in self._table(mention.head).pronouns
        )

    def _described(self, mention: Mention) -> str:
        return self.article.span_of(mention.low, mention.high).of(self.article.text)

    def _referent(self, mention: Mention, anchor: int) -> Referent:
        """Whom a mention stands for; itself when for no one known."""
        direct = self.named.at(mention.head, ("PER", "ORG", "LOC", "MISC"))
        if direct and self._are_several(mention):
            return Referent(anchor, None, mention, plural=True, spoke=True)
        if direct:
            return Referent(anchor, direct, mention, spoke=True)
        gender = self._table(mention.head).pronouns.get(self.article.words[mention.head])
        if gender:
            found = self._pronoun(gender, mention.low)
            if found:
                if found.entity:
                    self.descriptions.learn(found.entity, gender)
                return Referent(anchor, found.entity, found.mention, found.plural, spoke=True)
            return Referent(anchor, None, mention, gender == "p", spoke=True)
        plural = "Number=Plur" in self.article.morphs[mention.head]
        entity = self._ordinal(mention) or self._role(mention)
        if entity:
            self.descriptions.learn(entity, self.descriptions.noun_gender(mention.head))
        return Referent(anchor, entity, mention, plural, spoke=True)

    def _table(self, token: int) -> PeopleTable:
        return people_table(self.article.language(token))

    # The focus: who spoke last or became the subject

    def _main_subjects(self) -> Iterator[Referent]:
        """The persons, bodies and described persons that are subjects of the narrator's clauses."""
        article = self.article
        for token, entity in sorted(self.descriptions.main_subjects(), key=lambda found: found[0]):
            if article.quotation_of[token] >= 0:
                continue
            group = self._group(token)
            if group:
                yield Referent(token, None, group, plural=True)
            elif entity:
                yield Referent(token, entity)
            else:
                plural = "Number=Plur" in article.morphs[token]
                mention = noun_phrase(article, token, self.named)
                name = bare_name(article, mention, self.named)
                yield Referent(token, self.named.at(name.head, ("PER",)), mention, plural)

    def _group(self, token: int) -> Mention | None:
        """Persons joined by *and*: *Rosalind and Peter Acheson*."""
        if self.named.at(token, ("PER",)) is None:
            return None
        name = bare_name(self.article, Mention(token, token + 1, token), self.named)
        mention = with_partners(self.article, name, self.named)
        return mention if self._are_several(mention) else None

    def _are_several(self, mention: Mention) -> bool:
        """Whether a mention holds more than one name."""
        names = (self.named.at(t) for t in range(mention.low, mention.high))
        return len({entity.id for entity in names if entity}) > 1

    def _with_partners(self, mention: Mention, draft: Draft) -> Mention:
        """All who are the subject of a draft's cue; not *Reed* in *said Bell and Reed left*."""
        article = self.article
        if self.named.at(mention.head) is None:
            return mention
        whole = with_partners(article, mention, self.named)
        cue = article.range_of(draft.cue) if draft.cue else (mention.low, mention.low)
        behind = cue[0] < mention.low and whole.high < len(article)
        verbs = [t for t in range(*cue) if article.is_finite(t)]
        one = any("Number=Sing" in article.morphs[t] for t in verbs)
        return mention if one or (behind and article.is_finite(whole.high)) else whole

    def _asked(self, hits: Sequence[Hit]) -> Iterator[Referent]:
        """Those whom someone asks: *was asked whether …*, *al capitano i cronisti chiedono …*."""
        article = self.article
        for hit in hits:
            if hit.cue_class != "ask" or article.quotation_of[hit.head] >= 0:
                continue
            for child in article.children[hit.head]:
                dep = article.deps[child]
                if hit.passive:
                    asked = dep.startswith("nsubj")
                elif article.language(child) == "en":
                    asked = dep in ("obj", "iobj")
                else:
                    asked = dep == "obl" and any(
                        article.words[t] in ARTICULATED["a"] for t in article.children[child]
                    )
                entity = self._named_near(child) if asked else None
                if entity:
                    yield Referent(hit.head, entity)

    def _named_near(self, token: int) -> Entity | None:
        """The person whom the phrase of ``token`` names or whose role it is."""
        entity = self.named.at(token, ("PER",)) or self.descriptions.named_by(token)
        if entity or self.article.upos[token] != "NOUN":
            return entity
        return self._role(noun_phrase(self.article, token, self.named))

    def _focus(self, before: int, gender: str, *, plural: bool = False) -> Iterator[Referent]:
        """Those in focus at a token, the likeliest first."""
        article = self.article
        last = self.spoken[-1] if self.spoken else None
        claimed = article.sentence_of[last.position] if last else -1
        since = last.position if last else -1
        newer = [
            subject
            for subject in self.subjects
            if since < subject.position < before
            and article.sentence_of[subject.position] != claimed
        ]
        asked = [each for each in self.asked if since <= each.position < before]
        newer = sorted((*newer, *asked), key=lambda referent: referent.position)
        for referent in (*reversed(newer), *reversed(self.spoken)):
            fresh = referent.entity or referent.spoke
            passing = not fresh or (_is_body(referent) and not referent.spoke)
            if not self._near(referent.position, before, _ADJACENT if passing else _REACH):
                continue
            resolved = self._resolved(referent)
            owned = self._is_anothers(referent, gender, before)
            counts = resolved and not owned and self._counts(resolved, plural)
            if resolved and counts and self._may_be(resolved, gender):
                yield resolved

    def _is_anothers(self, referent: Referent, gender: str, before: int) -> bool:
        """*Her solicitor read a statement in which she said …*: the solicitor is not *she*."""
        article, mention = self.article, referent.mention
        if mention is None or article.sentence_of[mention.low] != article.sentence_of[before]:
            return False
        word = article.words[mention.low]
        owner = self._table(mention.low).pronouns.get(word)
        return word in words.THIRD_POSSESSIVES and gender in ("m", "f") and owner == gender

    def _resolved(self, referent: Referent) -> Referent | None:
        """A subject with the person whom it stands for; None for a role of no one known."""
        if referent.entity or referent.spoke or referent.mention is None:
            return referent
        word = self.article.words[referent.mention.head]
        gender = self._table(referent.mention.head).pronouns.get(word)
        if gender:
            found = self._pronoun(gender, referent.position)
            return found and Referent(referent.position, found.entity, found.mention, found.plural)
        entity = None if referent.plural else self._role(referent.mention)
        return Referent(referent.position, entity, referent.mention, referent.plural)

    def _counts(self, referent: Referent, plural: bool) -> bool:
        """Whether the number fits: a body may be *they*."""
        return referent.plural == plural or (plural and _is_body(referent))

    def _may_be(self, referent: Referent, gender: str) -> bool:
        if referent.entity is None:
            if gender == "n":
                return False
            noun = referent.mention.head if referent.mention else None
            return noun is None or gender not in ("m", "f") or (
                self.descriptions.noun_gender(noun) in (gender, "?")
            )  # fmt: skip
        label = referent.entity.label
        if gender == "n":
            return label == "ORG"
        if label == "ORG":
            return gender == "?"
        return label == "PER" and self.descriptions.fits(referent.entity, gender)

    def _near(self, position: int, token: int, reach: int = _REACH) -> bool:
        article = self.article
        first, last = article.sentence_of[position], article.sentence_of[token]
        if not 0 <= last - first <= _FARTHEST:
            return False
        # Sentences inside a quotation do not lead away from its speaker.
        told = sum(
            article.quotation_of[article.sentences[number][0]] < 0
            for number in range(first + 1, last)
        )
        return told < reach

    # Pronouns and dropped subjects

    def _pronoun(self, gender: str, before: int) -> Referent | None:
        if gender == "1":
            return None
        if gender == "p":
            return next(self._focus(before, "?", plural=True), None)
        found = next(self._focus(before, gender), None)
        if found:
            return found
        entity = self._latest(before, ("ORG",) if gender == "n" else ("PER",), gender)
        if entity:
            return Referent(before, entity)
        return self._still_speaking(before, gender)

    def _still_speaking(self, before: int, gender: str) -> Referent | None:
        """Who spoke last, however long ago, if they fit and no other person is named since."""
        last = next((each for each in reversed(self.spoken) if each.entity), None)
        if last is None or not self._may_be(last, gender):
            return None
        others = (
            name.entity.label == "PER" and name.entity is not last.entity
            for name in self.names
            if last.position <= name.low < before
        )
        return None if any(others) else last

    def _dropped(self, draft: Draft) -> Referent | None:
        """The one who spoke last, or who has become the subject since."""
        anchor = draft.anchor
        hit = self.reports.get(draft.cue.start) if draft.cue else None
        if hit and self._is_impersonal(hit):
            return None
        plural = self._is_plural(draft)
        focus = self._focus(anchor, "?", plural=plural)
        if draft.kind == "direct":  # bodies that did not speak before are quoted by name
            focus = (each for each in focus if each.spoke or not _is_body(each))
        found = next(focus, None)
        if found or plural or (self.spoken and self._near(self.spoken[-1].position, anchor)):
            return found  # someone else speaks here: no guess at a name further off
        entity = self._latest(anchor, ("PER",), "?") or self._most_named(anchor)
        return Referent(anchor, entity) if entity else None

    def _is_impersonal(self, hit: Hit) -> bool:
        """Whether no one is the subject: *si pensa che*, *verrà chiesto di*, *ciò conferma che*."""
        article = self.article
        reflexive = article.lemmas[hit.head] in words.REFLEXIVES
        si = not words.SI.isdisjoint(article.words[hit.low : hit.head]) and not reflexive
        thing = any(
            article.deps[child].startswith("nsubj") and article.words[child] in words.NOT_SPEAKERS
            for child in article.children[hit.head]
        )
        return si or thing or hit.passive

    def _is_plural(self, draft: Draft) -> bool:
        """Whether the verb has several for its subject: *hanno aggiunto*."""
        article = self.article
        if draft.cue is None:
            return False
        tokens = range(*article.range_of(draft.cue))
        finite = [t for t in tokens if article.is_finite(t) and "Number" in article.morphs[t]]
        return any("Number=Plur" in article.morphs[t] for t in finite)

    def _introducer(self, anchor: int) -> Referent | None:
        """Whose turn a quotation without a reporting clause is.

        The person named in the sentence before, else whoever spoke last, else who speaks in the
        sentence after, else the person named most before the quotation (the one who is
        interviewed).
        """
        article = self.article
        number = article.sentence_of[anchor] - 1
        if number >= 0:
            low, high = article.sentences[number]
            for name in self.names:
                outside = article.quotation_of[name.low] < 0 and not self._is_asked_about(name.low)
                if low <= name.low < high and name.entity.label == "PER" and outside:
                    return Referent(name.low, name.entity)
        if self.spoken:
            last = self.spoken[-1]
            same = article.paragraph(last.position) == article.paragraph(anchor)
            if same or self._near(last.position, anchor):
                return last
        following = self._speaks_next(anchor)
        if following:
            return following
        entity = self._most_named(anchor) or self._named_next(anchor)
        return Referent(anchor, entity) if entity else None

    def _speaks_next(self, anchor: int) -> Referent | None:
        """*“It was like an earthquake.” Carla Ruiz, a neighbour, said her windows …*: the subject
        of a reporting clause right after the quotation, in the same paragraph."""
        article = self.article
        quotation = article.quotation_of[anchor]
        token = anchor
        while token < len(article) and article.quotation_of[token] == quotation:
            token += 1
        while token < len(article) and not article.is_word(token):
            token += 1
        if token == len(article) or article.paragraph(token) != article.paragraph(anchor):
            return None
        low, high = token, article.sentence(token)[1]
        starts = sorted(hit.low for hit in self.reports.values() if low <= hit.low < high)
        if not starts:
            return None
        hit = self.reports[article.starts[starts[0]]]
        mention = subject(article, hit, self.named, (low, hit.low))
        if mention is None or mention.low >= hit.low:
            return None
        found = self._referent(bare_name(article, mention, self.named), anchor)
        return replace(found, spoke=False)

    def _named_next(self, anchor: int) -> Entity | None:
        """The person named in the sentence after a quotation that opens the article."""
        article = self.article
        following = (
            name.entity
            for name in self.names
            if name.low > anchor
            and name.entity.label == "PER"
            and article.quotation_of[name.low] < 0
            and article.sentence_of[name.low] - article.sentence_of[anchor] <= _NEARBY
        )
        return next(following, None)

    def _is_asked_about(self, token: int) -> bool:
        """*Ha parlato con Guglielmo Astori?* before an answer: somebody else answers."""
        if is_question(self.article, self.article.paragraph(token)):
            return True
        low, high = self.article.sentence(token)
        ends = [t for t in range(low, high) if not self.article.is_mark(t)]
        return bool(ends) and self.article.words[ends[-1]] == "?"

    def _most_named(self, anchor: int) -> Entity | None:
        before = [
            name.entity
            for name in self.names
            if name.low < anchor
            and name.entity.label == "PER"
            and not self._is_asked_about(name.low)
        ]
        if not before:
            return None
        most = Counter(entity.id for entity in before).most_common(1)[0][0]
        return next(entity for entity in before if entity.id == most)

    def _latest(
        self,
        before: int,
        labels: tuple[str, ...],
        gender: str,
        barred: frozenset[str] = frozenset(),
    ) -> Entity | None:
        """The entity mentioned last; in the nearest sentence a subject comes first.

        None whose name holds one of the ``barred`` words.
        """
        article = self.article
        best: Entity | None = None
        best_key: tuple[int, bool, int] | None = None
        for name in self.names:
            if name.low >= before or name.entity.label not in labels:
                continue
            if not self.descriptions.fits(name.entity, gender):
                continue
            if _holds(name.entity, barred):
                continue
            distance = article.sentence_of[before] - article.sentence_of[name.low]
            quoted = article.quotation_of[name.low]
            if distance > _NEARBY or (quoted >= 0 and quoted != article.quotation_of[before]):
                continue
            key = (-distance, self.descriptions.is_subject(name.low), -name.low)
            if best_key is None or key > best_key:
                best, best_key = name.entity, key
        return best

    # Roles

    def _ordinal(self, mention: Mention) -> Entity | None:
        """*the former*, *la seconda*, *quest'ultimo*: one of those named together before."""
        article = self.article
        index = self._table(mention.head).ordinals.get(article.words[mention.head])
        if index is None or mention.high - mention.low > 2:
            return None
        first = article.sentence_of[mention.low]
        gender = self.descriptions.noun_gender(mention.head)
        for number in range(first, max(first - _NEARBY, -1), -1):
            low, high = article.sentences[number]
            together = dict.fromkeys(
                name.entity.id
                for name in self.names
                if low <= name.low < min(high, mention.low)
                and name.entity.label == "PER"
                and article.quotation_of[name.low] < 0
            )
            if len(together) > 1:
                chosen = list(together)[index]
                entity = next(n.entity for n in self.names if n.entity.id == chosen)
                return entity if self.descriptions.fits(entity, gender) else None
        return None

    def _role(self, mention: Mention) -> Entity | None:
        """*the mayor*: the person called so; *the company*: the body in focus."""
        article = self.article
        table = self._table(mention.head)
        plural = "Number=Plur" in article.morphs[mention.head]
        definite = self._is_definite(mention)
        if plural or not (definite or article.words[mention.low] in table.possessives):
            return None
        complement = self._complement(mention)
        if words.INDEFINITES.intersection(complement[1:]):
            return None  # "il primo cuoco di un traghetto": no one known
        called = self.descriptions.known_as(mention.head, mention.low)
        if called or not definite:
            return called
        if self.descriptions.lemma(mention.head) in table.bodies | table.not_persons:
            return self._body(mention)
        elsewhere = complement and not self._is_origin(mention.high + 1)
        anyone = self._is_anyone(mention) and not self._introduced(mention)
        return self._person_in_focus(mention) if anyone and not elsewhere else None

    def _body(self, mention: Mention) -> Entity | None:
        """The body whose name holds the noun (*the agency*: European Medicines Agency), else the
        one in focus that the noun may mean: *the company* is no ministry.
        """
        table, lemma = self._table(mention.head), self.descriptions.lemma(mention.head)
        bodies = [n for n in self.names if n.low < mention.low and n.entity.label == "ORG"]
        named = [n.entity for n in bodies if lemma in n.entity.name.lower().split()]
        longest = _BRIEF + (
            lemma in table.companies
        )  # "the Dutch company", not "the weather service"
        if named or lemma not in table.bodies or len(self._described(mention).split()) > longest:
            return named[-1] if named else None
        barred = table.institutions if lemma in table.companies else table.institutions - {lemma}
        latest = self._latest(mention.low, ("ORG",), "n", barred)
        if latest or lemma not in table.companies:
            return latest
        only = {n.entity.id: n.entity for n in bodies if not _holds(n.entity, barred)}
        return next(iter(only.values())) if len(only) == 1 else None

    def _is_anyone(self, mention: Mention) -> bool:
        """Whether a noun may stand for any person: *the singer*, *la fiorentina*; not an office."""
        if len(self._described(mention).split()) > _BRIEF + 1:
            return False
        table, lemma = self._table(mention.head), self.descriptions.lemma(mention.head)
        phrase = self._described(mention).lower().partition(" ")[2]  # "primo cittadino"
        if table.is_office(lemma) or (" " in phrase and table.synonyms_of(phrase)):
            return False
        origin = self.article.words[mention.head].endswith(table.origins)
        return self.descriptions.is_person(mention.head) or origin

    def _is_origin(self, token: int) -> bool:
        """*la regista di Foshan*: a place that only says where someone is from."""
        return token < len(self.article) and self.named.at(token, ("LOC",)) is not None

    def _is_definite(self, mention: Mention) -> bool:
        article = self.article
        articles = self._table(mention.head).definite | MERGED
        before = article.words[mention.low - 1] if mention.low else ""
        return article.words[mention.low] in articles or before in articles

    def _complement(self, mention: Mention) -> list[str]:
        """The first words of what complements the phrase: *of Bari*."""
        following = self.article.words[mention.high : mention.high + 2]
        return following if following and following[0] in words.COMPLEMENTING else []

    def _introduced(self, mention: Mention) -> bool:
        """Whether the phrase takes up someone unnamed: *a former employee … the employee*."""
        article = self.article
        key = self.descriptions.role(mention.head).key
        for token in range(mention.low - 1, -1, -1):
            if article.upos[token] == "NOUN" and self.descriptions.role(token).key == key:
                new = self.descriptions.introduces(token)
                return new and self.descriptions.named_by(token) is None
        return False

    def _person_in_focus(self, mention: Mention) -> Entity | None:
        gender = self.descriptions.noun_gender(mention.head)
        for referent in self._focus(mention.low, gender):
            if referent.entity and referent.entity.label == "PER":
                return referent.entity
        for name in reversed(self.names):
            if name.low >= mention.low or name.entity.label != "PER":
                continue
            if self.article.quotation_of[name.low] >= 0:
                continue
            if not self._near(name.low, mention.low):
                return None
            if self.descriptions.fits(name.entity, gender):
                return name.entity
        return None


def _is_body(referent: Referent) -> bool:
    return referent.entity is not None and referent.entity.label == "ORG"


def _holds(entity: Entity, nouns: frozenset[str]) -> bool:
    """Whether a name holds one of some nouns."""
    return not nouns.isdisjoint(entity.name.lower().split())
