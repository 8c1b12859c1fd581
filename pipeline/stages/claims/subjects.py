"""The subject of a reporting verb: the noun phrase of the one who speaks."""

from __future__ import annotations

from dataclasses import replace

from pipeline.languages import function_words as words
from pipeline.languages.cues import ARTICULATED, cue_table
from pipeline.languages.people import people_table
from pipeline.stages.claims.cues import Hit
from pipeline.stages.claims.mentions import Mention, Named, noun_phrase, source_phrase, whole_name
from pipeline.stages.claims.positions import first_phrase, is_article, last_phrase
from pipeline.stages.claims.syntax import VERBAL, Article

_SUBJECTS = frozenset(["nsubj", "nsubj:pass", "csubj"])
_ANTECEDENTS = frozenset(["NOUN", "PROPN", "ADJ"])
_MAX_HOUSE = 5
"""*Dal ministero dei Trasporti assicurano*: so many words before the verb may name the house."""


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
    found = (
        _quoted_as_saying(article, hit, named)
        or _presented_before(article, hit, named)
        or _parsed_subject(article, hit, named, window)
        or _relative_subject(article, hit, named)
        or _house(article, hit, named)
        or _linear_subject(article, hit, named, window)
        or _aged_name(article, hit, named)
    )
    return (found and _apposed_name(article, found, hit, named)) or found


def _aged_name(article: Article, hit: Hit, named: Named) -> Mention | None:
    """*“No,” neighbour Ada Neri, 41, told the paper*."""
    name, comma, age, closed = range(hit.low - 4, hit.low)
    aged = article.upos[age] == "NUM" and article.words[comma] == article.words[closed] == ","
    return whole_name(article, name, named) if aged and named.at(name, ("PER",)) else None


def _apposed_name(article: Article, found: Mention, hit: Hit, named: Named) -> Mention | None:
    """*“No,” the firm's lawyer, Dora Lint, said*: the name, where the parser's subject before it is
    nobody's."""
    comma = hit.low - 1
    table = people_table(article.language(hit.head))
    if (
        article.words[comma] != ","
        or not found.high < comma
        or table.is_person(article.lemmas[found.head])
        or named.at(found.head, ("PER",))
        or not named.at(comma - 1, ("PER",))
    ):
        return None
    name = whole_name(article, comma - 1, named)
    return name if name.low > found.high and article.words[name.low - 1] == "," else None


def _parsed_subject(
    article: Article, hit: Hit, named: Named, window: tuple[int, int]
) -> Mention | None:
    """The parser's subject of the verb, or of one whose subject it shares."""
    for verb in _subject_holders(article, hit):
        for child in article.children[verb]:
            inside = article.quotation_of[child] == article.quotation_of[hit.head]
            here = window[0] <= child < window[1] and not _is_governed(article, child)
            here = here and not _is_content(article, child, hit)
            here = here and (child < hit.low or article.lemmas[hit.head] not in words.TELLING)
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
    name = whole_name(article, hit.low - 1, named)
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
    found = first_phrase(article, child + 1, hit.low, named)
    return found if found and named.at(found.head) else None


def relative_object(article: Article, hit: Hit, named: Named) -> Mention | None:
    """What a relative clause with a subject of its own tells of: *the figure, which Ada Neri
    called …*, *un dato che l'assessora ha definito …*."""
    start = article.sentence(hit.head)[0]
    for token in range(hit.low - 1, start, -1):
        if article.words[token] in words.OBJECT_RELATIVES:
            own = first_phrase(article, token + 1, hit.low, named)
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
        and _issued(article, hit) is None
        and head < hit.low
        and article.words[hit.low - 1] in words.RELATIVES
        and article.upos[head] in ("NOUN", "PROPN")
        and article.quotation_of[head] < 0
    )
    return noun_phrase(article, head, named) if follows else None


def _antecedent(article: Article, relative: int, named: Named) -> Mention | None:
    start = article.sentence(relative)[0]
    for token in range(relative - 1, start - 1, -1):
        if article.upos[token] in ("NOUN", "PROPN"):
            return noun_phrase(article, token, named)
        if article.upos[token] in ("VERB", "AUX"):
            return None
    return None


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
    issued = _issued(article, hit)
    return holders if issued is None else [*holders, issued]


def _is_content(article: Article, noun: int, hit: Hit) -> bool:
    """*ha ribadito la convinzione che …*: the noun behind the verb holds what is said."""
    table = cue_table(article.language(noun))
    clause = article.words[noun + 1] in words.COMPLEMENTIZERS[article.language(noun)]
    return noun > hit.head and clause and article.lemmas[noun] in table.nouns


def _issued(article: Article, hit: Hit) -> int | None:
    """The verb of what a relative clause tells of: *Il direttore ha scritto una lettera in cui
    ribadisce che …*; None where its subject does not speak: *hanno letto il diario in cui …*."""
    before = hit.low - 1
    oblique = article.upos[before - 1] == "ADP" and article.words[before] in words.RELATIVES
    if not oblique or before <= article.sentence(hit.head)[0]:
        return None
    verb = next((t for t in article.ancestors(hit.head) if article.upos[t] in VERBAL), before)
    return verb if article.lemmas[verb] in words.ISSUING else None


def _subject_mention(article: Article, child: int, named: Named) -> Mention | None:
    if is_article(article, child):
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
        return whole_name(article, before, named)
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
            return whole_name(article, token - 1, named)
    return None


def _linear_subject(
    article: Article, hit: Hit, named: Named, window: tuple[int, int]
) -> Mention | None:
    told = article.lemmas[hit.head] in words.TELLING  # "“No,” Neri told reporters"
    after = None if told else first_phrase(article, hit.high, window[1], named)
    found = after or last_phrase(article, window[0], hit.low, named)
    if found is None:
        # "Il ministero ha autorizzato tre concerti e comunica che …"
        found = first_phrase(article, window[0], hit.low, named)
    quotation = article.quotation_of[found.head] if found else -1
    if quotation >= 0 and quotation != article.quotation_of[hit.head]:
        # "«Lo studio è fermo», ha detto Neri, aggiungendo che …"
        behind = article.range_of(article.quotations[quotation].outer)[1]
        found = first_phrase(article, behind, hit.low, named)
    return _described_name(article, found, named) if found else None
