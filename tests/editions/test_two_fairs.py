"""Two fairs on one weekend in one installation: who names one gets that one, and nothing leaks into the other."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_babel
import pytest
from flask import Flask
from flask.testing import FlaskClient

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import EditionRole, RoleName
from exhibition.accounts.service import create_user
from exhibition.accounts.web.access import ROUTES
from exhibition.accounts.web.access_kinds import Access
from exhibition.allocation import service as allocation
from exhibition.allocation.proposals import problem_builder
from exhibition.allocation.proposals.problem_builder import Wanted
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.exhibitors import participants
from exhibition.exhibitors import service as exhibitors
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.rules.application_steps import ExhibitorKind
from exhibition.exhibitors.service import Details
from exhibition.gate.occupancy import caps
from exhibition.storefront.models import ClickSource, OutboundClick
from exhibition.venue.edition import states
from exhibition.venue.models import Exhibition
from tests.conftest import sign_in
from tests.editions import world
from tests.editions.world import WHOLE

DURING = datetime(2026, 11, 6, 3, 30, tzinfo=UTC)
FAIRS = ("umkm-2026", "kopi-2026")
MARKS: dict[str, str] = {"umkm-2026": "Zaitun", "kopi-2026": "Yasmin"}
"""A word that stands in the names of everybody and everything of one fair only."""


@pytest.fixture(autouse=True)
def during_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: DURING)


def fill(app: Flask, client: FlaskClient, slug: str) -> dict[str, Any]:
    """A visitor, an exhibitor with a booth, and a gate's device at the fair."""
    fair, mark = states.by_slug(slug), MARKS[slug]
    seller = exhibitors.add(
        COMMAND_LINE, fair, Details(f"Kedai {mark}", ExhibitorKind.UMKM, email=f"{mark.lower()}@example.com")
    )
    place(fair, seller, "A01")
    hour = DURING.replace(minute=0)
    db.session.add(OutboundClick(exhibitor_id=seller.id, source=ClickSource.BOOTH_PAGE, hour=hour, clicks=1))
    db.session.commit()
    slot = next(
        one
        for one in client.get(f"/api/v1/slots?exhibition={slug}").get_json()
        if one["starts_at"] == "2026-11-06T03:00:00Z"
    )
    wish = {"slot_id": slot["id"], "name": f"Siti {mark}", "party_size": 2, "consent": True}
    registered = client.post("/api/v1/registrations", json=wish | {"email": f"siti.{mark.lower()}@example.com"})
    assert registered.status_code == 201
    code = app.test_cli_runner().invoke(args=["gate", "enrolment-code", "A", "--exhibition", slug, "--json"])
    body = {"enrolment_code": json.loads(code.output)["enrolment_code"], "device_name": f"Ponsel {mark}"}
    device = client.post("/api/v1/gate/enrol", json=body).get_json()
    return registered.get_json() | {"bearer": {"Authorization": f"Bearer {device['device_token']}"}, "seller": seller}


def place(fair: Exhibition, seller: Exhibitor, code: str) -> None:
    allocation.hold(COMMAND_LINE, fair, code, seller.id)
    mark = next(booth.claim.mark for booth in allocation.plan(fair) if booth.code == code and booth.claim)
    allocation.confirm(COMMAND_LINE, fair, mark)


@pytest.fixture
def both(app: Flask, client: FlaskClient, tmp_path: Path) -> dict[str, dict[str, Any]]:
    for slug in FAIRS:
        document = WHOLE | {"slug": slug, "name": f"Pameran {MARKS[slug]}"}
        assert world.create(app, tmp_path, document, "--publish").exit_code == 0
    return {slug: fill(app, client, slug) for slug in FAIRS}


def other(slug: str) -> str:
    return FAIRS[1 - FAIRS.index(slug)]


@pytest.mark.parametrize("path", ["/", "/daftar", "/stan", "/stan/A01", "/klaster", "/daftar-stan", "/privasi"])
@pytest.mark.usefixtures("both")
def test_a_page_without_a_name_asks_which_fair_and_leads_to_the_same_page_there(client: FlaskClient, path: str) -> None:
    flask_babel.refresh()
    page = client.get(f"{path}?lang=en")
    assert page.status_code == 200
    assert "Which fair do you mean?" in page.text
    for slug in FAIRS:
        address = f"/e/{slug}{path}?lang=en"
        assert f'href="{address}"' in page.text
        named = client.get(address).text
        assert MARKS[slug] in named
        assert MARKS[other(slug)] not in named


@pytest.mark.usefixtures("both")
def test_a_call_without_a_name_is_refused_with_the_names(client: FlaskClient) -> None:
    for path in ("exhibition", "slots", "booths", "booths/A01"):
        answer = client.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.get_json()["code"]) == (409, "which_exhibition")
        assert answer.get_json()["exhibitions"] == list(FAIRS)
        for slug in FAIRS:
            text = client.get(f"/api/v1/{path}?exhibition={slug}").text
            assert MARKS[other(slug)] not in text
    for unknown in ("none", "%00", "a%00b", "x" * 64):
        assert client.get(f"/api/v1/slots?exhibition={unknown}").status_code == 404
        assert client.get(f"/e/{unknown}/stan").status_code == 404
    listed = client.get("/api/v1/exhibitions").get_json()
    assert [(one["slug"], one["state"]) for one in listed] == [(slug, "published") for slug in FAIRS]


@pytest.mark.parametrize("slug", FAIRS)
def test_a_pass_page_speaks_of_its_own_fair_and_its_links_stay_there(
    client: FlaskClient, both: dict[str, dict[str, Any]], slug: str
) -> None:
    page = client.get(f"/p/{both[slug]['manage_key']}").text
    assert MARKS[other(slug)] not in page
    assert f'href="/e/{slug}/' in page
    assert f"/e/{other(slug)}/" not in page


@pytest.mark.parametrize("slug", FAIRS)
def test_a_gate_lets_in_its_own_visitors_only(client: FlaskClient, both: dict[str, dict[str, Any]], slug: str) -> None:
    bearer = both[slug]["bearer"]

    def scan(nonce: str, token: str) -> Any:
        body = {"nonce": nonce, "token": token, "direction": "entry"}
        return client.post("/api/v1/gate/scans", json=body, headers=bearer).get_json()

    stranger = scan("nonce-other", both[other(slug)]["pass"]["token"])
    assert (stranger["verdict"], stranger["code"]) == ("refused", "wrong_exhibition")
    assert scan("nonce-own", both[slug]["pass"]["token"])["verdict"] == "accepted"
    bundle = client.get("/api/v1/gate/bundle", headers=bearer).text
    assert both[other(slug)]["pass"]["id"] not in bundle
    found = client.post("/api/v1/gate/passes/search", json={"query": "Siti"}, headers=bearer)
    assert MARKS[other(slug)] not in found.text


@pytest.mark.parametrize("slug", FAIRS)
def test_a_gate_tells_the_cap_of_its_own_hall(client: FlaskClient, both: dict[str, dict[str, Any]], slug: str) -> None:
    caps.set_now(COMMAND_LINE, states.by_slug(other(slug)), 7)
    body = {"nonce": "nonce-1", "token": both[slug]["pass"]["token"], "direction": "entry"}
    answer = client.post("/api/v1/gate/scans", json=body, headers=both[slug]["bearer"]).get_json()
    assert answer["occupancy"] == {"inside": 2, "capacity": 150}
    body |= {"nonce": "nonce-2", "direction": "exit"}
    answer = client.post("/api/v1/gate/scans", json=body, headers=both[slug]["bearer"]).get_json()
    assert answer["occupancy"] == {"inside": 0, "capacity": 150}


@pytest.mark.parametrize("slug", FAIRS)
@pytest.mark.usefixtures("both")
def test_a_proposal_gives_booths_to_the_fairs_own_exhibitors_only(slug: str) -> None:
    fair = states.by_slug(slug)
    exhibitors.add(COMMAND_LINE, fair, Details(f"Tamu {MARKS[slug]}", ExhibitorKind.UMKM))
    asked = problem_builder.ask(fair, Wanted())
    assert set(asked.exhibitors) == {f"Kedai {MARKS[slug]}", f"Tamu {MARKS[slug]}"}
    assert {one.id for one in asked.problem.applications} == set(asked.exhibitors)


def pages(app: Flask, slug: str) -> Iterator[str]:
    """Every page of the desk and every public page of a fair that needs nothing but its name."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.arguments != {"edition"} or rule.rule.endswith("live"):
            continue
        if ROUTES[rule.endpoint] in (Access.ORGANIZER, Access.GATE, Access.PUBLIC):
            yield rule.rule.replace("<edition>", slug)


@pytest.mark.parametrize("slug", FAIRS)
@pytest.mark.parametrize("query", ["", "?q={other}", "?search={other}", "?q=Siti"])
@pytest.mark.usefixtures("both")
def test_no_list_and_no_search_shows_anything_of_the_other_fair(app: Flask, slug: str, query: str) -> None:
    fair = states.by_slug(slug)
    organizer = create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER, exhibition_id=fair.id)
    client = sign_in(app.test_client(), organizer)
    strange = MARKS[other(slug)]
    leaks, seen = [], 0
    for address in pages(app, slug):
        answer = client.get(address + query.format(other=strange))
        if answer.mimetype in ("application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"):
            continue
        seen += answer.status_code == 200
        leaks += [
            f"{address}: {kind} {strange}" for kind in ("Siti", "Kedai", "Ponsel") if f"{kind} {strange}" in answer.text
        ]
    assert leaks == []
    assert seen > 40


@pytest.mark.parametrize("slug", FAIRS)
@pytest.mark.usefixtures("csrf_off")
def test_ids_of_the_other_fair_are_not_found_at_a_desk(app: Flask, both: dict[str, dict[str, Any]], slug: str) -> None:
    client = sign_in(app.test_client(), create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER))
    search = {one: client.get(f"/desk/{one}/registrations").text for one in FAIRS}
    found = {one: re.search(rf"/desk/{one}/(registrations/\d+)", text) for one, text in search.items()}
    gate = re.search(rf"/desk/{other(slug)}/(gates/\d+/enrolment-code)", client.get(f"/desk/{other(slug)}/gates").text)
    device = re.search(rf"/desk/{other(slug)}/(devices/\d+/revoke)", client.get(f"/desk/{other(slug)}/gates").text)
    session = re.search(rf"/desk/{other(slug)}/(slots/\d+)", client.get(f"/desk/{other(slug)}/slots").text)
    strange, own = found[other(slug)], found[slug]
    assert strange
    assert own
    assert gate
    assert device
    assert session
    assert client.get(f"/desk/{slug}/{own[1]}").status_code == 200
    assert client.get(f"/desk/{slug}/{strange[1]}").status_code == 404
    assert client.post(f"/desk/{slug}/{strange[1]}/revoke").status_code == 404
    assert client.get(f"/desk/{slug}/{session[1]}").status_code == 404
    for act in (gate[1], device[1]):
        assert client.post(f"/desk/{slug}/{act}").status_code == 404


def test_an_exhibitor_has_a_booth_at_both_fairs_on_one_day(
    client: FlaskClient, both: dict[str, dict[str, Any]]
) -> None:
    seller = both["umkm-2026"]["seller"]
    fair = states.by_slug("kopi-2026")
    participants.invite_back(COMMAND_LINE, fair, seller)
    free = next(booth.code for booth in allocation.plan(fair) if booth.state == "open")
    place(fair, seller, free)
    for slug, code in (("umkm-2026", "A01"), ("kopi-2026", free)):
        assert seller.name in client.get(f"/e/{slug}/stan/{code}").text
    assert client.get(f"/b/{seller.slug}").location.startswith("/e/")


@pytest.mark.usefixtures("both")
def test_search_engines_and_feeds_get_the_pages_of_both(client: FlaskClient) -> None:
    sitemap = client.get("/sitemap.xml")
    assert sitemap.mimetype == "application/xml"
    assert all(f"/e/{slug}/stan/A01" in sitemap.text for slug in FAIRS)
    feed = client.get("/feed/google.xml")
    assert (feed.status_code, feed.mimetype) == (200, "application/rss+xml")
    assert all(f"Pameran {MARKS[slug]}" in feed.text for slug in FAIRS)
    named = client.get(f"/e/{FAIRS[0]}/feed/google.xml").text
    assert MARKS[FAIRS[0]] in named
    assert MARKS[FAIRS[1]] not in named
    assert client.get("/feed/google.csv?exhibitor=nobody").status_code == 404


@pytest.mark.usefixtures("both")
def test_whoever_sells_everywhere_and_organizes_one_fair_has_the_desk_of_that_one(app: Flask) -> None:
    user = create_user(COMMAND_LINE, "ratna@example.com", RoleName.EXHIBITOR)
    db.session.add(EditionRole(user_id=user.id, exhibition_id=states.by_slug("kopi-2026").id, role=RoleName.ORGANIZER))
    db.session.commit()
    db.session.refresh(user)
    page = sign_in(app.test_client(), user).get("/desk")
    assert page.status_code == 200
    assert 'href="/desk/kopi-2026/gates"' in page.text
    assert MARKS["umkm-2026"] not in page.text


def test_an_exhibitor_opens_no_draft(app: Flask, tmp_path: Path) -> None:
    assert world.create(app, tmp_path, WHOLE).exit_code == 0
    client = sign_in(app.test_client(), create_user(COMMAND_LINE, "tini@example.com", RoleName.EXHIBITOR))
    assert client.get("/e/umkm-2026/exhibitor/badges").status_code == 404


def test_an_exhibitor_of_another_fair_gets_no_booth_before_they_take_part(both: dict[str, dict[str, Any]]) -> None:
    with pytest.raises(allocation.Refused) as refused:
        allocation.hold(COMMAND_LINE, states.by_slug("kopi-2026"), "A01", both["umkm-2026"]["seller"].id)
    assert refused.value.code == "exhibitor_unknown"


@pytest.mark.usefixtures("both")
def test_the_desk_opens_todays_fair_and_names_it_in_every_link(app: Flask) -> None:
    client = sign_in(app.test_client(), create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER))
    page = client.get("/desk").text
    assert 'href="/desk/umkm-2026/gates"' in page
    assert 'href="/desk/kopi-2026"' in page, "the switcher leads to the other"
    assert 'href="/desk/gates"' not in page
