"""A device is put at another gate on the device itself."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from exhibition.accounts.models import AuditEntry
from exhibition.core.db import db
from exhibition.gate import devices
from exhibition.venue.models import Exhibition
from tests.gate import world


def change(client: FlaskClient, device: str, **body: Any) -> TestResponse:
    return client.post("/api/v1/gate/device", json=body, headers={"Authorization": f"Bearer {device}"})


def test_a_device_learns_which_gates_there_are(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    answer = client.get("/api/v1/gate/gates", headers={"Authorization": f"Bearer {device}"}).get_json()
    assert answer == {"gates": [{"code": gate.code, "name": gate.name} for gate in world.gates()]}


def test_a_device_that_changed_its_gate_scans_there(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    world.send(client, device, token=world.issue(exhibition.id).token)
    answer = change(client, device, gate=" b ")
    assert (answer.status_code, answer.get_json()["gate"]["code"]) == (200, "B")
    world.send(client, device, token=world.issue(exhibition.id).token)
    assert change(client, device, gate="B").status_code == 200
    codes = {gate.id: gate.code for gate in world.gates()}
    assert [codes[scan.gate_id] for scan in world.scans()] == ["A", "B"]
    bundle = client.get("/api/v1/gate/bundle", headers={"Authorization": f"Bearer {device}"}).get_json()
    assert bundle["gate"]["code"] == "B"
    lines = {gate.code: [line.name for line in gate.devices] for gate in devices.gates(exhibition)}
    assert (lines["A"], lines["B"]) == ([], ["Ponsel"])
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "device.move")).one()
    assert (entry.actor_name, entry.before, entry.after) == ("Ponsel", {"gate": "A"}, {"gate": "B"})


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"gate": ""},
        {"gate": "Z"},
        {"gate": "\x00"},
        {"gate": "A" * 9},
        {"gate": 1},
        {"gate": None},
        {"gate": ["A"]},
    ],
)
def test_a_gate_that_is_not_there_changes_nothing(
    client: FlaskClient, exhibition: Exhibition, device: str, body: dict[str, Any]
) -> None:
    answer = change(client, device, **body)
    assert (answer.status_code, answer.get_json()["field"]) == (422, "gate")
    assert [len(gate.devices) for gate in devices.gates(exhibition)] == [1, 0]


def test_a_withdrawn_device_chooses_no_gate(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    for token in ("nobody", ""):
        assert change(client, token, gate="B").status_code == 401
