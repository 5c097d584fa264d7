"""Today at a glance: the desk's counts, chart and stream."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask.testing import FlaskClient

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.demo import service as demo
from exhibition.gate import devices
from exhibition.gate.occupancy import headcount
from exhibition.gate.rules.admission import ScanCode
from exhibition.reports import service
from exhibition.venue.models import Exhibition
from tests.fairs import the_fair
from tests.gate import world

NOON = datetime(2026, 11, 6, 12, 1, tzinfo=ZoneInfo("Asia/Jakarta"))


def _enrol() -> str:
    code = devices.make_enrolment_code(COMMAND_LINE, the_fair(), world.gates()[0].id)
    return devices.enrol(code, "Phone of Sari")[0]


@pytest.fixture
def device(exhibition: Exhibition) -> str:
    return _enrol()


def test_the_glance_counts_people_and_refusals_by_gate(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    family = world.issue(exhibition.id, party_size=4)
    world.send(client, device, token=family.token)
    world.send(client, device, token=family.token, direction="exit", people=1)
    world.send(client, device, token="no pass at all")
    db.session.rollback()
    today = service.today(exhibition)
    first, second = today.gates
    assert (first.entered, first.left, first.refused) == (4, 1, 1)
    assert (second.entered, second.left, second.refused) == (0, 0, 0)
    assert today.inside == 3
    assert today.refusals == [(ScanCode.UNKNOWN, 1)]
    assert sum(slot.arrived for slot in today.slots) == 4


def test_the_glance_counts_booths_by_state(exhibition: Exhibition) -> None:
    assert dict(service.today(exhibition).booths) == {
        "closed": 62,
        "allocated": 31,
        "open": 3,
        "offered": 2,
        "held": 2,
    }


def test_the_glance_forgets_yesterday(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    world.send(client, device, token="no pass at all")
    with time_machine.travel(clock.now() + timedelta(days=1)):
        db.session.rollback()
        assert service.today(exhibition).refusals == []


def test_the_curve_follows_a_count_by_hand(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    world.send(client, device, token=world.issue(exhibition.id, party_size=3).token)
    headcount.set_count(COMMAND_LINE, exhibition, 10, "counted")
    assert service.curve(exhibition).inside[-1] == 10


def test_a_scan_that_was_undone_is_not_among_the_days_movements(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    world.send(client, device, nonce="n1", token=world.issue(exhibition.id, party_size=3).token)
    body = {"nonce": "u1", "undoes": "n1"}
    client.post("/api/v1/gate/scans/undo", json=body, headers={"Authorization": f"Bearer {device}"})
    assert [gate.entered for gate in service.today(exhibition).gates] == [0] * len(world.gates())


def test_the_curve_follows_entries_and_exits(client: FlaskClient) -> None:
    with time_machine.travel(NOON, tick=False):
        exhibition = demo.load(open_now=True)
        device = _enrol()
        family = world.issue(exhibition.id, party_size=4)
        world.send(client, device, token=family.token)
    with time_machine.travel(NOON + timedelta(minutes=6), tick=False):
        world.send(client, device, token=family.token, direction="exit", people=3)
    with time_machine.travel(NOON + timedelta(minutes=11), tick=False):
        db.session.rollback()
        curve = service.curve(exhibition)
    assert curve.inside == [4, 1, 1]
    assert curve.entered == [4, 0, 0]
    assert [curve.times[1] - curve.times[0], curve.times[2] - curve.times[1]] == [300, 300]


def test_the_page_sends_only_the_changing_part_when_asked(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    whole = organizer_client.get("/desk")
    part = organizer_client.get("/desk", headers={"HX-Request": "true"})
    assert "<html" in whole.text
    assert "<html" not in part.text
    assert 'data-testid="inside"' in part.text


def test_the_pulse_differs_after_a_scan(organizer_client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    before = organizer_client.get("/desk/pulse.json").json
    world.send(organizer_client, device, token=world.issue(exhibition.id).token)
    db.session.rollback()
    after = organizer_client.get("/desk/pulse.json").json
    assert before != after
    assert after is not None
    assert after["inside"] == 1
