"""Sessions at the desk: added, retimed, shifted, split, merged, taken away, set, and people moved among them.

Each act is tried first, which shows what it does and to how many people, and then carried out in one transaction with
new passes, mails, a record that can be undone, and the audit trail: as everything that changes a fair's plan.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from exhibition.accounts.audit import Actor
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.i18n import moment_text
from exhibition.editions import standing
from exhibition.editions.carrying_out import OnlyTried, PlanStep, Told, carry_out
from exhibition.editions.rules.consequences import Counts, Done, RowChange, Session, moved_passes, touched
from exhibition.editions.rules.session_acts import (
    ActFault,
    Division,
    Joining,
    NewSessions,
    Objection,
    OtherSettings,
    OtherTimes,
    ProposedSession,
    Removal,
    Resettling,
    SeatedParty,
    SessionAct,
    Timetable,
    proposed,
    rows_of,
)
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.day_windows import Hours, windows
from exhibition.venue.service import fair_hours
from exhibition.visitors import reissuing, slots
from exhibition.visitors.rules import SlotStatus


@dataclass(frozen=True)
class ActOutcome:
    """What an act does, or did: ``change_id`` is its record, by which it can be undone."""

    rows: Sequence[RowChange]
    counts: Counts
    """``people``: those for whom something changes."""
    told: Told
    change_id: int = 0


@dataclass(frozen=True)
class DailySessions:
    """Sessions to generate: one after another from ``begins`` to ``ends`` on each of the days, by the fair's clock."""

    days: Sequence[date]
    begins: time
    ends: time
    every_minutes: int
    breaks: Sequence[Hours]
    people: int


def daily(exhibition: Exhibition, plan: DailySessions) -> NewSessions:
    """The sessions as an act. Raises Refused ``slot_window`` (422) when none fits between ``begins`` and ``ends``."""
    zone = fair_hours(exhibition).zone
    every = windows(plan.begins, plan.ends, plan.every_minutes, plan.breaks)
    if not every or not plan.days:
        message = _l("No session of that length fits between these times.")
        raise Refused("slot_window", message, status=422, field="every_minutes")
    found = [
        (datetime.combine(day, begins, zone), datetime.combine(day, ends, zone))
        for day in plan.days
        for begins, ends in every
    ]
    return NewSessions(found, plan.people)


def shifted(exhibition: Exhibition, session_ids: Collection[int], minutes: int) -> OtherTimes:
    """Sessions of the edition so many minutes later, as an act. Raises NotFound."""
    sessions = _known(exhibition, session_ids)
    later = timedelta(minutes=minutes)
    times = {id_: (sessions[id_].starts_at + later, sessions[id_].ends_at + later) for id_ in session_ids}
    return OtherTimes(times, Done.SHIFT)


def _known(exhibition: Exhibition, session_ids: Collection[int]) -> dict[int, Session]:
    sessions = {session.id: session for session in standing.sessions(exhibition.id)}
    if not sessions.keys() >= set(session_ids):
        raise NotFound
    return sessions


def propose(exhibition: Exhibition, act: NewSessions, *, anyway: bool = False) -> list[ProposedSession]:
    """What becomes of each of the sessions to be added; those with a fault are left out."""
    return proposed(act, _table(exhibition, anyway=anyway))


def _table(exhibition: Exhibition, *, anyway: bool) -> Timetable:
    sessions = {session.id: session for session in standing.sessions(exhibition.id)}
    return Timetable(sessions, fair_hours(exhibition), clock.now(), anyway)


def attempt(actor: Actor, exhibition: Exhibition, act: SessionAct, *, anyway: bool = False) -> ActOutcome:
    """What ``carry_out`` would bring; everything is tried and taken back. Raises what it raises."""
    try:
        return _do(actor, exhibition, act, anyway=anyway, only_try=True)
    except OnlyTried as tried:
        return tried.found


def do(actor: Actor, exhibition: Exhibition, act: SessionAct, *, anyway: bool = False) -> ActOutcome:
    """Do it, tell people, and keep it so that it can be undone.

    ``anyway``: what lies outside the opening hours or begins in the past is meant so. Raises NotFound for a session
    that the edition does not have, and Refused ``slot_window`` (422), ``slot_outside``, ``slot_begun``,
    ``slot_overlap``, ``slot_entered``, ``slot_used``, ``slots_apart``, ``capacity_below_issued``, ``slot_full`` (with
    ``remaining``), ``slot_closed``, ``slot_past``, ``nobody_to_move`` and ``too_many_slots`` (409).
    """
    return _do(actor, exhibition, act, anyway=anyway, only_try=False)


@transaction
def _do(actor: Actor, exhibition: Exhibition, act: SessionAct, *, anyway: bool, only_try: bool) -> ActOutcome:
    db.session.refresh(exhibition, with_for_update={"key_share": True})  # one change after the other
    reissuing.lock(exhibition.id)
    table = _table(exhibition, anyway=anyway)
    if not table.sessions.keys() >= set(_named(act)):
        raise NotFound
    if isinstance(act, Resettling):
        _require_open(exhibition, act.target_id)
    parties = _parties(act)
    rows = rows_of(act, table, parties)
    if isinstance(rows, Objection):
        raise _refusal(rows, exhibition)
    counts = _counts(rows, table, parties)
    if not rows:
        return ActOutcome(rows, counts, Told())
    hours = table.hours
    change, told = carry_out(actor, exhibition, PlanStep(act.done, hours, hours, rows, counts))
    outcome = ActOutcome(rows, counts, told, change.id)
    if only_try:
        raise OnlyTried(outcome)
    return outcome


def _named(act: SessionAct) -> Collection[int]:
    match act:
        case NewSessions():
            return ()
        case OtherTimes():
            return act.times
        case Division():
            return (act.session_id,)
        case Joining() | Removal():
            return act.session_ids
        case OtherSettings():
            return act.values
        case Resettling():
            return act.source_id, act.target_id


def _parties(act: SessionAct) -> list[SeatedParty]:
    match act:
        case Division():
            return standing.parties([act.session_id])
        case Joining():
            return standing.parties(act.session_ids)
        case Resettling():
            return standing.parties([act.source_id], act.pass_ids)
        case _:
            return []


def _require_open(exhibition: Exhibition, session_id: int) -> None:
    """Nobody is moved into a session that lets nobody in."""
    slot = slots.get(exhibition, session_id)
    match slot.status(clock.now()):
        case SlotStatus.CLOSED:
            raise Refused("slot_closed", _l("This session is closed. Choose another one."), field="target")
        case SlotStatus.PAST:
            raise Refused("slot_past", _l("This session is over. Choose a later one."), field="target")
        case _:
            pass


def _counts(rows: Sequence[RowChange], table: Timetable, parties: Sequence[SeatedParty]) -> Counts:
    sessions = touched(rows)
    concerned = {*sessions.retimed, *sessions.moved, *sessions.closed, *sessions.reopened, *sessions.prolonged}
    people = sum(table.sessions[id_].people for id_ in concerned)
    moved = set(moved_passes(rows))
    people += sum(
        party.people - party.released
        for party in parties
        if party.pass_id in moved and party.session_id not in concerned and party.can_move
    )
    return Counts(sessions=len(rows) - len(moved), people=people)


MESSAGES = {
    ActFault.WINDOW: _l("A session must end after it starts, and a split lies between the two."),
    ActFault.OUTSIDE: _l(
        "This lies outside the opening hours of the fair. Change the hours, or tick that it is meant so."
    ),
    ActFault.PAST_START: _l("This begins in the past. Tick that it is meant so, or choose a later time."),
    ActFault.ENTERED: _l("Somebody was let in to this session already, so it keeps its time."),
    ActFault.USED: _l("Somebody is in this session or was in it, so it cannot be taken away. Move people first."),
    ActFault.APART: _l("Choose two sessions that follow one another."),
    ActFault.NOBODY: _l("There is nobody who can be moved. Who was let in stays, and passes must be valid."),
    ActFault.TOO_MANY: _l("No more sessions can be added to this fair. Change one that is there."),
}
FIELDS = {
    ActFault.WINDOW: "ends_at",
    ActFault.OUTSIDE: "anyway",
    ActFault.PAST_START: "anyway",
    ActFault.OVERLAP: "starts_at",
    ActFault.BELOW_ISSUED: "capacity",
    ActFault.FULL: "target",
}


def _refusal(objection: Objection, exhibition: Exhibition) -> Refused:
    fault, details = objection.fault, dict[str, Any]()
    match fault:
        case ActFault.OVERLAP:
            assert objection.other is not None
            other = moment_text(objection.other.starts_at, exhibition.timezone)
            message = _l("Another session overlaps with these hours: the one of %(other)s.", other=other)
        case ActFault.BELOW_ISSUED:
            message = _l(
                "%(issued)s places are given out already. Make the capacity at least that, or move visitors first.",
                issued=objection.people,
            )
        case ActFault.FULL:
            message = _l(
                "Only %(room)s people fit, and there are %(people)s.", room=objection.room, people=objection.people
            )
            details = {"remaining": objection.room}
        case _:
            message = MESSAGES[fault]
    status = 422 if fault is ActFault.WINDOW else 409
    return Refused(fault.value, message, status=status, field=FIELDS.get(fault, "session"), **details)
