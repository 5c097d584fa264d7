"""The counters of people: how many are inside, how many may be, and whether the scans say the same."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, case, func, select

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.gate.models import Gate, Occupancy, Scan
from exhibition.gate.rules import Direction, Verdict
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import VisitorPass

LARGEST_CAPACITY = 100_000

ENTERED = func.coalesce(func.sum(case((Scan.direction == Direction.ENTRY, Scan.people), else_=0)), 0)
LEFT = func.coalesce(func.sum(case((Scan.direction == Direction.EXIT, Scan.people), else_=0)), 0)


@dataclass(frozen=True)
class GateCount:
    """People through one gate today."""

    code: str
    name: str
    entered: int
    left: int


@dataclass(frozen=True)
class Count:
    """People inside now and how many may be."""

    inside: int
    capacity: int
    gates: list[GateCount]


def occupancy(exhibition_id: int, timezone: str) -> Count:
    """The hall's count, and today's movements at each gate."""
    midnight = datetime.combine(clock.now().astimezone(ZoneInfo(timezone)).date(), time(), ZoneInfo(timezone))
    hall = select(Occupancy.inside, Occupancy.capacity).where(Occupancy.exhibition_id == exhibition_id)
    inside, capacity = db.session.execute(hall).one_or_none() or (0, 0)
    today: ColumnElement[bool] = (
        (Scan.gate_id == Gate.id)
        & (Scan.exhibition_id == exhibition_id)
        & (Scan.server_at >= midnight)
        & (Scan.verdict == Verdict.ACCEPTED)
    )
    statement = (
        select(Gate.code, Gate.name, ENTERED, LEFT)
        .outerjoin(Scan, today)
        .where(Gate.exhibition_id == exhibition_id)
        .group_by(Gate.id)
        .order_by(Gate.code)
    )
    gates = [GateCount(*line) for line in db.session.execute(statement)]
    return Count(inside, capacity, gates)


@transaction
def set_capacity(actor: Actor, exhibition: Exhibition, capacity: int) -> None:
    """Set how many people may be inside. Fewer than are inside now only stops new entries.

    Raises Refused ``invalid`` (422).
    """
    if not 0 <= capacity <= LARGEST_CAPACITY:
        message = _l("Give a number from 0 to %(largest)s.", largest=LARGEST_CAPACITY)
        raise Refused("invalid", message, status=422, field="capacity")
    row = db.session.get(Occupancy, exhibition.id, with_for_update=True)
    if row is None:
        row = Occupancy(exhibition_id=exhibition.id, inside=0, capacity=0)
        db.session.add(row)
    before, row.capacity = row.capacity, capacity
    record(
        actor,
        "occupancy.capacity",
        "exhibition",
        exhibition.id,
        name=exhibition.name,
        before={"capacity": before},
        after={"capacity": capacity},
    )


@dataclass(frozen=True)
class Difference:
    """A counter that the scans do not bear out."""

    counter: str
    counted: int
    derived: int


def verify_counters() -> list[Difference]:
    """Derive every counter from the accepted scans anew; an empty list means that all are true.

    Each counter is compared with its scans in one statement, so scans that come in meanwhile do no harm.
    """
    accepted = Scan.verdict == Verdict.ACCEPTED
    moved = (
        select(Scan.pass_id, ENTERED.label("entered"), LEFT.label("gone"))
        .where(accepted, Scan.pass_id.is_not(None))
        .group_by(Scan.pass_id)
        .subquery()
    )
    entered, gone = func.coalesce(moved.c.entered, 0), func.coalesce(moved.c.gone, 0)
    passes = (
        select(VisitorPass.code, VisitorPass.admitted, entered, VisitorPass.inside, entered - gone)
        .outerjoin(moved, moved.c.pass_id == VisitorPass.id)
        .where((VisitorPass.admitted != entered) | (VisitorPass.inside != entered - gone))
        .order_by(VisitorPass.code)
    )
    halls = (
        select(Exhibition.slug, Occupancy.inside, ENTERED - LEFT)
        .select_from(Occupancy)
        .join(Exhibition, Exhibition.id == Occupancy.exhibition_id)
        .outerjoin(Scan, (Scan.exhibition_id == Exhibition.id) & accepted)
        .group_by(Exhibition.slug, Occupancy.inside)
        .having(Occupancy.inside != ENTERED - LEFT)
        .order_by(Exhibition.slug)
    )
    found: list[Difference] = []
    for code, admitted, derived_admitted, inside, derived_inside in db.session.execute(passes):
        for counter, counted, derived in (
            ("admitted", admitted, derived_admitted),
            ("inside", inside, derived_inside),
        ):
            if counted != derived:
                found.append(Difference(f"pass {code} {counter}", counted, derived))
    for slug, counted, derived in db.session.execute(halls):
        found.append(Difference(f"hall {slug} inside", counted, derived))
    return found
