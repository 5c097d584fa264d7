"""Signing in and out, forgotten and changed passwords, the first page after signing in, and limits on guessing."""

from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from exhibition.accounts import service
from exhibition.accounts.models import AuditEntry, User
from exhibition.core.db import db
from exhibition.core.outbox import OutboxMail
from tests.accounts.conftest import PASSWORD, Outbox, Person

NEW_PASSWORD = "sembilan kain lurik"


@pytest.mark.parametrize(("role", "desk"), [("organizer", "/desk"), ("gate", "/gate"), ("exhibitor", "/exhibitor")])
def test_signing_in_leads_to_the_desk_of_the_role(people: Flask, person: Person, role: str, desk: str) -> None:
    answer = person.sign_in(f"{role}@example.com")
    assert answer.location == "/start"
    assert person.get("/start").location == desk


def test_signing_in_leads_back_to_the_page_that_asked_for_it(people: Flask, person: Person) -> None:
    refused = person.get("/desk/users?role=gate")
    assert refused.location == "/login?next=/desk/users?role%3Dgate"
    answer = person.send(refused.location, email="organizer@example.com", password=PASSWORD)
    assert answer.location == "/desk/users?role=gate"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example/",
        "http:evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "https://localhost@evil.example/",
        " //evil.example",
    ],
)
def test_signing_in_never_leads_to_another_site(people: Flask, person: Person, elsewhere: str) -> None:
    in_address = person.client.get("/login", query_string={"next": elsewhere})
    assert in_address.status_code == 200
    answer = person.sign_in("organizer@example.com", next=elsewhere)
    assert answer.location is not None
    assert urlsplit(urljoin("http://localhost/login", answer.location)).netloc == "localhost"
    assert "\\" not in answer.location


def test_the_address_is_the_same_in_capitals(people: Flask, person: Person) -> None:
    assert person.sign_in("Organizer@Example.COM").location == "/start"


@pytest.mark.parametrize(
    ("email", "password"), [("organizer@example.com", "wrong password"), ("nobody@example.com", PASSWORD)]
)
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    people: Flask, person: Person, email: str, password: str
) -> None:
    answer = person.sign_in(email, password)
    assert answer.status_code == 200
    assert "E-mail address or password is wrong. Please try again." in answer.text
    assert not person.is_signed_in()


def test_sign_in_speaks_indonesian_by_itself(people: Flask, person: Person) -> None:
    person.client.set_cookie("locale", "id")
    assert "Alamat surel atau kata sandi salah" in person.sign_in("organizer@example.com", "wrong password").text


@pytest.mark.parametrize(
    "email", ["", "x" * 400 + "@example.com", "a\x00@example.com", "<b>@example.com", "' OR 1=1 --", "👩@", "\u202ea@b"]
)
def test_hostile_addresses_are_refused_without_a_failure(people: Flask, person: Person, email: str) -> None:
    answer = person.sign_in(email)
    assert answer.status_code == 200
    assert not person.is_signed_in()


def test_a_password_of_a_megabyte_is_refused_before_it_is_hashed(people: Flask, person: Person) -> None:
    assert person.sign_in("organizer@example.com", "x" * 1_000_000).status_code == 200
    assert not person.is_signed_in()


def test_signing_out_ends_the_session(people: Flask, person: Person) -> None:
    person.sign_in("organizer@example.com")
    answer = person.send("/logout", page="/account")
    assert answer.location == "/"
    assert not person.is_signed_in()


def test_a_remembered_device_stays_signed_in_without_its_session(people: Flask, person: Person) -> None:
    answer = person.sign_in("gate@example.com", remember="y")
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("remember_token="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    person.client.delete_cookie("session")
    assert person.is_signed_in()


def test_a_forgotten_password_is_chosen_anew_by_mail_and_ends_all_sessions(
    people: Flask, person: Person, outbox: Outbox
) -> None:
    elsewhere = Person(people, "10.0.0.2")
    elsewhere.sign_in("gate@example.com", remember="y")

    answer = person.send("/reset", email="gate@example.com")
    assert "If gate@example.com may sign in here" in answer.text
    link = outbox.link()
    answer = person.send(link, password=NEW_PASSWORD, password_confirm=NEW_PASSWORD)
    assert answer.location == "/login"

    assert not elsewhere.is_signed_in()
    assert person.sign_in("gate@example.com").status_code == 200, "the old password still works"
    assert person.sign_in("gate@example.com", NEW_PASSWORD).location == "/start"
    assert person.get(link).status_code == 302, "the link works twice"


def test_reset_mails_have_text_and_html_and_name_only_our_own_address(
    people: Flask, person: Person, outbox: Outbox
) -> None:
    page = person.client.get("/reset?lang=en", headers={"Host": "evil.example"}, environ_base=person.environ)
    token = page.text.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    person.client.post(
        "/reset?lang=en",
        data={"email": "gate@example.com", "csrf_token": token},
        headers={"Host": "evil.example"},
        environ_base=person.environ,
    )
    mail = outbox.mails()[-1]
    assert mail["To"] == "gate@example.com"
    assert mail["Subject"] == "A new password for the fair"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert "evil.example" not in mail.as_string()


def test_a_reset_for_an_unknown_address_looks_the_same_and_mails_nobody(
    people: Flask, person: Person, outbox: Outbox
) -> None:
    answer = person.send("/reset", email="nobody@example.com")
    assert "If nobody@example.com may sign in here" in answer.text
    assert outbox.mails() == []


def test_a_reset_link_is_made_when_it_is_sent_and_lies_nowhere_before(people: Flask, person: Person) -> None:
    person.send("/reset", email="gate@example.com")
    with people.app_context():
        mail = db.session.scalars(select(OutboxMail)).one()
        assert (mail.kind, mail.recipient, mail.text, mail.html) == ("account.new_password.en", None, None, None)
        assert mail.expires_at is not None
        assert mail.expires_at - mail.created_at <= timedelta(hours=2, seconds=1)


def test_the_mail_about_a_new_password_is_written_with_it_or_not_at_all(
    people: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: object, **_values: object) -> None:
        raise RuntimeError("no audit trail")

    person.sign_in("organizer@example.com")
    form = {"password": PASSWORD, "new_password": NEW_PASSWORD, "new_password_confirm": NEW_PASSWORD}
    with monkeypatch.context() as broken:
        broken.setattr(service, "record", fails)
        with pytest.raises(RuntimeError):
            person.send("/change", **form)
    with people.app_context():
        assert db.session.scalars(select(OutboxMail)).all() == []
    assert person.send("/change", **form).location == "/account"
    with people.app_context():
        assert db.session.scalars(select(OutboxMail.kind)).all() == ["account.change_notice"]


@pytest.mark.parametrize("token", ["x", "a.b.c", "%00", "🙂"])
def test_a_made_up_reset_link_is_refused(people: Flask, person: Person, token: str) -> None:
    assert person.get(f"/reset/{token}").location == "/reset"


def test_changing_the_password_keeps_this_device_and_ends_the_others(
    people: Flask, person: Person, outbox: Outbox
) -> None:
    elsewhere = Person(people, "10.0.0.2")
    elsewhere.sign_in("organizer@example.com")
    person.sign_in("organizer@example.com")
    answer = person.send("/change", password=PASSWORD, new_password=NEW_PASSWORD, new_password_confirm=NEW_PASSWORD)
    assert answer.location == "/account"
    assert person.is_signed_in()
    assert not elsewhere.is_signed_in()
    assert [mail["Subject"] for mail in outbox.mails()] == ["Your password was changed"]
    with people.app_context():
        entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "user.change_password"))
        assert entry is not None
        assert (entry.actor_name, entry.before, entry.after) == ("Organizer", None, None)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "Use at least 10 characters"),
        ("x" * 201, "Use at most 200 characters"),
        ("password123", "Many people use this one"),
        ("1234567890", "Many people use this one"),
        ("aaaaaaaaaaaa", "Repetitions, rows of keys, sequences and dates"),
        ("bismillah2026", "Many people use this one"),
        ("organizer2026", "Your name or e-mail address is in it"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused(
    people: Flask, person: Person, password: str, sentence: str
) -> None:
    person.sign_in("organizer@example.com")
    answer = person.send("/change", password=PASSWORD, new_password=password, new_password_confirm=password)
    assert sentence in answer.text
    assert Person(people, "10.0.0.2").sign_in("organizer@example.com").location == "/start"


def test_five_guesses_a_minute_for_one_account_from_one_network_then_wait(people: Flask, bare_app: Flask) -> None:
    guesser = Person(bare_app, "10.0.0.3")
    answers = [guesser.sign_in("organizer@example.com", f"guess number {n}").status_code for n in range(6)]
    assert answers == [200] * 5 + [429]
    another = Person(bare_app, "10.0.0.4")
    answer = another.sign_in("ORGANIZER@example.com")
    assert answer.status_code == 429, "a neighbour in the same network may go on guessing"
    assert "Too many tries. Wait a minute and try again." in answer.text
    assert 1 <= int(answer.headers["Retry-After"]) <= 61, "a try is given back a sixtieth late at most"
    assert "<main" in answer.text


def test_many_guesses_from_one_place_are_stopped_for_any_account(people: Flask, person: Person) -> None:
    token = person.get("/login").text.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    codes = [
        person.client.post(
            "/login",
            data={"csrf_token": token, "email": f"p{n}", "password": "x"},
            environ_base=person.environ,
        ).status_code
        for n in range(61)
    ]
    assert codes[-1] == 429
    assert set(codes[:60]) == {200}


def test_four_reset_mails_an_hour_for_one_address_then_no_more(people: Flask, person: Person, outbox: Outbox) -> None:
    codes = [person.send("/reset", email="gate@example.com").status_code for _ in range(5)]
    assert codes == [200] * 4 + [429]
    assert len(outbox.mails()) == 4


def test_a_user_who_is_switched_off_is_out_at_once(people: Flask, person: Person) -> None:
    person.sign_in("gate@example.com")
    organizer = Person(people, "10.0.0.2")
    organizer.sign_in("organizer@example.com")
    with people.app_context():
        gate_id = db.session.scalars(select(User.id).where(User.email == "gate@example.com")).one()
    organizer.send(f"/desk/users/{gate_id}/disable", page="/desk/users")
    assert not person.is_signed_in()
    assert person.sign_in("gate@example.com").location is None
