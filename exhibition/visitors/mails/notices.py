"""Telling everybody who has a place in some sessions: one mail for each registration with an address.

The mails are made when they are sent (``pass_mail``), so each tells of the pass as it is then.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, cast, delete, func, insert, literal, select

from exhibition.core import clock, outbox
from exhibition.core.db import db
from exhibition.core.outbox import MailState, OutboxMail
from exhibition.visitors.models import MessageKind, PassState, TimeSlot, VisitorContact, VisitorPass


@dataclass(frozen=True)
class Reached:
    """How many mails reach how many people."""

    mails: int
    people: int


def _addressed(sessions: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    """Who may still come and left an address."""
    return (
        VisitorPass.registration_id == VisitorContact.registration_id,
        VisitorPass.slot_id.in_(select(TimeSlot.id).where(sessions)),
        VisitorPass.state == PassState.VALID,
        VisitorPass.admitted < VisitorPass.party_size,
        VisitorContact.email.is_not(None),
    )


def reach(sessions: ColumnElement[bool]) -> Reached:
    """Who would be written to, of the people with a place in the sessions that meet the condition."""
    people = func.coalesce(func.sum(VisitorPass.party_size - VisitorPass.released), 0)
    mails, reached = db.session.execute(select(func.count(), people).where(*_addressed(sessions))).one()
    return Reached(mails, reached)


def tell(sessions: ColumnElement[bool], kind: MessageKind, news: str) -> Reached:
    """Write to everybody in the sessions, in the open transaction; ``news`` names the occasion, once for each of them.

    Nobody is written to whose pass is not valid or used up.
    """
    reached = reach(sessions)
    if reached.mails:
        values = outbox.QUEUED | {
            "about_id": VisitorPass.registration_id,
            "dedupe_key": literal(f"{news}: registration ") + cast(VisitorPass.registration_id, String),
        }
        rows = select(*values.values()).where(*_addressed(sessions)).params(kind=kind, now=clock.now())
        db.session.execute(insert(outbox.MAIL).from_select(list(values), rows, include_defaults=False))
        outbox.send_after_commit()
    return reached


def withdraw(sessions: ColumnElement[bool]) -> None:
    """Take back the mails about these sessions' times that nobody has begun to send: newer ones take their place."""
    inside = VisitorPass.slot_id.in_(select(TimeSlot.id).where(sessions))
    registrations = select(VisitorPass.registration_id).where(inside)
    unsent = OutboxMail.state == MailState.QUEUED, OutboxMail.attempts == 0
    kinds = OutboxMail.kind.in_((MessageKind.MOVED, MessageKind.CLOSED))
    db.session.execute(delete(OutboxMail).where(kinds, *unsent, OutboxMail.about_id.in_(registrations)))
