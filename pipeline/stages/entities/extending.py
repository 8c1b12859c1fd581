"""Names put together from what a model finds in pieces: institutions, streets, titles of works."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.core.layers import Label
from pipeline.languages.aliases import known_entities
from pipeline.languages.forms import fold
from pipeline.languages.function_words import DASHES
from pipeline.languages.names import towns
from pipeline.languages.terms import is_common_term
from pipeline.stages.entities.mentions import Mention
from pipeline.stages.entities.words import CLOSING_QUOTES, OPENING_QUOTES, Stretch, Words

# A title between quotation marks has few words: "The Last Barber of Lane 9".
TITLE_WORDS = 8
# Words between "film" or "called" and the title it announces: "il film di Ada Neri «…»".
ANNOUNCED_WITHIN = 4
# "SAN BENEDETTO DEL TRONTO, 12 marzo (Meridiana) –"
MAX_DATELINE = 4
DATELINE_WORDS = 12
# Between a subject and its verb: "non", "si", "lo".
_BEFORE_VERBS = frozenset({"ADV", "PRON"})


def extended(words: Words, mention: Mention) -> Mention:
    """A mention with the rest of an institution's name: *Istituto nazionale di geofisica*."""
    low, high = mention.at.low, mention.at.high
    table = words.table(low)
    council = high + 1 if words.word(high) in table.council_kinds else high
    if mention.label in ("LOC", "ORG") and words.word(council) in table.following_offices:
        return Mention(Stretch(low, council + 1), "ORG", 1.0)
    dotted = words.word(high - 1) in table.legal_forms and words.word(high) == "."
    after = high + 1
    while after < len(words) and not words.words[after][0].isalnum():
        after += 1
    if dotted and after < len(words) and not words.opens_sentence[after]:
        return Mention(Stretch(low, high + 1), "ORG", mention.score)
    if mention.label == "MISC":
        mention = _whole_title(words, mention)
        low, high = mention.at.low, mention.at.high
    head = words.word(low)
    if words.capital(low) and high == low + 1 and (head in table.places or head in table.others):
        return _with_adjective(words, mention)
    label: Label = "MISC" if head in table.others else "ORG"
    if not words.capital(low) or not (head in table.organisations or head in table.others):
        return mention
    end = _tail(words, high, "NOUN" in table.small_parts and high == low + 1, bare=False)
    if end == high or (label == "MISC" and _adds_town(words, low, high, end)):
        return mention
    return Mention(Stretch(low, end), label, 1.0)


def _adds_town(words: Words, low: int, high: int, end: int) -> bool:
    """*Trofeo Bonaldi di Bergamo*: a name of its own, and the town where it is."""
    town = words.is_of(high) and is_town(words, Stretch(high + 1, end))
    return town and has_own_name(words, low + 1, high)


def has_own_name(words: Words, low: int, high: int) -> bool:
    """Whether tokens hold more than the common words of institutions: *Ghirardi* does, *mobile* and
    *di Risparmio* do not."""
    return any(
        words.capital(index) and not is_common_term(words.word(index)) for index in range(low, high)
    )


def _with_adjective(words: Words, mention: Mention) -> Mention:
    """*Scudo europeo*, *Castello aragonese*, *Regolamento generale sulla …*: a capitalised kind
    with what makes it a name."""
    low, high = mention.at.low, mention.at.high
    table = words.table(low)
    if words.word(low) in table.places and words.word(high) in table.purpose:
        return mention  # "sale al Colle per le dimissioni"
    end = _tail(words, high, "NOUN" in table.small_parts, not words.opens_sentence[low])
    nationality = words.word(high) in table.demonyms and words.words[high].islower()
    if end == high and nationality and "ADJ" in table.small_parts:
        end = high + 1
    return Mention(Stretch(low, end), mention.label, mention.score)


def _whole_title(words: Words, mention: Mention) -> Mention:
    """A title with the rest of its quotation (*«Acqua ferma»*), or a product with its number."""
    low, high = mention.at.low, mention.at.high
    if words.word(low - 1) in OPENING_QUOTES:
        end = _closing(words, low)
        if any(words.upos[index] == "AUX" for index in range(low, end)):
            return mention
        return Mention(Stretch(low, end), "MISC", mention.score) if end > high else mention
    follows = words.word(high)
    numbered = bool(follows) and (
        (follows.isdigit() and len(follows) <= 2)
        or (len(follows) == 1 and words.capital(high) and not words.opens_sentence[high])
    )
    return Mention(Stretch(low, high + 1), "MISC", mention.score) if numbered else mention


def without_town(words: Words, mention: Mention) -> Iterator[Mention]:
    """*Camiceria Ghirardi* and *Carpi* of *Camiceria Ghirardi di Carpi*: the town is part of the
    name only where it alone makes the name, as in *Tribunale di Torino*, *Squadra mobile di Genova*
    and *Arena di Verona*."""
    low, high = mention.at.low, mention.at.high
    table = words.table(low)
    town = high - 1
    while town > low + 2 and not words.is_of(town - 1):
        town -= 1
    of_town = mention.label in ("ORG", "LOC") or words.word(low) in table.others
    body = (
        of_town
        and town > low + 2
        and words.word(low) not in table.tied_streets  # "via Martiri di Belfiore"
        and (words.word(low) not in table.local_bodies or has_own_name(words, low + 1, town - 1))
        and table.offices.isdisjoint((words.word(low), words.word(town - 2)))
        and "NOUN" in table.small_parts
        and is_town(words, Stretch(town, high))
        and not is_town(words, mention.at)
        and _is_unknown(words, mention)  # "Resto del Carlino"
    )
    if body or _is_of_town(words, mention, town):
        yield Mention(Stretch(low, town - 1), mention.label, mention.score)
        yield Mention(Stretch(town, high), "LOC", 1.0)
    else:
        yield mention


def _is_unknown(words: Words, mention: Mention) -> bool:
    """Whether the table of known entities does not have a name."""
    return known_entities().find(words.form(mention.at)) is None


def _is_of_town(words: Words, mention: Mention, town: int) -> bool:
    """A person before their town, or a place called by one word before its town: *Ada Neri di
    Villabate*, *Avane di Vecchiano*, but not *Golfo di Gaeta*, *Massa d'Albe*."""
    low, high = mention.at.low, mention.at.high
    table = words.table(low)
    heads = (table.places, table.streets, table.organisations, table.others, table.place_kinds)
    place = (mention.label, town) == ("LOC", low + 2) and not any(
        words.word(low) in some for some in heads
    )
    person = mention.label == "PER" and town > low + 2 and words.is_given_name(low)
    return (
        (place or person)
        and words.capital(low)
        and "NOUN" in table.small_parts
        and is_town(words, Stretch(town, high))
        and not is_town(words, mention.at)
    )


def is_town(words: Words, at: Stretch) -> bool:
    """Whether some words are the name of a town."""
    form = fold(words.form(at))
    return form in towns() or form in words.table(at.low).cities


def datelines(words: Words) -> Iterator[Mention]:
    """The place that opens an article: *CATANIA – Tre settimane …*, *TOLEDO, Ohio — …*."""
    for low in range(len(words)):
        high = dateline_end(words, low)
        if high > low:
            yield Mention(Stretch(low, high), "LOC", 1.0)


def dateline_end(words: Words, low: int) -> int:
    """Where the place of a dateline that begins at ``low`` ends; ``low`` if there is none."""
    if not words.begins_line(low):
        return low
    high = low
    while high < len(words) and words.words[high].isupper() and words.words[high][0].isalpha():
        high += 1
    if not low < high <= low + MAX_DATELINE or high == len(words) or words.begins_line(high):
        return low
    if words.ends[high - 1] == words.starts[high] and words.word(high) in DASHES:
        return low  # "EX-MAYOR TOOK CASH"
    below = range(high + 1, min(high + DATELINE_WORDS, len(words)))
    # A dash further down belongs to the dateline below a headline.
    line_end = next(filter(words.begins_line, below), high + DATELINE_WORDS)
    after = [words.word(index) for index in range(high, line_end)]
    dash = next((n for n, word in enumerate(after) if word in DASHES), None)
    return high if dash == 0 or (dash and after[0] in (",", "(", ".")) else low


def _closing(words: Words, low: int) -> int:
    """Where the quotation that begins at ``low`` ends; ``low`` itself if it is no short title."""
    for end in range(low + 1, min(low + 1 + TITLE_WORDS, len(words))):
        if words.words[end] in CLOSING_QUOTES:
            return end
        if words.word(end) in (".", ",", ";", ":"):
            break
    return low


def _tail(words: Words, index: int, common: bool, bare: bool) -> int:
    """Where the rest of a name that may go on at ``index`` ends: small adjectives, then a phrase
    with *of* or *for*, of names or (``common``) of small nouns too, which follow an adjective or
    (``bare``) the head itself."""
    end = index
    while words.is_adjective(end):
        end += 1
    adjectives = end > index
    after = end + 1
    if not words.is_of(end) and words.word(end) not in words.table(index).purpose:
        return end if adjectives and common else index
    while words.is_article(after):
        after += 1
    if words.capital(after):
        return _capitals(words, after)
    if common and (adjectives or bare) and words.word(after) and words.upos[after] == "NOUN":
        return _small_nouns(words, after)
    return end if adjectives and common else index


def _small_nouns(words: Words, index: int) -> int:
    """*vulcanologia*, *geofisica e vulcanologia*, *protezione dei dati*, *beni archeologici*."""
    end = index + 1
    while words.word(end):
        table, after = words.table(index), end + 1
        while words.is_article(after):
            after += 1
        joined = words.word(end) in table.ands | table.purpose or words.is_of(end)
        if words.is_adjective(end):
            end += 1
        elif joined and after < len(words) and words.upos[after] == "NOUN":
            end = after + 1
        else:
            break
    return end


def _capitals(words: Words, index: int) -> int:
    """The end of a run of capitalised words, ties included: *Unità d'Italia*."""
    end = index
    while words.capital(end) and not (end > index and words.begins_line(end)):
        if end > index and _begins_another(words, end):
            break
        end += 1
        if words.is_of(end) and words.capital(end + 1):
            end += 1
    return end


def _begins_another(words: Words, index: int) -> bool:
    """Whether a product (*Stanford Lumen-3*), a role or a lost sentence begins inside a run."""
    number = any(char.isdigit() for char in words.words[index])
    return number or words.is_article(index) or words.word(index) in words.table(index).roles


def offices(words: Words) -> Iterator[Mention]:
    """Institutions whose first word may be small: *ministero dell'Interno*."""
    for index in range(len(words)):
        if words.word(index) not in words.table(index).offices:
            continue
        end = index + 1
        while words.is_adjective(end):
            end += 1
        # "consiglio comunale di Bari" is an office, "il consiglio di Anna" an advice.
        bare = end == index + 1 and words.word(index) in words.table(index).offices_by_adjective
        if words.is_of(end) and words.capital(end + 1) and not bare:
            yield Mention(Stretch(index, _capitals(words, end + 1)), "ORG", 1.0)


def streets(words: Words) -> Iterator[Mention]:
    """Places whose first word may be small: *via Roma*, *piazza della Vittoria*, *statale 45*."""
    for index in range(len(words)):
        if words.word(index) not in words.table(index).streets or words.words[index].isupper():
            continue
        tie = index + 1
        while words.is_of(tie) or words.is_article(tie):
            tie += 1
        table = words.table(index)
        if words.word(index - 1) in table.roles or words.begins_line(min(tie, len(words) - 1)):
            continue  # "presidente provinciale Ada Neri"; "Valle" ends a headline
        if words.is_adjective(index) and words.is_given_name(tie) and words.capital(tie + 1):
            continue  # "il segretario della Cgil provinciale Ada Neri"
        if words.word(tie).isdigit() and words.word(index) in table.roads:
            yield Mention(Stretch(index, tie + 1), "LOC", 1.0)
        elif words.capital(tie) and (tie == index + 1 or words.word(index) in table.tied_streets):
            yield Mention(Stretch(index, _capitals(words, tie)), "LOC", 1.0)


def laws(words: Words) -> Iterator[Mention]:
    """Laws whose first word is small: *legge Merlin*, *decreto Aria pulita*, *legge 482*, *legge di
    Bilancio*; an abbreviation is a name of its own (*direttiva PSD2*)."""
    for index in range(len(words)):
        table = words.table(index)
        if words.word(index) not in table.laws or words.words[index].isupper():
            continue
        low = index + 1
        if words.is_of(low) and words.word(index) in table.tied_laws:
            low += 1
        if words.word(low).isdigit() and len(words.word(low)) <= 4 and low == index + 1:
            yield Mention(Stretch(index, low + 1), "MISC", 1.0)
        elif words.capital(low) and not words.words[low].isupper() and is_new(words, low):
            yield Mention(Stretch(index, _phrase_after(words, _capitals(words, low))), "MISC", 1.0)


def is_new(words: Words, index: int) -> bool:
    """Whether a capitalised word is none that the table of known entities has: *decreto Rai*."""
    return known_entities().find(words.words[index]) is None


def _phrase_after(words: Words, index: int) -> int:
    """Where small adjectives that end a law's or a plan's name end: *Carceri sicure*."""
    end = index
    while words.is_adjective(end):
        end += 1
    return end


def titles(words: Words) -> Iterator[Mention]:
    """Quoted titles announced by what they are, and those beside them: *il film «Acqua ferma»*,
    *titled 'Lamp'*, *«Acqua ferma» e «Nove»*."""
    last = 0  # where the title before ended
    for index in range(1, len(words) - 1):
        if words.words[index] not in OPENING_QUOTES or not words.capital(index + 1):
            continue
        before = range(max(index - ANNOUNCED_WITHIN, 0), index)
        announced = any(
            words.word(i) in words.table(i).other_kinds | words.table(i).others for i in before
        )
        beside = last == index - 1 and words.word(last) in words.table(last).ands | {","}
        if not beside and any(words.word(i) in (":", ".", ";") for i in before):
            continue
        end = _closing(words, index + 1)
        if end > index + 1 and (announced or beside or _is_bare_title(words, index, end)):
            yield Mention(Stretch(index + 1, end), "MISC", 1.0)
            last = end + 1


def works(words: Words) -> Iterator[Mention]:
    """Names right after what they are: *la fiction Il patriarca*, *il chatbot Nonno*, *il bando
    Tavola aperta*; and those that a capital article opens: *ho riletto Il bosco e la legge.*"""
    for index in range(1, len(words) - 1):
        low = index + 1
        if not words.capital(low) or words.begins_line(low):
            continue
        kinds = words.table(index).other_kinds
        after_kind = words.word(index) in kinds and words.words[index].islower()
        if _opens_title(words, low):
            end = _whole_phrase(words, low + 1)
            if end > low + 1 and (after_kind or not _is_subject(words, end)):
                yield Mention(Stretch(low, end), "MISC", 1.0)
        elif after_kind and not words.capital(low + 1):
            end = max(_phrase(words, low), _phrase_after(words, low + 1))
            if words.upos[low] in ("NOUN", "ADJ") or (end > low + 1 and is_new(words, low)):
                yield Mention(Stretch(low, end), "MISC", 1.0)


def _opens_title(words: Words, index: int) -> bool:
    """Whether an article with a stray capital opens a title: *Il bosco*; newspapers go on with a
    capital (*Il Messaggero*), and so do towns (*La Spezia*); points of a list open sentences (*2)
    La qualità*)."""
    return (
        words.word(index) in words.table(index).title_articles
        and index + 1 < len(words)
        and words.words[index + 1].islower()
        and not words.opens_sentence[index]
        and not words.words[index - 1].endswith((".", ")"))  # "SpaceX. La missione", not cut there
    )


def _is_subject(words: Words, end: int) -> bool:
    """Whether a finite verb follows what ends at ``end``: in *per Marco, La sindaca non risponde*
    the capital is a slip."""
    while end < len(words) and words.upos[end] in _BEFORE_VERBS:
        end += 1
    return words.is_finite(end)


def _whole_phrase(words: Words, index: int) -> int:
    """The end of a small noun phrase with what hangs on it: *giorno della civetta*, *sarta di
    Lione*, *bosco e la legge* before a mark."""
    end = _phrase(words, index)
    while end > index and words.word(end):
        table, after = words.table(end), end + 1
        while words.is_article(after):
            after += 1
        if words.word(end) in table.title_ties or words.is_of(end):
            town = words.capital(after) and is_town(words, Stretch(after, after + 1))
            further = after + 1 if town else _phrase(words, after)
        elif words.word(end) in table.ands:
            further = _phrase(words, after)
            further = further if words.word(further) in (",", ".", "»", "”", ")") else after
        else:
            break
        if further == after:
            break
        end = further
    return end


def _phrase(words: Words, index: int) -> int:
    """The end of a small noun phrase: *patriarca*, *acque chiare*, *terra dei fuochi*."""
    end = index
    while _is_nominal(words, end):
        end += 1
    tied = words.is_of(end) and _is_nominal(words, end + 1) and words.words[end + 1].islower()
    return end + 2 if tied and end > index else end


def _is_nominal(words: Words, index: int) -> bool:
    """A noun or an adjective; inside titles the models take small nouns for names too."""
    if not words.word(index):
        return False
    small_name = words.upos[index] == "PROPN" and words.words[index].islower()
    return small_name or words.upos[index] in ("NOUN", "ADJ")


def _is_bare_title(words: Words, quote: int, end: int) -> bool:
    """A few quoted words after a preposition, without a verb: *una copia di «Conti in tasca»*."""
    verbless = not any(words.upos[i] in ("VERB", "AUX") for i in range(quote + 1, end))
    return verbless and 1 < end - quote - 1 <= 4 and words.upos[quote - 1] == "ADP"
