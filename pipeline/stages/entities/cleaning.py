"""Model candidates cut to the names in them, and what is no name at all."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.core.layers import Label, Name
from pipeline.languages.aliases import known_entities
from pipeline.languages.chinese import is_eastern_name
from pipeline.languages.forms import fold
from pipeline.languages.names import towns
from pipeline.stages.entities.mentions import Mention
from pipeline.stages.entities.words import (
    CLOSING_QUOTES,
    OPENING_QUOTES,
    SCORE,
    Stretch,
    Words,
)

# Below this chance a model's name of one word must not be an adjective.
DOUBTFUL = 0.4
# A person's name has so many words.
MOST_NAMES = 4
# Parts of speech of common words that a sentence's start gives a capital.
NO_NAMES = frozenset({"VERB", "AUX", "ADV", "PRON", "DET", "ADP", "SCONJ", "CCONJ", "INTJ"})


def cleaned(words: Words, name: Name) -> Iterator[Mention]:
    """The names in one candidate of the model: trimmed, and split where it joins several."""
    whole = words.stretch(name.span)
    glued = _are_two(words, whole)
    for part in _split(words, whole):
        trimmed = _trim(words, part, name.label)
        if trimmed.low < trimmed.high:
            untitled = words.office_end(part.low, trimmed.low) == trimmed.low > part.low
            short = words.word(part.low).rstrip(".") in words.table(part.low).short_titles
            person = untitled and (short or _is_person(words, trimmed.low, trimmed.high))
            person = person or _follows_adjective(words, part.low, part.high)
            label: Label | None = "PER" if person else None if glued else name.label
            yield from _without_person(words, Mention(trimmed, label, name.score))


def _without_person(words: Words, mention: Mention) -> Iterator[Mention]:
    """A company and its head, where a translation lost the comma: *CEO di Bright Mobile Zhao
    Heng*."""
    low, high = mention.at.low, mention.at.high
    person = Stretch(high - 2, high)
    if mention.label == "ORG" and high - low > 3 and is_eastern_name(fold(words.form(person))):
        yield Mention(Stretch(low, high - 2), "ORG", mention.score)
        yield Mention(person, "PER", mention.score)
    else:
        yield mention


def _split(words: Words, at: Stretch) -> Iterator[Stretch]:
    """Parts of a candidate that runs over a line break, or joins a product to its maker
    (*Veduta-3 di Lumina*, *Google Android*) or a known body to another (*Unesco and Harbour*)."""
    low = at.low
    if _are_two(words, at):
        yield from (Stretch(low, low + 1), Stretch(low + 1, at.high))
        return
    for index in range(at.low + 1, at.high):
        if words.begins_line(index):
            yield Stretch(low, index)
            low = index
        elif (
            _ends_product(words, index)
            or _joins(words, low, index, at.high)
            or _is_fixture(words, index)
        ):
            yield Stretch(low, index)
            low = index + 1
    yield Stretch(low, at.high)


def _is_fixture(words: Words, index: int) -> bool:
    """Whether a hyphen between two teams stands at ``index``: *Colico-Galbiate 0-0*."""
    if words.words[index] != "-" or words.ends[index - 1] != words.starts[index]:
        return False
    end = index + 1
    while words.capital(end) and end <= index + MOST_NAMES:
        end += 1
    return end < len(words) and SCORE.match(words.text, words.starts[end]) is not None


def _are_two(words: Words, at: Stretch) -> bool:
    """Whether two words are a known body and its known product, or two known places (*Utah U.S.*),
    and no known name together."""
    low = at.low
    if at.high - low != 2 or words.begins_line(low + 1):
        return False
    known = known_entities()
    whole = known.find(words.form(at))
    first, second = known.find(words.words[low]), known.find(words.words[low + 1])
    if whole or not first or not second:
        return False
    return (first.label, second.label) in (("ORG", "MISC"), ("LOC", "LOC"))


def _ends_product(words: Words, index: int) -> bool:
    """Whether a product with a number ends before its maker: *Veduta-3* at *di*."""
    return words.is_of(index) and any(char.isdigit() for char in words.words[index - 1])


def _joins(words: Words, low: int, index: int, high: int) -> bool:
    """Whether an *and* at ``index`` stands between a known body and another name."""
    if words.word(index) not in words.table(index).ands:
        return False
    known = known_entities()
    left = known.find(words.form(Stretch(low, index)))
    whole = known.find(words.form(Stretch(low, high)))
    return left is not None and left.label == "ORG" and whole is None and words.capital(index + 1)


def _trim(words: Words, at: Stretch, label: Label) -> Stretch:
    """``at`` without marks, articles, prepositions, possessives and (for persons) titles."""
    low, high = at.low, at.high
    while low < high and _is_left_edge(words, low, high, label):
        low += 1
    while low < high and _is_right_edge(words, high - 1):
        high -= 1
    if low == high:
        return Stretch(low, high)
    if label == "PER" and words.word(high - 1) in words.table(low).post_nominals:
        high -= 1
    end = words.office_end(low, high)
    known = known_entities().find(words.form(Stretch(end, high))) if low < end < high else None
    if low + 1 < end < high and (label == "PER" or known or _is_person(words, end, high)):
        low = end  # "Police Chief Ada Neri", "Assistant United States" before "Attorney"
    seated = words.word(high) in words.table(high - 1).council_members
    if seated and high - low > 1 and words.word(high - 1) in words.table(low).council_kinds:
        high -= 1  # "Rochester City Councillor"
    return Stretch(low, high)


def _is_left_edge(words: Words, low: int, high: int, label: Label) -> bool:
    word = words.words[low]
    if not word[0].isalnum():
        return True
    table = words.table(low)
    role = high - low > 1 and words.word(low).rstrip(".") in table.roles
    if role and high - low == 2 and words.capital(low) and words.is_given_name(low):
        role = words.opens_sentence[low]  # Regina Cavaglià is no queen
    short = words.word(low).rstrip(".") in table.short_titles and words.capital(low + 1)
    titled = label == "PER" or word.endswith(".") or short
    if role and (titled or _is_person(words, low + 1, high)):
        return True
    if _follows_adjective(words, low, high) or (
        word.islower() and high - low > 1 and _is_kind(words, low)
    ):
        return True
    if words.word(low) not in table.edges:
        return False
    own = words.is_given_name(low) or _is_town(words, low, high)
    own = own and words.capital(low) and not words.opens_sentence[low]
    if own or (high - low > 1 and _has_own_capital(words, low)):
        return False  # "Said Benali", "a La Spezia", "a Prima Porta", "the New Forest"
    # "The Lancet" inside a sentence keeps its article, "The Court of Turin" at its start does not.
    kept = word[0].isupper() and label in ("MISC", "ORG") and _article_belongs(words, low, high)
    return not kept


def _follows_adjective(words: Words, low: int, high: int) -> bool:
    """Whether a person's name follows a body's adjective: *il direttore della Asl provinciale Ada
    Neri*."""
    named = high - low > 2 and words.capital(low + 1) and words.is_given_name(low + 1)
    return words.is_adjective(low) and named


def _is_person(words: Words, low: int, high: int) -> bool:
    """Whether what follows a role is a person's name by its look: *CEO Wang Xiaochuan*, *GIP Ada
    Neri*, but not the school *Don Lorenzo Milani*."""
    if high - low < 2 or not words.capital(high - 1):
        return False
    before = low - 1
    while words.word(before).rstrip(".") in words.table(low).roles:
        before -= 1
    kinds = words.table(low).organisation_kinds | words.table(low).streets
    shouted = words.words[low - 1].isupper() and not words.words[low].isupper()
    named = (words.is_given_name(low) or shouted) and high - low <= MOST_NAMES
    eastern = is_eastern_name(fold(words.form(Stretch(low, high))))
    return (eastern or named) and words.word(before) not in kinds


def _has_own_capital(words: Words, index: int) -> bool:
    """Whether neither a sentence's start nor a headline's style gave a word its capital: before it
    stands a small one, or an article (*Il Secondo Municipio*). Articles tell nothing (*at The
    Hague*)."""
    before = words.words[index - 1] if index and not words.begins_line(index) else ""
    small = (before.isalpha() and before.islower()) or words.is_article(index - 1)
    own = words.capital(index) and not words.is_article(index)
    return own and small and not words.opens_sentence[index]


def _is_town(words: Words, low: int, high: int) -> bool:
    return high - low > 1 and fold(words.form(Stretch(low, high))) in towns()


def _is_kind(words: Words, index: int) -> bool:
    """A small noun that says what the name after it is: *provincia di Frosinone*, *partito …*."""
    table, word = words.table(index), words.word(index)
    kinds = (table.organisations, table.places, table.organisation_kinds, table.place_kinds)
    others = (table.offices, table.streets, table.others)
    return any(word in some for some in kinds) and not any(word in some for some in others)


def _article_belongs(words: Words, low: int, high: int) -> bool:
    quoted = words.word(low - 1) in OPENING_QUOTES and words.word(high) in CLOSING_QUOTES
    return high - low > 1 and (quoted or not words.opens_sentence[low])


def _is_right_edge(words: Words, index: int) -> bool:
    word = words.words[index]
    if words.word(index) in words.table(index).possessives:
        # "Christie's, which withdrew": no possessive before a mark, and none in Italian.
        return index + 1 < len(words) and words.word(index + 1)[0].isalnum()
    if not any(char.isalnum() for char in word):
        return word not in ("!", "?") or words.word(index + 1) in CLOSING_QUOTES
    return word.islower() and words.word(index) in words.table(index).edges


def is_name(words: Words, mention: Mention) -> bool:
    """Whether a cleaned candidate is a proper name: no demonym, weekday, role or common word."""
    at = mention.at
    table = words.table(at.low)
    parts = [words.word(i).rstrip(".") for i in range(at.low, at.high)]
    letters = sum(char.isalpha() for part in parts for char in part)
    if letters == 0 or (letters == 1 and words.word(at.low - 1) == "("):
        return False  # "31' Sala (O)"
    no_names = (table.demonyms, table.not_names, table.edges, table.fields)
    if all(not part[:1].isalpha() or any(part in some for some in no_names) for part in parts):
        return len(parts) == 1 and (is_capital_name(words, at.low) or _is_surname(words, mention))
    if not any(char.isupper() for char in words.form(at)):
        return mention.score >= 0.9 and words.upos[at.low] in ("PROPN", "X")
    if _is_office(words, at) or (len(parts) == 1 and is_common(words, at.low)):
        return False
    if _is_phrase(words, at) or _is_stray(words, mention):
        return False
    return not _is_ministry(words, mention)


def _is_surname(words: Words, mention: Mention) -> bool:
    """A common word that a role makes a person's name: *Councillor Black*, *Mr May*."""
    low = mention.at.low
    titled = words.word(low - 1).rstrip(".") in words.table(low).roles
    return mention.label == "PER" and titled and words.capital(low) and words.capital(low - 1)


def _is_office(words: Words, at: Stretch) -> bool:
    """An office without its holder (*Assistant Secretary*), or a word with which one begins or
    ends: *County* in *the County Chief Officer*, *Consiglio* in *presidente del Consiglio*."""
    if words.office_end(at.low, at.high) == at.high:
        return True
    table, word = words.table(at.low), words.word(at.low)
    if at.high - at.low > 1:
        return False
    tie = at.low - 1
    while words.is_article(tie):
        tie -= 1
    if word in table.presided and words.is_of(tie) and words.word(tie - 1) in table.roles:
        return True
    alone = word in table.role_parts
    return alone and words.capital(at.high) and words.office_end(at.high, at.high + 3) > at.high


def is_capital_name(words: Words, index: int) -> bool:
    """Whether a small word is a name for being in capitals: *US*."""
    table, word = words.table(index), words.words[index]
    return word.isupper() and words.word(index) in table.capital_names


def is_common(words: Words, index: int) -> bool:
    """A common word that only its place in the sentence gave a capital (*Thieves tried …*)."""
    if not words.opens_sentence[index] or words.words[index].isupper():
        return False
    word = words.word(index)
    if fold(word) in towns() or words.is_given_name(index):
        return False
    inflected = words.upos[index] == "NOUN" and words.lemmas[index].lower() != word
    return inflected or word in words.lower_case or words.upos[index] in NO_NAMES


def is_common_surname(words: Words, index: int) -> bool:
    """A common word in the place of a surname that the article has (*The young laughed. Young
    people stayed*); that a model takes *Jenkins* for a plural says little."""
    if not words.opens_sentence[index]:
        return False
    return words.word(index) in words.lower_case or words.upos[index] in NO_NAMES


def _is_phrase(words: Words, at: Stretch) -> bool:
    """Small words of which the sentence's start gave the first a capital (*Open source …*), or a
    small word with a stray capital that the article has without it (*non è Alto*)."""
    low = at.low
    known_small = words.word(low) in words.lower_case
    if at.high - low == 1:
        table = words.table(low)
        common = words.upos[low] in ("NOUN", "ADJ", "VERB", "ADV")
        return common and known_small and words.word(low) not in table.organisations
    rest_small = all(words.words[i].islower() for i in range(low + 1, at.high))
    quoted = words.word(low - 1) in OPENING_QUOTES
    return words.opens_sentence[low] and not quoted and known_small and rest_small


def _is_stray(words: Words, mention: Mention) -> bool:
    """An adjective that a slip gave a capital: *non lo è Basso*."""
    alone = mention.at.high - mention.at.low == 1
    return alone and mention.score < DOUBTFUL and words.upos[mention.at.low] == "ADJ"


def _is_ministry(words: Words, mention: Mention) -> bool:
    """The field of an office, which is a role and no name: *ministra dei Trasporti*, *assessora
    alla Casa*; *la segretaria della Filt* leads a body."""
    low = mention.at.low
    table = words.table(low)
    if mention.label != "PER":
        low = _first_field(words, low)
    place = low - 2
    while words.is_adjective(place):  # "assessora regionale alla Casa"
        place -= 1
    tie, office = words.word(low - 1), words.word(place)
    tied = tie in table.minister_ties and office in table.secretaries
    return tied or (words.is_of(low - 1) and office in table.ministers)


def _first_field(words: Words, index: int) -> int:
    """Where the first of two joined fields begins: *Sviluppo* in *ministro dello Sviluppo economico
    e del Made in Italy*."""
    tie = index - 1
    while words.is_of(tie) or words.is_article(tie):
        tie -= 1
    if words.word(tie) not in words.table(index).ands:
        return index
    start = tie - 1
    while words.is_adjective(start):
        start -= 1
    if not words.capital(start):
        return index
    while words.capital(start - 1):
        start -= 1
    return start
