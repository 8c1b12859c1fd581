"""Noun phrases by their position alone, where parsers err: round quotations and in inversions."""

from __future__ import annotations

from pipeline.languages import function_words as words
from pipeline.stages.claims.mentions import CORE, POSSESSIVES, Mention, Named, same_name
from pipeline.stages.claims.syntax import SENTENCE_FINAL, Article


def first_phrase(article: Article, low: int, high: int, named: Named) -> Mention | None:
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
        elif is_article(article, token):
            pass
        elif pos == "PUNCT" or (pos == "ADV" and article.is_time(token)):
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
                or same_name(named, token, ends)
            ):
                ends += 1
            free = not (governed or article.is_time(token) or _clitic(article, token))
            free = free and not _is_no_subject(article, token, low, named)
            if free and word not in words.NOT_SPEAKERS:
                start = max(article.hyphenated(token), low)
                while start > low and (
                    article.upos[start - 1] in ("DET", "ADJ", "NUM")
                    or article.deps[start - 1] in POSSESSIVES
                ):
                    start -= 1
                return Mention(start, ends, token)
            token = ends
            governed = False
            continue
        token += 1
    return None


def last_phrase(article: Article, low: int, high: int, named: Named) -> Mention | None:
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
        mention = first_phrase(article, token, high, named)
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


def is_article(article: Article, token: int) -> bool:
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
    return after_article and not (token + 1 < high and article.upos[token + 1] in CORE)


def _clitic(article: Article, token: int) -> bool:
    return article.upos[token] == "PRON" and "Clitic=Yes" in article.morphs[token]
