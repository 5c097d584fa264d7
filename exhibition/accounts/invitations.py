"""Invitations: a mailed link that works once and lets one person choose their own password."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from exhibition.accounts import messages
from exhibition.accounts.audit import Actor, record
from exhibition.accounts.models import Invitation, RoleName, User
from exhibition.accounts.service import clean_email, create_user, give_role
from exhibition.accounts.sign_in.passwords import refuse_weak
from exhibition.accounts.signals import invitation_accepted
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused

VALID_FOR = timedelta(days=7)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _mail_new_link(invitation: Invitation) -> None:
    token = secrets.token_urlsafe(32)
    invitation.token_hash = _hash(token)
    invitation.expires_at = clock.now() + VALID_FOR
    db.session.add(invitation)
    db.session.flush()  # the mail needs its id
    messages.send_invitation(invitation, token)


def open_invitations() -> Sequence[Invitation]:
    """Invitations not accepted yet, newest first; expired ones too, since they can be sent again."""
    return db.session.scalars(
        select(Invitation).where(Invitation.accepted_at.is_(None)).order_by(Invitation.id.desc())
    ).all()


@transaction
def invite(
    actor: Actor,
    email: str,
    role: RoleName,
    *,
    name: str = "",
    exhibitor_id: int | None = None,
    exhibition_id: int | None = None,
) -> Invitation:
    """Mail somebody a link; an open invitation to the same address is replaced. Who signs in with this address already
    gets no mail: they have the role at once, and the invitation counts as accepted. Without ``exhibition_id`` the
    role holds at every edition, and an exhibitor's always does.

    Raises Refused ``email_invalid`` (422), ``exhibitor_missing`` (422) when the role is exhibitor and no exhibitor is
    given, or as ``service.give_role``.
    """
    email = clean_email(email)
    if role is not RoleName.EXHIBITOR:
        exhibitor_id = None
    elif exhibitor_id is None:
        message = _l("Choose the exhibitor this person acts for.")
        raise Refused("exhibitor_missing", message, status=422, field="exhibitor_id")
    else:
        exhibition_id = None
    for older in db.session.scalars(
        select(Invitation).where(Invitation.email == email, Invitation.accepted_at.is_(None)).with_for_update()
    ):
        messages.withdraw_invitation(older)
        db.session.delete(older)
    invitation = Invitation(
        email=email,
        name=name,
        role=role,
        exhibitor_id=exhibitor_id,
        exhibition_id=exhibition_id,
        invited_by_id=actor.id,
    )
    user = db.session.scalar(select(User).where(User.email == email).with_for_update())
    if user is not None:
        give_role(actor, user, role, exhibition_id)
        _accept_at_once(invitation, user)
    else:
        _mail_new_link(invitation)
    after = {"role": role, "exhibitor_id": exhibitor_id, "exhibition_id": exhibition_id}
    record(actor, "invitation.create", "invitation", invitation.id, name=email, after=after)
    return invitation


def _accept_at_once(invitation: Invitation, user: User) -> None:
    invitation.token_hash = _hash(secrets.token_urlsafe(32))
    invitation.expires_at = invitation.accepted_at = clock.now()
    db.session.add(invitation)
    db.session.flush()
    invitation_accepted.send(invitation=invitation, user=user)


def _open(invitation_id: int) -> Invitation:
    invitation = db.session.get(Invitation, invitation_id, with_for_update=True)
    if invitation is None or invitation.accepted_at is not None:
        raise NotFound
    return invitation


@transaction
def resend(actor: Actor, invitation_id: int) -> Invitation:
    """Mail a new link; the old one stops working. Raises NotFound for an accepted or revoked invitation."""
    invitation = _open(invitation_id)
    _mail_new_link(invitation)
    record(actor, "invitation.resend", "invitation", invitation.id, name=invitation.email)
    return invitation


@transaction
def revoke(actor: Actor, invitation_id: int) -> str:
    """Revoke an invitation and return its address. Raises NotFound for an accepted or revoked one."""
    invitation = _open(invitation_id)
    before = {"role": invitation.role, "exhibitor_id": invitation.exhibitor_id}
    record(actor, "invitation.revoke", "invitation", invitation.id, name=invitation.email, before=before)
    email = invitation.email
    messages.withdraw_invitation(invitation)
    db.session.delete(invitation)
    return email


def find(token: str) -> Invitation:
    """The open invitation behind a link. Raises Refused ``invitation_gone`` (410): used, revoked, expired, unknown."""
    invitation = db.session.scalar(select(Invitation).where(Invitation.token_hash == _hash(token)))
    if invitation is None or invitation.accepted_at is not None or invitation.expires_at <= clock.now():
        message = _l("This invitation was used already, taken back, or is older than 7 days. Ask for a new one.")
        raise Refused("invitation_gone", message, status=410)
    return invitation


def accept(token: str, password: str, *, name: str = "") -> User:
    """Create the invited user; works once. Receivers of ``invitation_accepted`` run in the same transaction.

    Raises Refused ``invitation_gone`` (410), ``password_weak`` (422), ``email_taken`` (409).
    """
    invitation = find(token)
    name = name or invitation.name
    refuse_weak(password, email=invitation.email, name=name)
    return _accept(token, password, name)


@transaction
def _accept(token: str, password: str, name: str) -> User:
    invitation = find(token)
    taken = db.session.execute(
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.accepted_at.is_(None))
        .values(accepted_at=clock.now())
        .returning(Invitation.id)
    )
    if taken.scalar_one_or_none() is None:
        raise Refused(
            "invitation_gone", _l("This invitation was used already. Sign in with your password."), status=410
        )
    actor = Actor(None, invitation.email)
    user = create_user(
        actor,
        invitation.email,
        invitation.role,
        password=password,
        name=name,
        exhibition_id=invitation.exhibition_id,
    )
    record(actor, "invitation.accept", "invitation", invitation.id, name=invitation.email, after={"user_id": user.id})
    invitation_accepted.send(invitation=invitation, user=user)
    return user
