"""Disinfection rounds: planned by the organizer, ticked off by the person who did it, reported when overdue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from blinker import Signal
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select
from sqlalchemy.exc import IntegrityError

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.core.sql.constraints import violates
from exhibition.venue.models import DisinfectionRound, Exhibition

WANTED_A_DAY = 3
"""The health protocol of 2020: disinfection at regular times, at least three times a day."""
LONGEST_MINUTES = 240
OVERDUE_AFTER = timedelta(minutes=10)
"""A round that is not ticked off this long after its beginning is overdue."""
EVENING = timedelta(hours=6)
"""How long a round that began before midnight stays on the list of the next day."""

planned = Signal()
"""Sent with the exhibition and ``round``, inside the transaction; receivers return the people it displaces."""


@dataclass(frozen=True)
class Displaced:
    """The number of people whose session a round takes away, and how many of them are mailed, with how many mails."""

    people: int
    mails: int
    reached: int


def of_day(exhibition: Exhibition, day: date) -> Sequence[DisinfectionRound]:
    """The rounds that begin on a day of the edition, in order."""
    midnight = datetime.combine(day, time(), ZoneInfo(exhibition.timezone))
    return _between(exhibition, midnight, midnight + timedelta(days=1))


def _begins(exhibition: Exhibition, start: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(
        DisinfectionRound.exhibition_id == exhibition.id,
        DisinfectionRound.starts_at >= start,
        DisinfectionRound.starts_at < end,
    )


def _between(exhibition: Exhibition, start: datetime, end: datetime) -> Sequence[DisinfectionRound]:
    statement = select(DisinfectionRound).where(_begins(exhibition, start, end))
    return db.session.scalars(statement.order_by(DisinfectionRound.starts_at)).all()


def within(exhibition: Exhibition, start: datetime, end: datetime) -> list[DisinfectionRound]:
    """The rounds that overlap a span of time."""
    begun = _between(exhibition, start - timedelta(minutes=LONGEST_MINUTES), end)
    return [one for one in begun if one.ends_at > start]


def by_day(exhibition: Exhibition) -> dict[date, Sequence[DisinfectionRound]]:
    """The rounds of each day of the edition, including days without any; one query."""
    zone = ZoneInfo(exhibition.timezone)
    statement = select(DisinfectionRound).where(DisinfectionRound.exhibition_id == exhibition.id)
    planned = db.session.scalars(statement.order_by(DisinfectionRound.starts_at)).all()
    return {
        day.day: [one for one in planned if one.starts_at.astimezone(zone).date() == day.day] for day in exhibition.days
    }


def _is_overdue(exhibition: Exhibition, now: datetime) -> ColumnElement[bool]:
    begun = _begins(exhibition, now - timedelta(days=1), now - OVERDUE_AFTER)
    return and_(begun, DisinfectionRound.done_at.is_(None))


def overdue(exhibition: Exhibition, now: datetime) -> Sequence[DisinfectionRound]:
    """Rounds of the last 24 hours that are not ticked off although they began a while ago."""
    statement = select(DisinfectionRound).where(_is_overdue(exhibition, now))
    return db.session.scalars(statement.order_by(DisinfectionRound.starts_at)).all()


def how_many_overdue(exhibition: Exhibition, now: datetime) -> ScalarSelect[int]:
    """Their number, as a part of another statement."""
    return select(func.count(DisinfectionRound.id)).where(_is_overdue(exhibition, now)).scalar_subquery()


def on_list(exhibition: Exhibition, day: date, now: datetime) -> Sequence[DisinfectionRound]:
    """The list for the people who disinfect: the day's rounds, and around midnight those of the evening before."""
    midnight = datetime.combine(day, time(), ZoneInfo(exhibition.timezone))
    return _between(exhibition, min(midnight, now - EVENING), midnight + timedelta(days=1))


@transaction
def add(actor: Actor, exhibition: Exhibition, day: date, starts: time, minutes: int) -> Displaced:
    """Plan a round, and return who loses their session by it; their passes stay valid.

    Raises Refused ``day_unknown`` and ``invalid`` (422), and ``round_overlaps`` (409).
    """
    if day not in {one.day for one in exhibition.days}:
        raise Refused("day_unknown", _l("Choose a day of the fair."), status=422, field="day")
    if not 1 <= minutes <= LONGEST_MINUTES:
        message = _l("A round lasts from 1 to %(minutes)s minutes.", minutes=LONGEST_MINUTES)
        raise Refused("invalid", message, status=422, field="minutes")
    starts_at = datetime.combine(day, starts, ZoneInfo(exhibition.timezone))
    ends_at = starts_at + timedelta(minutes=minutes)
    if within(exhibition, starts_at, ends_at):
        raise Refused("round_overlaps", _l("There is a round at that time already."), field="starts_at")
    row = DisinfectionRound(
        exhibition_id=exhibition.id, starts_at=starts_at, ends_at=ends_at, planned_by=actor.name[:120]
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        if not violates(error, "uq_disinfection_round_exhibition_id_starts_at"):
            raise
        raise Refused("round_overlaps", _l("There is a round at that time already."), field="starts_at") from error
    record(actor, "round.add", "round", row.id, after={"starts_at": starts_at.isoformat(), "minutes": minutes})
    answers: list[Displaced] = [answer for _receiver, answer in planned.send(exhibition, round=row)]
    return Displaced(
        sum(one.people for one in answers), sum(one.mails for one in answers), sum(one.reached for one in answers)
    )


def _get(exhibition: Exhibition, round_id: int) -> DisinfectionRound:
    row = db.session.get(DisinfectionRound, round_id, with_for_update=True) if round_id <= LARGEST_ID else None
    if row is None or row.exhibition_id != exhibition.id:
        raise NotFound
    return row


@transaction
def remove(actor: Actor, exhibition: Exhibition, round_id: int) -> None:
    """Remove a planned round. Raises NotFound and Refused ``round_done`` (409) for one that is ticked off."""
    row = _get(exhibition, round_id)
    if row.done_at is not None:
        raise Refused("round_done", _l("This round is marked as sprayed. Press “Undo” first."))
    record(actor, "round.remove", "round", row.id, before={"starts_at": row.starts_at.isoformat()})
    db.session.delete(row)


@transaction
def tick(actor: Actor, exhibition: Exhibition, round_id: int) -> None:
    """Mark the round as done; a second tick changes nothing. Raises NotFound and Refused ``round_ahead`` (409)."""
    row, now = _get(exhibition, round_id), clock.now()
    if row.done_at is not None:
        return
    if row.starts_at - OVERDUE_AFTER > now:
        raise Refused("round_ahead", _l("This round has not begun yet."))
    row.done_at, row.done_by = now, actor.name[:120]
    record(actor, "round.tick", "round", row.id, after={"done_by": row.done_by})


@transaction
def untick(actor: Actor, exhibition: Exhibition, round_id: int) -> None:
    """Remove the tick of a round. Raises NotFound."""
    row = _get(exhibition, round_id)
    if row.done_at is not None:
        record(actor, "round.untick", "round", row.id, before={"done_by": row.done_by})
        row.done_at, row.done_by = None, ""
