"""The second step at sign-in: an authenticator app, and recovery codes for a lost phone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from passlib.totp import TOTP

from tests.accounts.conftest import Person

START = datetime(2026, 11, 24, 3, 0, 5, tzinfo=UTC)


class Phone:
    """An authenticator app that has the key from the set-up page."""

    def __init__(self, key: str) -> None:
        self._totp = TOTP(key)

    def code(self) -> str:
        return str(self._totp.generate().token)


@pytest.fixture
def clock(bare_app: Flask) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def _set_up(person: Person) -> Phone:
    person.sign_in("organizer@example.com")
    page = person.send("/tf-setup", setup="authenticator")
    assert '<svg class="qr"' in page.text
    key = re.search(r"<code>([^<]+)</code>", page.text)
    action = re.search(r'action="(/tf-setup/[^"]+)"', page.text)
    assert key is not None
    assert action is not None
    phone = Phone(key[1])
    answer = person.send(action[1], page="/tf-setup", code=phone.code())
    assert answer.location == "/account"
    return phone


def test_after_setting_up_the_password_alone_does_not_sign_in(
    people: Flask, person: Person, clock: time_machine.Traveller
) -> None:
    phone = _set_up(person)
    other = Person(people)
    clock.shift(timedelta(minutes=1))
    answer = other.sign_in("organizer@example.com")
    assert (answer.location or "").startswith("/tf-validate")
    assert not other.is_signed_in()
    assert "This code is wrong or too old" in other.send("/tf-validate", code="000000").text
    assert other.send("/tf-validate", code=phone.code()).location == "/start"
    assert other.is_signed_in()


def test_a_code_works_once(people: Flask, person: Person, clock: time_machine.Traveller) -> None:
    phone = _set_up(person)
    clock.shift(timedelta(minutes=1))
    code = phone.code()
    first, second = Person(people), Person(people)
    first.sign_in("organizer@example.com")
    second.sign_in("organizer@example.com")
    assert first.send("/tf-validate", code=code).location == "/start"
    assert second.send("/tf-validate", code=code).status_code == 200
    assert not second.is_signed_in()


def test_a_recovery_code_signs_in_once_without_the_phone(
    people: Flask, person: Person, clock: time_machine.Traveller
) -> None:
    _set_up(person)
    codes = re.findall(r"<li><code>([0-9a-f-]+)</code>", person.send("/mf-recovery-codes").text)
    assert len(codes) == 8
    for expected in ("/start", None):
        other = Person(people)
        other.sign_in("organizer@example.com")
        assert other.send("/mf-recovery", code=codes[0]).location == expected


def test_guessing_codes_is_stopped(people: Flask, person: Person, clock: time_machine.Traveller) -> None:
    _set_up(person)
    clock.shift(timedelta(minutes=2))
    guesser = Person(people)
    guesser.sign_in("organizer@example.com")
    codes = [guesser.send("/tf-validate", code=f"{n:06}").status_code for n in range(5)]
    assert codes == [200] * 5
    token = re.search(r'value="([^"]+)"', guesser.get("/tf-validate").text)
    assert token is not None
    sixth = guesser.client.post(
        "/tf-validate", data={"code": "1", "csrf_token": token[1]}, environ_base=guesser.environ
    )
    assert sixth.status_code == 429


def test_another_organizer_can_remove_the_second_step(
    people: Flask, person: Person, clock: time_machine.Traveller
) -> None:
    _set_up(person)
    remove = re.search(r'action="(/desk/users/\d+/remove-second-step)"', person.get("/desk/users").text)
    assert remove is not None
    person.send(remove[1], page="/desk/users")
    assert not person.is_signed_in()
    assert person.sign_in("organizer@example.com").location == "/start"


def test_turning_it_off_needs_only_the_password_again(
    people: Flask, person: Person, clock: time_machine.Traveller
) -> None:
    _set_up(person)
    person.send("/tf-setup", setup="disable")
    assert Person(people).sign_in("organizer@example.com").location == "/start"


def test_setting_up_asks_for_the_password_when_signing_in_was_long_ago(
    people: Flask, person: Person, clock: time_machine.Traveller
) -> None:
    person.sign_in("organizer@example.com")
    clock.shift(timedelta(minutes=20))
    assert (person.get("/tf-setup").location or "").startswith("/verify?next=")
