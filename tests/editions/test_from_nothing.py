"""A fair from nothing, over HTTP: from an empty database to somebody who is let in."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from exhibition.core import clock
from tests.accounts.conftest import PASSWORD, Person

BEFORE_THE_FIRST_SESSION = datetime(2026, 11, 6, 2, 50, tzinfo=UTC)
"""09.50 on the first day in Bawen."""
FAIR = {
    "name": "Pameran Kopi",
    "venue_name": "Pendopo",
    "starts_on": "2026-11-06",
    "ends_on": "2026-11-07",
    "opens": "09:00",
    "closes": "15:00",
    "timezone": "Asia/Jakarta",
    "contact_email": "kopi@example.com",
}
HALL = {"rows": "3", "columns": "4", "booth_width": "3", "booth_depth": "3", "aisle": "3", "door": "upper", "save": "y"}
DESK = "/desk/pameran-kopi-2026"


@pytest.fixture(autouse=True)
def in_the_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: BEFORE_THE_FIRST_SESSION)


@pytest.fixture
def person(bare_app: Flask) -> Person:
    return Person(bare_app)


def take_the_installation(app: Flask, person: Person) -> None:
    code = app.test_cli_runner().invoke(args=["setup-code"]).output.strip()
    assert person.get("/").location == "/setup"
    who = {"code": code, "email": "ratna@example.com", "name": "Ratna"}
    assert person.send("/setup", **who, password=PASSWORD, password_confirm=PASSWORD).location == "/start"
    assert person.client.get("/start", follow_redirects=True).request.path == "/desk/editions/new"


def lacking(person: Person) -> set[str]:
    return set(re.findall(r'data-need="(\w+)" data-ready="no"', person.get(f"{DESK}/prepare").text))


def prepare(person: Person) -> None:
    assert person.send("/desk/editions/new", **FAIR).location == f"{DESK}/prepare"
    assert lacking(person) == {"place", "hall", "layout", "sessions", "cap", "gates", "phones", "team"}
    assert person.send(f"{DESK}/prepare/hall", **HALL).status_code == 303
    for day in ("06", "07"):
        session = {"starts_at": f"2026-11-{day}T10:00", "ends_at": f"2026-11-{day}T11:00", "capacity": "50"}
        assert person.send(f"{DESK}/slots", **session).status_code == 303
    gate = {"code": "A", "name": "Gate A"}
    assert person.send(f"{DESK}/gates", page=f"{DESK}/prepare", **gate).status_code in (302, 303)
    assert person.send(f"{DESK}/gates/capacity", page=f"{DESK}/gates", capacity="50").status_code in (302, 303)
    assert lacking(person) == {"place", "phones", "team"}


def test_from_an_empty_database_to_somebody_who_is_let_in(bare_app: Flask, person: Person) -> None:
    take_the_installation(bare_app, person)
    prepare(person)
    assert person.get("/api/v1/slots").status_code == 503
    state = f"{DESK}/prepare/state"
    assert person.send(state, target="published").status_code == 303

    visitor = bare_app.test_client()
    assert "Pameran Kopi" in visitor.get("/").text
    slots = visitor.get("/api/v1/slots").get_json()
    assert [(slot["state"], slot["remaining"]) for slot in slots] == [("open", 50)] * 2
    assert len(visitor.get("/api/v1/booths").get_json()) == 12
    wish = {"slot_id": slots[0]["id"], "name": "Siti Aminah", "party_size": 3, "consent": True}
    token = visitor.post("/api/v1/registrations", json=wish).get_json()["pass"]["token"]

    gates = person.get(f"{DESK}/gates").text
    found = re.search(rf'action="({DESK}/gates/\d+/enrolment-code)"', gates)
    assert found is not None
    shown = re.search(r'id="enrolment-code">(\w+)<', person.send(found[1], page=f"{DESK}/gates").text)
    assert shown is not None
    phone = bare_app.test_client()
    body = {"enrolment_code": shown[1], "device_name": "Ponsel"}
    device = phone.post("/api/v1/gate/enrol", json=body).get_json()["device_token"]
    scan = {"nonce": "nonce-1", "token": token, "direction": "entry"}
    answer = phone.post("/api/v1/gate/scans", json=scan, headers={"Authorization": f"Bearer {device}"}).get_json()
    assert (answer["verdict"], answer["occupancy"]) == ("accepted", {"inside": 3, "capacity": 50})
    assert lacking(person) == {"place", "team"}
