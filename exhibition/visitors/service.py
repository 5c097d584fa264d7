"""The life of a registration: register, move, cancel, revoke, erase; one transaction each."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Connection, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute

from exhibition.accounts import audit
from exhibition.core import clock, outbox
from exhibition.core.db import Mode, db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.core.sql.constraints import violates
from exhibition.venue.models import Exhibition
from exhibition.visitors import keys, no_shows, slots
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
from exhibition.visitors.registration import random_values, statements
from exhibition.visitors.registration.party import Issued, Party
from exhibition.visitors.rules import state_fault

MANAGE_KEY = re.compile(r"[A-Za-z0-9_-]{20,40}")
ATTEMPTS = 3
TAKEN_ALREADY = (
    "uq_registration_idempotency_key",
    "uq_registration_reference",
    "uq_registration_manage_key",
    "pk_visitor_pass",
    "uq_visitor_pass_code",
)
"""The key was used a moment ago, or a random value is already in use."""

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
)


def _find(*conditions: ColumnElement[bool]) -> Issued | None:
    statement = (
        select(*slots.COLUMNS, *PASS_COLUMNS)
        .select_from(Registration)
        .join(VisitorPass, VisitorPass.registration_id == Registration.id)
        .join(TimeSlot, TimeSlot.id == VisitorPass.slot_id)
        .where(*conditions)
    )
    row = db.session.execute(statement).one_or_none()
    if row is None:
        return None
    key_id, key = keys.signing_key()
    *columns, moved_at = row[len(slots.COLUMNS) :]
    return Issued(*columns, slot=slots.from_row(row), key_id=key_id, key=key, moved_at=moved_at)


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


def _repeated(connection: Connection, idempotency_key: str | None, party: Party) -> int | None:
    """The registration made earlier with the same key; a different request with that key is refused."""
    if idempotency_key is None:
        return None
    earlier = statements.REPEATED.first(connection, {"idempotency_key": idempotency_key})
    if earlier is None:
        return None
    if earlier.request_digest != party.digest():
        message = _l("This Idempotency-Key was used for another registration. Use a new one.")
        raise Refused("idempotency_mismatch", message, field="Idempotency-Key")
    return earlier.id


def register(party: Party, *, idempotency_key: str | None = None, walk_in: bool = False) -> Issued:
    """Take places for a party and issue its pass; nothing is written unless everything is.

    The same ``idempotency_key`` with the same party gives the same registration, once, even when both come at
    the same moment. Where the edition allows it, a ``walk_in`` that finds its slot full gets places of people who have
    not come. Raises Refused ``slot_full`` (with ``remaining`` and ``next``), ``slot_closed``, ``slot_past``,
    ``idempotency_mismatch`` (409) and ``invalid`` (422).
    """
    waited: timedelta | None = None
    for attempt in range(1, ATTEMPTS + 2):
        try:
            if waited is None:
                issued = _register(party, idempotency_key, walk_in=walk_in)
            else:
                issued = _register_for_no_shows(party, idempotency_key, waited)
            return issued if isinstance(issued, Issued) else get(issued)
        except _FullButForNoShows as full:
            waited = full.waited
        except _NoPlaces:
            return get(_why_not(party, idempotency_key))
        except _NoKeyYet:
            keys.make_key(keys.FIRST_KEY_ID)
        except IntegrityError as error:
            if attempt >= ATTEMPTS or not violates(error, *TAKEN_ALREADY):
                raise
    raise AssertionError("unreachable")


class _NoKeyYet(Exception):
    """There is no key yet to sign the very first pass."""


class _NoPlaces(Exception):
    """The slot has no places for the party; the transaction is rolled back before the reason is looked up."""


class _FullButForNoShows(Exception):
    """The slot is full, but some people have lost their places by not coming. Handled in a new transaction, because
    passes are locked before slots.
    """

    def __init__(self, waited: timedelta) -> None:
        super().__init__()
        self.waited = waited


@transaction(mode=Mode.ONE_WRITE)
def _register(connection: Connection, party: Party, idempotency_key: str | None, *, walk_in: bool) -> Issued | int:
    """The new registration, or the id of the earlier one with the same key."""
    now = clock.now()
    if earlier := _repeated(connection, idempotency_key, party):
        return earlier
    issued = _issue(connection, party, idempotency_key, now, walk_in=walk_in)
    if issued is None and walk_in and (patience := no_shows.patience(connection, party.slot_id, now)):
        raise _FullButForNoShows(patience)
    if issued is None:
        raise _NoPlaces
    return issued


@transaction(mode=Mode.CONNECTION)
def _register_for_no_shows(
    connection: Connection, party: Party, idempotency_key: str | None, waited: timedelta
) -> Issued | int:
    """A walk-in's registration, after freeing the places of people who have not come within ``patience``."""
    now = clock.now()
    if earlier := _repeated(connection, idempotency_key, party):
        return earlier
    no_shows.release(connection, party.slot_id, now - waited)
    issued = _issue(connection, party, idempotency_key, now, walk_in=True)
    if issued is None:
        raise _NoPlaces
    return issued


@transaction(mode=Mode.CONNECTION)
def _why_not(connection: Connection, party: Party, idempotency_key: str | None) -> int:
    """The registration that took the last places with the same key while this one waited; else raises the refusal."""
    if earlier := _repeated(connection, idempotency_key, party):
        return earlier
    raise slots.refusal(connection, party.slot_id, party.party_size, clock.now())


def _issue(
    connection: Connection, party: Party, idempotency_key: str | None, now: datetime, *, walk_in: bool
) -> Issued | None:
    """Take the places and write the registration; None when there are not enough.

    The signing key is read first: a pass that cannot be signed is not issued.
    """
    key_id = statements.SIGNING_KEY.one(connection, {"now": now}).key_id
    if key_id is None:
        raise _NoKeyYet
    key = keys.private_key(key_id)
    registration = random_values.registration(party.locale, now)
    visitor_pass = random_values.visitor_pass(party.party_size, now)
    values = {
        "wanted": party.slot_id,
        "people": party.party_size,
        "now": now,
        **registration,
        "idempotency_key": idempotency_key,
        "request_digest": party.digest() if idempotency_key else None,
        "walk_in": walk_in,
        "origin": party.origin,
        **visitor_pass,
        "name": party.name,
        "email": party.email,
        "phone": party.phone,
        "kind": MessageKind.PASS,
    }
    mailed = party.email is not None
    chain = statements.ISSUE_MAILED if mailed else statements.ISSUE_NAMED if party.name else statements.ISSUE
    issued = chain.run(connection, values)
    if issued is None:
        return None
    if mailed:
        outbox.send_after_commit()
    return Issued(
        registration_id=issued.registration_id,
        exhibition_id=issued.slot_exhibition_id,
        reference=registration["reference"],
        manage_key=registration["manage_key"],
        locale=party.locale,
        pass_id=visitor_pass["id"],
        code=visitor_pass["code"],
        party_size=party.party_size,
        inside=0,
        admitted=0,
        released=0,
        generation=0,
        state=PassState.VALID,
        slot=issued.slot,
        key_id=key_id,
        key=key,
    )


def has_email(registration_id: int) -> bool:
    """Whether somebody can be written to."""
    statement = select(VisitorContact.email).where(VisitorContact.registration_id == registration_id)
    return db.session.scalar(statement) is not None


@transaction
def move(manage_key: str, slot_id: int) -> Issued:
    """Put the party into another slot; its old places are free at once and the old QR is superseded.

    Moving to its own slot changes nothing. Raises NotFound and Refused ``pass_cancelled``,
    ``pass_revoked``, ``pass_used``, ``moved_too_often``, or a refusal of ``register`` for the new slot.
    """
    now = clock.now()
    issued = held_by(manage_key, lock=True)
    if issued.slot.id == slot_id:
        refuse(issued.cancel_fault)
        return issued
    refuse(issued.move_fault)
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
