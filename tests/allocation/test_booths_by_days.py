"""A booth that several exhibitors have on different days of the fair."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from exhibition.accounts.audit import Actor
from exhibition.allocation import service
from exhibition.allocation.arranging import acts
from exhibition.allocation.export import table
from exhibition.allocation.models import Allocation
from exhibition.allocation.planned import PlannedBooth
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Exhibition

RATNA = Actor(None, "Ratna")
DAYS = 10
"""The column of the days."""
FREE, OTHER = "J04", "J06"


def booth(exhibition: Exhibition, code: str = FREE) -> PlannedBooth:
    return next(booth for booth in service.plan(exhibition) if booth.code == code)


@pytest.fixture
def people(exhibition: Exhibition) -> list[Exhibitor]:
    """Exhibitors without a booth."""
    statement = select(Exhibitor).where(Exhibitor.id.not_in(select(Allocation.exhibitor_id))).order_by(Exhibitor.id)
    return list(db.session.scalars(statement))


@pytest.fixture
def shared(exhibition: Exhibition, people: list[Exhibitor]) -> PlannedBooth:
    """A booth that one has on the first day and another on the second; nobody on the third."""
    for exhibitor, day in zip(people, exhibition.days[:2], strict=False):
        service.hold(RATNA, exhibition, FREE, exhibitor.id, days=[day.day])
    return booth(exhibition)


def test_a_booth_is_held_by_several_on_different_days(
    exhibition: Exhibition, people: list[Exhibitor], shared: PlannedBooth
) -> None:
    days = [day.day for day in exhibition.days]
    assert [(claim.exhibitor, claim.days) for claim in shared.claims] == [
        (people[0].name, (days[0],)),
        (people[1].name, (days[1],)),
    ]
    assert shared.free_days == (days[2],)
    assert [(part.state.value, part.days) for part in shared.parts] == [
        ("held", (days[0],)),
        ("held", (days[1],)),
        ("open", (days[2],)),
    ]
    assert shared.parts[-1].top + shared.parts[-1].depth == pytest.approx(shared.depth)


def test_a_booth_held_on_all_days_names_none(exhibition: Exhibition, people: list[Exhibitor]) -> None:
    service.hold(RATNA, exhibition, FREE, people[0].id, days=[day.day for day in exhibition.days])
    assert [claim.days for claim in booth(exhibition).claims] == [()]
    assert booth(exhibition).parts == []


def test_a_day_is_given_to_one_only(exhibition: Exhibition, people: list[Exhibitor], shared: PlannedBooth) -> None:
    with pytest.raises(Refused) as refused:
        service.hold(RATNA, exhibition, FREE, people[2].id, days=[exhibition.days[1].day])
    assert refused.value.code == "booth_taken"
    assert booth(exhibition) == shared


def test_a_day_outside_the_fair_is_refused(exhibition: Exhibition, people: list[Exhibitor]) -> None:
    with pytest.raises(Refused) as refused:
        service.hold(RATNA, exhibition, FREE, people[0].id, days=[exhibition.ends_on + timedelta(days=1)])
    assert refused.value.code == "day_unknown"


def test_each_exhibitor_sees_the_booth_as_theirs(
    exhibition: Exhibition, people: list[Exhibitor], shared: PlannedBooth
) -> None:
    places = service.places(exhibition)
    assert [places[one.id].exhibitor for one in people[:2]] == [one.name for one in people[:2]]
    assert shared.of(people[2].id) is None


def test_one_of_them_is_released_and_back_after_the_undo_on_the_same_day(
    exhibition: Exhibition, people: list[Exhibitor], shared: PlannedBooth
) -> None:
    step = service.release(RATNA, exhibition, shared.claims[0].mark)
    left = booth(exhibition)
    assert [claim.exhibitor for claim in left.claims] == [people[1].name]
    assert len(left.free_days) == 2
    service.undo(RATNA, exhibition, step.id)
    assert [claim.days for claim in booth(exhibition).claims] == [claim.days for claim in shared.claims]


def test_one_goes_where_another_stands_on_other_days_and_swaps_where_the_days_meet(
    exhibition: Exhibition, people: list[Exhibitor], shared: PlannedBooth
) -> None:
    service.hold(RATNA, exhibition, OTHER, people[2].id, days=[exhibition.days[1].day])
    acts.arrange(RATNA, exhibition, [shared.claims[0].mark], OTHER)
    assert {claim.exhibitor for claim in booth(exhibition, OTHER).claims} == {people[0].name, people[2].name}
    second = booth(exhibition, FREE).claims[0]
    acts.arrange(RATNA, exhibition, [second.mark], OTHER)
    assert {claim.exhibitor for claim in booth(exhibition, OTHER).claims} == {people[0].name, people[1].name}
    assert booth(exhibition, FREE).exhibitor == people[2].name


def test_the_table_has_a_row_for_each_with_the_days(exhibition: Exhibition, shared: PlannedBooth) -> None:
    written = table([shared], service.exhibitors_of([shared]), exhibition.timezone)
    rows = list(written.rows)
    assert [row[3] for row in rows] == [*(claim.exhibitor for claim in shared.claims), ""]
    assert len({row[DAYS] for row in rows}) == 3


def test_the_page_tells_who_has_the_booth_when(
    organizer_client: FlaskClient, shared: PlannedBooth, people: list[Exhibitor]
) -> None:
    page = organizer_client.get(f"/desk/plan?booth={FREE}&lang=en").text
    assert page.count(f'data-mark="{shared.claims[0].mark}"') == 2  # on the plan and in the list
    assert "Free on " in page
    assert all(one.name in page for one in people[:2])


@pytest.mark.usefixtures("csrf_off")
def test_days_are_chosen_at_the_desk(
    organizer_client: FlaskClient, exhibition: Exhibition, people: list[Exhibitor]
) -> None:
    day = exhibition.days[2].day
    form = {"booth": FREE, "exhibitor_id": people[0].id, "days": day.isoformat()}
    assert organizer_client.post("/desk/plan/hold", data=form).status_code == 302
    assert booth(exhibition).claims[0].days == (day,)
    wrong = form | {"exhibitor_id": people[1].id, "days": "tomorrow"}
    assert organizer_client.post("/desk/plan/hold", data=wrong).status_code == 422
