"""Addresses of an edition that a receiving server refused for good: which they are, correcting one and sending again.

An address is listed while it is still the one of its registration, exhibitor or application and no mail has reached it.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import add
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, literal, select, union_all, update

from exhibition.accounts.audit import Actor, record
from exhibition.allocation import messages as allocation_messages
from exhibition.allocation.models import Allocation
from exhibition.core import outbox
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.outbox import OutboxMail
from exhibition.core.sql.paging import PAGE_SIZE, Page
from exhibition.exhibitors import service as exhibitors
from exhibition.exhibitors.applications import mail as application_mail
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Application, Exhibitor
from exhibition.messages.models import MAIL_KIND, Message, MessageRecipient
from exhibition.messages.readers import APPLICATION, EXHIBITOR, REGISTRATION
from exhibition.messages.rules.audiences import Reference
from exhibition.messages.rules.server_answers import RefusalReason, reason_of
from exhibition.messages.rules.states import RecipientState
from exhibition.venue.models import Exhibition
from exhibition.visitors import service as visitors
from exhibition.visitors.models import MessageKind, Registration, VisitorContact
from exhibition.visitors.passes.personal_data import require_room_at_desk


@dataclass(frozen=True)
class UndeliverableAddress:
    """The address of a registration, exhibitor or application, and the latest of its mails that was refused."""

    kind: str
    subject_id: int
    name: str
    label: str
    """A registration's or application's reference, an exhibitor's slug."""
    email: str
    mail_id: int
    mail_kind: str
    about_id: int
    answer: str
    """The receiving server's, such as ``550 5.1.1 no such user``."""
    written_at: datetime

    @property
    def reference(self) -> Reference:
        return self.kind, self.subject_id

    @property
    def reason(self) -> RefusalReason:
        return reason_of(self.answer)


REFUSED = OutboxMail.refused_address.is_not(None)


def _of_message(exhibition: Exhibition, subject_id: Any) -> Any:
    """The refused mails of messages of the edition to subjects of one kind."""
    return (
        select(OutboxMail.id.label("mail_id"), subject_id.label("subject_id"))
        .join(MessageRecipient, MessageRecipient.id == OutboxMail.about_id)
        .join(Message, Message.id == MessageRecipient.message_id)
        .where(REFUSED, OutboxMail.kind == MAIL_KIND, Message.exhibition_id == exhibition.id)
    )


def _direct(subject_id: Any, kinds: Any) -> Any:
    columns = select(OutboxMail.id.label("mail_id"), subject_id.label("subject_id"))
    return columns.where(REFUSED, OutboxMail.kind.in_(list(kinds)))


def _shown(kind: str, mails: Any, name: Any, label: Any, email: Any) -> tuple[Any, ...]:
    return (
        literal(kind),
        mails.c.subject_id,
        name,
        label,
        email,
        OutboxMail.id,
        OutboxMail.kind,
        OutboxMail.about_id,
        OutboxMail.last_error,
        OutboxMail.created_at,
    )


def _still(email: Any) -> ColumnElement[bool]:
    return func.lower(email) == OutboxMail.refused_address


def _registrations(exhibition: Exhibition) -> Any:
    mails = union_all(
        _direct(OutboxMail.about_id, MessageKind), _of_message(exhibition, MessageRecipient.registration_id)
    ).subquery()
    columns = _shown(REGISTRATION, mails, VisitorContact.name, Registration.reference, VisitorContact.email)
    return (
        select(*columns)
        .select_from(mails)
        .join(OutboxMail, OutboxMail.id == mails.c.mail_id)
        .join(Registration, Registration.id == mails.c.subject_id)
        .join(VisitorContact, VisitorContact.registration_id == Registration.id)
        .where(Registration.exhibition_id == exhibition.id, _still(VisitorContact.email))
    )


def _exhibitors(exhibition: Exhibition) -> Any:
    news = _direct(Allocation.exhibitor_id, allocation_messages.NEWS_KINDS)
    news = news.join(Allocation, Allocation.id == OutboxMail.about_id)
    mails = union_all(
        news.where(Allocation.exhibition_id == exhibition.id), _of_message(exhibition, MessageRecipient.exhibitor_id)
    ).subquery()
    columns = _shown(EXHIBITOR, mails, Exhibitor.name, Exhibitor.slug, Exhibitor.email)
    return (
        select(*columns)
        .select_from(mails)
        .join(OutboxMail, OutboxMail.id == mails.c.mail_id)
        .join(Exhibitor, Exhibitor.id == mails.c.subject_id)
        .where(_still(Exhibitor.email))
    )


def _applications(exhibition: Exhibition) -> Any:
    """Also messages to an exhibitor without an address of its own, which went to the one of its application."""
    of_exhibitor = _of_message(exhibition, Application.id).join(
        Application, Application.exhibitor_id == MessageRecipient.exhibitor_id
    )
    mails = union_all(
        _direct(OutboxMail.about_id, application_mail.KINDS),
        _of_message(exhibition, MessageRecipient.application_id),
        of_exhibitor.join(Exhibitor, Exhibitor.id == Application.exhibitor_id).where(Exhibitor.email == ""),
    ).subquery()
    columns = _shown(APPLICATION, mails, Application.name, Application.reference, Application.email)
    return (
        select(*columns)
        .select_from(mails)
        .join(OutboxMail, OutboxMail.id == mails.c.mail_id)
        .join(Application, Application.id == mails.c.subject_id)
        .where(Application.exhibition_id == exhibition.id, _still(Application.email))
    )


_STATEMENTS = {REGISTRATION: _registrations, EXHIBITOR: _exhibitors, APPLICATION: _applications}


def of_edition(exhibition: Exhibition) -> list[UndeliverableAddress]:
    """Every address of the edition that does not work, the latest refusal first."""
    latest: dict[Reference, UndeliverableAddress] = {}
    for statement in _STATEMENTS.values():
        for row in db.session.execute(statement(exhibition).order_by(OutboxMail.id)):
            found = UndeliverableAddress(*row)
            latest[found.reference] = found
    return sorted(latest.values(), key=lambda one: -one.mail_id)


def how_many(exhibition: Exhibition) -> ColumnElement[int]:
    """The number of these addresses, as a part of another statement."""
    numbers = (
        statement.with_only_columns(func.count(statement.selected_columns["subject_id"].distinct())).scalar_subquery()
        for statement in (made(exhibition) for made in _STATEMENTS.values())
    )
    return reduce(add, numbers)


def page_of(exhibition: Exhibition, number: int) -> Page[UndeliverableAddress]:
    found = of_edition(exhibition)
    first = (number - 1) * PAGE_SIZE
    return Page(found[first : first + PAGE_SIZE], number, len(found) > first + PAGE_SIZE)


def of_subject(exhibition: Exhibition, kind: str, subject_id: int) -> UndeliverableAddress | None:
    """The address of one registration, exhibitor or application, if it does not work."""
    subject = {REGISTRATION: Registration.id, EXHIBITOR: Exhibitor.id, APPLICATION: Application.id}[kind]
    statement = _STATEMENTS[kind](exhibition).where(subject == subject_id).order_by(OutboxMail.id.desc()).limit(1)
    row = db.session.execute(statement).one_or_none()
    return None if row is None else UndeliverableAddress(*row)


@transaction
def correct(actor: Actor, exhibition: Exhibition, subject: Reference, email: str) -> None:
    """Put the right address in place of one that does not work, and send again what was refused last.

    An exhibitor and its application in the edition that have the same wrong address are corrected together. With the
    same address it is tried once more. Raises NotFound for a subject of another edition, and Refused
    ``address_corrected`` (409) when its address is not refused, or was corrected by somebody else meanwhile, and
    ``contact_people`` (409) when the right address has too many people on the day of a visitor's pass.
    """
    _require(exhibition, subject)
    line = of_subject(exhibition, *subject)
    if line is None:
        raise Refused("address_corrected", _l("This address was corrected already, or a mail has reached it since."))
    for other in (subject, *_same_address(exhibition, line)):
        refused = of_subject(exhibition, *other)
        if line.email != email:
            _store(actor, exhibition, other, email)
        if refused is not None:
            _send_again(refused)


def _require(exhibition: Exhibition, subject: Reference) -> None:
    kind, subject_id = subject
    if kind == REGISTRATION:
        visitors.get_of(exhibition, subject_id)
    elif kind == APPLICATION:
        applications.get(exhibition, subject_id)
    elif db.session.get(Exhibitor, subject_id) is None:
        raise NotFound


def _same_address(exhibition: Exhibition, line: UndeliverableAddress) -> list[Reference]:
    """The exhibitor's applications in the edition, or the application's exhibitor, that have the same address."""
    if line.kind == REGISTRATION:
        return []
    this, other, kind = Application.id, Exhibitor.id, EXHIBITOR
    if line.kind == EXHIBITOR:
        this, other, kind = Exhibitor.id, Application.id, APPLICATION
    email = Exhibitor.email if kind == EXHIBITOR else Application.email
    statement = (
        select(other)
        .select_from(Application)
        .join(Exhibitor, Exhibitor.id == Application.exhibitor_id)
        .where(Application.exhibition_id == exhibition.id, this == line.subject_id)
        .where(func.lower(email) == line.email.lower())
    )
    return [(kind, number) for number in db.session.scalars(statement)]


def _store(actor: Actor, exhibition: Exhibition, subject: Reference, email: str) -> None:
    kind, subject_id = subject
    if kind == EXHIBITOR:
        exhibitors.set_email(actor, db.session.get_one(Exhibitor, subject_id), email)
        return
    if kind == APPLICATION:
        application = db.session.get_one(Application, subject_id)
        application.email, name = email, application.reference
    else:
        contact = db.session.get_one(VisitorContact, subject_id)
        require_room_at_desk(visitors.get_of(exhibition, subject_id), phone=contact.phone, email=email)
        contact.email = email
        name = db.session.get_one(Registration, subject_id).reference
    # Without the addresses: nothing can be erased from the trail.
    record(actor, f"{kind}.correct_address", kind, subject_id, name=name)


def _send_again(line: UndeliverableAddress) -> None:
    if line.mail_kind in outbox.composers:
        if line.mail_kind == MAIL_KIND:
            recipient = update(MessageRecipient).where(MessageRecipient.id == line.about_id)
            db.session.execute(recipient.values(state=RecipientState.POSTED))
        outbox.requeue(line.mail_id)
    elif line.kind == EXHIBITOR:
        allocation_messages.tell_again(line.about_id, line.mail_kind)
    else:
        application_mail.links([db.session.get_one(Application, line.subject_id)])
