"""Who stands where: the plan with its claims."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from exhibition.allocation.models import Allocation
from exhibition.allocation.rules import AllocationState, BoothState, Snapshot, booth_state, mark
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from exhibition.venue.rules import label_lines
from exhibition.venue.service import Hall


def live_at(now: datetime) -> ColumnElement[bool]:
    """The condition that an allocation counts: not released, and its time not over."""
    return (Allocation.state != AllocationState.RELEASED) & (
        (Allocation.state == AllocationState.CONFIRMED) | (Allocation.expires_at > now)
    )


@dataclass(frozen=True)
class Claim:
    """A live allocation with its exhibitor."""

    allocation_id: int
    booth_id: int
    exhibitor_id: int
    exhibitor: str
    slug: str
    state: AllocationState
    expires_at: datetime | None
    changed_by: str
    changed_at: datetime

    @property
    def mark(self) -> str:
        """What was seen of it, for forms to carry back."""
        return mark(self.allocation_id, Snapshot(self.booth_id, self.state, self.expires_at))


@dataclass(frozen=True)
class PlannedBooth:
    """A booth of the plan with its state and, when somebody has it, the claim. Lengths are metres."""

    id: int
    code: str
    zone: str
    x: float
    y: float
    width: float
    depth: float
    rotation: float
    opened: bool
    """Whether the published layout opens it; ``state`` is closed when not and nobody has it."""
    blocked_reason: str
    state: BoothState
    claim: Claim | None

    @property
    def exhibitor(self) -> str:
        """The exhibitor's name, empty when nobody has the booth."""
        return self.claim.exhibitor if self.claim else ""

    @property
    def slug(self) -> str:
        return self.claim.slug if self.claim else ""

    @property
    def expires_at(self) -> datetime | None:
        return self.claim.expires_at if self.claim else None

    @property
    def lines(self) -> list[str]:
        """The exhibitor's name as it is written into the booth."""
        return label_lines(self.exhibitor, self.width, self.depth)


def claims(exhibition: Exhibition) -> dict[int, Claim]:
    """The live allocations of the edition by booth id."""
    statement = (
        select(
            Allocation.id,
            Allocation.booth_id,
            Allocation.exhibitor_id,
            Exhibitor.name,
            Exhibitor.slug,
            Allocation.state,
            Allocation.expires_at,
            Allocation.changed_by,
            Allocation.updated_at,
        )
        .join(Exhibitor, Exhibitor.id == Allocation.exhibitor_id)
        .where(Allocation.exhibition_id == exhibition.id, live_at(clock.now()))
    )
    return {row.booth_id: Claim(*row) for row in db.session.execute(statement)}


def plan(exhibition: Exhibition, hall: Hall | None = None) -> list[PlannedBooth]:
    """Every booth of the edition with its state now, in the order of the codes; three queries, two with ``hall``."""
    hall = hall or venue.hall(exhibition)
    taken = claims(exhibition)
    planned = []
    for booth in hall.booths:
        claim = taken.get(booth.id)
        planned.append(
            PlannedBooth(
                id=booth.id,
                code=booth.code,
                zone=booth.zone,
                x=booth.x,
                y=booth.y,
                width=booth.width,
                depth=booth.depth,
                rotation=booth.rotation,
                opened=booth.open,
                blocked_reason=booth.blocked_reason,
                state=booth_state(claim.state if claim else None, opened=booth.open),
                claim=claim,
            )
        )
    return planned
