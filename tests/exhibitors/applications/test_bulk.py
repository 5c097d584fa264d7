"""Steps with all applications that match: counted, carried out by a job in pieces, undone, and never done twice."""

import re
from urllib.parse import urlsplit

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.accounts.models import AuditEntry
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.core.outbox import MailState, OutboxMail
from exhibition.exhibitors.applications import bulk
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.applications.desk import Filter
from exhibition.exhibitors.applications.held_news import NEWS
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import ApplicationState, Step, StepTaker
from exhibition.venue.bulk import acts
from exhibition.venue.bulk.models import BulkAct, BulkActState
from exhibition.venue.models import Exhibition
from tests.conftest import run_jobs
from tests.exhibitors.applications.applying import ORGANIZER, submitted
from tests.mailbox import Mailbox

DESK = "/desk/applications"
WANTED = Filter(words="Nektar")
pytestmark = pytest.mark.usefixtures("csrf_off")


def many(exhibition: Exhibition, number: int) -> list[int]:
    return [submitted(exhibition, name=f"Nektar {n}", email=f"nektar{n}@example.com").id for n in range(number)]


def states(ids: list[int]) -> set[ApplicationState]:
    db.session.expire_all()
    return set(db.session.scalars(select(Application.state).where(Application.id.in_(ids))))


def begin(exhibition: Exhibition, step: Step, wanted: Filter = WANTED) -> BulkAct:
    survey = bulk.survey(exhibition, wanted)
    return acts.begin(ORGANIZER, exhibition, bulk.SUBJECT, step, survey, survey.count)


def take(ids: list[int], step: Step) -> None:
    for id_ in ids:
        applications.take(ORGANIZER, StepTaker.ORGANIZER, id_, step)


def test_those_ticked_are_decided_on_in_the_same_way_and_given_back(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    waiting, other = many(exhibition, 2)
    take([waiting], Step.WAITLIST)
    gone = submitted(exhibition, name="Sudah Ditolak").id
    take([gone], Step.REJECT)
    ticked = {"step": "reject", "application": [waiting, gone, waiting, 99999, "x", "-1"]}
    answer = organizer_client.post(DESK, data=ticked)
    assert answer.status_code == 303
    run_jobs()
    db.session.rollback()
    page = organizer_client.get(answer.location).text
    assert "Selesai untuk 1 dari 2." in page
    assert states([waiting]) == {ApplicationState.REJECTED}
    assert states([other]) == {ApplicationState.SUBMITTED}
    assert organizer_client.post(f"{urlsplit(answer.location).path}/undo").status_code == 303
    run_jobs()
    db.session.rollback()
    assert states([waiting]) == {ApplicationState.WAITLISTED}
    assert states([gone]) == {ApplicationState.REJECTED}
    for data in ({"step": "reject"}, {"step": "reject", "application": [99999]}):
        refused = organizer_client.post(DESK, data=data)
        assert refused.status_code == 422
        assert 'data-code="nothing_ticked"' in refused.text


def test_an_act_upon_all_that_match_reaches_those_of_other_pages_and_no_others(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    ids, other = many(exhibition, 54), submitted(exhibition, name="Kopi")
    page = organizer_client.get(f"{DESK}?q=nektar").text
    assert "data-all-that-match> Semua 54 yang cocok</label>" in page
    [seen] = re.findall(r'name="seen" value="(\d+)"', page)
    asked = {"step": "shortlist", "all": "1", "seen": seen}
    answer = organizer_client.post(f"{DESK}?q=nektar", data=asked)
    assert answer.status_code == 303
    assert 'data-state="running" data-going' in organizer_client.get(answer.location).text
    late = many(exhibition, 1)
    run_jobs()
    db.session.rollback()  # a new look at what the job has written
    shown = organizer_client.get(answer.location).text
    assert re.findall(r"data-state=.(\w+)", shown) == ["done"]
    assert states(ids) == {ApplicationState.SHORTLISTED}
    assert states([*late, other.id]) == {ApplicationState.SUBMITTED}
    assert organizer_client.post(f"{urlsplit(answer.location).path}/undo").status_code == 303
    run_jobs()
    db.session.rollback()
    assert states(ids) == {ApplicationState.SUBMITTED}
    assert "/undo" not in organizer_client.get(answer.location).text


def test_a_number_that_is_another_by_now_is_refused(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    ids = many(exhibition, 2)
    answer = organizer_client.post(f"{DESK}?q=nektar", data={"step": "reject", "all": "1", "seen": "1"})
    assert answer.status_code == 409
    assert 'data-code="count_changed"' in answer.text
    assert states(ids) == {ApplicationState.SUBMITTED}


def test_a_job_that_died_goes_on_where_it_stopped(exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "PIECE", 2)
    ids = many(exhibition, 5)
    run = begin(exhibition, Step.REJECT)
    assert acts._piece(run.id)
    assert (run.done, run.last_id, run.state) == (2, ids[1], BulkActState.RUNNING)
    acts.carry_out(run.id)
    acts.carry_out(run.id)
    assert states(ids) == {ApplicationState.REJECTED}
    entries = select(func.count()).where(AuditEntry.action == "application.reject")
    assert db.session.scalar(entries) == run.done == 5
    assert (run.state, run.wanted) == (BulkActState.DONE, {})


def test_a_fault_stops_the_act_and_keeps_what_was_done(exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "PIECE", 2)
    ids = many(exhibition, 4)
    run = begin(exhibition, Step.REJECT)
    assert acts._piece(run.id)

    def broken(*_all: object) -> list[int]:
        raise RuntimeError("the disk is full")

    kind = acts.KINDS[bulk.SUBJECT]
    monkeypatch.setitem(acts.KINDS, bulk.SUBJECT, acts.BulkKind(kind.undone, broken, kind.do, kind.take_back))
    with pytest.raises(RuntimeError):
        acts.carry_out(run.id)
    assert run.state is BulkActState.FAILED
    assert states(ids[:2]) == {ApplicationState.REJECTED}
    assert states(ids[2:]) == {ApplicationState.SUBMITTED}
    assert acts.undoable(run)


@pytest.mark.parametrize("before", [ApplicationState.SUBMITTED, ApplicationState.WAITLISTED, ApplicationState.REJECTED])
def test_an_undo_gives_each_the_state_that_it_had_but_not_those_that_moved_on(
    exhibition: Exhibition, before: ApplicationState
) -> None:
    ids = many(exhibition, 3)
    if before is not ApplicationState.SUBMITTED:
        take(ids, Step.WAITLIST if before is ApplicationState.WAITLISTED else Step.REJECT)
    run = begin(exhibition, Step.SHORTLIST)
    acts.carry_out(run.id)
    take(ids[:1], Step.REJECT)
    back = acts.undo(ORGANIZER, exhibition, run.id)
    acts.carry_out(back.id)
    assert (back.done, back.refused) == (2, 1)
    assert states(ids[1:]) == {before}
    assert states(ids[:1]) == {ApplicationState.REJECTED}
    with pytest.raises(Refused) as refused:
        acts.undo(ORGANIZER, exhibition, run.id)
    assert refused.value.code == "not_undoable"


def test_two_that_look_alike_are_both_rejected(exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "PIECE", 1)
    ids = [submitted(exhibition, name="Nektar Kembar", email="kembar@example.com").id for _ in range(2)]
    run = begin(exhibition, Step.REJECT, Filter(words="kembar", duplicates=True))
    acts.carry_out(run.id)
    assert states(ids) == {ApplicationState.REJECTED}


def test_what_is_not_possible_for_one_is_counted_and_there_is_no_way_back_from_a_confirmation(
    exhibition: Exhibition,
) -> None:
    ids = many(exhibition, 2)
    applications.take(ORGANIZER, StepTaker.ORGANIZER, ids[0], Step.REJECT)
    run = begin(exhibition, Step.REJECT)
    acts.carry_out(run.id)
    assert (run.total, run.done, run.refused) == (2, 1, 1)
    confirmed = begin(exhibition, Step.CONFIRM)
    acts.carry_out(confirmed.id)
    assert confirmed.refused == 2
    assert not acts.undoable(confirmed)


def test_an_act_whose_job_was_lost_is_taken_up_again(exhibition: Exhibition) -> None:
    ids = many(exhibition, 2)
    run = begin(exhibition, Step.REJECT)
    assert acts.revive() == 0
    run.beat_at = run.beat_at - acts.LONGEST_PIECE * 10
    db.session.commit()
    assert acts.revive() == 1
    run_jobs()
    assert states(ids) == {ApplicationState.REJECTED}


def news(id_: int) -> list[str]:
    """The words of the mails that went out about an application since it was submitted, in their order."""
    run_jobs()
    db.session.rollback()
    sent = OutboxMail.kind == NEWS, OutboxMail.about_id == id_, OutboxMail.state == MailState.SENT
    return [
        subject or "" for subject in db.session.scalars(select(OutboxMail.subject).where(*sent).order_by(OutboxMail.id))
    ]


def test_nobody_hears_of_an_act_that_is_undone_before_its_mails_go(exhibition: Exhibition, mailbox: Mailbox) -> None:
    [id_] = many(exhibition, 1)
    before = news(id_)
    run = begin(exhibition, Step.REJECT)
    acts.carry_out(run.id)
    assert news(id_) == before
    acts.carry_out(acts.undo(ORGANIZER, exhibition, run.id).id)
    with time_machine.travel(clock.now() + bulk.HELD_FOR, tick=False):
        assert news(id_) == before


def test_who_was_told_of_an_act_is_told_of_its_undo(exhibition: Exhibition, mailbox: Mailbox) -> None:
    [id_] = many(exhibition, 1)
    before = len(news(id_))
    run = begin(exhibition, Step.REJECT)
    acts.carry_out(run.id)
    with time_machine.travel(clock.now() + bulk.HELD_FOR, tick=False):
        assert len(news(id_)) == before + 1
        acts.carry_out(acts.undo(ORGANIZER, exhibition, run.id).id)
        assert len(news(id_)) == before + 2


def test_an_undo_tells_what_the_act_before_it_had_no_time_to(exhibition: Exhibition, mailbox: Mailbox) -> None:
    [id_] = many(exhibition, 1)
    before = news(id_)
    acts.carry_out(begin(exhibition, Step.SHORTLIST).id)
    run = begin(exhibition, Step.REJECT)
    acts.carry_out(run.id)
    acts.carry_out(acts.undo(ORGANIZER, exhibition, run.id).id)
    assert len(news(id_)) == len(before) + 1


def test_a_later_step_is_told_instead_of_one_that_waits(exhibition: Exhibition, mailbox: Mailbox) -> None:
    [id_] = many(exhibition, 1)
    before = news(id_)
    acts.carry_out(begin(exhibition, Step.REJECT).id)
    take([id_], Step.WAITLIST)
    with time_machine.travel(clock.now() + bulk.HELD_FOR, tick=False):
        assert len(news(id_)) == len(before) + 1
