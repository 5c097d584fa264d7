"""Statements of the hot paths: SQL written with SQLAlchemy, run on the driver's own cursor (docs/adr/0010).

SQLAlchemy's execution of one statement costs more than the statement itself. A scan has four of them, so here a
statement is compiled once for each database and then only the driver is asked; types are converted as always.
"""

from collections import namedtuple
from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Insert, Select, Table, Update
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from exhibition.core.db import Base, on_driver


def table_of(model: type[Base]) -> Table:
    """The plain table of an entity: on the hot paths nothing is loaded into a session."""
    return cast("Table", model.__table__)


Convert = Callable[[Any], Any]


class Statement:
    """One SELECT, INSERT or UPDATE with named parameters, that answers with at most one row.

    An INSERT fills the columns that its first run gives; each run gives the same. Defaults that Python makes are
    not filled in: a column that has one is given too, or the first run raises TypeError.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]] | Insert | Update) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def first(self, connection: Connection, values: dict[str, Any]) -> Any:
        """Run it within the open transaction; the first row as a named tuple, or None.

        Raises what SQLAlchemy raises: ``IntegrityError``, ``OperationalError`` and the like.
        """
        compiled = self._compiled.get(connection.dialect.name)
        if compiled is None:
            compiled = _Compiled(self._statement, list(values), connection.dialect)
            self._compiled[connection.dialect.name] = compiled
        return compiled.first(connection, values)


class _Compiled:
    """A statement as one database wants it: its text, and how each value goes in and out."""

    def __init__(
        self, statement: Select[*tuple[Any, ...]] | Insert | Update, given: list[str], dialect: Dialect
    ) -> None:
        columns = given if isinstance(statement, Insert) else None
        compiled = cast("SQLCompiler", statement.compile(dialect=dialect, column_keys=columns))
        if compiled.insert_prefetch or compiled.update_prefetch:
            raise TypeError(f"give a value for each of {compiled.insert_prefetch or compiled.update_prefetch}")
        self.text = str(compiled)
        types = {name: _inner(parameter.type, dialect) for name, parameter in compiled.binds.items()}
        self._order: list[str] | None = list(compiled.positiontup or ()) if compiled.positional else None
        converts = {name: kind.bind_processor(dialect) for name, kind in types.items()}
        self._inward = {name: convert for name, convert in converts.items() if convert is not None}
        self._constants = {
            name: self._inward.get(name, _same)(parameter.value)
            for name, parameter in compiled.binds.items()
            if not parameter.required and parameter.value is not None
        }
        described = statement.exported_columns.items()
        outward = [_inner(column.type, dialect).result_processor(dialect, None) for _name, column in described]
        self._outward = [(index, convert) for index, convert in enumerate(outward) if convert is not None]
        self._row = namedtuple("Row", [name for name, _column in described]) if described else None  # noqa: PYI024 its fields are the statement's

    def first(self, connection: Connection, values: dict[str, Any]) -> Any:
        given = self._constants | values
        for name, convert in self._inward.items():
            if name in values:
                given[name] = convert(given[name])
        cursor = on_driver(
            connection, self.text, given if self._order is None else [given[name] for name in self._order]
        )
        found = None if self._row is None else cursor.fetchone()
        cursor.close()
        if self._row is None or found is None:
            return None
        row = list(found)
        for index, convert in self._outward:
            row[index] = convert(row[index])
        return self._row._make(row)


def _same(value: Any) -> Any:
    return value


def _inner(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)
