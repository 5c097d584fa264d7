"""Time slots: free places, taking and freeing them.

Places are only taken by a guarded UPDATE (docs/adr/0002-transactions.md); a CHECK stands behind it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import ColumnElement, Connection, Integer, bindparam, case, literal, or_, select, update
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLColumnExpression

from exhibition.core.db import Moment, db
from exhibition.core.errors import NotFound, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.core.sql.statements import Statement, table_of
from exhibition.venue.models import DisinfectionRound, Exhibition
from exhibition.venue.rules.edition_states import STANDS_STILL, EditionState
from exhibition.visitors import rules
from exhibition.visitors.models import SlotState, TimeSlot, WaitingParty, WaitingState

FREE_NEXT = 3
freed: list[Callable[[int], None]] = []
"""What follows, in the same transaction, when places of a slot are free again."""


@dataclass(frozen=True)
class Slot:
    """A time slot, with its public values. ``capacity`` and ``issued`` count people."""

    id: int
    number: int
    starts_at: datetime
    ends_at: datetime
    capacity: int
    issued: int
    state: SlotState
    note: str
    reserved: bool
    """No further places are given out; who has one is let in."""
    disinfected_from: datetime | None
    """From this moment on, until the slot ends, a disinfection round keeps everybody out."""

    @property
    def remaining(self) -> int:
        """Places that are still given out."""
        return 0 if self.reserved else self.capacity - self.issued

    def is_closed_by_round(self, now: datetime) -> bool:
        """Whether the rest of the slot is nothing but a disinfection round."""
        return self.disinfected_from is not None and self.disinfected_from <= max(self.starts_at, now)

    def status(self, now: datetime) -> rules.SlotStatus:
        closed = self.state is SlotState.CLOSED or self.is_closed_by_round(now)
        return rules.slot_status(closed=closed, remaining=self.remaining, ends_at=self.ends_at, now=now)


_LASTS = (  # rounds do not overlap, so at most one lasts until the slot's end
    DisinfectionRound.exhibition_id == TimeSlot.exhibition_id,
    DisinfectionRound.starts_at < TimeSlot.ends_at,
    DisinfectionRound.ends_at >= TimeSlot.ends_at,
)
DISINFECTED_FROM = select(DisinfectionRound.starts_at).where(*_LASTS).correlate(TimeSlot).limit(1).scalar_subquery()

COLUMNS: tuple[SQLColumnExpression[Any], ...] = (
    TimeSlot.id,
    TimeSlot.number,
    TimeSlot.starts_at,
    TimeSlot.ends_at,
    TimeSlot.capacity,
    TimeSlot.issued,
    TimeSlot.state,
    TimeSlot.note,
    TimeSlot.reserved,
    DISINFECTED_FROM.label("disinfected_from"),
)


def state_now(slot: Any) -> ColumnElement[SlotState]:
    """The state of ``slot`` (the class or its table's columns) as it counts: closed while its edition stands still."""
    still = slot.exhibition_id.in_(
        select(Exhibition.id).where(or_(*(Exhibition.state == one for one in sorted(STANDS_STILL))))
    )
    return case((still, literal(SlotState.CLOSED, slot.state.type)), else_=slot.state)


BOOKABLE_EDITIONS = select(Exhibition.id).where(Exhibition.state == EditionState.PUBLISHED)
_AS_THEY_COUNT = (state_now(TimeSlot).label("state") if one is TimeSlot.state else one for one in COLUMNS)
OF_EDITION = (
    select(*_AS_THEY_COUNT).where(TimeSlot.exhibition_id == bindparam("exhibition_id")).order_by(TimeSlot.starts_at)
)


def from_row(row: Sequence[Any]) -> Slot:
    """The slot in a row that begins with COLUMNS."""
    return Slot(*row[: len(COLUMNS)])


def of_edition(exhibition_id: int) -> list[Slot]:
    """Every slot of the edition, by time."""
    return _of(db.session.connection(), exhibition_id)


def _of(connection: Connection, exhibition_id: int) -> list[Slot]:
    return [from_row(row) for row in connection.execute(OF_EDITION, {"exhibition_id": exhibition_id})]


@dataclass(frozen=True)
class DaySlots:
    date: date
    slots: list[Slot]


def by_day(slots: list[Slot], timezone: str) -> list[DaySlots]:
    """The slots by the day they begin on in the edition's time zone; ``slots`` are in order of time."""
    zone = ZoneInfo(timezone)
    days = groupby(slots, key=lambda slot: slot.starts_at.astimezone(zone).date())
    return [DaySlots(day, list(of_day)) for day, of_day in days]


def get(exhibition: Exhibition, slot_id: int) -> Slot:
    """One slot of the edition. Raises NotFound."""
    row = None
    if slot_id <= LARGEST_ID:
        statement = select(*COLUMNS).where(TimeSlot.id == slot_id, TimeSlot.exhibition_id == exhibition.id)
        row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return from_row(row)


_DISINFECTED = (
    select(DisinfectionRound.id)
    .where(
        *_LASTS,
        or_(
            DisinfectionRound.starts_at <= TimeSlot.starts_at,
            DisinfectionRound.starts_at <= bindparam("now", type_=Moment),
        ),
    )
    .correlate(TimeSlot)
    .exists()
)


_SOMEBODY_BEFORE = (
    select(WaitingParty.id)
    .where(
        WaitingParty.slot_id == TimeSlot.id,
        WaitingParty.state == WaitingState.WAITING,
        WaitingParty.party_size <= TimeSlot.capacity - TimeSlot.issued,
        TimeSlot.starts_at > bindparam("now", type_=Moment),
    )
    .correlate(TimeSlot)
    .exists()
)
"""A party waits for whom there is room: it goes first, until the session begins (``waiting.rules.may_take``)."""

TAKING = (
    update(table_of(TimeSlot))
    .where(
        TimeSlot.id == bindparam("wanted"),
        TimeSlot.exhibition_id.in_(BOOKABLE_EDITIONS),
        TimeSlot.state == SlotState.OPEN,
        ~TimeSlot.reserved,
        TimeSlot.ends_at > bindparam("now", type_=Moment),
        TimeSlot.issued + bindparam("people", type_=Integer) <= TimeSlot.capacity,
        ~_DISINFECTED,
        ~_SOMEBODY_BEFORE,
    )
    .values(issued=TimeSlot.issued + bindparam("people", type_=Integer))
)
"""Takes places in a slot of a published edition; changes nothing when it cannot be."""
KEEPING = (
    update(table_of(TimeSlot))
    .where(
        TimeSlot.id == bindparam("wanted"),
        TimeSlot.exhibition_id.in_(BOOKABLE_EDITIONS),
        TimeSlot.state == SlotState.OPEN,
        TimeSlot.ends_at > bindparam("now", type_=Moment),
        ~_DISINFECTED,
    )
    .values(issued=TimeSlot.issued)
)
"""For places that were taken before, by an offer."""
_beside = aliased(TimeSlot)
TAKE_BESIDE = Statement(
    TAKING.where(
        TimeSlot.exhibition_id
        == select(_beside.exhibition_id).where(_beside.id == bindparam("beside")).scalar_subquery()
    ).returning(*COLUMNS),
    Slot,
)


def take(connection: Connection, slot_id: int, people: int, now: datetime, *, beside: int) -> Slot | None:
    """Take places in a slot of the same published edition as the slot ``beside``; None when it cannot be."""
    return TAKE_BESIDE.first(connection, {"wanted": slot_id, "people": people, "now": now, "beside": beside})


def free(slot_id: int, people: int) -> None:
    """Give places back, in whatever state the slot is."""
    statement = update(TimeSlot).where(TimeSlot.id == slot_id).values(issued=TimeSlot.issued - people)
    db.session.connection().execute(statement)
    for follow in freed:
        follow(slot_id)


def as_json(slot: Slot, now: datetime) -> dict[str, Any]:
    """The slot as in the JSON contract."""
    return {
        "id": slot.id,
        "starts_at": slot.starts_at.isoformat().replace("+00:00", "Z"),
        "ends_at": slot.ends_at.isoformat().replace("+00:00", "Z"),
        "capacity": slot.capacity,
        "remaining": slot.remaining,
        "state": slot.status(now).value,
    }


def _somebody_waits(connection: Connection, slot: Slot) -> bool:
    """Whether the free places of a slot that has not begun are for a party on its waiting list."""
    fits = WaitingParty.slot_id == slot.id, WaitingParty.party_size <= slot.remaining
    statement = select(WaitingParty.id).where(*fits, WaitingParty.state == WaitingState.WAITING)
    return connection.execute(statement.limit(1)).first() is not None


def refusal(connection: Connection, slot_id: int, people: int, now: datetime, *, beside: int | None = None) -> Refused:
    """Why places could not be taken, as ``slot_full``, ``slot_past``, ``slot_closed`` (409) or ``invalid`` (422).

    ``beside`` is the slot that the party has already: only slots of its edition are meant.
    ``slot_full`` carries ``remaining`` and ``next``: the soonest slots with room for the whole party.
    """
    edition = select(TimeSlot.exhibition_id).where(
        TimeSlot.id == (beside or slot_id), TimeSlot.exhibition_id.in_(BOOKABLE_EDITIONS)
    )
    exhibition_id = connection.scalar(edition)
    slots = [] if exhibition_id is None else _of(connection, exhibition_id)
    wanted = next((slot for slot in slots if slot.id == slot_id), None)
    if wanted is None:
        return Refused(
            "invalid", _l("There is no such session. Choose one from the list."), status=422, field="slot_id"
        )
    match wanted.status(now):
        case rules.SlotStatus.PAST:
            return Refused("slot_past", _l("This session is over. Choose a later one."), field="slot_id")
        case rules.SlotStatus.CLOSED if wanted.is_closed_by_round(now):
            message = _l("The hall is disinfected during this session. Choose another one.")
            return Refused("slot_closed", message, field="slot_id")
        case rules.SlotStatus.CLOSED:
            return Refused("slot_closed", _l("This session is closed. Choose another one."), field="slot_id")
        case _:
            pass
    others_wait = wanted.remaining >= people and wanted.starts_at > now and _somebody_waits(connection, wanted)
    remaining = 0 if others_wait else wanted.remaining
    room = [slot for slot in slots if slot.status(now) is rules.SlotStatus.OPEN and slot.remaining >= people]
    if others_wait:
        room.remove(wanted)
    room.sort(key=lambda slot: (slot.starts_at < wanted.starts_at, slot.starts_at))
    if others_wait:
        message = _l("Others wait for the places that are free in this session. Join its waiting list.")
    elif remaining > 0:
        message = ngettext(
            "Only %(num)s place is left in this session. Choose another one, or come with fewer.",
            "Only %(num)s places are left in this session. Choose another one, or come with fewer.",
            remaining,
        )
    else:
        message = _l("This session is full. Choose another one.")
    return Refused(
        "slot_full",
        message,
        field="slot_id",
        remaining=remaining,
        next=[as_json(slot, now) for slot in room[:FREE_NEXT]],
    )
