"""Noticing that any process has committed something, which keeps live pages up to date (docs/adr/0009-live.md).

On SQLite the file's version tells (``PRAGMA data_version``), whichever process wrote. On PostgreSQL each process
announces its commits by NOTIFY, from a thread with its own connection and at most four times a second, so that no
transaction is slowed down.
"""

import atexit
import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from typing import Protocol

import psycopg
from flask import Flask
from sqlalchemy.engine import URL, make_url

PAUSE_S = 0.25
RECONNECT_S = 2.0
LAST_WORD_S = 1.0
CHANNEL = "exhibition_live"
SETTING = "ANNOUNCES_COMMITS"


class Ear(Protocol):
    def listen(self) -> bool:
        """Wait for ``PAUSE_S``, then return whether something was, or may have been, committed since the last call."""
        ...


class SqliteEar:
    """Reads the file's version, which changes with every commit of another connection, in other processes too."""

    def __init__(self, database: str) -> None:
        self._connection = sqlite3.connect(database, check_same_thread=False)
        self._version = self._read()

    def _read(self) -> int | None:
        with contextlib.suppress(sqlite3.Error):
            return self._connection.execute("PRAGMA data_version").fetchone()[0]
        return None

    def listen(self) -> bool:
        time.sleep(PAUSE_S)
        before, self._version = self._version, self._read()
        return self._version != before or before is None

    def close(self) -> None:
        self._connection.close()


class PostgresEar:
    """Listens to the announcements; while it cannot connect, it says that something may have changed."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._connection: psycopg.Connection | None = None

    def listen(self) -> bool:
        began = time.monotonic()
        try:
            if self._connection is None:
                self._connection = psycopg.connect(self._address, autocommit=True)
                self._connection.execute(f"LISTEN {CHANNEL}")
                return True
            heard = any(self._connection.notifies(timeout=PAUSE_S, stop_after=1))
        except psycopg.Error:
            self.close()
            heard = True
        time.sleep(max(0.0, began + PAUSE_S - time.monotonic()))
        return heard

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Announcer:
    """Announces this process's commits to the others, from the first one on; a command does so before it ends."""

    def __init__(self, address: str, committed: threading.Event) -> None:
        self._address = address
        self._committed = committed
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="announcer", daemon=True)
        self._thread.start()
        atexit.register(self._end)

    def _run(self) -> None:
        while not self._ending:
            self._committed.wait()
            try:
                with psycopg.connect(self._address, autocommit=True) as connection:
                    self._announce(connection)
            except psycopg.Error:
                time.sleep(RECONNECT_S)

    def _announce(self, connection: psycopg.Connection) -> None:
        while self._committed.wait():
            self._committed.clear()
            connection.execute(f"NOTIFY {CHANNEL}")
            if self._ending:
                return
            time.sleep(PAUSE_S)

    def _end(self) -> None:
        if self._committed.is_set():
            self._ending = True
            self._thread.join(LAST_WORD_S)


def _address(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextlib.contextmanager
def ear(app: Flask) -> Iterator[Ear]:
    """An ear for the application's database."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    made = SqliteEar(url.database or "") if url.drivername.startswith("sqlite") else PostgresEar(_address(url))
    with contextlib.closing(made):
        yield made


def init_app(app: Flask) -> None:
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    app.config.setdefault(SETTING, not app.testing and not url.drivername.startswith("sqlite"))
    if app.config[SETTING]:
        app.extensions["announcer"] = Announcer(_address(url), app.extensions["committed"])
