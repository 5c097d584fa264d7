"""The gates' desk: gates, enrolment codes, devices, the cap."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from exhibition.accounts.models import AuditEntry
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.gate.models import Device, Gate
from exhibition.venue.models import Exhibition
from tests.gate import world


@pytest.fixture(autouse=True)
def _forms_without_csrf(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


def _actions() -> list[str]:
    db.session.rollback()
    return list(
        db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_type != "route").order_by(AuditEntry.id))
    )


def test_the_desk_lists_gates_with_their_devices(
    organizer_client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    world.send(organizer_client, device, token="x", scanned_at="2020-01-01T00:00:00Z")
    page = organizer_client.get("/desk/gates").text
    assert "Gerbang A (utara)" in page
    assert "Ponsel" in page
    assert "jam selisih" in page
    assert "Belum ada perangkat di gerbang ini." in page


@pytest.mark.parametrize(("minutes", "word"), [(4, None), (5, "mulai usang"), (30, ">usang<")])
def test_the_desk_tells_whose_data_is_old(
    organizer_client: FlaskClient, exhibition: Exhibition, device: str, minutes: int, word: str | None
) -> None:
    old = clock.now() - timedelta(minutes=minutes, seconds=1)
    db.session.execute(update(Device).values(bundle_at=old))
    db.session.commit()
    page = organizer_client.get("/desk/gates").text
    assert ("usang" in page) is (word is not None)
    assert word is None or word in page


def test_an_enrolment_code_is_shown_once_and_works_once(
    organizer_client: FlaskClient, client: FlaskClient, exhibition: Exhibition
) -> None:
    gate_id = world.gates()[1].id
    answer = organizer_client.post(f"/desk/gates/{gate_id}/enrolment-code")
    assert answer.headers["Cache-Control"] == "no-store"
    found = re.search(r'id="enrolment-code">(\w+)<', answer.text)
    assert found is not None
    assert found[1] not in organizer_client.get("/desk/gates").text
    body = {"enrolment_code": found[1], "device_name": "Ponsel Sari"}
    enrolled = client.post("/api/v1/gate/enrol", json=body)
    assert enrolled.status_code == 201
    assert enrolled.json is not None
    assert enrolled.json["gate"] == {"code": "B", "name": "Gerbang B (selatan)"}
    assert client.post("/api/v1/gate/enrol", json=body).status_code == 401
    assert _actions()[-2:] == ["gate.enrolment_code", "device.enrol"]


def test_a_withdrawn_device_can_no_longer_scan_and_a_renamed_one_can(
    organizer_client: FlaskClient, client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    device_id = db.session.scalars(select(Device.id)).one()
    organizer_client.post(f"/desk/devices/{device_id}/rename", data={"name": "Ponsel Budi"})
    assert "Ponsel Budi" in organizer_client.get("/desk/gates").text
    assert world.send(client, device, token="x").status_code == 200
    organizer_client.post(f"/desk/devices/{device_id}/revoke")
    refused = world.send(client, device, token="x")
    assert refused.status_code == 401
    assert refused.json is not None
    assert refused.json["code"] == "device_revoked"
    assert client.get("/api/v1/gate/occupancy", headers={"Authorization": f"Bearer {device}"}).status_code == 401
    assert _actions()[-2:] == ["device.rename", "device.revoke"]


def test_the_cap_is_set_with_its_history(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    assert organizer_client.post("/desk/gates/capacity", data={"capacity": "75"}).status_code == 302
    assert world.hall(exhibition.id) == (0, 75)
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.before, entry.after) == ({"capacity": 150}, {"capacity": 75})


def test_a_gate_is_added_and_its_code_is_taken_then(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    form = {"code": "c1", "name": "Gerbang barat"}
    assert organizer_client.post("/desk/gates", data=form).status_code == 302
    again = organizer_client.post("/desk/gates", data=form)
    assert again.status_code == 409
    assert "Sudah ada gerbang dengan kode ini." in again.text
    assert [gate.code for gate in world.gates()] == ["A", "B", "C1"]


def test_names_nobody_could_read_are_refused_with_the_field_named(
    organizer_client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    device_id = db.session.scalars(select(Device.id)).one()
    before = _actions()
    for name in ("", " ", "x" * 81, "a\x00b", "\u202eabc", "\u200b"):
        for address, form in (
            ("/desk/gates", {"code": "C", "name": name}),
            (f"/desk/devices/{device_id}/rename", {"name": name}),
        ):
            answer = organizer_client.post(address, data=form)
            assert answer.status_code == 422, (address, name)
            assert "field-error" in answer.text
    assert _actions() == before
    assert len(world.gates()) == 2


def test_gate_codes_that_are_no_code_are_refused(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    for code in ("", "TOOLONG99", "a b", "<b>", "A'; DROP", "\x00", "é", "😀"):
        answer = organizer_client.post("/desk/gates", data={"code": code, "name": "Gerbang"})
        assert answer.status_code == 422, code
    assert len(world.gates()) == 2


def test_caps_that_are_no_number_are_refused(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    for capacity in ("", "-1", "100001", "9" * 40, "1.5", "many", "\x00", "<script>"):
        answer = organizer_client.post("/desk/gates/capacity", data={"capacity": capacity})
        assert answer.status_code == 422, capacity
    assert world.hall(exhibition.id) == (0, 150)


def test_an_id_that_is_not_there_is_not_found(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    for number in ("0", "999", "2147483648", "99999999999999999999"):
        for address in (f"gates/{number}/enrolment-code", f"devices/{number}/rename", f"devices/{number}/revoke"):
            assert organizer_client.post(f"/desk/{address}", data={"name": "Ponsel"}).status_code == 404, address


def test_markup_in_a_name_is_shown_as_text(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    organizer_client.post("/desk/gates", data={"code": "X", "name": "<script>alert(1)</script>"})
    assert db.session.scalars(select(Gate.name).where(Gate.code == "X")).one() == "<script>alert(1)</script>"
    assert "<script>alert" not in organizer_client.get("/desk/gates").text


@pytest.mark.parametrize("address", ["/desk/gates", "/desk/gates/capacity"])
def test_the_desk_is_for_organizers(client: FlaskClient, exhibition: Exhibition, address: str) -> None:
    assert client.post(address, data={"capacity": "1"}).status_code == 302
    assert world.hall(exhibition.id) == (0, 150)
