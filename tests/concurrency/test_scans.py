"""Many devices at the same moment, with real threads and real connections, through HTTP."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from exhibition.core.db import db
from exhibition.gate.verification import verify_counters
from exhibition.venue.models import Exhibition
from tests.fairs import the_fair
from tests.gate import world

THREADS = 16


def _at_once(app: Flask, requests: list[Callable[[Any], TestResponse]], threads: int = THREADS) -> list[TestResponse]:
    """Send all requests, one at a time from each of several threads."""
    db.session.rollback()
    start = threading.Barrier(min(threads, len(requests)))
    first = threading.local()

    def send(request: Callable[[Any], TestResponse]) -> TestResponse:
        if not hasattr(first, "gone"):
            first.gone = True
            start.wait()
        return request(app.test_client())

    with ThreadPoolExecutor(min(threads, len(requests))) as pool:
        return list(pool.map(send, requests))


def _codes(answers: list[TestResponse]) -> Counter[str]:
    assert {answer.status_code for answer in answers} == {200}
    return Counter(answer.get_json()["code"] for answer in answers)


def test_sixteen_devices_scanning_one_pass_admit_it_exactly_once(app: Flask, exhibition: Exhibition) -> None:
    devices = [world.enrol(exhibition, "AB"[n % 2], f"Ponsel {n}") for n in range(THREADS)]
    issued = world.issue(exhibition.id, party_size=3)
    answers = _at_once(app, [lambda c, d=d: world.send(c, d, token=issued.token) for d in devices])
    assert _codes(answers) == {"accepted": 1, "already_used": THREADS - 1}
    assert world.pass_counts(issued.id) == (3, 3)
    assert world.hall(exhibition.id)[0] == 3
    assert len(world.scans()) == THREADS


def test_a_party_in_parts_at_many_gates_never_exceeds_its_size(app: Flask, exhibition: Exhibition) -> None:
    devices = [world.enrol(exhibition, "AB"[n % 2], f"Ponsel {n}") for n in range(THREADS)]
    issued = world.issue(exhibition.id, party_size=5)
    answers = _at_once(app, [lambda c, d=d: world.send(c, d, token=issued.token, people=1) for d in devices])
    assert _codes(answers)["accepted"] == 5
    assert world.pass_counts(issued.id) == (5, 5)
    assert verify_counters() == []


def test_two_hundred_entries_against_a_cap_of_fifty_let_in_exactly_fifty(app: Flask, exhibition: Exhibition) -> None:
    devices = [world.enrol(exhibition, "AB"[n % 2], f"Ponsel {n}") for n in range(4)]
    world.set_hall(exhibition.id, capacity=50)
    passes = [world.issue(exhibition.id) for _ in range(200)]
    answers = _at_once(
        app, [lambda c, n=n, p=p: world.send(c, devices[n % 4], token=p.token) for n, p in enumerate(passes)]
    )
    assert _codes(answers) == {"accepted": 50, "venue_full": 150}
    assert world.hall(exhibition.id) == (50, 50)
    assert len(world.scans()) == 200
    assert verify_counters() == []


def test_the_same_nonce_sent_eight_times_at_once_is_one_scan_with_one_answer(
    app: Flask, exhibition: Exhibition
) -> None:
    device = world.enrol(exhibition)
    issued = world.issue(exhibition.id, party_size=8)
    answers = _at_once(
        app, [lambda c: world.send(c, device, token=issued.token, nonce="same", people=1) for _ in range(8)]
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert len(world.scans()) == 1
    assert world.pass_counts(issued.id) == (1, 1)


def test_a_refused_nonce_sent_eight_times_at_once_is_kept_once(app: Flask, exhibition: Exhibition) -> None:
    device = world.enrol(exhibition)
    answers = _at_once(app, [lambda c: world.send(c, device, token="nothing", nonce="same") for _ in range(8)])
    assert len({answer.data for answer in answers}) == 1
    assert len(world.scans()) == 1


def test_an_enrolment_code_makes_one_device_however_many_try_at_once(app: Flask, exhibition: Exhibition) -> None:
    from exhibition.accounts.audit import COMMAND_LINE
    from exhibition.gate import devices
    from exhibition.gate.models import Device

    code = devices.make_enrolment_code(COMMAND_LINE, the_fair(), world.gates()[0].id)
    body = {"enrolment_code": code, "device_name": "Ponsel"}
    answers = _at_once(app, [lambda c: c.post("/api/v1/gate/enrol", json=body) for _ in range(8)])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 401: 7}
    db.session.rollback()
    assert db.session.scalar(db.select(db.func.count()).select_from(Device)) == 1
