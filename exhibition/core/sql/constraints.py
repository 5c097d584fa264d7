"""Which constraint refused a statement: known by its name in the models, on both databases.

PostgreSQL reports the name. SQLite reports the name of a CHECK, only the columns of a UNIQUE, and for a foreign key
nothing.
"""

import functools
import sqlite3

import psycopg
from sqlalchemy import Constraint, ForeignKeyConstraint, Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.exc import IntegrityError

from exhibition.core.db import Base


def violates(error: IntegrityError, *names: str) -> bool:
    """Whether one of these constraints or unique indexes refused the statement; any other refusal is our own fault.

    On SQLite a named foreign key matches every foreign key, so the statement must not be able to violate another one.
    Raises KeyError for a name that the models do not have.
    """
    messages = [_sqlite_messages()[name] for name in names]
    cause = error.orig
    if isinstance(cause, psycopg.Error):
        return cause.diag.constraint_name in names
    return isinstance(cause, sqlite3.Error) and str(cause) in messages


@functools.cache
def _sqlite_messages() -> dict[str, str]:
    """SQLite's message for each constraint or unique index, by its name."""
    told: dict[str, str] = {}
    for table in Base.metadata.tables.values():
        indexes = [index for index in table.indexes if index.unique]
        for one in (*table.constraints, *indexes):
            if isinstance(one.name, str):
                told[one.name] = _message(one)
    return told


def _message(broken: Constraint | Index) -> str:
    if isinstance(broken, ForeignKeyConstraint):
        return "FOREIGN KEY constraint failed"
    if isinstance(broken, PrimaryKeyConstraint | UniqueConstraint | Index):
        return "UNIQUE constraint failed: " + ", ".join(str(column) for column in broken.columns)
    return f"CHECK constraint failed: {broken.name}"
