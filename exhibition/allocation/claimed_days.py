"""On which days of the fair each live claim has its booth, and giving claims other days when the fair's days change."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from exhibition.allocation.conditions import live_at
from exhibition.allocation.models import Allocation, AllocationDay
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.core.i18n import lazy as _l
from exhibition.core.sql.constraints import violates
from exhibition.venue.models import ExhibitionDay


def claimed_days(exhibition_id: int) -> dict[int, frozenset[date]]:
    """The days of each live claim, by the allocation's id."""
    live = Allocation.exhibition_id == exhibition_id, live_at(clock.now())
    days: dict[int, set[date]] = {id_: set() for id_ in db.session.scalars(select(Allocation.id).where(*live))}
    rows = select(AllocationDay.allocation_id, AllocationDay.day).where(AllocationDay.allocation_id.in_(days))
    for allocation_id, day in db.session.execute(rows):
        days[allocation_id].add(day)
    return {allocation_id: frozenset(held) for allocation_id, held in days.items()}


def names_days(exhibition_id: int) -> ColumnElement[bool]:
    """The condition that a live claim is for some days of the fair only."""
    claimed = select(func.count()).where(AllocationDay.allocation_id == Allocation.id, AllocationDay.live)
    fair = select(func.count()).select_from(ExhibitionDay).where(ExhibitionDay.exhibition_id == exhibition_id)
    return claimed.scalar_subquery() < fair.scalar_subquery()


def days_of(allocation_ids: Collection[int]) -> dict[int, tuple[date, ...]]:
    """The days of these allocations, in their order; asks nothing when there are none."""
    if not allocation_ids:
        return {}
    ours = AllocationDay.allocation_id.in_(allocation_ids)
    statement = select(AllocationDay.allocation_id, AllocationDay.day).where(ours).order_by(AllocationDay.day)
    days: dict[int, tuple[date, ...]] = {}
    for allocation_id, day in db.session.execute(statement):
        days[allocation_id] = (*days.get(allocation_id, ()), day)
    return days


def give_days(days: Mapping[int, Collection[date]]) -> None:
    """Give live claims these days instead of theirs, in the open transaction.

    Raises Refused ``booth_taken`` (409) when a booth, or an exhibitor, would have two claims on one day.
    """
    claims = db.session.scalars(select(Allocation).where(Allocation.id.in_(days)).order_by(Allocation.id))
    rows = [
        {
            "allocation_id": claim.id,
            "day": day,
            "exhibition_id": claim.exhibition_id,
            "booth_id": claim.booth_id,
            "exhibitor_id": claim.exhibitor_id,
            "live": True,
            "shares": claim.shares,
        }
        for claim in claims
        for day in sorted(days[claim.id])
    ]
    db.session.execute(delete(AllocationDay).where(AllocationDay.allocation_id.in_(days)))
    if not rows:
        return
    try:
        with db.session.begin_nested():
            db.session.execute(insert(AllocationDay), rows)
    except IntegrityError as error:
        if not violates(error, "uq_allocation_day_booth", "uq_allocation_day_exhibitor"):
            raise
        message = _l("Two exhibitors would have the same booth on one day. Settle that on the floor plan first.")
        raise Refused("booth_taken", message, field="starts_on") from error
