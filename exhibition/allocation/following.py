"""Lets an exhibitor's application follow what happens to the booth, in the same transaction."""

from exhibition.accounts.audit import Actor
from exhibition.allocation.models import AllocationWaiting
from exhibition.allocation.rules import AllocationState, Change, Followed, StepKind, application_step
from exhibition.core.db import db
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.applications.service import Taken


def follow(
    actor: Actor, exhibition_id: int, exhibitor_id: int, change: Change, kind: StepKind | None
) -> Followed | None:
    """Take the application's step for a change of the exhibitor's booth; ``kind`` None: its time was over.

    An undo brings the application back that followed what is undone, where a step leads back. Returns which one
    followed, and from which state; None where nothing did.
    """
    taken = None
    if kind is StepKind.UNDO and change.followed is not None:
        taken = applications.bring_back(actor, change.followed.application_id, change.followed.state)
    if taken is None:
        taken = _follow(actor, exhibition_id, exhibitor_id, change, kind)
    return Followed(taken.application.id, taken.before) if taken else None


def _follow(actor: Actor, exhibition_id: int, exhibitor_id: int, change: Change, kind: StepKind | None) -> Taken | None:
    gives_back = change.before.state is AllocationState.OFFERED and change.after.state is not AllocationState.CONFIRMED
    waits = gives_back and db.session.get(AllocationWaiting, (exhibition_id, exhibitor_id)) is not None
    step = application_step(change, kind, waits=waits)
    return applications.follow(actor, exhibition_id, exhibitor_id, step) if step is not None else None
