"""Passes ticked, or all that match, are withdrawn at once, and given back while there is room in their sessions."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.venue.bulk import acts
from exhibition.venue.models import Exhibition
from exhibition.visitors import service
from exhibition.visitors.listing.sought import Attending, RegistrationNarrowing, RegistrationSearch, VisitorFilter
from exhibition.visitors.models import PassState, TimeSlot, VisitorPass
from exhibition.visitors.registration.party import Issued, Party
from exhibition.visitors.slots import Slot
from tests.conftest import run_jobs
from tests.gate import world
from tests.visitors.listing.withdrawn import withdraw

DESK = "/desk/registrations"
SCHOOL = RegistrationNarrowing(contact="@school.example")


@pytest.fixture
def slot(exhibition: Exhibition) -> Slot:
    [found] = world.coming_slots()
    return found


@pytest.fixture
def school(slot: Slot) -> list[Issued]:
    """Three pupils of a school, each for two people."""
    return [service.register(Party(slot.id, f"Murid {n}", f"{n}@school.example", None, 2, "id")) for n in range(3)]


def states(issued: list[Issued]) -> list[PassState]:
    db.session.rollback()
    ids = [one.registration_id for one in issued]
    statement = select(VisitorPass.state).where(VisitorPass.registration_id.in_(ids))
    return list(db.session.scalars(statement.order_by(VisitorPass.registration_id)))


def taken(slot: Slot) -> int:
    db.session.rollback()
    return db.session.scalars(select(TimeSlot.issued).where(TimeSlot.id == slot.id)).one()


@transaction
def set_slot(slot: Slot, **values: object) -> None:
    db.session.execute(update(TimeSlot).where(TimeSlot.id == slot.id).values(values))


@pytest.mark.usefixtures("csrf_off")
def test_those_ticked_are_withdrawn_and_given_back(
    organizer_client: FlaskClient, slot: Slot, school: list[Issued]
) -> None:
    before, (first, second, _third) = taken(slot), school
    page = organizer_client.get(f"{DESK}?contact=@school.example").text
    assert "data-all-that-match" in page
    assert page.count('name="registration"') == 3
    ticked = {"registration": [str(first.registration_id), str(second.registration_id)]}
    answer = organizer_client.post(DESK, data=ticked)
    run_jobs()
    assert states(school) == ["revoked", "revoked", "valid"]
    assert taken(slot) == before - 4
    progress = organizer_client.get(answer.location).text
    assert re.findall(r"data-state=.(\w+)", progress) == ["done"]
    assert re.search(r'href="[^"]*/desk/registrations" aria-current="page"', progress), "it stands among the visitors"
    assert organizer_client.post(f"{urlsplit(answer.location).path}/undo").status_code == 303
    run_jobs()
    assert states(school) == ["valid"] * 3
    assert taken(slot) == before
    assert organizer_client.post(DESK, data={"registration": "x"}).status_code == 422


def test_a_pass_is_given_back_only_while_there_is_room(
    exhibition: Exhibition, slot: Slot, school: list[Issued]
) -> None:
    run = withdraw(exhibition, SCHOOL, 3)
    set_slot(slot, capacity=taken(slot) + 5)
    back = acts.undo(COMMAND_LINE, exhibition, run.id)
    acts.carry_out(back.id)
    assert (back.done, back.refused) == (2, 1)
    assert sorted(states(school)) == ["revoked", "valid", "valid"]
    assert taken(slot) <= db.session.scalars(select(TimeSlot.capacity).where(TimeSlot.id == slot.id)).one()


def test_nobody_is_given_back_what_would_be_too_much_for_one_contact(
    exhibition: Exhibition, slot: Slot, school: list[Issued]
) -> None:
    run = withdraw(exhibition, SCHOOL, 3)
    service.register(Party(slot.id, "Murid 0", "0@school.example", None, 10, "id"))
    back = acts.undo(COMMAND_LINE, exhibition, run.id)
    acts.carry_out(back.id)
    assert states(school) == ["revoked", "valid", "valid"]


def test_nobody_is_given_back_a_session_that_is_over(exhibition: Exhibition, slot: Slot, school: list[Issued]) -> None:
    run = withdraw(exhibition, SCHOOL, 3)
    with time_machine.travel(slot.ends_at + timedelta(minutes=1), tick=False):
        back = acts.undo(COMMAND_LINE, exhibition, run.id)
        acts.carry_out(back.id)
    assert (back.done, back.refused) == (0, 3)
    assert states(school) == ["revoked"] * 3


def test_a_search_is_kept_whole_with_an_act() -> None:
    now = clock.now()
    narrowing = RegistrationNarrowing("0" * 16, now, None, "+6281234567890", 7)
    wanted = VisitorFilter(now.date(), 3, Attending.MISSED, walk_in=False)
    for sought in (RegistrationSearch("Siti", narrowing, wanted), RegistrationSearch()):
        assert RegistrationSearch.restored(sought.stored()) == sought
