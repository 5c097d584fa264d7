"""Adding rows some of which may already exist, in one statement, so that no other writer can interfere.

SQLAlchemy has ``ON CONFLICT`` only in its dialects; this is the one place that chooses between them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from exhibition.core.db import Base
from exhibition.core.sql.statements import table_of


def _insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def add_missing(connection: Connection, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Add the rows that do not exist yet, and leave the others as they are."""
    connection.execute(_insert(connection, table_of(model)).values(rows).on_conflict_do_nothing())


def add_or_change(
    connection: Connection, model: type[Base], key: Mapping[str, Any], new: Mapping[str, Any], change: Mapping[str, Any]
) -> None:
    """Add the row with this unique ``key`` and the ``new`` values; if it already exists, ``change`` it instead."""
    adding = _insert(connection, table_of(model)).values(**key, **new)
    connection.execute(adding.on_conflict_do_update(index_elements=list(key), set_=change))
