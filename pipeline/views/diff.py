"""What differs between two runs, document by document.

Documents are matched by id. Things in a document are matched by their place in the raw text, which
no setting changes: first those at the same place, then those that overlap. A mention with another
label, a claim with another beginning or another speaker is so shown as changed, and not as one lost
and one gained; the numbers of claims and entities play no part.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.core.record import RawRanges, Record, RecordClaim
from pipeline.store.files import DamagedFile
from pipeline.store.records import read_record_of, record_ids
from pipeline.views.visible import said

SHOWN_CHARACTERS = 60
# Links lead to other records, which are read when a link to them is described.
KEPT_RECORDS = 64


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: the document, the aspect, and what was there before and after ("" if not)."""

    document: str
    aspect: str
    before: str
    after: str

    @property
    def sort(self) -> str:
        """``lost``, ``gained`` or ``changed``."""
        return "changed" if self.before and self.after else "lost" if self.before else "gained"


@dataclass(frozen=True, slots=True)
class Thing:
    """Something in a record: its place in the raw text, and how it is shown.

    Only things ``about`` the same are matched: a claim's links to one record, say. Matched things
    differ when their ``core`` does; without one, when they are shown differently.
    """

    raw: RawRanges
    shown: str
    about: str = ""
    core: str = ""

    def differs(self, other: Thing) -> bool:
        """Whether this is not what ``other`` is."""
        return (self.core or self.shown) != (other.core or other.shown)


RecordOf = Callable[[str], Record | None]
Aspect = Callable[[Record, RecordOf], Iterable[Thing]]


def changes(left: Path, right: Path) -> Iterator[Change]:
    """Every difference between the records of two output folders, in the order of the ids."""
    names = {"left": set(record_ids(left)), "right": set(record_ids(right))}
    readers = _reader(left), _reader(right)
    for name in sorted(names["left"] | names["right"]):
        if name not in names["right"]:
            yield Change(name, "document", "present", "")
        elif name not in names["left"]:
            yield Change(name, "document", "", "present")
        elif left.joinpath("records", f"{name}.json").read_bytes() != (
            right.joinpath("records", f"{name}.json").read_bytes()
        ):
            pair = read_record_of(left, name), read_record_of(right, name)
            yield from compare(*pair, *readers)


def compare(
    before: Record, after: Record, of_before: RecordOf, of_after: RecordOf
) -> Iterator[Change]:
    """The differences between two records of one document; the readers find linked records."""
    for aspect, things in _ASPECTS.items():
        for old, new in matched(things(before, of_before), things(after, of_after)):
            if old is None or new is None or old.differs(new):
                shown = old.shown if old else "", new.shown if new else ""
                yield Change(before.id, aspect, *shown)
    yield from _speakers(before, after)


def summary(found: Iterable[Change]) -> dict[str, tuple[int, int, int]]:
    """Lost, gained and changed things per aspect."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for change in found:
        counts[change.aspect][change.sort] += 1
    return {
        aspect: (count["lost"], count["gained"], count["changed"])
        for aspect, count in counts.items()
    }


def matched(
    before: Iterable[Thing], after: Iterable[Thing]
) -> Iterator[tuple[Thing | None, Thing | None]]:
    """Things of both sides in the order of the text: same place, else overlapping, else alone."""
    waiting: dict[tuple[str, RawRanges], list[Thing]] = defaultdict(list)
    for thing in after:
        waiting[thing.about, thing.raw].append(thing)
    found: list[tuple[Thing | None, Thing | None]] = []
    alone: dict[str, tuple[list[Thing], list[Thing]]] = defaultdict(lambda: ([], []))
    for thing in before:
        same = waiting[thing.about, thing.raw]
        if same:
            found.append((thing, same.pop(0)))
        else:
            alone[thing.about][0].append(thing)
    for thing in (thing for things in waiting.values() for thing in things):
        alone[thing.about][1].append(thing)
    for lost, gained in alone.values():
        found += _overlapping(sorted(lost, key=_place), sorted(gained, key=_place))
    yield from sorted(found, key=lambda pair: _place(pair[0] or pair[1]))


def _overlapping(
    before: Sequence[Thing], after: Sequence[Thing]
) -> Iterator[tuple[Thing | None, Thing | None]]:
    left = right = 0
    while left < len(before) and right < len(after):
        old, new = before[left], after[right]
        (old_start, old_end), (new_start, new_end) = _place(old), _place(new)
        if max(old_start, new_start) < min(old_end, new_end):
            yield old, new
            left, right = left + 1, right + 1
        elif old_start <= new_start:
            yield old, None
            left += 1
        else:
            yield None, new
            right += 1
    yield from ((old, None) for old in before[left:])
    yield from ((None, new) for new in after[right:])


def _place(thing: Thing | None) -> tuple[int, int]:
    """From the first to the last raw character."""
    return (thing.raw[0][0], thing.raw[-1][1]) if thing and thing.raw else (0, 0)


def _reader(folder: Path) -> RecordOf:
    @lru_cache(maxsize=KEPT_RECORDS)
    def read(name: str) -> Record | None:
        try:
            return read_record_of(folder, name)
        except DamagedFile:
            return None

    return read


def _language(record: Record, _: RecordOf) -> Iterator[Thing]:
    yield Thing((), record.language.code)


def _removed(record: Record, _: RecordOf) -> Iterator[Thing]:
    for item in record.removed:
        start, end = item.raw
        yield Thing((item.raw,), f"{item.kind} {start}–{end}")


def _repairs(record: Record, _: RecordOf) -> Iterator[Thing]:
    for item in record.repairs:
        yield Thing((item.raw,), f"{item.kind} {item.before!r} → {item.after!r}", item.kind)


def _segments(record: Record, _: RecordOf) -> Iterator[Thing]:
    for item in record.segments:
        yield Thing(item.span.raw, item.span.text)


def _entities(record: Record, _: RecordOf) -> Iterator[Thing]:
    for entity in record.entities:
        for mention in entity.mentions:
            yield Thing(mention.raw, f"{mention.text} ({entity.label}, {entity.canonical})")


def _values(record: Record, _: RecordOf) -> Iterator[Thing]:
    for item in record.values:
        yield Thing(item.span.raw, f"{item.type} {item.value}")


def _claims(record: Record, _: RecordOf) -> Iterator[Thing]:
    for claim in record.claims:
        yield Thing(_raw(claim), f"{claim.kind}: {said(claim)}")


def _translations(record: Record, _: RecordOf) -> Iterator[Thing]:
    for item in record.segments:
        target = record.language.code
        if item.language == target:
            target = record.target_language
        yield Thing(item.span.raw, f"{item.translation.status}: {item.text.get(target) or '–'}")


def _links(record: Record, record_of: RecordOf) -> Iterator[Thing]:
    own = {claim.id: claim for claim in record.claims}
    for link in record.links:
        other = record_of(link.record)
        claims = {claim.id: claim for claim in other.claims} if other else {}
        if link.claim in own:
            claim, theirs = own[link.claim], claims.get(link.other)
            ends = (_short(said(claim)), _short(said(theirs)) if theirs else link.other)
            shown = f"{link.relation}: {ends[0]} ⇄ {link.record}: {ends[1]}"
            # The sentence, not the claim's number nor its exact extent, says which claim it is.
            core = f"{link.relation} {theirs.segments[:1] if theirs else link.other}"
            yield Thing(_raw(claim), shown, link.record, core)


def _speakers(before: Record, after: Record) -> Iterator[Change]:
    """Claims on both sides whose speaker has another name or is another entity."""
    sides = [
        ({thing: claim for claim in record.claims for thing in [Thing(_raw(claim), claim.id)]})
        for record in (before, after)
    ]
    for old, new in matched(*sides):
        if old and new:
            words = _short(said(sides[1][new]))
            names = [
                f"{_speaker(record, side[thing])}: {words}"
                for record, side, thing in ((before, sides[0], old), (after, sides[1], new))
            ]
            if names[0] != names[1]:
                yield Change(before.id, "speaker", names[0], names[1])


def _speaker(record: Record, claim: RecordClaim) -> str:
    if claim.speaker is None:
        return "–"
    canonical = {entity.id: entity.canonical for entity in record.entities}
    known = canonical.get(claim.speaker.entity or "")
    return f"{claim.speaker.name or '–'} ({known})" if known else claim.speaker.name or "–"


def _raw(claim: RecordClaim) -> RawRanges:
    return tuple(part for span in claim.content for part in span.raw)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 1].rstrip()}…"


_ASPECTS: Mapping[str, Aspect] = {
    "language": _language,
    "boilerplate": _removed,
    "repair": _repairs,
    "segment": _segments,
    "entity": _entities,
    "value": _values,
    "claim": _claims,
    "translation": _translations,
    "link": _links,
}
