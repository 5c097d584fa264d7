"""Several organizers at the same booth at the same moment, with real connections on both databases."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from exhibition.accounts.audit import Actor
from exhibition.allocation import consequences, offers, service, waiting
from exhibition.allocation.models import Allocation, AllocationDay, AllocationStep
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.rules.application_steps import Step, StepTaker
from exhibition.venue.models import Exhibition
from tests.fairs import the_fair

Outcome = AllocationStep | Refused


def at_once(app: Flask, acts: list[Callable[[Exhibition], AllocationStep]]) -> list[Outcome]:
    """Run the acts in threads that start together; returns each result or refusal."""
    db.session.remove()
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[Exhibition], AllocationStep]) -> Outcome:
        with app.app_context():
            exhibition = the_fair()
            barrier.wait()
            try:
                return act(exhibition)
            except Refused as refused:
                return refused
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def without_booth() -> list[int]:
    placed = select(Allocation.exhibitor_id)
    return list(db.session.scalars(select(Exhibitor.id).where(Exhibitor.id.not_in(placed)).order_by(Exhibitor.id)))


def code_in_state(exhibition: Exhibition, state: str, nth: int = 0) -> str:
    return [booth.code for booth in service.plan(exhibition) if booth.state == state][nth]


@pytest.mark.parametrize("organizers", [2, 8])
def test_one_of_several_organizers_gets_the_booth_and_the_others_are_told_who_and_when(
    app: Flask, exhibition: Exhibition, organizers: int
) -> None:
    code, exhibitors = code_in_state(exhibition, "open"), without_booth()
    outcomes = at_once(
        app,
        [
            lambda fair, n=n: service.hold(Actor(None, f"Organizer {n}"), fair, code, exhibitors[n % len(exhibitors)])
            for n in range(organizers)
        ],
    )
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert len(refusals) == organizers - 1
    winner = next(booth for booth in service.plan(the_fair()) if booth.code == code)
    assert winner.claim is not None
    for refused in refusals:
        assert refused.code == "booth_taken"
        assert refused.details["by"] == winner.claim.changed_by
        assert refused.details["exhibitor"] == winner.exhibitor
        assert refused.details["at"]
    live = select(func.count()).where(AllocationDay.booth_id == winner.id, AllocationDay.live)
    assert db.session.scalar(live) == 3


def test_an_exhibitor_gets_one_booth_however_many_organizers_place_them(app: Flask, exhibition: Exhibition) -> None:
    codes = [code_in_state(exhibition, "open", nth) for nth in range(3)]
    exhibitor = without_booth()[0]
    outcomes = at_once(
        app,
        [lambda fair, code=code: service.hold(Actor(None, "Ratna"), fair, code, exhibitor) for code in codes],
    )
    refused = [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]
    assert refused == ["exhibitor_placed"] * 2


def test_an_expired_hold_is_taken_over_by_exactly_one(
    app: Flask, exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, exhibitors = code_in_state(exhibition, "held"), without_booth()[:4]
    later = clock.now() + timedelta(hours=exhibition.hold_hours + 1)
    monkeypatch.setattr(clock, "now", lambda: later)
    outcomes = at_once(
        app,
        [
            lambda fair, exhibitor=exhibitor: service.hold(Actor(None, "Ratna"), fair, code, exhibitor)
            for exhibitor in exhibitors
        ],
    )
    assert [outcome.code for outcome in outcomes if isinstance(outcome, Refused)] == ["booth_taken"] * 3


def test_crossing_swaps_leave_everybody_with_one_booth(app: Flask, exhibition: Exhibition) -> None:
    marks = [booth.claim.mark for booth in service.plan(exhibition) if booth.state == "allocated" and booth.claim][:3]
    pairs = [(0, 1), (1, 0), (1, 2), (2, 0), (0, 2), (2, 1)]
    outcomes = at_once(
        app,
        [
            lambda fair, one=one, other=other: service.swap(Actor(None, "Ratna"), fair, marks[one], marks[other])
            for one, other in pairs
        ],
    )
    refused = [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]
    assert refused == ["changed_since"] * 5
    states = [booth.state for booth in service.plan(the_fair())]
    assert sum(state == "allocated" for state in states) == 31


def test_a_step_undone_by_two_is_undone_once(app: Flask, exhibition: Exhibition) -> None:
    step = service.hold(Actor(None, "Ratna"), exhibition, code_in_state(exhibition, "open"), without_booth()[0])
    number = step.id
    outcomes = at_once(app, [lambda fair: service.undo(Actor(None, "Budi"), fair, number)] * 2)
    assert [outcome.code for outcome in outcomes if isinstance(outcome, Refused)] == ["already_undone"]


@pytest.mark.usefixtures("nobody_waits")
def test_accepting_and_expiring_at_the_same_moment_leave_one_holder(
    app: Flask, exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock stands exactly at the end of the offer: either it was accepted before, or the next in line has it."""
    offered = next(booth for booth in service.plan(exhibition) if booth.state == "offered")
    assert offered.claim is not None
    assert offered.claim.expires_at is not None
    seen, exhibitor, end = offered.claim.mark, offered.claim.exhibitor_id, offered.claim.expires_at
    following = without_booth()[0]
    waiting.add(Actor(None, "Ratna"), exhibition, following)
    waiting.rules(Actor(None, "Ratna"), exhibition.id, by_itself=True, hours=24)
    moments = itertools.cycle([end - timedelta(microseconds=1), end])
    monkeypatch.setattr(clock, "now", lambda: next(moments))

    def expire(_fair: Exhibition) -> AllocationStep:
        consequences.lapse()
        raise Refused("tidied", "")

    outcomes = at_once(
        app,
        [lambda fair: offers.accept(Actor(None, "Siti"), fair, exhibitor, seen), expire] * 4,
    )
    monkeypatch.undo()
    accepted = sum(isinstance(outcome, AllocationStep) for outcome in outcomes)
    now = next(booth for booth in service.plan(the_fair()) if booth.code == offered.code)
    assert now.claim is not None
    assert (accepted, now.claim.exhibitor_id) in {(1, exhibitor), (0, following)}
    application = applications.of_exhibitor(the_fair(), exhibitor)
    assert application is not None
    assert application.state.value == ("accepted" if accepted else "waitlisted")
    live = select(func.count()).where(AllocationDay.booth_id == now.id, AllocationDay.live)
    assert db.session.scalar(live) == 3


def test_offering_and_withdrawing_at_the_same_moment_leave_booth_and_application_agreed(
    app: Flask, exhibition: Exhibition
) -> None:
    held = next(booth for booth in service.plan(exhibition) if booth.state == "held")
    assert held.claim is not None
    seen, exhibitor = held.claim.mark, held.claim.exhibitor_id
    application = applications.of_exhibitor(exhibition, exhibitor)
    assert application is not None
    number, applicant = application.id, applications.actor_of(application)

    def withdraw(_fair: Exhibition) -> AllocationStep:
        applications.take(applicant, StepTaker.APPLICANT, number, Step.WITHDRAW)
        raise Refused("withdrawn", "")

    outcomes = at_once(app, [lambda fair: service.offer(Actor(None, "Ratna"), fair, seen), withdraw])
    offered, withdrawn = (outcome.code if isinstance(outcome, Refused) else "done" for outcome in outcomes)
    assert (offered, withdrawn) in {("done", "application_step"), ("changed_since", "withdrawn")}
    booth = next(booth for booth in service.plan(the_fair()) if booth.code == held.code)
    application = applications.of_exhibitor(the_fair(), exhibitor)
    assert application is not None
    assert (booth.state, application.state) in {("offered", "offered"), ("open", "withdrawn")}
