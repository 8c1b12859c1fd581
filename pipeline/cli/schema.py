"""``pipeline schema``."""

from __future__ import annotations

import sys

import click


@click.command("schema")
@click.option("--pair", is_flag=True, help="The schema of pair files instead.")
def command(pair: bool) -> None:
    """Print the JSON Schema (2020-12) of records.

    \b
    Examples:
      pipeline schema > record.schema.json
      pipeline schema --pair
    """
    import orjson

    from pipeline.core.record import Pair, Record
    from pipeline.core.schema import json_schema

    schema = json_schema(Pair if pair else Record)
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    sys.stdout.buffer.write(orjson.dumps(schema, option=option))
