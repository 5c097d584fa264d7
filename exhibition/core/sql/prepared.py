"""Statements that each PostgreSQL connection prepares once and libpq then runs, without a cursor (docs/adr/0010)."""

import itertools
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import errors, pq
from psycopg.adapt import PyFormat, Transformer
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_numbers = itertools.count()


class PreparedStatement:
    """A statement whose text names its parameters $1, $2 and so on; the server finds out their types."""

    def __init__(self, text: str, parameters: int) -> None:
        self.text = text
        self._name = f"exhibition_{next(_numbers)}".encode()
        self._formats = [PyFormat.TEXT] * parameters

    def first(self, connection: Connection, values: Sequence[Any]) -> list[Any] | None:
        """Run it within the open transaction, or alone on a driver that commits by itself; the first row, or None.

        The driver's errors become SQLAlchemy's.
        """
        wire: _Wire | None = connection.info.get("wire")
        if wire is None:
            wire = connection.info["wire"] = _Wire(connection.connection.dbapi_connection)
        try:
            given = wire.adapt.dump_sequence(values, self._formats)
            wire.begin()
            if self._name not in wire.prepared:
                wire.checked(wire.server.prepare(self._name, self.text.encode()))
                wire.prepared.add(self._name)
            result = wire.checked(wire.server.exec_prepared(self._name, given))
        except psycopg.Error as error:
            raise DBAPIError.instance(self.text, values, error, psycopg.Error, dialect=connection.dialect) from error
        if not result.ntuples:
            return None
        wire.adapt.set_pgresult(result)
        return wire.adapt.load_row(0, list)


class _Wire:
    """One connection: what it has prepared, and how values go out and come in."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self.server: Any = driver.pgconn
        self.adapt = Transformer(driver)
        self.prepared: set[bytes] = set()

    def begin(self) -> None:
        """Begin a transaction where there has to be one and is none yet, as a cursor would."""
        if self.server.transaction_status == pq.TransactionStatus.IDLE and not self._driver.autocommit:
            self.checked(self.server.exec_(b"BEGIN"))

    def checked(self, result: pq.abc.PGresult) -> pq.abc.PGresult:
        """The result, if it is no error."""
        if result.status in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
            return result
        if self.server.status != pq.ConnStatus.OK:
            raise psycopg.OperationalError("the connection is lost")
        raise errors.error_from_result(result)
