"""Walk-ins: a pass at once, from free places only, once for each nonce."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import Registration, SlotState, TimeSlot, VisitorContact
from tests.gate import world


def walk_in(client: FlaskClient, device: str, **body: Any) -> TestResponse:
    body = {"nonce": "w1", "party_size": 2} | body
    return client.post("/api/v1/gate/walk-ins", json=body, headers={"Authorization": f"Bearer {device}"})


@transaction
def change_slot(slot_id: int, **values: Any) -> None:
    db.session.execute(update(TimeSlot).where(TimeSlot.id == slot_id).values(**values))


@transaction
def ask_for_names(exhibition_id: int) -> None:
    db.session.execute(update(Exhibition).where(Exhibition.id == exhibition_id).values(walk_in_name_required=True))


def issued(slot_id: int) -> int:
    db.session.rollback()
    return db.session.execute(select(TimeSlot.issued).where(TimeSlot.id == slot_id)).scalar_one()


def test_walk_in_gets_a_pass_that_lets_the_party_in(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    slot_id = world.open_slot(exhibition.id).id
    before = issued(slot_id)
    answer = walk_in(client, device)
    assert answer.status_code == 201
    made = answer.get_json()
    assert issued(slot_id) == before + 2
    assert client.get(made["qr_url"]).mimetype == "image/png"
    entry = world.send(client, device, token=made["pass"]["token"]).get_json()
    assert (entry["verdict"], entry["people"]) == ("accepted", 2)


def test_walk_in_without_a_name_keeps_no_contact(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    before = db.session.scalar(select(func.count()).select_from(VisitorContact))
    walk_in(client, device)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(VisitorContact)) == before
    assert db.session.scalars(select(Registration).where(Registration.walk_in)).one().reference


def test_walk_in_sent_twice_makes_one_pass(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    slot_id = world.open_slot(exhibition.id).id
    first, before = walk_in(client, device).get_json(), issued(slot_id)
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        assert walk_in(client, device).get_json()["reference"] == first["reference"]
    assert walk_in(client, device, party_size=3).get_json()["code"] == "nonce_used"
    assert issued(slot_id) == before


def test_walk_in_is_refused_when_fewer_places_are_free(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    slot_id = world.open_slot(exhibition.id).id
    change_slot(slot_id, capacity=TimeSlot.issued + 1)
    before = issued(slot_id)
    answer = walk_in(client, device)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "slot_full")
    assert issued(slot_id) == before
    assert walk_in(client, device, nonce="w2", party_size=1).status_code == 201


def test_walk_in_is_refused_while_the_slot_is_closed(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    change_slot(world.open_slot(exhibition.id).id, state=SlotState.CLOSED)
    assert walk_in(client, device).get_json()["code"] == "slot_closed"


def test_walk_in_is_refused_when_no_slot_runs(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    with time_machine.travel(clock.now() + timedelta(days=60), tick=False):
        assert walk_in(client, device).get_json()["code"] == "no_slot_now"


def test_walk_in_needs_a_name_where_the_edition_asks_for_it(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    ask_for_names(exhibition.id)
    answer = walk_in(client, device)
    assert (answer.status_code, answer.get_json()["field"]) == (422, "name")
    assert walk_in(client, device, name="Bu Tutik").status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"nonce": ""}, "nonce"),
        ({"nonce": 3}, "nonce"),
        ({"party_size": 0}, "party_size"),
        ({"party_size": 11}, "party_size"),
        ({"party_size": "2"}, "party_size"),
        ({"party_size": None}, "party_size"),
        ({"name": ""}, "name"),
        ({"name": "x" * 200}, "name"),
        ({"name": "\u202eevil"}, "name"),
        ({"slot_id": 1}, "slot_id"),
    ],
)
def test_walk_in_names_the_wrong_field(
    client: FlaskClient, exhibition: Exhibition, device: str, body: dict[str, Any], field: str
) -> None:
    answer = walk_in(client, device, **body)
    assert (answer.status_code, answer.get_json()["field"]) == (422, field)
    assert db.session.scalars(select(Registration).where(Registration.walk_in)).all() == []
