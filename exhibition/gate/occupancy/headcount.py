"""Counts of the hall by hand, and parties presumed to have left because no stay is that long."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.gate.models import HallOccupancy, OccupancyCount, Scan
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import VisitorPass

LARGEST_COUNT = 100_000
LONGEST_REASON = 200
SHOWN_COUNTS = 5


def presumed_left(exhibition_id: int) -> int:
    """People inside whose pass has had no movement for longer than the edition's longest stay; 0 where none is set.

    They are part of the hall's count: only a count by hand takes them out of it. Those already presumed to have left at
    the last count by hand are settled by it.
    """
    counted = select(func.max(OccupancyCount.at)).where(OccupancyCount.exhibition_id == exhibition_id)
    statement = (
        select(Exhibition.longest_stay_minutes, HallOccupancy.inside, counted.scalar_subquery().label("counted_at"))
        .join(HallOccupancy, HallOccupancy.exhibition_id == Exhibition.id)
        .where(Exhibition.id == exhibition_id)
    )
    known = db.session.execute(statement).one_or_none()
    if known is None or known.longest_stay_minutes is None:
        return 0
    longest = timedelta(minutes=known.longest_stay_minutes)
    counted_at: datetime | None = known.counted_at
    people = select(func.coalesce(func.sum(VisitorPass.inside), 0)).where(
        VisitorPass.exhibition_id == exhibition_id,
        VisitorPass.inside > 0,
        VisitorPass.updated_at <= clock.now() - longest,
    )
    if counted_at is not None:
        people = people.where(VisitorPass.updated_at > counted_at - longest)
    return min(known.inside, db.session.execute(people).scalar_one())


@transaction
def set_count(actor: Actor, exhibition: Exhibition, inside: int, reason: str) -> None:
    """Set the hall's counter to the number that somebody has counted.

    Raises Refused ``invalid`` (422) that names ``inside`` or ``reason``.
    """
    reason = " ".join(reason.split())
    if not 0 <= inside <= LARGEST_COUNT:
        message = _l("Give a number from 0 to %(largest)s.", largest=LARGEST_COUNT)
        raise Refused("invalid", message, status=422, field="inside")
    if not 0 < len(reason) <= LONGEST_REASON or not reason.isprintable():
        message = _l("Give a reason of 1 to %(longest)s ordinary characters.", longest=LONGEST_REASON)
        raise Refused("invalid", message, status=422, field="reason")
    hall = db.session.get(HallOccupancy, exhibition.id, with_for_update=True, populate_existing=True)
    if hall is None:
        hall = HallOccupancy(exhibition_id=exhibition.id, inside=0, capacity=0)
        db.session.add(hall)
    # A scan that moves people locks the hall before it is stored: while we hold the lock, no such scan is half done.
    newest = db.session.execute(select(func.coalesce(func.max(Scan.id), 0))).scalar_one()
    before, hall.inside = hall.inside, inside
    db.session.add(
        OccupancyCount(
            exhibition_id=exhibition.id,
            before=before,
            inside=inside,
            reason=reason,
            by=actor.name,
            after_scan_id=newest,
        )
    )
    record(
        actor,
        "occupancy.count",
        "exhibition",
        exhibition.id,
        name=exhibition.name,
        before={"inside": before},
        after={"inside": inside, "reason": reason},
    )


def recent(exhibition: Exhibition) -> list[OccupancyCount]:
    """The last counts by hand, newest first."""
    statement = (
        select(OccupancyCount)
        .where(OccupancyCount.exhibition_id == exhibition.id)
        .order_by(OccupancyCount.id.desc())
        .limit(SHOWN_COUNTS)
    )
    return list(db.session.scalars(statement))


def corrections(exhibition_id: int, until: datetime) -> list[tuple[datetime, int]]:
    """Each count by hand before ``until`` with what it added to the hall's count, oldest first."""
    statement = (
        select(OccupancyCount.at, OccupancyCount.inside - OccupancyCount.before)
        .where(OccupancyCount.exhibition_id == exhibition_id, OccupancyCount.at < until)
        .order_by(OccupancyCount.id)
    )
    return [(at, people) for at, people in db.session.execute(statement)]
