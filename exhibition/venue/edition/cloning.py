"""What a new edition takes over of an earlier one's own data and rules: all but its name in addresses and its days."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from exhibition.accounts.audit import Actor
from exhibition.core.db import db
from exhibition.core.sql.copies import copied
from exhibition.venue.models import DisinfectionRound, Exhibition

OWN = frozenset({"created_at", "state"})
"""What a new edition has of its own."""
NOT_YET = frozenset({"done_at", "done_by", "planned_at"})
"""What a round of a new edition has not seen."""


def move(exhibition: Exhibition, moment: datetime, days: int) -> datetime:
    """The same time of day in the edition's time zone, so many days later."""
    zone = ZoneInfo(exhibition.timezone)
    local = moment.astimezone(zone)
    return datetime.combine(local.date() + timedelta(days=days), local.time(), zone)


def draft_of(source: Exhibition, slug: str, starts_on: date) -> Exhibition:
    """A draft of the same length with the source's texts, rules and hours, not yet in the session."""
    moved = starts_on - source.starts_on
    return copied(
        source,
        without=OWN,
        slug=slug,
        starts_on=starts_on,
        ends_on=source.ends_on + moved,
        days=[copied(day, without=frozenset({"exhibition_id"}), day=day.day + moved) for day in source.days],
    )


def copy_rounds(actor: Actor, source: Exhibition, target: Exhibition) -> None:
    """Plan the source's disinfection rounds on the target's days. A step of making an edition."""
    later = (target.starts_on - source.starts_on).days
    rounds = select(DisinfectionRound).where(DisinfectionRound.exhibition_id == source.id)
    db.session.add_all(
        copied(
            one,
            without=NOT_YET,
            exhibition_id=target.id,
            starts_at=move(source, one.starts_at, later),
            ends_at=move(source, one.ends_at, later),
            planned_by=actor.name[:120],
        )
        for one in db.session.scalars(rounds)
    )
