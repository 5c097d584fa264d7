"""Supervisors' PINs: a PIN typed at a gate also identifies its owner.

Stored is HMAC-SHA256 under the application's secret key: equal PINs have equal digests, so a PIN can be looked up, and
the database is of no use without the key. A new secret key makes all PINs invalid.
"""

import hashlib
import hmac
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from exhibition.accounts.audit import Actor, record
from exhibition.accounts.models import RoleName, SupervisorPin, User
from exhibition.accounts.rules.passwords import PIN_MAXIMUM, PIN_MINIMUM, PinFault, pin_fault
from exhibition.accounts.service import has_role_at
from exhibition.core.config import secret_key
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.core.limiting.tries import count_try
from exhibition.core.sql.constraints import violates
from exhibition.core.sql.upserts import add_or_change

SUPERVISORS = (RoleName.ORGANIZER, RoleName.GATE)
SETTING_LIMIT = "10/hour"
"""For one person: a refusal reveals that someone has this PIN, so nobody may try many."""
PURPOSE = b"supervisor-pin:"


@dataclass(frozen=True)
class Supervisor:
    user_id: int
    name: str


def _digest(pin: str) -> str:
    return hmac.new(secret_key(), PURPOSE + pin.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def supervisor_of(pin: str, exhibition_id: int) -> Supervisor | None:
    """The owner of a PIN, if they may still sign in and work at this edition as organizer or at its gates; otherwise
    None.
    """
    statement = (
        select(User.id, User.name, User.email)
        .join(SupervisorPin, SupervisorPin.user_id == User.id)
        .where(
            SupervisorPin.digest == _digest(pin),
            User.active,
            has_role_at(SUPERVISORS, exhibition_id),
        )
    )
    found = db.session.execute(statement).one_or_none()
    return None if found is None else Supervisor(found.id, found.name or found.email)


def has_pin(user_id: int) -> bool:
    return db.session.get(SupervisorPin, user_id) is not None


def set_pin(actor: Actor, pin: str) -> None:
    """Set the acting person's PIN, in place of an earlier one.

    Raises Refused ``invalid`` (422) and ``pin_taken`` (409), both naming ``pin``, and TooManyRequests (429).
    """
    count_try(SETTING_LIMIT, "pin", str(actor.id))
    fault = pin_fault(pin)
    if fault is PinFault.NO_PIN:
        message = _l("A PIN has %(least)s to %(most)s digits.", least=PIN_MINIMUM, most=PIN_MAXIMUM)
        raise Refused("invalid", message, status=422, field="pin")
    if fault is PinFault.EASY:
        raise Refused("invalid", _l("This PIN is easy to guess. Mix the digits more."), status=422, field="pin")
    try:
        _keep(actor, pin)
    except IntegrityError as error:
        if not violates(error, "uq_supervisor_pin_digest"):
            raise
        _note_taken(actor)
        raise Refused("pin_taken", _l("Choose another PIN."), field="pin") from error


@transaction
def _keep(actor: Actor, pin: str) -> None:
    if actor.id is None:
        raise ValueError("only a person has a PIN")
    digest = {"digest": _digest(pin)}
    add_or_change(db.session.connection(), SupervisorPin, {"user_id": actor.id}, digest, digest)
    record(actor, "pin.set", "user", actor.id, name=actor.name)


@transaction
def _note_taken(actor: Actor) -> None:
    record(actor, "pin.refuse", "user", actor.id, name=actor.name)


@transaction
def remove_pin(actor: Actor) -> None:
    """Remove the acting person's PIN; without one nothing changes."""
    kept = db.session.get(SupervisorPin, actor.id)
    if kept is not None:
        db.session.delete(kept)
        record(actor, "pin.remove", "user", actor.id, name=actor.name)
