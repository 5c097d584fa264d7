"""Taking a fresh installation: the code, who may use it, and that it makes one administrator only."""

import threading
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from exhibition.accounts import setup
from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry, SetupCode, User
from exhibition.accounts.service import create_user
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import NotFound, Refused
from tests.accounts.conftest import PASSWORD, Person

EMAIL = "ratna@example.com"


def sent(code: str, **changes: str) -> dict[str, str]:
    return {"code": code, "email": EMAIL, "name": "Ratna", "password": PASSWORD, "password_confirm": PASSWORD} | changes


def users() -> int:
    return db.session.scalar(select(func.count()).select_from(User)) or 0


@pytest.fixture
def code(bare_app: Flask) -> str:
    with bare_app.app_context():
        return setup.make_code()


@pytest.mark.parametrize("address", ["/", "/daftar", "/stan", "/login"])
def test_every_page_of_a_fresh_installation_leads_to_the_setup(person: Person, address: str) -> None:
    assert person.get(address).location == "/setup"


def test_the_desk_of_a_fresh_installation_leads_to_the_setup(person: Person) -> None:
    answer = person.client.get("/desk", follow_redirects=True)
    assert answer.request.path == "/setup"


def test_the_code_makes_an_administrator_who_is_signed_in(bare_app: Flask, person: Person, code: str) -> None:
    assert person.send("/setup", **sent(code)).location == "/start"
    assert person.is_signed_in()
    with bare_app.app_context():
        user = db.session.scalars(select(User)).one()
        assert (user.email, user.name, user.has_role(setup.FIRST_ROLE)) == (EMAIL, "Ratna", True)
        assert db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()[-2:] == [
            "installation.set_up",
            "user.sign_in",
        ]


def test_a_code_may_be_typed_in_small_letters_without_hyphens(person: Person, code: str) -> None:
    assert person.send("/setup", **sent(code.lower().replace("-", " "))).location == "/start"


def test_once_there_is_a_user_the_setup_is_gone(bare_app: Flask, person: Person, code: str) -> None:
    person.send("/setup", **sent(code))
    other = Person(bare_app, "10.0.0.2")
    assert other.get("/setup").status_code == 404
    assert other.client.get("/").status_code == 503
    with bare_app.app_context(), pytest.raises(NotFound):
        setup.take(code, "other@example.com", PASSWORD, name="Other")
    with bare_app.app_context(), pytest.raises(Refused) as refused:
        setup.make_code()
    assert refused.value.code == "setup_over"


def test_a_wrong_code_makes_nobody(bare_app: Flask, person: Person, code: str) -> None:
    answer = person.send("/setup", **sent("AAAA-BBBB-CCCC"))
    assert answer.status_code == 422
    assert "wrong or too old" in answer.text
    with bare_app.app_context():
        assert users() == 0


def test_a_code_ends_after_a_day(person: Person, code: str) -> None:
    with time_machine.travel(clock.now() + timedelta(hours=24, seconds=1)):
        assert person.send("/setup", **sent(code)).status_code == 422


def test_a_weak_password_leaves_the_code_good(person: Person, code: str) -> None:
    assert person.send("/setup", **sent(code, password="1234567890", password_confirm="1234567890")).status_code == 422
    assert person.send("/setup", **sent(code)).location == "/start"


def test_a_new_code_replaces_the_old_one(bare_app: Flask, person: Person, code: str) -> None:
    result = bare_app.test_cli_runner().invoke(args=["setup-code"])
    assert result.exit_code == 0
    assert person.send("/setup", **sent(code)).status_code == 422
    assert person.send("/setup", **sent(result.output.strip())).location == "/start"
    again = bare_app.test_cli_runner().invoke(args=["setup-code"])
    assert (again.exit_code, again.output.count("\n")) == (1, 1)


def test_only_a_hash_of_the_code_is_stored(bare_app: Flask, code: str) -> None:
    with bare_app.app_context():
        row = db.session.scalars(select(SetupCode)).one()
        assert code not in row.code_hash
        assert len(row.code_hash) == 64


def test_guessing_is_limited_whatever_address_it_comes_from(bare_app: Flask, code: str) -> None:
    statuses = [Person(bare_app, f"10.0.1.{n}").send("/setup", **sent("WRONG")).status_code for n in range(12)]
    assert statuses == [422] * 10 + [429] * 2


def test_two_people_with_the_code_at_once_make_one_administrator(bare_app: Flask, code: str) -> None:
    ready = threading.Barrier(2)
    outcomes: list[str] = []

    def take(email: str) -> None:
        with bare_app.app_context():
            ready.wait()
            try:
                outcomes.append(setup.take(code, email, PASSWORD, name="Somebody").email)
            except Refused as refused:
                outcomes.append(refused.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=take, args=(f"{name}@example.com",)) for name in ("adi", "budi")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with bare_app.app_context():
        assert users() == 1
    assert len({"setup_code_invalid", "not_found"} & set(outcomes)) == 1


def test_a_fair_without_any_user_is_shown_and_can_be_taken(exhibition: object, app: Flask, code: str) -> None:
    assert app.test_client().get("/").status_code == 200
    assert app.test_client().get("/setup").status_code == 200


def test_the_first_user_may_also_come_from_the_command_line(app: Flask) -> None:
    create_user(COMMAND_LINE, EMAIL, setup.FIRST_ROLE, password=PASSWORD)
    assert app.test_client().get("/setup").status_code == 404
