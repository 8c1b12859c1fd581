"""When two spellings look like names of the same entity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.languages.names import all_words, towns
from pipeline.languages.terms import small_words
from pipeline.stages.entities.forms import Form

# A word this long may differ by one letter and still be the same, misspelt name.
MISSPELT_FROM = 6
HEADS = all_words("organisations")
NATURAL = all_words("natural")
SMALL_WORDS = small_words()


def is_person(form: Form) -> bool:
    """Whether a form is a person's full name."""
    return form.label == "PER" and len(form.parts) > 1


def surname_holders(form: Form, forms: Iterable[Form]) -> list[Form]:
    """The full names that a short form may stand for, as surname or as given name."""
    size = len(form.parts)
    persons = [full for full in forms if is_person(full) and len(full.parts) > size]
    by_surname = [full for full in persons if full.parts[-size:] == form.parts]
    return by_surname or [full for full in persons if full.parts[:size] == form.parts]


def is_one_person(holders: Sequence[Form]) -> bool:
    """Whether full names are those of one person (also for one name, or none)."""
    if not holders:
        return True
    longest = max(holders, key=lambda form: len(form.parts))
    return all(_same_person(form.parts, longest.parts) or form is longest for form in holders)


def initials(parts: Sequence[str]) -> str:
    """The first letters of a name's words, small words left out."""
    return "".join(part[0] for part in parts if part not in SMALL_WORDS)


def is_short_organisation(short: Form, long: Form) -> bool:
    """*Fenmarsh* of *Fenmarsh Capital*, *Serapo* of *Atletico Serapo*; *Fenmarsh plc* is no short
    form of its daughter *Fenmarsh Wood BV*."""
    size = len(short.parts)
    if long.label != "ORG" or len(long.parts) <= size or (short.registered and long.registered):
        return False
    if short.label in ("LOC", "MISC") and short.points[short.label] - short.points["ORG"] > 1.5:
        return False
    if set(short.parts) <= HEADS or short.parts[-1] in SMALL_WORDS:
        return len(short.parts) == 1 and long.parts[0] == short.parts[0] and size == 1
    kinds = 1 if long.parts[0] in HEADS else 0
    first = short.parts in (long.parts[:size], long.parts[kinds : kinds + size])
    last = long.parts[-size:] == short.parts and long.parts[-size - 1] not in SMALL_WORDS
    return first or last


def is_short_place(short: Form, long: Form) -> bool:
    """*Ouse* of *River Ouse*, *Cortina* of *Cortina d'Ampezzo*, *Settimo* of *Settimo
    Torinese*."""
    bare = tuple(part for part in long.parts if part not in NATURAL)
    if len(bare) < len(long.parts) and bare == short.parts:
        return True
    size = len(short.parts)
    follows = long.parts[size : size + 1]
    tied = bool(follows) and (follows[0].startswith("d'") or follows[0] in all_words("of"))
    epithet = len(long.parts) == 2 and short.key not in towns() and long.key in towns()
    return long.parts[:size] == short.parts and (tied or epithet)


def is_inside(short: Form, long: Form) -> bool:
    """Some words of a longer name, with its first or last one: *Credito Valtiberino* of *Credito
    Mutuo Valtiberino*."""
    if not 2 <= len(short.parts) < len(long.parts):
        return False
    size = len(short.parts)
    if short.parts == long.parts[-size:] and long.parts[-size - 1] in SMALL_WORDS:
        return False  # "Passo di Corvo" is no short form of "Venere di Passo di Corvo"
    rest = iter(long.parts)
    ordered = all(part in rest for part in short.parts)
    ends = short.parts[-1] == long.parts[-1] or short.parts[0] == long.parts[0]
    return ordered and ends and not any(char.isdigit() for char in long.key)


def is_acronym(short: Form, long: Form) -> bool:
    """Initials of a longer name: *BMA* of *British Medical Association*."""
    if len(short.parts) != 1 or len(short.key) < 3 or len(long.parts) < 3 or long.label == "PER":
        return False
    return initials(long.parts) == short.key


def are_variants(one: Form, other: Form) -> bool:
    """Spellings of one name: a person's words in another order, initials, a misspelt letter."""
    if one.label == "PER" and _same_person(*sorted((one.parts, other.parts), key=len)):
        return True
    if any(char.isdigit() for char in one.key + other.key) or len(one.parts) != len(other.parts):
        return False
    differing = [pair for pair in zip(one.parts, other.parts, strict=True) if pair[0] != pair[1]]
    return len(one.parts) > 1 and len(differing) == 1 and _misspelt(*differing[0])


def _same_person(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """*Mitchell Reyes* and *Mitchell Okonkwo Reyes*, *J. Smith* and *John Smith*, *Zhao Mingde* and
    *Mingde Zhao*."""
    if len(short) < 2 or short == long:
        return False
    if sorted(short) == sorted(long):
        return True
    first = short[0] == long[0] or (
        short[0].strip(".") == long[0][0] or long[0].strip(".") == short[0][0]
    )
    middle = len(short) <= len(long) and all(
        part in long or any(other.startswith(part.strip(".")) for other in long)
        for part in short[1:-1]
    )
    return first and short[-1] == long[-1] and middle


def _misspelt(one: str, other: str) -> bool:
    """One letter more, fewer or different in a long word, not at its beginning."""
    if min(len(one), len(other)) < MISSPELT_FROM or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    if start == 0:
        return False
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    if len(one) == len(other):
        return one[start + 1 :] == other[start + 1 :]
    return longer[start + 1 :] == shorter[start:]
