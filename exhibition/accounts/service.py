"""Use cases around people who sign in."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, or_, select, update

from exhibition.accounts.audit import Actor, record
from exhibition.accounts.models import EditionRole, Role, RoleName, SignIn, User
from exhibition.accounts.sign_in import sign_ins
from exhibition.accounts.sign_in.passwords import hashed
from exhibition.core import clock, outbox
from exhibition.core.contacts import email_address
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.outbox import Letter

SIGN_IN_CHANGES = {
    "password": "user.change_password",
    "tf_primary_method": "user.change_second_step",
    "mf_recovery_codes": "user.change_recovery_codes",
}
"""The name of a change of these columns in the audit trail; their values are secrets and stay out of it."""


def _role(name: RoleName) -> Role:
    role = db.session.scalar(select(Role).where(Role.name == name))
    if role is None:
        role = Role(name=name)
        db.session.add(role)
    return role


def clean_email(email: str) -> str:
    """The address as we store and compare it. Raises Refused ``email_invalid`` (422)."""
    address = email_address(email)
    if address is None:
        message = _l("This is not an e-mail address. Write it like name@example.com.")
        raise Refused("email_invalid", message, status=422, field="email")
    return address.lower()


def refuse_taken_email(email: str) -> None:
    """Raise Refused ``email_taken`` (409) when someone signs in with this address."""
    if db.session.scalar(select(User.id).where(User.email == email)) is not None:
        raise Refused("email_taken", _l("Somebody signs in with this e-mail address already."), field="email")


@transaction
def create_user(
    actor: Actor,
    email: str,
    role: RoleName,
    *,
    password: str | None = None,
    name: str = "",
    exhibition_id: int | None = None,
) -> User:
    """Create a user with one role, at one edition or (None) at all; without ``password`` they choose one through a
    mailed link.

    Raises Refused ``email_invalid`` (422) and ``email_taken`` (409).
    """
    email = clean_email(email)
    refuse_taken_email(email)
    user = User(
        email=email,
        name=name,
        password=hashed(password) if password else None,  # as the sign-in form does
        fs_uniquifier=secrets.token_hex(32),
        roles=[_role(role)] if exhibition_id is None else [],
        edition_roles=[] if exhibition_id is None else [EditionRole(exhibition_id=exhibition_id, role=role)],
    )
    db.session.add(user)
    db.session.flush()
    record(actor, "user.create", "user", user.id, name=email, after={"role": role, "exhibition_id": exhibition_id})
    return user


def users() -> Sequence[User]:
    """Every user by name, including those who are switched off."""
    return db.session.scalars(select(User).order_by(func.lower(func.coalesce(User.name, User.email)), User.id)).all()


def team(exhibition_id: int) -> Sequence[User]:
    """Organizers and gate staff of the edition and of all editions who may sign in, by name."""
    staff = has_role_at([RoleName.ORGANIZER, RoleName.GATE], exhibition_id)
    name = func.lower(func.coalesce(User.name, User.email))
    return db.session.scalars(select(User).where(User.active, staff).order_by(name, User.id)).all()


@transaction
def give_role(actor: Actor, user: User, role: RoleName, exhibition_id: int | None) -> None:
    """Give somebody who has an account one more role, at one edition or (None) at all.

    Raises Refused ``switched_off`` (409), and ``email_taken`` (409) when they have the role already; an exhibitor's
    role may be given again, because one person can act for several exhibitors.
    """
    if not user.active:
        message = _l("This person is switched off. Switch them on first, on the page “Accounts”.")
        raise Refused("switched_off", message, field="email")
    everywhere = {one.name for one in user.roles}
    here = {one.role for one in user.edition_roles if one.exhibition_id == exhibition_id}
    if role in everywhere | here:
        if role is not RoleName.EXHIBITOR:
            raise Refused("email_taken", _l("This person has this role already."), field="email")
        return
    if exhibition_id is None:
        user.roles = [*user.roles, _role(role)]
    else:
        user.edition_roles = [*user.edition_roles, EditionRole(exhibition_id=exhibition_id, role=role)]
    after = {"role": role, "exhibition_id": exhibition_id}
    record(actor, "user.give_role", "user", user.id, name=user.email, after=after)


@transaction
def take_role(actor: Actor, user_id: int, exhibition_id: int) -> User:
    """Take somebody's roles at the edition away, and end their sessions; roles at all editions stay.

    Raises NotFound for somebody without one there.
    """
    user = _user(user_id)
    theirs = [one for one in user.edition_roles if one.exhibition_id == exhibition_id]
    if not theirs:
        raise NotFound
    user.edition_roles = [one for one in user.edition_roles if one.exhibition_id != exhibition_id]
    _end_sessions(user)
    before = {"roles": sorted(one.role.value for one in theirs), "exhibition_id": exhibition_id}
    record(actor, "user.take_role", "user", user.id, name=user.email, before=before)
    return user


def _user(user_id: int) -> User:
    user = db.session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFound
    return user


def _end_sessions(user: User) -> None:
    user.fs_uniquifier = secrets.token_hex(32)
    sign_ins.end_all(user.id)


@transaction
def set_active(actor: Actor, user_id: int, *, active: bool) -> User:
    """Let someone sign in, or no longer; switching off ends their sessions at once.

    Raises NotFound, and Refused ``last_organizer`` (409) when nobody would be left to run the desk.
    """
    organizers = db.session.scalars(
        select(User)
        .join(User.roles)
        .where(Role.name == RoleName.ORGANIZER, User.active)
        .order_by(User.id)
        .with_for_update(of=User)  # so that two organizers cannot switch each other off at the same moment
    ).all()
    user = _user(user_id)
    if not active and [organizer.id for organizer in organizers] == [user.id]:
        message = _l("This is the last organizer of all fairs who can sign in. Invite another one first.")
        raise Refused("last_organizer", message)
    if user.active is not active:
        user.active = active
        _end_sessions(user)
        action = "user.enable" if active else "user.disable"
        record(actor, action, "user", user.id, name=user.email, before={"active": not active}, after={"active": active})
    return user


def erase_account(user: User) -> None:
    """In the open transaction, erase who the user is; the number stays, for what the audit trail says of it."""
    user.email, user.name = f"erased-{user.id}@erased.invalid", ""
    user.password = user.tf_primary_method = user.tf_totp_secret = user.totp_counter = user.mf_recovery_codes = None
    user.active = False
    _end_sessions(user)


@transaction
def remove_second_step(actor: Actor, user_id: int) -> User:
    """For someone who lost their phone and their recovery codes: the password alone is enough again.

    Raises NotFound.
    """
    user = _user(user_id)
    user.tf_primary_method = user.tf_totp_secret = user.totp_counter = user.mf_recovery_codes = None
    _end_sessions(user)
    record(actor, "user.remove_second_step", "user", user.id, name=user.email)
    return user


@transaction
def save_sign_in(user_id: int, changes: Mapping[str, Any], letters: Sequence[Letter]) -> None:
    """Store changes of one user on the sign-in pages (password, second step, recovery codes) and the mails about them.

    Raises NotFound.
    """
    user = _user(user_id)
    for name, value in changes.items():
        setattr(user, name, value)
    if "fs_uniquifier" in changes:
        sign_ins.end_all(user.id)
    for column in sorted(SIGN_IN_CHANGES.keys() & changes.keys()):
        if column != "password" or "fs_uniquifier" in changes:  # the same password hashed anew is no change
            record(Actor(user.id, user.name or user.email), SIGN_IN_CHANGES[column], "user", user.id, name=user.email)
    for letter in letters:
        outbox.post(letter)


@transaction
def use_totp_counter(user_id: int, counter: int) -> bool:
    """Mark a time step of an authenticator app as used; False when it, or a later one, was used already."""
    unused = or_(User.totp_counter.is_(None), User.totp_counter < counter)
    taken = db.session.execute(
        update(User)
        .where(User.id == user_id, unused)
        .values(totp_counter=counter)
        .execution_options(synchronize_session=False)
        .returning(User.id)
    )
    return taken.scalar_one_or_none() is not None


def has_role_at(roles: Collection[RoleName], exhibition_id: int) -> ColumnElement[bool]:
    """A user who has one of the roles at the edition, or at all."""
    return or_(
        User.roles.any(Role.name.in_([role.value for role in roles])),
        User.edition_roles.any(EditionRole.role.in_(roles) & (EditionRole.exhibition_id == exhibition_id)),
    )


def organizers_signed_in(exhibition_id: int) -> frozenset[int]:
    """The ids of all sign-ins of the edition's organizers that are good now."""
    now = clock.now()
    good = SignIn.ends_at > now, SignIn.last_seen_at > now - sign_ins.idle_limit()
    statement = select(SignIn.id).join(User, User.id == SignIn.user_id)
    return frozenset(
        db.session.scalars(statement.where(User.active, has_role_at([RoleName.ORGANIZER], exhibition_id), *good))
    )
