"""A device's wrong clock: measured when it speaks to the server, and taken off the time of its scans."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.gate import devices
from exhibition.gate.models import Device
from exhibition.gate.rules.clock_skew import HappenedAt, happened_at, measured
from exhibition.venue.models import Exhibition
from tests.gate import world

NOW = datetime(2026, 11, 6, 6, 10, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=1)
HOURS = timedelta(hours=1)
SECONDS = timedelta(seconds=1)


def _bundle(client: FlaskClient, device: str, at: datetime) -> None:
    headers = {"Authorization": f"Bearer {device}"}
    answer = client.get("/api/v1/gate/bundle", query_string={"clock": at.isoformat()}, headers=headers)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("skew", [6 * HOURS, -6 * HOURS, timedelta(days=400), -300 * SECONDS])
def test_a_wrong_clock_makes_no_conflict_when_the_device_says_it_while_sending(
    client: FlaskClient, exhibition: Exhibition, device: str, skew: timedelta
) -> None:
    party = world.issue(exhibition.id, party_size=2)
    now = clock.now()
    came, went = (
        world.offline(party, direction=way, people=2, scanned_at=(now + skew - ago * SECONDS).isoformat())
        for way, ago in [("entry", 60), ("exit", 30)]
    )
    results = world.send_batch(client, device, came, went, sent_at=(now + skew).isoformat())
    assert [one["conflict"] for one in results] == [None, None]
    kept = world.scans()
    assert kept[0].device_at is not None
    assert abs(kept[0].device_at - (now - 60 * SECONDS)) < 20 * SECONDS
    assert kept[0].device_skew_s is not None
    assert abs(kept[0].device_skew_s - skew.total_seconds()) < 20
    (line,) = devices.gates(exhibition)[0].devices
    assert line.clock_is_wrong
    assert line.drift_minutes == round(skew / timedelta(minutes=1))


def test_what_was_measured_with_the_bundle_counts_for_a_batch_that_says_nothing(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    now = clock.now()
    _bundle(client, device, now + 6 * HOURS)
    fast = world.offline(world.issue(exhibition.id), scanned_at=(now + 6 * HOURS).isoformat())
    assert world.send_batch(client, device, fast)[0]["conflict"] is None
    _bundle(client, device, clock.now())
    db.session.rollback()
    assert db.session.query(Device.clock_skew_s).scalar() == 0


def test_a_clock_that_nobody_measured_is_listed_and_nothing_else_is_judged_by_it(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    fast = world.offline(world.issue(exhibition.id), scanned_at=(clock.now() + 6 * HOURS).isoformat())
    assert world.send_batch(client, device, fast)[0]["conflict"] == "clock_drift"
    assert [kind for kind, _scan, _other in world.conflicts()] == ["clock_drift"]


@given(
    skew=st.timedeltas(timedelta(days=-3000), timedelta(days=3000)),
    ago=st.timedeltas(timedelta(), timedelta(hours=20)),
)
def test_whatever_the_clock_says_the_scan_happened_when_it_happened(skew: timedelta, ago: timedelta) -> None:
    true = NOW - ago
    told = happened_at(true + skew, measured(NOW + skew, NOW), NOW, LONG_AGO)
    assert told.sure
    assert abs(told.at - true) <= 5 * SECONDS


def test_a_message_on_its_way_is_no_wrong_clock() -> None:
    assert measured(NOW - 4 * SECONDS, NOW) == timedelta()
    assert happened_at(NOW, None, NOW, LONG_AGO) == HappenedAt(NOW, timedelta(), sure=True)
    assert not happened_at(NOW + HOURS, None, NOW, LONG_AGO).sure
