"""How long the lines of sessions are and how likely a place is, as said to who waits or thinks of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.visitors import slots
from exhibition.visitors.models import PassState, Registration, VisitorPass, WaitingParty, WaitingState
from exhibition.visitors.waiting import rules
from exhibition.visitors.waiting.rules import Chance, PlacesBack

NOTHING = PlacesBack(0, 0, None)


@dataclass(frozen=True)
class SessionLine:
    """The line of a session: how many people wait, and how likely a place is to one more."""

    people: int
    chance: Chance


def places_back(slot_ids: Sequence[int]) -> dict[int, PlacesBack]:
    """What has come back of sessions until now; those for which nobody has registered are left out."""
    ended = VisitorPass.state != PassState.VALID
    people = func.sum(VisitorPass.party_size)
    statement = (
        select(
            VisitorPass.slot_id,
            func.coalesce(people, 0),
            func.coalesce(people.filter(ended), 0),
            func.min(Registration.created_at),
        )
        .join(Registration, Registration.id == VisitorPass.registration_id)
        .where(VisitorPass.slot_id.in_(slot_ids))
        .group_by(VisitorPass.slot_id)
    )
    return {slot_id: PlacesBack(issued, back, since) for slot_id, issued, back, since in db.session.execute(statement)}


def session_lines(sessions: Sequence[slots.Slot]) -> dict[int, SessionLine]:
    """The lines of these sessions, by their ids."""
    ids, now = [slot.id for slot in sessions], clock.now()
    people = func.sum(WaitingParty.party_size).label("people")
    statement = select(WaitingParty.slot_id, people).where(
        WaitingParty.slot_id.in_(ids), WaitingParty.state == WaitingState.WAITING
    )
    waiting = {row.slot_id: row.people for row in db.session.execute(statement.group_by(WaitingParty.slot_id))}
    back = places_back(ids)
    return {
        slot.id: SessionLine(
            waiting.get(slot.id, 0),
            rules.chance(back.get(slot.id, NOTHING), waiting.get(slot.id, 0) + 1, slot.starts_at, now),
        )
        for slot in sessions
    }
