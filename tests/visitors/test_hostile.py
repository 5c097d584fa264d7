"""Hostile values at every entry point for visitors: 4xx with the field named, and nothing written."""

import json
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.outbox import OutboxMail
from exhibition.venue.models import Exhibition
from exhibition.visitors import rules, slots
from exhibition.visitors.models import Registration, TimeSlot, VisitorContact, VisitorPass
from tests.fairs import the_fair
from tests.security.test_origins import FOREIGN

REGISTRATIONS = "/api/v1/registrations"
NUL, BIDI, SURROGATE = "Si\x00ti", "Siti\u202eitis", "Siti \ud800"

HOSTILE_BODIES: list[tuple[str, object]] = [
    ("name", ""),
    ("name", "   "),
    ("name", "x" * 121),
    ("name", 7),
    ("name", None),
    ("name", ["Siti"]),
    ("name", NUL),
    ("name", "Siti\nBcc: a@b.example"),
    ("name", BIDI),
    ("name", SURROGATE),
    ("name", "😀"),
    ("name", "'; --"),
    ("slot_id", 0),
    ("slot_id", -1),
    ("slot_id", 10**30),
    ("slot_id", 2**31 - 1),
    ("slot_id", "1"),
    ("slot_id", 1.5),
    ("slot_id", True),
    ("slot_id", "1 OR 1=1"),
    ("slot_id", None),
    ("party_size", 0),
    ("party_size", 11),
    ("party_size", -3),
    ("party_size", "2"),
    ("party_size", 2.5),
    ("party_size", True),
    ("consent", False),
    ("consent", "true"),
    ("consent", 1),
    ("email", "no-address"),
    ("email", "a@b@example.com"),
    ("email", "siti@example.com\r\nBcc: x@example.com"),
    ("email", "x" * 250 + "@example.com"),
    ("email", "<script>@example.com"),
    ("email", NUL + "@example.com"),
    ("email", 5),
    ("phone", "12"),
    ("phone", "phone"),
    ("phone", "0812-3456-7890" * 5),
    ("phone", "+62\x00812"),
    ("phone", 6281234567890),
    ("locale", "xx"),
    ("locale", "../../etc"),
    ("admin", True),
    ("manage_key", "mine"),
]


@pytest.fixture(autouse=True)
def fair(exhibition: Exhibition) -> None:
    """Every test here has the demo edition with one slot that is open now."""


def open_slot() -> int:
    now = clock.now()
    return next(slot.id for slot in slots.of_edition(the_fair().id) if slot.status(now) is rules.SlotStatus.OPEN)


@pytest.fixture
def nothing_written(fair: None) -> Iterator[None]:
    yield
    db.session.rollback()
    for model in (Registration, VisitorContact, VisitorPass, OutboxMail):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    assert db.session.scalar(select(func.sum(TimeSlot.issued))) == 0


def body(**changes: object) -> dict[str, object]:
    return {"slot_id": open_slot(), "name": "Siti", "party_size": 2, "consent": True} | changes


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(("field", "value"), HOSTILE_BODIES, ids=lambda value: ascii(value)[:40])
def test_a_hostile_body_is_refused_by_the_field(client: FlaskClient, field: str, value: object) -> None:
    answer = client.post(REGISTRATIONS, data=json.dumps(body(**{field: value})), content_type="application/json")
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == "invalid"
    assert answer.json["field"].split(".")[0] == field


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize("missing", ["slot_id", "name", "party_size", "consent"])
def test_a_missing_member_is_named(client: FlaskClient, missing: str) -> None:
    content = body()
    del content[missing]
    answer = client.post(REGISTRATIONS, json=content)
    assert (answer.status_code, answer.json and answer.json["field"]) == (422, missing)


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe{}", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b'"text"', "application/json", 422),
        (b"", "application/json", 422),
        (b"name=Siti", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (b'{"name": "' + b"x" * 7_000_000 + b'"}', "application/json", 413),
    ],
)
@pytest.mark.parametrize("address", [REGISTRATIONS, f"{REGISTRATIONS}/{'k' * 32}/move"])
def test_a_body_that_is_no_json_object_is_refused(
    client: FlaskClient, address: str, data: bytes, content_type: str, status: int
) -> None:
    answer = client.post(address, data=data, content_type=content_type)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize("key", ["", "x" * 81, "spaces in it", "schlüssel"])
def test_a_malformed_idempotency_key_is_refused(client: FlaskClient, key: str) -> None:
    answer = client.post(REGISTRATIONS, json=body(), headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json and answer.json["field"]) == (422, "Idempotency-Key")


@pytest.mark.parametrize("key", ["x", "k" * 32, "k" * 41, "%00" * 24, "..%2f..%2fetc%2fpasswd", "%27%20OR%201=1--"])
@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("POST", "/api/v1/registrations/{}/move"),
        ("POST", "/api/v1/registrations/{}/cancel"),
        ("GET", "/p/{}"),
        ("GET", "/p/{}/calendar.ics"),
        ("GET", "/p/{}/qr.png"),
    ],
)
def test_somebody_elses_or_a_made_up_key_is_not_found(client: FlaskClient, method: str, address: str, key: str) -> None:
    content = {"slot_id": open_slot()} if address.endswith("move") else None
    assert client.open(address.format(key), method=method, json=content).status_code == 404


@pytest.mark.parametrize(
    "name", ["Robert'); DROP TABLE registration;--", "<script>alert(1)</script>", "سارة", "Ω 😀 Siti"]
)
def test_odd_names_are_kept_as_they_are_and_shown_as_text(client: FlaskClient, name: str) -> None:
    answer = client.post(REGISTRATIONS, json=body(name=name))
    assert answer.status_code == 201
    assert answer.json is not None
    assert db.session.scalars(select(VisitorContact.name)).one() == name
    page = client.get(f"/p/{answer.json['manage_key']}").text
    assert "<script>alert" not in page


def form_fields() -> dict[str, str]:
    return {"slot_id": str(open_slot()), "name": "Siti", "party_size": "2", "consent": "y"}


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("name", NUL),
        ("name", BIDI),
        ("name", "😀"),
        ("slot_id", ""),
        ("slot_id", "abc"),
        ("slot_id", "-1"),
        ("slot_id", "999999999999999999999"),
        ("slot_id", "2147483647"),
        ("slot_id", "1; DROP TABLE time_slot"),
        ("slot_id", "²"),
        ("party_size", "0"),
        ("party_size", "11"),
        ("party_size", "two"),
        ("party_size", "1e3"),
        ("email", "no-address"),
        ("email", "a@example.com\nBcc: b@example.com"),
        ("phone", "12"),
        ("phone", "<b>"),
        ("consent", ""),
        ("website", "https://spam.example"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_hostile_form_is_refused_at_the_field(client: FlaskClient, field: str, value: str) -> None:
    answer = client.post("/daftar", data=form_fields() | {field: value})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_form_from_another_site_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post("/daftar", data=form_fields(), headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("capacity", ""),
        ("capacity", "-1"),
        ("capacity", "1e9"),
        ("capacity", "100001"),
        ("capacity", "many"),
        ("note", "x" * 121),
        ("note", "a\x00b"),
        ("state", "exploded"),
        ("state", ""),
    ],
)
def test_a_hostile_slot_form_is_refused(organizer_client: FlaskClient, field: str, value: str) -> None:
    slot_id = open_slot()
    address = f"/desk/slots/{slot_id}"
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', organizer_client.get(address).text)[-1]
    fields = {"csrf_token": token, "capacity": "80", "state": "closed", "note": ""} | {field: value}
    before = slots.get(the_fair(), slot_id)
    answer = organizer_client.post(address, data=fields)
    db.session.rollback()
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert slots.get(the_fair(), slot_id) == before


@pytest.mark.parametrize(
    "words", ["\x00", "%", "_", "'; DROP TABLE registration", "\ud800".encode("utf-8", "ignore").decode(), "x" * 5000]
)
def test_hostile_searches_find_nothing_and_break_nothing(organizer_client: FlaskClient, words: str) -> None:
    assert organizer_client.get("/desk/registrations", query_string={"q": words, "page": "-1"}).status_code == 200


@pytest.mark.parametrize("address", ["/desk/slots/{}", "/desk/registrations/{}"])
@pytest.mark.parametrize("number", ["0", "99999999999999999999", "7777"])
def test_made_up_ids_at_the_desk_are_not_found(organizer_client: FlaskClient, address: str, number: str) -> None:
    assert organizer_client.get(address.format(number)).status_code == 404


@pytest.mark.parametrize("contact", [{}, {"email": "siti@example.com"}, {"phone": "0812 3456 7890"}])
def test_a_session_that_does_not_exist_is_refused_whatever_else_is_said(
    client: FlaskClient, exhibition: Exhibition, contact: dict[str, str]
) -> None:
    sent = {"consent": True, "name": "Siti", "party_size": 1, "slot_id": 987_654} | contact
    answer = client.post("/api/v1/registrations", json=sent)
    assert answer.status_code == 422, answer.text
    assert (answer.json or {})["field"] == "slot_id"
