"""Undo of the last scan: a new row, true counters, once, for five minutes, by the same device."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from exhibition.core import clock
from exhibition.gate.verification import verify_counters
from exhibition.venue.models import Exhibition
from tests.gate import world


def undo(client: FlaskClient, device: str, **body: Any) -> TestResponse:
    body = {"nonce": "u1", "undoes": "n1"} | body
    return client.post("/api/v1/gate/scans/undo", json=body, headers={"Authorization": f"Bearer {device}"})


def test_undo_of_an_entry_lets_the_party_enter_again(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    issued = world.issue(exhibition.id, party_size=3)
    world.send(client, device, nonce="n1", token=issued.token, people=2)
    answer = undo(client, device).get_json()
    assert answer["pass"] == {"party_size": 3, "inside": 0, "admitted": 0}
    assert answer["occupancy"]["inside"] == 0
    assert world.hall(exhibition.id)[0] == 0
    assert [scan.undoes_id for scan in world.scans()] == [None, world.scans()[0].id]
    assert verify_counters() == []
    again = world.send(client, device, nonce="n2", token=issued.token).get_json()
    assert (again["verdict"], again["people"]) == ("accepted", 3)
    assert verify_counters() == []


def test_undo_of_an_exit_brings_the_people_back(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    issued = world.issue(exhibition.id, party_size=2)
    world.send(client, device, nonce="n0", token=issued.token)
    world.send(client, device, nonce="n1", token=issued.token, direction="exit")
    assert undo(client, device).status_code == 200
    assert world.pass_counts(issued.id) == (2, 2)
    assert world.hall(exhibition.id)[0] == 2
    assert verify_counters() == []


def test_undo_sent_twice_counts_once(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    world.send(client, device, nonce="n1", token=world.issue(exhibition.id).token)
    first, second = undo(client, device), undo(client, device)
    assert first.get_json() == second.get_json()
    assert undo(client, device, nonce="u2").get_json()["code"] == "undo_done"
    assert len(world.scans()) == 2


def test_undo_takes_only_the_last_scan_of_the_same_device(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    other = world.enrol(exhibition, "B", "Tablet")
    world.send(client, device, nonce="n1", token=world.issue(exhibition.id).token)
    assert undo(client, other).get_json()["code"] == "undo_not_last"
    world.send(client, device, nonce="n2", token=world.issue(exhibition.id).token)
    assert undo(client, device).get_json()["code"] == "undo_not_last"
    assert world.hall(exhibition.id)[0] == 2


def test_undo_ends_after_five_minutes(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    world.send(client, device, nonce="n1", token=world.issue(exhibition.id).token)
    with time_machine.travel(clock.now() + timedelta(minutes=5, seconds=1), tick=False):
        answer = undo(client, device)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "undo_too_late")
    assert world.hall(exhibition.id)[0] == 1


def test_undo_refuses_an_entry_whose_people_have_left(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    issued = world.issue(exhibition.id)
    world.send(client, device, nonce="n1", token=issued.token)
    world.send(client, world.enrol(exhibition, "B", "Tablet"), token=issued.token, direction="exit")
    assert undo(client, device).get_json()["code"] == "undo_has_left"
    assert world.pass_counts(issued.id) == (1, 0)
    assert verify_counters() == []


def test_undo_of_a_double_entry_leaves_the_other_entry(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id)
    world.send(client, world.enrol(exhibition, "B", "Tablet"), token=issued.token)
    world.send_batch(client, device, world.offline(issued, nonce="n1"))
    assert undo(client, device).status_code == 200
    assert world.pass_counts(issued.id) == (1, 1)
    assert world.hall(exhibition.id)[0] == 1
    assert verify_counters() == []


def test_undone_scan_stays_undone_when_its_batch_comes_again(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id)
    decision = world.offline(issued, nonce="n1")
    world.send_batch(client, device, decision)
    undo(client, device)
    world.send_batch(client, device, decision)
    world.send_batch(client, device, decision | {"verdict": "refused", "code": "too_late", "people": 0})
    assert world.pass_counts(issued.id) == (0, 0)
    assert verify_counters() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"nonce": ""}, "nonce"),
        ({"nonce": "n" * 65}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"undoes": 7}, "undoes"),
        ({"undoes": "😀"}, "undoes"),
        ({"nonce": "n1"}, "nonce"),
        ({"undoes": "never sent"}, "undoes"),
        ({"people": 1}, "people"),
    ],
)
def test_undo_names_the_wrong_field(
    client: FlaskClient, exhibition: Exhibition, device: str, body: dict[str, Any], field: str
) -> None:
    world.send(client, device, nonce="n1", token=world.issue(exhibition.id).token)
    answer = undo(client, device, **body)
    assert 400 <= answer.status_code < 500
    assert field in answer.text
    assert len(world.scans()) == 1
