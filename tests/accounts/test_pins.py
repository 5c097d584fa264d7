"""Supervisors' PINs: their owners, refused PINs, and that the database alone reveals none."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from exhibition.accounts import pins
from exhibition.accounts.audit import Actor
from exhibition.accounts.models import AuditEntry, Role, RoleName, SupervisorPin, User
from exhibition.accounts.rules.passwords import PinFault, pin_fault
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from tests.conftest import sign_in


def _user(role: RoleName) -> User:
    return db.session.scalars(select(User).where(User.roles.any(Role.name == role))).one()


def _actor(role: RoleName) -> Actor:
    user = _user(role)
    return Actor(user.id, user.name)


def _client(app: Flask, role: RoleName) -> FlaskClient:
    with app.app_context():
        return sign_in(app.test_client(), _user(role))


@pytest.fixture(autouse=True)
def csrf_off(bare_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bare_app.config, "WTF_CSRF_ENABLED", False)


@pytest.mark.parametrize("pin", ["", "12345", "48291a", "4 8 2 9", "4" * 13, "٤٨٢٩١٣", "482913\n"])
def test_a_pin_is_six_to_twelve_digits(pin: str) -> None:
    assert pin_fault(pin) is PinFault.NO_PIN


@pytest.mark.parametrize("pin", ["000000", "121212", "123456", "987654", "012345", "482482", "112211"])
def test_a_pin_that_is_tried_first_is_refused(pin: str) -> None:
    assert pin_fault(pin) is PinFault.EASY


@pytest.mark.parametrize("pin", ["482913", "700194", "482913700194"])
def test_other_pins_are_good(pin: str) -> None:
    assert pin_fault(pin) is None


def test_a_pin_alone_tells_whose_it_is(people: Flask) -> None:
    with people.app_context():
        pins.set_pin(_actor(RoleName.ORGANIZER), "482913")
        pins.set_pin(_actor(RoleName.GATE), "700194")
        found = [pins.supervisor_of(pin, 1) for pin in ("482913", "700194", "482914")]
        assert [one and one.name for one in found] == ["Organizer", "Gate", None]
        kept = list(db.session.scalars(select(SupervisorPin.digest)))
        assert all(len(digest) == 64 and "482913" not in digest for digest in kept)


def test_a_new_secret_key_ends_all_pins(people: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with people.app_context():
        pins.set_pin(_actor(RoleName.ORGANIZER), "482913")
        monkeypatch.setitem(people.config, "SECRET_KEY", "another" * 8)
        assert pins.supervisor_of("482913", 1) is None


def test_a_pin_that_somebody_has_is_refused_and_written_down(people: Flask) -> None:
    with people.app_context():
        pins.set_pin(_actor(RoleName.ORGANIZER), "482913")
        with pytest.raises(Refused) as refused:
            pins.set_pin(_actor(RoleName.GATE), "482913")
        assert (refused.value.code, refused.value.field) == ("pin_taken", "pin")
        entries = select(AuditEntry.action).where(AuditEntry.action.startswith("pin.")).order_by(AuditEntry.id)
        actions = list(db.session.scalars(entries))
        assert actions == ["pin.set", "pin.refuse"]
        assert pins.supervisor_of("482913", 1) == pins.Supervisor(_actor(RoleName.ORGANIZER).id or 0, "Organizer")


def test_a_pin_ends_with_its_persons_account(people: Flask) -> None:
    with people.app_context():
        pins.set_pin(_actor(RoleName.GATE), "700194")

        @transaction
        def disable() -> None:
            _user(RoleName.GATE).active = False

        disable()
        assert pins.supervisor_of("700194", 1) is None


def test_gate_staff_set_change_and_remove_their_pin_on_their_page(people: Flask) -> None:
    client = _client(people, RoleName.GATE)
    assert 'name="pin"' in client.get("/account").text
    assert client.post("/account/pin", data={"pin": "482913", "pin_confirm": "482914"}).status_code == 422
    assert client.post("/account/pin", data={"pin": "123456", "pin_confirm": "123456"}).status_code == 422
    for pin in ("482913", "700194"):
        assert client.post("/account/pin", data={"pin": pin, "pin_confirm": pin}).status_code == 302
    with people.app_context():
        assert pins.supervisor_of("482913", 1) is None
        assert pins.supervisor_of("700194", 1) is not None
    assert client.post("/account/pin/remove").status_code == 302
    with people.app_context():
        assert pins.supervisor_of("700194", 1) is None


def test_exhibitors_have_no_pin(people: Flask) -> None:
    client = _client(people, RoleName.EXHIBITOR)
    assert 'name="pin"' not in client.get("/account").text
    assert client.post("/account/pin", data={"pin": "482913", "pin_confirm": "482913"}).status_code == 403


def test_trying_which_pins_are_taken_ends_soon(people: Flask) -> None:
    client = _client(people, RoleName.GATE)
    answers = [client.post("/account/pin", data={"pin": "123456", "pin_confirm": "123456"}) for _number in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
