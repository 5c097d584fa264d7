"""Passes for tests of what their holders do, and the counts that must stay exact."""

from sqlalchemy import func, select

from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.visitors import rules, service, slots
from exhibition.visitors.models import PassState, TimeSlot, VisitorPass
from exhibition.visitors.registration.party import Issued, Party
from tests.fairs import the_fair


def open_slots() -> list[slots.Slot]:
    now = clock.now()
    return [slot for slot in slots.of_edition(the_fair().id) if slot.status(now) is rules.SlotStatus.OPEN]


def register(
    people: int = 4,
    *,
    name: str = "Siti Aminah",
    email: str | None = None,
    phone: str | None = None,
    position: int = 0,
    locale: str = "en",
    knows: Issued | None = None,
) -> Issued:
    """A pass in one of the open sessions; ``knows`` is one that the same people have already."""
    key = None if knows is None else knows.manage_key
    return service.register(Party(open_slots()[position].id, name, email, phone, people, locale), knows=key)


@transaction
def set_pass(of: Issued, **values: object) -> None:
    visitor_pass = db.session.get_one(VisitorPass, of.pass_id)
    for name, value in values.items():
        setattr(visitor_pass, name, value)


@transaction
def set_slot(of: Issued, **values: object) -> None:
    slot = db.session.get_one(TimeSlot, of.slot.id)
    for name, value in values.items():
        setattr(slot, name, value)


def taken(issued: Issued) -> int:
    """The people that the pass's session counts, after making sure that its valid passes hold so many places."""
    db.session.rollback()
    counted = db.session.execute(select(TimeSlot.issued).where(TimeSlot.id == issued.slot.id)).scalar_one()
    held = select(func.coalesce(func.sum(VisitorPass.party_size - VisitorPass.released), 0))
    of_slot = VisitorPass.slot_id == issued.slot.id, VisitorPass.state == PassState.VALID
    assert counted == db.session.scalar(held.where(*of_slot))
    return counted
