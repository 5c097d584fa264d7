"""The desk's plan of a fair in two halls, and how exhibitors read where their booth is."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exhibition.allocation import export, service
from exhibition.core.db import db
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Exhibition
from exhibition.venue.plan import versions
from tests.allocation.test_offers import RATNA, booth, find, mark, outbox
from tests.storefront.catalogue.test_halls import drawn
from tests.venue import two_halls

pytestmark = pytest.mark.usefixtures("csrf_off", "nobody_waits")

NORTH_BOOTH, SOUTH_BOOTH = "A01", "J04"


@pytest.fixture(autouse=True)
def halls_made(exhibition: Exhibition) -> None:
    two_halls.make(exhibition)


def test_the_plan_shows_the_hall_in_the_address_else_that_of_the_booth_else_the_last(
    organizer_client: FlaskClient,
) -> None:
    first = organizer_client.get("/desk/plan?lang=en").text
    assert (NORTH_BOOTH in drawn(first), SOUTH_BOOTH in drawn(first)) == (True, False)
    assert re.search(r"Aula Selatan <small>3 free</small>", first)
    assert f"hall=B&amp;booth={SOUTH_BOOTH}" in first  # the list finds every booth
    chosen = organizer_client.get(f"/desk/plan?booth={SOUTH_BOOTH}").text
    assert SOUTH_BOOTH in drawn(chosen)
    assert f"hall=A&amp;booth={SOUTH_BOOTH}" in chosen  # another tab keeps what is chosen
    assert SOUTH_BOOTH in drawn(organizer_client.get("/desk/plan").text)
    assert NORTH_BOOTH in drawn(organizer_client.get(f"/desk/plan?hall=A&booth={SOUTH_BOOTH}").text)


def test_an_act_leads_to_the_hall_of_its_booth(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    seen = mark(booth(exhibition, "A01"))
    answer = organizer_client.post("/desk/plan/arrange", data={"taken-0": seen, "booth": SOUTH_BOOTH})
    assert answer.location.endswith(f"/plan?hall=B&booth={SOUTH_BOOTH}")
    undone = organizer_client.get(answer.location).text
    assert "A01" not in drawn(undone)


def test_one_hall_has_no_tabs_and_an_address_without_it(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    versions.go_back(RATNA, exhibition, 1, seen=versions.current(exhibition).mark, knowing=True)
    page = organizer_client.get("/desk/plan?hall=B").text
    assert len(drawn(page)) == 100
    assert 'data-hall="' not in page
    assert "hall=" not in page.split('id="plan-holder"')[1]
    assert 'class="tabs"' not in organizer_client.get("/stan").text


def test_a_mail_and_the_table_name_the_hall(app: Flask, exhibition: Exhibition) -> None:
    held = find(exhibition, "held")
    claim = held.claim
    assert claim is not None
    exhibitor = db.session.get_one(Exhibitor, claim.exhibitor_id)
    exhibitor.email = "hall@example.com"
    db.session.commit()
    outbox(app)
    service.offer(RATNA, exhibition, mark(held))
    offer = next(mail for mail in outbox(app) if mail["Subject"].startswith("Anda ditawari stan"))
    text = offer.get_body(("plain",))
    assert text is not None
    assert f"{held.code} di Aula Selatan" in " ".join(text.get_content().split())
    planned = service.plan(exhibition)
    table = export.table(planned, service.exhibitors_of(planned), exhibition.timezone)
    assert {row[-1] for row in table.rows} == {"Balai Agung", "Aula Selatan"}
    assert len(table.columns) == len(export.COLUMNS) + 1


def test_a_layout_is_ticked_in_every_hall(organizer_client: FlaskClient) -> None:
    answer = organizer_client.post("/desk/layouts", data={"own-name": "Dua aula"})
    page = organizer_client.get(answer.location).text
    assert len(drawn(page)) == 100
    assert 'data-row="B F"' in page
