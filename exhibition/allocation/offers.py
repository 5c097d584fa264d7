"""Exhibitors' answers to offers: they accept, decline, or ask for another booth; and who has not answered yet.

Who has not is asked by WhatsApp or a call, and ticked off. A tick is for one deadline: who gets more time, or another
offer, is to be asked again.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from exhibition.accounts.audit import Actor
from exhibition.allocation import messages, service, waiting
from exhibition.allocation.conditions import live_at
from exhibition.allocation.models import Allocation, AllocationStep
from exhibition.allocation.rules import AllocationState, News, StepKind, marked_id
from exhibition.core import clock
from exhibition.core.contacts import whatsapp_link
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound
from exhibition.core.ids import LARGEST_ID
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Booth, Exhibition


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


@dataclass(frozen=True)
class Unanswered:
    """An offer that waits for its answer."""

    allocation_id: int
    exhibitor: str
    slug: str
    contact_name: str
    phone: str
    """In E.164; empty when none is known."""
    booth: str
    until: datetime
    chat: str
    """Opens WhatsApp with the offer and its link typed already; empty without a number."""
    asked_by: str
    asked_at: datetime | None
    """When somebody ticked this offer off."""


def unanswered(exhibition: Exhibition) -> list[Unanswered]:
    """Offers without an answer: those to be asked about first, each part by deadline."""
    statement = (
        select(Allocation, Exhibitor, Booth.code)
        .join(Exhibitor, Exhibitor.id == Allocation.exhibitor_id)
        .join(Booth, Booth.id == Allocation.booth_id)
        .where(
            Allocation.exhibition_id == exhibition.id,
            Allocation.state == AllocationState.OFFERED,
            live_at(clock.now()),
        )
        .order_by(Allocation.expires_at, Allocation.id)
    )
    found = [_told(exhibition, *row) for row in db.session.execute(statement)]
    return sorted(found, key=lambda one: one.asked_at is not None)


def _told(exhibition: Exhibition, offer: Allocation, exhibitor: Exhibitor, booth: str) -> Unanswered:
    application = applications.of_exhibitor(exhibition, exhibitor.id)
    phone = exhibitor.phone or (application.phone if application else "")
    asked = offer.asked_at is not None and offer.asked_until == offer.expires_at
    assert offer.expires_at is not None  # the table refuses an offer without a deadline
    return Unanswered(
        offer.id,
        exhibitor.name,
        exhibitor.slug,
        exhibitor.contact_name,
        phone,
        booth,
        offer.expires_at,
        whatsapp_link(phone, messages.written(offer, exhibitor, News.OFFERED).text) if phone else "",
        offer.asked_by if asked else "",
        offer.asked_at if asked else None,
    )


@transaction
def tick_off(actor: Actor, exhibition: Exhibition, allocation_id: int, *, done: bool) -> None:
    """Tick an offer off as asked about, or take the tick back; a second time changes nothing.

    Raises NotFound, also once the offer was answered.
    """
    if allocation_id > LARGEST_ID:
        raise NotFound
    offer = Allocation.id == allocation_id, Allocation.exhibition_id == exhibition.id
    open_still = Allocation.state == AllocationState.OFFERED, live_at(clock.now())
    values = {"asked_by": actor.name, "asked_at": clock.now()} if done else {"asked_by": "", "asked_at": None}
    ticked = (
        update(Allocation)
        .where(*offer, *open_still)
        .values(values | {"asked_until": Allocation.expires_at, "updated_at": Allocation.updated_at})
        .returning(Allocation.id)
    )
    if db.session.execute(ticked).first() is None:
        raise NotFound
