"""A group registers its people with a code, up to its own limit, and gets strips to print."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.gate.verification import verify_places
from exhibition.venue.models import Exhibition
from exhibition.visitors import privacy, slots
from exhibition.visitors import service as passes
from exhibition.visitors.groups import service, sheet
from exhibition.visitors.groups.rules import ListedParty
from exhibition.visitors.listing.sought import RegistrationNarrowing
from exhibition.visitors.models import TimeSlot, VisitorContact, VisitorGroup
from exhibition.visitors.registration import oversight
from exhibition.visitors.registration.party import Party
from tests.conftest import run_jobs
from tests.gate import world
from tests.pdf_text import page_count, text_of
from tests.visitors.listing.withdrawn import withdraw

PEOPLE = [ListedParty("Bu Sri", 3), ListedParty("Pak Budi", 1)]


@pytest.fixture
def group(exhibition: Exhibition) -> VisitorGroup:
    details = service.GroupDetails("SDN 2 Bawen", "Bu Guru Rina", "+6281234567890", 10)
    return service.create(COMMAND_LINE, exhibition, details)


@pytest.fixture
def slot(exhibition: Exhibition) -> slots.Slot:
    """A session of a later day; nobody is in it."""
    [found] = world.coming_slots()
    return found


def register(group: VisitorGroup, slot: slots.Slot, parties: list[ListedParty]) -> int:
    return service.register(group, slot.id, parties, locale="id", origin="0" * 16)


def refused(act: Any) -> str:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.code


def issued(exhibition: Exhibition, slot: slots.Slot) -> int:
    db.session.rollback()
    return slots.get(exhibition, slot.id).issued


def test_a_list_becomes_a_pass_for_each_line(exhibition: Exhibition, group: VisitorGroup, slot: slots.Slot) -> None:
    assert register(group, slot, PEOPLE) == 2
    assert [(strip.name, strip.issued.party_size) for strip in service.strips(group)] == [
        ("Bu Sri", 3),
        ("Pak Budi", 1),
    ]
    counted = service.counted(group)
    assert (counted.people, counted.passes, counted.left) == (4, 2, 6)
    assert issued(exhibition, slot) == 4
    assert verify_places() == []


def test_the_same_list_twice_is_registered_once(exhibition: Exhibition, group: VisitorGroup, slot: slots.Slot) -> None:
    assert (register(group, slot, PEOPLE), register(group, slot, PEOPLE)) == (2, 0)
    assert issued(exhibition, slot) == 4


def test_all_of_a_list_or_nobody(exhibition: Exhibition, group: VisitorGroup, slot: slots.Slot) -> None:
    @transaction
    def leave(places: int) -> None:
        db.session.execute(update(TimeSlot).where(TimeSlot.id == slot.id).values(capacity=places))

    leave(3)
    assert refused(lambda: register(group, slot, PEOPLE)) == "slot_full"
    assert issued(exhibition, slot) == 0
    assert not db.session.scalars(select(VisitorContact)).all()


def test_a_group_registers_no_more_people_than_it_may(
    exhibition: Exhibition, group: VisitorGroup, slot: slots.Slot
) -> None:
    assert refused(lambda: register(group, slot, [ListedParty("A", 6), ListedParty("B", 5)])) == "group_people"
    register(group, slot, [ListedParty("A", 6)])
    [strip] = service.strips(group)
    passes.cancel(strip.issued.manage_key)
    assert register(group, slot, [ListedParty("A", 6)]) == 1
    service.change(COMMAND_LINE, exhibition, group.id, most_people=20, is_open=False)
    assert refused(lambda: register(group, slot, PEOPLE)) == "group_closed"


def test_also_not_when_many_register_at_once(
    app: Flask, exhibition: Exhibition, group: VisitorGroup, slot: slots.Slot
) -> None:
    group_id = group.id

    def one(number: int) -> str:
        with app.app_context():
            try:
                register(service.of_edition(exhibition, group_id), slot, [ListedParty(f"Ani {number}", 1)])
            except Refused as refusal:
                return refusal.code
            return ""

    db.session.expunge(exhibition)
    with ThreadPoolExecutor(5) as threads:
        codes = list(threads.map(one, range(24)))
    assert (codes.count(""), codes.count("group_people")) == (10, 14)


def test_a_session_of_another_fair_is_refused(group: VisitorGroup, slot: slots.Slot) -> None:
    assert refused(lambda: service.register(group, 999_999, PEOPLE, locale="id", origin="")) == "invalid"


def csrf(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_from_the_code_to_the_strips(client: FlaskClient, group: VisitorGroup, slot: slots.Slot) -> None:
    client.set_cookie("locale", "en")
    typed = f"{group.code[:4].lower()}-{group.code[4:]}"
    answer = client.post("/rombongan", data={"code": typed, "csrf_token": csrf(client.get("/rombongan").text)})
    place = answer.headers["Location"]
    form = {"csrf_token": csrf(client.get(place).text), "slot_id": str(slot.id)}
    faulty = client.post(place, data=form | {"people": "Bu Sri\nPak Budi, 11"})
    assert faulty.status_code == 422
    assert "Line 2: 1 to 10 people come on one strip." in faulty.text
    assert client.post(place, data=form | {"people": "Bu Sri, 3"}).status_code == 303
    assert client.post(place, data=form | {"count": "2"}).status_code == 303
    page = client.get(place).text
    assert "5 of 10 people are registered." in page
    assert "SDN 2 Bawen 2" in page
    pdf = client.get(f"{place}/tiket.pdf")
    assert pdf.mimetype == "application/pdf"
    text = text_of(pdf.data)
    assert "Bu Sri" in text
    assert "3 people" in text
    too_many = client.post(place, data=form | {"count": "6"})
    assert too_many.status_code == 409
    assert "may register 5 more people" in too_many.text


def test_a_wrong_code_is_told_and_not_tried_endlessly(client: FlaskClient, exhibition: Exhibition) -> None:
    token = csrf(client.get("/rombongan").text)
    answers = [client.post("/rombongan", data={"code": "GAAAA", "csrf_token": token}).status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]
    assert client.get("/rombongan/GAAAAAAAAAAA").status_code == 429


def test_strips_hold_any_name_and_fill_several_pages(
    exhibition: Exhibition, group: VisitorGroup, slot: slots.Slot
) -> None:
    register(group, slot, [ListedParty("#set [$ \\ *Siti*", 1)])
    [strip] = service.strips(group)
    pdf = sheet.pdf(exhibition, "SDN *2*", [strip] * 9)
    assert page_count(pdf) == 2
    assert "*Siti*" in text_of(pdf)


def test_the_desk_makes_changes_and_withdraws_a_group(
    organizer_client: FlaskClient, exhibition: Exhibition, slot: slots.Slot
) -> None:
    page = organizer_client.get("/desk/registrations/groups").text
    form = {"name": "RT 3", "contact_name": "Pak Tono", "contact_phone": "081234567891", "most_people": "30"}
    token = {"csrf_token": csrf(page)}
    assert organizer_client.post("/desk/registrations/groups", data=form | token).status_code == 303
    [counted] = service.groups(exhibition)
    assert (counted.group.contact_phone, counted.group.most_people) == ("+6281234567891", 30)
    register(counted.group, slot, PEOPLE)
    address = f"/desk/registrations/groups/{counted.group.id}"
    assert "Bu Sri" in organizer_client.get(address).text
    assert organizer_client.get(f"{address}/strips.pdf").mimetype == "application/pdf"
    assert organizer_client.post(address, data=token | {"most_people": "2001"}).status_code == 422
    assert organizer_client.post(address, data=token | {"most_people": "40"}).status_code == 303
    db.session.expire_all()
    assert not service.of_edition(exhibition, counted.group.id).is_open
    group_id = counted.group.id
    page = organizer_client.get(f"/desk/registrations/withdraw?group={group_id}").text
    answer = organizer_client.post(
        f"/desk/registrations/withdraw?group={group_id}", data={"csrf_token": csrf(page), "seen": "2"}
    )
    assert answer.status_code == 303
    run_jobs()
    assert issued(exhibition, slot) == 0


def test_withdrawing_a_group_leaves_the_others(exhibition: Exhibition, group: VisitorGroup, slot: slots.Slot) -> None:
    register(group, slot, PEOPLE)
    passes.register(Party(slot.id, "Ani", None, None, 2, "id"))
    withdraw(exhibition, RegistrationNarrowing(group=group.id), 2)
    assert issued(exhibition, slot) == 2


def test_the_desk_sees_who_holds_many(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    first, second = world.coming_slots(2)
    held = passes.register(Party(first.id, "Ani", None, "+6281234567892", 4, "id", origin="a" * 16))
    passes.register(Party(second.id, "Ani", None, "+6281234567892", 5, "id", origin="a" * 16), knows=held.manage_key)
    passes.register(Party(second.id, "Siti", "siti@example.com", None, 1, "id", origin="b" * 16))
    found = oversight.largest(exhibition)
    assert [(one.value, one.passes, one.people) for one in found.phones] == [("+6281234567892", 2, 9)]
    assert found.emails == []
    assert [(one.value, one.people) for one in found.networks] == [("a" * 16, 9)]
    assert "+6281234567892" in organizer_client.get("/desk/registrations/groups/holders").text


def test_online_registration_closes_without_the_gate(
    organizer_client: FlaskClient, exhibition: Exhibition, group: VisitorGroup, slot: slots.Slot
) -> None:
    token = {"csrf_token": csrf(organizer_client.get("/desk/registrations").text)}
    held = passes.register(Party(slot.id, "Budi", None, None, 1, "id"))
    assert organizer_client.post("/desk/registrations/groups/online", data=token | {"open": "no"}).status_code == 303
    assert refused(lambda: passes.register(Party(slot.id, "Siti", None, None, 1, "id"))) == "registration_closed"
    assert passes.register(Party(slot.id, "", None, None, 1, "id"), walk_in=True).party_size == 1
    assert passes.move(held.manage_key, world.coming_slots(2)[1].id).generation == 1
    assert register(group, slot, PEOPLE) == 2
    db.session.expire_all()
    visitor = organizer_client.application.test_client()
    assert 'name="party_size"' not in visitor.get("/daftar").text
    assert organizer_client.post("/desk/registrations/groups/online", data=token | {"open": "yes"}).status_code == 303
    passes.register(Party(slot.id, "Siti", None, None, 1, "id"))
    trail = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.online"))
    assert [entry.after for entry in trail] == [{"online_registration": False}, {"online_registration": True}]


def test_the_purge_erases_who_spoke_for_a_group(exhibition: Exhibition, group: VisitorGroup) -> None:
    privacy.purge(COMMAND_LINE, days=-1000)
    db.session.expire_all()
    row = db.session.get_one(VisitorGroup, group.id)
    assert (row.name, row.contact_name, row.contact_phone, row.is_open) == ("", "", None, False)
