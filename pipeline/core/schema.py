"""The JSON Schema (2020-12) of records and pair files, derived from their types.

Additional properties are allowed: a record written by a later version, with added fields, stays
valid. Everything the contract names is required and typed.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pipeline.core.codec import json_name
from pipeline.core.record import SCHEMA_VERSION, Record

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_PRIMITIVES: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    Any: {},
}


def json_schema(kind: type = Record) -> dict[str, Any]:
    """The schema of a `Record` (default) or a pair file, with shared parts under ``$defs``.

    >>> json_schema()["title"]
    'Record'
    """
    definitions: dict[str, Any] = {}
    top = _object(kind, definitions)
    top["properties"]["schema_version"] = {"const": SCHEMA_VERSION}
    return {"$schema": DIALECT, **top, "$defs": dict(sorted(definitions.items()))}


def _object(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    properties = {
        json_name(item): _type(hints[item.name], definitions, item.name) for item in fields(kind)
    }
    required = [
        json_name(item)
        for item in fields(kind)
        if item.default is MISSING and item.default_factory is MISSING
    ]
    description = (kind.__doc__ or "").split("\n\n")[0].replace("\n    ", " ").strip()
    return {
        "title": kind.__name__,
        "description": description,
        "type": "object",
        "properties": properties,
        "required": required,
    }


def _type(kind: Any, definitions: dict[str, Any], name: str = "") -> dict[str, Any]:
    if is_dataclass(kind) and isinstance(kind, type):
        if kind.__name__ not in definitions:
            definitions[kind.__name__] = {}  # claims the name before the parts are looked at
            definitions[kind.__name__] = _object(kind, definitions)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        inner = next(arg for arg in args if arg is not type(None))
        return {"anyOf": [_type(inner, definitions), {"type": "null"}]}
    if origin is Literal:
        return {"enum": list(args)}
    if origin is tuple:
        return _array(args, definitions)
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _type(args[1], definitions)}
    schema = dict(_PRIMITIVES[kind])
    if kind is float and name in ("confidence", "score"):
        schema |= {"minimum": 0, "maximum": 1}
    if kind is int:
        schema["minimum"] = 0
    return schema


def _array(args: tuple[Any, ...], definitions: dict[str, Any]) -> dict[str, Any]:
    if len(args) == 2 and args[1] is Ellipsis:
        return {"type": "array", "items": _type(args[0], definitions)}
    return {
        "type": "array",
        "prefixItems": [_type(arg, definitions) for arg in args],
        "items": False,
        "minItems": len(args),
    }
