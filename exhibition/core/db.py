"""The database: declarative base, column types, and ``transaction``, the only place that commits.

Decisions and measurements: docs/adr/0002-transactions.md and docs/adr/0004-sqlite-durability.md.
"""

import enum
import fcntl
import functools
import logging
import os
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar, overload

import psycopg
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from psycopg import RawCursor
from sqlalchemy import JSON, DateTime, Dialect, Enum, MetaData, ScalarSelect, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, scoped_session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator

from exhibition.core import json

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

BUSY_TIMEOUT_MS = 20_000
ATTEMPTS = 5
RETRIED_STATES = frozenset({"40001", "40P01"})
"""PostgreSQL's serialization_failure and deadlock_detected."""


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)


@compiles(ScalarSelect, "sqlite")
def _with_the_names_of_tables(element: ScalarSelect[Any], compiler: SQLCompiler, **options: Any) -> str:
    """Columns in a RETURNING get no table's name on SQLite. In a subquery there, a column of the changed row would then
    mean the subquery's own column of that name, such as ``exhibition_id``, and so every row.
    """
    return compiler.visit_grouping(element, **options | {"include_table": True})


Json = JSON().with_variant(JSONB(), "postgresql")


class Moment(TypeDecorator[datetime]):
    """A point in time: in Python always aware and in UTC, however the database stores it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(kind: type[enum.StrEnum]) -> Enum:
    """A column type for a StrEnum: stored as its text, guarded by a CHECK."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
        name=kind.__name__.lower(),
    )


_patience_ms: ContextVar[int] = ContextVar("patience_ms", default=BUSY_TIMEOUT_MS)
_effects: ContextVar[list[Callable[[], object]] | None] = ContextVar("effects", default=None)


class Mode(enum.Enum):
    """What ``transaction`` gives a use case to work with, and how PostgreSQL commits it."""

    SESSION = enum.auto()
    """The session. Joins a transaction that is already open."""
    CONNECTION = enum.auto()
    """A bare connection, for the hot paths: without the session a transaction costs about a third less CPU. It never
    joins an open transaction. Afterwards the session reads its objects anew."""
    ONE_WRITE = enum.auto()
    """``CONNECTION`` for a use case that writes by one ``Statement`` or ``Chain`` and by nothing else: PostgreSQL
    commits such a write by itself, without the round trips of BEGIN and COMMIT. Values that were read before it may
    have changed meanwhile, so the write itself must guard everything that the decision depends on."""


@overload
def transaction(use_case: Callable[P, R], /) -> Callable[P, R]: ...


@overload
def transaction(
    *, mode: Literal[Mode.CONNECTION, Mode.ONE_WRITE]
) -> Callable[[Callable[Concatenate[Connection, P], R]], Callable[P, R]]: ...


def transaction(use_case: Callable[..., Any] | None = None, /, *, mode: Mode = Mode.SESSION) -> Any:
    """Run a use case in one database transaction and commit it.

    As ``@transaction`` it works on the session. With another ``mode`` the use case gets the connection as its first
    argument. On SQLite the transaction takes the write lock at once (BEGIN IMMEDIATE); on PostgreSQL a serialization
    failure or a deadlock runs the use case again, at most five times. Effects that the use case passed to
    ``after_commit`` run once, after success.
    """
    if use_case is not None:
        return _on_session(use_case)
    return functools.partial(_on_connection, mode)


def _on_session(use_case: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(use_case)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _effects.get() is not None:
            return use_case(*args, **kwargs)
        db.session.rollback()  # ends the request's reads, so that the use case decides on fresh values
        return _commit_or_take_back(db.session, lambda: use_case(*args, **kwargs))

    return run


def _on_connection(mode: Mode, use_case: Callable[Concatenate[Connection, P], R]) -> Callable[P, R]:
    @functools.wraps(use_case)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _effects.get() is not None:
            raise RuntimeError("this use case commits by itself and cannot be part of another")
        if db.session.registry.has():
            db.session.rollback()  # an earlier snapshot would not show the coming changes
        with db.engine.connect() as connection:

            def work() -> R:
                return use_case(connection, *args, **kwargs)

            def begin_and_work() -> R:
                connection.begin()  # a ``core.sql.statements.Statement`` does not begin by itself
                return work()

            if mode is Mode.CONNECTION or connection.dialect.name == "sqlite":
                return _commit_or_take_back(connection, begin_and_work)
            driver: Any = connection.connection.dbapi_connection
            driver.autocommit = True
            try:
                return _commit_or_take_back(connection, work)
            finally:
                if not driver.closed:
                    driver.autocommit = False

    return run


def _commit_or_take_back(unit: scoped_session[Any] | Connection, work: Callable[[], R]) -> R:
    for attempt in range(1, ATTEMPTS + 1):
        effects: list[Callable[[], object]] = []
        token = _effects.set(effects)
        try:
            with _turn():
                try:
                    result = work()
                    unit.commit()
                    current_app.extensions["committed"].set()
                except BaseException:
                    unit.rollback()
                    raise
        except DBAPIError as error:
            if attempt == ATTEMPTS or getattr(error.orig, "sqlstate", None) not in RETRIED_STATES:
                raise
            time.sleep(random.uniform(0, 0.02 * attempt))  # noqa: S311 spreads retries, no secret
            continue
        finally:
            _effects.reset(token)
        for effect in effects:
            try:
                effect()
            except Exception:  # the change is committed and acknowledged; an effect cannot take it back
                log.exception("after-commit effect failed")
        return result
    raise AssertionError("unreachable")


class WriteQueue:
    """Makes the writers of one SQLite file wait in line: threads by a lock, processes by a lock on a file beside it.

    SQLite itself has waiters try again after ever longer pauses; under load some would wait for seconds. The line only
    makes waiting fair: SQLite's own lock remains the guard, and the system frees the file lock of a dead process.
    """

    def __init__(self, path: Path) -> None:
        self._threads = threading.Lock()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)

    @contextmanager
    def turn(self, wait_ms: int) -> Iterator[None]:
        """Run the block when it is our turn, or after ``wait_ms`` anyway; it may then find the database locked."""
        if not self._threads.acquire(timeout=wait_ms / 1000):
            yield
            return
        try:
            if wait_ms == BUSY_TIMEOUT_MS:
                fcntl.flock(self._file, fcntl.LOCK_EX)
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)
            self._threads.release()


def _turn() -> AbstractContextManager[None]:
    queue: WriteQueue | None = current_app.extensions["write_queue"]
    return nullcontext() if queue is None else queue.turn(_patience_ms.get())


def after_commit(effect: Callable[[], object]) -> None:
    """Run ``effect`` once the open transaction is committed; not at all if it fails."""
    effects = _effects.get()
    if effects is None:
        raise RuntimeError("after_commit needs an open transaction")
    effects.append(effect)


def _on_connect(connection: Any, _entry: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # BEGIN is sent by the event handler below, not by the driver
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()


@contextmanager
def patience(milliseconds: int) -> Iterator[None]:
    """Inside the block, transactions wait at most this long for a lock, then fail; for writes not worth a wait."""
    token = _patience_ms.set(milliseconds)
    try:
        yield
    finally:
        _patience_ms.reset(token)


def on_driver(connection: Connection, text: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Run SQL on the driver's own cursor and return its rows; the driver's errors become SQLAlchemy's.

    ``text`` writes parameters as the database itself does: ``?`` on SQLite, ``$1``, ``$2`` … on PostgreSQL. Each
    connection keeps one such cursor.
    """
    errors: Any = connection.dialect.loaded_dbapi.Error
    cursor: Any = connection.info.get("cursor")
    if cursor is None:
        driver: Any = connection.connection.dbapi_connection
        cursor = RawCursor(driver) if isinstance(driver, psycopg.Connection) else driver.cursor()
        connection.info["cursor"] = cursor
    try:
        cursor.execute(text, values)
        return cursor.fetchall() if cursor.description else []
    except errors as error:
        raise DBAPIError.instance(text, values, error, errors, dialect=connection.dialect) from error


def _on_begin(connection: Connection) -> None:
    wait_ms = _patience_ms.get()
    if connection.dialect.name == "sqlite":
        if wait_ms != connection.info.get("busy_timeout", BUSY_TIMEOUT_MS):
            connection.exec_driver_sql(f"PRAGMA busy_timeout={wait_ms}")
            connection.info["busy_timeout"] = wait_ms
        on_driver(connection, "BEGIN" if _effects.get() is None else "BEGIN IMMEDIATE")
    elif wait_ms != BUSY_TIMEOUT_MS:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {wait_ms}")


event.listen(Engine, "connect", _on_connect)
event.listen(Engine, "begin", _on_begin)


def engine_options(database_url: str) -> dict[str, Any]:
    """Pool and driver settings that fit the database."""
    common = {"json_serializer": json.dumps, "json_deserializer": json.loads, "hide_parameters": True}
    if database_url.startswith("sqlite"):
        return common | {"pool_size": 20, "max_overflow": 20, "pool_timeout": 30}
    return common | {
        "pool_size": 20,
        "max_overflow": 0,  # a connection beyond the pool would be opened and closed for one request
        "pool_timeout": 30,
        "pool_recycle": 1800,
        "connect_args": {"options": "-c timezone=utc"},
    }


def init_app(app: Flask) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    app.extensions["write_queue"] = None
    app.extensions["committed"] = threading.Event()
    """Set by every commit of this process; ``core.web.commit_watch`` tells the other processes."""
    if file := make_url(url).database if url.startswith("sqlite") else None:
        app.extensions["write_queue"] = WriteQueue(Path(file + "-queue"))
    db.init_app(app)
