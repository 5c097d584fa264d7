"""Where the installation requires it, no organizer reaches the desk without a second step."""

import re
from pathlib import Path

import pytest
from flask import Flask
from passlib.totp import TOTP

from exhibition.accounts import setup
from exhibition.core.config import ConfigurationError, flask_config, read
from tests.accounts.conftest import PASSWORD, Person
from tests.core.web.test_security import SAFE


@pytest.fixture
def required(bare_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bare_app.config, "SECOND_STEP_REQUIRED", True)


def _set_up(person: Person) -> None:
    page = person.send("/tf-setup", setup="authenticator").text
    key, action = re.search(r"<code>([^<]+)</code>", page), re.search(r'action="(/tf-setup/[^"]+)"', page)
    assert key is not None
    assert action is not None
    person.send(action[1], page="/tf-setup", code=str(TOTP(key[1]).generate().token))


def test_an_organizer_is_led_to_set_it_up_before_any_page_of_the_desk(
    people: Flask, person: Person, required: None
) -> None:
    person.sign_in("organizer@example.com")
    for address in ("/desk", "/desk/users", "/desk/audit", "/desk/exports/contacts.csv", "/exhibitor"):
        assert person.get(address).location == "/tf-setup"
    assert "Organizers need it here" in person.get("/tf-setup").text
    assert person.is_signed_in()
    _set_up(person)
    assert person.get("/desk/users").status_code == 200
    assert "You have no recovery codes yet" in person.get("/account").text
    person.send("/mf-recovery-codes")
    assert "You have no recovery codes yet" not in person.get("/account").text


def test_forms_are_refused_meanwhile(people: Flask, person: Person, required: None) -> None:
    person.sign_in("organizer@example.com")
    answer = person.send("/account/pin", page="/account", pin="739184", pin_confirm="739184")
    assert answer.status_code == 403
    assert "Set up the second step first" in answer.text


def test_it_cannot_be_turned_off_again(people: Flask, person: Person, required: None) -> None:
    person.sign_in("organizer@example.com")
    _set_up(person)
    assert "Turn it off" not in person.get("/tf-setup").text
    person.send("/tf-setup", setup="disable")
    assert person.get("/desk/users").status_code == 200


@pytest.mark.parametrize(("email", "page"), [("gate@example.com", "/account"), ("exhibitor@example.com", "/account")])
def test_others_need_none(people: Flask, person: Person, required: None, email: str, page: str) -> None:
    person.sign_in(email)
    assert person.get(page).status_code == 200
    assert person.get("/start").location != "/tf-setup"


def test_the_first_administrator_needs_it_too(bare_app: Flask, person: Person, required: None) -> None:
    with bare_app.app_context():
        code = setup.make_code()
    person.send(
        "/setup", code=code, email="ratna@example.com", name="Ratna", password=PASSWORD, password_confirm=PASSWORD
    )
    assert person.get("/desk/users").location == "/tf-setup"


@pytest.mark.parametrize(
    ("env", "setting", "needed"),
    [("venue", "", False), ("venue", "true", True), ("production", "", True), ("production", "false", False)],
)
def test_production_requires_it_by_itself(tmp_path: Path, env: str, setting: str, *, needed: bool) -> None:
    given = SAFE | {"INSTANCE_PATH": str(tmp_path), "ENV": env, "REQUIRE_SECOND_STEP": setting}
    assert flask_config(read({}) | given)["SECOND_STEP_REQUIRED"] is needed


def test_another_word_stops_the_start(tmp_path: Path) -> None:
    given = {"INSTANCE_PATH": str(tmp_path), "REQUIRE_SECOND_STEP": "maybe"}
    with pytest.raises(ConfigurationError, match="EXHIBITION_REQUIRE_SECOND_STEP"):
        flask_config(read({}) | given)
