"""The counters of people: how many are inside, how many may be, and today's movements at each gate."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.orm import aliased

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.gate.models import Gate, Scan, ScanConflict
from exhibition.gate.occupancy import caps, headcount
from exhibition.gate.rules.admission import ConflictKind, Direction, Verdict

ENTERED = func.coalesce(func.sum(case((Scan.direction == Direction.ENTRY, Scan.people), else_=0)), 0)
LEFT = func.coalesce(func.sum(case((Scan.direction == Direction.EXIT, Scan.people), else_=0)), 0)
RETURNED = func.coalesce(func.sum(Scan.returned), 0)
"""Of those who entered, the people who had been in before."""
HAPPENED_AT = case((Scan.offline, func.coalesce(Scan.device_at, Scan.server_at)), else_=Scan.server_at)
"""When people moved: of an offline decision by the device's clock."""
CORRECTED = exists().where(ScanConflict.other_scan_id == Scan.id, ScanConflict.kind == ConflictKind.DIFFERS)
"""The device decided differently from this answer of the server, and its decision is what happened."""
_undo = aliased(Scan)
UNDONE = exists().where(_undo.undoes_id == Scan.id)
"""The device has undone this scan."""
TAKEN_BACK: ColumnElement[bool] = Scan.undoes_id.is_not(None) | UNDONE
"""An undo, or the scan it undoes."""
COUNTS: ColumnElement[bool] = (Scan.verdict == Verdict.ACCEPTED) & Scan.undoes_id.is_(None) & ~UNDONE & ~CORRECTED
"""Scans whose people moved."""


@dataclass(frozen=True)
class GateCount:
    """People through one gate today; of those who entered ``returned`` had been in before."""

    code: str
    name: str
    entered: int
    left: int
    returned: int

    @property
    def visitors(self) -> int:
        """People who came in for the first time."""
        return self.entered - self.returned


@dataclass(frozen=True)
class Count:
    """People inside now and how many may be."""

    inside: int
    capacity: int
    presumed_left: int
    """Those of ``inside`` whose last movement is longer ago than the longest stay."""
    gates: list[GateCount]


def occupancy(exhibition_id: int, timezone: str) -> Count:
    """The hall's count, and today's movements at each gate."""
    midnight = datetime.combine(clock.now().astimezone(ZoneInfo(timezone)).date(), time(), ZoneInfo(timezone))
    inside, capacity = caps.hall(exhibition_id)
    today: ColumnElement[bool] = (
        (Scan.gate_id == Gate.id) & (Scan.exhibition_id == exhibition_id) & (Scan.server_at >= midnight) & COUNTS
    )
    statement = (
        select(Gate.code, Gate.name, ENTERED, LEFT, RETURNED)
        .outerjoin(Scan, today)
        .where(Gate.exhibition_id == exhibition_id)
        .group_by(Gate.id)
        .order_by(Gate.code)
    )
    gates = [GateCount(*line) for line in db.session.execute(statement)]
    return Count(inside, capacity, headcount.presumed_left(exhibition_id), gates)


def of_hall(exhibition_id: int) -> dict[str, int]:
    """People inside and the cap, as gates and the desk hear it live."""
    inside, capacity = caps.hall(exhibition_id)
    return {"inside": inside, "capacity": capacity}
