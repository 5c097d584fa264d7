"""The desk's page of preparation, and publishing from it."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from exhibition.accounts.models import AuditEntry
from exhibition.core.db import db
from exhibition.venue.edition import states
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from tests.editions import world
from tests.editions.world import SMALLEST, WHOLE

FUTURE = {"starts_on": "2049-11-06", "ends_on": "2049-11-08"}

pytestmark = pytest.mark.usefixtures("csrf_off")


@pytest.fixture
def draft(app: Flask, tmp_path: Path) -> Exhibition:
    assert world.create(app, tmp_path, SMALLEST | FUTURE).exit_code == 0
    return states.by_slug("umkm-2026")


def needs(client: FlaskClient, ready: str) -> set[str]:
    page = client.get("/desk/umkm-2026/prepare").text
    return set(re.findall(rf'data-need="(\w+)" data-ready="{ready}"', page))


def test_a_fair_of_a_name_and_days_lacks_nearly_everything(organizer_client: FlaskClient, draft: Exhibition) -> None:
    assert needs(organizer_client, "yes") == {"exhibitors"}


def test_what_is_made_is_ready_without_anybody_ticking_it(
    app: Flask, organizer_client: FlaskClient, tmp_path: Path
) -> None:
    assert world.create(app, tmp_path, WHOLE | FUTURE).exit_code == 0
    assert needs(organizer_client, "no") == {"phones", "team"}


def test_a_gate_is_added_from_the_page_itself(organizer_client: FlaskClient, draft: Exhibition) -> None:
    assert organizer_client.post("/desk/umkm-2026/gates", data={"code": "A", "name": "Gate A"}).status_code in (
        302,
        303,
    )
    assert "gates" in needs(organizer_client, "yes")


def test_visitors_do_not_see_a_draft(client: FlaskClient, draft: Exhibition) -> None:
    assert client.get("/e/umkm-2026/").status_code == 404


def test_publishing_shows_what_is_missing_and_is_possible_nevertheless(
    organizer_client: FlaskClient, draft: Exhibition
) -> None:
    assert organizer_client.get("/e/umkm-2026/").status_code == 200
    page = organizer_client.get("/desk/umkm-2026/prepare/state").text
    assert page.split('data-testid="missing"')[1].split("</ul>")[0].count("<li>") == 9
    answer = organizer_client.post("/desk/umkm-2026/prepare/state", data={"target": "published"})
    assert answer.status_code == 303
    assert states.by_slug("umkm-2026").state is EditionState.PUBLISHED
    assert db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()[-1] == "exhibition.publish"


def test_only_the_steps_of_its_state_are_offered_and_taken(organizer_client: FlaskClient, draft: Exhibition) -> None:
    def offered() -> list[str]:
        return re.findall(r'name="target" value="(\w+)"', organizer_client.get("/desk/umkm-2026/prepare/state").text)

    def take(target: str) -> int:
        return organizer_client.post("/desk/umkm-2026/prepare/state", data={"target": target}).status_code

    assert offered() == ["published"]
    assert take("archived") == 409
    assert take("draft") == 409
    assert take("nonsense") == 404
    assert take("published") == 303
    assert offered() == ["archived", "postponed", "called_off"]
    assert take("called_off") == 303
    assert offered() == ["published", "archived"]
    assert states.by_slug("umkm-2026").state is EditionState.CALLED_OFF
