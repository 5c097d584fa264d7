"""The JSON calls of devices: who may call, and that bad input is named and writes nothing."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.extensions import limiter
from exhibition.gate import devices
from exhibition.gate.models import Device
from exhibition.venue.models import Exhibition
from tests.fairs import the_fair
from tests.gate import world

SOUND: dict[str, Any] = {"nonce": "n1", "token": "x", "direction": "entry"}

HOSTILE_SCANS: list[tuple[dict[str, Any], str]] = [
    ({"nonce": ""}, "nonce"),
    ({"nonce": "n" * 65}, "nonce"),
    ({"nonce": "a\x00b"}, "nonce"),
    ({"nonce": "😀"}, "nonce"),
    ({"nonce": "n\n"}, "nonce"),
    ({"nonce": 7}, "nonce"),
    ({"nonce": None}, "nonce"),
    ({"token": 7}, "token"),
    ({"token": ["x"]}, "token"),
    ({"token": "x" * 4301}, "token"),
    ({"token": "\ud800"}, "token"),
    ({"token": None}, "token"),
    ({"code": "ABCD2345"}, "token"),
    ({"token": None, "code": "x" * 65}, "code"),
    ({"direction": "sideways"}, "direction"),
    ({"direction": "ENTRY"}, "direction"),
    ({"direction": None}, "direction"),
    ({"people": 0}, "people"),
    ({"people": -1}, "people"),
    ({"people": 11}, "people"),
    ({"people": 10**30}, "people"),
    ({"people": 1.5}, "people"),
    ({"people": "2"}, "people"),
    ({"people": True}, "people"),
    ({"screening": "maybe"}, "screening"),
    ({"screening": True}, "screening"),
    ({"scanned_at": "2026-11-06T10:05:00"}, "scanned_at"),
    ({"scanned_at": "0001-01-01T00:00:00+14:00"}, "scanned_at"),
    ({"scanned_at": "9999-12-31T23:59:59-14:00"}, "scanned_at"),
    ({"scanned_at": 1604631900}, "scanned_at"),
    ({"scanned_at": "yesterday"}, "scanned_at"),
    ({"override": {"pin": "1234"}}, "override.reason"),
    ({"override": {"reason": "x"}}, "override.pin"),
    ({"override": {"pin": "", "reason": "x"}}, "override.pin"),
    ({"override": {"pin": 482913, "reason": "x"}}, "override.pin"),
    ({"override": {"pin": "4" * 41, "reason": "x"}}, "override.pin"),
    ({"override": {"pin": "482913", "reason": ""}}, "override.reason"),
    ({"override": {"pin": "482913", "reason": "   "}}, "override.reason"),
    ({"override": {"pin": "482913", "reason": "a\x00b"}}, "override.reason"),
    ({"override": {"pin": "482913", "reason": "x" * 201}}, "override.reason"),
    ({"override": {"pin": "482913", "reason": "x", "by": "me"}}, "override.by"),
    ({"override": {"pin": "482913", "reason": "x"}, "direction": "exit"}, "override"),
    ({"override": "482913"}, "override"),
    ({"unknown": 1}, "unknown"),
]
HOSTILE_ENROLMENTS: list[tuple[dict[str, Any], str]] = [
    ({"enrolment_code": ""}, "enrolment_code"),
    ({"enrolment_code": "x" * 41}, "enrolment_code"),
    ({"enrolment_code": 12345678}, "enrolment_code"),
    ({"enrolment_code": None}, "enrolment_code"),
    ({"device_name": ""}, "device_name"),
    ({"device_name": "   "}, "device_name"),
    ({"device_name": "x" * 81}, "device_name"),
    ({"device_name": "a\x00b"}, "device_name"),
    ({"device_name": "\u202eabc"}, "device_name"),
    ({"gate": "A"}, "gate"),
]
ODD_TEXTS = [
    "\x00",
    "😀" * 60,
    "\u202eEP1",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "EP1" + "A" * 4000,
    "\uffff",
    "ß" * 300,
]


def test_a_scan_that_makes_no_sense_is_refused_with_the_field_named(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    for change, field in HOSTILE_SCANS:
        answer = world.send(client, device, **SOUND | change)
        assert (answer.status_code, answer.content_type) == (422, "application/problem+json"), change
        assert answer.json is not None
        assert answer.json["field"] == field, change
    assert world.scans() == []


@pytest.mark.parametrize("missing", ["nonce", "direction"])
def test_a_scan_without_a_needed_member_is_refused(
    client: FlaskClient, exhibition: Exhibition, device: str, missing: str
) -> None:
    body = {name: value for name, value in SOUND.items() if name != missing}
    answer = client.post("/api/v1/gate/scans", json=body, headers={"Authorization": f"Bearer {device}"})
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["field"] == missing


@pytest.mark.parametrize("call", ["scans", "enrol"])
def test_a_body_that_is_no_object_is_refused(
    client: FlaskClient, exhibition: Exhibition, device: str, call: str
) -> None:
    headers = {"Authorization": f"Bearer {device}", "Content-Type": "application/json"}
    for body in (b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"nonce": NaN}'):
        answer = client.post(f"/api/v1/gate/{call}", data=body, headers=headers)
        assert answer.status_code in (400, 422), body
    assert world.scans() == []


def test_any_text_held_to_a_scanner_gets_a_verdict_and_is_kept(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    for text in ODD_TEXTS:
        answer = world.send(client, device, token=text)
        assert answer.status_code == 200, text
        assert answer.json is not None
        assert answer.json["code"] in ("unknown", "bad_signature"), text
        answer = world.send(client, device, code=text[:64])
        assert answer.json is not None
        assert answer.json["code"] == "unknown", text
    assert len(world.scans()) == 2 * len(ODD_TEXTS)


def test_a_stranger_s_token_is_told_to_enrol(client: FlaskClient, exhibition: Exhibition) -> None:
    for secret in ("", "x", "é", "x" * 5000, "'; DROP TABLE device; --"):
        headers = {"Authorization": f"Bearer {secret}"}
        for answer in (
            client.post("/api/v1/gate/scans", json=SOUND, headers=headers),
            client.get("/api/v1/gate/occupancy", headers=headers),
        ):
            assert answer.status_code == 401, secret
            assert answer.json is not None
            assert answer.json["code"] == "device_unknown", secret


def test_occupancy_tells_the_count_and_each_gate_s_movements(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id, party_size=3)
    world.send(client, device, token=issued.token)
    world.send(client, device, token=issued.token, direction="exit", people=1)
    answer = client.get("/api/v1/gate/occupancy", headers={"Authorization": f"Bearer {device}"})
    assert answer.json == {
        "inside": 2,
        "presumed_left": 0,
        "capacity": 150,
        "gates": [
            {"code": "A", "name": "Gerbang A (utara)", "entered": 3, "left": 1},
            {"code": "B", "name": "Gerbang B (selatan)", "entered": 0, "left": 0},
        ],
    }


def test_a_device_that_asks_is_noted_as_seen(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    later = clock.now() + timedelta(minutes=5)
    with time_machine.travel(later, tick=False):
        client.get("/api/v1/gate/occupancy", headers={"Authorization": f"Bearer {device}"})
    db.session.rollback()
    assert db.session.scalars(select(Device.last_seen_at)).one() == later


def test_an_enrolment_that_makes_no_sense_is_refused_and_the_code_still_works(
    client: FlaskClient, exhibition: Exhibition
) -> None:
    sound = {"enrolment_code": _code(), "device_name": "Ponsel"}
    for change, field in HOSTILE_ENROLMENTS:
        limiter.reset()
        answer = client.post("/api/v1/gate/enrol", json=sound | change)
        assert answer.status_code == 422, change
        assert answer.json is not None
        assert answer.json["field"] == field, change
    assert _devices() == 0
    assert client.post("/api/v1/gate/enrol", json=sound).status_code == 201


def test_an_enrolment_code_may_be_typed_in_lower_case_with_blanks(client: FlaskClient, exhibition: Exhibition) -> None:
    code = _code()
    body = {"enrolment_code": f" {code[:4].lower()} {code[4:]} ", "device_name": "Ponsel 😀"}
    assert client.post("/api/v1/gate/enrol", json=body).status_code == 201


def test_an_enrolment_code_ends_after_an_hour(client: FlaskClient, exhibition: Exhibition) -> None:
    body = {"enrolment_code": _code(), "device_name": "Ponsel"}
    with time_machine.travel(clock.now() + timedelta(hours=1, seconds=1), tick=False):
        assert client.post("/api/v1/gate/enrol", json=body).status_code == 401
    assert _devices() == 0


def test_guessing_enrolment_codes_is_slowed_down(app: Flask, client: FlaskClient, exhibition: Exhibition) -> None:
    limiter.reset()
    body = {"enrolment_code": "GUESSED2", "device_name": "Ponsel"}
    answers = [client.post("/api/v1/gate/enrol", json=body).status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]


def _code() -> str:
    code = devices.make_enrolment_code(COMMAND_LINE, the_fair(), world.gates()[0].id)
    db.session.rollback()
    return code


def _devices() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Device)) or 0
