"""How many people may be inside: a cap that changes at planned moments and can be raised or lowered while the fair
runs.

The cap in force is that of the latest change that has begun; before the first it is the hall's own. Nothing has to run
at the moment of a change: each scan's guarded UPDATE reads the cap in force, and devices know the coming changes
beforehand. Passes stay valid whatever the cap: with a lower one nobody is sent out, and gates admit people again once
enough have left. Where more passes were issued for a session than a cap allows, the desk shows it; none is taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import Integer, bindparam, delete, func, select

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import Moment, db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.core.sql.statements import table_of
from exhibition.gate.models import HallCap, HallOccupancy
from exhibition.gate.rules.admission import cap_at
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from exhibition.visitors import slots
from exhibition.visitors.rules import SlotStatus

LARGEST_CAP = 100_000
LONGEST_REASON = 200
MOST_AHEAD = 100
SMALLEST_AREA_M2, LARGEST_AREA_M2 = 0.5, 100.0

_hall, _cap = table_of(HallOccupancy), table_of(HallCap)
IN_FORCE = func.coalesce(
    select(_cap.c.capacity)
    .where(_cap.c.exhibition_id == _hall.c.exhibition_id, _cap.c.starts_at <= bindparam("now", type_=Moment))
    .order_by(_cap.c.starts_at.desc())
    .limit(1)
    .correlate(_hall)
    .scalar_subquery(),
    _hall.c.capacity,
    type_=Integer,
)
"""The hall's cap at the moment ``now``, for statements that read or move the hall's row."""


def hall(exhibition_id: int, now: datetime | None = None) -> tuple[int, int]:
    """People inside and the cap in force; (0, 0) before the hall has a cap."""
    statement = select(_hall.c.inside, IN_FORCE).where(_hall.c.exhibition_id == exhibition_id)
    row = db.session.execute(statement, {"now": now or clock.now()}).one_or_none()
    return (0, 0) if row is None else (row[0], row[1])


def changes(exhibition_id: int) -> Sequence[HallCap]:
    """All changes of the cap, past and future, in order."""
    statement = select(HallCap).where(HallCap.exhibition_id == exhibition_id).order_by(HallCap.starts_at)
    return db.session.scalars(statement).all()


def before_all(exhibition_id: int) -> int:
    """The cap before the first change."""
    own = select(HallOccupancy.capacity).where(HallOccupancy.exhibition_id == exhibition_id)
    return db.session.scalar(own) or 0


def _check(capacity: int, reason: str) -> str:
    reason = " ".join(reason.split())
    if not 0 <= capacity <= LARGEST_CAP:
        message = _l("Give a number from 0 to %(largest)s.", largest=LARGEST_CAP)
        raise Refused("invalid", message, status=422, field="capacity")
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        message = _l("Write at most %(longest)s ordinary characters.", longest=LONGEST_REASON)
        raise Refused("invalid", message, status=422, field="reason")
    return reason


def _lock(exhibition: Exhibition) -> None:
    """Make changes of the cap wait for one another; scans wait for them as they do for each other."""
    if db.session.get(HallOccupancy, exhibition.id, with_for_update=True, populate_existing=True) is None:
        db.session.add(HallOccupancy(exhibition_id=exhibition.id, inside=0, capacity=0))
        db.session.flush()


def _add(actor: Actor, exhibition: Exhibition, starts_at: datetime, capacity: int, reason: str) -> None:
    db.session.add(
        HallCap(
            exhibition_id=exhibition.id,
            starts_at=starts_at,
            capacity=capacity,
            reason=reason,
            set_by=actor.name[:120],
        )
    )


@transaction
def set_now(actor: Actor, exhibition: Exhibition, capacity: int, reason: str = "") -> None:
    """Set how many people may be inside from now on. A cap below the number inside only stops new entries.

    Raises Refused ``invalid`` (422).
    """
    reason = _check(capacity, reason)
    _lock(exhibition)
    now = clock.now()
    _inside, before = hall(exhibition.id, now)
    db.session.execute(delete(HallCap).where(HallCap.exhibition_id == exhibition.id, HallCap.starts_at == now))
    _add(actor, exhibition, now, capacity, reason)
    record(
        actor,
        "occupancy.capacity",
        "exhibition",
        exhibition.id,
        name=exhibition.name,
        before={"capacity": before},
        after={"capacity": capacity} | ({"reason": reason} if reason else {}),
    )


@transaction
def plan(actor: Actor, exhibition: Exhibition, local: datetime, capacity: int, reason: str = "") -> None:
    """Plan how many people may be inside from a later moment on; ``local`` is naive, in the edition's time zone.

    Raises Refused ``invalid`` and ``cap_past`` (422), ``cap_exists`` and ``too_many_caps`` (409).
    """
    reason = _check(capacity, reason)
    starts_at = local.replace(tzinfo=ZoneInfo(exhibition.timezone))
    now = clock.now()
    if starts_at <= now:
        message = _l("This moment is over. To change the cap at once, use the form above.")
        raise Refused("cap_past", message, status=422, field="starts_at")
    _lock(exhibition)
    ahead = [one for one in changes(exhibition.id) if one.starts_at > now]
    if any(one.starts_at == starts_at for one in ahead):
        message = _l("The cap changes at that moment already. Take that change away first.")
        raise Refused("cap_exists", message, field="starts_at")
    if len(ahead) >= MOST_AHEAD:
        message = _l("At most %(most)s changes can be planned ahead.", most=MOST_AHEAD)
        raise Refused("too_many_caps", message, field="starts_at")
    _add(actor, exhibition, starts_at, capacity, reason)
    after = {"starts_at": starts_at.isoformat(), "capacity": capacity, "reason": reason}
    record(actor, "cap.plan", "exhibition", exhibition.id, name=exhibition.name, after=after)


@transaction
def remove(actor: Actor, exhibition: Exhibition, cap_id: int) -> None:
    """Remove a change that has not begun. Raises NotFound, and Refused ``cap_past`` (409) for one that has: history
    stays.
    """
    row = db.session.get(HallCap, cap_id, with_for_update=True) if cap_id <= LARGEST_ID else None
    if row is None or row.exhibition_id != exhibition.id:
        raise NotFound
    if row.starts_at <= clock.now():
        raise Refused("cap_past", _l("This change has begun; it stays for the report. Set another cap instead."))
    before = {"starts_at": row.starts_at.isoformat(), "capacity": row.capacity}
    record(actor, "cap.remove", "exhibition", exhibition.id, name=exhibition.name, before=before)
    db.session.delete(row)


@transaction
def set_area(actor: Actor, exhibition: Exhibition, square_metres: float | None) -> None:
    """Set how much floor the protocol requires for each person, in square metres. Raises Refused ``invalid`` (422)."""
    if square_metres is not None and not SMALLEST_AREA_M2 <= square_metres <= LARGEST_AREA_M2:
        message = _l("Give a number from %(least)s to %(most)s.", least=SMALLEST_AREA_M2, most=LARGEST_AREA_M2)
        raise Refused("invalid", message, status=422, field="square_metres_each")
    row = db.session.get_one(Exhibition, exhibition.id, with_for_update=True)
    before, row.square_metres_each = row.square_metres_each, square_metres
    record(
        actor,
        "cap.area",
        "exhibition",
        exhibition.id,
        name=exhibition.name,
        before={"square_metres_each": before},
        after={"square_metres_each": square_metres},
    )


@dataclass(frozen=True)
class SessionAbove:
    """A session with more places than the cap allows at some time during it."""

    slot: slots.Slot
    capacity: int
    """The lowest cap during it."""


def sessions_above(exhibition: Exhibition, now: datetime) -> list[SessionAbove]:
    """Sessions that are not over and hold more people than the cap in force or planned for their time."""
    own, dated = before_all(exhibition.id), [(one.starts_at, one.capacity) for one in changes(exhibition.id)]
    found: list[SessionAbove] = []
    for slot in slots.of_edition(exhibition.id):
        if slot.status(now) in (SlotStatus.PAST, SlotStatus.CLOSED):
            continue
        begins = max(slot.starts_at, now)
        within = [capacity for starts_at, capacity in dated if begins < starts_at < slot.ends_at]
        lowest = min([cap_at(own, dated, begins), *within])
        if slot.capacity > lowest:
            found.append(SessionAbove(slot, lowest))
    return found


venue.caps["inside"] = lambda exhibition: hall(exhibition.id)[1]
