"""What exhibitors answer to offers: accepted, declined, or another booth asked for."""

from exhibition.accounts.audit import Actor
from exhibition.allocation import service, waiting
from exhibition.allocation.models import Allocation, AllocationStep
from exhibition.allocation.rules import StepKind, marked_id
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound
from exhibition.venue.models import Exhibition


def _require_own(exhibitor_id: int, seen: str) -> None:
    """The claim that a mark speaks of is the exhibitor's own; nobody else's exists for them. Raises NotFound."""
    allocation = db.session.get(Allocation, marked_id(seen) or 0)
    if allocation is None or allocation.exhibitor_id != exhibitor_id:
        raise NotFound


@transaction
def accept(actor: Actor, exhibition: Exhibition, exhibitor_id: int, seen: str) -> AllocationStep:
    """The exhibitor takes the booth that was offered. Raises NotFound for somebody else's offer."""
    _require_own(exhibitor_id, seen)
    return service.act(actor, exhibition, StepKind.ACCEPT, seen)


@transaction
def decline(actor: Actor, exhibition: Exhibition, exhibitor_id: int, seen: str) -> AllocationStep:
    """The exhibitor refuses the booth that was offered; it is free at once, or goes to the next in line."""
    _require_own(exhibitor_id, seen)
    place = waiting.remove(actor, exhibition, exhibitor_id)
    return service.act(actor, exhibition, StepKind.DECLINE, seen, place=place)


@transaction
def ask_for_another(actor: Actor, exhibition: Exhibition, exhibitor_id: int, seen: str, wish: str) -> AllocationStep:
    """The exhibitor gives the offered booth back and waits, first in line, for one that suits better."""
    _require_own(exhibitor_id, seen)
    place = waiting.put_first(actor, exhibition, exhibitor_id, wish)
    return service.act(actor, exhibition, StepKind.DECLINE, seen, place=place)
