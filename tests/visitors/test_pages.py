"""The visitors' pages: the front page, registering without a script, the pass and its acts."""

import gzip
import io
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import refresh
from icalendar import Calendar
from PIL import Image
from sqlalchemy import func, select

from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.ids import LARGEST_ID
from exhibition.core.outbox import OutboxMail
from exhibition.venue.models import Exhibition
from exhibition.visitors import keys, rules, service, slots, tokens
from exhibition.visitors.models import PassState, Registration, TimeSlot, VisitorContact, VisitorPass
from exhibition.visitors.registration.party import Issued, Party
from exhibition.visitors.rules import LAST_GENERATION
from tests.fairs import the_fair


@pytest.fixture(autouse=True)
def fair(exhibition: Exhibition) -> None:
    """Every test here has the demo edition with one slot that is open now."""


@pytest.fixture
def english(client: FlaskClient) -> FlaskClient:
    client.set_cookie("locale", "en")
    return client


def open_slots() -> list[slots.Slot]:
    now = clock.now()
    return [slot for slot in slots.of_edition(the_fair().id) if slot.status(now) is rules.SlotStatus.OPEN]


def register(people: int = 3, position: int = 0) -> Issued:
    party = Party(open_slots()[position].id, "Siti Aminah", None, None, people, "en")
    return service.register(party)


def csrf(client: FlaskClient, address: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(address).text)
    assert found is not None
    return found[1]


def form_fields() -> dict[str, str]:
    return {"slot_id": str(open_slots()[0].id), "name": "Siti", "party_size": "3", "consent": "y"}


@transaction
def set_capacity(slot_id: int, capacity: int) -> None:
    db.session.get_one(TimeSlot, slot_id).capacity = capacity


def test_the_front_page_says_when_there_is_room(english: FlaskClient) -> None:
    slot = open_slots()[0]
    register(people=3)
    page = english.get("/").text
    marks = f'data-testid="slot" data-slot-id="{slot.id}" data-remaining="{slot.remaining - 3}" data-state="open"'
    assert marks in page
    assert f"{slot.remaining - 3} places left" in page
    assert "Batik Serasi" in page


def test_the_slots_can_be_asked_for_alone(client: FlaskClient) -> None:
    part = client.get("/?part=slots").text
    assert "<html" not in part
    assert part.count('data-testid="slot"') == len(slots.of_edition(the_fair().id))


@pytest.mark.usefixtures("cached")
def test_the_front_page_is_kept_for_a_moment_and_not_sent_twice(client: FlaskClient) -> None:
    first = client.get("/", headers={"Accept-Encoding": "gzip"})
    register()
    second = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert first.data == second.data
    assert b"<html" in gzip.decompress(second.data)
    again = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.usefixtures("cached")
def test_each_language_has_its_own_copy_of_the_front_page(app: Flask, client: FlaskClient) -> None:
    assert 'lang="id"' in client.get("/").text
    client.set_cookie("locale", "en")
    refresh()  # the test's application context outlives the request, and with it the language
    assert '<html lang="en">' in client.get("/").text


@pytest.mark.usefixtures("cached")
def test_the_page_of_somebody_signed_in_is_not_kept(organizer_client: FlaskClient) -> None:
    answer = organizer_client.get("/")
    assert answer.headers["Cache-Control"] == "no-store"


def test_registering_leads_to_the_pass(client: FlaskClient) -> None:
    answer = client.post("/daftar", data=form_fields() | {"phone": "0812-3456-7890", "email": "s@example.com"})
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"])
    assert 'data-testid="pass-qr"' in page.text
    assert db.session.scalars(select(VisitorContact.phone)).one() == "+6281234567890"


def test_sending_the_form_twice_is_one_registration(client: FlaskClient) -> None:
    fields = form_fields()
    first, second = (client.post("/daftar", data=fields).headers["Location"] for _ in range(2))
    assert first == second
    corrected = client.post("/daftar", data=fields | {"name": "Siti Aminah"}).headers["Location"]
    assert corrected != first
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 2


def test_an_error_keeps_what_was_typed(client: FlaskClient) -> None:
    fields = form_fields() | {"name": "Siti Aminah", "party_size": "4", "email": "nonsense"}
    page = client.post("/daftar", data=fields).text
    assert 'value="Siti Aminah"' in page
    assert 'value="nonsense"' in page
    assert re.search(r'<option selected value="4"', page)
    assert re.search(rf'<input type="radio" name="slot_id" value="{fields["slot_id"]}" checked', page)


def test_the_form_is_the_same_bytes_for_everybody_and_may_be_kept_by_a_cache_in_front(app: Flask) -> None:
    slot = open_slots()[1]
    answers = [app.test_client().get("/daftar", query_string={"slot_id": slot.id}) for _ in range(2)]
    assert answers[0].data == answers[1].data
    assert f'value="{slot.id}" checked' in answers[0].text
    for answer in answers:
        assert answer.headers["Cache-Control"].startswith("public, max-age=0, s-maxage=")
        assert answer.headers.getlist("Set-Cookie") == []
    for sent in (form_fields(), {}):
        assert app.test_client().post("/daftar", data=sent).headers["Cache-Control"] == "no-store"


@transaction
def live_in(exhibition: Exhibition, timezone: str) -> None:
    db.session.merge(exhibition).timezone = timezone


@pytest.mark.parametrize("address", ["/", "/daftar"])
def test_times_are_those_of_the_fairs_zone(english: FlaskClient, exhibition: Exhibition, address: str) -> None:
    live_in(exhibition, "Asia/Jayapura")
    slot = open_slots()[0]
    _before, _mark, shown = english.get(address).text.partition(f'data-slot-id="{slot.id}"')
    hours = re.search(r"[0-9]{2}:[0-9]{2}", shown)
    assert hours is not None
    assert hours[0] == f"{slot.starts_at.astimezone(ZoneInfo('Asia/Jayapura')):%H:%M}"


def test_a_full_slot_says_what_is_free_next(english: FlaskClient) -> None:
    fields = form_fields()
    set_capacity(int(fields["slot_id"]), 2)
    answer = english.post("/daftar", data=fields)
    assert answer.status_code == 409
    assert "Only 2 places are left in this session." in answer.text
    free = re.findall(r'<button type="submit"[^>]* name="slot_id" value="(\d+)" form="registration">', answer.text)
    assert len(free) == 3
    instead = english.post("/daftar", data=fields | {"slot_id": free[0]})
    assert instead.status_code == 303


def test_the_slot_of_the_address_is_chosen_and_a_full_one_cannot_be(client: FlaskClient) -> None:
    chosen, full = open_slots()[:2]
    set_capacity(full.id, 0)
    page = client.get(f"/daftar?slot_id={chosen.id}").text
    assert re.search(rf'<input type="radio" name="slot_id" value="{chosen.id}" checked>', page)
    assert re.search(rf'<input type="radio" name="slot_id" value="{full.id}" disabled>', page)


def test_the_pass_page_keeps_its_address_secret(client: FlaskClient) -> None:
    answer = client.get(f"/p/{register().manage_key}")
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]


def test_the_picture_holds_the_token(client: FlaskClient) -> None:
    issued = register()
    picture = client.get(f"/p/{issued.manage_key}/qr.png")
    [read] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.data)))
    assert tokens.decode(read.text, keys.public_keys()).pass_id == issued.pass_id


def test_the_calendar_entry_has_the_hours_of_the_slot(client: FlaskClient) -> None:
    issued = register()
    calendar = Calendar.from_ical(client.get(f"/p/{issued.manage_key}/calendar.ics").data)
    assert isinstance(calendar, Calendar)
    assert [(event.start, event.end) for event in calendar.events] == [(issued.slot.starts_at, issued.slot.ends_at)]


def test_a_party_moves_itself_and_is_told_that_the_old_qr_is_gone(english: FlaskClient) -> None:
    issued = register()
    target = open_slots()[1]
    address = f"/p/{issued.manage_key}"
    answer = english.post(f"{address}/move", data={"csrf_token": csrf(english, address), "slot_id": str(target.id)})
    assert answer.status_code == 303
    assert "older QR codes no longer work" in english.get(address).text
    assert service.find(issued.manage_key).slot.id == target.id


def test_a_move_into_a_full_slot_is_refused_at_the_field(client: FlaskClient) -> None:
    issued = register()
    target = open_slots()[1]
    set_capacity(target.id, 1)
    address = f"/p/{issued.manage_key}"
    answer = client.post(f"{address}/move", data={"csrf_token": csrf(client, address), "slot_id": str(target.id)})
    assert answer.status_code == 409
    assert 'id="slot_id-error"' in answer.text


def test_a_cancelled_pass_shows_no_qr(english: FlaskClient) -> None:
    issued = register()
    address = f"/p/{issued.manage_key}"
    answer = english.post(f"{address}/cancel", data={"csrf_token": csrf(english, address)})
    assert answer.status_code == 303
    page = english.get(address).text
    assert 'data-testid="pass-qr"' not in page
    assert "Cancelled" in page
    assert english.get(f"{address}/qr.png").status_code == 409


def test_cancelling_needs_the_csrf_token(client: FlaskClient) -> None:
    issued = register()
    assert client.post(f"/p/{issued.manage_key}/cancel").status_code == 400
    assert service.find(issued.manage_key).state is PassState.VALID


def test_a_used_pass_says_how_many_came_and_offers_no_change(english: FlaskClient) -> None:
    issued = register(people=4)

    @transaction
    def admit() -> None:
        db.session.get_one(VisitorPass, issued.pass_id).admitted = 2

    admit()
    page = english.get(f"/p/{issued.manage_key}").text
    assert "2 of 4 let in" in page
    assert "/move" not in page


def test_a_pass_moved_too_often_offers_to_cancel_but_not_to_move(english: FlaskClient) -> None:
    issued = register()

    @transaction
    def wear_out() -> None:
        db.session.get_one(VisitorPass, issued.pass_id).generation = LAST_GENERATION

    wear_out()
    page = english.get(f"/p/{issued.manage_key}").text
    assert "/move" not in page
    assert "/cancel" in page


def test_the_pass_can_be_mailed_but_not_endlessly(client: FlaskClient) -> None:
    issued = register()
    address = f"/p/{issued.manage_key}"
    token = csrf(client, address)
    data = {"csrf_token": token, "email": "siti@example.com"}
    statuses = [client.post(f"{address}/mail", data=data).status_code for _ in range(4)]
    assert statuses == [303, 303, 303, 429]
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 3


def test_mailing_to_nonsense_is_refused_at_the_field(client: FlaskClient) -> None:
    address = f"/p/{register().manage_key}"
    answer = client.post(f"{address}/mail", data={"csrf_token": csrf(client, address), "email": "nonsense"})
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text


def test_registrations_from_one_address_are_limited_generously(client: FlaskClient) -> None:
    body = {"slot_id": LARGEST_ID, "name": "Siti", "party_size": 1, "consent": True}
    statuses = [client.post("/api/v1/registrations", json=body).status_code for _ in range(130)]
    assert set(statuses[:100]) == {422}
    assert statuses[-1] == 429


def test_privacy_names_the_day_of_erasure(english: FlaskClient, exhibition: Exhibition) -> None:
    day = exhibition.ends_on + timedelta(days=exhibition.retention_days + 1)
    assert f"{day.day} {day:%B} {day.year}" in english.get("/privasi").text
