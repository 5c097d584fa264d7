from sqlalchemy import update

from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.demo import full_session
from exhibition.gate.verification import verify_places
from exhibition.venue.models import Exhibition
from exhibition.visitors import slots
from exhibition.visitors.groups import service as groups
from exhibition.visitors.models import TimeSlot
from exhibition.visitors.rules import SlotStatus
from exhibition.visitors.waiting import service as waiting
from tests.gate import world


def test_the_demo_has_a_full_session_a_group_and_people_who_wait(exhibition: Exhibition) -> None:
    [coming] = world.coming_slots()
    assert full_session.add(exhibition) == 3
    lines = waiting.lines(exhibition)
    assert [(one.number, one.people) for one in lines] == [(1, 2), (2, 1)]
    full = slots.get(exhibition, lines[0].slot.id)
    assert full.starts_at >= coming.starts_at
    assert (full.status(clock.now()), full.remaining) == (SlotStatus.FULL, 0)
    [counted] = groups.groups(exhibition)
    assert (counted.people, counted.passes, counted.left) == (24, 24, 16)
    assert verify_places() == []


@transaction
def _fill_all() -> None:
    db.session.execute(update(TimeSlot).values(capacity=TimeSlot.issued))


def test_where_no_session_has_room_there_is_nothing_to_fill(exhibition: Exhibition) -> None:
    _fill_all()
    assert full_session.add(exhibition) == 0
    assert groups.groups(exhibition) == []
