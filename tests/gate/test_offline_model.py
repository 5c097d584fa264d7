"""Several devices, partitions, drifting clocks, batches sent again and out of order, moves and cancellations.

A plain model keeps what people did; at the end the database must tell the same story.
"""

import random
import secrets
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import aliased

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.gate import devices
from exhibition.gate.models import Scan
from exhibition.gate.verification import verify_counters
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import PassState
from tests.gate import world

STEPS, CAPACITY, PARTY = 90, 9, 2


_undo = aliased(Scan)
_HAPPENED = (
    (Scan.verdict == "accepted")
    & Scan.undoes_id.is_(None)
    & ~select(_undo.id).where(_undo.undoes_id == Scan.id).exists()
)


class Fair:
    """Three devices, some of them cut off; what each did, in its own queue until it is sent."""

    def __init__(self, client: FlaskClient, exhibition: Exhibition, chance: random.Random) -> None:
        self.client, self.exhibition_id, self.chance = client, exhibition.id, chance
        self.devices = [world.enrol(exhibition, "AB"[n % 2], f"Ponsel {n}") for n in range(3)]
        self.drift = [timedelta(minutes=chance.choice([0, 0, -10, 10])) for _ in self.devices]
        self.passes = [world.issue(exhibition.id, party_size=PARTY) for _ in range(6)]
        self.queues: list[list[dict[str, Any]]] = [[] for _ in self.devices]
        self.sent: list[list[dict[str, Any]]] = [[] for _ in self.devices]
        self.attempts = self.undone = 0
        self.device_ids = [devices.authenticate(device).id for device in self.devices]
        self.entered: Counter[int | None] = Counter()
        world.set_hall(exhibition.id, capacity=CAPACITY)
        db.session.rollback()

    def online(self) -> None:
        """The server decides; whoever it lets in must find room."""
        issued, people = self.chance.choice(self.passes), self.chance.choice([1, 2, None])
        inside = world.hall(self.exhibition_id)[0]
        body = {"token": issued.token, "direction": self.chance.choice(["entry", "entry", "exit"])}
        body |= {"people": people} if people is not None else {}
        answer = world.send(self.client, self.chance.choice(self.devices), **body).get_json()
        self.attempts += 1
        if (body["direction"], answer["verdict"]) == ("entry", "accepted"):
            assert inside + answer["people"] <= CAPACITY
            assert self.entered[issued.id] + answer["people"] <= PARTY
            self.entered[issued.id] += answer["people"]

    def offline(self) -> None:
        """A device that is cut off decides, rightly or wrongly."""
        number, issued = self.chance.randrange(3), self.chance.choice(self.passes)
        at = (clock.now() + self.drift[number]).isoformat()
        direction = self.chance.choice(["entry", "entry", "exit"])
        accepted = {"people": self.chance.randint(1, PARTY), "verdict": "accepted", "code": "accepted"}
        refused = {"people": 0, "verdict": "refused", "code": "already_used"}
        decided = self.chance.choice([accepted, accepted, refused])
        self.queues[number].append(world.offline(issued, direction=direction, scanned_at=at, **decided))
        self.attempts += 1

    def reconnect(self) -> None:
        """Some of the queue goes out in any order, with some of what was sent before; the answer may be lost."""
        number = self.chance.randrange(3)
        part = self.chance.sample(self.queues[number], self.chance.randint(0, len(self.queues[number])))
        again = self.chance.sample(self.sent[number], min(3, len(self.sent[number])))
        batch = self.chance.sample(part + again, len(part) + len(again))
        results = world.send_batch(self.client, self.devices[number], *batch)
        assert [result["nonce"] for result in results] == [decision["nonce"] for decision in batch]
        if self.chance.random() < 0.7:
            self.sent[number] += part
            self.queues[number] = [decision for decision in self.queues[number] if decision not in part]

    def undo(self) -> None:
        """A device takes back what it let in or out last, twice by a slip; the server may find that it cannot."""
        number = self.chance.randrange(3)
        own = [scan for scan in world.scans() if scan.device_id == self.device_ids[number] and scan.undoes_id is None]
        accepted = [scan for scan in own if scan.verdict == "accepted"]
        if not accepted:
            return
        body = {"nonce": secrets.token_hex(8), "undoes": accepted[-1].nonce}
        headers = {"Authorization": f"Bearer {self.devices[number]}"}
        answers = [self.client.post("/api/v1/gate/scans/undo", json=body, headers=headers) for _ in range(2)]
        assert answers[0].status_code == answers[1].status_code
        assert answers[0].status_code in (200, 409)
        if answers[0].status_code == 200:
            assert answers[0].get_json() == answers[1].get_json()
            self.attempts += 1
            self.undone += 1

    def change(self) -> None:
        """The visitor cancels, or moves and so gets a newer generation."""
        issued = self.chance.choice(self.passes)
        change = self.chance.choice([{"state": PassState.CANCELLED}, {"generation": self.chance.randint(1, 9)}])
        world.change_pass(issued.id, **change)

    def end(self) -> None:
        for number, queue in enumerate(self.queues):
            world.send_batch(self.client, self.devices[number], *queue)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_the_network_does_every_attempt_is_kept_once_and_every_double_use_is_listed(
    client: FlaskClient, exhibition: Exhibition, seed: int
) -> None:
    chance = random.Random(seed)
    fair = Fair(client, exhibition, chance)
    acts: list[Callable[[], None]] = [fair.online, fair.offline, fair.offline, fair.reconnect, fair.change]
    for _ in range(STEPS):
        chance.choices(acts, weights=[4, 4, 4, 3, 1])[0]()
        assert verify_counters() == []
        db.session.rollback()
        fair.entered = _entered()
    fair.end()
    assert verify_counters() == []
    kept = world.scans()
    assert len(kept) == len({(scan.device_id, scan.nonce) for scan in kept}) == fair.attempts
    surplus = {pass_id: people - PARTY for pass_id, people in _entered().items() if people > PARTY}
    listed = {scan_id for kind, scan_id, _other in world.conflicts() if kind == "double_entry"}
    by_pass: Counter[int | None] = Counter(scan.pass_id for scan in kept if scan.id in listed)
    assert set(by_pass) == set(surplus)
    for pass_id, people in surplus.items():
        assert sum(scan.people for scan in kept if scan.id in listed and scan.pass_id == pass_id) >= people
    assert world.hall(exhibition.id)[0] >= 0


@pytest.mark.parametrize("seed", range(4))
def test_undoing_in_between_keeps_every_row_and_every_counter_true(
    client: FlaskClient, exhibition: Exhibition, seed: int
) -> None:
    chance = random.Random(seed)
    fair = Fair(client, exhibition, chance)
    acts: list[Callable[[], None]] = [fair.online, fair.offline, fair.reconnect, fair.undo]
    for _ in range(STEPS):
        chance.choices(acts, weights=[4, 4, 3, 3])[0]()
        assert verify_counters() == []
        db.session.rollback()
        fair.entered = _entered()
    fair.end()
    assert verify_counters() == []
    assert fair.undone > 0
    kept = world.scans()
    assert len(kept) == len({(scan.device_id, scan.nonce) for scan in kept}) == fair.attempts
    listed = {scan_id for kind, scan_id, _other in world.conflicts() if kind == "double_entry"}
    doubled = {scan.pass_id for scan in kept if scan.id in listed}
    assert {pass_id for pass_id, people in _entered().items() if people > PARTY} <= doubled


def _entered() -> Counter[int | None]:
    """People let in on each pass by all scans that were recorded so far."""
    counted: Counter[int | None] = Counter()
    statement = select(Scan.pass_id, Scan.people).where(Scan.direction == "entry", _HAPPENED)
    for pass_id, people in db.session.execute(statement):
        counted[pass_id] += people
    return counted
