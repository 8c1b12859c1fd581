"""Which entities of two documents are the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from pipeline.backends.sentence_encoder import Vectors
from pipeline.core.record import EntityPair, Record, RecordEntity, SegmentPair
from pipeline.corpus.features import name_words
from pipeline.languages.forms import fold

TOGETHER = 0.5  # weight of standing in the same beads, where documents are parallel
ENOUGH = 0.62
ENOUGH_ALONE = 0.86  # without beads, only names that are nearly the same
NEARLY_EQUAL = 0.93  # letters that outweigh different labels
LEAST_ALIKE = 0.55  # however much two stand in the same beads: Deutsche Bank is no Mediobanca
PART = 0.9  # likeness of a name that is a part of the other: Whitcombe, Oliver Whitcombe


def align_entities(
    left: Record,
    right: Record,
    left_vectors: Vectors,
    right_vectors: Vectors,
    beads: Sequence[SegmentPair] = (),
) -> tuple[EntityPair, ...]:
    """One-to-one pairs of entities, in the order of the left document, with scores in 0-1.

    Equal ``canonical`` ids settle it. Otherwise names must be alike and, between parallel
    documents, the mentions must stand in aligned segments (``beads``).
    """
    left_beads = _beads_of(left, {s: n for n, bead in enumerate(beads) for s in bead.en})
    right_beads = _beads_of(right, {s: n for n, bead in enumerate(beads) for s in bead.it})
    meaning = left_vectors @ right_vectors.T
    scored = []
    for i, one in enumerate(left.entities):
        for j, other in enumerate(right.entities):
            alike = _likeness(one, other, float(meaning[i, j]), in_beads=bool(beads))
            if one.canonical == other.canonical:
                score = 1.0
            elif beads:
                together = _dice(left_beads[one.id], right_beads[other.id])
                score = (1 - TOGETHER) * alike + TOGETHER * together
            else:
                score = alike
            if score == 1.0 or (
                alike >= LEAST_ALIKE and score >= (ENOUGH if beads else ENOUGH_ALONE)
            ):
                scored.append((-score, i, j))
    return _one_to_one(scored, left.entities, right.entities)


def _one_to_one(
    scored: Sequence[tuple[float, int, int]],
    left: Sequence[RecordEntity],
    right: Sequence[RecordEntity],
) -> tuple[EntityPair, ...]:
    used_left: set[int] = set()
    used_right: set[int] = set()
    chosen = []
    for negative, i, j in sorted(scored):
        if i not in used_left and j not in used_right:
            used_left.add(i)
            used_right.add(j)
            chosen.append((i, EntityPair(left[i].id, right[j].id, -negative)))
    return tuple(pair for _, pair in sorted(chosen, key=lambda item: item[0]))


def _likeness(one: RecordEntity, other: RecordEntity, meaning: float, *, in_beads: bool) -> float:
    """How alike two names are, in letters or in meaning.

    Labels are less sure than names: they only keep apart names that are not nearly equal. A part of
    a person's name is a name of theirs; of a body's, only where its place in the text says so too:
    *Verlane Cloud* is not *Verlane*.
    """
    forms, others = _forms(one), _forms(other)
    letters = max(
        (SequenceMatcher(None, a, b, autojunk=False).ratio() for a in forms for b in others),
        default=0.0,
    )
    if one.label != other.label and letters < NEARLY_EQUAL:
        return 0.0
    words, other_words = set(name_words(forms)), set(name_words(others))
    part = words <= other_words or other_words <= words
    if words and other_words and part and (one.label == "PER" or in_beads):
        letters = max(letters, PART)
    # Persons keep their names in translation; only bodies, places and works are translated.
    return letters if one.label == "PER" else max(letters, meaning)


def _forms(entity: RecordEntity) -> list[str]:
    names = {fold(name) for name in (*entity.name.values(), *entity.aliases) if name}
    return sorted(names)


def _beads_of(record: Record, bead_of: Mapping[str, int]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for entity in record.entities:
        for mention in entity.mentions:
            if mention.segment in bead_of:
                found[entity.id].add(bead_of[mention.segment])
    return found


def _dice(left: set[int], right: set[int]) -> float:
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0
