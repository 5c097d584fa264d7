"""Visitors with a place in a session that a disinfection round closes are asked to move.

The pass page asks everybody; those with an e-mail address also get a mail, once for each round.
"""

from sqlalchemy import and_, func, select

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.venue import rounds
from exhibition.venue.models import DisinfectionRound, Exhibition
from exhibition.venue.rounds import Displaced
from exhibition.visitors.mails import notices
from exhibition.visitors.models import MessageKind, TimeSlot


def ask_to_move(exhibition: Exhibition, **sent: DisinfectionRound) -> Displaced:
    """Count the people with a place in slots wholly within the round, and write to them; handles ``rounds.planned``.

    Nobody is written to whose slot is over. The same few statements for any number of people.
    """
    planned = sent["round"]
    closed = and_(
        TimeSlot.exhibition_id == exhibition.id,
        TimeSlot.starts_at >= planned.starts_at,
        TimeSlot.ends_at <= planned.ends_at,
        TimeSlot.ends_at > clock.now(),
    )
    people = db.session.execute(select(func.coalesce(func.sum(TimeSlot.issued), 0)).where(closed)).scalar_one()
    # With the moment of planning, for SQLite gives the id of a round that was taken away to another one.
    told = notices.tell(notices.in_sessions(closed), MessageKind.CLOSED, f"round {planned.id} of {planned.planned_at}")
    return Displaced(people, told.mails, told.people)


rounds.planned.connect(ask_to_move)
