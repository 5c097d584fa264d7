"""How an applicant becomes an exhibitor and gets an account, for that exhibitor only.

An existing exhibitor is taken to be the applicant only if its e-mail address is the same, or if an organizer says so.
Invitations go to the exhibitor's address, never to one that stands only in an application.
"""

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from exhibition.accounts import invitations
from exhibition.accounts.audit import Actor, record
from exhibition.accounts.models import Invitation, RoleName
from exhibition.accounts.service import refuse_taken_email
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.exhibitors import participants, service
from exhibition.exhibitors.models import Application, ApplicationSource, Exhibitor, ExhibitorMember
from exhibition.exhibitors.rules.application_steps import BOUND, name_key
from exhibition.venue.models import Exhibition


def introduce(actor: Actor, application: Application) -> Exhibitor:
    """The exhibitor an application is from, found or created in the open transaction."""
    if application.exhibitor_id is not None:
        participants.take_in(application.exhibition_id, [application.exhibitor_id])
        return db.session.get_one(Exhibitor, application.exhibitor_id)
    exhibitor = _same(application)
    application.acting = exhibitor is None or application.source is ApplicationSource.IMPORT
    if exhibitor is None:
        details = service.Details(
            name=application.name,
            kind=application.kind,
            product_group=application.product_group,
            district=application.district,
            description=application.description,
            contact_name=application.contact_name,
            email=application.email,
            phone=application.phone,
            cluster_id=application.cluster_id,
        )
        exhibitor = service.add(actor, db.session.get_one(Exhibition, application.exhibition_id), details)
    application.exhibitor_id = exhibitor.id
    participants.take_in(application.exhibition_id, [exhibitor.id])
    db.session.flush()
    return exhibitor


def _same(application: Application) -> Exhibitor | None:
    if application.email:
        same = select(Exhibitor).where(func.lower(Exhibitor.email) == application.email)
        return db.session.scalars(same.order_by(Exhibitor.id)).first()
    if application.source is not ApplicationSource.IMPORT:
        return None
    nearly = select(Exhibitor).where(func.lower(Exhibitor.name) == application.name.lower())
    return db.session.scalars(nearly.order_by(Exhibitor.id)).first()


def invite(actor: Actor, application: Application) -> None:
    """Mail an invitation, so that the exhibitor can answer an offer on their own desk; not if they have an account."""
    exhibitor = introduce(actor, application)
    if not exhibitor.email or has_account(exhibitor.id):
        return
    waiting = select(Invitation.id).where(Invitation.exhibitor_id == exhibitor.id, Invitation.accepted_at.is_(None))
    if db.session.scalar(waiting) is not None:
        return
    try:
        with db.session.begin_nested():
            refuse_taken_email(exhibitor.email)
            invitations.invite(
                actor, exhibitor.email, RoleName.EXHIBITOR, name=exhibitor.contact_name, exhibitor_id=exhibitor.id
            )
    except Refused as refused:
        if refused.code not in ("email_taken", "email_invalid"):  # organizers invite these people by hand
            raise


def has_account(exhibitor_id: int) -> bool:
    """Whether somebody with an account acts for the exhibitor."""
    members = select(ExhibitorMember.user_id).where(ExhibitorMember.exhibitor_id == exhibitor_id)
    return db.session.scalar(members.limit(1)) is not None


def acting_by(key: str) -> Application | None:
    """The application with this key, if its link acts for an exhibitor; None otherwise."""
    acts = Application.acting & Application.exhibitor_id.is_not(None)
    return db.session.scalar(select(Application).where(Application.key == key, acts)) if key.isprintable() else None


class Answering(StrEnum):
    """How an applicant can answer an offer."""

    LINK = "link"
    """On the exhibitor's pages, which the link of the application opens."""
    ACCOUNT = "account"
    INVITATION = "invitation"
    ORGANIZERS = "organizers"
    """Nobody acts for the exhibitor, and no invitation can be used: only by telling the organizers."""


def answering(application: Application) -> Answering:
    """How the applicant can answer an offer now."""
    exhibitor_id = application.exhibitor_id
    if application.acting:
        return Answering.LINK
    if exhibitor_id is not None and has_account(exhibitor_id):
        return Answering.ACCOUNT
    usable = Invitation.accepted_at.is_(None), Invitation.expires_at > clock.now()
    waiting = select(Invitation.id).where(Invitation.exhibitor_id == exhibitor_id, *usable).limit(1)
    return Answering.ORGANIZERS if db.session.scalar(waiting) is None else Answering.INVITATION


def likely(application: Application) -> list[Exhibitor]:
    """Exhibitors that may be the applicant, by name, phone or e-mail address, for an organizer to choose from."""
    key = name_key(application.name)
    found = [
        exhibitor
        for exhibitor in db.session.scalars(select(Exhibitor).order_by(Exhibitor.name))
        if name_key(exhibitor.name) == key
        or (application.phone and exhibitor.phone == application.phone)
        or (application.email and exhibitor.email.lower() == application.email)
    ]
    return [exhibitor for exhibitor in found if exhibitor.id != application.exhibitor_id]


def linkable(application: Application) -> bool:
    """Whether the application's exhibitor can still be changed: it has not led to a booth or a place in line."""
    return application.state not in BOUND


@transaction
def link(actor: Actor, application: Application, exhibitor_id: int) -> Exhibitor:
    """Set the exhibitor that an application is from.

    Raises Refused ``exhibitor_unknown`` (422), and ``application_step`` (409) when it is not ``linkable``.
    """
    db.session.refresh(application, with_for_update=True)
    if not linkable(application):
        message = _l("%(name)s has a booth or a place in line already. Take that back first.", name=application.name)
        raise Refused("application_step", message, state=application.state)
    exhibitor = db.session.get(Exhibitor, exhibitor_id)
    if exhibitor is None:
        message = _l("Choose an exhibitor from the list.")
        raise Refused("exhibitor_unknown", message, status=422, field="exhibitor_id")
    before = {"exhibitor_id": application.exhibitor_id}
    application.exhibitor_id, application.acting = exhibitor_id, True
    participants.take_in(application.exhibition_id, [exhibitor_id])
    after = {"exhibitor_id": exhibitor_id}
    record(actor, "application.link", "application", application.id, name=application.name, before=before, after=after)
    return exhibitor
