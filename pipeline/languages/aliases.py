"""Tables of known entities: CSV or JSON Lines with ``id``, ``label``, ``en`` and ``it``.

``en`` and ``it`` hold the names in that language, the preferred one first: separated by ``|`` in
CSV, a string or a list of strings in JSON Lines. Either may be empty, not both.

>>> table = parse_aliases("id,label,en,it\\nloc:milan,LOC,Milan,Milano\\n", "places.csv")
>>> table.find("MILANO").id
'loc:milan'

The shipped table ``data/known_entities.csv`` has the same format. Its names of states are those of
the Unicode Common Locale Data Repository (Unicode licence); all others were written by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, cast

from pipeline.core.layers import LABELS, Label
from pipeline.errors import UsageError
from pipeline.languages import LANGUAGES
from pipeline.languages.forms import fold
from pipeline.languages.names import name_sizes
from pipeline.languages.rows import is_json_lines, read_rows

COLUMNS: Final = ("id", "label", *LANGUAGES)


@dataclass(frozen=True, slots=True)
class Alias:
    """One known entity; ``names`` holds its names per language, the preferred one first."""

    id: str
    label: Label
    names: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class AliasTable:
    """Known entities by their folded names (see `fold`).

    ``sizes`` tells for the first word of names of several words how many there may be.
    """

    by_form: Mapping[str, Alias]
    sizes: Mapping[str, frozenset[int]]

    def find(self, form: str) -> Alias | None:
        """The entity that bears the name ``form`` in either language, or None."""
        return self.by_form.get(fold(form))


@cache
def known_entities() -> AliasTable:
    """The shipped table: states, cities with two names, institutions, well-known names."""
    path = resources.files("pipeline.languages") / "data" / "known_entities.csv"
    return parse_aliases(path.read_text(encoding="utf-8"), path.name)


def parse_aliases(text: str, file: str) -> AliasTable:
    """The table in ``text``: JSON Lines when ``file`` ends in ``.jsonl``, else CSV.

    Raises: UsageError with file and line for unknown columns, missing or wrong values, an id that
    is given twice, and a name that is given to two entities.
    """
    listed = is_json_lines(file)
    by_form: dict[str, Alias] = {}
    lines: dict[str, int] = {}
    for line, row in read_rows(text, file, COLUMNS, required=("id", "label")):
        alias = _alias(row if listed else _split(row), f"{file}, line {line}")
        if alias.id in lines:
            raise UsageError(
                f"{file}, line {line}: {alias.id} is already given in line {lines[alias.id]}."
            )
        lines[alias.id] = line
        for form in _forms(alias):
            holder = by_form.setdefault(fold(form), alias)
            if holder is not alias:
                raise UsageError(
                    f"{file}, line {line}: {form!r} already names {holder.id} "
                    f"(line {lines[holder.id]}); a name can stand for one entity only."
                )
    return AliasTable(by_form, name_sizes(by_form))


def _forms(alias: Alias) -> Iterator[str]:
    for names in alias.names.values():
        yield from names


def _split(row: Mapping[str, str]) -> Mapping[str, Any]:
    """A row of CSV with its names as lists."""
    return {key: value.split("|") if key in LANGUAGES else value for key, value in row.items()}


def _alias(row: Mapping[str, Any], where: str) -> Alias:
    identifier, label = row["id"], row["label"]
    if label not in LABELS:
        raise UsageError(f"{where}: label is {label!r}; it must be one of {', '.join(LABELS)}.")
    if not isinstance(identifier, str) or not identifier.strip() or " " in identifier.strip():
        raise UsageError(f"{where}: id is {identifier!r}; it must be a word such as per:ada-neri.")
    prefix = identifier.partition(":")[0].strip().upper()
    if prefix in LABELS and prefix != label:
        raise UsageError(f"{where}: {identifier} cannot have the label {label}.")
    names = {language: _names(row.get(language), where) for language in LANGUAGES}
    if not any(names.values()):
        raise UsageError(f"{where}: {identifier} has no name in any language.")
    return Alias(identifier.strip(), cast("Label", label), names)


def _names(value: object, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    names = value if isinstance(value, list) else [value]
    for name in names:
        if not isinstance(name, str):
            raise UsageError(f"{where}: names must be strings or lists of strings.")
    return tuple(dict.fromkeys(name for name in map(str.strip, names) if name))
