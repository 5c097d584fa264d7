"""What follows when a fair gets other days, hours or another zone: what lies outside, and what each way does of it.

Nothing is read or written here. A row is known by its table and id, and only the columns that change are told of it.
"""

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from exhibition.venue.rules.fair_hours import FairHours, Way

OPEN, CLOSED = "open", "closed"
"""The states of a session."""


class Done(enum.StrEnum):
    """What was done about a change of the fair's days, hours or place, or to its sessions."""

    MOVE = "move"
    CLOSE = "close"
    LEAVE = "leave"
    NOTHING = "nothing"
    """Nothing lay outside."""
    UNDO = "undo"
    PLACE = "place"
    """The fair takes place somewhere else."""
    ADD = "add"
    RETIME = "retime"
    SHIFT = "shift"
    SPLIT = "split"
    MERGE = "merge"
    REMOVE = "remove"
    SETTINGS = "settings"
    """Capacity, state, note of sessions."""
    PEOPLE = "people"
    """People were moved from one session to another."""


class ChangedTable(enum.StrEnum):
    """Whose rows hang on the fair's days, hours, sessions and place."""

    EDITION = "exhibition"
    SESSION = "time_slot"
    PASS = "visitor_pass"
    ROUND = "disinfection_round"
    CAP = "hall_cap"
    CLAIM = "allocation"


@dataclass(frozen=True)
class RowChange:
    """One row as it was and as it is to be; ``after`` None: it is taken away, ``before`` None: it comes back."""

    table: ChangedTable
    id: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    def exchanged(self) -> "RowChange":
        """The change that takes this one back."""
        return replace(self, before=self.after, after=self.before)


@dataclass(frozen=True)
class Session:
    """A session with the people who have a place in it; ``begun``: somebody was let in."""

    id: int
    starts_at: datetime
    ends_at: datetime
    state: str
    reserved: bool
    people: int
    begun: bool
    number: int = 0
    capacity: int = 0
    note: str = ""
    used: bool = False
    """Somebody is in it or was in it: a pass names it."""

    @property
    def row(self) -> dict[str, Any]:
        return {"starts_at": self.starts_at, "ends_at": self.ends_at, "state": self.state, "reserved": self.reserved}

    @property
    def whole_row(self) -> dict[str, Any]:
        return self.row | {"capacity": self.capacity, "note": self.note}

    @property
    def gives_places(self) -> bool:
        return self.state == OPEN and not self.reserved


@dataclass(frozen=True)
class Planned:
    """A round that was not sprayed, or a cap that is not in force yet: the whole row."""

    id: int
    row: Mapping[str, Any]

    @property
    def starts_at(self) -> datetime:
        return self.row["starts_at"]


@dataclass(frozen=True)
class Standing:
    """All that hangs on the days of a fair. ``deadlines`` are those of holds and offers, by allocation."""

    sessions: Sequence[Session] = ()
    rounds: Sequence[Planned] = ()
    caps: Sequence[Planned] = ()
    deadlines: Mapping[int, datetime] = field(default_factory=dict[int, datetime])
    claimed: Mapping[int, frozenset[date]] = field(default_factory=dict[int, frozenset[date]])
    """The days of each live claim on a booth, by allocation."""
    badges: int = 0
    """Valid ones; their days are the fair's by themselves."""
    inside: int = 0
    """People in the hall now."""


@dataclass(frozen=True)
class Counts:
    """How many of each; ``people`` have a place in the sessions, ``offers`` are holds and offers of booths."""

    sessions: int = 0
    people: int = 0
    rounds: int = 0
    caps: int = 0
    offers: int = 0
    badges: int = 0


@dataclass(frozen=True)
class Outside:
    """What lay within the fair and does not any more, and claims on booths that lose days of their own."""

    sessions: Sequence[Session]
    rounds: Sequence[Planned]
    caps: Sequence[Planned]
    deadlines: Mapping[int, datetime]
    claims: int
    clock_changes: bool
    """The sessions are those to come, which are at another hour by the clock of another zone."""

    def __bool__(self) -> bool:
        return bool(self.sessions or self.rounds or self.caps or self.deadlines or self.claims)

    @property
    def counts(self) -> Counts:
        people = sum(session.people for session in self.sessions)
        return Counts(len(self.sessions), people, len(self.rounds), len(self.caps), len(self.deadlines))


def outside(before: FairHours, after: FairHours, standing: Standing, now: datetime) -> Outside:
    """What of the things to come lies outside ``after`` and did not lie outside ``before``, so that it is news."""
    zone_changes = before.timezone != after.timezone
    coming = [session for session in standing.sessions if session.ends_at > now]

    def leaves(planned: Planned) -> bool:
        day = planned.starts_at
        return day > now and before.have_day_of(day) and not after.have_day_of(day)

    return Outside(
        sessions=coming if zone_changes else [one for one in coming if _left_out(one, before, after)],
        rounds=[one for one in standing.rounds if leaves(one)],
        caps=[one for one in standing.caps if leaves(one)],
        deadlines={
            id_: ends for id_, ends in standing.deadlines.items() if max(now, after.ends_at) < ends <= before.ends_at
        },
        claims=sum(
            1 for held in standing.claimed.values() if held != frozenset(before.days) and not held <= after.days.keys()
        ),
        clock_changes=zone_changes and bool(coming),
    )


def _left_out(session: Session, before: FairHours, after: FairHours) -> bool:
    """Whether it lay within the fair; one that the organizer put outside its hours only had a day of the fair."""
    window = session.starts_at, session.ends_at
    had_day = before.have_day_of(session.starts_at) and not after.have_day_of(session.starts_at)
    return not after.hold(*window) and (before.hold(*window) or had_day)


class Fault(enum.StrEnum):
    """Why sessions cannot move; the value is the refusal's code."""

    PEOPLE_INSIDE = "people_inside"
    INTO_PAST = "moves_into_past"
    """A session that has not begun would have begun."""


def fault(rows: Collection[RowChange], inside: int, now: datetime, moved_at: datetime | None = None) -> Fault | None:
    """Why these changes cannot be made while so many people are in the hall; None when they can.

    With ``moved_at`` they take back what was done then: what had begun at that moment may have begun again.
    """
    starts = [(was["starts_at"], becomes["starts_at"]) for _id, was, becomes in _sessions(rows)]
    starts = [(was, becomes) for was, becomes in starts if was != becomes]
    if starts and inside:
        return Fault.PEOPLE_INSIDE
    begin = [becomes for was, becomes in starts if becomes <= now < was]
    return Fault.INTO_PAST if any(moved_at is None or starts_at > moved_at for starts_at in begin) else None


def _sessions(rows: Collection[RowChange]) -> list[tuple[int, Mapping[str, Any], Mapping[str, Any]]]:
    """Of each session among the rows its id, what it was and what it becomes."""
    changes = [row for row in rows if row.table is ChangedTable.SESSION]
    return [(row.id, row.before, row.after) for row in changes if row.before is not None and row.after is not None]


@dataclass(frozen=True)
class Touched:
    """Sessions by what their people are told of: a new time, that they are closed, or that they are open again.

    ``retimed`` are all that begin at another time or end earlier, so that the passes in them need new tokens. One that
    only ends later keeps its passes: they hold, and their people get them again with the new end (``prolonged``).
    """

    retimed: Sequence[int]
    moved: Sequence[int]
    closed: Sequence[int]
    reopened: Sequence[int]
    prolonged: Sequence[int] = ()


def touched(rows: Collection[RowChange]) -> Touched:
    """What happens to the sessions among the rows. Those that were closed and stay so are told nothing new."""
    retimed: list[int] = []
    moved: list[int] = []
    closed: list[int] = []
    reopened: list[int] = []
    prolonged: list[int] = []
    for id_, was, becomes in _sessions(rows):
        new_time = was["starts_at"] != becomes["starts_at"] or becomes["ends_at"] < was["ends_at"]
        if new_time:
            retimed.append(id_)
        if becomes["state"] == CLOSED:
            if was["state"] == OPEN:
                closed.append(id_)
        elif new_time:
            moved.append(id_)
        elif was["state"] == CLOSED:
            reopened.append(id_)
        elif was["ends_at"] < becomes["ends_at"]:
            prolonged.append(id_)
    return Touched(retimed, moved, closed, reopened, prolonged)


def moved_passes(rows: Collection[RowChange]) -> list[int]:
    """The passes among the rows that go into another session."""
    return [row.id for row in rows if row.table is ChangedTable.PASS]


@dataclass(frozen=True)
class FairConsequences:
    """All rows that change, and the days that each claim gets where they are other ones."""

    rows: Sequence[RowChange]
    days: Mapping[int, frozenset[date]]
    counts: Counts
    """How many move; with another way than moving, how many lay outside."""


def consequences(
    way: Way | None, before: FairHours, after: FairHours, standing: Standing, now: datetime
) -> FairConsequences:
    """What follows when everything goes one way; None: nothing lies outside, so that only claims follow the days."""
    left = outside(before, after, standing, now)
    left_out = [session for session in left.sessions if _left_out(session, before, after)]
    match way:
        case Way.MOVE:
            rows = _moves(before, after, standing, now)
        case Way.CLOSE:
            rows = [_changed(one, state=CLOSED) for one in left_out if one.state == OPEN]
            rows += _ends(left, after, now)
        case Way.LEAVE:
            rows = [_changed(one, reserved=True) for one in left_out if one.gives_places]
        case None:
            rows = []
    badges = standing.badges if before.days.keys() != after.days.keys() else 0
    counts = _counted(rows, standing) if way is Way.MOVE else left.counts
    days = days_of_claims(before, after, standing.claimed, moves=way is Way.MOVE)
    return FairConsequences(rows, days, replace(counts, badges=badges))


def _changed(session: Session, **values: Any) -> RowChange:
    return RowChange(ChangedTable.SESSION, session.id, session.row, session.row | values)


def _moves(before: FairHours, after: FairHours, standing: Standing, now: datetime) -> list[RowChange]:
    """Everything goes along but what has taken place; sessions that find no room in the new hours are closed there."""
    rows: list[RowChange] = []
    for session in standing.sessions:
        starts_at, ends_at = session.starts_at, session.ends_at
        if not session.begun:
            lasts = ends_at - starts_at
            starts_at = before.follow(starts_at, after)
            ends_at = starts_at + lasts
        was_inside = before.hold(session.starts_at, session.ends_at)
        closes = ends_at > now and was_inside and not after.hold(starts_at, ends_at)
        state = CLOSED if closes or (session.begun and ends_at > now) else session.state
        rows.append(_changed(session, starts_at=starts_at, ends_at=ends_at, state=state))
    for table, planned in ((ChangedTable.ROUND, standing.rounds), (ChangedTable.CAP, standing.caps)):
        for one in planned:
            moments = {name: one.row[name] for name in ("starts_at", "ends_at") if name in one.row}
            moved = {name: before.follow(moment, after) for name, moment in moments.items()}
            rows.append(RowChange(table, one.id, moments, moved))
    later = timedelta(days=before.days_to(after))
    for id_, ends in standing.deadlines.items():
        if ends + later > now:  # nobody loses an offer because the fair comes sooner
            rows.append(RowChange(ChangedTable.CLAIM, id_, {"expires_at": ends}, {"expires_at": ends + later}))
    return [row for row in rows if row.before != row.after]


def _ends(left: Outside, after: FairHours, now: datetime) -> list[RowChange]:
    """Rounds and caps of days that are gone are taken away; offers end with the fair."""
    rows = [
        RowChange(table, one.id, one.row, None)
        for table, planned in ((ChangedTable.ROUND, left.rounds), (ChangedTable.CAP, left.caps))
        for one in planned
    ]
    if after.ends_at > now:
        for id_, ends in left.deadlines.items():
            rows.append(RowChange(ChangedTable.CLAIM, id_, {"expires_at": ends}, {"expires_at": after.ends_at}))
    return rows


def days_of_claims(
    before: FairHours, after: FairHours, claimed: Mapping[int, frozenset[date]], *, moves: bool
) -> dict[int, frozenset[date]]:
    """The days of those claims that get other ones.

    A claim on the whole fair stays one; any other keeps what it can of its own days, which move where the fair moves.
    """
    later = timedelta(days=before.days_to(after) if moves else 0)
    days: dict[int, frozenset[date]] = {}
    for id_, held in claimed.items():
        whole = held == frozenset(before.days)
        new = frozenset(after.days) if whole else frozenset(day + later for day in held) & after.days.keys()
        if new != held:
            days[id_] = new
    return days


def _counted(rows: Collection[RowChange], standing: Standing) -> Counts:
    number = {table: sum(1 for row in rows if row.table is table) for table in ChangedTable}
    moving = set(touched(rows).retimed)
    people = sum(session.people for session in standing.sessions if session.id in moving)
    return Counts(len(moving), people, number[ChangedTable.ROUND], number[ChangedTable.CAP], number[ChangedTable.CLAIM])
