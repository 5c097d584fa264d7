"""The board of devices: battery, age of data, scans a minute, queue, and the lanes that are needed."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.gate import board as boards
from exhibition.gate.rules import lanes
from exhibition.venue.models import Exhibition
from tests.gate import world


def _report(client: FlaskClient, device: str, **about: Any) -> int:
    headers = {"Authorization": f"Bearer {device}"}
    return client.get("/api/v1/gate/bundle", query_string=about, headers=headers).status_code


def test_the_board_shows_how_a_device_is(
    client: FlaskClient, organizer_client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    assert _report(client, device, battery=17, charging="false", unsent=4) == 200
    for _ in range(3):
        world.send(client, device, token=world.issue(exhibition.id).token)
    (line,) = boards.board(exhibition).lines
    assert (line.gate, line.open, line.scans_a_minute) == ("A", True, pytest.approx(0.3))
    assert (line.device.battery_percent, line.device.battery_is_low, line.device.unsent) == (17, True, 4)
    assert line.device.data_minutes == 0
    _report(client, device, battery=18, charging="true", unsent=0)
    db.session.rollback()
    (line,) = boards.board(exhibition).lines
    assert (line.device.battery_is_low, line.device.charging, line.device.unsent) == (False, True, 0)
    page = organizer_client.get("/desk/board").text
    assert "Ponsel" in page
    assert "18 %" in page


@pytest.mark.parametrize("about", [{"battery": 101}, {"battery": -1}, {"battery": "full"}, {"charging": "perhaps"}])
def test_a_battery_that_cannot_be_is_refused(
    client: FlaskClient, exhibition: Exhibition, device: str, about: dict[str, Any]
) -> None:
    assert _report(client, device, **about) == 422


def test_a_device_that_is_silent_is_no_open_lane(
    client: FlaskClient, exhibition: Exhibition, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _report(client, device)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=4))
    assert boards.board(exhibition).open_lanes == 0


def test_parties_that_have_not_come_are_expected_and_one_more_lane_is_advised(
    client: FlaskClient,
    organizer_client: FlaskClient,
    exhibition: Exhibition,
    device: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slot = world.open_slot(exhibition.id)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)  # a step may end between two looks at it
    monkeypatch.setattr(
        lanes, "USUAL_SHARES", {(lanes.step_of(now) - lanes.step_of(slot.starts_at)) // lanes.STEP: 1.0}
    )
    before = sum(step.parties for step in boards.board(exhibition).steps)
    for _ in range(4):
        world.issue(exhibition.id, party_size=3)
    _report(client, device)
    told = boards.board(exhibition)
    assert sum(step.parties for step in told.steps) == pytest.approx(before + 4)
    monkeypatch.setattr(lanes, "USUAL_RATE", 1)
    told = boards.board(exhibition)
    assert told.advice is not None
    assert told.advice.lanes > told.open_lanes == 1
    assert "Buka jalur ke-2 pukul" in organizer_client.get("/desk/board").text


def test_earlier_days_show_when_people_come(
    client: FlaskClient, exhibition: Exhibition, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)  # a step may end between the scan and the look at it
    world.send(client, device, token=world.issue(exhibition.id, party_size=2).token)
    arrivals, busiest = boards.earlier(exhibition.id, now + timedelta(days=1))
    slot = world.open_slot(exhibition.id)
    assert arrivals == {(lanes.step_of(now) - lanes.step_of(slot.starts_at)) // lanes.STEP: 1}
    assert busiest == 1
