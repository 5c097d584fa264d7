"""Transactions: they join, run effects only after success, and try again when PostgreSQL demands it."""

import threading
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask
from sqlalchemy import Connection, func, insert, select, text

from exhibition.accounts.audit import COMMAND_LINE, record
from exhibition.accounts.models import AuditEntry, Role
from exhibition.core.db import Mode, after_commit, db, transaction
from exhibition.factory import create_app


def _count() -> int:
    return db.session.scalars(select(func.count()).select_from(AuditEntry)).one()


@transaction
def _write(number: int) -> None:
    record(COMMAND_LINE, "test.write", "number", number)


def test_a_use_case_inside_another_is_undone_with_it(app: Flask) -> None:
    @transaction
    def outer() -> None:
        _write(1)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        outer()
    assert _count() == 0


def test_effects_run_after_success_in_order_and_see_what_was_written(app: Flask) -> None:
    seen: list[tuple[str, int]] = []

    @transaction
    def outer() -> None:
        after_commit(lambda: seen.append(("first", _count())))
        _write(1)
        after_commit(lambda: seen.append(("second", _count())))
        assert seen == []

    outer()
    assert seen == [("first", 1), ("second", 1)]


def test_effects_of_a_failed_use_case_never_run(app: Flask) -> None:
    seen: list[str] = []

    @transaction
    def fails() -> None:
        after_commit(lambda: seen.append("ran"))
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        fails()
    assert seen == []


def test_a_failing_effect_does_not_undo_what_is_committed(app: Flask) -> None:
    @transaction
    def succeeds() -> str:
        _write(1)
        after_commit(lambda: 1 / 0)
        return "done"

    assert succeeds() == "done"
    assert _count() == 1


def test_sqlite_waits_for_the_disk_before_a_change_counts_as_done(tmp_path: Path) -> None:
    with create_app({"INSTANCE_PATH": str(tmp_path)}, testing=True).app_context():
        modes = [db.session.scalar(text(f"PRAGMA {name}")) for name in ("synchronous", "journal_mode", "foreign_keys")]
        db.session.remove()
        db.engine.dispose()
    assert modes == [2, "wal", 1]


ALONE = [Mode.CONNECTION, Mode.ONE_WRITE]


@pytest.mark.parametrize("mode", ALONE)
def test_a_use_case_on_a_connection_commits_by_itself_and_then_runs_its_effects(
    app: Flask, mode: Literal[Mode.CONNECTION, Mode.ONE_WRITE]
) -> None:
    seen: list[int] = []

    @transaction(mode=mode)
    def writes(connection: Connection, name: str) -> str:
        after_commit(lambda: seen.append(len(db.session.scalars(select(Role.name)).all())))
        connection.execute(insert(Role).values(name=name))
        return name

    assert writes("role-a") == "role-a"
    assert seen == [1]


@pytest.mark.parametrize("mode", ALONE)
def test_a_use_case_on_a_connection_is_no_part_of_another(
    app: Flask, mode: Literal[Mode.CONNECTION, Mode.ONE_WRITE]
) -> None:
    alone = transaction(mode=mode)(lambda _connection: None)
    with pytest.raises(RuntimeError, match="cannot be part of another"):
        transaction(alone)()


def test_a_use_case_on_a_connection_that_fails_takes_everything_back(app: Flask) -> None:
    @transaction(mode=Mode.CONNECTION)
    def fails(connection: Connection) -> None:
        connection.execute(insert(Role).values(name="role-a"))
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        fails()
    assert db.session.scalars(select(Role.name)).all() == []


def test_an_effect_without_a_transaction_is_a_mistake(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="needs an open transaction"):
        after_commit(lambda: None)


def test_concurrent_serializable_use_cases_are_tried_again_until_both_count(app: Flask) -> None:
    if db.engine.dialect.name != "postgresql":
        return  # SQLite takes the write lock first, so nothing has to be tried again
    both_have_read = threading.Barrier(2)
    attempts: list[int] = []

    @transaction
    def raise_highest() -> None:
        db.session.execute(text("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"))
        highest = db.session.scalars(select(func.count()).select_from(Role)).one()
        attempts.append(highest)
        if len(attempts) <= 2:
            both_have_read.wait(timeout=10)
        db.session.add(Role(name=f"role-{highest}"))

    def run() -> None:
        with app.app_context():
            raise_highest()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(db.session.scalars(select(Role.name))) == ["role-0", "role-1"]
    assert len(attempts) >= 3
