"""A form from another site is refused, whatever its token."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.accounts.models import SignIn
from exhibition.core.db import db
from exhibition.core.web.origins import origin_of
from exhibition.venue.models import Exhibition
from tests.accounts.conftest import Person
from tests.gate import world

FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://localhost:8001"},
    {"Origin": "https://localhost"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost@evil.example"},
    {"Origin": "http://localhost:notaport"},
    {"Origin": "https://evil.example", "Referer": "http://localhost/account"},
    {"Referer": "https://evil.example/http://localhost/"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
]
OWN = [
    {},
    {"Origin": "http://localhost"},
    {"Origin": "http://LOCALHOST:80"},
    {"Referer": "http://localhost/account?x=1"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "none"},
]


def _post(person: Person, headers: dict[str, str]) -> int:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', person.get("/account").text)
    assert token is not None
    answer = person.client.post(
        "/account/sign-ins/end-others", data={"csrf_token": token[1]}, headers=headers, environ_base=person.environ
    )
    return answer.status_code


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_right_token_from_another_site_does_nothing(people: Flask, person: Person, headers: dict[str, str]) -> None:
    Person(people, "10.0.0.2").sign_in("organizer@example.com")
    person.sign_in("organizer@example.com")
    assert _post(person, headers) == 403
    with people.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignIn)) == 2


@pytest.mark.parametrize("headers", OWN, ids=str)
def test_our_own_pages_may_send_forms(people: Flask, person: Person, headers: dict[str, str]) -> None:
    person.sign_in("organizer@example.com")
    assert _post(person, headers) == 302


def test_the_sign_in_form_is_guarded_too(people: Flask, person: Person) -> None:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', person.get("/login").text)
    assert token is not None
    answer = person.client.post(
        "/login",
        data={"csrf_token": token[1], "email": "gate@example.com", "password": "x"},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 403
    assert "sent from another site" in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_every_method_that_changes_something_is_guarded(client: FlaskClient, method: str) -> None:
    answer = client.open("/login", method=method, headers={"Origin": "https://evil.example"})
    assert answer.status_code in {400, 403, 405}
    assert client.open("/account", method=method, headers={"Origin": "null"}).status_code in {400, 403, 405}


def test_calls_of_devices_and_of_the_open_interface_go_by_no_cookie_and_pass(
    app: Flask, client: FlaskClient, exhibition: Exhibition
) -> None:
    slot = world.open_slot(exhibition.id)
    answer = client.post(
        "/api/v1/registrations",
        json={"slot_id": slot.id, "name": "Sari", "party_size": 1, "consent": True},
        headers={"Origin": "https://partner.example"},
    )
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("http://Fair.example:80/x", "http://fair.example"),
        ("https://fair.example:443", "https://fair.example"),
        ("http://fair.example:443", "http://fair.example:443"),
        ("http://[::1]:8000/", "http://::1:8000"),
        ("null", ""),
        ("", ""),
        ("http://", ""),
        ("http://[broken", ""),
    ],
)
def test_an_origin_is_scheme_host_and_port(address: str, origin: str) -> None:
    assert origin_of(address) == origin
