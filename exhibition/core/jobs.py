"""Background jobs: a small layer over huey that gives every job an application context.

Jobs wait in a SQLite file of their own on one machine, in PostgreSQL or Redis on several. A job carries ids, never
objects, and must be safe to run twice. Work that must not be lost has its own row; the job only gets it done sooner.
"""

import functools
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ParamSpec

import click
from flask import Flask
from flask.cli import AppGroup
from huey import Huey, crontab
from huey.api import TaskWrapper
from huey.storage import BaseStorage, MemoryStorage, PostgresStorage, RedisStorage, SqliteStorage
from psycopg import Connection
from psycopg.errors import UniqueViolation

from exhibition.core import clock, leftovers

P = ParamSpec("P")

GRACE = timedelta(seconds=90)
"""How much longer than planned a job may take on a busy machine."""
IN_LINE = timedelta(minutes=10)
"""How long a job may wait for its turn; one that has waited longer counts as lost."""

huey = Huey("exhibition", storage_class=MemoryStorage, results=False)
cli = AppGroup("jobs", help="Background jobs: mails, imports, tidying up.")
_application: list[Flask] = []
_declared: dict[str, TaskWrapper] = {}
_wanted: set[str] = set()


class LatePostgresStorage(PostgresStorage):
    """Connects and creates its tables at the first job, because the application must start without its database."""

    def __init__(self, name: str, dsn: str) -> None:
        self._ready = False
        super().__init__(name, dsn=dsn, create_tables=False)

    def _create_connection(self) -> Connection[Any]:
        connection = self._connect()
        if not self._ready:
            for statement in self.ddl:
                with suppress(UniqueViolation):  # another process creates the same table at this moment
                    connection.execute(statement.encode())
            self._ready = True
        return connection


def _storage(app: Flask) -> BaseStorage:
    url: str = app.config["SQLALCHEMY_DATABASE_URI"]
    if redis_url := app.config["SETTINGS"]["REDIS_URL"]:
        return RedisStorage("exhibition", url=redis_url)
    if url.startswith("postgresql"):
        return LatePostgresStorage("exhibition", dsn=url.replace("postgresql+psycopg://", "postgresql://"))
    return SqliteStorage("exhibition", filename=str(app.config["INSTANCE"] / "jobs.sqlite3"))


def _in_application(function: Callable[P, Any]) -> Callable[P, None]:
    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with _application[-1].app_context():
            function(*args, **kwargs)

    return run


def in_time(started_at: datetime | None, longest: timedelta) -> bool:
    """Whether a job that began at ``started_at`` and should take at most ``longest`` may still be running.

    A job far beyond its time will not come back: its process was killed.
    """
    return started_at is not None and clock.now() < started_at + longest + GRACE


def job(*, retries: int = 0, retry_delay: int = 0) -> Callable[[Callable[..., Any]], TaskWrapper]:
    """Declare a function as a job; calling it puts it into the queue. ``retry_delay`` is in seconds.

    Its name is ``<package>.<function>``. Raises ValueError for a name
    that is taken.
    """

    def declare(function: Callable[..., Any]) -> TaskWrapper:
        name = f"{function.__module__.split('.')[1]}.{function.__name__}"
        if name in _declared:
            raise ValueError(f"there are two jobs {name}")
        _declared[name] = huey.task(retries=retries, retry_delay=retry_delay)(_in_application(function))
        return _declared[name]

    return declare


def by_name(name: str) -> Callable[..., None]:
    """A function that puts the job into the queue, for a module that the job calls and that therefore cannot import it.

    The application does not start when no job has this name.
    """
    _wanted.add(name)

    def enqueue(*args: object) -> None:
        _declared[name](*args)

    return enqueue


def every(*, minutes: int) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Declare a function that the consumer runs every so many minutes."""

    def declare(function: Callable[[], Any]) -> Callable[[], Any]:
        return huey.periodic_task(crontab(minute=f"*/{minutes}"))(_in_application(function))

    return declare


@cli.command("run")
@click.option("--workers", default=2, show_default=True, help="Jobs at the same time.")
def run_consumer(workers: int) -> None:
    """Run waiting jobs until stopped with Ctrl-C."""
    consumer = huey.create_consumer(workers=workers, periodic=True, max_delay=1.0)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    consumer.run()


def wipe() -> None:
    """Take the bytes of jobs that are done out of the queue's file, where it has one of its own."""
    if isinstance(huey.storage, SqliteStorage):
        leftovers.wipe_file(Path(huey.storage.filename))


def bind(app: Flask) -> None:
    """Let jobs wait in this application's storage and run in its context."""
    huey.storage = app.extensions["jobs"]
    _application[:] = [app]


def init_app(app: Flask) -> None:
    """Bind the queue to the application. Raises LookupError when ``by_name`` was given a name that no job has."""
    if unknown := _wanted - _declared.keys():
        raise LookupError(f"no such job: {', '.join(sorted(unknown))}")
    huey.immediate_use_memory = False
    app.extensions["jobs"] = _storage(app)
    bind(app)
    app.cli.add_command(cli)
