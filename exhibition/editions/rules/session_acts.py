"""What an organizer does to single sessions: the rows that change, or what stands in the way.

Like all rules it reads and writes nothing. People keep a place whatever happens: a session is taken away only when
nobody is or was in it, or when all of its people go into another one.
"""

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from exhibition.editions.rules.consequences import CLOSED, OPEN, ChangedTable, Done, RowChange, Session
from exhibition.venue.rules.fair_hours import FairHours
from exhibition.visitors.rules import LARGEST_CAPACITY, LARGEST_NUMBER, window_fault

Window: TypeAlias = tuple[datetime, datetime]
VALID = "valid"


@dataclass(frozen=True)
class SeatedParty:
    """A pass with the session that it names. ``released``: places that were given to others."""

    pass_id: int
    session_id: int
    people: int
    released: int
    state: str
    admitted: int

    @property
    def can_move(self) -> bool:
        """Whether it still opens a gate and nobody was let in on it."""
        return self.state == VALID and self.admitted == 0


@dataclass(frozen=True)
class NewSessions:
    """Sessions for ``people`` each. Those that cannot be are left out, unless there is no other."""

    windows: Sequence[Window]
    people: int
    note: str = ""
    done = Done.ADD


@dataclass(frozen=True)
class OtherTimes:
    """Sessions that begin and end at other times, by their ids."""

    times: Mapping[int, Window]
    done: Done = Done.RETIME


class Going(enum.StrEnum):
    """Who goes into the second half of a session that is split."""

    NOBODY = "nobody"
    REST = "rest"
    """Who does not fit into the first half any more: those who registered last."""
    ALL = "all"


@dataclass(frozen=True)
class Division:
    """One session becomes two, the second beginning at ``at``, for so many people each."""

    session_id: int
    at: datetime
    capacities: tuple[int, int]
    going: Going = Going.NOBODY
    done = Done.SPLIT


@dataclass(frozen=True)
class Joining:
    """Two neighbouring sessions become one, with the people and the capacity of both."""

    session_ids: tuple[int, int]
    done = Done.MERGE


@dataclass(frozen=True)
class Removal:
    """Sessions that nobody is or was in are taken away."""

    session_ids: Collection[int]
    done = Done.REMOVE


@dataclass(frozen=True)
class OtherSettings:
    """Capacity, state, note or whether places are kept, by the sessions' ids."""

    values: Mapping[int, Mapping[str, Any]]
    done = Done.SETTINGS


@dataclass(frozen=True)
class Resettling:
    """People of one session go into another: those with these passes, or all who can."""

    source_id: int
    target_id: int
    pass_ids: frozenset[int] | None = None
    done = Done.PEOPLE


SessionAct: TypeAlias = NewSessions | OtherTimes | Division | Joining | Removal | OtherSettings | Resettling


class ActFault(enum.StrEnum):
    """What stands in the way; the value is the refusal's code."""

    WINDOW = "slot_window"
    OUTSIDE = "slot_outside"
    PAST_START = "slot_begun"
    OVERLAP = "slot_overlap"
    ENTERED = "slot_entered"
    """Somebody was let in already."""
    USED = "slot_used"
    APART = "slots_apart"
    BELOW_ISSUED = "capacity_below_issued"
    FULL = "slot_full"
    NOBODY = "nobody_to_move"
    TOO_MANY = "too_many_slots"


@dataclass(frozen=True)
class Objection:
    """Why something cannot be done. ``room`` and ``people``: how many fit, and how many there are."""

    fault: ActFault
    session: Session | None = None
    other: Session | None = None
    room: int = 0
    people: int = 0


@dataclass(frozen=True)
class ProposedSession:
    """A session that would be added; with a ``fault`` it is left out, ``other`` is what it overlaps."""

    starts_at: datetime
    ends_at: datetime
    fault: ActFault | None = None
    other: Session | None = None


@dataclass(frozen=True)
class Timetable:
    """The sessions of an edition beside its hours. ``anyway``: what is odd is meant so."""

    sessions: Mapping[int, Session]
    hours: FairHours
    now: datetime
    anyway: bool = False

    def overlapped(self, window: Window, without: Collection[int] = ()) -> Session | None:
        """The first session that overlaps the window."""
        starts_at, ends_at = window
        found = [
            one
            for one in self.sessions.values()
            if one.id not in without and one.starts_at < ends_at and one.ends_at > starts_at
        ]
        return min(found, key=lambda one: one.starts_at, default=None)

    def odd(self, window: Window, was: Window | None = None) -> ActFault | None:
        """What is odd about a window, unless it is meant so: as for a new session, or for one that was at ``was``."""
        if self.anyway:
            return None
        fault = window_fault(self.hours, *window, self.now)
        if fault is None or (was is not None and was[0] == window[0] and fault.value == ActFault.PAST_START.value):
            return None
        return ActFault(fault.value)


def proposed(act: NewSessions, table: Timetable) -> list[ProposedSession]:
    """What becomes of each of the windows."""
    return [_proposed(window, table) for window in act.windows]


def _proposed(window: Window, table: Timetable) -> ProposedSession:
    if window[0] >= window[1]:
        return ProposedSession(*window, ActFault.WINDOW)
    other = table.overlapped(window)
    return ProposedSession(*window, ActFault.OVERLAP if other else table.odd(window), other)


def rows_of(act: SessionAct, table: Timetable, parties: Sequence[SeatedParty] = ()) -> list[RowChange] | Objection:
    """The rows that change, new sessions under negative ids; or why nothing can."""
    match act:
        case NewSessions():
            return _new(act, table)
        case OtherTimes():
            return _retimed(act, table)
        case Removal():
            return _removed(act, table)
        case OtherSettings():
            return _set(act, table)
        case Division() | Joining() | Resettling():
            return _with_people(act, table, parties)


def _with_people(
    act: Division | Joining | Resettling, table: Timetable, parties: Sequence[SeatedParty]
) -> list[RowChange] | Objection:
    match act:
        case Division():
            return _divided(act, table, parties)
        case Joining():
            return _joined(act, table, parties)
        case Resettling():
            return _resettled(act, table, parties)


def _new(act: NewSessions, table: Timetable) -> list[RowChange] | Objection:
    every = proposed(act, table)
    good = [one for one in every if one.fault is None]
    if not good:
        first = every[0]
        assert first.fault is not None
        return Objection(first.fault, other=first.other)
    number = _next_number(table)
    if number + len(good) - 1 > LARGEST_NUMBER:
        return Objection(ActFault.TOO_MANY)
    return [
        RowChange(ChangedTable.SESSION, -place, None, _new_row(number + place - 1, one, act.people, act.note))
        for place, one in enumerate(good, start=1)
    ]


def _next_number(table: Timetable) -> int:
    return max((session.number for session in table.sessions.values()), default=0) + 1


def _new_row(number: int, window: ProposedSession, capacity: int, note: str, state: str = OPEN) -> dict[str, Any]:
    return {
        "number": number,
        "starts_at": window.starts_at,
        "ends_at": window.ends_at,
        "capacity": capacity,
        "issued": 0,
        "state": state,
        "note": note,
        "reserved": False,
    }


def _changed(session: Session, **values: Any) -> RowChange:
    return RowChange(ChangedTable.SESSION, session.id, session.whole_row, session.whole_row | values)


def _retimed(act: OtherTimes, table: Timetable) -> list[RowChange] | Objection:
    new = {id_: window for id_, window in act.times.items() if window != _window(table.sessions[id_])}
    for id_, window in new.items():
        session = table.sessions[id_]
        if window[0] >= window[1]:
            return Objection(ActFault.WINDOW, session)
        if session.begun and (window[0] != session.starts_at or window[1] < session.ends_at):
            return Objection(ActFault.ENTERED, session)
        if odd := table.odd(window, _window(session)):
            return Objection(odd, session)
        other = table.overlapped(window, new) or _overlapped_among(id_, new, table)
        if other is not None:
            return Objection(ActFault.OVERLAP, session, other)
    return [_changed(table.sessions[id_], starts_at=begins, ends_at=ends) for id_, (begins, ends) in new.items()]


def _window(session: Session) -> Window:
    return session.starts_at, session.ends_at


def _overlapped_among(id_: int, new: Mapping[int, Window], table: Timetable) -> Session | None:
    """Which of the other retimed sessions it would overlap."""
    starts_at, ends_at = new[id_]
    overlapping = (other for other, window in new.items() if window[0] < ends_at and window[1] > starts_at)
    return next((table.sessions[other] for other in overlapping if other != id_), None)


def _divided(act: Division, table: Timetable, parties: Sequence[SeatedParty]) -> list[RowChange] | Objection:
    session = table.sessions[act.session_id]
    if not session.starts_at < act.at < session.ends_at:
        return Objection(ActFault.WINDOW, session)
    if session.begun:
        return Objection(ActFault.ENTERED, session)
    number = _next_number(table)
    if number > LARGEST_NUMBER:
        return Objection(ActFault.TOO_MANY)
    first, second = act.capacities
    going = _going(act, session, parties)
    moved = sum(party.people for party in going)
    stay = session.people - sum(party.people - party.released for party in going)
    if stay > first:
        return Objection(ActFault.FULL, session, room=first, people=stay)
    if moved > second:
        return Objection(ActFault.FULL, session, room=second, people=moved)
    half = ProposedSession(act.at, session.ends_at)
    row = _new_row(number, half, second, session.note, session.state) | {"reserved": session.reserved}
    return [
        _changed(session, ends_at=act.at, capacity=first),
        RowChange(ChangedTable.SESSION, -1, None, row),
        *(_moved(party, -1) for party in going),
    ]


def _going(act: Division, session: Session, parties: Sequence[SeatedParty]) -> list[SeatedParty]:
    can = [party for party in parties if party.can_move]
    match act.going:
        case Going.NOBODY:
            return []
        case Going.ALL:
            return can
        case Going.REST:
            going: list[SeatedParty] = []
            left = session.people
            for party in reversed(can):
                if left <= act.capacities[0]:
                    break
                going.append(party)
                left -= party.people - party.released
            return going


def _moved(party: SeatedParty, target_id: int, *, released: int = 0) -> RowChange:
    was = {"slot_id": party.session_id, "released": party.released}
    return RowChange(ChangedTable.PASS, party.pass_id, was, {"slot_id": target_id, "released": released})


def _joined(act: Joining, table: Timetable, parties: Sequence[SeatedParty]) -> list[RowChange] | Objection:
    one, other = (table.sessions[id_] for id_ in act.session_ids)
    first, second = sorted((one, other), key=lambda session: session.starts_at)
    if one.id == other.id or table.overlapped((first.ends_at, second.starts_at), act.session_ids):
        return Objection(ActFault.APART, first, second)
    if first.begun or second.begun:
        return Objection(ActFault.ENTERED, first if first.begun else second)
    window = first.starts_at, second.ends_at
    if odd := table.odd(window, _window(first)):
        return Objection(odd, first)
    state = OPEN if OPEN in (first.state, second.state) else CLOSED
    reserved = first.reserved and second.reserved
    capacity = first.capacity + second.capacity
    if capacity > LARGEST_CAPACITY:
        return Objection(ActFault.FULL, first, room=LARGEST_CAPACITY, people=capacity)
    return [
        _changed(first, ends_at=second.ends_at, capacity=capacity, state=state, reserved=reserved),
        *(_moved(party, first.id, released=party.released) for party in parties if party.session_id == second.id),
        RowChange(ChangedTable.SESSION, second.id, second.whole_row | {"number": second.number}, None),
    ]


def _removed(act: Removal, table: Timetable) -> list[RowChange] | Objection:
    sessions = [table.sessions[id_] for id_ in act.session_ids]
    if used := next((session for session in sessions if session.used), None):
        return Objection(ActFault.USED, used, people=used.people)
    return [RowChange(ChangedTable.SESSION, one.id, one.whole_row | {"number": one.number}, None) for one in sessions]


def _set(act: OtherSettings, table: Timetable) -> list[RowChange] | Objection:
    rows: list[RowChange] = []
    for id_, values in act.values.items():
        session = table.sessions[id_]
        row = _changed(session, **values)
        assert row.after is not None
        if row.after["capacity"] < session.people:
            return Objection(ActFault.BELOW_ISSUED, session, people=session.people)
        opens = row.after["state"] == OPEN and not row.after["reserved"] and not session.gives_places
        if opens and not table.anyway and not table.hours.hold(*_window(session)):
            return Objection(ActFault.OUTSIDE, session)
        rows.append(row)
    return _real(rows)


def _real(rows: Iterable[RowChange]) -> list[RowChange]:
    return [row for row in rows if row.before != row.after]


def _resettled(act: Resettling, table: Timetable, parties: Sequence[SeatedParty]) -> list[RowChange] | Objection:
    source, target = table.sessions[act.source_id], table.sessions[act.target_id]
    going = [party for party in parties if party.can_move and party.session_id == source.id]
    if not going or source.id == target.id:
        return Objection(ActFault.NOBODY, source)
    people, room = sum(party.people for party in going), target.capacity - target.people
    if people > room:
        return Objection(ActFault.FULL, target, room=room, people=people)
    return [_moved(party, target.id) for party in going]
