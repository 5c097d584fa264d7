"""One phone number or e-mail address takes places for so many people of a day, and has one pass for it."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.core.outbox import OutboxMail
from exhibition.venue.models import Exhibition
from exhibition.visitors import privacy, service, slots
from exhibition.visitors.models import ContactTurn, MessageKind, PhoneNotice
from exhibition.visitors.registration.contact_days import HasPass
from exhibition.visitors.registration.party import Issued, Party
from exhibition.visitors.rules import ContactFault, HeldPass, contact_fault, on_the_day

PHONE, EMAIL = "+6281234567890", "siti@example.com"


def of_a_day(exhibition: Exhibition) -> list[slots.Slot]:
    """The open sessions of the last day."""
    last = slots.by_day(slots.of_edition(exhibition.id), exhibition.timezone)[-1]
    return [slot for slot in last.slots if slot.status(clock.now()) == "open"]


def of_days(exhibition: Exhibition) -> list[slots.Slot]:
    """An open session of each of the last two days."""
    days = slots.by_day(slots.of_edition(exhibition.id), exhibition.timezone)[-2:]
    return [next(slot for slot in day.slots if slot.status(clock.now()) == "open") for day in days]


def register(
    slot: slots.Slot, people: int = 2, phone: str | None = PHONE, email: str | None = None, knows: str | None = None
) -> Issued:
    return service.register(Party(slot.id, "Siti Aminah", email, phone, people, "en"), knows=knows)


def code_of(slot: slots.Slot, people: int = 2, **contact: Any) -> str:
    with pytest.raises(Refused) as refusal:
        register(slot, people, **contact)
    return refusal.value.code


@transaction
def allow(exhibition: Exhibition, people: int) -> None:
    db.session.execute(update(Exhibition).where(Exhibition.id == exhibition.id).values(people_each_contact=people))


@pytest.mark.parametrize(
    "contact",
    [{"phone": PHONE}, {"phone": PHONE, "email": "other@example.com"}, {"phone": None, "email": "Siti@Example.com"}],
    ids=["phone", "phone of two", "e-mail in other letters"],
)
def test_a_contact_gets_no_second_pass_for_a_day(exhibition: Exhibition, contact: dict[str, str | None]) -> None:
    first, second = of_a_day(exhibition)[:2]
    register(first, email=EMAIL)
    assert code_of(second, 2, **contact) == "contact_has_pass"
    assert (slots.get(exhibition, second.id).issued, slots.get(exhibition, first.id).issued) == (0, 2)


def test_another_day_another_contact_and_no_contact_get_one(exhibition: Exhibition) -> None:
    day, other_day = of_days(exhibition)
    register(day)
    register(other_day)
    register(day, phone="+6281234567891")
    register(day, phone=None)
    register(day, phone=None)
    assert slots.get(exhibition, day.id).issued == 8


def test_who_knows_the_pass_may_come_twice_up_to_the_limit(exhibition: Exhibition) -> None:
    first, second, third = of_a_day(exhibition)[:3]
    issued = register(first, 4)
    register(second, 6, knows=issued.manage_key)
    with pytest.raises(Refused) as refusal:
        register(third, 1, knows=issued.manage_key)
    assert (refusal.value.code, refusal.value.details["most"]) == ("contact_people", 10)
    stranger = register(of_days(exhibition)[0], 1, phone="+6281234567891")
    with pytest.raises(HasPass):
        register(third, 1, knows=stranger.manage_key)


def test_the_edition_sets_the_limit(exhibition: Exhibition) -> None:
    allow(exhibition, 3)
    slot = of_a_day(exhibition)[0]
    assert code_of(slot, 4) == "contact_people"
    register(slot, 3)


@pytest.mark.parametrize("by", ["cancel", "move"])
def test_a_cancelled_or_moved_pass_gives_its_day_back(exhibition: Exhibition, by: str) -> None:
    day, other_day = of_days(exhibition)
    issued = register(day, 10)
    if by == "cancel":
        service.cancel(issued.manage_key)
    else:
        service.move(issued.manage_key, other_day.id)
    register(day, 10)


def test_a_move_to_a_day_with_too_many_people_is_refused(exhibition: Exhibition) -> None:
    day, other_day = of_days(exhibition)
    register(day, 6)
    issued = register(other_day, 5)
    with pytest.raises(Refused) as refusal:
        service.move(issued.manage_key, day.id)
    assert refusal.value.code == "contact_people"
    assert slots.get(exhibition, day.id).issued == 6
    register(of_a_day(exhibition)[-1], 1, phone="+6281234567892")


def test_within_its_day_a_pass_moves_as_it_likes(exhibition: Exhibition) -> None:
    first, second = of_a_day(exhibition)[:2]
    issued = register(first, 10)
    assert service.move(issued.manage_key, second.id).slot.id == second.id


def post(client: FlaskClient, slot: slots.Slot, **more: object) -> tuple[int, dict[str, object]]:
    body = {"slot_id": slot.id, "name": "Siti", "phone": "0812-3456-7890", "party_size": 2, "consent": True}
    answer = client.post("/api/v1/registrations", json=body | more)
    return answer.status_code, answer.get_json()


def test_the_answer_tells_a_stranger_nothing_of_the_pass(client: FlaskClient, exhibition: Exhibition) -> None:
    first, second = of_a_day(exhibition)[:2]
    issued = register(first, phone="+6281234567890", email=EMAIL)
    status, body = post(client, second, phone="+62 812 3456 7890")
    assert (status, body["code"]) == (409, "contact_has_pass")
    told = str(body)
    for secret in (issued.manage_key, issued.code, issued.reference, EMAIL, "10.00", "Aminah"):
        assert secret not in told


def test_the_pass_is_sent_to_the_address_it_was_registered_with_once_an_hour(
    client: FlaskClient, exhibition: Exhibition
) -> None:
    slot = of_a_day(exhibition)[0]
    issued = register(slot, email=EMAIL)
    for _ in range(3):
        post(client, slot, email="stranger@example.com")
    sent = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == MessageKind.ALREADY)).all()
    assert [(mail.about_id, mail.recipient) for mail in sent] == [(issued.registration_id, None)]


def test_who_has_only_a_phone_is_put_on_the_desks_list_once(client: FlaskClient, exhibition: Exhibition) -> None:
    slot = of_a_day(exhibition)[0]
    issued = register(slot)
    post(client, slot)
    post(client, slot)
    assert db.session.scalars(select(PhoneNotice.registration_id)).all() == [issued.registration_id]


def form(slot: slots.Slot, **more: str) -> dict[str, str]:
    return {
        "slot_id": str(slot.id),
        "name": "Siti",
        "party_size": "2",
        "consent": "y",
    } | more


def csrf(client: FlaskClient, address: str) -> str:
    return client.get(address).text.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]


def test_going_back_and_sending_the_form_again_leads_to_the_same_pass(
    client: FlaskClient, exhibition: Exhibition
) -> None:
    slot = of_a_day(exhibition)[0]
    first, second = (client.post("/daftar", data=form(slot)).headers["Location"] for _ in range(2))
    assert first == second
    assert slots.get(exhibition, slot.id).issued == 2


def test_a_second_click_without_cookies_leads_to_the_same_pass(client: FlaskClient, exhibition: Exhibition) -> None:
    slot = of_a_day(exhibition)[0]
    fields = form(slot)
    first = client.post("/daftar", data=fields).headers["Location"]
    client.delete_cookie("session")  # as it was when the first answer had not come yet
    assert client.post("/daftar", data=fields).headers["Location"] == first


def test_after_cancelling_the_same_form_makes_a_new_pass(client: FlaskClient, exhibition: Exhibition) -> None:
    slot = of_a_day(exhibition)[0]
    first = client.post("/daftar", data=form(slot)).headers["Location"]
    service.cancel(first.rpartition("/")[2])
    assert client.post("/daftar", data=form(slot)).headers["Location"] != first


def test_the_same_browser_is_led_to_its_pass_and_may_take_another_session(
    client: FlaskClient, exhibition: Exhibition
) -> None:
    client.set_cookie("locale", "en")
    first, second = of_a_day(exhibition)[:2]
    place = client.post("/daftar", data=form(first, phone="081234567890")).headers["Location"]
    answer = client.post("/daftar", data=form(second, phone="081234567890"))
    assert answer.headers["Location"] == f"{place}/lagi"
    page = client.get(f"{place}/lagi")
    assert "no second one was made" in page.text
    wanted = {"csrf_token": csrf(client, f"{place}/lagi"), "slot_id": str(second.id)}
    answer = client.post(f"{place}/lagi", data=wanted | {"party_size": "9"})
    assert answer.status_code == 409
    assert "you have 2" in answer.text
    answer = client.post(f"{place}/lagi", data=wanted | {"party_size": "8"})
    assert answer.status_code == 303
    assert answer.headers["Location"] not in (place, f"{place}/lagi")


def test_another_browser_reads_where_the_pass_is_sent(client: FlaskClient, exhibition: Exhibition) -> None:
    slot = of_a_day(exhibition)[0]
    register(slot)
    client.set_cookie("locale", "en")
    answer = client.post("/daftar", data=form(slot, phone="081234567890"))
    assert answer.status_code == 409
    assert 'data-code="contact_has_pass"' in answer.text
    assert "/p/" not in answer.text


def test_the_purge_erases_what_stands_for_contacts_and_the_notices(client: FlaskClient, exhibition: Exhibition) -> None:
    first, second = of_a_day(exhibition)[:2]
    service.move(register(first).manage_key, second.id)
    post(client, first)
    turns = db.session.scalars(select(ContactTurn.contact)).all()
    assert turns
    assert not [one for one in turns if PHONE in one]
    privacy.purge(COMMAND_LINE, days=-1000)
    assert not db.session.scalars(select(ContactTurn)).all()
    assert not db.session.scalars(select(PhoneNotice)).all()


@given(
    sizes=st.lists(st.integers(1, 10), max_size=6),
    people=st.integers(1, 10),
    most=st.integers(1, 30),
    knows=st.sampled_from(["key-0", "none", None]),
)
def test_never_more_people_than_allowed_and_never_a_second_pass_for_strangers(
    sizes: list[int], people: int, most: int, knows: str | None
) -> None:
    now = clock.now()
    held = [HeldPass(n, f"key-{n}", now, size) for n, size in enumerate(sizes)]
    fault = contact_fault(held, people, most, knows=knows)
    if fault is None:
        assert sum(sizes) + people <= most
        assert not held or knows == "key-0"
    if held and knows != "key-0":
        assert fault is ContactFault.HAS_PASS


def test_a_day_is_that_of_the_editions_time_zone() -> None:
    evening = clock.now().replace(hour=16, minute=30)  # 23.30 in Jakarta
    held = [HeldPass(1, "a", evening, 1), HeldPass(2, "b", evening + timedelta(hours=1), 1)]
    assert [one.registration_id for one in on_the_day(held, evening, "Asia/Jakarta")] == [1]
