"""Coming back: a party that has left comes in again where the edition says so, and is no second visitor."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.gate.verification import verify_counters
from exhibition.reports import service as reports
from exhibition.venue.models import DisinfectionRound, Exhibition
from exhibition.venue.rules.edition import Reentry
from tests.gate import world

MINUTE, SECONDS = timedelta(minutes=1), timedelta(seconds=10)


def _in(client: FlaskClient, device: str, issued: world.IssuedPass, **more: Any) -> dict[str, Any]:
    return world.send(client, device, token=issued.token, **more).get_json()


def _out(client: FlaskClient, device: str, issued: world.IssuedPass, **more: Any) -> dict[str, Any]:
    return world.send(client, device, token=issued.token, direction="exit", **more).get_json()


@transaction
def _round(exhibition_id: int, starts_at: datetime, ends_at: datetime) -> None:
    db.session.add(DisinfectionRound(exhibition_id=exhibition_id, starts_at=starts_at, ends_at=ends_at))


def test_a_family_that_left_comes_back_and_counts_once(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    family = world.issue(exhibition.id, party_size=4)
    _in(client, device, family)
    went = _out(client, device, family)
    assert "left_at" not in went
    back = _in(client, world.enrol(exhibition, "B"), family)
    assert (back["code"], back["people"], back["returned"]) == ("accepted", 4, 4)
    assert back["left_at"] == went["server_at"]
    assert back["pass"] == {"party_size": 4, "inside": 4, "admitted": 4}
    assert world.hall(exhibition.id)[0] == 4
    today = reports.today(exhibition)
    assert sum(slot.arrived for slot in today.slots) == sum(gate.entered for gate in today.gates) == 4
    assert verify_counters() == []


def test_a_party_that_left_in_part_comes_back_in_part(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    family = world.issue(exhibition.id, party_size=4)
    _in(client, device, family, people=3)
    _out(client, device, family, people=2)
    one = _in(client, device, family, people=1)
    assert (one["people"], one["returned"], one["pass"]) == (1, 1, {"party_size": 4, "inside": 2, "admitted": 3})
    too_many = _in(client, device, family, people=3)
    assert (too_many["code"], too_many["pass"]["inside"]) == ("party_exceeded", 2)
    rest = _in(client, device, family)
    assert (rest["people"], rest["returned"], rest["pass"]) == (2, 1, {"party_size": 4, "inside": 4, "admitted": 4})
    assert _in(client, world.enrol(exhibition, "B"), family)["code"] == "already_used"
    assert verify_counters() == []


def test_who_has_left_stays_out_where_nobody_may_come_back(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    world.set_edition(exhibition.id, reentry=Reentry.NEVER)
    pair = world.issue(exhibition.id, party_size=2)
    _in(client, device, pair)
    went = _out(client, device, pair)
    again = _in(client, world.enrol(exhibition, "B"), pair)
    assert (again["code"], again["left_at"]) == ("already_used", went["server_at"])
    assert world.hall(exhibition.id)[0] == 0


def test_after_a_round_those_come_back_who_left_before_its_end(
    client: FlaskClient, exhibition: Exhibition, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.set_edition(exhibition.id, reentry=Reentry.AFTER_ROUND)
    pair = world.issue(exhibition.id, party_size=2)
    _in(client, device, pair)
    _out(client, device, pair)
    other = world.enrol(exhibition, "B")
    assert _in(client, other, pair)["code"] == "already_used"
    now = clock.now()
    _round(exhibition.id, now - MINUTE, now + MINUTE)
    wait = _in(client, other, pair)
    assert (wait["code"], wait["reopens_at"]) == ("slot_closed", (now + MINUTE).isoformat())
    monkeypatch.setattr(clock, "now", lambda: now + 2 * MINUTE)
    assert _in(client, other, pair)["code"] == "accepted"
    assert verify_counters() == []


@pytest.mark.parametrize("party_size", [1, 2])
def test_a_party_that_comes_back_at_many_gates_at_once_comes_in_once(
    app: Flask, client: FlaskClient, exhibition: Exhibition, device: str, party_size: int
) -> None:
    party = world.issue(exhibition.id, party_size=party_size)
    _in(client, device, party)
    _out(client, device, party)
    gates = [world.enrol(exhibition, "AB"[number % 2]) for number in range(8)]
    db.session.remove()
    answers: list[dict[str, Any]] = []
    threads = [
        threading.Thread(target=lambda one=one: answers.append(_in(app.test_client(), one, party))) for one in gates
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(answer["people"] for answer in answers) == party_size
    assert world.pass_counts(party.id) == (party_size, party_size)
    assert verify_counters() == []


def test_the_entry_of_people_who_left_and_came_back_cannot_be_undone(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    other = world.enrol(exhibition, "B")
    pair = world.issue(exhibition.id, party_size=2)

    def undo(who: str, nonce: str) -> Any:
        body = {"nonce": f"undo-{nonce}", "undoes": nonce}
        return client.post("/api/v1/gate/scans/undo", json=body, headers={"Authorization": f"Bearer {who}"})

    _in(client, device, pair, nonce="first")
    _out(client, other, pair, nonce="out")
    third = world.enrol(exhibition, "A")
    _in(client, third, pair, nonce="back")
    assert undo(device, "first").get_json()["code"] == "undo_has_left"
    assert undo(other, "out").get_json()["code"] == "undo_came_back"
    assert undo(third, "back").status_code == 200
    assert world.pass_counts(pair.id) == (2, 0)
    assert undo(other, "out").status_code == 200
    assert world.pass_counts(pair.id) == (2, 2)
    assert verify_counters() == []


class TestOffline:
    def test_an_exit_and_a_return_at_one_device_are_no_conflict(
        self, client: FlaskClient, exhibition: Exhibition, device: str
    ) -> None:
        pair = world.issue(exhibition.id, party_size=2)
        now = clock.now()
        moves = [("entry", 9), ("exit", 6), ("entry", 3)]
        batch = [
            world.offline(pair, direction=way, people=2, scanned_at=(now - before * SECONDS).isoformat())
            for way, before in moves
        ]
        results = world.send_batch(client, device, *batch)
        assert [one["conflict"] for one in results] == [None, None, None]
        assert world.pass_counts(pair.id) == (2, 2)
        assert [scan.returned for scan in world.scans()] == [0, 0, 2]
        assert verify_counters() == []

    def test_what_comes_in_late_counts_in_the_order_in_which_it_happened(
        self, client: FlaskClient, exhibition: Exhibition, device: str
    ) -> None:
        other = world.enrol(exhibition, "B")
        pair = world.issue(exhibition.id, party_size=2)
        now = clock.now()
        first, out, back = (
            world.offline(pair, direction=way, people=2, scanned_at=(now - before * SECONDS).isoformat())
            for way, before in [("entry", 9), ("exit", 6), ("entry", 3)]
        )
        assert world.send_batch(client, other, back)[0]["conflict"] is None
        assert [one["conflict"] for one in world.send_batch(client, device, first, out)] == [None, None]
        assert world.pass_counts(pair.id) == (2, 2)
        assert verify_counters() == []

    def test_a_second_use_before_the_first_had_left_is_a_conflict(
        self, client: FlaskClient, exhibition: Exhibition, device: str
    ) -> None:
        other = world.enrol(exhibition, "B")
        pair = world.issue(exhibition.id, party_size=2)
        now = clock.now()
        first, out = (
            world.offline(pair, direction=way, people=2, scanned_at=(now - before * SECONDS).isoformat())
            for way, before in [("entry", 9), ("exit", 3)]
        )
        world.send_batch(client, device, first, out)
        double = world.offline(pair, people=2, scanned_at=(now - 6 * SECONDS).isoformat())
        assert world.send_batch(client, other, double)[0]["conflict"] == "double_entry"
        assert verify_counters() == []

    @pytest.mark.parametrize(("reentry", "conflict"), [("never", "double_entry"), ("after_round", "double_entry")])
    def test_a_return_that_the_edition_forbids_is_a_conflict(
        self, client: FlaskClient, exhibition: Exhibition, device: str, reentry: str, conflict: str
    ) -> None:
        world.set_edition(exhibition.id, reentry=Reentry(reentry))
        pair = world.issue(exhibition.id, party_size=2)
        _in(client, device, pair)
        _out(client, device, pair)
        assert world.send_batch(client, device, world.offline(pair, people=2))[0]["conflict"] == conflict
        assert verify_counters() == []

    def test_after_a_round_a_return_is_no_conflict(
        self, client: FlaskClient, exhibition: Exhibition, device: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world.set_edition(exhibition.id, reentry=Reentry.AFTER_ROUND)
        pair = world.issue(exhibition.id, party_size=2)
        _in(client, device, pair)
        _out(client, device, pair)
        now = clock.now()
        _round(exhibition.id, now, now + MINUTE)
        monkeypatch.setattr(clock, "now", lambda: now + 2 * MINUTE)
        back = world.offline(pair, people=2, scanned_at=(now + 2 * MINUTE).isoformat())
        assert world.send_batch(client, device, back)[0]["conflict"] is None
        assert world.pass_counts(pair.id) == (2, 2)
