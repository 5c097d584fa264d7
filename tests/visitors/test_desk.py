"""The desk's pages about slots and registrations, erasing contacts, and the demo's invented visitors."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.core.outbox import MailState, OutboxMail
from exhibition.core.sql import paging
from exhibition.core.sql.paging import BoundedCount
from exhibition.demo import visitors
from exhibition.venue.models import Exhibition
from exhibition.venue.rules import privacy_notices
from exhibition.visitors import privacy, rules, service, slots
from exhibition.visitors.listing import search, sought
from exhibition.visitors.listing.search import RegistrationOrder
from exhibition.visitors.listing.sought import Attending, RegistrationSearch, VisitorFilter
from exhibition.visitors.models import PassState, Registration, SlotState, TimeSlot, VisitorContact, VisitorPass
from exhibition.visitors.registration import random_values
from exhibition.visitors.registration.party import Issued, Party
from tests.fairs import the_fair


@pytest.fixture(autouse=True)
def fair(exhibition: Exhibition) -> None:
    """Every test here has the demo edition with one slot that is open now."""


def open_slot() -> slots.Slot:
    now = clock.now()
    return next(slot for slot in slots.of_edition(the_fair().id) if slot.status(now) is rules.SlotStatus.OPEN)


def register(name: str = "Siti Aminah", email: str | None = "siti@example.com", people: int = 3) -> Issued:
    return service.register(Party(open_slot().id, name, email, "+6281234567890", people, "en"))


def csrf(client: FlaskClient, address: str) -> str:
    return re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(address).text)[-1]


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_type.not_in(["user", "route"]))))


def change(client: FlaskClient, slot_id: int, **fields: str) -> int:
    address = f"/desk/slots/{slot_id}"
    data = {"csrf_token": csrf(client, address), "capacity": "80", "state": "open", "note": ""} | fields
    return client.post(address, data=data).status_code


def test_an_organizer_changes_a_slot_and_it_is_recorded(organizer_client: FlaskClient) -> None:
    slot = open_slot()
    assert change(organizer_client, slot.id, state="closed", note="Penyemprotan") == 303
    changed = slots.get(the_fair(), slot.id)
    assert (changed.capacity, changed.state, changed.note) == (80, SlotState.CLOSED, "Penyemprotan")
    assert actions() == ["exhibition.follow"]


def test_a_capacity_below_the_places_given_out_is_refused(organizer_client: FlaskClient) -> None:
    slot = open_slot()
    register(people=3)
    assert change(organizer_client, slot.id, capacity="2") == 409
    assert slots.get(the_fair(), slot.id).capacity == slot.capacity
    assert change(organizer_client, slot.id, capacity="3") == 303


def test_an_organizer_adds_a_slot_but_not_over_another(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    before = len(slots.of_edition(the_fair().id))
    day = exhibition.ends_on.isoformat()
    fields = {
        "csrf_token": csrf(organizer_client, "/desk/slots"),
        "starts_at": f"{day}T18:00",
        "ends_at": f"{day}T19:00",
        "capacity": "50",
        "note": "",
    }
    assert organizer_client.post("/desk/slots", data=fields).status_code == 422  # the fair is closed then
    fields["anyway"] = "y"
    assert organizer_client.post("/desk/slots", data=fields).status_code == 303
    assert organizer_client.post("/desk/slots", data=fields).status_code == 422
    assert organizer_client.post("/desk/slots", data=fields | {"ends_at": f"{day}T17:30"}).status_code == 422
    assert len(slots.of_edition(the_fair().id)) == before + 1


@pytest.mark.parametrize("words", ["aminah", "siti@EX", "7890", "0812-3456-7890", "reference", "code"])
def test_a_registration_is_found_by_what_people_read_out(words: str) -> None:
    wanted = register()
    service.register(Party(open_slot().id, "Budi", "budi@example.org", "+6285511122233", 1, "id"))
    words = {"reference": wanted.reference.lower(), "code": f"{wanted.code[:4]} {wanted.code[4:].lower()}"}.get(
        words, words
    )
    found = search.registrations(the_fair(), RegistrationSearch(sought.tidy(words)))
    assert [one.registration_id for one in found.page.items] == [wanted.registration_id]
    assert found.found == BoundedCount(1)


def test_the_list_shows_a_session_a_day_and_who_came(exhibition: Exhibition) -> None:
    expected, cancelled, came = (
        service.register(Party(open_slot().id, name, f"{name}@example.com", None, 2, "en"))
        for name in ("Adi", "Budi", "Citra")
    )
    service.cancel(cancelled.manage_key)
    row = db.session.scalars(select(VisitorPass).where(VisitorPass.registration_id == came.registration_id)).one()
    row.admitted = 1
    db.session.commit()
    slot = expected.slot

    def shown(wanted: VisitorFilter) -> set[int]:
        listing = search.registrations(the_fair(), RegistrationSearch(wanted=wanted))
        assert listing.found.number == len(listing.page.items)
        return {one.registration_id for one in listing.page.items}

    assert shown(VisitorFilter(attending=Attending.CAME)) == {came.registration_id}
    assert shown(VisitorFilter(attending=Attending.CANCELLED)) == {cancelled.registration_id}
    assert shown(VisitorFilter(attending=Attending.EXPECTED)) == {expected.registration_id}
    assert shown(VisitorFilter(attending=Attending.MISSED)) == set()
    assert shown(VisitorFilter(attending=Attending.LATE)) == {expected.registration_id}
    assert shown(VisitorFilter(attending=Attending.SHORT)) == set()
    with time_machine.travel(slot.ends_at + timedelta(minutes=1)):
        assert shown(VisitorFilter(attending=Attending.EXPECTED)) == set()
        assert shown(VisitorFilter(attending=Attending.MISSED)) == {expected.registration_id}
        assert shown(VisitorFilter(attending=Attending.LATE)) == set()
        assert shown(VisitorFilter(attending=Attending.SHORT)) == {came.registration_id}
    assert expected.registration_id in shown(VisitorFilter(slot_id=slot.id, walk_in=False))
    assert shown(VisitorFilter(walk_in=True)) == set()
    assert shown(VisitorFilter(day=exhibition.starts_on - timedelta(days=1))) == set()


@pytest.mark.parametrize("asked", ["day=x", "day=0001-01-01", "session=999999999999999", "attending=x", "walk_in=x"])
def test_a_filter_that_makes_no_sense_is_left_out(organizer_client: FlaskClient, asked: str) -> None:
    register()
    assert "Aminah" in organizer_client.get(f"/desk/registrations?{asked}").text


def test_a_long_list_is_paged(exhibition: Exhibition, organizer_client: FlaskClient) -> None:
    visitors.add(exhibition, 60)
    first, second = (search.registrations(the_fair(), number=number).page for number in (1, 2))
    assert (len(first.items), first.has_next, len(second.items), second.has_next) == (50, True, 10, False)
    assert "page=2" in organizer_client.get("/desk/registrations").text


@pytest.mark.parametrize("order", search.ORDERS)
def test_the_list_sorts_by_each_heading_both_ways_and_so_does_its_file(exhibition: Exhibition, order: str) -> None:
    visitors.add(exhibition, 70)
    both = []
    for backwards in (False, True):
        by = RegistrationOrder(order, backwards)
        pages = [search.registrations(exhibition, number=number, order=by) for number in (1, 2)]
        paged = [one for listing in pages for one in listing.page.items]
        assert len({one.reference for one in paged}) == len(paged) == 70
        assert [one.reference for one in search.lines(exhibition, RegistrationSearch(), by)] == [
            one.reference for one in paged
        ]
        both.append(paged)
    keys: dict[str, Callable[[search.FoundRegistration], Any]] = {
        search.REFERENCE: lambda one: one.reference,
        search.SESSION: lambda one: one.starts_at,
        search.PEOPLE: lambda one: one.party_size,
        search.NEWEST: lambda one: -one.registration_id,
    }
    if order in keys:
        forwards, backwards_keys = ([keys[order](one) for one in paged] for paged in both)
        assert forwards == sorted(forwards)
        assert backwards_keys == sorted(backwards_keys, reverse=True)


def test_more_than_are_counted_are_only_sorted_along_an_index(
    exhibition: Exhibition, organizer_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitors.add(exhibition, 12)
    monkeypatch.setattr(paging, "MOST_COUNTED", 10)
    monkeypatch.setattr(search, "PAGE_SIZE", 5)
    assert search.registrations(exhibition, order=RegistrationOrder(search.NAME)).order == RegistrationOrder()
    assert search.registrations(exhibition, order=RegistrationOrder(search.REFERENCE)).order.column == "reference"
    page = organizer_client.get("/desk/registrations?lang=en&order=name").text
    assert "More than 10 registrations" in page
    assert 'class="sorts" href="/desk/registrations?order=reference"' in page
    assert 'class="sorts" href="/desk/registrations?order=name"' not in page
    named = search.registrations(exhibition, RegistrationSearch("a"), order=RegistrationOrder(search.NAME))
    assert (named.found, named.order.column) == (BoundedCount(5, more=True), search.NEWEST)


def test_the_file_holds_what_is_shown_and_names_people_for_a_reason_only(organizer_client: FlaskClient) -> None:
    register()
    service.register(Party(open_slot().id, "Budi", "budi@example.org", None, 1, "id"))
    address = "/desk/registrations/file?q=aminah"
    token = {"csrf_token": csrf(organizer_client, "/desk/registrations?lang=en"), "kind": "csv"}
    refused = organizer_client.post(address, data=token)
    assert refused.status_code == 422
    assert 'data-code="reason_missing"' in refused.text
    named = organizer_client.post(address, data=token | {"reason": "illness"}).data.decode("utf-8-sig").splitlines()
    assert named[0] == "Reference,Name,Session,Party size,State,Contact"
    assert len(named) == 2
    assert "Siti Aminah" in named[1]
    assert "si…@example.com, …7890" in named[1]
    nameless = organizer_client.post(f"{address}&column=party_size&column=walk_in", data=token)
    assert nameless.data.decode("utf-8-sig").splitlines()[0] == "Reference,Party size,Walk-in"
    assert organizer_client.post(address, data=token | {"kind": "exe"}).status_code == 404
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "export.make").order_by(AuditEntry.id))
    reasons = [(entry.after or {}).get("reason") for entry in entries]
    assert reasons == ["illness", None]


@pytest.mark.parametrize(
    ("state", "word"), [("queued", "waiting"), ("sent", "sent"), ("failed", "given up"), ("dropped", "not needed")]
)
def test_the_desk_shows_what_became_of_each_mail(organizer_client: FlaskClient, state: str, word: str) -> None:
    issued = register()
    mail = db.session.scalars(select(OutboxMail)).one()
    mail.state, mail.last_error = MailState(state), "no such person here"
    db.session.add(OutboxMail(kind="account.invitation", about_id=issued.registration_id, last_error="not theirs"))
    db.session.commit()
    page = organizer_client.get(f"/desk/registrations/{issued.registration_id}?lang=en").text
    mails = page.split("<h2>Mails</h2>")[1]
    assert word in mails
    assert "(no such person here)" in mails
    assert "not theirs" not in mails


def test_the_desk_sends_a_pass_again_and_withdraws_it(organizer_client: FlaskClient) -> None:
    issued = register()
    address = f"/desk/registrations/{issued.registration_id}"
    token = {"csrf_token": csrf(organizer_client, address)}
    assert organizer_client.post(f"{address}/mail", data=token).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 2
    assert organizer_client.post(f"{address}/revoke", data=token).status_code == 303
    assert service.get(issued.registration_id).state is PassState.REVOKED
    assert actions() == ["pass.revoke"]


@pytest.mark.parametrize("address", ["/desk/slots", "/desk/registrations", "/desk/registrations/1"])
def test_the_desk_is_for_organizers(client: FlaskClient, address: str) -> None:
    register()
    assert client.get(address).status_code == 302


def test_contacts_are_erased_when_their_time_is_over_and_counts_stay(exhibition: Exhibition) -> None:
    register()
    last_day = exhibition.ends_on + timedelta(days=exhibition.retention_days)
    with time_machine.travel(f"{last_day}T12:00:00Z", tick=False):
        assert privacy.purge(COMMAND_LINE) == []
    with time_machine.travel(f"{last_day + timedelta(days=1)}T00:00:00Z", tick=False):
        [dry] = privacy.purge(COMMAND_LINE, dry_run=True)
        assert dry.contacts == 1
        assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 1
        assert db.session.scalar(select(func.count()).select_from(VisitorContact)) == 1
        [erased] = privacy.purge(COMMAND_LINE)
        assert erased.contacts == 1
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 0
    assert db.session.scalar(select(func.count()).select_from(VisitorContact)) == 0
    assert db.session.scalar(select(func.sum(VisitorPass.party_size))) == 3
    assert db.session.scalar(select(func.sum(TimeSlot.issued))) == 3


def test_an_erased_registration_still_has_its_pages(organizer_client: FlaskClient) -> None:
    issued = register()
    privacy.purge(COMMAND_LINE, days=0)
    with time_machine.travel(clock.now() + timedelta(days=90), tick=False):
        privacy.purge(COMMAND_LINE)
    assert organizer_client.get(f"/p/{issued.manage_key}").status_code == 200
    assert organizer_client.get(f"/desk/registrations/{issued.registration_id}").status_code == 200


def test_the_purge_command_says_what_it_did(app: Flask) -> None:
    register()
    with time_machine.travel(date(2099, 1, 1).isoformat(), tick=False):
        run = app.test_cli_runner().invoke(args=["privacy", "purge", "--days", "0"])
    assert run.exit_code == 0
    assert "Erased 1 contacts of Pameran Produk UMKM Kabupaten Semarang." in run.output


def test_invented_visitors_never_go_above_a_slots_capacity(exhibition: Exhibition) -> None:
    places = sum(
        slot.remaining for slot in slots.of_edition(the_fair().id) if not slot.is_closed_by_round(slot.starts_at)
    )
    count = places - 40
    people = visitors.add(exhibition, count)
    assert count <= people <= places
    assert db.session.scalar(select(func.sum(VisitorPass.party_size))) == people
    assert db.session.scalar(select(func.sum(TimeSlot.issued))) == people
    with pytest.raises(Refused, match="not_enough_places"):
        visitors.add(exhibition, places)


def test_a_consent_keeps_version_and_language_of_the_notice_that_the_page_shows(
    exhibition: Exhibition, client: FlaskClient
) -> None:
    issued = register()
    kept = db.session.get_one(Registration, issued.registration_id).consent_notice
    assert kept == f"{privacy_notices.LATEST.isoformat()} {issued.locale}"
    page = client.get("/privasi?lang=en").text
    assert "Version of" in page
    assert exhibition.contact_email in page


def test_invented_visitors_whose_random_references_are_the_same_get_others(
    exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = iter(["AAAAAA", "AAAAAA", "BBBBBB"])
    made = random_values._random_text
    monkeypatch.setattr(
        random_values,
        "_random_text",
        lambda alphabet, length: next(texts) if length == rules.REFERENCE_LENGTH else made(alphabet, length),
    )
    rows = visitors.registrations(exhibition, [clock.now()] * 2)
    assert [row["reference"] for row in rows] == ["SMR-AAAAAA", "SMR-BBBBBB"]
