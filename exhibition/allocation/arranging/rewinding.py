"""Undo and redo along the steps of an edition: back and forth without end, for all who work on its plan."""

from sqlalchemy import ColumnElement, func, select

from exhibition.accounts.audit import Actor
from exhibition.allocation import history, service
from exhibition.allocation.history import StepLine
from exhibition.allocation.models import AllocationStep
from exhibition.allocation.rules import BACK, StepKind
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound
from exhibition.venue.models import Exhibition


def next_undo(exhibition: Exhibition) -> StepLine | None:
    """The newest step that stands and can be undone; holds that have run out in the meantime are passed over."""
    return _first(exhibition, AllocationStep.kind != StepKind.UNDO)


def next_redo(exhibition: Exhibition) -> StepLine | None:
    """The undo that was made last and can be taken back; none after a new step, because that goes another way."""
    new = select(func.max(AllocationStep.id)).where(
        AllocationStep.exhibition_id == exhibition.id, AllocationStep.kind.not_in(BACK)
    )
    latest = db.session.scalar(new) or 0
    return _first(exhibition, (AllocationStep.kind == StepKind.UNDO) & (AllocationStep.id > latest))


def _first(exhibition: Exhibition, condition: ColumnElement[bool]) -> StepLine | None:
    lines = history.standing(exhibition, condition)
    return next((line for line in lines if line.can_undo), None)


@transaction
def back_to(actor: Actor, exhibition: Exhibition, step_id: int) -> list[AllocationStep]:
    """Undo every step after this one, the newest first, all or none; returns the steps that this made.

    Raises NotFound, and what ``service.undo`` raises.
    """
    later = (
        select(AllocationStep.id)
        .where(
            AllocationStep.exhibition_id == exhibition.id,
            AllocationStep.id > step_id,
            AllocationStep.kind != StepKind.UNDO,
            AllocationStep.undone_at.is_(None),
        )
        .order_by(AllocationStep.id.desc())
        .limit(history.REACH)
    )
    made = [service.undo(actor, exhibition, number) for number in db.session.scalars(later).all()]
    if not made:
        raise NotFound
    return made
