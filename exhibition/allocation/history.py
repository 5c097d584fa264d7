"""What was done at the desk, told in order, newest first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from exhibition.allocation.models import Allocation, AllocationStep
from exhibition.allocation.rules import Change, StepKind
from exhibition.allocation.steps import snapshot
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Booth, Exhibition

REACH = 200
"""How many steps are looked through for those of one booth."""


@dataclass(frozen=True)
class StepPart:
    """One exhibitor in a step; ``origin`` and ``target`` are booth codes, the same when the booth did not change."""

    exhibitor: str
    origin: str
    target: str


@dataclass(frozen=True)
class StepLine:
    id: int
    kind: StepKind
    at: datetime
    by: str
    parts: list[StepPart]
    undone: bool
    can_undo: bool
    """Everything is still as the step left it."""


def steps(exhibition: Exhibition, booth_id: int | None = None, *, limit: int = 8) -> list[StepLine]:
    """The latest steps of the edition, or those that touched one booth; four queries."""
    statement = select(AllocationStep).where(AllocationStep.exhibition_id == exhibition.id)
    rows = db.session.scalars(statement.order_by(AllocationStep.id.desc()).limit(REACH)).all()
    told = [(row, [Change.from_json(change) for change in row.changes]) for row in rows]
    if booth_id is not None:
        told = [
            (row, changes)
            for row, changes in told
            if any(booth_id in (change.before.booth_id, change.after.booth_id) for change in changes)
        ]
    return _lines(told[:limit])


def of_exhibitor(exhibition: Exhibition, exhibitor_id: int) -> list[StepLine]:
    """What was done for one exhibitor, newest first; other exhibitors of the same steps are left out."""
    own = set(db.session.scalars(select(Allocation.id).where(Allocation.exhibitor_id == exhibitor_id)))
    statement = select(AllocationStep).where(AllocationStep.exhibition_id == exhibition.id)
    rows = db.session.scalars(statement.order_by(AllocationStep.id.desc()).limit(REACH)).all()
    told = [
        (row, changes)
        for row in rows
        if (changes := [Change.from_json(one) for one in row.changes if one["allocation_id"] in own])
    ]
    return _lines(told)


def _lines(told: list[tuple[AllocationStep, list[Change]]]) -> list[StepLine]:
    ids = {change.allocation_id for _row, changes in told for change in changes}
    booths = {booth for _row, changes in told for c in changes for booth in (c.before.booth_id, c.after.booth_id)}
    allocations = {
        allocation.id: (allocation, name)
        for allocation, name in db.session.execute(
            select(Allocation, Exhibitor.name)
            .join(Exhibitor, Exhibitor.id == Allocation.exhibitor_id)
            .where(Allocation.id.in_(ids))
        )
    }
    codes = {row.id: row.code for row in db.session.execute(select(Booth.id, Booth.code).where(Booth.id.in_(booths)))}
    now = clock.now()
    return [
        StepLine(
            id=row.id,
            kind=row.kind,
            at=row.at,
            by=row.actor_name,
            parts=[
                StepPart(
                    exhibitor=allocations[change.allocation_id][1],
                    origin=codes[change.before.booth_id],
                    target=codes[change.after.booth_id],
                )
                for change in changes
            ],
            undone=row.undone_at is not None,
            can_undo=row.undone_at is None
            and all(
                snapshot(allocations[change.allocation_id][0]).at(now) == change.after
                and change.before.at(now) == change.before
                for change in changes
            ),
        )
        for row, changes in told
    ]
