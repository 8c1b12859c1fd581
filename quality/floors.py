"""Figures that must not fall: ``tests/gold/floors.toml``.

One table per set and profile and part, such as ``[dev.accurate.it]``, with the least value (0-1) of
each measure named there. Floors are raised when the pipeline improves, and lowered by nobody
without saying why.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from quality.evaluate import ROOT, Result

FILE = ROOT / "tests/gold/floors.toml"
Floors = Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]]


def read(file: Path = FILE) -> Floors:
    """Set, profile, part, measure: the least value."""
    floors: Floors = tomllib.loads(file.read_text(encoding="utf-8"))
    return floors


def broken(set_name: str, results: Mapping[str, Result], floors: Floors | None = None) -> list[str]:
    """A line for each figure below its floor, or for a floor whose measure does not exist."""
    lines = []
    for profile, parts in (read() if floors is None else floors).get(set_name, {}).items():
        if profile not in results:
            continue
        for part, least in parts.items():
            for name, floor in least.items():
                found = results[profile].parts[part].get(name)
                if found is None or found.value < floor:
                    value = "missing" if found is None else f"{found.value:.3f}"
                    lines.append(f"below its floor: {part} {name}: {value} < {floor}")
    return lines
