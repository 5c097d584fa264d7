"""Whatever is done to sessions and undone, in any order: nobody loses a place, none holds more than it may."""

import itertools
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from sqlalchemy import func, select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.editions import consequences, session_changes
from exhibition.editions.rules.session_acts import (
    Division,
    Going,
    Joining,
    OtherSettings,
    OtherTimes,
    Removal,
    Resettling,
    SessionAct,
)
from exhibition.editions.session_changes import DailySessions
from exhibition.venue.models import ExhibitionDay
from exhibition.venue.service import days, fair_hours
from exhibition.visitors import service, slots
from exhibition.visitors.models import PassState, Registration, SlotState, TimeSlot, VisitorPass
from exhibition.visitors.registration.party import Party
from exhibition.visitors.rules import WindowFault, window_fault
from tests.conftest import empty
from tests.editions.test_changes_model import small_fair
from tests.fairs import the_fair

REFUSALS = {
    "slot_window",
    "slot_outside",
    "slot_begun",
    "slot_overlap",
    "slot_used",
    "slots_apart",
    "capacity_below_issued",
    "slot_full",
    "slot_closed",
    "slot_past",
    "nobody_to_move",
    "changed_since",
    "already_undone",
    "moves_onto_another",
    "not_found",
}
Chosen = list[slots.Slot]
Making = Callable[[Chosen, Any], SessionAct]


def _minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def generated(_slots: Chosen, draw: Any) -> SessionAct:
    exhibition = the_fair()
    hours = fair_hours(exhibition).days[exhibition.starts_on]
    every, people = draw(st.sampled_from([30, 45, 120])), draw(st.integers(1, 6))
    plan = DailySessions(days(exhibition), hours[0], hours[1], every, (), people)
    return session_changes.daily(exhibition, plan)


def retimed(chosen: Chosen, draw: Any) -> SessionAct:
    slot = chosen[0]
    shifts = st.integers(-8, 8).map(lambda quarters: _minutes(15 * quarters))
    return OtherTimes({slot.id: (slot.starts_at + draw(shifts), slot.ends_at + draw(shifts))})


def shifted(chosen: Chosen, draw: Any) -> SessionAct:
    return session_changes.shifted(
        the_fair(), [slot.id for slot in chosen], draw(st.sampled_from([-120, -30, 30, 240]))
    )


def split(chosen: Chosen, draw: Any) -> SessionAct:
    slot = chosen[0]
    capacities = draw(st.tuples(st.integers(0, 6), st.integers(0, 6)))
    at = slot.starts_at + _minutes(draw(st.sampled_from([0, 15, 60, 180])))
    return Division(slot.id, at, capacities, draw(st.sampled_from(Going)))


def merged(chosen: Chosen, _draw: Any) -> SessionAct:
    every = slots.of_edition(the_fair().id)
    place = [slot.id for slot in every].index(chosen[0].id)
    return Joining((every[place].id, every[(place + 1) % len(every)].id))


def removed(chosen: Chosen, _draw: Any) -> SessionAct:
    return Removal([slot.id for slot in chosen])


def set_up(chosen: Chosen, draw: Any) -> SessionAct:
    values = {"capacity": draw(st.integers(0, 8)), "state": draw(st.sampled_from(SlotState))}
    return OtherSettings({slot.id: values for slot in chosen})


def resettled(chosen: Chosen, draw: Any) -> SessionAct:
    source = draw(st.sampled_from(slots.of_edition(the_fair().id)))
    one = db.session.scalars(select(VisitorPass.id).where(VisitorPass.slot_id == source.id)).first()
    some = frozenset({one}) if one is not None and draw(st.booleans()) else None
    return Resettling(source.id, chosen[0].id, some)


MAKINGS: list[Making] = [generated, retimed, shifted, split, merged, removed, set_up, resettled]


NUMBERS = itertools.count(1)


def register(chosen: Chosen) -> None:
    service.register(Party(chosen[0].id, "Siti", f"siti{next(NUMBERS)}@example.com", None, 1, "en"))


def cancel(draw: Any) -> None:
    keys = select(Registration.manage_key).where(Registration.manage_key.not_like("manage-%"))
    if registered := sorted(db.session.scalars(keys)):
        service.cancel(draw(st.sampled_from(registered)))


def undo(draw: Any) -> None:
    made = consequences.changes(the_fair())
    if made:
        consequences.undo(COMMAND_LINE, the_fair(), draw(st.sampled_from(made[:3])).id)


def take_a_step(draw: Any) -> None:
    every = slots.of_edition(the_fair().id)
    chosen = draw(st.lists(st.sampled_from(every), min_size=1, max_size=3, unique_by=lambda slot: slot.id))
    step = draw(st.sampled_from([*MAKINGS, *MAKINGS, register, cancel, undo, undo]))
    try:
        if step is register:
            register(chosen)
        elif step is cancel:
            cancel(draw)
        elif step is undo:
            undo(draw)
        else:
            act = step(chosen, draw)
            tried = session_changes.attempt(COMMAND_LINE, the_fair(), act)
            done = session_changes.do(COMMAND_LINE, the_fair(), act)
            assert (tried.counts, tried.told.mails) == (done.counts, done.told.mails)
    except Refused as refused:
        if refused.code not in REFUSALS:
            raise


def people() -> int:
    valid = select(func.sum(VisitorPass.party_size)).where(VisitorPass.state == PassState.VALID)
    return db.session.scalar(valid) or 0


@transaction
def open_longer() -> None:
    """Leave room for further sessions before and after those of the small fair."""
    db.session.execute(update(ExhibitionDay).values(opens_at=time(5), closes_at=time(22)))


def check() -> None:
    hours, every = fair_hours(the_fair()), slots.of_edition(the_fair().id)
    held = select(VisitorPass.slot_id, func.sum(VisitorPass.party_size)).where(VisitorPass.state == PassState.VALID)
    parties: dict[int, int] = {row[0]: row[1] for row in db.session.execute(held.group_by(VisitorPass.slot_id))}
    for slot in every:
        assert slot.issued == parties.get(slot.id, 0)
        assert slot.issued <= slot.capacity
        assert window_fault(hours, slot.starts_at, slot.ends_at, clock.now()) is not WindowFault.OUTSIDE
    for one, other in itertools.pairwise(every):
        assert one.ends_at <= other.starts_at
    assert len({slot.number for slot in every}) == len(every)
    assert set(db.session.scalars(select(VisitorPass.slot_id))) <= set(db.session.scalars(select(TimeSlot.id)))


@pytest.mark.usefixtures("app")
@given(data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_to_sessions_nobody_loses_a_place(app: Flask, data: st.DataObject) -> None:
    db.session.rollback()
    empty(app)
    small_fair()
    if data.draw(st.booleans()):
        open_longer()
    passes: dict[int, tuple[int, int, Any, Any]] = {}
    for _step in range(data.draw(st.integers(1, 12))):
        before = people()
        registered = db.session.scalar(select(func.count()).select_from(VisitorPass)) or 0
        cancelled = db.session.scalar(select(func.count()).where(VisitorPass.state == PassState.CANCELLED)) or 0
        take_a_step(data.draw)
        db.session.expire_all()
        check()
        if registered == db.session.scalar(select(func.count()).select_from(VisitorPass)) and cancelled == (
            db.session.scalar(select(func.count()).where(VisitorPass.state == PassState.CANCELLED)) or 0
        ):
            assert people() == before
        now = _tokens()
        for id_, (generation, slot_id, starts_at, number) in now.items():
            if id_ in passes and passes[id_][1:] != (slot_id, starts_at, number):
                assert generation > passes[id_][0], "a pass of another time or session has a new token"
        passes = now


def _tokens() -> dict[int, tuple[int, int, Any, Any]]:
    statement = (
        select(VisitorPass.id, VisitorPass.generation, TimeSlot.id, TimeSlot.starts_at, TimeSlot.number)
        .join(TimeSlot, TimeSlot.id == VisitorPass.slot_id)
        .where(VisitorPass.state == PassState.VALID)
    )
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in db.session.execute(statement)}
