"""Carrying out any change of booths, with all that follows from it in one listed order.

``steps`` changes the rows; then each handler in ``HANDLERS`` gets the act, in the same transaction. Acts at the desk,
answers to offers, published proposals, the clock and every undo go through here, so that nothing is forgotten. Badges
and the live pages of the desk need no handler, because they read the rows (docs/adr/0013-badges.md, 0009-live.md).
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select

from exhibition.accounts.audit import Actor, record
from exhibition.allocation import messages, waiting
from exhibition.allocation.models import Allocation, AllocationStep
from exhibition.allocation.rules import (
    BACK,
    AllocationState,
    Change,
    Followed,
    Snapshot,
    StepKind,
    WaitingPlace,
    application_step,
    is_given_back,
    news,
)
from exhibition.allocation.steps import Act, apply, expire, expiry, is_taken, new_claim
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Booth, Exhibition

WAITING_LIST = Actor(None, "waiting list")


def carry_out(actor: Actor, exhibition: Exhibition, kind: StepKind, changes: Sequence[Change]) -> AllocationStep:
    """Make the changes with all that follows, in the open transaction, and store them so that they can be undone.

    Raises what ``steps.apply`` raises.
    """
    *lapsed, act = apply(actor, exhibition, kind, changes)
    for earlier in lapsed:
        _settle(earlier)
    step = AllocationStep(exhibition_id=exhibition.id, kind=kind, changes=[], actor_id=actor.id, actor_name=actor.name)
    db.session.add(step)
    db.session.flush()
    step.changes = [change.as_json() for change in _settle(act).changes]
    db.session.flush()
    return step


@transaction
def lapse() -> int:
    """Release the holds and offers whose time has run out, with all that follows; returns how many."""
    acts = expire(clock.now())
    for act in acts:
        _settle(act)
    return sum(len(act.changes) for act in acts)


def _settle(act: Act) -> Act:
    for handle in HANDLERS:
        act = handle(act)
    return act


def follow_with_applications(act: Act) -> Act:
    """Let the exhibitors' applications take the step that fits the change; an undo returns them to their old state."""
    return replace(act, changes=[replace(change, followed=_followed(act, change)) for change in act.changes])


def _followed(act: Act, change: Change) -> Followed | None:
    taken = None
    if change.undone is not None and change.undone.followed is not None:
        before = change.undone.followed
        taken = applications.bring_back(act.actor, before.application_id, before.state)
    if taken is None:
        step = application_step(change, act.kind, waits=_waits(act, change))
        if step is not None:
            taken = applications.follow(act.actor, act.exhibition.id, change.exhibitor_id, step)
    return Followed(taken.application.id, taken.before) if taken else None


def _waits(act: Act, change: Change) -> bool:
    """Whether an exhibitor who declines, or whose offer is undone, is on the waiting list afterwards."""
    if change.before.state is not AllocationState.OFFERED or act.kind not in BACK | {StepKind.DECLINE}:
        return False  # it would make no difference
    if change.undone is not None and change.undone.place is not None:
        return change.undone.place.position is not None
    return waiting.waits(act.exhibition, change.exhibitor_id)


def write_trail(act: Act) -> Act:
    """Record every change in the audit trail."""
    labels = _labels(change.allocation_id for change in act.changes)
    for change in act.changes:
        record(
            act.actor,
            f"booth.{act.kind or 'expire'}",
            "booth",
            change.after.booth_id,
            name=labels[change.allocation_id],
            before=dict(change.before.as_json()),
            after=dict(change.after.as_json()),
        )
    return act


def _labels(ids: Iterable[int]) -> dict[int, str]:
    statement = (
        select(Allocation.id, Booth.code, Exhibitor.name)
        .join(Booth, Booth.id == Allocation.booth_id)
        .join(Exhibitor, Exhibitor.id == Allocation.exhibitor_id)
        .where(Allocation.id.in_(set(ids)))
    )
    return {row.id: f"{row.code} {row.name}" for row in db.session.execute(statement)}


def keep_line(act: Act) -> Act:
    """Put exhibitors at the end of the waiting list, or take them off it; an undo gives the old place back."""
    return replace(act, changes=[replace(change, place=_left(act, change) or change.place) for change in act.changes])


def _left(act: Act, change: Change) -> WaitingPlace | None:
    """The place on the waiting list that was lost or changed; None when it stays."""
    actor, exhibition, exhibitor_id = act.actor, act.exhibition, change.exhibitor_id
    if change.undone is not None and change.undone.place is not None:
        return waiting.put_back(actor, exhibition, exhibitor_id, change.undone.place)
    if act.kind is StepKind.ACCEPT:
        return waiting.remove(actor, exhibition, exhibitor_id)
    lapsed = act.kind is None and change.before.state is AllocationState.OFFERED
    if change.followed is None and not lapsed:
        return None
    speaks = applications.of_exhibitor(exhibition, exhibitor_id)
    before, after = None, speaks.state if speaks else None
    if speaks is not None and change.followed is not None and change.followed.application_id == speaks.id:
        before = change.followed.state
    elif not lapsed:
        return None  # another of their applications counts
    return waiting.follow(actor, exhibition, exhibitor_id, before, after, lapsed=lapsed)


def mail(act: Act) -> Act:
    """Mail the exhibitors for whom the change is news."""
    for change in act.changes:
        if told := news(change, act.kind):
            messages.tell(db.session.get_one(Allocation, change.allocation_id), told)
    return act


def pass_on(act: Act) -> Act:
    """Offer returned booths to the next in line, if the edition is set to do so; otherwise they stay free."""
    given_back = [change for change in act.changes if is_given_back(change, act.kind)]
    if act.exhibition.offers_by_itself:
        besides = {change.exhibitor_id for change in given_back}
        for booth_id in [change.before.booth_id for change in given_back]:
            if not is_taken(booth_id):
                _offer_by_itself(act.exhibition, booth_id, besides)
    return act


def _offer_by_itself(exhibition: Exhibition, booth_id: int, besides: Collection[int]) -> None:
    try:
        offer_to_next(WAITING_LIST, exhibition, booth_id, besides)
    except Refused as refused:
        if refused.code not in ("booth_taken", "booth_closed"):
            raise


HANDLERS: tuple[Callable[[Act], Act], ...] = (follow_with_applications, write_trail, keep_line, mail, pass_on)
"""The handlers, in their order. Each returns the act, completed with what an undo of the handler's work needs."""


@transaction
def offer_to_next(
    actor: Actor, exhibition: Exhibition, booth_id: int, besides: Collection[int] = ()
) -> AllocationStep | None:
    """Offer a free booth to the first on the waiting list who can take it; None when nobody can.

    Exhibitors in ``besides`` are passed over, because they have just given the booth back.
    """
    for line in waiting.waiting(exhibition):
        if line.exhibitor_id in besides:
            continue
        try:
            with db.session.begin_nested():
                return _offer(actor, exhibition, booth_id, line.exhibitor_id)
        except Refused as refused:
            if refused.code != "exhibitor_placed":  # somebody else has just placed this exhibitor: try the next
                raise
    return None


def _offer(actor: Actor, exhibition: Exhibition, booth_id: int, exhibitor_id: int) -> AllocationStep:
    offered = Snapshot(booth_id, AllocationState.OFFERED, expiry(exhibition, exhibition.offer_hours))
    return carry_out(actor, exhibition, StepKind.OFFER, [new_claim(actor, exhibition, exhibitor_id, offered)])
