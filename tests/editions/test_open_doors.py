"""An edition made by command serves as the demo's does: a visitor registers, a gate lets them in and out."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.venue.edition import states
from exhibition.visitors.models import TimeSlot
from tests.editions import world
from tests.editions.world import WHOLE

DURING = datetime(2026, 11, 6, 3, 30, tzinfo=UTC)
"""10.30 on the first day in Bawen."""


@pytest.fixture(autouse=True)
def during_the_fair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: DURING)


def make_by_file(app: Flask, folder: Path) -> None:
    assert world.create(app, folder, WHOLE, "--publish").exit_code == 0


def make_from_last_year(app: Flask, folder: Path) -> None:
    last_year = WHOLE | {"slug": "umkm-2025", "starts_on": "2025-11-07", "ends_on": "2025-11-09"}
    assert world.create(app, folder, last_year).exit_code == 0
    words = ("umkm-2025", "umkm-2026", "--starts-on", "2026-11-06", "--publish")
    assert world.invoke(app, "clone", *words).exit_code == 0


@pytest.mark.parametrize("make", [make_by_file, make_from_last_year])
def test_a_visitor_registers_and_a_gate_lets_them_in_and_out(
    app: Flask, client: FlaskClient, tmp_path: Path, make: object
) -> None:
    assert callable(make)
    make(app, tmp_path)
    fair = client.get("/api/v1/exhibition").get_json()
    assert fair["slug"] == "umkm-2026"
    slots = client.get("/api/v1/slots").get_json()
    now = next(slot for slot in slots if slot["starts_at"] == "2026-11-06T03:00:00Z")
    assert (now["remaining"], now["state"]) == (120, "open")
    wish = {"slot_id": now["id"], "name": "Siti Aminah", "party_size": 3, "consent": True}
    registered = client.post("/api/v1/registrations", json=wish)
    assert registered.status_code == 201
    token = registered.get_json()["pass"]["token"]

    code = app.test_cli_runner().invoke(args=["gate", "enrolment-code", "A", "--json"])
    body = {"enrolment_code": json.loads(code.output)["enrolment_code"], "device_name": "Ponsel"}
    device = client.post("/api/v1/gate/enrol", json=body).get_json()
    bearer = {"Authorization": f"Bearer {device['device_token']}"}
    for nonce, direction, inside in (("nonce-1", "entry", 3), ("nonce-2", "exit", 0)):
        scan = {"nonce": nonce, "token": token, "direction": direction}
        answer = client.post("/api/v1/gate/scans", json=scan, headers=bearer).get_json()
        assert (answer["verdict"], answer["code"]) == ("accepted", "accepted")
        assert answer["occupancy"] == {"inside": inside, "capacity": 150}
    bundle = client.get("/api/v1/gate/bundle", headers=bearer).get_json()
    assert len(bundle["keys"]) >= 1
    assert len(bundle["slots"]) == len(slots)


def test_an_edition_that_is_not_published_takes_no_visitors(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    make_by_file(app, tmp_path)
    slot = client.get("/api/v1/slots").get_json()[0]
    wish = {"slot_id": slot["id"], "name": "Siti Aminah", "party_size": 3, "consent": True}
    assert world.invoke(app, "call-off", "umkm-2026").exit_code == 0
    refused = client.post("/api/v1/registrations", json=wish)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "invalid")
    assert client.get("/api/v1/exhibition").get_json()["state"] == "called_off"


def test_of_two_editions_at_the_same_time_a_pass_moves_within_its_own_only(
    app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    make_by_file(app, tmp_path)
    assert world.create(app, tmp_path, WHOLE | {"slug": "kopi-2026"}, "--publish").exit_code == 0
    own, other = (
        db.session.scalars(
            select(TimeSlot.id)
            .where(TimeSlot.exhibition_id == states.by_slug(slug).id, TimeSlot.starts_at > DURING)
            .order_by(TimeSlot.number)
        ).all()
        for slug in ("umkm-2026", "kopi-2026")
    )
    wish = {"name": "Siti Aminah", "party_size": 3, "consent": True}
    manage_url = client.post("/api/v1/registrations", json=wish | {"slot_id": own[0]}).get_json()["manage_url"]
    assert client.post("/api/v1/registrations", json=wish | {"slot_id": other[0]}).status_code == 201
    move = f"/api/v1/registrations/{manage_url.rsplit('/', 1)[1]}/move"
    refused = client.post(move, json={"slot_id": other[1]})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "invalid")
    assert client.post(move, json={"slot_id": own[1]}).status_code == 200
    issued = db.session.execute(select(TimeSlot.id, TimeSlot.issued).where(TimeSlot.issued > 0)).all()
    assert {(row.id, row.issued) for row in issued} == {(own[1], 3), (other[0], 3)}
