"""Finding one's passes again by the e-mail address or phone number they were registered with.

Asking writes the same rows whether or not there is a pass, so neither the answer nor the time it takes tells anything
to strangers. What there is goes to the address that was registered. Who gave only a number stands in a queue at the
desk, and an organizer sends the link to that number.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select, update

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock, mail, outbox
from exhibition.core.contacts import whatsapp_link
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound
from exhibition.core.i18n import hours_text, long_date
from exhibition.core.ids import LARGEST_ID
from exhibition.core.limiting import budgets
from exhibition.core.sql.paging import PAGE_SIZE, Page
from exhibition.venue.edition import choice
from exhibition.venue.models import Exhibition
from exhibition.visitors.mails.messages import pass_address
from exhibition.visitors.models import LinkRequest, PassState, Registration, TimeSlot, VisitorContact, VisitorPass
from exhibition.visitors.registration.contact_days import folded
from exhibition.visitors.registration.party import Issued

KIND = "visitor.links"
SENT_WITHIN = timedelta(days=1)
MOST = 30
"""So many passes are named in one mail, the nearest first."""


@dataclass(frozen=True)
class FoundLink:
    """A pass in a mail of lost links."""

    fair: str
    day: str
    hours: str
    people: int
    reference: str
    address: str


@transaction
def ask(email: str | None, phone: str | None, locale: str) -> None:
    """Have the links of the passes with this address, or else this number, sent to who registered them."""
    contact = email or phone
    if contact is None or not budgets.may_ask_for_links(contact):
        return
    asked = LinkRequest(email=email, phone=None if email else phone, locale=locale)
    db.session.add(asked)
    db.session.flush()
    outbox.post_later(KIND, asked.id, clock.now() + SENT_WITHIN)


def _registered_with(asked: LinkRequest) -> ColumnElement[bool]:
    if asked.email is not None:
        return func.lower(VisitorContact.email) == folded(asked.email)
    return VisitorContact.phone == asked.phone


def compose(_kind: str, request_id: int) -> EmailMessage | None:
    """The mail with the links; None when there is nobody to write to."""
    asked = db.session.get(LinkRequest, request_id)
    if asked is None:
        return None
    columns = Registration.manage_key, Registration.reference, VisitorPass.party_size, VisitorContact.email
    statement = (
        select(Exhibition, TimeSlot.starts_at, TimeSlot.ends_at, *columns)
        .join(Registration, Registration.exhibition_id == Exhibition.id)
        .join(VisitorContact, VisitorContact.registration_id == Registration.id)
        .join(VisitorPass, VisitorPass.registration_id == Registration.id)
        .join(TimeSlot, TimeSlot.id == VisitorPass.slot_id)
        .where(_registered_with(asked), VisitorContact.email.is_not(None), VisitorPass.state == PassState.VALID)
        .where(Exhibition.id.in_([one.id for one in choice.meant_by_visitors()]))
        .order_by(TimeSlot.starts_at, Registration.id)
    )
    rows = db.session.execute(statement.limit(MOST)).all()
    if not rows:
        return None
    address = rows[0].email
    with force_locale(asked.locale):
        found = [
            FoundLink(
                fair=fair.name,
                day=long_date(starts_at, fair.timezone),
                hours=hours_text(starts_at, ends_at, fair.timezone),
                people=people,
                reference=reference,
                address=pass_address(key),
            )
            for fair, starts_at, ends_at, key, reference, people, email in rows
            if folded(email) == folded(address)
        ]
        nearest: Exhibition = rows[0][0]
        text, html = mail.bodies("visitors/mail/links", found=found, exhibition=nearest)
        return mail.compose(address, _("Your passes"), text, html, reply_to=nearest.contact_email)


outbox.composers[KIND] = compose


@dataclass(frozen=True)
class LinkByPhone:
    """Somebody who waits for their link and can only be reached by phone."""

    request_id: int
    registration_id: int
    reference: str
    name: str
    phone: str
    asked_at: datetime
    chat: str
    """Opens a chat with the text in it."""


def _waiting(exhibition: Exhibition) -> tuple[ColumnElement[bool], ...]:
    return (
        LinkRequest.phone.is_not(None),
        LinkRequest.done_at.is_(None),
        Registration.exhibition_id == exhibition.id,
        VisitorContact.email.is_(None),
        VisitorPass.state == PassState.VALID,
    )


def count(exhibition: Exhibition) -> int:
    """How many people of the edition wait for their link."""
    statement = (
        select(func.count(func.distinct(LinkRequest.id)))
        .select_from(LinkRequest)
        .join(VisitorContact, VisitorContact.phone == LinkRequest.phone)
        .join(Registration, Registration.id == VisitorContact.registration_id)
        .join(VisitorPass, VisitorPass.registration_id == Registration.id)
        .where(*_waiting(exhibition))
    )
    return db.session.scalar(statement) or 0


def waiting(exhibition: Exhibition, number: int = 1) -> Page[LinkByPhone]:
    """Who of the edition asked for a link by a number that a pass was registered with, the first first."""
    columns = Registration.id, Registration.reference, Registration.manage_key, Registration.locale
    more = VisitorContact.name, VisitorContact.phone, LinkRequest.id.label("request_id"), LinkRequest.asked_at
    statement = (
        select(*columns, *more)
        .select_from(Registration)
        .join(VisitorContact, VisitorContact.registration_id == Registration.id)
        .join(VisitorPass, VisitorPass.registration_id == Registration.id)
        .join(LinkRequest, LinkRequest.phone == VisitorContact.phone)
        .where(*_waiting(exhibition))
        .order_by(LinkRequest.id, Registration.id)
    )
    rows = db.session.execute(statement.limit(PAGE_SIZE + 1).offset((number - 1) * PAGE_SIZE)).all()
    return Page([_by_phone(exhibition, row) for row in rows[:PAGE_SIZE]], number, len(rows) > PAGE_SIZE)


def _chat(exhibition: Exhibition, manage_key: str, phone: str, locale: str) -> str:
    with force_locale(locale):
        text = _("Your pass for %(name)s: %(address)s", name=exhibition.name, address=pass_address(manage_key))
    return whatsapp_link(phone, text)


def chat(exhibition: Exhibition, issued: Issued) -> str:
    """Opens a chat with whoever registered, with the link in it; empty when there is no number."""
    phone = db.session.scalar(
        select(VisitorContact.phone).where(VisitorContact.registration_id == issued.registration_id)
    )
    return _chat(exhibition, issued.manage_key, phone, issued.locale) if phone else ""


def _by_phone(exhibition: Exhibition, row: Any) -> LinkByPhone:
    opened = _chat(exhibition, row.manage_key, row.phone, row.locale)
    return LinkByPhone(row.request_id, row.id, row.reference, row.name, row.phone, row.asked_at, opened)


@transaction
def tick(actor: Actor, exhibition: Exhibition, request_id: int) -> None:
    """Say that the link was sent by phone; a second time changes nothing. Raises NotFound."""
    if request_id > LARGEST_ID or db.session.get(LinkRequest, request_id) is None:
        raise NotFound
    open_one = update(LinkRequest).where(LinkRequest.id == request_id, LinkRequest.done_at.is_(None))
    if db.session.execute(open_one.values(done_at=clock.now()).returning(LinkRequest.id)).one_or_none() is not None:
        record(actor, "link.send", "exhibition", exhibition.id, name=exhibition.name, after={"request": request_id})
