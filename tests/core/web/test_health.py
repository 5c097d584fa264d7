"""The addresses for monitoring the server."""

from flask.testing import FlaskClient
from sqlalchemy import text

from exhibition.core.db import db


def test_healthz_answers_while_the_process_lives(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}


def test_readyz_answers_ok_when_the_database_is_migrated(client: FlaskClient) -> None:
    assert client.get("/readyz").status_code == 200


def test_readyz_refuses_when_migrations_are_pending(client: FlaskClient) -> None:
    with db.engine.begin() as connection:
        head = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    try:
        answer = client.get("/readyz")
    finally:
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})
    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "reason": "migrations pending"}
