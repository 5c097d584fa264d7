"""Today's figures for the desk. Reads all packages, writes nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, select

from exhibition.allocation import service as allocation
from exhibition.allocation.models import Allocation
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.sql.time_steps import step_of
from exhibition.exhibitors import participants
from exhibition.exhibitors.models import Exhibitor
from exhibition.gate.models import Gate, Scan, ScanOverride
from exhibition.gate.occupancy import caps, headcount
from exhibition.gate.occupancy.counters import CORRECTED, COUNTS, TAKEN_BACK
from exhibition.gate.rules.admission import Direction, ScanCode, Verdict
from exhibition.gate.scan import badge_scans
from exhibition.gate.scan.overrides import CORRECTION
from exhibition.storefront.models import OutboundClick
from exhibition.venue import rounds
from exhibition.venue.models import DisinfectionRound, Exhibition
from exhibition.visitors.models import PassState, SlotState, TimeSlot, VisitorPass
from exhibition.visitors.slots import DISINFECTED_FROM

STEP = timedelta(minutes=5)
TOP_SHOPS = 5


@dataclass(frozen=True)
class GateDay:
    """People in and out and refused attempts at one gate today."""

    code: str
    name: str
    entered: int
    left: int
    refused: int


@dataclass(frozen=True)
class SlotDay:
    """``issued``, ``arrived`` and ``capacity`` count people."""

    starts_at: datetime
    ends_at: datetime
    closed: bool
    """By the organizer, or because it lies within a disinfection round."""
    capacity: int
    issued: int
    arrived: int


@dataclass(frozen=True)
class Today:
    """The figures of one day at a glance; ``refusals`` by code and ``booths`` by state, the most frequent first."""

    day: date
    inside: int
    capacity: int
    presumed_left: int
    staff_inside: int
    """Those of ``inside`` who came in on an exhibitor's badge."""
    gates: list[GateDay]
    refusals: list[tuple[ScanCode, int]]
    overrides: int
    """Refusals that a supervisor has overruled."""
    slots: list[SlotDay]
    booths: list[tuple[str, int]]
    clicks: int
    top_shops: list[tuple[str, int]]
    overdue: Sequence[DisinfectionRound]
    """Disinfection rounds that nobody has ticked off in time."""


def bounds(exhibition: Exhibition, now: datetime) -> tuple[datetime, datetime]:
    """Midnight to midnight around ``now``, in the edition's time zone."""
    local = now.astimezone(ZoneInfo(exhibition.timezone))
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + timedelta(days=1)


def today(exhibition: Exhibition) -> Today:
    """The figures of today, in a fixed number of queries."""
    start, end = bounds(exhibition, clock.now())
    inside, capacity = caps.hall(exhibition.id)
    gates, refusals = movements(exhibition, start, end)
    clicks, top_shops = _clicks(exhibition, start, end)
    return Today(
        day=start.date(),
        inside=inside,
        capacity=capacity,
        presumed_left=headcount.presumed_left(exhibition.id),
        staff_inside=badge_scans.staff_inside(exhibition),
        gates=gates,
        refusals=refusals,
        overrides=overruled(exhibition, start, end),
        slots=_slots(exhibition, start, end),
        booths=Counter(booth.state.value for booth in allocation.plan(exhibition)).most_common(),
        clicks=clicks,
        top_shops=top_shops,
        overdue=rounds.overdue(exhibition, clock.now()),
    )


def movements(
    exhibition: Exhibition, start: datetime, end: datetime
) -> tuple[list[GateDay], list[tuple[ScanCode, int]]]:
    """People through each gate, who comes back counted once, and refused attempts by code, the most frequent first."""
    rows = db.session.execute(
        select(
            Scan.gate_id,
            Scan.verdict,
            Scan.direction,
            Scan.code,
            func.count(),
            func.sum(Scan.people),
            func.sum(Scan.returned),
        )
        .where(
            Scan.exhibition_id == exhibition.id, Scan.server_at >= start, Scan.server_at < end, ~CORRECTED, ~TAKEN_BACK
        )
        .group_by(Scan.gate_id, Scan.verdict, Scan.direction, Scan.code)
    ).all()
    entered, left, refused, refusals = Counter(), Counter(), Counter(), Counter()
    for gate_id, verdict, direction, code, attempts, people, returned in rows:
        if verdict is Verdict.REFUSED:
            refused[gate_id] += attempts
            refusals[code] += attempts
        elif direction is Direction.ENTRY:
            entered[gate_id] += people - returned
        else:
            left[gate_id] += people
    gates = db.session.scalars(select(Gate).where(Gate.exhibition_id == exhibition.id).order_by(Gate.code))
    days = [GateDay(gate.code, gate.name, entered[gate.id], left[gate.id], refused[gate.id]) for gate in gates]
    return days, refusals.most_common()


def overruled(exhibition: Exhibition, start: datetime, end: datetime) -> int:
    """How often a supervisor let somebody in against a refusal."""
    statement = (
        select(func.count())
        .select_from(ScanOverride)
        .join(Scan, Scan.id == ScanOverride.scan_id)
        .where(
            Scan.exhibition_id == exhibition.id,
            ScanOverride.code != CORRECTION,
            Scan.server_at >= start,
            Scan.server_at < end,
        )
    )
    return db.session.execute(statement).scalar_one()


def is_closed(slot: TimeSlot, disinfected_from: datetime | None) -> bool:
    """Whether nobody could come to the session: the organizer closed it, or a disinfection round takes all of it."""
    return slot.state is SlotState.CLOSED or (disinfected_from is not None and disinfected_from <= slot.starts_at)


def _slots(exhibition: Exhibition, start: datetime, end: datetime) -> list[SlotDay]:
    arrived = func.coalesce(func.sum(VisitorPass.admitted), 0)
    of_slot = and_(VisitorPass.slot_id == TimeSlot.id, VisitorPass.state == PassState.VALID)
    rows = db.session.execute(
        select(TimeSlot, arrived, DISINFECTED_FROM)
        .join(VisitorPass, of_slot, isouter=True)
        .where(TimeSlot.exhibition_id == exhibition.id, TimeSlot.ends_at > start, TimeSlot.starts_at < end)
        .group_by(TimeSlot.id)
        .order_by(TimeSlot.starts_at)
    )
    return [
        SlotDay(
            slot.starts_at,
            slot.ends_at,
            is_closed(slot, disinfected_from),
            slot.capacity,
            slot.issued,
            people,
        )
        for slot, people, disinfected_from in rows
    ]


def _clicks(exhibition: Exhibition, start: datetime, end: datetime) -> tuple[int, list[tuple[str, int]]]:
    rows = db.session.execute(
        select(Exhibitor.name, func.sum(OutboundClick.clicks))
        .join(Exhibitor, Exhibitor.id == OutboundClick.exhibitor_id)
        .where(OutboundClick.hour >= start, OutboundClick.hour < end, _takes_part(exhibition))
        .group_by(Exhibitor.id, Exhibitor.name)
        .order_by(func.sum(OutboundClick.clicks).desc(), Exhibitor.name)
    ).all()
    shops = [(name, clicks) for name, clicks in rows]
    return sum(clicks for _, clicks in shops), shops[:TOP_SHOPS]


def _takes_part(exhibition: Exhibition) -> ColumnElement[bool]:
    """Clicks name no edition: counted are those of the exhibitors that take part in it."""
    return OutboundClick.exhibitor_id.in_(participants.ids_of(exhibition.id))


def pulse(exhibition: Exhibition) -> dict[str, Any]:
    """A few cheap numbers that change whenever the figures do; the live stream compares them every second."""
    inside, capacity = caps.hall(exhibition.id)
    scans, issued, clicks, allocated = db.session.execute(
        select(
            select(func.max(Scan.id)).where(Scan.exhibition_id == exhibition.id).scalar_subquery(),
            select(func.sum(TimeSlot.issued)).where(TimeSlot.exhibition_id == exhibition.id).scalar_subquery(),
            select(func.sum(OutboundClick.clicks)).where(_takes_part(exhibition)).scalar_subquery(),
            select(func.max(Allocation.updated_at)).where(Allocation.exhibition_id == exhibition.id).scalar_subquery(),
        )
    ).one()
    return {
        "inside": inside,
        "capacity": capacity,
        "scans": scans,
        "issued": issued,
        "clicks": clicks,
        "allocated": str(allocated),
        "overdue": [one.id for one in rounds.overdue(exhibition, clock.now())],
    }


@dataclass(frozen=True)
class Curve:
    """People inside through one day, and people who came in, in steps of five minutes; times in epoch seconds."""

    times: list[int]
    inside: list[int]
    entered: list[int]


def curve(exhibition: Exhibition) -> Curve:
    """Today's occupancy."""
    now = clock.now()
    return curve_until(exhibition, *bounds(exhibition, now), now)


def curve_until(exhibition: Exhibition, start: datetime, end: datetime, until: datetime) -> Curve:
    """The occupancy from ``start`` to ``end``, computed from the scans, from the first movement to ``until``."""
    accepted = (Scan.exhibition_id == exhibition.id, COUNTS)
    by_hand = headcount.corrections(exhibition.id, end)
    signed = func.sum(Scan.people)
    earlier = select(Scan.direction, signed).where(*accepted, Scan.server_at < start).group_by(Scan.direction)
    before = {direction: people for direction, people in db.session.execute(earlier)}  # noqa: C416 rows are no tuples to the type checker
    step_s = int(STEP.total_seconds())
    of_step = step_of(Scan.server_at, step_s).label("step")
    moves = db.session.execute(
        select(of_step, Scan.direction, signed)
        .where(*accepted, Scan.server_at >= start, Scan.server_at < end)
        .group_by(of_step, Scan.direction)
        .order_by(of_step)
    ).all()
    inside = before.get(Direction.ENTRY, 0) - before.get(Direction.EXIT, 0)
    inside += sum(people for at, people in by_hand if at < start)
    if not moves:
        return Curve([], [], [])
    first: int = moves[0].step
    last = int(until.timestamp()) // step_s * step_s
    entered, change = Counter(), Counter()
    for step, direction, people in moves:
        change[step] += people if direction is Direction.ENTRY else -people
        entered[step] += people if direction is Direction.ENTRY else 0
    for at, people in by_hand:
        if at >= start:
            change[max(first, int(at.timestamp()) // step_s * step_s)] += people
    times = list(range(first, last + 1, step_s))
    levels = []
    for step in times:
        inside += change[step]
        levels.append(inside)
    return Curve(times, levels, [entered[step] for step in times])
