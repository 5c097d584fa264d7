"""Taking places for a party and issuing its pass, both or neither."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from exhibition.core import clock, outbox
from exhibition.core.db import Mode, transaction
from exhibition.core.errors import Refused
from exhibition.core.sql.constraints import violates
from exhibition.visitors import keys, no_shows, slots
from exhibition.visitors.models import MessageKind, PassState
from exhibition.visitors.registration import contact_days, random_values, statements
from exhibition.visitors.registration.contact_days import KnownOfParty
from exhibition.visitors.registration.party import Issued, Party

ATTEMPTS = 3
MOST_TURNS = 200
"""How often somebody else may take the contact's turn meanwhile: each time a registration was made, of which the
edition allows few.
"""
TAKEN_ALREADY = (
    "uq_registration_idempotency_key",
    "uq_registration_reference",
    "uq_registration_manage_key",
    "pk_visitor_pass",
    "uq_visitor_pass_code",
)
"""The key was used a moment ago, or a random value is already in use."""


def register(
    party: Party,
    *,
    idempotency_key: str | None = None,
    lasting: timedelta | None = None,
    asked_at: datetime | None = None,
    walk_in: bool = False,
    knows: str | None = None,
) -> Issued | int:
    """Take places for a party and issue its pass; nothing is written unless everything is.

    The same ``idempotency_key`` with the same party gives the same registration, once, even when both come at
    the same moment; returned is then the id of the earlier one. With ``lasting`` it does so only for this time and
    while the pass is valid, and afterwards makes another; but what was made since ``asked_at``, when this was asked for
    already, is always the answer, whatever became of it. Where the edition allows it, a ``walk_in`` that finds its
    slot full gets places of people who have not come. ``knows`` is the manage key of a pass that the contact has.

    Raises Refused ``slot_full`` (with ``remaining`` and ``next``), ``slot_closed``, ``slot_past``,
    ``idempotency_mismatch``, ``registration_closed``, ``contact_people`` (with ``most``; all 409), ``invalid`` (422),
    and ``contact_days.HasPass`` (``contact_has_pass``, 409).
    """
    asked = _Asked(party, idempotency_key, lasting, asked_at, walk_in=walk_in, knows=knows)
    waited: timedelta | None = None
    attempts = turns = 0
    while True:
        try:
            return _register(asked) if waited is None else _register_for_no_shows(asked, waited)
        except _FullButForNoShows as full:
            waited = full.waited
        except _NoPlaces as none:
            earlier = _why_not(asked, none.known)
            if earlier is not None:
                return earlier
            turns += 1
            if turns > MOST_TURNS:
                raise
        except _NoKeyYet:
            keys.make_key(keys.FIRST_KEY_ID)
        except IntegrityError as error:
            attempts += 1
            if attempts >= ATTEMPTS or not violates(error, *TAKEN_ALREADY):
                raise


@dataclass(frozen=True)
class _Asked:
    """What is asked of ``register``."""

    party: Party
    key: str | None
    lasting: timedelta | None
    asked_at: datetime | None
    walk_in: bool
    knows: str | None


class _NoKeyYet(Exception):
    """There is no key yet to sign the very first pass."""


class _NoPlaces(Exception):
    """The slot has no places for the party, or the contact's turn was taken; the transaction is rolled back before the
    reason is looked up.
    """

    def __init__(self, known: KnownOfParty) -> None:
        super().__init__()
        self.known = known


class _FullButForNoShows(Exception):
    """The slot is full, but some people have lost their places by not coming. Handled in a new transaction, because
    passes are locked before slots.
    """

    def __init__(self, waited: timedelta) -> None:
        super().__init__()
        self.waited = waited


def _next_key(key: str, registration_id: int) -> str:
    """The key of the registration after that one, where a key does not last."""
    kind = key.partition(":")[0]
    return f"{kind}:" + hashlib.sha256(f"{key}\n{registration_id}".encode()).hexdigest()


def _look(
    connection: Connection, asked: _Asked, now: datetime
) -> tuple[Sequence[KnownOfParty], str | None, int | None]:
    """What is known, the key to write, and the registration made earlier with the same key, if any.

    A different request with that key is refused.
    """
    key = asked.key
    while True:
        known = contact_days.look(connection, asked.party, key, now)
        first = known[0]
        if key is None or first.earlier_id is None:
            return known, key, None
        if first.earlier_digest != asked.party.digest():
            message = _l("This Idempotency-Key was used for another registration. Use a new one.")
            raise Refused("idempotency_mismatch", message, field="Idempotency-Key")
        if _is_same(asked, first, now):
            return known, key, first.earlier_id
        key = _next_key(key, first.earlier_id)


def _is_same(asked: _Asked, earlier: KnownOfParty, now: datetime) -> bool:
    """Whether the earlier registration with the same key is what is asked for now."""
    if asked.lasting is None or earlier.earlier_at is None:
        return asked.lasting is None
    if asked.asked_at is not None and earlier.earlier_at >= asked.asked_at:
        return True
    return earlier.earlier_state is PassState.VALID and now - earlier.earlier_at < asked.lasting


@transaction(mode=Mode.ONE_WRITE)
def _register(connection: Connection, asked: _Asked) -> Issued | int:
    """The new registration, or the id of the earlier one with the same key."""
    now = clock.now()
    known, key, earlier = _look(connection, asked, now)
    if earlier is not None:
        return earlier
    if known[0].online is False and not asked.walk_in:
        message = _l("Online registration is closed now. Come to the entrance: while there is room, you are let in.")
        raise Refused("registration_closed", message, field="slot_id")
    contact_days.refuse_more(known, asked.party, knows=asked.knows)
    issued = issue(connection, asked.party, known[0], now, key=key, walk_in=asked.walk_in)
    if issued is None and asked.walk_in and (patience := no_shows.patience(connection, asked.party.slot_id, now)):
        raise _FullButForNoShows(patience)
    if issued is None:
        raise _NoPlaces(known[0])
    return issued


@transaction(mode=Mode.CONNECTION)
def _register_for_no_shows(connection: Connection, asked: _Asked, waited: timedelta) -> Issued | int:
    """A walk-in's registration, after freeing the places of people who have not come within ``patience``."""
    now = clock.now()
    known, key, earlier = _look(connection, asked, now)
    if earlier is not None:
        return earlier
    no_shows.release(connection, asked.party.slot_id, now - waited)
    issued = issue(connection, asked.party, known[0], now, key=key, walk_in=True)
    if issued is None:
        raise _NoPlaces(known[0])
    return issued


@transaction(mode=Mode.CONNECTION)
def _why_not(connection: Connection, asked: _Asked, before: KnownOfParty) -> int | None:
    """The registration that took the last places with the same key while this one waited; None when the contact's turn
    was taken meanwhile, so that it is worth another try; else raises the refusal.
    """
    now = clock.now()
    known, _key, earlier = _look(connection, asked, now)
    if earlier is not None:
        return earlier
    if known[0].turns != before.turns:
        return None
    raise slots.refusal(connection, asked.party.slot_id, asked.party.party_size, now)


def require_key() -> None:
    """Make the very first key to sign with, if there is none yet."""
    keys.signing_key()


def issue(
    connection: Connection,
    party: Party,
    known: KnownOfParty,
    now: datetime,
    *,
    key: str | None = None,
    walk_in: bool = False,
    kept: bool = False,
) -> Issued | None:
    """Take the places and write the registration; None when there are not enough, or the contact's turn was taken.

    With ``kept`` the places were taken before. The signing key is read first: a pass that cannot be signed is not
    issued.
    """
    key_id = known.key_id
    if key_id is None:
        raise _NoKeyYet
    if known.exhibition_id is None:
        return None  # there is no such slot
    private_key = keys.private_key(key_id)
    registration = random_values.registration(party.locale, now)
    visitor_pass = random_values.visitor_pass(party.party_size, now)
    values = {
        "wanted": party.slot_id,
        "people": party.party_size,
        "now": now,
        **registration,
        "idempotency_key": key,
        "request_digest": party.digest() if key else None,
        "walk_in": walk_in,
        "origin": party.origin,
        **visitor_pass,
        "name": party.name,
        "email": party.email,
        "phone": party.phone,
        "kind": MessageKind.PASS,
        **contact_days.turn_values(known, party),
    }
    issued = statements.issuing(party, kept=kept).run(connection, values)
    if issued is None:
        return None
    if party.email is not None:
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
        key=private_key,
    )
