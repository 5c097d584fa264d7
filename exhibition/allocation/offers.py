"""What becomes of offers: accepted, declined, exchanged for a wish, expired; and whose turn it is then."""

from collections.abc import Collection

from sqlalchemy import select

from exhibition.accounts.audit import Actor
from exhibition.allocation import service, waiting
from exhibition.allocation.models import Allocation, AllocationStep
from exhibition.allocation.rules import AllocationState, Change, Snapshot, StepKind, marked_id
from exhibition.allocation.steps import EXPIRY, apply, blank, expire
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.applications.service import Taken
from exhibition.exhibitors.rules.application_steps import GONE, ApplicationState, Step
from exhibition.venue.models import Exhibition

WAITING_LIST = Actor(None, "waiting list")


def _own(exhibitor_id: int, seen: str) -> Allocation:
    """The exhibitor's own claim that a mark speaks of; nobody else's exists for them."""
    allocation = db.session.get(Allocation, marked_id(seen) or 0)
    if allocation is None or allocation.exhibitor_id != exhibitor_id:
        raise NotFound
    return allocation


@transaction
def accept(actor: Actor, exhibition: Exhibition, exhibitor_id: int, seen: str) -> AllocationStep:
    """The exhibitor takes the booth that was offered. Raises NotFound for somebody else's offer."""
    _own(exhibitor_id, seen)
    step = service.act(actor, exhibition, StepKind.ACCEPT, seen)
    waiting.remove(actor, exhibition, exhibitor_id)
    return step


@transaction
def decline(actor: Actor, exhibition: Exhibition, exhibitor_id: int, seen: str) -> AllocationStep:
    """The exhibitor refuses the booth that was offered; it is free at once, or goes to the next in line."""
    booth_id = _own(exhibitor_id, seen).booth_id
    waiting.remove(actor, exhibition, exhibitor_id)
    step = service.act(actor, exhibition, StepKind.DECLINE, seen)
    pass_on(exhibition, booth_id)
    return step


@transaction
def ask_for_another(actor: Actor, exhibition: Exhibition, exhibitor_id: int, seen: str, wish: str) -> AllocationStep:
    """The exhibitor gives the offered booth back and waits, first in line, for one that suits better."""
    booth_id = _own(exhibitor_id, seen).booth_id
    waiting.put_first(actor, exhibition, exhibitor_id, wish)
    step = service.act(actor, exhibition, StepKind.DECLINE, seen)
    pass_on(exhibition, booth_id, besides={exhibitor_id})
    return step


@transaction
def offer_to_next(
    actor: Actor, exhibition: Exhibition, booth_id: int, besides: Collection[int] = ()
) -> AllocationStep | None:
    """Offer a free booth to the first on the waiting list who can have it; None when nobody can.

    ``besides`` are exhibitors that are passed over: they have just given it back.
    """
    for line in waiting.waiting(exhibition):
        if line.exhibitor_id in besides:
            continue
        try:
            with db.session.begin_nested():
                return _offer(actor, exhibition, booth_id, line.exhibitor_id)
        except Refused as refused:
            if refused.code != "exhibitor_placed":  # placed a moment ago by somebody else: the next is asked
                raise
    return None


def _offer(actor: Actor, exhibition: Exhibition, booth_id: int, exhibitor_id: int) -> AllocationStep:
    allocation = blank(actor, exhibition, booth_id, exhibitor_id)
    offered = Snapshot(booth_id, AllocationState.OFFERED, service.expiry(exhibition, exhibition.offer_hours))
    before = Snapshot(booth_id, AllocationState.RELEASED)
    return apply(actor, exhibition, StepKind.OFFER, [Change(allocation.id, before, offered)])


def pass_on(exhibition: Exhibition, booth_id: int, besides: Collection[int] = ()) -> None:
    """Offer a booth that came back to the next in line, where the edition wants that; else it stays free."""
    if not exhibition.offers_by_itself:
        return
    try:
        offer_to_next(WAITING_LIST, exhibition, booth_id, besides)
    except Refused as refused:
        if refused.code not in ("booth_taken", "booth_closed"):
            raise


@transaction
def tidy() -> int:
    """Mark holds and offers whose time is over as released, and pass the offered booths on; returns how many.

    Everything else treats them as free already, from the moment their time is over. Whoever applied goes to the end
    of the waiting list; others leave it.
    """
    changes = expire(clock.now())
    offered = [change for change in changes if change.before.state is AllocationState.OFFERED]
    ids = [change.allocation_id for change in offered]
    rows = {row.id: row for row in db.session.scalars(select(Allocation).where(Allocation.id.in_(ids)))}
    late = {row.exhibitor_id for row in rows.values()}
    for change in offered:
        row = rows[change.allocation_id]
        exhibition = db.session.get_one(Exhibition, row.exhibition_id)
        application = applications.of_exhibitor(exhibition, row.exhibitor_id)
        if application is None or application.state is not ApplicationState.WAITLISTED:
            waiting.remove(WAITING_LIST, exhibition, row.exhibitor_id)
        pass_on(exhibition, change.before.booth_id, besides=late)
    return len(changes)


def follow(taken: Taken, *, actor: Actor) -> None:
    """What the step of an application means here: a place on the waiting list, or none; no hold for who is out."""
    application, step, state = taken.application, taken.passage.step, taken.passage.after
    exhibition = db.session.get_one(Exhibition, application.exhibition_id)
    if (
        application.exhibitor_id is None
        or applications.of_exhibitor(exhibition, application.exhibitor_id) is not application
    ):
        return  # another of their applications counts
    waits_no_more = taken.before is ApplicationState.WAITLISTED and state is not ApplicationState.OFFERED
    if state is ApplicationState.WAITLISTED:
        if actor is EXPIRY or not waiting.waits(exhibition, application.exhibitor_id):
            waiting.put_last(actor, exhibition, application.exhibitor_id)
    elif waits_no_more or state in GONE or state in (ApplicationState.ACCEPTED, ApplicationState.CONFIRMED):
        waiting.remove(actor, exhibition, application.exhibitor_id)
    if step in (Step.REJECT, Step.WITHDRAW):
        _give_up_hold(actor, exhibition, application.exhibitor_id)


def _give_up_hold(actor: Actor, exhibition: Exhibition, exhibitor_id: int) -> None:
    for claim in service.claims(exhibition).values():
        if claim.exhibitor_id == exhibitor_id and claim.state is AllocationState.HELD:
            service.act(actor, exhibition, StepKind.RELEASE, claim.mark)


applications.stepped.connect(follow)
