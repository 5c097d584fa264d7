"""Lists of values in statements as one parameter each, so that a statement's text does not grow with them.

SQLAlchemy's own ``IN`` writes a placeholder for each value; with hundreds of them, parsing such a text costs the driver
more time than the database needs for the answer.
"""

import json
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Dialect, String, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import QueryableAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine


class _Many(TypeDecorator[list[Any]]):
    """A list of numbers or texts: an array on PostgreSQL, JSON on SQLite."""

    impl = String
    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.of) if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else json.dumps(value)


class _Among(FunctionElement[Any]):
    type = NullType()  # for a boolean, SQLAlchemy adds ``= 1`` on SQLite, which then uses no index
    inherit_cache = True


@compiles(_Among, "postgresql")
def _on_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = element.clauses
    return f"({compiler.process(column, **options)} = ANY ({compiler.process(values, **options)}))"


@compiles(_Among, "sqlite")
def _on_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = element.clauses
    listed = "".join(("SELECT value FROM json_each(", compiler.process(values, **options), ")"))
    return f"({compiler.process(column, **options)} IN ({listed}))"


def among(column: ColumnElement[Any] | QueryableAttribute[Any], name: str) -> ColumnElement[bool]:
    """Whether the column's value is in a list, which is passed as the parameter ``name`` when the statement runs."""
    return _Among(column, bindparam(name, type_=_Many(column.type)))
