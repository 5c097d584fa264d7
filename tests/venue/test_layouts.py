"""Layouts at the desk: drafted, changed, published with their consequences; the spacing planner behind them."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.accounts.audit import Actor
from exhibition.accounts.models import AuditEntry
from exhibition.allocation import service as allocation
from exhibition.core import jobs
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.venue import layouts, service, spacing_planner
from exhibition.venue.models import Exhibition, Layout, SpacingRun, SpacingState
from exhibition.venue.spacing_planner import Question
from tests.conftest import run_jobs
from tests.faults import logged, raising

RATNA = Actor(None, "Ratna")


pytestmark = pytest.mark.usefixtures("csrf_off")


def published(exhibition: Exhibition) -> layouts.LayoutBooths:
    return layouts.get(exhibition, next(line.id for line in layouts.listed(exhibition) if line.published))


def answered(exhibition: Exhibition, question: Question) -> dict[str, object]:
    spacing_planner.ask(RATNA, exhibition, question)
    run_jobs()
    db.session.rollback()
    run = spacing_planner.latest(exhibition)
    assert run is not None
    assert run.answer is not None
    return run.answer


def test_a_draft_changes_nothing_on_the_plan_until_it_is_published(exhibition: Exhibition) -> None:
    codes = published(exhibition).codes
    layout_id = layouts.draft(RATNA, exhibition, "Lebih banyak", [*codes, "A02"])
    assert published(exhibition).codes == codes
    assert layouts.consequences(exhibition, layout_id).opens == ["A02"]
    layouts.publish(RATNA, exhibition, layout_id, knowing=False)
    assert {booth.code for booth in service.hall(exhibition).booths if booth.open} == {*codes, "A02"}
    assert [line.name for line in layouts.listed(exhibition) if line.published] == ["Lebih banyak"]


def test_publishing_names_whose_booth_closes_and_asks_first(exhibition: Exhibition) -> None:
    codes = published(exhibition).codes
    taken = next(booth for booth in allocation.plan(exhibition) if booth.state == "allocated")
    layout_id = layouts.draft(RATNA, exhibition, "Tanpa satu", [code for code in codes if code != taken.code])
    assert layouts.consequences(exhibition, layout_id).affected == [(taken.code, taken.exhibitor)]
    with pytest.raises(Refused) as refused:
        layouts.publish(RATNA, exhibition, layout_id, knowing=False)
    assert refused.value.code == "holders_affected"
    assert taken.exhibitor in str(refused.value.message)
    assert published(exhibition).codes == codes
    layouts.publish(RATNA, exhibition, layout_id, knowing=True)
    still = next(booth for booth in allocation.plan(exhibition) if booth.code == taken.code)
    assert (still.exhibitor, still.opened) == (taken.exhibitor, False)


def test_a_draft_that_somebody_else_changed_is_not_overwritten(exhibition: Exhibition) -> None:
    layout_id = layouts.draft(RATNA, exhibition, "Dua orang", ["A01"])
    seen = layouts.get(exhibition, layout_id).mark
    layouts.change(RATNA, exhibition, layout_id, ["A01", "A03"], seen)
    with pytest.raises(Refused) as refused:
        layouts.change(RATNA, exhibition, layout_id, ["B01"], seen)
    assert refused.value.code == "changed_since"
    assert layouts.get(exhibition, layout_id).codes == ("A01", "A03")


def test_the_published_layout_is_neither_changed_in_place_nor_thrown_away(exhibition: Exhibition) -> None:
    plan = published(exhibition)
    for act in (
        lambda: layouts.change(RATNA, exhibition, plan.id, [], plan.mark),
        lambda: layouts.remove(RATNA, exhibition, plan.id),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "layout_published"


@pytest.mark.parametrize(
    ("name", "codes", "code"),
    [
        ("", ["A01"], "invalid"),
        ("x" * 81, ["A01"], "invalid"),
        ("a\x00b", ["A01"], "invalid"),
        ("Baru", ["Z99"], "booth_unknown"),
        ("Baru", ["' OR 1=1"], "booth_unknown"),
    ],
)
def test_hostile_drafts_leave_nothing_behind(exhibition: Exhibition, name: str, codes: list[str], code: str) -> None:
    before = db.session.scalar(select(func.count()).select_from(Layout))
    with pytest.raises(Refused) as refused:
        layouts.draft(RATNA, exhibition, name, codes)
    assert refused.value.code == code
    assert db.session.scalar(select(func.count()).select_from(Layout)) == before


def test_two_layouts_do_not_share_a_name(exhibition: Exhibition) -> None:
    layouts.draft(RATNA, exhibition, "Sama", [])
    with pytest.raises(Refused) as refused:
        layouts.draft(RATNA, exhibition, "Sama", [])
    assert refused.value.code == "name_taken"


def test_38_of_the_100_booths_stand_as_far_apart_as_can_be(exhibition: Exhibition) -> None:
    answer = answered(exhibition, Question(38, None, "centre"))
    assert (answer["count"], answer["possible"], answer["optimal"]) == (38, True, True)


def test_fixed_booths_are_open_and_forbidden_ones_are_not(exhibition: Exhibition) -> None:
    answer = answered(exhibition, Question(None, 5.0, "edge", fixed=("A02",), forbidden=("A01",)))
    codes = answer["open"]
    assert isinstance(codes, list)
    assert "A02" in codes
    assert "A01" not in codes


def test_what_is_impossible_is_answered_with_the_most_of_each(exhibition: Exhibition) -> None:
    answer = answered(exhibition, Question(60, 5.0, "centre"))
    assert answer["possible"] is False
    assert isinstance(answer["most_count"], int)
    assert answer["most_count"] < 60
    assert isinstance(answer["most_distance_m"], float)
    assert answer["most_distance_m"] < 5.0


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (Question(None, None, "centre"), "invalid"),
        (Question(5, None, "centre", fixed=("Z99",)), "booth_unknown"),
        (Question(5, None, "centre", fixed=("A01",), forbidden=("A01",)), "booth_both_ways"),
    ],
)
def test_questions_that_make_no_sense_are_refused(exhibition: Exhibition, question: Question, code: str) -> None:
    with pytest.raises(Refused) as refused:
        spacing_planner.ask(RATNA, exhibition, question)
    assert refused.value.code == code
    assert spacing_planner.latest(exhibition) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"count": "0", "metric": "centre"},
        {"count": "1001", "metric": "centre"},
        {"count": "x", "metric": "centre"},
        {"distance_m": "nan", "metric": "centre"},
        {"distance_m": "-3", "metric": "edge"},
        {"count": "5", "metric": "walk"},
        {"count": "5", "metric": "centre", "fixed": "<script>"},
        {"metric": "centre"},
    ],
)
def test_hostile_questions_are_refused_at_the_desk(
    exhibition: Exhibition, organizer_client: FlaskClient, fields: dict[str, str]
) -> None:
    answer = organizer_client.post("/desk/layouts/spacing", data=fields)
    assert answer.status_code == 422
    assert db.session.scalar(select(func.count()).select_from(SpacingRun)) == 0


def test_a_fault_in_the_planner_is_shown_and_logged(
    exhibition: Exhibition,
    organizer_client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    error = TypeError("a fault")
    monkeypatch.setattr(spacing_planner, "_answer", raising(error))
    spacing_planner.ask(RATNA, exhibition, Question(5, None, "edge"))
    with logged(caplog, error):
        run_jobs()
    db.session.rollback()
    run = spacing_planner.latest(exhibition)
    assert run is not None
    assert (run.state, spacing_planner.is_working(run)) == (SpacingState.FAILED, False)
    assert "went wrong on our side" in organizer_client.get("/desk/layouts?lang=en").text


def test_a_question_whose_job_was_lost_is_not_waited_for(exhibition: Exhibition) -> None:
    spacing_planner.ask(RATNA, exhibition, Question(5, None, "edge"))
    jobs.huey.flush()
    run = spacing_planner.latest(exhibition)
    assert run is not None
    assert spacing_planner.is_working(run)
    with time_machine.travel(run.created_at + timedelta(minutes=12)):
        assert not spacing_planner.is_working(run)


def test_the_desk_asks_drafts_ticks_and_publishes(exhibition: Exhibition, organizer_client: FlaskClient) -> None:
    asked = {"count": "38", "metric": "edge", "fixed": "A01, a03"}
    assert organizer_client.post("/desk/layouts/spacing", data=asked).status_code == 302
    assert 'data-testid="job-progress"' in organizer_client.get("/desk/layouts").text
    run_jobs()
    db.session.rollback()
    run = spacing_planner.latest(exhibition)
    assert run is not None
    assert 'data-state="open"' in organizer_client.get("/desk/layouts").text
    made = organizer_client.post(f"/desk/layouts/spacing/{run.id}/draft", data={"name": "Berjarak"})
    assert made.status_code == 302
    address = made.headers["Location"]
    layout = next(line for line in layouts.listed(exhibition) if line.name == "Berjarak")
    seen = layouts.get(exhibition, layout.id).mark
    saved = organizer_client.post(address, data={"seen": seen, "codes": ["A01", "A03", "J10"]})
    assert saved.status_code == 302
    assert organizer_client.post(f"{address}/publish").status_code == 409
    assert organizer_client.post(f"{address}/publish", data={"knowing": "yes"}).status_code == 302
    assert published(exhibition).codes == ("A01", "A03", "J10")
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("layout.%"))).all()
    assert {"layout.draft", "layout.change", "layout.publish"} <= set(actions)


def test_a_layout_begins_with_no_booth_and_is_ticked(exhibition: Exhibition, organizer_client: FlaskClient) -> None:
    answer = organizer_client.post("/desk/layouts", data={"own-name": "Dari nol"})
    assert answer.status_code == 302
    page = organizer_client.get(answer.location).text
    assert page.count('name="codes"') == len(service.hall(exhibition).booths)
    assert " checked" not in page
    layout_id = int(answer.location.rsplit("/", 1)[-1])
    seen = layouts.get(exhibition, layout_id).mark
    organizer_client.post(f"/desk/layouts/{layout_id}", data={"codes": ["A01", "B02"], "seen": seen})
    assert layouts.get(exhibition, layout_id).codes == ("A01", "B02")


def test_a_layout_of_ones_own_needs_a_new_name(exhibition: Exhibition, organizer_client: FlaskClient) -> None:
    name = published(exhibition).name
    answer = organizer_client.post("/desk/layouts", data={"own-name": name})
    assert answer.status_code == 422
    assert 'id="own-name-error"' in answer.text
