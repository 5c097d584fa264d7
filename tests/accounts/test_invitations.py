"""Invitations by mail, the people page, the audit page, and the command that creates users."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from exhibition.accounts import audit, invitations, service
from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry, Invitation, RoleName, User
from exhibition.accounts.signals import invitation_accepted
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.core.outbox import OutboxMail
from exhibition.demo import service as demo
from exhibition.exhibitors.models import Exhibitor, ExhibitorMember
from tests.accounts.conftest import PASSWORD, Outbox, Person


@pytest.fixture
def organizer(people: Flask, person: Person) -> Person:
    person.sign_in("organizer@example.com")
    return person


def _invite(organizer: Person, email: str = "budi@example.com", role: str = "gate") -> None:
    assert organizer.send("/desk/users", email=email, role=role).location == "/desk/users"


def _accept(person: Person, link: str) -> Any:
    return person.send(link, name="Budi", password=PASSWORD, password_confirm=PASSWORD)


def test_an_invited_person_chooses_a_password_and_is_signed_in(
    people: Flask, organizer: Person, outbox: Outbox
) -> None:
    _invite(organizer)
    mail = outbox.mails()[-1]
    assert mail["To"] == "budi@example.com"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    budi = Person(people, "10.0.0.9")
    assert _accept(budi, outbox.link()).location == "/start"
    assert budi.get("/start").location == "/gate"
    assert Person(people).sign_in("budi@example.com").location == "/start"


def test_an_invitation_works_once(people: Flask, organizer: Person, outbox: Outbox) -> None:
    _invite(organizer)
    link = outbox.link()
    _accept(Person(people), link)
    assert Person(people).get(link).status_code == 410


def test_an_invitation_ends_after_seven_days(people: Flask, organizer: Person, outbox: Outbox) -> None:
    _invite(organizer)
    link = outbox.link()
    with time_machine.travel(clock.now() + invitations.VALID_FOR - timedelta(minutes=1), tick=False):
        assert Person(people).get(link).status_code == 200
    with time_machine.travel(clock.now() + invitations.VALID_FOR, tick=False):
        assert Person(people).get(link).status_code == 410


def test_sending_again_replaces_the_link(people: Flask, organizer: Person, outbox: Outbox) -> None:
    _invite(organizer)
    old = outbox.link()
    outbox.clear()
    organizer.send("/desk/invitations/1/resend", page="/desk/users")
    assert Person(people).get(old).status_code == 410
    assert _accept(Person(people), outbox.link()).location == "/start"


@pytest.mark.parametrize("act", ["resend", "revoke", "invite again"])
def test_a_link_that_no_longer_works_does_not_lie_in_the_outbox(app: Flask, act: str) -> None:
    invitation = invitations.invite(COMMAND_LINE, "budi@example.com", RoleName.GATE)
    old = db.session.scalars(select(OutboxMail)).one()
    assert (old.about_id, old.expires_at) == (invitation.id, invitation.expires_at)
    text = old.text
    match act:
        case "resend":
            invitations.resend(COMMAND_LINE, invitation.id)
        case "revoke":
            invitations.revoke(COMMAND_LINE, invitation.id)
        case _:
            invitations.invite(COMMAND_LINE, "budi@example.com", RoleName.GATE)
    left = db.session.scalars(select(OutboxMail.text)).all()
    assert len(left) == (0 if act == "revoke" else 1)
    assert text not in left


def test_an_invitation_taken_back_no_longer_works(people: Flask, organizer: Person, outbox: Outbox) -> None:
    _invite(organizer)
    link = outbox.link()
    organizer.send("/desk/invitations/1/revoke", page="/desk/users")
    assert Person(people).get(link).status_code == 410


def test_a_weak_password_is_named_and_the_invitation_stays_open(
    people: Flask, organizer: Person, outbox: Outbox
) -> None:
    _invite(organizer)
    link = outbox.link()
    answer = Person(people).send(link, name="Budi", password="password123", password_confirm="password123")
    assert answer.status_code == 422
    assert "Many people use this one" in answer.text
    assert 'value="Budi"' in answer.text
    assert _accept(Person(people), link).location == "/start"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "", "role": "gate"}, "Enter an e-mail address."),
        ({"email": "nobody", "role": "gate"}, "This is not an e-mail address."),
        ({"email": "a\x00@example.com", "role": "gate"}, "Leave out line breaks and control characters."),
        ({"email": "x" * 300 + "@example.com", "role": "gate"}, "Use at most 254 characters."),
        ({"email": "gate@example.com", "role": "gate"}, "This person has this role already."),
        ({"email": "b@example.com", "role": "exhibitor"}, "Choose the exhibitor this person acts for."),
        ({"email": "b@example.com", "role": "king"}, "valid"),
        ({"email": "b@example.com", "role": "gate", "exhibitor_id": "999"}, "valid"),
        ({"email": "b@example.com", "role": "gate", "exhibitor_id": "<b>"}, "valid"),
        ({"email": "b@example.com", "role": "gate", "name": "x" * 121}, "Use at most 120 characters."),
    ],
)
def test_a_bad_invitation_is_refused_with_the_field_named(
    people: Flask, organizer: Person, outbox: Outbox, fields: dict[str, str], sentence: str
) -> None:
    answer = organizer.send("/desk/users", **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert outbox.mails() == []
    with people.app_context():
        assert db.session.scalars(select(Invitation)).all() == []


@pytest.fixture
def told() -> Iterator[list[tuple[int | None, str]]]:
    heard: list[tuple[int | None, str]] = []

    def listen(_sender: object, *, invitation: Invitation, user: User) -> None:
        heard.append((invitation.exhibitor_id, user.email))

    with invitation_accepted.connected_to(listen):
        yield heard


def test_packages_above_hear_of_an_accepted_invitation(
    people: Flask, outbox: Outbox, told: list[tuple[int | None, str]]
) -> None:
    with people.app_context(), people.test_request_context():
        invitations.invite(COMMAND_LINE, "tini@example.com", RoleName.EXHIBITOR, exhibitor_id=7)
    _accept(Person(people), outbox.link())
    assert told == [(7, "tini@example.com")]


def test_an_invited_exhibitor_acts_for_the_exhibitor_that_was_chosen(
    people: Flask, organizer: Person, outbox: Outbox
) -> None:
    with people.app_context():
        demo.load()
        chosen = db.session.scalars(select(Exhibitor.id).where(Exhibitor.slug == "keripik-bu-tini")).one()
    fields = {"email": "tini@example.com", "role": "exhibitor", "exhibitor_id": str(chosen)}
    assert organizer.send("/desk/users", **fields).location == "/desk/users"
    _accept(Person(people), outbox.link())
    with people.app_context():
        tini = db.session.scalars(select(User.id).where(User.email == "tini@example.com")).one()
        members = db.session.scalars(select(ExhibitorMember)).all()
        assert [(member.user_id, member.exhibitor_id) for member in members] == [(tini, chosen)]


def test_the_last_organizer_cannot_be_switched_off(people: Flask, organizer: Person) -> None:
    with people.app_context():
        number = db.session.scalars(select(User.id).where(User.email == "organizer@example.com")).one()
        with pytest.raises(Refused) as refusal:
            service.set_active(COMMAND_LINE, number, active=False)
        assert refusal.value.code == "last_organizer"
    organizer.send(f"/desk/users/{number}/disable", page="/desk/users")
    assert "This is the last organizer" in organizer.get("/desk/users").text
    assert organizer.is_signed_in()


def test_the_audit_page_shows_who_did_what_and_can_be_filtered(people: Flask, organizer: Person) -> None:
    _invite(organizer, "budi@example.com")
    page = organizer.get("/desk/audit?action=invitation.create").text
    assert "budi@example.com" in page
    assert "Organizer" in page
    assert "user.create</code>" not in page
    assert "budi@example.com" not in organizer.get("/desk/audit?words=somebody+else").text
    assert "Nothing found." in organizer.get("/desk/audit?words=100%25").text


@pytest.mark.parametrize(
    "query", ["words=%00", "page=99999999999999999999", "page=-1", "page=x", "action=nothing", "words=" + "x" * 500]
)
def test_the_audit_page_survives_hostile_addresses(people: Flask, organizer: Person, query: str) -> None:
    assert organizer.get(f"/desk/audit?{query}").status_code in (200, 422)


def test_the_audit_trail_is_paged_newest_first(app: Flask) -> None:
    write = transaction(audit.record)
    for number in range(51):
        write(COMMAND_LINE, "test.count", "number", number)
    first, second = audit.entries(), audit.entries(number=2)
    assert [first.items[0].object_id, len(first.items), first.has_next, first.has_previous] == ["50", 50, True, False]
    assert [second.items[0].object_id, len(second.items), second.has_next, second.has_previous] == ["0", 1, False, True]


def test_users_create_prints_a_password_that_works(bare_app: Flask) -> None:
    result = bare_app.test_cli_runner().invoke(args=["users", "create", "Nur@example.com", "--role", "organizer"])
    assert result.exit_code == 0
    password = result.output.strip().splitlines()[-1].rsplit(" ", 1)[1]
    assert Person(bare_app).sign_in("nur@example.com", password).location == "/start"


def test_users_create_takes_a_password_from_standard_input(bare_app: Flask) -> None:
    command = ["users", "create", "nur@example.com", "--role", "gate", "--password-stdin"]
    assert bare_app.test_cli_runner().invoke(args=command, input=PASSWORD + "\n").exit_code == 0
    assert Person(bare_app).sign_in("nur@example.com").location == "/start"


@pytest.mark.parametrize("email", ["gate@example.com", "nobody"])
def test_users_create_fails_with_one_sentence(people: Flask, email: str) -> None:
    result = people.test_cli_runner().invoke(args=["users", "create", email, "--role", "gate"])
    assert result.exit_code == 1
    assert len(result.output.strip().splitlines()) == 1
    with people.app_context():
        assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "user.create")).all()) == 3


def _role_of(app: Flask, email: str) -> tuple[set[str], set[tuple[int, str]]]:
    with app.app_context():
        user = db.session.execute(select(User).where(User.email == email)).scalar_one()
        return {role.name for role in user.roles}, {(one.exhibition_id, one.role.value) for one in user.edition_roles}


def test_who_signs_in_already_gets_a_further_role_at_once_without_a_mail(
    people: Flask, organizer: Person, outbox: Outbox
) -> None:
    before = len(outbox.mails())
    _invite(organizer, "gate@example.com", "organizer")
    assert "gate@example.com signs in here already" in organizer.get("/desk/users").text
    assert len(outbox.mails()) == before
    assert _role_of(people, "gate@example.com") == ({"gate", "organizer"}, set())
    assert "Nobody has an open invitation." in organizer.get("/desk/users").text


def test_who_is_switched_off_gets_no_role_before_they_are_switched_on(people: Flask, organizer: Person) -> None:
    with people.app_context():
        steward = db.session.scalars(select(User.id).where(User.email == "gate@example.com")).one()
        service.set_active(COMMAND_LINE, steward, active=False)
    refused = organizer.send("/desk/users", email="gate@example.com", role="organizer")
    assert (refused.status_code, "Switch them on first, on the page “Accounts”." in refused.text) == (422, True)
    assert _role_of(people, "gate@example.com") == ({"gate"}, set())
