"""The migrations create exactly the models' schema, and can be reverted."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import delete, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from exhibition.accounts.audit import COMMAND_LINE, Actor, record
from exhibition.accounts.models import AuditEntry
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.outbox import MailState, OutboxMail
from exhibition.demo import service as demo
from exhibition.venue.edition.states import change_state
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from exhibition.visitors import service, slots
from exhibition.visitors.models import MessageKind
from exhibition.visitors.registration.party import Party
from exhibition.visitors.rules import SlotStatus
from tests.conftest import DATABASES, make_app, new_database
from tests.fairs import the_fair

ERASED_REGISTRATION = (
    "registration (exhibition_id, reference, manage_key, locale, consent_at, created_at, walk_in) SELECT id, 'SMR-1',"
    " 'a-manage-key', 'id', '2020-11-06 02:00:00', '2020-11-06 02:00:00', false FROM exhibition RETURNING id"
)
ROUND = (
    "disinfection_round (exhibition_id, starts_at, ends_at, done_by, planned_by) SELECT id, '2020-11-06 02:00:00',"
    " '2020-11-06 03:00:00', '', '' FROM exhibition RETURNING id"
)


@pytest.fixture(params=DATABASES)
def fresh_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database of its own, because these tests drop the schema."""
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


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
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


def a_registration() -> int:
    demo.load(open_now=True)
    slot = next(slot for slot in slots.of_edition(the_fair().id) if slot.status(clock.now()) is SlotStatus.OPEN)
    return service.register(Party(slot.id, "Siti Aminah", "siti@example.com", None, 2, "id")).registration_id


def test_mails_about_closed_sessions_go_with_their_kind_and_the_others_stay(fresh_app: Flask) -> None:
    registration_id = a_registration()
    db.session.add(OutboxMail(kind=MessageKind.CLOSED, about_id=registration_id))
    db.session.commit()
    downgrade(revision="0019")
    with db.engine.begin() as connection:
        assert set(connection.execute(text("SELECT kind FROM visitor_message")).scalars()) == {"pass"}
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text("UPDATE visitor_message SET kind = 'closed'"))
    upgrade()
    assert db.session.scalars(select(OutboxMail.kind)).unique().all() == [MessageKind.PASS]


def test_visitors_mails_move_into_the_outbox_and_back_and_those_of_erased_people_do_not(fresh_app: Flask) -> None:
    registration_id = a_registration()
    db.session.execute(delete(OutboxMail))
    db.session.commit()
    downgrade(revision="0020")
    row = "{kind}, 0, '', '2020-11-06 02:00:00', '2020-11-06 02:05:00', {registration_id}, {round_id}"
    with db.engine.begin() as connection:
        erased = connection.execute(text("INSERT INTO " + ERASED_REGISTRATION)).scalar_one()
        round_id = connection.execute(text("INSERT INTO " + ROUND)).scalar_one()
        for kind, person, about in (
            ("'pass', 'waiting'", registration_id, "NULL"),
            ("'closed', 'sent'", registration_id, round_id),
            ("'moved', 'failed'", registration_id, "NULL"),
            ("'pass', 'sent'", erased, "NULL"),
        ):
            values = row.format(kind=kind, registration_id=person, round_id=about)
            connection.execute(
                text(
                    "INSERT INTO visitor_message (kind, state, attempts, last_error, created_at, next_attempt_at,"
                    f" registration_id, round_id) VALUES ({values})"
                )
            )
    upgrade()
    kept = select(OutboxMail.kind, OutboxMail.about_id, OutboxMail.state, OutboxMail.dedupe_key)
    assert [tuple(mail) for mail in db.session.execute(kept.order_by(OutboxMail.id))] == [
        ("visitor.pass", registration_id, MailState.QUEUED, None),
        ("visitor.closed", registration_id, MailState.SENT, f"round {round_id}: registration {registration_id}"),
        ("visitor.moved", registration_id, MailState.FAILED, None),
    ]
    queued = db.session.scalars(select(OutboxMail).where(OutboxMail.state == MailState.QUEUED)).one()
    assert queued.next_try_at == datetime(2020, 11, 6, 2, 5, tzinfo=UTC)
    db.session.add(OutboxMail(kind="account.invitation", about_id=1))
    queued.state = MailState.DROPPED
    db.session.commit()
    downgrade(revision="0020")
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT kind, state FROM visitor_message ORDER BY id")).all()
    assert [tuple(mail) for mail in rows] == [("pass", "failed"), ("closed", "sent"), ("moved", "failed")]
    upgrade()


def an_edition(slug: str, first: date, state: EditionState) -> Exhibition:
    return Exhibition(
        slug=slug,
        name=slug,
        venue_name="Alun-alun",
        starts_on=first,
        ends_on=first + timedelta(days=1),
        hall_width=1,
        hall_depth=1,
        state=state,
    )


def test_the_audit_trail_tells_which_archived_editions_had_been_called_off(fresh_app: Flask) -> None:
    today = clock.now().date()
    for slug in ("held", "off", "held after all", "not archived"):
        db.session.add(an_edition(slug, today, EditionState.PUBLISHED))
    db.session.commit()
    archived, off, published = EditionState.ARCHIVED, EditionState.CALLED_OFF, EditionState.PUBLISHED
    for slug, *steps in (
        ("held", archived),
        ("off", off, archived),
        ("held after all", off, archived, published, archived),
        ("not archived", off),
    ):
        for target in steps:
            change_state(COMMAND_LINE, slug, target)
    downgrade(revision="0031")
    upgrade()
    called_off = select(Exhibition.slug).where(Exhibition.was_called_off)
    assert db.session.scalars(called_off).all() == ["off"]
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text("UPDATE exhibition SET was_called_off = true WHERE slug = 'not archived'"))


def test_the_current_edition_becomes_published_and_others_archived_or_draft_by_their_dates(fresh_app: Flask) -> None:
    today = clock.now().date()
    published, postponed = EditionState.PUBLISHED, EditionState.POSTPONED
    db.session.add_all(
        [
            an_edition("over", today - timedelta(days=90), published),
            an_edition("next", today + timedelta(days=30), published),
            an_edition("later", today + timedelta(days=90), published),
            an_edition("postponed", today + timedelta(days=9), postponed),
        ]
    )
    db.session.commit()
    downgrade(revision="0021")
    with db.engine.begin() as connection:
        assert connection.execute(text("SELECT slug FROM exhibition WHERE current")).scalars().all() == ["next"]
    upgrade()
    states = {edition.slug: edition.state for edition in db.session.scalars(select(Exhibition))}
    assert states == {
        "over": EditionState.ARCHIVED,
        "next": published,
        "later": EditionState.DRAFT,
        "postponed": EditionState.DRAFT,
    }
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text("UPDATE exhibition SET state = 'running'"))


def test_what_the_audit_trail_says_of_people_is_moved_apart_and_back(fresh_app: Flask) -> None:
    facts = {"email": "siti@example.com", "state": "active"}
    told = transaction(lambda: record(Actor(7, "Siti"), "user.create", "user", 7, name="siti", after=facts))
    told()
    whole = text("SELECT actor_name, object_name FROM audit_entry WHERE action = 'user.create'")
    db.session.rollback()
    downgrade(revision="0033")
    assert db.session.execute(whole).one() == ("Siti", "siti")
    db.session.rollback()
    upgrade()
    assert db.session.execute(whole).one() == ("", "")
    [entry] = db.session.scalars(select(AuditEntry)).all()
    assert (entry.actor_name, entry.object_name, entry.after) == ("Siti", "siti", facts)
    assert entry.kept_after == {"state": "active"}
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text("UPDATE audit_entry SET actor_name = 'x'"))
    db.session.rollback()
