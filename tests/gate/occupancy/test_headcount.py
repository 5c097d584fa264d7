"""Parties that are presumed to have left, and the hall counted by hand."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry, User
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.gate.models import OccupancyCount
from exhibition.gate.occupancy import headcount
from exhibition.gate.verification import verify_counters
from exhibition.venue.models import Exhibition
from tests.conftest import sign_in
from tests.gate import world

pytestmark = pytest.mark.usefixtures("csrf_off")


@transaction
def longest_stay(exhibition: Exhibition, minutes: int | None) -> None:
    db.session.merge(exhibition).longest_stay_minutes = minutes


def occupancy(client: FlaskClient, device: str) -> tuple[int, int]:
    """People inside and presumed to have left, as a device receives them."""
    answer = client.get("/api/v1/gate/occupancy", headers={"Authorization": f"Bearer {device}"}).get_json()
    return answer["inside"], answer["presumed_left"]


def test_who_stays_longer_than_anybody_is_shown_apart_and_still_counted(
    client: FlaskClient, organizer: User, exhibition: Exhibition, device: str, app: Flask
) -> None:
    longest_stay(exhibition, 120)
    gone, stays = world.issue(exhibition.id, party_size=3), world.issue(exhibition.id, party_size=2)
    world.send(client, device, token=gone.token)
    world.send(client, device, token=stays.token)
    assert occupancy(client, device) == (5, 0)
    with time_machine.travel(clock.now() + timedelta(minutes=119), tick=False):
        assert occupancy(client, device) == (5, 0)
        world.send(client, device, token=stays.token, direction="exit", people=1)
    with time_machine.travel(clock.now() + timedelta(minutes=121), tick=False):
        assert occupancy(client, device) == (4, 3)
        organizer_client = sign_in(app.test_client(), organizer)
        assert 'data-testid="presumed-left"' in organizer_client.get("/desk/gates").text
        assert 'data-testid="presumed-left"' in organizer_client.get("/desk").text
        longest_stay(exhibition, None)
        assert occupancy(client, device) == (4, 0)


def test_an_exit_of_somebody_who_was_counted_out_does_not_go_below_zero(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id, party_size=3)
    world.send(client, device, token=issued.token)
    headcount.set_count(COMMAND_LINE, exhibition, 1, "hall checked")
    answer = world.send(client, device, token=issued.token, direction="exit").get_json()
    assert (answer["verdict"], answer["occupancy"]["inside"]) == ("accepted", 0)
    assert world.hall(exhibition.id)[0] == 0
    assert verify_counters() == []


def test_the_counter_continues_from_the_count_by_hand(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    issued = world.issue(exhibition.id, party_size=3)
    world.send(client, device, token=issued.token, people=1)
    headcount.set_count(COMMAND_LINE, exhibition, 40, "counted at the doors")
    assert verify_counters() == []
    world.send(client, device, nonce="n1", token=issued.token)
    assert world.hall(exhibition.id)[0] == 42
    assert verify_counters() == []
    body = {"nonce": "u1", "undoes": "n1"}
    client.post("/api/v1/gate/scans/undo", json=body, headers={"Authorization": f"Bearer {device}"})
    world.send_batch(client, device, world.offline(issued), world.offline(issued, direction="exit"))
    assert world.hall(exhibition.id)[0] == 40
    assert verify_counters() == []
    headcount.set_count(COMMAND_LINE, exhibition, 7, "counted again")
    assert verify_counters() == []
    world.set_hall(exhibition.id, inside=1)
    assert [(one.counted, one.derived) for one in verify_counters()] == [(1, 7)]


def test_a_count_that_scans_would_bear_out_by_chance_is_still_followed(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    world.send(client, device, token=world.issue(exhibition.id, party_size=2).token)
    headcount.set_count(COMMAND_LINE, exhibition, 9, "counted")
    world.set_hall(exhibition.id, inside=2)
    assert [(one.counted, one.derived) for one in verify_counters()] == [(2, 9)]


def test_a_count_settles_who_was_presumed_gone_and_nobody_else(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    longest_stay(exhibition, 120)
    start = clock.now()
    world.send(client, device, token=world.issue(exhibition.id, party_size=3).token)
    late = world.issue(exhibition.id, party_size=2)
    with time_machine.travel(start + timedelta(minutes=30), tick=False):
        world.send(client, device, token=late.token)
    with time_machine.travel(start + timedelta(minutes=125), tick=False):
        assert occupancy(client, device) == (5, 3)
        headcount.set_count(COMMAND_LINE, exhibition, 2, "ghosts")
        assert occupancy(client, device) == (2, 0)
    with time_machine.travel(start + timedelta(minutes=155), tick=False):
        assert occupancy(client, device) == (2, 2)


def test_the_desk_sets_the_count_with_a_reason_and_it_is_written_down(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    world.set_hall(exhibition.id, inside=12)
    sent = organizer_client.post("/desk/gates/count", data={"inside": "0", "reason": " Hall <empty> "})
    assert sent.status_code == 302
    assert world.hall(exhibition.id)[0] == 0
    kept = db.session.scalars(select(OccupancyCount)).one()
    assert (kept.before, kept.inside, kept.reason) == (12, 0, "Hall <empty>")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "occupancy.count")).one()
    assert (entry.before, entry.after) == ({"inside": 12}, {"inside": 0, "reason": "Hall <empty>"})
    assert "Hall &lt;empty&gt;" in organizer_client.get("/desk/gates").text


@pytest.mark.parametrize(
    ("inside", "reason", "field"),
    [
        ("", "counted", "inside"),
        ("-1", "counted", "inside"),
        ("100001", "counted", "inside"),
        ("9" * 30, "counted", "inside"),
        ("many", "counted", "inside"),
        ("5", "", "reason"),
        ("5", "   ", "reason"),
        ("5", "x" * 201, "reason"),
        ("5", "a\x00b", "reason"),
        ("5", "\u202eabc", "reason"),
    ],
)
def test_a_count_that_makes_no_sense_changes_nothing(
    organizer_client: FlaskClient, exhibition: Exhibition, inside: str, reason: str, field: str
) -> None:
    answer = organizer_client.post("/desk/gates/count", data={"inside": inside, "reason": reason})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert world.hall(exhibition.id)[0] == 0
    assert db.session.scalars(select(OccupancyCount)).all() == []


def test_set_count_refuses_what_no_hall_holds(exhibition: Exhibition) -> None:
    for inside, reason, field in ((-1, "x", "inside"), (100_001, "x", "inside"), (1, " ", "reason")):
        with pytest.raises(Refused) as refused:
            headcount.set_count(COMMAND_LINE, exhibition, inside, reason)
        assert refused.value.field == field
