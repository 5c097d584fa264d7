"""Lets an exhibitor's application follow what happens to the booth, in the same transaction."""

from exhibition.accounts.audit import Actor
from exhibition.allocation.models import AllocationWaiting
from exhibition.allocation.rules import AllocationState, Change, StepKind, application_step
from exhibition.core.db import db
from exhibition.exhibitors import applications


def follow(actor: Actor, exhibition_id: int, exhibitor_id: int, change: Change, kind: StepKind | None) -> None:
    """Take the application's step for a change of the exhibitor's booth; ``kind`` None: its time was over."""
    gives_back = change.before.state is AllocationState.OFFERED and change.after.state is not AllocationState.CONFIRMED
    waits = gives_back and db.session.get(AllocationWaiting, (exhibition_id, exhibitor_id)) is not None
    step = application_step(change, kind, waits=waits)
    if step is not None:
        applications.follow(actor, exhibition_id, exhibitor_id, step)
