"""Copies of rows, for what one thing takes over from another."""

from typing import Any, TypeVar

from sqlalchemy import inspect

from exhibition.core.db import Base

Row = TypeVar("Row", bound=Base)


def copied(row: Row, *, without: frozenset[str] = frozenset(), **changed: Any) -> Row:
    """A new row with the values of ``row``, but for its ``id``, those in ``without`` (they get their defaults) and
    those given.
    """
    left_out = without | {"id"} | changed.keys()
    columns = inspect(type(row)).column_attrs.keys()
    return type(row)(**{name: getattr(row, name) for name in columns if name not in left_out}, **changed)
