"""What the audit trail keeps of refusals: passwords, pages of others, limits, foreign sites; a flood is one line."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from exhibition.accounts import refusals
from exhibition.accounts.models import AuditEntry
from exhibition.accounts.refusals import NOBODY, Refusal
from exhibition.core.db import db
from tests.accounts.conftest import Person

NETWORK = "10.0.0.0/24"


def noted(app: Flask, action: Refusal) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Who, what and the rest of each entry with this action."""
    with app.app_context():
        found = db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id))
        return [(one.actor_name, one.object_name or one.object_id, one.after) for one in found]


def test_a_wrong_password_is_noted_with_the_account_and_the_network(people: Flask, person: Person) -> None:
    for _time in range(3):
        person.sign_in("gate@example.com", "not the password")
    assert noted(people, Refusal.SIGN_IN) == [
        ("", "Gate", {"form": "security.login", "network": NETWORK}),
    ], "one line for all of an hour"


def test_an_address_without_an_account_is_not_written_down(people: Flask, person: Person) -> None:
    person.sign_in("this.is@my.password", "nobody@example.com")
    assert noted(people, Refusal.SIGN_IN) == [("", "security.login", {"network": NETWORK})]


def test_another_network_has_a_line_of_its_own(people: Flask, person: Person) -> None:
    person.sign_in("gate@example.com", "not the password")
    Person(people, "203.0.113.9").sign_in("gate@example.com", "not the password")
    networks = [after["network"] for _who, _what, after in noted(people, Refusal.SIGN_IN) if after]
    assert networks == [NETWORK, "203.0.113.0/24"]


def test_a_page_of_others_is_noted_with_the_person(people: Flask, person: Person) -> None:
    person.sign_in("gate@example.com")
    assert person.get("/desk/users").status_code == 403
    assert noted(people, Refusal.ACCESS) == [("Gate", "accounts.users", {"code": "forbidden", "network": NETWORK})]


def test_a_device_that_is_none_and_a_form_of_another_site_are_noted(people: Flask, person: Person) -> None:
    headers = {"Authorization": "Bearer invented"}
    person.client.get("/api/v1/gate/bundle", headers=headers, environ_base=person.environ)
    person.client.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    assert person.sign_in("gate@example.com").status_code == 403
    assert [(what, after["code"]) for _who, what, after in noted(people, Refusal.ACCESS) if after] == [
        ("gate_api.bundle", "device_unknown"),
        ("security.login", "foreign_origin"),
    ]


def test_a_limit_that_was_hit_is_noted(people: Flask, person: Person) -> None:
    answers = [person.sign_in("gate@example.com", "not the password").status_code for _time in range(8)]
    assert answers[-1] == 429
    assert [(what, after) for _who, what, after in noted(people, Refusal.LIMIT)] == [
        ("security.login", {"code": "", "network": NETWORK})
    ]


def test_ordinary_answers_are_not_noted(people: Flask, person: Person) -> None:
    person.sign_in("organizer@example.com")
    for path in ("/", "/desk/users", "/desk/audit", "/nothing/here", "/api/v1/exhibitions"):
        person.get(path)
    for action in Refusal:
        assert noted(people, action) == []


@pytest.mark.usefixtures("people")
def test_a_flood_from_many_networks_does_not_fill_the_trail(bare_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "OF_ALL", "5 per hour")
    with bare_app.app_context():
        for number in range(9):
            refusals.note(Refusal.ACCESS, NOBODY, "gate_api.scan", f"203.0.{number}.0/24", "device_unknown")
    assert len(noted(bare_app, Refusal.ACCESS)) == 5
