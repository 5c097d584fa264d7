"""Each page of the desk belongs to one tab of one place."""

import re

from flask import Flask
from flask.testing import FlaskClient

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.desk.places import EVERYWHERE
from exhibition.venue.models import Exhibition
from tests.browser.test_accessibility import NOT_PAGES
from tests.conftest import sign_in

NOWHERE = {"desk_search.show": "opens from every page", "desk_components.show": "for people who write pages"}


def test_every_page_of_the_desk_belongs_to_one_tab(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if re.match("/desk(/|$)", rule.rule)]
    pages = {rule.endpoint for rule in rules if "GET" in (rule.methods or ())} - NOT_PAGES.keys() - NOWHERE.keys()
    belongs = [name for place in EVERYWHERE for tab in place.tabs for name in (tab.endpoint, *tab.below)]
    assert len(belongs) == len(set(belongs)), "nowhere twice"
    assert pages - set(belongs) == set(), "every page has its tab"
    assert set(belongs) - {rule.endpoint for rule in rules} == set(), "and nothing else has one"


def test_a_page_shows_its_place_and_tab(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    page = organizer_client.get("/desk/registrations/phones?lang=en").text
    place = re.search(r'<a href="/desk/applications" class="place" aria-current="true"', page)
    assert place, "Visitors is a tab of People, which leads to its first tab"
    assert re.search(r'<a href="/desk/registrations" aria-current="page">Visitors', page)
    assert page.count("aria-current=") == 3, "and the language"


def test_an_organizer_of_one_fair_sees_only_what_they_may_open(exhibition: Exhibition, client: FlaskClient) -> None:
    somebody = create_user(COMMAND_LINE, "one@example.com", RoleName.ORGANIZER, exhibition_id=exhibition.id)
    page = sign_in(client, somebody).get("/desk/edition?lang=en").text
    assert ">Team" in page
    assert "Audit trail" not in page
    assert "/desk/moderation" not in page
    assert 'href="/desk/statistics" class="place"' in page, "the first page of Shops that they may open"
