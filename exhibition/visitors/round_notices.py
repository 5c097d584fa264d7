"""Visitors with a place in a session that a disinfection round closes are asked to move.

The pass page asks everybody; those with an e-mail address also get a mail, once for each round.
"""

from sqlalchemy import String, cast, func, insert, literal, select

from exhibition.core import clock, outbox
from exhibition.core.db import db
from exhibition.venue import rounds
from exhibition.venue.models import DisinfectionRound, Exhibition
from exhibition.venue.rounds import Displaced
from exhibition.visitors.models import MessageKind, PassState, TimeSlot, VisitorContact, VisitorPass


def ask_to_move(exhibition: Exhibition, **sent: DisinfectionRound) -> Displaced:
    """Count the people with a place in slots wholly within the round, and write to them; handles ``rounds.planned``.

    No mail goes out for a pass that is not valid or used up, or whose slot is over. The same few statements for any
    number of people.
    """
    planned, now = sent["round"], clock.now()
    closed = (
        TimeSlot.exhibition_id == exhibition.id,
        TimeSlot.starts_at >= planned.starts_at,
        TimeSlot.ends_at <= planned.ends_at,
        TimeSlot.ends_at > now,
    )
    people = db.session.execute(select(func.coalesce(func.sum(TimeSlot.issued), 0)).where(*closed)).scalar_one()
    addressed = (
        VisitorPass.registration_id == VisitorContact.registration_id,
        VisitorPass.slot_id.in_(select(TimeSlot.id).where(*closed)),
        VisitorPass.state == PassState.VALID,
        VisitorPass.admitted < VisitorPass.party_size,
        VisitorContact.email.is_not(None),
    )
    counted = select(func.count(), func.coalesce(func.sum(VisitorPass.party_size - VisitorPass.released), 0))
    mails, reached = db.session.execute(counted.where(*addressed)).one()
    if mails:
        # With the moment of planning, because SQLite gives the id of a deleted round to a new one.
        told_of = f"round {planned.id} of {planned.planned_at}: registration "
        values = outbox.QUEUED | {
            "about_id": VisitorPass.registration_id,
            "dedupe_key": literal(told_of) + cast(VisitorPass.registration_id, String),
        }
        rows = select(*values.values()).where(*addressed).params(kind=MessageKind.CLOSED, now=now)
        db.session.execute(insert(outbox.MAIL).from_select(list(values), rows, include_defaults=False))
        outbox.send_after_commit()
    return Displaced(people, mails, reached)


rounds.planned.connect(ask_to_move)
