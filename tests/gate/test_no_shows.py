"""Places of people who did not come: free for walk-ins after a while, and never free twice."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core.db import db, transaction
from exhibition.venue.models import Exhibition
from exhibition.visitors import service
from exhibition.visitors.models import TimeSlot, VisitorPass
from exhibition.visitors.registration.party import Issued, Party
from tests.gate import world
from tests.gate.steward.test_walk_ins import walk_in


@transaction
def wait_for(exhibition: Exhibition, minutes: int | None) -> None:
    db.session.merge(exhibition).no_show_minutes = minutes


@transaction
def fill(slot_id: int) -> None:
    """Reduce the slot's capacity to the places given out."""
    db.session.execute(update(TimeSlot).where(TimeSlot.id == slot_id).values(capacity=TimeSlot.issued))


def counts(slot_id: int) -> tuple[int, int]:
    """Places given out, and the capacity."""
    db.session.rollback()
    statement = select(TimeSlot.issued, TimeSlot.capacity).where(TimeSlot.id == slot_id)
    row = db.session.execute(statement).one()
    return row.issued, row.capacity


def released(pass_id: int) -> int:
    db.session.rollback()
    return db.session.execute(select(VisitorPass.released).where(VisitorPass.id == pass_id)).scalar_one()


@pytest.fixture
def slot(exhibition: Exhibition) -> TimeSlot:
    """The first slot that nobody has a pass for yet."""
    taken = select(VisitorPass.slot_id)
    statement = (
        select(TimeSlot)
        .where(TimeSlot.exhibition_id == exhibition.id, TimeSlot.id.not_in(taken), TimeSlot.issued == 0)
        .where(TimeSlot.state == "open")
        .order_by(TimeSlot.starts_at.desc())
    )
    return db.session.scalars(statement).first() or pytest.fail("no empty slot")


@pytest.fixture
def starts_at(slot: TimeSlot) -> datetime:
    return slot.starts_at


@pytest.fixture
def party(exhibition: Exhibition, slot: TimeSlot, starts_at: datetime) -> Iterator[Issued]:
    """A party of five in a slot that is full with it; the clock stands ten minutes after the slot's start."""
    slot_id = slot.id
    wait_for(exhibition, 10)
    with time_machine.travel(starts_at - timedelta(hours=1), tick=False):
        made = service.register(Party(slot_id, "Wulan", None, None, 5, "id"))
    fill(slot_id)
    with time_machine.travel(starts_at + timedelta(minutes=10), tick=False):
        yield made


def code_of(answer: Any) -> str:
    return answer.get_json()["code"]


def test_a_walk_in_gets_the_place_of_a_party_that_did_not_come(
    client: FlaskClient, device: str, slot: TimeSlot, party: Issued
) -> None:
    assert walk_in(client, device, party_size=2).status_code == 201
    assert counts(party.slot.id) == (2, 5)
    assert released(party.pass_id) == 5
    assert walk_in(client, device, nonce="w2", party_size=3).status_code == 201
    assert code_of(walk_in(client, device, nonce="w3", party_size=1)) == "slot_full"
    assert counts(party.slot.id) == (5, 5)


def test_nobody_loses_a_place_before_the_time_or_in_an_edition_that_waits_for_ever(
    client: FlaskClient, exhibition: Exhibition, device: str, starts_at: datetime, party: Issued
) -> None:
    with time_machine.travel(starts_at + timedelta(minutes=9), tick=False):
        assert code_of(walk_in(client, device)) == "slot_full"
    wait_for(exhibition, None)
    assert code_of(walk_in(client, device)) == "slot_full"
    assert released(party.pass_id) == 0


def test_a_walk_in_that_is_too_large_all_the_same_takes_nothing(
    client: FlaskClient, device: str, party: Issued
) -> None:
    assert code_of(walk_in(client, device, party_size=6)) == "slot_full"
    assert (released(party.pass_id), counts(party.slot.id)) == (0, (5, 5))


def test_only_those_of_a_party_who_have_not_come_lose_their_places(
    client: FlaskClient, device: str, starts_at: datetime, party: Issued
) -> None:
    with time_machine.travel(starts_at, tick=False):
        world.send(client, device, token=party.token, people=3)
    assert walk_in(client, device, party_size=2).status_code == 201
    assert (released(party.pass_id), counts(party.slot.id)) == (2, (5, 5))
    assert code_of(walk_in(client, device, nonce="w2", party_size=1)) == "slot_full"


def test_a_walk_in_on_the_way_to_the_scanner_keeps_its_place(client: FlaskClient, device: str, party: Issued) -> None:
    assert walk_in(client, device, party_size=5).status_code == 201
    assert code_of(walk_in(client, device, nonce="w2", party_size=1)) == "slot_full"


def test_a_late_party_comes_in_while_there_is_room_inside(
    client: FlaskClient, exhibition: Exhibition, device: str, party: Issued
) -> None:
    walk_in(client, device, party_size=5)
    world.set_hall(exhibition.id, inside=0, capacity=4)
    answer = world.send(client, device, token=party.token).get_json()
    assert (answer["code"], answer["slot"]["ends_at"]) == ("venue_full", party.slot.ends_at.isoformat())
    world.set_hall(exhibition.id, inside=0, capacity=5)
    assert world.send(client, device, token=party.token).get_json()["verdict"] == "accepted"


def test_places_that_were_given_away_are_not_freed_again(
    client: FlaskClient, device: str, starts_at: datetime, party: Issued
) -> None:
    walk_in(client, device, party_size=3)
    service.cancel(party.manage_key)
    assert counts(party.slot.id) == (3, 5)


def test_a_withdrawn_pass_frees_only_what_it_still_held(client: FlaskClient, device: str, party: Issued) -> None:
    walk_in(client, device, party_size=3)
    service.revoke(COMMAND_LINE, party.registration_id)
    assert counts(party.slot.id) == (3, 5)


def test_a_moved_pass_takes_its_places_in_the_new_slot_and_frees_none_of_the_old(
    client: FlaskClient, exhibition: Exhibition, device: str, starts_at: datetime, party: Issued
) -> None:
    later = db.session.scalars(
        select(TimeSlot).where(TimeSlot.exhibition_id == exhibition.id, TimeSlot.starts_at < starts_at)
    ).first()
    assert later is not None
    other, before = later.id, later.issued
    walk_in(client, device, party_size=3)
    with time_machine.travel(later.starts_at - timedelta(hours=1), tick=False):
        service.move(party.manage_key, other)
        assert counts(party.slot.id)[0] == 3
        assert counts(other)[0] == before + 5
        assert released(party.pass_id) == 0
        service.cancel(party.manage_key)
    assert counts(other)[0] == before
