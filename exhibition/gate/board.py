"""The board of devices at the desk: how each is, who will come, and whether the open lanes are enough."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.sql.time_steps import step_of
from exhibition.gate import devices
from exhibition.gate.devices import DeviceLine
from exhibition.gate.models import Scan
from exhibition.gate.rules import lanes
from exhibition.gate.rules.admission import Direction, Verdict
from exhibition.gate.rules.lanes import ComingSession, ExpectedStep, LaneAdvice
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import PassState, SlotState, TimeSlot, VisitorPass
from exhibition.visitors.slots import state_now

OPEN_WITHIN = timedelta(minutes=3)
"""A device that was heard of so lately is a lane."""
RATE_OVER = timedelta(minutes=10)
LAST_ENTRIES = 20_000
"""How many entries of earlier days are looked at, the latest ones."""
STEP_S = int(lanes.STEP.total_seconds())


@dataclass(frozen=True)
class BoardLine:
    """A device that may scan, with its gate and its scans a minute."""

    gate: str
    device: DeviceLine
    open: bool
    scans_a_minute: float


@dataclass(frozen=True)
class Board:
    lines: list[BoardLine]
    open_lanes: int
    steps: list[ExpectedStep]
    advice: LaneAdvice | None
    """None: the open lanes are enough."""
    from_earlier_days: bool
    """Whether the pattern of arrivals is that of earlier days."""


def board(exhibition: Exhibition) -> Board:
    """How the devices are now, and what is expected of the next two hours."""
    now = clock.now()
    counts = _scans_since(exhibition.id, now - RATE_OVER)
    lines = [
        BoardLine(gate.code, device, _is_open(device, now), counts.get(device.id, 0) * 60 / RATE_OVER.total_seconds())
        for gate in devices.gates(exhibition)
        for device in gate.devices
        if not device.revoked
    ]
    zone = ZoneInfo(exhibition.timezone)
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    arrivals, busiest = earlier(exhibition.id, midnight)
    shares, rate = lanes.shares_of(arrivals), max(busiest, lanes.USUAL_RATE)
    steps = lanes.expected(_coming(exhibition.id, midnight, now), shares, now.astimezone(zone), rate)
    open_lanes = sum(line.open for line in lines)
    return Board(lines, open_lanes, steps, lanes.advice(steps, open_lanes, rate), shares is not lanes.USUAL_SHARES)


def _is_open(device: DeviceLine, now: datetime) -> bool:
    return device.last_seen_at is not None and now - device.last_seen_at <= OPEN_WITHIN


def _scans_since(exhibition_id: int, since: datetime) -> Mapping[int, int]:
    statement = (
        select(Scan.device_id, func.count())
        .where(Scan.exhibition_id == exhibition_id, Scan.server_at >= since, Scan.undoes_id.is_(None))
        .group_by(Scan.device_id)
    )
    return {device_id: number for device_id, number in db.session.execute(statement)}  # noqa: C416 rows are no tuples to the type checker


def _coming(exhibition_id: int, midnight: datetime, now: datetime) -> list[ComingSession]:
    """Today's sessions that are not over, with the parties that have not come."""
    statement = (
        select(TimeSlot.starts_at, TimeSlot.ends_at, func.count(VisitorPass.id))
        .join(VisitorPass, VisitorPass.slot_id == TimeSlot.id)
        .where(
            TimeSlot.exhibition_id == exhibition_id,
            TimeSlot.ends_at > now,
            TimeSlot.starts_at < midnight + timedelta(days=1),
            state_now(TimeSlot) == SlotState.OPEN,
            VisitorPass.state == PassState.VALID,
            VisitorPass.admitted == 0,
        )
        .group_by(TimeSlot.id)
        .order_by(TimeSlot.starts_at)
    )
    return [ComingSession(*row) for row in db.session.execute(statement)]


def earlier(exhibition_id: int, midnight: datetime) -> tuple[Mapping[int, int], int]:
    """When parties came on earlier days, by step from their session's start, and the most that one device took in a
    step.
    """
    latest = (
        select(Scan.device_id, Scan.pass_id, step_of(Scan.server_at, STEP_S).label("step"))
        .where(
            Scan.exhibition_id == exhibition_id,
            Scan.server_at < midnight,
            Scan.verdict == Verdict.ACCEPTED,
            Scan.direction == Direction.ENTRY,
            Scan.undoes_id.is_(None),
            Scan.people > Scan.returned,
        )
        .order_by(Scan.server_at.desc())
        .limit(LAST_ENTRIES)
        .subquery()
    )
    offset = latest.c.step - step_of(TimeSlot.starts_at, STEP_S)
    came = (
        select(offset, func.count())
        .select_from(latest)
        .join(VisitorPass, VisitorPass.id == latest.c.pass_id)
        .join(TimeSlot, TimeSlot.id == VisitorPass.slot_id)
        .group_by(offset)
    )
    arrivals = {seconds // STEP_S: number for seconds, number in db.session.execute(came)}
    parties = func.count()
    busiest = select(parties).select_from(latest).group_by(latest.c.device_id, latest.c.step).order_by(parties.desc())
    return arrivals, db.session.execute(busiest.limit(1)).scalar() or 0
