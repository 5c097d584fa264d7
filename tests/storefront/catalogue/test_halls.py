"""A fair in two halls as visitors see it: tabs that are links, each booth with its hall, a walk hall by hall."""

import re

import pytest
from flask.testing import FlaskClient

from exhibition.storefront.catalogue import favourites
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from tests.venue import two_halls

NORTH_BOOTH, SOUTH_BOOTH = "B10", "G03"


@pytest.fixture(autouse=True)
def halls(exhibition: Exhibition) -> None:
    two_halls.make(exhibition)


def drawn(page: str) -> set[str]:
    return set(re.findall(r'data-testid="booth" data-code="([^"]+)"', page))


def test_a_tab_leads_to_the_plan_of_its_hall_and_keeps_the_search(client: FlaskClient) -> None:
    first = client.get("/stan?lang=id").text
    assert NORTH_BOOTH in drawn(first)
    assert SOUTH_BOOTH not in drawn(first)
    second = client.get("/stan?hall=B").text
    assert drawn(second) == {booth for booth in drawn(second) if booth[0] in "FGHIJ"}
    assert len(drawn(second)) == 50
    assert 'viewBox="43.7 -0.3 34.6 18.6"' in second
    searched = client.get("/stan?search=jamu").text
    assert SOUTH_BOOTH in drawn(searched)  # the hall in which something was found
    assert re.search(r'href="/stan\?search=jamu&amp;hall=A#plan"', searched)
    assert client.get("/stan?hall=%3Cb%3E").status_code == 200


def test_a_booth_names_its_hall_on_its_page_and_in_the_calls(client: FlaskClient) -> None:
    page = client.get(f"/stan/{SOUTH_BOOTH}").text
    assert "Aula Selatan" in page
    assert NORTH_BOOTH not in drawn(page)
    answer = client.get(f"/api/v1/booths/{SOUTH_BOOTH}").json
    assert answer
    assert (answer["hall"], answer["x"] < 34) == ({"code": "B", "name": "Aula Selatan"}, True)


def test_one_walks_through_one_hall_after_the_other(exhibition: Exhibition, client: FlaskClient) -> None:
    saved = ["keripik-bu-tini", "jamu-bu-sri", "kopi-sirap"]
    found = favourites.walk(exhibition, venue.hall(exhibition), [], saved)
    assert [(leg.hall.code, len(leg.stops)) for leg in found.legs] == [("A", 2), ("B", 1)]
    assert len(found.legs[1].path) == 2
    page = client.get("/favorit?" + "&".join(f"stan={slug}" for slug in saved)).text
    assert page.count('class="route"') == 2


def test_the_front_page_shows_every_hall(client: FlaskClient) -> None:
    page = client.get("/").text
    assert len(drawn(page)) == 100
    assert "<h3>Aula Selatan</h3>" in page
