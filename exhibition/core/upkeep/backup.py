"""Backing up everything one instance holds, and restoring it.

A backup is a folder: ``manifest.json``, the database (one SQLite file, or one PostgreSQL COPY text for each table),
and ``instance/`` with the secrets, the keys and the uploads. It appears under its name only when it is complete.
With a passphrase it is one encrypted file. Jobs are not in it: a job only hurries what has a row of its own.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy import JSON, Table, bindparam, create_engine, func, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from exhibition.core import clock
from exhibition.core.config import instance_folder
from exhibition.core.db import Mode, db, transaction
from exhibition.core.errors import Refused
from exhibition.core.sql import migrations
from exhibition.core.upkeep import sealing

FORMAT = 1
MANIFEST = "manifest.json"
SEALED = "backup.sealed"
"""The only file of an encrypted backup."""
SHORTEST_PASSPHRASE = 12
SQLITE_FILE = "database.sqlite3"
TABLES = "tables"
INSTANCE = "instance"
KEPT = ("secret.key", "totp.key", "keys", "uploads", "tls")
"""The parts of the instance folder that go into a backup."""
ROWS_AT_ONCE = 1000
FAILURES = (SQLAlchemyError, sqlite3.Error, psycopg.Error, OSError)
"""Errors that a database or a disk may raise during a restoration; nothing is changed then."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: rows by table, and the SHA-256 of each file by its path in the folder."""

    format: int
    made_at: str
    database: str
    revision: str
    rows: dict[str, int]
    files: dict[str, str]

    @property
    def row_count(self) -> int:
        return sum(self.rows.values())


def _refused(code: str, message: str) -> Refused:
    return Refused(code, message, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def back_up(folder: Path, passphrase: str = "") -> Manifest:
    """Write a backup into the new ``folder``, readable by its owner only; the server may run meanwhile.

    With a ``passphrase`` the folder holds one encrypted file, and nothing is written there in clear.
    Raises Refused ``folder_taken``, ``folder_unusable``, ``passphrase_short`` or ``schema_outdated`` (422).
    """
    if passphrase and len(passphrase) < SHORTEST_PASSPHRASE:
        raise _refused("passphrase_short", f"The passphrase needs at least {SHORTEST_PASSPHRASE} characters.")
    folder = folder.absolute()
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise _refused("folder_taken", f"{folder} is there already; name a new folder for the backup.")
    if migrations.pending():
        raise _refused("schema_outdated", "The database is not up to date; run `flask db upgrade` first.")
    db.session.rollback()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            manifest = _write_sealed(draft, passphrase) if passphrase else _write(draft)
            draft.rename(folder)
        except BaseException:
            shutil.rmtree(draft)
            raise
        _sync(folder.parent)
    except OSError as error:
        raise _refused("folder_unusable", f"{folder} cannot be written: {error.strerror}.") from error
    return manifest


def _write(draft: Path) -> Manifest:
    kind = db.engine.dialect.name
    rows = _write_sqlite(draft / SQLITE_FILE) if kind == "sqlite" else _write_tables(draft / TABLES)
    # After the database: a key's private half is on the disk before its row counts, so each row finds its file.
    _copy_kept(instance_folder(), draft / INSTANCE)
    manifest = Manifest(FORMAT, clock.now().isoformat(), kind, migrations.head(), rows, _digests(draft))
    (draft / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n")
    for path in draft.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
        _sync(path)
    return manifest


def _write_sealed(draft: Path, passphrase: str) -> Manifest:
    """Write the backup in clear into the instance folder, where all of it is anyway, and from there encrypted."""
    with tempfile.TemporaryDirectory(prefix="backup-", dir=instance_folder()) as work:
        plain, packed = Path(work) / "plain", Path(work) / "packed"
        plain.mkdir()
        manifest = _write(plain)
        with tarfile.open(packed, "w") as archive:
            archive.add(plain, arcname=".")
        sealing.seal(packed, draft / SEALED, passphrase)
    (draft / SEALED).chmod(0o600)
    _sync(draft / SEALED)
    _sync(draft)
    return manifest


@contextmanager
def _opened(folder: Path, passphrase: str) -> Iterator[Path]:
    """The backup's folder in clear. Raises Refused ``passphrase_missing`` or ``backup_sealed`` (422)."""
    if not (folder / SEALED).is_file():
        yield folder
        return
    if not passphrase:
        raise _refused("passphrase_missing", "The backup is encrypted; give its passphrase by --passphrase-file.")
    with tempfile.TemporaryDirectory(prefix="backup-", dir=instance_folder()) as work:
        packed = Path(work) / "packed"
        try:
            sealing.unseal(folder / SEALED, packed, passphrase)
        except sealing.WrongSeal as error:
            message = "The passphrase is wrong, or the backup is not as it was written."
            raise _refused("backup_sealed", message) from error
        with tarfile.open(packed) as archive:
            archive.extractall(Path(work) / "plain", filter="data")
        packed.unlink()
        yield Path(work) / "plain"


def _write_sqlite(file: Path) -> dict[str, int]:
    """Copy the database in one read transaction: the copy is consistent, and writers do not wait for it."""
    with closing(sqlite3.connect(str(db.engine.url.database))) as live:
        live.execute("VACUUM INTO ?", (str(file),))
    with closing(sqlite3.connect(file)) as copy:
        return {
            table.name: copy.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0]  # noqa: S608 our own names
            for table in _tables()
        }


def _write_tables(folder: Path) -> dict[str, int]:
    """Write one COPY text for each table, all from one snapshot."""
    folder.mkdir()
    rows: dict[str, int] = {}
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        for table in _tables():
            rows[table.name] = _count(connection, table)
            copy = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table.name), _columns(table))
            with (folder / table.name).open("wb") as file, _cursor(connection) as cursor, cursor.copy(copy) as chunks:
                file.writelines(chunks)
        connection.rollback()
    return rows


def _tables() -> list[Table]:
    """Every table; a table that others refer to comes before them."""
    return db.metadata.sorted_tables


def _columns(table: Table) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)


def _cursor(connection: Connection) -> psycopg.Cursor[Any]:
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection).cursor()


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _copy_kept(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700)
    for name in KEPT:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name)
        elif (source / name).exists():
            shutil.copy2(source / name, target / name)


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest and compare it with the folder's files.

    Raises Refused ``not_a_backup`` or ``backup_damaged`` (422).
    """
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise _refused("not_a_backup", f"{folder} is not a backup: it has no readable {MANIFEST}.") from error
    if manifest.format != FORMAT:
        raise _refused("not_a_backup", f"{folder} is a backup of format {manifest.format}, which is not known here.")
    found = _digests(folder)
    differing = sorted(name for name in found.keys() | manifest.files if found.get(name) != manifest.files.get(name))
    if differing:
        raise _refused("backup_damaged", f"The backup is damaged: {differing[0]} is not as it was written.")
    return manifest


def restore(folder: Path, *, replace: bool = False, passphrase: str = "") -> Manifest:
    """Bring back what the backup holds; on failure everything stays as it was.

    The database's schema must be current. A backup of SQLite can also be restored into PostgreSQL. Replaced files of
    the instance are kept in a folder ``replaced-…`` beside the new ones.
    Raises Refused ``not_a_backup``, ``backup_damaged``, ``passphrase_missing``, ``backup_sealed``, ``wrong_revision``,
    ``wrong_database``, ``not_empty`` or ``counts_differ`` (422).
    """
    with _opened(folder, passphrase) as opened:
        return _restore(opened, replace=replace)


def _restore(folder: Path, *, replace: bool) -> Manifest:
    manifest = read_manifest(folder)
    head, kind = migrations.head(), db.engine.dialect.name
    if manifest.revision != head:
        raise _refused(
            "wrong_revision",
            f"The backup's schema is {manifest.revision}, this program's is {head};"
            " restore it with the program that made it, then upgrade.",
        )
    if manifest.database not in {kind, "sqlite"}:
        raise _refused("wrong_database", f"A backup of {manifest.database} cannot be restored into {kind}.")
    if migrations.pending():
        raise _refused("schema_outdated", "The database is not up to date; run `flask db upgrade` first.")
    db.session.rollback()
    with _staged(folder / INSTANCE) as swap:
        _fill(folder, manifest, swap, replace=replace)
    return manifest


@contextmanager
def _staged(source: Path) -> Iterator[Callable[[], None]]:
    """Copy the files beside the old ones and yield a function that swaps the two; a failing block swaps them back."""
    instance = instance_folder()
    staged = instance / "restoring"
    shutil.rmtree(staged, ignore_errors=True)  # left behind by a restoration that was killed
    staged.mkdir(mode=0o700)
    replaced = instance / f"replaced-{clock.now():%Y%m%d-%H%M%S-%f}"
    moved: list[tuple[Path, Path]] = []

    def move(origin: Path, target: Path) -> None:
        origin.rename(target)
        moved.append((origin, target))

    def swap() -> None:
        for name in KEPT:
            if (instance / name).exists():
                replaced.mkdir(mode=0o700, exist_ok=True)
                move(instance / name, replaced / name)
            if (staged / INSTANCE / name).exists():
                move(staged / INSTANCE / name, instance / name)

    try:
        _copy_kept(source, staged / INSTANCE)
        yield swap
    except BaseException:
        for origin, target in reversed(moved):
            target.rename(origin)
        if replaced.exists():
            replaced.rmdir()
        raise
    finally:
        shutil.rmtree(staged)


@transaction(mode=Mode.CONNECTION)
def _fill(connection: Connection, folder: Path, manifest: Manifest, swap: Callable[[], None], *, replace: bool) -> None:
    """Replace all rows, compare the counts, and as the last step before the commit swap the files."""
    if not replace and (filled := [table.name for table in _tables() if _count(connection, table)]):
        raise _refused(
            "not_empty", f"The database is not empty ({filled[0]} has rows); --replace takes out what is there."
        )
    with _emptied(connection):
        if manifest.database == "sqlite":
            _fill_from_sqlite(connection, folder / SQLITE_FILE)
        else:
            _fill_from_tables(connection, folder / TABLES)
    for table in _tables():
        if (count := _count(connection, table)) != manifest.rows.get(table.name):
            raise _refused(
                "counts_differ", f"{table.name} has {count} rows after restoring, the backup says otherwise."
            )
    swap()


@contextmanager
def _emptied(connection: Connection) -> Iterator[None]:
    """Delete all rows, past the append-only triggers; afterwards set the id counters behind the rows filled in."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in _tables())
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        yield
        for table in _tables():
            for column in table.primary_key.columns:
                sequence = connection.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', column.name)))
                if sequence is not None and (last := connection.scalar(select(func.max(column)))) is not None:
                    connection.execute(select(func.setval(sequence, last)))
        return
    # Other triggers stay: they keep the search index in step with the rows.
    refusing = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name GLOB '*_append_only_*'"
    triggers = connection.execute(text(refusing)).all()
    for name, _definition in triggers:
        connection.execute(text(f'DROP TRIGGER "{name}"'))
    for table in reversed(_tables()):
        connection.execute(table.delete())
    yield
    for _name, definition in triggers:
        connection.execute(text(definition))


def _fill_from_sqlite(connection: Connection, file: Path) -> None:
    engine = create_engine(f"sqlite:///file:{file.absolute()}?immutable=1&uri=true", poolclass=NullPool)
    with engine.connect() as source:
        for table in _tables():
            # Without an explicit type, an absent value would become JSON's null instead of SQL's.
            values = {
                column.name: bindparam(
                    column.name, type_=JSON(none_as_null=True) if isinstance(column.type, JSON) else column.type
                )
                for column in table.columns
            }
            found = source.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table)).mappings()
            for rows in found.partitions():
                connection.execute(table.insert().values(values), [dict(row) for row in rows])


def _fill_from_tables(connection: Connection, folder: Path) -> None:
    for table in _tables():
        copy = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), _columns(table))
        with (folder / table.name).open("rb") as file, _cursor(connection) as cursor, cursor.copy(copy) as sink:
            while chunk := file.read(1 << 16):
                sink.write(chunk)
