"""The line in front of registration: tickets, their order over several processes, and what follows when called."""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.serving.requests import WAITING
from exhibition.venue.models import Exhibition
from exhibition.visitors import service, slots
from exhibition.visitors.models import Registration, RushSecond, TimeSlot, VisitorContact
from exhibition.visitors.registration.party import Party
from exhibition.visitors.rush import tickets
from exhibition.visitors.rush.line import BUSY_FROM, LASTS_S, Rush
from exhibition.visitors.rush.tickets import Ticket
from exhibition.visitors.web import crowds
from tests.fairs import the_fair

BUSY, CALM = {WAITING: BUSY_FROM}, {WAITING: 0}


@pytest.fixture(autouse=True)
def hour(app: Flask, exhibition: Exhibition) -> Iterator[time_machine.Traveller]:
    """The time stands still, in the middle of a second, unless a test moves it; no line is remembered."""
    app.extensions[crowds.EXTENSION] = Rush(per_second=200)
    with time_machine.travel(clock.now().replace(microsecond=500_000), tick=False) as traveller:
        yield traveller


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    made = app.test_client()
    made.set_cookie("locale", "en")
    return made


def open_slot() -> slots.Slot:
    return next(slot for slot in slots.of_edition(the_fair().id) if slot.starts_at > clock.now() and slot.remaining > 9)


def fields(number: int = 0) -> dict[str, str]:
    return {
        "slot_id": str(open_slot().id),
        "name": f"Siti {number}",
        "phone": f"08127777{number:04}",
        "party_size": "3",
        "consent": "y",
    }


def party(number: int = 0) -> Party:
    return Party(open_slot().id, f"Siti {number}", None, f"+628127777{number:04}", 3, "en")


def send(client: FlaskClient, number: int, waiting: dict[str, int]) -> TestResponse:
    return client.post("/daftar", data=fields(number), environ_overrides=waiting)


def people() -> int:
    return db.session.execute(select(func.count()).select_from(Registration)).scalar_one()


def test_without_a_crowd_nobody_stands_in_line(client: FlaskClient) -> None:
    for number, waiting in enumerate(({}, CALM, {WAITING: BUSY_FROM - 1})):
        assert "/p/" in send(client, number, waiting).headers["Location"]


def test_in_a_crowd_a_form_gets_a_place_and_later_its_pass(client: FlaskClient, hour: time_machine.Traveller) -> None:
    answer = send(client, 0, BUSY)
    assert answer.status_code == 303
    place = answer.headers["Location"]
    assert place.startswith("/antrean/")
    assert "Siti" not in place
    assert people() == 0
    hour.shift(1)
    page = client.get(place, environ_overrides=BUSY)
    assert page.status_code == 200
    assert "1 party is called before you" in page.text
    assert int(page.headers["Refresh"]) >= 3
    assert page.headers["Cache-Control"] == "no-store"
    for _step in range(4):
        hour.shift(1)
        page = client.get(place, environ_overrides=CALM)
    assert page.status_code == 303
    assert client.get(page.headers["Location"]).text.count('data-testid="pass-qr"') == 1
    assert client.get(place, environ_overrides=CALM).headers["Location"] == page.headers["Location"]
    assert people() == 1


def test_whoever_comes_while_others_wait_stands_behind_them(client: FlaskClient, hour: time_machine.Traveller) -> None:
    first = send(client, 0, BUSY).headers["Location"]
    hour.shift(1.2)
    second = send(client, 1, CALM).headers["Location"]
    assert second.startswith("/antrean/")
    hour.shift(0.2)
    befores = [
        re.search(r'data-before="(\d+)"', client.get(place, environ_overrides=BUSY).text) for place in (first, second)
    ]
    assert all(befores)
    for _step in range(6):
        hour.shift(1)
        client.get(second, environ_overrides=CALM)
    assert "/p/" in send(client, 2, CALM).headers["Location"], "the line is over"


def test_two_processes_keep_one_line_and_call_in_the_order_of_joining(
    exhibition: Exhibition, hour: time_machine.Traveller
) -> None:
    processes = [Rush(per_second=10) for _ in range(2)]
    joined: list[Ticket] = []
    for number in range(60):
        ticket = processes[number % 2].join(party(number), "", waiting=BUSY_FROM)
        assert ticket is not None
        joined.append(ticket)
        hour.shift(0.1)
    called: list[int] = []
    for _second in range(40):
        hour.shift(1)
        for process in processes:
            ahead = [process.before(ticket, waiting=0) for ticket in joined]
            assert ahead == sorted(ahead)
            called.append(ahead.count(0))
    assert called == sorted(called)
    assert max(after - earlier for earlier, after in pairwise(called)) <= 15
    assert called[-1] == 60
    assert db.session.scalars(select(RushSecond)).all() == []


def test_fewer_are_called_while_the_servers_are_busy(exhibition: Exhibition, hour: time_machine.Traveller) -> None:
    def seconds_of_a_line(waiting: int) -> int:
        process = Rush(per_second=20)
        last = [process.join(party(number), "", waiting=BUSY_FROM) for number in range(100)][-1]
        assert last is not None
        seconds = 0
        while process.before(last, waiting=waiting):
            hour.shift(1)
            seconds += 1
        hour.shift(10)
        process.before(last, waiting=0)
        return seconds

    calm, busy = seconds_of_a_line(0), seconds_of_a_line(BUSY_FROM)
    assert 3 <= calm <= 7, "half of them are before the middle of their second"
    assert 9 <= busy <= 16


def test_a_ticket_makes_one_pass_however_often_and_late_it_is_shown(
    client: FlaskClient, hour: time_machine.Traveller
) -> None:
    """Also without cookies, a contact, or a pass that is still valid: browsers open pages again by themselves."""
    answer = client.post("/daftar", data=fields() | {"phone": ""}, environ_overrides=BUSY)
    place = answer.headers["Location"]
    for _step in range(5):
        hour.shift(1)
        answer = client.get(place, environ_overrides=CALM)
    made = answer.headers["Location"]
    service.cancel(made.rpartition("/")[2])
    hour.shift(timedelta(minutes=20))
    client.delete_cookie("session")
    assert client.get(place, environ_overrides=CALM).headers["Location"] == made
    assert people() == 1


def test_a_party_whose_process_ended_before_it_told_of_it_is_called(
    exhibition: Exhibition, hour: time_machine.Traveller
) -> None:
    ticket = Rush(per_second=200).join(party(), "", waiting=BUSY_FROM)
    assert ticket is not None
    other = Rush(per_second=200)
    assert other.before(ticket, waiting=0) == 1
    hour.shift(4)
    assert other.before(ticket, waiting=0) == 0


def test_a_new_rush_does_not_remember_how_slowly_the_last_one_ended(
    exhibition: Exhibition, hour: time_machine.Traveller
) -> None:
    process = Rush(per_second=200)
    first = process.join(party(), "", waiting=BUSY_FROM)
    assert first is not None
    for _second in range(20):
        hour.shift(1)
        process.before(first, waiting=0)
    assert process.seconds_for(200) == 1


@transaction
def fill(slot_id: int) -> None:
    db.session.get_one(TimeSlot, slot_id).capacity = 0


def test_a_session_that_is_full_by_then_shows_the_form_as_it_was_filled_in(
    client: FlaskClient, hour: time_machine.Traveller
) -> None:
    place = send(client, 7, BUSY).headers["Location"]
    fill(int(fields()["slot_id"]))
    hour.shift(2)
    client.get(place, environ_overrides=CALM)
    hour.shift(2)
    page = client.get(place, environ_overrides=CALM)
    assert page.status_code == 409
    assert 'value="Siti 7"' in page.text
    assert re.search(r'<input[^>]*checked[^>]*name="consent"', page.text)
    assert re.search(r'<button type="submit"[^>]* name="slot_id"', page.text)


def test_a_ticket_is_over_after_half_an_hour(client: FlaskClient, hour: time_machine.Traveller) -> None:
    place = send(client, 0, BUSY).headers["Location"]
    hour.shift(LASTS_S + 60)
    client.get(place, environ_overrides=CALM)
    hour.shift(timedelta(seconds=5))
    page = client.get(place, environ_overrides=CALM)
    assert page.status_code == 409
    assert "Send the form again" in page.text
    assert people() == 0


@pytest.mark.parametrize("change", ["", "A", "%C3%A9", "x" * 5000])
def test_a_ticket_that_was_changed_is_none(client: FlaskClient, change: str) -> None:
    place = send(client, 0, BUSY).headers["Location"]
    assert client.get(f"/antrean/{change or place[9:-4] + 'AAAA'}", environ_overrides=CALM).status_code == 404


def test_a_ticket_of_another_installation_is_none(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = tickets.seal(Ticket(party(), 0.0, ""))
    mine = tickets.read(sealed)
    assert mine is not None
    assert mine.party == party()
    monkeypatch.setitem(app.config, "SECRET_KEY", "another")
    assert tickets.read(sealed) is None


def test_calls_keep_their_place_with_the_ticket(client: FlaskClient, hour: time_machine.Traveller) -> None:
    body = fields() | {"slot_id": open_slot().id, "party_size": 3, "consent": True}
    address = "/api/v1/registrations"
    answer = client.post(address, json=body, environ_overrides=BUSY)
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["code"] == "in_line"
    assert answer.json["retry_after"] == 1
    body["ticket"] = answer.json["ticket"]
    for wrong in ({"name": "Another"}, {"ticket": "made-up"}):
        other = client.post(address, json=body | wrong, environ_overrides=CALM)
        assert (other.status_code, other.json and other.json["field"]) == (422, "ticket")
    for _step in range(5):
        hour.shift(1)
        answer = client.post(address, json=body, environ_overrides=CALM)
        if answer.status_code != 503:
            break
    assert answer.status_code == 201
    assert db.session.scalars(select(VisitorContact.name)).all() == ["Siti 0"]
