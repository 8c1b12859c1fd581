"""From the model's name candidates to clean mentions; names that the model missed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.core.layers import Label, Name
from pipeline.languages.aliases import Alias, AliasTable
from pipeline.languages.chinese import is_eastern_name
from pipeline.languages.forms import fold
from pipeline.languages.names import towns
from pipeline.stages.entities.words import CLOSING_QUOTES, OPENING_QUOTES, Stretch, Words

# A title between quotation marks has few words: "The Last Barber of Lane 9".
TITLE_WORDS = 8
# Words between "film" or "called" and the title it announces: "il film di Ada Neri «…»".
ANNOUNCED_WITHIN = 4
COUNCIL_OF = frozenset({"city", "county", "town", "borough", "parish", "district", "regional"})


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens that name something. ``label`` is the model's or the rule's opinion, with its
    ``score`` in 0-1; a repeated name carries none."""

    at: Stretch
    label: Label | None
    score: float


def find_mentions(
    words: Words, names: Iterable[Name], tables: Sequence[AliasTable]
) -> list[Mention]:
    """Disjoint mentions in text order, one for each occurrence of a name.

    Follows the guideline of the development articles: the longest span, without title, article,
    possessive or marks; no demonyms, weekdays or roles.
    """
    model = [mention for name in names for mention in _clean(words, name)]
    model = [_extended(words, mention) for mention in model if _is_name(words, mention)]
    model = _without_shouted(words, _joined(words, model))
    known = _known(words, tables)
    found = _disjoint([*known, *_offices(words), *_streets(words), *_titles(words), *model])
    return _disjoint([*found, *_repeats(words, found)])


def _disjoint(mentions: Iterable[Mention]) -> list[Mention]:
    """The longest of overlapping mentions; of equally long ones the first."""
    kept: list[Mention] = []
    taken: set[int] = set()
    for mention in sorted(mentions, key=lambda m: m.at.low - m.at.high):
        tokens = range(mention.at.low, mention.at.high)
        if taken.isdisjoint(tokens):
            taken.update(tokens)
            kept.append(mention)
    return sorted(kept, key=lambda m: m.at)


def _joined(words: Words, mentions: Iterable[Mention]) -> list[Mention]:
    """Halves of one name put together: *Fatoumata* and *Diallo*, *Great* and *British Railways*."""
    joined: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: m.at):
        last = joined[-1] if joined else None
        if last and _halves(words, last, mention):
            joined[-1] = Mention(
                Stretch(last.at.low, mention.at.high), mention.label, mention.score
            )
        else:
            joined.append(_with_given_name(words, mention))
    return joined


def _halves(words: Words, left: Mention, right: Mention) -> bool:
    if left.at.high != right.at.low or words.begins_line(right.at.low):
        return False
    persons = left.label == right.label == "PER" or words.is_given_name(left.at.low)
    heads = words.table(right.at.low).organisations
    return (persons and right.label == "PER") or words.word(right.at.high - 1) in heads


def _with_given_name(words: Words, mention: Mention) -> Mention:
    """A person's surname together with the given name before it that the model left out."""
    low = mention.at.low
    missed = (
        mention.label == "PER"
        and low > 0
        and words.capital(low - 1)
        and not words.begins_line(low)
        and words.is_given_name(low - 1)
        and words.word(low - 1) not in words.table(low).roles | words.table(low).edges
    )
    return Mention(Stretch(low - 1, mention.at.high), "PER", mention.score) if missed else mention


def _without_shouted(words: Words, mentions: Sequence[Mention]) -> list[Mention]:
    """Mentions without runs of capitals that hold a name found elsewhere (*BATTERY MAKER
    VOLTLINE*); the name itself is found again as a repeated one."""
    forms = {fold(words.form(m.at)) for m in mentions if not words.form(m.at).isupper()}

    def shouted(at: Stretch) -> bool:
        parts = [fold(word) for word in words.words[at.low : at.high]]
        if len(parts) < 2 or not words.form(at).isupper() or " ".join(parts) in forms:
            return False
        ends = range(1, len(parts) + 1)
        return any(" ".join(parts[low:high]) in forms for high in ends for low in range(high))

    return [mention for mention in mentions if not shouted(mention.at)]


def _known(words: Words, tables: Sequence[AliasTable]) -> Iterator[Mention]:
    """Known names, wherever they stand: *New Zealand*, *Nazioni Unite*, *on X*."""
    for low in range(len(words)):
        if not words.capital(low) or (words.is_article(low) and words.opens_sentence[low]):
            continue
        if (
            words.words[low] == "X"
            and words.word(low - 1) in words.table(low).platform_prepositions
        ):
            yield Mention(Stretch(low, low + 1), "MISC", 1.0)
        sizes = {1}.union(
            *(table.sizes.get(fold(words.words[low]), frozenset()) for table in tables)
        )
        for size in sorted(sizes, reverse=True):
            at = Stretch(low, low + size)
            if at.high > len(words) or any(words.begins_line(i) for i in range(low + 1, at.high)):
                continue
            form = words.form(at)
            alias = next(filter(None, (table.find(form) for table in tables)), None)
            if alias and (_is_plain_name(words, low) if size == 1 else _as_written(form, alias)):
                yield Mention(at, alias.label, 1.0)
                break


def _as_written(form: str, alias: Alias) -> bool:
    """Whether the capitals of a form of several words are right: no *banca mondiale*."""
    last = form.rsplit(maxsplit=1)[-1]
    return last[0].isupper() or any(form in names for names in alias.names.values())


def _is_plain_name(words: Words, index: int) -> bool:
    """Whether a bare known word is a name here: not *Target* or *Visa* at a sentence's start."""
    return (
        words.upos[index] == "PROPN"
        and len(words.words[index]) > 3
        and not words.words[index].isupper()
        and not words.opens_sentence[index]
        and words.word(index) not in words.lower_case
        and not words.is_given_name(index)
        and not words.capital(index - 1)
        and not words.capital(index + 1)
    )


def _clean(words: Words, name: Name) -> Iterator[Mention]:
    whole = words.stretch(name.span)
    for part in _split(words, whole):
        trimmed = _trim(words, part, name.label)
        if trimmed.low < trimmed.high:
            yield from _without_person(words, Mention(trimmed, name.label, name.score))


def _without_person(words: Words, mention: Mention) -> Iterator[Mention]:
    """A company and its head, where a translation lost the comma: *CEO di Cheetah Mobile Fu
    Sheng*."""
    low, high = mention.at.low, mention.at.high
    person = Stretch(high - 2, high)
    if mention.label == "ORG" and high - low > 3 and is_eastern_name(fold(words.form(person))):
        yield Mention(Stretch(low, high - 2), "ORG", mention.score)
        yield Mention(person, "PER", mention.score)
    else:
        yield mention


def _split(words: Words, at: Stretch) -> Iterator[Stretch]:
    """Parts of a candidate that runs over a line break, or joins a product to its maker
    (*GPT-4 di OpenAI*)."""
    low = at.low
    for index in range(at.low + 1, at.high):
        if words.begins_line(index):
            yield Stretch(low, index)
            low = index
        elif words.is_of(index) and any(char.isdigit() for char in words.words[index - 1]):
            yield Stretch(low, index)
            low = index + 1
    yield Stretch(low, at.high)


def _trim(words: Words, at: Stretch, label: Label) -> Stretch:
    """``at`` without marks, articles, prepositions, possessives and (for persons) titles."""
    low, high = at.low, at.high
    while low < high and _is_left_edge(words, low, high, label):
        low += 1
    while low < high and _is_right_edge(words, high - 1):
        high -= 1
    return Stretch(low, high)


def _is_left_edge(words: Words, low: int, high: int, label: Label) -> bool:
    word = words.words[low]
    if not word[0].isalnum():
        return True
    table = words.table(low)
    role = high - low > 1 and words.word(low).rstrip(".") in table.roles
    if role and high - low == 2 and words.capital(low) and words.is_given_name(low):
        role = words.opens_sentence[low]  # Regina Cavaglià is no queen
    if role and (label == "PER" or word.endswith(".")):
        return True
    if word.islower() and high - low > 1 and label != "MISC" and _is_kind(words, low):
        return True
    if words.word(low) not in table.edges:
        return False
    # "The Lancet" inside a sentence keeps its article, "The Court of Turin" at its start does not.
    kept = word[0].isupper() and label in ("MISC", "ORG") and _article_belongs(words, low, high)
    return not kept


def _is_kind(words: Words, index: int) -> bool:
    """A small noun that says what the name after it is: *provincia di Frosinone*, *partito …*."""
    table, word = words.table(index), words.word(index)
    kinds = table.organisations | table.places | table.organisation_kinds | table.place_kinds
    return word in kinds and word not in table.offices | table.streets


def _article_belongs(words: Words, low: int, high: int) -> bool:
    quoted = words.word(low - 1) in OPENING_QUOTES and words.word(high) in CLOSING_QUOTES
    return high - low > 1 and (quoted or not words.opens_sentence[low])


def _is_right_edge(words: Words, index: int) -> bool:
    word = words.words[index]
    if word in ("'s", "’s"):  # Christie's, which withdrew: no possessive before a mark
        return index + 1 < len(words) and words.word(index + 1)[0].isalnum()
    if not any(char.isalnum() for char in word):
        return word not in ("!", "?") or words.word(index + 1) in CLOSING_QUOTES
    return word.islower() and words.word(index) in words.table(index).edges


def _is_name(words: Words, mention: Mention) -> bool:
    at = mention.at
    table = words.table(at.low)
    parts = [words.word(i).rstrip(".") for i in range(at.low, at.high)]
    if not any(char.isalpha() for part in parts for char in part):
        return False
    no_names = table.demonyms | table.not_names | table.edges
    if all(part in no_names or not part[:1].isalpha() for part in parts):
        return parts == ["us"] and words.words[at.low] == "US"
    if not any(char.isupper() for char in words.form(at)):
        return mention.score >= 0.9 and words.upos[at.low] in ("PROPN", "X")
    if len(parts) == 1 and (parts[0] in table.roles or _is_common(words, at.low)):
        return False
    if _is_phrase(words, at):
        return False
    return not _is_ministry(words, at)


def _is_common(words: Words, index: int) -> bool:
    """A common word that only its place in the sentence gave a capital (*Thieves tried …*)."""
    if not words.opens_sentence[index] or words.words[index].isupper():
        return False
    word = words.word(index)
    if fold(word) in towns() or words.is_given_name(index):
        return False
    inflected = words.upos[index] == "NOUN" and words.lemmas[index].lower() != word
    return inflected or word in words.lower_case or words.upos[index] in _NO_NAMES


_NO_NAMES = frozenset({"VERB", "AUX", "ADV", "PRON", "DET", "ADP", "SCONJ", "CCONJ", "INTJ"})


def _is_phrase(words: Words, at: Stretch) -> bool:
    """Small words of which the sentence's start gave the first a capital (*Open source …*), or a
    small word with a stray capital that the article has without it (*non lo è Basso*)."""
    low = at.low
    known_small = words.word(low) in words.lower_case
    if at.high - low == 1:
        table = words.table(low)
        common = words.upos[low] in ("NOUN", "ADJ", "VERB", "ADV")
        return common and known_small and words.word(low) not in table.organisations
    rest_small = all(words.words[i].islower() for i in range(low + 1, at.high))
    quoted = words.word(low - 1) in OPENING_QUOTES
    return words.opens_sentence[low] and not quoted and known_small and rest_small


def _is_ministry(words: Words, at: Stretch) -> bool:
    """The field of an office, which is a role and no name: *ministra dei Trasporti*."""
    if not (words.is_of(at.low - 1) or words.word(at.low - 1) in ("alla", "al", "all'", "ai")):
        return False
    return words.word(at.low - 2) in words.table(at.low).ministers


def _extended(words: Words, mention: Mention) -> Mention:
    """A mention with the rest of an institution's name: *Istituto nazionale di geofisica*."""
    low, high = mention.at.low, mention.at.high
    table = words.table(low)
    council = high + 1 if words.word(high) in COUNCIL_OF else high
    english = words.language(low) == "en"
    if english and mention.label in ("LOC", "ORG") and words.word(council) in table.offices:
        return Mention(Stretch(low, council + 1), "ORG", 1.0)
    dotted = words.word(high - 1) in table.legal_forms and words.word(high) == "."
    if dotted and high + 1 < len(words) and not words.opens_sentence[high + 1]:
        return Mention(Stretch(low, high + 1), "ORG", mention.score)
    if mention.label == "MISC":
        mention = _whole_title(words, mention)
        low, high = mention.at.low, mention.at.high
    head = words.word(low)
    label: Label = "MISC" if head in table.others else "ORG"
    if not words.capital(low) or head not in table.organisations | table.others:
        return mention
    end = _tail(words, high, common=not english and high == low + 1)
    return Mention(Stretch(low, end), label, 1.0) if end > high else mention


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


def _closing(words: Words, low: int) -> int:
    """Where the quotation that begins at ``low`` ends; ``low`` itself if it is no short title."""
    for end in range(low + 1, min(low + 1 + TITLE_WORDS, len(words))):
        if words.words[end] in CLOSING_QUOTES:
            return end
        if words.word(end) in (".", ",", ";", ":"):
            break
    return low


def _tail(words: Words, index: int, common: bool) -> int:
    """Where the rest of a name that may go on at ``index`` ends: small adjectives, then a phrase
    with *of* or *for*, of names or (``common``) of small nouns too."""
    end = index
    while words.is_adjective(end):
        end += 1
    adjectives = end > index
    after = end + 1
    if not words.is_of(end) and words.word(end) != "per":
        return end if adjectives and common else index
    while words.is_article(after):
        after += 1
    if words.capital(after):
        return capitals(words, after)
    if common and adjectives and words.word(after) and words.upos[after] == "NOUN":
        return _small_nouns(words, after)
    return end if adjectives and common else index


def _small_nouns(words: Words, index: int) -> int:
    """*vulcanologia*, *geofisica e vulcanologia*, *protezione dei dati*."""
    end = index + 1
    while words.word(end):
        joined = words.word(end) in ("e", "ed") or words.is_of(end)
        if joined and end + 1 < len(words) and words.upos[end + 1] == "NOUN":
            end += 2
        else:
            break
    return end


def capitals(words: Words, index: int) -> int:
    """The end of a run of capitalised words, ties included: *Unità d'Italia*."""
    end = index
    while words.capital(end) and not (end > index and words.begins_line(end)):
        if end > index and any(char.isdigit() for char in words.words[end]):
            break  # a product after its maker
        end += 1
        if words.is_of(end) and words.capital(end + 1):
            end += 1
    return end


def _offices(words: Words) -> Iterator[Mention]:
    """Institutions whose first word may be small: *ministero dell'Interno*."""
    for index in range(len(words)):
        if words.language(index) != "it" or words.word(index) not in words.table(index).offices:
            continue
        end = index + 1
        while words.is_adjective(end):
            end += 1
        council = words.word(index) == "consiglio"
        if words.is_of(end) and words.capital(end + 1) and (end > index + 1 or not council):
            yield Mention(Stretch(index, capitals(words, end + 1)), "ORG", 1.0)


def _streets(words: Words) -> Iterator[Mention]:
    """Places whose first word may be small: *via Roma*, *piazza della Vittoria*."""
    for index in range(len(words)):
        if words.word(index) not in words.table(index).streets:
            continue
        tie = index + 1
        while words.is_of(tie) or words.is_article(tie):
            tie += 1
        if words.capital(tie) and (tie == index + 1 or words.word(index) in _WITH_OF):
            yield Mention(Stretch(index, capitals(words, tie)), "LOC", 1.0)


_WITH_OF = frozenset({"via", "viale", "piazza", "piazzale", "largo", "vicolo", "faro"})


def _titles(words: Words) -> Iterator[Mention]:
    """Quoted titles announced by what they are: *il film «Acqua ferma»*, *titled 'Lamp'*."""
    for index in range(1, len(words) - 1):
        if words.words[index] not in OPENING_QUOTES or not words.capital(index + 1):
            continue
        before = range(max(index - ANNOUNCED_WITHIN, 0), index)
        announced = any(
            words.word(i) in words.table(i).other_kinds or words.word(i) in words.table(i).others
            for i in before
        )
        if any(words.word(i) in (":", ".", ";") for i in before):
            continue
        end = _closing(words, index + 1)
        if end > index + 1 and (announced or _is_bare_title(words, index, end)):
            yield Mention(Stretch(index + 1, end), "MISC", 1.0)


def _is_bare_title(words: Words, quote: int, end: int) -> bool:
    """A few quoted words after a preposition, without a verb: *una copia di «Conti in tasca»*."""
    verbless = not any(words.upos[i] in ("VERB", "AUX") for i in range(quote + 1, end))
    return verbless and 1 < end - quote - 1 <= 4 and words.upos[quote - 1] == "ADP"


def _repeats(words: Words, mentions: Iterable[Mention]) -> Iterator[Mention]:
    """Further occurrences of names found, also in capitals, and surnames standing alone."""
    known: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for mention in mentions:
        form = tuple(words.words[mention.at.low : mention.at.high])
        known[form[0].lower()].add(form)
        if mention.label == "PER" and len(form) > 1 and len(form[-1]) > 2:
            known[form[-1].lower()].add(form[-1:])
    for index in range(len(words)):
        if not words.words[index][0].isalnum():
            continue
        for form in known.get(words.words[index].lower(), ()):
            at = Stretch(index, index + len(form))
            if _repeated(words.words[at.low : at.high], form) and not _is_common(words, index):
                yield Mention(at, None, 0.0)


def _repeated(found: list[str], form: tuple[str, ...]) -> bool:
    if len(found) < len(form):
        return False
    same: Callable[[str, str], bool] = str.__eq__
    return all(map(same, found, form)) or (
        all(word.upper() == word for word in found)
        and [word.upper() for word in form] == found
        and any(len(word) > 2 for word in found)
    )
