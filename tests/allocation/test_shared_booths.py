"""A booth that several exhibitors have on the same days."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from exhibition.accounts.audit import Actor
from exhibition.allocation import service
from exhibition.allocation.arranging import acts
from exhibition.allocation.models import Allocation
from exhibition.allocation.planned import PlannedBooth
from exhibition.allocation.rules import MOST_TENANTS
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Exhibition

RATNA = Actor(None, "Ratna")
FREE, OTHER = "J04", "J06"


def booth(exhibition: Exhibition, code: str = FREE) -> PlannedBooth:
    return next(booth for booth in service.plan(exhibition) if booth.code == code)


def names(exhibition: Exhibition, code: str = FREE) -> list[str]:
    return [claim.exhibitor for claim in booth(exhibition, code).claims]


@pytest.fixture
def people(exhibition: Exhibition) -> list[Exhibitor]:
    """Exhibitors without a booth."""
    statement = select(Exhibitor).where(Exhibitor.id.not_in(select(Allocation.exhibitor_id))).order_by(Exhibitor.id)
    return list(db.session.scalars(statement))


@pytest.fixture
def shared(exhibition: Exhibition, people: list[Exhibitor]) -> PlannedBooth:
    """A booth that two have together."""
    service.hold(RATNA, exhibition, FREE, people[0].id)
    service.hold(RATNA, exhibition, FREE, people[1].id, beside=True)
    return booth(exhibition)


def test_two_have_a_booth_together_each_with_a_state_of_their_own(
    exhibition: Exhibition, people: list[Exhibitor], shared: PlannedBooth
) -> None:
    assert names(exhibition) == [people[0].name, people[1].name]
    service.confirm(RATNA, exhibition, shared.claims[1].mark)
    assert [part.state.value for part in booth(exhibition).parts] == ["held", "allocated"]
    assert [own.exhibitor for own in service.places(exhibition).values() if own.code == FREE] == names(exhibition)


def refusal(exhibition: Exhibition, code: str, exhibitor: Exhibitor, *, beside: bool = False) -> str:
    with pytest.raises(Refused) as refused:
        service.hold(RATNA, exhibition, code, exhibitor.id, beside=beside)
    return refused.value.code


def test_nobody_comes_beside_others_who_did_not_mean_to(
    exhibition: Exhibition, people: list[Exhibitor], shared: PlannedBooth
) -> None:
    assert refusal(exhibition, FREE, people[2]) == "booth_taken"
    service.release(RATNA, exhibition, shared.claims[0].mark)
    assert refusal(exhibition, FREE, people[2]) == "booth_taken"
    assert names(exhibition) == [people[1].name]


def test_a_booth_is_shared_by_so_many_and_no_more(exhibition: Exhibition, people: list[Exhibitor]) -> None:
    for claim in service.claims(exhibition)[:MOST_TENANTS]:
        service.release(RATNA, exhibition, claim.mark)
    coming = service.without_booth(exhibition)
    for one in coming[:MOST_TENANTS]:
        service.hold(RATNA, exhibition, FREE, one.id, beside=True)
    assert refusal(exhibition, FREE, coming[MOST_TENANTS], beside=True) == "booth_full"
    assert len(names(exhibition)) == MOST_TENANTS


def test_every_step_of_sharing_can_be_taken_back(
    exhibition: Exhibition, people: list[Exhibitor], shared: PlannedBooth
) -> None:
    gone = service.release(RATNA, exhibition, shared.claims[0].mark)
    service.undo(RATNA, exhibition, gone.id)
    assert names(exhibition) == [people[0].name, people[1].name]
    moved = service.move(RATNA, exhibition, booth(exhibition).claims[1].mark, OTHER)
    assert (names(exhibition), names(exhibition, OTHER)) == ([people[0].name], [people[1].name])
    assert refusal(exhibition, OTHER, people[2]) == "booth_taken"
    service.undo(RATNA, exhibition, moved.id)
    assert set(names(exhibition)) == {people[0].name, people[1].name}


def test_who_swaps_takes_the_place_beside_the_other(
    exhibition: Exhibition, people: list[Exhibitor], shared: PlannedBooth
) -> None:
    service.hold(RATNA, exhibition, OTHER, people[2].id)
    alone = booth(exhibition, OTHER).claims[0]
    service.swap(RATNA, exhibition, shared.claims[0].mark, alone.mark)
    assert (set(names(exhibition)), names(exhibition, OTHER)) == (
        {people[2].name, people[1].name},
        [people[0].name],
    )
    back = booth(exhibition, OTHER).claims[0]
    acts.arrange(
        RATNA,
        exhibition,
        [next(one.mark for one in booth(exhibition).claims if one.exhibitor == people[1].name)],
        OTHER,
    )
    assert set(names(exhibition)) == {people[2].name, people[0].name}
    assert back.exhibitor == people[0].name


def test_who_comes_first_to_a_free_booth_has_it_alone(exhibition: Exhibition, people: list[Exhibitor]) -> None:
    service.hold(RATNA, exhibition, FREE, people[0].id, beside=True)
    assert not db.session.scalars(select(Allocation.shares).where(Allocation.exhibitor_id == people[0].id)).one()


@pytest.mark.usefixtures("csrf_off")
def test_the_desk_puts_another_beside_who_has_the_booth(
    organizer_client: FlaskClient, exhibition: Exhibition, people: list[Exhibitor]
) -> None:
    service.hold(RATNA, exhibition, FREE, people[0].id)
    page = organizer_client.get(f"/desk/plan?booth={FREE}&lang=en").text
    assert "Let another share the booth" in page
    form = {"booth": FREE, "exhibitor_id": people[1].id, "beside": "y"}
    assert organizer_client.post("/desk/plan/hold", data=form).status_code == 302
    page = organizer_client.get(f"/desk/plan?booth={FREE}&lang=en").text
    assert all(f'data-mark="{claim.mark}"' in page for claim in booth(exhibition).claims)


def test_visitors_find_both_and_nobody_who_may_still_decline(
    client: FlaskClient, exhibition: Exhibition, people: list[Exhibitor], shared: PlannedBooth
) -> None:
    service.confirm(RATNA, exhibition, shared.claims[0].mark)
    for address in (f"/stan/{FREE}", "/", "/stan", "/api/v1/booths"):
        assert people[1].name not in client.get(address).text, address
    service.confirm(RATNA, exhibition, booth(exhibition).claims[1].mark)
    for address in (f"/stan/{FREE}?lang=en", "/", "/stan"):
        page = client.get(address).text
        assert people[0].name in page, address
        assert people[1].name in page, address
    sign = client.get(f"/b/{people[1].slug}", follow_redirects=True)
    assert f'<h1 id="title">{people[1].name}' in sign.text
    assert f"?exhibitor={people[0].slug}" in sign.text
