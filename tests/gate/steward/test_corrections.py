"""A supervisor corrects an earlier movement: by rows of their own, at the gate and at the desk, and counters follow."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from exhibition.accounts import pins
from exhibition.accounts.audit import COMMAND_LINE, Actor
from exhibition.accounts.models import AuditEntry, RoleName
from exhibition.accounts.service import create_user
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.gate.models import ScanOverride
from exhibition.gate.verification import verify_counters
from exhibition.reports import service as reports
from exhibition.venue.models import Exhibition
from tests.gate import world

PIN = "482913"


@pytest.fixture(autouse=True)
def supervisor(exhibition: Exhibition) -> int:
    """Bu Rini, whose PIN it is."""
    user = create_user(COMMAND_LINE, "rini@example.com", RoleName.GATE, password="kopi tubruk pagi", name="Bu Rini")
    pins.set_pin(Actor(user.id, user.name), PIN)
    return user.id


def correct(client: FlaskClient, device: str, wrong_id: int, number: int, **more: Any) -> TestResponse:
    body = {
        "nonce": f"c{wrong_id}-{number}",
        "scan_id": wrong_id,
        "people": number,
        "pin": PIN,
        "reason": "Salah pindai",
    }
    headers = {"Authorization": f"Bearer {device}"}
    return client.post("/api/v1/gate/scans/correct", json=body | more, headers=headers)


def test_an_earlier_entry_is_corrected_though_others_came_since(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    family = world.issue(exhibition.id, party_size=4)
    wrong = world.send(client, device, token=family.token).get_json()
    world.send(client, device, token=world.issue(exhibition.id).token)
    answer = correct(client, device, wrong["scan_id"], 3).get_json()
    assert (answer["people"], answer["corrects"]) == (3, wrong["scan_id"])
    assert answer["pass"] == {"party_size": 4, "inside": 3, "admitted": 3}
    assert answer["occupancy"]["inside"] == world.hall(exhibition.id)[0] == 4
    kept = world.scans()
    assert [(scan.people, scan.undoes_id) for scan in kept] == [(4, None), (1, None), (4, wrong["scan_id"]), (3, None)]
    assert correct(client, device, wrong["scan_id"], 3).get_json() == answer
    assert len(world.scans()) == 4
    assert verify_counters() == []
    assert world.send(client, device, token=family.token).get_json()["people"] == 1


def test_an_entry_that_did_not_happen_is_taken_back_at_another_gate(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id, party_size=2)
    wrong = world.send(client, device, token=issued.token).get_json()
    other = world.enrol(exhibition, "B")
    assert correct(client, other, wrong["scan_id"], 0).status_code == 200
    assert world.pass_counts(issued.id) == (0, 0)
    assert world.hall(exhibition.id)[0] == 0
    assert verify_counters() == []
    again = correct(client, other, wrong["scan_id"], 1, nonce="new")
    assert (again.status_code, again.get_json()["code"]) == (409, "undo_done")


def test_what_later_movements_rest_on_is_not_corrected(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id, party_size=4)
    came = world.send(client, device, token=issued.token, people=3).get_json()["scan_id"]
    went = world.send(client, device, token=issued.token, direction="exit", people=2).get_json()["scan_id"]
    assert correct(client, device, came, 1).get_json()["code"] == "undo_has_left"
    assert correct(client, device, came, 5).get_json()["code"] == "party_exceeded"
    assert correct(client, device, came, 3).get_json()["code"] == "correction_same"
    world.send(client, device, token=issued.token)  # the rest, and those who come back
    assert correct(client, device, went, 0).get_json()["code"] == "undo_came_back"
    assert world.pass_counts(issued.id) == (4, 4)
    assert verify_counters() == []


def test_an_exit_is_corrected_at_its_time(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    issued = world.issue(exhibition.id, party_size=4)
    world.send(client, device, token=issued.token)
    went = world.send(client, device, token=issued.token, direction="exit", people=3).get_json()
    assert correct(client, device, went["scan_id"], 1).status_code == 200
    assert world.pass_counts(issued.id) == (4, 3)
    assert world.scans()[-1].device_at == world.scans()[1].server_at
    assert verify_counters() == []


@pytest.mark.parametrize(
    ("more", "status", "field"),
    [
        ({"pin": "000000"}, 403, "pin"),
        ({"reason": " "}, 422, "reason"),
        ({"scan_id": 999_999}, 404, None),
        ({"people": 11}, 422, "people"),
        ({"scan_id": 2**40}, 422, "scan_id"),
    ],
)
def test_a_correction_needs_a_supervisor_a_reason_and_a_movement(
    client: FlaskClient, exhibition: Exhibition, device: str, more: dict[str, Any], status: int, field: str | None
) -> None:
    wrong = world.send(client, device, token=world.issue(exhibition.id, party_size=2).token).get_json()
    answer = correct(client, device, wrong["scan_id"], 1, **more)
    assert (answer.status_code, answer.get_json().get("field")) == (status, field)
    assert len(world.scans()) == 1


def test_who_corrected_what_and_why_is_written_down_and_is_no_overruling(
    client: FlaskClient, exhibition: Exhibition, device: str, supervisor: int
) -> None:
    wrong = world.send(client, device, token=world.issue(exhibition.id, party_size=2).token).get_json()["scan_id"]
    undoing = correct(client, device, wrong, 1).get_json()["scan_id"]
    db.session.rollback()
    kept = db.session.scalars(select(ScanOverride)).one()
    assert (kept.scan_id, kept.by, kept.user_id, kept.reason) == (undoing, "Bu Rini", supervisor, "Salah pindai")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "scan.correct")).one()
    assert (entry.before, entry.after) == ({"people": 2, "direction": "entry"}, {"people": 1})
    now = clock.now()
    assert reports.overruled(exhibition, now - timedelta(days=1), now + timedelta(days=1)) == 0


def test_the_gate_lists_its_own_movements_of_today_that_count(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    first = world.issue(exhibition.id, party_size=2)
    wrong = world.send(client, device, token=first.token).get_json()["scan_id"]
    world.send(client, device, token=first.token)
    world.send(client, world.enrol(exhibition, "B"), token=world.issue(exhibition.id).token)
    headers = {"Authorization": f"Bearer {device}"}
    (line,) = client.get("/api/v1/gate/movements", headers=headers).get_json()["movements"]
    assert (line["scan_id"], line["people"], line["code"], line["party_size"]) == (wrong, 2, first.code, 2)
    correct(client, device, wrong, 1)
    (line,) = client.get("/api/v1/gate/movements", headers=headers).get_json()["movements"]
    assert line["people"] == 1


@pytest.mark.usefixtures("csrf_off")
def test_the_desk_finds_a_movement_by_its_code_and_corrects_it(
    organizer_client: FlaskClient, client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id, party_size=3)
    wrong = world.send(client, device, token=issued.token).get_json()["scan_id"]
    page = organizer_client.get(f"/desk/movements?q={issued.code[:4]}-{issued.code[4:]}")
    assert f"/desk/movements/{wrong}" in page.text
    assert f"/desk/movements/{wrong}" not in organizer_client.get("/desk/movements?q=ACDEFGHJ").text
    listed = organizer_client.get(f"/desk/movements?q={issued.code}&column=people&column=direction&file=csv")
    assert listed.data.decode("utf-8-sig").splitlines()[1:] == [f"{issued.code},Masuk,3"]
    fault = organizer_client.post(f"/desk/movements/{wrong}", data={"people": "4", "reason": "Salah"})
    assert (fault.status_code, f"people-{wrong}-error" in fault.text) == (409, True)
    fault = organizer_client.post(f"/desk/movements/{wrong}", data={"people": "x", "reason": ""})
    assert (fault.status_code, f"reason-{wrong}-error" in fault.text) == (422, True)
    done = organizer_client.post(f"/desk/movements/{wrong}", data={"people": "0", "reason": "Salah keluarga"})
    assert done.status_code == 302
    assert world.pass_counts(issued.id) == (0, 0)
    assert organizer_client.post("/desk/movements/999999", data={"people": "0", "reason": "x"}).status_code == 404
    assert verify_counters() == []
