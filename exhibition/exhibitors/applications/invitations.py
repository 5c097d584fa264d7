"""Inviting exhibitors of earlier editions to apply again: a draft with their last answers, its link by mail or phone.

Each exhibitor is invited once to an edition; the draft's ``import_key`` guards that.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select, update

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.contacts import whatsapp_link
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound
from exhibition.core.sql.upserts import add_missing
from exhibition.exhibitors import participants
from exhibition.exhibitors.applications import calls
from exhibition.exhibitors.applications import mail as application_mail
from exhibition.exhibitors.applications.service import KEY_BYTES, new_reference
from exhibition.exhibitors.models import Application, ApplicationSource, Exhibitor, Participant
from exhibition.exhibitors.rules.application_steps import ApplicationState, name_key
from exhibition.venue.models import Booth, Exhibition, Zone
from exhibition.venue.rules.edition_states import EditionState

KEY_PREFIX = "invited:"
AT_ONCE = 200
"""Rows in one statement, which may have so many values only."""
ANSWERS = (
    "name",
    "name_key",
    "kind",
    "contact_name",
    "email",
    "phone",
    "product_group",
    "district",
    "description",
    "cluster_id",
    "storefront_url",
    "nib",
    "pirt",
    "halal",
    "power_va",
    "water",
    "accessible",
    "near",
    "avoid",
    "share",
    "locale",
)
"""What an earlier application already answers; wishes for booths and zones are taken over where the hall has them."""


@dataclass(frozen=True)
class EarlierExhibitor:
    """An exhibitor of earlier editions, their latest application if it is kept, and the latest edition they were at."""

    exhibitor: Exhibitor
    application: Application | None
    fair: Exhibition

    @property
    def email(self) -> str:
        return self.exhibitor.email or (self.application.email if self.application else "")

    @property
    def phone(self) -> str:
        return self.exhibitor.phone or (self.application.phone if self.application else "")


@dataclass(frozen=True)
class InvitedCount:
    mailed: int
    by_phone: int
    """Those without an e-mail address."""


@dataclass(frozen=True)
class PhoneInvitation:
    application: Application
    address: str
    """Opens a chat with the text in it; empty without a phone number."""


def candidates(exhibition: Exhibition) -> list[EarlierExhibitor]:
    """Exhibitors of earlier editions who have not applied here and do not take part, by name; three queries."""
    earlier = Exhibition.starts_on < exhibition.starts_on, Exhibition.state != EditionState.DRAFT
    applied = select(Application.exhibitor_id).where(
        Application.exhibition_id == exhibition.id, Application.exhibitor_id.is_not(None)
    )
    there = (
        select(Exhibitor, Exhibition)
        .join(Participant, Participant.exhibitor_id == Exhibitor.id)
        .join(Exhibition, Exhibition.id == Participant.exhibition_id)
        .where(*earlier, Exhibitor.id.not_in(participants.ids_of(exhibition.id)), Exhibitor.id.not_in(applied))
        .order_by(Exhibition.starts_on, Exhibition.id)
    )
    latest = {exhibitor.id: (exhibitor, fair) for exhibitor, fair in db.session.execute(there)}
    answered = (
        select(Application)
        .join(Exhibition, Exhibition.id == Application.exhibition_id)
        .where(*earlier, Application.exhibitor_id.is_not(None), Application.state != ApplicationState.DRAFT)
        .order_by(Exhibition.starts_on, Application.id)
    )
    answers = {one.exhibitor_id: one for one in db.session.scalars(answered)}
    applied_again = select(Application.email, Application.phone).where(Application.exhibition_id == exhibition.id)
    reached = {value for row in db.session.execute(applied_again) for value in row if value}
    found = [EarlierExhibitor(exhibitor, answers.get(id_), fair) for id_, (exhibitor, fair) in latest.items()]
    return sorted((one for one in found if not reached & {one.email, one.phone}), key=lambda one: one.exhibitor.name)


@transaction
def invite(actor: Actor, exhibition: Exhibition, exhibitor_ids: Collection[int]) -> InvitedCount:
    """Begin a draft for each of these and mail its link to those with an e-mail address.

    Who is no candidate (any more) is left out, so a form that is sent twice invites once. Raises Refused
    ``applications_closed`` (409).
    """
    calls.require_open(exhibition)
    chosen = [one for one in candidates(exhibition) if one.exhibitor.id in set(exhibitor_ids)]
    booths = set(db.session.scalars(select(Booth.code).where(Booth.exhibition_id == exhibition.id)))
    zones = set(db.session.scalars(select(Zone.code).where(Zone.exhibition_id == exhibition.id)))
    rows = [_draft(exhibition, one, booths, zones) for one in chosen]
    for first in range(0, len(rows), AT_ONCE):
        add_missing(db.session.connection(), Application, rows[first : first + AT_ONCE])
    keys = [row["key"] for row in rows]
    begun = list(db.session.scalars(select(Application).where(Application.key.in_(keys)).order_by(Application.id)))
    for application in begun:
        after = {"exhibition": exhibition.slug}
        record(actor, "application.invite", "application", application.id, name=application.name, after=after)
    application_mail.invitations(begun)
    mailed = sum(bool(application.email) for application in begun)
    return InvitedCount(mailed, len(begun) - mailed)


def _draft(exhibition: Exhibition, one: EarlierExhibitor, booths: set[str], zones: set[str]) -> dict[str, Any]:
    exhibitor, earlier, now = one.exhibitor, one.application, clock.now()
    known = {
        "name": exhibitor.name,
        "name_key": name_key(exhibitor.name)[:160],
        "kind": exhibitor.kind,
        "contact_name": exhibitor.contact_name,
        "product_group": exhibitor.product_group,
        "district": exhibitor.district,
        "description": exhibitor.description,
        "cluster_id": exhibitor.cluster_id,
    }
    answers: dict[str, Any] = {name: getattr(earlier, name) for name in ANSWERS} if earlier else known
    return answers | {
        "exhibition_id": exhibition.id,
        "exhibitor_id": exhibitor.id,
        "acting": True,
        "reference": new_reference(),
        "key": secrets.token_urlsafe(KEY_BYTES),
        "import_key": f"{KEY_PREFIX}{exhibitor.id}",
        "source": ApplicationSource.FORM,
        "state": ApplicationState.DRAFT,
        "email": one.email.casefold(),
        "phone": one.phone,
        "attended": True,
        "wishes": [code for code in earlier.wishes if code in booths] if earlier else [],
        "zone_wishes": [code for code in earlier.zone_wishes if code in zones] if earlier else [],
        "created_at": now,
        "updated_at": now,
    }


def by_phone(exhibition: Exhibition) -> list[PhoneInvitation]:
    """The invited without an e-mail address who have not sent their application: first those still to be written to."""
    statement = select(Application).where(
        Application.exhibition_id == exhibition.id,
        Application.import_key.startswith(KEY_PREFIX, autoescape=True),
        Application.email == "",
        Application.state == ApplicationState.DRAFT,
    )
    statement = statement.order_by(Application.invited_by_phone.is_not(None), Application.name)
    return [PhoneInvitation(one, _chat(exhibition, one)) for one in db.session.scalars(statement)]


def _chat(exhibition: Exhibition, application: Application) -> str:
    if not application.phone:
        return ""
    with force_locale(application.locale):
        text = _(
            "Hello %(name)s, you were at our fair before. We would be glad to see you at %(fair)s again. Your answers"
            " of last time are filled in already; please look them over and send them: %(address)s",
            name=application.contact_name or application.name,
            fair=exhibition.name,
            address=application_mail.address(application),
        )
    return whatsapp_link(application.phone, text)


@transaction
def tick(actor: Actor, exhibition: Exhibition, application_id: int, *, done: bool) -> None:
    """Tick an invitation off as sent by phone, or take the tick back; again: nothing changes. Raises NotFound."""
    application = db.session.get(Application, application_id)
    if (
        application is None
        or application.exhibition_id != exhibition.id
        or not (application.import_key or "").startswith(KEY_PREFIX)
    ):
        raise NotFound
    is_open = Application.invited_by_phone.is_(None) if done else Application.invited_by_phone.is_not(None)
    changed = update(Application).where(Application.id == application_id, is_open)
    if db.session.execute(changed.values(invited_by_phone=clock.now() if done else None)).rowcount:  # pyright: ignore[reportAttributeAccessIssue] an UPDATE has it
        action = "application.invited_by_phone" if done else "application.not_invited_by_phone"
        record(actor, action, "application", application_id, name=application.name)
        db.session.refresh(application)
