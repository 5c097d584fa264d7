"""Places of people who did not come in time: walk-ins may have them, and the pass stays valid."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from exhibition.core.sql.statements import table_of
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import PassState, SlotState, TimeSlot, VisitorPass

PASS, SLOT = table_of(VisitorPass), table_of(TimeSlot)
EDITION = table_of(Exhibition)


def patience(connection: Connection, slot_id: int, now: datetime) -> timedelta | None:
    """How long the slot waits for people; None while nobody has lost a place yet, or where nobody ever does."""
    statement = (
        select(SLOT.c.starts_at, EDITION.c.no_show_minutes)
        .join_from(SLOT, EDITION, EDITION.c.id == SLOT.c.exhibition_id)
        .where(SLOT.c.id == slot_id, SLOT.c.state == SlotState.OPEN, SLOT.c.ends_at > now)
    )
    found = connection.execute(statement).one_or_none()
    if found is None or found.no_show_minutes is None:
        return None
    starts_at: datetime = found.starts_at
    waited = timedelta(minutes=found.no_show_minutes)
    return waited if starts_at + waited <= now else None


def release(connection: Connection, slot_id: int, unchanged_since: datetime) -> int:
    """Free the slot's places of everybody who has not come; returns the number of people.

    A pass that was issued, moved or partly used after ``unchanged_since`` keeps its places: a walk-in on the way to the
    scanner has not failed to come. Locks passes in the order of their ids and then the slot, as everything that changes
    both does.
    """
    missing = PASS.c.party_size - PASS.c.admitted
    waiting = (
        select(PASS.c.id, (missing - PASS.c.released).label("places"))
        .where(
            PASS.c.slot_id == slot_id,
            PASS.c.state == PassState.VALID,
            PASS.c.updated_at <= unchanged_since,
            missing > PASS.c.released,
        )
        .order_by(PASS.c.id)
        .with_for_update()
    )
    places = {row.id: row.places for row in connection.execute(waiting)}
    if not places:
        return 0
    connection.execute(update(PASS).where(PASS.c.id.in_(places)).values(released=missing, updated_at=PASS.c.updated_at))
    freed = sum(places.values())
    connection.execute(update(SLOT).where(SLOT.c.id == slot_id).values(issued=SLOT.c.issued - freed))
    return freed
