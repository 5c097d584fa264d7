"""The line of a session: offers to who is next, and their end. Whoever changes it locks the session's row first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update

from exhibition.core import clock, outbox
from exhibition.core.db import db, transaction
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from exhibition.visitors import slots
from exhibition.visitors.models import SlotState, TimeSlot, WaitingParty, WaitingState
from exhibition.visitors.waiting import rules
from exhibition.visitors.waiting.mail_kinds import WaitingMail
from exhibition.visitors.waiting.rules import InLine

MOST_IN_LINE = 1000
"""So many parties are looked at for an offer, the first ones."""
AT_ONCE = 100
"""Sessions that one run of the job looks after."""


@dataclass(frozen=True)
class OpenSlot:
    """What a session gives to its line."""

    id: int
    exhibition_id: int
    capacity: int
    issued: int
    state: SlotState
    reserved: bool
    starts_at: datetime
    timezone: str
    waiting_minutes: int
    edition_state: EditionState
    online: bool
    """Whether visitors may register by themselves."""

    @property
    def free(self) -> int:
        return 0 if self.reserved else self.capacity - self.issued

    def gives(self, now: datetime) -> bool:
        """Whether places are offered: until the session begins, while it can be booked at all."""
        bookable = self.edition_state is EditionState.PUBLISHED and self.state is SlotState.OPEN
        return bookable and now < self.starts_at


def lock(slot_id: int) -> OpenSlot | None:
    """The session, which nobody else changes until the open transaction ends; None if there is no such."""
    statement = (
        select(
            TimeSlot.id,
            TimeSlot.exhibition_id,
            TimeSlot.capacity,
            TimeSlot.issued,
            TimeSlot.state,
            TimeSlot.reserved,
            TimeSlot.starts_at,
            Exhibition.timezone,
            Exhibition.waiting_minutes,
            Exhibition.state,
            Exhibition.online_registration,
        )
        .join(Exhibition, Exhibition.id == TimeSlot.exhibition_id)
        .where(TimeSlot.id == slot_id)
        .with_for_update(of=TimeSlot)
    )
    row = db.session.execute(statement).one_or_none()
    return None if row is None else OpenSlot(*row)


def waiting(slot_id: int) -> list[InLine]:
    """Who waits for places in the session, the first first."""
    statement = select(WaitingParty.id, WaitingParty.party_size).where(
        WaitingParty.slot_id == slot_id, WaitingParty.state == WaitingState.WAITING
    )
    return [InLine(*row) for row in db.session.execute(statement.order_by(WaitingParty.id).limit(MOST_IN_LINE))]


def pass_on(slot_id: int) -> None:
    """Offer the free places of a session to who is next, in the open transaction; follows when places become free."""
    line = waiting(slot_id)
    if not line:
        return
    slot, now = lock(slot_id), clock.now()
    if slot is None or not slot.gives(now) or slot.free <= 0:
        return
    offers = rules.next_offers(slot.free, waiting(slot_id))
    if not offers:
        return
    ids = [party.id for party in offers]
    until = rules.offer_until(now, slot.waiting_minutes, slot.starts_at, slot.timezone)
    offered = update(WaitingParty).where(WaitingParty.id.in_(ids))
    values = {"state": WaitingState.OFFERED, "offered_at": now, "expires_at": until, "told_at": None, "told_by": ""}
    db.session.execute(offered.values(values))
    people = sum(party.people for party in offers)
    taken = update(TimeSlot).where(TimeSlot.id == slot_id).values(issued=TimeSlot.issued + people)
    db.session.connection().execute(taken)
    for waiting_id in db.session.scalars(
        select(WaitingParty.id).where(WaitingParty.id.in_(ids), WaitingParty.email.is_not(None))
    ):
        outbox.post_later(WaitingMail.OFFERED, waiting_id, until)


def lapse() -> int:
    """End the offers whose time is over, and offer what is free to who waits; returns how many offers ended."""
    return sum(_look_after(slot_id) for slot_id in _sessions_to_look_after())


def _sessions_to_look_after() -> Iterable[int]:
    """Sessions with an offer that is over, or with places for somebody in their line."""
    now = clock.now()
    over = select(WaitingParty.slot_id).where(
        WaitingParty.state == WaitingState.OFFERED, WaitingParty.expires_at <= now
    )
    fits = (
        select(WaitingParty.slot_id)
        .join(TimeSlot, TimeSlot.id == WaitingParty.slot_id)
        .where(
            WaitingParty.state == WaitingState.WAITING,
            WaitingParty.party_size <= TimeSlot.capacity - TimeSlot.issued,
            TimeSlot.starts_at > now,
        )
    )
    wanted = select(TimeSlot.id).where(or_(TimeSlot.id.in_(over), TimeSlot.id.in_(fits))).limit(AT_ONCE)
    return list(db.session.scalars(wanted))


@transaction
def _look_after(slot_id: int) -> int:
    if lock(slot_id) is None:
        return 0
    over = select(WaitingParty.id, WaitingParty.party_size).where(
        WaitingParty.slot_id == slot_id,
        WaitingParty.state == WaitingState.OFFERED,
        WaitingParty.expires_at <= clock.now(),
    )
    ended = [InLine(*row) for row in db.session.execute(over.order_by(WaitingParty.id))]
    if ended:
        ids = [party.id for party in ended]
        db.session.execute(update(WaitingParty).where(WaitingParty.id.in_(ids)).values(state=WaitingState.LAPSED))
        slots.free(slot_id, sum(party.people for party in ended))
    else:
        pass_on(slot_id)
    return len(ended)


slots.freed.append(pass_on)
