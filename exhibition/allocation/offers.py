"""Exhibitors' answers to offers: they accept, decline, or ask for another booth."""

from exhibition.accounts.audit import Actor
from exhibition.allocation import service, waiting
from exhibition.allocation.models import Allocation, AllocationStep
from exhibition.allocation.rules import StepKind, marked_id
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound
from exhibition.venue.models import Exhibition


def _require_own(exhibitor_id: int, seen: str) -> None:
    """Check that a mark's claim is the exhibitor's own. Raises NotFound for anybody else's."""
    allocation = db.session.get(Allocation, marked_id(seen) or 0)
    if allocation is None or allocation.exhibitor_id != exhibitor_id:
        raise NotFound


@transaction
def accept(actor: Actor, exhibition: Exhibition, exhibitor_id: int, seen: str) -> AllocationStep:
    """The exhibitor accepts the offered booth. Raises NotFound for somebody else's offer."""
    _require_own(exhibitor_id, seen)
    return service.act(actor, exhibition, StepKind.ACCEPT, seen)


@transaction
def decline(actor: Actor, exhibition: Exhibition, exhibitor_id: int, seen: str) -> AllocationStep:
    """The exhibitor declines the offered booth, or gives the confirmed one back; it is free at once, or is offered to
    the next in line.
    """
    _require_own(exhibitor_id, seen)
    place = waiting.remove(actor, exhibition, exhibitor_id)
    return service.act(actor, exhibition, StepKind.DECLINE, seen, place=place)


@transaction
def ask_for_another(actor: Actor, exhibition: Exhibition, exhibitor_id: int, seen: str, wish: str) -> AllocationStep:
    """The exhibitor gives the offered booth back and waits, first in line, for a more suitable one."""
    _require_own(exhibitor_id, seen)
    place = waiting.put_first(actor, exhibition, exhibitor_id, wish)
    return service.act(actor, exhibition, StepKind.DECLINE, seen, place=place)
