"""Many people want the last places at the same moment: exactly as many get in as fit.

Real processes, each with an application of its own, on SQLite and on PostgreSQL.
"""

import functools
import json
import multiprocessing
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.factory import create_app
from exhibition.venue.models import Exhibition
from exhibition.visitors import rules, service, slots
from exhibition.visitors.models import PassState, Registration, TimeSlot, VisitorContact, VisitorPass
from exhibition.visitors.registration.party import Party
from tests.fairs import the_fair

PROCESSES, THREADS = 3, 5
REQUESTS, CAPACITY = 64, 50

Answer = tuple[int, dict[str, Any]]
Call = tuple[str, dict[str, Any], dict[str, str]]
Post = Callable[[list[Call]], list[Answer]]


@functools.lru_cache
def _application(instance: str, database_url: str) -> Flask:
    """The application of this process for one of the databases."""
    return create_app({"INSTANCE_PATH": instance, "DATABASE_URL": database_url, "RATELIMIT_ENABLED": "false"})


def _post_together(instance: str, database_url: str, calls: list[Call]) -> list[Answer]:
    app = _application(instance, database_url)

    def post(call: Call) -> Answer:
        address, body, headers = call
        answer = app.test_client().post(address, json=body, headers=headers)
        return answer.status_code, json.loads(answer.data)

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(post, calls))


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.fixture
def post(app: Flask, exhibition: Exhibition, processes: ProcessPoolExecutor) -> Post:
    """Send calls from several processes with several threads each, all at once; answers in any order."""
    place = (str(app.config["INSTANCE"]), app.config["SQLALCHEMY_DATABASE_URI"])
    if place[1].startswith("sqlite"):
        place = (place[0], "")

    def send(calls: list[Call]) -> list[Answer]:
        shares = [processes.submit(_post_together, *place, calls[n::PROCESSES]) for n in range(PROCESSES)]
        return [answer for share in shares for answer in share.result()]

    return send


def _open_slot(position: int = 0) -> slots.Slot:
    now = clock.now()
    found = [slot for slot in slots.of_edition(the_fair().id) if slot.status(now) is rules.SlotStatus.OPEN]
    return found[position]


@transaction
def _set_capacity(slot_id: int, capacity: int) -> None:
    db.session.get_one(TimeSlot, slot_id).capacity = capacity


def _registration(slot_id: int, people: int, number: int, key: str = "") -> Call:
    body = {"slot_id": slot_id, "name": f"Siti {number}", "party_size": people, "consent": True}
    return "/api/v1/registrations", body, {"Idempotency-Key": key} if key else {}


def _people() -> int:
    """The people on all valid passes; rolls back first, to leave an older snapshot."""
    db.session.rollback()
    valid = select(func.coalesce(func.sum(VisitorPass.party_size), 0)).where(VisitorPass.state == PassState.VALID)
    return db.session.execute(valid).scalar_one()


def _issued(slot_id: int) -> int:
    db.session.rollback()
    return db.session.execute(select(TimeSlot.issued).where(TimeSlot.id == slot_id)).scalar_one()


def test_as_many_people_get_places_as_fit(post: Post) -> None:
    slot = _open_slot()
    _set_capacity(slot.id, CAPACITY)
    sizes = [random.Random(7).choice((1, 1, 2, 3, 4)) for _ in range(REQUESTS)]
    assert sum(sizes) > CAPACITY
    answers = post([_registration(slot.id, people, number) for number, people in enumerate(sizes)])
    statuses = Counter(status for status, _ in answers)
    assert set(statuses) == {201, 409}
    assert {body["code"] for status, body in answers if status == 409} == {"slot_full"}
    accepted = sum(body["pass"]["party_size"] for status, body in answers if status == 201)
    refused_sizes = 1  # there were parties of one until the end, so no place can have stayed free
    assert CAPACITY - accepted < refused_sizes
    assert accepted == _issued(slot.id) == _people() == CAPACITY
    assert db.session.scalar(select(func.count()).select_from(VisitorContact)) == statuses[201]


def test_the_same_key_at_the_same_moment_is_one_registration(post: Post) -> None:
    slot = _open_slot()
    _set_capacity(slot.id, 3)
    answers = post([_registration(slot.id, 3, 1, key="the-same")] * 16)
    assert {status for status, _ in answers} == {201}
    assert len({body["reference"] for _, body in answers}) == 1
    assert _issued(slot.id) == _people() == 3
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 1


def test_one_phone_number_gets_one_pass_however_many_ask_at_once(post: Post) -> None:
    slot, other = _open_slot(-1), _open_slot(-2)
    calls: list[Call] = []
    for number in range(REQUESTS):
        address, body, headers = _registration((slot, other)[number % 2].id, 2, number)
        calls.append((address, body | {"phone": "081234567890", "email": f"s{number}@example.com"}, headers))
    answers = post(calls)
    assert Counter(status for status, _ in answers) == {201: 1, 409: REQUESTS - 1}
    assert {body["code"] for status, body in answers if status == 409} == {"contact_has_pass"}
    assert _people() == _issued(slot.id) + _issued(other.id) == 2


@pytest.mark.usefixtures("exhibition")
def test_who_knows_a_pass_gets_no_more_people_than_allowed_however_many_ask_at_once(app: Flask) -> None:
    slot = _open_slot(-1)
    party = Party(slot.id, "Siti", None, "+6281234567890", 1, "id")
    first = service.register(party)

    def again(_number: int) -> str:
        with app.app_context():
            try:
                service.register(party, knows=first.manage_key)
            except Refused as refused:
                return refused.code
            return ""

    with ThreadPoolExecutor(THREADS) as threads:
        got = Counter(threads.map(again, range(REQUESTS)))
    assert got == {"": 9, "contact_people": REQUESTS - 9}
    assert _people() == _issued(slot.id) == 10


def test_moves_in_both_directions_neither_deadlock_nor_lose_places(
    post: Post,
) -> None:
    left, right = _open_slot(0), _open_slot(1)
    made = post([_registration((left.id, right.id)[n % 2], 1, n) for n in range(16)])
    moves: list[Call] = []
    for n, (_, body) in enumerate(made):
        target = right.id if body["slot"]["id"] == left.id else left.id
        address = f"/api/v1/registrations/{body['manage_key']}"
        moves.append((f"{address}/move", {"slot_id": target}, {}))
        if n % 4 == 0:
            moves.append((f"{address}/cancel", {}, {}))
    answers = post(moves)
    assert {status for status, _ in answers} <= {200, 409}
    assert {body["code"] for status, body in answers if status == 409} <= {"pass_cancelled"}
    assert _issued(left.id) + _issued(right.id) == _people() == 12
