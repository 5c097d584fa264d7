"""People correct, copy and erase what is kept of them, by themselves and at the desk."""

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.core.outbox import OutboxMail
from exhibition.venue.models import Exhibition
from exhibition.visitors import service
from exhibition.visitors.models import LinkRequest, PassState, Registration, VisitorContact
from exhibition.visitors.passes import lost_links, personal_data
from exhibition.visitors.passes.personal_data import PersonalData
from tests.conftest import run_jobs
from tests.gate import world
from tests.mailbox import Mailbox
from tests.messages import world as messages_world
from tests.security.test_purge_leaves_nothing import MARK, rows_with_a_mark
from tests.visitors.passes.holding import register

pytestmark = pytest.mark.usefixtures("csrf_off")
EMAIL, PHONE = f"{MARK}@example.com", "+6281277770001"


@pytest.fixture
def english(client: FlaskClient) -> FlaskClient:
    client.set_cookie("locale", "en")
    return client


def test_what_is_corrected_is_kept_and_a_new_address_gets_the_pass(english: FlaskClient) -> None:
    issued = register(phone="+6281234567890")
    address = f"/p/{issued.manage_key}"
    sent = {"name": " Siti  Rahma ", "phone": "0812-9999-0000", "email": "rahma@example.com"}
    assert english.post(f"{address}/contact", data=sent).status_code == 303
    kept = service.contact(issued.registration_id)
    assert kept is not None
    assert (kept.name, kept.phone, kept.email) == ("Siti Rahma", "+6281299990000", "rahma@example.com")
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 1
    assert "on its way to rahma@example.com" in english.get(address).text


def test_what_is_wrong_is_said_beside_its_field(english: FlaskClient) -> None:
    issued = register(phone="+6281234567890")
    sent = {"name": "", "phone": "12", "email": "nonsense"}
    answer = english.post(f"/p/{issued.manage_key}/contact", data=sent)
    assert answer.status_code == 422
    assert [name in answer.text for name in ("own-name-error", "own-phone-error", "own-email-error")] == [True] * 3
    kept = service.contact(issued.registration_id)
    assert kept is not None
    assert kept.phone == "+6281234567890"


def lives(exhibition: Exhibition, client: FlaskClient, mailbox: Mailbox) -> str:
    """A visitor with a mark in every place that holds something of them; returns the manage key."""
    issued = messages_world.register(exhibition, f"{MARK} Siti", EMAIL, phone=PHONE)
    mailbox.refusal = f"550 5.1.1 <{EMAIL}>: no such user here"
    run_jobs()
    messages_world.confirm(exhibition, messages_world.written(exhibition))
    run_jobs()
    lost_links.ask(EMAIL, None, "id")
    lost_links.ask(None, PHONE, "id")
    device = world.enrol(exhibition)
    world.send(client, device, code=issued.code)
    return issued.manage_key


def test_erasing_leaves_nothing_of_the_person_and_the_pass_as_it_was(
    english: FlaskClient, exhibition: Exhibition, mailbox: Mailbox
) -> None:
    manage_key = lives(exhibition, english, mailbox)
    assert rows_with_a_mark() != []
    before = service.find(manage_key)
    assert english.post(f"/p/{manage_key}/erase").status_code == 303
    db.session.expire_all()
    assert rows_with_a_mark() == []
    assert service.find(manage_key) == before
    page = english.get(f"/p/{manage_key}").text
    assert "The pass stays valid." in page
    assert "No name, number or e-mail address of yours is kept." in page
    assert 'data-testid="pass-qr"' in page
    registration = db.session.get_one(Registration, before.registration_id)
    assert (registration.origin, registration.idempotency_key, registration.request_digest) == (None, None, None)


def test_erasing_does_not_touch_who_else_asked_for_a_link() -> None:
    issued = register(phone=PHONE)
    lost_links.ask(None, "+6281299990000", "id")
    lost_links.ask("somebody@example.com", None, "id")
    personal_data.erase(issued.manage_key)
    assert db.session.scalar(select(func.count()).select_from(LinkRequest)) == 2


def test_what_was_erased_cannot_be_corrected() -> None:
    issued = register()
    personal_data.erase(issued.manage_key)
    personal_data.erase(issued.manage_key)
    with pytest.raises(Refused) as refused:
        personal_data.correct(issued.manage_key, PersonalData("Siti", None, None))
    assert refused.value.code == "contacts_erased"


def test_the_copy_has_all_that_is_kept(english: FlaskClient, exhibition: Exhibition, mailbox: Mailbox) -> None:
    manage_key = lives(exhibition, english, mailbox)
    answer = english.get(f"/p/{manage_key}/data.json")
    kept = json.loads(answer.data)
    assert answer.headers["Content-Disposition"].endswith(f'"{kept["reference"]}.json"')
    assert (kept["name"], kept["email"], kept["phone"]) == (f"{MARK} Siti", EMAIL, PHONE)
    assert kept["privacy_notice"].endswith(" id")
    assert [mail["about"] for mail in kept["mails"]] == ["visitor.pass"]
    assert [one["answer"] for one in kept["at_the_gates"]] == ["too_early"]
    assert [one["by"] for one in kept["messages"]] == ["mail"]
    assert kept["pass"]["people"] == 2


def test_the_desk_does_the_same_and_the_trail_holds_no_name(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    issued = register(name=f"{MARK} Siti", email=EMAIL)
    address = f"/desk/registrations/{issued.registration_id}"
    sent = {"name": f"{MARK} Rahma", "phone": "", "email": EMAIL}
    assert organizer_client.post(f"{address}/contact", data=sent).status_code == 303
    assert organizer_client.post(f"{address}/contact", data=sent | {"name": ""}).status_code == 422
    assert f"{MARK} Rahma" in organizer_client.post(f"{address}/copy").text
    assert organizer_client.post(f"{address}/erase").status_code == 303
    assert db.session.get(VisitorContact, issued.registration_id) is None
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_type == "registration")).all()
    assert actions == ["contact.correct", "contact.copy", "contact.erase"]
    assert rows_with_a_mark() == []
    assert service.get(issued.registration_id).state is PassState.VALID
    assert organizer_client.get(address).status_code == 200


def test_the_desk_keeps_to_the_limit_of_people_for_a_contact_and_day(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    world.set_edition(exhibition.id, people_each_contact=4)
    register(name="Budi", email=EMAIL, people=3)
    other = register(name="Siti", email="siti@example.com", people=2)
    address = f"/desk/registrations/{other.registration_id}"
    sent = {"name": "Siti", "phone": "", "email": EMAIL}
    refused = organizer_client.post(f"{address}/contact?lang=en", data=sent)
    assert (refused.status_code, "raise that number on the page “Edition”" in refused.text) == (409, True)
    kept = service.contact(other.registration_id)
    assert kept is not None
    assert kept.email == "siti@example.com"
    assert organizer_client.post(f"{address}/contact", data=sent | {"email": ""}).status_code == 303
    service.cancel(other.manage_key)
    assert organizer_client.post(f"{address}/contact", data=sent).status_code == 303


def test_only_of_its_own_edition(exhibition: Exhibition) -> None:
    issued = register()
    before = service.contact(issued.registration_id)
    assert before is not None
    assert personal_data.correct_at_desk(COMMAND_LINE, issued, PersonalData(before.name, None, None)) == frozenset()
