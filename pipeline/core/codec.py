"""Frozen dataclasses to plain JSON values and back, driven by their type hints.

`encode` and `decode` compile one small function per type and keep it, so that large layers cost
little. Field order is declaration order; mappings are sorted by key; floats are rounded once, here,
to `DECIMALS`. Types with `to_lines` and `from_lines` are written as lists of lines. Unknown keys
are ignored and missing ones take their default, so that files written by an older or newer version
of the package still load.

>>> from pipeline.core.spans import Span
>>> encode(Span(1, 4))
{'start': 1, 'end': 4}
>>> decode(Span, {"start": 1, "end": 4})
Span(start=1, end=4)
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

DECIMALS = 4

T = TypeVar("T")
Convert = Callable[[Any], Any]


class DecodeError(ValueError):
    """A JSON value does not have the shape its type asks for; the message names the path."""


def encode(value: Any) -> Any:
    """The plain JSON value (dict, list, str, int, float, bool, None) of a dataclass."""
    kind: Any = type(value)
    return _encoder(kind)(value)


def decode(kind: type[T], plain: Any) -> T:
    """An instance of ``kind`` from its JSON value.

    Raises: DecodeError with the path to the bad field.
    """
    anything: Any = kind
    decoded: T = _decoder(anything)(plain)
    return decoded


def json_name(item: Field[Any]) -> str:
    """The key a dataclass field is written under."""
    return str(item.metadata.get("json", item.name))


def _same(value: Any) -> Any:
    return value


def _rounded(value: float) -> float:
    return round(float(value), DECIMALS)


@cache
def _encoder(kind: Any) -> Convert:  # noqa: PLR0911 - one return per sort of type
    if hasattr(kind, "to_lines"):
        lines: Convert = kind.to_lines
        return lines
    if kind is float:
        return _rounded
    if is_dataclass(kind):
        return _dataclass_encoder(kind)
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        inner = _encoder(next(arg for arg in args if arg is not type(None)))
        return _same if inner is _same else lambda value: None if value is None else inner(value)
    if origin is tuple:
        return _tuple_encoder(args)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        inner = _encoder(args[1])
        return lambda value: {key: inner(value[key]) for key in sorted(value)}
    return _same


def _dataclass_encoder(kind: Any) -> Convert:
    """A function written for ``kind``, as its decoder is."""
    hints = get_type_hints(kind)
    known: dict[str, Any] = {}
    items = []
    for number, item in enumerate(fields(kind)):
        encoder = _encoder(hints[item.name])
        plain = f"value.{item.name}"
        if encoder is not _same:
            known[f"encode{number}"] = encoder
            plain = f"encode{number}({plain})"
        items.append(f"{json_name(item)!r}: {plain}")
    convert: Convert = eval(f"lambda value: {{{', '.join(items)}}}", known)
    return convert


def _tuple_encoder(args: tuple[Any, ...]) -> Convert:
    if len(args) == 2 and args[1] is Ellipsis:
        inner = _encoder(args[0])
        return list if inner is _same else lambda value: [inner(item) for item in value]
    inners = [_encoder(arg) for arg in args]
    return lambda value: [inner(item) for inner, item in zip(inners, value, strict=True)]


@cache
def _decoder(kind: Any) -> Convert:  # noqa: PLR0911 - one return per sort of type
    if hasattr(kind, "from_lines"):
        return _lines_decoder(kind)
    if kind is Any:
        return _same
    if is_dataclass(kind):
        return _dataclass_decoder(kind)
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        inner = _decoder(next(arg for arg in args if arg is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        return _tuple_decoder(args)
    if origin is Literal:
        return _literal_decoder(args)
    if origin is not None and issubclass(origin, Mapping):
        inner = _decoder(args[1])
        return lambda value: {str(key): inner(item) for key, item in _dict(value).items()}
    return _primitive_decoder(kind)


def _dataclass_decoder(kind: Any) -> Convert:
    """Complete values go straight through a function written for ``kind``, as `dataclasses` writes
    its constructors; anything else goes to the one that fills in defaults and explains errors."""
    hints = get_type_hints(kind)
    explain = _explaining_decoder(kind)
    known: dict[str, Any] = {"kind": kind, "explain": explain, "DecodeError": DecodeError}
    arguments = []
    for number, item in enumerate(fields(kind)):
        hint, key = hints[item.name], json_name(item)
        known[f"decode{number}"] = _decoder(hint)
        value = f"decode{number}(value[{key!r}])"
        if hint in (str, int):
            value = f"it if type(it := value[{key!r}]) is {hint.__name__} else {value}"
        arguments.append(value)
    source = f"""
def convert(value):
    try:
        return kind({", ".join(arguments)})
    except (LookupError, TypeError, DecodeError):
        return explain(value)
"""
    exec(source, known)
    convert: Convert = known["convert"]
    return convert


def _explaining_decoder(kind: Any) -> Convert:
    hints = get_type_hints(kind)
    plan = [(json_name(item), item, _decoder(hints[item.name])) for item in fields(kind)]

    def convert(value: Any) -> Any:
        plain = _dict(value)
        arguments = {}
        for key, item, decoder in plan:
            if key in plain:
                try:
                    arguments[item.name] = decoder(plain[key])
                except DecodeError as error:
                    raise DecodeError(f"{key}.{error}") from None
            elif item.default is MISSING and item.default_factory is MISSING:
                raise DecodeError(f"{key}: missing")
        return kind(**arguments)

    return convert


def _tuple_decoder(args: tuple[Any, ...]) -> Convert:
    if len(args) == 2 and args[1] is Ellipsis:
        inner = _decoder(args[0])
        return lambda value: tuple([inner(item) for item in _list(value)])
    inners = [_decoder(arg) for arg in args]

    def convert(value: Any) -> Any:
        items = _list(value)
        if len(items) != len(inners):
            raise DecodeError(f": {len(inners)} items expected, {len(items)} found")
        return tuple([inner(item) for inner, item in zip(inners, items, strict=True)])

    return convert


def _literal_decoder(allowed: tuple[Any, ...]) -> Convert:
    def convert(value: Any) -> Any:
        if value not in allowed:
            raise DecodeError(f": {value!r} is none of {', '.join(map(repr, allowed))}")
        return value

    return convert


def _primitive_decoder(kind: Any) -> Convert:
    accepted = (int, float) if kind is float else kind

    def convert(value: Any) -> Any:
        if type(value) is kind:
            return value
        if not isinstance(value, accepted) or (kind is not bool and isinstance(value, bool)):
            raise DecodeError(f": {kind.__name__} expected, {type(value).__name__} found")
        return value

    return convert


def _lines_decoder(kind: Any) -> Convert:
    def convert(value: Any) -> Any:
        try:
            return kind.from_lines(_list(value))
        except (AttributeError, IndexError, ValueError) as error:
            raise DecodeError(f": not the lines of a {kind.__name__} ({error})") from None

    return convert


def _dict(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DecodeError(f": object expected, {type(value).__name__} found")
    return value


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise DecodeError(f": list expected, {type(value).__name__} found")
    return value
