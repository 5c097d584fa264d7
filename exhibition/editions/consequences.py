"""What follows from a change of a fair's days, hours or zone: shown first, then done in one transaction, undoable.

Whoever saves such a change comes through here, because ``venue.edition.changing.edit`` tells of it by ``hours_changed``
in its transaction: as long as no way is said, and something would lie outside, all of it is refused.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from exhibition.accounts.audit import Actor, record
from exhibition.allocation.claimed_days import give_days
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.editions import rows, standing
from exhibition.editions.models import EditionChange
from exhibition.editions.rules.consequences import (
    Counts,
    Done,
    FairConsequences,
    Fault,
    RowChange,
    consequences,
    days_of_claims,
    fault,
    outside,
    touched,
)
from exhibition.venue.edition import changing
from exhibition.venue.edition.changing import HoursChange
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.fair_hours import FairHours, Way
from exhibition.venue.service import fair_hours, hours_changed
from exhibition.visitors import reissuing
from exhibition.visitors.mails import notices
from exhibition.visitors.models import MessageKind, TimeSlot

FAULTS = {
    Fault.PEOPLE_INSIDE: _l("There are people in the hall. Sessions can move when everybody has left."),
    Fault.INTO_PAST: _l("Sessions would move into the past."),
}


@dataclass(frozen=True)
class Choice:
    """One way that everything can go, as the organizer is shown it before anything is saved."""

    way: Way
    days: int
    counts: Counts
    closed: int
    """Sessions that are closed."""
    told: notices.Reached
    """Who is written to."""
    fault: str
    """Why it cannot go this way; empty when it can."""


@transaction
def follow(exhibition: Exhibition, *, change: HoursChange) -> None:
    """Carry out what follows from the change, in its transaction; answers ``hours_changed``.

    Raises Refused ``consequences`` (409, with ``outside`` and the ``choices``) when something lies outside and no way
    is said; ``people_inside``, ``moves_into_past``, ``moves_nowhere``, ``moves_onto_another``, ``booth_taken`` (409).
    """
    before, after = change.before, change.after
    if change.way is not None:
        reissuing.lock(exhibition.id)
    found, now = standing.read(exhibition.id), clock.now()
    left = outside(before, after, found, now)
    if change.way is None and left:
        choices = [_choice(way, before, after, found) for way in _ways(before, after)]
        message = _l("Something would lie outside the fair. Choose what becomes of it.")
        raise Refused("consequences", message, field="way", outside=left, choices=choices)
    if change.way is Way.MOVE and change.way not in _ways(before, after):
        message = _l("The fair does not move: neither its first day nor its time zone is another one.")
        raise Refused("moves_nowhere", message, field="starts_on")
    follows = consequences(change.way, before, after, found, now)
    _refuse(fault(follows.rows, found.inside, now))
    done = Done(change.way.value) if change.way is not None and (left or follows.rows) else Done.NOTHING
    held = {id_: found.claimed[id_] for id_ in follows.days}
    _carry_out(change.actor, exhibition, done, before, after, follows, held)


def _ways(before: FairHours, after: FairHours) -> list[Way]:
    moves = before.days_to(after) != 0 or before.timezone != after.timezone
    return [Way.MOVE, Way.CLOSE, Way.LEAVE] if moves else [Way.CLOSE, Way.LEAVE]


def _choice(way: Way, before: FairHours, after: FairHours, found: standing.Standing) -> Choice:
    now = clock.now()
    follows = consequences(way, before, after, found, now)
    sessions = touched(follows.rows)
    told = notices.reach(TimeSlot.id.in_([*sessions.moved, *sessions.closed]))
    wrong = fault(follows.rows, found.inside, now)
    return Choice(
        way, before.days_to(after), follows.counts, len(sessions.closed), told, str(FAULTS[wrong]) if wrong else ""
    )


def _refuse(wrong: Fault | None) -> None:
    if wrong is not None:
        raise Refused(wrong.value, FAULTS[wrong], field="way")


def _carry_out(
    actor: Actor,
    exhibition: Exhibition,
    done: Done,
    before: FairHours,
    after: FairHours,
    follows: FairConsequences,
    held: Mapping[int, Collection[date]],
) -> EditionChange:
    made = rows.write(follows.rows)
    give_days(follows.days)
    change = EditionChange(
        exhibition_id=exhibition.id,
        done=done,
        hours_before=before.as_json(),
        hours_after=after.as_json(),
        rows=[rows.as_json(row) for row in made],
        days={str(id_): sorted(day.isoformat() for day in days) for id_, days in held.items()},
        counts=asdict(follows.counts),
        actor_id=actor.id,
        actor_name=actor.name[:120],
    )
    db.session.add(change)
    db.session.flush()
    _tell(made, change.id)
    if made or done is Done.UNDO:
        record(
            actor,
            f"exhibition.{'undo' if done is Done.UNDO else 'follow'}",
            "exhibition",
            exhibition.id,
            name=exhibition.name,
            before=before.as_json(),
            after=after.as_json() | {"done": done.value} | asdict(follows.counts),
        )
    return change


def _tell(made: Sequence[RowChange], change_id: int) -> None:
    """New tokens for passes of sessions at another time, and one mail for each registration that is concerned."""
    sessions, news = touched(made), f"edition change {change_id}"
    reissuing.reissue(sessions.retimed)
    notices.withdraw(TimeSlot.id.in_([*sessions.moved, *sessions.closed, *sessions.reopened]))
    for ids, kind in (
        (sessions.moved, MessageKind.MOVED),
        (sessions.closed, MessageKind.CLOSED),
        (sessions.reopened, MessageKind.PASS),
    ):
        notices.tell(TimeSlot.id.in_(ids), kind, news)


class _OnlyTried(Exception):
    """Takes everything back after a move that was only to be tried."""

    def __init__(self, counts: Counts) -> None:
        super().__init__()
        self.counts = counts


def move(actor: Actor, exhibition: Exhibition, days: int, *, dry_run: bool = False) -> Counts:
    """Move a whole fair by so many days with all that hangs on its days, and return how many of each moved.

    With ``dry_run`` everything is tried and taken back. Raises what ``changing.edit`` raises.
    """
    try:
        return _move(actor, exhibition, days, dry_run=dry_run)
    except _OnlyTried as tried:
        return tried.counts


@transaction
def _move(actor: Actor, exhibition: Exhibition, days: int, *, dry_run: bool) -> Counts:
    if days == 0:
        raise Refused("moves_nowhere", _l("Move the fair by at least one day."), status=422, field="days")
    try:
        hours = fair_hours(exhibition).moved(days)
    except OverflowError as error:
        message = _l("The fair must lie between 2020 and 2050.")
        raise Refused("date_invalid", message, status=422, field="days") from error
    details = replace(changing.details_of(exhibition), starts_on=hours.first, ends_on=hours.last)
    changing.edit(actor, exhibition, details, hours.days, Way.MOVE)
    counts = Counts(**changes(exhibition, limit=1)[0].counts)
    if dry_run:
        raise _OnlyTried(counts)
    return counts


def changes(exhibition: Exhibition, *, limit: int = 20) -> Sequence[EditionChange]:
    """The latest changes of the edition's days and hours, newest first."""
    statement = select(EditionChange).where(EditionChange.exhibition_id == exhibition.id)
    return db.session.scalars(statement.order_by(EditionChange.id.desc()).limit(limit)).all()


def can_undo(exhibition: Exhibition, change: EditionChange) -> bool:
    """Whether the fair still has the days and hours that the change gave it."""
    return change.undone_at is None and FairHours.from_json(change.hours_after) == fair_hours(exhibition)


@transaction
def undo(actor: Actor, exhibition: Exhibition, change_id: int) -> EditionChange:
    """Take a change back with all that followed, as a change of its own, which can be undone too.

    People who registered meanwhile stay in their sessions. What was decided anew since, such as a round, stays as it
    was decided. Raises NotFound and Refused ``already_undone``, ``changed_since``, ``people_inside`` and
    ``moves_into_past`` (409).
    """
    db.session.refresh(exhibition, with_for_update=True)
    change = db.session.get(EditionChange, change_id) if change_id <= LARGEST_ID else None
    if change is None or change.exhibition_id != exhibition.id:
        raise NotFound
    if change.undone_at is not None:
        raise Refused("already_undone", _l("This change has been undone already."))
    if not can_undo(exhibition, change):
        message = _l("The days or hours have been changed again since. Undo the later change first.")
        raise Refused("changed_since", message)
    reissuing.lock(exhibition.id)
    found, now = standing.read(exhibition.id), clock.now()
    back = [rows.from_json(row).exchanged() for row in change.rows]
    _refuse(fault(back, found.inside, now, change.at))
    before, after = FairHours.from_json(change.hours_after), FairHours.from_json(change.hours_before)
    days = days_of_claims(before, after, found.claimed, moves=False) | {
        int(id_): frozenset(date.fromisoformat(day) for day in kept)
        for id_, kept in change.days.items()
        if int(id_) in found.claimed
    }
    changing.write_hours(exhibition, after)
    held = {id_: found.claimed[id_] for id_ in days}
    taken_back = _carry_out(
        actor, exhibition, Done.UNDO, before, after, FairConsequences(back, days, Counts(**change.counts)), held
    )
    change.undone_at = now
    return taken_back


hours_changed.connect(follow)
