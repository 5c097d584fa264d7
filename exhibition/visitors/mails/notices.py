"""Telling people about their passes, such as all who have a place in some sessions: one mail for each registration with
an address.

The mails are made when they are sent (``pass_mail``), so each tells of the pass as it is then.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, and_, cast, delete, func, insert, literal, select

from exhibition.core import clock, outbox
from exhibition.core.db import db
from exhibition.core.outbox import MailState, OutboxMail
from exhibition.visitors.models import MessageKind, PassState, Registration, TimeSlot, VisitorContact, VisitorPass


@dataclass(frozen=True)
class Reached:
    """How many mails reach how many people."""

    mails: int
    people: int


@dataclass(frozen=True)
class Unreached:
    """Somebody with a pass and without an e-mail address; no name once it is erased, or where none was asked."""

    registration_id: int
    reference: str
    name: str | None
    phone: str | None
    people: int


PEOPLE = VisitorPass.party_size - VisitorPass.released


def in_sessions(sessions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Passes with a place in the sessions that meet the condition."""
    return VisitorPass.slot_id.in_(select(TimeSlot.id).where(sessions))


def _coming(who: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    """Those of the passes on which somebody may still come."""
    return who, VisitorPass.state == PassState.VALID, VisitorPass.admitted < VisitorPass.party_size


def _addressed(who: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    """Who may still come and left an address."""
    return (
        VisitorPass.registration_id == VisitorContact.registration_id,
        *_coming(who),
        VisitorContact.email.is_not(None),
    )


def reach(who: ColumnElement[bool]) -> Reached:
    """Who would be written to, of the people with passes that meet the condition."""
    people = func.coalesce(func.sum(PEOPLE), 0)
    mails, reached = db.session.execute(select(func.count(), people).where(*_addressed(who))).one()
    return Reached(mails, reached)


def unreached(who: ColumnElement[bool]) -> list[Unreached]:
    """Who may still come and cannot be written to."""
    statement = (
        select(Registration.id, Registration.reference, VisitorContact.name, VisitorContact.phone, PEOPLE)
        .join(VisitorPass, VisitorPass.registration_id == Registration.id)
        .outerjoin(VisitorContact, VisitorContact.registration_id == Registration.id)
        .where(*_coming(who), VisitorContact.email.is_(None))
        .order_by(Registration.id)
    )
    return [Unreached(*row) for row in db.session.execute(statement)]


def of_session(slot_id: int) -> tuple[Reached, list[Unreached]]:
    """Who of a session is written to when it is closed, and who cannot be."""
    who = VisitorPass.slot_id == slot_id
    return reach(who), unreached(who)


def tell(who: ColumnElement[bool], kind: MessageKind, news: str) -> Reached:
    """Write to everybody with such a pass, in the open transaction; ``news`` names the occasion, once for each of them.

    Nobody is written to whose pass is not valid or used up, or who was told of the occasion already.
    """
    key = literal(f"{news}: registration ") + cast(VisitorPass.registration_id, String)
    who = and_(who, ~select(OutboxMail.id).where(OutboxMail.dedupe_key == key).exists())
    reached = reach(who)
    if reached.mails:
        values = outbox.QUEUED | {"about_id": VisitorPass.registration_id, "dedupe_key": key}
        rows = select(*values.values()).where(*_addressed(who)).params(kind=kind, now=clock.now())
        db.session.execute(insert(outbox.MAIL).from_select(list(values), rows, include_defaults=False))
        outbox.send_after_commit()
    return reached


def withdraw(who: ColumnElement[bool]) -> None:
    """Take back the mails about these passes' times that nobody has begun to send: newer ones take their place."""
    registrations = select(VisitorPass.registration_id).where(who)
    unsent = OutboxMail.state == MailState.QUEUED, OutboxMail.attempts == 0
    kinds = OutboxMail.kind.in_((MessageKind.MOVED, MessageKind.CLOSED, MessageKind.REOPENED))
    db.session.execute(delete(OutboxMail).where(kinds, *unsent, OutboxMail.about_id.in_(registrations)))
