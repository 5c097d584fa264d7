"""Carrying out what was decided about a fair's days, place or sessions: rows, new passes, mails, a record, the trail.

All of it in the caller's transaction, so that it is done wholly or not at all.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_

from exhibition.accounts.audit import Actor, record
from exhibition.allocation.claimed_days import give_days
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.editions import rows, seating
from exhibition.editions.models import EditionChange
from exhibition.editions.rules.consequences import ChangedTable, Counts, Done, RowChange, moved_passes, touched
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.fair_hours import FairHours
from exhibition.visitors import reissuing
from exhibition.visitors.mails import notices
from exhibition.visitors.models import MessageKind, SlotState, TimeSlot, VisitorPass


@dataclass(frozen=True)
class PlanStep:
    """What is to be done. ``days`` are the new ones of claims on booths, ``held`` those that they had."""

    done: Done
    before: FairHours
    after: FairHours
    rows: Sequence[RowChange]
    counts: Counts
    days: Mapping[int, frozenset[date]] = field(default_factory=dict[int, frozenset[date]])
    held: Mapping[int, Collection[date]] = field(default_factory=dict[int, Collection[date]])
    written: Sequence[RowChange] = ()
    """Rows that were changed already in the same transaction."""
    quiet: bool = False
    """Nobody is told of the new place."""


@dataclass(frozen=True)
class Told:
    """Who is written to, and who cannot be."""

    mails: int = 0
    people: int = 0
    unreached: Sequence[notices.Unreached] = ()


class OnlyTried(Exception):
    """Takes everything back after a change that was only to be tried; ``found`` is what it would have brought."""

    def __init__(self, found: Any) -> None:
        super().__init__()
        self.found = found


def carry_out(actor: Actor, exhibition: Exhibition, step: PlanStep) -> tuple[EditionChange, Told]:
    """Do it, and return the record of it with whom it was told to. Raises what ``rows.write`` raises."""
    made = [*step.written, *rows.write(step.rows, exhibition.id)]
    give_days(step.days)
    change = EditionChange(
        exhibition_id=exhibition.id,
        done=step.done,
        hours_before=step.before.as_json(),
        hours_after=step.after.as_json(),
        rows=[rows.as_json(row) for row in made],
        days={str(id_): sorted(day.isoformat() for day in days) for id_, days in step.held.items()},
        counts=asdict(step.counts),
        quiet=step.quiet,
        actor_id=actor.id,
        actor_name=actor.name[:120],
    )
    db.session.add(change)
    db.session.flush()
    db.session.expire_all()
    told = _tell(exhibition, made, change.id, quiet=step.quiet)
    if made or step.done is Done.UNDO:
        record(
            actor,
            f"exhibition.{'undo' if step.done is Done.UNDO else 'follow'}",
            "exhibition",
            exhibition.id,
            name=exhibition.name,
            before=step.before.as_json(),
            after=step.after.as_json() | {"done": step.done.value, "change": change.id} | asdict(step.counts),
        )
    return change, told


def _tell(exhibition: Exhibition, made: Sequence[RowChange], change_id: int, *, quiet: bool) -> Told:
    """New tokens for passes of other sessions and times, and one mail for each registration that is concerned."""
    reissuing.reissue(VisitorPass.slot_id.in_(touched(made).retimed))
    for ids in seating.portions(moved_passes(made)):
        reissuing.reissue(VisitorPass.id.in_(ids))
    mails = people = 0
    unreached: dict[int, notices.Unreached] = {}
    news = list(concerned(exhibition, made, quiet=quiet))
    for who, kind in news:
        if kind is not MessageKind.PLACE:
            notices.withdraw(who)
    for who, kind in news:
        reached = notices.tell(who, kind, f"edition change {change_id}")
        mails, people = mails + reached.mails, people + reached.people
        unreached |= {one.registration_id: one for one in notices.unreached(who)}
    return Told(mails, people, list(unreached.values()))


def concerned(
    exhibition: Exhibition, made: Sequence[RowChange], *, quiet: bool
) -> Iterator[tuple[ColumnElement[bool], MessageKind]]:
    """The passes that a change is news for, by what their people are told; whoever is named twice is told the first."""
    sessions = touched(made)
    for ids in seating.portions(moved_passes(made)):
        for state, kind in ((SlotState.OPEN, MessageKind.MOVED), (SlotState.CLOSED, MessageKind.CLOSED)):
            yield and_(VisitorPass.id.in_(ids), notices.in_sessions(TimeSlot.state == state)), kind
    for ids, kind in (
        (sessions.moved, MessageKind.MOVED),
        (sessions.closed, MessageKind.CLOSED),
        (sessions.reopened, MessageKind.REOPENED),
        (sessions.prolonged, MessageKind.PASS),
    ):
        if ids:
            yield VisitorPass.slot_id.in_(ids), kind
    if not quiet and any(row.table is ChangedTable.EDITION for row in made):
        yield of_coming_sessions(exhibition), MessageKind.PLACE


def of_coming_sessions(exhibition: Exhibition) -> ColumnElement[bool]:
    """Passes of the edition's sessions that are not over."""
    of_edition = and_(TimeSlot.exhibition_id == exhibition.id, TimeSlot.ends_at > clock.now())
    return notices.in_sessions(of_edition)
