"""Whatever days, hours and zones a fair is given, done and undone in any order, what was promised of it holds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from sqlalchemy import func, select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.core.i18n import TIMEZONE_NAMES
from exhibition.editions import consequences
from exhibition.venue.edition import changing
from exhibition.venue.models import Exhibition, ExhibitionDay
from exhibition.venue.rules.edition_states import EditionState
from exhibition.venue.rules.fair_hours import Way
from exhibition.venue.service import fair_hours
from exhibition.visitors import slots
from exhibition.visitors.models import Registration, TimeSlot, VisitorPass
from exhibition.visitors.rules import SlotStatus
from tests.conftest import empty
from tests.fairs import the_fair
from tests.gate import world

OPENS, CLOSES = time(9), time(17)
REFUSALS = {"consequences", "moves_nowhere", "moves_into_past", "changed_since", "already_undone"}


@dataclass(frozen=True)
class Change:
    """What an organizer saves: other days, hours or zone, with or without a way."""

    shift: int
    length: int
    opens: time
    closes: time
    timezone: str
    way: Way | None


@dataclass(frozen=True)
class Undo:
    """Takes back the change that was made so many changes ago."""

    ago: int


CHANGES = st.builds(
    Change,
    shift=st.integers(-5, 9),
    length=st.integers(1, 4),
    opens=st.sampled_from([time(7), time(9), time(10, 30)]),
    closes=st.sampled_from([time(13), time(16, 30), time(17), time(21)]),
    timezone=st.sampled_from(sorted(TIMEZONE_NAMES)),
    way=st.sampled_from([None, *Way]),
)
STEPS = st.lists(st.one_of(CHANGES, CHANGES, st.builds(Undo, st.integers(0, 2))), min_size=1, max_size=7)


@transaction
def small_fair() -> None:
    """Three days a month from now with sessions of two hours, and a pass in each."""
    first = clock.now().date() + timedelta(days=30)
    days = [first + timedelta(days=number) for number in range(3)]
    exhibition = Exhibition(
        slug="fair",
        name="Fair",
        venue_name="Hall",
        timezone="Asia/Jakarta",
        starts_on=days[0],
        ends_on=days[-1],
        hall_width=10.0,
        hall_depth=10.0,
        state=EditionState.PUBLISHED,
        days=[ExhibitionDay(day=day, opens_at=OPENS, closes_at=CLOSES) for day in days],
    )
    db.session.add(exhibition)
    db.session.flush()
    zone = ZoneInfo(exhibition.timezone)
    starts = [datetime.combine(day, time(hour), zone) for day in days for hour in range(9, 17, 2)]
    for number, starts_at in enumerate(starts, start=1):
        slot = TimeSlot(
            exhibition_id=exhibition.id,
            number=number,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            capacity=5,
            issued=2,
        )
        db.session.add(slot)
        db.session.flush()
        world.issue(exhibition.id, party_size=2, slot=slot)


def take(step: Change | Undo) -> None:
    exhibition = the_fair()
    try:
        if isinstance(step, Undo):
            made = consequences.changes(exhibition)
            if step.ago < len(made):
                consequences.undo(COMMAND_LINE, exhibition, made[step.ago].id)
            return
        first = exhibition.starts_on + timedelta(days=step.shift)
        days = [first + timedelta(days=number) for number in range(step.length)]
        details = replace(changing.details_of(exhibition), timezone=step.timezone, starts_on=days[0], ends_on=days[-1])
        hours = dict.fromkeys(days, (step.opens, step.closes))
        changing.edit(COMMAND_LINE, exhibition, details, hours, step.way)
    except Refused as refused:
        if refused.code not in REFUSALS:
            raise


Day = tuple[date, time, time]


def state() -> tuple[str, Sequence[Day], Sequence[slots.Slot]]:
    exhibition = the_fair()
    days = [(day.day, day.opens_at, day.closes_at) for day in exhibition.days]
    return exhibition.timezone, days, slots.of_edition(the_fair().id)


def check(people: int) -> None:
    exhibition, now = the_fair(), clock.now()
    hours, every = fair_hours(exhibition), slots.of_edition(the_fair().id)
    assert [exhibition.starts_on, exhibition.ends_on] == [hours.first, hours.last]
    for slot in every:
        assert hours.hold(slot.starts_at, slot.ends_at) or slot.status(now) is not SlotStatus.OPEN, slot
    assert sum(slot.issued for slot in every) == people
    there = {slot.id for slot in every}
    assert set(db.session.scalars(select(VisitorPass.slot_id))) == there
    held = select(func.sum(VisitorPass.party_size)).where(VisitorPass.state == "valid")
    assert db.session.scalar(held) == people
    assert len({slot.starts_at for slot in every}) == len(every)
    generations = select(func.count()).select_from(VisitorPass).where(VisitorPass.generation > 255)
    assert db.session.scalar(generations) == 0


@pytest.mark.usefixtures("app")
@given(steps=STEPS)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_change_leaves_a_session_bookable_outside_the_fair_or_loses_anybody(
    app: Flask, steps: list[Change | Undo]
) -> None:
    db.session.rollback()
    empty(app)
    small_fair()
    people = db.session.scalar(select(func.count()).select_from(Registration)) or 0
    for step in steps:
        take(step)
        db.session.expire_all()
        check(2 * people)


@pytest.mark.usefixtures("app")
@given(change=CHANGES, more=st.lists(CHANGES, max_size=2))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_changes_that_are_undone_one_after_the_other_bring_everything_back_and_redone_forth(
    app: Flask, change: Change, more: list[Change]
) -> None:
    db.session.rollback()
    empty(app)
    small_fair()
    states = [state()]
    for step in (change, *more):
        before = len(consequences.changes(the_fair()))
        take(step)
        if len(consequences.changes(the_fair())) > before:
            states.append(state())
    made = [one.id for one in consequences.changes(the_fair())]
    for change_id, earlier in zip(made, reversed(states[:-1]), strict=True):
        consequences.undo(COMMAND_LINE, the_fair(), change_id)
        assert state() == earlier
    if made:
        [undone] = consequences.changes(the_fair(), limit=1)
        consequences.undo(COMMAND_LINE, the_fair(), undone.id)
        assert state() == states[1]
