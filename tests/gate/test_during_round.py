"""Entries that a device let in offline while the hall was disinfected: recorded, counted, shown beside the round."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.gate.models import Device, ScanConflict
from exhibition.venue import rounds
from exhibition.venue.models import DisinfectionRound, Exhibition
from tests.gate import world

MINUTE = timedelta(minutes=1)


@transaction
def plan(exhibition: Exhibition, starts_at: datetime, *, planned_at: datetime | None) -> int:
    """A round of half an hour."""
    row = DisinfectionRound(
        exhibition_id=exhibition.id, starts_at=starts_at, ends_at=starts_at + 30 * MINUTE, planned_at=planned_at
    )
    db.session.add(row)
    db.session.flush()
    return row.id


@pytest.fixture(autouse=True)
@transaction
def _enrolled_long_ago(device: str) -> None:
    db.session.execute(db.update(Device).values(enrolled_at=clock.now() - timedelta(hours=3)))


@pytest.fixture
def now() -> datetime:
    return clock.now().replace(microsecond=0)


def test_an_entry_during_a_round_counts_and_is_listed_with_the_round(
    client: FlaskClient, exhibition: Exhibition, device: str, now: datetime
) -> None:
    plan(exhibition, now - 10 * MINUTE, planned_at=now - 20 * MINUTE)
    issued = world.issue(exhibition.id, party_size=2)
    decision = world.offline(issued, people=2, scanned_at=(now - 5 * MINUTE).isoformat())
    [result] = world.send_batch(client, device, decision)
    assert result["conflict"] == "during_round"
    assert world.conflicts() == [("during_round", result["scan_id"], None)]
    assert world.hall(exhibition.id)[0] == 2
    row = db.session.scalars(db.select(ScanConflict)).one()
    assert (row.round_starts_at, row.round_ends_at) == (now - 10 * MINUTE, now + 20 * MINUTE)
    assert row.round_planned_at == now - 20 * MINUTE


@pytest.mark.parametrize(
    ("starts", "planned", "scanned"),
    [(-10, -20, -11), (-40, -60, -10), (-10, -3, -5)],
    ids=["before the round", "after it", "the round was planned afterwards"],
)
def test_an_entry_at_another_time_is_no_conflict(
    client: FlaskClient, exhibition: Exhibition, device: str, now: datetime, starts: int, planned: int, scanned: int
) -> None:
    plan(exhibition, now + starts * MINUTE, planned_at=now + planned * MINUTE)
    decision = world.offline(world.issue(exhibition.id), scanned_at=(now + scanned * MINUTE).isoformat())
    assert world.send_batch(client, device, decision)[0]["conflict"] is None
    assert world.conflicts() == []


def test_exits_and_refusals_during_a_round_are_no_conflict(
    client: FlaskClient, exhibition: Exhibition, device: str, now: datetime
) -> None:
    issued = world.issue(exhibition.id)
    world.send_batch(client, device, world.offline(issued, scanned_at=(now - 20 * MINUTE).isoformat()))
    plan(exhibition, now - 10 * MINUTE, planned_at=None)
    out = world.offline(issued, direction="exit")
    refused = world.offline(world.issue(exhibition.id), people=0, verdict="refused", code="slot_closed")
    assert [one["conflict"] for one in world.send_batch(client, device, out, refused)] == [None, None]


def test_the_desk_shows_entry_and_round_side_by_side_after_the_round_was_taken_away_too(
    client: FlaskClient, organizer_client: FlaskClient, exhibition: Exhibition, device: str, now: datetime
) -> None:
    round_id = plan(exhibition, now - 10 * MINUTE, planned_at=now - 20 * MINUTE)
    world.send_batch(client, device, world.offline(world.issue(exhibition.id)))
    rounds.remove(COMMAND_LINE, exhibition, round_id)
    page = organizer_client.get("/desk/conflicts").text
    assert "Dipersilakan masuk saat penyemprotan" in page
    assert page.count('class="conflict-scan"') == 2
    assert "Penyemprotannya" in page


def test_the_same_batch_again_adds_no_second_conflict(
    client: FlaskClient, exhibition: Exhibition, device: str, now: datetime
) -> None:
    plan(exhibition, now - 10 * MINUTE, planned_at=now - 20 * MINUTE)
    decision = world.offline(world.issue(exhibition.id))
    first = world.send_batch(client, device, decision)
    assert world.send_batch(client, device, decision) == first
    assert len(world.conflicts()) == 1
