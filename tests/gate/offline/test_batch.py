"""Batches of offline decisions: recorded as they happened, once each, with every conflict listed."""

import random
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.gate.verification import verify_counters
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import PassState
from tests.gate import world


@pytest.fixture
def other(exhibition: Exhibition) -> str:
    """The token of a second device, at gate B."""
    return world.enrol(exhibition, "B", "Ponsel B")


def test_a_batch_is_recorded_as_it_happened_and_moves_the_counters(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    family = world.issue(exhibition.id, party_size=4)
    at = clock.now() - timedelta(seconds=30)
    decisions = [
        world.offline(family, people=3, scanned_at=at.isoformat()),
        world.offline(family, direction="exit", people=1),
        world.offline(token="https://example.com", people=0, verdict="refused", code="unknown"),
    ]
    results = world.send_batch(client, device, *decisions)
    assert [result["nonce"] for result in results] == [decision["nonce"] for decision in decisions]
    assert all(result["recorded"] is True and result["conflict"] is None for result in results)
    kept = world.scans()
    assert [result["scan_id"] for result in results] == [scan.id for scan in kept]
    assert [(scan.verdict, scan.code, scan.people, scan.offline) for scan in kept] == [
        ("accepted", "accepted", 3, True),
        ("accepted", "accepted", 1, True),
        ("refused", "unknown", 0, True),
    ]
    assert kept[0].device_at == at
    assert kept[2].presented == "https://example.com"
    assert world.pass_counts(family.id) == (3, 2)
    assert world.hall(exhibition.id)[0] == 2
    assert verify_counters() == []


def test_any_part_of_a_batch_sent_again_in_any_order_gets_its_stored_answer(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    passes = [world.issue(exhibition.id) for _ in range(4)]
    decisions = [world.offline(issued) for issued in (*passes, passes[0])]
    first = {result["nonce"]: result for result in world.send_batch(client, device, *decisions)}
    assert first[decisions[4]["nonce"]]["conflict"] == "double_entry"
    shuffler = random.Random(3)
    for _ in range(4):
        part = shuffler.sample(decisions, shuffler.randint(1, 5))
        assert world.send_batch(client, device, *part) == [first[decision["nonce"]] for decision in part]
    assert len(world.scans()) == 5
    assert len(world.conflicts()) == 1
    assert world.hall(exhibition.id)[0] == 5


def test_a_nonce_twice_in_one_batch_is_one_scan(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    decision = world.offline(world.issue(exhibition.id))
    first, second = world.send_batch(client, device, decision, decision)
    assert first == second
    assert len(world.scans()) == 1


def test_a_pass_used_at_two_offline_devices_is_listed_with_both_scans(
    client: FlaskClient, exhibition: Exhibition, device: str, other: str
) -> None:
    issued = world.issue(exhibition.id, party_size=2)
    (first,) = world.send_batch(client, device, world.offline(issued, people=2))
    (second,) = world.send_batch(client, other, world.offline(issued, people=2))
    assert (first["conflict"], second["conflict"]) == (None, "double_entry")
    assert world.conflicts() == [("double_entry", second["scan_id"], first["scan_id"])]
    assert world.pass_counts(issued.id) == (2, 2)
    assert world.hall(exhibition.id)[0] == 4
    assert verify_counters() == []


def test_a_pass_used_twice_on_one_device_is_listed_with_both_scans_of_the_batch(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id)
    first, second = world.send_batch(client, device, world.offline(issued), world.offline(issued))
    assert world.conflicts() == [("double_entry", second["scan_id"], first["scan_id"])]


def test_online_scans_keep_their_promise_after_a_double_entry(
    client: FlaskClient, exhibition: Exhibition, device: str, other: str
) -> None:
    issued = world.issue(exhibition.id, party_size=2)
    world.send_batch(client, device, world.offline(issued, people=2), world.offline(issued, people=2))
    assert world.send(client, other, token=issued.token).get_json()["code"] == "already_used"
    assert world.send(client, other, token=issued.token, direction="exit").get_json()["people"] == 2
    assert world.hall(exhibition.id)[0] == 2
    assert verify_counters() == []


def test_an_exit_that_arrives_before_its_entry_leaves_nobody_inside(
    client: FlaskClient, exhibition: Exhibition, device: str, other: str
) -> None:
    world.send(client, device, token=world.issue(exhibition.id, party_size=5).token)
    issued = world.issue(exhibition.id, party_size=2)
    world.send_batch(client, other, world.offline(issued, people=2, direction="exit"))
    assert world.pass_counts(issued.id) == (0, 0)
    assert verify_counters() == []
    world.send_batch(client, device, world.offline(issued, people=2))
    assert world.pass_counts(issued.id) == (2, 0)
    assert world.hall(exhibition.id)[0] == 5
    assert verify_counters() == []


def test_entries_past_the_cap_are_counted_and_listed(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    world.set_hall(exhibition.id, capacity=1)
    decisions = [world.offline(world.issue(exhibition.id)) for _ in range(2)]
    results = world.send_batch(client, device, *decisions)
    assert [result["conflict"] for result in results] == [None, "over_cap"]
    assert world.hall(exhibition.id) == (2, 1)
    refused = world.send(client, device, token=world.issue(exhibition.id).token).get_json()
    assert refused["code"] == "venue_full"
    assert verify_counters() == []


@pytest.mark.parametrize("shown", [{"token": "EP1BROKEN"}, {"short_code": "ZZZZ9999"}, {"token": "hello\0world"}])
def test_people_let_in_on_an_unknown_pass_are_counted_and_listed(
    client: FlaskClient, exhibition: Exhibition, device: str, shown: dict[str, Any]
) -> None:
    (result,) = world.send_batch(client, device, world.offline(**shown, people=2))
    assert result["conflict"] == "unknown_pass"
    assert world.hall(exhibition.id)[0] == 2
    assert verify_counters() == []


def test_a_typed_short_code_names_its_pass(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    issued = world.issue(exhibition.id)
    typed = f"{issued.code[:4]}-{issued.code[4:]}".lower()
    (result,) = world.send_batch(client, device, world.offline(short_code=typed))
    assert result["conflict"] is None
    assert world.pass_counts(issued.id) == (1, 1)


@pytest.mark.parametrize("change", [{"state": PassState.CANCELLED}, {"state": PassState.REVOKED}, {"generation": 1}])
def test_an_entry_that_the_server_would_have_refused_is_listed(
    client: FlaskClient, exhibition: Exhibition, device: str, change: dict[str, object]
) -> None:
    issued = world.issue(exhibition.id)
    world.change_pass(issued.id, **change)
    (result,) = world.send_batch(client, device, world.offline(issued))
    assert result["conflict"] == "differs"
    assert world.pass_counts(issued.id) == (1, 1)


def test_the_answer_that_was_lost_and_the_same_decision_are_one_scan(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id, party_size=2)
    online = world.send(client, device, token=issued.token, nonce="n").get_json()
    (result,) = world.send_batch(client, device, world.offline(issued, nonce="n", people=2))
    assert result == {"nonce": "n", "scan_id": online["scan_id"], "recorded": True, "conflict": None}
    assert world.pass_counts(issued.id) == (2, 2)
    assert len(world.scans()) == 1


def test_a_decision_other_than_the_lost_answer_replaces_it_and_is_listed(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id, party_size=3)
    online = world.send(client, device, token=issued.token, nonce="n").get_json()
    decision = world.offline(issued, nonce="n", people=0, verdict="refused", code="venue_full")
    (result,) = world.send_batch(client, device, decision)
    assert result["conflict"] == "differs"
    assert world.conflicts() == [("differs", result["scan_id"], online["scan_id"])]
    assert world.pass_counts(issued.id) == (0, 0)
    assert world.hall(exhibition.id)[0] == 0
    assert world.send_batch(client, device, decision) == [result]
    assert verify_counters() == []
    count = client.get("/api/v1/gate/occupancy", headers={"Authorization": f"Bearer {device}"}).get_json()
    assert [gate["entered"] for gate in count["gates"]] == [0, 0]
    assert world.send(client, device, token=issued.token).get_json()["people"] == 3
    assert verify_counters() == []


def test_people_let_in_although_the_lost_answer_refused_them_are_counted(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    world.set_hall(exhibition.id, capacity=0)
    issued = world.issue(exhibition.id)
    world.send(client, device, token=issued.token, nonce="n")
    (result,) = world.send_batch(client, device, world.offline(issued, nonce="n"))
    assert result["conflict"] == "differs"
    assert {kind for kind, _scan, _other in world.conflicts()} == {"differs", "over_cap"}
    assert world.pass_counts(issued.id) == (1, 1)
    assert verify_counters() == []


def test_an_online_request_that_comes_late_gets_what_the_device_decided(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id, party_size=2)
    (result,) = world.send_batch(client, device, world.offline(issued, nonce="n", people=1))
    late = world.send(client, device, token=issued.token, nonce="n").get_json()
    assert (late["scan_id"], late["people"]) == (result["scan_id"], 1)
    assert late["pass"] == {"party_size": 2, "inside": 1, "admitted": 1}
    assert len(world.scans()) == 1


def test_a_wrong_clock_is_listed_once_while_it_is_open(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    ahead = (clock.now() + timedelta(minutes=8)).isoformat()
    decisions = [world.offline(world.issue(exhibition.id), scanned_at=ahead) for _ in range(3)]
    results = world.send_batch(client, device, *decisions)
    assert {result["conflict"] for result in results} == {"clock_drift"}
    assert [kind for kind, _scan, _other in world.conflicts()] == ["clock_drift"]


def test_the_clock_at_sending_tells_drift_that_scan_times_alone_do_not(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    decision = world.offline(world.issue(exhibition.id))
    behind = (clock.now() - timedelta(minutes=5)).isoformat()
    (result,) = world.send_batch(client, device, decision, sent_at=behind)
    assert result["conflict"] == "clock_drift"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"offline": False}, "scans.0.offline"),
        ({"people": 0}, "scans.0"),
        ({"people": 11}, "scans.0.people"),
        ({"code": "venue_full"}, "scans.0"),
        ({"code": "because"}, "scans.0.code"),
        ({"short_code": "ABCD2345"}, "scans.0"),
        ({"scanned_at": "yesterday"}, "scans.0.scanned_at"),
        ({"nonce": ""}, "scans.0.nonce"),
        ({"pass": "1"}, "scans.0.pass"),
    ],
)
def test_a_batch_out_of_shape_is_refused_by_its_field_and_nothing_is_kept(
    client: FlaskClient, exhibition: Exhibition, device: str, change: dict[str, object], field: str
) -> None:
    decision = world.offline(token="x") | change
    answer = client.post(
        "/api/v1/gate/scans/batch",
        json={"scans": [decision, world.offline(token="x")]},
        headers={"Authorization": f"Bearer {device}"},
    )
    assert (answer.status_code, answer.get_json()["field"]) == (422, field)
    assert world.scans() == []


def test_more_than_five_hundred_scans_are_refused(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    answer = client.post(
        "/api/v1/gate/scans/batch",
        json={"scans": [world.offline(token="x") for _ in range(501)]},
        headers={"Authorization": f"Bearer {device}"},
    )
    assert (answer.status_code, answer.get_json()["field"]) == (422, "scans")


def test_a_withdrawn_device_cannot_send_batches(client: FlaskClient, exhibition: Exhibition) -> None:
    answer = client.post("/api/v1/gate/scans/batch", json={"scans": []}, headers={"Authorization": "Bearer no"})
    assert answer.status_code == 401


def test_a_larger_batch_runs_the_very_same_statements(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    def statements(size: int) -> list[str]:
        decisions = [world.offline(world.issue(exhibition.id)) for _ in range(size)]
        world.send_batch(client, device, world.offline(world.issue(exhibition.id)))
        seen: list[str] = []
        listener = lambda _c, _u, statement, *_: seen.append(statement)  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        world.send_batch(client, device, *decisions)
        event.remove(db.engine, "before_cursor_execute", listener)
        return seen

    assert statements(50) == statements(2)
