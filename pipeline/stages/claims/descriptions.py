"""What the article calls the people and bodies that it names: their roles and their genders."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.core.layers import Entities, Entity
from pipeline.languages import function_words as words
from pipeline.languages.names import name_table
from pipeline.languages.people import PeopleTable, first_names, people_table, role_stem
from pipeline.stages.claims.syntax import Article

_NAMES = ("PER", "ORG")
_INSIDE = frozenset(["NOUN", "PROPN", "ADJ", "DET", "NUM", "ADP", "X"])
_AFTER = frozenset(["DET", "ADJ", "NOUN", "PROPN", "PART", "NUM", "PRON", "CCONJ"])
_WITHIN_NAMES = frozenset(["compound", "flat", "flat:name", "appos", "nmod"])
_SIDE_CLAUSES = ("acl", "advcl", "ccomp", "csubj")
_MAX_WORDS = 9


@dataclass(frozen=True, slots=True)
class Role:
    """A noun that stands for someone: its key, and the words that tell it from others like it.

    *the deputy mayor of Bari* has the key *mayor* and the details *deputy* and *bari*.
    """

    key: str
    details: frozenset[str]


@dataclass(frozen=True, slots=True)
class Name:
    """One mention of a person or body: its tokens ``[low, high)``."""

    low: int
    high: int
    entity: Entity


class Descriptions:
    """The names of the article in order, what they are called, and their genders."""

    def __init__(self, article: Article, entities: Entities) -> None:
        self.article = article
        self.names = sorted(
            (
                Name(*article.range_of(span), entity)
                for entity in entities.entities
                for span in entity.mentions
                if entity.label in _NAMES
            ),
            key=lambda name: (name.low, name.high),
        )
        self._inside = {
            token for name in self.names for token in range(name.low, max(name.high, name.low + 1))
        }
        self._roles: dict[str, list[tuple[int, Role, Entity]]] = defaultdict(list)
        self._votes: dict[str, Counter[str]] = defaultdict(Counter)
        self._named_by: dict[int, Entity] = {}
        self._lesser = frozenset[str]().union(
            *(people_table(language).lesser for language in set(article.languages))
        )
        for name in self.names:
            self._describe(name)

    # Genders

    def gender(self, entity: Entity) -> str:
        """The gender of a person: m, f, or ? when nothing tells it."""
        votes = self._votes[entity.id]
        if votes["m"] == votes["f"]:
            return "?"
        return "m" if votes["m"] > votes["f"] else "f"

    def fits(self, entity: Entity, gender: str) -> bool:
        """Whether a person may be meant by a word of ``gender``."""
        return gender not in ("m", "f") or self.gender(entity) in (gender, "?")

    def learn(self, entity: Entity, gender: str) -> None:
        """Take note that a pronoun of ``gender`` stood for ``entity``."""
        if gender in ("m", "f"):
            self._votes[entity.id][gender] += 1

    def noun_gender(self, noun: int) -> str:
        """The gender of whom a noun or pronoun means; an article tells better than its noun."""
        article = self.article
        table = self._table(noun)
        word, lemma = article.words[noun], article.lemmas[noun]
        if word in table.pronouns:
            return table.pronouns[word]
        if word in table.noun_genders:  # not by the lemma: *figlia* has *figlio*
            return table.noun_genders[word]
        if article.language(noun) == "en":
            return table.gender_by_ending(lemma)
        if lemma in table.epicene:
            return "?"
        determiner = _gender_of(article.morphs[noun - 1]) if noun else "?"
        if article.upos[noun - 1] in ("DET", "ADP") and determiner != "?":
            return determiner
        vague = word.endswith(table.vague_endings) or not word.isalpha()
        return "?" if vague else _gender_of(article.morphs[noun])

    # Roles

    def is_person(self, noun: int) -> bool:
        """Whether a noun names a person by office, trade or origin."""
        table, article = self._table(noun), self.article
        known = table.is_person(self.lemma(noun)) or table.is_person(article.words[noun])
        return known and article.upos[noun] in ("NOUN", "PROPN", "ADJ", "NUM")  # "il 51enne"

    def lemma(self, noun: int) -> str:
        """The lemma of a noun with what hyphens join to it: *start-up*, *51-year-old*."""
        article = self.article
        low = article.hyphenated(noun)
        if low == noun:
            return article.lemmas[noun]
        return "".join(article.words[low:noun]) + article.lemmas[noun]

    def role(self, noun: int) -> Role:
        """What the phrase round ``noun`` calls someone."""
        article = self.article
        table = self._table(noun)
        low, high = article.sentence(noun)
        details = set()
        token = noun - 1
        while token >= low and article.upos[token] in ("NOUN", "PROPN", "ADJ", "NUM"):
            word = article.words[token]
            if article.upos[token] != "ADJ" or word in table.telling | table.lesser:
                details.add(self._detail(word, table))
            token -= 1
        token = noun + 1
        while token < high and (
            article.words[token] in words.ATTACHING
            or article.upos[token] in ("NOUN", "PROPN", "ADJ", "DET")
        ):
            if token in self._inside and article.words[token - 1] not in words.ATTACHING:
                break
            if article.upos[token] in ("NOUN", "PROPN"):
                details.add(article.words[token])
            token += 1
        return Role(self._key(noun), frozenset(details))

    def named_by(self, noun: int) -> Entity | None:
        """Whom the phrase of ``noun`` names: *the mayor, Ada Neri*."""
        return self._named_by.get(noun)

    def known_as(self, noun: int, before: int) -> Entity | None:
        """Whom the phrase itself names (*the mayor, Ada Neri*), or whom the article has called so
        before, the one mentioned last when there are several.
        """
        if noun in self._named_by:
            return self._named_by[noun]
        if self._is_people(noun):
            return None
        role, gender = self.role(noun), self.noun_gender(noun)
        found = self._called(role, gender, before)
        if not found:
            found = [each for other in self._otherwise(noun) for each in self._called(
                other, gender, before
            )]  # fmt: skip
        ids = {entity.id for entity in found}
        latest = [name.entity for name in self.names if name.entity.id in ids and name.low < before]
        return latest[-1] if latest else next(iter(found), None) or self._named_later(noun, role)

    def _is_people(self, noun: int) -> bool:
        """*The French say no*: nobody in particular; *the coach*, *the actress* are somebody."""
        word, language = self.article.words[noun], self.article.language(noun)
        stands_alone = word.endswith(people_table(language).peoples)
        return stands_alone and word in name_table(language).demonyms

    def _named_later(self, noun: int, role: Role) -> Entity | None:
        """*The mayor said … Ada Neri, the mayor, had …*: the only one to be called so."""
        if not self._table(noun).is_office(self.article.words[noun]) or role.details:
            return None
        everywhere = self._called(role, self.noun_gender(noun), len(self.article))
        return everywhere[0] if len({entity.id for entity in everywhere}) == 1 else None

    def _called(self, role: Role, gender: str, before: int) -> list[Entity]:
        return [
            entity
            for position, known, entity in self._roles[role.key]
            if position < before and self._agree(role, known) and self.fits(entity, gender)
        ]

    def _agree(self, role: Role, known: Role) -> bool:
        """Whether two descriptions may mean the same: not *the mayor of Bari* and *of Lodi*."""
        if role.details & self._lesser != known.details & self._lesser:
            return False
        return not (role.details and known.details) or bool(role.details & known.details)

    def _otherwise(self, noun: int) -> Iterator[Role]:
        """Other names of the same office."""
        article = self.article
        table = self._table(noun)
        modified = f"{article.words[noun - 1]} {article.lemmas[noun]}" if noun else ""
        complemented = " ".join([article.lemmas[noun], *article.words[noun + 1 : noun + 3]])
        for name in (modified, complemented, article.lemmas[noun]):
            for other in sorted(table.synonyms_of(name)):
                *before, last = other.split()
                yield Role(role_stem(last), frozenset(self._detail(word, table) for word in before))

    def _detail(self, word: str, table: PeopleTable) -> str:
        return role_stem(word) if word in table.telling else word  # "la prima cittadina"

    def _key(self, noun: int) -> str:
        return role_stem(self.article.lemmas[noun])

    def _table(self, token: int) -> PeopleTable:
        return people_table(self.article.language(token))

    # Reading

    def _describe(self, name: Name) -> None:
        article, votes = self.article, self._votes[name.entity.id]
        nouns = {*self._before(name), *self._after(name), *self._predicate(name)}
        if name.entity.label == "ORG":  # "chiamato da Repubblica, l'avvocato …"
            nouns = {noun for noun in nouns if not self.is_person(noun)}
        for noun in sorted(nouns):
            self._roles[self._key(noun)].append((name.low, self.role(noun), name.entity))
            self._named_by.setdefault(noun, name.entity)
            if name.entity.label == "PER":
                votes[self.noun_gender(noun)] += 2
        if name.entity.label != "PER":
            return
        for origin in self._origins(name):
            role = Role(self._key(origin), frozenset())
            self._roles[role.key].append((name.low, role, name.entity))
        table = self._table(name.low)
        title = table.titles.get(article.words[name.low - 1]) if name.low else None
        first = article.words[name.low]
        whole = name.high - name.low > 1
        by_name = first_names().get(first) if whole or name.entity.name.lower() == first else None
        by_letter = table.last_letters.get(first[-1:]) if whole else None
        if title:
            votes[title] += 4
        if by_name:
            votes[by_name] += 3
        elif by_letter:
            votes[by_letter] += 1

    def _origins(self, name: Name) -> Iterator[int]:
        """*the Italian striker Ugo Neri*, *l'attaccante francese Luc Morel*: later *the Italian*,
        *il francese*."""
        article = self.article
        demonyms = name_table(article.language(name.low)).demonyms
        for token in range(name.low - 1, article.sentence(name.low)[0] - 1, -1):
            if token in self._inside or article.upos[token] not in ("NOUN", "PROPN", "ADJ"):
                break
            if article.words[token] in demonyms:
                yield token

    def _before(self, name: Name) -> Iterator[int]:
        """*la sindaca Ada Neri*, *its director, Ada Neri*, *the minister for rail, Ada Neri*."""
        article = self.article
        token = name.low - 1
        comma = token >= 0 and article.words[token] == ","
        token -= comma
        start = max(article.sentence(name.low)[0], token - _MAX_WORDS)
        if token < start or article.upos[token] not in ("NOUN", "PROPN", "ADJ"):
            return
        governed = comma or article.language(name.low) == "it"
        phrases: list[list[int]] = [[]]
        while token >= start and article.upos[token] in _INSIDE and token not in self._inside:
            if article.upos[token] == "ADP":
                if not (governed and article.words[token] in words.ATTACHING):
                    break
                phrases.append([])
            elif article.upos[token] in ("NOUN", "PROPN"):
                phrases[-1].append(token)
            determined = article.upos[token] == "DET"
            if determined and token > start and article.upos[token - 1] != "ADP":
                break
            token -= 1
        heads = [self._head(phrase) for phrase in phrases if phrase]
        persons = [head for head in heads if self.is_person(head)]
        if name.entity.label == "PER" and persons:
            yield persons[0]
        elif heads and (name.entity.label == "ORG" or len(heads) == 1):
            yield heads[0]

    def _head(self, phrase: list[int]) -> int:
        """The head of a noun phrase given from right to left: Italian ones come first."""
        return phrase[-1] if self.article.language(phrase[0]) == "it" else phrase[0]

    def _after(self, name: Name) -> Iterator[int]:
        """*Ada Neri, the mayor of Bari*; *Ada Neri, 44 anni, sindaca di Bari*."""
        article = self.article
        high = article.sentence(name.low)[1]
        token = name.high
        if token + 1 >= high or article.words[token] != ",":
            return
        token += 1
        if article.upos[token] == "NUM":
            while token < high and article.words[token] != ",":
                token += 1
            token += 1
        nouns: list[int] = []
        while token < high and article.upos[token] in _AFTER and token not in self._inside:
            if article.upos[token] == "NOUN":
                nouns.append(token)
            token += 1
        yield from nouns

    def _predicate(self, name: Name) -> Iterator[int]:
        """*Ada Neri is the mayor of Bari*."""
        article = self.article
        for token in range(name.low, name.high):
            head = article.heads[token]
            if not article.deps[token].startswith("nsubj") or head < token:
                continue
            becomes = article.lemmas[head] in words.COPULAS | words.BECOMING
            if becomes or article.words[head] in words.ELECTED:
                yield from (
                    child
                    for child in article.children[head]
                    if article.deps[child] == "xcomp" and article.upos[child] == "NOUN"
                )
            elif article.upos[head] == "NOUN" and any(
                article.deps[child] == "cop" for child in article.children[head]
            ):
                yield head

    # Subjects

    def is_subject(self, token: int) -> bool:
        """Whether the name or noun at ``token`` is the subject of a clause."""
        return self._subject(token) is not None

    def main_subjects(self) -> Iterator[tuple[int, Entity | None]]:
        """The names, nouns and pronouns that are subjects of main clauses, with whom they name."""
        article = self.article
        yield from self._verbless()
        names = {t: name for name in self.names for t in range(name.low, name.high)}
        taken: set[int] = set()  # "Neri ha battuto la russa Orlova" has one subject
        for token, dep in enumerate(article.deps):
            if not dep.startswith("nsubj") or article.heads[token] in taken:
                continue
            taken.add(article.heads[token])
            if not self._is_main(token):
                continue
            name = names.get(token) or names.get(self._apposed(token))
            if name:
                yield name.low, name.entity
            elif token in self._named_by:
                yield token, self._named_by[token]
            elif self.is_person(token) or self._table(token).pronouns.get(article.words[token]):
                yield token, None

    def _is_main(self, token: int) -> bool:
        """Whether ``token`` is the subject of a main clause, or of one before it: *Quando Neri è
        arrivato, ha detto che …*.
        """
        article = self.article
        verb = article.heads[token]
        fronted = article.deps[verb] == "advcl" and article.heads[verb] > verb
        side = article.deps[verb].startswith(_SIDE_CLAUSES) and not fronted
        return article.deps[token].startswith("nsubj") and not side

    def _apposed(self, token: int) -> int:
        """The name that stands beside a subject: *the mayor, Ada Neri*."""
        children = self.article.children[token]
        return next((t for t in children if self.article.deps[t] in _WITHIN_NAMES), token)

    def _verbless(self) -> Iterator[tuple[int, Entity]]:
        """The first person named in a sentence without a subject: *Di altro avviso Ada Neri.*"""
        article = self.article
        for low, high in article.sentences:
            if any(self._is_main(t) for t in range(low, high)):
                continue
            for name in self.names:
                free = name.low == low or article.upos[name.low - 1] != "ADP"
                if low <= name.low < high and name.entity.label == "PER" and free:
                    yield name.low, name.entity
                    break

    def _subject(self, token: int) -> int | None:
        article = self.article
        for _ in range(4):
            if article.deps[token].startswith("nsubj"):
                return token
            if article.deps[token] not in _WITHIN_NAMES:
                return None
            token = article.heads[token]
        return None

    def introduces(self, noun: int) -> bool:
        """Whether a noun brings in someone new: *a neighbour*, *un'altra residente*."""
        article = self.article
        token = noun - 1
        while token >= 0 and article.upos[token] in ("ADJ", "NOUN", "NUM", "PUNCT", "X"):
            token -= 1
        return token >= 0 and (
            "Definite=Ind" in article.morphs[token] or "PronType=Ind" in article.morphs[token]
        )


def _gender_of(morph: str) -> str:
    if "Gender=Masc" in morph:
        return "m"
    return "f" if "Gender=Fem" in morph else "?"
