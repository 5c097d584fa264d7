"""Reading all that hangs on the days of a fair."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, or_, select

from exhibition.allocation.claimed_days import claimed_days
from exhibition.allocation.conditions import live_at
from exhibition.allocation.models import Allocation
from exhibition.allocation.rules import EXPIRING
from exhibition.badges.models import Badge, BadgeState
from exhibition.core import clock
from exhibition.core.db import Base, db
from exhibition.core.sql.statements import table_of
from exhibition.editions.rules.consequences import Planned, Session, Standing
from exhibition.editions.rules.session_acts import SeatedParty
from exhibition.gate.models import HallCap
from exhibition.gate.occupancy import caps
from exhibition.venue.models import DisinfectionRound
from exhibition.visitors.models import TimeSlot, VisitorPass, WaitingParty


def read(exhibition_id: int) -> Standing:
    """All of an edition that its days matter to; the same few queries for any number of people."""
    now = clock.now()
    return Standing(
        sessions=sessions(exhibition_id),
        rounds=_planned(DisinfectionRound, exhibition_id, DisinfectionRound.done_at.is_(None)),
        caps=_planned(HallCap, exhibition_id, HallCap.starts_at > now),
        deadlines=_deadlines(exhibition_id, now),
        claimed=claimed_days(exhibition_id),
        badges=_badges(exhibition_id),
        inside=caps.hall(exhibition_id, now)[0],
    )


def sessions(exhibition_id: int) -> list[Session]:
    """Every session of the edition, by id."""
    named = exists().where(VisitorPass.slot_id == TimeSlot.id)
    begun = named.where(VisitorPass.admitted > 0)
    used = or_(named, exists().where(WaitingParty.slot_id == TimeSlot.id))
    columns = (
        TimeSlot.id,
        TimeSlot.starts_at,
        TimeSlot.ends_at,
        TimeSlot.state,
        TimeSlot.reserved,
        TimeSlot.issued,
        begun.label("begun"),
        TimeSlot.number,
        TimeSlot.capacity,
        TimeSlot.note,
        used.label("used"),
    )
    rows = db.session.execute(select(*columns).where(TimeSlot.exhibition_id == exhibition_id).order_by(TimeSlot.id))
    return [Session(*row) for row in rows]


def parties(slot_ids: Collection[int], pass_ids: Collection[int] | None = None) -> list[SeatedParty]:
    """The passes that name these sessions, valid or not, by the time of their registration; or some of them."""
    statement = (
        select(
            VisitorPass.id,
            VisitorPass.slot_id,
            VisitorPass.party_size,
            VisitorPass.released,
            VisitorPass.state,
            VisitorPass.admitted,
        )
        .where(VisitorPass.slot_id.in_(slot_ids))
        .order_by(VisitorPass.registration_id)
    )
    if pass_ids is not None:
        statement = statement.where(VisitorPass.id.in_(pass_ids))
    return [SeatedParty(*row) for row in db.session.execute(statement)]


def _planned(model: type[Base], exhibition_id: int, *conditions: Any) -> list[Planned]:
    """Whole rows, by time: one that is taken away must be able to come back."""
    table = table_of(model)
    statement = select(table).where(table.c.exhibition_id == exhibition_id, *conditions).order_by(table.c.starts_at)
    return [Planned(row["id"], dict(row)) for row in db.session.execute(statement).mappings()]


def _deadlines(exhibition_id: int, now: datetime) -> dict[int, datetime]:
    statement = select(Allocation.id, Allocation.expires_at).where(
        Allocation.exhibition_id == exhibition_id, Allocation.state.in_(EXPIRING), live_at(now)
    )
    return {row.id: row.expires_at for row in db.session.execute(statement.order_by(Allocation.id))}


def _badges(exhibition_id: int) -> int:
    valid = Badge.exhibition_id == exhibition_id, Badge.state == BadgeState.VALID
    return db.session.scalar(select(func.count()).select_from(Badge).where(*valid)) or 0
