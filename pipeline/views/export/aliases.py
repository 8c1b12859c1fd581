"""Names that no table of known entities has, as a table to edit for ``[entities] aliases``.

One row per identifier, the most mentioned first, in the format of `pipeline.languages.aliases`:
``id,label,en,it`` with the names that articles in that language use, the commonest first. A name
that articles use for two entities stays with the one it is used for more often, so that the table
can be read back as it is.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.core.record import Record
from pipeline.languages import LANGUAGES
from pipeline.languages.aliases import COLUMNS
from pipeline.languages.forms import fold
from pipeline.store.records import read_records
from pipeline.views.export.target import opened
from pipeline.views.known import known_aliases

SEPARATOR = "|"

Use = tuple[str, str, str, str]
"""An identifier, its label, a language, and a name in it."""


def export(folder: Path, target: Path) -> int:
    """Write the table; identifiers that the shipped table or that of the run has are left out."""
    uses: Counter[Use] = Counter()
    count = 0
    for record in read_records(folder):
        uses.update(_uses(record))
        count += 1
    with opened(target) as stream:
        file = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows(uses, known_aliases(folder)))
        file.detach()
    return count


def rows(uses: Mapping[Use, int], known: Iterable[str]) -> list[Sequence[str]]:
    """The rows for how often every name is used, without the identifiers that are ``known``.

    >>> rows({("per:ada-neri", "PER", "en", "Ada Neri"): 2}, ["loc:rome"])
    [['per:ada-neri', 'PER', 'Ada Neri', '']]
    """
    left_out = set(known)
    mentions: Counter[str] = Counter()
    names: dict[str, dict[str, list[str]]] = {}
    labels: dict[str, str] = {}
    holders: dict[str, str] = {}
    for (id_, label, language, name), times in sorted(
        uses.items(), key=lambda item: (-item[1], item[0])
    ):
        holder = holders.setdefault(fold(name), id_)
        if id_ in left_out or holder != id_ or not fold(name) or SEPARATOR in name:
            continue
        labels.setdefault(id_, label)
        names.setdefault(id_, {code: [] for code in LANGUAGES})[language].append(name)
        mentions[id_] += times
    ordered = sorted(names, key=lambda id_: (-mentions[id_], id_))
    return [
        [id_, labels[id_], *(SEPARATOR.join(names[id_][code]) for code in LANGUAGES)]
        for id_ in ordered
    ]


def _uses(record: Record) -> Iterator[Use]:
    language = record.language.code
    for entity in record.entities:
        for mention in entity.mentions:
            yield entity.canonical, entity.label, language, " ".join(mention.text.split())
