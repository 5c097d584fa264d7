"""Dated caps: in force from their moment on, for gates with and without a network, without any job."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from exhibition.accounts.audit import COMMAND_LINE, Actor
from exhibition.accounts.models import AuditEntry
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.gate.models import HallCap
from exhibition.gate.occupancy import caps
from exhibition.gate.rules.admission import cap_at
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition import suggested_cap
from tests.gate import world

RATNA = Actor(None, "Ratna")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
@transaction
def _no_changes(exhibition: Exhibition) -> None:
    db.session.execute(delete(HallCap))


@transaction
def cap(exhibition: Exhibition, starts_at: datetime, capacity: int) -> None:
    db.session.add(HallCap(exhibition_id=exhibition.id, starts_at=starts_at, capacity=capacity))


def scan(client: FlaskClient, device: str, issued: world.IssuedPass, **body: Any) -> dict[str, Any]:
    return world.send(client, device, token=issued.token, **body).get_json()


def test_the_cap_in_force_is_that_of_the_last_change_that_has_begun() -> None:
    noon = clock.now()
    dated = [(noon, 100), (noon + HOUR, 50)]
    moments = [noon - HOUR, noon, noon + HOUR / 2, noon + HOUR]
    assert [cap_at(150, dated, moment) for moment in moments] == [150, 100, 100, 50]


def test_a_lower_cap_holds_people_at_the_door_from_its_moment_on_and_sends_nobody_out(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    now = clock.now()
    cap(exhibition, now + HOUR / 2, 1)
    first, second, third = (world.issue(exhibition.id) for _ in range(3))
    assert scan(client, device, first)["verdict"] == "accepted"
    assert scan(client, device, second)["occupancy"] == {"inside": 2, "capacity": 150}
    with time_machine.travel(now + HOUR / 2 + timedelta(seconds=1), tick=False):
        full = scan(client, device, third)
        assert (full["code"], full["occupancy"]) == ("venue_full", {"inside": 2, "capacity": 1})
        assert scan(client, device, first, direction="exit")["verdict"] == "accepted"
        assert scan(client, device, third)["code"] == "venue_full"
        assert scan(client, device, second, direction="exit")["verdict"] == "accepted"
        assert scan(client, device, third)["occupancy"] == {"inside": 1, "capacity": 1}


def test_a_higher_cap_lets_more_people_in_from_its_moment_on(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    now = clock.now()
    caps.set_now(RATNA, exhibition, 0)
    cap(exhibition, now + HOUR / 2, 5)
    issued = world.issue(exhibition.id)
    assert scan(client, device, issued)["code"] == "venue_full"
    with time_machine.travel(now + HOUR / 2 + timedelta(seconds=1), tick=False):
        assert scan(client, device, issued)["occupancy"] == {"inside": 1, "capacity": 5}
        assert caps.hall(exhibition.id) == (1, 5)
        told = client.get("/api/v1/exhibition").json
        assert told is not None
        assert told["caps"]["inside"] == 5


def test_a_cap_that_is_set_at_once_beats_an_earlier_plan(exhibition: Exhibition) -> None:
    now = clock.now()
    cap(exhibition, now - HOUR, 40)
    cap(exhibition, now + HOUR, 90)
    assert caps.hall(exhibition.id)[1] == 40
    caps.set_now(RATNA, exhibition, 60, "Pintu barat ditutup")
    assert caps.hall(exhibition.id)[1] == 60
    assert caps.hall(exhibition.id, now + 2 * HOUR)[1] == 90
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.actor_name, entry.before, entry.after) == (
        "Ratna",
        {"capacity": 40},
        {"capacity": 60, "reason": "Pintu barat ditutup"},
    )


def test_devices_share_out_the_places_of_each_coming_cap(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    world.enrol(exhibition, "B", "Kedua")
    world.set_hall(exhibition.id, inside=10, capacity=30)
    later = clock.now().replace(microsecond=0) + HOUR
    cap(exhibition, later, 60)
    cap(exhibition, later + HOUR, 4)
    bundle = client.get("/api/v1/gate/bundle", headers={"Authorization": f"Bearer {device}"}).json
    assert bundle is not None
    assert bundle["allotment"] == {
        "places": 10,
        "later": [
            {"starts_at": later.isoformat(), "capacity": 60, "places": 25},
            {"starts_at": (later + HOUR).isoformat(), "capacity": 4, "places": 0},
        ],
    }


def test_offline_entries_are_measured_by_the_cap_of_their_own_time(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    now = clock.now()
    cap(exhibition, now + HOUR, 1)
    before = world.offline(world.issue(exhibition.id, party_size=2), people=2, scanned_at=(now + HOUR / 2).isoformat())
    after = world.offline(world.issue(exhibition.id), scanned_at=(now + HOUR * 1.1).isoformat())
    with time_machine.travel(now + HOUR * 1.2, tick=False):
        results = world.send_batch(client, device, before, after)
    assert [one["conflict"] for one in results] == [None, "over_cap"]


@pytest.mark.parametrize(
    ("hours", "capacity", "reason", "code"),
    [(-1, 10, "", "cap_past"), (1, -1, "", "invalid"), (1, 100_001, "", "invalid"), (1, 10, "x" * 201, "invalid")],
)
def test_a_senseless_change_is_refused_and_nothing_is_planned(
    exhibition: Exhibition, hours: int, capacity: int, reason: str, code: str
) -> None:
    local = clock.now().replace(tzinfo=None) + hours * HOUR + 7 * HOUR
    with pytest.raises(Refused) as refused:
        caps.plan(RATNA, exhibition, local, capacity, reason)
    assert refused.value.code == code
    assert caps.changes(exhibition.id) == []


def test_one_moment_has_one_cap_and_what_has_begun_stays(exhibition: Exhibition) -> None:
    local = clock.now().replace(tzinfo=None, microsecond=0) + 8 * HOUR
    caps.plan(RATNA, exhibition, local, 10)
    with pytest.raises(Refused) as refused:
        caps.plan(RATNA, exhibition, local, 20)
    assert refused.value.code == "cap_exists"
    [row] = caps.changes(exhibition.id)
    caps.remove(COMMAND_LINE, exhibition, row.id)
    caps.set_now(RATNA, exhibition, 30)
    [row] = caps.changes(exhibition.id)
    with pytest.raises(Refused) as refused:
        caps.remove(COMMAND_LINE, exhibition, row.id)
    assert refused.value.code == "cap_past"


def test_sessions_above_the_cap_are_listed_with_the_places_given_out(exhibition: Exhibition) -> None:
    assert caps.sessions_above(exhibition, clock.now()) == []
    slot = world.open_slot(exhibition.id)
    cap(exhibition, slot.ends_at - timedelta(minutes=1), 100)
    found = caps.sessions_above(exhibition, clock.now())
    assert found[0].slot.id == slot.id
    assert {one.capacity for one in found} == {100}


def test_the_floor_of_the_demo_suggests_a_cap(exhibition: Exhibition) -> None:
    floor = venue.floor_area(venue.hall(exhibition))
    assert (floor.hall, floor.booths) == (34 * 36, 38 * 4)
    assert floor.landmarks == pytest.approx(8 * 2 + 2 * 1.8 * 1.2)
    assert suggested_cap(floor.usable, 4.0) == 262
    assert suggested_cap(4.2, 0.6) == 7
    assert suggested_cap(0.0, 4.0) == 0


@pytest.mark.usefixtures("csrf_off")
def test_the_desk_plans_suggests_and_takes_away(exhibition: Exhibition, organizer_client: FlaskClient) -> None:
    starts_at = f"{exhibition.ends_on.isoformat()}T12:00"
    page = organizer_client.post(
        "/desk/caps", data={"starts_at": starts_at, "capacity": "99", "reason": "SK"}, follow_redirects=True
    ).text
    assert ">99<" in page
    assert "SK" in page
    [row] = caps.changes(exhibition.id)
    assert (row.capacity, row.set_by) == (99, "Ratna")
    assert organizer_client.post(f"/desk/caps/{row.id}/remove").status_code == 302
    assert caps.changes(exhibition.id) == []
    page = organizer_client.post("/desk/caps/area", data={"square_metres_each": "2"}, follow_redirects=True).text
    assert 'data-people="525"' in page
    assert 'value="131"' in organizer_client.get("/desk/caps?capacity=131").text
    assert organizer_client.get("/desk/caps?capacity=<b>").status_code == 200
    assert organizer_client.post("/desk/caps/999999/remove").status_code == 404


@pytest.mark.usefixtures("csrf_off")
@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/desk/caps", {}),
        ("/desk/caps", {"starts_at": "soon", "capacity": "10"}),
        ("/desk/caps", {"starts_at": "2020-01-01T10:00", "capacity": "10"}),
        ("/desk/caps", {"starts_at": "2099-01-01T10:00", "capacity": "1e9"}),
        ("/desk/caps", {"starts_at": "2099-01-01T10:00", "capacity": "10", "reason": "a\x00b"}),
        ("/desk/caps/area", {"square_metres_each": "0"}),
        ("/desk/caps/area", {"square_metres_each": "nan"}),
        ("/desk/caps/area", {"square_metres_each": "<b>"}),
    ],
)
def test_hostile_forms_are_refused_beside_their_field(
    exhibition: Exhibition, organizer_client: FlaskClient, address: str, form: dict[str, str]
) -> None:
    answer = organizer_client.post(address, data=form)
    assert answer.status_code == 422
    assert 'class="field-error"' in answer.text
    assert caps.changes(exhibition.id) == []
