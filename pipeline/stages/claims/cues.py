"""Reporting expressions found in the article."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, replace

from pipeline.languages import function_words as words
from pipeline.languages.conjugation import may_be_participle
from pipeline.languages.cues import AdverbialCue, CueTable, VerbCue, cue_table
from pipeline.stages.claims.syntax import VERBAL, Article

_MAX_GAP = 2
_OPENS_CONTENT = words.THAT | words.INFINITIVE_MARKERS["it"] | {":"}
_IN_GROUP = words.NOT | words.ORDER_MARKERS["en"]
_MAX_AGENT = 6
_ANONYMITY_REACH = 10
_REQUESTING = frozenset(["ask", "request"])


@dataclass(frozen=True, slots=True)
class Hit:
    """A reporting verb in the text: its tokens ``[low, high)``, with auxiliaries; ``head`` is the
    verb itself. A ``cleft`` one presents its speaker: *a dirlo è Coldiretti*."""

    low: int
    high: int
    head: int
    cue_class: str
    grammar: frozenset[str]
    negated: bool
    passive: bool = False
    unsaid: bool = False
    cleft: bool = False


@dataclass(frozen=True, slots=True)
class AdverbialHit:
    """A reporting adverbial in the text: its tokens ``[low, high)``."""

    low: int
    high: int
    cue: AdverbialCue


def find_verbs(article: Article) -> list[Hit]:
    """All reporting verbs, in order."""
    hits: list[Hit] = []
    for token, table in _possible(article, lambda table: table.opens_verb):
        lemma, by_form = article.lemmas[token], table.forms.get(article.words[token])
        if article.upos[token] not in VERBAL and not (by_form and _acts_as_verb(article, token)):
            continue
        for cue in table.verbs.get(by_form or lemma, ()):
            last = _last_word(article, token, cue)
            if last is None:
                continue
            hit = _hit(article, token, last, cue)
            reflexive = not words.SI.isdisjoint(article.words[hit.low : token])
            if ("not_si" if reflexive else "si") in cue.grammar:
                continue
            hits.append(hit)
            break
    return [hit for hit in hits if not _is_part(article, hit)]


def _possible(
    article: Article, first_words: Callable[[CueTable], Set[str]]
) -> Iterator[tuple[int, CueTable]]:
    """The tokens whose word or lemma may begin an expression, with their language's table."""
    tables = {language: cue_table(language) for language in set(article.languages)}
    firsts = {language: first_words(table) for language, table in tables.items()}
    for (low, high), language in zip(article.sentences, article.languages, strict=True):
        table, first = tables[language], firsts[language]
        for token in range(low, high):
            if article.lemmas[token] in first or article.words[token] in first:
                yield token, table


def _acts_as_verb(article: Article, token: int) -> bool:
    """Whether a verb form that the model took for a noun or adjective stands where verbs stand.

    *La vulcanologa precisa che …*, *Giura di …*, *«…», precisa la vulcanologa*; not *la denuncia
    che …*.
    """
    low, high = article.sentence(token)
    if token > low and article.upos[token - 1] in ("DET", "ADP"):
        return False
    if article.language(token) == "en":
        # "The volcanologist specifies that …"; not "The firm denied reports that …"
        if token > low and article.upos[token - 1] == "VERB":
            return False
        return token > low and not words.THAT.isdisjoint(article.words[token + 1 : token + 2])
    following = token + 1
    while following < high and article.words[following] in words.FILLERS:
        following += 1
    if following < high and article.words[following] in _OPENS_CONTENT:
        return True
    before = article.words[token - 1] if token > low else ""
    # "«E adesso?», si domanda Bruna"
    leads = words.DASHES | words.SI | {","}
    return token == low or before in leads or article.is_mark(token - 1)


def _is_part(article: Article, hit: Hit) -> bool:
    """Whether the verb is an auxiliary, or an adjective or noun in disguise (*the said man*)."""
    if hit.cleft:
        return False
    if article.language(hit.head) == "it" and hit.low == hit.head:
        morph = article.morphs[hit.head]
        known = article.words[hit.head] in cue_table("it").forms
        participle = may_be_participle(article.words[hit.head], "it")
        if "VerbForm=Part" in morph and (participle or not known):
            # "una lettera scritta ieri", "un cartello con scritto «Torno subito»"; but "il piano,
            # bollato da Legambiente come «colata»"
            following = article.words[hit.high : hit.high + _MAX_AGENT]
            judges = "as" in hit.grammar and not words.AS.isdisjoint(following)
            cited = article.words[hit.head - 1] in words.AS  # "come confermato dal ministero"
            return not ((judges or cited) and has_agent(article, hit))
    if article.language(hit.head) == "it" and known_form(article, hit.head):
        return False
    if hit.high - hit.head > 1:
        return False  # "sono convinti": the copula opens the expression
    return article.deps[hit.head] in ("aux", "aux:pass", "cop", "amod", "case", "compound")


def has_agent(article: Article, hit: Hit) -> bool:
    """Whether *by*, *da* follows a participle, at once or after adverbs: *ieri sera da*."""
    following = range(hit.high, min(hit.high + _MAX_GAP + 2, article.sentence(hit.head)[1]))
    agent = next((t for t in following if article.words[t] in words.AGENTS), None)
    if agent is not None and article.is_time(agent + 1):
        return False  # "ripete da giorni il capogruppo"
    return agent is not None and not any(
        article.upos[t] in ("VERB", "AUX", "PUNCT", "ADP", "DET") for t in range(hit.high, agent)
    )


def known_form(article: Article, token: int) -> bool:
    """Whether a token is a form of a reporting verb by its spelling alone."""
    return article.words[token] in cue_table(article.language(token)).forms


def _last_word(article: Article, token: int, cue: VerbCue) -> int | None:
    position = token
    for lemma in cue.lemmas[1:]:
        window = range(position + 1, min(position + 2 + _MAX_GAP, len(article)))
        found = (t for t in window if lemma in (article.lemmas[t], article.words[t]))
        following = next(found, None)
        if following is None or any(not article.is_word(t) for t in range(position + 1, following)):
            return None
        position = following
    return position


def _hit(article: Article, head: int, last: int, cue: VerbCue) -> Hit:
    low, sentence_start = head, article.sentence(head)[0]
    negated = False
    negations = words.NEGATIONS[article.language(head)]
    while low > sentence_start and (
        article.upos[low - 1] == "AUX"
        or article.lemmas[low - 1] in words.AUXILIARIES
        or article.words[low - 1] in negations
        or _used_to(article, low)
        or (article.upos[low - 1] in ("ADV", "PART") and _in_group(article, low - 1))
        or (article.upos[low - 1] == "PRON" and _is_clitic(article, low - 1))
    ):
        low -= 1
        negated = negated or article.words[low] in negations
    while article.upos[low] in ("ADV",) and low < head and article.words[low] not in negations:
        low += 1
    copula = _presenting(article, head, last) if article.language(head) == "it" else None
    if copula:
        high, grammar = _past_participle(article, copula), cue.grammar | {"quote"}
        return Hit(head - 1, high, head, cue.cue_class, grammar, False, cleft=True)
    hit = Hit(low, last + 1, head, cue.cue_class, cue.grammar, negated)
    return replace(hit, passive=_is_passive(article, hit), unsaid=_unsaid(article, hit))


def _used_to(article: Article, low: int) -> bool:
    """*used to say*; not *the name used said*, *may be used to estimate*."""
    marked = article.words[low] in words.ORDER_MARKERS["en"]
    passive = article.lemmas[low - 2] in words.COPULAS
    return marked and article.words[low - 1] in words.HABITS and not passive


def _presenting(article: Article, head: int, last: int) -> int | None:
    """The copula of *a dirlo è …*, *ad annunciarlo, ieri sera, è …*; else None.

    Source: the *frase scissa* with an infinitive (Serianni, Grammatica italiana, XI.30).
    """
    low, high = article.sentence(head)
    alone = last > head or article.words[head].endswith(words.ENCLITICS)  # "a parlare è" says none
    if head == low or article.words[head - 1] not in words.ORDER_MARKERS["it"] or not alone:
        return None
    token = last + 1
    if token < high and article.words[token] == ",":
        commas = (t for t in range(token + 1, high) if article.words[t] == ",")
        token = next(commas, high) + 1
    while token < high and article.upos[token] == "ADV" and article.words[token] not in words.NOT:
        token += 1
    presents = token < high and article.lemmas[token] in words.COPULAS and article.is_finite(token)
    return token if presents else None


def _past_participle(article: Article, copula: int) -> int:
    """Past *è* or *è stato*, and the adverbs behind."""
    token = copula + 1
    while token < len(article) and (
        article.lemmas[token] in words.COPULAS or article.upos[token] == "ADV"
    ):
        token += 1
    return token


def _is_passive(article: Article, hit: Hit) -> bool:
    """*was told*, *è stato detto*, *bollato da Legambiente*."""
    if article.words[hit.head][:-1] in words.MOTIONS:
        return False
    reflexive = article.lemmas[hit.head] in words.REFLEXIVES  # "si difende il primario"
    if any(
        article.deps[t] == "aux:pass" and not (reflexive and article.words[t] in words.SI)
        for t in article.children[hit.head]
    ):
        return True
    if "VerbForm=Part" not in article.morphs[hit.head]:
        return False
    before = range(hit.low, hit.head)
    if article.language(hit.head) == "en":
        return not before and has_agent(article, hit)
    reflexive = any(article.words[t] in words.SI for t in before)
    copula = any(article.lemmas[t] in words.COPULAS for t in before)
    return (copula and not reflexive) or (not before and has_agent(article, hit))


def _unsaid(article: Article, hit: Hit) -> bool:
    """*could say*, *declined to say*, *se dicesse*, *who asked not to be named*: nothing said."""
    head = hit.head
    if article.language(head) == "en" and any(
        (article.deps[t] == "aux" and article.words[t] in words.MODALS)
        or (article.deps[t] == "mark" and article.words[t] in words.IF)
        for t in article.children[head]
    ):
        return True
    if article.language(head) == "it" and "Tense=Fut" in article.morphs[head]:
        return True
    if article.is_infinitive(head) and article.words[head - 1] in words.NARRATING:
        return True
    if tuple(article.words[max(0, head - 2) : head]) == words.YET_TO:
        return True
    if hit.cue_class in _REQUESTING and _asks_for_anonymity(article, hit.high):
        return True
    governor = article.lemmas[article.heads[head]]
    made = governor in words.MAKING and article.words[hit.low] in words.ORDER_MARKERS["en"]
    governed = article.deps[head] in ("xcomp", "acl", "advcl")
    return made or (governed and governor in words.WITHHOLDING)


def _asks_for_anonymity(article: Article, low: int) -> bool:
    """*asked not to be named*, *asked that her name be withheld*, *chiede l'anonimato*; not *asked
    why anonymous letters were kept*: nothing but the words of such a request stands before."""
    passed: set[str] = set()
    for word in article.words[low : low + _ANONYMITY_REACH]:
        if word in words.ANONYMITY:
            return True
        if word not in words.ANONYMITY_LINKS:
            break
        passed.add(word)
    return not (words.NAME.isdisjoint(passed) or words.NOT.isdisjoint(passed))


def _in_group(article: Article, token: int) -> bool:
    """An adverb inside the verb group: *ha poi aggiunto*, *did not say*."""
    return token > 0 and (article.upos[token - 1] == "AUX" or article.words[token] in _IN_GROUP)


def _is_clitic(article: Article, token: int) -> bool:
    return "Clitic=Yes" in article.morphs[token] or (
        article.language(token) == "it" and article.words[token] in words.CLITICS
    )


def find_adverbials(article: Article) -> list[AdverbialHit]:
    """All reporting adverbials, in order, the longest reading of each."""
    hits: list[AdverbialHit] = []
    done = 0
    for token, table in _possible(article, lambda table: table.adverbials.keys()):
        if token < done:
            continue
        for cue in table.adverbials.get(article.words[token], ()):
            high = token + len(cue.words)
            if high <= len(article) and all(
                article.words[token + k] in forms for k, forms in enumerate(cue.words)
            ):
                if article.words[token] in words.SI and article.is_word(
                    min(high, len(article) - 1)
                ):
                    continue  # "si dice ottimista"
                hits.append(AdverbialHit(token, high, cue))
                done = high
                break
    return hits
