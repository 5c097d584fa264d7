"""Waiting for places in a full session: who is next gets them, nobody else, and only for a time."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.core.outbox import OutboxMail
from exhibition.gate.verification import verify_places
from exhibition.venue.models import Exhibition
from exhibition.visitors import privacy, service, slots
from exhibition.visitors.listing.sought import RegistrationNarrowing
from exhibition.visitors.models import PassState, SlotState, TimeSlot, VisitorPass, WaitingParty, WaitingState
from exhibition.visitors.registration.party import Issued, Party
from exhibition.visitors.waiting import chances, line, rules
from exhibition.visitors.waiting import service as waiting
from tests.conftest import run_jobs
from tests.gate import world
from tests.mailbox import Mailbox
from tests.visitors.listing.withdrawn import withdraw

CAPACITY = 4


def party(slot: slots.Slot, people: int, number: int = 0, **values: Any) -> Party:
    contact = {"email": f"w{number}@example.com", "phone": None} | values
    return Party(slot.id, "Siti Aminah", contact["email"], contact["phone"], people, "en")


@transaction
def set_slot(slot_id: int, **values: object) -> None:
    db.session.execute(update(TimeSlot).where(TimeSlot.id == slot_id).values(values))


@pytest.fixture
def slot(exhibition: Exhibition) -> slots.Slot:
    """A session of a later day with four places."""
    [found] = world.coming_slots()
    set_slot(found.id, capacity=CAPACITY)
    return slots.get(exhibition, found.id)


@pytest.fixture
def full(slot: slots.Slot) -> Issued:
    """The pass that takes all of its places."""
    return service.register(Party(slot.id, "Budi", None, None, CAPACITY, "en"))


def join(slot: slots.Slot, *sizes: int) -> list[str]:
    return [waiting.join(party(slot, people, number)) for number, people in enumerate(sizes)]


def states(*keys: str) -> list[str]:
    db.session.expire_all()
    return [waiting.place(key).state for key in keys]


def issued(slot: slots.Slot) -> int:
    return db.session.execute(select(TimeSlot.issued).where(TimeSlot.id == slot.id)).scalar_one()


def refused(act: Any) -> str:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.code


def test_cancelled_places_go_to_the_next_in_line_for_whom_they_suffice(slot: slots.Slot, full: Issued) -> None:
    keys = join(slot, 3, 2, 1)
    service.cancel(full.manage_key)
    assert states(*keys) == ["offered", "waiting", "offered"]
    assert issued(slot) == 4


def test_nobody_takes_a_place_before_somebody_who_waits_for_it(slot: slots.Slot, full: Issued) -> None:
    join(slot, 2)
    set_slot(slot.id, capacity=CAPACITY + 3)  # by another way than those that offer at once
    newcomer = Party(slot.id, "Ani", None, None, 1, "en")
    with pytest.raises(Refused) as refusal:
        service.register(newcomer)
    assert (refusal.value.code, refusal.value.details["remaining"]) == ("slot_full", 0)
    assert slot.id not in [one["id"] for one in refusal.value.details["next"]]
    mover = service.register(Party(world.coming_slots(2)[1].id, "Tono", None, None, 1, "en"))
    assert refused(lambda: service.move(mover.manage_key, slot.id)) == "slot_full"
    line.lapse()
    service.register(newcomer)
    assert issued(slot) == CAPACITY + 3


def test_who_fits_while_those_in_line_do_not_may_register(slot: slots.Slot, full: Issued) -> None:
    [key] = join(slot, 3)
    set_slot(slot.id, capacity=CAPACITY + 2)
    service.register(Party(slot.id, "Ani", None, None, 1, "en"))
    assert states(key) == ["waiting"]


@pytest.mark.parametrize("by", ["cancel", "revoke", "move", "withdraw"])
def test_every_way_of_giving_places_back_offers_them(exhibition: Exhibition, slot: slots.Slot, by: str) -> None:
    holder = service.register(Party(slot.id, "Budi", "budi@example.com", None, CAPACITY, "en"))
    [key] = join(slot, 2)
    match by:
        case "cancel":
            service.cancel(holder.manage_key)
        case "revoke":
            service.revoke(COMMAND_LINE, holder.registration_id)
        case "move":
            service.move(holder.manage_key, world.coming_slots(2)[1].id)
        case _:
            withdraw(exhibition, RegistrationNarrowing(contact="budi@example.com"), 1)
    assert states(key) == ["offered"]
    assert issued(slot) == 2


def test_an_offer_is_taken_once_and_gives_a_pass(slot: slots.Slot, full: Issued) -> None:
    [key] = join(slot, 2)
    service.cancel(full.manage_key)
    taken = waiting.take(key)
    assert (taken.party_size, taken.state, taken.slot.id) == (2, PassState.VALID, slot.id)
    assert refused(lambda: waiting.take(key)) == "offer_over"
    assert issued(slot) == 2
    row = db.session.scalars(select(WaitingParty).where(WaitingParty.key == key)).one()
    assert (row.state, row.name, row.email, row.registration_id) == ("taken", None, None, taken.registration_id)
    contact = service.contact(taken.registration_id)
    assert contact is not None
    assert contact.email == "w0@example.com"


def test_what_is_not_taken_in_time_goes_to_the_next(slot: slots.Slot, full: Issued) -> None:
    first, second = join(slot, 4, 4)
    service.cancel(full.manage_key)
    assert states(first, second) == ["offered", "waiting"]
    until = waiting.place(first).party.expires_at
    assert until is not None
    with time_machine.travel(until, tick=False):
        assert refused(lambda: waiting.take(first)) == "offer_over"
        assert line.lapse() == 1
        assert states(first, second) == ["lapsed", "offered"]
        assert line.lapse() == 0
    assert issued(slot) == 4


def test_who_leaves_gives_the_offer_to_the_next_and_is_forgotten(slot: slots.Slot, full: Issued) -> None:
    first, second = join(slot, 4, 4)
    service.cancel(full.manage_key)
    waiting.leave(first)
    waiting.leave(first)
    assert states(first, second) == ["left", "offered"]
    assert db.session.scalar(select(WaitingParty.email).where(WaitingParty.key == first)) is None


def test_without_a_need_to_wait_one_is_sent_to_register(slot: slots.Slot) -> None:
    assert refused(lambda: join(slot, 2)) == "room_now"


def test_a_contact_waits_once_for_a_session_and_with_few_people_for_a_day(slot: slots.Slot, full: Issued) -> None:
    join(slot, 2)
    again = party(slot, 1, email="W0@example.com")
    assert refused(lambda: waiting.join(again)) == "waits_already"
    assert refused(lambda: waiting.join(party(slot, 2, email=None))) == "contact_missing"


def test_the_same_form_twice_is_one_place(slot: slots.Slot, full: Issued) -> None:
    assert join(slot, 2) == join(slot, 2)


def test_nobody_gets_an_offer_once_the_session_has_begun(slot: slots.Slot, full: Issued) -> None:
    [key] = join(slot, 2)
    with time_machine.travel(slot.starts_at + timedelta(minutes=1), tick=False):
        service.cancel(full.manage_key)
        assert states(key) == ["waiting"]
        service.register(Party(slot.id, "Ani", None, None, 2, "en"))


def test_they_are_told_by_mail_while_it_is_true(slot: slots.Slot, full: Issued, mailbox: Mailbox) -> None:
    first, second = join(slot, 2, 2)
    run_jobs()
    assert [mail["Subject"].partition(":")[0] for mail in mailbox.mails] == ["On the waiting list"] * 2
    service.cancel(full.manage_key)
    waiting.leave(second)
    run_jobs()
    offer = mailbox.mails[-1]
    assert len(mailbox.mails) == 3
    assert offer["To"] == "w0@example.com"
    body = offer.get_body(("plain",))
    assert body is not None
    assert f"/tunggu/{first}" in body.get_content()
    assert "kept for you until" in body.get_content()


def test_counters_agree_with_passes_and_offers(slot: slots.Slot, full: Issued) -> None:
    join(slot, 2, 1)
    service.cancel(full.manage_key)
    assert verify_places() == []
    set_slot(slot.id, issued=4)
    [difference] = verify_places()
    assert (difference.counted, difference.derived) == (4, 3)


def test_of_many_who_act_at_once_no_place_is_given_twice(app: Flask, slot: slots.Slot, full: Issued) -> None:
    keys = join(slot, 2, 1, 1, 3, 1, 2)

    def act(number: int) -> str:
        with app.app_context():
            try:
                if number == 0:
                    service.cancel(full.manage_key)
                elif number % 3 == 0:
                    service.register(Party(slot.id, f"Ani {number}", None, None, 1, "en"))
                elif number % 3 == 1:
                    waiting.take(keys[number % len(keys)])
                else:
                    waiting.leave(keys[5])
            except Refused as refusal:
                return refusal.code
            return ""

    with ThreadPoolExecutor(5) as threads:
        codes = set(threads.map(act, range(48)))
    assert codes <= {"", "slot_full", "offer_over"}
    db.session.rollback()
    people = select(func.coalesce(func.sum(VisitorPass.party_size), 0)).where(
        VisitorPass.slot_id == slot.id, VisitorPass.state == PassState.VALID
    )
    kept = select(func.coalesce(func.sum(WaitingParty.party_size), 0)).where(
        WaitingParty.slot_id == slot.id, WaitingParty.state == WaitingState.OFFERED
    )
    assert db.session.execute(people).scalar_one() + db.session.execute(kept).scalar_one() == issued(slot) <= CAPACITY


def csrf(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_from_the_full_session_to_the_pass(client: FlaskClient, slot: slots.Slot, full: Issued) -> None:
    client.set_cookie("locale", "en")
    address = f"/tunggu?slot_id={slot.id}"
    assert address in client.get("/").text
    form = {"slot_id": str(slot.id), "name": "Siti", "party_size": "2", "phone": "0812-3456-7890", "consent": "y"}
    shown = client.get(address).text
    assert f'value="{slot.id}" checked' in shown
    assert 'data-state="full"' in shown
    answer = client.post("/tunggu", data=form | {"csrf_token": csrf(shown)})
    place = answer.headers["Location"]
    page = client.get(place).text
    assert "You are number 1 in the line." in page
    assert 'data-chance="unknown"' in page
    assert "7890" in page
    service.cancel(full.manage_key)
    page = client.get(place).text
    assert 'data-state="offered"' in page
    answer = client.post(f"{place}/ambil", data={"csrf_token": csrf(page)})
    assert 'data-testid="pass-qr"' in client.get(answer.headers["Location"]).text
    assert answer.headers["Location"] in client.get(place).text
    again = client.post(f"{place}/ambil", data={"csrf_token": csrf(page)})
    assert again.headers["Location"] == place


def test_who_has_only_a_phone_is_written_to_from_the_desk(
    organizer_client: FlaskClient, exhibition: Exhibition, slot: slots.Slot, full: Issued
) -> None:
    waiting.join(party(slot, 2, email=None, phone="+6281234567890"))
    service.cancel(full.manage_key)
    page = organizer_client.get("/desk/registrations/waiting").text
    assert "https://wa.me/6281234567890?text=" in page
    [row] = waiting.lines(exhibition)
    form = {"csrf_token": csrf(page)}
    assert organizer_client.post(f"/desk/registrations/waiting/{row.id}/told", data=form).status_code == 303
    assert "https://wa.me/" not in organizer_client.get("/desk/registrations/waiting").text
    assert organizer_client.post(f"/desk/registrations/waiting/{row.id}/remove", data=form).status_code == 303
    assert waiting.lines(exhibition) == []
    assert organizer_client.post("/desk/registrations/waiting/999999/remove", data=form).status_code == 404


def test_the_purge_and_the_end_of_the_session_erase_who_waited(
    exhibition: Exhibition, slot: slots.Slot, full: Issued
) -> None:
    join(slot, 2)
    waiting.forget_over()
    assert db.session.scalar(select(WaitingParty.email)) == "w0@example.com"
    with time_machine.travel(slot.ends_at, tick=False):
        waiting.forget_over()
    assert db.session.scalar(select(WaitingParty.email)) is None
    waiting.join(party(slot, 1, 7))
    privacy.purge(COMMAND_LINE, days=-1000)
    assert not db.session.scalars(select(WaitingParty).where(WaitingParty.name.is_not(None))).all()
    assert not db.session.scalars(select(OutboxMail).where(OutboxMail.kind.startswith("waiting."))).all()
    assert clock.now() < slot.starts_at


def test_the_list_of_sessions_says_how_many_wait_and_how_likely_a_place_is(
    client: FlaskClient, exhibition: Exhibition, slot: slots.Slot, full: Issued
) -> None:
    join(slot, 2, 1)
    [(_, line)] = chances.session_lines([slot]).items()
    assert (line.people, line.chance) == (3, rules.Chance.UNKNOWN)
    back = chances.places_back([slot.id])[slot.id]
    assert (back.issued, back.back) == (full.party_size, 0)
    page = client.get(f"/tunggu?slot_id={slot.id}&lang=en").text
    assert "3 people wait" in page
    set_slot(slot.id, state=SlotState.CLOSED)
    assert f'value="{slot.id}"' not in client.get("/tunggu").text


def test_a_client_waits_takes_the_places_and_leaves_by_json(
    client: FlaskClient, slot: slots.Slot, full: Issued
) -> None:
    body = {"slot_id": slot.id, "name": "Siti", "party_size": 2, "consent": True}
    assert client.post("/api/v1/registrations", json=body).get_json()["code"] == "slot_full"
    assert client.post("/api/v1/waiting", json=body).get_json()["code"] == "contact_missing"
    joined = client.post("/api/v1/waiting", json=body | {"email": "siti@example.com"})
    place = joined.get_json()
    assert (joined.status_code, place["state"], place["number"], place["expires_at"]) == (201, "waiting", 1, None)
    again = client.post("/api/v1/waiting", json=body | {"email": "siti@example.com"}).get_json()
    assert (again["key"], again["number"]) == (place["key"], 1)
    second = client.post("/api/v1/waiting", json=body | {"email": "budi@example.com"}).get_json()
    address = f"/api/v1/waiting/{place['key']}"
    assert client.post(f"{address}/take").get_json()["code"] == "offer_over"
    service.cancel(full.manage_key)
    assert client.get(address).get_json()["state"] == "offered"
    made = client.post(f"{address}/take").get_json()
    assert (made["pass"]["party_size"], made["slot"]["id"]) == (2, slot.id)
    assert client.post(f"{address}/take").get_json()["pass"]["id"] == made["pass"]["id"]
    left = [client.post(f"/api/v1/waiting/{second['key']}/leave").get_json()["state"] for _ in range(2)]
    assert left == ["left", "left"]
    assert client.get("/api/v1/waiting/unknown-and-long-enough").status_code == 404


def test_nobody_is_sent_to_wait_while_every_session_has_room(client: FlaskClient, exhibition: Exhibition) -> None:
    page = client.get("/tunggu?lang=en").text
    assert ("No session is full." in page, "<form" in page.split("<main")[1]) == (True, False)
