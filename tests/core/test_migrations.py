"""The migrations: they make exactly what the models say, and can be taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from exhibition.accounts.audit import COMMAND_LINE, record
from exhibition.core.db import db, transaction
from tests.conftest import DATABASES, make_app, new_database


@pytest.fixture(params=DATABASES)
def fresh_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database of its own, because these tests take the schema down."""
    url = ""
    if request.param == "postgresql":
        server: str = request.getfixturevalue("postgres_server")
        url = new_database(server, "exhibition_migrations")
    app = make_app(tmp_path, url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_schema_is_what_the_models_say(fresh_app: Flask) -> None:
    check()


def test_downgrade_to_base_leaves_no_table_and_upgrade_brings_all_back(fresh_app: Flask) -> None:
    before = set(inspect(db.engine).get_table_names())
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) - {"alembic_version"} <= {
        name for name in before if name.startswith("huey_")
    }
    upgrade()
    assert set(inspect(db.engine).get_table_names()) == before


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_the_audit_trail(app: Flask, statement: str) -> None:
    transaction(record)(COMMAND_LINE, "booth.hold", "booth", 1)
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(statement))
    db.session.rollback()
