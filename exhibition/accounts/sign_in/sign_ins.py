"""Who is signed in where: one row for each device, which its cookies name by a secret key; without the row no sign-in.

Flask's session is a signed cookie, which alone would be good for ever (docs/adr/0005-sign-in.md).
"""

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import OperationalError

from exhibition.accounts.audit import Actor, record
from exhibition.accounts.models import RoleName, SignIn, User
from exhibition.accounts.rights import rights_of
from exhibition.accounts.rules import sign_ins as rules
from exhibition.core import clock
from exhibition.core.config import setting
from exhibition.core.db import Mode, db, patience, transaction
from exhibition.core.errors import NotFound
from exhibition.core.jobs import every

WAIT_MS = 50
"""How long noting that a device is in use may wait for a lock; the next request notes it just as well."""


@dataclass(frozen=True)
class SignInOrigin:
    """Where a request comes from."""

    user_agent: str = ""
    address: str = ""
    remembered: bool = False
    """The device keeps its sign-in when the browser is closed."""


SOMEWHERE = SignInOrigin()


@dataclass(frozen=True)
class SignedIn:
    """A sign-in that is still good."""

    id: int
    user: User
    last_seen_at: datetime


def idle_limit() -> timedelta:
    """How long an organizer's device may be silent."""
    return timedelta(minutes=int(setting("SESSION_IDLE_MINUTES")))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _is_organizer(user: User) -> bool:
    return RoleName.ORGANIZER in rights_of(user).anywhere


@transaction
def begin(user_id: int, origin: SignInOrigin = SOMEWHERE, *, instead_of: int | None = None) -> str:
    """Sign somebody in on a device, in place of an earlier sign-in there, and return the secret key for its cookies."""
    user = db.session.get_one(User, user_id)
    key, now = secrets.token_urlsafe(32), clock.now()
    if instead_of is not None:
        db.session.execute(delete(SignIn).where(SignIn.id == instead_of))
    made = SignIn(
        key_hash=_hash(key),
        user_id=user.id,
        made_at=now,
        last_seen_at=now,
        ends_at=rules.ends_at(now, organizer=_is_organizer(user), remembered=origin.remembered),
        device=rules.device_words(origin.user_agent),
        network=rules.address_group(origin.address),
    )
    db.session.add(made)
    after = {"device": made.device, "network": made.network}
    record(_actor(user), "user.sign_in", "user", user.id, name=user.email, after=after)
    return key


def _actor(user: User) -> Actor:
    return Actor(user.id, user.name or user.email)


def find(key: str) -> SignedIn | None:
    """The sign-in with this key, if it is still good and its owner may still sign in."""
    statement = select(User, SignIn.id, SignIn.last_seen_at, SignIn.ends_at).join(SignIn, SignIn.user_id == User.id)
    found = db.session.execute(statement.where(SignIn.key_hash == _hash(key), User.active)).one_or_none()
    if found is None:
        return None
    user, sign_in_id, last_seen_at, ends_at = found
    if _is_over(user, ends_at, last_seen_at):
        return None
    return SignedIn(sign_in_id, user, last_seen_at)


def _is_over(user: User, ends_at: datetime, last_seen_at: datetime) -> bool:
    organizer = _is_organizer(user)
    return rules.is_over(clock.now(), ends_at, last_seen_at, organizer=organizer, idle=idle_limit())


def note_use(signed_in: SignedIn) -> None:
    """Note that the device is in use, at most once a minute; never waits long."""
    if clock.now() - signed_in.last_seen_at < rules.SEEN_EVERY:
        return
    with suppress(OperationalError), patience(WAIT_MS):
        _see(signed_in.id)


@transaction(mode=Mode.CONNECTION)
def _see(connection: Connection, sign_in_id: int) -> None:
    now = clock.now()
    unseen = SignIn.id == sign_in_id, SignIn.last_seen_at <= now - rules.SEEN_EVERY
    connection.execute(update(SignIn).where(*unseen).values(last_seen_at=now))


def of_user(user: User) -> Sequence[SignIn]:
    """The devices on which somebody is signed in now, the one used last at first."""
    rows = select(SignIn).where(SignIn.user_id == user.id).order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
    return [one for one in db.session.scalars(rows) if not _is_over(user, one.ends_at, one.last_seen_at)]


@transaction
def sign_out(signed_in: SignedIn) -> None:
    """End the sign-in of the device that asks for it."""
    user = db.session.get_one(User, signed_in.user.id)
    db.session.execute(delete(SignIn).where(SignIn.id == signed_in.id))
    record(_actor(user), "user.sign_out", "user", user.id, name=user.email)


@transaction
def end(actor: Actor, sign_in_id: int) -> None:
    """End one of the acting person's own sign-ins. Raises NotFound for one that is somebody else's or over."""
    own = delete(SignIn).where(SignIn.id == sign_in_id, SignIn.user_id == actor.id).returning(SignIn.device)
    device = db.session.execute(own).scalar_one_or_none()
    if device is None:
        raise NotFound
    record(actor, "user.end_sign_in", "user", actor.id, name=actor.name, before={"device": device})


@transaction
def end_others(actor: Actor, kept_id: int) -> int:
    """End all sign-ins of the acting person but one, and return how many there were."""
    others = delete(SignIn).where(SignIn.user_id == actor.id, SignIn.id != kept_id).returning(SignIn.id)
    count = len(db.session.scalars(others).all())
    if count:
        record(actor, "user.end_sign_in", "user", actor.id, name=actor.name, before={"devices": count})
    return count


def end_all(user_id: int) -> None:
    """End every sign-in of a user, in the open transaction that gives the reason."""
    db.session.execute(delete(SignIn).where(SignIn.user_id == user_id))


@every(minutes=60)
def tidy_up() -> None:
    """Delete the rows of sign-ins that have ended by themselves."""
    delete_over()


@transaction
def delete_over() -> None:
    """Delete what ``tidy_up`` is for."""
    db.session.execute(delete(SignIn).where(SignIn.ends_at <= clock.now()))
