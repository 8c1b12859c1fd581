"""What differs between two runs, document by document.

Documents are matched by id. Things in a document are matched by their place in the raw text, which
no setting changes, so that a mention with another label or a claim with another speaker is shown as
changed, and not as one lost and one gained.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.record import Record
from pipeline.store.records import read_record_of, record_ids


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: the document, the aspect, and what was there before and after ("" if not)."""

    document: str
    aspect: str
    before: str
    after: str


Aspect = Callable[[Record], Mapping[str, str]]


def changes(left: Path, right: Path) -> Iterator[Change]:
    """Every difference between the records of two output folders, in the order of the ids."""
    names = {"left": set(record_ids(left)), "right": set(record_ids(right))}
    for name in sorted(names["left"] | names["right"]):
        if name not in names["right"]:
            yield Change(name, "document", "present", "")
        elif name not in names["left"]:
            yield Change(name, "document", "", "present")
        elif left.joinpath("records", f"{name}.json").read_bytes() != (
            right.joinpath("records", f"{name}.json").read_bytes()
        ):
            yield from compare(read_record_of(left, name), read_record_of(right, name))


def compare(before: Record, after: Record) -> Iterator[Change]:
    """The differences between two records of one document."""
    for aspect, describe in _ASPECTS.items():
        old, new = describe(before), describe(after)
        for key in sorted(old.keys() | new.keys()):
            if old.get(key) != new.get(key):
                yield Change(before.id, aspect, old.get(key, ""), new.get(key, ""))


def summary(found: Iterable[Change]) -> dict[str, tuple[int, int, int]]:
    """Lost, gained and changed things per aspect."""
    counts: dict[str, Counter[str]] = {}
    for change in found:
        sort = (
            "changed" if change.before and change.after else "lost" if change.before else "gained"
        )
        counts.setdefault(change.aspect, Counter())[sort] += 1
    return {
        aspect: (count["lost"], count["gained"], count["changed"])
        for aspect, count in counts.items()
    }


def _language(record: Record) -> Mapping[str, str]:
    return {"": record.language.code}


def _removed(record: Record) -> Mapping[str, str]:
    return {f"{item.raw}": f"{item.kind} {list(item.raw)}" for item in record.removed}


def _repairs(record: Record) -> Mapping[str, str]:
    return {
        f"{item.raw} {item.kind}": f"{item.kind} {item.before!r} → {item.after!r}"
        for item in record.repairs
    }


def _segments(record: Record) -> Mapping[str, str]:
    return {f"{item.span.raw}": item.span.text for item in record.segments}


def _entities(record: Record) -> Mapping[str, str]:
    return {
        f"{mention.raw}": f"{mention.text} ({entity.label}, {entity.canonical})"
        for entity in record.entities
        for mention in entity.mentions
    }


def _values(record: Record) -> Mapping[str, str]:
    return {f"{item.span.raw}": f"{item.type} {item.value}" for item in record.values}


def _claims(record: Record) -> Mapping[str, str]:
    return {
        f"{[span.raw for span in claim.content]}": (
            f"{claim.kind}: {' … '.join(span.text for span in claim.content)}"
        )
        for claim in record.claims
    }


def _speakers(record: Record) -> Mapping[str, str]:
    return {
        f"{[span.raw for span in claim.content]}": (
            f"{claim.speaker.name if claim.speaker else '–'}: {claim.content[0].text[:60]}"
        )
        for claim in record.claims
    }


def _translations(record: Record) -> Mapping[str, str]:
    target = record.target_language
    return {
        f"{item.span.raw}": f"{item.translation.status}: {item.text.get(target) or '–'}"
        for item in record.segments
    }


def _links(record: Record) -> Mapping[str, str]:
    return {
        f"{link.claim} {link.record} {link.other}": (
            f"{link.claim} {link.relation} {link.record} {link.other}"
        )
        for link in record.links
    }


_ASPECTS: Mapping[str, Aspect] = {
    "language": _language,
    "boilerplate": _removed,
    "repair": _repairs,
    "segment": _segments,
    "entity": _entities,
    "value": _values,
    "claim": _claims,
    "speaker": _speakers,
    "translation": _translations,
    "link": _links,
}
