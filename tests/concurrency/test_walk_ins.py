"""Many stewards give out the last places at the same moment: exactly as many people get a pass as fit."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select, update

from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.venue.models import Exhibition
from exhibition.visitors import service
from exhibition.visitors.models import TimeSlot, VisitorPass
from exhibition.visitors.registration.party import Party
from tests.concurrency.test_registration import Post, post, processes
from tests.gate import world

__all__ = ["post", "processes"]

WALK_INS, PLACES = 24, 10


@transaction
def _leave_places(slot_id: int) -> None:
    slot = db.session.get_one(TimeSlot, slot_id)
    slot.capacity = slot.issued + PLACES


def test_walk_ins_never_exceed_the_free_places(exhibition: Exhibition, post: Post) -> None:
    device = {"Authorization": f"Bearer {world.enrol(exhibition)}"}
    slot_id = world.open_slot(exhibition.id).id
    _leave_places(slot_id)
    calls = [("/api/v1/gate/walk-ins", {"nonce": f"w{n // 2}", "party_size": 1}, device) for n in range(WALK_INS * 2)]
    answers = post(calls)
    made = {body["reference"] for status, body in answers if status == 201}
    assert Counter(status for status, _body in answers).keys() == {201, 409}
    assert len(made) == PLACES
    db.session.rollback()
    capacity, issued = db.session.execute(
        select(TimeSlot.capacity, TimeSlot.issued).where(TimeSlot.id == slot_id)
    ).one()
    assert capacity == issued


@transaction
def _long_ago(exhibition_id: int, slot_id: int) -> None:
    """Let the slot have begun half an hour ago; everybody registered before, and it is full."""
    now = clock.now()
    slot = db.session.get_one(TimeSlot, slot_id)
    slot.starts_at, slot.ends_at, slot.capacity = now - timedelta(minutes=30), now + timedelta(hours=1), slot.issued
    db.session.get_one(Exhibition, exhibition_id).no_show_minutes = 10
    old = update(VisitorPass).where(VisitorPass.slot_id == slot_id)
    db.session.execute(old.values(updated_at=now - timedelta(hours=1)))


def test_places_of_people_who_did_not_come_are_given_out_once(exhibition: Exhibition, post: Post) -> None:
    """Walk-ins take the places while their owners cancel or arrive: nothing is given out or freed twice."""
    headers = {"Authorization": f"Bearer {world.enrol(exhibition)}"}
    slot_id = world.open_slot(exhibition.id).id
    parties = [service.register(Party(slot_id, f"P{n}", None, None, 2, "id")) for n in range(PLACES)]
    _long_ago(exhibition.id, slot_id)
    walk_ins = [("/api/v1/gate/walk-ins", {"nonce": f"w{n}", "party_size": 1}, headers) for n in range(WALK_INS)]
    cancels = [(f"/api/v1/registrations/{one.manage_key}/cancel", {}, {}) for one in parties[: PLACES // 2]]
    body = {"direction": "entry"}
    entries = [
        ("/api/v1/gate/scans", body | {"nonce": f"s{n}", "token": one.token}, headers)
        for n, one in enumerate(parties[PLACES // 2 :])
    ]
    mixed = [call for calls in zip(walk_ins, [*cancels, *entries] * 3, strict=False) for call in calls]
    answers = post(mixed)
    assert {status for status, _body in answers} <= {200, 201, 409}, answers
    db.session.rollback()
    held = select(func.sum(VisitorPass.party_size - VisitorPass.released)).where(
        VisitorPass.slot_id == slot_id, VisitorPass.state == "valid"
    )
    slot = db.session.get_one(TimeSlot, slot_id)
    assert slot.issued == db.session.scalar(held)
    assert slot.issued <= slot.capacity
