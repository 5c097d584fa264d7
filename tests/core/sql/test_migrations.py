"""The migrations: they make exactly what the models say, and can be taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from exhibition.accounts.audit import COMMAND_LINE, record
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.demo import service as demo
from exhibition.visitors import service, slots
from exhibition.visitors.models import MessageKind, VisitorMessage
from exhibition.visitors.registration.party import Party
from exhibition.visitors.rules import SlotStatus
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
        app.extensions["jobs"].close()
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


def test_listings_from_before_imports_are_kept_in_rupiah_with_their_date(fresh_app: Flask) -> None:
    downgrade(revision="0004")
    row = "1, 1, 'Keripik', '', 15000, 'in_stock', '', 0, {shown}, '2020-11-06 02:00:00', '2020-11-07 03:00:00'"
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO exhibitor (id, slug, name, kind, product_group, district, description, contact_name,"
                " email, phone, sample, created_at) VALUES (1, 'tini', 'Tini', 'umkm', '', '', '', '', '', '', false,"
                " '2020-11-06 02:00:00')"
            )
        )
        for number, shown in ((1, "true"), (2, "false")):
            values = row.format(shown=shown).replace("1, 1,", f"{number}, 1,", 1)
            connection.execute(
                text(
                    "INSERT INTO listing (id, exhibitor_id, title, description, price, availability, link, position,"
                    f" published, created_at, updated_at) VALUES ({values})"
                )
            )
    upgrade()
    with db.engine.connect() as connection:
        statement = "SELECT price, currency, source, review, price_at = updated_at, published FROM listing ORDER BY id"
        kept = [tuple(row) for row in connection.execute(text(statement))]
        trusted = connection.execute(text("SELECT trusted FROM exhibitor")).scalar()
    assert kept == [
        (15_000, "IDR", "manual", "approved", 1, 1),
        (15_000, "IDR", "manual", "waiting", 1, 0),
    ]
    assert trusted
    downgrade(revision="0004")
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM listing WHERE price = 15000")).scalar() == 2
    upgrade()


def test_mails_about_closed_sessions_go_with_their_kind_and_the_others_stay(fresh_app: Flask) -> None:
    demo.load()
    slot = next(slot for slot in slots.of_current_exhibition() if slot.status(clock.now()) is SlotStatus.OPEN)
    issued = service.register(Party(slot.id, "Siti Aminah", "siti@example.com", None, 2, "id"))
    db.session.add(VisitorMessage(registration_id=issued.registration_id, kind=MessageKind.CLOSED))
    db.session.commit()
    downgrade(revision="0019")
    with db.engine.begin() as connection:
        assert set(connection.execute(text("SELECT kind FROM visitor_message")).scalars()) == {"pass"}
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text("UPDATE visitor_message SET kind = 'closed'"))
    upgrade()
    assert db.session.scalars(select(VisitorMessage.kind)).unique().all() == [MessageKind.PASS]
