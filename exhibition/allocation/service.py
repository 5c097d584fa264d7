"""The plan with its claims, and the acts at the desk.

Acts on an existing claim take ``seen``, the mark of the claim as the page showed it. If the claim has changed since,
the act is refused with ``changed_since`` and the current state.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from exhibition.accounts.audit import Actor
from exhibition.allocation.claimed_days import days_of, names_days
from exhibition.allocation.conditions import live_at
from exhibition.allocation.consequences import carry_out
from exhibition.allocation.models import Allocation, AllocationDay, AllocationStep
from exhibition.allocation.planned import Claim, PlannedBooth
from exhibition.allocation.rules import (
    AllocationState,
    Change,
    Snapshot,
    StepKind,
    WaitingPlace,
    after,
    booth_state,
    mark,
    marked_id,
)
from exhibition.allocation.steps import expiry, locked, new_claim, refuse_changed, snapshot
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.exhibitors import participants
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue import layouts
from exhibition.venue import service as venue
from exhibition.venue.models import Booth, Exhibition
from exhibition.venue.service import Hall


def pulse(exhibition: Exhibition) -> dict[str, int]:
    """Values that change whenever the plan does: the last step, the claims that still count, and the open booths."""
    step = select(func.max(AllocationStep.id)).where(AllocationStep.exhibition_id == exhibition.id)
    counting = select(func.count()).where(Allocation.exhibition_id == exhibition.id, live_at(clock.now()))
    return {
        "step": db.session.scalar(step) or 0,
        "claims": db.session.scalar(counting) or 0,
        "open": venue.booths_open(exhibition),
    }


def claims(exhibition: Exhibition) -> list[Claim]:
    """The live allocations of the edition, those of a booth by their first day; one query, two when any name days."""
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
            Allocation.shares,
            names_days(exhibition.id).label("named"),
        )
        .join(Exhibitor, Exhibitor.id == Allocation.exhibitor_id)
        .where(Allocation.exhibition_id == exhibition.id, live_at(clock.now()))
        .order_by(Allocation.booth_id, Allocation.id)
    )
    rows = db.session.execute(statement).all()
    named = days_of([row.id for row in rows if row.named])
    found = [
        Claim(id_, booth_id, exhibitor_id, name, slug, state, expires_at, by, at, named.get(id_, ()), shares)
        for id_, booth_id, exhibitor_id, name, slug, state, expires_at, by, at, shares, _named in rows
    ]
    return sorted(found, key=lambda claim: (claim.booth_id, claim.days, claim.allocation_id)) if named else found


def plan(exhibition: Exhibition, hall: Hall | None = None) -> list[PlannedBooth]:
    """Every booth of the edition with its state now, in the order of the codes; four queries, one with ``hall``, and
    two more when booths are shared out by days.
    """
    hall = hall or venue.hall(exhibition)
    taken: dict[int, tuple[Claim, ...]] = {}
    for claim in claims(exhibition):
        taken[claim.booth_id] = (*taken.get(claim.booth_id, ()), claim)
    planned = []
    for booth in hall.booths:
        own = taken.get(booth.id, ())
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
                state=booth_state(own[0].state if own else None, opened=booth.open),
                claims=own,
                free_days=_free_days(exhibition, own),
                hall=booth.hall,
            )
        )
    return planned


def shown(exhibition: Exhibition, hall: Hall | None = None) -> list[PlannedBooth]:
    """The plan as visitors see it, with confirmed exhibitors only: holds and offers may come to nothing."""
    return [_shown(exhibition, booth) for booth in plan(exhibition, hall)]


def _shown(exhibition: Exhibition, booth: PlannedBooth) -> PlannedBooth:
    own = tuple(claim for claim in booth.claims if claim.confirmed)
    state = booth_state(own[0].state if own else None, opened=booth.opened)
    return replace(booth, claims=own, state=state, free_days=_free_days(exhibition, own))


def _free_days(exhibition: Exhibition, own: tuple[Claim, ...]) -> tuple[date, ...]:
    if not own or not all(claim.days for claim in own):
        return ()
    taken = {day for claim in own for day in claim.days}
    return tuple(sorted(day.day for day in exhibition.days if day.day not in taken))


def without_booth(exhibition: Exhibition) -> list[Exhibitor]:
    """The exhibitors who take part and have no booth now, by name."""
    placed = select(Allocation.exhibitor_id).where(Allocation.exhibition_id == exhibition.id, live_at(clock.now()))
    taking_part = Exhibitor.id.in_(participants.ids_of(exhibition.id))
    statement = select(Exhibitor).where(taking_part, Exhibitor.id.not_in(placed)).order_by(func.lower(Exhibitor.name))
    return list(db.session.scalars(statement))


def exhibitors_of(booths: Iterable[PlannedBooth]) -> dict[int, Exhibitor]:
    """The exhibitors who have these booths, by id."""
    ids = [claim.exhibitor_id for booth in booths for claim in booth.claims]
    return {one.id: one for one in db.session.scalars(select(Exhibitor).where(Exhibitor.id.in_(ids)))}


def places(exhibition: Exhibition) -> dict[int, PlannedBooth]:
    """The booth of each exhibitor who has one, as it is for them, by exhibitor id."""
    own = ((claim.exhibitor_id, booth.of(claim.exhibitor_id)) for booth in plan(exhibition) for claim in booth.claims)
    return {exhibitor_id: booth for exhibitor_id, booth in own if booth}


def booth_of(exhibition: Exhibition, code: str) -> Booth:
    """The booth with this code. Raises Refused ``booth_unknown`` (404)."""
    booth = db.session.scalar(select(Booth).where(Booth.exhibition_id == exhibition.id, Booth.code == code))
    if booth is None:
        raise Refused("booth_unknown", _l("There is no booth with this code."), status=404, field="booth")
    return booth


def as_seen(exhibition: Exhibition, seen: str, field: str = "seen") -> tuple[Allocation, Snapshot]:
    """The allocation of a mark, locked, and its state. Raises Refused ``changed_since`` if it has changed."""
    allocation = locked([number]).get(number) if (number := marked_id(seen)) else None
    if allocation is None or allocation.exhibition_id != exhibition.id:
        raise Refused("allocation_unknown", _l("This allocation does not exist."), status=404, field=field)
    present = snapshot(allocation).at(clock.now())
    if mark(allocation.id, present) != seen:
        refuse_changed(exhibition, allocation)
    return allocation, present


@transaction
def hold(
    actor: Actor,
    exhibition: Exhibition,
    code: str,
    exhibitor_id: int,
    *,
    hours: int | None = None,
    days: Collection[date] = (),
    beside: bool = False,
) -> AllocationStep:
    """Reserve a booth for an exhibitor for so many hours, by default the edition's ``hold_hours``.

    It is theirs on these days, by default on all days of the fair, and ``beside`` those who have it then, too. Raises
    Refused ``booth_unknown`` (404), ``exhibitor_unknown``, ``hours_invalid`` and ``day_unknown`` (422),
    ``booth_closed``, ``booth_taken``, ``booth_full`` and ``exhibitor_placed`` (409).
    """
    booth = booth_of(exhibition, code)
    if not participants.takes_part(exhibition.id, exhibitor_id):
        message = _l("Choose an exhibitor from the list.")
        raise Refused("exhibitor_unknown", message, status=422, field="exhibitor_id")
    if not {day.day for day in exhibition.days}.issuperset(days):
        raise Refused("day_unknown", _l("The fair is not open on that day."), status=422, field="days")
    shares = beside and _is_lived_in(booth, days)
    held = Snapshot(booth.id, AllocationState.HELD, expiry(exhibition, hours), shares)
    return carry_out(actor, exhibition, StepKind.HOLD, [new_claim(actor, exhibition, exhibitor_id, held, days)])


def _is_lived_in(booth: Booth, days: Collection[date]) -> bool:
    """Whether anybody has the booth on any of these days, or at all; they are locked, so that they stay meanwhile."""
    there = select(AllocationDay.allocation_id).where(AllocationDay.booth_id == booth.id, AllocationDay.live)
    met = there.where(AllocationDay.day.in_(days)) if days else there
    now = clock.now()
    return any(
        snapshot(one).at(now).live and one.booth_id == booth.id for one in locked(db.session.scalars(met)).values()
    )


def act(
    actor: Actor,
    exhibition: Exhibition,
    kind: StepKind,
    seen: str,
    *,
    expires_at: datetime | None = None,
    place: WaitingPlace | None = None,
) -> AllocationStep:
    """Change a claim without moving it: offer, confirm, release, accept or decline, in the open transaction.

    ``place`` is the exhibitor's earlier place on the waiting list, for an undo to restore.
    """
    allocation, present = as_seen(exhibition, seen)
    target = after(kind, present, expires_at=expires_at)
    if target is None:
        raise Refused("wrong_state", _l("That is not possible in the present state of this booth."))
    change = Change(allocation.id, allocation.exhibitor_id, present, target, place=place)
    return carry_out(actor, exhibition, kind, [change])


@transaction
def offer(actor: Actor, exhibition: Exhibition, seen: str, *, hours: int | None = None) -> AllocationStep:
    """Let the exhibitor of a held booth accept or decline it within so many hours."""
    expires_at = expiry(exhibition, hours or exhibition.offer_hours)
    return act(actor, exhibition, StepKind.OFFER, seen, expires_at=expires_at)


@transaction
def confirm(actor: Actor, exhibition: Exhibition, seen: str) -> AllocationStep:
    """Confirm a held or offered booth."""
    return act(actor, exhibition, StepKind.CONFIRM, seen)


@transaction
def release(actor: Actor, exhibition: Exhibition, seen: str) -> AllocationStep:
    """Take the booth back; it is free at once."""
    return act(actor, exhibition, StepKind.RELEASE, seen)


@transaction
def move(actor: Actor, exhibition: Exhibition, seen: str, code: str) -> AllocationStep:
    """Put the exhibitor into another, free booth, in the same state."""
    allocation, present = as_seen(exhibition, seen)
    booth = booth_of(exhibition, code)
    if not present.live or booth.id == present.booth_id:
        raise Refused("wrong_state", _l("Choose another booth to move to."), field="booth")
    moved = replace(present, booth_id=booth.id, shares=False)
    change = Change(allocation.id, allocation.exhibitor_id, present, moved)
    return carry_out(actor, exhibition, StepKind.MOVE, [change])


@transaction
def swap(actor: Actor, exhibition: Exhibition, seen: str, other_seen: str) -> AllocationStep:
    """Exchange the booths of two exhibitors in one step."""
    numbers = [number for text in (seen, other_seen) if (number := marked_id(text)) is not None]
    locked(numbers)  # both at once and in order, so that two swaps cannot deadlock
    one, present = as_seen(exhibition, seen)
    other, other_present = as_seen(exhibition, other_seen, "other")
    if one.booth_id == other.booth_id or not (present.live and other_present.live):
        raise Refused("wrong_state", _l("Choose another exhibitor to swap with."), field="other")
    return carry_out(actor, exhibition, StepKind.SWAP, exchanged((one, present), (other, other_present)))


def exchanged(*two: tuple[Allocation, Snapshot]) -> list[Change]:
    """The changes that exchange the booths of two claims; each takes the other's place beside those who share it."""
    days = {allocation.id: {day.day for day in allocation.days} for allocation, _present in two}
    others = select(AllocationDay.booth_id, AllocationDay.day).where(
        AllocationDay.live,
        AllocationDay.booth_id.in_([present.booth_id for _allocation, present in two]),
        AllocationDay.allocation_id.not_in(days),
    )
    taken = [tuple(row) for row in db.session.execute(others)]

    def there(one: Allocation, present: Snapshot, booth_id: int) -> Change:
        shares = any(booth == booth_id and day in days[one.id] for booth, day in taken)
        return Change(one.id, one.exhibitor_id, present, replace(present, booth_id=booth_id, shares=shares))

    (one, present), (other, other_present) = two
    return [there(one, present, other_present.booth_id), there(other, other_present, present.booth_id)]


@transaction
def undo(actor: Actor, exhibition: Exhibition, step_id: int) -> AllocationStep:
    """Undo a step, by a step of its own, which can be undone too: that does the step again.

    Raises Refused ``already_undone``, and ``changed_since`` when something has changed since the step.
    """
    if step_id > LARGEST_ID:
        raise NotFound
    statement = select(AllocationStep).where(AllocationStep.id == step_id).with_for_update()
    step = db.session.scalar(statement.execution_options(populate_existing=True))
    if step is None or step.exhibition_id != exhibition.id:
        raise NotFound
    if step.undone_at is not None:
        raise Refused("already_undone", _l("This step has been undone already."))
    allocations = locked(change["allocation_id"] for change in step.changes)
    made = [Change.from_json(one, allocations[one["allocation_id"]].exhibitor_id) for one in step.changes]
    kind = StepKind.REDO if step.kind is StepKind.UNDO else StepKind.UNDO
    taken_back = carry_out(actor, exhibition, kind, [change.exchanged() for change in made])
    step.undone_at = clock.now()
    return taken_back


def _holders(exhibition: Exhibition) -> dict[int, str]:
    return {booth.id: booth.exhibitor for booth in plan(exhibition) if booth.claims}


layouts.holders.append(_holders)
