"""Guessing passwords keeps out who guesses, never the owner; and asking for a new password tells nobody anything."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from exhibition.accounts.models import User
from exhibition.accounts.sign_in.new_passwords import forget_nobody
from exhibition.core import jobs
from exhibition.core.contacts import email_address
from exhibition.core.db import db
from exhibition.core.outbox import OutboxMail
from tests.accounts.conftest import PASSWORD, Outbox, Person

OWNER = "organizer@example.com"


def _guess(guesser: Person, times: int, email: str = OWNER) -> list[int]:
    return [guesser.sign_in(email, f"guess number {n}").status_code for n in range(times)]


def test_a_stranger_elsewhere_never_keeps_the_owner_out(people: Flask, person: Person) -> None:
    assert _guess(Person(people, "203.0.113.5"), 6)[-1] == 429
    assert person.sign_in(OWNER).location == "/start"


def test_a_stranger_in_the_same_network_does_not_keep_a_known_device_out(people: Flask, person: Person) -> None:
    person.sign_in(OWNER)
    person.send("/logout", page="/account")
    stranger = Person(people, "10.0.0.77")
    assert _guess(stranger, 6)[-1] == 429
    for number in range(60):
        stranger.sign_in(f"p{number}@example.com", "x")
    assert stranger.sign_in("gate@example.com").status_code == 429, "the network's own limit"
    assert person.sign_in(OWNER).location == "/start"


def test_a_stranger_who_asks_for_links_does_not_keep_the_owner_from_a_new_password(
    people: Flask, person: Person
) -> None:
    person.sign_in(OWNER)
    person.send("/logout", page="/account")
    places = [f"10.0.{number}.1" for number in range(1, 5)]
    asked = [Person(people, place).send("/reset", email=OWNER).status_code for place in places for _time in range(3)]
    assert asked == [200] * 8 + [429] * 4
    assert person.send("/reset", email=OWNER).status_code == 200


def test_a_known_device_is_known_for_its_own_people_only_and_has_a_limit(people: Flask, person: Person) -> None:
    person.sign_in(OWNER)
    person.send("/logout", page="/account")
    assert _guess(person, 6)[-1] == 429
    assert _guess(Person(people, "10.0.0.9"), 6, "gate@example.com")[-1] == 429
    assert person.sign_in("gate@example.com").status_code == 429


@pytest.mark.parametrize("cookie", ["", "x", "eyJhIjoxfQ.AAAA", "\u20ac"])
def test_a_made_up_device_is_no_known_one(people: Flask, person: Person, cookie: str) -> None:
    person.client.set_cookie("known_device", cookie)
    assert _guess(Person(people), 5) == [200] * 5
    assert person.sign_in(OWNER).status_code == 429


def test_the_cookie_names_nobody(people: Flask, person: Person) -> None:
    answer = person.sign_in(OWNER)
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("known_device="))
    assert "HttpOnly" in cookie
    assert "example" not in cookie


def test_the_owner_is_told_of_many_wrong_tries_once_a_day(people: Flask, outbox: Outbox) -> None:
    for number in range(1, 6):
        _guess(Person(people, f"10.0.{number}.1"), 5)
    mails = outbox.mails()
    assert [(mail["To"], mail["Subject"]) for mail in mails] == [
        (OWNER, "Somebody is trying passwords for your account")
    ]


def test_nobody_is_told_of_tries_at_an_account_that_does_not_exist(people: Flask, outbox: Outbox) -> None:
    for number in range(1, 6):
        _guess(Person(people, f"10.0.{number}.1"), 5, "nobody@example.com")
    assert outbox.mails() == []


@pytest.mark.parametrize("email", ["gate@example.com", "nobody@example.com"])
def test_asking_for_a_new_password_is_the_same_work_for_everybody(
    people: Flask, person: Person, statements: list[str], email: str
) -> None:
    """The kinds of statements are compared, not times: the mail and its link are made later, by the sender."""
    person.get("/reset")
    statements.clear()
    answer = person.send("/reset", email=email)
    assert f"If {email} may sign in here" in answer.text
    assert [re.sub(r"\s+", " ", one).split(" ")[0] for one in statements] == SAME_WORK


SAME_WORK = ["SELECT", "INSERT"]


def test_a_link_to_a_new_password_lies_in_no_queue(people: Flask, person: Person) -> None:
    person.send("/reset", email="gate@example.com")
    waiting = b"".join(str(task).encode() for task in (*jobs.huey.pending(), *jobs.huey.scheduled()))
    assert b"/reset/" not in waiting
    assert b"gate@example.com" not in waiting
    with people.app_context():
        row = db.session.scalars(select(OutboxMail)).one()
        assert (row.subject, row.text, row.html) == (None, None, None)


def test_questions_about_nobody_are_forgotten(people: Flask, person: Person) -> None:
    person.send("/reset", email="nobody@example.com")
    with people.app_context():
        assert db.session.scalars(select(OutboxMail.about_id)).all() == [0]
        forget_nobody()
        assert db.session.scalars(select(OutboxMail)).all() == []


def test_somebody_who_is_switched_off_gets_no_link(people: Flask, person: Person, outbox: Outbox) -> None:
    person.send("/reset", email="gate@example.com")
    with people.app_context():
        user = db.session.scalars(select(User).where(User.email == "gate@example.com")).one()
        user.active = False
        db.session.commit()
    assert outbox.mails() == []


def test_the_link_is_in_the_language_of_the_question(people: Flask, person: Person, outbox: Outbox) -> None:
    person.client.set_cookie("locale", "id")
    person.send("/reset", email="gate@example.com")
    mail = outbox.mails()[-1]
    assert mail["Subject"] != "A new password for the fair"
    assert person.get(outbox.link()).status_code == 200
    assert person.sign_in("gate@example.com", PASSWORD).location == "/start"


@pytest.mark.parametrize(
    "text",
    [
        "=?utf-8?q?=62=75=64=69?=@example.com",
        "=?x?q?budi=40evil.example=3e=00?=budi@example.com",
        "budi@example.com\r\nBcc: all@example.com",
        "budi\x00@example.com",
        '"budi"@example.com',
        '"a@evil.example"@example.com',
        "budi(comment)@example.com",
        "Budi <budi@example.com>",
        "budi@[127.0.0.1]",
        "budi@example.com,ani@example.com",
        "bu\u202edi@example.com",
    ],
)
def test_an_address_that_mail_servers_may_read_as_another_is_refused(text: str) -> None:
    assert email_address(text) is None


@pytest.mark.parametrize(
    "text", ["budi@example.com", "budi+pameran@dinas.semarangkab.go.id", "o'brien_1@example.co.id"]
)
def test_ordinary_addresses_are_taken(text: str) -> None:
    assert email_address(text) == text
