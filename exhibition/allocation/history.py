"""The steps taken at the desk, newest first."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from exhibition.allocation.models import Allocation, AllocationStep
from exhibition.allocation.rules import Change, ChangeJson, StepKind
from exhibition.allocation.steps import snapshot
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Booth, Exhibition

REACH = 200
"""How many steps are searched for those of one booth."""
STANDING = 50
"""How many steps are searched for one that can be undone."""


@dataclass(frozen=True)
class StepPart:
    """One exhibitor's part in a step; ``origin`` and ``target`` are booth codes, equal if the booth stayed the same."""

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
    """Whether everything is still as the step left it."""


def steps(exhibition: Exhibition, booth_id: int | None = None, *, limit: int = 8) -> list[StepLine]:
    """The latest steps of the edition, or those that touched one booth; four queries."""
    statement = select(AllocationStep).where(AllocationStep.exhibition_id == exhibition.id)
    rows = db.session.scalars(statement.order_by(AllocationStep.id.desc()).limit(REACH)).all()
    if booth_id is not None:
        rows = [row for row in rows if any(booth_id in _booths(change) for change in row.changes)]
    return _lines([(row, row.changes) for row in rows[:limit]])


def standing(exhibition: Exhibition, condition: ColumnElement[bool]) -> list[StepLine]:
    """The latest steps that have not been undone and meet the condition; three queries."""
    statement = select(AllocationStep).where(
        AllocationStep.exhibition_id == exhibition.id, AllocationStep.undone_at.is_(None), condition
    )
    rows = db.session.scalars(statement.order_by(AllocationStep.id.desc()).limit(STANDING)).all()
    return _lines([(row, row.changes) for row in rows])


def parts(step: AllocationStep) -> list[StepPart]:
    """The parts of one step; two queries."""
    allocations, codes = _named(step.changes)
    return _parts(step.changes, allocations, codes)


def _booths(change: ChangeJson) -> tuple[int, int]:
    return change["before"]["booth_id"], change["after"]["booth_id"]


def of_exhibitor(exhibition: Exhibition, exhibitor_id: int) -> list[StepLine]:
    """The steps of one exhibitor, newest first, without the other exhibitors in them."""
    own = set(db.session.scalars(select(Allocation.id).where(Allocation.exhibitor_id == exhibitor_id)))
    statement = select(AllocationStep).where(AllocationStep.exhibition_id == exhibition.id)
    rows = db.session.scalars(statement.order_by(AllocationStep.id.desc()).limit(REACH)).all()
    told = [
        (row, changes)
        for row in rows
        if (changes := [change for change in row.changes if change["allocation_id"] in own])
    ]
    return _lines(told)


def _named(changes: Collection[ChangeJson]) -> tuple[dict[int, tuple[Allocation, str]], dict[int, str]]:
    """By id, the allocations in these changes with their exhibitors' names, and the codes of their booths."""
    ids = {change["allocation_id"] for change in changes}
    statement = select(Allocation, Exhibitor.name).join(Exhibitor, Exhibitor.id == Allocation.exhibitor_id)
    rows = db.session.execute(statement.where(Allocation.id.in_(ids)))
    allocations = {allocation.id: (allocation, name) for allocation, name in rows}
    booths = {booth for change in changes for booth in _booths(change)}
    codes = db.session.execute(select(Booth.id, Booth.code).where(Booth.id.in_(booths)))
    return allocations, {row.id: row.code for row in codes}


def _parts(
    changes: Collection[ChangeJson], allocations: dict[int, tuple[Allocation, str]], codes: dict[int, str]
) -> list[StepPart]:
    return [
        StepPart(allocations[change["allocation_id"]][1], *(codes[booth] for booth in _booths(change)))
        for change in changes
    ]


def _lines(told: list[tuple[AllocationStep, list[ChangeJson]]]) -> list[StepLine]:
    allocations, codes = _named([change for _row, changes in told for change in changes])
    now, found = clock.now(), []
    for row, kept in told:
        changes = [Change.from_json(one, allocations[one["allocation_id"]][0].exhibitor_id) for one in kept]
        as_left = all(
            snapshot(allocations[change.allocation_id][0]).at(now) == change.after
            and change.before.at(now) == change.before
            for change in changes
        )
        together, undone = _parts(kept, allocations, codes), row.undone_at is not None
        found.append(StepLine(row.id, row.kind, row.at, row.actor_name, together, undone, as_left and not undone))
    return found
