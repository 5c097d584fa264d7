"""Writing the changes of an act to the rows, all or none; ``consequences`` takes care of what follows.

That a booth has one exhibitor a day who does not share it, and an exhibitor one booth, is decided by the database's
constraints, not by checking first; whoever joins others does so with these locked. Queries after a refusal only find
out who was faster.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NoReturn

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, exists, insert, select, true, update
from sqlalchemy.exc import IntegrityError

from exhibition.accounts.audit import Actor
from exhibition.allocation.conditions import over_at
from exhibition.allocation.models import Allocation, AllocationDay
from exhibition.allocation.rules import BACK, MOST_TENANTS, AllocationState, Change, Snapshot, StepKind
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import NotFound, Refused
from exhibition.core.i18n import moment_text
from exhibition.core.sql.constraints import violates
from exhibition.exhibitors import participants
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Booth, Exhibition, Layout, LayoutBooth

EXPIRY = Actor(None, "expiry")
LONGEST_HOLD_HOURS = 60 * 24
STATES = {
    AllocationState.HELD: _l("held"),
    AllocationState.OFFERED: _l("offered"),
    AllocationState.CONFIRMED: _l("confirmed"),
    AllocationState.RELEASED: _l("released"),
}
SOMEBODY = _l("the organizers")


@dataclass(frozen=True)
class Act:
    """Changes that were made together: the actor, the edition and the kind of act."""

    actor: Actor
    exhibition: Exhibition
    kind: StepKind | None
    """None: the time of holds and offers ran out."""
    changes: Sequence[Change]


def snapshot(allocation: Allocation) -> Snapshot:
    """The allocation as it is stored."""
    return Snapshot(allocation.booth_id, allocation.state, allocation.expires_at, allocation.shares)


def new_claim(
    actor: Actor, exhibition: Exhibition, exhibitor_id: int, target: Snapshot, days: Collection[date] = ()
) -> Change:
    """The change that gives an exhibitor a claim; it adds a row in the state released, from which the act starts.

    The claim is for these days of the fair, for all of them when none are named.
    """
    allocation = Allocation(
        exhibition_id=exhibition.id,
        booth_id=target.booth_id,
        exhibitor_id=exhibitor_id,
        state=AllocationState.RELEASED,
        created_by_id=actor.id,
    )
    db.session.add(allocation)
    participants.take_in(exhibition.id, [exhibitor_id])
    db.session.flush()
    _give_days(
        exhibition,
        [Change(allocation.id, exhibitor_id, snapshot(allocation), snapshot(allocation))],
        {allocation.id: sorted(days)},
    )
    return Change(allocation.id, exhibitor_id, snapshot(allocation), target)


def expiry(exhibition: Exhibition, hours: int | None) -> datetime:
    """When a hold made now ends, after ``hold_hours`` by default. Raises Refused ``hours_invalid`` (422)."""
    hours = exhibition.hold_hours if hours is None else hours
    if not 1 <= hours <= LONGEST_HOLD_HOURS:
        message = _l("A hold lasts from 1 to %(hours)s hours.", hours=LONGEST_HOLD_HOURS)
        raise Refused("hours_invalid", message, status=422, field="hours")
    return clock.now() + timedelta(hours=hours)


def locked(ids: Iterable[int]) -> dict[int, Allocation]:
    """The allocations, locked until the transaction ends (on PostgreSQL; SQLite has only one writer)."""
    statement = select(Allocation).where(Allocation.id.in_(set(ids))).order_by(Allocation.id).with_for_update()
    rows = db.session.scalars(statement.execution_options(populate_existing=True))
    return {allocation.id: allocation for allocation in rows}


def expire(now: datetime, condition: ColumnElement[bool] | None = None) -> list[Act]:
    """Release the holds and offers that meet the condition and whose time has run out; one act for each edition."""
    statement = (
        select(
            Allocation.id,
            Allocation.exhibition_id,
            Allocation.exhibitor_id,
            Allocation.booth_id,
            Allocation.state,
            Allocation.expires_at,
            Allocation.shares,
        )
        .where(over_at(now), true() if condition is None else condition)
        .order_by(Allocation.id)
        .with_for_update()
    )
    rows = db.session.execute(statement).all()
    ids = [row.id for row in rows]
    if ids:
        theirs, left = AllocationDay.allocation_id.in_(ids), {"live": False, "shares": False}
        db.session.execute(update(AllocationDay).where(theirs).values(**left))
        released = {"state": AllocationState.RELEASED, "expires_at": None, "shares": False, "changed_by": EXPIRY.name}
        db.session.execute(update(Allocation).where(Allocation.id.in_(ids)).values(**released, updated_at=now))
    changes: dict[int, list[Change]] = {}
    for row in rows:
        before = Snapshot(row.booth_id, row.state, row.expires_at, row.shares)
        change = Change(row.id, row.exhibitor_id, before, Snapshot(row.booth_id, AllocationState.RELEASED))
        changes.setdefault(row.exhibition_id, []).append(change)
    return [Act(EXPIRY, db.session.get_one(Exhibition, id_), None, together) for id_, together in changes.items()]


def apply(actor: Actor, exhibition: Exhibition, kind: StepKind, changes: Sequence[Change]) -> list[Act]:
    """Write the changes in the open transaction, all or none; returns what was done, this act last.

    Acts before it released holds and offers that had to make room because their time had run out. Raises Refused
    ``changed_since`` when an allocation is no longer as in ``before``, ``expired`` when an undo would restore a hold
    whose time has run out, ``booth_closed``, ``booth_full``, and ``booth_taken`` and ``exhibitor_placed`` (both with
    ``by``, ``at`` and the exhibitor concerned).
    """
    now = clock.now()
    allocations = locked(change.allocation_id for change in changes)
    for change in changes:
        allocation = allocations.get(change.allocation_id)
        if allocation is None or allocation.exhibition_id != exhibition.id:
            raise NotFound
        if snapshot(allocation).at(now) != change.before:
            refuse_changed(exhibition, allocation)
        if change.after.at(now) != change.after:
            raise Refused("expired", _l("The time of that hold is over. Hold the booth again."))
    placed = [change for change in changes if change.after.live]
    _require_open(exhibition, {change.after.booth_id for change in placed})
    days = _take_days(exhibition, list(allocations))
    lapsed = _make_room(exhibition, placed, now)
    for change in changes:
        allocation = allocations[change.allocation_id]
        allocation.booth_id, allocation.state = change.after.booth_id, change.after.state
        allocation.expires_at, allocation.shares = change.after.expires_at, change.after.shares
        allocation.changed_by, allocation.updated_at = actor.name, now
    try:
        with db.session.begin_nested():
            _give_days(exhibition, changes, days)
            if kind not in BACK:
                _refuse_beside_others(exhibition, placed)
    except IntegrityError as error:
        if not violates(error, "uq_allocation_day_booth", "uq_allocation_day_exhibitor"):
            raise
        _refuse_taken(exhibition, placed)
    return [*lapsed, Act(actor, exhibition, kind, changes)]


def _require_open(exhibition: Exhibition, booth_ids: set[int]) -> None:
    opened = exists().where(
        LayoutBooth.booth_id == Booth.id,
        LayoutBooth.layout_id == Layout.id,
        Layout.exhibition_id == exhibition.id,
        Layout.published,
    )
    statement = select(Booth.code).where(Booth.id.in_(booth_ids), ~(opened & (Booth.blocked_reason == "")))
    if closed := db.session.scalars(statement.order_by(Booth.code)).first():
        message = _l("Booth %(code)s is not in use: the published layout keeps it closed.", code=closed)
        raise Refused("booth_closed", message, field="booth", booth=closed)


def _take_days(exhibition: Exhibition, ids: list[int]) -> dict[int, list[date]]:
    """Delete the days of these allocations, so that two can exchange booths; returns them."""
    statement = select(AllocationDay.allocation_id, AllocationDay.day).where(AllocationDay.allocation_id.in_(ids))
    days: dict[int, list[date]] = {}
    for allocation_id, day in db.session.execute(statement):
        days.setdefault(allocation_id, []).append(day)
    db.session.execute(delete(AllocationDay).where(AllocationDay.allocation_id.in_(ids)))
    whole_fair = [day.day for day in exhibition.days]
    return {allocation_id: days.get(allocation_id, whole_fair) for allocation_id in ids}


def _make_room(exhibition: Exhibition, placed: Sequence[Change], now: datetime) -> list[Act]:
    if not placed:
        return []
    booths = Allocation.booth_id.in_({change.after.booth_id for change in placed})
    theirs = Allocation.exhibitor_id.in_({change.exhibitor_id for change in placed})
    return expire(now, (Allocation.exhibition_id == exhibition.id) & (booths | theirs))


def _give_days(exhibition: Exhibition, changes: Sequence[Change], days: dict[int, list[date]]) -> None:
    rows = [
        {
            "allocation_id": change.allocation_id,
            "day": day,
            "exhibition_id": exhibition.id,
            "booth_id": change.after.booth_id,
            "exhibitor_id": change.exhibitor_id,
            "live": change.after.live,
            "shares": change.after.shares,
        }
        for change in changes
        for day in days[change.allocation_id]
    ]
    if rows:
        db.session.execute(insert(AllocationDay), rows)


def _refuse_beside_others(exhibition: Exhibition, placed: Sequence[Change]) -> None:
    """Refuse a booth in which others are to whoever does not come to share it, and to all when it is full."""
    coming = {
        change.allocation_id: change.after
        for change in placed
        if not (change.before.live and change.before.booth_id == change.after.booth_id)
    }
    there = AllocationDay.live & AllocationDay.booth_id.in_({after.booth_id for after in coming.values()})
    tenants: dict[tuple[int, date], set[int]] = {}
    for booth_id, day, id_ in db.session.execute(
        select(AllocationDay.booth_id, AllocationDay.day, AllocationDay.allocation_id).where(there)
    ):
        tenants.setdefault((booth_id, day), set()).add(id_)
    for ids in tenants.values():
        if len(ids) > 1 and any(not coming[id_].shares for id_ in ids & coming.keys()):
            _refuse_taken(exhibition, placed)
        if len(ids) > MOST_TENANTS and ids & coming.keys():
            message = _l("At most %(most)s exhibitors can share a booth.", most=MOST_TENANTS)
            raise Refused("booth_full", message, field="booth")


def is_taken(booth_id: int) -> bool:
    """Whether somebody has the booth on any day."""
    return bool(db.session.scalar(select(exists().where(AllocationDay.booth_id == booth_id, AllocationDay.live))))


def describe(exhibition: Exhibition, changed_by: str, changed_at: datetime) -> tuple[str, str]:
    """The name of the actor and the time, as texts for a refusal."""
    return changed_by or str(SOMEBODY), moment_text(changed_at, exhibition.timezone)


def refuse_changed(exhibition: Exhibition, allocation: Allocation) -> NoReturn:
    """Refuse an act on an allocation that has changed since the person saw it, and say what it is now."""
    code = db.session.scalars(select(Booth.code).where(Booth.id == allocation.booth_id)).one()
    name = db.session.scalars(select(Exhibitor.name).where(Exhibitor.id == allocation.exhibitor_id)).one()
    present = snapshot(allocation)
    if present.at(clock.now()) != present:
        message = _l(
            "The time for %(exhibitor)s in booth %(code)s is over; the booth is free.", exhibitor=name, code=code
        )
        raise Refused("changed_since", message, booth=code, exhibitor=name, state="released")
    by, at = describe(exhibition, allocation.changed_by, allocation.updated_at)
    message = _l(
        "Nothing was done, because it has changed since you looked: %(exhibitor)s, booth %(code)s, is now %(state)s"
        " (%(by)s, %(at)s).",
        exhibitor=name,
        code=code,
        state=STATES[allocation.state],
        by=by,
        at=at,
    )
    raise Refused("changed_since", message, booth=code, exhibitor=name, state=allocation.state.value, by=by, at=at)


def _refuse_taken(exhibition: Exhibition, placed: Sequence[Change]) -> NoReturn:
    """Explain a constraint's refusal: find out who has the booth, or where the exhibitor already has one."""
    columns = (Exhibitor.name, Booth.code, Allocation.changed_by, Allocation.updated_at)
    others = (
        select(*columns)
        .join(AllocationDay, AllocationDay.allocation_id == Allocation.id)
        .join(Exhibitor, Exhibitor.id == Allocation.exhibitor_id)
        .join(Booth, Booth.id == Allocation.booth_id)
        .where(
            AllocationDay.live,
            AllocationDay.exhibition_id == exhibition.id,
            Allocation.id.not_in([change.allocation_id for change in placed]),
        )
    )
    booths = [change.after.booth_id for change in placed]
    exhibitors = [change.exhibitor_id for change in placed]
    if other := db.session.execute(others.where(AllocationDay.booth_id.in_(booths))).first():
        by, at = describe(exhibition, other.changed_by, other.updated_at)
        message = _l(
            "Booth %(code)s was taken for %(exhibitor)s by %(by)s, %(at)s.",
            code=other.code,
            exhibitor=other.name,
            by=by,
            at=at,
        )
        raise Refused("booth_taken", message, field="booth", booth=other.code, exhibitor=other.name, by=by, at=at)
    if other := db.session.execute(others.where(AllocationDay.exhibitor_id.in_(exhibitors))).first():
        by, at = describe(exhibition, other.changed_by, other.updated_at)
        message = _l(
            "%(exhibitor)s has booth %(code)s already (%(by)s, %(at)s).",
            exhibitor=other.name,
            code=other.code,
            by=by,
            at=at,
        )
        raise Refused(
            "exhibitor_placed", message, field="exhibitor_id", booth=other.code, exhibitor=other.name, by=by, at=at
        )
    raise Refused("changed_since", _l("Somebody else changed this booth at the same moment. Look again."))
