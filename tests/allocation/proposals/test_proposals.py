"""Proposals at the desk: requested, worked out by the job, reviewed, published in one step, undone."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, update

from exhibition.accounts.audit import Actor
from exhibition.accounts.models import User
from exhibition.allocation import service
from exhibition.allocation.models import Allocation, AllocationProposal, AllocationStep
from exhibition.allocation.proposals import pins, problem_builder
from exhibition.allocation.proposals import service as proposals
from exhibition.allocation.proposals.problem_builder import Wanted
from exhibition.allocation.proposals.service import ProposalLine
from exhibition.allocation.rules import AllocationState, ProposalState
from exhibition.allocation.solver import solve as solver
from exhibition.allocation.solver.problem import AllocationProblem, AssignmentPlan
from exhibition.core import clock, jobs
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Booth, Exhibition
from tests.conftest import run_jobs
from tests.faults import logged, raising

QUICK = Wanted(effort=1)


pytestmark = pytest.mark.usefixtures("csrf_off")


@pytest.fixture
def ratna(organizer: User) -> Actor:
    return Actor(organizer.id, "Ratna")


def propose(ratna: Actor, exhibition: Exhibition, wanted: Wanted = QUICK) -> AllocationProposal:
    proposals.start(ratna, exhibition, wanted)
    run_jobs()
    found = proposals.latest(exhibition)
    assert found is not None
    return found


def by_change(proposal: AllocationProposal, change: str) -> list[ProposalLine]:
    return [line for line in proposals.lines(proposal) if line.change == change]


def test_a_proposal_leaves_confirmed_exhibitors_where_they_are_and_says_why(
    exhibition: Exhibition, ratna: Actor
) -> None:
    confirmed = {
        claim.exhibitor_id: booth.code
        for booth in service.plan(exhibition)
        if (claim := booth.claim) and claim.state is AllocationState.CONFIRMED
    }
    proposal = propose(ratna, exhibition)
    assert proposal.state is ProposalState.DONE
    lines = {line.exhibitor_id: line for line in proposals.lines(proposal)}
    assert {one: lines[one].target for one in confirmed} == confirmed
    assert all(line.reasons for line in lines.values())


def test_publishing_fills_free_booths_in_one_step_that_can_be_undone(exhibition: Exhibition, ratna: Actor) -> None:
    proposal = propose(ratna, exhibition)
    new = by_change(proposal, "new")
    assert new
    before = {booth.code: booth.exhibitor for booth in service.plan(exhibition)}
    step = proposals.publish(ratna, exhibition, proposal.id, AllocationState.OFFERED, hours=5)
    standing = {booth.code: booth for booth in service.plan(exhibition)}
    for line in new:
        assert (standing[line.target].exhibitor, standing[line.target].state) == (line.name, "offered")
    assert db.session.get_one(AllocationProposal, proposal.id).state is ProposalState.PUBLISHED
    service.undo(ratna, exhibition, step.id)
    assert {booth.code: booth.exhibitor for booth in service.plan(exhibition)} == before


def test_a_proposal_is_published_once(exhibition: Exhibition, ratna: Actor) -> None:
    proposal = propose(ratna, exhibition)
    proposals.publish(ratna, exhibition, proposal.id, AllocationState.HELD)
    with pytest.raises(Refused) as refused:
        proposals.publish(ratna, exhibition, proposal.id, AllocationState.HELD)
    assert refused.value.code == "proposal_unfinished"


def test_publishing_is_refused_with_names_when_somebody_changed_the_plan(exhibition: Exhibition, ratna: Actor) -> None:
    proposal = propose(ratna, exhibition)
    held = next(booth for booth in service.plan(exhibition) if booth.state == "held")
    assert held.claim is not None
    service.confirm(ratna, exhibition, held.claim.mark)
    steps = len(db.session.scalars(select(AllocationStep)).all())
    with pytest.raises(Refused) as refused:
        proposals.publish(ratna, exhibition, proposal.id, AllocationState.HELD)
    assert refused.value.code == "changed_since"
    assert held.exhibitor in str(refused.value.message)
    db.session.rollback()
    assert len(db.session.scalars(select(AllocationStep)).all()) == steps


def test_the_independent_checker_stops_a_broken_plan(exhibition: Exhibition, ratna: Actor) -> None:
    proposal = propose(ratna, exhibition)
    plan: dict[str, Any] = dict(proposal.plan or {})
    one, other = list(plan["assignments"])[:2]
    plan["assignments"] = plan["assignments"] | {one: plan["assignments"][other]}
    db.session.execute(update(AllocationProposal).values(plan=plan))
    db.session.commit()
    with pytest.raises(Refused) as refused:
        proposals.publish(ratna, exhibition, proposal.id, AllocationState.HELD)
    assert refused.value.code == "proposal_broken"


def test_a_pin_is_kept_and_told_as_the_organizers_decision(exhibition: Exhibition, ratna: Actor) -> None:
    new = by_change(propose(ratna, exhibition), "new")
    one, elsewhere = new[0], new[-1].target
    pins.pin(ratna, exhibition, one.exhibitor_id, elsewhere)
    again = {line.exhibitor_id: line for line in proposals.lines(propose(ratna, exhibition))}
    assert again[one.exhibitor_id].target == elsewhere
    assert again[one.exhibitor_id].reasons[0][0] == "pinned"
    pins.pin(ratna, exhibition, one.exhibitor_id, "")
    assert pins.pinned_booths(exhibition) == {}


def test_two_exhibitors_cannot_be_pinned_to_one_booth(exhibition: Exhibition, ratna: Actor) -> None:
    one, other = service.without_booth(exhibition)[:2]
    free = next(booth.code for booth in service.plan(exhibition) if booth.state == "open")
    pins.pin(ratna, exhibition, one.id, free)
    with pytest.raises(Refused) as refused:
        pins.pin(ratna, exhibition, other.id, free)
    assert refused.value.code == "booth_pinned"
    assert one.name in str(refused.value.message)


def test_a_pin_gives_way_to_somebody_confirmed_in_that_booth(exhibition: Exhibition, ratna: Actor) -> None:
    one = service.without_booth(exhibition)[0]
    taken = next(booth.code for booth in service.plan(exhibition) if booth.state == "allocated")
    pins.pin(ratna, exhibition, one.id, taken)
    assert propose(ratna, exhibition).state is ProposalState.DONE


def test_the_same_question_gets_the_same_plan(exhibition: Exhibition, ratna: Actor) -> None:
    first, second = propose(ratna, exhibition), propose(ratna, exhibition)
    assert first.plan is not None
    assert second.plan is not None
    assert first.plan["assignments"] == second.plan["assignments"]


def test_one_proposal_at_a_time(exhibition: Exhibition, ratna: Actor) -> None:
    proposals.start(ratna, exhibition, QUICK)
    with pytest.raises(Refused) as refused:
        proposals.start(ratna, exhibition, QUICK)
    assert refused.value.code == "proposal_running"


@pytest.mark.parametrize("step", ["solve", "document"])
def test_a_fault_while_a_proposal_is_worked_out_is_told_and_logged(
    exhibition: Exhibition,
    ratna: Actor,
    organizer_client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    step: str,
) -> None:
    error = TypeError("a fault")
    with monkeypatch.context() as patch, logged(caplog, error):
        patch.setattr(solver if step == "solve" else AssignmentPlan, step, raising(error))
        proposal = propose(ratna, exhibition)
    assert (proposal.state, proposals.is_working(proposal)) == (ProposalState.FAILED, False)
    assert "went wrong on our side" in organizer_client.get("/desk/proposal?lang=en").text
    assert propose(ratna, exhibition).state is ProposalState.DONE


def test_a_proposal_whose_job_was_lost_does_not_stand_in_the_way(exhibition: Exhibition, ratna: Actor) -> None:
    lost = proposals.start(ratna, exhibition, QUICK)
    jobs.huey.flush()
    with time_machine.travel(lost.created_at + timedelta(minutes=12)):
        assert not proposals.is_working(lost)
        proposals.start(ratna, exhibition, QUICK)


def test_a_proposal_that_is_stopped_keeps_the_best_found(exhibition: Exhibition, ratna: Actor) -> None:
    proposal = proposals.start(ratna, exhibition, replace(QUICK, effort=30))
    proposals.stop(ratna, exhibition, proposal.id)
    run_jobs()
    found = proposals.latest(exhibition)
    assert found is not None
    assert found.state is ProposalState.DONE
    assert found.plan is not None
    assert found.plan["optimal"] or found.plan["cut_short"] == "stopped"


def test_ministries_belong_to_the_zone_at_the_entrance(exhibition: Exhibition) -> None:
    problem = problem_builder.ask(exhibition, QUICK).problem
    zones = {booth.zone for booth in problem.booths}
    assert set(problem.affinity["ministry"]) <= zones


def test_an_exhibitor_with_a_booth_in_an_earlier_edition_is_established(exhibition: Exhibition) -> None:
    assert not any(one.newcomer for one in problem_builder.ask(exhibition, QUICK).problem.applications)
    last_year = an_edition_before(exhibition)
    known, offered = db.session.scalars(select(Exhibitor.id).order_by(Exhibitor.id).limit(2))
    booth = db.session.scalars(select(Booth.id).limit(1)).one()
    expiry = clock.now()
    db.session.add_all(
        Allocation(exhibition_id=last_year.id, booth_id=booth, exhibitor_id=one, state=state, expires_at=expiry)
        for one, state in ((known, AllocationState.CONFIRMED), (offered, AllocationState.OFFERED))
    )
    db.session.commit()
    question = problem_builder.ask(exhibition, QUICK)
    newcomers = {question.exhibitors[one.id] for one in question.problem.applications if one.newcomer}
    assert newcomers == set(question.exhibitors.values()) - {known}


def an_edition_before(exhibition: Exhibition) -> Exhibition:
    year = timedelta(days=366)
    other = Exhibition(
        slug="earlier",
        name="Earlier",
        venue_name=exhibition.venue_name,
        starts_on=exhibition.starts_on - year,
        ends_on=exhibition.ends_on - year,
        hall_width=exhibition.hall_width,
        hall_depth=exhibition.hall_depth,
    )
    db.session.add(other)
    db.session.flush()
    return other


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"effort": "0"}, "Effort:"),
        ({"effort": "1e9"}, "Effort:"),
        ({"priority": "nan"}, "Points"),
        ({"priority": "-1"}, "Points"),
        ({"seed": "x"}, "Seed"),
        ({"competitor_radius_m": "101"}, "Metres between competitors"),
    ],
)
def test_a_hostile_question_is_refused_by_name_and_nothing_is_asked(
    exhibition: Exhibition, organizer_client: FlaskClient, fields: dict[str, str], named: str
) -> None:
    page = organizer_client.post("/desk/proposal?lang=en", data=FIELDS | fields)
    assert page.status_code == 422
    assert named in page.text
    assert proposals.latest(exhibition) is None


FIELDS = {
    **dict.fromkeys(("priority", "wishes", "zone_wishes", "competitors", "cluster", "near", "affinity"), "10"),
    "newcomers": "5",
    "moves": "1",
    "quotas": "100",
    "competitor_radius_m": "6",
    "avoid_radius_m": "6",
    "seed": "1",
    "effort": "1",
}


def test_the_form_as_it_is_shown_can_be_sent(exhibition: Exhibition, organizer_client: FlaskClient) -> None:
    page = organizer_client.get("/desk/proposal").text
    shown = dict(re.findall(r'<input [^>]*\bname="(\w+)"[^>]*\bvalue="([^"]*)"', page))
    assert shown.keys() >= FIELDS.keys()
    assert organizer_client.post("/desk/proposal", data=shown).status_code == 302
    proposal = proposals.latest(exhibition)
    assert proposal is not None
    assert proposal.problem["weights"] == AllocationProblem().document()["weights"]


def test_the_desk_asks_looks_pins_and_publishes(exhibition: Exhibition, organizer_client: FlaskClient) -> None:
    assert organizer_client.post("/desk/proposal", data=FIELDS).status_code == 302
    assert 'data-testid="job-progress"' in organizer_client.get("/desk/proposal").text
    run_jobs()
    db.session.rollback()  # the job had a session of its own
    assert 'data-change="new"' in organizer_client.get("/desk/proposal").text
    proposal = proposals.latest(exhibition)
    assert proposal is not None
    line = by_change(proposal, "new")[0]
    pin = {"exhibitor_id": str(line.exhibitor_id), "booth": line.target}
    assert organizer_client.post("/desk/proposal/pins", data=pin).status_code == 302
    address = f"/desk/proposal/{proposal.id}/publish"
    assert organizer_client.post(address, data={"state": "confirmed"}).status_code == 422
    assert organizer_client.post(address, data={"state": "held", "hours": "2"}).status_code == 302
    assert line.name in organizer_client.get("/desk/plan").text
