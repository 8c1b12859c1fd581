"""The noun phrase of the one who speaks, beside the reporting expression."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.core.layers import Entities, Entity
from pipeline.core.spans import Span
from pipeline.languages import function_words as words
from pipeline.languages.cues import ARTICULATED
from pipeline.languages.people import people_table
from pipeline.stages.claims.cues import Hit
from pipeline.stages.claims.syntax import SENTENCE_FINAL, VERBAL, Article

_SUBJECTS = frozenset(["nsubj", "nsubj:pass", "csubj"])
_POSSESSIVES = frozenset(["nmod:poss", "det:poss"])
_WITHIN_PHRASES = _POSSESSIVES | {"amod"}  # "the Toledo-based company"
_ANTECEDENTS = frozenset(["NOUN", "PROPN", "ADJ"])
_BEFORE_HEADS = frozenset(["compound", "nmod:poss"])  # "according to the court's own report"
_GOES_ON = frozenset(["NOUN", "PROPN", "ADJ", "PART"])
_MAX_HOUSE = 5
"""*Dal ministero dei Trasporti assicurano*: so many words before the verb may name the house."""
_MAX_TITLE = 4
"""A name behind *and* may have an article and a title before it: *and the minister Ada Neri*."""
_CORE = frozenset(["DET", "ADJ", "NOUN", "PROPN", "NUM", "X"])


@dataclass(frozen=True, slots=True)
class Mention:
    """A noun phrase: its tokens ``[low, high)`` and its head word."""

    low: int
    high: int
    head: int


class Named:
    """The entities of the article by the tokens that mention them."""

    def __init__(self, article: Article, entities: Entities) -> None:
        self.by_token: dict[int, tuple[Entity, Span]] = {}
        for entity in entities.entities:
            for span in entity.mentions:
                low, high = article.range_of(span)
                for token in range(low, high):
                    self.by_token[token] = (entity, span)

    def at(self, token: int, labels: tuple[str, ...] = ("PER", "ORG")) -> Entity | None:
        """The entity with one of ``labels`` mentioned at ``token``."""
        found = self.by_token.get(token)
        return found[0] if found and found[0].label in labels else None


def noun_phrase(article: Article, head: int, named: Named) -> Mention:
    """The phrase around ``head``: determiner to head, with what follows closely."""
    low = head
    start, end = article.sentence(head)
    while low > start and (
        (
            (article.upos[low - 1] in _CORE or article.deps[low - 1] in _WITHIN_PHRASES)
            and article.words[low - 1] not in words.RELATIVES
            and article.below(low - 1, head)
        )
        or _same_name(article, named, low - 1, low)
        or (article.upos[low - 1] == "PART" and article.words[low - 1] in ("'s", "'"))
        or article.hyphenated(low) < low
    ):
        low = min(low - 1, article.hyphenated(low))
    high = head + 1
    while high < end and (
        _same_name(article, named, high - 1, high)
        or (
            article.upos[high] in ("PROPN", "NOUN", "ADJ", "X", "NUM")
            and article.below(high, head)
            and article.words[high] not in words.TIMES
        )
    ):
        high += 1
    return Mention(low, high, head)


def _same_name(article: Article, named: Named, left: int, right: int) -> bool:
    first, second = named.by_token.get(left), named.by_token.get(right)
    return first is not None and first == second


def subject(article: Article, hit: Hit, named: Named, window: tuple[int, int]) -> Mention | None:
    """The subject of a reporting verb inside ``window`` (the reporting clause), or None.

    First the parser's subject; then, as parsers err round quotations, the first noun phrase after
    the verb or before it that no preposition governs.
    """
    if hit.cleft:
        return source_phrase(article, hit.high, article.sentence(hit.head)[1], named)
    if hit.passive:
        return _agent(article, hit, named)
    if _is_read(article, hit):
        return _owner(article, hit, named)
    return (
        _quoted_as_saying(article, hit, named)
        or _presented_before(article, hit, named)
        or _parsed_subject(article, hit, named, window)
        or _relative_subject(article, hit, named)
        or _house(article, hit, named)
        or _linear_subject(article, hit, named, window)
    )


def _parsed_subject(
    article: Article, hit: Hit, named: Named, window: tuple[int, int]
) -> Mention | None:
    """The parser's subject of the verb, or of one whose subject it shares."""
    for verb in _subject_holders(article, hit):
        for child in article.children[verb]:
            inside = article.quotation_of[child] == article.quotation_of[hit.head]
            here = window[0] <= child < window[1] and not _is_governed(article, child)
            if article.deps[child] in _SUBJECTS and here and inside:
                mention = _inside_relative(article, child, hit, named)
                mention = mention or _subject_mention(article, child, named)
                if mention and mention.low < hit.low < mention.high:
                    mention = replace(mention, high=hit.low)  # "Mio padre diceva"
                if mention:
                    return _name_behind(article, mention, hit, named) or mention
    return None


def _name_behind(article: Article, role: Mention, hit: Hit, named: Named) -> Mention | None:
    """*The union's secretary, Ada Neri has called …*: the name, where its second comma is lost."""
    if named.at(role.head) or not named.at(hit.low - 1, ("PER",)):
        return None
    name = _whole_name(article, hit.low - 1, named)
    between = range(role.high, name.low)
    apart = role.high < name.low and article.words[name.low - 1] == ","
    return None if not apart or any(article.is_finite(t) for t in between) else name


def _house(article: Article, hit: Hit, named: Named) -> Mention | None:
    """*fanno notare in Comune*, *dal ministero assicurano*: those who work there, in the plural."""
    plural = any("Number=Plur" in article.morphs[t] for t in range(hit.low, hit.high))
    if article.language(hit.head) != "it" or not plural or hit.high == len(article):
        return None
    low, high = article.sentence(hit.head)
    table = people_table("it")
    for preposition in (hit.high, *range(max(low, hit.low - _MAX_HOUSE), hit.low)):
        found = source_phrase(article, preposition + 1, high, named)
        if article.words[preposition] not in words.FROM_INSIDE or found is None:
            continue
        beside = found.high == hit.low or preposition == hit.high
        body = named.at(found.head, ("ORG",)) or article.lemmas[found.head] in table.institutions
        if beside and (body or article.lemmas[found.head] in table.bodies):
            return found
    return None


def _is_read(article: Article, hit: Hit) -> bool:
    """*I docenti, si legge nella nota, «hanno protestato»*: those before are spoken of."""
    return hit.cue_class == "write" and not words.SI.isdisjoint(article.words[hit.low : hit.head])


def _owner(article: Article, hit: Hit, named: Named) -> Mention | None:
    """*si legge in una nota della Sidermar*: whose note it is."""
    high = article.sentence(hit.head)[1]
    noun = next((t for t in range(hit.high, high) if article.upos[t] == "NOUN"), high)
    owned = article.words[noun + 1 : min(noun + 2, high)]
    return (
        None
        if words.POSSESSING.isdisjoint(owned)
        else source_phrase(article, noun + 2, high, named)
    )


def _quoted_as_saying(article: Article, hit: Hit, named: Named) -> Mention | None:
    """*The paper quoted an official as saying that …*: the official, not the paper."""
    start = article.sentence(hit.head)[0]
    if hit.low - 2 < start or article.words[hit.low - 1] not in words.AS:
        return None
    verb = next((t for t in range(hit.low - 2, start, -1) if article.upos[t] == "VERB"), start)
    if article.lemmas[verb] not in words.QUOTING:
        return None
    return source_phrase(article, verb + 1, hit.low - 1, named)


def _presented_before(article: Article, hit: Hit, named: Named) -> Mention | None:
    """*Fu il sindaco a dire che …*, *sono stati i vicini a denunciare …*."""
    start = article.sentence(hit.head)[0]
    before = hit.low - 1
    marked = before > start and article.words[before] in words.ORDER_MARKERS["it"]
    if article.language(hit.head) != "it" or not (marked and article.is_infinitive(hit.head)):
        return None
    verb = next((t for t in range(before, start - 1, -1) if article.upos[t] in VERBAL), start)
    if article.lemmas[verb] not in words.COPULAS:
        return None
    return source_phrase(article, verb + 1, before, named)


def _inside_relative(article: Article, child: int, hit: Hit, named: Named) -> Mention | None:
    """*Un dato che Rita Fois definisce «storico»*: not the relative that the parser takes for the
    subject, but the name between it and the verb."""
    if article.words[child] not in words.RELATIVES or not child < hit.low:
        return None
    found = _first_phrase(article, child + 1, hit.low, named)
    return found if found and named.at(found.head) else None


def relative_object(article: Article, hit: Hit, named: Named) -> Mention | None:
    """What a relative clause with a subject of its own tells of: *the figure, which Ada Neri
    called …*, *un dato che l'assessora ha definito …*."""
    start = article.sentence(hit.head)[0]
    for token in range(hit.low - 1, start, -1):
        if article.words[token] in words.OBJECT_RELATIVES:
            own = _first_phrase(article, token + 1, hit.low, named)
            noun = token - 1 - (article.words[token - 1] == ",")
            if own is None or noun < start or article.upos[noun] not in _ANTECEDENTS:
                return None
            while (
                article.upos[article.heads[noun]] == "NOUN" and start <= article.heads[noun] < noun
            ):
                noun = article.heads[noun]
            return noun_phrase(article, noun, named)
        if article.upos[token] in ("VERB", "AUX", "SCONJ"):
            return None
    return None


def _relative_subject(article: Article, hit: Hit, named: Named) -> Mention | None:
    """*una giornalista della tv che gli chiede se …*: the pronoun stands right before the verb."""
    head = article.heads[hit.head]
    follows = (
        article.deps[hit.head] == "acl:relcl"
        and head < hit.low
        and article.words[hit.low - 1] in words.RELATIVES
        and article.upos[head] in ("NOUN", "PROPN")
        and article.quotation_of[head] < 0
    )
    return noun_phrase(article, head, named) if follows else None


def _is_governed(article: Article, noun: int) -> bool:
    """*All'editore Panini, che …, rispose*: a preposition before what the parser calls subject."""
    return any(
        article.deps[child] == "case"
        and child < noun
        and any(article.words[child] in ARTICULATED[word] for word in ("a", "da", "in"))
        for child in article.children[noun]
    )


def is_narrator(article: Article, hit: Hit, mention: Mention | None) -> bool:
    """Whether the writer speaks: *I fear that …*, *gli chiedo perché …*."""
    if mention and article.words[mention.head] in words.FIRST_PERSONS:
        return True
    return article.language(hit.head) == "it" and any(
        "Person=1" in article.morphs[t] and article.upos[t] in ("VERB", "AUX")
        for t in range(hit.low, hit.high)
    )


def _agent(article: Article, hit: Hit, named: Named) -> Mention | None:
    """*was told by an app*, *è stato confermato dal ministero*."""
    for child in article.children[hit.head]:
        if not article.deps[child].startswith("obl") or child < hit.head:
            continue
        if article.words[child] in words.AGENTS:
            nouns = [t for t in article.children[child] if t > child]
            return noun_phrase(article, nouns[0], named) if nouns else None
        if any(article.words[t] in ARTICULATED["da"] for t in article.children[child]):
            return noun_phrase(article, child, named)
    return None


def _subject_holders(article: Article, hit: Hit) -> list[int]:
    """The verb, then the verbs whose subject it shares (coordination, participles).

    A participle behind reported words is the speaker's: *the letter said the fall was odd, adding
    that …*.
    """
    holders = [hit.head]
    token = hit.head
    while article.deps[token] in ("conj", "advcl", "xcomp") and len(holders) < 4:
        participle = article.deps[token] == "advcl" and not article.is_finite(token)
        token = article.heads[token]
        if participle and article.deps[token] == "ccomp":
            token = article.heads[token]
        holders.append(token)
    return holders


def _subject_mention(article: Article, child: int, named: Named) -> Mention | None:
    if _is_article(article, child):
        child += 1
    if article.words[child] in words.RELATIVES and article.upos[child] == "PRON":
        clause = article.heads[child]
        while article.deps[clause] in ("conj", "ccomp", "xcomp", "aux"):
            clause = article.heads[clause]
        inside = article.quotation_of[article.heads[clause]] >= 0
        if article.deps[clause] == "acl:relcl" and article.heads[clause] < child and not inside:
            return noun_phrase(article, article.heads[clause], named)
        return _antecedent(article, child, named)
    if article.words[child] in words.NOT_SPEAKERS or article.upos[child] in ("VERB", "AUX"):
        return Mention(child, child + 1, child) if article.words[child] == "it" else None
    return _described_name(article, noun_phrase(article, child, named), named)


def _described_name(article: Article, mention: Mention, named: Named) -> Mention:
    """The name that a phrase stands in apposition to: *Ada Neri, a lawyer, thinks …*."""
    before = mention.low - 2
    after_comma = before >= article.sentence(mention.low)[0] and article.words[before + 1] == ","
    if after_comma and named.at(before, ("PER",)) and not named.at(mention.head):
        return _whole_name(article, before, named)
    return _before_apposition(article, mention, named) or mention


def _before_apposition(article: Article, mention: Mention, named: Named) -> Mention | None:
    """*Ada Neri, fornaia e sindaca a Zerba, sostiene*: a phrase inside an apposition."""
    if named.at(mention.head):
        return None
    low, high = article.sentence(mention.low)
    close = next((t for t in range(mention.high, high) if article.upos[t] in ("VERB", "AUX")), high)
    if article.words[close - 1] != ",":
        return None
    for token in range(mention.low - 1, low, -1):
        if article.upos[token] in ("VERB", "AUX", "SCONJ") or article.words[token] in (";", ":"):
            return None
        if article.words[token] == "," and named.at(token - 1, ("PER",)):
            return _whole_name(article, token - 1, named)
    return None


def _antecedent(article: Article, relative: int, named: Named) -> Mention | None:
    start = article.sentence(relative)[0]
    for token in range(relative - 1, start - 1, -1):
        if article.upos[token] in ("NOUN", "PROPN"):
            return noun_phrase(article, token, named)
        if article.upos[token] in ("VERB", "AUX"):
            return None
    return None


def _linear_subject(
    article: Article, hit: Hit, named: Named, window: tuple[int, int]
) -> Mention | None:
    after = _first_phrase(article, hit.high, window[1], named)
    found = after or _last_phrase(article, window[0], hit.low, named)
    if found is None:
        # "Il ministero ha autorizzato tre concerti e comunica che …"
        found = _first_phrase(article, window[0], hit.low, named)
    return _described_name(article, found, named) if found else None


def _first_phrase(article: Article, low: int, high: int, named: Named) -> Mention | None:
    """The first free noun phrase of a range, before any verb, relative or clause mark."""
    token = low
    governed = False
    while token < high:
        pos, word = article.upos[token], article.words[token]
        determined = token > low and article.upos[token - 1] == "DET"  # "L'ideatore"
        verb = pos in ("VERB", "AUX", "SCONJ") and token not in named.by_token and not determined
        if word in words.RELATIVES or verb or word in SENTENCE_FINAL:
            return None
        if pos == "ADP":
            governed = True
        elif _is_article(article, token):
            pass
        elif pos == "PUNCT" or (pos == "ADV" and word in words.TIMES):
            governed = False  # "chiedono da ieri gli abitanti"
        elif (
            pos in ("NOUN", "PROPN", "PRON", "X")
            or token in named.by_token
            or (pos in ("VERB", "AUX") and determined)
            or (pos == "ADJ" and _stands_alone(article, token, low, high))
            or (pos == "NUM" and _is_part_of(article, token))
        ):
            ends = token + 1
            while ends < high and (
                (
                    article.upos[ends] in ("NOUN", "PROPN", "ADJ", "X")
                    and (ends not in named.by_token or token in named.by_token)
                )
                or _same_name(article, named, token, ends)
            ):
                ends += 1
            free = not (governed or word in words.TIMES or _clitic(article, token))
            free = free and not _is_no_subject(article, token, low, named)
            if free and word not in words.NOT_SPEAKERS:
                start = max(article.hyphenated(token), low)
                while start > low and (
                    article.upos[start - 1] in ("DET", "ADJ", "NUM")
                    or article.deps[start - 1] in _POSSESSIVES
                ):
                    start -= 1
                return Mention(start, ends, token)
            token = ends
            governed = False
            continue
        token += 1
    return None


def _is_part_of(article: Article, token: int) -> bool:
    """*one of the passengers*."""
    return not words.POSSESSING.isdisjoint(article.words[token + 1 : token + 2])


def _is_no_subject(article: Article, token: int, low: int, named: Named) -> bool:
    """*told me*, *dice ridendo*, *ha chiesto rivolta al banco*: an Italian one has its article."""
    if article.words[token] in words.OBJECT_PRONOUNS:
        return True
    if article.language(token) != "it" or token in named.by_token:
        return False
    if article.words[token].endswith(words.GERUNDS):
        return True
    bare = token == low or article.upos[token - 1] in ("VERB", "AUX", "ADV")
    singular = "Number=Sing" in article.morphs[token]
    return article.upos[token] == "NOUN" and bare and singular


def _is_article(article: Article, token: int) -> bool:
    """An article that the model takes for a pronoun: *raccomanda la conservatrice*."""
    return (
        article.words[token] in words.ARTICLES
        and article.upos[token] == "PRON"
        and token + 1 < len(article)
        and article.upos[token + 1] in ("NOUN", "PROPN", "ADJ")
    )


def _stands_alone(article: Article, token: int, low: int, high: int) -> bool:
    """An adjective used as a noun: *il vecchio*, *the Norwegian*; not *il mastro-fornaio*."""
    if token + 2 < high and article.hyphenated(token + 2) <= token:
        return False
    start = article.hyphenated(token)  # "the 51-year-old"
    after_article = start > low and article.upos[start - 1] == "DET"
    return after_article and not (token + 1 < high and article.upos[token + 1] in _CORE)


def _clitic(article: Article, token: int) -> bool:
    return article.upos[token] == "PRON" and "Clitic=Yes" in article.morphs[token]


def _last_phrase(article: Article, low: int, high: int, named: Named) -> Mention | None:
    """The subject before the verb: the first free phrase of its clause."""
    start = high
    while (
        start > low
        and article.words[start - 1] not in (";", ":")
        and article.upos[start - 1] != "CCONJ"
    ):
        start -= 1
    found = None
    token = start
    while token < high:
        mention = _first_phrase(article, token, high, named)
        if mention is None:
            break
        found = found or mention
        if named.at(mention.head) or article.upos[mention.head] == "PRON":
            found = mention
            break
        token = mention.high
        if token < high and article.words[token] != ",":
            break
    return found


def source_phrase(article: Article, low: int, high: int, named: Named) -> Mention | None:
    """The noun phrase right after a reporting preposition: *according to the mayor*."""
    for token in range(low, min(low + 8, high)):
        if article.deps[token] in ("nmod:poss", "det:poss") and article.upos[token] == "PRON":
            continue
        if article.upos[token] in ("NOUN", "PROPN", "PRON", "X") or named.at(token):
            while article.deps[token] in _BEFORE_HEADS and token < article.heads[token] < high:
                token = article.heads[token]  # noqa: PLW2901
            return noun_phrase(article, token, named)
        if article.upos[token] not in ("DET", "ADJ", "NUM", "ADV", "PUNCT"):
            return None
    return None


def with_partners(article: Article, mention: Mention, named: Named) -> Mention:
    """A name with those joined to it: *Greenwatch and the Otter Trust*, *Anna Bell, Tom Reed and
    Mia Stone*; the mention itself where none is."""
    end = article.sentence(mention.head)[1]
    high, partners_end = mention.high, mention.high
    while high + 1 < end and article.words[high] in words.AND | {","}:
        closes = article.words[high] in words.AND
        name = _partner(article, high + 1, end, named)
        if name is None or named.at(name) is named.at(mention.head):
            break
        high = _whole_name(article, name, named).high
        if closes:
            partners_end = high
    possessor = partners_end < end and (
        article.upos[partners_end] in _GOES_ON or article.words[partners_end] in ("'s", "'")
    )  # "Greenwatch and Otter Trust director Jo Kemp"
    return mention if possessor else replace(mention, high=partners_end)


def _partner(article: Article, low: int, end: int, named: Named) -> int | None:
    """The name that begins at ``low``, behind its article and title."""
    for token in range(low, min(low + _MAX_TITLE, end)):
        if named.at(token):
            return token
        if article.upos[token] not in ("DET", "NOUN", "ADJ"):
            return None
    return None


def bare_name(article: Article, mention: Mention, named: Named) -> Mention:
    """The name inside a phrase (*its director, Ugo Tarsetti* → *Ugo Tarsetti*), else the phrase.

    Only a name that the phrase is, not one that it holds: *a person at Alibaba* stays.
    """
    entity = named.at(mention.head)
    if entity:
        return _whole_name(article, mention.head, named)
    person = people_table(article.language(mention.head)).is_person(article.lemmas[mention.head])
    labels = ("PER",) if person else ("PER", "ORG")  # "un funzionario Ue"
    for token in range(mention.head + 1, mention.high):
        if named.at(token, labels) and _apposed(article, token, mention.head):
            return _whole_name(article, token, named)
    for token in range(mention.low, mention.head):
        if named.at(token, ("PER",)) and not _possessor(article, token):
            return _whole_name(article, token, named)
    following = _apposition(article, mention, named)
    return following or mention


def _apposed(article: Article, token: int, head: int) -> bool:
    return not any(article.upos[t] == "ADP" for t in range(head + 1, token))


def _possessor(article: Article, token: int) -> bool:
    following = token + 1
    while following < len(article) and article.upos[following] == "PROPN":
        following += 1
    return following < len(article) and article.words[following] in ("'s", "'")


def _apposition(article: Article, mention: Mention, named: Named) -> Mention | None:
    """A person's name right after the phrase's comma: *la sindaca di Bari, Ada Neri*."""
    end = article.sentence(mention.head)[1]
    token = mention.high
    while (
        token < end
        and (
            article.upos[token] in (*_CORE, "ADP", "CCONJ")
            or "VerbForm=Part" in article.morphs[token]  # "l'amministratrice delegata Ada Neri"
        )
        and token - mention.high < 12
    ):
        if article.upos[token] == "DET" and article.upos[token - 1] not in ("ADP", "DET"):
            return None  # "Secondo la polizia l'autista, Ugo Serra, non c'era"
        if named.at(token, ("PER",)):
            name = _whole_name(article, token, named)
            titles = people_table(article.language(token)).titles
            before = name.low - 1 - (article.words[name.low - 1] in titles)
            return name if article.upos[before] != "ADP" else None  # "lawyers for Mr Ugo Serra"
        token += 1
    if token + 1 < end and article.words[token] == ",":
        for following in range(token + 1, min(token + 4, end)):
            if named.at(following):
                name = _whole_name(article, following, named)
                closed = name.high >= end or not article.is_finite(name.high)
                return name if closed else None
            if article.upos[following] not in ("DET", "NOUN", "ADJ", "PROPN", "PUNCT"):
                break
    return None


def _whole_name(article: Article, token: int, named: Named) -> Mention:
    low, high = article.range_of(named.by_token[token][1])
    return Mention(low, max(high, low + 1), token)
