"""The problem built from applications: wishes, needs, neighbours by name, points, and who takes no part."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from exhibition.accounts.audit import Actor
from exhibition.allocation import service
from exhibition.allocation.proposals import pins, problem_builder
from exhibition.allocation.proposals import service as proposals
from exhibition.allocation.proposals.problem_builder import Wanted
from exhibition.allocation.rules import AllocationState
from exhibition.allocation.solver.problem import BoothRequest as Applicant
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.exhibitors import service as exhibitors
from exhibition.exhibitors.applications import calls
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Application, Exhibitor
from exhibition.exhibitors.rules.application_steps import ApplicationState, ExhibitorKind, PointRules, Step, StepTaker
from exhibition.venue.models import Exhibition
from tests.conftest import run_jobs
from tests.exhibitors.applications.applying import submitted
from tests.fairs import the_fair

RATNA = Actor(None, "Ratna")
QUICK = Wanted(effort=1)
NAME = "Keripik Mbak Yuni"


def shortlisted(exhibition: Exhibition, name: str = NAME, **more: object) -> Application:
    """An applicant of the edition who is an exhibitor now."""
    number = sum(map(ord, name))
    application = submitted(exhibition, name=name, phone=f"0812345{number:05}", email=f"{number}@example.com", **more)
    applications.take(RATNA, StepTaker.ORGANIZER, application.id, Step.SHORTLIST)
    return application


def applicants(exhibition: Exhibition) -> dict[str, Applicant]:
    return {one.id: one for one in problem_builder.ask(exhibition, QUICK).problem.applications}


def test_wishes_and_needs_come_from_the_application(exhibition: Exhibition) -> None:
    shortlisted(
        exhibition,
        wishes=["C03", "A01"],
        zone_wishes=["KUL", "KRI"],
        power_va=450,
        water=True,
        accessible=True,
    )
    one = applicants(exhibition)[NAME]
    assert (one.wishes, one.zone_wishes) == (("C03", "A01"), ("KUL", "KRI"))
    assert (one.needs.power_va, one.needs.water, one.needs.accessible) == (450, True, True)
    assert (one.kind, one.product_group) == ("umkm", "Camilan")


def test_an_exhibitor_without_an_application_takes_part_and_asks_for_nothing(exhibition: Exhibition) -> None:
    exhibitors.add(RATNA, the_fair(), exhibitors.Details("Kementerian Contoh", ExhibitorKind.MINISTRY))
    one = applicants(exhibition)["Kementerian Contoh"]
    assert one == Applicant(id="Kementerian Contoh", kind="ministry", points=one.points)


@pytest.mark.parametrize(
    ("state", "takes_part"),
    [
        (ApplicationState.SUBMITTED, True),
        (ApplicationState.SHORTLISTED, True),
        (ApplicationState.WAITLISTED, False),
        (ApplicationState.REJECTED, False),
        (ApplicationState.WITHDRAWN, False),
        (ApplicationState.DECLINED, False),
        (ApplicationState.CANCELLED, False),
    ],
)
def test_who_is_decided_against_takes_no_part_without_a_booth_or_a_pin(
    exhibition: Exhibition, state: ApplicationState, takes_part: bool
) -> None:
    application = shortlisted(exhibition)
    application.state = state
    db.session.commit()
    assert (NAME in applicants(exhibition)) == takes_part
    free, other = [booth.code for booth in service.plan(exhibition) if booth.state == "open"][:2]
    assert application.exhibitor_id is not None
    pins.pin(RATNA, exhibition, application.exhibitor_id, other)
    assert applicants(exhibition)[NAME].pinned == other
    pins.pin(RATNA, exhibition, application.exhibitor_id, "")
    service.hold(RATNA, exhibition, free, application.exhibitor_id)
    assert applicants(exhibition)[NAME].current == free


def test_all_holds_are_kept_by_one_switch(exhibition: Exhibition) -> None:
    application = shortlisted(exhibition)
    free = next(booth.code for booth in service.plan(exhibition) if booth.state == "open")
    service.hold(RATNA, exhibition, free, application.exhibitor_id or 0)
    assert applicants(exhibition)[NAME].pinned is None
    proposal = proposals.start(RATNA, exhibition, replace(QUICK, keep_holds=True))
    run_jobs()
    assert proposal.problem["keep_holds"] is True
    line = next(line for line in proposals.lines(proposal) if line.name == NAME)
    assert (line.target, line.change, line.reasons[0][0]) == (free, "stays", "pinned")


def test_the_newest_application_that_is_alive_speaks(exhibition: Exhibition) -> None:
    first = shortlisted(exhibition, wishes=["A01"])
    second = shortlisted(exhibition, wishes=["C03"])
    assert first.exhibitor_id == second.exhibitor_id
    assert applicants(exhibition)[NAME].wishes == ("C03",)
    applications.take(RATNA, StepTaker.APPLICANT, second.id, Step.WITHDRAW)
    assert applicants(exhibition)[NAME].wishes == ("A01",)


def test_a_draft_says_nothing_yet(exhibition: Exhibition) -> None:
    one = exhibitors.add(RATNA, the_fair(), exhibitors.Details("Kopi Baru", ExhibitorKind.UMKM))
    applications.begin(exhibition, {"name": "Kopi Baru", "wishes": ["A01"]}, exhibitor=one)
    assert applicants(exhibition)["Kopi Baru"].wishes == ()


def test_neighbours_are_known_by_their_names_however_written(exhibition: Exhibition) -> None:
    shortlisted(exhibition, "CV. Kopi  Lereng")
    shortlisted(exhibition, "Batik Indah")
    shortlisted(exhibition, near=["kopi lereng", "Siapa Ini"], avoid=["UD BATIK INDAH", NAME])
    one = applicants(exhibition)[NAME]
    assert one.near == ("CV. Kopi  Lereng", "Siapa Ini")
    assert one.avoid == ("Batik Indah", NAME)


def test_a_business_is_also_known_by_the_name_it_applied_with(exhibition: Exhibition) -> None:
    application = shortlisted(exhibition, "Kopi Lereng")
    db.session.get_one(Exhibitor, application.exhibitor_id).name = "Koperasi Petani Lereng"
    db.session.commit()
    shortlisted(exhibition, avoid=["Kopi Lereng"])
    assert applicants(exhibition)[NAME].avoid == ("Koperasi Petani Lereng",)


def test_points_are_those_of_the_editions_rules(exhibition: Exhibition) -> None:
    rules = PointRules(kinds={"umkm": 3, "ministry": -2}, districts={"Bawen": 4}, first_time=5)
    calls.change(RATNA, exhibition, is_open=True, closes_on=None, points=rules)
    shortlisted(exhibition)
    exhibitors.add(RATNA, the_fair(), exhibitors.Details("Kementerian Contoh", ExhibitorKind.MINISTRY))
    exhibitors.add(RATNA, the_fair(), exhibitors.Details("Kopi Diam", ExhibitorKind.UMKM, district="Bawen"))
    found = {name: one.points for name, one in applicants(exhibition).items()}
    assert min(found.values()) == found["Kementerian Contoh"] == 0, "all are moved up by the same two points"
    assert (found[NAME], found["Kopi Diam"]) == (3 + 4 + 5 + 2, 3 + 4 + 2)


def test_a_hold_outweighs_a_lot_and_a_point_outweighs_both(exhibition: Exhibition) -> None:
    names = ["Kopi Satu", "Kopi Dua", "Kopi Tiga", "Kopi Empat"]
    papers = [shortlisted(exhibition, name, district="Bawen") for name in names]
    before = applicants(exhibition)
    assert len({before[name].points for name in names}) == 1, "no lot is drawn"
    calls.draw(RATNA, exhibition)
    free = next(booth.code for booth in service.plan(exhibition) if booth.state == "open")
    after = {name: one.points for name, one in applicants(exhibition).items() if name in names}
    call = calls.of(exhibition)
    rules = calls.point_rules(call)
    ranks = calls.ranks(call, {paper.reference: calls.total(rules, paper) for paper in papers})
    order = [paper.name for paper in sorted(papers, key=lambda paper: ranks[paper.reference])]
    assert sorted(after, key=lambda name: -after[name]) == order
    last = next(paper for paper in papers if paper.name == order[-1])
    assert last.exhibitor_id is not None
    service.hold(RATNA, exhibition, free, last.exhibitor_id)
    holding = applicants(exhibition)
    assert holding[order[0]].points < holding[order[-1]].points < before[order[0]].points + 1


def test_the_proposal_gives_what_an_application_needs_or_says_why_not(exhibition: Exhibition) -> None:
    shortlisted(exhibition, "Kopi Basah", water=True)
    shortlisted(exhibition, "Las Karbit", power_va=3500)
    proposals.start(RATNA, exhibition, replace(QUICK, effort=2))
    run_jobs()
    proposal = proposals.latest(exhibition)
    assert proposal is not None
    db.session.refresh(proposal)
    lines = {line.name: line for line in proposals.lines(proposal)}
    assert lines["Las Karbit"].target == ""
    assert lines["Las Karbit"].reasons[0][0] == "needs_unmet"
    placed = lines["Kopi Basah"].target
    assert not placed or placed.endswith("01"), "only the first column has water"


def test_publishing_is_refused_when_an_applicant_gave_up_meanwhile(exhibition: Exhibition) -> None:
    proposals.start(RATNA, exhibition, QUICK)
    run_jobs()
    proposal = proposals.latest(exhibition)
    assert proposal is not None
    db.session.refresh(proposal)
    new = next(line for line in proposals.lines(proposal) if line.change == "new")
    paper = db.session.scalars(select(Application).where(Application.exhibitor_id == new.exhibitor_id)).one()
    applications.take(applications.actor_of(paper), StepTaker.APPLICANT, paper.id, Step.WITHDRAW)
    with pytest.raises(Refused) as refused:
        proposals.publish(RATNA, exhibition, proposal.id, AllocationState.OFFERED)
    assert refused.value.code == "changed_since"
    assert new.name in str(refused.value.message)


def test_those_who_would_share_and_name_each_other_ask_for_one_booth(exhibition: Exhibition) -> None:
    shortlisted(exhibition, "Kopi Satu", share=True, near=["kopi dua"])
    shortlisted(exhibition, "Kopi Dua", share=True)
    shortlisted(exhibition, "Kopi Tiga", share=True)
    shortlisted(exhibition, "Kopi Empat", near=["Kopi Satu"])
    found = applicants(exhibition)
    assert found["Kopi Satu"].share == found["Kopi Dua"].share == "Kopi Dua"
    assert (found["Kopi Tiga"].share, found["Kopi Empat"].share) == (None, None)


def test_a_shared_booth_is_published_as_one_and_stays_one(exhibition: Exhibition) -> None:
    shortlisted(exhibition, "Kopi Satu", share=True, near=["Kopi Dua"])
    shortlisted(exhibition, "Kopi Dua", share=True)
    proposals.start(RATNA, exhibition, replace(QUICK, effort=2))
    run_jobs()
    proposal = proposals.latest(exhibition)
    assert proposal is not None
    db.session.refresh(proposal)
    targets = {line.target for line in proposals.lines(proposal) if line.name in ("Kopi Satu", "Kopi Dua")}
    assert len(targets) == 1
    assert targets != {""}
    drawn = next(booth for booth in proposals.drawn(exhibition, proposal) if booth.code in targets)
    assert [claim.exhibitor for claim in drawn.claims] == ["Kopi Dua", "Kopi Satu"]
    step = proposals.publish(RATNA, exhibition, proposal.id, AllocationState.HELD)
    booth = next(booth for booth in service.plan(exhibition) if booth.code in targets)
    assert sorted(claim.exhibitor for claim in booth.claims) == ["Kopi Dua", "Kopi Satu"]
    again = applicants(exhibition)
    assert again["Kopi Satu"].share == again["Kopi Dua"].share == "Kopi Dua"
    service.undo(RATNA, exhibition, step.id)
    assert not next(one for one in service.plan(exhibition) if one.code == booth.code).claims


def test_who_was_promised_a_booth_for_some_days_is_pinned_there_beside_those_of_other_days(
    exhibition: Exhibition,
) -> None:
    people, free = service.without_booth(exhibition)[:2], "J04"
    for one, day in zip(people, exhibition.days, strict=False):
        service.hold(RATNA, exhibition, free, one.id, days=[day.day])
    for claim in next(booth for booth in service.plan(exhibition) if booth.code == free).claims:
        service.confirm(RATNA, exhibition, claim.mark)
    found = applicants(exhibition)
    assert {found[one.name].pinned for one in people} == {free}
    assert [found[one.name].days for one in people] == [(day.day.isoformat(),) for day in exhibition.days[:2]]
    assert {found[one.name].share for one in people} == {None}
    proposals.start(RATNA, exhibition, QUICK)
    run_jobs()
    proposal = proposals.latest(exhibition)
    assert proposal is not None
    db.session.refresh(proposal)
    assert {line.target for line in proposals.lines(proposal) if line.name in {one.name for one in people}} == {free}
