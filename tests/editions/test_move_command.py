"""``flask edition move``: the demo edition to other days, with all that hangs on its days."""

import itertools
import json
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.allocation.models import Allocation, AllocationDay
from exhibition.badges.models import Badge
from exhibition.core import clock, outbox
from exhibition.core.db import db
from exhibition.core.outbox import OutboxMail
from exhibition.demo import badges
from exhibition.editions import consequences
from exhibition.gate.models import HallCap, HallOccupancy
from exhibition.venue.models import DisinfectionRound, Exhibition
from exhibition.visitors import service, slots
from exhibition.visitors.models import MessageKind, Registration, TimeSlot, VisitorPass
from exhibition.visitors.registration.party import Issued, Party
from exhibition.visitors.rules import LAST_GENERATION, SlotStatus
from tests.fairs import the_fair
from tests.gate import world

WEEK = timedelta(days=7)


def command(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["edition", "move", *words])


def move(app: Flask, exhibition: Exhibition, days: int, *words: str) -> dict[str, int]:
    result = command(app, exhibition.slug, "--days", str(days), "--json", *words)
    assert result.exit_code == 0, result.output
    db.session.expire_all()
    return json.loads(result.output)


NUMBERS = itertools.count(1)


def register(slot: slots.Slot, address: str | None = "", people: int = 2) -> Issued:
    """A party; each has its own contact unless one is given."""
    number = next(NUMBERS)
    address = f"siti{number}@example.com" if address == "" else address
    return service.register(Party(slot.id, "Siti Aminah", address, None, people, "en"))


def told(kind: MessageKind) -> list[int]:
    statement = select(OutboxMail.about_id).where(OutboxMail.kind == kind)
    return sorted(db.session.scalars(statement))


def everything(exhibition: Exhibition) -> list[object]:
    """All that hangs on the fair's days, but for the passes' generations."""
    rounds = select(DisinfectionRound.id, DisinfectionRound.starts_at, DisinfectionRound.ends_at)
    return [
        (exhibition.starts_on, exhibition.ends_on, [(day.day, day.opens_at) for day in exhibition.days]),
        slots.of_edition(the_fair().id),
        db.session.execute(rounds.order_by(DisinfectionRound.id)).all(),
        db.session.execute(select(HallCap.id, HallCap.starts_at, HallCap.capacity).order_by(HallCap.id)).all(),
        db.session.execute(select(Allocation.id, Allocation.expires_at).order_by(Allocation.id)).all(),
        sorted(db.session.execute(select(AllocationDay.allocation_id, AllocationDay.day, AllocationDay.live)).all()),
        db.session.execute(select(VisitorPass.id, VisitorPass.slot_id).order_by(VisitorPass.id)).all(),
    ]


def test_everything_moves_by_as_many_days_and_nothing_stays_bookable_on_the_old_ones(
    app: Flask, exhibition: Exhibition
) -> None:
    badges.add(exhibition)
    slot, other = world.coming_slots(2)
    register(slot)
    register(other, people=3)
    before, starts_on = {one.id: one for one in slots.of_edition(the_fair().id)}, exhibition.starts_on
    cap = db.session.scalars(select(HallCap)).one().starts_at
    undone = db.session.scalars(select(DisinfectionRound.id).where(DisinfectionRound.done_at.is_(None))).all()
    counts = move(app, exhibition, 7)
    assert counts == {
        "sessions": len(before),
        "people": sum(one.issued for one in before.values()),
        "rounds": len(undone),
        "caps": 1,
        "offers": 4,
        "badges": db.session.scalar(select(func.count()).select_from(Badge).where(Badge.state == "valid")),
    }
    assert exhibition.starts_on == starts_on + WEEK
    for one in slots.of_edition(the_fair().id):
        was = before[one.id]
        assert one == replace(
            was, starts_at=was.starts_at + WEEK, ends_at=was.ends_at + WEEK, disinfected_from=one.disinfected_from
        )
        assert one.status(clock.now()) in (SlotStatus.OPEN, SlotStatus.CLOSED)
    assert db.session.scalars(select(HallCap)).one().starts_at == cap + WEEK
    days = {day.day for day in exhibition.days}
    assert set(db.session.scalars(select(AllocationDay.day).where(AllocationDay.live))) == days


def test_a_dry_run_tells_the_same_and_writes_nothing(app: Flask, exhibition: Exhibition) -> None:
    [slot] = world.coming_slots()
    register(slot)
    before, mails = everything(exhibition), db.session.scalar(select(func.count()).select_from(OutboxMail))
    tried = move(app, exhibition, 7, "--dry-run")
    assert everything(exhibition) == before
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == mails
    assert consequences.changes(exhibition) == []
    assert move(app, exhibition, 7) == tried


def test_gates_let_in_on_the_new_day_with_the_new_pass_and_refuse_the_old_one_as_superseded(
    app: Flask, client: FlaskClient, exhibition: Exhibition
) -> None:
    device = world.enrol(exhibition)
    slot = world.open_slot(exhibition.id)
    old = service.register(Party(slot.id, "Budi", None, None, 2, "id"))
    move(app, exhibition, 7)
    new = service.get(old.registration_id)
    early = world.send(client, device, token=new.token).json
    assert early is not None
    assert early["code"] == "too_early"
    with time_machine.travel(clock.now() + WEEK, tick=True):
        answers = [world.send(client, device, token=one.token).json for one in (old, new)]
    assert [(answer or {})["code"] for answer in answers] == ["superseded", "accepted"]
    bundle = client.get("/api/v1/gate/bundle", headers={"Authorization": f"Bearer {device}"}).json
    assert bundle is not None
    [known] = [one for one in bundle["passes"] if one["id"] == f"{new.pass_id:016x}"]
    assert (known["generation"], known["slot"]) == (1, slot.number)


def test_each_registration_with_an_address_is_told_once_and_gets_the_new_pass(
    app: Flask, exhibition: Exhibition
) -> None:
    slot, other = world.coming_slots(2)
    first, second = register(slot), register(other)
    register(slot, None)
    service.cancel(register(slot, "budi@example.com").manage_key)
    move(app, exhibition, 7)
    assert told(MessageKind.MOVED) == [first.registration_id, second.registration_id]
    issued = service.get(first.registration_id)
    assert (issued.generation, issued.slot.starts_at) == (1, slot.starts_at + WEEK)
    move(app, exhibition, 7)  # before any mail went out: one tells both
    assert told(MessageKind.MOVED) == [first.registration_id, second.registration_id]
    outbox.send_due()
    assert service.get(first.registration_id).generation == 2


def test_undo_brings_everything_back_and_can_be_undone_itself(app: Flask, exhibition: Exhibition) -> None:
    [slot] = world.coming_slots()
    issued = register(slot)
    before = everything(exhibition)
    move(app, exhibition, 7)
    moved = everything(exhibition)
    consequences.undo(COMMAND_LINE, exhibition, consequences.changes(exhibition)[0].id)
    assert everything(exhibition) == before
    assert service.get(issued.registration_id).generation == 2
    consequences.undo(COMMAND_LINE, exhibition, consequences.changes(exhibition)[0].id)
    assert everything(exhibition) == moved


def test_who_registers_after_the_move_stays_in_the_session_when_it_is_undone(
    app: Flask, exhibition: Exhibition
) -> None:
    [slot] = world.coming_slots()
    move(app, exhibition, 7)
    issued = register(slots.get(the_fair(), slot.id))
    consequences.undo(COMMAND_LINE, exhibition, consequences.changes(exhibition)[0].id)
    found = service.get(issued.registration_id)
    assert (found.slot.id, found.slot.starts_at, found.generation) == (slot.id, slot.starts_at, 1)


def test_a_session_in_which_somebody_was_let_in_has_taken_place(
    app: Flask, client: FlaskClient, exhibition: Exhibition
) -> None:
    device, slot = world.enrol(exhibition), world.open_slot(exhibition.id)
    issued, starts_at = world.issue(exhibition.id), slot.starts_at
    world.send(client, device, token=issued.token)
    world.send(client, device, token=issued.token, direction="exit")
    waiting = service.register(Party(slot.id, "Budi", "budi@example.com", None, 2, "id"))
    move(app, exhibition, 7)
    stays = slots.get(the_fair(), slot.id)
    assert (stays.starts_at, stays.status(clock.now())) == (starts_at, SlotStatus.CLOSED)
    assert told(MessageKind.CLOSED) == [waiting.registration_id]


def test_a_pass_that_was_moved_as_often_as_can_be_goes_on_opening_the_gates(app: Flask, exhibition: Exhibition) -> None:
    [slot] = world.coming_slots()
    issued = register(slot)
    last = update(VisitorPass).where(VisitorPass.id == issued.pass_id).values(generation=LAST_GENERATION)
    db.session.execute(last)
    db.session.commit()
    move(app, exhibition, 7)
    assert service.get(issued.registration_id).generation == LAST_GENERATION


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (0, "Move the fair by at least one day."),
        (-2, "Sessions would move into the past."),
        (20000, "The fair must lie between 2020 and 2050."),
        (10**9, "The fair must lie between 2020 and 2050."),
    ],
)
def test_a_move_that_cannot_be_is_one_sentence_and_changes_nothing(
    app: Flask, exhibition: Exhibition, days: int, sentence: str
) -> None:
    before = everything(exhibition)
    result = command(app, exhibition.slug, "--days", str(days))
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert result.output.endswith(f"{sentence}\n")
    db.session.expire_all()
    assert everything(exhibition) == before


def test_a_fair_with_people_inside_does_not_move(app: Flask, exhibition: Exhibition) -> None:
    db.session.execute(update(HallOccupancy).values(inside=1))
    db.session.commit()
    for words in ((), ("--dry-run",)):
        result = command(app, exhibition.slug, "--days", "7", *words)
        assert (result.exit_code, "There are people in the hall." in result.output) == (2, True)


def test_a_slug_that_names_no_edition_is_one_sentence(app: Flask, exhibition: Exhibition) -> None:
    result = command(app, "nowhere", "--days", "7")
    assert (result.exit_code, result.output) == (2, "There is no edition nowhere.\n")


def test_the_move_is_told_in_words_too(app: Flask, exhibition: Exhibition) -> None:
    sessions = db.session.scalar(select(func.count()).select_from(TimeSlot))
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 0
    result = command(app, exhibition.slug, "--days", "7", "--dry-run")
    assert result.output.startswith(f"Would move {exhibition.name} by 7 days: {sessions} sessions with 0 people, ")
