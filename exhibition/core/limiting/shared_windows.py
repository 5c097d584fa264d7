"""Moving windows of tries that all processes and servers count together, in a storage for the ``limits`` library.

On SQLite they lie in a file of their own, so that counting never waits for the database's writers; on PostgreSQL in an
unlogged table. Each try is one guarded UPSERT, so that of many at once no more are allowed than the limit says.
"""

import hmac
import json
import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg
from flask import Flask, current_app
from limits.storage import MovingWindowSupport, Storage
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from exhibition.core.config import secret_key

SCHEME = "shared"
FILE = "limits.sqlite3"
ENGINE = "limits_engine"
SLICES = 60
"""A window is counted in so many slices. A slice counts until all of it has left the window, so a limit is never
exceeded, and a try is given back at most a sixtieth of the window late.
"""
TIDY_EVERY_S = 600
MOST_IDLE = 2
"""Connections of each process that stay open for counting; each is needed for about a millisecond."""

_SQLITE_TABLE = """
    CREATE TABLE IF NOT EXISTS limit_window (
        name TEXT PRIMARY KEY, counts TEXT NOT NULL, ends_at REAL NOT NULL) WITHOUT ROWID"""
_SQLITE_TAKE = """
    INSERT INTO limit_window (name, counts, ends_at) VALUES (?1, json_object(?2, ?3), ?6)
    ON CONFLICT (name) DO UPDATE SET ends_at = excluded.ends_at, counts = (
        SELECT json_group_object(slice, total) FROM (
            SELECT slice, sum(amount) AS total FROM (
                SELECT key AS slice, value AS amount FROM json_each(limit_window.counts)
                WHERE CAST(key AS INTEGER) >= ?4
                UNION ALL SELECT ?2, ?3)
            GROUP BY slice))
    WHERE ?3 + (SELECT coalesce(sum(value), 0) FROM json_each(limit_window.counts) WHERE CAST(key AS INTEGER) >= ?4)
        <= ?5
    RETURNING 1"""
_SQLITE = {
    "take": _SQLITE_TAKE,
    "counts": "SELECT counts FROM limit_window WHERE name = ?1",
    "clear": "DELETE FROM limit_window WHERE name = ?1",
    "reset": "DELETE FROM limit_window",
    "tidy": "DELETE FROM limit_window WHERE ends_at < ?1",
}
_POSTGRESQL_TABLE = """
    CREATE UNLOGGED TABLE IF NOT EXISTS limit_window (
        name text PRIMARY KEY, counts jsonb NOT NULL, ends_at double precision NOT NULL)"""
_POSTGRESQL_TAKE = """
    INSERT INTO limit_window AS known (name, counts, ends_at)
    VALUES ($1, jsonb_build_object($2::text, $3::bigint), $6)
    ON CONFLICT (name) DO UPDATE SET ends_at = excluded.ends_at, counts = (
        SELECT jsonb_object_agg(slice, total) FROM (
            SELECT slice, sum(amount) AS total FROM (
                SELECT slice, amount::bigint FROM jsonb_each_text(known.counts) AS kept (slice, amount)
                WHERE slice::bigint >= $4
                UNION ALL SELECT $2::text, $3::bigint) AS live
            GROUP BY slice) AS summed)
    WHERE $3::bigint + (
        SELECT coalesce(sum(amount::bigint), 0) FROM jsonb_each_text(known.counts) AS kept (slice, amount)
        WHERE slice::bigint >= $4) <= $5
    RETURNING 1"""
_POSTGRESQL = {
    "take": _POSTGRESQL_TAKE,
    "counts": "SELECT counts::text FROM limit_window WHERE name = $1",
    "clear": "DELETE FROM limit_window WHERE name = $1",
    "reset": "DELETE FROM limit_window",
    "tidy": "DELETE FROM limit_window WHERE ends_at < $1",
}


def _on_connect(connection: Any, _entry: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")  # nobody needs the counts after a power cut
        connection.execute(_SQLITE_TABLE)
        return
    with suppress(psycopg.errors.UniqueViolation):  # another process makes the same table at this moment
        connection.execute(_POSTGRESQL_TABLE)


def init_app(app: Flask) -> None:
    """Connections of their own: a request that holds one of the application's would wait for a second in vain."""
    url: str = app.config["SQLALCHEMY_DATABASE_URI"]
    if url.startswith("sqlite"):
        engine = create_engine(f"sqlite:///{app.config['INSTANCE'] / FILE}", pool_size=MOST_IDLE, max_overflow=20)
    else:
        engine = create_engine(url, pool_size=MOST_IDLE, max_overflow=6, connect_args={"autocommit": True})
    event.listen(engine, "connect", _on_connect)
    app.extensions[ENGINE] = engine


def _run(what: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Run one of the statements by itself, outside every transaction of the request."""
    engine: Engine = current_app.extensions[ENGINE]
    connection = engine.raw_connection()
    driver: Any = connection.driver_connection
    try:
        if engine.dialect.name == "sqlite":
            return driver.execute(_SQLITE[what], values).fetchall()
        cursor = psycopg.RawCursor(driver).execute(_POSTGRESQL[what].encode(), values)
        return cursor.fetchall() if cursor.description else []
    except psycopg.OperationalError:
        connection.invalidate()
        raise
    finally:
        connection.close()


class SharedWindows(Storage, MovingWindowSupport):
    """Moving windows; the ``limits`` library finds this storage by the scheme of its address.

    Names of windows hold addresses of people, so only keyed digests of them are stored.
    """

    STORAGE_SCHEME = [SCHEME]

    def __init__(self, uri: str | None = None, *, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._tidied_at = time.monotonic()
        self._tidying = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        return SQLAlchemyError, psycopg.Error

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        if amount > limit:
            return False
        self._tidy()
        now = time.time()
        current = _slice(now, expiry)
        values = _digest(key), str(current), amount, current - SLICES, limit, now + expiry + expiry / SLICES
        return bool(_run("take", values))

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        now = time.time()
        oldest = _slice(now, expiry) - SLICES
        found = _run("counts", [_digest(key)])
        counts: dict[str, int] = json.loads(found[0][0]) if found else {}
        live = {int(number): amount for number, amount in counts.items() if int(number) >= oldest}
        if not live:
            return now, 0
        return (min(live) + 1) * expiry / SLICES, sum(live.values())

    def clear(self, key: str) -> None:
        _run("clear", [_digest(key)])

    def reset(self) -> int | None:
        _run("reset")
        return None

    def check(self) -> bool:
        _run("counts", [""])
        return True

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError("windows here move; none is fixed")

    def get(self, key: str) -> int:
        raise NotImplementedError("windows here move; none is fixed")

    def get_expiry(self, key: str) -> float:
        raise NotImplementedError("windows here move; none is fixed")

    def _tidy(self) -> None:
        """Now and then, delete the windows that are over."""
        with self._tidying:
            if time.monotonic() - self._tidied_at < TIDY_EVERY_S:
                return
            self._tidied_at = time.monotonic()
        _run("tidy", [time.time()])


def _slice(moment: float, expiry: int) -> int:
    """The number of the slice of a window of ``expiry`` seconds in which the moment lies."""
    return int(moment * SLICES / expiry)


def _digest(key: str) -> str:
    return hmac.digest(secret_key(), key.encode("utf-8", "replace"), "sha256").hex()
