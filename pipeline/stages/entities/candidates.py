"""From the model's name candidates to clean mentions; names that the model missed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.core.layers import Name
from pipeline.languages.aliases import Alias, AliasTable
from pipeline.languages.forms import fold
from pipeline.languages.names import town_sizes, towns
from pipeline.stages.entities.cleaning import cleaned, is_common, is_common_surname, is_name
from pipeline.stages.entities.extending import (
    datelines,
    extended,
    laws,
    offices,
    streets,
    titles,
    without_town,
    works,
)
from pipeline.stages.entities.mentions import Mention
from pipeline.stages.entities.words import Stretch, Words


def find_mentions(
    words: Words, names: Iterable[Name], tables: Sequence[AliasTable]
) -> list[Mention]:
    """Disjoint mentions in text order, one for each occurrence of a name.

    Follows the guideline of the development articles: the longest span, without title, article,
    possessive or marks; no demonyms, weekdays or roles.
    """
    model = [mention for name in names for mention in cleaned(words, name)]
    model = [extended(words, mention) for mention in model if is_name(words, mention)]
    model = _without_shouted(words, _joined(words, model))
    known_towns = list(_towns(words))
    model = [_with_whole_town(mention, known_towns) for mention in model]
    known = [extended(words, mention) for mention in _known(words, tables)]
    rules = [*offices(words), *streets(words), *laws(words), *titles(words), *works(words)]
    rules += datelines(words)
    # What a model says of a known name tells the team *Lazio* from the region.
    candidates = _disjoint([*rules, *model, *known, *known_towns])
    found = [part for mention in candidates for part in without_town(words, mention)]
    found = _disjoint([*found, *_capitalised(words, found)])
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
        if last and _has_leading_head(words, last, mention):
            joined[-1] = Mention(Stretch(last.at.low, mention.at.high), None, 0.0)
        elif last and _halves(words, last, mention):
            joined[-1] = Mention(
                Stretch(last.at.low, mention.at.high), mention.label, mention.score
            )
        else:
            joined.append(_with_given_name(words, mention))
    return joined


def _has_leading_head(words: Words, left: Mention, right: Mention) -> bool:
    """*Osservatorio* before *Cartella Aperta*: the head, not the models, will tell the label."""
    head = words.word(left.at.low) in words.table(left.at.low).leading_heads
    return head and left.at.high - left.at.low == 1 and _adjoin(words, left, right)


def _adjoin(words: Words, left: Mention, right: Mention) -> bool:
    return left.at.high == right.at.low and not words.begins_line(right.at.low)


def _halves(words: Words, left: Mention, right: Mention) -> bool:
    if not _adjoin(words, left, right):
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
    VOLTLINE*), which is found again as a repeated one; and in lines of capitals, without those of
    which a word is a common one in the article (*IL SINDACO FRENA*, *CALO DEI TURISTI*)."""
    forms = {fold(words.form(m.at)) for m in mentions if not words.form(m.at).isupper()}
    surnames = {form.rpartition(" ")[2] for form in _persons(words, mentions)}

    def shouted(at: Stretch) -> bool:
        parts = [fold(word) for word in words.words[at.low : at.high]]
        if not words.form(at).isupper() or " ".join(parts) in forms | surnames:
            return False
        ends = range(1, len(parts) + 1)
        known = (" ".join(parts[low:high]) in forms for high in ends for low in range(high))
        inside = any(known) or not surnames.isdisjoint(parts)
        return inside or (words.in_capitals(at.low) and _has_common_word(words, at))

    return [mention for mention in mentions if not shouted(mention.at)]


def _persons(words: Words, mentions: Iterable[Mention]) -> set[str]:
    """The folded forms of persons that are not written in capitals."""
    found = {words.form(m.at) for m in mentions if m.label == "PER" and m.at.high - m.at.low > 1}
    return {fold(form) for form in found if not form.isupper()}


def _has_common_word(words: Words, at: Stretch) -> bool:
    """Whether the article writes a noun or verb of these tokens small elsewhere."""
    return any(len(word) > 3 and word in words.lower_case for word in words.lower[at.low : at.high])


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
        first = fold(words.words[low])
        sizes = {1}.union(*(table.sizes.get(first, frozenset()) for table in tables))
        for size in sorted(sizes, reverse=True):
            at = Stretch(low, low + size)
            if at.high > len(words) or any(words.begins_line(i) for i in range(low + 1, at.high)):
                continue
            form = words.form(at)
            alias = next(filter(None, (table.find(form) for table in tables)), None)
            if alias and (_is_plain_name(words, low) if size == 1 else _as_written(form, alias)):
                yield Mention(at, alias.label, 1.0)
                break


def _towns(words: Words) -> Iterator[Mention]:
    """Towns of several words, wherever they stand: *Borgo a Mozzano*."""
    for low in range(len(words)):
        if not words.capital(low) or (words.is_article(low) and words.opens_sentence[low]):
            continue
        for size in sorted(town_sizes().get(fold(words.words[low]), ()), reverse=True):
            at = Stretch(low, min(low + size, len(words)))
            inside = not any(words.begins_line(index) for index in range(low + 1, at.high))
            if inside and words.capital(at.high - 1) and fold(words.form(at)) in towns():
                yield Mention(at, "LOC", 1.0)
                break


def _with_whole_town(mention: Mention, towns: Iterable[Mention]) -> Mention:
    """*Museo della Memoria di Borgo* with the rest of *Borgo a Mozzano*."""
    for town in towns:
        if mention.at.low <= town.at.low < mention.at.high < town.at.high:
            return replace(mention, at=Stretch(mention.at.low, town.at.high))
    return mention


def _capitalised(words: Words, found: Iterable[Mention]) -> Iterator[Mention]:
    """Runs of capitalised proper nouns inside sentences that no model named: their neighbours
    will tell what they are (*shares in Tillary fell*)."""
    taken = {index for mention in found for index in range(mention.at.low, mention.at.high)}

    def belongs(index: int) -> bool:
        return index not in taken and words.capital(index) and words.upos[index] == "PROPN"

    high = 0
    for low in range(len(words)):
        if low < high or not belongs(low):
            continue
        high = low + 1
        while high < len(words) and belongs(high) and not words.opens_sentence[high]:
            high += 1
        at = Stretch(low, high)
        alone = not words.capital(low - 1) and not words.capital(high)
        mixed = not any(words.words[index].isupper() for index in (low - 1, *range(low, high)))
        mention = Mention(at, None, 0.0)
        if alone and mixed and not words.opens_sentence[low] and is_name(words, mention):
            yield mention


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
        and not words.lacks_article(index, index + 1)
        and not words.capital(index - 1)
        and not words.capital(index + 1)
    )


def _repeats(words: Words, mentions: Iterable[Mention]) -> Iterator[Mention]:
    """Further occurrences of names found, also in capitals, and surnames standing alone."""
    known: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    surnames: set[tuple[str, ...]] = set()
    for mention in mentions:
        form = tuple(words.words[mention.at.low : mention.at.high])
        known[form[0].lower()].add(form)
        if mention.label == "PER" and len(form) > 1 and len(form[-1]) > 2:
            known[form[-1].lower()].add(form[-1:])
            surnames.add(form[-1:])
    for index in range(len(words)):
        if not words.words[index][0].isalnum():
            continue
        for form in known.get(words.words[index].lower(), ()):
            at = Stretch(index, index + len(form))
            common = is_common_surname if form in surnames else is_common
            if _repeated(words.words[at.low : at.high], form) and not common(words, index):
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
