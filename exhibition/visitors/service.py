"""The life of a registration: register, move, cancel, revoke, erase; one transaction each."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import InstrumentedAttribute

from exhibition.accounts import audit
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.core.outbox import OutboxMail
from exhibition.venue.models import Exhibition
from exhibition.visitors import keys, phone_notices, slots
from exhibition.visitors.mails import messages
from exhibition.visitors.models import (
    MessageKind,
    PassState,
    Registration,
    TimeSlot,
    VisitorContact,
    VisitorPass,
)
from exhibition.visitors.pass_faults import NO_PASS, refuse
from exhibition.visitors.registration import contact_days, registering
from exhibition.visitors.registration.contact_days import HasPass
from exhibition.visitors.registration.party import Issued, Party
from exhibition.visitors.rules import state_fault

REMINDED_AGAIN_AFTER = timedelta(hours=1)
MANAGE_KEY = re.compile(r"[A-Za-z0-9_-]{20,40}")
PASS_COLUMNS: tuple[InstrumentedAttribute[Any], ...] = (
    Registration.id,
    Registration.exhibition_id,
    Registration.reference,
    Registration.manage_key,
    Registration.locale,
    VisitorPass.id,
    VisitorPass.code,
    VisitorPass.party_size,
    VisitorPass.inside,
    VisitorPass.admitted,
    VisitorPass.released,
    VisitorPass.generation,
    VisitorPass.state,
    VisitorPass.moved_at,
    VisitorPass.left_at,
)


def every(*conditions: ColumnElement[bool]) -> list[Issued]:
    """All registrations that meet the conditions."""
    statement = (
        select(*slots.COLUMNS, *PASS_COLUMNS)
        .select_from(Registration)
        .join(VisitorPass, VisitorPass.registration_id == Registration.id)
        .join(TimeSlot, TimeSlot.id == VisitorPass.slot_id)
        .where(*conditions)
    )
    rows = db.session.execute(statement).all()
    if not rows:
        return []
    key_id, key = keys.signing_key()
    found = []
    for row in rows:
        *columns, moved_at, left_at = row[len(slots.COLUMNS) :]
        moments = {"moved_at": moved_at, "left_at": left_at}
        found.append(Issued(*columns, slot=slots.from_row(row), key_id=key_id, key=key, **moments))
    return found


def _find(*conditions: ColumnElement[bool]) -> Issued | None:
    return next(iter(every(*conditions)), None)


def lock_pass(condition: ColumnElement[bool]) -> None:
    """Keep others from changing the pass until the transaction ends.

    A separate statement: with a join, PostgreSQL would, after waiting for the lock, look for the pass in the slot that
    it has meanwhile been moved out of, and find nothing.
    """
    joined = select(VisitorPass.id).join(Registration, Registration.id == VisitorPass.registration_id)
    db.session.execute(joined.where(condition).with_for_update(of=VisitorPass))


def held_by(manage_key: str, *, lock: bool = False) -> Issued:
    """The registration with this manage key, with its pass locked if wanted. Raises NotFound."""
    if not MANAGE_KEY.fullmatch(manage_key):
        raise NotFound(NO_PASS)
    condition = Registration.manage_key == manage_key
    if lock:
        lock_pass(condition)
    found = _find(condition)
    if found is None:
        raise NotFound(NO_PASS)
    return found


def find(manage_key: str) -> Issued:
    """The registration with this manage key. Raises NotFound."""
    return held_by(manage_key)


def made_with(idempotency_key: str) -> Issued | None:
    """The registration made with this idempotency key, if any."""
    return _find(Registration.idempotency_key == idempotency_key)


def get(registration_id: int) -> Issued:
    """Raises NotFound."""
    found = _find(Registration.id == registration_id) if registration_id <= LARGEST_ID else None
    if found is None:
        raise NotFound
    return found


def get_of(exhibition: Exhibition, registration_id: int) -> Issued:
    """A registration of the edition, for its desk. Raises NotFound."""
    found = get(registration_id)
    if found.exhibition_id != exhibition.id:
        raise NotFound
    return found


def register(
    party: Party,
    *,
    idempotency_key: str | None = None,
    lasting: timedelta | None = None,
    asked_at: datetime | None = None,
    walk_in: bool = False,
    knows: str | None = None,
) -> Issued:
    """As ``registering.register``, which may answer with a registration that was made before."""
    issued = registering.register(
        party, idempotency_key=idempotency_key, lasting=lasting, asked_at=asked_at, walk_in=walk_in, knows=knows
    )
    return issued if isinstance(issued, Issued) else get(issued)


@transaction
def remind(there: HasPass) -> None:
    """Send the pass that is there already to the address it was registered with, at most once an hour.

    Where only a phone number is known, the organizers are asked to write to it (``phone_notices``).
    """
    registration_id, now = there.held.registration_id, clock.now()
    person = contact(registration_id)
    if person is None:
        return
    if person.email is None:
        phone_notices.ask(registration_id)
        return
    lately = (
        OutboxMail.about_id == registration_id,
        OutboxMail.kind == MessageKind.ALREADY,
        OutboxMail.created_at > now - REMINDED_AGAIN_AFTER,
    )
    if db.session.scalar(select(OutboxMail.id).where(*lately).limit(1)) is None:
        messages.write(db.session.connection(), registration_id, MessageKind.ALREADY, now)


def has_email(registration_id: int) -> bool:
    """Whether somebody can be written to."""
    statement = select(VisitorContact.email).where(VisitorContact.registration_id == registration_id)
    return db.session.scalar(statement) is not None


@transaction
def move(manage_key: str, slot_id: int) -> Issued:
    """Put the party into another slot; its old places are free at once and the old QR is superseded.

    Moving to its own slot changes nothing. Raises NotFound and Refused ``pass_cancelled``,
    ``pass_revoked``, ``pass_used``, ``moved_too_often``, ``contact_people``, or a refusal of ``register`` for the new
    slot.
    """
    now = clock.now()
    issued = held_by(manage_key, lock=True)
    if issued.slot.id == slot_id:
        refuse(issued.cancel_fault)
        return issued
    refuse(issued.move_fault)
    require_room_of_contact(issued, slot_id, issued.party_size)
    taken = None
    for touched in sorted((issued.slot.id, slot_id)):  # the same order everywhere, so that no two moves deadlock
        if touched == slot_id:
            taken = slots.take(db.session.connection(), slot_id, issued.party_size, now, beside=issued.slot.id)
        else:
            slots.free(touched, issued.held)
    if taken is None:
        raise slots.refusal(db.session.connection(), slot_id, issued.party_size, now, beside=issued.slot.id)
    db.session.execute(
        update(VisitorPass)
        .where(VisitorPass.id == issued.pass_id)
        .values(slot_id=slot_id, generation=VisitorPass.generation + 1, released=0, moved_at=now, updated_at=now)
    )
    if has_email(issued.registration_id):
        messages.write(db.session.connection(), issued.registration_id, MessageKind.MOVED, now)
    return replace(issued, slot=taken, generation=issued.generation + 1, released=0, moved_at=now)


def require_room_of_contact(issued: Issued, slot_id: int, people: int) -> None:
    """Raise Refused ``contact_people`` (409) if the pass's contact may not have so many people on it in this slot."""
    person = contact(issued.registration_id)
    if person is None:
        return
    contact_days.require_room(
        db.session.connection(),
        exhibition_id=issued.exhibition_id,
        registration_id=issued.registration_id,
        slot_id=slot_id,
        people=people,
        phone=person.phone,
        email=person.email,
    )


@transaction
def cancel(manage_key: str) -> Issued:
    """Give the places back. Cancelling again changes nothing.

    Raises NotFound and Refused ``pass_revoked``, ``pass_used``.
    """
    now = clock.now()
    issued = held_by(manage_key, lock=True)
    if issued.state is PassState.CANCELLED:
        return issued
    refuse(issued.cancel_fault)
    _end(issued, PassState.CANCELLED, now)
    slots.free(issued.slot.id, issued.held)
    if has_email(issued.registration_id):
        messages.write(db.session.connection(), issued.registration_id, MessageKind.CANCELLED, now)
    freed = replace(issued.slot, issued=issued.slot.issued - issued.held)
    return replace(issued, state=PassState.CANCELLED, slot=freed)


def _end(issued: Issued, state: PassState, now: datetime) -> None:
    statement = update(VisitorPass).where(VisitorPass.id == issued.pass_id).values(state=state, updated_at=now)
    db.session.execute(statement)


@transaction
def revoke(actor: audit.Actor, registration_id: int) -> None:
    """Withdraw a pass at the desk. Its places are freed unless somebody has come in on it.

    Raises NotFound and Refused ``pass_cancelled``, ``pass_revoked``.
    """
    lock_pass(Registration.id == registration_id)
    issued = get(registration_id)
    refuse(state_fault(issued.state))
    _end(issued, PassState.REVOKED, clock.now())
    if issued.admitted == 0:
        slots.free(issued.slot.id, issued.held)
    audit.record(
        actor,
        "pass.revoke",
        "registration",
        registration_id,
        name=issued.reference,
        before={"state": issued.state},
        after={"state": PassState.REVOKED},
    )


def exhibition(issued: Issued) -> Exhibition:
    """The edition of the pass, current or not."""
    return db.session.get_one(Exhibition, issued.exhibition_id)


def contact(registration_id: int) -> VisitorContact | None:
    """The person who registered; None once erased."""
    return db.session.get(VisitorContact, registration_id)


@transaction
def send_again(registration_id: int) -> None:
    """Mail the pass again. Raises Refused ``no_email`` (409) when there is no address."""
    if not has_email(registration_id):
        raise Refused("no_email", _l("There is no e-mail address to send to. Write one down first."), field="email")
    messages.write(db.session.connection(), registration_id, MessageKind.PASS, clock.now())


@transaction
def send_to(manage_key: str, email: str) -> None:
    """Store the address with this registration and mail the pass to it. Raises NotFound, also after erasure."""
    issued = held_by(manage_key)
    keep = update(VisitorContact).where(VisitorContact.registration_id == issued.registration_id)
    if db.session.execute(keep.values(email=email).returning(VisitorContact.registration_id)).one_or_none() is None:
        raise NotFound
    messages.write(db.session.connection(), issued.registration_id, MessageKind.PASS, clock.now())
