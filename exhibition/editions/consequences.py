"""What follows from another day, hour, zone or place of a fair: shown first, then done in one transaction, undoable.

Whoever saves such a change comes through here, because ``venue.edition.changing.edit`` tells of it by ``hours_changed``
in its transaction: as long as no way is said, and something would lie outside, all of it is refused.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import pairwise

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from exhibition.accounts.audit import Actor
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.editions import rows, standing
from exhibition.editions.carrying_out import OnlyTried, PlanStep, carry_out, concerned, of_coming_sessions
from exhibition.editions.models import EditionChange
from exhibition.editions.rules.consequences import (
    ChangedTable,
    Counts,
    Done,
    Fault,
    RowChange,
    consequences,
    days_of_claims,
    fault,
    outside,
    touched,
)
from exhibition.venue.edition import changing
from exhibition.venue.edition.changing import FairPlace, HoursChange
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from exhibition.venue.rules.fair_hours import FairHours, Way
from exhibition.venue.service import fair_hours, hours_changed
from exhibition.visitors import reissuing
from exhibition.visitors.mails import notices
from exhibition.visitors.models import VisitorPass

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

    Raises Refused ``consequences`` (409, with ``outside``, the ``choices`` and the new ``place``) when something lies
    outside and no way is said, or people have passes for the old place and it is not said whether they are told;
    ``people_inside``, ``moves_into_past``, ``moves_nowhere``, ``moves_onto_another``, ``booth_taken`` (409).
    """
    before, after = change.before, change.after
    if change.way is not None:
        reissuing.lock(exhibition.id)
    found, now = standing.read(exhibition.id), clock.now()
    left, place = outside(before, after, found, now), _new_place(exhibition, change)
    if (left and change.way is None) or (place is not None and change.tell_place is None):
        choices = [_choice(way, before, after, found) for way in _ways(before, after)] if left else []
        message = _l("This matters to people who have a place. Look at what follows, and choose.")
        raise Refused("consequences", message, field="way", outside=left, choices=choices, place=place)
    if change.way is Way.MOVE and change.way not in _ways(before, after):
        message = _l("The fair does not move: neither its first day nor its time zone is another one.")
        raise Refused("moves_nowhere", message, field="starts_on")
    follows = consequences(change.way, before, after, found, now)
    _refuse(fault(follows.rows, found.inside, now))
    done = Done(change.way.value) if change.way is not None and (left or follows.rows) else Done.NOTHING
    moved = _place_row(exhibition, change)
    counts = follows.counts
    if moved and done is Done.NOTHING and before == after:
        done = Done.PLACE
        people = sum(session.people for session in found.sessions if session.ends_at > now)
        counts = replace(counts, people=people)
    held = {id_: found.claimed[id_] for id_ in follows.days}
    quiet = bool(moved) and not change.tell_place
    step = PlanStep(done, before, after, follows.rows, counts, follows.days, held, moved, quiet)
    carry_out(change.actor, exhibition, step)


@dataclass(frozen=True)
class NewPlace:
    """A fair with passes takes place somewhere else: from where to where, and who can be told."""

    before: FairPlace
    after: FairPlace
    told: notices.Reached
    unreached: Sequence[notices.Unreached]


def _new_place(exhibition: Exhibition, change: HoursChange) -> NewPlace | None:
    """None when the place is the same, or nobody comes there."""
    if change.place_before == change.place_after or exhibition.state is not EditionState.PUBLISHED:
        return None
    who = of_coming_sessions(exhibition)
    told, unreached = notices.reach(who), notices.unreached(who)
    return NewPlace(change.place_before, change.place_after, told, unreached) if told.mails or unreached else None


def _place_row(exhibition: Exhibition, change: HoursChange) -> list[RowChange]:
    """The place as a row that can be taken back."""
    was, becomes = asdict(change.place_before), asdict(change.place_after)
    return [] if was == becomes else [RowChange(ChangedTable.EDITION, exhibition.id, was, becomes)]


def _ways(before: FairHours, after: FairHours) -> list[Way]:
    moves = before.days_to(after) != 0 or before.timezone != after.timezone
    return [Way.MOVE, Way.CLOSE, Way.LEAVE] if moves else [Way.CLOSE, Way.LEAVE]


def _choice(way: Way, before: FairHours, after: FairHours, found: standing.Standing) -> Choice:
    now = clock.now()
    follows = consequences(way, before, after, found, now)
    sessions = touched(follows.rows)
    told = notices.reach(VisitorPass.slot_id.in_([*sessions.moved, *sessions.closed]))
    wrong = fault(follows.rows, found.inside, now)
    return Choice(
        way, before.days_to(after), follows.counts, len(sessions.closed), told, str(FAULTS[wrong]) if wrong else ""
    )


def _refuse(wrong: Fault | None) -> None:
    if wrong is not None:
        raise Refused(wrong.value, FAULTS[wrong], field="way")


def move(actor: Actor, exhibition: Exhibition, days: int, *, dry_run: bool = False) -> Counts:
    """Move a whole fair by so many days with all that hangs on its days, and return how many of each moved.

    With ``dry_run`` everything is tried and taken back. Raises what ``changing.edit`` raises.
    """
    try:
        return _move(actor, exhibition, days, dry_run=dry_run)
    except OnlyTried as tried:
        return tried.found


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
        raise OnlyTried(counts)
    return counts


def changes(exhibition: Exhibition, *, limit: int = 20) -> Sequence[EditionChange]:
    """The latest changes of the edition's days and hours, newest first."""
    statement = select(EditionChange).where(EditionChange.exhibition_id == exhibition.id)
    return db.session.scalars(statement.order_by(EditionChange.id.desc()).limit(limit)).all()


def get(exhibition: Exhibition, change_id: int) -> EditionChange:
    """One change of the edition. Raises NotFound."""
    change = db.session.get(EditionChange, change_id) if change_id <= LARGEST_ID else None
    if change is None or change.exhibition_id != exhibition.id:
        raise NotFound
    return change


def unreached(exhibition: Exhibition, change: EditionChange) -> list[notices.Unreached]:
    """Who is concerned by the change and cannot be written to, as it is now."""
    found: dict[int, notices.Unreached] = {}
    made = [rows.from_json(row) for row in change.rows]
    for who, _kind in concerned(exhibition, made, quiet=change.quiet):
        found |= {one.registration_id: one for one in notices.unreached(who)}
    return list(found.values())


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
    change = get(exhibition, change_id)
    if change.undone_at is not None:
        raise Refused("already_undone", _l("This change has been undone already."))
    if not can_undo(exhibition, change):
        message = _l("The days or hours have been changed again since. Undo the later change first.")
        raise Refused("changed_since", message)
    reissuing.lock(exhibition.id)
    found, now = standing.read(exhibition.id), clock.now()
    back = [rows.from_json(row).exchanged() for row in change.rows]
    one_by_one = change.hours_before == change.hours_after
    _refuse(fault(back, 0 if one_by_one else found.inside, now, change.at))
    if one_by_one:
        _refuse_entered(back, found)
    before, after = FairHours.from_json(change.hours_after), FairHours.from_json(change.hours_before)
    days = days_of_claims(before, after, found.claimed, moves=False) | {
        int(id_): frozenset(date.fromisoformat(day) for day in kept)
        for id_, kept in change.days.items()
        if int(id_) in found.claimed
    }
    changing.write_hours(exhibition, after)
    held = {id_: found.claimed[id_] for id_ in days}
    step = PlanStep(Done.UNDO, before, after, back, Counts(**change.counts), days, held, quiet=change.quiet)
    taken_back, _told = carry_out(actor, exhibition, step)
    if one_by_one:
        _refuse_overlaps(exhibition, back)
    change.undone_at = now
    return taken_back


def _refuse_entered(back: Sequence[RowChange], found: standing.Standing) -> None:
    """A session in which somebody was let in keeps its time and stays."""
    begun = {session.id for session in found.sessions if session.begun}
    sessions = touched(back)
    gone = [row.id for row in back if row.table is ChangedTable.SESSION and row.after is None]
    if begun.intersection([*sessions.retimed, *gone]):
        message = _l("Somebody was let in to this session already, so it keeps its time.")
        raise Refused("slot_entered", message, field="session")


def _refuse_overlaps(exhibition: Exhibition, back: Sequence[RowChange]) -> None:
    """No session comes back onto one that was added or moved there since."""
    changed = {row.id for row in back if row.table is ChangedTable.SESSION}
    by_time = sorted(standing.sessions(exhibition.id), key=lambda session: session.starts_at)
    for one, other in pairwise(by_time):
        if one.ends_at > other.starts_at and changed & {one.id, other.id}:
            message = _l("Another session is at that time now. Settle that first.")
            raise Refused("moves_onto_another", message, field="starts_on")


hours_changed.connect(follow)
