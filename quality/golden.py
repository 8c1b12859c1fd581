"""Golden records: a few seeds as the pipeline writes them, kept to be looked at as a diff.

``python -m quality.golden`` names the records that differ from the kept ones,
``python -m quality.golden --write`` keeps the new ones. They are made with the fast profile, whose
decisions do not hang on the last digits of a processor's arithmetic; scores are kept to two
decimals, and versions and paths are left out.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import orjson

from pipeline.api import Pipeline
from pipeline.config import Config
from pipeline.core import codec
from pipeline.core.record import Record
from quality.evaluate import ROOT

FOLDER = ROOT / "tests/golden"
SEEDS = ("app_sonno.txt", "pasta_takeover.txt", "festival_matera.html")


def made() -> dict[str, bytes]:
    """The golden form of every golden seed, by the seed's name without suffix."""
    pipeline = Pipeline(Config().override(models={"profile": "fast"}))
    records = pipeline.run([ROOT / "seeds" / seed for seed in SEEDS])
    return {Path(record.source.path).stem: _golden(record) for record in records}


def kept() -> dict[str, bytes]:
    """The records kept in ``tests/golden``."""
    return {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.json"))}


def _golden(record: Record) -> bytes:
    name = Path(record.source.path).name
    plain = codec.encode(replace(record, source=replace(record.source, path=f"seeds/{name}")))
    del plain["id"], plain["provenance"], plain["language"]["detector"]
    return orjson.dumps(_coarse(plain), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _coarse(plain: Any) -> Any:
    if isinstance(plain, float):
        return round(plain, 2)
    if isinstance(plain, dict):
        return {key: _coarse(value) for key, value in plain.items()}
    return [_coarse(item) for item in plain] if isinstance(plain, list) else plain


@click.command()
@click.option("--write", is_flag=True, help="Keep the new records.")
def main(write: bool) -> None:
    """Compare the golden records with what the pipeline makes now."""
    now, before = made(), kept()
    differing = [name for name, record in now.items() if before.get(name) != record]
    for name in differing:
        print(f"{name} differs")
        if write:
            (FOLDER / f"{name}.json").write_bytes(now[name])
    sys.exit(1 if differing and not write else 0)


if __name__ == "__main__":
    main()
