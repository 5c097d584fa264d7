"""The statements of a scan: counted, because stewards wait for each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self
from unittest.mock import patch

from flask.testing import FlaskClient
from psycopg import Cursor
from sqlalchemy import Connection, event
from sqlalchemy.pool import ConnectionPoolEntry

from exhibition.core.db import db, on_driver
from exhibition.core.sql import statements
from exhibition.venue.models import Exhibition
from tests.gate import world

Listener = Callable[..., None]
BUDGET = 6


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement that goes to the database, BEGIN and COMMIT included, as the driver sees them."""
    seen: list[str] = []
    engine = db.engine
    listeners = _on_sqlite(seen) if engine.dialect.name == "sqlite" else _on_postgresql(seen)
    for name, listener in listeners.items():
        event.listen(engine, name, listener)

    def recorded(connection: Connection, text: str, values: Any) -> list[tuple[Any, ...]]:
        if connection.dialect.name == "postgresql":
            seen.append(text)
        return on_driver(connection, text, values)

    try:
        with patch.object(statements, "on_driver", recorded):
            yield seen
    finally:
        for name, listener in listeners.items():
            event.remove(engine, name, listener)


def _on_sqlite(seen: list[str]) -> dict[str, Listener]:
    return {
        "checkout": lambda driver, _record, _proxy: driver.set_trace_callback(seen.append),
        "checkin": lambda driver, _record: driver.set_trace_callback(None),
    }


def _on_postgresql(seen: list[str]) -> dict[str, Listener]:
    """Count BEGIN and COMMIT, which psycopg sends by itself, without a cursor."""

    class Recording(Cursor[Any]):
        def execute(self, query: Any, *rest: Any, **options: Any) -> Self:
            seen.append(query)
            return super().execute(query, *rest, **options)

    def record(driver: Any, _entry: ConnectionPoolEntry, _proxy: object) -> None:
        driver.cursor_factory = Recording

    def stop(driver: Any, _entry: ConnectionPoolEntry) -> None:
        driver.cursor_factory = Cursor

    return {
        "checkout": record,
        "checkin": stop,
        "begin": lambda _connection: seen.append("BEGIN"),
        "commit": lambda _connection: seen.append("COMMIT"),
    }


def test_an_accepted_scan_costs_six_statements(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    world.send(client, device, token=world.issue(exhibition.id).token)  # the process learns the public keys
    issued = world.issue(exhibition.id, party_size=2)
    for wanted in ({"token": issued.token, "people": 1}, {"code": issued.code}):
        with counted() as seen:
            answer = world.send(client, device, **wanted).json
        assert answer is not None
        assert answer["code"] == "accepted"
        assert len(seen) <= BUDGET, seen
        on_sqlite = db.engine.dialect.name == "sqlite"
        expected = ("BEGIN", "COMMIT") if on_sqlite else ("SELECT", "WITH")  # which commits by itself
        assert (seen[0].split()[0], seen[-1].split()[0]) == expected


def test_an_accepted_exit_costs_six_statements(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    issued = world.issue(exhibition.id)
    world.send(client, device, token=issued.token)
    with counted() as seen:
        world.send(client, device, token=issued.token, direction="exit")
    assert len(seen) <= BUDGET, seen
