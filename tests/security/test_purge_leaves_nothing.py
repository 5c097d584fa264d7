"""After the purge nothing of a person is found: no row, no byte of a file, no line of a log, nothing in a backup."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from exhibition.accounts import audit, invitations, pins
from exhibition.accounts.audit import COMMAND_LINE, Actor
from exhibition.accounts.models import AuditEntry, AuditName, RoleName, User
from exhibition.accounts.service import create_user
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.upkeep import backup
from exhibition.exhibitors import service as exhibitors
from exhibition.exhibitors.applications import documents
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.rules.application_steps import Step, StepTaker
from exhibition.gate.models import ScanConflict
from exhibition.gate.occupancy import headcount
from exhibition.gate.offline import conflicts
from exhibition.venue.models import Exhibition
from exhibition.visitors import service as visitors
from exhibition.visitors.groups import service as groups
from exhibition.visitors.models import TimeSlot
from exhibition.visitors.passes import lost_links
from exhibition.visitors.registration.party import Party
from exhibition.visitors.waiting import service as waiting
from tests.conftest import run_jobs
from tests.exhibitors.applications import applying
from tests.gate import world
from tests.mailbox import Mailbox
from tests.messages import world as messages_world

MARK = "qzvwx"
EMAIL = f"{MARK}@example.com"
PHONE = "+6281277770001"
MARKS = (MARK, PHONE[3:])
PIN = "482913"
WRITTEN_IN = {
    "application",
    "application_document",
    "audit_name",
    "device",
    "exhibitor",
    "invitation",
    "link_request",
    "occupancy_count",
    "outbox_mail",
    "scan",
    "scan_conflict",
    "scan_override",
    "visitor_contact",
    "visitor_group",
    "waiting_party",
}
FOUR_YEARS = timedelta(days=4 * 366)


def named(word: str) -> str:
    return f"{MARK.capitalize()} {word}"


@transaction
def let_everybody_be_overruled(exhibition: Exhibition) -> None:
    db.session.merge(exhibition).override_codes = "too_early too_late closed cancelled revoked"


def visitors_come(exhibition: Exhibition, mailbox: Mailbox) -> None:
    slot = messages_world.coming(exhibition)
    lost_links.ask(EMAIL, None, "id")
    issued = visitors.register(Party(slot.id, named("Siti"), EMAIL, PHONE, 2, "id"), idempotency_key=f"key-{MARK}")
    run_jobs()
    visitors.send_again(issued.registration_id)
    mailbox.refusal = f"550 5.1.1 <{EMAIL}>: no such user here"
    run_jobs()
    mailbox.refusal = f"450 4.2.1 <{EMAIL}>: come back later"
    visitors.send_again(issued.registration_id)
    run_jobs()
    mailbox.refusal = ""


def somebody_waits(exhibition: Exhibition) -> None:
    slot = messages_world.coming(exhibition)
    full = slot.issued
    transaction(lambda: db.session.execute(update(TimeSlot).where(TimeSlot.id == slot.id).values(capacity=full)))()
    waiting.join(Party(slot.id, named("Tono"), f"wait.{EMAIL}", "+6281277770002", 2, "id"))


def businesses_apply(exhibition: Exhibition) -> None:
    values = {"name": named("Keripik"), "contact_name": named("Yuni"), "email": EMAIL, "phone": PHONE}
    application = applying.submitted(exhibition, **values)
    actor = applications.actor_of(application)
    documents.add(actor, application.id, f"{MARK}.jpg", applying.photo())
    applications.take(COMMAND_LINE, StepTaker.ORGANIZER, application.id, Step.REJECT, note=named("keluhan"))


def exhibitors_change(exhibition: Exhibition) -> None:
    exhibitor = db.session.scalars(select(Exhibitor).order_by(Exhibitor.id)).first()
    assert exhibitor is not None
    exhibitors.edit_profile(
        COMMAND_LINE, exhibitor.id, description="Kopi", contact_name=named("Budi"), email=EMAIL, phone=PHONE
    )


def stewards_write(client: FlaskClient, exhibition: Exhibition) -> None:
    user = create_user(COMMAND_LINE, "rini@example.com", RoleName.GATE, name="Rini")
    pins.set_pin(Actor(user.id, user.name), PIN)
    let_everybody_be_overruled(exhibition)
    device = world.enrol(exhibition, name=named("ponsel"))
    issued = world.issue(exhibition.id, party_size=1, slot=messages_world.coming(exhibition))
    override = {"pin": PIN, "reason": named("tamu")}
    answer = world.send(client, device, token=issued.token, override=override).get_json()
    assert answer["verdict"] == "accepted"
    world.send(client, device, token=f"https://example.com/{MARK}")
    headcount.set_count(COMMAND_LINE, exhibition, 1, named("hitung"))
    contradicting = world.offline(world.issue(exhibition.id, party_size=1, slot=world.open_slot(exhibition.id)))
    world.send_batch(client, device, contradicting, contradicting | {"nonce": "again"})
    conflict = db.session.scalars(select(ScanConflict)).one()
    conflicts.close(Actor(user.id, user.name), exhibition, conflict.id, named("catatan"))


@pytest.fixture
def lived(
    exhibition: Exhibition, client: FlaskClient, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> Exhibition:
    """An edition in whose every field for a person's word the mark was written."""
    caplog.set_level("INFO")
    visitors_come(exhibition, mailbox)
    somebody_waits(exhibition)
    groups.create(COMMAND_LINE, exhibition, groups.GroupDetails(named("SD"), named("Rina"), PHONE, 30))
    businesses_apply(exhibition)
    exhibitors_change(exhibition)
    stewards_write(client, exhibition)
    invitations.invite(COMMAND_LINE, f"team.{EMAIL}", RoleName.GATE, name=named("Tim"), exhibition_id=exhibition.id)
    run_jobs()
    return exhibition


def rows_with_a_mark() -> list[str]:
    found = []
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            found += [f"{table.name}: {row}" for mark in MARKS if mark in repr(tuple(row)).lower()]
    return found


def files_with_a_mark(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(file) for file in files if any(mark.encode() in file.read_bytes().lower() for mark in MARKS)]


def purge(app: Flask) -> str:
    result = app.test_cli_runner().invoke(args=["privacy", "purge"])
    assert result.exit_code == 0, result.output
    return result.output


def test_nothing_of_a_person_is_left_anywhere(
    app: Flask, lived: Exhibition, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    mail = app.config["INSTANCE"] / "outbox" / f"{MARK}.eml"
    mail.parent.mkdir(exist_ok=True)
    mail.write_text(f"To: {EMAIL}")
    assert {row.split(":")[0] for row in rows_with_a_mark()} >= WRITTEN_IN
    with time_machine.travel(clock.now() + FOUR_YEARS, tick=True):
        assert MARK not in purge(app).lower()
        assert rows_with_a_mark() == []
        assert files_with_a_mark(app.config["INSTANCE"]) == []
        backup.back_up(tmp_path / "backup")
    assert files_with_a_mark(tmp_path) == []
    assert [record.getMessage() for record in caplog.records if MARK in record.getMessage().lower()] == []


def test_the_trail_still_says_what_was_done_and_by_which_account(app: Flask, lived: Exhibition) -> None:
    before = [(entry.id, entry.action, entry.actor_id) for entry in db.session.scalars(select(AuditEntry))]
    with time_machine.travel(clock.now() + FOUR_YEARS, tick=True):
        purge(app)
    entries = {entry.id: entry for entry in db.session.scalars(select(AuditEntry))}
    assert [(one, entries[one].action, entries[one].actor_id) for one, _action, _actor in before] == before
    [pin] = [entry for entry in entries.values() if entry.action == "pin.set"]
    assert pin.actor_name == f"#{pin.actor_id}"


def test_what_the_trail_says_of_people_is_in_no_row_of_it(lived: Exhibition) -> None:
    rows = db.session.execute(text("SELECT * FROM audit_entry")).all()
    assert [row for row in rows if any(mark in repr(tuple(row)).lower() for mark in MARKS)] == []


def test_names_of_the_trail_are_never_changed(app: Flask, organizer: User) -> None:
    audit_name = db.session.scalars(select(AuditName)).first()
    assert audit_name is not None
    audit_name.object_name = "somebody else"
    with pytest.raises(Exception, match="append-only"):
        db.session.commit()
    db.session.rollback()


def test_names_stay_while_the_fair_may_need_them(app: Flask, lived: Exhibition) -> None:
    purge(app)
    assert rows_with_a_mark() != []
    assert audit.entries(words=f"team.{EMAIL}").items != []
