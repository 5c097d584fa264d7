"""Sign-ins end on the server: whoever kept a cookie has nothing."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.sessions import SecureCookieSession
from sqlalchemy import func, select, update

from exhibition.accounts import service
from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry, RoleName, SignIn, User
from exhibition.accounts.rules.sign_ins import address_group, device_words
from exhibition.accounts.sign_in import sign_ins
from exhibition.core import clock
from exhibition.core.config import ConfigurationError, flask_config, read
from exhibition.core.db import db
from exhibition.factory import create_app
from tests.accounts.conftest import PASSWORD, Person

PHONE = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
)
NEW_PASSWORD = "sembilan kain lurik"


@pytest.fixture
def time(bare_app: Flask) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


def _copy_of(person: Person, app: Flask) -> Person:
    """A thief with all cookies of the person's browser."""
    thief = Person(app)
    for name in ("session", "remember_token"):
        if (cookie := person.client.get_cookie(name)) is not None:
            thief.client.set_cookie(name, cookie.value)
    return thief


def _id_of(app: Flask, email: str) -> int:
    with app.app_context():
        return db.session.scalars(select(User.id).where(User.email == email)).one()


@pytest.mark.parametrize("fields", [{}, {"remember": "y"}])
def test_signing_out_makes_copies_of_the_cookies_worthless(
    people: Flask, person: Person, fields: dict[str, str]
) -> None:
    person.sign_in("organizer@example.com", **fields)
    thief = _copy_of(person, people)
    assert thief.is_signed_in()
    person.send("/logout", page="/account")
    assert not thief.is_signed_in()
    thief.client.delete_cookie("session")
    assert not thief.is_signed_in()


def test_signing_out_clears_the_cache_and_leaves_unsent_scans_alone(people: Flask, person: Person) -> None:
    person.sign_in("organizer@example.com")
    assert person.send("/logout", page="/account").headers["Clear-Site-Data"] == '"cache"'


def test_each_sign_in_has_a_new_key_and_ends_the_one_before_it_in_this_browser(people: Flask, person: Person) -> None:
    person.sign_in("organizer@example.com")
    thief = _copy_of(person, people)
    person.send("/change", password=PASSWORD, new_password=NEW_PASSWORD, new_password_confirm=NEW_PASSWORD)
    assert person.is_signed_in()
    assert not thief.is_signed_in()
    with people.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignIn)) == 1


def test_a_token_of_forms_that_was_planted_before_the_sign_in_is_worth_nothing_after_it(
    people: Flask, person: Person
) -> None:
    planted = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', person.get("/login").text)
    assert planted is not None
    person.sign_in("organizer@example.com")
    answer = person.client.post("/account/sign-ins/end-others", data={"csrf_token": planted[1]})
    assert answer.status_code == 400


def test_an_organizer_is_signed_out_after_half_an_hour_without_a_page(
    people: Flask, person: Person, time: time_machine.Traveller
) -> None:
    person.sign_in("organizer@example.com")
    time.shift(timedelta(minutes=29))
    assert person.is_signed_in()
    time.shift(timedelta(minutes=29))
    assert person.is_signed_in()
    time.shift(timedelta(minutes=31))
    assert not person.is_signed_in()


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(
    people: Flask, person: Person, time: time_machine.Traveller
) -> None:
    person.sign_in("organizer@example.com")
    time.shift(timedelta(minutes=20))
    by_itself = {"Sec-Fetch-Mode": "cors"}
    assert person.client.get("/account", headers=by_itself).status_code == 200
    time.shift(timedelta(minutes=20))
    answer = person.client.get("/account", headers=by_itself)
    assert answer.status_code == 401, "a script has no use for the sign-in page"
    assert not person.is_signed_in()


def test_nobody_stays_signed_in_longer_than_twelve_hours(
    people: Flask, person: Person, time: time_machine.Traveller
) -> None:
    person.sign_in("organizer@example.com", remember="y")
    for _ in range(35):
        time.shift(timedelta(minutes=20))
        assert person.is_signed_in()
    time.shift(timedelta(minutes=21))
    assert not person.is_signed_in()


@pytest.mark.parametrize(("role", "days"), [(RoleName.GATE, 13), (RoleName.EXHIBITOR, 13), (RoleName.ORGANIZER, 0)])
def test_a_remembered_phone_of_a_steward_or_exhibitor_lasts_two_weeks(
    people: Flask, person: Person, time: time_machine.Traveller, role: RoleName, days: int
) -> None:
    person.sign_in(f"{role}@example.com", remember="y")
    person.client.delete_cookie("session")
    time.shift(timedelta(days=13))
    assert person.is_signed_in() is bool(days)
    time.shift(timedelta(days=2))
    assert not person.is_signed_in()


def test_use_is_noted_once_a_minute_at_most(people: Flask, person: Person, time: time_machine.Traveller) -> None:
    def last_seen() -> object:
        with people.app_context():
            return db.session.scalars(select(SignIn.last_seen_at)).one()

    person.sign_in("organizer@example.com")
    began = last_seen()
    time.shift(timedelta(seconds=30))
    person.get("/account")
    assert last_seen() == began
    time.shift(timedelta(seconds=31))
    person.get("/account")
    assert last_seen() == clock.now()


def test_the_sign_in_is_found_by_the_query_that_finds_the_user(
    app: Flask, organizer: User, statements: list[str]
) -> None:
    key = sign_ins.begin(organizer.id)
    statements.clear()
    assert sign_ins.find(key) is not None
    assert len([one for one in statements if "FROM user_account" in one or "FROM sign_in" in one]) == 1


@pytest.mark.parametrize("reason", ["disabled", "second step removed", "password"])
def test_a_change_of_the_account_ends_every_sign_in(people: Flask, person: Person, reason: str) -> None:
    elsewhere = Person(people, "10.0.0.2")
    for one in (person, elsewhere):
        one.sign_in("organizer@example.com")
    user_id = _id_of(people, "organizer@example.com")
    with people.app_context():
        service.create_user(COMMAND_LINE, "second@example.com", RoleName.ORGANIZER)
        if reason == "disabled":
            service.set_active(COMMAND_LINE, user_id, active=False)
        elif reason == "second step removed":
            service.remove_second_step(COMMAND_LINE, user_id)
        else:
            service.save_sign_in(user_id, {"fs_uniquifier": "other"}, [])
        assert db.session.scalars(select(SignIn)).all() == []
    assert not person.is_signed_in()
    assert not elsewhere.is_signed_in()


def test_only_the_hash_of_the_key_and_the_group_of_the_address_are_stored(people: Flask, person: Person) -> None:
    person.environ["HTTP_USER_AGENT"] = PHONE
    person.environ["REMOTE_ADDR"] = "203.0.113.77"
    person.sign_in("gate@example.com")
    with person.client.session_transaction() as session:
        key = session["_user_id"]
    with people.app_context():
        row = db.session.scalars(select(SignIn)).one()
        assert (row.device, row.network) == ("Chrome, Android", "203.0.113.0/24")
        assert key not in {str(value) for value in vars(row).values()}


def test_people_see_their_devices_and_sign_out_one_or_all_others(people: Flask, person: Person) -> None:
    others = [Person(people, f"10.0.{number}.1") for number in (1, 2, 3)]
    for one in (*others, person):
        one.environ["HTTP_USER_AGENT"] = PHONE
        one.sign_in("gate@example.com")
    page = person.get("/account").text
    assert page.count("Chrome, Android") == 4
    assert page.count("this device") == 1
    with people.app_context():
        first = db.session.scalars(select(SignIn.id).where(SignIn.network == "10.0.1.0/24")).one()
    person.send(f"/account/sign-ins/{first}/end", page="/account")
    assert [one.is_signed_in() for one in (*others, person)] == [False, True, True, True]
    person.send("/account/sign-ins/end-others", page="/account")
    assert [one.is_signed_in() for one in (*others, person)] == [False, False, False, True]
    with people.app_context():
        ended = select(AuditEntry).where(AuditEntry.action == "user.end_sign_in").order_by(AuditEntry.id)
        assert [one.before for one in db.session.scalars(ended)] == [{"device": "Chrome, Android"}, {"devices": 2}]


def test_nobody_ends_the_sign_in_of_somebody_else(people: Flask, person: Person) -> None:
    other = Person(people, "10.0.0.2")
    other.sign_in("organizer@example.com")
    person.sign_in("gate@example.com")
    with people.app_context():
        theirs = db.session.scalars(select(SignIn.id).order_by(SignIn.id)).first()
    assert person.send(f"/account/sign-ins/{theirs}/end", page="/account").status_code == 404
    assert other.is_signed_in()


def test_signing_in_and_out_is_in_the_audit_trail(people: Flask, person: Person) -> None:
    person.sign_in("gate@example.com")
    person.send("/logout", page="/account")
    with people.app_context():
        entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        assert [one.action for one in entries if one.actor_name == "Gate"] == ["user.sign_in", "user.sign_out"]


def test_rows_of_sign_ins_that_are_over_are_deleted(app: Flask, organizer: User) -> None:
    sign_ins.begin(organizer.id)
    kept = sign_ins.begin(organizer.id)
    oldest = select(func.min(SignIn.id)).scalar_subquery()
    db.session.execute(update(SignIn).where(SignIn.id == oldest).values(ends_at=clock.now()))
    db.session.commit()
    sign_ins.delete_over()
    assert len(db.session.scalars(select(SignIn)).all()) == 1
    assert sign_ins.find(kept) is not None


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_an_address_is_kept_as_its_network(address: str, group: str) -> None:
    assert address_group(address) == group


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (PHONE, "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox, Windows"),
        ("curl/8.5.0", ""),
        ("", ""),
        ("<script>Chrome/", "Chrome"),
    ],
)
def test_a_device_is_named_by_words_of_ours(user_agent: str, words: str) -> None:
    assert device_words(user_agent) == words


@pytest.mark.parametrize("minutes", ["0", "-5", "half", "٣", "100000"])
def test_the_idle_limit_is_a_number_of_minutes(tmp_path: Path, minutes: str) -> None:
    settings = read({}) | {"INSTANCE_PATH": str(tmp_path), "SESSION_IDLE_MINUTES": minutes}
    with pytest.raises(ConfigurationError, match="EXHIBITION_SESSION_IDLE_MINUTES"):
        flask_config(settings)


def test_under_tls_browsers_take_the_cookies_from_this_very_host_only(tmp_path: Path) -> None:
    app = create_app({"INSTANCE_PATH": str(tmp_path), "PUBLIC_URL": "https://fair.example"}, testing=True)
    with app.test_request_context(base_url="https://fair.example"):
        answer, kept = app.response_class(), SecureCookieSession()
        kept["_user_id"] = "x"
        app.session_interface.save_session(app, kept, answer)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert app.config["REMEMBER_COOKIE_NAME"] == "__Host-remember_token"
    assert app.config["REMEMBER_COOKIE_SECURE"]
    app.extensions["jobs"].close()
