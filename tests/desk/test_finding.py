"""The desk's search: what it finds, and for whom."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.allocation import service as allocation
from exhibition.core.db import db
from exhibition.desk import finding
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import ApplicationState
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import VisitorPass
from exhibition.visitors.registration.party import Party
from exhibition.visitors.service import register
from tests.conftest import sign_in
from tests.gate.world import coming_slots
from tests.messages.world import another_fair


@pytest.fixture
def siti(exhibition: Exhibition) -> tuple[int, str, str]:
    """The id, reference and code of a registration."""
    slot = coming_slots()[0]
    issued = register(Party(slot.id, "Sití Marfuah", "siti.m@example.com", "+6281299887766", 2, "id"))
    code = db.session.scalars(
        select(VisitorPass.code).where(VisitorPass.registration_id == issued.registration_id)
    ).one()
    return issued.registration_id, issued.reference, code


@pytest.mark.parametrize(
    "words",
    [
        "siti marf",
        "MARFUAH",
        "siti.m@",
        "081299887766",
        "+62 812-9988-7766",
        "7766",
        "{reference}",
        "{start}",
        "{code}",
    ],
)
def test_a_visitor_is_found_by_what_people_remember(
    exhibition: Exhibition, siti: tuple[int, str, str], words: str
) -> None:
    number, reference, code = siti
    parts = {"reference": reference.lower(), "start": reference[:6], "bare": reference.partition("-")[2]}
    typed = words.format(code=f"{code[:4]} {code[4:].lower()}", **parts)
    assert number in [one.registration_id for one in finding.find(exhibition, typed).visitors]


@pytest.mark.parametrize("words", ["si", "siti tini", "7765", "iti.m@example.com"])
def test_nobody_else_is_found(exhibition: Exhibition, siti: tuple[int, str, str], words: str) -> None:
    assert siti[0] not in [one.registration_id for one in finding.find(exhibition, words).visitors]


def test_a_visitor_of_another_fair_is_not_found(exhibition: Exhibition, siti: tuple[int, str, str]) -> None:
    assert finding.find(another_fair(exhibition), siti[1]).visitors == []


def test_booths_are_found_by_code_first_and_by_their_exhibitor(exhibition: Exhibition) -> None:
    taken = next(one for one in allocation.plan(exhibition) if one.claim)
    assert finding.find(exhibition, taken.code.lower()).booths[0].code == taken.code
    assert taken.code in [one.code for one in finding.find(exhibition, taken.exhibitor).booths]
    assert taken.exhibitor in [one.name for one in finding.find(exhibition, taken.exhibitor).exhibitors]


def test_drafts_of_applications_are_not_found(exhibition: Exhibition) -> None:
    for one in db.session.scalars(select(Application).where(Application.exhibition_id == exhibition.id)).all()[:20]:
        found = [hit.id for hit in finding.find(exhibition, one.reference).applications]
        assert found == ([] if one.state is ApplicationState.DRAFT else [one.id])


def test_the_command_to_hold_leads_to_the_plan_with_booth_and_exhibitor_chosen(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    free = next(one for one in allocation.plan(exhibition) if one.state == "open")
    somebody = allocation.without_booth(exhibition)[0]
    wanted = {"q": f"hold {free.code} for {somebody.name}", "lang": "en"}
    page = organizer_client.get("/desk/search", query_string=wanted).text
    address = f"/desk/plan?booth={free.code}&amp;for={somebody.id}"
    assert f'href="{address}"><strong>Hold {free.code} for {somebody.name}' in page
    plan = organizer_client.get(address.replace("&amp;", "&")).text
    assert f'<option value="{somebody.id}" selected>' in plan


def test_the_dialog_gets_the_list_alone(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    page = organizer_client.get("/desk/search?q=moderation&lang=en", headers={"HX-Request": "true"}).text
    assert "<html" not in page
    assert 'href="/desk/moderation"' in page


def test_only_organizers_search_and_only_for_pages_they_may_open(client: FlaskClient, exhibition: Exhibition) -> None:
    gate = create_user(COMMAND_LINE, "gate@example.com", RoleName.GATE)
    assert sign_in(client, gate).get("/desk/search?q=kopi").status_code == 403
    one = create_user(COMMAND_LINE, "one@example.com", RoleName.ORGANIZER, exhibition_id=exhibition.id)
    assert "/desk/moderation" not in sign_in(client, one).get("/desk/search?q=&lang=en").text
