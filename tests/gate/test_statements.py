"""What a scan costs the database: counted, because stewards wait for each statement."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event

from exhibition.core.db import db
from exhibition.venue.models import Exhibition
from tests.gate import world

BUDGET = 6


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement that goes to the database, BEGIN and COMMIT included."""
    seen: list[str] = []
    engine = db.engine

    def on_begin(_connection: Any) -> None:
        seen.append("BEGIN")

    def on_end(word: str) -> Any:
        return lambda _connection: seen.append(word)

    def on_statement(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):  # SQLite's own BEGIN IMMEDIATE is the begin event
            seen.append(statement)

    listeners = [
        ("begin", on_begin),
        ("commit", on_end("COMMIT")),
        ("rollback", on_end("ROLLBACK")),
        ("before_cursor_execute", on_statement),
    ]
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield seen
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)


def test_an_accepted_scan_costs_six_statements(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    world.send(client, device, token=world.issue(exhibition.id).token)  # the process learns the public keys
    issued = world.issue(exhibition.id, party_size=2)
    for wanted in ({"token": issued.token, "people": 1}, {"code": issued.code}):
        with counted() as seen:
            answer = world.send(client, device, **wanted).json
        assert answer is not None
        assert answer["code"] == "accepted"
        assert len(seen) <= BUDGET, seen
        assert (seen[0], seen[-1]) == ("BEGIN", "COMMIT")


def test_an_accepted_exit_costs_six_statements(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    issued = world.issue(exhibition.id)
    world.send(client, device, token=issued.token)
    with counted() as seen:
        world.send(client, device, token=issued.token, direction="exit")
    assert len(seen) <= BUDGET, seen
