"""An exhibitor's application follows offers, answers and acts at the desk: its state always matches the booth's."""

from datetime import timedelta
from email import message_from_string

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from exhibition.accounts.audit import COMMAND_LINE, Actor
from exhibition.accounts.models import AuditEntry, RoleName
from exhibition.accounts.service import create_user
from exhibition.allocation import consequences, offers, service, waiting
from exhibition.allocation.models import AllocationStep
from exhibition.allocation.planned import PlannedBooth
from exhibition.allocation.proposals import service as proposals
from exhibition.allocation.proposals.problem_builder import Wanted
from exhibition.allocation.rules import AllocationState, Change, Snapshot, StepKind, application_step
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.exhibitors import service as exhibitors
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import ApplicationState, ExhibitorKind, Step, StepTaker
from exhibition.venue.models import Exhibition
from tests.conftest import run_jobs, sign_in
from tests.exhibitors.applications.applying import mails, submitted
from tests.fairs import the_fair

RATNA = Actor(None, "Ratna")

pytestmark = pytest.mark.usefixtures("nobody_waits")


def shortlisted(exhibition: Exhibition, name: str = "Kopi Lereng") -> Application:
    number = sum(map(ord, name))
    application = submitted(exhibition, name=name, phone=f"0812345{number:05}", email=f"{number}@example.com")
    applications.take(RATNA, StepTaker.ORGANIZER, application.id, Step.SHORTLIST)
    return application


def who(application: Application) -> int:
    assert application.exhibitor_id is not None
    return application.exhibitor_id


def mark(exhibition: Exhibition, application: Application) -> str:
    booth = service.places(exhibition)[who(application)]
    assert booth.claim is not None
    return booth.claim.mark


def held(exhibition: Exhibition, application: Application) -> str:
    free = next(booth.code for booth in service.plan(exhibition) if booth.state == "open")
    service.hold(RATNA, exhibition, free, who(application))
    return mark(exhibition, application)


def offered(exhibition: Exhibition, application: Application) -> str:
    service.offer(RATNA, exhibition, held(exhibition, application))
    return mark(exhibition, application)


def state_of(application: Application) -> str:
    db.session.expire_all()
    return application.state.value


def last_step(exhibition: Exhibition) -> int:
    return service.pulse(exhibition)["step"]


def place(exhibition: Exhibition, application: Application) -> tuple[int, int] | None:
    return waiting.place_of(exhibition, who(application))


def late(monkeypatch: pytest.MonkeyPatch) -> None:
    after = clock.now() + timedelta(days=365)
    monkeypatch.setattr(clock, "now", lambda: after)


def test_a_hold_says_nothing_to_the_applicant(exhibition: Exhibition) -> None:
    application = shortlisted(exhibition)
    held(exhibition, application)
    assert state_of(application) == "shortlisted"


def test_offer_accept_and_the_organizers_word(exhibition: Exhibition) -> None:
    application = shortlisted(exhibition)
    seen = offered(exhibition, application)
    assert state_of(application) == "offered"
    offers.accept(RATNA, exhibition, who(application), seen)
    assert state_of(application) == "accepted"
    applications.take(RATNA, StepTaker.ORGANIZER, application.id, Step.CONFIRM)
    assert state_of(application) == "confirmed"
    service.release(RATNA, exhibition, mark(exhibition, application))
    assert state_of(application) == "cancelled"


def test_an_organizer_confirms_a_hold_or_an_offer_at_once(exhibition: Exhibition) -> None:
    first, second = shortlisted(exhibition), shortlisted(exhibition, "Batik Indah")
    service.confirm(RATNA, exhibition, held(exhibition, first))
    service.confirm(RATNA, exhibition, offered(exhibition, second))
    assert (state_of(first), state_of(second)) == ("confirmed", "confirmed")


def test_declining_is_declined_and_not_in_line(exhibition: Exhibition) -> None:
    application = shortlisted(exhibition)
    waiting.add(RATNA, exhibition, who(application))
    offers.decline(RATNA, exhibition, who(application), offered(exhibition, application))
    assert state_of(application) == "declined"
    assert place(exhibition, application) is None


def test_asking_for_another_booth_waits_first_in_line_and_is_not_offered_the_same_again(
    exhibition: Exhibition,
) -> None:
    waiting.rules(RATNA, exhibition.id, by_itself=True, hours=24)
    db.session.refresh(exhibition)
    application = shortlisted(exhibition)
    seen = offered(exhibition, application)
    offers.ask_for_another(RATNA, exhibition, who(application), seen, "dekat pintu")
    assert state_of(application) == "waitlisted"
    assert place(exhibition, application) == (1, 1)


def test_an_offer_taken_back_waits_at_the_end(exhibition: Exhibition) -> None:
    first, second = shortlisted(exhibition), shortlisted(exhibition, "Batik Indah")
    applications.take(RATNA, StepTaker.ORGANIZER, first.id, Step.WAITLIST)
    service.release(RATNA, exhibition, offered(exhibition, second))
    assert state_of(second) == "waitlisted"
    assert (place(exhibition, first), place(exhibition, second)) == ((1, 2), (2, 2))


def test_an_offer_that_lapses_waits_at_the_end_and_the_booth_goes_to_the_next(
    exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting.rules(RATNA, exhibition.id, by_itself=True, hours=24)
    first, second = shortlisted(exhibition), shortlisted(exhibition, "Batik Indah")
    for one in (first, second):
        applications.take(RATNA, StepTaker.ORGANIZER, one.id, Step.WAITLIST)
    db.session.refresh(exhibition)
    free = next(booth for booth in service.plan(exhibition) if booth.state == "open")
    consequences.offer_to_next(RATNA, exhibition, free.id)
    assert (state_of(first), state_of(second)) == ("offered", "waitlisted")
    late(monkeypatch)
    consequences.lapse()
    assert (state_of(first), state_of(second)) == ("waitlisted", "offered")
    found = place(exhibition, first)
    assert found is not None
    assert found[0] == found[1], "behind everybody whose offer lapsed with theirs"


def test_somebody_who_never_answers_does_not_block_the_line(
    exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting.rules(RATNA, exhibition.id, by_itself=True, hours=24)
    application = shortlisted(exhibition)
    applications.take(RATNA, StepTaker.ORGANIZER, application.id, Step.WAITLIST)
    db.session.refresh(exhibition)
    free = next(booth for booth in service.plan(exhibition) if booth.state == "open")
    consequences.offer_to_next(RATNA, exhibition, free.id)
    late(monkeypatch)
    consequences.lapse()
    assert state_of(application) == "waitlisted"
    assert who(application) not in service.places(exhibition)


def test_the_waiting_list_is_that_of_the_applications(exhibition: Exhibition) -> None:
    application = shortlisted(exhibition)

    def take(step: Step) -> None:
        applications.take(RATNA, StepTaker.ORGANIZER, application.id, step)

    take(Step.WAITLIST)
    assert place(exhibition, application) == (1, 1)
    take(Step.SHORTLIST)
    assert place(exhibition, application) is None
    take(Step.WAITLIST)
    take(Step.REJECT)
    assert place(exhibition, application) is None


def test_an_exhibitor_put_in_line_by_hand_stays_there_when_they_apply(exhibition: Exhibition) -> None:
    application = shortlisted(exhibition)
    applications.take(RATNA, StepTaker.ORGANIZER, application.id, Step.REOPEN)
    waiting.add(RATNA, exhibition, who(application))
    applications.take(RATNA, StepTaker.ORGANIZER, application.id, Step.SHORTLIST)
    assert place(exhibition, application) == (1, 1)


@pytest.mark.parametrize("step", [Step.REJECT, Step.WITHDRAW])
def test_a_hold_goes_with_the_application(exhibition: Exhibition, step: Step) -> None:
    application = shortlisted(exhibition)
    held(exhibition, application)
    party = StepTaker.APPLICANT if step is Step.WITHDRAW else StepTaker.ORGANIZER
    applications.take(applications.actor_of(application), party, application.id, step)
    assert who(application) not in service.places(exhibition)


def test_withdrawing_a_duplicate_leaves_the_other_in_line(exhibition: Exhibition) -> None:
    first = shortlisted(exhibition)
    second = shortlisted(exhibition)
    assert who(first) == who(second)
    applications.take(RATNA, StepTaker.ORGANIZER, first.id, Step.WAITLIST)
    applications.take(RATNA, StepTaker.ORGANIZER, second.id, Step.WAITLIST)
    held_mark = held(exhibition, first)
    applications.take(RATNA, StepTaker.APPLICANT, second.id, Step.WITHDRAW)
    assert mark(exhibition, first) == held_mark
    service.release(RATNA, exhibition, held_mark)
    assert place(exhibition, first) == (1, 1)


@pytest.mark.parametrize(
    ("act", "before", "after"),
    [
        ("offer", "shortlisted", "offered"),
        ("confirm_held", "shortlisted", "confirmed"),
        ("confirm_offered", "offered", "confirmed"),
        ("accept", "offered", "accepted"),
        ("decline", "offered", "declined"),
        ("release", "confirmed", "cancelled"),
    ],
)
def test_undo_brings_back_what_the_application_was(exhibition: Exhibition, act: str, before: str, after: str) -> None:
    application = shortlisted(exhibition)
    seen = held(exhibition, application)
    if act in ("confirm_offered", "accept", "decline"):
        service.offer(RATNA, exhibition, seen)
    if act == "release":
        service.confirm(RATNA, exhibition, seen)
    assert state_of(application) == before
    seen = mark(exhibition, application)
    match act:
        case "offer":
            service.offer(RATNA, exhibition, seen)
        case "accept":
            offers.accept(RATNA, exhibition, who(application), seen)
        case "decline":
            offers.decline(RATNA, exhibition, who(application), seen)
        case "release":
            service.release(RATNA, exhibition, seen)
        case _:
            service.confirm(RATNA, exhibition, seen)
    assert state_of(application) == after
    service.undo(RATNA, exhibition, last_step(exhibition))
    assert state_of(application) == before


def _taken_back(exhibition: Exhibition, application: Application) -> None:
    """Release the booth, and undo the release."""
    service.release(RATNA, exhibition, mark(exhibition, application))
    assert state_of(application) == "cancelled"
    service.undo(RATNA, exhibition, last_step(exhibition))


def test_undoing_a_release_brings_an_accepted_booth_back_as_accepted(app: Flask, exhibition: Exhibition) -> None:
    application = shortlisted(exhibition)
    offers.accept(RATNA, exhibition, who(application), offered(exhibition, application))
    _taken_back(exhibition, application)
    assert state_of(application) == "accepted"
    assert _booth(exhibition, application).state == "allocated"
    run_jobs()
    told = [message_from_string(mail) for mail in mails(app)]
    subjects = [mail["Subject"] for mail in told if mail["To"] == application.email]
    assert subjects.count("Terima kasih, Anda sudah menerima stan") == 2
    assert "Stan Anda sudah pasti" not in subjects
    applications.take(RATNA, StepTaker.ORGANIZER, application.id, Step.CONFIRM)
    assert state_of(application) == "confirmed"


def test_a_release_undone_and_undone_again_is_cancelled_as_before(exhibition: Exhibition) -> None:
    application = shortlisted(exhibition)
    offers.accept(RATNA, exhibition, who(application), offered(exhibition, application))
    _taken_back(exhibition, application)
    service.undo(RATNA, exhibition, last_step(exhibition))
    assert state_of(application) == "cancelled"
    service.undo(RATNA, exhibition, last_step(exhibition))
    assert state_of(application) == "accepted"


def test_undoing_a_release_brings_back_the_application_that_followed_and_not_a_newer_one(
    exhibition: Exhibition,
) -> None:
    first = shortlisted(exhibition)
    offers.accept(RATNA, exhibition, who(first), offered(exhibition, first))
    service.release(RATNA, exhibition, mark(exhibition, first))
    released = last_step(exhibition)
    second = shortlisted(exhibition)
    assert who(first) == who(second)
    service.undo(RATNA, exhibition, released)
    assert (state_of(first), state_of(second)) == ("accepted", "shortlisted")


@pytest.mark.parametrize("step", [Step.REOPEN, None])
def test_an_accepted_booth_comes_back_whatever_was_done_with_the_application_since(
    exhibition: Exhibition, step: Step | None
) -> None:
    application = shortlisted(exhibition)
    offers.accept(RATNA, exhibition, who(application), offered(exhibition, application))
    applications.take(RATNA, StepTaker.ORGANIZER, application.id, Step.CONFIRM)
    service.release(RATNA, exhibition, mark(exhibition, application))
    released = last_step(exhibition)
    if step is not None:
        applications.take(RATNA, StepTaker.ORGANIZER, application.id, step)
    service.undo(RATNA, exhibition, released)
    assert state_of(application) == "confirmed"


def test_a_step_from_before_applications_were_kept_with_it_is_undone_as_the_booth_says(exhibition: Exhibition) -> None:
    application = shortlisted(exhibition)
    offers.accept(RATNA, exhibition, who(application), offered(exhibition, application))
    service.release(RATNA, exhibition, mark(exhibition, application))
    step = db.session.get_one(AllocationStep, last_step(exhibition))
    step.changes = [{key: value for key, value in one.items() if key != "application"} for one in step.changes]  # pyright: ignore[reportAttributeAccessIssue] as an older release wrote it
    db.session.commit()
    service.undo(RATNA, exhibition, step.id)
    assert state_of(application) == "confirmed"


def test_undoing_an_offer_to_the_next_in_line_leaves_them_in_line(exhibition: Exhibition) -> None:
    application = shortlisted(exhibition)
    applications.take(RATNA, StepTaker.ORGANIZER, application.id, Step.WAITLIST)
    free = next(booth for booth in service.plan(exhibition) if booth.state == "open")
    consequences.offer_to_next(RATNA, exhibition, free.id)
    service.undo(RATNA, exhibition, last_step(exhibition))
    assert state_of(application) == "waitlisted"
    assert place(exhibition, application) == (1, 1)


@pytest.mark.parametrize("state", ["rejected", "withdrawn", "declined", "cancelled"])
def test_a_booth_offered_all_the_same_overrules_an_earlier_no(exhibition: Exhibition, state: str) -> None:
    application = shortlisted(exhibition)
    application.state = ApplicationState(state)
    db.session.commit()
    offered(exhibition, application)
    assert state_of(application) == "offered"


def test_publishing_offers_to_everybody_in_one_step(exhibition: Exhibition) -> None:
    proposals.start(RATNA, exhibition, Wanted(effort=1))
    run_jobs()
    proposal = proposals.latest(exhibition)
    assert proposal is not None
    db.session.refresh(proposal)
    new = [line.exhibitor_id for line in proposals.lines(proposal) if line.change == "new"]
    proposals.publish(RATNA, exhibition, proposal.id, AllocationState.OFFERED)
    spoken = applications.speaking(exhibition)
    assert new
    assert {spoken[one].state.value for one in new} == {"offered"}
    service.undo(RATNA, exhibition, last_step(exhibition))
    db.session.expire_all()
    assert {spoken[one].state.value for one in new} == {"shortlisted"}


def test_a_refused_act_moves_no_application(exhibition: Exhibition) -> None:
    application = shortlisted(exhibition)
    seen = held(exhibition, application)
    service.offer(RATNA, exhibition, seen)
    entries = len(db.session.scalars(select(AuditEntry.id)).all())
    with pytest.raises(Refused):
        service.confirm(RATNA, exhibition, seen)
    db.session.rollback()
    assert state_of(application) == "offered"
    assert len(db.session.scalars(select(AuditEntry.id)).all()) == entries


def test_an_exhibitor_without_an_application_is_offered_a_booth_as_before(exhibition: Exhibition) -> None:
    one = exhibitors.add(RATNA, the_fair(), exhibitors.Details("Kementerian Contoh", ExhibitorKind.MINISTRY))
    free = next(booth.code for booth in service.plan(exhibition) if booth.state == "open")
    service.hold(RATNA, exhibition, free, one.id)
    claim = service.places(exhibition)[one.id].claim
    assert claim is not None
    service.offer(RATNA, exhibition, claim.mark)
    assert service.places(exhibition)[one.id].state == "offered"


@pytest.mark.parametrize(
    ("kind", "before", "after", "waits", "step"),
    [
        (StepKind.HOLD, "released", "held", False, None),
        (StepKind.MOVE, "offered", "offered", False, None),
        (StepKind.PUBLISH, "released", "offered", False, Step.OFFER),
        (StepKind.ACCEPT, "offered", "confirmed", False, Step.ACCEPT),
        (StepKind.CONFIRM, "held", "confirmed", True, Step.CONFIRM),
        (StepKind.DECLINE, "offered", "released", False, Step.DECLINE),
        (StepKind.DECLINE, "offered", "released", True, Step.LAPSE),
        (StepKind.RELEASE, "offered", "released", False, Step.LAPSE),
        (StepKind.RELEASE, "confirmed", "released", False, Step.CANCEL),
        (StepKind.RELEASE, "held", "released", True, None),
        (StepKind.UNDO, "offered", "held", False, Step.UNDO),
        (StepKind.UNDO, "offered", "released", True, Step.LAPSE),
        (StepKind.UNDO, "confirmed", "held", False, Step.UNDO),
        (StepKind.UNDO, "confirmed", "offered", False, Step.OFFER),
        (StepKind.UNDO, "released", "confirmed", False, Step.CONFIRM),
        (StepKind.UNDO, "held", "released", False, None),
        (None, "offered", "released", False, Step.LAPSE),
        (None, "held", "released", True, None),
    ],
)
def test_each_change_of_a_booth_means_one_step_or_none(
    kind: StepKind | None, before: str, after: str, waits: bool, step: Step | None
) -> None:
    change = Change(1, 1, Snapshot(1, AllocationState(before)), Snapshot(1, AllocationState(after)))
    assert application_step(change, kind, waits=waits) is step


def test_every_answer_is_mailed_once(app: Flask, exhibition: Exhibition) -> None:
    application = shortlisted(exhibition)
    seen = offered(exhibition, application)
    run_jobs()
    before = len(mails(app))
    offers.accept(RATNA, exhibition, who(application), seen)
    run_jobs()
    assert len(mails(app)) == before + 1
    applications.take(RATNA, StepTaker.ORGANIZER, application.id, Step.CONFIRM)
    run_jobs()
    assert len(mails(app)) == before + 2


def _at_home(app: Flask, application: Application) -> FlaskClient:
    user = create_user(COMMAND_LINE, f"{application.id}@rumah.example.com", RoleName.EXHIBITOR, name="Yuni")
    exhibitors.join(user.id, who(application))
    return sign_in(app.test_client(), user)


@pytest.mark.parametrize("state", list(ApplicationState))
def test_an_exhibitor_sees_on_their_desk_where_they_stand(
    app: Flask, exhibition: Exhibition, state: ApplicationState
) -> None:
    application = shortlisted(exhibition)
    application.state = state
    db.session.commit()
    page = _at_home(app, application).get("/exhibitor/booth").text
    assert f'data-testid="application-state" data-state="{state}"' in page


def test_who_has_not_applied_is_shown_the_way(app: Flask, exhibition: Exhibition) -> None:
    one = exhibitors.add(RATNA, the_fair(), exhibitors.Details("Kopi Diam", ExhibitorKind.UMKM))
    user = create_user(COMMAND_LINE, "diam@example.com", RoleName.EXHIBITOR, name="Diam")
    exhibitors.join(user.id, one.id)
    page = sign_in(app.test_client(), user).get("/exhibitor/booth").text
    assert "/exhibitor/application" in page
    assert "application-state" not in page


def test_the_desk_confirms_everybody_who_accepted(
    exhibition: Exhibition, organizer_client: FlaskClient, csrf_off: None
) -> None:
    application = shortlisted(exhibition)
    assert 'value="confirm"' not in organizer_client.get("/desk/applications").text
    offers.accept(RATNA, exhibition, who(application), offered(exhibition, application))
    code = _booth(exhibition, application).code
    assert f"/desk/applications/{application.id}" in organizer_client.get(f"/desk/plan?booth={code}").text
    assert 'value="confirm"' in organizer_client.get("/desk/applications?state=accepted").text
    ticked = {"step": "confirm", "application": [str(application.id)]}
    assert organizer_client.post("/desk/applications", data=ticked).status_code == 303
    run_jobs()
    db.session.rollback()
    assert state_of(application) == "confirmed"
    assert _booth(exhibition, application).state == "allocated"


def _booth(exhibition: Exhibition, application: Application) -> PlannedBooth:
    return service.places(exhibition)[who(application)]
