"""Values as JSON between a reading child and the server, which believes nothing that the child says.

The child may have been taken over by the file it read. So its answer is never unpickled: only plain values come out,
and instances of the dataclasses, enums and exceptions that the caller names.
"""

import base64
import dataclasses
import enum
import json
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

_KIND, _VALUE = "~", "v"
_PLAIN = frozenset({str, int, float, bool, type(None)})


class NotPlain(ValueError):
    """A value that cannot be sent, or an answer that is none."""


def dump(value: object) -> bytes:
    """A value as JSON. Raises NotPlain, and RecursionError when it is nested too deeply."""
    return json.dumps(_dumped(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def load(answer: bytes, knows: Collection[type] = ()) -> Any:
    """The value in JSON, with instances of the classes in ``knows`` only. Raises NotPlain."""
    makers = _MAKERS | {one.__qualname__: _maker(one) for one in knows}

    def made(found: dict[str, Any]) -> Any:
        # Without a kind it is the fields of an instance, on the way to it.
        return makers[found[_KIND]](found[_VALUE]) if _KIND in found else found

    try:
        return json.loads(answer.decode("utf-8", "surrogatepass"), object_hook=made)
    except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError) as error:
        raise NotPlain("this is no answer of a reader") from error


def _dumped(value: Any) -> Any:
    cls = type(value)
    if cls in _PLAIN:
        return value
    if cls is list:
        return [_dumped(one) for one in value]
    if cls in _PARTS:
        kind, parts = _PARTS[cls]
        return {_KIND: kind, _VALUE: parts(value)}
    if isinstance(value, enum.Enum):
        return {_KIND: cls.__qualname__, _VALUE: value.value}
    if dataclasses.is_dataclass(value):
        facts = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    elif isinstance(value, BaseException):
        facts = dict(vars(value))
        facts |= facts.pop("details", {})  # as Refused takes them
    elif cls.__name__ == "LazyString":  # a sentence that is not translated yet
        return {_KIND: "sentence", _VALUE: [value._args[0], _dumped(value._kwargs)]}  # noqa: SLF001 — it has no other way
    else:
        raise NotPlain(f"a {cls.__qualname__} cannot be sent")
    return {_KIND: cls.__qualname__, _VALUE: {name: _dumped(one) for name, one in facts.items()}}


def _all(values: Collection[object]) -> list[Any]:
    return [_dumped(one) for one in values]


_PARTS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    dict: ("dict", lambda value: [_all(pair) for pair in value.items()]),
    tuple: ("tuple", _all),
    frozenset: ("frozenset", _all),
    Decimal: ("decimal", str),
    bytes: ("bytes", lambda value: base64.b64encode(value).decode()),
}


def _maker(cls: Any) -> Callable[[Any], Any]:
    return cls if issubclass(cls, enum.Enum) else lambda facts: cls(**facts)


def _sentence(said: list[Any]) -> object:
    from flask_babel import lazy_gettext  # readers of tables and shops need no web framework

    text, values = said
    return lazy_gettext(str(text), **values)


_MAKERS: dict[str, Callable[[Any], Any]] = {
    "dict": dict,
    "tuple": tuple,
    "frozenset": frozenset,
    "decimal": Decimal,
    "bytes": lambda value: base64.b64decode(value, validate=True),
    "sentence": _sentence,
}
