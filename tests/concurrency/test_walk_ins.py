"""Many stewards give out the last places at the same moment: exactly as many people get a pass as fit."""

from collections import Counter

from sqlalchemy import select

from exhibition.core.db import db, transaction
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import TimeSlot
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
