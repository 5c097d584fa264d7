"""The sessions of a new edition: the same windows on each of its days, or those of another edition moved to its days.

Both are steps of making an edition, inside its transaction.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from exhibition.core.db import db
from exhibition.core.sql.copies import copied
from exhibition.venue.edition.cloning import move
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.day_windows import Hours
from exhibition.venue.service import days, fair_hours
from exhibition.visitors.models import TimeSlot


def add(exhibition: Exhibition, windows: Iterable[Hours], capacity: int) -> None:
    """Open sessions for ``capacity`` people each, in the edition's time zone, numbered by time."""
    zone = ZoneInfo(exhibition.timezone)
    daily = [(day, begins, ends) for day in days(exhibition) for begins, ends in windows]
    db.session.add_all(
        TimeSlot(
            exhibition_id=exhibition.id,
            number=number,
            starts_at=datetime.combine(day, begins, zone),
            ends_at=datetime.combine(day, ends, zone),
            capacity=capacity,
        )
        for number, (day, begins, ends) in enumerate(daily, start=1)
    )


def copy(source: Exhibition, target: Exhibition, *, within_hours: bool = False) -> int:
    """The source's sessions at the same times of day, as many days later as the target begins; nobody is in them.

    ``within_hours``: none that the target's opening hours do not hold. Returns the people of the largest session.
    """
    hours = fair_hours(target)
    largest = 0
    statement = select(TimeSlot).where(TimeSlot.exhibition_id == source.id)
    for slot in db.session.scalars(statement):
        starts_at = move(source, target, slot.starts_at)
        if starts_at is None:
            continue
        ends_at = (starts_at.astimezone(UTC) + (slot.ends_at - slot.starts_at)).astimezone(starts_at.tzinfo)
        if not within_hours or hours.hold(starts_at, ends_at):
            largest = max(largest, slot.capacity)
            own = {"exhibition_id": target.id, "starts_at": starts_at, "ends_at": ends_at, "issued": 0}
            db.session.add(copied(slot, **own))
    return largest
