"""The sessions of a new edition: the same windows on each of its days, or those of another edition moved to its days.

Both are steps of making an edition, inside its transaction.
"""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from exhibition.core.db import db
from exhibition.core.sql.copies import copied
from exhibition.venue.edition.cloning import move
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.day_windows import Hours
from exhibition.venue.service import days
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


def copy(source: Exhibition, target: Exhibition) -> None:
    """The source's sessions at the same times of day, as many days later as the target begins; nobody is in them."""
    later = (target.starts_on - source.starts_on).days
    statement = select(TimeSlot).where(TimeSlot.exhibition_id == source.id)
    db.session.add_all(
        copied(
            slot,
            exhibition_id=target.id,
            starts_at=move(source, slot.starts_at, later),
            ends_at=move(source, slot.ends_at, later),
            issued=0,
        )
        for slot in db.session.scalars(statement)
    )
