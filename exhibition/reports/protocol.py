"""The report on one day for the health office: caps in force, people inside, refusals, rounds, masks and screening."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.gate.models import Scan, ScanConflict
from exhibition.gate.occupancy import caps
from exhibition.gate.occupancy.counters import CORRECTED, TAKEN_BACK
from exhibition.gate.rules.admission import ConflictKind, Direction, ScanCode, cap_at
from exhibition.reports import service
from exhibition.reports.service import Curve, GateDay
from exhibition.venue import rounds
from exhibition.venue.models import Exhibition

SHOWN_PEAKS = 3
PEAKS_APART = timedelta(minutes=60)
TOLD_CONFLICTS = (ConflictKind.OVER_CAP, ConflictKind.DURING_ROUND)


@dataclass(frozen=True)
class CapSpan:
    """A cap and the part of the day in which it was in force."""

    starts_at: datetime
    ends_at: datetime
    capacity: int
    reason: str


@dataclass(frozen=True)
class Peak:
    at: datetime
    inside: int
    capacity: int
    """The cap in force then."""


class RoundState(enum.StrEnum):
    DONE = "done"
    LATE = "late"
    """Ticked off after its time."""
    MISSING = "missing"
    """Overdue and not ticked off."""
    AHEAD = "ahead"


@dataclass(frozen=True)
class RoundLine:
    starts_at: datetime
    ends_at: datetime
    state: RoundState
    done_at: datetime | None
    done_by: str


@dataclass(frozen=True)
class Checks:
    """Parties at the door by the results of the steward's checks."""

    mask_worn: int
    mask_missing: int
    screening_passed: int
    screening_failed: int


@dataclass(frozen=True)
class ProtocolDay:
    """The report on one day; while the day lasts, until now."""

    day: date
    caps: list[CapSpan]
    curve: Curve
    peaks: list[Peak]
    gates: list[GateDay]
    refusals: list[tuple[ScanCode, int]]
    overruled: int
    conflicts: list[tuple[ConflictKind, int]]
    rounds: list[RoundLine]
    rounds_wanted: int
    checks: Checks

    @property
    def entered(self) -> int:
        return sum(gate.entered for gate in self.gates)

    @property
    def left(self) -> int:
        return sum(gate.left for gate in self.gates)

    @property
    def rounds_done(self) -> int:
        return sum(one.done_at is not None for one in self.rounds)


def of_day(exhibition: Exhibition, day: date) -> ProtocolDay:
    """The report on a day, in a fixed number of queries."""
    now = clock.now()
    start = datetime.combine(day, time(), ZoneInfo(exhibition.timezone))
    end = start + timedelta(days=1)
    until = max(start, min(now, end - timedelta(minutes=1)))
    opens, closes = _opening(exhibition, day, start, end)
    curve = _while_something_happened(service.curve_until(exhibition, start, end, until), closes)
    if curve.times:
        opens = min(opens, datetime.fromtimestamp(curve.times[0], tz=UTC))
        closes = max(closes, datetime.fromtimestamp(curve.times[-1], tz=UTC) + service.STEP)
    own, changes = caps.before_all(exhibition.id), caps.changes(exhibition.id)
    dated = [(one.starts_at, one.capacity) for one in changes]
    gates, refusals = service.movements(exhibition, start, end)
    return ProtocolDay(
        day=day,
        caps=_caps(own, [(one.starts_at, one.capacity, one.reason) for one in changes], opens, closes),
        curve=curve,
        peaks=_peaks(curve, own, dated),
        gates=gates,
        refusals=refusals,
        overruled=service.overruled(exhibition, start, end),
        conflicts=_conflicts(exhibition, start, end),
        rounds=_rounds(exhibition, day, now),
        rounds_wanted=rounds.WANTED_A_DAY,
        checks=_checks(exhibition, start, end),
    )


def _while_something_happened(curve: Curve, closes: datetime) -> Curve:
    """The curve without the hours after closing in which nobody moves."""
    levels = [0, *curve.inside]
    moves = [n for n, entered in enumerate(curve.entered) if entered or levels[n] != levels[n + 1]]
    kept = [n for n, second in enumerate(curve.times) if second <= closes.timestamp() or n <= max(moves, default=0)]
    return Curve([curve.times[n] for n in kept], [curve.inside[n] for n in kept], [curve.entered[n] for n in kept])


def _opening(exhibition: Exhibition, day: date, start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The span from opening to closing; the whole day where the fair is not open."""
    hours = next((one for one in exhibition.days if one.day == day), None)
    if hours is None:
        return start, end
    zone = ZoneInfo(exhibition.timezone)
    return datetime.combine(day, hours.opens_at, zone), datetime.combine(day, hours.closes_at, zone)


def _caps(own: int, changes: Sequence[tuple[datetime, int, str]], start: datetime, end: datetime) -> list[CapSpan]:
    begun = [change for change in changes if change[0] <= start]
    first = (start, begun[-1][1], begun[-1][2]) if begun else (start, own, "")
    spans = [first, *(change for change in changes if start < change[0] < end)]
    ends = [starts_at for starts_at, _capacity, _reason in spans[1:]] + [end]
    return [
        CapSpan(starts_at, ends_at, capacity, reason)
        for (starts_at, capacity, reason), ends_at in zip(spans, ends, strict=True)
    ]


def _peaks(curve: Curve, own: int, dated: Sequence[tuple[datetime, int]]) -> list[Peak]:
    """The fullest moments, an hour apart, the fullest first; an empty hall has none."""
    found: list[Peak] = []
    for second, inside in sorted(zip(curve.times, curve.inside, strict=True), key=lambda step: (-step[1], step[0])):
        at = datetime.fromtimestamp(second, tz=UTC)
        if inside <= 0 or len(found) == SHOWN_PEAKS:
            break
        if all(abs(at - peak.at) >= PEAKS_APART for peak in found):
            found.append(Peak(at, inside, cap_at(own, dated, at)))
    return found


def _rounds(exhibition: Exhibition, day: date, now: datetime) -> list[RoundLine]:
    lines: list[RoundLine] = []
    for one in rounds.of_day(exhibition, day):
        if one.done_at is not None:
            state = RoundState.LATE if one.done_at > one.ends_at + rounds.OVERDUE_AFTER else RoundState.DONE
        else:
            state = RoundState.MISSING if one.ends_at <= now else RoundState.AHEAD
        lines.append(RoundLine(one.starts_at, one.ends_at, state, one.done_at, one.done_by))
    return lines


def _checks(exhibition: Exhibition, start: datetime, end: datetime) -> Checks:
    rows = db.session.execute(
        select(Scan.mask_worn, Scan.screening_passed, func.count())
        .where(
            Scan.exhibition_id == exhibition.id,
            Scan.server_at >= start,
            Scan.server_at < end,
            Scan.direction == Direction.ENTRY,
            ~CORRECTED,
            ~TAKEN_BACK,
        )
        .group_by(Scan.mask_worn, Scan.screening_passed)
    ).all()
    return Checks(
        mask_worn=sum(parties for mask, _passed, parties in rows if mask is True),
        mask_missing=sum(parties for mask, _passed, parties in rows if mask is False),
        screening_passed=sum(parties for _mask, passed, parties in rows if passed is True),
        screening_failed=sum(parties for _mask, passed, parties in rows if passed is False),
    )


def _conflicts(exhibition: Exhibition, start: datetime, end: datetime) -> list[tuple[ConflictKind, int]]:
    rows = db.session.execute(
        select(ScanConflict.kind, func.count())
        .where(
            ScanConflict.exhibition_id == exhibition.id,
            ScanConflict.created_at >= start,
            ScanConflict.created_at < end,
            ScanConflict.kind.in_(TOLD_CONFLICTS),
        )
        .group_by(ScanConflict.kind)
    )
    counts = {kind: count for kind, count in rows}  # noqa: C416 rows are no tuples to the type checker
    return [(kind, counts[kind]) for kind in TOLD_CONFLICTS if kind in counts]
